/* base64.h - base64 in both alphabets (RFC 4648), with Go's answers to odd input.
 *
 * Idea: one decoder for policies and for signed evidence. It skips line ends and refuses everything
 * else that is no digit; the last digit's spare bits are not looked at, as Go does not either.
 */
#ifndef MRL_BASE_BASE64_H
#define MRL_BASE_BASE64_H

#include "base/arena.h"
#include "base/status.h"

enum mrl_base64 {
    MRL_BASE64_STD, /* RFC 4648 section 4: + and / */
    MRL_BASE64_URL, /* section 5: - and _ */
};

/* The text of `s`, with '=' at its end when padded. MRL_E_NOMEM. Cost: O(n), 4/3 of the bytes. */
mrl_status mrl_base64_encode(mrl_arena *a, mrl_str s, enum mrl_base64 kind, bool padded,
                             mrl_str *ret) MRL_NODISCARD;

/* The bytes of padded text. MRL_E_SYNTAX with *ret_at, the offset that Go reports; MRL_E_NOMEM. */
mrl_status mrl_base64_decode(mrl_arena *a, mrl_str s, enum mrl_base64 kind, mrl_str *ret,
                             size_t *ret_at) MRL_NODISCARD;

#endif
