/* metadata.h - what rego.metadata.rule() and rego.metadata.chain() give in a rule.
 *
 * Both are known when a policy is compiled, so a call becomes a constant. Used by compile/ only.
 * Source: OPA's documentation of annotations and of the two functions.
 */
#ifndef MRL_POLICY_COMPILE_METADATA_H
#define MRL_POLICY_COMPILE_METADATA_H

#include "engines/policy/compile/tree.h"

/* The first annotation of rule scope, or {}. */
mrl_status mrl_metadata_rule(struct mrl_compiler *c, const struct mrl_rule *rule,
                             mrl_val *ret) MRL_NODISCARD;
/* All annotations that hold for the rule as [{"annotations", "path"}, …], from the rule outwards:
 * rule, document, package, packages above with scope subpackages. The first entry is the rule's
 * even when it has no annotation. */
mrl_status mrl_metadata_chain(struct mrl_compiler *c, const struct mrl_module *m,
                              const struct mrl_rule *rule, mrl_val *ret) MRL_NODISCARD;

#endif
