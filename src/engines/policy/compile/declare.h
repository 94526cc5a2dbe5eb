/* declare.h - checks on names before anything is compiled: declared twice, used before they are
 * declared, declared and never used.
 *
 * Idea: a walk over the source of each rule that counts, scope by scope, how often a name occurs.
 * It runs before lowering, because a wrong declaration makes every later message misleading. Strict
 * mode adds assigned names and arguments that nobody reads. Used by policy.c and query.c only.
 */
#ifndef MRL_POLICY_COMPILE_DECLARE_H
#define MRL_POLICY_COMPILE_DECLARE_H

#include "engines/policy/compile/tree.h"

/* Checks the rules of a module that is in the tree. Errors are reported (rego_compile_error) and
 * give MRL_E_INVALID. Cost: linear in the module. */
mrl_status mrl_declare_module(struct mrl_compiler *c, struct mrl_module *m) MRL_NODISCARD;

#endif
