/* check_human.c - the answer for people: the figures, what matters most and its patch, what next.
 *
 * Five groups are shown, ranked by what they expose, since a list of everything hides what to do
 * first; --verbose shows all of it. Every line is made by screen.h: as wide as the terminal, and
 * harmless whatever the files hold.
 */
#include "cli/check.h"
#include "cli/screen.h"

#include "base/diff.h"
#include "formats/json/json.h"

#define TOP 5                      /* groups, and unknowns, without --verbose */
#define PLACES 3                   /* shown of one group without --verbose */
#define INDENT 3                   /* of everything below a heading */
#define PATCH_BYTES_MAX (4u << 20) /* larger files get their patch from --diff alone */
#define PATCH_LINES_MAX 24         /* of one finding */
#define LINES_AROUND 1             /* equal lines shown around a change */

struct out {
    const struct mrl_check *c;
    struct mrl_screen s;
};

static const char *shade(enum mrl_severity s) {
    static const char *const shades[] = {MRL_STYLE_CYAN, MRL_STYLE_YELLOW, MRL_STYLE_RED,
                                         MRL_STYLE_ALARM};
    return shades[s];
}

static const char *plural(uint64_t n) {
    return n == 1 ? "" : "s";
}

static void labelled(struct out *o, const char *label, mrl_str text) {
    struct mrl_para p;
    mrl_para_begin(&p, &o->s, INDENT, INDENT + 4);
    mrl_para_add(&p, MRL_STYLE_BOLD, mrl_str_z(label));
    mrl_para_add(&p, NULL, text);
    mrl_para_end(&p);
}

/* The first sentence: enough beside a finding; `merlon explain` has the rest. */
static mrl_str first_sentence(mrl_str text) {
    for (size_t at = 0; (at = mrl_str_find(text, MRL_S(". "), at)) != MRL_STR_NPOS; at++)
        if (at > 10) /* "e.g. " and the like are no sentences */
            return mrl_str_sub(text, 0, at + 1);
    return text;
}

/* --- the place -----------------------------------------------------------------------------------
 */

static mrl_str line_at(mrl_str text, size_t from) {
    size_t end = mrl_str_find(text, MRL_S("\n"), from);
    mrl_str line = mrl_str_sub(text, from, end == MRL_STR_NPOS ? text.len : end);
    return mrl_str_ends(line, MRL_S("\r")) ? mrl_str_sub(line, 0, line.len - 1) : line;
}

/* The source line with carets below the place. A long line is cut so that the place is seen. */
static void excerpt(struct out *o, const struct mrl_finding *f) {
    mrl_str text = f->source->text;
    if (f->pos.line == 0 || f->pos.offset > text.len || o->s.width < MRL_SCREEN_MIN)
        return;
    size_t start = f->pos.offset - (f->pos.col - 1);
    mrl_str line = line_at(text, start);
    size_t stop = f->end < start + line.len ? f->end : start + line.len;
    size_t at = mrl_screen_columns(mrl_str_sub(text, start, f->pos.offset));
    size_t n =
        stop > f->pos.offset ? mrl_screen_columns(mrl_str_sub(text, f->pos.offset, stop)) : 1;
    struct mrl_buf number;
    mrl_buf_init(&number, 64);
    mrl_buf_printf(&number, "%*s%u | ", INDENT, "", f->pos.line);
    size_t gutter = number.len, room = o->s.width - gutter;
    size_t from = at + (n < room / 2 ? n : room / 2) > room ? at - room / 3 : 0;
    mrl_screen_text(&o->s, MRL_STYLE_DIM, mrl_buf_str(&number));
    mrl_screen_window(&o->s, NULL, line, from, room);
    mrl_buf_byte(o->s.b, '\n');
    mrl_buf_fill(o->s.b, ' ', gutter - 2);
    mrl_screen_text(&o->s, MRL_STYLE_DIM, MRL_S("| "));
    mrl_buf_fill(o->s.b, ' ', at - from);
    mrl_buf_clear(&number);
    mrl_buf_fill(&number, '^', at - from + n < room ? n : room - (at - from));
    mrl_screen_text(&o->s, MRL_STYLE_ALARM, mrl_buf_str(&number));
    mrl_buf_byte(o->s.b, '\n');
    mrl_buf_release(&number);
}

