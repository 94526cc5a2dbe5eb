/* trust_given.c - see trust_given.h. */
#include "cli/trust_given.h"

#include "base/file.h"
#include "formats/sigstore/root.h"
#include "formats/x509/x509.h"

bool mrl_trust_given_enough(const struct mrl_cli *cli) {
    if (mrl_opt_given(cli, "key") || mrl_opt_given(cli, "trusted-root"))
        return true;
    (void)mrl_cli_usage(cli, "name --key FILE, or --trusted-root FILE with an identity");
    return false;
}

static mrl_status read_key(struct mrl_cli *cli, struct mrl_err *err, struct mrl_trust_given *g) {
    mrl_str file = mrl_opt_str(cli, "key", MRL_S("")), pem, der;
    if (file.len == 0)
        return MRL_OK;
    MRL_TRY(mrl_file_read(cli->arena, file, 0, err, &pem));
    mrl_status status = mrl_pem_next(cli->arena, &pem, MRL_S("PUBLIC KEY"), &der);
    if (status == MRL_OK)
        status = mrl_pubkey_of_spki(der, err, &g->key);
    else
        status = mrl_err_set(err, status, "trust.key", "no PEM block \"PUBLIC KEY\"");
    if (status != MRL_OK)
        err->pos.file = file;
    g->want.key = g->key;
    return status;
}

mrl_status mrl_trust_given_read(struct mrl_cli *cli, struct mrl_err *err,
                                struct mrl_trust_given *ret) {
    mrl_str file = mrl_opt_str(cli, "trusted-root", MRL_S("")), text;
    ret->want.identity = mrl_opt_str(cli, "certificate-identity", MRL_S(""));
    ret->want.issuer = mrl_opt_str(cli, "certificate-oidc-issuer", MRL_S(""));
    MRL_TRY(read_key(cli, err, ret));
    if (file.len == 0)
        return MRL_OK;
    MRL_TRY(mrl_file_read(cli->arena, file, MRL_ROOT_BYTES_MAX, err, &text));
    return mrl_trust_new(text, file, NULL, err, &ret->trust);
}

void mrl_trust_given_free(struct mrl_trust_given *g) {
    mrl_pubkey_free(g->key);
    mrl_trust_free(g->trust);
}
