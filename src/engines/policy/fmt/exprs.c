/* exprs.c - expressions of a body, `with` modifiers, `every`, `not`, and chains of `and` and `or`.
 *
 * What keeps its line: an expression stays on the line of what stood before it on its row. The
 * difficulty is what must not be read back as something else: `{` begins a body or a value, `in`
 * binds less tightly than signs, `not (a and b)` is not `not a and b`. Each such place asks one
 * predicate below whether it needs parentheses.
 */
#include "engines/policy/fmt/fmt_internal.h"

/* --- some, every
 * ------------------------------------------------------------------------------- */

/* `some x, y`; names on later rows get lines of their own. */
static enum wrote some_vars(struct fmt *f, const struct mrl_expr *e) {
    MRL_ASSERT(e->kind == MRL_EXPR_SOME);
    struct mrl_terms vars = e->u.some.vars;
    uint32_t row = fmt_expr_place(f, e).row;
    FMT_LIT(f, "some ");
    for (uint32_t i = 0; i < vars.n; i++) {
        uint32_t at = fmt_place(f, vars.items[i]).row;
        if (at > row) {
            fmt_end_line(f);
            fmt_start_line(f);
            FMT_LIT(f, "\t");
            row = at;
        } else if (i > 0) {
            FMT_LIT(f, " ");
        }
        MRL_CHECK(fmt_term(f, vars.items[i]) == WROTE, WROTE_CLASH);
        fmt_write(f, i + 1 < vars.n ? MRL_S(",") : MRL_S(""));
    }
    return WROTE;
}

static enum wrote some_in(struct fmt *f, const struct mrl_expr *e) {
    struct mrl_term *items[3];
    uint32_t n = 0;
    if (e->u.some.key != NULL)
        items[n++] = e->u.some.key;
    items[n++] = e->u.some.val;
    items[n++] = e->u.some.domain;
    FMT_LIT(f, "some ");
    return fmt_in(f, (struct mrl_terms){items, n}, false);
}

/* The closing brace of a body in braces; one expression on the row of its keyword stays inside. */
static void close_brace(struct fmt *f, const struct mrl_expr *last, uint32_t row) {
    if (fmt_expr_place(f, last).row == row)
        FMT_LIT(f, " ");
    FMT_LIT(f, "}");
}

static enum wrote every(struct fmt *f, const struct mrl_expr *e) {
    MRL_ASSERT(e->u.every.body->n > 0);
    struct place p = fmt_expr_place(f, e);
    const struct mrl_body *body = e->u.every.body;
    FMT_LIT(f, "every ");
    if (e->u.every.key != NULL) {
        MRL_CHECK(fmt_term(f, e->u.every.key) == WROTE, WROTE_CLASH);
        FMT_LIT(f, ", ");
    }
    MRL_CHECK(fmt_term(f, e->u.every.val) == WROTE, WROTE_CLASH);
    FMT_LIT(f, " in ");
    /* every x in (y in z): without parentheses the first `in` would take it all. */
    bool wrap = fmt_is_in(e->u.every.domain);
    fmt_write(f, wrap ? MRL_S("(") : MRL_S(""));
    MRL_CHECK(fmt_term(f, e->u.every.domain) == WROTE, WROTE_CLASH);
    fmt_write(f, wrap ? MRL_S(") {") : MRL_S(" {"));
    MRL_CHECK(fmt_inner_body(f, body, p, p, BRACKET_CURLY) == WROTE, WROTE_CLASH);
    if (body->n == 1 && fmt_expr_place(f, body->items[0]).row == p.row)
        FMT_LIT(f, " ");
    FMT_LIT(f, "}");
    return WROTE;
}

/* --- not, and, or
 * ------------------------------------------------------------------------------ */

/* A body of several expressions can only be written in braces. */
static bool in_braces(const struct mrl_body *b) {
    return b->n > 1 || b->braces;
}

static bool is_logical(const struct mrl_expr *e) {
    return e->kind == MRL_EXPR_AND || e->kind == MRL_EXPR_OR;
}

