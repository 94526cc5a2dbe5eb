/* cmd_policy_verify.c - `merlon policy verify`: runs gator's suites of Gatekeeper constraints. */
#include "cli/json_out.h"
#include "cli/verify.h"
#include "cli/xml.h"

#include "formats/json/json.h"

#define OUT_MAX (256u << 20)

static const char *const words[] = {"pass", "fail", "skip", "skip"};

static void name_of(struct mrl_buf *b, const struct mrl_verify_row *r) {
    if (r->test != NULL)
        mrl_buf_printf(b, "%.*s", MRL_F(r->test->name));
    if (r->one != NULL)
        mrl_buf_printf(b, "%s%.*s", r->test->name.len > 0 ? ": " : "", MRL_F(r->one->name));
    if (r->test == NULL)
        mrl_buf_add(b, MRL_S("the suite"));
}

/* --- people
 * --------------------------------------------------------------------------------------- */

/* Without -v only what needs a reader's eye: failures, and rules that could not be judged. */
static bool shown(const struct mrl_verify_row *r, bool verbose) {
    return verbose || r->outcome == MRL_ROW_FAIL || r->outcome == MRL_ROW_CEL;
}

static void human_row(struct mrl_buf *b, const struct mrl_verify_row *r, bool verbose) {
    mrl_buf_printf(b, "  %s  ", words[r->outcome]);
    name_of(b, r);
    if (verbose && r->one != NULL)
        mrl_buf_printf(b, " (%.3f ms)", (double)r->ns / 1e6);
    mrl_buf_byte(b, '\n');
    if (r->why.len > 0)
        mrl_buf_printf(b, "        %s%.*s\n", r->outcome == MRL_ROW_PASS ? "note: " : "",
                       MRL_F(r->why));
    for (uint32_t i = 0; verbose && i < r->n_messages; i++)
        mrl_buf_printf(b, "        violation: %.*s\n", MRL_F(r->messages[i]));
}

static void human(const struct mrl_verify *v, struct mrl_buf *b) {
    bool verbose = mrl_opt_given(v->cli, "verbose");
    mrl_str last = {NULL, 0};
    for (uint32_t i = 0; i < v->n_rows; i++) {
        const struct mrl_verify_row *r = &v->rows[i];
        if (!shown(r, verbose))
            continue;
        if (!mrl_str_eq(r->suite, last))
            mrl_buf_printf(b, "%.*s\n", MRL_F(r->suite));
        last = r->suite;
        human_row(b, r, verbose);
    }
    if (v->both > 0)
        mrl_buf_printf(b,
                       "%u template%s CEL beside Rego: judged by the Rego, while Gatekeeper may "
                       "use the CEL\n",
                       v->both, v->both == 1 ? " has" : "s have");
    mrl_buf_printf(b, "%llu passed, %llu failed", (unsigned long long)v->count[MRL_ROW_PASS],
                   (unsigned long long)v->count[MRL_ROW_FAIL]);
    uint64_t skipped = v->count[MRL_ROW_SKIP] + v->count[MRL_ROW_CEL];
    if (skipped > 0)
        mrl_buf_printf(b, ", %llu skipped", (unsigned long long)skipped);
    mrl_buf_byte(b, '\n');
}

/* --- programs
 * ------------------------------------------------------------------------------------- */

static void json(const struct mrl_verify *v, struct mrl_buf *b) {
    mrl_buf_add(b, MRL_S("["));
    for (uint32_t i = 0; i < v->n_rows; i++) {
        const struct mrl_verify_row *r = &v->rows[i];
        mrl_buf_printf(b, "%s\n  {\"outcome\": \"%s\"", i > 0 ? "," : "", words[r->outcome]);
        mrl_json_text_member(b, "suite", r->suite);
        if (r->test != NULL)
            mrl_json_text_member(b, "test", r->test->name);
        if (r->one != NULL)
            mrl_json_text_member(b, "case", r->one->name);
        if (r->why.len > 0)
            mrl_json_text_member(b, r->outcome == MRL_ROW_PASS ? "note" : "reason", r->why);
        mrl_buf_add(b, MRL_S(", \"messages\": ["));
        for (uint32_t k = 0; k < r->n_messages; k++) {
            mrl_buf_add(b, k > 0 ? MRL_S(", ") : MRL_S(""));
            mrl_json_write_str(b, r->messages[k], false);
        }
        mrl_buf_printf(b, "], \"duration\": %lld}", (long long)r->ns);
    }
    mrl_buf_add(b, MRL_S("\n]\n"));
}

