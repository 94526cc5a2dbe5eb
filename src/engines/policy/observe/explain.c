/* explain.c - a record as lines for people, in the form that OPA's users know.
 *
 * Notes and fails are shown with the rules and bodies around them: the first time, not again until
 * something else was shown, so that a long run with three fails stays a short text.
 */
#include "engines/policy/observe/record.h"

#include <stdio.h>

#define DEPTH_SHOWN 512 /* bars drawn, and bodies remembered, at most */
#define COLUMN_GAP 5    /* blanks between the longest place and the events */

static const char *const op_names[] = {"Enter", "Exit", "Eval", "Fail", "Redo", "Note", "TestCase"};

/* --- one line
 * -------------------------------------------------------------------------------------- */

/* "file:line" or "query:line"; the length, as snprintf. */
_Static_assert(MRL_COUNTOF(op_names) == MRL_TRACE_CASE + 1, "one name an event");
static int place(const struct mrl_step *s, char *text, size_t size) {
    mrl_str file = s->at->module->file;
    if (file.len == 0)
        return snprintf(text, size, "query:%u", s->at->loc.line);
    return snprintf(text, size, "%.*s:%u", MRL_F(file), s->at->loc.line);
}

/* What an event is about: a rule by its path, a note by its text, else the source on one line. */
static void print_text(const struct mrl_step *s, struct mrl_buf *out) {
    if (s->op == MRL_TRACE_NOTE)
        mrl_buf_printf(out, "\"%.*s\"", MRL_F(s->note));
    else if (s->op == MRL_TRACE_CASE)
        mrl_buf_add(out, s->note);
    else if (s->at->expr != NULL && s->at->expr->generated) /* the body of a rule without one */
        MRL_BUF_LIT(out, "true");
    else if (s->at->of_rule && s->at->module->file.len > 0)
        mrl_probe_rule_name(out, s->at);
    else
        mrl_one_line(out, mrl_probe_text(s->at));
}

/* {name: value, …} behind the text, when the record kept values. */
static void print_values(const struct mrl_step *s, struct mrl_buf *out) {
    uint32_t shown = 0;
    for (uint32_t i = 0; s->values != NULL && i < s->at->n_names; i++) {
        mrl_str v = s->values[i];
        mrl_buf_add(out, shown++ > 0 ? MRL_S(", ") : MRL_S("    {"));
        mrl_one_line(out, s->at->names[i].text);
        mrl_buf_printf(out, ": %.*s", MRL_F(v.ptr != NULL ? v : MRL_S("undefined")));
    }
    if (shown > 0)
        mrl_buf_byte(out, '}');
}

/* One line. Entering a rule stands one bar further out than what happens in it. */
static void print_step(const struct mrl_step *s, int column, unsigned indent, bool values,
                       struct mrl_buf *out) {
    MRL_ASSERT(s->op < MRL_COUNTOF(op_names));
    char text[512];
    int n = place(s, text, sizeof text);
    mrl_buf_fill(out, ' ', indent);
    mrl_buf_printf(out, "%.*s", n, text);
    mrl_buf_fill(out, ' ', (size_t)(column > n ? column - n : 1));
    bool outside = s->op == MRL_TRACE_ENTER || (s->op == MRL_TRACE_REDO && s->at->expr == NULL);
    uint32_t bars = s->depth - (outside && s->depth > 0);
    for (uint32_t i = 0; i < bars && i < DEPTH_SHOWN; i++)
        mrl_buf_add(out, MRL_S("| "));
    mrl_buf_printf(out, "%s ", op_names[s->op]);
    print_text(s, out);
    if (values)
        print_values(s, out);
    mrl_buf_byte(out, '\n');
}

/* --- choosing
 * -------------------------------------------------------------------------------------- */

/* Whether the mode shows the step for its own sake. */
static bool wanted(const struct mrl_step *s, enum mrl_explain mode) {
    switch (mode) {
    case MRL_EXPLAIN_NOTES:
        return s->op == MRL_TRACE_NOTE;
    case MRL_EXPLAIN_FAILS:
        return s->op == MRL_TRACE_FAIL;
    case MRL_EXPLAIN_NOTES_AND_FAILS:
        return s->op == MRL_TRACE_NOTE || s->op == MRL_TRACE_FAIL;
    case MRL_EXPLAIN_FULL:
        return s->op != MRL_TRACE_CASE;
    default:
        return true;
    }
}

/* True when an expression that iterates fails once more: without values it is the same line. */
static bool is_repetition(const struct mrl_step *last, const struct mrl_step *s) {
    return s->op == MRL_TRACE_FAIL && last->op == MRL_TRACE_FAIL && s->at == last->at &&
           s->depth == last->depth;
}

/* Calls `show` for each step of the mode, with the bodies around it in the filtered modes. */
static void choose(const struct mrl_record *r, uint32_t from, uint32_t to, enum mrl_explain mode,
                   void (*show)(void *cx, const struct mrl_step *s), void *cx) {
    MRL_ASSERT(from <= to && to <= r->n);
    const struct mrl_step *around[DEPTH_SHOWN] = {NULL};
    bool all = mode == MRL_EXPLAIN_FULL || mode == MRL_EXPLAIN_DEBUG;
    uint32_t deepest = 0;
    for (uint32_t i = from; i < to; i++) {
        const struct mrl_step *s = &r->steps[i];
        if (!r->values && i > from && is_repetition(&s[-1], s))
            continue;
        if (wanted(s, mode)) {
            for (uint32_t d = 0; !all && d <= s->depth && d < DEPTH_SHOWN; d++) {
                if (around[d] != NULL)
                    show(cx, around[d]);
                around[d] = NULL;
            }
            show(cx, s);
        }
        bool body = (s->op == MRL_TRACE_ENTER || s->op == MRL_TRACE_REDO) && s->at->expr == NULL;
        if (all || !body || s->depth >= DEPTH_SHOWN)
            continue;
        for (uint32_t d = s->depth + 1; d <= deepest; d++)
            around[d] = NULL; /* bodies that ended */
        around[s->depth] = s;
        deepest = s->depth > deepest ? s->depth : deepest;
    }
}

/* The width of the longest place among the lines that will be shown. */
static void measure(void *cx, const struct mrl_step *s) {
    int *widest = cx;
    int n = place(s, NULL, 0);
    *widest = n > *widest ? n : *widest;
}

struct printing {
    int column;
    unsigned indent;
    bool values;
    struct mrl_buf *out;
};

static void print(void *cx, const struct mrl_step *s) {
    const struct printing *p = cx;
    print_step(s, p->column, p->indent, p->values, p->out);
}

void mrl_explain_range(const struct mrl_record *r, uint32_t from, uint32_t to,
                       enum mrl_explain mode, unsigned indent, struct mrl_buf *out) {
    struct printing p = {.indent = indent, .values = r->values, .out = out};
    choose(r, from, to, mode, measure, &p.column);
    p.column += COLUMN_GAP;
    choose(r, from, to, mode, print, &p);
    if (r->lost > 0)
        mrl_buf_printf(out, "%*s... %llu more events are not kept\n", (int)indent, "",
                       (unsigned long long)r->lost);
}

void mrl_explain_print(const struct mrl_record *r, enum mrl_explain mode, unsigned indent,
                       struct mrl_buf *out) {
    mrl_explain_range(r, 0, r->n, mode, indent, out);
}
