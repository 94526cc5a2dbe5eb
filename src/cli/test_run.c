/* test_run.c - see test_run.h.
 *
 * All tests are one policy. A first run, without debug code, decides; only tests that fail are
 * run again with it, to say why. Each thread has its own VM and collects into its own arena, so
 * that the order of results does not depend on who ran what.
 */
#include "cli/test_run.h"

#include "engines/match/regex.h"
#include "formats/json/json.h"

#include <stdio.h>
#include <time.h>

#define TIMEOUT_MS 5000       /* of one test, as in OPA */
#define OUTPUT_MAX (1u << 20) /* bytes that one test may print */
#define GRAIN 4               /* tests that a thread takes at a time */
#define PATH_MAX_PARTS 256

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* --- hooks
 * ----------------------------------------------------------------------------------------- */

/* What print() says goes to the test that runs now. */
static void on_print(void *cx, const struct mrl_module *m MRL_UNUSED,
                     struct mrl_rloc loc MRL_UNUSED, mrl_str line) {
    struct mrl_test_worker *w = cx;
    mrl_buf_add(&w->current->output, line);
    mrl_buf_byte(&w->current->output, '\n');
}

/* Cases that a test tells are kept; all else is coverage's. */
static void on_trace(void *cx, const struct mrl_trace_event *e) {
    struct mrl_test_worker *w = cx;
    if (e->op != MRL_TRACE_CASE) {
        mrl_coverage_add(&w->coverage, e);
        return;
    }
    mrl_val keys = mrl_undefined();
    if (w->status == MRL_OK)
        w->status = mrl_val_copy(&w->arena, e->note, &keys);
    if (w->status == MRL_OK)
        mrl_build_item(&w->heard, keys);
}

static const struct mrl_vm_hooks hooks = {on_print, on_trace};

/* --- collecting
 * ------------------------------------------------------------------------------------ */

/* Part i of the rule's name, which mrl_test_name has found to be a variable or string. */
static mrl_str name_part(const struct mrl_rule *r, uint32_t i) {
    MRL_ASSERT(r->name->kind != MRL_TERM_REF || i < r->name->u.ref.n);
    const struct mrl_term *t = r->name->kind == MRL_TERM_REF ? r->name->u.ref.items[i] : r->name;
    return t->kind == MRL_TERM_VAR ? t->u.var : mrl_val_str(t->u.scalar);
}

/* start.part.part…; NULL without memory. */
static mrl_str joined(mrl_arena *a, const char *start, const mrl_str *parts, size_t n) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 16);
    mrl_buf_add(&b, mrl_str_z(start));
    for (size_t i = 0; i < n; i++)
        mrl_buf_printf(&b, "%s%.*s", i > 0 || start[0] != '\0' ? "." : "", MRL_F(parts[i]));
    mrl_str text = mrl_arena_str(a, mrl_buf_str(&b));
    mrl_buf_release(&b);
    return text;
}

/* One test with the query that asks for its document. */
static mrl_status make_test(struct mrl_testing *t, const struct mrl_module *m,
                            const struct mrl_rule *r, uint32_t part, struct mrl_test *ret) {
    mrl_arena *a = t->cli->arena;
    const struct mrl_term *package = m->package;
    size_t in_package = package->u.ref.n - 1, n = 0;
    mrl_str *path = MRL_ARENA_ARRAY(a, mrl_str, in_package + part + 1);
    MRL_CHECK(path != NULL, MRL_E_NOMEM);
    for (; n < in_package; n++)
        path[n] = mrl_val_str(package->u.ref.items[n + 1]->u.scalar);
    for (uint32_t i = 0; i <= part; i++)
        path[n++] = name_part(r, i);
    bool todo = mrl_str_starts(name_part(r, part), MRL_S("todo_"));
    *ret = (struct mrl_test){.package = joined(a, "data", path, in_package),
                             .name = joined(a, "", path + in_package, n - in_package),
                             .path = path,
                             .n_path = n,
                             .module = m,
                             .rule = r,
                             .outcome = todo ? MRL_TEST_SKIPPED : MRL_TEST_PASS};
    MRL_CHECK(ret->package.ptr != NULL && ret->name.ptr != NULL, MRL_E_NOMEM);
    struct mrl_query *q = NULL;
    MRL_TRY(mrl_query_path(t->policy, path, n, &q));
    ret->query = q;
    mrl_buf_init(&ret->output, OUTPUT_MAX);
    return MRL_OK;
}

