#include "cmd/keystore.h"

#include <ctype.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "judge/signature.h"

#define PASSPHRASE_MAX_BYTES ((size_t)1024)
#define PASSPHRASE_MIN 8 /* characters of a new one */

static void
put_folder(struct buf *out)
{
	const char *keys = getenv("YUNJUAN_KEYS"), *data = getenv("XDG_DATA_HOME"),
		   *home = getenv("HOME");

	if (keys != NULL && keys[0] != '\0')
		buf_puts(out, keys);
	else if (data != NULL && data[0] == '/')
		buf_printf(out, "%s/yunjuan/keys", data);
	else
		buf_printf(out, "%s/.local/share/yunjuan/keys", home == NULL ? "." : home);
}

char *
keystore_path(const char *name)
{
	struct buf path = BUF_INIT;

	put_folder(&path);
	buf_putc(&path, '/');
	for (; *name != '\0'; name++)
		buf_putc(&path, *name == '/' ? '_' : (char)tolower((unsigned char)*name));
	buf_puts(&path, ".key");
	return buf_detach(&path);
}

bool
keystore_has(const char *name)
{
	char *path = keystore_path(name);
	bool has = file_exists(path);

	free(path);
	return has;
}

/* --- passphrases ------------------------------------------------------------------------------ */
static int
passphrase_of_file(struct buf *out, const char *path, struct err *err)
{
	if (file_read(out, path, PASSPHRASE_MAX_BYTES, err) != 0)
		return -1;
	out->len = strcspn(out->ptr, "\r\n");
	out->ptr[out->len] = '\0';
	return out->len > 0 ? 0 : err_set(err, ERR_USAGE, "口令文件“%s”的第一行是空的", path);
}

static volatile sig_atomic_t told_to_stop; /* the signal */

static void
note_signal(int sig)
{
	told_to_stop = sig;
}

/* Who is stopped meanwhile must see again what is typed: a signal ends the reading, and then the program. */
static void
read_hidden(FILE *terminal, char *line, size_t bytes)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	enum { COUNT = sizeof(signals) / sizeof(*signals) };
	struct sigaction before[COUNT], noting = { .sa_handler = note_signal };
	struct termios shown, hidden;
	bool changed = tcgetattr(fileno(terminal), &shown) == 0;
	int i;

	for (i = 0; i < COUNT; i++)
		sigaction(signals[i], &noting, &before[i]);
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	changed = changed && tcsetattr(fileno(terminal), TCSAFLUSH, &hidden) == 0;
	if (fgets(line, (int)bytes, terminal) == NULL)
		line[0] = '\0';
	if (changed)
		tcsetattr(fileno(terminal), TCSAFLUSH, &shown);
	for (i = 0; i < COUNT; i++)
		sigaction(signals[i], &before[i], NULL);
	fprintf(terminal, "\n");
	if (told_to_stop != 0)
		raise(told_to_stop);
}

/* One line of the terminal, not shown. */
static int
ask_line(struct buf *out, FILE *terminal, const char *question, struct err *err)
{
	char line[PASSPHRASE_MAX_BYTES] = "";

	fprintf(terminal, "%s", question);
	fflush(terminal);
	read_hidden(terminal, line, sizeof(line));
	buf_put(out, line, strcspn(line, "\r\n"));
	explicit_bzero(line, sizeof(line));
	return out->len > 0 ? 0 : err_set(err, ERR_USAGE, "没有输入口令");
}

static int
ask_terminal(struct buf *out, const char *name, bool twice, struct err *err)
{
	FILE *terminal = fopen("/dev/tty", "r+");
	struct buf again = BUF_INIT;
	char question[400];
	int rc;

	if (terminal == NULL)
		return err_set(
		    err, ERR_USAGE,
		    "需要口令，但这里没有终端可以输入；请把口令写在只有自己能读的文件里，用环境变量 YUNJUAN_PASSPHRASE_FILE 指出");
	snprintf(question, sizeof(question), "%s的口令：", name);
	rc = ask_line(out, terminal, question, err);
	if (rc == 0 && twice)
		rc = ask_line(&again, terminal, "再输一次：", err);
	if (rc == 0 && twice && strcmp(out->ptr, again.ptr) != 0)
		rc = err_set(err, ERR_USAGE, "两次输入的口令不同，没有生成密钥");
	explicit_bzero(again.ptr, again.len);
	buf_release(&again);
	fclose(terminal);
	return rc;
}

