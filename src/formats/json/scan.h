/* scan.h - the lexical half of the JSON parser: strings, white space, places. Used by json/ only.
 */
#ifndef MRL_FORMATS_JSON_SCAN_H
#define MRL_FORMATS_JSON_SCAN_H

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "base/arena.h"
#include "base/status.h"

static inline bool mrl_json_is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* One bit for each of 16 bytes that is a quote, a backslash, a control character or not ASCII. */
#if defined(__SSE2__)
static MRL_INLINE uint32_t mrl_json_special16(const char *p) {
    __m128i v = _mm_loadu_si128((const __m128i *)(const void *)p);
    __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"'));
    __m128i slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
    /* signed: bytes from 0x80 on are negative, so below 32, too */
    __m128i low = _mm_cmplt_epi8(v, _mm_set1_epi8(32));
    return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, slash), low));
}
#endif

/* The first byte at or after p that is a quote, a backslash, a control character or not ASCII; or
 * `end`. 32 bytes a step: two loads cost less than a branch between them that is guessed wrong. */
static MRL_INLINE const char *mrl_json_next_special(const char *p, const char *end) {
#if defined(__SSE2__)
    while (MRL_LIKELY(end - p >= 32)) {
        uint32_t mask = mrl_json_special16(p) | mrl_json_special16(p + 16) << 16;
        if (MRL_LIKELY(mask != 0))
            return p + __builtin_ctz(mask);
        p += 32;
    }
#endif
    while (p < end && *p != '"' && *p != '\\' && (unsigned char)*p >= 32 && (unsigned char)*p < 128)
        p++;
    return p;
}

/* The first byte at or after p that is no white space, or `end`. */
const char *mrl_json_skip_space(const char *p, const char *end);

/* Line and column of an offset. Cost: linear; for errors only. */
struct mrl_pos mrl_json_pos(mrl_str text, uint32_t offset);

/* Reads a string whose opening quote is behind *p; leaves *p behind the closing quote, or at the
 * offending byte with *what saying why. Without escapes the result borrows unless `copy`. */
mrl_status mrl_json_scan_string(mrl_arena *a, const char **p, const char *end, bool copy,
                                mrl_str *ret, const char **what) MRL_NODISCARD;

#endif
