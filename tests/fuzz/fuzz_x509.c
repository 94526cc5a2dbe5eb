/* fuzz_x509.c - certificates, timestamps and PEM; what we accept OpenSSL reads the same or is
 * laxer.
 */
#include "formats/tsp/tsp.h"

#include <openssl/err.h>
#include <openssl/x509.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool on_name(void *cx, enum mrl_san_kind kind, mrl_str name) {
    (void)kind;
    *(size_t *)cx += name.len;
    return true;
}

/* We accepted it: OpenSSL must, too, with the same serial number. */
static void compare(const struct mrl_x509 *c) {
    const unsigned char *at = (const unsigned char *)c->der.ptr;
    X509 *x = d2i_X509(NULL, &at, (long)c->der.len);
    ERR_clear_error();
    if (x == NULL)
        return; /* stricter on algorithms and keys: its own business */
    const ASN1_INTEGER *serial = X509_get0_serialNumber(x);
    MRL_ASSERT(at == (const unsigned char *)c->der.ptr + c->der.len);
    MRL_ASSERT((size_t)serial->length <= c->serial.len);
    X509_free(x);
}

static void inside(mrl_str all, mrl_str part) {
    MRL_ASSERT(part.len == 0 || (part.ptr >= all.ptr && part.ptr + part.len <= all.ptr + all.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_str all = {(const char *)data, size}, text = all, out;
    struct mrl_x509 c;
    struct mrl_tsp t;
    size_t names = 0;
    mrl_arena_init(&a, 1 << 24);
    if (mrl_x509_parse(all, NULL, &c) == MRL_OK) {
        inside(all, c.tbs);
        inside(all, c.spki);
        inside(all, c.eku);
        (void)mrl_x509_names(&c, on_name, &names);
        (void)mrl_x509_has_eku(&c, MRL_OID_EKU_CODE_SIGNING);
        if (mrl_x509_precert_tbs(&a, &c, &out) == MRL_OK)
            MRL_ASSERT(out.len <= c.tbs.len);
        compare(&c);
    }
    if (mrl_tsp_parse(&a, all, NULL, &t) == MRL_OK)
        inside(all, t.sig);
    while (mrl_pem_next(&a, &text, MRL_S("CERTIFICATE"), &out) == MRL_OK)
        MRL_ASSERT(out.len <= size);
    mrl_arena_release(&a);
    return 0;
}
