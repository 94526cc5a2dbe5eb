/* parse_term.c - terms: literals, refs, calls, collections, comprehensions, infix operators.
 *
 * Recursive descent with one level a precedence. Two places need more than one token ahead: `|`
 * in brackets (a comprehension or the set operator) and `k, v in xs` (a membership or two items).
 * Both try the first reading quietly and go back when it fails; mrl_p_term counts what that costs
 * and ends it before it becomes exponential.
 */
#include "engines/policy/rego/parser_internal.h"

#include "base/num.h"

/* A constant for the current token, which is consumed. */
static struct mrl_term *scalar(struct mrl_parser *p, mrl_val v) {
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_SCALAR, mrl_p_tok(p)->loc);
    if (t != NULL)
        t->u.scalar = v;
    mrl_p_next(p);
    return t;
}

/* A variable of the current word, which is consumed. */
static struct mrl_term *variable(struct mrl_parser *p) {
    const struct mrl_token *tok = mrl_p_tok(p);
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_VAR, tok->loc);
    if (t != NULL)
        t->u.var = tok->text;
    mrl_p_next(p);
    return t;
}

/* A number, with the text of a minus sign before it joined on. `loc`: where it or its sign stands.
 */
static struct mrl_term *number(struct mrl_parser *p, bool negative, struct mrl_rloc loc) {
    const struct mrl_token *tok = mrl_p_tok(p);
    mrl_str text = tok->text;
    loc.end = tok->loc.end;
    if (negative)
        text = mrl_arena_printf(p->arena, "-%.*s", MRL_F(tok->text));
    mrl_val v;
    if (tok->kind != MRL_TOK_NUMBER)
        return mrl_p_unexpected(p, "expected number");
    if (mrl_str_starts(tok->text, MRL_S(".")))
        text = mrl_arena_printf(p->arena, "%s0%.*s", negative ? "-" : "", MRL_F(tok->text));
    if (text.ptr == NULL || mrl_num_parse(text, &v) != MRL_OK)
        return mrl_p_fail(p, loc, "illegal number");
    struct mrl_term *t = scalar(p, v);
    if (t != NULL)
        t->loc = loc;
    return t;
}

/* --- lists of terms ------------------------------------------------------------------------------
 */

static struct mrl_terms as_terms(struct mrl_list l) {
    return (struct mrl_terms){(struct mrl_term **)l.items, l.n};
}

/* Terms separated by commas up to `close`, which is consumed. A comma may follow the last one. */
static bool term_list(struct mrl_parser *p, uint16_t close, struct mrl_terms *ret) {
    struct mrl_list l = {0};
    while (!mrl_p_is(p, close)) {
        if (!mrl_p_add(p, &l, mrl_p_infix(p, true)))
            return false;
        if (!mrl_p_accept(p, MRL_OP1(',')) && !mrl_p_is(p, close)) {
            mrl_p_unexpected(p, "expected \",\" or a closing bracket");
            return false;
        }
    }
    mrl_p_next(p);
    *ret = as_terms(l);
    return true;
}

/* --- refs and calls
 * ---------------------------------------------------------------------------------- */

/* Any word may follow a dot, keywords included; it is a string, not a variable. */
static struct mrl_term *dot_operand(struct mrl_parser *p) {
    const struct mrl_token *tok = mrl_p_tok(p);
    if (tok->kind != MRL_TOK_IDENT || tok->space_before)
        return mrl_p_unexpected(p, "expected var");
    struct mrl_term *t = scalar(p, mrl_strval(tok->text));
    if (t != NULL)
        t->dotted = 1;
    return t;
}

/* Behind `[`: any term, then `]`. */
static struct mrl_term *bracket_operand(struct mrl_parser *p) {
    struct mrl_term *t = mrl_p_infix(p, false);
    if (t == NULL || !mrl_p_expect(p, MRL_OP1(']'), "expected ]"))
        return NULL;
    return t;
}

/* The arguments behind `(`; op is what is called. */
static struct mrl_term *call_of(struct mrl_parser *p, struct mrl_term *op) {
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_CALL, op->loc);
    if (t == NULL || !term_list(p, MRL_OP1(')'), &t->u.call.args))
        return NULL;
    t->u.call.op = op;
    t->loc = mrl_p_span(p, op->loc);
    return t;
}

