/* chain_kit.c - see chain_kit.h. */
#include "chain_kit.h"

#include "base/buf.h"
#include "base/hex.h"
#include "engines/trust/trust_internal.h"
#include "formats/der/der.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#define ECDSA_SHA256 MRL_S("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")
#define VALIDITY                                                                                   \
    MRL_S("\x30\x1e\x17\x0d"                                                                       \
          "200101000000Z"                                                                          \
          "\x17\x0d"                                                                               \
          "300101000000Z")
#define BYTES_MAX ((size_t)1 << 20)

/* --- DER ---------------------------------------------------------------------------------------
 */

static void put(struct mrl_buf *b, int tag, mrl_str content) {
    mrl_buf_byte(b, (char)tag);
    if (content.len >= 0x100) {
        mrl_buf_byte(b, (char)0x82);
        mrl_buf_byte(b, (char)(content.len >> 8));
    } else if (content.len >= 0x80) {
        mrl_buf_byte(b, (char)0x81);
    }
    mrl_buf_byte(b, (char)content.len);
    mrl_buf_add(b, content);
}

/* One element around the parts. */
static mrl_str wrap(mrl_arena *a, int tag, const mrl_str *parts, size_t n) {
    struct mrl_buf in, out;
    mrl_buf_init_in(&in, a, BYTES_MAX);
    mrl_buf_init_in(&out, a, BYTES_MAX);
    for (size_t i = 0; i < n; i++)
        mrl_buf_add(&in, parts[i]);
    put(&out, tag, mrl_buf_str(&in));
    return mrl_buf_str(&out);
}
#define WRAP(a, tag, ...)                                                                          \
    wrap((a), (tag), (const mrl_str[]){__VA_ARGS__},                                               \
         sizeof((const mrl_str[]){__VA_ARGS__}) / sizeof(mrl_str))

mrl_str chain_name(mrl_arena *a, mrl_str common_name) {
    mrl_str oid = WRAP(a, MRL_DER_OID, MRL_S("\x55\x04\x03"));
    mrl_str row = WRAP(a, MRL_DER_SEQUENCE, oid, WRAP(a, MRL_DER_UTF8, common_name));
    return WRAP(a, MRL_DER_SEQUENCE, WRAP(a, MRL_DER_SET, row));
}

/* --- extensions by words -----------------------------------------------------------------------
 */

static mrl_str general_name(mrl_arena *a, mrl_str form, mrl_str text) {
    if (mrl_str_eq(form, MRL_S("email")))
        return WRAP(a, MRL_DER_CX(1), text);
    if (mrl_str_eq(form, MRL_S("dns")))
        return WRAP(a, MRL_DER_CX(2), text);
    if (mrl_str_eq(form, MRL_S("uri")))
        return WRAP(a, MRL_DER_CX(6), text);
    return WRAP(a, MRL_DER_CXC(4), chain_name(a, text));
}

static mrl_str constraints(mrl_arena *a, mrl_str words) {
    struct mrl_buf permitted, excluded, all;
    mrl_buf_init_in(&permitted, a, BYTES_MAX);
    mrl_buf_init_in(&excluded, a, BYTES_MAX);
    mrl_buf_init_in(&all, a, BYTES_MAX);
    while (words.len > 0) {
        mrl_str one = mrl_str_cut(words, ',', &words), text;
        bool in = memchr(one.ptr, '+', one.len) != NULL;
        mrl_str form = mrl_str_cut(one, in ? '+' : '-', &text);
        mrl_buf_add(in ? &permitted : &excluded,
                    WRAP(a, MRL_DER_SEQUENCE, general_name(a, form, text)));
    }
    if (permitted.len > 0)
        put(&all, MRL_DER_CXC(0), mrl_buf_str(&permitted));
    if (excluded.len > 0)
        put(&all, MRL_DER_CXC(1), mrl_buf_str(&excluded));
    return WRAP(a, MRL_DER_SEQUENCE, mrl_buf_str(&all));
}

static mrl_str purposes(mrl_arena *a, mrl_str which) {
    mrl_str code = WRAP(a, MRL_DER_OID, MRL_OID_EKU_CODE_SIGNING), none = {"", 0};
    mrl_str time = WRAP(a, MRL_DER_OID, MRL_OID_EKU_TIME_STAMPING);
    if (mrl_str_eq(which, MRL_S("any")))
        return WRAP(a, MRL_DER_SEQUENCE, WRAP(a, MRL_DER_OID, MRL_OID_EKU_ANY));
    return WRAP(a, MRL_DER_SEQUENCE, mrl_str_starts(which, MRL_S("c")) ? code : none,
                mrl_str_ends(which, MRL_S("t")) ? time : none);
}

static mrl_str basic(mrl_arena *a, mrl_str path_len) {
    char n = path_len.len > 0 ? (char)(path_len.ptr[0] - '0') : 0;
    mrl_str none = {"", 0}, number = WRAP(a, MRL_DER_INTEGER, (mrl_str){&n, 1});
    return WRAP(a, MRL_DER_SEQUENCE, MRL_S("\x01\x01\xff"), path_len.len > 0 ? number : none);
}

