/* parse_rule.c - rules: heads, bodies, else chains, chained v0 bodies.
 *
 * A head is parsed as a term (ref or call) and then taken apart, since only what follows it tells
 * what it is: p[x] is a partial set in v0 without `if`, a partial object otherwise. What v1
 * forbids is checked here and not in the grammar, so that the message can say which keyword is
 * missing.
 */
#include "engines/policy/rego/parser_internal.h"

/* The value `true` that nobody wrote. */
static struct mrl_term *true_term(struct mrl_parser *p, struct mrl_rloc loc) {
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_SCALAR, loc);
    if (t != NULL) {
        t->u.scalar = mrl_bool(true);
        t->generated = 1;
    }
    return t;
}

/* The body `true` of a rule that has none. */
static struct mrl_body *true_body(struct mrl_parser *p, struct mrl_rloc loc) {
    struct mrl_expr *e = mrl_p_expr(p, MRL_EXPR_TERM, loc);
    struct mrl_body *b = MRL_ARENA_NEW(p->arena, struct mrl_body);
    struct mrl_list one = {0};
    if (e == NULL || b == NULL || !mrl_p_add(p, &one, e))
        return NULL;
    e->generated = 1;
    e->u.term = true_term(p, loc);
    *b = (struct mrl_body){(struct mrl_expr **)one.items, 1, loc, false};
    return e->u.term != NULL ? b : NULL;
}

/* --- heads
 * --------------------------------------------------------------------------------------------------
 */

/* Only literals count: a ref in a head is evaluated, and may name many documents. */
static bool operand_is_ground(const struct mrl_term *t) {
    return t->kind == MRL_TERM_SCALAR;
}

/* Parts of a name, the head included. */
static uint32_t ref_length(const struct mrl_term *name) {
    return name->kind == MRL_TERM_REF ? name->u.ref.n : 1;
}

/* True when all parts behind the head are constants. */
static bool ref_is_ground(const struct mrl_term *name) {
    for (uint32_t i = 1; name->kind == MRL_TERM_REF && i < name->u.ref.n; i++)
        if (!operand_is_ground(name->u.ref.items[i]))
            return false;
    return true;
}

/* Takes the name and, for functions, the arguments from what was parsed as a ref or call. */
static bool split_head(struct mrl_parser *p, struct mrl_rule *r, struct mrl_term *head) {
    r->name = head;
    if (head->kind == MRL_TERM_CALL) {
        r->name = head->u.call.op;
        r->args = head->u.call.args;
        r->has_args = 1;
    }
    const struct mrl_term *first =
        r->name->kind == MRL_TERM_REF ? r->name->u.ref.items[0] : r->name;
    if (first->kind == MRL_TERM_VAR)
        return true;
    return mrl_p_fail(p, head->loc, "rule head must begin with a name") != NULL;
}

/* What follows the name: `contains ITEM`, `:= VALUE`, `= VALUE`, or nothing. */
static bool head_value(struct mrl_parser *p, struct mrl_rule *r) {
    if (mrl_p_keyword(p, MRL_KW_CONTAINS)) {
        if (r->has_args)
            return mrl_p_unexpected(p, "the contains keyword can only be used with multi-value "
                                       "rule definitions") != NULL;
        mrl_p_next(p);
        r->kind = MRL_RULE_PARTIAL_SET;
        return (r->key = mrl_p_infix(p, false)) != NULL;
    }
    r->assign = mrl_p_is(p, MRL_OP2(':', '='));
    if (!r->assign && !mrl_p_is(p, MRL_OP1('=')))
        return true;
    mrl_p_next(p);
    return (r->val = mrl_p_infix(p, false)) != NULL;
}

/* Cuts the last operand off a ref of two: p[x] becomes p. */
static void drop_key(struct mrl_rule *r) {
    MRL_ASSERT(r->name->kind == MRL_TERM_REF && r->name->u.ref.n == 2);
    r->key = r->name->u.ref.items[1];
    r->name = r->name->u.ref.items[0];
}

/* Decides what kind of rule the head makes; see parseRules of OPA for the v0 forms. */
static void classify(struct mrl_parser *p, struct mrl_rule *r, bool has_if) {
    if (r->kind == MRL_RULE_PARTIAL_SET)
        return;
    if (r->has_args && r->args.n > 0) { /* f() is no function: OPA reads it as the rule f */
        r->kind = MRL_RULE_FUNCTION;
    } else if (!has_if && !r->is_default && ref_length(r->name) == 2 && r->val == NULL) {
        r->kind = MRL_RULE_PARTIAL_SET; /* p[x] { ... } of v0 */
        drop_key(r);
    } else {
        r->kind = ref_is_ground(r->name) ? MRL_RULE_COMPLETE : MRL_RULE_PARTIAL_OBJ;
    }
    (void)p;
}

/* --- bodies
 * --------------------------------------------------------------------------------------------------
 */