/* x | y as a statement. */
static bool union_expr(const struct mrl_expr *e) {
    return e->kind == MRL_EXPR_CALL && fmt_is_union(e->u.term) && e->u.term->u.call.args.n == 2;
}

/* Whether the text of the term would begin with a brace. */
static bool brace_first(const struct mrl_term *t) {
    for (;;) {
        switch ((enum mrl_term_kind)t->kind) {
        case MRL_TERM_SET:
            return t->u.list.n > 0;
        case MRL_TERM_OBJECT:
        case MRL_TERM_SET_COMPR:
        case MRL_TERM_OBJECT_COMPR:
            return true;
        case MRL_TERM_REF:
            t = t->u.ref.items[0];
            break;
        case MRL_TERM_CALL: {
            const struct infix *op = fmt_infix(t->u.call.op);
            /* an operator shows its first operand first, a plain call what is called */
            bool sign = op != NULL && op->level > 0 && t->u.call.args.n == op->arity;
            t = sign ? t->u.call.args.items[0] : t->u.call.op;
            break;
        }
        default:
            return false;
        }
    }
}

/* Whether the text of the expression would begin with a brace. */
static bool expr_brace_first(const struct mrl_expr *e) {
    if (e->kind == MRL_EXPR_ASSIGN || e->kind == MRL_EXPR_UNIFY)
        return brace_first(e->u.pair.left);
    return (e->kind == MRL_EXPR_TERM || e->kind == MRL_EXPR_CALL) && brace_first(e->u.term);
}

/* Whether the one expression of an operand needs parentheses to be read back as it is. */
static bool operand_parens(const struct mrl_expr *e, enum mrl_expr_kind parent, bool right) {
    if (e->n_with > 0)
        return true;
    if (e->kind == MRL_EXPR_OR)
        return parent != MRL_EXPR_OR || right;
    if (e->kind == MRL_EXPR_AND)
        return parent == MRL_EXPR_NOT || (parent == MRL_EXPR_AND && right);
    if (e->kind == MRL_EXPR_NOT)
        return parent == MRL_EXPR_NOT;
    return expr_brace_first(e);
}

/* A body in braces; p is where its opening brace stands. */
static enum wrote braced(struct fmt *f, const struct mrl_body *b, struct place p) {
    if (union_expr(b->items[0]))
        f->paren_expr = b->items[0];
    FMT_LIT(f, "{");
    MRL_CHECK(fmt_inner_body(f, b, p, p, BRACKET_CURLY) == WROTE, WROTE_CLASH);
    close_brace(f, b->items[b->n - 1], p.row);
    return WROTE;
}

/* `not` over a body, which may be one expression without braces. */
static enum wrote negation(struct fmt *f, const struct mrl_expr *e) {
    const struct mrl_body *b = e->u.body;
    FMT_LIT(f, "not ");
    if (in_braces(b))
        return braced(f, b, fmt_expr_place(f, e));
    bool parens = operand_parens(b->items[0], MRL_EXPR_NOT, false);
    fmt_write(f, parens ? MRL_S("(") : MRL_S(""));
    enum wrote w = fmt_expr(f, b->items[0]);
    fmt_write(f, parens ? MRL_S(")") : MRL_S(""));
    return w == WROTE ? WROTE : WROTE_CLASH;
}

/* The place of the brace before the operand's first expression. */
static struct place brace_place(const struct fmt *f, const struct mrl_body *b,
                                const struct mrl_expr *whole) {
    struct place p = fmt_expr_place(f, whole);
    uint32_t at = b->items[0]->loc.start;
    while (at > p.start && f->module->text.ptr[at - 1] != '{')
        at--;
    return at > p.start ? (struct place){fmt_row(f, at - 1), at - 1, p.end} : p;
}

