/* utf8.h - reading and writing UTF-8, code point by code point.
 *
 * Idea: text inside merlon is UTF-8, but bytes from elsewhere may not be. A malformed sequence
 * reads as U+FFFD of width 1, as in Go. Source: RFC 3629.
 */
#ifndef MRL_BASE_UTF8_H
#define MRL_BASE_UTF8_H

#include "base/str.h"

#define MRL_UTF8_BAD 0xFFFDu

/* The code point at s[at] (at < s.len) and its width in bytes. */
uint32_t mrl_utf8_at(mrl_str s, size_t at, size_t *ret_width);
/* Writes c to out[0..3] and returns its width; what is no code point is written as U+FFFD. */
size_t mrl_utf8_put(uint32_t c, char out[4]);
/* Number of code points. */
size_t mrl_utf8_count(mrl_str s);
/* True when all of s is well formed. */
bool mrl_utf8_valid(mrl_str s);
/* Offset of the n-th code point, s.len when there are fewer. */
size_t mrl_utf8_offset(mrl_str s, size_t n);

/* True for what must not reach a terminal: C0, DEL, C1, line separators, and the marks that hide or
 * reorder text (CVE-2021-42574 shows why). */
bool mrl_utf8_is_harmful(uint32_t c);

#endif