/* Behind `if`: one expression, or a body in braces. `{x}` alone is a body, never a set. */
static struct mrl_body *if_body(struct mrl_parser *p) {
    if (!mrl_p_is(p, MRL_OP1('{')))
        return mrl_p_body_of_one(p, mrl_p_literal(p));
    uint32_t start = p->at, depth = p->depth;
    bool failed_before = p->failed;
    p->quiet++;
    struct mrl_expr *e = mrl_p_literal(p);
    p->quiet--;
    if (e != NULL && !(e->kind == MRL_EXPR_TERM && e->u.term->kind == MRL_TERM_SET))
        return mrl_p_body_of_one(p, e);
    if (p->status != MRL_OK)
        return NULL;
    p->failed = failed_before;
    p->at = start;
    p->depth = depth;
    mrl_p_next(p);
    return mrl_p_body(p, MRL_OP1('}'));
}

/* Behind `else` braces always hold a body. */
static bool rule_body(struct mrl_parser *p, struct mrl_rule *r, bool is_else) {
    if (r->has_if)
        mrl_p_next(p);
    if (r->has_if && !(is_else && mrl_p_is(p, MRL_OP1('{')))) {
        r->body = if_body(p);
    } else {
        mrl_p_next(p);
        r->body = mrl_p_body(p, MRL_OP1('}'));
    }
    r->has_body = 1;
    return r->body != NULL;
}

/* What v1 demands of a rule. */
static bool check_v1(struct mrl_parser *p, const struct mrl_rule *r, bool contains) {
    MRL_ASSERT(r->kind <= MRL_RULE_FUNCTION);
    if (p->module->version != MRL_REGO_V1)
        return true;
    if (r->kind == MRL_RULE_PARTIAL_SET && !contains)
        return mrl_p_fail(p, r->head_loc, "`contains` keyword is required for partial set rules") !=
               NULL;
    if (r->has_body && !r->has_if && !r->chained)
        return mrl_p_fail(p, r->head_loc, "`if` keyword is required before rule body") != NULL;
    return true;
}

/* A rule that begins at the current token; its place grows as it is read. */
static struct mrl_rule *new_rule(struct mrl_parser *p) {
    struct mrl_rule *r = MRL_ARENA_NEW(p->arena, struct mrl_rule);
    if (r == NULL) {
        p->status = MRL_E_NOMEM;
        p->failed = true;
        return NULL;
    }
    r->loc = r->head_loc = mrl_p_tok(p)->loc;
    return r;
}

/* `else [= value] [if] [body]`; the name and arguments are those of the rule. */
static bool else_chain(struct mrl_parser *p, struct mrl_rule *above) {
    while (mrl_p_word(p, "else")) {
        struct mrl_rule *r = new_rule(p);
        if (r == NULL)
            return false;
        mrl_p_next(p);
        r->kind = above->kind;
        r->name = above->name;
        r->args = above->args;
        r->has_args = above->has_args;
        if (!head_value(p, r))
            return false;
        r->head_loc = mrl_p_span(p, r->head_loc);
        r->has_if = mrl_p_keyword(p, MRL_KW_IF);
        if (r->has_if || mrl_p_is(p, MRL_OP1('{'))) {
            if (!rule_body(p, r, true))
                return false;
        } else if (r->val == NULL) {
            return mrl_p_unexpected(p, "expected else value term or rule body") != NULL;
        } else if ((r->body = true_body(p, r->loc)) == NULL) {
            return false;
        }
        r->loc = mrl_p_span(p, r->loc);
        if (!check_v1(p, r, true))
            return false;
        above->else_rule = r;
        above = r;
    }
    return true;
}

/* An `else` needs one value that it can stand in for: neither sets nor documents of many keys. */
static bool else_allowed(struct mrl_parser *p, const struct mrl_rule *r) {
    MRL_ASSERT(r->name != NULL);
    if (!mrl_p_word(p, "else"))
        return true;
    if (r->kind == MRL_RULE_PARTIAL_SET)
        return mrl_p_fail(p, mrl_p_tok(p)->loc,
                          "else keyword cannot be used on multi-value rules") != NULL;
    if (!ref_is_ground(r->name))
        return mrl_p_fail(p, mrl_p_tok(p)->loc,
                          "else keyword cannot be used on rules with variables in head") != NULL;
    return true;
}

/* Further bodies `{ ... }` directly behind a v0 rule: each is a rule with the same head. */
static bool chained_bodies(struct mrl_parser *p, const struct mrl_rule *first,
                           struct mrl_list *rules) {
    while (mrl_p_is(p, MRL_OP1('{'))) {
        if (first->else_rule != NULL)
            return mrl_p_unexpected(p, "expected else keyword") != NULL;
        struct mrl_rule *r = new_rule(p);
        if (r == NULL)
            return false;
        struct mrl_rloc loc = r->loc;
        MRL_ASSERT(first->name != NULL && first->body != NULL);
        *r = *first;
        r->chained = 1;
        mrl_p_next(p);
        r->body = mrl_p_body(p, MRL_OP1('}'));
        r->loc = mrl_p_span(p, loc);
        if (r->body == NULL || !mrl_p_add(p, rules, r))
            return false;
    }
    return true;
}

