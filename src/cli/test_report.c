/* test_report.c - the forms in which tests are reported: for people, as OPA's JSON, as JUnit.
 *
 * Three forms of one list of results. People see what failed, why, and what it printed; the JSON
 * has OPA's members; JUnit is for CI systems. Names and printed text come from policies and are
 * escaped by each form's own rules.
 */
#include "cli/json_out.h"
#include "cli/test_run.h"
#include "cli/xml.h"

static const char *const names[] = {"PASS", "FAIL", "ERROR", "SKIPPED"};

static bool is_bad(const struct mrl_test *t) {
    return t->outcome == MRL_TEST_FAIL || t->outcome == MRL_TEST_ERROR;
}

/* --- for people
 * ------------------------------------------------------------------------------------ */

/* Cases below their test; those that passed only with --verbose. */
static void pretty_cases(const struct mrl_test_case *c, bool verbose, unsigned level,
                         struct mrl_buf *out) {
    for (; c != NULL; c = c->next) {
        if (!c->fail && !verbose)
            continue;
        mrl_buf_fill(out, ' ', 2 * (size_t)level);
        mrl_buf_printf(out, "%.*s: %s\n", MRL_F(c->name), names[c->fail]);
        pretty_cases(c->first, verbose, level + 1, out);
    }
}

/* Text as it is, each line behind some blanks. */
static void indented(mrl_str text, unsigned indent, struct mrl_buf *out) {
    while (text.len > 0) {
        mrl_str line = mrl_str_cut(text, '\n', &text);
        mrl_buf_fill(out, ' ', indent);
        mrl_buf_printf(out, "%.*s\n", MRL_F(line));
    }
}

/* One test: place, name, outcome, cases, and the reason for a failure. */
static void pretty_test(const struct mrl_test *t, bool verbose, struct mrl_buf *out) {
    MRL_ASSERT(t->outcome < MRL_COUNTOF(names));
    mrl_buf_printf(out, "%.*s:%u:\n", MRL_F(t->module->file), t->rule->loc.line);
    mrl_buf_printf(out, "%.*s.%.*s: %s", MRL_F(t->package), MRL_F(t->name), names[t->outcome]);
    if (t->outcome != MRL_TEST_SKIPPED)
        mrl_buf_printf(out, " (%.3f ms)", (double)t->ns / 1e6);
    mrl_buf_byte(out, '\n');
    pretty_cases(t->cases, verbose, 1, out);
    if (t->outcome == MRL_TEST_ERROR)
        mrl_buf_printf(out, "  %s\n", t->text);
    if (t->outcome == MRL_TEST_FAIL)
        mrl_buf_add(out, t->why);
    if (t->output.len > 0) {
        mrl_buf_add(out, MRL_S("  printed:\n"));
        indented(mrl_buf_str(&t->output), 4, out);
    }
    if (t->outcome == MRL_TEST_FAIL && t->trace.len > 0)
        mrl_buf_printf(out, "  trace:\n%.*s", MRL_F(t->trace));
}

static void pretty(const struct mrl_testing *t, bool verbose, struct mrl_buf *out) {
    for (size_t i = 0; i < t->n; i++)
        if (verbose || t->tests[i].outcome != MRL_TEST_PASS)
            pretty_test(&t->tests[i], verbose, out);
    mrl_buf_printf(out, "%llu passed, %llu failed", (unsigned long long)t->count[MRL_TEST_PASS],
                   (unsigned long long)(t->count[MRL_TEST_FAIL] + t->count[MRL_TEST_ERROR]));
    if (t->count[MRL_TEST_SKIPPED] > 0)
        mrl_buf_printf(out, ", %llu skipped", (unsigned long long)t->count[MRL_TEST_SKIPPED]);
    mrl_buf_byte(out, '\n');
}

/* --- JSON
 * ------------------------------------------------------------------------------------------ */

/* Bytes as Go's JSON has them: base64. */
static void bytes(struct mrl_jout *j, mrl_str s) {
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    mrl_buf_byte(j->b, '"');
    for (size_t i = 0; i < s.len; i += 3) {
        uint32_t v = 0;
        for (size_t k = 0; k < 3; k++)
            v = v << 8 | (i + k < s.len ? (unsigned char)s.ptr[i + k] : 0);
        for (size_t k = 0; k < 4; k++)
            mrl_buf_byte(j->b, i + k > s.len ? '=' : digits[v >> (18 - 6 * k) & 63]);
    }
    mrl_buf_byte(j->b, '"');
}

/* A member that is there only when true. */
static void flag(struct mrl_jout *j, const char *name, bool on) {
    if (!on)
        return;
    mrl_jout_key(j, name);
    mrl_jout_val(j, mrl_bool(true));
}

/* Cases inside cases, under OPA's sub_results. */
static void json_cases(struct mrl_jout *j, const struct mrl_test_case *c) {
    if (c == NULL)
        return;
    mrl_jout_key(j, "sub_results");
    mrl_jout_open(j, '{');
    for (; c != NULL; c = c->next) {
        mrl_jout_name(j, c->name);
        mrl_jout_open(j, '{');
        mrl_jout_key(j, "name");
        mrl_jout_str(j, c->name);
        flag(j, "fail", c->fail);
        json_cases(j, c->first);
        mrl_jout_close(j, '}');
    }
    mrl_jout_close(j, '}');
}

