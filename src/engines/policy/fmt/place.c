/* place.c - where the layout takes a node to be.
 *
 * The syntax tree keeps true spans, for messages. Layout needs OPA's idea of a place: the row of
 * the leftmost token that is not a parenthesis, and for a ref whose head is not a variable, a text
 * that begins at the last byte of the head. Both are derived here, so that the tree stays as it is.
 */
#include "engines/policy/fmt/fmt_internal.h"

uint32_t fmt_row(const struct fmt *f, uint32_t offset) {
    const uint32_t *starts = f->module->line_starts;
    MRL_ASSERT(f->module->n_lines > 0); /* the lexer begins the first line before anything else */
    uint32_t low = 0, high = f->module->n_lines; /* starts[low] <= offset < starts[high] */
    while (high - low > 1) {
        uint32_t mid = low + (high - low) / 2;
        if (starts[mid] <= offset)
            low = mid;
        else
            high = mid;
    }
    MRL_ASSERT(low < f->module->n_lines);
    return low + 1;
}

/* Offset of the first token at or behind `at` that is no opening parenthesis. */
static uint32_t behind_parens(const struct fmt *f, uint32_t at) {
    mrl_str text = f->module->text;
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '#')
            while (at + 1 < text.len && text.ptr[at + 1] != '\n')
                at++;
        else if (c != '(' && c != ' ' && c != '\t' && c != '\r' && c != '\n')
            break;
    }
    return at;
}

/* Offset of the token that gives the term its row: the leftmost one that is no parenthesis. A
 * minus sign before a term is a token of its own. */
static uint32_t anchor(const struct fmt *f, const struct mrl_term *t) {
    for (;;) {
        if (t->kind == MRL_TERM_REF)
            t = t->u.ref.items[0];
        else if (t->kind == MRL_TERM_CALL && !t->infix)
            t = t->u.call.op;
        else if (t->kind == MRL_TERM_CALL && t->loc.start <= t->u.call.args.items[0]->loc.start &&
                 t->u.call.args.items[0]->loc.end > t->u.call.args.items[0]->loc.start &&
                 !(fmt_starts_with(f, fmt_place_of(&t->loc), '-')))
            t = t->u.call.args.items[0];
        else
            return behind_parens(f, t->loc.start);
    }
}

/* Offset where OPA takes the term's text to begin; see above for refs. */
static uint32_t text_start(const struct mrl_term *t) {
    for (;;) {
        const struct mrl_term *head;
        if (t->parens || (t->kind != MRL_TERM_REF && (t->kind != MRL_TERM_CALL || t->infix)))
            return t->loc.start;
        head = t->kind == MRL_TERM_REF ? t->u.ref.items[0] : t->u.call.op;
        if (t->kind == MRL_TERM_REF && head->kind != MRL_TERM_CALL &&
            (head->kind != MRL_TERM_VAR || head->parens))
            return head->loc.end - 1;
        if (t->kind == MRL_TERM_REF && head->kind == MRL_TERM_CALL && head->parens)
            return head->loc.end - 1;
        t = head;
    }
}

struct place fmt_place(const struct fmt *f, const struct mrl_term *t) {
    if (t == f->moved)
        return f->moved_to;
    if (f->over != NULL)
        return *f->over;
    return (struct place){fmt_row(f, anchor(f, t)), text_start(t), t->loc.end};
}

struct place fmt_place_of(const struct mrl_rloc *loc) {
    return (struct place){loc->line, loc->start, loc->end};
}

struct place fmt_expr_place(const struct fmt *f, const struct mrl_expr *e) {
    return f->over != NULL ? *f->over : fmt_place_of(&e->loc);
}

uint32_t fmt_end_row(const struct fmt *f, struct place p) {
    return p.row + fmt_row(f, p.end) - fmt_row(f, p.start);
}

bool fmt_starts_with(const struct fmt *f, struct place p, char c) {
    return p.start < f->module->text.len && f->module->text.ptr[p.start] == c;
}
