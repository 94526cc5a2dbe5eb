/* check_human.c - the answer for people: score, the fixes that matter most, what was not read. */
#include "cli/check.h"

#include "formats/json/json.h"

#include <stdio.h>

#define TOP 5
#define PLACES 3 /* shown of one group */

struct out {
    const struct mrl_check *c;
    struct mrl_buf *b;
    bool color;
};

static void paint(struct out *o, const char *code, const char *text) {
    mrl_buf_printf(o->b, "%s%s%s%s", o->color ? "\033[" : "", o->color ? code : "", text,
                   o->color ? "\033[0m" : "");
}

static const char *shade(enum mrl_severity s) {
    return s == MRL_SEV_CRITICAL ? "1;31m"
           : s == MRL_SEV_HIGH   ? "31m"
           : s == MRL_SEV_MEDIUM ? "33m"
                                 : "36m";
}

/* Text broken at spaces to the width of the terminal. */
static void wrapped(struct out *o, const char *label, mrl_str text) {
    size_t width = (size_t)o->c->cli->width, col = 3 + strlen(label);
    mrl_buf_printf(o->b, "   %s", label);
    while (text.len > 0) {
        mrl_str word = mrl_str_cut(text, ' ', &text);
        if (col + word.len + 1 > width && col > 9) {
            mrl_buf_add(o->b, MRL_S("\n      "));
            col = 6;
        }
        mrl_buf_printf(o->b, " %.*s", MRL_F(word));
        col += word.len + 1;
    }
    mrl_buf_byte(o->b, '\n');
}

/* The source line with a caret below the place. */
static void excerpt(struct out *o, const struct mrl_finding *f) {
    mrl_str text = f->source->text;
    if (f->pos.line == 0 || f->pos.offset > text.len)
        return;
    size_t from = f->pos.offset - (f->pos.col - 1);
    size_t end = mrl_str_find(text, MRL_S("\n"), f->pos.offset);
    mrl_str line = mrl_str_sub(text, from, end == MRL_STR_NPOS ? text.len : end);
    if (line.len > 160)
        line.len = 160;
    size_t stop = f->end < from + line.len ? f->end : from + line.len;
    size_t n = stop > f->pos.offset ? stop - f->pos.offset : 1;
    mrl_buf_printf(o->b, "   %5u | ", f->pos.line);
    for (size_t i = 0; i < line.len; i++)
        mrl_buf_byte(o->b, (unsigned char)line.ptr[i] < 0x20 ? ' ' : line.ptr[i]);
    mrl_buf_add(o->b, MRL_S("\n         | "));
    mrl_buf_fill(o->b, ' ', f->pos.col - 1 < 160 ? f->pos.col - 1 : 160);
    struct mrl_buf carets;
    mrl_buf_init(&carets, 256);
    mrl_buf_fill(&carets, '^', n < 80 ? n : 80);
    mrl_buf_byte(&carets, '\0');
    paint(o, "1;31m", carets.ptr != NULL ? carets.ptr : "^");
    mrl_buf_release(&carets);
    mrl_buf_byte(o->b, '\n');
}

static void path(struct mrl_buf *b, mrl_val keys) {
    for (uint32_t i = 0; mrl_is_arr(keys) && i < keys.len; i++) {
        mrl_val k = keys.u.arr->items[i];
        if (mrl_is_str(k))
            mrl_buf_printf(b, "%s%.*s", i > 0 ? "." : "", MRL_F(mrl_val_str(k)));
        else if (k.tag == MRL_T_INT)
            mrl_buf_printf(b, "[%lld]", (long long)k.u.i);
    }
}

static void fix(struct out *o, const struct mrl_finding *f) {
    if (!mrl_is_obj(f->fix)) {
        wrapped(o, "fix:", f->control->remediation);
        return;
    }
    mrl_str op = mrl_val_str(MRL_GET(f->fix, "op"));
    mrl_buf_printf(o->b, "   fix:  %.*s ", MRL_F(op));
    path(o->b, MRL_GET(f->fix, "path"));
    mrl_val v = MRL_GET(f->fix, "value");
    if (mrl_is_defined(v)) {
        mrl_buf_add(o->b, mrl_str_eq(op, MRL_S("append")) ? MRL_S(" + ") : MRL_S(" = "));
        mrl_json_write(o->b, o->c->cli->arena, v, NULL);
    }
    mrl_buf_byte(o->b, '\n');
}

