/* lists.c - items between brackets: arguments, array and set items, object members.
 *
 * Items that the author put on one line stay on one; a line break before any item, or behind the
 * opening bracket, makes the list stand on lines of its own with a comma behind each.
 */
#include "engines/policy/fmt/fmt_internal.h"
#include "engines/policy/rego/visit.h"

/* A term, in parentheses when asked. */
static enum wrote parenthesised(struct fmt *f, const struct mrl_term *t, bool parens) {
    if (parens)
        FMT_LIT(f, "(");
    enum wrote w = fmt_term(f, t);
    if (parens)
        FMT_LIT(f, ")");
    return w;
}

/* A set union at a bracket would read as a comprehension: it gets parentheses. */
static enum wrote item(struct fmt *f, const struct list *l, uint32_t i) {
    MRL_ASSERT(i < l->n && (l->style != LIST_MEMBERS || l->vals != NULL));
    const struct mrl_term *t = l->items[i];
    bool wrap = fmt_is_union(t);
    if (l->style == LIST_ARGS)
        wrap = wrap && fmt_starts_with(f, fmt_place(f, t), '(');
    enum wrote w = parenthesised(f, t, wrap);
    if (w != WROTE || l->style != LIST_MEMBERS)
        return w;
    FMT_LIT(f, ": ");
    return parenthesised(f, l->vals[i], fmt_is_union(l->vals[i]));
}

/* Notes a variable named by OPA's compiler. */
static void look_for_generated(void *found, const struct mrl_term *t) {
    *(bool *)found |= t->kind == MRL_TERM_VAR && mrl_str_starts(t->u.var, MRL_S("__local"));
}

bool fmt_rows_count(const struct fmt *f, struct mrl_term *const *items, uint32_t n) {
    bool found = false;
    for (uint32_t i = 0; f->generated && i < n; i++)
        mrl_visit_term(&(struct mrl_visitor){.term = look_for_generated, .cx = &found}, items[i]);
    return !found;
}

bool fmt_body_rows_count(const struct fmt *f, const struct mrl_body *b) {
    bool found = false;
    if (f->generated)
        mrl_visit_body(&(struct mrl_visitor){.term = look_for_generated, .cx = &found}, b);
    return !found;
}

/* Whether item i begins a new row of the source. */
static bool breaks_before(const struct fmt *f, const struct list *l, uint32_t i) {
    MRL_ASSERT(i < l->n);
    return i > 0 && l->rows && fmt_place(f, l->items[i]).row > fmt_place(f, l->items[i - 1]).row;
}

/* A comment between the brackets of a list that has no line breaks of its own has no place. */
static bool comment_inside(const struct fmt *f, const struct list *l) {
    if (f->over != NULL) /* the place is not the list's own */
        return false;
    for (uint32_t i = f->next; i < f->module->n_comments; i++) {
        int64_t row = fmt_comment_row(f, i);
        if (row >= l->close)
            return false;
        if (!f->taken[i] && row > l->last.row)
            return true;
    }
    return false;
}

/* Whether a line break stands between the opening bracket and the first item. */
static bool break_at_start(const struct fmt *f, const struct list *l) {
    if (l->n == 0)
        return false;
    struct place first = fmt_place(f, l->items[0]);
    mrl_str text = mrl_str_sub(f->module->text, l->last.start, l->last.end);
    mrl_str want = mrl_str_sub(f->module->text, first.start, first.end);
    size_t cut = mrl_str_find(text, want, 0);
    if (cut == MRL_STR_NPOS || cut == 0)
        return false;
    size_t newline = mrl_str_find(text, MRL_S("\n"), 0);
    return newline != MRL_STR_NPOS && newline > 0 && newline < cut;
}

enum wrote fmt_list(struct fmt *f, struct list *l) {
    bool lines = false;
    l->rows =
        fmt_rows_count(f, l->items, l->n) && (l->vals == NULL || fmt_rows_count(f, l->vals, l->n));
    for (uint32_t i = 1; i < l->n && !lines; i++)
        lines = breaks_before(f, l, i);
    if (!lines) {
        MRL_CHECK(!comment_inside(f, l), WROTE_CLASH);
        lines = break_at_start(f, l);
    }
    if (lines) {
        /* A comment behind the opening bracket waits for the end of the first line. */
        f->hold = true;
        fmt_end_line(f);
        f->level++;
        fmt_start_line(f);
    }
    for (uint32_t i = 0; i < l->n; i++) {
        if (breaks_before(f, l, i)) {
            FMT_LIT(f, ",");
            fmt_end_line(f);
            fmt_start_line(f);
        } else if (i > 0) {
            FMT_LIT(f, ", ");
        }
        MRL_CHECK(item(f, l, i) == WROTE, WROTE_CLASH);
    }
    if (lines) {
        FMT_LIT(f, ",");
        fmt_end_line(f);
        MRL_CHECK(fmt_insert(f, l->close), WROTE_CLASH);
        f->level--;
        fmt_start_line(f);
    }
    return WROTE;
}
