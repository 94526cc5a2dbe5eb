/* trust_policy.c - see trust_policy.h. */
#include "cli/trust_policy.h"

#include "base/closest.h"
#include "base/file.h"
#include "cli/config.h"
#include "cli/token_given.h"
#include "cli/trust_given.h"
#include "engines/match/glob.h"
#include "engines/trust/sign.h"
#include "formats/json/json.h"
#include "formats/oci/reference.h"
#include "formats/sigstore/root.h"

#define ID "config.trust"
#define DAY_SECONDS 86400
#define DIGESTED_MAX ((size_t)64 << 20)

struct reading {
    mrl_arena *arena;
    mrl_val config;
    mrl_str file;
    struct mrl_err *err;
    struct mrl_trust_policy *p;
};

#define wrong(r, ...) mrl_err_set((r)->err, MRL_E_INVALID, ID, __VA_ARGS__)

static mrl_str text_at(mrl_val v, const char *key) {
    return mrl_val_str(mrl_obj_get_str(v, mrl_str_z(key)));
}

/* An error with the file that it is in, unless it names a place itself. */
static mrl_status in_file(const struct reading *r, mrl_status status) {
    if (status != MRL_OK && status != MRL_E_NOMEM && r->err != NULL && r->err->pos.file.len == 0)
        r->err->pos.file = r->file;
    return status;
}

/* --- signers --------------------------------------------------------------------------------- */

/* The first second of a day; of the day after it with `end`, less one. */
static int64_t day_seconds(mrl_str date, bool end) {
    int64_t days = 0;
    bool is_date = mrl_date_days(date, &days);
    MRL_ASSERT(is_date); /* config.h checked it */
    return days * DAY_SECONDS + (end ? DAY_SECONDS - 1 : 0);
}

/* Signers of one root share it, and with it what it remembers. */
static mrl_status read_root(const struct reading *r, mrl_str path, struct mrl_trust **ret) {
    struct mrl_trust_policy *p = r->p;
    mrl_str text, file = mrl_config_path(r->arena, r->file, path);
    MRL_CHECK(file.ptr != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < p->n_roots; i++)
        if (mrl_str_eq(p->root_files[i], file)) {
            *ret = p->roots[i];
            return MRL_OK;
        }
    MRL_TRY(mrl_file_read(r->arena, file, MRL_ROOT_BYTES_MAX, r->err, &text));
    MRL_TRY(mrl_digest_write(r->arena, text, &p->root_digests[p->n_roots]));
    MRL_TRY(mrl_trust_new(text, file, NULL, r->err, &p->roots[p->n_roots]));
    p->root_files[p->n_roots] = file;
    *ret = p->roots[p->n_roots++];
    return MRL_OK;
}

static mrl_status read_key(const struct reading *r, mrl_str path, uint32_t i) {
    mrl_str file = path;
    if (!mrl_p11_uri_is(path)) /* a key in a token has no folder */
        file = mrl_config_path(r->arena, r->file, path);
    MRL_CHECK(file.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_key_file_read(r->arena, file, r->err, &r->p->keys[i]));
    r->p->signers[i].want.key = r->p->keys[i];
    return MRL_OK;
}

static mrl_status read_identity(const struct reading *r, mrl_val v, struct mrl_known_signer *s) {
    mrl_str root = text_at(v, "trusted-root");
    root = root.len > 0 ? root : text_at(r->config, "trusted-root");
    MRL_TRY(mrl_text_want_read(r->arena, "identity", text_at(v, "identity"),
                               text_at(v, "identity-pattern"), r->err, &s->want.identity));
    MRL_TRY(mrl_text_want_read(r->arena, "issuer", text_at(v, "issuer"),
                               text_at(v, "issuer-pattern"), r->err, &s->want.issuer));
    bool identity = mrl_text_want_given(&s->want.identity);
    bool issuer = mrl_text_want_given(&s->want.issuer);
    if (s->want.key != NULL && (identity || issuer))
        return wrong(r, "it has a key and an identity: make two signers of it");
    if (s->want.key == NULL && (!identity || !issuer))
        return wrong(r, "it needs a key, or an identity and an issuer");
    if (s->want.key == NULL && root.len == 0)
        return wrong(r, "an identity needs a trusted-root: the authorities and logs to believe");
    return root.len > 0 ? read_root(r, root, &s->trust) : MRL_OK;
}

