/*
 * The program that git calls to sign and verify when gpg.format is x509 and gpg.x509.program is
 * yunjuan. git speaks gpg's command line (git: gpg-interface.c) and reads gpg's status lines
 * (GnuPG: doc/DETAILS):
 *
 *	yunjuan --status-fd=2 -bsau KEY            the text on standard input; armour comes out
 *	yunjuan --status-fd=1 --verify FILE -      the signature in FILE; the text on standard input
 */
#include "cmd/gpg.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd/keystore.h"
#include "judge/signature.h"
#include "trail/basis.h"

#define TEXT_MAX_BYTES ((size_t)64 << 20)

bool
git_signs(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (text_starts(argv[i], "--status-fd=") || strcmp(argv[i], "--verify") == 0 ||
		    strcmp(argv[i], "-bsau") == 0)
			return true;
	}
	return false;
}

static int
read_text(struct buf *out, struct err *err)
{
	char piece[16384];
	size_t n;

	buf_init(out, TEXT_MAX_BYTES);
	for (n = fread(piece, 1, sizeof(piece), stdin); n > 0;
	     n = fread(piece, 1, sizeof(piece), stdin))
		buf_put(out, piece, n);
	if (ferror(stdin))
		return err_sys(err, "读取", "标准输入");
	return out->full ? err_set(err, ERR_LIMIT, "要签名的内容太长") : 0;
}

/* Whoever reads status lines may have gone: that is theirs to notice. */
static void
put_status(int fd, const struct buf *lines)
{
	size_t at = 0;

	fflush(stdout);
	while (at < lines->len) {
		ssize_t n = write(fd, lines->ptr + at, lines->len - at);

		if (n <= 0)
			return;
		at += (size_t)n;
	}
}

/* --- signing ------------------------------------------------------------------------------------- */
/* "经办一 <a@b>" or "a@b". Owned. */
static char *
email_of(const char *key)
{
	const char *open = strrchr(key, '<'), *close = open == NULL ? NULL : strchr(open, '>');

	return close == NULL ? xstrdup(key) : xstrndup(open + 1, (size_t)(close - open - 1));
}

static int
sign_text(struct buf *armour, const struct buf *text, const char *email, struct err *err)
{
	struct certificate *certificate = NULL;
	struct seal_key *key = NULL;
	struct repo *repo = NULL;
	struct buf der = BUF_INIT;
	struct snapshot snap;
	int rc = repo_open(&repo, ".", err);

	if (rc == 0)
		rc = snapshot_head(&snap, repo, err);
	if (rc == 0)
		rc = keystore_signer(&key, &certificate, &snap, email, err);
	if (rc == 0)
		rc = seal_sign(key, text->ptr, text->len, &der, err);
	if (rc == 0)
		armour_write(armour, der.ptr, der.len, certificate);
	buf_release(&der);
	seal_key_free(key);
	certificate_free(certificate);
	repo_free(repo);
	return rc;
}

/* git keeps to itself what a signing program says when it fails. */
static void
tell_terminal(const struct err *err)
{
	FILE *terminal = fopen("/dev/tty", "w");

	if (terminal == NULL)
		return;
	fprintf(terminal, "yunjuan: 没有签名，所以没有提交：%s\n", err->text);
	fclose(terminal);
}

static int
sign(const char *name, int status_fd, struct err *err)
{
	struct buf text = BUF_INIT, armour = BUF_INIT, status = BUF_INIT;
	char *email = email_of(name);
	int rc = read_text(&text, err);

	if (rc == 0)
		rc = sign_text(&armour, &text, email, err);
	if (rc == 0) {
		fwrite(armour.ptr, 1, armour.len, stdout);
		buf_printf(&status,
			   "[GNUPG:] BEGIN_SIGNING H11\n[GNUPG:] SIG_CREATED D 1 11 00 0 %s\n",
			   email);
		put_status(status_fd, &status);
	} else {
		tell_terminal(err);
	}
	free(email);
	buf_release(&status);
	buf_release(&armour);
	buf_release(&text);
	return rc;
}

/* --- verifying ----------------------------------------------------------------------------------- */
/* What a text says of itself: a commit's author, time and parent, or a tag's tagger. */
struct claim {
	const char *email;
	int64_t at;
	struct oid parent;
	struct oid tree; /* of a commit without parents */
};

