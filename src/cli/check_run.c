/* check_run.c - policies, objects, verdicts: the steps of `merlon check` before any output. */
#include "cli/check.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"

#include <time.h>

#define SANDBOX_MEMORY ((uint64_t)2 << 30) /* a worker's: text, values and answer of one file */
#define SANDBOX_RESULT ((size_t)512 << 20)

/* merlon.yaml, or the file of --config: policies, exceptions, and what flags may override. */
static mrl_status read_config(struct mrl_check *c) {
    mrl_str file = mrl_opt_str(c->cli, "config", MRL_CONFIG_FILE);
    mrl_val policies;
    c->config = mrl_empty_obj();
    if (!mrl_opt_given(c->cli, "config") && mrl_file_kind_of(file) == MRL_FILE_NONE)
        return MRL_OK;
    c->config_file = file;
    MRL_TRY(mrl_config_read(c->cli->arena, file, &c->files.err, &c->config));
    policies = MRL_GET(c->config, "policies");
    for (uint32_t i = 0; mrl_is_arr(policies) && i < policies.len; i++) {
        mrl_str path = mrl_config_path(c->cli->arena, file, mrl_val_str(policies.u.arr->items[i]));
        MRL_TRY(mrl_policy_files_add(&c->files, path));
    }
    return mrl_check_exceptions(c, c->config, file);
}

/* A template or constraint that cannot judge is told beside the files that cannot be read: what it
 * would have found is unknown. */
static mrl_status tell_faults(struct mrl_check *c) {
    struct mrl_err *faults;
    uint32_t n;
    MRL_TRY(mrl_gk_files_faults(&c->gatekeeper, &faults, &n));
    for (uint32_t i = 0; i < n; i++)
        MRL_TRY(mrl_check_add_unread(c, &faults[i]));
    return MRL_OK;
}

mrl_status mrl_check_load(struct mrl_check *c) {
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1};
    mrl_str path;
    MRL_TRY(mrl_policy_files_init(&c->files, c->cli->arena, &opts));
    mrl_gk_files_init(&c->gatekeeper, c->cli->arena, &c->files);
    if (!mrl_opt_given(c->cli, "no-controls"))
        MRL_TRY(mrl_check_own_controls(c));
    for (size_t i = 0; mrl_opt_nth(c->cli, "policy", i, &path); i++)
        MRL_TRY(mrl_policy_files_add(&c->files, path));
    MRL_TRY(read_config(c));
    MRL_TRY(mrl_gk_files_compile(&c->gatekeeper, &c->files, &c->policy));
    MRL_TRY(mrl_controls_find(c->policy, c->cli->arena, &c->files.diags, &c->controls));
    MRL_TRY(mrl_controls_add_constraints(&c->controls, c->cli->arena, &c->gatekeeper.set));
    MRL_TRY(tell_faults(c));
    return c->files.diags.total > 0 ? MRL_E_INVALID : MRL_OK;
}

static mrl_status collect(struct mrl_check *c) {
    if (c->cli->n_args == 0)
        MRL_TRY(mrl_check_collect(c, MRL_S(".")));
    for (size_t i = 0; i < c->cli->n_args; i++)
        MRL_TRY(mrl_check_collect(c, c->cli->args[i]));
    return MRL_OK;
}

/* --- judging -----------------------------------------------------------------------------------
 */

/* A file that could not be read counts as one unknown verdict of high severity. */
static void count_unread(struct mrl_check *c) {
    c->posture.all.count[MRL_UNKNOWN] += c->n_unread;
    c->posture.all.weight[MRL_UNKNOWN] += (uint64_t)c->n_unread * mrl_severity_weight(MRL_SEV_HIGH);
}

mrl_status mrl_check_judge(struct mrl_check *c) {
    MRL_ASSERT(c->pool != NULL && c->policy != NULL);
    /* One clock for all objects: a control that asks for the time gives each the same answer. */
    struct mrl_vm_opts vm = {.now_ns = (int64_t)time(NULL) * 1000000000};
    struct mrl_judge_job job = {.policy = c->policy,
                                .controls = &c->controls,
                                .objects = &c->objects,
                                .vm = &vm,
                                .done = &c->progress.done};
    mrl_progress_next(&c->progress, "objects judged", c->objects.n);
    MRL_TRY(mrl_objects_inventory(&c->objects, &job.inventory));
    c->posture.arena = c->cli->arena;
    MRL_TRY(mrl_judge_all(c->pool, &job, &c->posture, &c->files.err));
    count_unread(c);
    c->score = mrl_score_of(&c->posture.all);
    mrl_check_accept(c);
    return mrl_posture_groups(&c->posture, c->cli->arena, &c->groups, &c->n_groups);
}