static mrl_status read_signer(const struct reading *r, mrl_val v, uint32_t i) {
    struct mrl_known_signer *s = &r->p->signers[i];
    mrl_str key = text_at(v, "key"), from = text_at(v, "from"), until = text_at(v, "until");
    *s = (struct mrl_known_signer){.name = text_at(v, "name"),
                                   .from = from.len > 0 ? day_seconds(from, false) : INT64_MIN,
                                   .until = until.len > 0 ? day_seconds(until, true) : INT64_MAX};
    for (uint32_t k = 0; k < i; k++)
        if (mrl_str_eq(r->p->signers[k].name, s->name))
            return wrong(r, "another signer has that name");
    if (s->from > s->until)
        return wrong(r, "it ends before it begins");
    if (key.len > 0)
        MRL_TRY(read_key(r, key, i));
    return read_identity(r, v, s);
}

static mrl_status read_signers(const struct reading *r) {
    mrl_val list = MRL_GET(r->config, "signers");
    if (!mrl_is_arr(list))
        return MRL_OK;
    if (list.len > MRL_SIGNERS_MAX)
        return wrong(r, "more than %u signers", MRL_SIGNERS_MAX);
    for (; r->p->n_signers < list.len; r->p->n_signers++) {
        mrl_val v = mrl_arr_at(list, r->p->n_signers);
        mrl_status status = read_signer(r, v, r->p->n_signers);
        if (status == MRL_E_NOMEM)
            return status;
        if (status != MRL_OK)
            return mrl_err_wrap(r->err, status, ID, "the signer %.*s", MRL_F(text_at(v, "name")));
    }
    return MRL_OK;
}

/* --- rules ------------------------------------------------------------------------------------ */

static mrl_status read_globs(const struct reading *r, mrl_val list, struct mrl_image_globs *ret) {
    if (!mrl_is_arr(list))
        return MRL_OK;
    if (list.len > MRL_IMAGE_GLOBS_MAX)
        return wrong(r, "more than %u globs", MRL_IMAGE_GLOBS_MAX);
    ret->items = MRL_ARENA_ARRAY(r->arena, struct mrl_regex *, (size_t)list.len + 1);
    MRL_CHECK(ret->items != NULL, MRL_E_NOMEM);
    for (; ret->n < list.len; ret->n++)
        MRL_TRY(mrl_glob_compile(r->arena, mrl_val_str(mrl_arr_at(list, ret->n)), MRL_S("/"),
                                 r->err, &ret->items[ret->n]));
    return MRL_OK;
}

static mrl_status check_name(const struct reading *r, mrl_str name) {
    const char *names[MRL_SIGNERS_MAX];
    for (uint32_t i = 0; i < r->p->n_signers; i++) {
        if (mrl_str_eq(r->p->signers[i].name, name))
            return MRL_OK;
        names[i] = mrl_arena_str(r->arena, r->p->signers[i].name).ptr;
        MRL_CHECK(names[i] != NULL, MRL_E_NOMEM);
    }
    const char *near = mrl_closest_of(name, names, r->p->n_signers);
    return wrong(r, "no signer is called %.*s%s%s%s", MRL_F(name),
                 near != NULL ? ": did you mean " : "", near != NULL ? near : "",
                 near != NULL ? "?" : "");
}

/* The names that an entry gives, or those of `otherwise`. */
static mrl_status read_names(const struct reading *r, mrl_val v, mrl_val otherwise, mrl_val *ret) {
    mrl_val names = MRL_GET(v, "signers");
    *ret = mrl_is_arr(names) ? names : otherwise;
    for (uint32_t i = 0; mrl_is_arr(names) && i < names.len; i++)
        MRL_TRY(check_name(r, mrl_val_str(mrl_arr_at(names, i))));
    return ret->len > 0 ? MRL_OK : wrong(r, "nobody may sign: name signers");
}

