/* ed25519.h - verifying Ed25519 signatures (RFC 8032) with libsodium.
 *
 * Idea: OpenSSL 3.0 verifies 15,000 a second on a core, libsodium 26,000: attestations come by the
 * thousand. Both check the same equation without the cofactor; libsodium refuses more (points of
 * small order, keys that are not canonical), so nothing is accepted that OpenSSL would not accept.
 * A test compares the two.
 *
 * Threads: no state.
 */
#ifndef MRL_BASE_ED25519_H
#define MRL_BASE_ED25519_H

#include "base/str.h"

#define MRL_ED25519_KEY 32u /* bytes of a public key */
#define MRL_ED25519_SIG 64u /* bytes of a signature */

/* True when `sig` is a signature of `message` by that key. Cost: 40 us. */
bool mrl_ed25519_verify(const unsigned char key[MRL_ED25519_KEY], mrl_str message, mrl_str sig);

#endif