/* A worker for each thread; they start when they are first called. A kernel without all layers is
 * told, since the user asked for the sandbox; a worker that cannot start makes its files unknown.
 */
static mrl_status prepare_workers(struct mrl_check *c) {
    struct mrl_worker_opts opts = {.memory_max = SANDBOX_MEMORY, .result_max = SANDBOX_RESULT};
    unsigned jobs = mrl_pool_jobs(c->pool);
    uint32_t missing = MRL_SANDBOX_ALL & ~mrl_sandbox_available();
    char names[64];
    c->workers = MRL_ARENA_ARRAY(c->cli->arena, struct mrl_worker, jobs);
    MRL_CHECK(c->workers != NULL, MRL_E_NOMEM);
    for (unsigned i = 0; i < jobs; i++)
        mrl_worker_init(&c->workers[i], &opts);
    mrl_sandbox_names(missing, names, sizeof names);
    if (missing != 0)
        mrl_log(MRL_LOG_WARN, "sandbox.layers", "this kernel gives the sandbox no %s", names);
    return MRL_OK;
}

int mrl_check_open(struct mrl_check *c, struct mrl_cli *cli) {
    int64_t jobs = mrl_pool_default_jobs();
    *c = (struct mrl_check){.cli = cli};
    if (mrl_opt_int(cli, "jobs", 1, MRL_POOL_JOBS_MAX, &jobs) != MRL_OK ||
        !mrl_registry_given_fits(cli))
        return MRL_EXIT_USAGE;
    if (mrl_pool_new((unsigned)jobs, &c->pool) == MRL_OK)
        return MRL_EXIT_OK;
    mrl_cli_error(cli, "no memory for %lld threads", (long long)jobs);
    return MRL_EXIT_INTERNAL;
}

/* One step, with its time in the log: where a slow run spends it. */
static mrl_status step(struct mrl_check *c, const char *name,
                       mrl_status (*run)(struct mrl_check *c)) {
    int64_t before = mrl_clock_ns();
    mrl_status status = run(c);
    mrl_log(MRL_LOG_DEBUG, "check.step", "%s took %.1f ms (%s)", name,
            (double)(mrl_clock_ns() - before) / 1e6, mrl_status_name(status));
    return status;
}

static mrl_status open_images(struct mrl_check *c) {
    bool ask = mrl_opt_given(c->cli, "verify-images");
    return mrl_images_open(c->cli, c->config, c->config_file, ask, &c->files.err, &c->images);
}

mrl_status mrl_check_prepare(struct mrl_check *c) {
    if (mrl_opt_given(c->cli, "sandbox"))
        MRL_TRY(prepare_workers(c));
    MRL_TRY(step(c, "compiling policies", mrl_check_load));
    MRL_TRY(open_images(c));
    return step(c, "finding files", collect);
}

mrl_status mrl_check_run(struct mrl_check *c) {
    MRL_TRY(mrl_check_prepare(c));
    MRL_TRY(step(c, "reading objects", mrl_check_read_all));
    return step(c, "judging", mrl_check_judge);
}

/* Stale exceptions are those that accept nothing: counted anew. */
static mrl_status copy_exceptions(const struct mrl_check *c, struct mrl_check *to) {
    to->exceptions = MRL_ARENA_ARRAY(c->cli->arena, struct mrl_exception, c->n_exceptions + 1);
    MRL_CHECK(to->exceptions != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < c->n_exceptions; i++) {
        to->exceptions[i] = c->exceptions[i];
        to->exceptions[i].used = 0;
    }
    return MRL_OK;
}

mrl_status mrl_check_twin(const struct mrl_check *c, struct mrl_check *ret) {
    *ret = (struct mrl_check){.cli = c->cli,
                              .pool = c->pool,
                              .workers = c->workers,
                              .files = c->files,
                              .policy = c->policy,
                              .controls = c->controls,
                              .images = c->images,
                              .n_exceptions = c->n_exceptions,
                              .verbose = c->verbose,
                              .quiet = c->quiet};
    return copy_exceptions(c, ret);
}

void mrl_check_release(struct mrl_check *c) {
    mrl_progress_stop(&c->progress);
    for (unsigned i = 0; c->workers != NULL && i < mrl_pool_jobs(c->pool); i++)
        mrl_worker_stop(&c->workers[i]);
    mrl_pool_free(c->pool);
    mrl_images_free(c->images);
    mrl_policy_builder_free(c->files.builder);
}
