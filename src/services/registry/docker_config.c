/* docker_config.c - reads Docker's config.json. See credentials.h. */
#include "services/registry/credentials.h"

#include "base/base64.h"
#include "formats/json/json.h"

#define ID "registry.config"
#define HUB MRL_S("https://index.docker.io/v1/")

mrl_str mrl_docker_server_name(mrl_str host) {
    return mrl_str_eq(host, MRL_S("docker.io")) ? HUB : host;
}

static mrl_str text_of(mrl_val object, mrl_str key) {
    mrl_val v = mrl_obj_get_str(object, key);
    return mrl_is_str(v) ? mrl_val_str(v) : (mrl_str){"", 0};
}

/* The name without "https://" and without "/v1/" or "/v2/": old versions of docker wrote them. */
static mrl_str bare(mrl_str name) {
    static const mrl_str before[] = {MRL_S_INIT("https://"), MRL_S_INIT("http://")};
    static const mrl_str behind[] = {MRL_S_INIT("/"), MRL_S_INIT("/v1"), MRL_S_INIT("/v2")};
    for (size_t i = 0; i < MRL_COUNTOF(before); i++)
        if (mrl_str_starts(name, before[i]))
            name = mrl_str_sub(name, before[i].len, name.len);
    for (size_t i = 0; i < MRL_COUNTOF(behind); i++)
        if (mrl_str_ends(name, behind[i]))
            name.len -= behind[i].len;
    return name;
}

/* The member of that server's name; an exact name wins over one that only means the same. */
static mrl_val find(mrl_val object, mrl_str host) {
    mrl_str want = mrl_docker_server_name(host);
    mrl_val found = mrl_obj_get_str(object, want);
    if (mrl_is_defined(found) || !mrl_is_obj(object))
        return found;
    for (size_t i = 0; i < object.len; i++) {
        const struct mrl_member *m = &object.u.obj->m[i];
        if (mrl_str_eq(bare(mrl_val_str(m->key)), bare(want)))
            return m->val;
    }
    return mrl_undefined();
}

/* "auth" is base64 of user:password; the user has no colon, the password may. */
static mrl_status read_auth(mrl_arena *a, mrl_val entry, struct mrl_err *err,
                            struct mrl_credentials *c) {
    mrl_str auth = text_of(entry, MRL_S("auth")), plain, rest;
    size_t at;
    c->identity_token = text_of(entry, MRL_S("identitytoken"));
    c->registry_token = text_of(entry, MRL_S("registrytoken"));
    c->username = text_of(entry, MRL_S("username"));
    c->password = text_of(entry, MRL_S("password"));
    if (auth.len == 0)
        return MRL_OK;
    mrl_status status = mrl_base64_decode(a, auth, MRL_BASE64_STD, &plain, &at);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK || mrl_str_find(plain, MRL_S(":"), 0) == MRL_STR_NPOS)
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "\"auth\" is not base64 of user:password");
    c->username = mrl_str_cut(plain, ':', &rest);
    c->password = rest;
    while (mrl_str_ends(c->password, (mrl_str){"\0", 1})) /* some tools pad it */
        c->password.len--;
    return MRL_OK;
}

mrl_status mrl_docker_config_find(mrl_arena *a, mrl_str text, mrl_str file, mrl_str host,
                                  struct mrl_err *err, struct mrl_credentials *ret,
                                  mrl_str *ret_helper) {
    struct mrl_json_opts opts = {.file = file};
    struct mrl_credentials c = {0};
    mrl_val root;
    MRL_TRY(mrl_json_parse(a, text, &opts, err, &root));
    mrl_val helper = find(MRL_GET(root, "credHelpers"), host);
    if (!mrl_is_str(helper))
        helper = MRL_GET(root, "credsStore");
    mrl_val entry = find(MRL_GET(root, "auths"), host);
    if (mrl_is_obj(entry))
        MRL_TRY(read_auth(a, entry, err, &c));
    *ret_helper = mrl_is_str(helper) ? mrl_val_str(helper) : (mrl_str){"", 0};
    *ret = c;
    return MRL_OK;
}
