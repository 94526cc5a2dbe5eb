/* parser.h - Rego text to syntax tree.
 *
 * All of v1 and v0 as OPA has it. The version of a module is the one asked for, or v1 after
 * `import rego.v1`. The first error of a module ends its parse; it is added to `diags` with code
 * rego_parse_error. The module borrows `file` and `text`.
 */
#ifndef MRL_POLICY_REGO_PARSER_H
#define MRL_POLICY_REGO_PARSER_H

#include "engines/policy/diag.h"
#include "engines/policy/rego/ast.h"

/* Parses a module. MRL_E_INVALID when diags got an error; MRL_E_NOMEM. */
mrl_status mrl_rego_parse_module(mrl_arena *a, mrl_str file, mrl_str text,
                                 enum mrl_rego_version version, struct mrl_diags *diags,
                                 struct mrl_module **ret) MRL_NODISCARD;

/* As mrl_rego_parse_module without reading the `# METADATA` comments: for those who want the text
 * and not what it says about itself. */
mrl_status mrl_rego_parse_source(mrl_arena *a, mrl_str file, mrl_str text,
                                 enum mrl_rego_version version, struct mrl_diags *diags,
                                 struct mrl_module **ret) MRL_NODISCARD;

/* Parses a query (a body) as a module of its own without package and rules: its one rule holds the
 * body, so that later passes need no second way. `imports` is a list such as "data.x as y;
 * input.z", or empty. */
mrl_status mrl_rego_parse_query(mrl_arena *a, mrl_str text, mrl_str imports,
                                enum mrl_rego_version version, struct mrl_diags *diags,
                                struct mrl_module **ret) MRL_NODISCARD;

#endif
