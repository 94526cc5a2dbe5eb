/* regex.h - regular expressions with RE2's syntax and Go's answers, in linear time.
 *
 * Idea: pattern -> tree (regex_parse.c) -> instructions (regex_compile.c) -> all threads side by
 * side over the text, in order of preference (regex_run.c, Pike's machine). No backtracking: time
 * is O(text x instructions), memory O(instructions). Bytes that are not UTF-8 read as U+FFFD of
 * width 1. Source: https://github.com/google/re2/wiki/Syntax; Russ Cox, "Regular Expression
 * Matching: the Virtual Machine Approach". Scripts (\p{Greek}) are those of
 * Go: regex_scripts.c. See docs/adr/0005-own-regular-expressions.md.
 */
#ifndef MRL_MATCH_REGEX_H
#define MRL_MATCH_REGEX_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_REGEX_BYTES_MAX 65536u /* of a pattern */
#define MRL_REGEX_INSTS_MAX 50000u /* of a compiled pattern */
#define MRL_REGEX_DEPTH_MAX 1000u  /* groups inside groups */
#define MRL_REGEX_REPEAT_MAX 1000u /* of {n,m} */
#define MRL_REGEX_NO_MATCH ((size_t)-1)

struct mrl_regex; /* frozen: threads may share it */

/* Compiles `pattern` into `a`, which must outlive the result. MRL_E_SYNTAX with Go's text ("error
 * parsing regexp: missing closing ): `(`"), MRL_E_LIMIT, MRL_E_NOMEM. */
mrl_status mrl_regex_compile(mrl_arena *a, mrl_str pattern, struct mrl_err *err,
                             struct mrl_regex **ret) MRL_NODISCARD;
/* Number of groups, the whole match included. */
uint32_t mrl_regex_groups(const struct mrl_regex *re);
/* Name of group i, or the empty slice. */
mrl_str mrl_regex_group_name(const struct mrl_regex *re, uint32_t i);

/* Finds the leftmost match at or behind `from`, the first alternative preferred. `spans` gets begin
 * and end of each group (MRL_REGEX_NO_MATCH when it took no part): 2 x groups entries; NULL asks
 * only whether there is one. `scratch` is left as it was. */
mrl_status mrl_regex_find(const struct mrl_regex *re, mrl_arena *scratch, mrl_str text, size_t from,
                          size_t *spans, bool *ret) MRL_NODISCARD;

#endif
