/* base64.c - see base64.h. */
#include "base/base64.h"

static const char *const alphabets[] = {
    [MRL_BASE64_STD] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    [MRL_BASE64_URL] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
};

mrl_status mrl_base64_encode(mrl_arena *a, mrl_str s, enum mrl_base64 kind, bool padded,
                             mrl_str *ret) {
    const char *alphabet = alphabets[kind];
    char *out = mrl_arena_alloc(a, (s.len + 2) / 3 * 4 + 1, 1);
    size_t n = 0;
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < s.len; i += 3) {
        size_t left = s.len - i < 3 ? s.len - i : 3;
        uint32_t bits = 0;
        for (size_t k = 0; k < 3; k++)
            bits = bits << 8 | (k < left ? (unsigned char)s.ptr[i + k] : 0u);
        for (size_t k = 0; k < 4; k++) {
            if (k <= left)
                out[n++] = alphabet[bits >> (18 - 6 * k) & 63];
            else if (padded)
                out[n++] = '=';
        }
    }
    *ret = (mrl_str){out, n};
    return MRL_OK;
}

/* Line ends inside base64 are skipped, as in Go. */
static size_t skip_line_ends(mrl_str s, size_t at) {
    while (at < s.len && (s.ptr[at] == '\n' || s.ptr[at] == '\r'))
        at++;
    return at;
}

/* The padding behind `digits` digits of a group; `at` is the offset behind its first '='. True when
 * it is right and the text ends with it; else *ret_at is the offset that Go reports. */
static bool padding64(mrl_str s, size_t at, size_t digits, size_t *ret_at) {
    *ret_at = at - 1;
    if (digits < 2)
        return false;
    if (digits == 2) {
        at = skip_line_ends(s, at);
        *ret_at = at == s.len ? s.len : at - 1;
        if (at == s.len || s.ptr[at] != '=')
            return false;
        at++;
    }
    *ret_at = skip_line_ends(s, at);
    return *ret_at == s.len;
}

/* The value of a digit, or -1. */
static int digit_of(char c, enum mrl_base64 kind) {
    if (c >= 'A' && c <= 'Z')
        return c - 'A';
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26;
    if (c >= '0' && c <= '9')
        return c - '0' + 52;
    if (c == (kind == MRL_BASE64_STD ? '+' : '-'))
        return 62;
    return c == (kind == MRL_BASE64_STD ? '/' : '_') ? 63 : -1;
}

mrl_status mrl_base64_decode(mrl_arena *a, mrl_str s, enum mrl_base64 kind, mrl_str *ret,
                             size_t *ret_at) {
    char *out = mrl_arena_alloc(a, s.len + 1, 1);
    size_t n = 0, digits = 0, i = 0;
    uint32_t bits = 0;
    *ret_at = 0;
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    while ((i = skip_line_ends(s, i)) < s.len && s.ptr[i] != '=') {
        int digit = digit_of(s.ptr[i], kind);
        *ret_at = i++;
        MRL_CHECK(digit >= 0, MRL_E_SYNTAX);
        bits = bits << 6 | (uint32_t)digit;
        if (digits++ % 4 > 0)
            out[n++] = (char)(bits >> (6 - 2 * ((digits - 1) % 4)) & 255);
    }
    bool whole = digits % 4 == 0;
    if (i < s.len)
        whole = padding64(s, i + 1, digits % 4, ret_at);
    else
        *ret_at = s.len - digits % 4;
    MRL_CHECK(whole, MRL_E_SYNTAX);
    *ret = (mrl_str){out, n};
    return MRL_OK;
}