static mrl_status add_test(struct mrl_testing *t, const struct mrl_test *test) {
    if (t->n == t->cap) {
        size_t cap = t->cap > 0 ? t->cap * 2 : 64;
        struct mrl_test *more =
            mrl_arena_regrow(t->cli->arena, t->tests, t->cap, cap, sizeof *more);
        MRL_CHECK(more != NULL, MRL_E_NOMEM);
        t->tests = more;
        t->cap = cap;
    }
    t->tests[t->n++] = *test;
    return MRL_OK;
}

/* The tests of all modules whose path matches --run. */
static mrl_status collect(struct mrl_testing *t) {
    struct mrl_module *const *modules;
    struct mrl_regex *pattern = NULL;
    mrl_str run = mrl_opt_str(t->cli, "run", MRL_S(""));
    size_t n = mrl_policy_modules(t->policy, &modules);
    if (run.len > 0)
        MRL_TRY(mrl_regex_compile(t->cli->arena, run, &t->files.err, &pattern));
    for (size_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < modules[i]->n_rules; k++) {
            uint32_t part;
            struct mrl_test test;
            const struct mrl_rule *r = modules[i]->rules[k];
            if (!mrl_test_name(r, &part))
                continue;
            MRL_TRY(make_test(t, modules[i], r, part, &test));
            bool match = true;
            if (pattern != NULL)
                MRL_TRY(mrl_regex_find(pattern, t->cli->arena,
                                       joined(t->cli->arena, "data", test.path, test.n_path), 0,
                                       NULL, &match));
            if (match)
                MRL_TRY(add_test(t, &test));
        }
    }
    return MRL_OK;
}

/* Reads and compiles with other options than the run before. */
static mrl_status compile(struct mrl_testing *t, bool debug, struct mrl_policy_files *files,
                          struct mrl_policy **ret) {
    struct mrl_policy_opts opts = t->opts;
    opts.print = true;
    opts.cases = true;
    opts.debug = debug;
    MRL_TRY(mrl_policy_files_init(files, t->cli->arena, &opts));
    files->bundle = mrl_opt_given(t->cli, "bundle");
    for (size_t i = 0; i < t->cli->n_args; i++)
        MRL_TRY(mrl_policy_files_add(files, t->cli->args[i]));
    return mrl_policy_files_compile(files, ret);
}

mrl_status mrl_tests_load(struct mrl_testing *t) {
    MRL_TRY(compile(t, t->covered, &t->files, &t->policy));
    return collect(t);
}

/* --- cases
 * ----------------------------------------------------------------------------------------- */

/* The name of a case: a string as it is, other keys as JSON. */
static mrl_status key_text(mrl_arena *a, mrl_val key, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 16);
    if (mrl_is_str(key))
        mrl_buf_add(&b, mrl_val_str(key));
    else
        mrl_json_write(&b, a, key, NULL);
    mrl_status status = b.status;
    *ret = mrl_arena_str(a, mrl_buf_str(&b));
    mrl_buf_release(&b);
    return status;
}

