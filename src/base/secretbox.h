/* secretbox.h - NaCl's secretbox (XSalsa20 and Poly1305). The wrapper of libsodium.
 *
 * Idea: cosign.key files are sealed with it, and OpenSSL has no XSalsa20. The file format fixes the
 * primitive, so it is taken from the library that defines it, never written here. Sealed bytes are
 * MRL_SECRETBOX_MAC longer than the message and stand in NaCl's order: tag, then ciphertext.
 *
 * Threads: no state. Source: nacl.cr.yp.to/secretbox.html.
 */
#ifndef MRL_BASE_SECRETBOX_H
#define MRL_BASE_SECRETBOX_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_SECRETBOX_KEY 32u   /* bytes of a key */
#define MRL_SECRETBOX_NONCE 24u /* bytes of a nonce: long enough to be drawn at random */
#define MRL_SECRETBOX_MAC 16u   /* bytes by which a sealed message is longer */

/* Seals `message`; MRL_E_INTERNAL when the library cannot start. */
mrl_status mrl_secretbox_seal(mrl_arena *a, const unsigned char key[MRL_SECRETBOX_KEY],
                              const unsigned char nonce[MRL_SECRETBOX_NONCE], mrl_str message,
                              mrl_str *ret) MRL_NODISCARD;
/* Opens what was sealed. MRL_E_INVALID when the key is another or a bit was changed: nothing of the
 * message is given out then. */
mrl_status mrl_secretbox_open(mrl_arena *a, const unsigned char key[MRL_SECRETBOX_KEY],
                              const unsigned char nonce[MRL_SECRETBOX_NONCE], mrl_str sealed,
                              mrl_str *ret) MRL_NODISCARD;

#endif
