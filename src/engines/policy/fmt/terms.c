/* terms.c - terms: scalars, refs, calls, collections, comprehensions, template strings.
 *
 * Literals are copied from the source, so that numbers and escapes stay as written; what a tool
 * made up (it has no text of its own) is written anew. Each function answers how it went (enum
 * wrote), and what it wrote before a clash is taken back by whoever catches it.
 */
#include "engines/policy/fmt/fmt_internal.h"

#include "base/num.h"
#include "engines/policy/value_text.h"

/* --- scalars
 * ----------------------------------------------------------------------------------- */

/* A number as written: 1.0 and 1e3 keep their form; its sign may stand apart. The zero of `-x` is
 * not in the source at all. */
static void number(struct fmt *f, const struct mrl_term *t) {
    mrl_str s = mrl_str_sub(f->module->text, t->loc.start, t->loc.end);
    char *text = mrl_arena_alloc(f->arena, s.len + 1, 1);
    size_t n = 0;
    bool digit = false, other = text == NULL;
    for (size_t i = 0; i < s.len && !other; i++) {
        bool number_byte = strchr("+-.eE", s.ptr[i]) != NULL;
        if (s.ptr[i] >= '0' && s.ptr[i] <= '9')
            digit = number_byte = true;
        if (number_byte)
            text[n++] = s.ptr[i];
        else
            other = strchr(" \t\r\n()", s.ptr[i]) == NULL;
    }
    if (digit && !other)
        fmt_write(f, (mrl_str){text, n});
    else
        mrl_num_write(&f->out, t->u.scalar);
}

/* A string literal keeps its escapes and quotes; a name that must become one gets new ones. */
static void string(struct fmt *f, const struct mrl_term *t) {
    struct place p = fmt_place(f, t);
    mrl_str text = f->module->text;
    char last = p.end > p.start ? text.ptr[p.end - 1] : ' ';
    char first = t->loc.start < text.len ? text.ptr[t->loc.start] : ' ';
    bool literal = first == '"' || first == '`';
    if (literal && (last == '"' || last == '`'))
        fmt_write(f, mrl_str_sub(text, t->loc.start, t->loc.end));
    else
        fmt_quoted(f, mrl_val_str(t->u.scalar));
}

void fmt_simple(struct fmt *f, const struct mrl_term *t) {
    if (t->kind == MRL_TERM_VAR)
        fmt_write(f, t->u.var);
    else if (mrl_is_str(t->u.scalar))
        string(f, t);
    else if (mrl_is_num(t->u.scalar))
        number(f, t);
    else
        mrl_value_text(&f->out, f->arena, t->u.scalar);
}

/* --- refs
 * -------------------------------------------------------------------------------------- */

/* A string constant: as an operand it can be written .name. */
static bool is_string(const struct mrl_term *t) {
    return t->kind == MRL_TERM_SCALAR && mrl_is_str(t->u.scalar);
}

/* .name where the name allows it. A keyword stays in brackets if it was written in quotes. */
static void operand(struct fmt *f, const struct mrl_term *t) {
    mrl_str name = mrl_val_str(t->u.scalar);
    bool quoted = fmt_starts_with(f, fmt_place(f, t), '"');
    if (fmt_is_name(name) && !(quoted && fmt_is_keyword(f, name))) {
        FMT_LIT(f, ".");
        fmt_write(f, name);
        return;
    }
    FMT_LIT(f, "[");
    fmt_quoted(f, name);
    FMT_LIT(f, "]");
}

void fmt_path(struct fmt *f, struct mrl_term *const *items, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        operand(f, items[i]);
}

/* Any other operand in its brackets. A copy of the source may end in a comment: the bracket then
 * goes to the next line. */
static void bracketed(struct fmt *f, const struct mrl_term *t) {
    unsigned catchers = f->catchers;
    f->catchers = 0;
    FMT_LIT(f, "[");
    if (fmt_term(f, t) != WROTE)
        FMT_LIT(f, "\n");
    FMT_LIT(f, "]");
    f->catchers = catchers;
}

