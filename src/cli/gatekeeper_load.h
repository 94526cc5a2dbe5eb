/* gatekeeper_load.h - Gatekeeper's templates and constraints among the policies of a folder.
 *
 * Idea: a YAML or JSON file of Kubernetes objects is no data of a policy. Its ConstraintTemplates
 * and Constraints are collected; samples, suites and the like beside them are left alone. A
 * constraint may stand before its template, in any file, so they are linked at the end.
 */
#ifndef MRL_CLI_GATEKEEPER_LOAD_H
#define MRL_CLI_GATEKEEPER_LOAD_H

#include "base/vec.h"
#include "cli/policy_load.h"
#include "engines/gatekeeper/gatekeeper.h"

struct mrl_gk_files {
    mrl_arena *arena;
    struct mrl_gk_set set;
    MRL_VEC(struct mrl_gk_source) constraints; /* as read, until they are linked */
};

/* Prepares an empty collection and lets `files` ask it about each data file. */
void mrl_gk_files_init(struct mrl_gk_files *g, mrl_arena *a, struct mrl_policy_files *files);
/* Joins constraints with templates and compiles the sound ones together with all that `files` read,
 * into one policy. Faults stay in the set. */
mrl_status mrl_gk_files_compile(struct mrl_gk_files *g, struct mrl_policy_files *files,
                                struct mrl_policy **ret) MRL_NODISCARD;
/* Every template and constraint at fault, with its file, as errors to print. A constraint whose
 * template is at fault is not repeated. */
mrl_status mrl_gk_files_faults(const struct mrl_gk_files *g, struct mrl_err **ret,
                               uint32_t *ret_n) MRL_NODISCARD;

#endif
