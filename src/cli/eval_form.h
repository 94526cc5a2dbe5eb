/* eval_form.h - the forms in which `merlon policy eval` prints what it found out. */
#ifndef MRL_CLI_EVAL_FORM_H
#define MRL_CLI_EVAL_FORM_H

#include "cli/cli.h"
#include "engines/policy/observe/coverage.h"
#include "engines/policy/observe/profile.h"
#include "engines/policy/observe/record.h"
#include "engines/policy/policy.h"

/* Reading files and parsing; compiling policies and query; evaluating, the mean of all runs. */
enum mrl_eval_timer { MRL_TIME_LOAD, MRL_TIME_COMPILE, MRL_TIME_EVAL, MRL_TIMERS };

struct mrl_eval_found { /* NULL: not asked for */
    mrl_arena *arena;
    const struct mrl_query *query; /* NULL when it could not be compiled */
    mrl_val rows;
    const struct mrl_err *err;     /* the evaluation ended so; NULL: it did not */
    const struct mrl_diags *diags; /* policies or query could not be compiled */
    const int64_t *timers;         /* nanoseconds by enum mrl_eval_timer */
    const struct mrl_record *record;
    mrl_str explain; /* mode; empty: off */
    const struct mrl_profile *profile;
    uint32_t profile_limit;
    const struct mrl_cover_report *coverage;
    size_t cell_max; /* bytes of a table's cell */
};

/* Appends the form of that name: json, pretty, raw, values, bindings, discard. */
void mrl_eval_print(const struct mrl_eval_found *f, mrl_str form, struct mrl_buf *out);
/* Appends OPA's coverage report: {"files": …, "covered_lines": …}. */
struct mrl_jout;
void mrl_coverage_json(struct mrl_jout *j, const struct mrl_cover_report *r);

#endif