static void place(struct out *o, const struct mrl_finding *f) {
    struct mrl_para p;
    mrl_str where = mrl_arena_printf(o->c->cli->arena, "%.*s:%u:%u", MRL_F(f->source->path),
                                     f->pos.line, f->pos.col);
    mrl_para_begin(&p, &o->s, INDENT, 2 * INDENT);
    mrl_para_add(&p, MRL_STYLE_BOLD, where);
    mrl_para_add(&p, MRL_STYLE_DIM, f->object->kind);
    mrl_para_add(&p, MRL_STYLE_DIM,
                 mrl_arena_printf(o->c->cli->arena, "%.*s%s%.*s:", MRL_F(f->object->ns),
                                  f->object->ns.len > 0 ? "/" : "", MRL_F(f->object->name)));
    mrl_para_add(&p, NULL, f->message);
    mrl_para_end(&p);
}

/* --- the fix -------------------------------------------------------------------------------------
 */

/* The lines of a diff behind its header of ranges. */
static void diff_lines(struct out *o, mrl_str diff) {
    unsigned shown = 0;
    while (diff.len > 0) {
        mrl_str line = mrl_str_cut(diff, '\n', &diff);
        char mark = line.len > 0 ? line.ptr[0] : ' ';
        if (mark == '@' || mark == '\\')
            continue;
        if (shown++ == PATCH_LINES_MAX) {
            mrl_screen_say(&o->s, 2 * INDENT, MRL_STYLE_DIM, "and more: see --diff");
            return;
        }
        mrl_buf_fill(o->s.b, ' ', 2 * INDENT);
        mrl_screen_window(&o->s,
                          mark == '+'   ? MRL_STYLE_GREEN
                          : mark == '-' ? MRL_STYLE_RED
                                        : MRL_STYLE_DIM,
                          line, 0, o->s.width - 2 * INDENT);
        mrl_buf_byte(o->s.b, '\n');
    }
}

/* The finding's patch as a small diff; false when there is none to show. */
static bool patch(struct out *o, const struct mrl_finding *f) {
    struct mrl_patch p;
    struct mrl_err err;
    mrl_arena *a = o->c->cli->arena;
    struct mrl_diff_opts opts = {.context = LINES_AROUND};
    if (f->source->text.len > PATCH_BYTES_MAX || mrl_fix_patch(a, f, &err, &p) != MRL_OK)
        return false;
    mrl_str text = mrl_patch_apply(a, f->source->text, &p);
    struct mrl_buf diff;
    mrl_buf_init(&diff, 1 << 20);
    bool ok = text.ptr != NULL &&
              mrl_diff_unified(&diff, a, f->source->text, text, &opts) == MRL_OK && diff.len > 0;
    if (ok)
        diff_lines(o, mrl_buf_str(&diff));
    mrl_buf_release(&diff);
    return ok;
}

static void fix(struct out *o, const struct mrl_finding *f) {
    bool safe = mrl_fix_is_safe(f);
    mrl_str text = f->control->remediation;
    if (!o->c->verbose)
        text = first_sentence(text);
    if (text.len > 0)
        labelled(o, "fix", text);
    if (patch(o, f))
        mrl_screen_say(&o->s, 2 * INDENT, MRL_STYLE_DIM,
                       safe ? "--fix makes this change"
                            : "--fix --unsafe-fixes makes this change; it may "
                              "alter what the workload does");
}

/* --- groups --------------------------------------------------------------------------------------
 */

