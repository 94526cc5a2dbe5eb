/* score.c - severities, verdicts, the score, and groups by root cause. */
#include "engines/posture/posture.h"

#include <stdlib.h>

const char *mrl_severity_name(enum mrl_severity s) {
    static const char *const names[] = {"low", "medium", "high", "critical"};
    return names[s];
}

uint32_t mrl_severity_weight(enum mrl_severity s) {
    MRL_ASSERT(s <= MRL_SEV_CRITICAL);
    static const uint32_t weights[] = {1, 3, 6, 10};
    return weights[s];
}

const char *mrl_verdict_name(enum mrl_verdict v) {
    static const char *const names[] = {"pass", "fail", "not-applicable", "unknown"};
    return names[v];
}

static double percent(uint64_t part, uint64_t whole) {
    return whole == 0 ? 0.0 : 100.0 * (double)part / (double)whole;
}

struct mrl_score mrl_score_of(const struct mrl_tally *t) {
    uint64_t known = t->count[MRL_PASS] + t->count[MRL_FAIL];
    uint64_t weight = t->weight[MRL_PASS] + t->weight[MRL_FAIL];
    return (struct mrl_score){
        .known = known > 0,
        .score = percent(t->weight[MRL_PASS], weight),
        .coverage = percent(known, known + t->count[MRL_UNKNOWN]),
        .floor = percent(t->weight[MRL_PASS], weight + t->weight[MRL_UNKNOWN]),
    };
}

/* --- groups
 * --------------------------------------------------------------------------------------- */

/* The kind of a cause: "host-path" of "host-path:/var/log". */
static mrl_str kind_of(const struct mrl_finding *f) {
    mrl_str rest;
    return mrl_str_cut(f->cause, ':', &rest);
}

static int by_cause(const void *pa, const void *pb) {
    const struct mrl_finding *a = *(const struct mrl_finding *const *)pa;
    const struct mrl_finding *b = *(const struct mrl_finding *const *)pb;
    int c = mrl_str_cmp(a->control->id, b->control->id);
    c = c != 0 ? c : mrl_str_cmp(kind_of(a), kind_of(b));
    c = c != 0 ? c : mrl_str_cmp(a->cause, b->cause);
    c = c != 0 ? c : mrl_str_cmp(a->pos.file, b->pos.file);
    return c != 0 ? c : (a->pos.offset > b->pos.offset) - (a->pos.offset < b->pos.offset);
}

static int by_rank(const void *pa, const void *pb) {
    const struct mrl_group *a = pa, *b = pb;
    if (a->rank != b->rank)
        return a->rank < b->rank ? 1 : -1;
    int c = mrl_str_cmp(a->control->id, b->control->id);
    return c != 0 ? c : mrl_str_cmp(a->kind, b->kind);
}

/* What fixing a group wins: exposure first, then severity; more places count, but less and less. */
static uint64_t rank_of(const struct mrl_control *c, uint32_t n) {
    MRL_ASSERT(n > 0); /* a group holds what made it */
    uint64_t places = 0;
    for (uint32_t left = n; left > 0; left /= 2)
        places++;
    uint64_t exposes = c->exposes > 0 ? (uint64_t)c->exposes : 1;
    return exposes * mrl_severity_weight(c->severity) * (3 + places);
}

mrl_status mrl_posture_groups(const struct mrl_posture *p, mrl_arena *a, struct mrl_group **ret,
                              size_t *ret_n) {
    const struct mrl_finding **open =
        MRL_ARENA_ARRAY(a, const struct mrl_finding *, p->n_findings + 1);
    struct mrl_group *groups = MRL_ARENA_ARRAY(a, struct mrl_group, p->n_findings + 1);
    MRL_CHECK(open != NULL && groups != NULL, MRL_E_NOMEM);
    size_t n = 0, n_groups = 0;
    for (uint32_t i = 0; i < p->n_findings; i++)
        if (p->findings[i].verdict == MRL_FAIL && p->findings[i].accepted == MRL_NOT_ACCEPTED)
            open[n++] = &p->findings[i];
    qsort(open, n, sizeof(void *), by_cause);
    for (size_t from = 0, to; from < n; from = to) {
        struct mrl_group *g = &groups[n_groups++];
        *g = (struct mrl_group){open[from]->control, kind_of(open[from]), open + from, 0, 1, 0};
        for (to = from + 1;
             to < n && open[to]->control == g->control && mrl_str_eq(kind_of(open[to]), g->kind);
             to++)
            g->n_causes += !mrl_str_eq(open[to]->cause, open[to - 1]->cause);
        g->n = (uint32_t)(to - from);
        g->rank = rank_of(g->control, g->n);
    }
    qsort(groups, n_groups, sizeof *groups, by_rank);
    *ret = groups;
    *ret_n = n_groups;
    return MRL_OK;
}
