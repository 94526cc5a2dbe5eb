/* verify.h - running gator's test suites: `merlon policy verify` and `merlon conformance
 * gatekeeper`.
 *
 * Idea: all suites are read first, every template and constraint once, and all templates are
 * compiled into one policy; then the cases run one by one on one VM. What came out is a flat list
 * of rows for the reports. One thread; everything lives in the run's arena.
 */
#ifndef MRL_CLI_VERIFY_H
#define MRL_CLI_VERIFY_H

#include "cli/cli.h"
#include "engines/gatekeeper/suite.h"

enum mrl_outcome { MRL_ROW_PASS, MRL_ROW_FAIL, MRL_ROW_SKIP, MRL_ROW_CEL };

struct mrl_verify_row {
    mrl_str suite;                     /* its file */
    const struct mrl_suite_test *test; /* NULL: about the suite */
    const struct mrl_suite_case *one;  /* NULL: about the test as a whole */
    enum mrl_outcome outcome;          /* MRL_ROW_CEL: skipped, the rule is CEL only */
    mrl_str why;                       /* of a failure or skip; a note of a pass */
    mrl_str *messages;                 /* of the violations, sorted */
    uint32_t n_messages;
    int64_t ns;
};

struct mrl_verify {
    struct mrl_cli *cli;
    mrl_arena *arena;
    struct mrl_suite_filter filter;
    struct mrl_gk_set set;
    struct mrl_policy *policy;
    struct mrl_vm *vm;
    struct mrl_builder documents; /* path to number */
    struct mrl_verify_document *docs;
    struct mrl_verify_suite *suites;
    struct mrl_verify_row *rows;
    uint32_t n_docs, cap_docs, n_suites, cap_suites, n_rows, cap_rows;
    uint32_t both;     /* templates that have CEL beside the Rego that is judged */
    uint64_t count[4]; /* by outcome */
    struct mrl_err err;
};

/* Prepares a run; `filter` as --run has it. v->err says what is wrong with it. */
mrl_status mrl_verify_init(struct mrl_verify *v, struct mrl_cli *cli, mrl_str filter) MRL_NODISCARD;
/* Adds the suites of a file, or of all YAML files below a folder; a trailing "..." is allowed. A
 * broken suite becomes a failed row; a path that cannot be read is an error (v->err). */
mrl_status mrl_verify_add(struct mrl_verify *v, mrl_str path) MRL_NODISCARD;
/* Compiles and runs everything added. */
mrl_status mrl_verify_run(struct mrl_verify *v) MRL_NODISCARD;
/* Frees policy and VM. */
void mrl_verify_release(struct mrl_verify *v);

#endif