/* The case of that name in a sorted list; a new one fails until something else is known. */
static mrl_status case_named(mrl_arena *a, struct mrl_test_case **list, mrl_val key,
                             struct mrl_test_case **ret) {
    mrl_str name;
    MRL_TRY(key_text(a, key, &name));
    while (*list != NULL && mrl_str_cmp((*list)->name, name) < 0)
        list = &(*list)->next;
    if (*list == NULL || !mrl_str_eq((*list)->name, name)) {
        struct mrl_test_case *c = MRL_ARENA_NEW(a, struct mrl_test_case);
        MRL_CHECK(c != NULL, MRL_E_NOMEM);
        *c = (struct mrl_test_case){.name = name, .fail = true, .next = *list};
        *list = c;
    }
    *ret = *list;
    return MRL_OK;
}

/* Takes the value of a test with keys: true passes, an object holds cases. */
static mrl_status take_value(mrl_arena *a, struct mrl_test_case **list, mrl_val v, unsigned depth,
                             bool *ret_fail) {
    for (uint32_t i = 0; depth < MRL_VAL_DEPTH_MAX && i < v.len; i++) {
        struct mrl_test_case *c = NULL;
        mrl_val one = v.u.obj->m[i].val;
        MRL_TRY(case_named(a, list, v.u.obj->m[i].key, &c));
        c->fail = !mrl_is_true(one);
        if (mrl_is_obj(one)) {
            c->fail = false;
            MRL_TRY(take_value(a, &c->first, one, depth + 1, &c->fail));
        }
        *ret_fail |= c->fail;
    }
    return MRL_OK;
}

/* Takes a case that was said: it fails, and all cases around it, unless it has a value. */
static mrl_status take_said(mrl_arena *a, struct mrl_test_case **list, mrl_val keys,
                            bool *ret_fail) {
    struct mrl_test_case *path[PATH_MAX_PARTS];
    uint32_t n = 0;
    for (; n < keys.len && n < PATH_MAX_PARTS; n++) {
        MRL_TRY(case_named(a, list, mrl_arr_at(keys, n), &path[n]));
        list = &path[n]->first;
    }
    bool fail = n > 0 && path[n - 1]->fail;
    for (uint32_t i = 0; fail && i < n; i++)
        path[i]->fail = true;
    *ret_fail |= fail;
    return MRL_OK;
}

/* Cases with a value first, then those that were told and have none: these failed. */
static mrl_status judge_cases(struct mrl_test_worker *w, struct mrl_test *test, mrl_val value,
                              bool *ret_fail) {
    mrl_val heard = mrl_undefined();
    MRL_TRY(take_value(&w->arena, &test->cases, value, 0, ret_fail));
    MRL_TRY(mrl_build_end(&w->heard, &heard));
    for (uint32_t i = 0; i < heard.len; i++)
        MRL_TRY(take_said(&w->arena, &test->cases, mrl_arr_at(heard, i), ret_fail));
    return MRL_OK;
}

/* --- running
 * --------------------------------------------------------------------------------------- */

/* A test passes when it is true; one with keys when all its cases are. */
static mrl_status judge(struct mrl_test_worker *w, struct mrl_test *test, mrl_val value) {
    bool fail = !mrl_is_true(value);
    if (test->rule->kind == MRL_RULE_PARTIAL_OBJ && mrl_is_obj(value)) {
        fail = false;
        MRL_TRY(judge_cases(w, test, value, &fail));
    }
    test->outcome = fail ? MRL_TEST_FAIL : MRL_TEST_PASS;
    return w->status;
}

