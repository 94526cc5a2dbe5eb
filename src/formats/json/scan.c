/* scan.c - JSON strings with escapes and UTF-8, white space, places. The fast path is in scan.h.
 *
 * What is here runs for the few strings that are not plain ASCII: every byte is checked, since a
 * string that was taken on trust would carry broken UTF-8 into messages and files. Offsets become
 * lines only when an error asks.
 */
#include "formats/json/scan.h"

struct mrl_pos mrl_json_pos(mrl_str text, uint32_t at) {
    struct mrl_pos pos = {.line = 1, .col = 1, .offset = at};
    for (uint32_t i = 0; i < at && i < text.len; i++) {
        pos.col++;
        if (text.ptr[i] == '\n') {
            pos.line++;
            pos.col = 1;
        }
    }
    return pos;
}

/* Indented text has a line end and then many blanks: those go 16 at a time. */
const char *mrl_json_skip_space(const char *p, const char *end) {
    while (p < end && mrl_json_is_space(*p)) {
        p++;
#if defined(__SSE2__)
        while (end - p >= 16) {
            __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
            unsigned mask = (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(v, _mm_set1_epi8(' ')));
            if (mask != 0xFFFF) {
                p += __builtin_ctz(~mask);
                break;
            }
            p += 16;
        }
#endif
    }
    return p;
}

/* Bytes 1 to n-1 continue a sequence. */
static bool continues(const unsigned char *p, size_t n) {
    for (size_t i = 1; i < n; i++)
        if ((p[i] & 0xC0) != 0x80)
            return false;
    return true;
}

/* Length of the valid UTF-8 sequence at p, or 0 (RFC 3629: no overlong forms, no surrogates). */
static size_t rune_length(const char *at, const char *end) {
    MRL_DASSERT(at < end);
    const unsigned char *p = (const unsigned char *)at;
    size_t left = (size_t)(end - at);
    if (p[0] >= 0xC2 && p[0] <= 0xDF)
        return left >= 2 && continues(p, 2) ? 2 : 0;
    if ((p[0] & 0xF0) == 0xE0) {
        bool ok = left >= 3 && continues(p, 3) && !(p[0] == 0xE0 && p[1] < 0xA0) &&
                  !(p[0] == 0xED && p[1] > 0x9F);
        return ok ? 3 : 0;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        bool ok = left >= 4 && continues(p, 4) && !(p[0] == 0xF0 && p[1] < 0x90) &&
                  !(p[0] == 0xF4 && p[1] > 0x8F);
        return ok ? 4 : 0;
    }
    return 0;
}

/* Four hex digits, or -1. */
static int hex4(const char *p, const char *end) {
    if (end - p < 4)
        return -1;
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = p[i];
        int d = c >= '0' && c <= '9'                     ? c - '0'
                : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                         : -1;
        if (d < 0)
            return -1;
        v = v << 4 | d;
    }
    return v;
}

