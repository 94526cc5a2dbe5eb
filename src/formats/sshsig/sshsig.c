/* sshsig.c - the signature; see sshsig.h. */
#include "formats/sshsig/sshsig.h"

#include "base/base64.h"
#include "base/buf.h"
#include "base/rd.h"

#define ID "sshsig"
#define MAGIC MRL_S("SSHSIG")
#define BEGIN MRL_S("-----BEGIN SSH SIGNATURE-----")
#define END MRL_S("-----END SSH SIGNATURE-----")

static mrl_status broken(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, ID, "not an SSH signature: %s", what);
}

/* A string of the SSH protocol: its length, then its bytes. */
static mrl_str take_string(struct mrl_rd *r) {
    uint32_t n = mrl_rd_be32(r);
    if (n > MRL_SSHSIG_PART_MAX)
        r->failed = true;
    return r->failed ? (mrl_str){NULL, 0} : mrl_rd_take(r, n);
}

/* --- numbers: an mpint's bytes are those of a DER INTEGER when it is positive and minimal --------
 */

static mrl_str take_mpint(struct mrl_rd *r) {
    mrl_str s = take_string(r);
    const unsigned char *p = (const unsigned char *)s.ptr;
    if (s.len == 0 || (p[0] & 0x80) != 0 || (s.len > 1 && p[0] == 0 && (p[1] & 0x80) == 0))
        r->failed = true;
    return s;
}

static void der_head(struct mrl_buf *b, unsigned char tag, size_t n) {
    MRL_ASSERT(n <= UINT16_MAX);
    mrl_buf_byte(b, (char)tag);
    if (n > 0xff)
        mrl_buf_byte(b, (char)0x82), mrl_buf_byte(b, (char)(n >> 8));
    else if (n > 0x7f)
        mrl_buf_byte(b, (char)0x81);
    mrl_buf_byte(b, (char)n);
}

/* SEQUENCE of two INTEGERs: a PKCS#1 public key, or an ECDSA signature. */
static mrl_status der_pair(mrl_arena *a, mrl_str x, mrl_str y, mrl_str *ret) {
    struct mrl_buf inner, outer;
    mrl_buf_init(&inner, 65536);
    mrl_buf_init(&outer, 65536);
    der_head(&inner, 0x02, x.len);
    mrl_buf_add(&inner, x);
    der_head(&inner, 0x02, y.len);
    mrl_buf_add(&inner, y);
    der_head(&outer, 0x30, inner.len);
    mrl_buf_add(&outer, mrl_buf_str(&inner));
    mrl_status status = inner.status != MRL_OK ? inner.status : outer.status;
    mrl_str r = status == MRL_OK ? mrl_arena_str(a, mrl_buf_str(&outer)) : (mrl_str){NULL, 0};
    mrl_buf_release(&inner);
    mrl_buf_release(&outer);
    MRL_TRY(status);
    MRL_CHECK(r.ptr != NULL, MRL_E_NOMEM);
    *ret = r;
    return MRL_OK;
}

/* --- kinds of keys --------------------------------------------------------------------------- */

struct kind {
    mrl_str type;
    mrl_str curve;       /* of ECDSA */
    mrl_str spki_prefix; /* what stands before the key's bytes in DER */
    size_t n;            /* those bytes; 0: RSA */
    enum mrl_sig_scheme scheme;
    enum mrl_digest digest;
};

static const struct kind kinds[] = {
    {MRL_S_INIT("ssh-ed25519"), MRL_S_INIT(""),
     MRL_S_INIT("\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00"), 32, MRL_SIG_ED25519,
     MRL_SHA512},
    {MRL_S_INIT("ecdsa-sha2-nistp256"), MRL_S_INIT("nistp256"),
     MRL_S_INIT("\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d"
                "\x03\x01\x07\x03\x42\x00"),
     65, MRL_SIG_ECDSA, MRL_SHA256},
    {MRL_S_INIT("ecdsa-sha2-nistp384"), MRL_S_INIT("nistp384"),
     MRL_S_INIT("\x30\x76\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00\x22"
                "\x03\x62\x00"),
     97, MRL_SIG_ECDSA, MRL_SHA384},
    {MRL_S_INIT("ecdsa-sha2-nistp521"), MRL_S_INIT("nistp521"),
     MRL_S_INIT("\x30\x81\x9b\x30\x10\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x05\x2b\x81\x04\x00"
                "\x23\x03\x81\x86\x00"),
     133, MRL_SIG_ECDSA, MRL_SHA512},
    {MRL_S_INIT("ssh-rsa"), MRL_S_INIT(""), MRL_S_INIT(""), 0, MRL_SIG_RSA_PKCS1, MRL_SHA512},
};

