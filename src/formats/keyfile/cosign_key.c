/* cosign_key.c - cosign's sealed keys: JSON in PEM, scrypt, NaCl's secretbox over PKCS#8.
 *
 * {"kdf": {"name": "scrypt", "params": {"N": 65536, "r": 8, "p": 1}, "salt": …},
 *  "cipher": {"name": "nacl/secretbox", "nonce": …}, "ciphertext": …}
 *
 * The parameters stand in the file outside of the seal. Only the pairs that writers have used are
 * taken, as the original reader does: a file could otherwise ask for all memory, or be weakened.
 */
#include "formats/keyfile/keyfile_internal.h"

#include "base/base64.h"
#include "base/secretbox.h"
#include "formats/json/json.h"
#include "formats/x509/x509.h"

#define SCRYPT_COST 65536     /* OWASP's, and what cosign 2 and 3 write */
#define SCRYPT_COST_OLD 32768 /* what the library wrote before */
#define SCRYPT_BLOCK 8
#define SCRYPT_PARALLEL 1
#define SALT_BYTES 32u

struct sealed {
    int64_t cost;
    mrl_str salt, nonce, ciphertext;
};

/* --- reading ------------------------------------------------------------------------------- */

static mrl_status broken(const struct mrl_keyfile_in *in, const char *what) {
    return mrl_err_set(in->err, MRL_E_SYNTAX, "key.syntax", "the sealed key's %s is not right",
                       what);
}

static mrl_status bytes_of(const struct mrl_keyfile_in *in, mrl_val v, const char *name,
                           mrl_str *ret) {
    size_t at;
    mrl_status status =
        mrl_is_str(v) ? mrl_base64_decode(in->secrets, mrl_val_str(v), MRL_BASE64_STD, ret, &at)
                      : MRL_E_SYNTAX;
    return status == MRL_E_SYNTAX ? broken(in, name) : status;
}

static bool is_number(mrl_val object, mrl_str name, int64_t want) {
    mrl_val v = mrl_obj_get_str(object, name);
    return v.tag == MRL_T_INT && v.u.i == want;
}

static mrl_status read_work(const struct mrl_keyfile_in *in, mrl_val kdf, int64_t *ret_cost) {
    mrl_val params = MRL_GET(kdf, "params");
    if (!mrl_str_eq(mrl_val_str(MRL_GET(kdf, "name")), MRL_S("scrypt")))
        return mrl_err_set(in->err, MRL_E_UNSUPPORTED, "key.scheme",
                           "the sealed key's derivation is not scrypt");
    *ret_cost = is_number(params, MRL_S("N"), SCRYPT_COST_OLD) ? SCRYPT_COST_OLD : SCRYPT_COST;
    if (!is_number(params, MRL_S("N"), *ret_cost) || !is_number(params, MRL_S("r"), SCRYPT_BLOCK) ||
        !is_number(params, MRL_S("p"), SCRYPT_PARALLEL))
        return mrl_err_set(in->err, MRL_E_UNSUPPORTED, "key.scheme",
                           "scrypt's N, r and p are not those that cosign writes: %d, %d, %d",
                           SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_PARALLEL);
    return MRL_OK;
}

static mrl_status read_sealed(const struct mrl_keyfile_in *in, struct sealed *ret) {
    struct mrl_json_opts opts = {.reject_duplicates = true};
    mrl_val v;
    mrl_status status = mrl_json_parse(in->secrets, in->bytes, &opts, NULL, &v);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK)
        return broken(in, "JSON");
    mrl_val kdf = MRL_GET(v, "kdf"), cipher = MRL_GET(v, "cipher");
    MRL_TRY(read_work(in, kdf, &ret->cost));
    if (!mrl_str_eq(mrl_val_str(MRL_GET(cipher, "name")), MRL_S("nacl/secretbox")))
        return mrl_err_set(in->err, MRL_E_UNSUPPORTED, "key.scheme",
                           "the sealed key's cipher is not nacl/secretbox");
    MRL_TRY(bytes_of(in, MRL_GET(kdf, "salt"), "salt", &ret->salt));
    MRL_TRY(bytes_of(in, MRL_GET(cipher, "nonce"), "nonce", &ret->nonce));
    MRL_TRY(bytes_of(in, MRL_GET(v, "ciphertext"), "ciphertext", &ret->ciphertext));
    if (ret->nonce.len != MRL_SECRETBOX_NONCE)
        return broken(in, "nonce");
    return ret->salt.len == 0 ? broken(in, "salt") : MRL_OK;
}

