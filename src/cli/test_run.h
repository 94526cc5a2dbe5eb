/* test_run.h - the tests of policies: finding, running on several threads, and their results.
 *
 * Idea: tests run on a policy without debug code, each thread with a VM of its own. Only those that
 * fail are compiled and run once more with debug code, to say why: a run in which all pass pays
 * nothing for explanations.
 */
#ifndef MRL_CLI_TEST_RUN_H
#define MRL_CLI_TEST_RUN_H

#include "base/pool.h"
#include "cli/policy_load.h"
#include "engines/policy/observe/coverage.h"
#include "engines/policy/observe/record.h"

enum mrl_test_outcome { MRL_TEST_PASS, MRL_TEST_FAIL, MRL_TEST_ERROR, MRL_TEST_SKIPPED };

struct mrl_test_case { /* a case of a test with keys; cases inside cases by `first` */
    mrl_str name;
    bool fail;
    struct mrl_test_case *first, *next; /* sorted by name */
};

struct mrl_test {
    mrl_str package, name; /* data.a.b, test_x */
    const mrl_str *path;   /* the same below data */
    size_t n_path;
    const struct mrl_module *module;
    const struct mrl_rule *rule;
    const struct mrl_query *query;
    enum mrl_test_outcome outcome;
    int64_t ns;
    struct mrl_buf output; /* what it printed */
    struct mrl_test_case *cases;
    mrl_str why;                 /* FAIL: the expressions that failed */
    mrl_str trace;               /* FAIL: the explanation asked for */
    char text[MRL_ERR_TEXT_MAX]; /* ERROR */
};

struct mrl_test_worker { /* one thread */
    struct mrl_vm *vm;
    mrl_arena arena; /* cases of this round */
    mrl_arena seen;  /* coverage of all rounds */
    struct mrl_test *current;
    struct mrl_builder heard; /* arrays of keys that the test said */
    struct mrl_coverage coverage;
    mrl_status status;
};

struct mrl_testing {
    struct mrl_cli *cli;
    struct mrl_policy_opts opts; /* how the policies are compiled */
    struct mrl_policy_files files;
    struct mrl_policy *policy;
    struct mrl_test *tests;
    size_t n, cap;
    struct mrl_pool *pool;
    struct mrl_test_worker *workers;
    struct mrl_vm_opts limits;
    bool covered;
    uint64_t count[4]; /* by outcome; cases count instead of their test */
};

/* Reads and compiles what the arguments name, with options of the command line, and collects the
 * tests whose names match --run. Errors are in t->files. */
mrl_status mrl_tests_load(struct mrl_testing *t) MRL_NODISCARD;
/* Runs all tests once; their results replace those of the run before. */
mrl_status mrl_tests_run(struct mrl_testing *t) MRL_NODISCARD;
/* Runs the tests that failed again with debug code and keeps why. `mode` is an explanation wanted
 * besides, or empty. */
mrl_status mrl_tests_explain(struct mrl_testing *t, mrl_str mode, bool values) MRL_NODISCARD;
/* Frees what loading and running took. */
void mrl_tests_release(struct mrl_testing *t);

/* Appends the report of that form: pretty, json, junit. */
void mrl_tests_report(const struct mrl_testing *t, mrl_str form, bool verbose, struct mrl_buf *out);

#endif