static const struct kind *kind_of(mrl_str type) {
    for (size_t i = 0; i < MRL_COUNTOF(kinds); i++)
        if (mrl_str_eq(kinds[i].type, type))
            return &kinds[i];
    return NULL;
}

static mrl_status find_kind(mrl_str type, struct mrl_err *err, const struct kind **ret) {
    *ret = kind_of(type);
    return *ret != NULL ? MRL_OK
                        : mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                                      "keys of type %.*s are not verified by this build",
                                      (int)(type.len < 64 ? type.len : 64), type.ptr);
}

mrl_status mrl_ssh_pubkey(mrl_arena *a, mrl_str wire, struct mrl_err *err,
                          struct mrl_pubkey **ret) {
    struct mrl_rd r = mrl_rd_of(wire);
    const struct kind *k;
    mrl_str type = take_string(&r), der;
    if (r.failed)
        return broken(err, "its key cannot be read");
    MRL_TRY(find_kind(type, err, &k));
    if (k->n == 0) {
        mrl_str e = take_mpint(&r), n = take_mpint(&r);
        if (r.failed || !mrl_rd_done(&r))
            return broken(err, "its RSA key cannot be read");
        MRL_TRY(der_pair(a, n, e, &der));
        return mrl_pubkey_of_rsa(der, err, ret);
    }
    mrl_str curve = k->curve.len > 0 ? take_string(&r) : (mrl_str){NULL, 0};
    mrl_str point = take_string(&r);
    if (r.failed || !mrl_rd_done(&r) || !mrl_str_eq(curve, k->curve) || point.len != k->n)
        return broken(err, "its key does not have the form of its type");
    char *all = mrl_arena_alloc(a, k->spki_prefix.len + k->n, 1);
    MRL_CHECK(all != NULL, MRL_E_NOMEM);
    memcpy(all, k->spki_prefix.ptr, k->spki_prefix.len);
    memcpy(all + k->spki_prefix.len, point.ptr, k->n);
    return mrl_pubkey_of_spki((mrl_str){all, k->spki_prefix.len + k->n}, err, ret);
}

/* --- the signature --------------------------------------------------------------------------- */

/* The blob inside of the armor. */
static mrl_status unarmor(mrl_arena *a, mrl_str text, struct mrl_err *err, mrl_str *ret) {
    size_t at;
    if (text.len > MRL_SSHSIG_TEXT_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "the signature is longer than %d bytes",
                           MRL_SSHSIG_TEXT_MAX);
    if (!mrl_str_starts(text, BEGIN))
        return broken(err, "it does not begin as one");
    size_t end = mrl_str_find(text, END, BEGIN.len);
    if (end == MRL_STR_NPOS || text.ptr[end - 1] != '\n' || text.ptr[BEGIN.len] != '\n')
        return broken(err, "it does not end as one");
    if (mrl_str_trim(mrl_str_sub(text, end + END.len, text.len)).len > 0)
        return broken(err, "something stands behind it");
    mrl_status status =
        mrl_base64_decode(a, mrl_str_sub(text, BEGIN.len, end), MRL_BASE64_STD, ret, &at);
    return status == MRL_E_SYNTAX ? broken(err, "its base64 is wrong") : status;
}

static mrl_status read_hash(mrl_str name, struct mrl_err *err, struct mrl_sshsig *s) {
    s->hash_name = name;
    s->hash = mrl_str_eq(name, MRL_S("sha256")) ? MRL_SHA256 : MRL_SHA512;
    if (s->hash == MRL_SHA256 || mrl_str_eq(name, MRL_S("sha512")))
        return MRL_OK;
    return mrl_err_set(err, MRL_E_INVALID, ID, "its hash is neither sha256 nor sha512");
}

