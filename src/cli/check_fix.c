/* check_fix.c - `merlon check --fix` and `--diff`: fixes made in memory, judged again, then
 * written.
 *
 * Nothing is trusted that was not judged: the changed texts are parsed and judged as a tree of
 * their own, and a fix whose finding is still there, or that brings a new one, is taken back. Only
 * then are files replaced, one by one and each as a whole.
 */
#include "cli/check.h"

#include "base/diff.h"
#include "base/file.h"

#define ROUNDS_MAX 4     /* fixes taken back and the rest judged again, before all are given up */
#define DIFF_CONTEXT 3   /* lines around a change, as git has them */
#define REASONS_SHOWN 10 /* refusals told one by one */

const char *mrl_fix_state_name(enum mrl_fix_state s) {
    static const char *const names[] = {"fixed",  "fixed-by-another", "no-exact-fix",
                                        "unsafe", "refused",          "useless"};
    return names[s];
}

/* --- judging the changed texts
 * -------------------------------------------------------------------- */

/* The text of a source after the fixes. */
static mrl_str text_after(const struct mrl_fixes *f, const struct mrl_text_file *s) {
    for (uint32_t i = 0; i < f->n_sources; i++)
        if (f->sources[i].source == s)
            return f->sources[i].text;
    return s->text;
}

static mrl_status copy_inputs(const struct mrl_check *c, const struct mrl_fixes *f,
                              struct mrl_check *to) {
    for (uint32_t i = 0; i < c->inputs.n; i++) {
        const struct mrl_input *old = &c->inputs.items[i];
        struct mrl_input in = {.source = {.path = old->source.path, .json = old->source.json}};
        in.form = old->form;
        in.source.text = text_after(f, &old->source);
        if (in.source.text.ptr == NULL) /* never read: it stays unread */
            in.problem = old->problem;
        MRL_TRY(MRL_VEC_PUSH(c->cli->arena, &to->inputs, in));
    }
    return MRL_OK;
}

static mrl_status judge_again(struct mrl_check *c, const struct mrl_fixes *f,
                              struct mrl_check *ret) {
    MRL_TRY(mrl_check_twin(c, ret));
    ret->baseline = c->baseline;
    ret->skipped[MRL_SKIP_KIND] = c->skipped[MRL_SKIP_KIND];
    MRL_TRY(copy_inputs(c, f, ret));
    MRL_TRY(mrl_check_read_all(ret));
    MRL_TRY(mrl_check_judge(ret));
    return c->baseline.len > 0 ? mrl_baseline_apply(ret, c->baseline) : MRL_OK;
}

/* --- taking back what did not help
 * ------------------------------------------------------------------ */

struct range { /* findings [from, to) of one object */
    uint32_t from, to;
};

/* The findings of object i, which follow those at `at`. */
static struct range findings_of(const struct mrl_check *c, uint32_t i, uint32_t at) {
    struct range r = {at, at};
    while (r.to < c->posture.n_findings && c->posture.findings[r.to].object == &c->objects.items[i])
        r.to++;
    return r;
}

static uint32_t failures(const struct mrl_check *c, struct range r, const struct mrl_control *k) {
    uint32_t n = 0;
    for (uint32_t i = r.from; i < r.to; i++)
        n += c->posture.findings[i].control == k && c->posture.findings[i].verdict == MRL_FAIL;
    return n;
}

/* What an object's failures weigh. A fix may bring a lesser finding (a user above 0 is not yet a
 * promise not to be root), but must leave the object better than it was. */
static uint64_t weight(const struct mrl_check *c, struct range r) {
    uint64_t w = 0;
    for (uint32_t i = r.from; i < r.to; i++)
        if (c->posture.findings[i].verdict == MRL_FAIL)
            w += mrl_severity_weight(c->posture.findings[i].control->severity);
    return w;
}

static bool made(const struct mrl_fix *f) {
    return f->state == MRL_FIX_DONE || f->state == MRL_FIX_SHARED;
}

/* Gives up the fixes of one object that their control does not honour; all of them when the object
 * is none the better for them. Returns the number given up. */
