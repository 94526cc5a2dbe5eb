/* fmt.h - Rego in its one canonical layout.
 *
 * Idea: the layout is that of `opa fmt`, byte for byte, so that a team can mix both tools and no
 * diff appears. Where OPA's own output would lose a comment or change the meaning, ours does not:
 * tests/cases/fmt/known_differences.txt lists those cases. Layout follows the rows of the source:
 * what the author put on one line stays on one line. The result is parsed again and compared with
 * what was read (same.c) before anyone sees it: a formatter that changes a policy is worse than
 * none.
 *
 * Cost: linear in the text, save that comments which cannot be placed make their statement be
 * copied as written. Everything lives in the arena.
 */
#ifndef MRL_POLICY_FMT_FMT_H
#define MRL_POLICY_FMT_FMT_H

#include "engines/policy/diag.h"
#include "engines/policy/rego/ast.h"

struct mrl_fmt_opts {
    enum mrl_rego_version version; /* dialect of the source */
    bool v0_to_v1;        /* source is v0; write what both v0 and v1 accept (import rego.v1) */
    bool drop_v0_imports; /* v1: leave out rego.v1 and future.keywords imports */
    bool unchecked;       /* do not parse the result again */
};

/* Formats one module. `file` names it in messages; both slices must outlive the arena's use.
 * MRL_E_INVALID: the module does not parse, breaks a rule of v1, or (code rego_format_error) cannot
 * be written without a change; `diags` says why. MRL_E_LIMIT, MRL_E_NOMEM. `*ret` lives in `a`. */
mrl_status mrl_rego_fmt(mrl_arena *a, mrl_str file, mrl_str text, const struct mrl_fmt_opts *opts,
                        struct mrl_diags *diags, mrl_str *ret) MRL_NODISCARD;

/* True when both modules say the same: equal trees, whatever the places, the layout and the way in
 * which equal things are written (`p[x]` and `p contains x`, a template's literal part). */
bool mrl_rego_same(const struct mrl_module *a, const struct mrl_module *b);

#endif