static int
read_claim(struct claim *out, const struct buf *text, struct arena *arena, struct err *err)
{
	struct commit commit;

	memset(out, 0, sizeof(*out));
	if (commit_from_text(text->ptr, text->len, arena, &commit, err) != 0)
		return -1;
	out->email = commit.author.email;
	out->at = commit.author.time;
	out->tree = commit.tree;
	if (commit.parent_count > 0)
		out->parent = commit.parents[0];
	return 0;
}

static void
tell(struct buf *status, enum signature_state state, const struct certificate *signer)
{
	static const char *const words[SIGNATURE_STATE_COUNT] = {
		[SIGNATURE_GOOD] = "GOODSIG",
		[SIGNATURE_EXPIRED] = "EXPKEYSIG",
		[SIGNATURE_REVOKED] = "REVKEYSIG",
	};
	struct certificate_holder who = { "", "", "" };
	const char *serial = "0";

	if (signer != NULL) {
		who = certificate_holder(signer);
		serial = certificate_serial(signer);
	}
	/* git looks for a status line that does not stand first. */
	buf_printf(status, "[GNUPG:] NEWSIG\n[GNUPG:] %s %s %s <%s>\n",
		   words[state] == NULL ? "BADSIG" : words[state], serial, who.name, who.email);
	if (state == SIGNATURE_GOOD)
		buf_puts(status, "[GNUPG:] TRUST_FULLY 0 x509\n");
	fprintf(stderr, "yunjuan: %s：%s <%s>，%s，证书编号 %s\n", signature_state_names[state],
		who.name, who.email, who.unit, serial);
}

/* The exit code: 0 good, 1 not. */
static int
verify_text(struct buf *status, const struct buf *armour, const struct buf *text, struct err *err)
{
	struct arena arena = { 0 };
	struct certificate *signer = NULL;
	struct repo *repo = NULL;
	enum signature_state state = SIGNATURE_FOREIGN;
	struct claim claim;
	struct snapshot snap;
	int rc = repo_open(&repo, ".", err);

	if (rc == 0)
		rc = read_claim(&claim, text, &arena, err);
	if (rc == 0 && oid_zero(&claim.parent))
		snapshot_tree(&snap, repo, &claim.tree);
	else if (rc == 0)
		rc = snapshot_commit(&snap, repo, &claim.parent, err);
	if (rc == 0)
		rc = signature_of_text(&state, &signer, armour, text, &snap, claim.email, claim.at,
				       err);
	if (rc == 0)
		tell(status, state, signer);
	certificate_free(signer);
	repo_free(repo);
	arena_release(&arena);
	return rc != 0 ? -1 : state == SIGNATURE_GOOD ? 0 : 1;
}

static int
verify(const char *file, int status_fd, struct err *err)
{
	struct buf text = BUF_INIT, armour = BUF_INIT, status = BUF_INIT;
	int rc = file_read(&armour, file, CERTIFICATE_MAX_BYTES, err);

	if (rc == 0)
		rc = read_text(&text, err);
	if (rc == 0)
		rc = verify_text(&status, &armour, &text, err);
	if (rc >= 0)
		put_status(status_fd, &status);
	buf_release(&status);
	buf_release(&armour);
	buf_release(&text);
	return rc;
}

int
git_sign_or_verify(int argc, char **argv, struct err *err)
{
	const char *key = NULL, *file = NULL;
	int i, status_fd = 2;

	for (i = 1; i < argc; i++) {
		if (text_starts(argv[i], "--status-fd="))
			status_fd = atoi(argv[i] + strlen("--status-fd="));
		else if (strcmp(argv[i], "-bsau") == 0 && i + 1 < argc)
			key = argv[++i];
		else if (strcmp(argv[i], "--verify") == 0 && i + 1 < argc)
			file = argv[++i];
	}
	if (key != NULL)
		return sign(key, status_fd, err);
	if (file != NULL)
		return verify(file, status_fd, err);
	return err_set(err, ERR_USAGE, "这些参数是 git 签名时用的；用法见 yunjuan key --help");
}