static mrl_str bits(mrl_arena *a, mrl_str hex) {
    unsigned char raw[4] = {0};
    MRL_ASSERT(mrl_hex_decode(hex, raw, hex.len / 2));
    return WRAP(a, MRL_DER_BIT_STRING, mrl_arena_str(a, (mrl_str){(char *)raw, hex.len / 2}));
}

static mrl_str one_ext(mrl_arena *a, mrl_str word) {
    bool critical = mrl_str_starts(word, MRL_S("!"));
    mrl_str text, oid = MRL_S("\x2a\x03\x04"), value = MRL_S("\x05\x00"), none = {"", 0};
    mrl_str what = mrl_str_cut(mrl_str_sub(word, critical, word.len), ':', &text);
    if (mrl_str_eq(what, MRL_S("ca")) || mrl_str_eq(what, MRL_S("end"))) {
        oid = MRL_S("\x55\x1d\x13");
        value = what.ptr[0] == 'c' ? basic(a, text) : MRL_S("\x30\x00");
    } else if (mrl_str_eq(what, MRL_S("ku"))) {
        oid = MRL_S("\x55\x1d\x0f");
        value = bits(a, text);
    } else if (mrl_str_eq(what, MRL_S("eku"))) {
        oid = MRL_S("\x55\x1d\x25");
        value = purposes(a, text);
    } else if (mrl_str_eq(what, MRL_S("nc"))) {
        oid = MRL_OID_NAME_CONSTRAINTS;
        value = constraints(a, text);
    } else if (mrl_str_eq(what, MRL_S("ski"))) {
        oid = MRL_S("\x55\x1d\x0e");
        value = WRAP(a, MRL_DER_OCTET_STRING, text);
    } else if (mrl_str_eq(what, MRL_S("aki"))) {
        oid = MRL_S("\x55\x1d\x23");
        value = WRAP(a, MRL_DER_SEQUENCE, WRAP(a, MRL_DER_CX(0), text));
    } else if (!mrl_str_eq(what, MRL_S("odd"))) {
        oid = MRL_OID_ALT_NAMES;
        value = WRAP(a, MRL_DER_SEQUENCE, general_name(a, what, text));
    }
    return WRAP(a, MRL_DER_SEQUENCE, WRAP(a, MRL_DER_OID, oid),
                critical ? MRL_S("\x01\x01\xff") : none, WRAP(a, MRL_DER_OCTET_STRING, value));
}

mrl_str chain_exts(mrl_arena *a, const char *words) {
    struct mrl_buf b;
    mrl_str rest = mrl_str_z(words);
    mrl_buf_init_in(&b, a, BYTES_MAX);
    while (rest.len > 0)
        mrl_buf_add(&b, one_ext(a, mrl_str_cut(rest, ' ', &rest)));
    return mrl_buf_str(&b);
}

/* --- certificates ------------------------------------------------------------------------------
 */

/* Made once; what they sign differs with each run, which nobody looks at. */
static EVP_PKEY *keys[CHAIN_N];

static mrl_str spki_of(mrl_arena *a, EVP_PKEY *key) {
    unsigned char *der = NULL;
    int n = i2d_PUBKEY(key, &der);
    mrl_str s = mrl_arena_str(a, (mrl_str){(char *)der, n > 0 ? (size_t)n : 0});
    OPENSSL_free(der);
    return s;
}

static mrl_str signature_of(mrl_arena *a, EVP_PKEY *key, mrl_str bytes) {
    unsigned char sig[256];
    size_t n = sizeof sig - 1;
    EVP_MD_CTX *cx = EVP_MD_CTX_new();
    sig[0] = 0; /* no unused bits */
    bool ok = EVP_DigestSignInit(cx, NULL, EVP_sha256(), NULL, key) == 1 &&
              EVP_DigestSign(cx, sig + 1, &n, (const unsigned char *)bytes.ptr, bytes.len) == 1;
    EVP_MD_CTX_free(cx);
    return WRAP(a, MRL_DER_BIT_STRING, mrl_arena_str(a, (mrl_str){(char *)sig, ok ? n + 1 : 0}));
}

static mrl_str certificate(mrl_arena *a, const struct chain_parts *p, enum chain_place place) {
    static const char *const names[] = {"leaf", "middle", "root"};
    enum chain_place by = place < ROOT ? (enum chain_place)(place + 1) : ROOT;
    mrl_str none = {"", 0}, exts = none;
    mrl_str subject =
        place == LEAF && p->subject.len > 0 ? p->subject : chain_name(a, mrl_str_z(names[place]));
    mrl_str serial = place == LEAF && p->serial.len > 0 ? p->serial : MRL_S("\x01");
    if (p->exts[place].len > 0)
        exts = WRAP(a, MRL_DER_CXC(3), WRAP(a, MRL_DER_SEQUENCE, p->exts[place]));
    mrl_str tbs =
        WRAP(a, MRL_DER_SEQUENCE, MRL_S("\xa0\x03\x02\x01\x02"), WRAP(a, MRL_DER_INTEGER, serial),
             ECDSA_SHA256, chain_name(a, mrl_str_z(names[by])), VALIDITY, subject,
             spki_of(a, keys[place]), exts);
    return WRAP(a, MRL_DER_SEQUENCE, tbs, ECDSA_SHA256, signature_of(a, keys[by], tbs));
}