static mrl_status read_threshold(const struct reading *r, mrl_val v, mrl_val names, mrl_val *ret) {
    mrl_val threshold = MRL_GET(v, "threshold");
    *ret = threshold.tag == MRL_T_INT ? threshold : mrl_int(1);
    if (ret->u.i < 1 || ret->u.i > names.len)
        return wrong(r, "a threshold of %lld of %u signers", (long long)ret->u.i, names.len);
    return MRL_OK;
}

static mrl_val list_at(mrl_val v, const char *key) {
    mrl_val list = mrl_obj_get_str(v, mrl_str_z(key));
    return mrl_is_arr(list) ? list : mrl_null();
}

static mrl_status read_attestation(const struct reading *r, mrl_val v, mrl_val rule_names,
                                   mrl_val *ret) {
    mrl_val names, threshold, level = MRL_GET(v, "level");
    mrl_str type = mrl_predicate_type(text_at(v, "type"));
    if (type.len == 0)
        return wrong(r, "the attestation type %.*s is no URI and none of " MRL_PREDICATE_NAMES,
                     MRL_F(text_at(v, "type")));
    if (level.tag == MRL_T_INT && (level.u.i < 1 || level.u.i > 3))
        return wrong(r, "SLSA build levels are 1 to 3");
    MRL_TRY(read_names(r, v, rule_names, &names));
    MRL_TRY(read_threshold(r, v, names, &threshold));
    struct mrl_member m[] = {{MRL_V("type"), mrl_strval(type)},
                             {MRL_V("signers"), names},
                             {MRL_V("threshold"), threshold},
                             {MRL_V("builders"), list_at(v, "builders")},
                             {MRL_V("sources"), list_at(v, "sources")},
                             {MRL_V("refs"), list_at(v, "refs")},
                             {MRL_V("level"), level.tag == MRL_T_INT ? level : mrl_null()}};
    return mrl_obj_of(r->arena, m, MRL_COUNTOF(m), ret);
}

static mrl_status read_attestations(const struct reading *r, mrl_val v, mrl_val names,
                                    mrl_val *ret) {
    struct mrl_builder b;
    mrl_val list = MRL_GET(v, "attestations"), one;
    mrl_builder_init(&b, r->arena, MRL_T_ARR, list.len);
    for (uint32_t i = 0; mrl_is_arr(list) && i < list.len; i++) {
        MRL_TRY(read_attestation(r, mrl_arr_at(list, i), names, &one));
        mrl_build_item(&b, one);
    }
    return mrl_build_end(&b, ret);
}

static mrl_status all_names(const struct reading *r, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, r->arena, MRL_T_ARR, r->p->n_signers);
    for (uint32_t i = 0; i < r->p->n_signers; i++)
        mrl_build_item(&b, mrl_strval(r->p->signers[i].name));
    return mrl_build_end(&b, ret);
}

static mrl_status read_rule(const struct reading *r, mrl_val v, struct mrl_image_rule *ret) {
    mrl_str accept = text_at(v, "accept");
    mrl_val names = mrl_empty_arr(), threshold = mrl_null(), attestations = mrl_empty_arr(), all;
    bool is_signed = accept.len == 0 || mrl_str_eq(accept, MRL_S("signed"));
    MRL_TRY(read_globs(r, MRL_GET(v, "match"), &ret->match));
    MRL_TRY(read_globs(r, MRL_GET(v, "except"), &ret->except));
    if (ret->match.n == 0)
        return wrong(r, "it matches nothing");
    if (is_signed) {
        MRL_TRY(all_names(r, &all));
        MRL_TRY(read_names(r, v, all, &names));
        MRL_TRY(read_threshold(r, v, names, &threshold));
        MRL_TRY(read_attestations(r, v, names, &attestations));
    } else if (mrl_is_arr(MRL_GET(v, "signers")) || mrl_is_arr(MRL_GET(v, "attestations"))) {
        return wrong(r, "accept: %.*s asks for no signers and no attestations", MRL_F(accept));
    }
    struct mrl_member m[] = {{MRL_V("match"), MRL_GET(v, "match")},
                             {MRL_V("accept"), is_signed ? MRL_V("signed") : mrl_strval(accept)},
                             {MRL_V("signers"), names},
                             {MRL_V("threshold"), threshold},
                             {MRL_V("attestations"), attestations}};
    return mrl_obj_of(r->arena, m, MRL_COUNTOF(m), &ret->parameters);
}

