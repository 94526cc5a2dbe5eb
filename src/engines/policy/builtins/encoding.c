/* encoding.c - base64, hex, URL queries, YAML, digests.
 *
 * What leaves these functions is a Rego string, which may hold any bytes; what comes in is text
 * of the policy or the input, so each decoder says where it stopped, in the words of the Go
 * library that OPA uses. Digests are text in lower-case hex; MD5 and SHA-1 are here because
 * policies ask for them, not because they are safe.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/digest.h"
#include "formats/yaml/yaml.h"

#define TEXT_MAX ((size_t)256 << 20)

/* Moves the text of a buffer into the arena and gives the buffer back. */
static mrl_status finish(struct mrl_bi *cx, struct mrl_buf *b, mrl_val *ret) {
    mrl_status status = b->status;
    mrl_str s = mrl_arena_str(cx->arena, (mrl_str){b->ptr, b->len});
    mrl_buf_release(b);
    MRL_TRY(status);
    MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* --- base64 (RFC 4648) ---------------------------------------------------------------------- */

static mrl_status encode64(struct mrl_bi *cx, const mrl_val *args, enum mrl_base64 kind,
                           bool padded, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    MRL_TRY(mrl_base64_encode(cx->arena, s, kind, padded, &s));
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* Decoded bytes as a string, or Go's error with the place of the first bad byte. */
static mrl_status give64(struct mrl_bi *cx, mrl_str s, enum mrl_base64 kind, mrl_val *ret) {
    mrl_str out;
    size_t at;
    mrl_status status = mrl_base64_decode(cx->arena, s, kind, &out, &at);
    if (status == MRL_OK)
        *ret = mrl_strval(out);
    if (status != MRL_E_SYNTAX)
        return status;
    return mrl_bi_fail(cx, "illegal base64 data at input byte %zu", at);
}

/* base64.encode: the text as base64. */
mrl_status mrl_bi_base64_encode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return encode64(cx, args, MRL_BASE64_STD, true, ret);
}

/* base64url.encode: the text as URL-safe base64. */
mrl_status mrl_bi_base64url_encode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return encode64(cx, args, MRL_BASE64_URL, true, ret);
}

/* base64url.encode_no_pad: the text as URL-safe base64 without padding. */
mrl_status mrl_bi_base64url_encode_no_pad(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return encode64(cx, args, MRL_BASE64_URL, false, ret);
}

/* base64.decode: the text that base64 stands for. */
mrl_status mrl_bi_base64_decode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    return give64(cx, s, MRL_BASE64_STD, ret);
}

/* base64.is_valid: true for valid base64. */
mrl_status mrl_bi_base64_is_valid(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str out;
    size_t at;
    *ret = mrl_bool(mrl_is_str(args[0]) && mrl_base64_decode(cx->arena, mrl_val_str(args[0]),
                                                             MRL_BASE64_STD, &out, &at) == MRL_OK);
    return MRL_OK;
}

/* base64url.decode: the text that URL-safe base64 stands for. */
mrl_status mrl_bi_base64url_decode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    /* OPA takes base64url with and without padding: what is missing is put there. */
    if (!mrl_str_ends(s, MRL_S("="))) {
        if (s.len % 4 == 1)
            return mrl_bi_fail(cx, "illegal base64url string: %.*s", MRL_F(s));
        s = mrl_arena_printf(cx->arena, "%.*s%.*s", MRL_F(s), (int)((4 - s.len % 4) % 4), "==");
    }
    return give64(cx, s, MRL_BASE64_URL, ret);
}

/* --- hex ------------------------------------------------------------------------------------ */

static mrl_status hex_of(struct mrl_bi *cx, const void *bytes, size_t n, mrl_val *ret) {
    MRL_DASSERT(bytes != NULL || n == 0);
    static const char digits[] = "0123456789abcdef";
    const unsigned char *p = bytes;
    char *out = mrl_arena_alloc(cx->arena, 2 * n + 1, 1);
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = digits[p[i] >> 4];
        out[2 * i + 1] = digits[p[i] & 15];
    }
    *ret = mrl_strval((mrl_str){out, 2 * n});
    return MRL_OK;
}

/* 0..15, or -1 for what is no hex digit. */
static int hex_digit(char c) {
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* hex.encode: the text as hex digits. */
mrl_status mrl_bi_hex_encode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    return hex_of(cx, s.ptr, s.len, ret);
}

