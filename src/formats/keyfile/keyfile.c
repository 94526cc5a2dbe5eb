/* keyfile.c - from the label of a PEM block to its reader: see keyfile.h. */
#include "formats/keyfile/keyfile_internal.h"

#include "formats/der/der.h"
#include "formats/x509/x509.h"

#define OID_PBES2 MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")
#define OID_PBKDF2 MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")

mrl_status mrl_keyfile_ask(const struct mrl_keyfile_in *in, mrl_str *ret) {
    if (in->ask == NULL)
        return mrl_err_set(in->err, MRL_E_DENIED, "key.passphrase",
                           "the key is sealed and nobody can be asked for its passphrase");
    return in->ask->get(in->ask->cx, in->secrets, in->err, ret);
}

/* --- readers ------------------------------------------------------------------------------- */

static mrl_status plain_pkcs8(const struct mrl_keyfile_in *in, struct mrl_privkey **ret) {
    return mrl_privkey_of_pkcs8(in->bytes, in->err, ret);
}

static mrl_status sec1(const struct mrl_keyfile_in *in, struct mrl_privkey **ret) {
    return mrl_privkey_of_sec1(in->bytes, in->err, ret);
}

static mrl_status pkcs1(const struct mrl_keyfile_in *in, struct mrl_privkey **ret) {
    return mrl_privkey_of_rsa(in->bytes, in->err, ret);
}

/* The file names the work that opens it: it is bounded before the library starts on it. Older
 * schemes (PBES1) and scrypt inside of PKCS#8 are not offered: openssl has to be asked for them. */
static mrl_status check_work(const struct mrl_keyfile_in *in) {
    struct mrl_rd all = mrl_rd_of(in->bytes);
    struct mrl_rd info = mrl_der_enter(&all, MRL_DER_SEQUENCE, NULL);
    struct mrl_rd algorithm = mrl_der_enter(&info, MRL_DER_SEQUENCE, NULL);
    mrl_str scheme = mrl_der_bytes(&algorithm, MRL_DER_OID);
    if (!algorithm.failed && !mrl_str_eq(scheme, OID_PBES2))
        return mrl_err_set(in->err, MRL_E_UNSUPPORTED, "key.scheme",
                           "encrypted keys are PBES2 with PBKDF2: write it anew with \"openssl "
                           "pkcs8 -topk8\"");
    struct mrl_rd params = mrl_der_enter(&algorithm, MRL_DER_SEQUENCE, NULL);
    struct mrl_rd kdf = mrl_der_enter(&params, MRL_DER_SEQUENCE, NULL);
    mrl_str function = mrl_der_bytes(&kdf, MRL_DER_OID);
    if (!kdf.failed && !mrl_str_eq(function, OID_PBKDF2))
        return mrl_err_set(in->err, MRL_E_UNSUPPORTED, "key.scheme",
                           "the key's derivation is not PBKDF2: write it anew with \"openssl pkcs8 "
                           "-topk8\"");
    struct mrl_rd how = mrl_der_enter(&kdf, MRL_DER_SEQUENCE, NULL);
    (void)mrl_der_bytes(&how, MRL_DER_OCTET_STRING);
    uint64_t rounds = mrl_der_u63(&how);
    (void)mrl_der_bytes(&info, MRL_DER_OCTET_STRING);
    if (how.failed || info.failed || !mrl_der_ended(&info) || !mrl_der_ended(&all))
        return mrl_err_set(in->err, MRL_E_SYNTAX, "key.syntax", "the encrypted key is broken");
    if (rounds > MRL_KDF_ROUNDS_MAX)
        return mrl_err_set(in->err, MRL_E_LIMIT, "key.limit",
                           "the key asks for %llu rounds of PBKDF2, over %u",
                           (unsigned long long)rounds, MRL_KDF_ROUNDS_MAX);
    return MRL_OK;
}

static mrl_status encrypted_pkcs8(const struct mrl_keyfile_in *in, struct mrl_privkey **ret) {
    mrl_str passphrase;
    MRL_TRY(check_work(in));
    MRL_TRY(mrl_keyfile_ask(in, &passphrase));
    return mrl_privkey_of_encrypted(in->bytes, passphrase, in->err, ret);
}

/* --- labels -------------------------------------------------------------------------------- */

static const struct {
    mrl_str label;
    mrl_status (*read)(const struct mrl_keyfile_in *in, struct mrl_privkey **ret);
} labels[] = {
    {MRL_S_INIT("PRIVATE KEY"), plain_pkcs8},
    {MRL_S_INIT("ENCRYPTED PRIVATE KEY"), encrypted_pkcs8},
    {MRL_S_INIT("ENCRYPTED SIGSTORE PRIVATE KEY"), mrl_keyfile_cosign},
    {MRL_S_INIT("ENCRYPTED COSIGN PRIVATE KEY"), mrl_keyfile_cosign},
    {MRL_S_INIT("EC PRIVATE KEY"), sec1},
    {MRL_S_INIT("RSA PRIVATE KEY"), pkcs1},
    {MRL_S_INIT("OPENSSH PRIVATE KEY"), mrl_keyfile_ssh},
};

static mrl_status read_key(struct mrl_keyfile_in *in, mrl_str text, struct mrl_privkey **ret) {
    if (text.len > MRL_KEYFILE_BYTES_MAX)
        return mrl_err_set(in->err, MRL_E_LIMIT, "key.limit", "over %zu bytes: no file of a key",
                           MRL_KEYFILE_BYTES_MAX);
    /* OpenSSL's own way of encrypting hides in headers inside of the block: MD5, one round. */
    if (mrl_str_find(text, MRL_S("Proc-Type: 4,ENCRYPTED"), 0) != MRL_STR_NPOS)
        return mrl_err_set(in->err, MRL_E_UNSUPPORTED, "key.scheme",
                           "the old encryption of PEM is not read: write it anew with \"openssl "
                           "pkcs8 -topk8\"");
    for (size_t i = 0; i < MRL_COUNTOF(labels); i++) {
        mrl_str rest = text;
        mrl_status status = mrl_pem_next(in->secrets, &rest, labels[i].label, &in->bytes);
        if (status == MRL_E_NOT_FOUND)
            continue;
        if (status == MRL_E_SYNTAX)
            return mrl_err_set(in->err, status, "key.syntax",
                               "the block \"%.*s\" is cut off or no base64",
                               MRL_F(labels[i].label));
        MRL_TRY(status);
        return labels[i].read(in, ret);
    }
    return mrl_err_set(in->err, MRL_E_NOT_FOUND, "key.label",
                       mrl_str_find(text, MRL_S("PUBLIC KEY-----"), 0) != MRL_STR_NPOS
                           ? "that is a public key: signing takes the private one"
                           : "no PEM block of a private key");
}

mrl_status mrl_keyfile_read(mrl_arena *secrets, mrl_str text, mrl_str file,
                            const struct mrl_passphrase *ask, struct mrl_err *err,
                            struct mrl_privkey **ret) {
    struct mrl_keyfile_in in = {.secrets = secrets, .ask = ask, .err = err};
    mrl_status status = read_key(&in, text, ret);
    if (status != MRL_OK && err != NULL && err->pos.file.len == 0)
        err->pos.file = file;
    return status;
}
