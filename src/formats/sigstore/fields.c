/* fields.c - see fields.h. */
#include "formats/sigstore/fields.h"

#include "base/base64.h"
#include "base/num.h"
#include "base/rfc3339.h"

#define NAME_MAX_LEN 64

mrl_status mrl_pj_fail(struct mrl_pj *p, const char *name, const char *why) {
    if (p->status == MRL_OK)
        p->status = mrl_err_set(p->err, MRL_E_SYNTAX, "sigstore.field", "%s %s", name, why);
    return p->status;
}

/* camelCase to snake_case. */
static mrl_str snake(const char *name, char out[2 * NAME_MAX_LEN]) {
    size_t n = 0;
    for (const char *c = name; *c != '\0' && n + 2 < 2 * NAME_MAX_LEN; c++) {
        bool upper = *c >= 'A' && *c <= 'Z';
        if (upper)
            out[n++] = '_';
        out[n++] = upper ? (char)(*c - 'A' + 'a') : *c;
    }
    return (mrl_str){out, n};
}

mrl_val mrl_pj_get(struct mrl_pj *p, mrl_val object, const char *name) {
    char other[2 * NAME_MAX_LEN];
    mrl_str second = snake(name, other), first = mrl_str_z(name);
    mrl_val v = mrl_obj_get_str(object, first);
    if (!mrl_str_eq(first, second)) {
        mrl_val w = mrl_obj_get_str(object, second);
        if (mrl_is_defined(v) && mrl_is_defined(w))
            (void)mrl_pj_fail(p, name, "stands there in two spellings");
        v = mrl_is_defined(v) ? v : w;
    }
    return v.tag == MRL_T_NULL || p->status != MRL_OK ? mrl_undefined() : v;
}

void mrl_pj_only(struct mrl_pj *p, mrl_val object, const char *what, const char *const *names,
                 size_t n) {
    for (uint32_t i = 0; p->status == MRL_OK && mrl_is_obj(object) && i < object.len; i++) {
        mrl_str key = mrl_val_str(object.u.obj->m[i].key);
        bool known = false;
        for (size_t k = 0; k < n && !known; k++) {
            char other[2 * NAME_MAX_LEN];
            known = mrl_str_eq(key, mrl_str_z(names[k])) || mrl_str_eq(key, snake(names[k], other));
        }
        if (!known)
            p->status = mrl_err_set(p->err, MRL_E_SYNTAX, "sigstore.field",
                                    "%s has a member that is not known: %.*s", what, MRL_F(key));
    }
}

mrl_val mrl_pj_object(struct mrl_pj *p, mrl_val object, const char *name) {
    mrl_val v = mrl_pj_get(p, object, name);
    if (mrl_is_defined(v) && !mrl_is_obj(v)) {
        (void)mrl_pj_fail(p, name, "is no object");
        return mrl_undefined();
    }
    return v;
}

mrl_val mrl_pj_array(struct mrl_pj *p, mrl_val object, const char *name, uint32_t max) {
    mrl_val v = mrl_pj_get(p, object, name);
    if (!mrl_is_defined(v))
        return mrl_empty_arr();
    if (!mrl_is_arr(v))
        (void)mrl_pj_fail(p, name, "is no array");
    else if (v.len > max)
        (void)mrl_pj_fail(p, name, "has too many items");
    return p->status == MRL_OK ? v : mrl_empty_arr();
}

static mrl_str text_of(struct mrl_pj *p, mrl_val v, const char *name) {
    if (mrl_is_defined(v) && !mrl_is_str(v))
        (void)mrl_pj_fail(p, name, "is no text");
    return mrl_is_str(v) ? mrl_val_str(v) : (mrl_str){"", 0};
}

mrl_str mrl_pj_str(struct mrl_pj *p, mrl_val object, const char *name) {
    return text_of(p, mrl_pj_get(p, object, name), name);
}

mrl_str mrl_pj_decode(struct mrl_pj *p, mrl_val v, const char *name) {
    mrl_str text = text_of(p, v, name), bytes = {"", 0};
    size_t at;
    mrl_status status = mrl_base64_decode(p->arena, text, MRL_BASE64_STD, &bytes, &at);
    if (status == MRL_E_NOMEM)
        p->status = status;
    else if (status != MRL_OK)
        (void)mrl_pj_fail(p, name, "is no base64");
    return p->status == MRL_OK ? bytes : (mrl_str){"", 0};
}

mrl_str mrl_pj_bytes(struct mrl_pj *p, mrl_val object, const char *name) {
    return mrl_pj_decode(p, mrl_pj_get(p, object, name), name);
}

int64_t mrl_pj_u63(struct mrl_pj *p, mrl_val object, const char *name, int64_t otherwise) {
    mrl_val v = mrl_pj_get(p, object, name);
    int64_t n = 0;
    if (!mrl_is_defined(v))
        return otherwise;
    if (mrl_is_str(v) && mrl_num_parse(mrl_val_str(v), &v) != MRL_OK)
        v = mrl_null();
    if (!mrl_is_num(v) || !mrl_num_to_i64(v, &n) || n < 0) {
        (void)mrl_pj_fail(p, name, "is no whole number of 0 or more");
        return otherwise;
    }
    return n;
}

int64_t mrl_pj_time(struct mrl_pj *p, mrl_val object, const char *name, int64_t otherwise) {
    mrl_str text = mrl_pj_str(p, object, name);
    int64_t seconds = otherwise;
    int32_t ns;
    if (text.len > 0 && mrl_rfc3339_parse(text, &seconds, &ns) != MRL_OK)
        (void)mrl_pj_fail(p, name, "is no time");
    return seconds;
}
