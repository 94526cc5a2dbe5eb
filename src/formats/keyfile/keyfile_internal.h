/* keyfile_internal.h - shared by the files of formats/keyfile only. */
#ifndef MRL_FORMATS_KEYFILE_INTERNAL_H
#define MRL_FORMATS_KEYFILE_INTERNAL_H

#include "formats/keyfile/keyfile.h"

/* One sealed or plain key: what each reader gets. */
struct mrl_keyfile_in {
    mrl_arena *secrets;
    mrl_str bytes; /* of the PEM block */
    const struct mrl_passphrase *ask;
    struct mrl_err *err;
};

/* Asks for the passphrase. */
mrl_status mrl_keyfile_ask(const struct mrl_keyfile_in *in, mrl_str *ret) MRL_NODISCARD;

/* cosign's form: asks for the passphrase. */
mrl_status mrl_keyfile_cosign(const struct mrl_keyfile_in *in,
                              struct mrl_privkey **ret) MRL_NODISCARD;
/* OpenSSH's form. */
mrl_status mrl_keyfile_ssh(const struct mrl_keyfile_in *in, struct mrl_privkey **ret) MRL_NODISCARD;

#endif