/* The left or right side of `and` or `or`. */
static enum wrote logical_operand(struct fmt *f, const struct mrl_expr *whole, bool right) {
    MRL_ASSERT(is_logical(whole));
    const struct mrl_body *b = whole->u.bodies[right];
    if (in_braces(b))
        return braced(f, b, brace_place(f, b, whole));
    bool parens = operand_parens(b->items[0], whole->kind, right);
    fmt_write(f, parens ? MRL_S("(") : MRL_S(""));
    enum wrote w = fmt_expr(f, b->items[0]);
    fmt_write(f, parens ? MRL_S(")") : MRL_S(""));
    return w;
}

/* Row on which everything left of the operator ends, and the row where the right side begins. */
static bool breaks_behind(const struct fmt *f, const struct mrl_expr *e) {
    const struct mrl_body *left = e->u.bodies[0], *right = e->u.bodies[1];
    uint32_t start =
        in_braces(right) ? brace_place(f, right, e).row : fmt_expr_place(f, right->items[0]).row;
    return start > fmt_row(f, left->loc.end);
}

/* A chain is left-associative; a left side that needs no parentheses continues it. Lines that break
 * behind an operator are indented once for the whole chain. */
static enum wrote logical(struct fmt *f, const struct mrl_expr *e, bool *indented) {
    const struct mrl_body *left = e->u.bodies[0];
    const struct mrl_expr *first = left->items[0];
    bool chain = !in_braces(left) && is_logical(first) && !operand_parens(first, e->kind, false);
    enum wrote w = chain ? logical(f, first, indented) : logical_operand(f, e, false);
    MRL_CHECK(w == WROTE, WROTE_CLASH);
    fmt_write(f, e->kind == MRL_EXPR_AND ? MRL_S(" and") : MRL_S(" or"));
    if (breaks_behind(f, e)) {
        if (!*indented)
            f->level++;
        *indented = true;
        fmt_end_line(f);
        fmt_start_line(f);
    } else {
        FMT_LIT(f, " ");
    }
    return logical_operand(f, e, true);
}

static enum wrote logical_chain(struct fmt *f, const struct mrl_expr *e) {
    bool indented = false;
    enum wrote w = logical(f, e, &indented);
    f->level -= indented;
    return w;
}

/* --- calls and pairs
 * --------------------------------------------------------------------------- */

/* An operand that binds less tightly than its operator; of the same level, on the right side. */
static bool side_parens(const struct mrl_term *t, uint8_t level, bool right) {
    const struct infix *op = t->kind == MRL_TERM_CALL ? fmt_infix(t->u.call.op) : NULL;
    if (op == NULL || level == 0 || op->arity == 3)
        return false;
    return op->level < level || (right && op->level == level);
}

/* One side of a sign, in parentheses where it needs them. */
static enum wrote side(struct fmt *f, const struct mrl_term *t, uint8_t level, bool right) {
    if (!side_parens(t, level, right))
        return fmt_term(f, t);
    FMT_LIT(f, "(");
    MRL_CHECK(fmt_term(f, t) == WROTE, WROTE_CLASH);
    FMT_LIT(f, ")");
    return WROTE;
}

/* left SIGN right; level 0 stands for = and :=, whose sides never need parentheses. */
static enum wrote pair(struct fmt *f, const struct mrl_term *left, const char *sign, uint8_t level,
                       const struct mrl_term *right) {
    MRL_CHECK(side(f, left, level, false) == WROTE, WROTE_CLASH);
    mrl_buf_printf(&f->out, " %s ", sign);
    return side(f, right, level, true);
}

/* A call as a statement: operators as signs, with their result first where it is an argument. */
static enum wrote call(struct fmt *f, const struct mrl_term *t) {
    const struct infix *op = fmt_infix(t->u.call.op);
    struct mrl_terms args = t->u.call.args;
    if (op == NULL)
        return fmt_call_plain(f, t);
    bool in = strcmp(op->sign, "in") == 0;
    if (args.n == op->arity)
        return in ? fmt_in(f, args, false)
                  : pair(f, args.items[0], op->sign, op->level, args.items[1]);
    if (in || args.n != op->arity + 1u) {
        fmt_arity_error(f, t, op->name);
        return WROTE;
    }
    MRL_CHECK(fmt_term(f, args.items[2]) == WROTE, WROTE_CLASH);
    FMT_LIT(f, " = ");
    return pair(f, args.items[0], op->sign, op->level, args.items[1]);
}

