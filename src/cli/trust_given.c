/* trust_given.c - see trust_given.h. */
#include "cli/trust_given.h"

#include "cli/token_given.h"

#include "base/file.h"
#include "base/log.h"
#include "formats/sigstore/root.h"
#include "formats/x509/x509.h"

bool mrl_trust_given_enough(const struct mrl_cli *cli) {
    if (mrl_opt_given(cli, "key") || mrl_opt_given(cli, "trusted-root"))
        return true;
    (void)mrl_cli_usage(cli, "name --key FILE, or --trusted-root FILE with an identity");
    return false;
}

mrl_status mrl_key_file_read(mrl_arena *a, mrl_str file, struct mrl_err *err,
                             struct mrl_pubkey **ret) {
    mrl_str pem, der;
    if (mrl_p11_uri_is(file))
        return mrl_token_given_public(a, file, err, ret);
    MRL_TRY(mrl_file_read(a, file, 0, err, &pem));
    mrl_status status = mrl_pem_next(a, &pem, MRL_S("PUBLIC KEY"), &der);
    if (status == MRL_OK)
        status = mrl_pubkey_of_spki(der, err, ret);
    else
        status = mrl_err_set(err, status, "trust.key", "no PEM block \"PUBLIC KEY\"");
    if (status != MRL_OK)
        err->pos.file = file;
    return status;
}

mrl_status mrl_text_want_read(mrl_arena *a, const char *what, mrl_str exact, mrl_str pattern,
                              struct mrl_err *err, struct mrl_text_want *ret) {
    bool anyone = false;
    if (pattern.len == 0) {
        *ret = (struct mrl_text_want){.exact = exact};
        return MRL_OK;
    }
    if (exact.len > 0)
        return mrl_err_set(err, MRL_E_INVALID, "trust.want",
                           "%s: give a text or a pattern, not both", what);
    mrl_status status = mrl_trust_pattern(a, pattern, err, ret, &anyone);
    if (status != MRL_OK)
        return mrl_err_wrap(err, status, "trust.want", "%s", what);
    if (anyone)
        mrl_log(MRL_LOG_WARN, "trust.anyone", "%s: the pattern %.*s fits anybody", what,
                MRL_F(pattern));
    return MRL_OK;
}

mrl_status mrl_trust_given_read(struct mrl_cli *cli, struct mrl_err *err,
                                struct mrl_trust_given *ret) {
    mrl_str file = mrl_opt_str(cli, "trusted-root", MRL_S("")), text;
    mrl_str key = mrl_opt_str(cli, "key", MRL_S("")), none = MRL_S("");
    MRL_TRY(mrl_text_want_read(
        cli->arena, "--certificate-identity", mrl_opt_str(cli, "certificate-identity", none),
        mrl_opt_str(cli, "certificate-identity-regexp", none), err, &ret->want.identity));
    MRL_TRY(mrl_text_want_read(
        cli->arena, "--certificate-oidc-issuer", mrl_opt_str(cli, "certificate-oidc-issuer", none),
        mrl_opt_str(cli, "certificate-oidc-issuer-regexp", none), err, &ret->want.issuer));
    if (key.len > 0)
        MRL_TRY(mrl_key_file_read(cli->arena, key, err, &ret->key));
    ret->want.key = ret->key;
    if (file.len == 0)
        return MRL_OK;
    MRL_TRY(mrl_file_read(cli->arena, file, MRL_ROOT_BYTES_MAX, err, &text));
    return mrl_trust_new(text, file, NULL, err, &ret->trust);
}

void mrl_trust_given_free(struct mrl_trust_given *g) {
    mrl_pubkey_free(g->key);
    mrl_trust_free(g->trust);
}