static void json_test(struct mrl_jout *j, const struct mrl_test *t) {
    mrl_jout_open(j, '{');
    mrl_jout_key(j, "location");
    mrl_jout_open(j, '{');
    mrl_jout_key(j, "file");
    mrl_jout_str(j, t->module->file);
    mrl_jout_key(j, "row");
    mrl_jout_int(j, t->rule->loc.line);
    mrl_jout_key(j, "col");
    mrl_jout_int(j, t->rule->loc.col);
    mrl_jout_close(j, '}');
    mrl_jout_key(j, "package");
    mrl_jout_str(j, t->package);
    mrl_jout_key(j, "name");
    mrl_jout_str(j, t->name);
    flag(j, "fail", t->outcome == MRL_TEST_FAIL);
    if (t->outcome == MRL_TEST_ERROR) {
        mrl_jout_key(j, "error");
        mrl_jout_open(j, '{');
        mrl_jout_key(j, "message");
        mrl_jout_str(j, mrl_str_z(t->text));
        mrl_jout_close(j, '}');
    }
    flag(j, "skip", t->outcome == MRL_TEST_SKIPPED);
    mrl_jout_key(j, "duration");
    mrl_jout_int(j, t->ns);
    if (t->output.len > 0) {
        mrl_jout_key(j, "output");
        bytes(j, mrl_buf_str(&t->output));
    }
    json_cases(j, t->cases);
    if (t->outcome == MRL_TEST_FAIL && t->why.len > 0) {
        mrl_jout_key(j, "why");
        mrl_jout_str(j, t->why);
    }
    mrl_jout_close(j, '}');
}

static void json(const struct mrl_testing *t, struct mrl_buf *out) {
    struct mrl_jout j = {.b = out};
    mrl_jout_open(&j, '[');
    for (size_t i = 0; i < t->n; i++) {
        mrl_jout_item(&j);
        json_test(&j, &t->tests[i]);
    }
    mrl_jout_close(&j, ']');
    mrl_buf_byte(out, '\n');
}

/* --- JUnit
 * ---------------------------------------------------------------------------------------- */

static void junit_test(const struct mrl_test *t, struct mrl_buf *out) {
    mrl_buf_add(out, MRL_S("<testcase classname=\""));
    mrl_xml_text(out, t->module->file);
    mrl_buf_add(out, MRL_S("\" name=\""));
    mrl_xml_text(out, t->package);
    mrl_buf_byte(out, '.');
    mrl_xml_text(out, t->name);
    mrl_buf_printf(out, "\" time=\"%.6f\">", (double)t->ns / 1e9);
    if (t->outcome == MRL_TEST_FAIL) {
        mrl_buf_add(out, MRL_S("<failure message=\"the test is not true\">"));
        mrl_xml_text(out, t->why);
        mrl_buf_add(out, MRL_S("</failure>"));
    }
    if (t->outcome == MRL_TEST_SKIPPED)
        mrl_buf_add(out, MRL_S("<skipped/>"));
    if (t->outcome == MRL_TEST_ERROR) {
        mrl_buf_add(out, MRL_S("<error message=\""));
        mrl_xml_text(out, mrl_str_z(t->text));
        mrl_buf_add(out, MRL_S("\"/>"));
    }
    if (is_bad(t) && t->output.len > 0) {
        mrl_buf_add(out, MRL_S("<system-out>"));
        mrl_xml_text(out, mrl_buf_str(&t->output));
        mrl_buf_add(out, MRL_S("</system-out>"));
    }
    mrl_buf_add(out, MRL_S("</testcase>\n"));
}

/* One testcase a test: a test with cases fails as a whole. */
static void junit(const struct mrl_testing *t, struct mrl_buf *out) {
    uint64_t count[4] = {0};
    for (size_t i = 0; i < t->n; i++)
        count[t->tests[i].outcome]++;
    mrl_buf_printf(out,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
                   "name=\"merlon policy test\" tests=\"%zu\" failures=\"%llu\" errors=\"%llu\" "
                   "skipped=\"%llu\">\n",
                   t->n, (unsigned long long)count[MRL_TEST_FAIL],
                   (unsigned long long)count[MRL_TEST_ERROR],
                   (unsigned long long)count[MRL_TEST_SKIPPED]);
    for (size_t i = 0; i < t->n; i++)
        junit_test(&t->tests[i], out);
    mrl_buf_add(out, MRL_S("</testsuite>\n</testsuites>\n"));
}

void mrl_tests_report(const struct mrl_testing *t, mrl_str form, bool verbose,
                      struct mrl_buf *out) {
    if (mrl_str_eq(form, MRL_S("json")))
        json(t, out);
    else if (mrl_str_eq(form, MRL_S("junit")))
        junit(t, out);
    else
        pretty(t, verbose, out);
}
