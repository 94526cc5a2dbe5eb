/* strict.h - what strict mode, a module's version and capabilities do not allow.
 *
 * Idea: rules about modules that change nothing in the code made: names that hide input or data,
 * imports of one name or of no use, builtins that are deprecated or not among the capabilities.
 * Each runs at the stage at which OPA runs it, so that the first error is the same.
 *
 * Used by compile/ and policy.c only.
 */
#ifndef MRL_POLICY_COMPILE_STRICT_H
#define MRL_POLICY_COMPILE_STRICT_H

#include "engines/policy/capabilities.h"
#include "engines/policy/compile/scope.h"

/* True for modules that follow the rules of v1: by their version, or because all must. */
bool mrl_strict_module(const struct mrl_compiler *c, const struct mrl_module *m);

/* Imports, keywords and heads of a module that is in the tree. MRL_E_INVALID after a report. */
mrl_status mrl_strict_check(struct mrl_compiler *c, struct mrl_module *m) MRL_NODISCARD;
/* Strict mode: imports that the names of the module never meant. After mrl_declare_module. */
mrl_status mrl_strict_unused(struct mrl_compiler *c, struct mrl_module *m) MRL_NODISCARD;
/* Reports the calls that mrl_strict_call noted. The last stage. */
mrl_status mrl_strict_deprecated(struct mrl_compiler *c) MRL_NODISCARD;

/* True when capabilities allow a builtin, or a feature (enum mrl_caps_feature). */
bool mrl_strict_allows(const struct mrl_compiler *c, const struct mrl_builtin *b);
bool mrl_strict_feature(const struct mrl_compiler *c, uint32_t feature);
/* Notes a call of a deprecated builtin. */
void mrl_strict_call(struct mrl_lowering *l, const struct mrl_lterm *call);

#endif
