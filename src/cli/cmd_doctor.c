/* cmd_doctor.c - `merlon doctor`: what this machine gives, tried and not guessed.
 *
 * Each check is one function that fills one line; the sandbox is tried with a real worker that
 * reads a real document. A new check is one function and one row.
 */
#include "cli/cli.h"
#include "cli/documents.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/landlock.h"
#include "base/pool.h"
#include "formats/json/json.h"
#include "services/net/http.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

struct line { /* what a check found */
    bool ok;
    char detail[160];
};

static void says(struct line *l, bool ok, const char *fmt, ...) MRL_PRINTF(3, 4);
static void says(struct line *l, bool ok, const char *fmt, ...) {
    va_list ap;
    l->ok = ok;
    va_start(ap, fmt);
    vsnprintf(l->detail, sizeof l->detail, fmt, ap);
    va_end(ap);
}

/* --- the checks ---------------------------------------------------------------------------- */

static void check_kernel(mrl_arena *a, struct line *l) {
    struct utsname u;
    (void)a;
    if (uname(&u) == 0)
        says(l, true, "%s %s, %s", u.sysname, u.release, u.machine);
    else
        says(l, false, "the system does not say what it is");
}

static void check_threads(mrl_arena *a, struct line *l) {
    struct mrl_pool *pool = NULL;
    unsigned wanted = mrl_pool_default_jobs();
    (void)a;
    if (mrl_pool_new(wanted, &pool) != MRL_OK) {
        says(l, false, "no memory for threads");
        return;
    }
    says(l, mrl_pool_jobs(pool) == wanted, "%u of %u threads start", mrl_pool_jobs(pool), wanted);
    mrl_pool_free(pool);
}

static void check_privileges(mrl_arena *a, struct line *l) {
    bool ok = (mrl_sandbox_available() & MRL_SANDBOX_NO_NEW_PRIVS) != 0;
    (void)a;
    says(l, ok, ok ? "a worker cannot gain privileges" : "this kernel lacks no_new_privs");
}

static void check_landlock(mrl_arena *a, struct line *l) {
    int abi = mrl_landlock_abi();
    (void)a;
    if (abi == 0)
        says(l, false, "this kernel has no Landlock: seccomp alone keeps a worker from files");
    else
        says(l, true, "ABI %d: a worker has no files%s%s", abi, abi >= 4 ? ", no TCP" : "",
             abi >= 6 ? ", no signals out" : "");
}

static void check_seccomp(mrl_arena *a, struct line *l) {
    bool ok = (mrl_sandbox_available() & MRL_SANDBOX_SECCOMP) != 0;
    (void)a;
    says(l, ok,
         ok ? "a forbidden system call ends the worker" : "this kernel has no seccomp filters");
}

static void check_worker(mrl_arena *a, struct line *l) {
    struct mrl_worker w;
    struct mrl_err err;
    struct mrl_documents docs;
    char names[64];
    mrl_worker_init(&w, NULL);
    mrl_err_init(&err);
    int64_t before = mrl_clock_ns();
    mrl_status status =
        mrl_documents_parse_in(&w, a, MRL_S("doctor"), MRL_S("a: [1]\n"), false, &err, &docs);
    double ms = (double)(mrl_clock_ns() - before) / 1e6;
    mrl_sandbox_names(w.layers, names, sizeof names);
    if (status == MRL_OK && docs.n == 1)
        says(l, true, "started and read a document in %.1f ms (%s)", ms, names);
    else
        says(l, false, "%s", err.text[0] != '\0' ? err.text : mrl_status_name(status));
    mrl_worker_stop(&w);
}

/* Starts the network worker; asks nobody anything. */
static void check_network(mrl_arena *a, struct line *l) {
    struct mrl_http h;
    struct mrl_err err;
    char names[64];
    (void)a;
    mrl_err_init(&err);
    int64_t before = mrl_clock_ns();
    if (mrl_http_init(&h, &err) != MRL_OK) {
        says(l, false, "%s", err.text);
        return;
    }
    mrl_status status = mrl_worker_start(&h.worker, &err);
    double ms = (double)(mrl_clock_ns() - before) / 1e6;
    mrl_sandbox_names(h.worker.layers, names, sizeof names);
    if (status == MRL_OK)
        says(l, true, "merlon-net started in %.1f ms (%s)", ms, names);
    else
        says(l, false, "%s", err.text[0] != '\0' ? err.text : mrl_status_name(status));
    mrl_http_release(&h);
}