/* An operator at the head would take the operands behind it for those of its last operand. */
static enum wrote ref_head(struct fmt *f, const struct mrl_term *head) {
    const struct infix *op = head->kind == MRL_TERM_CALL ? fmt_infix(head->u.call.op) : NULL;
    if (op == NULL || op->arity == 3) /* `k, v in xs` brings its own */
        return fmt_term_plain(f, head, false);
    FMT_LIT(f, "(");
    MRL_CHECK(fmt_term_plain(f, head, false) == WROTE, WROTE_CLASH);
    FMT_LIT(f, ")");
    return WROTE;
}

enum wrote fmt_ref(struct fmt *f, struct mrl_term *const *items, uint32_t n) {
    MRL_ASSERT(n > 0);
    MRL_CHECK(ref_head(f, items[0]) == WROTE, WROTE_CLASH);
    for (uint32_t i = 1; i < n; i++) {
        if (is_string(items[i])) {
            operand(f, items[i]);
        } else if (items[i]->kind == MRL_TERM_VAR) {
            FMT_LIT(f, "[");
            fmt_write(f, items[i]->u.var);
            FMT_LIT(f, "]");
        } else {
            bracketed(f, items[i]);
        }
    }
    return WROTE;
}

/* --- calls
 * ------------------------------------------------------------------------------------- */

enum wrote fmt_call_plain(struct fmt *f, const struct mrl_term *call) {
    struct mrl_term *op = call->u.call.op;
    struct place p = fmt_place(f, op);
    enum wrote w =
        op->kind == MRL_TERM_REF ? fmt_ref(f, op->u.ref.items, op->u.ref.n) : fmt_ref(f, &op, 1);
    MRL_CHECK(w == WROTE, WROTE_CLASH);
    FMT_LIT(f, "(");
    struct list l = {.items = call->u.call.args.items,
                     .n = call->u.call.args.n,
                     .style = LIST_ARGS,
                     .last = p,
                     .close = fmt_closing(f, BRACKET_KINDS, BRACKET_ROUND, p)};
    MRL_CHECK(fmt_list(f, &l) == WROTE, WROTE_CLASH);
    FMT_LIT(f, ")");
    return WROTE;
}

void fmt_arity_error(struct fmt *f, const struct mrl_term *call, const char *name) {
    const struct mrl_module *m = f->module;
    mrl_str text = mrl_arena_printf(f->arena, "%s: arity mismatch", name), rest;
    uint32_t line = fmt_row(f, call->loc.start);
    struct mrl_diag d = {
        .code = "rego_type_error",
        .message = text,
        .pos = {m->file, line, call->loc.start - m->line_starts[line - 1] + 1, call->loc.start},
        .width = 1};
    d.source =
        mrl_str_cut(mrl_str_sub(m->text, m->line_starts[line - 1], m->text.len), '\n', &rest);
    f->status = mrl_diags_add(f->diags, &d);
}

enum wrote fmt_in(struct fmt *f, struct mrl_terms operands, bool parens) {
    MRL_ASSERT(operands.n == 2 || operands.n == 3);
    parens &= operands.n == 3; /* `k, v in xs` reads as two items of a list */
    if (parens)
        FMT_LIT(f, "(");
    for (uint32_t i = 0; i < operands.n; i++) {
        if (i > 0)
            fmt_write(f, i + 1 < operands.n ? MRL_S(", ") : MRL_S(" in "));
        bool wrap = fmt_is_in(operands.items[i]) && (i > 0 || operands.n == 3);
        fmt_write(f, wrap ? MRL_S("(") : MRL_S(""));
        MRL_CHECK(fmt_term_plain(f, operands.items[i], true) == WROTE, WROTE_CLASH);
        fmt_write(f, wrap ? MRL_S(")") : MRL_S(""));
    }
    if (parens)
        FMT_LIT(f, ")");
    return WROTE;
}

/* An operand of a sign: `in` binds less tightly than any. */
static enum wrote sign_operand(struct fmt *f, const struct mrl_term *t) {
    bool wrap = fmt_is_in(t);
    fmt_write(f, wrap ? MRL_S("(") : MRL_S(""));
    enum wrote w = fmt_term_plain(f, t, true);
    fmt_write(f, wrap ? MRL_S(")") : MRL_S(""));
    return w;
}

