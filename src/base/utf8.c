/* utf8.c - see utf8.h. */
#include "base/utf8.h"

uint32_t mrl_utf8_at(mrl_str s, size_t at, size_t *ret_width) {
    MRL_DASSERT(at < s.len);
    const unsigned char *p = (const unsigned char *)s.ptr + at;
    size_t left = s.len - at;
    *ret_width = 1;
    if (p[0] < 0x80)
        return p[0];
    if (p[0] < 0xC2 || p[0] > 0xF4)
        return MRL_UTF8_BAD;
    size_t more = p[0] >= 0xF0 ? 3 : p[0] >= 0xE0 ? 2 : 1;
    if (left <= more || (p[1] & 0xC0) != 0x80 || (p[0] == 0xE0 && p[1] < 0xA0) ||
        (p[0] == 0xED && p[1] > 0x9F) || (p[0] == 0xF0 && p[1] < 0x90) ||
        (p[0] == 0xF4 && p[1] > 0x8F))
        return MRL_UTF8_BAD;
    uint32_t c = p[0] & (0x3Fu >> more);
    for (size_t i = 1; i <= more; i++) {
        if ((p[i] & 0xC0) != 0x80)
            return MRL_UTF8_BAD;
        c = c << 6 | (p[i] & 0x3F);
    }
    *ret_width = more + 1;
    return c;
}

size_t mrl_utf8_put(uint32_t c, char out[4]) {
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        c = MRL_UTF8_BAD;
    if (c < 0x80) {
        out[0] = (char)c;
        return 1;
    }
    size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = n; i > 1; i--, c >>= 6)
        out[i - 1] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}

size_t mrl_utf8_count(mrl_str s) {
    size_t n = 0;
    for (size_t at = 0, width; at < s.len; at += width, n++)
        (void)mrl_utf8_at(s, at, &width);
    return n;
}

bool mrl_utf8_valid(mrl_str s) {
    for (size_t at = 0, width; at < s.len; at += width)
        if (mrl_utf8_at(s, at, &width) == MRL_UTF8_BAD && width == 1)
            return false;
    return true;
}

size_t mrl_utf8_offset(mrl_str s, size_t n) {
    size_t at = 0, width;
    for (; n > 0 && at < s.len; n--, at += width)
        (void)mrl_utf8_at(s, at, &width);
    return at;
}

bool mrl_utf8_is_harmful(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}