/* RSA keys sign by several algorithms, and the signature says which: never SHA-1. */
static mrl_status read_algorithm(const struct kind *k, mrl_str name, struct mrl_err *err,
                                 struct mrl_sshsig *s) {
    s->scheme = k->scheme;
    s->digest = k->digest;
    if (k->scheme != MRL_SIG_RSA_PKCS1)
        return mrl_str_eq(name, k->type)
                   ? MRL_OK
                   : mrl_err_set(err, MRL_E_INVALID, ID, "its algorithm does not fit its key");
    if (mrl_str_eq(name, MRL_S("rsa-sha2-256")))
        s->digest = MRL_SHA256;
    else if (!mrl_str_eq(name, MRL_S("rsa-sha2-512")))
        return mrl_err_set(err, MRL_E_INVALID, ID, "its algorithm is not rsa-sha2");
    return MRL_OK;
}

static mrl_status read_signature(mrl_arena *a, mrl_str blob, struct mrl_err *err,
                                 struct mrl_sshsig *s) {
    struct mrl_rd r = mrl_rd_of(blob);
    const struct kind *k;
    mrl_str name = take_string(&r), bytes = take_string(&r);
    MRL_TRY(find_kind(s->key_type, err, &k));
    if (r.failed || !mrl_rd_done(&r))
        return broken(err, "its last part cannot be read");
    MRL_TRY(read_algorithm(k, name, err, s));
    s->sig = bytes;
    if (k->scheme != MRL_SIG_ECDSA)
        return bytes.len > 0 ? MRL_OK : broken(err, "it is empty");
    struct mrl_rd inner = mrl_rd_of(bytes);
    mrl_str x = take_mpint(&inner), y = take_mpint(&inner);
    if (inner.failed || !mrl_rd_done(&inner))
        return broken(err, "its numbers cannot be read");
    return der_pair(a, x, y, &s->sig);
}

mrl_status mrl_sshsig_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                            struct mrl_sshsig *ret) {
    struct mrl_sshsig s;
    mrl_str blob, hash, signature;
    MRL_TRY(unarmor(a, text, err, &blob));
    struct mrl_rd r = mrl_rd_of(blob);
    if (!mrl_rd_accept(&r, MAGIC) || mrl_rd_be32(&r) != 1)
        return broken(err, "it is not of version 1");
    s.key = take_string(&r);
    s.ns = take_string(&r);
    s.reserved = take_string(&r);
    hash = take_string(&r);
    signature = take_string(&r);
    struct mrl_rd key = mrl_rd_of(s.key);
    s.key_type = take_string(&key);
    if (r.failed || key.failed || !mrl_rd_done(&r))
        return broken(err, "its parts do not fill it");
    MRL_TRY(read_hash(hash, err, &s));
    MRL_TRY(read_signature(a, signature, err, &s));
    *ret = s;
    return MRL_OK;
}

static void put_string(struct mrl_buf *b, mrl_str s) {
    for (int shift = 24; shift >= 0; shift -= 8)
        mrl_buf_byte(b, (char)(s.len >> shift));
    mrl_buf_add(b, s);
}

mrl_status mrl_sshsig_verify(mrl_arena *a, const struct mrl_sshsig *sig, mrl_str message,
                             struct mrl_err *err) {
    unsigned char hash[MRL_DIGEST_MAX];
    size_t n;
    struct mrl_buf b;
    struct mrl_pubkey *key;
    MRL_TRY(mrl_digest(sig->hash, message, hash, &n));
    MRL_TRY(mrl_ssh_pubkey(a, sig->key, err, &key));
    mrl_buf_init(&b, 4 * MRL_SSHSIG_PART_MAX);
    mrl_buf_add(&b, MAGIC);
    put_string(&b, sig->ns);
    put_string(&b, sig->reserved);
    put_string(&b, sig->hash_name);
    put_string(&b, (mrl_str){(char *)hash, n});
    mrl_status status = b.status;
    if (status == MRL_OK &&
        !mrl_pubkey_verify(key, sig->scheme, sig->digest, mrl_buf_str(&b), sig->sig))
        status = mrl_err_set(err, MRL_E_INVALID, ID, "the signature is not of this content");
    mrl_buf_release(&b);
    mrl_pubkey_free(key);
    return status;
}

mrl_status mrl_ssh_fingerprint(mrl_arena *a, mrl_str wire, mrl_str *ret) {
    unsigned char hash[MRL_DIGEST_MAX];
    size_t n;
    mrl_str text;
    MRL_TRY(mrl_digest(MRL_SHA256, wire, hash, &n));
    MRL_TRY(mrl_base64_encode(a, (mrl_str){(char *)hash, n}, MRL_BASE64_STD, false, &text));
    *ret = mrl_arena_printf(a, "SHA256:%.*s", MRL_F(text));
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}