/* Terms that a default value may not contain: it must not need evaluation. */
static bool is_constant(const struct mrl_term *t) {
    switch (t->kind) {
    case MRL_TERM_VAR:
    case MRL_TERM_REF:
    case MRL_TERM_CALL:
    case MRL_TERM_TEMPLATE:
        return false;
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
        for (uint32_t i = 0; i < t->u.list.n; i++)
            if (!is_constant(t->u.list.items[i]))
                return false;
        return true;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++)
            if (!is_constant(t->u.object.keys[i]) || !is_constant(t->u.object.vals[i]))
                return false;
        return true;
    default:
        return true; /* scalars; comprehensions, as OPA allows them */
    }
}

/* A default is there when nothing else is: it must not depend on anything. */
static bool default_rule(struct mrl_parser *p, struct mrl_rule *r) {
    if (r->val == NULL)
        return mrl_p_unexpected(p, "expected default rule value term") != NULL;
    if (!is_constant(r->val))
        return mrl_p_fail(p, r->head_loc,
                          "default rule value cannot contain a variable, ref or "
                          "call") != NULL;
    for (uint32_t i = 0; i < r->args.n; i++)
        if (r->args.items[i]->kind != MRL_TERM_VAR && !is_constant(r->args.items[i]))
            return mrl_p_fail(p, r->head_loc,
                              "default rule arguments must be variables or "
                              "constants") != NULL;
    return (r->body = true_body(p, r->loc)) != NULL;
}

/* True for the names that `merlon policy test` runs. */
static bool is_test(const struct mrl_term *name) {
    const struct mrl_term *v = name->kind == MRL_TERM_REF ? name->u.ref.items[0] : name;
    return v->kind == MRL_TERM_VAR && (mrl_str_starts(v->u.var, MRL_S("test_")) ||
                                       mrl_str_starts(v->u.var, MRL_S("todo_test_")));
}

/* The name may be any word where an operand follows it (`if.x := 1`), else no keyword. */
static bool head(struct mrl_parser *p, struct mrl_rule *r) {
    const struct mrl_token *tok = mrl_p_tok(p);
    if (tok->kind != MRL_TOK_IDENT)
        return mrl_p_unexpected(p, NULL) != NULL;
    const struct mrl_token *next = mrl_p_ahead(p, 1);
    bool ref = next->kind == MRL_TOK_OP && (next->op == MRL_OP1('.') || next->op == MRL_OP1('['));
    if (!ref && mrl_p_reserved(p, tok->text))
        return mrl_p_unexpected(p, "expected a rule name") != NULL;
    struct mrl_term *name = mrl_p_term(p, MRL_TERM_VAR, tok->loc);
    if (name == NULL)
        return false;
    name->u.var = tok->text;
    mrl_p_next(p);
    struct mrl_term *whole = mrl_p_ref_tail(p, name);
    if (whole == NULL || !split_head(p, r, whole) || !head_value(p, r))
        return false;
    r->head_loc = mrl_p_span(p, r->head_loc);
    return true;
}

bool mrl_p_rule(struct mrl_parser *p, struct mrl_list *rules) {
    struct mrl_rule *r = new_rule(p);
    if (r == NULL)
        return false;
    r->is_default = mrl_p_word(p, "default") && mrl_p_ahead(p, 1)->kind == MRL_TOK_IDENT;
    if (r->is_default)
        mrl_p_next(p);
    if (!head(p, r))
        return false;
    bool contains = r->kind == MRL_RULE_PARTIAL_SET;
    r->has_if = mrl_p_keyword(p, MRL_KW_IF);
    bool body = r->has_if || mrl_p_is(p, MRL_OP1('{'));
    classify(p, r, r->has_if);
    r->test = is_test(r->name);
    if (r->is_default)
        return default_rule(p, r) && mrl_p_add(p, rules, r);
    if (body) {
        if (!rule_body(p, r, false) || !check_v1(p, r, contains) || !else_allowed(p, r) ||
            !else_chain(p, r))
            return false;
    } else {
        bool bare = r->val == NULL && r->kind != MRL_RULE_PARTIAL_SET && r->args.n == 0 &&
                    (ref_length(r->name) < 3 || p->module->version == MRL_REGO_V1);
        if (bare)
            return mrl_p_fail(p, r->head_loc, "var cannot be used for rule name") != NULL;
        if (!check_v1(p, r, contains) || (r->body = true_body(p, r->loc)) == NULL)
            return false;
        if (!else_allowed(p, r) || !else_chain(p, r))
            return false;
    }
    r->loc = mrl_p_span(p, r->loc);
    return mrl_p_add(p, rules, r) && chained_bodies(p, r, rules);
}