static void check_openat2(mrl_arena *a, struct line *l) {
    mrl_str text;
    int dir = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    mrl_status status = mrl_file_read_beneath(a, dir, MRL_S("proc/version"), 4096, NULL, &text);
    if (dir >= 0)
        close(dir);
    says(l, status != MRL_E_UNSUPPORTED,
         status != MRL_E_UNSUPPORTED ? "paths cannot lead out of a folder"
                                     : "this kernel lacks openat2 (Linux 5.6)");
}

static void check_zones(mrl_arena *a, struct line *l) {
    bool ok = mrl_file_kind_of(MRL_S("/usr/share/zoneinfo/UTC")) == MRL_FILE_REGULAR;
    (void)a;
    says(l, ok,
         ok ? "/usr/share/zoneinfo" : "no time zones: install tzdata for Rego's time functions");
}

static const struct {
    const char *name;
    void (*run)(mrl_arena *a, struct line *ret);
} checks[] = {
    {"kernel", check_kernel},           {"threads", check_threads},
    {"no-new-privs", check_privileges}, {"landlock", check_landlock},
    {"seccomp", check_seccomp},         {"sandboxed worker", check_worker},
    {"network worker", check_network},  {"openat2", check_openat2},
    {"time zones", check_zones},
};

/* --- the answer ---------------------------------------------------------------------------- */

static void print_human(struct mrl_buf *b, const struct line *lines, bool color) {
    mrl_buf_printf(b, "merlon " MRL_VERSION "\n");
    for (size_t i = 0; i < MRL_COUNTOF(checks); i++) {
        const char *on = !color ? "" : lines[i].ok ? "\033[32m" : "\033[33m";
        mrl_buf_printf(b, "  %s%-8s%s %-17s %s\n", on, lines[i].ok ? "ok" : "missing",
                       color ? "\033[0m" : "", checks[i].name, lines[i].detail);
    }
}

static void print_json(struct mrl_buf *b, const struct line *lines) {
    mrl_buf_printf(b, "{\n  \"version\": \"" MRL_VERSION "\",\n  \"checks\": [\n");
    for (size_t i = 0; i < MRL_COUNTOF(checks); i++) {
        mrl_buf_printf(b, "    {\"name\": \"%s\", \"ok\": %s, \"detail\": ", checks[i].name,
                       lines[i].ok ? "true" : "false");
        mrl_json_write_str(b, mrl_str_z(lines[i].detail), false);
        mrl_buf_printf(b, "}%s\n", i + 1 < MRL_COUNTOF(checks) ? "," : "");
    }
    MRL_BUF_LIT(b, "  ]\n}\n");
}

static int run_doctor(struct mrl_cli *cli) {
    struct line lines[MRL_COUNTOF(checks)];
    struct mrl_buf b;
    bool all = true;
    for (size_t i = 0; i < MRL_COUNTOF(checks); i++) {
        says(&lines[i], false, "not tried");
        checks[i].run(cli->arena, &lines[i]);
        all &= lines[i].ok;
    }
    mrl_buf_init(&b, 1 << 16);
    if (mrl_str_eq(mrl_opt_str(cli, "format", MRL_S("human")), MRL_S("json")))
        print_json(&b, lines);
    else
        print_human(&b, lines, cli->color_out);
    int exit = mrl_cli_out_buf(cli, &b);
    return exit != MRL_EXIT_OK ? exit : all ? MRL_EXIT_OK : MRL_EXIT_FINDINGS;
}

static const struct mrl_opt opts[] = {
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the answer on stdout",
     .choices = "human|json"},
};

static const struct mrl_example examples[] = {
    {"merlon doctor", "which protections this machine gives"},
    {"merlon doctor --format json", "the same for a program"},
};

const struct mrl_cmd mrl_cmd_doctor = {
    .name = "doctor",
    .args = "",
    .summary = "try what this machine gives: sandbox, threads, files",
    .text =
        "Tries each thing that merlon can use and says what is missing and what that means. The "
        "sandboxed worker is started and reads a document. Exits with 1 when something is "
        "missing; merlon works without it, with less protection or fewer functions.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_doctor,
};
