/* judge_pool.c - judging on several threads with the findings of one.
 *
 * Objects are judged in small ranges, since one with many containers costs fifty times one without.
 * A worker appends what it finds to a posture of its own and notes, for each range, which stretch
 * of its findings that was; at the end the stretches are joined in the order of the ranges. Tallies
 * are sums, so they are kept by worker: their order does not matter.
 */
#include "engines/posture/posture.h"

#define GRAIN 16 /* objects a part: about 1 ms with all controls */

struct stretch { /* what one part found: findings [from, to) of its worker */
    unsigned worker;
    uint32_t from, to;
};

struct worker {
    struct mrl_vm *vm; /* made by the worker's first part: a thread without work needs none */
    struct mrl_posture posture;
    mrl_arena arena;
};

struct judging {
    const struct mrl_judge_job *job;
    struct worker *workers; /* by number */
    unsigned n_workers;
    struct stretch *stretches; /* by part */
    size_t n_stretches;
};

static mrl_status open_worker(const struct mrl_judge_job *job, struct worker *w) {
    MRL_TRY(mrl_vm_new(job->policy, job->vm, &w->vm));
    return mrl_vm_overlay(w->vm, MRL_S("inventory"), job->inventory);
}

static mrl_status judge_part(void *cx, const struct mrl_pool_part *part) {
    MRL_ASSERT(part->index < ((struct judging *)cx)->n_stretches);
    struct judging *j = cx;
    struct worker *w = &j->workers[part->worker];
    struct stretch *s = &j->stretches[part->index];
    if (w->vm == NULL)
        MRL_TRY(open_worker(j->job, w));
    s->worker = part->worker;
    s->from = w->posture.n_findings;
    MRL_TRY(mrl_judge(w->vm, j->job->controls, j->job->objects, (uint32_t)part->from,
                      (uint32_t)part->to, &w->posture));
    s->to = w->posture.n_findings;
    if (j->job->done != NULL)
        atomic_fetch_add(j->job->done, part->to - part->from);
    return MRL_OK;
}

/* --- joining ------------------------------------------------------------------------------- */

static void add_tally(struct mrl_tally *into, const struct mrl_tally *from) {
    for (int v = MRL_PASS; v <= MRL_UNKNOWN; v++) {
        into->count[v] += from->count[v];
        into->weight[v] += from->weight[v];
    }
}

static mrl_status join(const struct judging *j, struct mrl_posture *ret) {
    uint32_t n_controls = j->job->controls->n, n = 0;
    for (unsigned i = 0; i < j->n_workers; i++)
        n += j->workers[i].posture.n_findings;
    struct mrl_finding *all = MRL_ARENA_ARRAY(ret->arena, struct mrl_finding, n + 1);
    struct mrl_tally *tallies = MRL_ARENA_ARRAY(ret->arena, struct mrl_tally, n_controls + 1);
    MRL_CHECK(all != NULL && tallies != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < j->n_stretches; i++) {
        const struct stretch *s = &j->stretches[i];
        uint32_t found = s->to - s->from;
        if (found > 0)
            memcpy(all + ret->n_findings, j->workers[s->worker].posture.findings + s->from,
                   found * sizeof *all);
        ret->n_findings += found;
    }
    MRL_ASSERT(ret->n_findings == n);
    for (unsigned i = 0; i < j->n_workers; i++) {
        const struct mrl_posture *p = &j->workers[i].posture;
        add_tally(&ret->all, &p->all);
        for (uint32_t c = 0; c < n_controls && p->by_control != NULL; c++)
            add_tally(&tallies[c], &p->by_control[c]);
    }
    ret->findings = all;
    ret->cap_findings = n + 1;
    ret->by_control = tallies;
    return MRL_OK;
}

/* Frees the VMs and gives what the threads found to the posture's arena. */
static void close_workers(struct judging *j, mrl_arena *heir) {
    for (unsigned i = 0; i < j->n_workers; i++) {
        mrl_vm_free(j->workers[i].vm);
        mrl_arena_adopt(heir, &j->workers[i].arena);
    }
}

mrl_status mrl_judge_all(struct mrl_pool *pool, const struct mrl_judge_job *job,
                         struct mrl_posture *ret, struct mrl_err *err) {
    MRL_ASSERT(ret->arena != NULL && ret->n_findings == 0);
    struct judging j = {.job = job,
                        .n_workers = mrl_pool_jobs(pool),
                        .n_stretches = mrl_pool_parts(job->objects->n, GRAIN)};
    j.workers = MRL_ARENA_ARRAY(ret->arena, struct worker, j.n_workers);
    j.stretches = MRL_ARENA_ARRAY(ret->arena, struct stretch, j.n_stretches + 1);
    MRL_CHECK(j.workers != NULL && j.stretches != NULL, MRL_E_NOMEM);
    for (unsigned i = 0; i < j.n_workers; i++) {
        mrl_arena_init(&j.workers[i].arena, MRL_ARENA_UNLIMITED);
        j.workers[i].posture.arena = &j.workers[i].arena;
    }
    struct mrl_pool_job parts = {.run = judge_part, .cx = &j, .n = job->objects->n, .grain = GRAIN};
    mrl_status status = mrl_pool_run(pool, &parts, err);
    if (status == MRL_OK)
        status = join(&j, ret);
    close_workers(&j, ret->arena);
    return status;
}
