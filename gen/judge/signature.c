#include "judge/signature.h"

#include <ctype.h>
#include <string.h>

#include "calendar/calendar.h"
#include "trail/basis.h"

#define REVOKED_MAX_BYTES ((size_t)1 << 20)

const char *const signature_state_ids[SIGNATURE_STATE_COUNT] = { "none",    "foreign", "broken",
								 "unknown", "other",   "untrusted",
								 "early",   "expired", "revoked",
								 "good" };
const char *const signature_state_names[SIGNATURE_STATE_COUNT] = {
	"没有签名",	  "不是 SM2 签名",
	"签名与内容不符", "签名人没有登记证书",
	"不是登记的证书", "不是本市签发的证书",
	"证书尚未生效",	  "证书已过期",
	"证书已吊销",	  "签名有效"
};

bool
certificate_path(struct buf *out, const char *email)
{
	const char *p;

	if (strchr(email, '@') == NULL || email[0] == '.' || strlen(email) > 200)
		return false;
	for (p = email; *p != '\0'; p++) {
		if (!isalnum((unsigned char)*p) && strchr("@._+-", *p) == NULL)
			return false;
	}
	buf_puts(out, CERTIFICATE_FOLDER);
	for (p = email; *p != '\0'; p++)
		buf_putc(out, (char)tolower((unsigned char)*p));
	buf_puts(out, ".pem");
	return true;
}

static int
read_certificate(struct certificate **out, const struct snapshot *snap, const char *path,
		 struct err *err)
{
	struct err ignored = { 0 };
	struct buf pem = BUF_INIT;
	int found = snapshot_read(snap, path, CERTIFICATE_MAX_BYTES, &pem, NULL, err);

	*out = NULL;
	if (found > 0 && certificate_parse(out, pem.ptr, pem.len, &ignored) != 0)
		*out = NULL;
	buf_release(&pem);
	return found < 0 ? -1 : 0;
}

int
certificate_of(struct certificate **out, const struct snapshot *snap, const char *email,
	       struct err *err)
{
	struct buf path = BUF_INIT;
	int rc = 0;

	*out = NULL;
	if (certificate_path(&path, email))
		rc = read_certificate(out, snap, path.ptr, err);
	buf_release(&path);
	return rc;
}

int
authority_of(struct certificate **out, const struct snapshot *snap, struct err *err)
{
	return read_certificate(out, snap, AUTHORITY_FILE, err);
}

bool
revoked_in(int64_t *since, const char *list, const char *serial)
{
	size_t len = strlen(serial);
	const char *line;
	bool revoked = false;

	for (line = list; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n') {
		char time[17] = "";
		int64_t at;

		if (strncmp(line, serial, len) != 0 || line[len] != '\t')
			continue;
		snprintf(time, sizeof(time), "%s", line + len + 1);
		if (!moment_parse(time, &at))
			at = 0; /* a line that cannot be read revokes for good */
		*since = !revoked || at < *since ? at : *since;
		revoked = true;
	}
	return revoked;
}

int
revoked_read(struct buf *out, const struct snapshot *snap, struct err *err)
{
	return snapshot_read(snap, REVOKED_FILE, REVOKED_MAX_BYTES, out, NULL, err) < 0 ? -1 : 0;
}

int
revoked_since(int64_t *since, const struct snapshot *snap, const char *serial, struct err *err)
{
	struct buf list = BUF_INIT;
	int rc = revoked_read(&list, snap, err);

	if (rc == 0 && revoked_in(since, list.ptr, serial))
		rc = 1;
	buf_release(&list);
	return rc;
}

static enum signature_state
state_of_certificate(const struct certificate *signer, const struct certificate *authority,
		     int64_t at)
{
	static const enum signature_state states[CERTIFICATE_STATE_COUNT] = {
		[CERTIFICATE_VALID] = SIGNATURE_GOOD,
		[CERTIFICATE_UNTRUSTED] = SIGNATURE_UNTRUSTED,
		[CERTIFICATE_EARLY] = SIGNATURE_EARLY,
		[CERTIFICATE_EXPIRED] = SIGNATURE_EXPIRED,
	};

	return authority == NULL ? SIGNATURE_UNTRUSTED
				 : states[certificate_state(signer, authority, at)];
}

int
signature_judge(enum signature_state *out, const struct signed_text *text,
		const struct snapshot *snap, const char *email, int64_t at, struct err *err)
{
	struct certificate *registered = NULL, *authority = NULL;
	int64_t since = 0;
	int rc = certificate_of(&registered, snap, email, err), revoked = 0;

	if (rc == 0)
		rc = authority_of(&authority, snap, err);
	if (rc == 0)
		revoked = revoked_since(&since, snap, certificate_serial(text->signer), err);
	if (!certificate_verify(text->signer, text->data, text->len, text->der, text->der_len))
		*out = SIGNATURE_BROKEN;
	else if (registered == NULL)
		*out = SIGNATURE_UNKNOWN;
	else if (!certificate_same(registered, text->signer))
		*out = SIGNATURE_OTHER;
	else
		*out = state_of_certificate(text->signer, authority, at);
	if (*out == SIGNATURE_GOOD && revoked > 0 && at >= since)
		*out = SIGNATURE_REVOKED;
	certificate_free(authority);
	certificate_free(registered);
	return rc < 0 || revoked < 0 ? -1 : 0;
}

int
signature_of_text(enum signature_state *out, struct certificate **signer, const struct buf *armour,
		  const struct buf *text, const struct snapshot *snap, const char *email,
		  int64_t at, struct err *err)
{
	struct certificate *certificate = NULL;
	struct buf der = BUF_INIT;
	int rc = 0;

	*out = SIGNATURE_FOREIGN;
	if (armour_read(armour->ptr, armour->len, &der, &certificate)) {
		struct signed_text signed_text = { text->ptr, text->len, der.ptr, der.len,
						   certificate };

		rc = signature_judge(out, &signed_text, snap, email, at, err);
	}
	if (signer != NULL)
		*signer = certificate;
	else
		certificate_free(certificate);
	buf_release(&der);
	return rc;
}