/* What OPA calls a term that cannot head a ref; NULL for one that can. Scalars have no parts. A ref
 * gets here only out of parentheses, where it would make a ref inside a ref: the ones of the
 * documents count as refs even without parts, (input)[0] as (input.a)[0]. */
static const char *no_ref_head(const struct mrl_term *t) {
    switch (t->kind) {
    case MRL_TERM_SCALAR:
        return mrl_is_str(t->u.scalar)         ? "string"
               : t->u.scalar.tag == MRL_T_BOOL ? "boolean"
               : t->u.scalar.tag == MRL_T_NULL ? "null"
                                               : "number";
    case MRL_TERM_TEMPLATE:
        return "templatestring";
    case MRL_TERM_REF:
        return "ref";
    case MRL_TERM_VAR:
        return t->parens &&
                       (mrl_str_eq(t->u.var, MRL_S("input")) || mrl_str_eq(t->u.var, MRL_S("data")))
                   ? "ref"
                   : NULL;
    default:
        return NULL;
    }
}

/* A ref of the operands read; a head alone stays what it is. */
static struct mrl_term *finish_ref(struct mrl_parser *p, struct mrl_term *head,
                                   struct mrl_list ops) {
    MRL_ASSERT(ops.n > 0);
    if (ops.n == 1)
        return head;
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_REF, mrl_p_span(p, head->loc));
    if (t != NULL)
        t->u.ref = as_terms(ops);
    return t;
}

/* No white space may stand before the bracket or dot: `x [y]` is two terms. A call makes a new
 * head, so that f(x).y(z) nests to the left. */
struct mrl_term *mrl_p_ref_tail(struct mrl_parser *p, struct mrl_term *head) {
    struct mrl_list ops = {0};
    if (!mrl_p_add(p, &ops, head))
        return NULL;
    for (;;) {
        const struct mrl_token *tok = mrl_p_tok(p);
        bool op = tok->kind == MRL_TOK_OP && !tok->space_before;
        if (!op || (tok->op != MRL_OP1('.') && tok->op != MRL_OP1('[') && tok->op != MRL_OP1('(')))
            return finish_ref(p, head, ops);
        const char *why_not = no_ref_head(head);
        if (why_not != NULL)
            return mrl_p_fail(p, head->loc, "illegal ref (head cannot be %s)", why_not);
        mrl_p_next(p);
        if (tok->op == MRL_OP1('(')) {
            struct mrl_term *callee = finish_ref(p, head, ops);
            head = callee != NULL ? call_of(p, callee) : NULL;
            ops = (struct mrl_list){0};
            if (!mrl_p_add(p, &ops, head))
                return NULL;
        } else if (!mrl_p_add(p, &ops,
                              tok->op == MRL_OP1('.') ? dot_operand(p) : bracket_operand(p))) {
            return NULL;
        }
    }
}

/* --- collections and comprehensions
 * ------------------------------------------------------------------ */

/* Fills t with head and body. The body is read before anyone knows that it is one: see try_body. */
static struct mrl_term *comprehension(struct mrl_parser *p, struct mrl_term *t,
                                      struct mrl_term *key, struct mrl_term *val, uint16_t close) {
    MRL_ASSERT(val != NULL);
    if (t == NULL)
        return NULL;
    t->u.compr.key = key;
    t->u.compr.val = val;
    t->u.compr.body = mrl_p_body(p, close);
    t->loc = mrl_p_span(p, t->loc);
    return t->u.compr.body != NULL ? t : NULL;
}

/* `| BODY CLOSE` behind the head of a possible comprehension. NULL with the position restored when
 * it is none: then `|` is the set operator. */
static struct mrl_term *try_body(struct mrl_parser *p, struct mrl_term *t, struct mrl_term *key,
                                 struct mrl_term *val, uint16_t close) {
    uint32_t start = p->at, depth = p->depth;
    bool failed_before = p->failed;
    if (!mrl_p_accept(p, MRL_OP1('|')))
        return NULL;
    p->quiet++;
    t = comprehension(p, t, key, val, close);
    p->quiet--;
    if (t == NULL && p->status == MRL_OK) {
        p->failed = failed_before;
        p->at = start;
        p->depth = depth;
    }
    return t;
}

