/*
 * fault: a library to preload that lets one call that changes a disk go wrong: the FAULT_AT'th of
 * write, pwrite, fsync, rename, link, mkdir in yunjuan and its threads; other programs go on as ever.
 *
 * With FAULT_HOW=unreadable it is one that reads instead: the FAULT_AT'th of read, pread of a file, open,
 * fopen for reading; EIO. Files of the system (/etc, /usr, /proc: OpenSSL's settings, locales) do not count.
 *
 *	FAULT_AT=7	which one, from 1; 0 or absent = none
 *	FAULT_HOW=kill	kill -9 just before it; else the name of an error: ENOSPC, EIO; unreadable
 *	FAULT_COUNT=f	at the end, how many there were, into the file f
 *
 * From the first failing ENOSPC on, all later writes fail as well: a disk stays full.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_int calls;

static int
wanted(void)
{
	const char *at = getenv("FAULT_AT");

	return at == NULL ? 0 : atoi(at);
}

static int
is_reading(void)
{
	const char *how = getenv("FAULT_HOW");

	return how != NULL && strcmp(how, "unreadable") == 0;
}

/* Whether this call that reads is to fail. */
static int
unreadable(void)
{
	if (!is_reading() || strcmp(program_invocation_short_name, "yunjuan") != 0 ||
	    atomic_fetch_add(&calls, 1) + 1 != wanted())
		return 0;
	errno = EIO;
	return 1;
}

/* Whether this call is to fail; errno is set then. */
static int
fault(int writes)
{
	const char *how = getenv("FAULT_HOW");
	int number, at = wanted();

	if (is_reading())
		return 0;
	number = atomic_fetch_add(&calls, 1) + 1;

	if (strcmp(program_invocation_short_name, "yunjuan") != 0)
		return 0;
	if (at == 0 || how == NULL)
		return 0;
	if (number == at && strcmp(how, "kill") == 0)
		kill(getpid(), SIGKILL);
	if (strcmp(how, "EIO") == 0 && number == at) {
		errno = EIO;
		return 1;
	}
	if (strcmp(how, "ENOSPC") == 0 && (number == at || (number > at && writes))) {
		errno = ENOSPC;
		return 1;
	}
	return 0;
}

__attribute__((destructor)) static void
tell(void)
{
	const char *path = getenv("FAULT_COUNT");
	char text[32];
	int fd;

	if (path == NULL || strcmp(program_invocation_short_name, "yunjuan") != 0)
		return;
	unsetenv("FAULT_COUNT");
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
	snprintf(text, sizeof(text), "%d\n", (int)calls);
	if (fd >= 0) {
		ssize_t (*real)(int, const void *, size_t) = dlsym(RTLD_NEXT, "write");

		if (real(fd, text, strlen(text)) < 0)
			perror(path);
		close(fd);
	}
}

#define WRAP(type, name, parameters, arguments, writes) \
	type name parameters \
	{ \
		static type(*real) parameters; \
		if (real == NULL) \
			real = dlsym(RTLD_NEXT, #name); \
		return fault(writes) ? -1 : real arguments; \
	}

/* What goes to a terminal or a pipe is no change of a disk. */
static int
is_plain(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && fd > 2;
}

ssize_t
write(int fd, const void *data, size_t len)
{
	static ssize_t (*real)(int, const void *, size_t);

	if (real == NULL)
		real = dlsym(RTLD_NEXT, "write");
	return is_plain(fd) && fault(1) ? -1 : real(fd, data, len);
}

WRAP(ssize_t, pwrite, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at), 1)
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len, at), 1)
WRAP(int, fsync, (int fd), (fd), 0)
WRAP(int, rename, (const char *from, const char *to), (from, to), 0)
WRAP(int, link, (const char *from, const char *to), (from, to), 0)
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode), 1)

/* --- reading ------------------------------------------------------------------------------------ */
static int
is_of_system(const char *path)
{
	static const char *const tops[] = { "/etc/",	    "/usr/",	   "/proc/",
					    "/sys/",	    "/lib",	   "/dev/null",
					    "/dev/urandom", "/dev/random", "/dev/tty" };
	size_t i;

	for (i = 0; i < sizeof(tops) / sizeof(*tops); i++) {
		if (strncmp(path, tops[i], strlen(tops[i])) == 0)
			return 1;
	}
	return 0;
}

#define WRAP_READ(name, parameters, arguments) \
	ssize_t name parameters \
	{ \
		static ssize_t(*real) parameters; \
		if (real == NULL) \
			real = dlsym(RTLD_NEXT, #name); \
		return is_plain(fd) && unreadable() ? -1 : real arguments; \
	}

#define WRAP_OPEN(name) \
	int name(const char *path, int flags, ...) \
	{ \
		static int (*real)(const char *, int, ...); \
		va_list args; \
		mode_t mode; \
		va_start(args, flags); \
		mode = (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE \
			   ? va_arg(args, mode_t) \
			   : 0; \
		va_end(args); \
		if (real == NULL) \
			real = dlsym(RTLD_NEXT, #name); \
		return (flags & O_ACCMODE) == O_RDONLY && !is_of_system(path) && unreadable() \
			   ? -1 \
			   : real(path, flags, mode); \
	}

#define WRAP_FOPEN(name) \
	FILE *name(const char *path, const char *mode) \
	{ \
		static FILE *(*real)(const char *, const char *); \
		if (real == NULL) \
			real = dlsym(RTLD_NEXT, #name); \
		return mode[0] == 'r' && !is_of_system(path) && unreadable() ? NULL \
									     : real(path, mode); \
	}

WRAP_READ(read, (int fd, void *data, size_t len), (fd, data, len))
WRAP_READ(pread, (int fd, void *data, size_t len, off_t at), (fd, data, len, at))
WRAP_READ(pread64, (int fd, void *data, size_t len, off64_t at), (fd, data, len, at))
WRAP_OPEN(open)
WRAP_OPEN(open64)
WRAP_FOPEN(fopen)
WRAP_FOPEN(fopen64)
