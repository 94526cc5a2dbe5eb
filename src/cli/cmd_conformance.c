/* cmd_conformance.c - `merlon conformance`: public cases with expected results.
 *
 * Cases come from other projects and are not ours to bend: a result that differs is a failure,
 * unless it is listed with its reason. A listed case that passes is a failure, too, so that the
 * list can only shrink. Cases outside of what this build has are counted apart, never as passed.
 */
#include "cli/conformance.h"

#include "base/file.h"

#include <stdarg.h>
#include <stdio.h>

#define OUT_MAX (64u << 20)

static const struct {
    const char *name;
    mrl_status (*run)(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err);
} kinds[] = {
    {"rego", mrl_conformance_rego},         {"json", mrl_conformance_json},
    {"yaml", mrl_conformance_yaml},         {"gatekeeper", mrl_conformance_gatekeeper},
    {"sigstore", mrl_conformance_sigstore},
};

/* The reason why a case is known to fail; ptr NULL when it is not listed. */
static mrl_str known_reason(const struct mrl_tally_run *run, mrl_str name) {
    mrl_str rest = run->known;
    while (rest.len > 0) {
        mrl_str reason, line = mrl_str_cut(rest, '\n', &rest);
        mrl_str listed = mrl_str_cut(line, '\t', &reason);
        if (line.len > 0 && line.ptr[0] != '#' && mrl_str_eq(listed, name))
            return reason.ptr != NULL ? reason : MRL_S("");
    }
    return (mrl_str){NULL, 0};
}

/* One line about a case. */
static void say(struct mrl_tally_run *run, const char *what, mrl_str name, const char *why) {
    mrl_buf_printf(&run->out, "%s %.*s%s%s\n", what, MRL_F(name), why[0] != '\0' ? ": " : "", why);
}

void mrl_case_pass(struct mrl_tally_run *run, mrl_str name) {
    if (known_reason(run, name).ptr == NULL) {
        run->passed++;
        return;
    }
    run->failed++;
    say(run, "FAIL", name, "passes, but is listed as a known failure: remove it from the list");
}

void mrl_case_fail(struct mrl_tally_run *run, mrl_str name, const char *fmt, ...) {
    char why[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    if (known_reason(run, name).ptr != NULL) {
        run->known_failures++;
        if (run->verbose)
            say(run, "known", name, why);
        return;
    }
    run->failed++;
    say(run, "FAIL", name, run->verbose ? why : "");
}

void mrl_case_skip(struct mrl_tally_run *run, mrl_str name, const char *fmt, ...) {
    char why[1024];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(why, sizeof why, fmt, ap);
    va_end(ap);
    run->skipped++;
    if (run->verbose)
        say(run, "outside", name, why);
}

/* All paths, then the summary, whose last line scripts read. */
static int run_all(struct mrl_tally_run *run, size_t kind) {
    MRL_ASSERT(kind < MRL_COUNTOF(kinds));
    struct mrl_cli *cli = run->cli;
    for (size_t i = 1; i < cli->n_args; i++) {
        struct mrl_err err;
        mrl_err_init(&err);
        mrl_status status = kinds[kind].run(run, cli->args[i], &err);
        if (status != MRL_OK) {
            mrl_cli_print_err(cli, &err);
            mrl_buf_release(&run->out);
            return mrl_exit_of(status);
        }
    }
    if (run->passed + run->failed + run->skipped + run->known_failures == 0) {
        mrl_buf_release(&run->out);
        mrl_cli_error(cli, "no case was found there: nothing is proved");
        return MRL_EXIT_UNKNOWN;
    }
    if (run->skipped > 0)
        mrl_buf_printf(&run->out, "%llu outside: they need what this build does not have\n",
                       (unsigned long long)run->skipped);
    if (run->known_failures > 0)
        mrl_buf_printf(&run->out, "%llu known failures, listed with their reasons\n",
                       (unsigned long long)run->known_failures);
    bool listed = mrl_opt_given(cli, "known");
    uint64_t failed = run->failed + (listed ? 0 : run->skipped);
    mrl_buf_printf(&run->out, "%llu passed, %llu failed\n", (unsigned long long)run->passed,
                   (unsigned long long)failed);
    int exit = mrl_cli_out_buf(cli, &run->out);
    return exit != MRL_EXIT_OK ? exit : failed > 0 ? MRL_EXIT_FINDINGS : MRL_EXIT_OK;
}

static int run_conformance(struct mrl_cli *cli) {
    size_t kind = 0;
    struct mrl_err err;
    if (cli->n_args < 2)
        return mrl_cli_usage(cli, "name a kind and at least one file or folder");
    while (kind < MRL_COUNTOF(kinds) && !mrl_str_eq(cli->args[0], mrl_str_z(kinds[kind].name)))
        kind++;
    if (kind == MRL_COUNTOF(kinds))
        return mrl_cli_usage(cli, "unknown kind '%.*s'", MRL_F(cli->args[0]));
    struct mrl_tally_run run = {
        .cli = cli, .verbose = mrl_opt_given(cli, "verbose"), .debug = mrl_opt_given(cli, "debug")};
    int64_t index_min = 0;
    if (mrl_opt_int(cli, "index-min", 0, UINT32_MAX, &index_min) != MRL_OK)
        return MRL_EXIT_USAGE;
    run.index_min = (uint32_t)index_min;
    mrl_buf_init(&run.out, OUT_MAX);
    mrl_str list = mrl_opt_str(cli, "known", MRL_S(""));
    if (list.len > 0) {
        mrl_status status = mrl_file_read(cli->arena, list, 0, &err, &run.known);
        if (status != MRL_OK) {
            mrl_cli_print_err(cli, &err);
            return mrl_exit_of(status);
        }
    }
    return run_all(&run, kind);
}

static const struct mrl_opt opts[] = {
    {.name = "verbose", .letter = 'v', .help = "name each failing case with the reason"},
    {.name = "known",
     .arg = "FILE",
     .help = "cases that are known to fail, one a line: name, tab, reason"},
    {.name = "debug", .help = "rego: compile with debug code, keep and explain what it tells"},
    {.name = "index-min",
     .arg = "N",
     .help = "rego: index the rules of a name from N rules on (1: wherever possible)"},
};

static const struct mrl_example examples[] = {
    {"merlon conformance rego -v cases.jsonl", "run cases and say why each failing one fails"},
};

const struct mrl_cmd mrl_cmd_conformance = {
    .name = "conformance",
    .args = "rego|json|yaml|gatekeeper|sigstore PATH...",
    .summary = "run public cases with expected results",
    .text = "Runs published compliance cases and compares the results. With --known, a listed "
            "case may fail, and cases that need functions outside of this build are only counted; "
            "a listed case that passes is a failure, so that the list can only shrink. The last "
            "line is 'N passed, N failed'.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_conformance,
    .args_max = -1,
};
