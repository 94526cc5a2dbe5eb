/* parse_body.c - bodies and the expressions in them.
 *
 * An expression is told apart by its first word (not, some, every) and by the sign behind its
 * first term (:= or =); all else is a term that must hold. Errors are in OPA's words, as people
 * search for them.
 */
#include "engines/policy/rego/parser_internal.h"

/* `with TARGET as VALUE`, repeated. */
static bool with_list(struct mrl_parser *p, struct mrl_expr *e) {
    uint32_t cap = 0;
    while (mrl_p_word(p, "with")) {
        struct mrl_rloc loc = mrl_p_tok(p)->loc;
        mrl_p_next(p);
        struct mrl_term *target = mrl_p_operand(p);
        if (target == NULL)
            return false;
        if (target->kind != MRL_TERM_VAR && target->kind != MRL_TERM_REF)
            return mrl_p_fail(p, target->loc, "expected with target path") != NULL;
        if (!mrl_p_word(p, "as"))
            return mrl_p_unexpected(p, "expected as keyword") != NULL;
        mrl_p_next(p);
        struct mrl_term *value = mrl_p_infix(p, true);
        if (value == NULL)
            return false;
        if (e->n_with == cap) {
            uint32_t more = cap > 0 ? cap * 2 : 2;
            e->with = mrl_arena_regrow(p->arena, e->with, cap, more, sizeof *e->with);
            cap = more;
        }
        if (e->with == NULL) {
            p->status = MRL_E_NOMEM;
            return mrl_p_fail(p, loc, "out of memory") != NULL;
        }
        e->with[e->n_with++] = (struct mrl_with){target, value, mrl_p_span(p, loc)};
    }
    return true;
}

struct mrl_expr *mrl_p_with(struct mrl_parser *p, struct mrl_expr *e) {
    if (e == NULL || !with_list(p, e))
        return NULL;
    e->loc = mrl_p_span(p, e->loc);
    return e;
}

/* --- some and every
 * ------------------------------------------------------------------------------------ */

/* `some x in xs` was read as the call internal.member_2 or _3: its parts are taken out again. */
static struct mrl_expr *some_in(struct mrl_parser *p, struct mrl_rloc loc, struct mrl_term *t) {
    MRL_ASSERT(t->u.call.args.n == 2 || t->u.call.args.n == 3);
    struct mrl_expr *e = mrl_p_expr(p, MRL_EXPR_SOME_IN, loc);
    if (e == NULL)
        return NULL;
    struct mrl_terms args = t->u.call.args;
    e->u.some.key = args.n == 3 ? args.items[0] : NULL;
    e->u.some.val = args.items[args.n - 2];
    e->u.some.domain = args.items[args.n - 1];
    return mrl_p_with(p, e);
}

/* `some x, y`: names only, and no modifiers. */
static struct mrl_expr *some_vars(struct mrl_parser *p, struct mrl_rloc loc) {
    struct mrl_expr *e = mrl_p_expr(p, MRL_EXPR_SOME, loc);
    struct mrl_list vars = {0};
    do {
        const struct mrl_token *tok = mrl_p_tok(p);
        if (tok->kind != MRL_TOK_IDENT || mrl_p_reserved(p, tok->text))
            return mrl_p_unexpected(p, "expected var");
        struct mrl_term *v = mrl_p_term(p, MRL_TERM_VAR, tok->loc);
        if (!mrl_p_add(p, &vars, v))
            return NULL;
        v->u.var = tok->text;
        mrl_p_next(p);
    } while (mrl_p_accept(p, MRL_OP1(',')));
    if (e == NULL)
        return NULL;
    e->u.some.vars = (struct mrl_terms){(struct mrl_term **)vars.items, vars.n};
    e->loc = mrl_p_span(p, loc);
    return e;
}

/* `some x, y in xs` and `some x, y` begin alike: the form with `in` is tried first, quietly, so
 * that a failure leaves no message of its own. */
static struct mrl_expr *some(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    mrl_p_next(p);
    uint32_t start = p->at, depth = p->depth;
    bool failed_before = p->failed;
    p->quiet++;
    struct mrl_term *t = mrl_p_infix(p, false);
    p->quiet--;
    if (t != NULL && t->kind == MRL_TERM_CALL) {
        if (mrl_p_is_member(t, 2) || mrl_p_is_member(t, 3))
            return some_in(p, loc, t);
        return mrl_p_unexpected(p, "expected `x in xs` or `x, y in xs` expression");
    }
    if (p->status != MRL_OK)
        return NULL;
    p->failed = failed_before;
    p->at = start;
    p->depth = depth;
    return some_vars(p, loc);
}

