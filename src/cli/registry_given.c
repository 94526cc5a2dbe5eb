/* registry_given.c - see registry_given.h. */
#include "cli/registry_given.h"

#include "base/file.h"

#include <stdlib.h>

/* Lower case first, as curl has it. Upper-case HTTP_PROXY is left out: a web server may set it from
 * a header of the request that it serves. */
static mrl_str variable(const char *lower, const char *upper) {
    mrl_str v = mrl_str_z(getenv(lower));
    return v.len > 0 || upper == NULL ? v : mrl_str_z(getenv(upper));
}

static mrl_status find_docker_config(mrl_arena *a, mrl_str *ret) {
    mrl_str folder = mrl_str_z(getenv("DOCKER_CONFIG")), home = mrl_str_z(getenv("HOME"));
    *ret = (mrl_str){"", 0};
    if (folder.len > 0)
        *ret = mrl_arena_printf(a, "%.*s/config.json", MRL_F(folder));
    else if (home.len > 0)
        *ret = mrl_arena_printf(a, "%.*s/.docker/config.json", MRL_F(home));
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

bool mrl_registry_given_fits(const struct mrl_cli *cli) {
    int64_t ignored;
    return mrl_opt_duration_ms(cli, "timeout", &ignored) == MRL_OK;
}

mrl_status mrl_registry_given_read(struct mrl_cli *cli, struct mrl_err *err,
                                   struct mrl_registry_opts *ret) {
    struct mrl_registry_opts o = {.plain_http = mrl_opt_given(cli, "plain-http")};
    mrl_str ca = mrl_opt_str(cli, "registry-ca", MRL_S(""));
    MRL_TRY(mrl_opt_duration_ms(cli, "timeout", &o.web.timeout_ms));
    if (ca.len > 0)
        MRL_TRY(mrl_file_read(cli->arena, ca, MRL_HTTP_CA_MAX, err, &o.web.ca));
    MRL_TRY(find_docker_config(cli->arena, &o.docker_config));
    o.web.http_proxy = variable("http_proxy", NULL);
    o.web.https_proxy = variable("https_proxy", "HTTPS_PROXY");
    o.web.no_proxy = variable("no_proxy", "NO_PROXY");
    *ret = o;
    return MRL_OK;
}