static enum wrote by_kind(struct fmt *f, const struct mrl_expr *e) {
    switch ((enum mrl_expr_kind)e->kind) {
    case MRL_EXPR_TERM:
        return fmt_term(f, e->u.term);
    case MRL_EXPR_CALL:
        return call(f, e->u.term);
    case MRL_EXPR_ASSIGN:
        return pair(f, e->u.pair.left, ":=", 0, e->u.pair.right);
    case MRL_EXPR_UNIFY:
        return pair(f, e->u.pair.left, "=", 0, e->u.pair.right);
    case MRL_EXPR_SOME:
        return some_vars(f, e);
    case MRL_EXPR_SOME_IN:
        return some_in(f, e);
    case MRL_EXPR_EVERY:
        return every(f, e);
    case MRL_EXPR_NOT:
        return negation(f, e);
    case MRL_EXPR_AND:
    case MRL_EXPR_OR:
        return logical_chain(f, e);
    }
    return WROTE;
}

/* --- with
 * -------------------------------------------------------------------------------------- */

static struct place with_place(const struct fmt *f, const struct mrl_with *w) {
    return f->over != NULL ? *f->over : fmt_place_of(&w->loc);
}

/* A copied value is no reason to leave out the modifiers behind it. */
static enum wrote with(struct fmt *f, const struct mrl_with *w, bool indented) {
    unsigned catchers = f->catchers;
    MRL_CHECK(fmt_insert(f, with_place(f, w).row), WROTE_CLASH);
    fmt_write(f, indented ? MRL_S("with ") : MRL_S(" with "));
    MRL_CHECK(fmt_term(f, w->target) == WROTE, WROTE_CLASH);
    FMT_LIT(f, " as ");
    f->catchers = 0;
    enum wrote wrote = fmt_term(f, w->value);
    f->catchers = catchers;
    return wrote;
}

/* Row on which the expression without its modifiers ends. */
static uint32_t terms_end_row(const struct fmt *f, const struct mrl_expr *e) {
    struct place p = fmt_expr_place(f, e);
    uint32_t end = f->over != NULL ? p.end : e->with[0].loc.start;
    while (end > p.start && strchr(" \t\r\n", f->module->text.ptr[end - 1]) != NULL)
        end--;
    return fmt_end_row(f, (struct place){p.row, p.start, end});
}

/* The first modifier stays on the line where the expression ends; those on later rows get lines of
 * their own, indented. */
static enum wrote withs(struct fmt *f, const struct mrl_expr *e) {
    uint32_t row = terms_end_row(f, e), level = f->level;
    for (uint32_t i = 0; i < e->n_with; i++) {
        uint32_t at = with_place(f, &e->with[i]).row;
        bool indent = i == 0 ? at != row && at > row : at > row;
        if (indent) {
            f->level = level + 1;
            fmt_end_line(f);
            fmt_start_line(f);
        }
        row = at > row || i == 0 ? at : row;
        enum wrote w = with(f, &e->with[i], indent);
        MRL_CHECK(w == WROTE || (w == WROTE_RAW && (i + 1 == e->n_with || !f->raw_comment)),
                  WROTE_CLASH);
    }
    f->level = level;
    return WROTE;
}

/* --- expressions and bodies
 * -------------------------------------------------------------------- */

enum wrote fmt_expr(struct fmt *f, const struct mrl_expr *e) {
    bool parens = f->paren_expr == e;
    if (parens)
        f->paren_expr = NULL;
    MRL_CHECK(fmt_insert(f, fmt_expr_place(f, e).row), WROTE_CLASH);
    if (!f->inside)
        fmt_start_line(f);
    fmt_write(f, e->negated ? MRL_S("not ") : MRL_S(""));
    fmt_write(f, parens ? MRL_S("(") : MRL_S(""));
    enum wrote w = by_kind(f, e);
    if (w != WROTE)
        return e->n_with > 0 || parens ? WROTE_CLASH : w;
    fmt_write(f, parens ? MRL_S(")") : MRL_S(""));
    return e->n_with > 0 ? withs(f, e) : WROTE;
}

