/* order.h - puts the literals of a body into an order in which each finds its variables bound.
 *
 * As in OPA: literals keep their order where they can; one that needs a variable which a later one
 * binds moves behind it. A variable that nothing binds is unsafe. Used by compile/ only.
 */
#ifndef MRL_POLICY_COMPILE_ORDER_H
#define MRL_POLICY_COMPILE_ORDER_H

#include "engines/policy/compile/vars.h"

/* Reorders b in place and adds what it binds to `bound`. Unsafe variables are reported
 * (rego_unsafe_var_error) and give MRL_E_INVALID. Unifications of two composites are split into
 * their parts on the way. */
mrl_status mrl_order_body(struct mrl_compiler *c, const struct mrl_lrule *rule, struct mrl_lbody *b,
                          struct mrl_vset *bound) MRL_NODISCARD;

/* Reports the variables of a head term that the body does not bind. */
mrl_status mrl_order_head(struct mrl_compiler *c, const struct mrl_lrule *rule,
                          const struct mrl_lterm *t, const struct mrl_vset *bound) MRL_NODISCARD;

/* Reports the variables of an argument that no value can bind: those in a set or in a key. */
mrl_status mrl_order_pattern(struct mrl_compiler *c, const struct mrl_lrule *rule,
                             const struct mrl_lterm *t, const struct mrl_vset *bound) MRL_NODISCARD;

#endif
