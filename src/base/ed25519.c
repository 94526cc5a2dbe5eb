/* ed25519.c - see ed25519.h. */
#include "base/ed25519.h"

#include <sodium.h>

_Static_assert(MRL_ED25519_KEY == crypto_sign_PUBLICKEYBYTES, "the library's sizes");
_Static_assert(MRL_ED25519_SIG == crypto_sign_BYTES, "the library's sizes");

bool mrl_ed25519_verify(const unsigned char key[MRL_ED25519_KEY], mrl_str message, mrl_str sig) {
    /* The library picks its code for this processor on the first call; later ones are cheap. */
    if (sodium_init() < 0 || sig.len != MRL_ED25519_SIG)
        return false;
    return crypto_sign_verify_detached(
               (const unsigned char *)sig.ptr,
               (const unsigned char *)(message.ptr != NULL ? message.ptr : ""), message.len,
               key) == 0;
}