/* hex.decode: the text that hex digits stand for. */
mrl_status mrl_bi_hex_decode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    char *out = mrl_arena_alloc(cx->arena, s.len / 2 + 1, 1);
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < s.len; i++)
        if (hex_digit(s.ptr[i]) < 0)
            return mrl_bi_fail(cx, "encoding/hex: invalid byte: U+%04X '%c'",
                               (unsigned char)s.ptr[i], s.ptr[i]);
    if (s.len % 2 != 0)
        return mrl_bi_fail(cx, "encoding/hex: odd length hex string");
    for (size_t i = 0; i < s.len; i += 2)
        out[i / 2] = (char)(hex_digit(s.ptr[i]) << 4 | hex_digit(s.ptr[i + 1]));
    *ret = mrl_strval((mrl_str){out, s.len / 2});
    return MRL_OK;
}

/* --- URL queries ---------------------------------------------------------------------------- */

/* Go's url.QueryEscape: a space becomes +, all but unreserved characters (RFC 3986) %XX. */
static void query_escape(struct mrl_buf *b, mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                     (c != 0 && strchr("-_.~", c) != NULL);
        if (plain || c == ' ')
            mrl_buf_byte(b, c == ' ' ? '+' : (char)c);
        else
            mrl_buf_printf(b, "%%%02X", c);
    }
}

/* Never longer than the text it came from. */
static mrl_status query_unescape(struct mrl_bi *cx, mrl_str s, mrl_str *ret) {
    char *out = mrl_arena_alloc(cx->arena, s.len + 1, 1);
    size_t n = 0;
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '%') {
            int high = i + 2 < s.len ? hex_digit(s.ptr[i + 1]) : -1;
            int low = i + 2 < s.len ? hex_digit(s.ptr[i + 2]) : -1;
            if (high < 0 || low < 0) {
                mrl_str bad = mrl_str_sub(s, i, i + 3);
                return mrl_bi_fail(cx, "invalid URL escape \"%.*s\"", MRL_F(bad));
            }
            out[n++] = (char)(high << 4 | low);
            i += 2;
        } else {
            out[n++] = s.ptr[i] == '+' ? ' ' : s.ptr[i];
        }
    }
    MRL_DASSERT(n <= s.len);
    *ret = (mrl_str){out, n};
    return MRL_OK;
}

/* urlquery.encode: the text as a part of a URL query. */
mrl_status mrl_bi_urlquery_encode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    struct mrl_buf b;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    mrl_buf_init(&b, TEXT_MAX);
    query_escape(&b, s);
    return finish(cx, &b, ret);
}

/* urlquery.decode: the text that a URL query part stands for. */
mrl_status mrl_bi_urlquery_decode(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    MRL_TRY(query_unescape(cx, s, &s));
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* Appends key=value, with & before all but the first. */
static mrl_status add_param(struct mrl_bi *cx, struct mrl_buf *b, mrl_val key, mrl_val v) {
    if (!mrl_is_str(v) || !mrl_is_str(key))
        return mrl_bi_operand_text(cx, 1, "values must be string, array[string], or set[string]");
    mrl_buf_add(b, b->len > 0 ? MRL_S("&") : MRL_S(""));
    query_escape(b, mrl_val_str(key));
    mrl_buf_byte(b, '=');
    query_escape(b, mrl_val_str(v));
    return MRL_OK;
}

/* urlquery.encode_object: the object as a URL query. */
mrl_status mrl_bi_urlquery_encode_object(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val obj;
    struct mrl_buf b;
    mrl_status status = MRL_OK, sorting = MRL_OK;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &obj));
    const uint32_t *order = mrl_val_order(cx->arena, obj, &sorting);
    MRL_TRY(sorting);
    mrl_buf_init(&b, TEXT_MAX);
    for (uint32_t i = 0; i < obj.len && status == MRL_OK; i++) {
        const struct mrl_member *m = &obj.u.obj->m[order != NULL ? order[i] : i];
        if (!mrl_is_arr(m->val) && !mrl_is_set(m->val)) {
            status = add_param(cx, &b, m->key, m->val);
            continue;
        }
        const uint32_t *inner =
            mrl_is_set(m->val) ? mrl_val_order(cx->arena, m->val, &status) : NULL;
        for (uint32_t k = 0; k < m->val.len && status == MRL_OK; k++)
            status = add_param(cx, &b, m->key, m->val.u.arr->items[inner != NULL ? inner[k] : k]);
    }
    if (status != MRL_OK) {
        mrl_buf_release(&b);
        return status;
    }
    return finish(cx, &b, ret);
}

