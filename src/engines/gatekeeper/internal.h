/* internal.h - shared by the files of engines/gatekeeper/ only. */
#ifndef MRL_GATEKEEPER_INTERNAL_H
#define MRL_GATEKEEPER_INTERNAL_H

#include "engines/gatekeeper/gatekeeper.h"

/* Gives a sound thing its fault, with a copy of the reason; one that has a fault keeps it. */
mrl_status mrl_gk_blame(mrl_arena *a, enum mrl_gk_fault fault, mrl_str why,
                        enum mrl_gk_fault *ret_fault, mrl_str *ret_problem) MRL_NODISCARD;

/* The place of an offset of a text. Counts on from the last one asked for, so that the documents of
 * a file, asked for in order, cost one pass together. */
struct mrl_pos mrl_gk_pos(struct mrl_gk_set *s, const struct mrl_gk_source *src, uint32_t offset);

/* Moves a template's module into the packages of its own and checks what it reads (rewrite.c).
 * `lib`: it is one of the template's libs. MRL_E_INVALID after a diagnostic. */
mrl_status mrl_gk_rewrite(struct mrl_module *m, const struct mrl_gk_template *t, bool lib,
                          struct mrl_diags *diags) MRL_NODISCARD;

/* The name of the package of all rules: data.gatekeeper.<template>, and of all libs. */
#define MRL_GK_ROOT "gatekeeper"
#define MRL_GK_LIB_ROOT "gatekeeper_libs"

#endif
