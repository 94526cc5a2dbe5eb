/* signing_config.c - see signing_config.h. */
#include "formats/sigstore/signing_config.h"

#include "formats/json/json.h"
#include "formats/sigstore/fields.h"

#define MEDIA_TYPE MRL_S("application/vnd.dev.sigstore.signingconfig.v0.2+json")

/* --- reading --------------------------------------------------------------------------------- */

static void one_service(struct mrl_pj *p, mrl_val v, struct mrl_service *ret) {
    mrl_val valid = mrl_pj_object(p, v, "validFor");
    ret->url = mrl_pj_str(p, v, "url");
    ret->owner = mrl_pj_str(p, v, "operator");
    ret->version = mrl_pj_u63(p, v, "majorApiVersion", 0);
    ret->valid.start = mrl_pj_time(p, valid, "start", INT64_MIN);
    ret->valid.end = mrl_pj_time(p, valid, "end", INT64_MAX);
    if (p->status == MRL_OK && ret->url.len == 0)
        (void)mrl_pj_fail(p, "url", "of a service is missing");
    if (p->status == MRL_OK && ret->valid.start == INT64_MIN)
        (void)mrl_pj_fail(p, "validFor", "has no start");
}

static void services(struct mrl_pj *p, mrl_val config, const char *name,
                     struct mrl_service_list *ret) {
    mrl_val list = mrl_pj_array(p, config, name, MRL_SERVICES_MAX);
    for (uint32_t i = 0; i < list.len; i++)
        one_service(p, list.u.arr->items[i], &ret->items[i]);
    ret->n = list.len;
}

static void selector(struct mrl_pj *p, mrl_val config, const char *name,
                     struct mrl_service_list *ret) {
    mrl_val v = mrl_pj_object(p, config, name);
    mrl_str word = mrl_pj_str(p, v, "selector");
    ret->count = mrl_pj_u63(p, v, "count", 0);
    if (ret->n == 0 || mrl_str_eq(word, MRL_S("ANY")))
        ret->selector = MRL_SELECT_ANY;
    else if (mrl_str_eq(word, MRL_S("ALL")))
        ret->selector = MRL_SELECT_ALL;
    else if (mrl_str_eq(word, MRL_S("EXACT")) && ret->count > 0)
        ret->selector = MRL_SELECT_EXACT;
    else
        (void)mrl_pj_fail(p, name, "has no selector ANY, ALL or EXACT with a count");
}

mrl_status mrl_signing_config_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                                    struct mrl_signing_config *ret) {
    struct mrl_json_opts opts = {.file = file, .reject_duplicates = true};
    struct mrl_pj p = {.arena = a, .err = err};
    struct mrl_signing_config c = {0};
    mrl_val v;
    if (text.len > MRL_SIGNING_CONFIG_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "sigstore.limit",
                           "a signing configuration of %zu bytes", text.len);
    MRL_TRY(mrl_json_parse(a, text, &opts, err, &v));
    mrl_str type = mrl_pj_str(&p, v, "mediaType");
    if (!mrl_str_eq(type, MEDIA_TYPE))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "sigstore.version",
                           "the configuration's mediaType \"%.*s\" is not known: 0.2 is",
                           MRL_F(type));
    services(&p, v, "caUrls", &c.authorities);
    services(&p, v, "rekorTlogUrls", &c.logs);
    services(&p, v, "tsaUrls", &c.timestamps);
    selector(&p, v, "rekorTlogConfig", &c.logs);
    selector(&p, v, "tsaConfig", &c.timestamps);
    MRL_TRY(p.status);
    *ret = c;
    return MRL_OK;
}

/* --- choosing -------------------------------------------------------------------------------- */

static bool owner_is_there(const struct mrl_service *chosen, uint32_t n, mrl_str owner) {
    for (uint32_t i = 0; i < n; i++)
        if (mrl_str_eq(chosen[i].owner, owner))
            return true;
    return false;
}

/* The best service that may still be chosen, or NULL. */
static const struct mrl_service *next_best(const struct mrl_service_list *list, int64_t version_max,
                                           int64_t seconds, const struct mrl_service *chosen,
                                           uint32_t n) {
    const struct mrl_service *best = NULL;
    for (uint32_t i = 0; i < list->n; i++) {
        const struct mrl_service *s = &list->items[i];
        if (s->version < 1 || s->version > version_max || !mrl_in_range(s->valid, seconds) ||
            owner_is_there(chosen, n, s->owner))
            continue;
        if (best == NULL || s->version > best->version ||
            (s->version == best->version && s->valid.start > best->valid.start))
            best = s;
    }
    return best;
}

mrl_status mrl_services_choose(const struct mrl_service_list *list, const char *what,
                               int64_t version_max, int64_t seconds, struct mrl_err *err,
                               struct mrl_service ret[MRL_SERVICES_MAX], uint32_t *ret_n) {
    int64_t want = list->selector == MRL_SELECT_EXACT ? list->count : 1;
    int64_t most = list->selector == MRL_SELECT_ALL ? MRL_SERVICES_MAX : want;
    struct mrl_service chosen[MRL_SERVICES_MAX];
    uint32_t n = 0;
    MRL_ASSERT(list->n <= MRL_SERVICES_MAX);
    while (n < MRL_SERVICES_MAX && n < most) {
        const struct mrl_service *s = next_best(list, version_max, seconds, chosen, n);
        if (s == NULL)
            break;
        chosen[n++] = *s;
    }
    if (list->n > 0 && n < want)
        return mrl_err_set(err, MRL_E_NOT_FOUND, "sigstore.service",
                           "the signing configuration has %u usable %s(s) of the %lld that it asks "
                           "for: others are not in use now, or speak another version",
                           n, what, (long long)want);
    memcpy(ret, chosen, n * sizeof *chosen);
    *ret_n = n;
    return MRL_OK;
}
