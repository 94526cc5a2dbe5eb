/* builtins.h - declares the function of every row of builtins.def that has one.
 *
 * Idea: one line a function, grouped by the file that defines it. Every function has the type
 * mrl_builtin_fn: what it takes and gives stands in its row.
 */
#ifndef MRL_POLICY_BUILTINS_H
#define MRL_POLICY_BUILTINS_H

#include "engines/policy/builtin.h"

#define MRL_DECLARE_BUILTIN(fn)                                                                    \
    mrl_status mrl_bi_##fn(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret)

#endif
