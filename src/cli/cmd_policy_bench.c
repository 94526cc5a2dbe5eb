/* cmd_policy_bench.c - `merlon policy bench`: how long a warm evaluation of a query takes.
 *
 * Idea: load, compile and freeze once, then evaluate for a second with one VM that is reset between
 * evaluations, as a server does it. One clock read parts two evaluations, so that each sample
 * carries its cost (about 25 ns) once. Heap allocations are counted at the only door to malloc.
 */
#include "cli/gatekeeper_load.h"
#include "cli/policy_load.h"
#include "cli/policy_opts.h"

#include "base/histogram.h"
#include "base/mem.h"
#include "base/pool.h"
#include "formats/json/json.h"

#include <stdio.h>
#include <time.h>

#define OUT_MAX (16u << 20)
#define WARM_UP_SHARE 10 /* the warm-up takes 1/10 of the time measured */
#define PREFIX "histogram_timer_rego_query_eval_ns_"

struct worker { /* one thread: nothing here is shared while it runs */
    struct mrl_vm *vm;
    struct mrl_hist *hist;
    struct mrl_err err;
    uint64_t n;
    int64_t ns, cpu_ns;
    bool defined;
};

struct bench {
    struct mrl_cli *cli;
    struct mrl_policy_files files;
    struct mrl_policy *policy;
    struct mrl_query *query; /* NULL: the constraints are measured */
    struct mrl_gk_files gatekeeper;
    mrl_val input;
    struct mrl_pool *pool;
    struct worker workers[MRL_POOL_JOBS_MAX];
    unsigned threads;
    int64_t time_ms;
};

struct figures { /* of one run of all threads */
    struct mrl_hist *hist;
    uint64_t n, allocations, bytes;
    double ns_per_op;     /* of one thread */
    double cpu_ns_per_op; /* without the time in which other programs had the core */
    double per_second;
};

/* --- measuring
 * ------------------------------------------------------------------------------------ */

