/* glob.h - globs as Gatekeeper's and OPA's users write them (the language of gobwas/glob).
 *
 * Idea: a glob is a regular expression in other words: `*` any text without a delimiter, `**` any
 * text, `?` one character that is no delimiter, [abc] [!a-z], {one,two}, `\` takes the next
 * character as it is. It is translated and matched in linear time.
 */
#ifndef MRL_MATCH_GLOB_H
#define MRL_MATCH_GLOB_H

#include "engines/match/regex.h"

/* Compiles a glob; `delimiters` are code points (UTF-8 text, may be empty). MRL_E_SYNTAX for open
 * brackets. */
mrl_status mrl_glob_compile(mrl_arena *a, mrl_str glob, mrl_str delimiters, struct mrl_err *err,
                            struct mrl_regex **ret) MRL_NODISCARD;

#endif
