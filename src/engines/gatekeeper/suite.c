/* suite.c - gator's test suites; see suite.h.
 *
 * A suite is written by hand, so its reader is lenient about what is missing and strict about what
 * would change a verdict: an assertion that cannot be read fails its case, never passes it.
 */
#include "engines/gatekeeper/suite.h"

#include "base/buf.h"
#include "base/num.h"

struct reading {
    mrl_arena *arena;
    struct mrl_err *err;
};

static mrl_str text_at(mrl_val v, const char *key) {
    return mrl_val_str(mrl_obj_get_str(v, mrl_str_z(key)));
}

/* The length of a list; one that is no list, or too long, is refused. */
static mrl_status list_at(struct reading *r, mrl_val v, const char *key, mrl_val *ret) {
    mrl_val list = mrl_obj_get_str(v, mrl_str_z(key));
    if (!mrl_is_defined(list) || list.tag == MRL_T_NULL)
        list = mrl_empty_arr();
    if (!mrl_is_arr(list))
        return mrl_err_set(r->err, MRL_E_INVALID, "suite.list", "%s must be a list", key);
    if (list.len > MRL_SUITE_TESTS_MAX)
        return mrl_err_set(r->err, MRL_E_LIMIT, "suite.list", "%s has more than %d entries", key,
                           MRL_SUITE_TESTS_MAX);
    *ret = list;
    return MRL_OK;
}

/* --- assertions
 * ----------------------------------------------------------------------------------- */

/* yes, no or a number. Kubernetes' YAML reads a bare yes or no as a boolean. */
static bool read_count(mrl_val v, int64_t *ret) {
    mrl_str text = mrl_val_str(v);
    if (!mrl_is_defined(v) || mrl_is_true(v) || (mrl_is_str(v) && mrl_str_eq(text, MRL_S("yes"))))
        *ret = MRL_SOME;
    else if (mrl_is_false(v) || (mrl_is_str(v) && mrl_str_eq(text, MRL_S("no"))))
        *ret = 0;
    else
        return mrl_is_num(v) && mrl_num_to_i64(v, ret) && *ret >= 0 && *ret <= INT32_MAX;
    return true;
}

static mrl_status read_assertion(struct reading *r, mrl_val v, struct mrl_assertion *ret) {
    mrl_val message = MRL_GET(v, "message");
    *ret = (struct mrl_assertion){0};
    if (!mrl_is_obj(v) || !read_count(MRL_GET(v, "violations"), &ret->violations))
        return mrl_err_set(r->err, MRL_E_INVALID, "suite.assertion",
                           "violations must be yes, no or a number that is not negative");
    if (!mrl_is_defined(message) || message.tag == MRL_T_NULL)
        return MRL_OK;
    if (!mrl_is_str(message))
        return mrl_err_set(r->err, MRL_E_INVALID, "suite.assertion", "message must be a text");
    ret->message = mrl_val_str(message);
    return mrl_regex_compile(r->arena, ret->message, r->err, &ret->pattern);
}

/* The violations that the assertion is about. */
static mrl_status counted(const struct mrl_assertion *x, const struct mrl_gk_results *results,
                          mrl_arena *a, int64_t *ret) {
    int64_t n = 0;
    for (uint32_t i = 0; i < results->n; i++) {
        bool found = x->pattern == NULL;
        if (!found)
            MRL_TRY(mrl_regex_find(x->pattern, a, results->items[i].msg, 0, NULL, &found));
        n += found;
    }
    *ret = n;
    return MRL_OK;
}