/* --- the judges --------------------------------------------------------------------------------
 */

static bool ours(const mrl_str der[CHAIN_N], const struct chain_parts *p, struct mrl_err *err) {
    static struct mrl_trust trust;
    struct mrl_root_authority root = {.n_certs = 2, .valid = {INT64_MIN, INT64_MAX}};
    struct mrl_trust_cert certs[2] = {0};
    mrl_str purpose = p->timestamps ? MRL_OID_EKU_TIME_STAMPING : MRL_OID_EKU_CODE_SIGNING;
    struct mrl_trust_authority ca = {&root, certs, purpose};
    const struct mrl_trust_cert *issuer;
    struct mrl_x509 leaf;
    trust.memo = &trust.own_memo;
    bool ok = mrl_x509_parse(der[LEAF], err, &leaf) == MRL_OK &&
              mrl_x509_parse(der[MIDDLE], err, &certs[0].x509) == MRL_OK &&
              mrl_x509_parse(der[ROOT], err, &certs[1].x509) == MRL_OK &&
              mrl_trust_leaf(&leaf, purpose, err) == MRL_OK &&
              (!p->timestamps || mrl_trust_for_timestamps_alone(&leaf)) &&
              mrl_x509_valid_at(&leaf, p->seconds) &&
              mrl_trust_chain(&trust, &ca, 1, &leaf, p->seconds, err, &issuer) == MRL_OK;
    mrl_pubkey_free(certs[0].key);
    mrl_pubkey_free(certs[1].key);
    return ok;
}

static X509 *read_cert(mrl_str der) {
    const unsigned char *at = (const unsigned char *)der.ptr;
    return d2i_X509(NULL, &at, (long)der.len);
}

static bool verify(X509 *const x[CHAIN_N], const struct chain_parts *p, const char **ret_why) {
    X509_STORE *store = X509_STORE_new();
    X509_STORE_CTX *cx = X509_STORE_CTX_new();
    STACK_OF(X509) *between = sk_X509_new_null();
    bool ready = store != NULL && cx != NULL && between != NULL &&
                 X509_STORE_add_cert(store, x[ROOT]) == 1 && sk_X509_push(between, x[MIDDLE]) > 0 &&
                 X509_STORE_CTX_init(cx, store, x[LEAF], between) == 1;
    bool ok = false;
    *ret_why = "it could not begin";
    if (ready) {
        X509_STORE_CTX_set_time(cx, 0, (time_t)p->seconds);
        X509_STORE_CTX_set_purpose(cx,
                                   p->timestamps ? X509_PURPOSE_TIMESTAMP_SIGN : X509_PURPOSE_ANY);
        ok = X509_verify_cert(cx) == 1;
        *ret_why = X509_verify_cert_error_string(X509_STORE_CTX_get_error(cx));
        /* OpenSSL 3.0 has no purpose of code signing. */
        if (ok && !p->timestamps && (X509_get_extended_key_usage(x[LEAF]) & XKU_CODE_SIGN) == 0)
            ok = false;
    }
    sk_X509_free(between);
    X509_STORE_CTX_free(cx);
    X509_STORE_free(store);
    return ok;
}

static bool theirs(const mrl_str der[CHAIN_N], const struct chain_parts *p, const char **ret_why) {
    X509 *x[CHAIN_N];
    bool ok = true;
    *ret_why = "it could not be read";
    for (int i = 0; i < CHAIN_N; i++)
        ok &= (x[i] = read_cert(der[i])) != NULL;
    ok = ok && verify(x, p, ret_why);
    for (int i = 0; i < CHAIN_N; i++)
        X509_free(x[i]);
    ERR_clear_error();
    return ok;
}

bool chain_judge(mrl_arena *a, const struct chain_parts *parts, struct chain_verdicts *ret) {
    struct mrl_err err;
    mrl_str der[CHAIN_N];
    mrl_err_init(&err);
    for (int i = 0; i < CHAIN_N; i++)
        if (keys[i] == NULL && (keys[i] = EVP_EC_gen("P-256")) == NULL)
            return false;
    for (int i = 0; i < CHAIN_N; i++)
        der[i] = certificate(a, parts, (enum chain_place)i);
    ret->ours = ours(der, parts, &err);
    memcpy(ret->why, err.text, sizeof ret->why);
    ret->theirs = theirs(der, parts, &ret->their_why);
    return true;
}