static void group(struct out *o, size_t number, const struct mrl_group *g) {
    char label[32];
    snprintf(label, sizeof label, "%s", mrl_severity_name(g->control->severity));
    mrl_buf_printf(o->b, "\n%zu. ", number);
    paint(o, shade(g->control->severity), label);
    mrl_buf_printf(o->b, "  %.*s  %.*s (%u place%s)\n", MRL_F(g->control->id),
                   MRL_F(g->control->title), g->n, g->n == 1 ? "" : "s");
    for (uint32_t i = 0; i < g->n && i < PLACES; i++) {
        const struct mrl_finding *f = g->findings[i];
        mrl_buf_printf(o->b, "   %.*s:%u:%u  %.*s %.*s: %.*s\n", MRL_F(f->source->path),
                       f->pos.line, f->pos.col, MRL_F(f->object->kind), MRL_F(f->object->name),
                       MRL_F(f->message));
        if (i == 0)
            excerpt(o, f);
    }
    if (g->n > PLACES)
        mrl_buf_printf(o->b, "   and %u more\n", g->n - PLACES);
    wrapped(o, "why:", g->control->why);
    fix(o, g->findings[0]);
}

static void figures(struct out *o) {
    const struct mrl_check *c = o->c;
    const uint64_t *n = c->posture.all.count;
    if (c->score.known) {
        mrl_buf_printf(o->b, "Score %.1f of 100 · coverage %.1f %% · floor %.1f\n", c->score.score,
                       c->score.coverage, c->score.floor);
    } else {
        mrl_buf_add(o->b, MRL_S("No score: nothing could be judged\n"));
    }
    mrl_buf_printf(
        o->b,
        "%u files, %u objects, %u controls: %llu pass, %llu fail, %llu unknown, %llu not "
        "applicable\n",
        c->n_files, c->objects.n, c->controls.n, (unsigned long long)n[MRL_PASS],
        (unsigned long long)n[MRL_FAIL], (unsigned long long)n[MRL_UNKNOWN],
        (unsigned long long)n[MRL_NOT_APPLICABLE]);
    if (c->baseline_floor > 0)
        mrl_buf_printf(o->b, "Baseline: %u findings are accepted debt, floor %.1f\n", c->n_debt,
                       c->baseline_floor);
    for (int s = 0; s < MRL_SKIP_N; s++)
        if (c->skipped[s] > 0)
            mrl_buf_printf(o->b, "Skipped: %llu %s\n", (unsigned long long)c->skipped[s],
                           mrl_skip_name((enum mrl_skip)s));
}

static void unknowns(struct out *o) {
    const struct mrl_check *c = o->c;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < c->n_unread; i++) {
        const struct mrl_err *e = c->unread[i];
        paint(o, "35m", "unknown");
        mrl_buf_printf(o->b, " %.*s:%u:%u: %s\n", MRL_F(e->pos.file), e->pos.line, e->pos.col,
                       e->text);
    }
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->verdict != MRL_UNKNOWN || shown++ >= TOP)
            continue;
        paint(o, "35m", "unknown");
        mrl_buf_printf(o->b, " %.*s:%u:%u: %.*s: %.*s\n", MRL_F(f->source->path), f->pos.line,
                       f->pos.col, MRL_F(f->control->id), MRL_F(f->message));
    }
    if (shown > TOP)
        mrl_buf_printf(o->b, "and %u more unknown: see --format json\n", shown - TOP);
}

static void exceptions(struct out *o) {
    for (uint32_t i = 0; i < o->c->n_exceptions; i++) {
        const struct mrl_exception *e = &o->c->exceptions[i];
        if (e->expired || e->used == 0)
            mrl_buf_printf(o->b, "stale exception %u (%.*s, owner %.*s): %s\n", i + 1,
                           MRL_F(e->control), MRL_F(e->owner),
                           e->expired ? "it has expired" : "it accepts nothing any more");
    }
}

void mrl_check_human(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    struct out o = {c, b, color};
    figures(&o);
    unknowns(&o);
    exceptions(&o);
    for (size_t i = 0; i < c->n_groups && i < TOP; i++)
        group(&o, i + 1, &c->groups[i]);
    if (c->n_groups > TOP)
        mrl_buf_printf(b,
                       "\n%zu more groups of findings: see --format json; merlon explain %.*s says "
                       "more about one\n",
                       c->n_groups - TOP, MRL_F(c->groups[0].control->id));
}