/* urlquery.decode_object: the parameters of a URL query. */
mrl_status mrl_bi_urlquery_decode_object(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    struct mrl_builder out;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    mrl_builder_init(&out, cx->arena, MRL_T_OBJ, 4);
    while (s.len > 0) {
        mrl_str value, pair = mrl_str_cut(s, '&', &s), key = mrl_str_cut(pair, '=', &value);
        /* Go refuses it: once a separator, it let two readers of a query disagree. */
        if (memchr(pair.ptr, ';', pair.len) != NULL)
            return mrl_bi_fail(cx, "invalid semicolon separator in query");
        if (pair.len == 0)
            continue;
        MRL_TRY(query_unescape(cx, key, &key));
        MRL_TRY(query_unescape(cx, value, &value));
        struct mrl_builder list;
        mrl_val k = mrl_strval(key), old = mrl_build_get(&out, k), v = mrl_undefined();
        mrl_builder_init(&list, cx->arena, MRL_T_ARR, 1);
        for (uint32_t i = 0; mrl_is_arr(old) && i < old.len; i++)
            mrl_build_item(&list, old.u.arr->items[i]);
        mrl_build_item(&list, mrl_strval(value));
        MRL_TRY(mrl_build_end(&list, &v));
        mrl_build_member(&out, k, v);
    }
    return mrl_build_end(&out, ret);
}

/* --- YAML ----------------------------------------------------------------------------------- */

/* The first document of the text; an empty text is null. */
static mrl_status read_yaml(struct mrl_bi *cx, mrl_str s, struct mrl_err *err, mrl_val *ret) {
    struct mrl_yaml_doc *docs;
    size_t n;
    MRL_TRY(mrl_yaml_parse(cx->arena, s, NULL, err, &docs, &n));
    *ret = n > 0 ? docs[0].value : mrl_null();
    return MRL_OK;
}

/* yaml.unmarshal: the value that a YAML text stands for. */
mrl_status mrl_bi_yaml_unmarshal(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    struct mrl_err err;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    mrl_err_init(&err);
    mrl_status status = read_yaml(cx, s, &err, ret);
    if (status == MRL_E_SYNTAX || status == MRL_E_LIMIT)
        return mrl_bi_fail(cx, "yaml: line %u: %s", err.pos.line, err.text);
    return status;
}

/* yaml.is_valid: true for text that is valid YAML. */
mrl_status mrl_bi_yaml_is_valid(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val v = mrl_undefined();
    bool ok = mrl_is_str(args[0]) && read_yaml(cx, mrl_val_str(args[0]), NULL, &v) == MRL_OK;
    *ret = mrl_bool(ok);
    return MRL_OK;
}

/* yaml.marshal: the value as YAML text. */
mrl_status mrl_bi_yaml_marshal(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, TEXT_MAX);
    mrl_yaml_write(&b, cx->arena, args[0], NULL);
    return finish(cx, &b, ret);
}

/* --- digests -------------------------------------------------------------------------------- */

static mrl_status digest(struct mrl_bi *cx, const mrl_val *args, enum mrl_digest kind,
                         mrl_val *ret) {
    mrl_str s;
    unsigned char out[MRL_DIGEST_MAX];
    size_t n;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    MRL_TRY(mrl_digest(kind, s, out, &n));
    return hex_of(cx, out, n, ret);
}

/* RFC 2104; operand 1 is the message, operand 2 the key. */
static mrl_status hmac(struct mrl_bi *cx, const mrl_val *args, enum mrl_digest kind, mrl_val *ret) {
    mrl_str s, key;
    unsigned char out[MRL_DIGEST_MAX];
    size_t n;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    MRL_TRY(mrl_bi_str(cx, args, 2, &key));
    MRL_TRY(mrl_hmac(kind, key, s, out, &n));
    return hex_of(cx, out, n, ret);
}

#define DIGEST(name, fn, kind)                                                                     \
    mrl_status mrl_bi_##name(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {               \
        return fn(cx, args, kind, ret);                                                            \
    }
DIGEST(crypto_md5, digest, MRL_MD5)
DIGEST(crypto_sha1, digest, MRL_SHA1)
DIGEST(crypto_sha256, digest, MRL_SHA256)
DIGEST(hmac_md5, hmac, MRL_MD5)
DIGEST(hmac_sha1, hmac, MRL_SHA1)
DIGEST(hmac_sha256, hmac, MRL_SHA256)
DIGEST(hmac_sha512, hmac, MRL_SHA512)

/* crypto.hmac.equal: true when two MACs are equal, in constant time. */
mrl_status mrl_bi_hmac_equal(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str a, b;
    MRL_TRY(mrl_bi_str(cx, args, 1, &a));
    MRL_TRY(mrl_bi_str(cx, args, 2, &b));
    *ret = mrl_bool(mrl_equal_const_time(a, b));
    return MRL_OK;
}