static uint32_t distrust_object(const struct mrl_check *before, struct range b,
                                const struct mrl_check *after, struct range a,
                                struct mrl_fix *fixes, uint32_t n) {
    uint32_t given_up = 0;
    bool worse = weight(after, a) >= weight(before, b);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t mended = 0;
        for (uint32_t k = 0; k < n; k++)
            mended += fixes[k].finding->control == fixes[i].finding->control && made(&fixes[k]);
        if (!made(&fixes[i]) || (!worse && failures(after, a, fixes[i].finding->control) + mended <=
                                               failures(before, b, fixes[i].finding->control)))
            continue;
        fixes[i].state = MRL_FIX_USELESS;
        given_up++;
    }
    return given_up;
}

/* Takes back all fixes of one file; source NULL: of all. */
static uint32_t give_up(struct mrl_fixes *f, const struct mrl_text_file *source) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n; i++) {
        if (!made(&f->items[i]) || (source != NULL && f->items[i].finding->source != source))
            continue;
        f->items[i].state = MRL_FIX_USELESS;
        n++;
    }
    return n;
}

/* An object that no fix was made in must hold what it held: anchors may tie objects together. */
static bool changed_without_fix(const struct mrl_check *before, const struct mrl_check *after,
                                uint32_t i, const struct mrl_fix *fixes, uint32_t n) {
    for (uint32_t k = 0; k < n; k++)
        if (made(&fixes[k]))
            return false;
    return before->objects.items[i].source->text.ptr != after->objects.items[i].source->text.ptr &&
           !mrl_val_eq(before->objects.items[i].value, after->objects.items[i].value);
}

/* Compares object by object: both checks hold the same objects in the same order, or the change
 * broke more than its place. */
static uint32_t distrust(const struct mrl_check *before, const struct mrl_check *after,
                         struct mrl_fixes *f) {
    struct range b = {0, 0}, a = {0, 0};
    uint32_t given_up = 0, fix = 0;
    if (after->objects.n != before->objects.n || after->n_unread != before->n_unread)
        return give_up(f, NULL);
    for (uint32_t i = 0; i < before->objects.n; i++) {
        if (!mrl_str_eq(before->objects.items[i].id, after->objects.items[i].id))
            return give_up(f, NULL);
        b = findings_of(before, i, b.to);
        a = findings_of(after, i, a.to);
        uint32_t from = fix;
        while (fix < f->n && f->items[fix].finding->object == &before->objects.items[i])
            fix++;
        given_up += distrust_object(before, b, after, a, f->items + from, fix - from);
        if (changed_without_fix(before, after, i, f->items + from, fix - from))
            given_up += give_up(f, before->objects.items[i].source);
    }
    return given_up;
}

mrl_status mrl_check_fix(struct mrl_check *c, bool all, struct mrl_fixes *ret,
                         struct mrl_check *ret_after) {
    MRL_TRY(mrl_fixes_plan(c->cli->arena, &c->posture, all, ret));
    for (int round = 0; round < ROUNDS_MAX; round++) {
        MRL_TRY(mrl_fixes_make(c->cli->arena, ret));
        if (ret->n_sources == 0)
            break;
        MRL_TRY(judge_again(c, ret, ret_after));
        if (distrust(c, ret_after, ret) == 0)
            return MRL_OK;
    }
    give_up(ret, NULL);
    ret->n_sources = 0;
    *ret_after = *c;
    return MRL_OK;
}

/* --- diff and files
 * ---------------------------------------------------------------------------------- */