/* A call inside another term: operators get parentheses where the caller wants them. */
static enum wrote call(struct fmt *f, const struct mrl_term *t, bool parens) {
    const struct infix *op = fmt_infix(t->u.call.op);
    struct mrl_terms args = t->u.call.args;
    if (op == NULL || op->level == 0) /* `=` and `:=` make statements, not terms */
        return fmt_call_plain(f, t);
    if (args.n != op->arity) {
        fmt_arity_error(f, t, op->name);
        return WROTE;
    }
    if (strcmp(op->sign, "in") == 0)
        return fmt_in(f, args, true);
    if (parens)
        FMT_LIT(f, "(");
    MRL_CHECK(sign_operand(f, args.items[0]) == WROTE, WROTE_CLASH);
    mrl_buf_printf(&f->out, " %s ", op->sign);
    MRL_CHECK(sign_operand(f, args.items[1]) == WROTE, WROTE_CLASH);
    if (parens)
        FMT_LIT(f, ")");
    return WROTE;
}

/* --- collections
 * ------------------------------------------------------------------------------- */

/* Equal items of a set are one; objects keep what was written. */
static void leave_out_repeated(struct fmt *f, struct list *l) {
    const bool *repeated = fmt_repeated(f->arena, l->items, l->n);
    if (repeated == NULL)
        return;
    struct mrl_term **items = MRL_ARENA_ARRAY(f->arena, struct mrl_term *, l->n);
    if (items == NULL) {
        f->status = MRL_E_NOMEM;
        return;
    }
    uint32_t n = 0;
    for (uint32_t i = 0; i < l->n; i++)
        if (!repeated[i])
            items[n++] = l->items[i];
    l->items = items;
    l->n = n;
}

/* Array, set or object, with brackets around a list; the empty set is set(). */
static enum wrote collection(struct fmt *f, const struct mrl_term *t) {
    struct place p = fmt_place(f, t);
    bool array = t->kind == MRL_TERM_ARRAY, object = t->kind == MRL_TERM_OBJECT;
    if (t->kind == MRL_TERM_SET && t->u.list.n == 0) {
        FMT_LIT(f, "set()");
        int64_t row = fmt_closing(f, BRACKET_KINDS, BRACKET_ROUND, p);
        return fmt_insert(f, row) ? WROTE : WROTE_CLASH;
    }
    struct list l = {.items = object ? t->u.object.keys : t->u.list.items,
                     .vals = object ? t->u.object.vals : NULL,
                     .n = object ? t->u.object.n : t->u.list.n,
                     .style = object ? LIST_MEMBERS : LIST_ITEMS,
                     .last = p};
    if (t->kind == MRL_TERM_SET)
        leave_out_repeated(f, &l);
    l.close = fmt_closing(f, BRACKET_KINDS, array ? BRACKET_SQUARE : BRACKET_CURLY, p);
    fmt_write(f, array ? MRL_S("[") : MRL_S("{"));
    MRL_CHECK(fmt_list(f, &l) == WROTE, WROTE_CLASH);
    fmt_write(f, array ? MRL_S("]") : MRL_S("}"));
    return WROTE;
}

/* --- comprehensions
 * ---------------------------------------------------------------------------- */

/* VALUE | BODY up to the closing bracket. */
static enum wrote compr_value(struct fmt *f, const struct mrl_term *t, struct place whole,
                              enum bracket kind) {
    const struct mrl_term *val = t->u.compr.val;
    struct place p = fmt_place(f, val);
    if (p.row > whole.row) {
        fmt_end_line(f);
        fmt_start_line(f);
    }
    /* The head is one operand: an operator in it, also that of `-x`, needs parentheses. */
    bool parens = val->kind == MRL_TERM_CALL && fmt_infix(val->u.call.op) != NULL;
    bool wrap = fmt_is_in(val);
    fmt_write(f, wrap ? MRL_S("(") : MRL_S(""));
    MRL_CHECK(fmt_term_plain(f, val, parens) == WROTE, WROTE_CLASH);
    fmt_write(f, wrap ? MRL_S(") |") : MRL_S(" |"));
    return fmt_inner_body(f, t->u.compr.body, p, whole, kind);
}

