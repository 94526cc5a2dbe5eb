/* p11_error.h - what a PKCS#11 module's answers mean. Of merlon-p11 alone. */
#ifndef MRL_SERVICES_TOKEN_P11_ERROR_H
#define MRL_SERVICES_TOKEN_P11_ERROR_H

#include "base/status.h"

/* The error for CKR value `rv`, which is not CKR_OK, of something that could not be done: "cannot
 * log in". Values that we do not know are shown as numbers. */
mrl_status mrl_p11_fail(struct mrl_err *err, unsigned long rv, const char *what);

#endif
