/* scan.h - the lexical half of the JSON parser: strings and places. Used by json/ only. */
#ifndef MRL_FORMATS_JSON_SCAN_H
#define MRL_FORMATS_JSON_SCAN_H

#include "base/arena.h"
#include "base/status.h"

static inline bool mrl_json_is_space(char c) {
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Line and column of an offset. Cost: linear; for errors only. */
struct mrl_pos mrl_json_pos(mrl_str text, uint32_t offset);

/* Reads a string whose opening quote is behind *p; leaves *p behind the closing quote, or at the
 * offending byte with *what saying why. Without escapes the result borrows unless `copy`. */
mrl_status mrl_json_scan_string(mrl_arena *a, const char **p, const char *end, bool copy,
                                mrl_str *ret, const char **what) MRL_NODISCARD;

#endif
