/*
 * gpg: what git asks of the program in gpg.x509.program. Not a sub-command: git gives options only.
 */
#ifndef YJ_GPG_H
#define YJ_GPG_H

#include "base/base.h"

/* Whether these are the arguments with which git asks for a signature, or to verify one. */
bool git_signs(int argc, char **argv);
/* Does what git asks; the exit code, or -1 and err. */
int git_sign_or_verify(int argc, char **argv, struct err *err) must_check;

#endif