/* Names as git writes them; an absolute path is left as it is. */
static mrl_status diff_names(mrl_arena *a, mrl_str path, struct mrl_diff_opts *ret) {
    while (mrl_str_starts(path, MRL_S("./")))
        path = mrl_str_sub(path, 2, path.len);
    bool absolute = mrl_str_starts(path, MRL_S("/"));
    if (mrl_str_eq(path, MRL_S("-")))
        path = MRL_S("stdin");
    ret->old_name = mrl_arena_printf(a, "%s%.*s", absolute ? "" : "a/", MRL_F(path));
    ret->new_name = mrl_arena_printf(a, "%s%.*s", absolute ? "" : "b/", MRL_F(path));
    return ret->old_name.ptr != NULL && ret->new_name.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

mrl_status mrl_check_diff(struct mrl_check *c, const struct mrl_fixes *f, struct mrl_buf *b) {
    for (uint32_t i = 0; i < f->n_sources; i++) {
        const struct mrl_fixed_source *s = &f->sources[i];
        struct mrl_diff_opts opts = {.context = DIFF_CONTEXT};
        MRL_TRY(diff_names(c->cli->arena, s->source->path, &opts));
        MRL_TRY(mrl_diff_unified(b, c->cli->arena, s->source->text, s->text, &opts));
    }
    return b->status;
}

/* The file still holds what was judged. */
static mrl_status unchanged(struct mrl_check *c, const struct mrl_text_file *s,
                            struct mrl_err *err) {
    mrl_str now;
    MRL_TRY(mrl_file_read(c->cli->arena, s->path, 0, err, &now));
    if (mrl_str_eq(now, s->text))
        return MRL_OK;
    return mrl_err_set(err, MRL_E_CONFLICT, "fix.changed",
                       "%.*s changed while it was judged, so it is left alone: run merlon again",
                       MRL_F(s->path));
}

int mrl_check_write_fixes(struct mrl_check *c, const struct mrl_fixes *f) {
    int exit = MRL_EXIT_OK;
    for (uint32_t i = 0; i < f->n_sources; i++) {
        struct mrl_err err;
        mrl_err_init(&err);
        mrl_status status = unchanged(c, f->sources[i].source, &err);
        if (status == MRL_OK)
            status = mrl_file_replace(f->sources[i].source->path, f->sources[i].text, &err);
        if (status == MRL_OK)
            continue;
        mrl_cli_print_err(c->cli, &err);
        exit = MRL_EXIT_INTERNAL;
    }
    return exit;
}

/* --- report
 * ------------------------------------------------------------------------------------------ */

static uint32_t count(const struct mrl_fixes *f, enum mrl_fix_state s) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < f->n; i++)
        n += f->items[i].state == s;
    return n;
}

static const char *plural(uint32_t n) {
    return n == 1 ? "" : "s";
}

/* The fixes by control: "  MLN-POD-009  3  Privileges cannot grow inside the container". */
static void by_control(const struct mrl_check *c, const struct mrl_fixes *f, struct mrl_screen *s) {
    for (uint32_t k = 0; k < c->controls.n; k++) {
        uint32_t n = 0;
        for (uint32_t i = 0; i < f->n; i++)
            n += made(&f->items[i]) && f->items[i].finding->control == &c->controls.items[k];
        if (n > 0)
            mrl_screen_say(s, 2, NULL, "%.*s (%u): %.*s", MRL_F(c->controls.items[k].id), n,
                           MRL_F(c->controls.items[k].title));
    }
}

static void refusals(const struct mrl_fixes *f, struct mrl_screen *s) {
    uint32_t shown = 0, n = count(f, MRL_FIX_REFUSED);
    for (uint32_t i = 0; i < f->n && shown < REASONS_SHOWN; i++) {
        const struct mrl_finding *it = f->items[i].finding;
        if (f->items[i].state != MRL_FIX_REFUSED)
            continue;
        shown++;
        mrl_screen_say(s, 2, NULL, "%.*s:%u:%u: %.*s: %.*s", MRL_F(it->source->path), it->pos.line,
                       it->pos.col, MRL_F(it->control->id), MRL_F(f->items[i].why));
    }
    if (n > shown)
        mrl_screen_say(s, 2, NULL, "and %u more", n - shown);
}

void mrl_check_fix_report(const struct mrl_check *c, const struct mrl_fixes *f, bool written,
                          struct mrl_screen *s) {
    uint32_t done = count(f, MRL_FIX_DONE) + count(f, MRL_FIX_SHARED);
    uint32_t none = count(f, MRL_FIX_NONE), unsafe = count(f, MRL_FIX_UNSAFE);
    uint32_t refused = count(f, MRL_FIX_REFUSED), useless = count(f, MRL_FIX_USELESS);
    mrl_screen_say(s, 0, MRL_STYLE_BOLD, "%s %u finding%s in %u file%s",
                   written ? "Fixed" : "The patch fixes", done, plural(done), f->n_sources,
                   plural(f->n_sources));
    by_control(c, f, s);
    if (none > 0)
        mrl_screen_say(s, 0, NULL, "Left %u: no exact change is known, see the fix of each", none);
    if (unsafe > 0)
        mrl_screen_say(s, 0, NULL,
                       "Left %u: the change may alter what the workload does; --unsafe-fixes "
                       "makes it, too",
                       unsafe);
    if (refused > 0)
        mrl_screen_say(s, 0, NULL, "Left %u: the text cannot be changed safely", refused);
    refusals(f, s);
    if (useless > 0)
        mrl_screen_say(s, 0, NULL, "Left %u: the change would not do away with the finding",
                       useless);
    mrl_buf_byte(s->b, '\n');
}
