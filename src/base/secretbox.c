/* secretbox.c - see secretbox.h. */
#include "base/secretbox.h"

#include <sodium.h>

_Static_assert(MRL_SECRETBOX_KEY == crypto_secretbox_KEYBYTES, "the library's sizes");
_Static_assert(MRL_SECRETBOX_NONCE == crypto_secretbox_NONCEBYTES, "the library's sizes");
_Static_assert(MRL_SECRETBOX_MAC == crypto_secretbox_MACBYTES, "the library's sizes");

static const unsigned char *bytes_of(mrl_str s) {
    return (const unsigned char *)(s.ptr != NULL ? s.ptr : "");
}

mrl_status mrl_secretbox_seal(mrl_arena *a, const unsigned char key[MRL_SECRETBOX_KEY],
                              const unsigned char nonce[MRL_SECRETBOX_NONCE], mrl_str message,
                              mrl_str *ret) {
    size_t n;
    /* Repeated calls are cheap and safe from any thread. */
    MRL_CHECK(sodium_init() >= 0, MRL_E_INTERNAL);
    MRL_CHECK(mrl_add_size(message.len, MRL_SECRETBOX_MAC, &n), MRL_E_LIMIT);
    unsigned char *out = mrl_arena_alloc(a, n, 1);
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    MRL_CHECK(crypto_secretbox_easy(out, bytes_of(message), message.len, nonce, key) == 0,
              MRL_E_INTERNAL);
    *ret = (mrl_str){(char *)out, n};
    return MRL_OK;
}

mrl_status mrl_secretbox_open(mrl_arena *a, const unsigned char key[MRL_SECRETBOX_KEY],
                              const unsigned char nonce[MRL_SECRETBOX_NONCE], mrl_str sealed,
                              mrl_str *ret) {
    MRL_CHECK(sodium_init() >= 0, MRL_E_INTERNAL);
    MRL_CHECK(sealed.len >= MRL_SECRETBOX_MAC, MRL_E_INVALID);
    unsigned char *out = mrl_arena_alloc(a, sealed.len - MRL_SECRETBOX_MAC + 1, 1);
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    /* The tag is checked before a byte is decrypted. */
    if (crypto_secretbox_open_easy(out, bytes_of(sealed), sealed.len, nonce, key) != 0)
        return MRL_E_INVALID;
    *ret = (mrl_str){(char *)out, sealed.len - MRL_SECRETBOX_MAC};
    return MRL_OK;
}
