/* parse_logical.c - `and`, `or`, and `not` over bodies: the opt-in imports future.keywords.and, or,
 * not.
 *
 * An operand is a body in braces, a group in parentheses, or one expression. Braces and parentheses
 * mean values everywhere else, so that what begins with one is tried as an operand first; where no
 * operator makes it one, the reading is taken back. A `with` belongs to the whole expression, never
 * to a bare operand.
 */
#include "engines/policy/rego/parser_internal.h"

struct mrl_body *mrl_p_body_of_one(struct mrl_parser *p, struct mrl_expr *e) {
    struct mrl_body *b = MRL_ARENA_NEW(p->arena, struct mrl_body);
    struct mrl_list one = {0};
    if (e == NULL || b == NULL || !mrl_p_add(p, &one, e))
        return NULL;
    *b = (struct mrl_body){(struct mrl_expr **)one.items, 1, e->loc, false};
    return b;
}

static bool at_operator(const struct mrl_parser *p) {
    return mrl_p_keyword(p, MRL_KW_AND) || mrl_p_keyword(p, MRL_KW_OR);
}

/* `not` over a body. */
static struct mrl_expr *negation(struct mrl_parser *p, struct mrl_rloc loc, struct mrl_body *body) {
    struct mrl_expr *e = mrl_p_expr(p, MRL_EXPR_NOT, loc);
    if (e == NULL || body == NULL)
        return NULL;
    e->u.body = body;
    e->loc = mrl_p_span(p, loc);
    return e;
}

/* The body in braces that begins at the current token. */
static struct mrl_body *braced(struct mrl_parser *p) {
    MRL_ASSERT(mrl_p_is(p, MRL_OP1('{')));
    mrl_p_next(p);
    return mrl_p_body(p, MRL_OP1('}'));
}

static struct mrl_body *operand(struct mrl_parser *p);

/* --- chains
 * ------------------------------------------------------------------------------------ */

/* The expression left and/or right as a body of its own; NULL is passed on. */
static struct mrl_body *join(struct mrl_parser *p, enum mrl_expr_kind kind, struct mrl_rloc loc,
                             struct mrl_body *left, struct mrl_body *right) {
    MRL_ASSERT(kind == MRL_EXPR_AND || kind == MRL_EXPR_OR);
    struct mrl_expr *e = mrl_p_expr(p, kind, loc);
    if (e == NULL || left == NULL || right == NULL)
        return NULL;
    e->u.bodies[0] = left;
    e->u.bodies[1] = right;
    e->loc = mrl_p_span(p, loc);
    return mrl_p_body_of_one(p, e);
}

/* Left-associative; `and` binds tighter than `or`. */
static struct mrl_body *and_chain(struct mrl_parser *p, struct mrl_body *left,
                                  struct mrl_rloc loc) {
    while (left != NULL && mrl_p_keyword(p, MRL_KW_AND)) {
        mrl_p_next(p);
        left = join(p, MRL_EXPR_AND, loc, left, operand(p));
    }
    return left;
}

static struct mrl_body *or_chain(struct mrl_parser *p, struct mrl_body *left, struct mrl_rloc loc) {
    left = and_chain(p, left, loc);
    while (left != NULL && mrl_p_keyword(p, MRL_KW_OR)) {
        mrl_p_next(p);
        struct mrl_rloc right_loc = mrl_p_tok(p)->loc;
        struct mrl_body *right = operand(p);
        left = join(p, MRL_EXPR_OR, loc, left, and_chain(p, right, right_loc));
    }
    return left;
}

/* The literal that an operand is, or that begins with it, with the modifiers of the whole. */
static struct mrl_expr *tail(struct mrl_parser *p, struct mrl_body *left, struct mrl_rloc loc) {
    if (left == NULL || !mrl_p_enter(p))
        return NULL;
    left = or_chain(p, left, loc);
    p->depth--;
    if (left == NULL)
        return NULL;
    left->items[0]->loc.start = loc.start; /* a group's parentheses belong to the literal */
    left->items[0]->loc.line = loc.line;
    left->items[0]->loc.col = loc.col;
    return mrl_p_with(p, left->items[0]);
}

/* --- groups
 * ------------------------------------------------------------------------------------ */

/* A `with` that could mean the operand or the whole is refused, as in OPA. */
static void *with_on_operand(struct mrl_parser *p, struct mrl_rloc loc) {
    return mrl_p_fail(p, loc, "`with` modifier is not allowed on operand of `%.*s`",
                      MRL_F(mrl_p_tok(p)->text));
}

/* True when what stood in parentheses cannot be a value: and, or, not. */
static bool is_group_content(const struct mrl_body *b) {
    MRL_ASSERT(b->n > 0);
    const struct mrl_expr *e = b->items[0];
    return !b->braces && (e->kind == MRL_EXPR_AND || e->kind == MRL_EXPR_OR ||
                          e->kind == MRL_EXPR_NOT || e->negated);
}

/* What stands behind the first operand of `( ...`: NULL with `*ret_value` set when the parentheses
 * hold a value after all. `within`: the group is an operand itself. */
static struct mrl_body *group_rest(struct mrl_parser *p, struct mrl_body *left, struct mrl_rloc loc,
                                   bool within, bool *ret_value) {
    struct mrl_rloc with_loc = mrl_p_tok(p)->loc;
    if (at_operator(p)) {
        struct mrl_expr *e = tail(p, left, loc);
        return e != NULL && mrl_p_expect(p, MRL_OP1(')'), "expected ) to close parenthesized group")
                   ? mrl_p_body_of_one(p, e)
                   : NULL;
    }
    if (mrl_p_word(p, "with") && !left->braces) {
        if (mrl_p_with(p, left->items[0]) == NULL)
            return NULL;
        if (at_operator(p))
            return with_on_operand(p, with_loc);
        if (!mrl_p_expect(p, MRL_OP1(')'), "expected ) to close parenthesized group"))
            return NULL;
        *ret_value = !within && !at_operator(p);
        return *ret_value ? NULL : left;
    }
    *ret_value = !is_group_content(left);
    if (*ret_value || !mrl_p_expect(p, MRL_OP1(')'), "expected ) to close parenthesized group"))
        return NULL;
    return left;
}