static struct mrl_term *infix_from(struct mrl_parser *p, struct mrl_term *first, bool in_list);

/* Terms separated by commas up to `close`; the first operand has been read. */
static bool list_from(struct mrl_parser *p, struct mrl_term *first, uint16_t close,
                      struct mrl_terms *ret) {
    struct mrl_list l = {0};
    first = infix_from(p, first, true);
    while (first != NULL) {
        if (!mrl_p_add(p, &l, first))
            return false;
        first = NULL;
        if (mrl_p_accept(p, MRL_OP1(',')) && !mrl_p_is(p, close) &&
            (first = mrl_p_infix(p, true)) == NULL)
            return false;
    }
    *ret = as_terms(l);
    return l.n > 0 && mrl_p_expect(p, close, "expected \",\" or a closing bracket");
}

/* `[x | body]` before `[x, y]`: where both readings fit, the comprehension wins, as in OPA. */
static struct mrl_term *array(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    mrl_p_next(p);
    if (mrl_p_accept(p, MRL_OP1(']')))
        return mrl_p_term(p, MRL_TERM_ARRAY, mrl_p_span(p, loc));
    struct mrl_term *first = mrl_p_operand(p);
    if (first == NULL)
        return NULL;
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_ARRAY_COMPR, loc);
    struct mrl_term *done = try_body(p, t, NULL, first, MRL_OP1(']'));
    if (done != NULL || p->failed)
        return done;
    t = mrl_p_term(p, MRL_TERM_ARRAY, loc);
    if (t == NULL || !list_from(p, first, MRL_OP1(']'), &t->u.list))
        return NULL;
    t->loc = mrl_p_span(p, loc);
    return t;
}

/* The value behind `key:` is a single operand when a comprehension's body follows it. */
static struct mrl_term *object(struct mrl_parser *p, struct mrl_rloc loc, struct mrl_term *key) {
    struct mrl_list keys = {0}, vals = {0};
    mrl_p_next(p); /* the colon */
    struct mrl_term *val = mrl_p_operand(p);
    if (val == NULL)
        return NULL;
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_OBJECT_COMPR, loc);
    struct mrl_term *done = try_body(p, t, key, val, MRL_OP1('}'));
    if (done != NULL || p->failed)
        return done;
    val = infix_from(p, val, true);
    for (;;) {
        if (!mrl_p_add(p, &keys, key) || !mrl_p_add(p, &vals, val))
            return NULL;
        if (!mrl_p_accept(p, MRL_OP1(',')) || mrl_p_is(p, MRL_OP1('}')))
            break;
        key = mrl_p_infix(p, true);
        if (key == NULL || !mrl_p_expect(p, MRL_OP1(':'), "expected :"))
            return NULL;
        val = mrl_p_infix(p, true);
    }
    if (!mrl_p_expect(p, MRL_OP1('}'), "expected \",\" or \"}\""))
        return NULL;
    t = mrl_p_term(p, MRL_TERM_OBJECT, mrl_p_span(p, loc));
    if (t == NULL)
        return NULL;
    t->u.object.keys = (struct mrl_term **)keys.items;
    t->u.object.vals = (struct mrl_term **)vals.items;
    t->u.object.n = keys.n;
    return t;
}

/* What the first item is followed by decides: `|` a comprehension, `:` an object, else a set. {} is
 * the empty object; the empty set is written set(). */
static struct mrl_term *set_or_object(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    mrl_p_next(p);
    if (mrl_p_accept(p, MRL_OP1('}')))
        return mrl_p_term(p, MRL_TERM_OBJECT, mrl_p_span(p, loc));
    struct mrl_term *first = mrl_p_operand(p);
    if (first == NULL)
        return NULL;
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_SET_COMPR, loc);
    struct mrl_term *done = try_body(p, t, NULL, first, MRL_OP1('}'));
    if (done != NULL || p->failed)
        return done;
    first = infix_from(p, first, true);
    if (first != NULL && mrl_p_is(p, MRL_OP1(':')))
        return object(p, loc, first);
    t = mrl_p_term(p, MRL_TERM_SET, loc);
    if (first == NULL || t == NULL)
        return NULL;
    struct mrl_list items = {0};
    do {
        if (!mrl_p_add(p, &items, first))
            return NULL;
        first = NULL;
        if (mrl_p_accept(p, MRL_OP1(',')) && !mrl_p_is(p, MRL_OP1('}')) &&
            (first = mrl_p_infix(p, true)) == NULL)
            return NULL;
    } while (first != NULL);
    if (!mrl_p_expect(p, MRL_OP1('}'), "expected \",\" or \"}\""))
        return NULL;
    t->u.list = as_terms(items);
    t->loc = mrl_p_span(p, loc);
    return t;
}