static int
passphrase_ask(struct buf *out, const char *name, bool fresh, struct err *err)
{
	const char *file = getenv("YUNJUAN_PASSPHRASE_FILE");
	int rc = file != NULL && file[0] != '\0' ? passphrase_of_file(out, file, err)
						 : ask_terminal(out, name, fresh, err);

	if (rc == 0 && fresh && utf8_width(out->ptr) < PASSPHRASE_MIN)
		rc = err_set(err, ERR_USAGE, "口令太短，至少 %d 个字符", PASSPHRASE_MIN);
	return rc;
}

static void
passphrase_release(struct buf *passphrase)
{
	explicit_bzero(passphrase->ptr, passphrase->len);
	buf_release(passphrase);
}

/* --- keys --------------------------------------------------------------------------------------- */
/* How often a guess must be hashed; a demonstration need not be slow. */
static int
rounds(void)
{
	const char *given = getenv("YUNJUAN_KEY_ROUNDS");
	int64_t n = SEAL_KEY_ROUNDS;

	if (given != NULL && !text_number(given, 1000, 100000000, &n))
		n = SEAL_KEY_ROUNDS;
	return (int)n;
}

int
keystore_make(struct seal_key **out, const char *name, struct err *err)
{
	struct buf passphrase = BUF_INIT;
	struct seal_key *key = NULL;
	char *path = keystore_path(name);
	int rc = 0;

	if (file_exists(path))
		rc = err_set(err, ERR_USAGE,
			     "已有密钥“%s”，没有覆盖；要换新的，请先把旧文件移到别处", path);
	if (rc == 0)
		rc = passphrase_ask(&passphrase, name, true, err);
	if (rc == 0)
		rc = seal_key_new(&key, err);
	if (rc == 0)
		rc = seal_key_save(key, path, passphrase.ptr, rounds(), err);
	if (rc == 0)
		*out = key;
	else
		seal_key_free(key);
	passphrase_release(&passphrase);
	free(path);
	return rc;
}

int
keystore_load(struct seal_key **out, const char *name, struct err *err)
{
	struct buf passphrase = BUF_INIT;
	char *path = keystore_path(name);
	int rc = 0;

	if (!file_exists(path))
		rc = err_set(err, ERR_USAGE,
			     "本机没有“%s”的密钥（%s）；请用 yunjuan key new 生成，或设置 "
			     "YUNJUAN_KEYS 指出密钥所在的目录",
			     name, path);
	if (rc == 0)
		rc = passphrase_ask(&passphrase, name, false, err);
	if (rc == 0)
		rc = seal_key_load(out, path, passphrase.ptr, err);
	passphrase_release(&passphrase);
	free(path);
	return rc;
}

int
keystore_signer(struct seal_key **key, struct certificate **certificate,
		const struct snapshot *snap, const char *email, struct err *err)
{
	struct certificate *found = NULL;
	int rc = certificate_of(&found, snap, email, err);

	if (rc == 0 && found == NULL)
		rc = err_set(
		    err, ERR_USAGE,
		    "“%s”还没有证书，不能签名；请用 yunjuan key request 生成请求，交签发单位签发",
		    email);
	if (rc == 0)
		rc = keystore_load(key, email, err);
	if (rc == 0 && !certificate_fits(found, *key)) {
		seal_key_free(*key);
		*key = NULL;
		rc = err_set(err, ERR_USAGE,
			     "本机的密钥与“%s”登记的证书不是一对；请换用原来的密钥，或重新申请证书",
			     email);
	}
	if (rc == 0)
		*certificate = found;
	else
		certificate_free(found);
	return rc;
}
