/* main.c - runs the unit tests that test.h registered.
 *
 * Usage: merlon-unit [--list] [--oom N] [--io-fail N] [NAME-PART ...]. --oom N makes the N-th
 * allocation (and all later ones) of each test fail, --io-fail N its N-th system call on a file:
 * such a run passes when nothing crashes (checks are not counted then). The last line is "N passed,
 * N failed", with ", N skipped" where something was absent.
 */
#include "base/mem.h"
#include "base/sys.h"
#include "test.h"
#include "worker_jobs.h"

#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

extern const struct mrl_test __start_mrl_tests[];
extern const struct mrl_test __stop_mrl_tests[];

static struct {
    const struct mrl_test *current;
    int failures;
    const char *skipped;
    uint64_t oom_at, io_at;
} run;

void mrl_test_fail(const char *file, int line, const char *fmt, ...) {
    if (run.oom_at != 0 || run.io_at != 0)
        return;
    run.failures++;
    fprintf(stderr, "%s:%d: %s: ", file, line, run.current->name);
    va_list ap;
    va_start(ap, fmt);
    vfprintf(stderr, fmt, ap);
    va_end(ap);
    fputc('\n', stderr);
}

void mrl_test_skip(const char *why) {
    run.skipped = why;
}

const char *mrl_test_conformance(void) {
    const char *dir = getenv("MERLON_CONFORMANCE");
    if (dir == NULL)
        dir = "../shared/conformance";
    return access(dir, R_OK) == 0 ? dir : NULL;
}

static bool wanted(const struct mrl_test *t, int n, char **names) {
    if (n == 0)
        return true;
    for (int i = 0; i < n; i++)
        if (strstr(t->name, names[i]) != NULL)
            return true;
    return false;
}

static void run_one(const struct mrl_test *t, int *passed, int *failed, int *skipped) {
    run.current = t;
    run.failures = 0;
    run.skipped = NULL;
    mrl_mem_fail_at(run.oom_at);
    mrl_sys_fail_at(run.io_at, EIO);
    t->fn();
    mrl_mem_fail_at(0);
    mrl_sys_fail_at(0, 0);
    if (run.failures > 0) {
        printf("FAIL %s\n", t->name);
        (*failed)++;
    } else if (run.skipped != NULL) {
        printf("skip %s: %s\n", t->name, run.skipped);
        (*skipped)++;
    } else {
        (*passed)++;
    }
}

int main(int argc, char **argv) {
    if (mrl_worker_wanted(argc, argv))
        mrl_worker_main(mrl_test_jobs, mrl_test_n_jobs);
    int first = 1;
    bool list = false;
    for (; first < argc && strncmp(argv[first], "--", 2) == 0; first++) {
        if (strcmp(argv[first], "--list") == 0)
            list = true;
        else if (strcmp(argv[first], "--oom") == 0 && first + 1 < argc)
            run.oom_at = strtoull(argv[++first], NULL, 10);
        else if (strcmp(argv[first], "--io-fail") == 0 && first + 1 < argc)
            run.io_at = strtoull(argv[++first], NULL, 10);
        else {
            fprintf(stderr,
                    "usage: merlon-unit [--list] [--oom N] [--io-fail N] [NAME-PART ...]\n");
            return 2;
        }
    }
    mrl_hash_seed();
    int passed = 0, failed = 0, skipped = 0;
    for (const struct mrl_test *t = __start_mrl_tests; t < __stop_mrl_tests; t++) {
        if (!wanted(t, argc - first, argv + first))
            continue;
        if (list)
            puts(t->name);
        else
            run_one(t, &passed, &failed, &skipped);
    }
    if (!list)
        printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
    return failed > 0 ? 1 : 0;
}