/* {x | x = TERM with ...}: a template expression with modifiers, as a term. */
static struct mrl_term *with_term(struct mrl_parser *p, struct mrl_expr *e,
                                  struct mrl_term *value) {
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_SET_COMPR, e->loc);
    struct mrl_term *x = mrl_p_term(p, MRL_TERM_VAR, e->loc);
    struct mrl_body *body = MRL_ARENA_NEW(p->arena, struct mrl_body);
    struct mrl_list one = {0};
    if (t == NULL || x == NULL || body == NULL || !mrl_p_add(p, &one, e))
        return NULL;
    x->u.var = MRL_S("__template__");
    e->kind = MRL_EXPR_UNIFY;
    e->u.pair.left = x;
    e->u.pair.right = value;
    *body = (struct mrl_body){(struct mrl_expr **)one.items, 1, e->loc, false};
    t->u.compr.val = x;
    t->u.compr.body = body;
    t->generated = 1;
    return t;
}

/* The expression behind the opening brace, with the closing one. */
static struct mrl_term *template_part(struct mrl_parser *p) {
    mrl_p_next(p);
    struct mrl_expr *e = mrl_p_literal(p);
    if (e == NULL)
        return mrl_p_fail(p, mrl_p_tok(p)->loc, "invalid template-string expression");
    if ((e->kind != MRL_EXPR_TERM && e->kind != MRL_EXPR_CALL) || e->negated)
        return mrl_p_fail(p, e->loc, "unexpected statement in template-string expression");
    if (mrl_p_tok(p)->kind != MRL_TOK_TPL_CLOSE)
        return mrl_p_unexpected(p, "invalid template-string expression");
    mrl_p_next(p);
    struct mrl_term *t = e->n_with > 0 ? with_term(p, e, e->u.term) : e->u.term;
    if (t != NULL)
        t->parens = 1; /* a literal in braces is an expression, too */
    return t;
}

/* Literal parts are strings; expressions are terms with `parens` set, which tells {"x"} from x. */
static struct mrl_term *template_string(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    bool raw = mrl_p_tok(p)->raw;
    struct mrl_list parts = {0};
    mrl_p_next(p);
    while (mrl_p_tok(p)->kind != MRL_TOK_TPL_END) {
        const struct mrl_token *tok = mrl_p_tok(p);
        bool text = tok->kind == MRL_TOK_TPL_TEXT;
        if (!mrl_p_add(p, &parts, text ? scalar(p, mrl_strval(tok->text)) : template_part(p)))
            return NULL;
    }
    mrl_p_next(p);
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_TEMPLATE, mrl_p_span(p, loc));
    if (t == NULL)
        return NULL;
    t->raw = raw;
    t->u.list = as_terms(parts);
    return t;
}

/* --- operands
 * ------------------------------------------------------------------------------------------ */

/* A word is a constant, set(), or a variable; keywords are none, unless a ref or call follows. */
static struct mrl_term *word(struct mrl_parser *p) {
    const struct mrl_token *tok = mrl_p_tok(p);
    if (mrl_p_word(p, "null"))
        return scalar(p, mrl_null());
    if (mrl_p_word(p, "true") || mrl_p_word(p, "false"))
        return scalar(p, mrl_bool(tok->text.ptr[0] == 't'));
    const struct mrl_token *next = mrl_p_ahead(p, 1);
    bool call = next->kind == MRL_TOK_OP && next->op == MRL_OP1('(') && !next->space_before;
    if (call && mrl_str_eq(tok->text, MRL_S("set")) && mrl_p_ahead(p, 2)->kind == MRL_TOK_OP &&
        mrl_p_ahead(p, 2)->op == MRL_OP1(')')) {
        struct mrl_rloc loc = tok->loc;
        p->at += 3;
        return mrl_p_term(p, MRL_TERM_SET, mrl_p_span(p, loc));
    }
    bool ref = next->kind == MRL_TOK_OP && !next->space_before &&
               (next->op == MRL_OP1('.') || next->op == MRL_OP1('['));
    if (!ref && mrl_p_reserved(p, tok->text))
        return mrl_p_unexpected(p, NULL);
    return variable(p);
}