/* Runs a test; an error of the evaluation is an outcome, not a failure of the run. */
static mrl_status run_one(struct mrl_test_worker *w, struct mrl_test *test) {
    MRL_ASSERT(test->outcome != MRL_TEST_SKIPPED && test->query != NULL);
    struct mrl_err err;
    mrl_val value = mrl_undefined();
    mrl_err_init(&err);
    mrl_buf_clear(&test->output);
    test->cases = NULL;
    w->current = test;
    mrl_builder_init(&w->heard, &w->arena, MRL_T_ARR, 0);
    MRL_TRY(mrl_vm_begin(w->vm, mrl_undefined()));
    int64_t start = now_ns();
    mrl_status status = mrl_vm_value(w->vm, test->query, &err, &value);
    test->ns = now_ns() - start;
    if (status == MRL_OK)
        return judge(w, test, value);
    test->outcome = MRL_TEST_ERROR;
    if (err.pos.line > 0)
        snprintf(test->text, sizeof test->text, "%.*s:%u: %s: %.*s", (int)(err.pos.file.len & 255),
                 err.pos.file.ptr, err.pos.line, err.id, MRL_ERR_TEXT_MAX / 2, err.text);
    else
        snprintf(test->text, sizeof test->text, "%s: %.*s", err.id, MRL_ERR_TEXT_MAX / 2, err.text);
    return MRL_OK;
}

static mrl_status run_part(void *cx, const struct mrl_pool_part *part) {
    struct mrl_testing *t = cx;
    for (size_t i = part->from; i < part->to; i++)
        if (t->tests[i].outcome != MRL_TEST_SKIPPED)
            MRL_TRY(run_one(&t->workers[part->worker], &t->tests[i]));
    return MRL_OK;
}

static mrl_status open_worker(struct mrl_testing *t, struct mrl_policy *p,
                              struct mrl_test_worker *w) {
    struct mrl_vm_opts opts = t->limits;
    opts.hooks = &hooks;
    opts.hooks_cx = w;
    mrl_arena_init(&w->arena, MRL_ARENA_UNLIMITED);
    mrl_arena_init(&w->seen, MRL_ARENA_UNLIMITED);
    mrl_coverage_init(&w->coverage, &w->seen);
    return mrl_vm_new(p, &opts, &w->vm);
}

static mrl_status open_workers(struct mrl_testing *t) {
    int64_t jobs = mrl_pool_default_jobs();
    t->limits = (struct mrl_vm_opts){.deadline_ms = TIMEOUT_MS,
                                     .runtime = mrl_policy_runtime(t->cli->arena)};
    MRL_TRY(mrl_opt_int(t->cli, "parallel", 0, MRL_POOL_JOBS_MAX, &jobs));
    MRL_TRY(mrl_opt_duration_ms(t->cli, "timeout", &t->limits.deadline_ms));
    MRL_TRY(mrl_pool_new(jobs > 0 ? (unsigned)jobs : mrl_pool_default_jobs(), &t->pool));
    unsigned n = mrl_pool_jobs(t->pool);
    t->workers = MRL_ARENA_ARRAY(t->cli->arena, struct mrl_test_worker, n);
    MRL_CHECK(t->workers != NULL, MRL_E_NOMEM);
    for (unsigned i = 0; i < n; i++)
        MRL_TRY(open_worker(t, t->policy, &t->workers[i]));
    return MRL_OK;
}

/* Counts the innermost cases of a list. */
static void count_cases(struct mrl_testing *t, const struct mrl_test_case *c) {
    for (; c != NULL; c = c->next) {
        if (c->first != NULL)
            count_cases(t, c->first);
        else
            t->count[c->fail ? MRL_TEST_FAIL : MRL_TEST_PASS]++;
    }
}

mrl_status mrl_tests_run(struct mrl_testing *t) {
    if (t->pool == NULL)
        MRL_TRY(open_workers(t));
    for (unsigned i = 0; i < mrl_pool_jobs(t->pool); i++)
        mrl_arena_reset(&t->workers[i].arena); /* cases of the round before */
    struct mrl_pool_job job = {.run = run_part, .cx = t, .n = t->n, .grain = GRAIN};
    MRL_TRY(mrl_pool_run(t->pool, &job, &t->files.err));
    memset(t->count, 0, sizeof t->count);
    for (size_t i = 0; i < t->n; i++) {
        const struct mrl_test *test = &t->tests[i];
        if (test->cases != NULL)
            count_cases(t, test->cases);
        else
            t->count[test->outcome]++;
    }
    return MRL_OK;
}

