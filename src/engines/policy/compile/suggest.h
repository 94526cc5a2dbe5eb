/* suggest.h - "did you mean": the nearest name to one that nobody knows. Used by compile/ only.
 *
 * Each function returns a whole hint in the compiler's arena, or the empty slice.
 */
#ifndef MRL_POLICY_COMPILE_SUGGEST_H
#define MRL_POLICY_COMPILE_SUGGEST_H

#include "engines/policy/compile/scope.h"

/* For a call: builtins that may be called, and functions of the package and of imports. */
mrl_str mrl_suggest_function(struct mrl_lowering *l, mrl_str name);
/* For a name that no literal binds: variables of the rule, rules, imports, input, data. */
mrl_str mrl_suggest_var(struct mrl_compiler *c, const struct mrl_lrule *rule, uint32_t var);
/* For a key: the known ones (a set of values). */
mrl_str mrl_suggest_key(struct mrl_compiler *c, mrl_str name, mrl_val keys);

#endif
