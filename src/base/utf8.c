/* utf8.c - see utf8.h. The wrapper of utf8proc. */
#include "base/utf8.h"

#include <utf8proc.h>

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

uint32_t mrl_unicode_lower(uint32_t c) {
    if (c < 0x80)
        return c >= 'A' && c <= 'Z' ? c + 32 : c;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)c);
}

uint32_t mrl_unicode_upper(uint32_t c) {
    if (c < 0x80)
        return c >= 'a' && c <= 'z' ? c - 32 : c;
    if (c == 0xDF) /* sharp s: UnicodeData has no simple capital for it, the library has */
        return c;
    return (uint32_t)utf8proc_toupper((utf8proc_int32_t)c);
}

unsigned mrl_unicode_width(uint32_t c) {
    int width = utf8proc_charwidth((utf8proc_int32_t)c);
    return width > 0 ? (unsigned)width : 0;
}

bool mrl_unicode_space(uint32_t c) {
    if (c < 0x100)
        return c == ' ' || (c >= 9 && c <= 13) || c == 0x85 || c == 0xA0;
    utf8proc_category_t k = utf8proc_category((utf8proc_int32_t)c);
    return k == UTF8PROC_CATEGORY_ZS || k == UTF8PROC_CATEGORY_ZL || k == UTF8PROC_CATEGORY_ZP;
}