/* The key of the seal, in `secrets`. */
static mrl_status derive(mrl_arena *secrets, mrl_str passphrase, mrl_str salt, int64_t cost,
                         const unsigned char **ret) {
    unsigned char *key = mrl_arena_alloc(secrets, MRL_SECRETBOX_KEY, 1);
    MRL_CHECK(key != NULL, MRL_E_NOMEM);
    /* Parameters are known to be right, so only memory can be missing. */
    if (mrl_scrypt(passphrase, salt, (uint64_t)cost, SCRYPT_BLOCK, SCRYPT_PARALLEL, key,
                   MRL_SECRETBOX_KEY) != MRL_OK)
        return MRL_E_NOMEM;
    *ret = key;
    return MRL_OK;
}

mrl_status mrl_keyfile_cosign(const struct mrl_keyfile_in *in, struct mrl_privkey **ret) {
    struct sealed s;
    mrl_str passphrase, der;
    const unsigned char *key;
    MRL_TRY(read_sealed(in, &s));
    MRL_TRY(mrl_keyfile_ask(in, &passphrase));
    MRL_TRY(derive(in->secrets, passphrase, s.salt, s.cost, &key));
    mrl_status status = mrl_secretbox_open(in->secrets, key, (const unsigned char *)s.nonce.ptr,
                                           s.ciphertext, &der);
    if (status == MRL_E_INVALID)
        return mrl_err_set(in->err, status, "key.passphrase",
                           "the passphrase does not open the key, or the file is damaged");
    MRL_TRY(status);
    return mrl_privkey_of_pkcs8(der, in->err, ret);
}

/* --- writing ------------------------------------------------------------------------------- */

static mrl_status text_of(mrl_arena *secrets, const struct sealed *s, mrl_str *ret) {
    mrl_str salt, nonce, ciphertext;
    MRL_TRY(mrl_base64_encode(secrets, s->salt, MRL_BASE64_STD, true, &salt));
    MRL_TRY(mrl_base64_encode(secrets, s->nonce, MRL_BASE64_STD, true, &nonce));
    MRL_TRY(mrl_base64_encode(secrets, s->ciphertext, MRL_BASE64_STD, true, &ciphertext));
    mrl_str json = mrl_arena_printf(
        secrets,
        "{\"kdf\":{\"name\":\"scrypt\",\"params\":{\"N\":%d,\"r\":%d,\"p\":%d},\"salt\":\"%.*s\"},"
        "\"cipher\":{\"name\":\"nacl/secretbox\",\"nonce\":\"%.*s\"},\"ciphertext\":\"%.*s\"}",
        SCRYPT_COST, SCRYPT_BLOCK, SCRYPT_PARALLEL, MRL_F(salt), MRL_F(nonce), MRL_F(ciphertext));
    MRL_CHECK(json.ptr != NULL, MRL_E_NOMEM);
    return mrl_pem_write(secrets, MRL_S("ENCRYPTED SIGSTORE PRIVATE KEY"), json, ret);
}

mrl_status mrl_keyfile_write_cosign(mrl_arena *secrets, const struct mrl_privkey *key,
                                    mrl_str passphrase, struct mrl_err *err, mrl_str *ret) {
    unsigned char random[SALT_BYTES + MRL_SECRETBOX_NONCE];
    const unsigned char *box;
    mrl_str der;
    struct sealed s = {.salt = {(char *)random, SALT_BYTES},
                       .nonce = {(char *)random + SALT_BYTES, MRL_SECRETBOX_NONCE}};
    if (passphrase.len > MRL_PASSPHRASE_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "key.limit", "a passphrase has at most %u bytes",
                           MRL_PASSPHRASE_MAX);
    MRL_TRY(mrl_random(random, sizeof random));
    MRL_TRY(mrl_privkey_pkcs8(secrets, key, &der));
    MRL_TRY(derive(secrets, passphrase, s.salt, SCRYPT_COST, &box));
    MRL_TRY(mrl_secretbox_seal(secrets, box, random + SALT_BYTES, der, &s.ciphertext));
    return text_of(secrets, &s, ret);
}
