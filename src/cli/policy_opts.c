/* policy_opts.c - see policy_opts.h. */
#include "cli/policy_opts.h"

#include "base/file.h"

#define CAPABILITIES_MAX ((size_t)16 << 20) /* bytes of a capabilities file */

/* A version's name, or a file. Versions come first, as no file of people is called v1.0.0. */
static mrl_status capabilities(struct mrl_cli *cli, mrl_str what, struct mrl_capabilities *ret) {
    struct mrl_err err;
    mrl_str text;
    mrl_err_init(&err);
    if (mrl_capabilities_version(what, ret))
        return MRL_OK;
    mrl_status status = mrl_file_read(cli->arena, what, CAPABILITIES_MAX, &err, &text);
    if (status == MRL_OK)
        status = mrl_capabilities_parse(cli->arena, what, text, &err, ret);
    if (status != MRL_OK)
        mrl_cli_print_err(cli, &err);
    return status == MRL_E_INVALID ? MRL_E_SYNTAX : status;
}

mrl_status mrl_policy_opts_read(struct mrl_cli *cli, struct mrl_policy_opts *ret) {
    int64_t max = MRL_DIAGS_MAX;
    bool v0 = mrl_opt_given(cli, "v0-compatible"), v1 = mrl_opt_given(cli, "v1-compatible");
    if (v0 && v1) {
        (void)mrl_cli_usage(cli, "give --v0-compatible or --v1-compatible, not both");
        return MRL_E_INVALID;
    }
    MRL_TRY(mrl_opt_int(cli, "max-errors", 0, UINT32_MAX, &max));
    ret->version = v0 ? MRL_REGO_V0 : MRL_REGO_V1;
    ret->strict = mrl_opt_given(cli, "strict");
    ret->max_errors = max == 0 ? UINT32_MAX : (uint32_t)max;
    if (!mrl_opt_given(cli, "capabilities"))
        return MRL_OK;
    struct mrl_capabilities *caps = MRL_ARENA_NEW(cli->arena, struct mrl_capabilities);
    MRL_CHECK(caps != NULL, MRL_E_NOMEM);
    MRL_TRY(capabilities(cli, mrl_opt_str(cli, "capabilities", MRL_S("")), caps));
    ret->capabilities = caps;
    return MRL_OK;
}

int mrl_policy_opts_exit(mrl_status status) {
    return status == MRL_E_INVALID ? MRL_EXIT_USAGE : mrl_exit_of(status);
}