/* A group in parentheses. *ret_value: they hold a value, and nothing is consumed. */
static struct mrl_body *group(struct mrl_parser *p, bool within, bool *ret_value) {
    struct mrl_p_mark start = mrl_p_mark(p);
    *ret_value = false;
    if (!mrl_p_enter(p))
        return NULL;
    mrl_p_next(p);
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    p->quiet++;
    struct mrl_body *left = operand(p);
    p->quiet--;
    if (p->status != MRL_OK)
        return NULL;
    struct mrl_body *b = NULL;
    if (left == NULL)
        *ret_value = true;
    else
        b = group_rest(p, left, loc, within, ret_value);
    if (*ret_value)
        mrl_p_return(p, start);
    else
        p->depth--;
    return b;
}

/* --- operands
 * ---------------------------------------------------------------------------------- */

/* True at a parenthesis that may open a group, given the imports in force. */
static bool at_group(const struct mrl_parser *p, bool negated) {
    if (!mrl_p_is(p, MRL_OP1('(')))
        return false;
    return negated ? (p->keywords & MRL_KW_NOT_BODY) != 0
                   : (p->keywords & (MRL_KW_AND | MRL_KW_OR)) != 0;
}

/* One operand of a chain: a body in braces, a negation, a group, or one expression. */
static struct mrl_body *operand(struct mrl_parser *p) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    if (mrl_p_is(p, MRL_OP1('{')))
        return braced(p);
    bool negated = mrl_p_word(p, "not"), bodies = p->keywords & MRL_KW_NOT_BODY;
    if (negated)
        mrl_p_next(p);
    if (negated && bodies && mrl_p_is(p, MRL_OP1('{')))
        return mrl_p_body_of_one(p, negation(p, loc, braced(p)));
    if (at_group(p, negated)) {
        bool value;
        struct mrl_body *b = group(p, true, &value);
        if (!value)
            return negated ? mrl_p_body_of_one(p, negation(p, loc, b)) : b;
    }
    struct mrl_expr *e = mrl_p_bare(p, negated && !bodies, loc);
    if (negated && bodies && e != NULL)
        e = negation(p, loc, mrl_p_body_of_one(p, e));
    return mrl_p_body_of_one(p, e);
}

/* `{ body } and ...`: braces that no operator follows are a value or a rule's body. */
static bool braced_first(struct mrl_parser *p, struct mrl_rloc loc, struct mrl_expr **ret) {
    struct mrl_p_mark start = mrl_p_mark(p);
    p->quiet++;
    struct mrl_body *b = braced(p);
    p->quiet--;
    if (b == NULL || !at_operator(p)) {
        if (p->status == MRL_OK)
            mrl_p_return(p, start);
        return p->status != MRL_OK;
    }
    *ret = tail(p, b, loc);
    return true;
}

/* One expression, which may begin a chain. */
static struct mrl_expr *expression(struct mrl_parser *p, bool negated, struct mrl_rloc loc) {
    bool bodies = p->keywords & MRL_KW_NOT_BODY, brace = mrl_p_is(p, MRL_OP1('{'));
    struct mrl_expr *e = mrl_p_bare(p, negated && !bodies, loc);
    if (e != NULL && negated && bodies)
        e = negation(p, loc, mrl_p_body_of_one(p, e));
    struct mrl_rloc with_loc = mrl_p_tok(p)->loc;
    e = mrl_p_with(p, e);
    if (e == NULL || !at_operator(p))
        return e;
    if (e->n_with > 0)
        return with_on_operand(p, with_loc);
    if (brace && !negated)
        return mrl_p_fail(p, loc,
                          "operand of `%.*s` cannot begin with `{` unless the braces hold a body",
                          MRL_F(mrl_p_tok(p)->text));
    return tail(p, mrl_p_body_of_one(p, e), loc);
}

bool mrl_p_logical(struct mrl_parser *p, struct mrl_expr **ret) {
    struct mrl_rloc loc = mrl_p_tok(p)->loc;
    bool operators = p->keywords & (MRL_KW_AND | MRL_KW_OR);
    if (operators && mrl_p_is(p, MRL_OP1('{')) && braced_first(p, loc, ret))
        return true;
    bool negated = mrl_p_word(p, "not"), value = true;
    if (!negated && (mrl_p_word(p, "some") || mrl_p_keyword(p, MRL_KW_EVERY)))
        return false;
    struct mrl_p_mark start = mrl_p_mark(p);
    if (negated)
        mrl_p_next(p);
    if (negated && (mrl_p_word(p, "some") || mrl_p_keyword(p, MRL_KW_EVERY))) {
        mrl_p_return(p, start);
        return false;
    }
    struct mrl_body *b = NULL;
    if (negated && (p->keywords & MRL_KW_NOT_BODY) && mrl_p_is(p, MRL_OP1('{'))) {
        b = mrl_p_body_of_one(p, negation(p, loc, braced(p)));
        value = false;
    } else if (at_group(p, negated)) {
        b = group(p, negated, &value);
        if (!value && negated)
            b = mrl_p_body_of_one(p, negation(p, loc, b));
    }
    *ret = value ? expression(p, negated, loc) : tail(p, b, loc);
    return true;
}