static void heading(struct out *o, size_t number, const struct mrl_group *g) {
    struct mrl_para p;
    const struct mrl_control *k = g->control;
    mrl_arena *a = o->c->cli->arena;
    mrl_buf_byte(o->s.b, '\n');
    mrl_para_begin(&p, &o->s, 0, INDENT);
    mrl_para_add(&p, NULL, mrl_arena_printf(a, "%zu.", number));
    mrl_para_add(&p, shade(k->severity), mrl_str_z(mrl_severity_name(k->severity)));
    mrl_para_add(&p, MRL_STYLE_DIM, k->id);
    mrl_para_add(&p, MRL_STYLE_BOLD, k->title);
    mrl_para_add(&p, NULL, mrl_arena_printf(a, "(%u place%s)", g->n, plural(g->n)));
    mrl_para_end(&p);
}

static void group(struct out *o, size_t number, const struct mrl_group *g) {
    uint32_t most = o->c->verbose ? g->n : PLACES;
    heading(o, number, g);
    for (uint32_t i = 0; i < g->n && i < most; i++) {
        place(o, g->findings[i]);
        if (i == 0)
            excerpt(o, g->findings[i]);
    }
    if (g->n > most)
        mrl_screen_say(&o->s, INDENT, MRL_STYLE_DIM, "and %u more place%s", g->n - most,
                       plural(g->n - most));
    mrl_str why = g->control->why;
    if (why.len > 0)
        labelled(o, "why", o->c->verbose ? why : first_sentence(why));
    fix(o, g->findings[0]);
}

/* --- figures -------------------------------------------------------------------------------------
 */

/* How many open findings there are of each severity. */
static void severities(struct out *o) {
    uint64_t n[MRL_SEV_CRITICAL + 1] = {0}, all = 0;
    struct mrl_para p;
    for (uint32_t i = 0; i < o->c->posture.n_findings; i++) {
        const struct mrl_finding *f = &o->c->posture.findings[i];
        if (f->verdict != MRL_FAIL || f->accepted != MRL_NOT_ACCEPTED)
            continue;
        n[f->control->severity]++;
        all++;
    }
    mrl_para_begin(&p, &o->s, 0, INDENT);
    mrl_para_add(&p, NULL,
                 mrl_arena_printf(o->c->cli->arena, "%llu finding%s%s", (unsigned long long)all,
                                  plural(all), all > 0 ? ":" : ""));
    for (int s = MRL_SEV_CRITICAL; s >= MRL_SEV_LOW; s--) {
        if (n[s] == 0)
            continue;
        all -= n[s]; /* what is left: another severity follows */
        mrl_para_add(&p, shade((enum mrl_severity)s),
                     mrl_arena_printf(o->c->cli->arena, "%llu %s%s", (unsigned long long)n[s],
                                      mrl_severity_name((enum mrl_severity)s), all > 0 ? "," : ""));
    }
    mrl_para_end(&p);
}

static void ratchet(struct out *o) {
    const struct mrl_check *c = o->c;
    mrl_screen_say(&o->s, 0, NULL, "Baseline %.*s: %u finding%s accepted as debt, floor %.1f",
                   MRL_F(c->baseline), c->n_debt, plural(c->n_debt), c->baseline_floor);
    if (c->n_debt_expired > 0)
        mrl_screen_say(&o->s, 0, MRL_STYLE_YELLOW,
                       "%u finding%s not accepted any more: the debt is past its date",
                       c->n_debt_expired, plural(c->n_debt_expired));
    if (c->n_debt_paid > 0)
        mrl_screen_say(&o->s, 0, MRL_STYLE_GREEN,
                       "%u entr%s of the baseline paid: merlon baseline raise makes that lasting",
                       c->n_debt_paid, c->n_debt_paid == 1 ? "y is" : "ies are");
}