/* Writes a code point as UTF-8; returns where the next byte goes. */
static char *put_rune(char *out, uint32_t c) {
    MRL_DASSERT(c <= 0x10FFFF);
    if (c < 0x80) {
        *out++ = (char)c;
    } else if (c < 0x800) {
        *out++ = (char)(0xC0 | c >> 6);
        *out++ = (char)(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        *out++ = (char)(0xE0 | c >> 12);
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    } else {
        *out++ = (char)(0xF0 | c >> 18);
        *out++ = (char)(0x80 | (c >> 12 & 0x3F));
        *out++ = (char)(0x80 | (c >> 6 & 0x3F));
        *out++ = (char)(0x80 | (c & 0x3F));
    }
    return out;
}

/* \uXXXX at p (behind the u). A surrogate without its other half becomes U+FFFD, as in Go. */
static bool unicode_escape(const char **p, const char *end, uint32_t *ret) {
    int hi = hex4(*p, end);
    if (hi < 0)
        return false;
    *p += 4;
    *ret = (uint32_t)hi;
    if (hi < 0xD800 || hi > 0xDFFF)
        return true;
    *ret = 0xFFFD;
    if (hi <= 0xDBFF && end - *p >= 6 && (*p)[0] == '\\' && (*p)[1] == 'u') {
        int lo = hex4(*p + 2, end);
        if (lo >= 0xDC00 && lo <= 0xDFFF) {
            *ret = 0x10000 + ((uint32_t)(hi - 0xD800) << 10) + (uint32_t)(lo - 0xDC00);
            *p += 6;
        }
    }
    return true;
}

/* One escape at *p (the backslash); appends what it means. */
static bool escape(const char **p, const char *end, char **out) {
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    if (end - *p < 2)
        return false;
    char c = (*p)[1];
    if (c == 'u') {
        uint32_t rune;
        const char *q = *p + 2;
        if (!unicode_escape(&q, end, &rune))
            return false;
        *p = q;
        *out = put_rune(*out, rune);
        return true;
    }
    const char *hit = c != '\0' ? strchr(from, c) : NULL;
    if (hit == NULL)
        return false;
    *(*out)++ = to[hit - from];
    *p += 2;
    return true;
}

/* Bytes up to the closing quote; false when there is none. */
static bool find_end(const char *p, const char *end, size_t *ret_len) {
    const char *start = p;
    while (p < end && *p != '"')
        p += *p == '\\' && end - p > 1 ? 2 : 1;
    *ret_len = (size_t)(p - start);
    return p < end;
}

/* A string with an escape at *p: the part before it is copied, the rest is decoded. */
static mrl_status decode(mrl_arena *a, const char *start, const char **p, const char *end,
                         mrl_str *ret, const char **what) {
    MRL_DASSERT(start <= *p && *p < end);
    size_t rest;
    if (!find_end(*p, end, &rest)) {
        *what = "this string has no end";
        return MRL_E_SYNTAX;
    }
    size_t before = (size_t)(*p - start);
    /* Decoding never lengthens: the shortest escape of a character is longer than its UTF-8. */
    char *copy = mrl_arena_alloc(a, before + rest + 1, 1), *out = copy;
    MRL_CHECK(copy != NULL, MRL_E_NOMEM);
    memcpy(out, start, before);
    out += before;
    while (**p != '"') {
        const char *special = mrl_json_next_special(*p, end);
        memcpy(out, *p, (size_t)(special - *p));
        out += special - *p;
        *p = special;
        size_t n = special < end ? rune_length(special, end) : 0;
        if (special < end && *special == '"')
            break;
        if (special < end && *special == '\\') {
            if (!escape(p, end, &out)) {
                *what = "unknown escape in a string";
                return MRL_E_SYNTAX;
            }
            continue;
        }
        if (n == 0) {
            *what = "a string holds a control character or invalid UTF-8";
            return MRL_E_SYNTAX;
        }
        memcpy(out, special, n);
        out += n;
        *p += n;
    }
    (*p)++;
    *ret = (mrl_str){copy, (size_t)(out - copy)};
    return MRL_OK;
}

mrl_status mrl_json_scan_string(mrl_arena *a, const char **p, const char *end, bool copy,
                                mrl_str *ret, const char **what) {
    const char *start = *p, *q = start;
    for (;;) {
        q = mrl_json_next_special(q, end);
        *p = q;
        if (q >= end) {
            *what = "this string has no end";
            return MRL_E_SYNTAX;
        }
        if (*q == '"')
            break;
        if (*q == '\\')
            return decode(a, start, p, end, ret, what);
        size_t n = rune_length(q, end);
        if (n == 0) {
            *what = "a string holds a control character or invalid UTF-8";
            return MRL_E_SYNTAX;
        }
        q += n;
    }
    *p = q + 1;
    mrl_str s = {start, (size_t)(q - start)};
    if (copy)
        s = mrl_arena_str(a, s);
    MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
    *ret = s;
    return MRL_OK;
}