/* The value of an object comprehension stays on its key's line, wherever it was. */
static enum wrote object_compr(struct fmt *f, const struct mrl_term *t, struct place whole) {
    const struct mrl_term *moved = f->moved, *key = t->u.compr.key;
    struct place moved_to = f->moved_to, to = fmt_place(f, t->u.compr.val);
    to.row = whole.row;
    f->moved = t->u.compr.val;
    f->moved_to = to;
    bool paren = fmt_is_union(key);
    fmt_write(f, paren ? MRL_S("(") : MRL_S(""));
    enum wrote w = fmt_term(f, key);
    fmt_write(f, paren ? MRL_S("): ") : MRL_S(": "));
    if (w == WROTE)
        w = compr_value(f, t, whole, BRACKET_CURLY);
    f->moved = moved;
    f->moved_to = moved_to;
    return w;
}

/* A comprehension of any kind with its brackets. */
static enum wrote comprehension(struct fmt *f, const struct mrl_term *t) {
    struct place p = fmt_place(f, t);
    bool array = t->kind == MRL_TERM_ARRAY_COMPR;
    fmt_write(f, array ? MRL_S("[") : MRL_S("{"));
    enum wrote w = t->kind == MRL_TERM_OBJECT_COMPR
                       ? object_compr(f, t, p)
                       : compr_value(f, t, p, array ? BRACKET_SQUARE : BRACKET_CURLY);
    fmt_write(f, array ? MRL_S("]") : MRL_S("}"));
    return w == WROTE ? WROTE : WROTE_CLASH;
}

/* --- template strings
 * -------------------------------------------------------------------------- */

/* A brace of the text is written \{, so that it opens no expression. */
static void literal_part(struct fmt *f, mrl_str s, bool raw) {
    MRL_ASSERT(s.ptr != NULL || s.len == 0);
    size_t from = f->out.len;
    if (raw)
        fmt_write(f, s);
    else
        fmt_quoted(f, s);
    if (f->out.status != MRL_OK)
        return;
    mrl_str text = mrl_arena_str(f->arena, mrl_str_sub(mrl_buf_str(&f->out), from, f->out.len));
    if (text.ptr == NULL) {
        f->status = MRL_E_NOMEM;
        return;
    }
    MRL_ASSERT(raw || text.len >= 2); /* its quotes */
    f->out.len = from;
    if (!raw)
        text = mrl_str_sub(text, 1, text.len - 1);
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '{')
            FMT_LIT(f, "\\");
        fmt_write(f, mrl_str_sub(text, i, i + 1));
    }
}

/* A number that evaluates to the text that it was written with: not so .5 and 1e3. */
static bool reads_as_written(const struct fmt *f, const struct mrl_term *t) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_REGO_TEXT_MAX);
    mrl_num_write(&b, t->u.scalar);
    mrl_str written = mrl_str_sub(f->module->text, t->loc.start, t->loc.end);
    bool same = mrl_str_eq(mrl_buf_str(&b), written);
    mrl_buf_release(&b);
    return same;
}

/* {1} and {"x"} say the same as 1 and x in the text, unless a comment stands in the braces. */
static bool is_plain_part(const struct fmt *f, const struct mrl_term *t) {
    uint32_t at = t->loc.start;
    const char *text = f->module->text.ptr;
    if (t->kind != MRL_TERM_SCALAR || (mrl_is_num(t->u.scalar) && !reads_as_written(f, t)))
        return false;
    while (at > 0 && strchr(" \t\r\n(", text[at - 1]) != NULL)
        at--;
    return at > 0 && text[at - 1] == '{';
}

/* The parser keeps an expression's `with` in a comprehension that it made. */
static struct mrl_expr part_expr(const struct mrl_term *t) {
    struct mrl_expr e = {.loc = t->loc};
    e.u.term = (struct mrl_term *)(uintptr_t)t;
    if (t->generated && t->kind == MRL_TERM_SET_COMPR) {
        const struct mrl_expr *inner = t->u.compr.body->items[0];
        e.u.term = inner->u.pair.right;
        e.with = inner->with;
        e.n_with = inner->n_with;
        e.loc = inner->loc;
    }
    e.kind = e.u.term->kind == MRL_TERM_CALL ? MRL_EXPR_CALL : MRL_EXPR_TERM;
    return e;
}

