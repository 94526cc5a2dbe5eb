/* unicode.c - see unicode.h. The wrapper of utf8proc. */
#include "base/unicode.h"

#include <utf8proc.h>

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