/* Parentheses leave no node: `parens` on the term keeps that they were there, for `in` behind
 * commas and for the formatter. */
static struct mrl_term *parenthesised(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    mrl_p_next(p);
    struct mrl_term *t = mrl_p_infix(p, false);
    if (t == NULL)
        return NULL;
    if (!mrl_p_is(p, MRL_OP1(')')))
        return mrl_p_fail(p, mrl_p_tok(p)->loc, "non-terminated expression");
    mrl_p_next(p);
    t->parens = 1;
    t->loc = mrl_p_span(p, loc);
    return t;
}

/* -ref means minus(0, ref); before a digit the sign belongs to the number. */
static struct mrl_term *negative(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    mrl_p_next(p);
    if (mrl_p_tok(p)->kind != MRL_TOK_IDENT)
        return number(p, true, loc);
    struct mrl_term *var = word(p);
    struct mrl_term *ref = var != NULL ? mrl_p_ref_tail(p, var) : NULL;
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_CALL, mrl_p_span(p, loc));
    struct mrl_term *op = mrl_p_term(p, MRL_TERM_VAR, loc);
    struct mrl_term *zero = mrl_p_term(p, MRL_TERM_SCALAR, loc);
    struct mrl_term **args = MRL_ARENA_ARRAY(p->arena, struct mrl_term *, 2);
    if (ref == NULL || t == NULL || op == NULL || zero == NULL || args == NULL)
        return NULL;
    op->u.var = MRL_S("minus");
    zero->u.scalar = mrl_int(0);
    args[0] = zero;
    args[1] = ref;
    t->infix = 1;
    t->u.call.op = op;
    t->u.call.args = (struct mrl_terms){args, 2};
    return t;
}

/* An operand without what may follow it (.x, [x], (x)). */
static struct mrl_term *primary(struct mrl_parser *p) {
    const struct mrl_token *tok = mrl_p_tok(p);
    switch (tok->kind) {
    case MRL_TOK_IDENT:
        return word(p);
    case MRL_TOK_NUMBER:
        return number(p, false, tok->loc);
    case MRL_TOK_STRING:
        return scalar(p, mrl_strval(tok->text));
    case MRL_TOK_RAW: {
        struct mrl_term *t = scalar(p, mrl_strval(tok->text));
        if (t != NULL)
            t->raw = 1;
        return t;
    }
    case MRL_TOK_TPL_BEGIN:
        return template_string(p);
    default:
        break;
    }
    if (mrl_p_is(p, MRL_OP1('[')))
        return array(p);
    if (mrl_p_is(p, MRL_OP1('{')))
        return set_or_object(p);
    if (mrl_p_is(p, MRL_OP1('(')))
        return parenthesised(p);
    if (mrl_p_is(p, MRL_OP1('-')))
        return negative(p);
    return mrl_p_unexpected(p, NULL);
}

struct mrl_term *mrl_p_operand(struct mrl_parser *p) {
    if (!mrl_p_enter(p))
        return NULL;
    struct mrl_term *t = primary(p);
    if (t != NULL)
        t = mrl_p_ref_tail(p, t);
    p->depth--;
    return t;
}

/* --- infix operators
 * --------------------------------------------------------------------------------------- */

static const struct {
    uint16_t op;
    uint8_t level; /* binds tighter with a higher level */
    const char *name;
} infix_ops[] = {
    {MRL_OP2('=', '='), 1, "equal"}, {MRL_OP2('!', '='), 1, "neq"}, {MRL_OP1('<'), 1, "lt"},
    {MRL_OP1('>'), 1, "gt"},         {MRL_OP2('<', '='), 1, "lte"}, {MRL_OP2('>', '='), 1, "gte"},
    {MRL_OP1('|'), 2, "or"},         {MRL_OP1('&'), 3, "and"},      {MRL_OP1('+'), 4, "plus"},
    {MRL_OP1('-'), 4, "minus"},      {MRL_OP1('*'), 5, "mul"},      {MRL_OP1('/'), 5, "div"},
    {MRL_OP1('%'), 5, "rem"},
};

