/* rules.c - rules, their bodies and `else` chains.
 *
 * A rule whose body is one expression on the head's line stays on one line; others get a block.
 * Two pretences keep OPA's layout: the parts of a chained v0 body, and of an `else` without
 * braces, are all taken to be where their rule begins (f->over).
 */
#include "engines/policy/fmt/fmt_internal.h"

/* `p := 1` is held as `p := 1 if true`; the body is not written then, nor one written so. */
static bool is_constant(const struct mrl_rule *r) {
    MRL_ASSERT(r->body != NULL && r->body->n > 0); /* the parser gives each rule a body */
    const struct mrl_expr *e = r->body->items[0];
    return r->else_rule == NULL && r->body->n == 1 && e->kind == MRL_EXPR_TERM && !e->negated &&
           e->n_with == 0 && fmt_is_true(e->u.term);
}

/* `if` may be written and this head can have it: v0 sets cannot. */
static bool uses_if(const struct fmt *f, const struct fmt_head *h) {
    return (f->v1 || f->ifs) && (f->contains || h->has_val);
}

/* Rules on adjacent rows that are written on one line each keep together. */
static bool may_group(struct fmt *f, const struct mrl_rule *r) {
    struct fmt_head h;
    if (r->body->n > 1 || r->is_default || r->else_rule != NULL ||
        fmt_is_set_expr(r->body->items[0]) || !fmt_head_of(f, r, &h))
        return false;
    return uses_if(f, &h);
}

static void rule(struct fmt *f, const struct mrl_rule *r, bool is_else);

/* Whether something stands before `else` on its line, such as the brace of the body above. */
static bool else_was_inline(const struct fmt *f, const struct mrl_rule *above) {
    uint32_t at = above->else_rule->loc.start, start = at;
    const char *text = f->module->text.ptr;
    if (above->else_rule->loc.line <= above->loc.line)
        return false;
    while (start > 0 && text[start - 1] != '\n')
        start--;
    return mrl_str_trim(mrl_str_sub(f->module->text, start, at)).len > 0;
}

/* `else` on the line of the brace above, unless a comment or the author put it elsewhere. */
static void else_rule(struct fmt *f, const struct mrl_rule *above) {
    MRL_ASSERT(above->else_rule != NULL);
    const struct mrl_rule *r = above->else_rule;
    bool was_inline = else_was_inline(f, above);
    int64_t next = fmt_next_comment(f);
    bool comment_above = f->pending >= 0 || (next >= 0 && fmt_comment_row(f, next) < r->loc.line);
    if (!comment_above && was_inline) {
        FMT_LIT(f, " ");
    } else {
        fmt_blank_line(f);
        fmt_start_line(f);
    }
    fmt_insert_freely(f, r->loc.line);
    if (!f->inside || (comment_above && !was_inline))
        fmt_start_line(f);
    rule(f, r, true);
}

/* Writes the head; true when it holds a copy of the source. */
static bool head(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h, bool is_else,
                 bool constant) {
    struct fmt_mark mark = fmt_mark(f);
    struct place chained = fmt_place_of(&r->loc);
    f->over = r->chained ? &chained : NULL;
    enum wrote w = fmt_head(f, r, h, is_else, constant);
    f->over = NULL;
    if (w == WROTE_CLASH)
        fmt_raw(f, mark, is_else ? r->loc.start : r->name->loc.start, r->head_loc.end);
    return w != WROTE;
}

/* Where `else` has a body without braces, all of it is taken to be where the `else` is. */
static bool flat_body(const struct mrl_rule *r, bool is_else) {
    return is_else && !r->body->braces;
}

/* `if EXPR` on one line, when the one expression begins where the head ends. */
static bool one_line(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h) {
    const struct mrl_expr *e = r->body->items[0];
    if (r->body->n != 1 || fmt_is_set_expr(e) ||
        fmt_expr_place(f, e).row != fmt_end_row(f, h->place))
        return false;
    FMT_LIT(f, " ");
    fmt_statement(f, e);
    fmt_end_line(f);
    return true;
}

/* The body in braces. Behind a head that was copied with its comment the brace stays on the line.
 */
static void block(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h,
                  bool copied_head) {
    if (copied_head && fmt_next_comment(f) >= 0) {
        FMT_LIT(f, " { ");
    } else {
        FMT_LIT(f, " {");
        fmt_end_line(f);
    }
    f->level++;
    fmt_body(f, r->body);
    enum bracket skip = r->args.n > 0 ? BRACKET_ROUND : h->has_key ? BRACKET_SQUARE : BRACKET_KINDS;
    fmt_insert_freely(f, fmt_closing(f, skip, BRACKET_CURLY, fmt_place_of(&r->loc)));
    MRL_ASSERT(f->level > 0);
    f->level--;
    fmt_start_line(f);
    FMT_LIT(f, "}");
}

/* Everything behind the head. */
static void body(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h, bool is_else,
                 bool copied_head) {
    bool with_if = uses_if(f, h);
    if (with_if) {
        FMT_LIT(f, " if");
        if (one_line(f, r, h))
            return;
        if (!is_else)
            fmt_mark_union(f, r->body->items[0]);
    }
    block(f, r, h, copied_head);
}

static void rule(struct fmt *f, const struct mrl_rule *r, bool is_else) {
    struct fmt_head h;
    bool constant = is_constant(r);
    if (!fmt_head_of(f, r, &h))
        return;
    if (is_else)
        h.place = (struct place){r->loc.line, r->loc.start,
                                 r->val != NULL ? r->head_loc.end : r->loc.start + 4};
    if (!is_else)
        fmt_start_line(f);
    if (r->is_default)
        FMT_LIT(f, "default ");
    f->last_row = constant;
    bool copied = head(f, r, &h, is_else, constant);
    if (constant) {
        fmt_end_line(f);
        return;
    }
    f->last_row = true;
    struct place flat = fmt_place_of(&r->loc);
    f->over = flat_body(r, is_else) ? &flat : NULL;
    body(f, r, &h, is_else, copied);
    f->over = NULL;
    if (r->else_rule != NULL)
        else_rule(f, r);
}

/* Where the rule begins: one that stands for an expression is where that is. */
static uint32_t rule_row(const struct mrl_rule *r) {
    return r->loc.line;
}

void fmt_rules(struct fmt *f, struct mrl_rule **rules, uint32_t n) {
    for (uint32_t i = 0; i < n && f->status == MRL_OK; i++) {
        fmt_insert_freely(f, rule_row(rules[i]));
        rule(f, rules[i], false);
        bool together = i + 1 < n && may_group(f, rules[i]) && may_group(f, rules[i + 1]) &&
                        rule_row(rules[i + 1]) == rule_row(rules[i]) + 1;
        if (!together)
            fmt_blank_line(f);
    }
}
