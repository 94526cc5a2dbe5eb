/* root.c - see root.h. */
#include "formats/sigstore/root.h"

#include "formats/json/json.h"
#include "formats/sigstore/fields.h"

static struct mrl_time_range valid_for(struct mrl_pj *p, mrl_val holder) {
    mrl_val v = mrl_pj_object(p, holder, "validFor");
    struct mrl_time_range r = {.start = mrl_pj_time(p, v, "start", INT64_MIN),
                               .end = mrl_pj_time(p, v, "end", INT64_MAX)};
    if (p->status == MRL_OK && r.start == INT64_MIN)
        (void)mrl_pj_fail(p, "validFor", "has no start");
    return r;
}

static void one_log(struct mrl_pj *p, mrl_val v, struct mrl_root_log *ret) {
    mrl_val key = mrl_pj_object(p, v, "publicKey");
    ret->base_url = mrl_pj_str(p, v, "baseUrl");
    ret->id = mrl_pj_bytes(p, mrl_pj_object(p, v, "logId"), "keyId");
    ret->key_details = mrl_pj_str(p, key, "keyDetails");
    ret->key = mrl_pj_bytes(p, key, "rawBytes");
    ret->valid = valid_for(p, key);
    if (p->status == MRL_OK && (ret->id.len == 0 || ret->key.len == 0))
        (void)mrl_pj_fail(p, "publicKey", "or logId is missing");
}

static void logs(struct mrl_pj *p, mrl_val root, const char *name, struct mrl_root_list_logs *ret) {
    mrl_val list = mrl_pj_array(p, root, name, MRL_ROOT_ITEMS_MAX);
    ret->items = MRL_ARENA_ARRAY(p->arena, struct mrl_root_log, list.len + 1);
    if (ret->items == NULL) {
        p->status = MRL_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < list.len; i++)
        one_log(p, list.u.arr->items[i], &ret->items[i]);
    ret->n = list.len;
}

static void authorities(struct mrl_pj *p, mrl_val root, const char *name,
                        struct mrl_root_list_authorities *ret) {
    mrl_val list = mrl_pj_array(p, root, name, MRL_ROOT_ITEMS_MAX);
    ret->items = MRL_ARENA_ARRAY(p->arena, struct mrl_root_authority, list.len + 1);
    if (ret->items == NULL) {
        p->status = MRL_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < list.len; i++) {
        mrl_val v = list.u.arr->items[i], chain = mrl_pj_object(p, v, "certChain");
        mrl_val certs = mrl_pj_array(p, chain, "certificates", MRL_ROOT_CHAIN_MAX);
        struct mrl_root_authority *one = &ret->items[i];
        one->uri = mrl_pj_str(p, v, "uri");
        one->valid = valid_for(p, v);
        for (uint32_t k = 0; k < certs.len; k++)
            one->certs[k] = mrl_pj_bytes(p, certs.u.arr->items[k], "rawBytes");
        one->n_certs = certs.len;
    }
    ret->n = list.len;
}

mrl_status mrl_root_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                          struct mrl_trusted_root *ret) {
    struct mrl_json_opts opts = {.file = file, .reject_duplicates = true};
    struct mrl_pj p = {.arena = a, .err = err};
    struct mrl_trusted_root root = {0};
    mrl_val v;
    if (text.len > MRL_ROOT_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "sigstore.limit", "a trusted root of %zu bytes",
                           text.len);
    MRL_TRY(mrl_json_parse(a, text, &opts, err, &v));
    mrl_str type = mrl_pj_str(&p, v, "mediaType");
    if (!mrl_str_starts(type, MRL_S("application/vnd.dev.sigstore.trustedroot")))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "sigstore.version",
                           "the root's mediaType \"%.*s\" is not known", MRL_F(type));
    logs(&p, v, "tlogs", &root.tlogs);
    logs(&p, v, "ctlogs", &root.ctlogs);
    authorities(&p, v, "certificateAuthorities", &root.cas);
    authorities(&p, v, "timestampAuthorities", &root.tsas);
    MRL_TRY(p.status);
    *ret = root;
    return MRL_OK;
}