/* "origin/main (merge base), commit 0123456789ab": what the tree is compared with. */
static void since(struct out *o) {
    const struct mrl_since *s = o->c->since;
    if (s->problem != NULL)
        mrl_screen_say(&o->s, 0, MRL_STYLE_PURPLE,
                       "The base cannot be read: nobody knows what is new");
    else if (s->commit.len == 0)
        mrl_screen_say(&o->s, 0, NULL, "No base, %.*s: everything is new", MRL_F(s->how));
    else
        mrl_screen_say(&o->s, 0, NULL, "Base %.12s: %.*s (%.*s)", s->commit.ptr, MRL_F(s->name),
                       MRL_F(s->how));
    if (s->problem == NULL)
        mrl_screen_say(&o->s, 0, s->n_new > 0 ? MRL_STYLE_RED : MRL_STYLE_GREEN,
                       "%u new finding%s, %u old, %u fixed", s->n_new, plural(s->n_new), s->n_old,
                       s->n_gone);
}

static void figures(struct out *o) {
    const struct mrl_check *c = o->c;
    const uint64_t *n = c->posture.all.count;
    if (c->score.known)
        mrl_screen_say(&o->s, 0, MRL_STYLE_BOLD,
                       "Score %.1f of 100 · coverage %.1f %% · floor %.1f", c->score.score,
                       c->score.coverage, c->score.floor);
    else
        mrl_screen_say(&o->s, 0, MRL_STYLE_BOLD, "No score: nothing could be judged");
    if (c->since != NULL)
        since(o);
    severities(o);
    mrl_screen_say(
        &o->s, 0, NULL,
        "%u file%s, %u object%s, %u controls: %llu pass, %llu fail, %llu unknown, %llu not "
        "applicable",
        c->n_files, plural(c->n_files), c->objects.n, plural(c->objects.n), c->controls.n,
        (unsigned long long)n[MRL_PASS], (unsigned long long)n[MRL_FAIL],
        (unsigned long long)n[MRL_UNKNOWN], (unsigned long long)n[MRL_NOT_APPLICABLE]);
    if (c->baseline.len > 0)
        ratchet(o);
    for (int s = 0; s < MRL_SKIP_N; s++)
        if (c->skipped[s] > 0)
            mrl_screen_say(&o->s, 0, MRL_STYLE_DIM, "Skipped: %llu %s",
                           (unsigned long long)c->skipped[s], mrl_skip_name((enum mrl_skip)s));
}

static void unknown(struct out *o, const struct mrl_pos *pos, mrl_str control, mrl_str why) {
    struct mrl_para p;
    mrl_para_begin(&p, &o->s, 0, INDENT);
    mrl_para_add(&p, MRL_STYLE_PURPLE, MRL_S("unknown"));
    mrl_para_add(
        &p, MRL_STYLE_BOLD,
        mrl_arena_printf(o->c->cli->arena, "%.*s:%u:%u", MRL_F(pos->file), pos->line, pos->col));
    if (control.len > 0)
        mrl_para_add(&p, MRL_STYLE_DIM, control);
    mrl_para_add(&p, NULL, why);
    mrl_para_end(&p);
}

/* Everything that could not be judged, and why: all files, and the first of the verdicts. */
static void unknowns(struct out *o) {
    const struct mrl_check *c = o->c;
    uint32_t seen = 0, most = c->verbose ? UINT32_MAX : TOP;
    for (uint32_t i = 0; i < c->n_unread; i++)
        unknown(o, &c->unread[i]->pos, (mrl_str){NULL, 0}, mrl_str_z(c->unread[i]->text));
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->verdict == MRL_UNKNOWN && seen++ < most)
            unknown(o, &f->pos, f->control->id, f->message);
    }
    if (seen > most)
        mrl_screen_say(&o->s, INDENT, MRL_STYLE_DIM, "and %u more unknown: see --verbose",
                       seen - most);
}

