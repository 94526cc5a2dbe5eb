/* engine_bench.c - figures of the policy engine that no command shows.
 *
 * usage: engine-bench start COUNT COMMAND...     starts a program again and again
 *        engine-bench review POLICY QUERY FILE   parses a JSON text and asks the query about it
 * Prints "MEDIAN_ns MIN_ns" and, for start, the largest resident set in KiB. `review` is what a
 * webhook does for each request: text to values, values to an answer, in one arena that is reset.
 * Built and called by bench/engine.sh.
 */
#include "base/file.h"
#include "base/histogram.h"
#include "base/mem.h"
#include "engines/policy/policy.h"
#include "formats/json/json.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define REVIEW_NS 1000000000 /* time that `review` measures */

static struct mrl_hist hist;

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int print_hist(const char *more) {
    printf("%llu %llu%s\n", (unsigned long long)mrl_hist_percentile(&hist, 0.5),
           (unsigned long long)hist.min, more);
    return 0;
}

static int fail(const char *what) {
    fprintf(stderr, "engine-bench: %s\n", what);
    return 1;
}

/* --- start ------------------------------------------------------------------------------------ */

static int run_once(char **argv) {
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(null, 0);
        dup2(null, 1);
        execvp(argv[0], argv);
        _exit(127);
    }
    int status = 0;
    return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0 ? 0 : 1;
}

static int bench_start(uint32_t count, char **argv) {
    char more[64];
    for (uint32_t i = 0; i < count; i++) {
        int64_t before = now_ns();
        if (run_once(argv) != 0)
            return fail("the command fails");
        mrl_hist_add(&hist, (uint64_t)(now_ns() - before));
    }
    struct rusage use;
    getrusage(RUSAGE_CHILDREN, &use);
    snprintf(more, sizeof more, " %ld", use.ru_maxrss);
    return print_hist(more);
}

/* --- review ----------------------------------------------------------------------------------- */

static mrl_status decide(struct mrl_vm *vm, const struct mrl_query *q, mrl_str text,
                         struct mrl_err *err) {
    mrl_val input = mrl_undefined(), rows = mrl_undefined();
    MRL_TRY(mrl_vm_begin(vm, mrl_undefined()));
    MRL_TRY(mrl_json_parse(mrl_vm_arena(vm), text, NULL, err, &input));
    MRL_TRY(mrl_vm_begin_keep(vm, input));
    MRL_TRY(mrl_vm_query(vm, q, err, &rows));
    return rows.len == 1 ? MRL_OK : mrl_err_set(err, MRL_E_UNDEFINED, "bench", "undefined");
}

static mrl_status prepare(mrl_arena *a, mrl_str policy, mrl_str query, struct mrl_err *err,
                          struct mrl_query **ret_query, struct mrl_vm **ret_vm) {
    struct mrl_policy_builder *b = NULL;
    struct mrl_policy *p = NULL;
    struct mrl_diags diags;
    mrl_str text;
    mrl_diags_init(&diags, a, 0);
    MRL_TRY(mrl_file_read(a, policy, 0, err, &text));
    MRL_TRY(mrl_policy_builder_new(NULL, &b));
    MRL_TRY(mrl_policy_add_module(b, policy, text, MRL_REGO_V1, &diags));
    MRL_TRY(mrl_policy_compile(b, &diags, &p));
    MRL_TRY(mrl_query_prepare(p, query, NULL, &diags, ret_query));
    return mrl_vm_new(p, NULL, ret_vm);
}

static int bench_review(char **argv) {
    mrl_arena a;
    struct mrl_err err;
    struct mrl_query *q = NULL;
    struct mrl_vm *vm = NULL;
    mrl_str text;
    char more[64];
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    if (prepare(&a, mrl_str_z(argv[0]), mrl_str_z(argv[1]), &err, &q, &vm) != MRL_OK ||
        mrl_file_read(&a, mrl_str_z(argv[2]), 0, &err, &text) != MRL_OK)
        return fail(err.text[0] != '\0' ? err.text : "the policy does not compile");
    for (int i = 0; i < 100; i++) /* warm up */
        if (decide(vm, q, text, &err) != MRL_OK)
            return fail(err.text);
    uint64_t allocations = mrl_mem_count();
    int64_t start = now_ns(), before = start;
    while (before - start < REVIEW_NS) {
        if (decide(vm, q, text, &err) != MRL_OK)
            return fail(err.text);
        int64_t after = now_ns();
        mrl_hist_add(&hist, (uint64_t)(after - before));
        before = after;
    }
    snprintf(more, sizeof more, " %.2f allocations",
             (double)(mrl_mem_count() - allocations) / (double)hist.n);
    return print_hist(more);
}

int main(int argc, char **argv) {
    if (argc > 3 && strcmp(argv[1], "start") == 0)
        return bench_start((uint32_t)strtoul(argv[2], NULL, 10), argv + 3);
    if (argc == 5 && strcmp(argv[1], "review") == 0)
        return bench_review(argv + 2);
    return fail("usage: engine-bench start COUNT COMMAND... | review POLICY QUERY FILE");
}
