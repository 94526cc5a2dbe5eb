/* ssh_key.c - OpenSSH's own form of private keys (PROTOCOL.key), for Ed25519 without encryption.
 *
 * Encrypted ones are derived by bcrypt's KDF, which no library of ours has; the message says how to
 * write the key anew. The private part repeats the public key and a random number: both are
 * compared, and the padding must count 1, 2, 3, as the format asks.
 */
#include "formats/keyfile/keyfile_internal.h"

#include "base/rd.h"

#define MAGIC MRL_S("openssh-key-v1\0")
#define PUBLIC_BYTES 32u

static mrl_str string_of(struct mrl_rd *r) {
    return mrl_rd_take(r, mrl_rd_be32(r));
}

static mrl_status unsupported(const struct mrl_keyfile_in *in, const char *what) {
    return mrl_err_set(in->err, MRL_E_UNSUPPORTED, "key.scheme", "%s", what);
}

static bool padding_is_right(struct mrl_rd *r) {
    for (unsigned i = 1; !mrl_rd_done(r); i++)
        if (mrl_rd_u8(r) != (i & 0xff))
            return false;
    return true;
}

static mrl_status broken(const struct mrl_keyfile_in *in) {
    return mrl_err_set(in->err, MRL_E_SYNTAX, "key.syntax", "the OpenSSH key is broken");
}

static mrl_status private_part(const struct mrl_keyfile_in *in, struct mrl_rd *r,
                               struct mrl_privkey **ret) {
    uint32_t check = mrl_rd_be32(r), again = mrl_rd_be32(r);
    mrl_str kind = string_of(r);
    if (!r->failed && check == again && !mrl_str_eq(kind, MRL_S("ssh-ed25519")))
        return unsupported(in, "OpenSSH keys are read when they are ed25519");
    mrl_str public_key = string_of(r), both = string_of(r);
    (void)string_of(r); /* the comment */
    if (r->failed || check != again || public_key.len != PUBLIC_BYTES ||
        both.len != MRL_ED25519_SEED + PUBLIC_BYTES || !padding_is_right(r) ||
        !mrl_str_eq(mrl_str_sub(both, MRL_ED25519_SEED, both.len), public_key))
        return broken(in);
    struct mrl_privkey *key;
    mrl_str spki;
    MRL_TRY(mrl_privkey_of_seed(mrl_str_sub(both, 0, MRL_ED25519_SEED), in->err, &key));
    mrl_status status = mrl_pubkey_spki(in->secrets, mrl_privkey_public(key), &spki);
    /* The public half is worked out anew: one that the file only claims is not signed for. */
    if (status == MRL_OK && !mrl_str_ends(spki, public_key))
        status = broken(in);
    if (status != MRL_OK) {
        mrl_privkey_free(key);
        return status;
    }
    *ret = key;
    return MRL_OK;
}

mrl_status mrl_keyfile_ssh(const struct mrl_keyfile_in *in, struct mrl_privkey **ret) {
    struct mrl_rd r = mrl_rd_of(in->bytes);
    if (!mrl_rd_accept(&r, MAGIC))
        return broken(in);
    mrl_str cipher = string_of(&r), kdf = string_of(&r);
    (void)string_of(&r);
    if (!r.failed && (!mrl_str_eq(cipher, MRL_S("none")) || !mrl_str_eq(kdf, MRL_S("none"))))
        return unsupported(in, "encrypted OpenSSH keys are not read: take the passphrase off "
                               "a copy with \"ssh-keygen -p -N ''\"");
    uint32_t n = mrl_rd_be32(&r);
    (void)string_of(&r); /* the public key */
    struct mrl_rd part = mrl_rd_of(string_of(&r));
    if (r.failed || !mrl_rd_done(&r) || n != 1)
        return broken(in);
    return private_part(in, &part, ret);
}
