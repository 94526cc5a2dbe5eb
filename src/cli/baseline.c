/* baseline.c - see baseline.h. */
#include "cli/baseline.h"

#include "base/file.h"
#include "base/num.h"
#include "formats/json/json.h"

static mrl_status refuse(struct mrl_err *err, mrl_str file, const char *why) {
    return mrl_err_set(err, MRL_E_INVALID, "baseline.form",
                       "%.*s: %s: make a new one with `merlon baseline init`", MRL_F(file), why);
}

mrl_status mrl_baseline_read(mrl_arena *a, mrl_str file, struct mrl_err *err,
                             struct mrl_baseline *ret) {
    mrl_val v = mrl_undefined();
    MRL_TRY(mrl_load_document(a, file, err, &v));
    if (!mrl_str_eq(mrl_val_str(MRL_GET(v, "schema")), MRL_S("merlon.baseline/1")))
        return refuse(err, file, "is no merlon.baseline/1");
    mrl_val debt = MRL_GET(v, "debt"), floor = MRL_GET(v, "floor");
    if (!mrl_is_obj(debt) || !mrl_is_num(floor))
        return refuse(err, file, "lacks debt or floor");
    for (uint32_t i = 0; i < debt.len; i++) {
        mrl_val d = debt.u.obj->m[i].val;
        if (mrl_val_str(MRL_GET(d, "owner")).len == 0 ||
            mrl_val_str(MRL_GET(d, "reason")).len == 0 ||
            mrl_val_str(MRL_GET(d, "expires")).len != 10)
            return refuse(err, file, "holds debt without owner, reason or date of expiry");
    }
    *ret = (struct mrl_baseline){debt, mrl_num_to_double(floor)};
    return MRL_OK;
}

mrl_status mrl_baseline_write(mrl_arena *a, mrl_str file, const struct mrl_baseline *b,
                              struct mrl_err *err) {
    struct mrl_buf out;
    struct mrl_json_style style = {.indent = 2};
    mrl_str floor = mrl_arena_printf(a, "%.2f", b->floor);
    MRL_CHECK(floor.ptr != NULL, MRL_E_NOMEM);
    mrl_val number = {.tag = MRL_T_NUM, .len = (uint32_t)floor.len, .u.s = floor.ptr};
    struct mrl_member m[] = {{MRL_V("schema"), MRL_V("merlon.baseline/1")},
                             {MRL_V("floor"), number},
                             {MRL_V("debt"), b->debt}};
    mrl_val v = mrl_undefined();
    MRL_TRY(mrl_obj_of(a, m, MRL_COUNTOF(m), &v));
    mrl_buf_init(&out, (size_t)256 << 20);
    mrl_json_write(&out, a, v, &style);
    mrl_buf_byte(&out, '\n');
    mrl_status status = out.status;
    if (status == MRL_OK)
        status = mrl_file_replace(file, mrl_buf_str(&out), err);
    mrl_buf_release(&out);
    return status;
}

mrl_status mrl_baseline_apply(struct mrl_check *c, mrl_str file) {
    struct mrl_baseline b;
    MRL_TRY(mrl_baseline_read(c->cli->arena, file, &c->files.err, &b));
    mrl_str today = mrl_today(c->cli->arena);
    MRL_CHECK(today.ptr != NULL, MRL_E_NOMEM);
    c->baseline = file;
    c->baseline_floor = b.floor;
    bool *owed = MRL_ARENA_ARRAY(c->cli->arena, bool, b.debt.len + 1); /* by entry */
    MRL_CHECK(owed != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        struct mrl_finding *f = &c->posture.findings[i];
        int64_t at = mrl_obj_find(b.debt, mrl_strval(f->fingerprint));
        if (f->verdict != MRL_FAIL || at < 0)
            continue;
        owed[at] = true;
        mrl_val debt = b.debt.u.obj->m[at].val;
        if (f->accepted != MRL_NOT_ACCEPTED)
            continue;
        if (mrl_str_cmp(mrl_val_str(MRL_GET(debt, "expires")), today) < 0) {
            c->n_debt_expired++;
            continue;
        }
        f->accepted = MRL_ACCEPTED_BASELINE;
        f->accepted_why = mrl_val_str(MRL_GET(debt, "reason"));
        c->n_debt++;
    }
    /* A file that could not be read may still owe: nothing is called paid then. */
    for (uint32_t i = 0; i < b.debt.len && c->n_unread == 0; i++)
        c->n_debt_paid += !owed[i];
    return mrl_posture_groups(&c->posture, c->cli->arena, &c->groups, &c->n_groups);
}