/* {expr} of a template string. Comments in the braces get lines; `next` bounds where they may be.
 */
static enum wrote expr_part(struct fmt *f, const struct mrl_term *t, const struct mrl_term *next) {
    struct mrl_expr e = part_expr(t);
    e.loc.line = fmt_row(f, e.loc.start);
    FMT_LIT(f, "{");
    f->level++;
    int64_t comment = fmt_next_comment(f);
    if (f->pending >= 0) {
        fmt_end_line(f);
        fmt_start_line(f);
    } else if (comment >= 0 && fmt_comment_row(f, comment) < e.loc.line) {
        FMT_LIT(f, " ");
        f->inside = true;
        fmt_comments_before(f, e.loc.line);
    }
    MRL_CHECK(fmt_expr(f, &e) == WROTE, WROTE_CLASH);
    comment = fmt_next_comment(f);
    uint32_t row = next != NULL ? fmt_row(f, next->loc.start) : 0;
    if (comment >= 0 && fmt_comment_row(f, comment) < row) {
        fmt_end_line(f);
        fmt_comments_before(f, row);
        fmt_start_line(f);
    }
    FMT_LIT(f, "}");
    f->level--;
    return WROTE;
}

static enum wrote template_string(struct fmt *f, const struct mrl_term *t) {
    fmt_write(f, t->raw ? MRL_S("$`") : MRL_S("$\""));
    for (uint32_t i = 0; i < t->u.list.n; i++) {
        const struct mrl_term *part = t->u.list.items[i];
        bool expr = part->parens && !is_plain_part(f, part);
        if (expr) {
            const struct mrl_term *next = i + 1 < t->u.list.n ? t->u.list.items[i + 1] : NULL;
            MRL_CHECK(expr_part(f, part, next) == WROTE, WROTE_CLASH);
        } else if (mrl_is_str(part->u.scalar)) {
            literal_part(f, mrl_val_str(part->u.scalar), t->raw);
        } else {
            fmt_simple(f, part);
        }
    }
    fmt_write(f, t->raw ? MRL_S("`") : MRL_S("\""));
    return WROTE;
}

/* --- any term
 * ---------------------------------------------------------------------------------- */

static enum wrote by_kind(struct fmt *f, const struct mrl_term *t, bool parens) {
    switch ((enum mrl_term_kind)t->kind) {
    case MRL_TERM_SCALAR:
    case MRL_TERM_VAR:
        fmt_simple(f, t);
        return WROTE;
    case MRL_TERM_REF:
        return fmt_ref(f, t->u.ref.items, t->u.ref.n);
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
    case MRL_TERM_OBJECT:
        return collection(f, t);
    case MRL_TERM_ARRAY_COMPR:
    case MRL_TERM_SET_COMPR:
    case MRL_TERM_OBJECT_COMPR:
        return comprehension(f, t);
    case MRL_TERM_CALL:
        return call(f, t, parens);
    case MRL_TERM_TEMPLATE:
        return template_string(f, t);
    }
    return WROTE;
}

enum wrote fmt_term_plain(struct fmt *f, const struct mrl_term *t, bool parens) {
    if (f->paren_term == t) {
        f->paren_term = NULL;
        parens = true;
    }
    MRL_CHECK(fmt_insert(f, fmt_place(f, t).row), WROTE_CLASH);
    if (!f->inside)
        fmt_start_line(f);
    enum wrote w = by_kind(f, t, parens);
    if (w == WROTE && !f->inside)
        fmt_start_line(f);
    return w;
}

enum wrote fmt_term(struct fmt *f, const struct mrl_term *t) {
    struct fmt_mark mark = fmt_mark(f);
    f->catchers++;
    enum wrote w = fmt_term_plain(f, t, false);
    f->catchers--;
    if (w == WROTE)
        return w;
    if (f->catchers > 0) /* the term around this one will be copied, and this one with it */
        return WROTE_CLASH;
    fmt_raw(f, mark, t->loc.start, t->loc.end);
    return WROTE_RAW;
}