/* "got 1 violation matching "x", want none; messages: …". */
static mrl_status explain(const struct mrl_assertion *x, const struct mrl_gk_results *results,
                          int64_t got, mrl_arena *a, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    mrl_buf_printf(&b, "got %lld violation%s", (long long)got, got == 1 ? "" : "s");
    if (x->pattern != NULL)
        mrl_buf_printf(&b, " matching \"%.*s\"", MRL_F(x->message));
    if (x->violations == MRL_SOME)
        mrl_buf_add(&b, MRL_S(", want at least 1"));
    else
        mrl_buf_printf(&b, ", want %lld", (long long)x->violations);
    for (uint32_t i = 0; i < results->n; i++)
        mrl_buf_printf(&b, "%s%.*s", i == 0 ? "; messages: " : " | ", MRL_F(results->items[i].msg));
    *ret = mrl_arena_str(a, mrl_buf_str(&b));
    mrl_status status = b.status;
    mrl_buf_release(&b);
    MRL_TRY(status);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

mrl_status mrl_assertion_holds(const struct mrl_assertion *x, const struct mrl_gk_results *results,
                               mrl_arena *a, bool *ret, mrl_str *ret_why) {
    int64_t n = 0;
    MRL_TRY(counted(x, results, a, &n));
    *ret = x->violations == MRL_SOME ? n > 0 : n == x->violations;
    return *ret ? MRL_OK : explain(x, results, n, a, ret_why);
}

/* --- cases and tests
 * ------------------------------------------------------------------------------ */

static mrl_status read_case(struct reading *r, mrl_val v, struct mrl_suite_case *ret) {
    mrl_val assertions = mrl_undefined(), inventory = mrl_undefined();
    ret->name = text_at(v, "name");
    ret->object = text_at(v, "object");
    ret->skip = mrl_is_true(MRL_GET(v, "skip"));
    MRL_TRY(list_at(r, v, "inventory", &inventory));
    MRL_TRY(mrl_gk_names_of(r->arena, inventory, &ret->inventory));
    MRL_TRY(list_at(r, v, "assertions", &assertions));
    if (ret->object.len == 0)
        return mrl_err_set(r->err, MRL_E_INVALID, "suite.case", "the case names no object");
    if (assertions.len == 0)
        return mrl_err_set(r->err, MRL_E_INVALID, "suite.case", "the case has no assertions");
    ret->assertions = MRL_ARENA_ARRAY(r->arena, struct mrl_assertion, assertions.len);
    MRL_CHECK(ret->assertions != NULL, MRL_E_NOMEM);
    ret->n_assertions = assertions.len;
    for (uint32_t i = 0; i < assertions.len; i++)
        MRL_TRY(read_assertion(r, assertions.u.arr->items[i], &ret->assertions[i]));
    return MRL_OK;
}

/* Keeps what was wrong with a part as its problem, so that the rest of the suite still runs. */
static mrl_status settle(struct reading *r, mrl_status status, mrl_str *ret_problem) {
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    *ret_problem = mrl_arena_str(r->arena, mrl_str_z(r->err->text));
    mrl_err_init(r->err);
    return ret_problem->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status read_test(struct reading *r, mrl_val v, struct mrl_suite_test *ret) {
    mrl_val cases = mrl_undefined();
    ret->name = text_at(v, "name");
    ret->template = text_at(v, "template");
    ret->constraint = text_at(v, "constraint");
    ret->skip = mrl_is_true(MRL_GET(v, "skip"));
    ret->invalid = mrl_is_true(MRL_GET(v, "invalid"));
    MRL_TRY(list_at(r, v, "cases", &cases));
    ret->cases = MRL_ARENA_ARRAY(r->arena, struct mrl_suite_case, cases.len + 1);
    MRL_CHECK(ret->cases != NULL, MRL_E_NOMEM);
    ret->n_cases = cases.len;
    for (uint32_t i = 0; i < cases.len; i++)
        MRL_TRY(
            settle(r, read_case(r, cases.u.arr->items[i], &ret->cases[i]), &ret->cases[i].problem));
    if (ret->template.len == 0)
        return mrl_err_set(r->err, MRL_E_INVALID, "suite.test", "the test names no template");
    if (ret->constraint.len == 0)
        return mrl_err_set(r->err, MRL_E_INVALID, "suite.test", "the test names no constraint");
    if (text_at(v, "expansion").len > 0)
        return mrl_err_set(r->err, MRL_E_UNSUPPORTED, "suite.test",
                           "the test needs an expansion template, which is not supported");
    return MRL_OK;
}

mrl_status mrl_suite_read(mrl_arena *a, mrl_val suite, struct mrl_err *err, struct mrl_suite *ret) {
    struct mrl_err local;
    struct reading r = {a, err != NULL ? err : &local};
    mrl_val tests = mrl_undefined();
    struct mrl_suite s = {.name = text_at(MRL_GET(suite, "metadata"), "name"),
                          .skip = mrl_is_true(MRL_GET(suite, "skip"))};
    mrl_err_init(r.err);
    MRL_TRY(list_at(&r, suite, "tests", &tests));
    s.tests = MRL_ARENA_ARRAY(a, struct mrl_suite_test, tests.len + 1);
    MRL_CHECK(s.tests != NULL, MRL_E_NOMEM);
    s.n_tests = tests.len;
    for (uint32_t i = 0; i < tests.len; i++)
        MRL_TRY(settle(&r, read_test(&r, tests.u.arr->items[i], &s.tests[i]), &s.tests[i].problem));
    *ret = s;
    return MRL_OK;
}

/* --- filters
 * -------------------------------------------------------------------------------------- */

mrl_status mrl_suite_filter_read(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                 struct mrl_suite_filter *ret) {
    struct mrl_suite_filter f = {0};
    size_t cut = mrl_str_find(text, MRL_S("//"), 0);
    mrl_str test = mrl_str_sub(text, 0, cut), one = MRL_S("");
    if (cut != MRL_STR_NPOS)
        one = mrl_str_sub(text, cut + 2, text.len);
    if (mrl_str_find(one, MRL_S("//"), 0) != MRL_STR_NPOS)
        return mrl_err_set(err, MRL_E_INVALID, "suite.filter",
                           "a filter may hold \"//\" once: TEST//CASE");
    f.either = cut == MRL_STR_NPOS;
    if (test.len > 0)
        MRL_TRY(mrl_regex_compile(a, test, err, &f.test));
    if (one.len > 0)
        MRL_TRY(mrl_regex_compile(a, one, err, &f.one));
    *ret = f;
    return MRL_OK;
}

/* A search that runs out of memory counts as a hit: rather one test too many than one too few. */
static bool hits(const struct mrl_regex *re, mrl_arena *scratch, mrl_str name) {
    bool found = true;
    return re == NULL || mrl_regex_find(re, scratch, name, 0, NULL, &found) != MRL_OK || found;
}

bool mrl_suite_filter_case(const struct mrl_suite_filter *f, mrl_arena *scratch,
                           const struct mrl_suite_test *t, const struct mrl_suite_case *c) {
    bool test = hits(f->test, scratch, t->name);
    return f->either ? test || hits(f->test, scratch, c->name)
                     : test && hits(f->one, scratch, c->name);
}

bool mrl_suite_filter_test(const struct mrl_suite_filter *f, mrl_arena *scratch,
                           const struct mrl_suite_test *t) {
    bool wanted = hits(f->test, scratch, t->name);
    for (uint32_t i = 0; f->either && !wanted && i < t->n_cases; i++)
        wanted = hits(f->test, scratch, t->cases[i].name);
    return wanted;
}
