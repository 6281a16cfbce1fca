/*
 * signer: the present officer's signature over what is handed over.
 *
 * SM2 signatures differ each time they are made. The first one over the same bytes is kept in
 * .git/yunjuan/signatures and given again, so that the same input gives the same bytes; that folder
 * may be deleted at any time.
 *
 * Lifetime: owned until signer_free. Errors: those of keystore.h.
 */
#ifndef YJ_SIGNER_H
#define YJ_SIGNER_H

#include "cmd/cmd.h"

struct signer;

/* *out is NULL when this machine holds no key of the officer, or the officer has no certificate. */
int signer_new(struct signer **out, const struct session *session, struct err *err) must_check;
void signer_free(struct signer *signer);
/* For bag_options.sign; the passphrase is asked for when a signature is made for the first time. */
int signer_sign(void *signer, const void *data, size_t len, struct buf *der, struct buf *pem,
		struct err *err) must_check;

#endif