static void exceptions(struct out *o) {
    for (uint32_t i = 0; i < o->c->n_exceptions; i++) {
        const struct mrl_exception *e = &o->c->exceptions[i];
        if (e->expired || e->used == 0)
            mrl_screen_say(
                &o->s, 0, MRL_STYLE_YELLOW, "stale exception %u (%.*s, owner %.*s): %s", i + 1,
                MRL_F(e->control.len > 0   ? e->control
                      : e->subject.len > 0 ? e->subject
                                           : e->path),
                MRL_F(e->owner),
                e->expired ? "it has expired" : "it accepts nothing any more: remove it");
    }
}

/* Old debt, apart from what fails the run: its places with --verbose, else how much there is. */
static void old_debt(struct out *o) {
    const struct mrl_check *c = o->c;
    if (c->since == NULL || c->since->n_old == 0)
        return;
    mrl_buf_byte(o->s.b, '\n');
    mrl_screen_say(&o->s, 0, MRL_STYLE_BOLD,
                   "Old debt: %u finding%s that stand%s at the base, too%s", c->since->n_old,
                   plural(c->since->n_old), c->since->n_old == 1 ? "s" : "",
                   c->verbose ? "" : " (--verbose shows them)");
    for (uint32_t i = 0; i < c->posture.n_findings && c->verbose; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->accepted == MRL_ACCEPTED_BASE && f->verdict == MRL_FAIL)
            place(o, f);
    }
}

/* --- what next
 * ------------------------------------------------------------------------------------ */

/* The line is to be copied: a control of one's own is known to explain by the same options only. */
static void say_explain(struct out *o, mrl_str id) {
    mrl_arena *a = o->c->cli->arena;
    mrl_str line = mrl_arena_printf(a, "merlon explain %.*s", MRL_F(id)), path;
    bool own = !mrl_str_starts(id, MRL_S("MLN-"));
    for (size_t i = 0; own && mrl_opt_nth(o->c->cli, "policy", i, &path) && line.ptr != NULL; i++)
        line = mrl_arena_printf(a, "%.*s --policy %.*s", MRL_F(line), MRL_F(path));
    if (own && mrl_opt_given(o->c->cli, "config") && line.ptr != NULL)
        line = mrl_arena_printf(a, "%.*s --config %.*s", MRL_F(line), MRL_F(o->c->config_file));
    if (line.ptr != NULL)
        mrl_screen_say(&o->s, 0, NULL, "%.*s says more about a control", MRL_F(line));
}

static void next_steps(struct out *o) {
    const struct mrl_check *c = o->c;
    uint32_t safe = 0;
    if (c->n_groups == 0)
        return;
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        safe += f->verdict == MRL_FAIL && f->accepted == MRL_NOT_ACCEPTED && mrl_fix_is_safe(f);
    }
    mrl_buf_byte(o->s.b, '\n');
    if (!c->verbose && c->n_groups > TOP)
        mrl_screen_say(&o->s, 0, NULL, "%zu more groups of findings: --verbose shows them all",
                       c->n_groups - TOP);
    if (safe > 0 && c->fixes.items == NULL)
        mrl_screen_say(&o->s, 0, NULL,
                       "%u finding%s can be fixed safely: merlon check --diff shows the patch, "
                       "--fix applies it",
                       safe, plural(safe));
    say_explain(o, c->groups[0].control->id);
    if (c->baseline.len == 0 && c->since == NULL)
        mrl_screen_say(
            &o->s, 0, NULL,
            "merlon baseline init accepts what is there, so that only new findings fail");
}

void mrl_check_human(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    size_t width = c->cli->width > (int)MRL_SCREEN_MIN ? (size_t)c->cli->width : MRL_SCREEN_MIN;
    struct out o = {c, {b, width, color}};
    if (c->fixes.items != NULL && !c->quiet)
        mrl_check_fix_report(c, &c->fixes, true, &o.s);
    figures(&o);
    unknowns(&o);
    if (c->quiet)
        return;
    exceptions(&o);
    for (size_t i = 0; i < c->n_groups && (c->verbose || i < TOP); i++)
        group(&o, i + 1, &c->groups[i]);
    old_debt(&o);
    next_steps(&o);
}