/* A suite's file is the class, the test and the case are the name: CI servers group by class. */
static void junit_row(struct mrl_buf *b, const struct mrl_verify_row *r) {
    mrl_buf_add(b, MRL_S("<testcase classname=\""));
    mrl_xml_text(b, r->suite);
    mrl_buf_add(b, MRL_S("\" name=\""));
    struct mrl_buf name;
    mrl_buf_init(&name, 1 << 20);
    name_of(&name, r);
    mrl_xml_text(b, mrl_buf_str(&name));
    mrl_buf_release(&name);
    mrl_buf_printf(b, "\" time=\"%.6f\">", (double)r->ns / 1e9);
    if (r->outcome == MRL_ROW_FAIL) {
        mrl_buf_add(b, MRL_S("<failure message=\""));
        mrl_xml_text(b, r->why);
        mrl_buf_add(b, MRL_S("\"/>"));
    } else if (r->outcome != MRL_ROW_PASS) {
        mrl_buf_add(b, MRL_S("<skipped message=\""));
        mrl_xml_text(b, r->why);
        mrl_buf_add(b, MRL_S("\"/>"));
    }
    mrl_buf_add(b, MRL_S("</testcase>\n"));
}

static void junit(const struct mrl_verify *v, struct mrl_buf *b) {
    mrl_buf_printf(b,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
                   "name=\"merlon policy verify\" tests=\"%u\" failures=\"%llu\" "
                   "skipped=\"%llu\">\n",
                   v->n_rows, (unsigned long long)v->count[MRL_ROW_FAIL],
                   (unsigned long long)(v->count[MRL_ROW_SKIP] + v->count[MRL_ROW_CEL]));
    for (uint32_t i = 0; i < v->n_rows; i++)
        junit_row(b, &v->rows[i]);
    mrl_buf_add(b, MRL_S("</testsuite>\n</testsuites>\n"));
}

/* --- the command
 * ---------------------------------------------------------------------------------- */

static int report(struct mrl_verify *v) {
    struct mrl_buf b;
    mrl_str format = mrl_opt_str(v->cli, "format", MRL_S("human"));
    mrl_buf_init(&b, OUT_MAX);
    if (mrl_str_eq(format, MRL_S("json")))
        json(v, &b);
    else if (mrl_str_eq(format, MRL_S("junit")))
        junit(v, &b);
    else
        human(v, &b);
    int exit = mrl_cli_out_buf(v->cli, &b);
    if (exit != MRL_EXIT_OK)
        return exit;
    if (v->n_rows == 0) { /* nothing verified is not the same as all well */
        mrl_cli_error(v->cli, "no suites were found: name a folder with gator's suite.yaml files");
        return MRL_EXIT_UNKNOWN;
    }
    if (v->count[MRL_ROW_FAIL] > 0)
        return MRL_EXIT_FINDINGS;
    return v->count[MRL_ROW_PASS] == 0 && v->count[MRL_ROW_CEL] > 0 ? MRL_EXIT_UNKNOWN
                                                                    : MRL_EXIT_OK;
}

/* All paths are one run: a template that two of them use is compiled once. */
static mrl_status verify(struct mrl_verify *v) {
    if (v->cli->n_args == 0)
        MRL_TRY(mrl_verify_add(v, MRL_S(".")));
    for (size_t i = 0; i < v->cli->n_args; i++)
        MRL_TRY(mrl_verify_add(v, v->cli->args[i]));
    return mrl_verify_run(v);
}

static int run_verify(struct mrl_cli *cli) {
    struct mrl_verify v;
    mrl_status status = mrl_verify_init(&v, cli, mrl_opt_str(cli, "run", MRL_S("")));
    if (status != MRL_OK)
        return mrl_cli_usage(cli, "--run: %s", v.err.text);
    status = verify(&v);
    int exit = MRL_EXIT_OK;
    if (status == MRL_OK) {
        exit = report(&v);
    } else {
        if (v.err.text[0] == '\0')
            (void)mrl_err_set(&v.err, status, "verify", "%s", mrl_status_name(status));
        mrl_cli_print_err(cli, &v.err);
        exit = mrl_exit_of(status);
    }
    mrl_verify_release(&v);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "verbose", .letter = 'v', .help = "name what passes, too, with its violations"},
    {.name = "run",
     .letter = 'r',
     .arg = "PATTERN",
     .help = "only tests or cases that match; TEST//CASE asks for both"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the report",
     .choices = "human|json|junit"},
};

static const struct mrl_example examples[] = {
    {"merlon policy verify policies/", "run all suites below a folder"},
    {"merlon policy verify -v -r '//disallowed' policies/...", "only the cases named so"},
    {"merlon policy verify -f junit suite.yaml >out.xml", "one suite, for a CI server"},
};

const struct mrl_cmd mrl_cmd_policy_verify = {
    .name = "policy verify",
    .args = "[PATH...]",
    .summary = "run test suites of Gatekeeper constraints",
    .text = "Runs the suites (test.gatekeeper.sh) below the paths (default: the current folder): "
            "each test names a ConstraintTemplate and a Constraint, each case an object and what "
            "violations it must give. Folders are searched as a whole; a trailing ... is "
            "allowed.\n\n"
            "Templates are judged by their Rego. A template that is written in CEL only is named "
            "and skipped. As in Gatekeeper, an error while judging counts as a violation whose "
            "message is the error. Exits with 1 when a case fails, with 3 when there are no "
            "suites, or only such that need CEL.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_verify,
    .args_max = -1,
};
