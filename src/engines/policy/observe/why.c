/* why.c - the smallest expression that failed, with its values.
 *
 * Idea: our VM evaluates a rule as a whole before its caller goes on, so the steps of one attempt
 * at a rule are one stretch of the record: from its ENTER to the first step that is less deep, or
 * to the next attempt beside it. An attempt without an EXIT failed; of its failing expressions the
 * one furthest down in the source says most, since all before it held once. What that expression
 * asked (rules, the bodies of `every`) is explained below it in the same way.
 */
#include "engines/policy/observe/record.h"

#define LEVELS_MAX 24 /* rules inside rules that are explained */
#define RULES_MAX 200 /* attempts explained in all: a reader wants the first ones */

struct why {
    const struct mrl_record *r;
    struct mrl_buf *out;
    uint32_t rules;
};

struct stretch { /* steps [from, to) */
    uint32_t from, to;
};

/* --- reading the record
 * ---------------------------------------------------------------------------- */

/* The step enters a body at that depth. */
static bool begins(const struct mrl_step *s, uint32_t depth) {
    return s->op == MRL_TRACE_ENTER && s->depth == depth;
}

/* The stretch of the body that is entered at step i. */
static struct stretch body_at(const struct mrl_record *r, uint32_t i, uint32_t end) {
    MRL_ASSERT(i < end && end <= r->n);
    uint32_t depth = r->steps[i].depth, to = i + 1;
    while (to < end && r->steps[to].depth >= depth && !begins(&r->steps[to], depth))
        to++;
    return (struct stretch){i, to};
}

/* The attempt has an EXIT of its own: it had a solution. */
static bool succeeded(const struct mrl_record *r, struct stretch s) {
    const struct mrl_step *enter = &r->steps[s.from];
    for (uint32_t i = s.from; i < s.to; i++)
        if (r->steps[i].op == MRL_TRACE_EXIT && r->steps[i].at == enter->at)
            return true;
    return false;
}

/* The failing expression of an attempt that is furthest down; the last of its fails. s.to: none. */
static uint32_t furthest(const struct mrl_record *r, struct stretch s) {
    MRL_ASSERT(s.from < s.to && s.to <= r->n);
    uint32_t best = s.to, depth = r->steps[s.from].depth;
    for (uint32_t i = s.from; i < s.to; i++) {
        const struct mrl_step *step = &r->steps[i];
        if (step->op == MRL_TRACE_FAIL && step->depth == depth &&
            (best == s.to || step->at->loc.start >= r->steps[best].at->loc.start))
            best = i;
    }
    return best;
}

/* The step that began to evaluate the expression which failed at step i. */
static uint32_t eval_of(const struct mrl_record *r, uint32_t i, uint32_t from) {
    MRL_ASSERT(from <= i && i < r->n);
    const struct mrl_step *fail = &r->steps[i];
    while (i > from && !(r->steps[i].op == MRL_TRACE_EVAL && r->steps[i].depth == fail->depth &&
                         r->steps[i].at->expr == fail->at->expr))
        i--;
    return i;
}

/* --- printing
 * ------------------------------------------------------------------------------------- */

/* file:line:col, indented. */
static void place(struct why *w, const struct mrl_step *s, unsigned level) {
    mrl_str file = s->at->module->file;
    mrl_buf_fill(w->out, ' ', 2 * (size_t)level);
    mrl_buf_printf(w->out, "%.*s:%u:%u: ", MRL_F(file.len > 0 ? file : MRL_S("query")),
                   s->at->loc.line, s->at->loc.col);
}

/* One line a name: x = 1, or "is undefined". */
static void values(struct why *w, const struct mrl_step *s, unsigned level) {
    for (uint32_t i = 0; s->values != NULL && i < s->at->n_names; i++) {
        mrl_str v = s->values[i];
        mrl_buf_fill(w->out, ' ', 2 * (size_t)level);
        mrl_one_line(w->out, s->at->names[i].text);
        if (v.ptr != NULL)
            mrl_buf_printf(w->out, " = %.*s\n", MRL_F(v));
        else
            mrl_buf_add(w->out, MRL_S(" is undefined\n"));
    }
}