/* The grammar of `every` is that of `in` with a body behind it; key and value must be variables. */
static struct mrl_expr *every(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    mrl_p_next(p);
    struct mrl_term *t = mrl_p_infix(p, false);
    if (t == NULL)
        return NULL;
    if (!mrl_p_is_member(t, 2) && !mrl_p_is_member(t, 3))
        return mrl_p_unexpected(p, "expected `x[, y] in xs { ... }` expression");
    struct mrl_expr *e = mrl_p_expr(p, MRL_EXPR_EVERY, loc);
    if (e == NULL)
        return NULL;
    struct mrl_terms args = t->u.call.args;
    e->u.every.key = args.n == 3 ? args.items[0] : NULL;
    e->u.every.val = args.items[args.n - 2];
    e->u.every.domain = args.items[args.n - 1];
    if (e->u.every.key != NULL && e->u.every.key->kind != MRL_TERM_VAR)
        return mrl_p_unexpected(p, "expected key to be a variable");
    if (e->u.every.val->kind != MRL_TERM_VAR)
        return mrl_p_unexpected(p, "expected value to be a variable");
    if (!mrl_p_expect(p, MRL_OP1('{'), "missing body"))
        return NULL;
    e->u.every.body = mrl_p_body(p, MRL_OP1('}'));
    return e->u.every.body != NULL ? mrl_p_with(p, e) : NULL;
}

/* --- plain expressions
 * ------------------------------------------------------------------------------------ */

struct mrl_expr *mrl_p_bare(struct mrl_parser *p, bool negated, struct mrl_rloc loc) {
    struct mrl_term *left = mrl_p_infix(p, false);
    if (left == NULL)
        return NULL;
    bool assign = mrl_p_is(p, MRL_OP2(':', '=')), unify = mrl_p_is(p, MRL_OP1('='));
    enum mrl_expr_kind kind = assign                        ? MRL_EXPR_ASSIGN
                              : unify                       ? MRL_EXPR_UNIFY
                              : left->kind == MRL_TERM_CALL ? MRL_EXPR_CALL
                                                            : MRL_EXPR_TERM;
    struct mrl_expr *e = mrl_p_expr(p, kind, loc);
    if (e == NULL)
        return NULL;
    e->negated = negated;
    if (assign || unify) {
        mrl_p_next(p);
        e->u.pair.left = left;
        e->u.pair.right = mrl_p_infix(p, false);
        if (e->u.pair.right == NULL)
            return NULL;
    } else {
        e->u.term = left;
    }
    e->loc = mrl_p_span(p, loc);
    return e;
}

/* One literal of a body. What `and`, `or` and the `not` of bodies add is in parse_logical.c. */
struct mrl_expr *mrl_p_literal(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    if (p->keywords & (MRL_KW_AND | MRL_KW_OR | MRL_KW_NOT_BODY)) {
        struct mrl_expr *e = NULL;
        if (mrl_p_logical(p, &e))
            return e;
    }
    bool negated = mrl_p_word(p, "not");
    if (negated)
        mrl_p_next(p);
    if (mrl_p_word(p, "some"))
        return negated ? mrl_p_unexpected(p, "illegal negation of 'some'") : some(p);
    if (mrl_p_keyword(p, MRL_KW_EVERY))
        return negated ? mrl_p_unexpected(p, "illegal negation of 'every'") : every(p);
    return mrl_p_with(p, mrl_p_bare(p, negated, loc));
}

/* Expressions end at `;`, at a line break, or at the closing bracket. The depth counts bodies, too:
 * comprehensions nest through them. */
struct mrl_body *mrl_p_body(struct mrl_parser *p, uint16_t close) {
    struct mrl_list exprs = {0};
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    if (close != 0 && mrl_p_is(p, close))
        return mrl_p_fail(p, loc, "found empty body");
    if (!mrl_p_enter(p))
        return NULL;
    for (;;) {
        if (!mrl_p_add(p, &exprs, mrl_p_literal(p)))
            return NULL;
        bool end = close != 0 ? mrl_p_is(p, close) : mrl_p_tok(p)->kind == MRL_TOK_EOF;
        if (end)
            break;
        if (mrl_p_accept(p, MRL_OP1(';'))) {
            if (close == 0 && mrl_p_tok(p)->kind == MRL_TOK_EOF)
                break;
        } else if (!mrl_p_tok(p)->line_before) {
            return mrl_p_unexpected(p, close != 0 ? "expected \\n or ; or a closing bracket"
                                                  : "expected \\n or ; or the end");
        }
    }
    p->depth--;
    if (close != 0)
        mrl_p_next(p);
    MRL_ASSERT(exprs.n > 0);
    struct mrl_body *b = MRL_ARENA_NEW(p->arena, struct mrl_body);
    if (b == NULL) {
        p->status = MRL_E_NOMEM;
        p->failed = true;
        return NULL;
    }
    *b = (struct mrl_body){(struct mrl_expr **)exprs.items, exprs.n, mrl_p_span(p, loc),
                           close == MRL_OP1('}')};
    return b;
}
