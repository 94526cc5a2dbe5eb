/* ci_compare.c - what of a tree's findings stands at the base, too, and what went.
 *
 * One fingerprint may stand for several findings: an object may be in two files, a control may find
 * two things in one place. So findings are paired off one by one: first within a file of the same
 * name, then wherever the rest is, and last by what they say of the object, since the place moves
 * up and down when the parts around it come and go. Of three where two stood, one is new.
 */
#include "cli/ci.h"

#include "base/map.h"

#define NONE UINT32_MAX

struct pairing {
    mrl_arena *a;
    struct mrl_check *c;
    const struct mrl_posture *base;
    bool *paired; /* by finding of the base */
};

enum by { BY_FILE, BY_FINGERPRINT, BY_MESSAGE };

/* Fails and unknowns apart: what was unknown and fails now is news. */
static mrl_str key_of(mrl_arena *a, const struct mrl_finding *f, enum by by) {
    char verdict = f->verdict == MRL_FAIL ? 'f' : 'u';
    if (by == BY_MESSAGE)
        return mrl_arena_printf(a, "%c%.*s\n%.*s\n%.*s\n%.*s", verdict, MRL_F(f->control->id),
                                MRL_F(f->object->id), MRL_F(f->cause), MRL_F(f->message));
    return mrl_arena_printf(a, "%c%.*s\n%.*s", verdict, MRL_F(f->fingerprint),
                            MRL_F(by == BY_FILE ? f->source->path : MRL_S("")));
}

/* Pairs what is left on both sides by one kind of key. */
static mrl_status pair_by(struct pairing *p, enum by by) {
    struct mrl_map keys = {0};
    uint32_t n = p->base->n_findings, id;
    uint32_t *first = MRL_ARENA_ARRAY(p->a, uint32_t, n + 1); /* by key: the next to pair */
    uint32_t *next = MRL_ARENA_ARRAY(p->a, uint32_t, n + 1);  /* by finding: behind it */
    MRL_CHECK(first != NULL && next != NULL, MRL_E_NOMEM);
    for (uint32_t i = n; i > 0; i--) { /* from the end, so that each list is in order */
        uint32_t before = keys.n;
        if (p->paired[i - 1])
            continue;
        mrl_str key = key_of(p->a, &p->base->findings[i - 1], by);
        MRL_CHECK(key.ptr != NULL, MRL_E_NOMEM);
        MRL_TRY(mrl_map_add(&keys, p->a, key, &id));
        next[i - 1] = id == before ? NONE : first[id];
        first[id] = i - 1;
    }
    for (uint32_t i = 0; i < p->c->posture.n_findings; i++) {
        struct mrl_finding *f = &p->c->posture.findings[i];
        if (f->old)
            continue;
        mrl_str key = key_of(p->a, f, by);
        MRL_CHECK(key.ptr != NULL, MRL_E_NOMEM);
        int64_t at = mrl_map_find(&keys, key);
        if (at < 0 || first[at] == NONE)
            continue;
        f->old = true;
        p->paired[first[at]] = true;
        first[at] = next[first[at]];
    }
    return MRL_OK;
}

/* Old failures are accepted, unless somebody accepts them already. */
static mrl_status accept_old(struct mrl_check *c, struct mrl_since *since) {
    mrl_str why = mrl_arena_printf(c->cli->arena, "it stands at the base %.*s",
                                   MRL_F(mrl_str_sub(since->commit, 0, 12)));
    MRL_CHECK(why.ptr != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        struct mrl_finding *f = &c->posture.findings[i];
        bool open = f->accepted == MRL_NOT_ACCEPTED;
        since->n_new += open && f->verdict == MRL_FAIL && !f->old;
        since->n_old += open && f->verdict == MRL_FAIL && f->old;
        if (!open || !f->old)
            continue;
        f->accepted = MRL_ACCEPTED_BASE;
        f->accepted_why = why;
    }
    return MRL_OK;
}