static mrl_status read_rules(const struct reading *r) {
    struct mrl_trust_policy *p = r->p;
    mrl_val list = MRL_GET(r->config, "images");
    if (!mrl_is_arr(list))
        return MRL_OK;
    if (list.len > MRL_IMAGE_RULES_MAX)
        return wrong(r, "more than %u rules of images", MRL_IMAGE_RULES_MAX);
    p->rules = MRL_ARENA_ARRAY(r->arena, struct mrl_image_rule, (size_t)list.len + 1);
    MRL_CHECK(p->rules != NULL, MRL_E_NOMEM);
    for (; p->n_rules < list.len; p->n_rules++) {
        mrl_status status = read_rule(r, mrl_arr_at(list, p->n_rules), &p->rules[p->n_rules]);
        if (status == MRL_E_NOMEM)
            return status;
        if (status != MRL_OK)
            return mrl_err_wrap(r->err, status, ID, "rule %u of images", p->n_rules + 1);
    }
    return MRL_OK;
}

mrl_status mrl_trust_policy_read(mrl_arena *a, mrl_val config, mrl_str file, struct mrl_err *err,
                                 struct mrl_trust_policy *ret) {
    struct reading r = {a, config, file, err, ret};
    *ret = (struct mrl_trust_policy){0};
    MRL_TRY(in_file(&r, read_signers(&r)));
    return in_file(&r, read_rules(&r));
}

void mrl_trust_policy_free(struct mrl_trust_policy *p) {
    for (size_t i = 0; i < MRL_SIGNERS_MAX; i++) {
        mrl_pubkey_free(p->keys[i]);
        mrl_trust_free(p->roots[i]);
    }
    *p = (struct mrl_trust_policy){0};
}

static void put_signers(const struct mrl_trust_policy *p, mrl_arena *a, mrl_val config,
                        struct mrl_buf *b) {
    mrl_val list = MRL_GET(config, "signers");
    if (mrl_is_arr(list))
        mrl_json_write(b, a, list, NULL);
    for (uint32_t i = 0; i < p->n_roots; i++)
        mrl_buf_printf(b, "\nroot %.*s", MRL_F(p->root_digests[i]));
    for (uint32_t i = 0; i < p->n_signers; i++) {
        mrl_str spki = {NULL, 0};
        if (p->keys[i] != NULL && mrl_pubkey_spki(a, p->keys[i], &spki) != MRL_OK)
            b->status = MRL_E_NOMEM;
        mrl_buf_add(b, MRL_S("\nkey "));
        mrl_buf_add(b, spki);
    }
}

mrl_status mrl_trust_policy_digest(mrl_arena *a, const struct mrl_trust_policy *p, mrl_val config,
                                   mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, DIGESTED_MAX);
    put_signers(p, a, config, &b);
    mrl_status status = b.status;
    if (status == MRL_OK)
        status = mrl_digest_write(a, mrl_buf_str(&b), ret);
    mrl_buf_release(&b);
    return status;
}

/* --- which rule ------------------------------------------------------------------------------- */

static mrl_status any_fits(const struct mrl_image_globs *globs, mrl_arena *scratch, mrl_str name,
                           bool *ret) {
    *ret = false;
    for (uint32_t i = 0; i < globs->n && !*ret; i++)
        MRL_TRY(mrl_regex_find(globs->items[i], scratch, name, 0, NULL, ret));
    return MRL_OK;
}

mrl_status mrl_trust_policy_rule(const struct mrl_trust_policy *p, mrl_arena *scratch, mrl_str name,
                                 mrl_val *ret) {
    *ret = mrl_null();
    MRL_ASSERT(p->n_rules <= MRL_IMAGE_RULES_MAX && p->n_signers <= MRL_SIGNERS_MAX);
    for (uint32_t i = 0; i < p->n_rules; i++) {
        bool match, except;
        MRL_TRY(any_fits(&p->rules[i].match, scratch, name, &match));
        MRL_TRY(any_fits(&p->rules[i].except, scratch, name, &except));
        if (match && !except) {
            *ret = p->rules[i].parameters;
            return MRL_OK;
        }
    }
    return MRL_OK;
}
