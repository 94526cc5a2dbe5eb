/* annotations.h - `# METADATA` comment blocks: YAML about the rule or package behind them. */
#ifndef MRL_POLICY_REGO_ANNOTATIONS_H
#define MRL_POLICY_REGO_ANNOTATIONS_H

#include "engines/policy/diag.h"
#include "engines/policy/rego/ast.h"

/* Reads the metadata blocks of a parsed module into m->annotations and each rule's own. Bad YAML is
 * a rego_parse_error. Source: OPA's documentation of annotations. */
mrl_status mrl_rego_annotations(struct mrl_module *m, struct mrl_diags *diags) MRL_NODISCARD;

#endif
