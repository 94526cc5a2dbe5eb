/* check_exceptions.c - findings that a team accepts: who, why, until when. */
#include "cli/check.h"

#include "base/civil.h"
#include "base/ignore.h"

#include <time.h>

mrl_str mrl_today(mrl_arena *a) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    struct mrl_civil c = mrl_civil_at(now.tv_sec);
    return mrl_arena_printf(a, "%04d-%02d-%02d", (int)c.year, (int)c.month, (int)c.day);
}

/* The keys themselves were checked with the file; see config.def. */
mrl_status mrl_check_exceptions(struct mrl_check *c, mrl_val config, mrl_str file) {
    mrl_val list = MRL_GET(config, "exceptions");
    if (!mrl_is_arr(list))
        return MRL_OK;
    c->exceptions = MRL_ARENA_ARRAY(c->cli->arena, struct mrl_exception, list.len + 1);
    mrl_str date = mrl_today(c->cli->arena);
    MRL_CHECK(c->exceptions != NULL && date.ptr != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < list.len; i++) {
        mrl_val v = list.u.arr->items[i];
        struct mrl_exception *e = &c->exceptions[c->n_exceptions++];
        *e = (struct mrl_exception){.control = mrl_val_str(MRL_GET(v, "control")),
                                    .subject = mrl_val_str(MRL_GET(v, "subject")),
                                    .path = mrl_val_str(MRL_GET(v, "path")),
                                    .owner = mrl_val_str(MRL_GET(v, "owner")),
                                    .reason = mrl_val_str(MRL_GET(v, "reason")),
                                    .expires = mrl_val_str(MRL_GET(v, "expires"))};
        if (e->control.len + e->subject.len + e->path.len == 0)
            return mrl_err_set(&c->files.err, MRL_E_INVALID, "config.exception",
                               "%.*s: exception %u would accept everything: name a control, a "
                               "subject or a path",
                               MRL_F(file), i + 1);
        e->expired = mrl_str_cmp(e->expires, date) < 0;
    }
    return MRL_OK;
}

static bool fits(mrl_str glob, mrl_str text) {
    return glob.len == 0 || mrl_str_eq(glob, text) || mrl_path_glob(glob, text);
}

void mrl_check_accept(struct mrl_check *c) {
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        struct mrl_finding *f = &c->posture.findings[i];
        for (uint32_t k = 0; k < c->n_exceptions; k++) {
            struct mrl_exception *e = &c->exceptions[k];
            if (f->verdict != MRL_FAIL || e->expired || !fits(e->control, f->control->id) ||
                !fits(e->subject, f->object->id) || !fits(e->path, f->source->path))
                continue;
            f->accepted = MRL_ACCEPTED_EXCEPTION;
            f->accepted_why = e->reason;
            e->used++;
        }
    }
}