void fmt_statement(struct fmt *f, const struct mrl_expr *e) {
    struct fmt_mark mark = fmt_mark(f);
    unsigned catchers = f->catchers;
    f->catchers = 0;
    if (fmt_expr(f, e) == WROTE_CLASH)
        fmt_raw(f, mark, e->loc.start, e->loc.end);
    f->catchers = catchers;
}

enum wrote fmt_body(struct fmt *f, const struct mrl_body *b) {
    MRL_ASSERT(b->n > 0);
    fmt_insert_freely(f, fmt_expr_place(f, b->items[0]).row);
    for (uint32_t i = 0; i < b->n; i++) {
        if (i > 0) {
            uint32_t end = fmt_end_row(f, fmt_expr_place(f, b->items[i - 1]));
            if (fmt_expr_place(f, b->items[i]).row > end + 1)
                fmt_blank_line(f);
        }
        fmt_start_line(f);
        fmt_statement(f, b->items[i]);
        fmt_end_line(f);
    }
    return WROTE;
}

/* Whether the author put the expressions on more than one row. */
static bool on_several_rows(const struct fmt *f, const struct mrl_body *b) {
    if (!fmt_body_rows_count(f, b))
        return false;
    for (uint32_t i = 1; i < b->n; i++)
        if (fmt_expr_place(f, b->items[i]).row > fmt_expr_place(f, b->items[i - 1]).row)
            return true;
    return false;
}

enum wrote fmt_inner_body(struct fmt *f, const struct mrl_body *b, struct place head,
                          struct place whole, enum bracket kind) {
    bool lines = fmt_expr_place(f, b->items[0]).row > head.row || on_several_rows(f, b);
    int64_t close = fmt_closing(f, BRACKET_KINDS, kind, whole);
    MRL_ASSERT(b->n > 0);
    if (lines) {
        fmt_end_line(f);
        f->level++;
        fmt_body(f, b);
        fmt_insert_freely(f, close);
        f->level--;
        fmt_start_line(f);
        return WROTE;
    }
    FMT_LIT(f, " ");
    for (uint32_t i = 0; i < b->n; i++) {
        fmt_write(f, i > 0 ? MRL_S("; ") : MRL_S(""));
        MRL_CHECK(fmt_expr(f, b->items[i]) == WROTE, WROTE_CLASH);
    }
    return fmt_insert(f, close) ? WROTE : WROTE_CLASH;
}

/* --- set unions at a brace
 * --------------------------------------------------------------------- */

bool fmt_is_set_expr(const struct mrl_expr *e) {
    return e->kind == MRL_EXPR_TERM && !e->negated && e->u.term->kind == MRL_TERM_SET;
}

/* `{ x | y }` reads as a comprehension: the union that would come first gets parentheses. */
void fmt_mark_union(struct fmt *f, const struct mrl_expr *e) {
    const struct mrl_term *lead = NULL;
    while (!e->negated && is_logical(e)) {
        const struct mrl_body *left = e->u.bodies[0];
        if (in_braces(left) || operand_parens(left->items[0], e->kind, false))
            return;
        e = left->items[0];
    }
    if (e->negated)
        return;
    if (union_expr(e)) {
        f->paren_expr = e;
        return;
    }
    if (e->kind == MRL_EXPR_ASSIGN || e->kind == MRL_EXPR_UNIFY)
        lead = e->u.pair.left;
    else if (e->kind == MRL_EXPR_CALL && fmt_infix(e->u.term->u.call.op) != NULL &&
             e->u.term->u.call.args.n >= 2)
        lead = e->u.term->u.call.args.items[e->u.term->u.call.args.n == 2 ? 0 : 2];
    if (lead != NULL && fmt_is_union(lead))
        f->paren_term = lead;
}