static int64_t clock_ns(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t now_ns(void) {
    return clock_ns(CLOCK_MONOTONIC);
}

/* The input as an object under review by all constraints, as admission meets it. */
static mrl_status review(const struct bench *b, struct worker *w) {
    struct mrl_gk_review r;
    struct mrl_gk_results results = {.arena = mrl_vm_arena(w->vm)};
    MRL_TRY(mrl_vm_begin(w->vm, mrl_undefined()));
    MRL_TRY(mrl_gk_review_object(results.arena, b->input, mrl_undefined(), &r));
    for (uint32_t i = 0; i < b->gatekeeper.set.n_constraints; i++)
        MRL_TRY(mrl_gk_judge(w->vm, b->gatekeeper.set.constraints[i], &r, &results));
    w->defined = results.applied;
    return MRL_OK;
}

/* One evaluation from a fresh begin, as each request of a server is. */
static mrl_status evaluate(const struct bench *b, struct worker *w) {
    mrl_val rows = mrl_undefined();
    if (b->query == NULL)
        return review(b, w);
    MRL_TRY(mrl_vm_begin(w->vm, b->input));
    MRL_TRY(mrl_vm_query(w->vm, b->query, &w->err, &rows));
    w->defined = rows.len > 0;
    return MRL_OK;
}

/* Evaluates for a time; at least once. Samples go to the worker's histogram. */
static mrl_status spin(const struct bench *b, struct worker *w, int64_t limit_ns) {
    int64_t cpu = clock_ns(CLOCK_THREAD_CPUTIME_ID), start = now_ns(), before = start;
    w->n = 0;
    do {
        MRL_TRY(evaluate(b, w));
        int64_t after = now_ns();
        mrl_hist_add(w->hist, (uint64_t)(after - before));
        before = after;
        w->n++;
    } while (before - start < limit_ns);
    w->ns = before - start;
    w->cpu_ns = clock_ns(CLOCK_THREAD_CPUTIME_ID) - cpu;
    return MRL_OK;
}

/* Warms up, forgets those samples, and measures. */
static mrl_status run_worker(void *cx, const struct mrl_pool_part *part) {
    struct bench *b = cx;
    struct worker *w = &b->workers[part->index];
    int64_t limit = b->time_ms * 1000000;
    mrl_status status = spin(b, w, limit / WARM_UP_SHARE);
    memset(w->hist, 0, sizeof *w->hist);
    if (status == MRL_OK)
        status = spin(b, w, limit);
    if (status != MRL_OK)
        *part->err = w->err;
    return status;
}

/* One benchmark: all threads at once. Allocations include those of the warm-up, so that a warm
 * evaluation without any is seen as exactly 0 only when it has none. */
static mrl_status measure(struct bench *b, struct figures *ret) {
    MRL_ASSERT(b->threads > 0 && b->threads <= MRL_POOL_JOBS_MAX);
    struct mrl_pool_job job = {.run = run_worker, .cx = b, .n = b->threads, .grain = 1};
    for (unsigned i = 0; i < b->threads; i++) {
        MRL_TRY(evaluate(b, &b->workers[i])); /* what a first evaluation fills is not counted */
        memset(b->workers[i].hist, 0, sizeof *b->workers[i].hist);
    }
    uint64_t allocations = mrl_mem_count(), bytes = mrl_mem_bytes();
    MRL_TRY(mrl_pool_run(b->pool, &job, &b->files.err));
    struct figures f = {.hist = b->workers[0].hist,
                        .allocations = mrl_mem_count() - allocations,
                        .bytes = mrl_mem_bytes() - bytes};
    int64_t ns = 0, cpu_ns = 0;
    for (unsigned i = 0; i < b->threads; i++) {
        const struct worker *w = &b->workers[i];
        if (i > 0)
            mrl_hist_merge(f.hist, w->hist);
        f.n += w->n;
        ns += w->ns;
        cpu_ns += w->cpu_ns;
        f.per_second += (double)w->n * 1e9 / (double)w->ns;
    }
    f.ns_per_op = (double)ns / (double)f.n;
    f.cpu_ns_per_op = (double)cpu_ns / (double)f.n;
    *ret = f;
    return MRL_OK;
}

/* --- output
 * --------------------------------------------------------------------------------------- */

struct figure {
    char name[64];
    double value;
};

#define FIGURES_MAX 24

/* Appends a figure; returns how many there are. */
static size_t add(struct figure *all, size_t n, const char *name, double value) {
    MRL_ASSERT(n < FIGURES_MAX);
    snprintf(all[n].name, sizeof all[n].name, "%s", name);
    all[n].value = value;
    return n + 1;
}

/* The distribution under OPA's names. */
static size_t distribution(const struct mrl_hist *h, struct figure *all, size_t n) {
    static const struct {
        const char *name;
        double share;
    } shares[] = {{PREFIX "median", 0.5},   {PREFIX "75%", 0.75}, {PREFIX "90%", 0.9},
                  {PREFIX "95%", 0.95},     {PREFIX "99%", 0.99}, {PREFIX "99.9%", 0.999},
                  {PREFIX "99.99%", 0.9999}};
    n = add(all, n, PREFIX "min", (double)h->min);
    for (size_t i = 0; i < MRL_COUNTOF(shares); i++)
        n = add(all, n, shares[i].name, (double)mrl_hist_percentile(h, shares[i].share));
    n = add(all, n, PREFIX "max", (double)h->max);
    n = add(all, n, PREFIX "mean", mrl_hist_mean(h));
    n = add(all, n, PREFIX "stddev", mrl_hist_stddev(h));
    return add(all, n, PREFIX "count", (double)h->n);
}

/* OPA's flags that are on unless told false. */
static bool wants(const struct bench *b, const char *option) {
    return !mrl_str_eq(mrl_opt_str(b->cli, option, MRL_S("true")), MRL_S("false"));
}

/* A figure a line, its name first. */
static void print_pretty(const struct bench *b, const struct figures *f, struct mrl_buf *out) {
    struct figure all[FIGURES_MAX];
    size_t n = add(all, 0, "samples", (double)f->n);
    n = add(all, n, "ns/op", f->ns_per_op);
    if (wants(b, "benchmem")) {
        n = add(all, n, "B/op", (double)(f->bytes / f->n));
        n = add(all, n, "allocs/op", (double)(f->allocations / f->n));
    }
    if (b->threads > 1) {
        n = add(all, n, "threads", b->threads);
        n = add(all, n, "ops/s", f->per_second);
        n = add(all, n, "cpu-ns/op", f->cpu_ns_per_op);
    }
    if (wants(b, "metrics"))
        n = distribution(f->hist, all, n);
    for (size_t i = 0; i < n; i++)
        mrl_buf_printf(out, "%-43s %12.0f\n", all[i].name, all[i].value);
}

/* The members of Go's testing.BenchmarkResult, as OPA prints it. */
static void print_json(const struct bench *b, const struct figures *f, struct mrl_buf *out) {
    struct figure all[FIGURES_MAX];
    mrl_buf_printf(out, "{\n  \"N\": %llu,\n  \"T\": %.0f,\n  \"Bytes\": 0,\n",
                   (unsigned long long)f->n, f->ns_per_op * (double)f->n);
    mrl_buf_printf(out, "  \"MemAllocs\": %llu,\n  \"MemBytes\": %llu,\n  \"Extra\": {",
                   (unsigned long long)f->allocations, (unsigned long long)f->bytes);
    size_t n = wants(b, "metrics") ? distribution(f->hist, all, 0) : 0;
    n = add(all, n, "threads", b->threads);
    n = add(all, n, "ops_per_second", f->per_second);
    n = add(all, n, "cpu_ns_per_op", f->cpu_ns_per_op);
    for (size_t i = 0; i < n; i++)
        mrl_buf_printf(out, "%s\n    \"%s\": %.0f", i > 0 ? "," : "", all[i].name, all[i].value);
    mrl_buf_add(out, MRL_S("\n  }\n}\n"));
}

/* A line of the Go benchmark format, for benchstat. */
static void print_gobench(const struct bench *b, const struct figures *f, struct mrl_buf *out) {
    struct figure all[FIGURES_MAX];
    mrl_buf_printf(out, "BenchmarkMerlonEval\t%8llu\t%12.0f ns/op", (unsigned long long)f->n,
                   f->ns_per_op);
    size_t n = wants(b, "metrics") ? distribution(f->hist, all, 0) : 0;
    for (size_t i = 0; i < n; i++)
        mrl_buf_printf(out, "\t%10.0f %s", all[i].value, all[i].name);
    if (wants(b, "benchmem"))
        mrl_buf_printf(out, "\t%8llu B/op\t%8llu allocs/op", (unsigned long long)(f->bytes / f->n),
                       (unsigned long long)(f->allocations / f->n));
    mrl_buf_byte(out, '\n');
}

/* --- the command
 * ---------------------------------------------------------------------------------- */

static mrl_status load_constraints(struct bench *b) {
    mrl_str path;
    mrl_gk_files_init(&b->gatekeeper, b->cli->arena, &b->files);
    b->files.bundle = false; /* --bundle came before */
    for (size_t i = 0; mrl_opt_nth(b->cli, "constraints", i, &path); i++)
        MRL_TRY(mrl_policy_files_add(&b->files, path));
    MRL_TRY(mrl_gk_files_compile(&b->gatekeeper, &b->files, &b->policy));
    if (b->gatekeeper.set.n_constraints == 0 || !mrl_is_obj(b->input))
        return mrl_err_set(
            &b->files.err, MRL_E_INVALID, "bench.constraints",
            "--constraints needs folders with constraints, and an object as --input");
    return MRL_OK;
}

static mrl_status prepare(struct bench *b) {
    struct mrl_cli *cli = b->cli;
    MRL_TRY(mrl_policy_files_options(&b->files, cli, &b->input));
    if (mrl_opt_given(cli, "constraints"))
        MRL_TRY(load_constraints(b));
    else
        MRL_TRY(mrl_policy_files_query(&b->files, cli, cli->args[0], &b->policy, &b->query));
    MRL_TRY(mrl_val_freeze(cli->arena, b->input));
    MRL_TRY(mrl_pool_new(b->threads, &b->pool));
    b->threads = mrl_pool_jobs(b->pool); /* the system may give fewer */
    for (unsigned i = 0; i < b->threads; i++) {
        MRL_TRY(mrl_vm_new(b->policy, NULL, &b->workers[i].vm));
        b->workers[i].hist = MRL_ARENA_NEW(cli->arena, struct mrl_hist);
        MRL_CHECK(b->workers[i].hist != NULL, MRL_E_NOMEM);
    }
    return MRL_OK;
}

static int report(struct bench *b, int64_t count) {
    mrl_str format = mrl_opt_str(b->cli, "format", MRL_S("pretty"));
    int exit = MRL_EXIT_OK;
    for (int64_t i = 0; i < count && exit == MRL_EXIT_OK; i++) {
        struct figures f;
        struct mrl_buf out;
        mrl_status status = measure(b, &f);
        if (status != MRL_OK) {
            mrl_cli_print_err(b->cli,
                              b->files.err.text[0] != '\0' ? &b->files.err : &b->workers[0].err);
            return mrl_exit_of(status);
        }
        if (wants(b, "fail") && !b->workers[0].defined) {
            mrl_cli_error(b->cli, "the query is undefined, or no constraint applies: nothing to "
                                  "measure (--fail=false to go on)");
            return MRL_EXIT_FINDINGS;
        }
        mrl_buf_init(&out, OUT_MAX);
        if (mrl_str_eq(format, MRL_S("json")))
            print_json(b, &f, &out);
        else if (mrl_str_eq(format, MRL_S("gobench")))
            print_gobench(b, &f, &out);
        else
            print_pretty(b, &f, &out);
        exit = mrl_cli_out_buf(b->cli, &out);
    }
    return exit;
}

static int run_bench(struct mrl_cli *cli) {
    static struct bench b; /* workers make it large, and there is one a process */
    int64_t count = 1, threads = 1;
    b = (struct bench){.cli = cli, .time_ms = 1000};
    if (cli->n_args != (mrl_opt_given(cli, "constraints") ? 0 : 1))
        return mrl_cli_usage(cli, "give one query, in quotes, or --constraints");
    if (mrl_opt_int(cli, "count", 1, 1000000, &count) != MRL_OK ||
        mrl_opt_int(cli, "threads", 1, MRL_POOL_JOBS_MAX, &threads) != MRL_OK ||
        mrl_opt_duration_ms(cli, "benchtime", &b.time_ms) != MRL_OK)
        return MRL_EXIT_USAGE;
    b.threads = (unsigned)threads;
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1};
    mrl_status status = mrl_policy_opts_read(cli, &opts);
    if (status != MRL_OK)
        return mrl_policy_opts_exit(status);
    status = mrl_policy_files_init(&b.files, cli->arena, &opts);
    if (status == MRL_OK)
        status = prepare(&b);
    int exit = status == MRL_OK ? report(&b, count) : mrl_policy_files_fail(cli, &b.files, status);
    for (unsigned i = 0; i < b.threads; i++)
        mrl_vm_free(b.workers[i].vm);
    mrl_pool_free(b.pool);
    mrl_policy_builder_free(b.files.builder);
    return exit;
}

