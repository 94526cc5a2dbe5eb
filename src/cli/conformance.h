/* conformance.h - running public cases with expected results.
 *
 * Idea: each kind of case is one file and one row of the table in cmd_conformance.c. A kind reads
 * its files and reports each case by name; this module keeps the tally and the list of known
 * failures, which can only shrink: a known case that passes is an error.
 */
#ifndef MRL_CLI_CONFORMANCE_H
#define MRL_CLI_CONFORMANCE_H

#include "cli/cli.h"

struct mrl_tally_run {
    struct mrl_cli *cli;
    mrl_str known; /* lines "name<TAB>reason" */
    bool verbose;
    uint32_t index_min; /* rego: see mrl_policy_opts */
    bool debug;         /* rego: compile debug code in, keep and explain what it tells */
    uint64_t passed, failed, known_failures, skipped;
    struct mrl_buf out;
};

/* One case that passed. */
void mrl_case_pass(struct mrl_tally_run *run, mrl_str name);
/* One case that failed: counts as known when it is listed. */
void mrl_case_fail(struct mrl_tally_run *run, mrl_str name, const char *fmt, ...) MRL_PRINTF(3, 4);
/* One case that this build cannot run, with the reason. */
void mrl_case_skip(struct mrl_tally_run *run, mrl_str name, const char *fmt, ...) MRL_PRINTF(3, 4);

/* The kinds: each runs all cases of a file or folder. */
mrl_status mrl_conformance_rego(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err);
/* The cases of the YAML suite, compared with their JSON. */
mrl_status mrl_conformance_yaml(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err);
/* The suites of a Gatekeeper library. */
mrl_status mrl_conformance_gatekeeper(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err);
mrl_status mrl_conformance_sigstore(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err);
/* The files of the JSON suite: y_ must parse, n_ must not. */
mrl_status mrl_conformance_json(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err);

#endif
