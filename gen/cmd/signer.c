/* signer: a signature is made once over the same bytes. */
#include "cmd/signer.h"

#include <stdlib.h>

#include "cmd/keystore.h"
#include "judge/signature.h"
#include "seal/digest.h"

struct signer {
	const struct session *session;
	char *email;
	struct certificate *certificate;
};

int
signer_new(struct signer **out, const struct session *session, struct err *err)
{
	const char *given = getenv("GIT_AUTHOR_EMAIL");
	struct signer *signer = xcalloc(1, sizeof(*signer));
	int rc = 0;

	signer->session = session;
	signer->email = given != NULL && given[0] != '\0'
			    ? xstrdup(given)
			    : repo_config(session->repo, "user.email");
	if (signer->email != NULL && keystore_has(signer->email))
		rc = certificate_of(&signer->certificate, &session->snap, signer->email, err);
	if (rc != 0 || signer->certificate == NULL) {
		signer_free(signer);
		signer = NULL;
	}
	*out = signer;
	return rc;
}

void
signer_free(struct signer *signer)
{
	if (signer == NULL)
		return;
	certificate_free(signer->certificate);
	free(signer->email);
	free(signer);
}

/* Of the certificate and the bytes. */
static int
kept_path(const struct signer *signer, const void *data, size_t len, struct buf *path,
	  struct err *err)
{
	struct digester *digester = digester_new();
	struct digests digests;
	int rc;

	certificate_pem(signer->certificate, path);
	digester_add(digester, path->ptr, path->len);
	digester_add(digester, data, len);
	rc = digester_end(digester, &digests, err);
	digester_free(digester);
	buf_clear(path);
	buf_printf(path, "%s/yunjuan/signatures/%s", repo_gitdir(signer->session->repo),
		   digests.sm3);
	return rc;
}

static int
make_signature(const struct signer *signer, const void *data, size_t len, const char *path,
	       struct buf *der, struct err *err)
{
	struct certificate *certificate = NULL;
	struct seal_key *key = NULL;
	int rc = keystore_signer(&key, &certificate, &signer->session->snap, signer->email, err);

	if (rc == 0)
		rc = seal_sign(key, data, len, der, err);
	if (rc == 0)
		rc = file_make_parents(path, err);
	if (rc == 0)
		rc = file_replace(path, der->ptr, der->len, false, err);
	seal_key_free(key);
	certificate_free(certificate);
	return rc;
}

int
signer_sign(void *ctx, const void *data, size_t len, struct buf *der, struct buf *pem,
	    struct err *err)
{
	const struct signer *signer = ctx;
	struct buf path = BUF_INIT;
	struct err ignored = { 0 };
	int rc = kept_path(signer, data, len, &path, err);

	if (rc == 0 && (file_read(der, path.ptr, 4096, &ignored) != 0 ||
			!certificate_verify(signer->certificate, data, len, der->ptr, der->len))) {
		buf_clear(der);
		rc = make_signature(signer, data, len, path.ptr, der, err);
	}
	certificate_pem(signer->certificate, pem);
	buf_release(&path);
	return rc;
}