/* Makes the call name(a, b) or name(a, b, c). */
static struct mrl_term *infix_call(struct mrl_parser *p, const char *name, struct mrl_term *a,
                                   struct mrl_term *b, struct mrl_term *c) {
    MRL_ASSERT(a != NULL && b != NULL);
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_CALL, mrl_p_span(p, a->loc));
    struct mrl_term *op = mrl_p_term(p, MRL_TERM_VAR, a->loc);
    struct mrl_term **args = MRL_ARENA_ARRAY(p->arena, struct mrl_term *, 3);
    if (t == NULL || op == NULL || args == NULL)
        return NULL;
    op->u.var = mrl_str_z(name);
    args[0] = a;
    args[1] = b;
    args[2] = c;
    t->infix = 1;
    t->u.call.op = op;
    t->u.call.args = (struct mrl_terms){args, c != NULL ? 3 : 2};
    return t;
}

/* The operator of this level at the current token; its index, or -1. */
static int infix_at(const struct mrl_parser *p, unsigned level) {
    MRL_DASSERT(level >= 1 && level <= 5);
    const struct mrl_token *tok = mrl_p_tok(p);
    for (size_t i = 0; tok->kind == MRL_TOK_OP && i < MRL_COUNTOF(infix_ops); i++)
        if (infix_ops[i].op == tok->op && infix_ops[i].level == level)
            return (int)i;
    return -1;
}

/* Left-associative chains of one level; operands are of the next tighter level. `first` is the
 * leftmost operand when it has been read already. */
static struct mrl_term *level_of(struct mrl_parser *p, unsigned level, struct mrl_term *first) {
    if (level > 5)
        return first != NULL ? first : mrl_p_operand(p);
    struct mrl_term *left = level_of(p, level + 1, first);
    for (int i; left != NULL && (i = infix_at(p, level)) >= 0;) {
        mrl_p_next(p);
        struct mrl_term *right = level_of(p, level + 1, NULL);
        left = right != NULL ? infix_call(p, infix_ops[i].name, left, right, NULL) : NULL;
    }
    return left;
}

bool mrl_p_is_member(const struct mrl_term *t, unsigned args) {
    return t->kind == MRL_TERM_CALL && t->infix && t->u.call.args.n == args && !t->parens &&
           mrl_str_starts(t->u.call.op->u.var, MRL_S("internal.member_"));
}

/* `a, b in c`: tried where a comma cannot mean anything else. Restores the position when it is not.
 */
static struct mrl_term *member_with_key(struct mrl_parser *p, struct mrl_term *key) {
    uint32_t start = p->at, depth = p->depth;
    struct mrl_term *t = NULL;
    mrl_p_next(p);
    p->quiet++;
    bool failed_before = p->failed;
    struct mrl_term *val = level_of(p, 1, NULL);
    if (val != NULL && mrl_p_keyword(p, MRL_KW_IN)) {
        mrl_p_next(p);
        struct mrl_term *xs = level_of(p, 1, NULL);
        t = xs != NULL ? infix_call(p, "internal.member_3", key, val, xs) : NULL;
    }
    p->quiet--;
    if (t == NULL && p->status == MRL_OK) {
        p->failed = failed_before;
        p->at = start;
        p->depth = depth;
    }
    return t;
}

static struct mrl_term *infix_from(struct mrl_parser *p, struct mrl_term *first, bool in_list) {
    if (!mrl_p_enter(p))
        return NULL;
    struct mrl_term *left = level_of(p, 1, first);
    if (left != NULL && !in_list && mrl_p_is(p, MRL_OP1(',')) && (p->keywords & MRL_KW_IN)) {
        struct mrl_term *t = member_with_key(p, left);
        left = t != NULL ? t : p->failed ? NULL : left;
    }
    while (left != NULL && mrl_p_keyword(p, MRL_KW_IN)) {
        mrl_p_next(p);
        struct mrl_term *xs = level_of(p, 1, NULL);
        left = xs != NULL ? infix_call(p, "internal.member_2", left, xs, NULL) : NULL;
    }
    p->depth--;
    return left;
}

struct mrl_term *mrl_p_infix(struct mrl_parser *p, bool in_list) {
    return infix_from(p, NULL, in_list);
}