void mrl_tests_release(struct mrl_testing *t) {
    unsigned n = t->workers != NULL ? mrl_pool_jobs(t->pool) : 0;
    for (unsigned i = 0; i < n; i++) {
        mrl_vm_free(t->workers[i].vm);
        mrl_arena_release(&t->workers[i].arena);
        mrl_arena_release(&t->workers[i].seen);
    }
    mrl_pool_free(t->pool);
    for (size_t i = 0; i < t->n; i++)
        mrl_buf_release(&t->tests[i].output);
    mrl_policy_builder_free(t->files.builder);
}

/* --- why
 * ------------------------------------------------------------------------------------------- */

struct explaining {
    struct mrl_record record;
};

static void on_record(void *cx, const struct mrl_trace_event *e) {
    mrl_record_add(&((struct explaining *)cx)->record, e);
}

static const struct mrl_vm_hooks recording = {NULL, on_record};

static mrl_str kept(mrl_arena *a, struct mrl_buf *b) {
    mrl_str text = mrl_arena_str(a, mrl_buf_str(b));
    mrl_buf_release(b);
    return text;
}

static mrl_status explain_one(struct mrl_testing *t, struct mrl_policy *p, struct mrl_test *test,
                              mrl_str mode, bool values) {
    static const mrl_str names[] = {MRL_S_INIT("full"), MRL_S_INIT("notes"), MRL_S_INIT("fails"),
                                    MRL_S_INIT("debug"), MRL_S_INIT("default")};
    mrl_arena a;
    struct explaining x;
    struct mrl_vm *vm = NULL;
    struct mrl_query *q = NULL;
    struct mrl_buf why, trace;
    mrl_val ignored = mrl_undefined();
    struct mrl_vm_opts opts = t->limits;
    opts.hooks = &recording;
    opts.hooks_cx = &x;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_record_init(&x.record, &a, true);
    mrl_status status = mrl_query_path(p, test->path, test->n_path, &q);
    if (status == MRL_OK)
        status = mrl_vm_new(p, &opts, &vm);
    if (status == MRL_OK)
        status = mrl_vm_begin(vm, mrl_undefined());
    if (status == MRL_OK)
        (void)!mrl_vm_value(vm, q, NULL,
                            &ignored); /* it failed before: what matters was recorded */
    mrl_buf_init(&why, 1 << 20);
    mrl_buf_init(&trace, 256u << 20);
    uint32_t found =
        test->cases != NULL ? mrl_why_cases(&x.record, 1, &why) : mrl_why_print(&x.record, 1, &why);
    if (found == 0 && test->cases == NULL)
        MRL_BUF_LIT(&why, "  its value is not true\n");
    x.record.values = values;
    for (size_t i = 0; i < MRL_COUNTOF(names); i++)
        if (mrl_str_eq(mode, names[i]))
            mrl_explain_print(&x.record, (enum mrl_explain)i, 2, &trace);
    test->why = kept(t->cli->arena, &why);
    test->trace = kept(t->cli->arena, &trace);
    mrl_vm_free(vm);
    mrl_arena_release(&a);
    return status;
}

mrl_status mrl_tests_explain(struct mrl_testing *t, mrl_str mode, bool values) {
    struct mrl_policy_files files;
    struct mrl_policy *p = NULL;
    bool any = false;
    for (size_t i = 0; i < t->n; i++)
        any |= t->tests[i].outcome == MRL_TEST_FAIL;
    if (!any)
        return MRL_OK;
    mrl_status status = compile(t, true, &files, &p);
    for (size_t i = 0; status == MRL_OK && i < t->n; i++)
        if (t->tests[i].outcome == MRL_TEST_FAIL)
            status = explain_one(t, p, &t->tests[i], mode, values);
    mrl_policy_builder_free(files.builder);
    return status;
}
