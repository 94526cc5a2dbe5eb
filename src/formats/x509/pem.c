/* pem.c - blocks of base64 between "-----BEGIN LABEL-----" and its end (RFC 7468). */
#include "base/base64.h"
#include "formats/x509/x509.h"

#include <stdio.h>

#define LINE_DIGITS 64u
#define LABEL_MAX 64 /* "ENCRYPTED SIGSTORE PRIVATE KEY" has 30 */

mrl_status mrl_pem_next(mrl_arena *a, mrl_str *text, mrl_str label, mrl_str *ret) {
    size_t at;
    MRL_CHECK(label.len <= LABEL_MAX, MRL_E_LIMIT);
    mrl_str begin = mrl_arena_printf(a, "-----BEGIN %.*s-----", MRL_F(label));
    mrl_str end = mrl_arena_printf(a, "-----END %.*s-----", MRL_F(label));
    MRL_CHECK(begin.ptr != NULL && end.ptr != NULL, MRL_E_NOMEM);
    size_t from = mrl_str_find(*text, begin, 0);
    MRL_CHECK(from != MRL_STR_NPOS, MRL_E_NOT_FOUND);
    from += begin.len;
    size_t to = mrl_str_find(*text, end, from);
    MRL_CHECK(to != MRL_STR_NPOS, MRL_E_SYNTAX);
    mrl_str body = mrl_str_trim(mrl_str_sub(*text, from, to));
    MRL_TRY(mrl_base64_decode(a, body, MRL_BASE64_STD, ret, &at));
    *text = mrl_str_sub(*text, to + end.len, text->len);
    return MRL_OK;
}

mrl_status mrl_pem_write(mrl_arena *a, mrl_str label, mrl_str bytes, mrl_str *ret) {
    mrl_str digits;
    MRL_TRY(mrl_base64_encode(a, bytes, MRL_BASE64_STD, true, &digits));
    size_t lines = (digits.len + LINE_DIGITS - 1) / LINE_DIGITS;
    size_t size =
        digits.len + lines + 2 * label.len + sizeof "-----BEGIN ----------END -----\n" + 12;
    char *out = mrl_arena_alloc(a, size, 1);
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    size_t n = (size_t)snprintf(out, size, "-----BEGIN %.*s-----\n", MRL_F(label));
    for (size_t at = 0; at < digits.len; at += LINE_DIGITS) {
        mrl_str line = mrl_str_sub(digits, at, at + LINE_DIGITS);
        memcpy(out + n, line.ptr, line.len);
        n += line.len;
        out[n++] = '\n';
    }
    n += (size_t)snprintf(out + n, size - n, "-----END %.*s-----\n", MRL_F(label));
    MRL_ASSERT(n < size);
    *ret = (mrl_str){out, n};
    return MRL_OK;
}