/* The expression as written around the part that failed. */
static void expression(struct why *w, const struct mrl_step *s, unsigned level) {
    const struct mrl_expr *e = s->at->expr;
    place(w, s, level);
    struct mrl_rloc loc = e != NULL ? e->loc : s->at->loc;
    mrl_one_line(w->out, mrl_str_sub(s->at->module->text, loc.start, loc.end));
    mrl_buf_byte(w->out, '\n');
    values(w, s, level + 1);
}

static void explain_body(struct why *w, struct stretch s, unsigned level);

/* What the steps between an expression's evaluation and its failure asked: attempts one deeper. */
static void asked(struct why *w, struct stretch s, uint32_t depth, unsigned level) {
    for (uint32_t i = s.from; i < s.to;) {
        if (!begins(&w->r->steps[i], depth + 1)) {
            i++;
            continue;
        }
        struct stretch body = body_at(w->r, i, s.to);
        /* A comprehension always ends with a failure: it is no reason. */
        if (!w->r->steps[i].at->collects && !succeeded(w->r, body))
            explain_body(w, body, level);
        i = body.to;
    }
}

/* One failed attempt: the rule, its expression furthest down, and what that asked. */
static void explain_body(struct why *w, struct stretch s, unsigned level) {
    const struct mrl_step *enter = &w->r->steps[s.from];
    uint32_t fail = furthest(w->r, s);
    if (level > LEVELS_MAX || w->rules++ >= RULES_MAX)
        return;
    if (enter->at->of_rule && enter->at->module->file.len > 0) {
        place(w, enter, level);
        mrl_probe_rule_name(w->out, enter->at);
        mrl_buf_add(w->out, fail < s.to ? MRL_S(" fails at\n") : MRL_S(" has no value\n"));
        level++;
    }
    if (fail == s.to)
        return;
    expression(w, &w->r->steps[fail], level);
    asked(w, (struct stretch){eval_of(w->r, fail, s.from), fail}, enter->depth, level + 1);
}

uint32_t mrl_why_print(const struct mrl_record *r, unsigned indent, struct mrl_buf *out) {
    struct why w = {.r = r, .out = out};
    for (uint32_t i = 0; i < r->n;) {
        struct stretch body = body_at(r, i, r->n);
        if (succeeded(r, body))
            asked(&w, body, r->steps[i].depth, indent);
        else
            explain_body(&w, body, indent);
        i = body.to;
    }
    if (w.rules > RULES_MAX)
        mrl_buf_printf(out, "%*s... and %u more\n", (int)(2 * indent), "", w.rules - RULES_MAX);
    return w.rules;
}

/* The step behind the attempt at the case that is told at step i. */
static uint32_t case_end(const struct mrl_record *r, uint32_t i) {
    uint32_t depth = r->steps[i].depth, to = i + 1;
    while (to < r->n && r->steps[to].depth >= depth && r->steps[to].op != MRL_TRACE_CASE &&
           !(r->steps[to].op == MRL_TRACE_EXIT && r->steps[to].depth == depth))
        to++;
    return to;
}

uint32_t mrl_why_cases(const struct mrl_record *r, unsigned indent, struct mrl_buf *out) {
    struct why w = {.r = r, .out = out};
    for (uint32_t i = 0; i < r->n; i++) {
        const struct mrl_step *s = &r->steps[i];
        if (s->op != MRL_TRACE_CASE)
            continue;
        struct stretch rest = {i, case_end(r, i)};
        bool exits = rest.to < r->n && r->steps[rest.to].op == MRL_TRACE_EXIT;
        uint32_t fail = furthest(r, rest);
        if (exits || fail == rest.to || w.rules++ >= RULES_MAX)
            continue;
        mrl_buf_printf(out, "%*s%.*s fails at\n", (int)(2 * indent), "", MRL_F(s->note));
        expression(&w, &r->steps[fail], indent + 1);
        asked(&w, (struct stretch){eval_of(r, fail, i), fail}, s->depth, indent + 2);
    }
    return w.rules;
}
