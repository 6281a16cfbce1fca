/*
 * err: a failure, its code and its text in one value.
 *
 * A failure is what the program could not do; a rule that somebody broke is a finding
 * (finding.h), never an err. The struct lives on the caller's stack and allocates nothing.
 * The first failure wins: setting an err that is already set changes nothing.
 *
 *	struct err err = { 0 };
 *	if (file_read(&buf, path, max, &err) != 0)
 *		return -1;
 */
#ifndef YJ_ERR_H
#define YJ_ERR_H

#define must_check __attribute__((warn_unused_result))
#define printf_like(fmt, args) __attribute__((format(printf, fmt, args)))

enum err_code {
	ERR_NONE,
	ERR_IO,	   /* the system refused: file, disk, process */
	ERR_GIT,   /* the repository could not be read or written */
	ERR_DATA,  /* content that cannot be understood */
	ERR_LAW,   /* the law in lua/ does not load or a rule of it failed to run */
	ERR_LIMIT, /* a bound on memory, size or instructions was reached */
	ERR_USAGE, /* the person asked for something impossible */
	ERR_COUNT
};

struct err {
	enum err_code code;
	int line, column; /* 1-based; 0 = unknown */
	char file[256];	  /* what the place refers to; "" = none */
	char text[768];	  /* one sentence, Chinese, UTF-8 */
};

/* Sets code and text unless err is set already. Always gives -1, so it can be returned. */
int err_set(struct err *err, enum err_code code, const char *fmt, ...) printf_like(3, 4);

/* The same with a place. */
int err_at(struct err *err, enum err_code code, const char *file, int line, int column,
	   const char *fmt, ...) printf_like(6, 7);

/* ERR_IO with the text of errno: err_sys(err, "打开", path). */
int err_sys(struct err *err, const char *what, const char *path);

/* Forgets the failure. */
void err_clear(struct err *err);

/* Prints "file:line:col: 错误：text" or "yunjuan: text" to standard error. */
void err_print(const struct err *err);

#endif