static mrl_status add_unread(mrl_arena *a, const struct mrl_err *e, struct mrl_map *m) {
    uint32_t id;
    mrl_str key = mrl_arena_printf(a, "%.*s\n%s", MRL_F(e->pos.file), e->text);
    MRL_CHECK(key.ptr != NULL, MRL_E_NOMEM);
    return mrl_map_add(m, a, key, &id);
}

/* The same file, unreadable for the same reason. */
static mrl_status count_old_unread(const struct mrl_check *c, struct mrl_since *since) {
    struct mrl_map seen = {0};
    for (uint32_t i = 0; i < since->base->n_unread; i++)
        MRL_TRY(add_unread(c->cli->arena, since->base->unread[i], &seen));
    for (uint32_t i = 0; i < c->n_unread; i++) {
        uint32_t before = seen.n;
        MRL_TRY(add_unread(c->cli->arena, c->unread[i], &seen));
        since->n_old_unread += seen.n == before;
    }
    return MRL_OK;
}

/* What nothing can be said about now: objects of files that cannot be read, and pairs of control
 * and object that are unknown. A finding there is not gone, it is out of sight. */
static mrl_status out_of_sight(const struct mrl_check *c, struct mrl_map *ret) {
    uint32_t id;
    for (uint32_t i = 0; i < c->n_unread; i++)
        MRL_TRY(mrl_map_add(ret, c->cli->arena, c->unread[i]->pos.file, &id));
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->verdict != MRL_UNKNOWN)
            continue;
        mrl_str pair = mrl_arena_printf(c->cli->arena, "%.*s %.*s", MRL_F(f->control->id),
                                        MRL_F(f->object->id));
        MRL_CHECK(pair.ptr != NULL, MRL_E_NOMEM);
        MRL_TRY(mrl_map_add(ret, c->cli->arena, pair, &id));
    }
    return MRL_OK;
}

static mrl_status find_gone(const struct pairing *p, struct mrl_since *since) {
    struct mrl_map hidden = {0};
    MRL_TRY(out_of_sight(p->c, &hidden));
    since->gone = MRL_ARENA_ARRAY(p->a, const struct mrl_finding *, p->base->n_findings + 1);
    MRL_CHECK(since->gone != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < p->base->n_findings; i++) {
        const struct mrl_finding *f = &p->base->findings[i];
        if (p->paired[i] || f->verdict != MRL_FAIL || f->accepted != MRL_NOT_ACCEPTED)
            continue;
        mrl_str pair =
            mrl_arena_printf(p->a, "%.*s %.*s", MRL_F(f->control->id), MRL_F(f->object->id));
        MRL_CHECK(pair.ptr != NULL, MRL_E_NOMEM);
        if (mrl_map_find(&hidden, f->source->path) < 0 && mrl_map_find(&hidden, pair) < 0)
            since->gone[since->n_gone++] = f;
    }
    return MRL_OK;
}

/* Without a base nothing is old. */
static mrl_status compare(struct mrl_check *c, struct mrl_since *since) {
    struct pairing p = {.a = c->cli->arena, .c = c, .base = &since->base->posture};
    p.paired = MRL_ARENA_ARRAY(p.a, bool, p.base->n_findings + 1);
    MRL_CHECK(p.paired != NULL, MRL_E_NOMEM);
    for (enum by by = BY_FILE; by <= BY_MESSAGE; by++)
        MRL_TRY(pair_by(&p, by));
    MRL_TRY(count_old_unread(c, since));
    return find_gone(&p, since);
}

mrl_status mrl_ci_compare(struct mrl_check *c, struct mrl_since *since) {
    if (since->base != NULL)
        MRL_TRY(compare(c, since));
    MRL_TRY(accept_old(c, since));
    c->since = since;
    return mrl_posture_groups(&c->posture, c->cli->arena, &c->groups, &c->n_groups);
}