static const struct mrl_opt opts[] = {
    {.name = "data",
     .letter = 'd',
     .arg = "PATH",
     .help = "a policy or data file, or a folder of them; a.b:FILE puts it below data.a.b",
     .many = true},
    {.name = "bundle", .letter = 'b', .arg = "PATH", .help = "a bundle folder", .many = true},
    {.name = "input", .letter = 'i', .arg = "FILE", .help = "the input document, JSON or YAML"},
    {.name = "stdin-input", .letter = 'I', .help = "read the input document from stdin"},
    {.name = "constraints",
     .arg = "PATH",
     .help = "judge the input by all Gatekeeper constraints there, instead of a query",
     .many = true},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the figures",
     .choices = "pretty|json|gobench"},
    {.name = "count", .arg = "N", .help = "repeat the benchmark N times"},
    {.name = "benchtime", .arg = "TIME", .help = "measure for this time (1s), e.g. 200ms"},
    {.name = "threads", .arg = "N", .help = "evaluate on N threads that share the policy"},
    {.name = "benchmem",
     .arg = "BOOL",
     .help = "report heap allocations (true)",
     .choices = "true|false"},
    {.name = "metrics",
     .arg = "BOOL",
     .help = "report the distribution of times (true)",
     .choices = "true|false"},
    {.name = "fail",
     .arg = "BOOL",
     .help = "exit with 1 when the query is undefined (true)",
     .choices = "true|false"},
    {.name = "package", .arg = "PACKAGE", .help = "package in which the query's names are found"},
    {.name = "import", .arg = "PATH", .help = "an import for the query", .many = true},
    MRL_POLICY_OPT_ROWS,
};

static const struct mrl_example examples[] = {
    {"merlon policy bench -d policies -i input.json data.app.allow",
     "time a decision and count its allocations"},
    {"merlon policy bench -d policies --count 10 -f gobench data.app.allow >new.txt",
     "write figures that benchstat compares"},
    {"merlon policy bench -d policies --threads 2 data.app.allow", "see what a second thread adds"},
    {"merlon policy bench --constraints gatekeeper/ -i pod.yaml",
     "time one object against all constraints"},
};

const struct mrl_cmd mrl_cmd_policy_bench = {
    .name = "policy bench",
    .args = "[QUERY]",
    .summary = "measure the evaluation of a Rego query",
    .text =
        "Evaluates a Rego query again and again with a policy that is loaded and compiled once, "
        "and reports time and heap allocations an evaluation with the flags and names of opa "
        "bench. Figures are of this machine, now: compare figures of one run.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_bench,
    .args_max = 1,
};
