/* lower_body.c - lowering expressions, bodies and rules.
 *
 * One expression becomes one literal for what it says and any number of generated ones before it
 * for what was nested in it. The last literal that an expression adds carries its negation; the
 * generated ones stay outside of it, which is why `not f(input.x)` is undefined without input.x.
 * All of them share the expression's `with`. A function that returns false, or NULL, has set
 * l->status.
 */
#include "engines/policy/compile/cases.h"
#include "engines/policy/compile/lower_internal.h"

#include "engines/policy/policy.h"

#define DEPTH_MAX 200 /* bodies inside bodies */

struct mrl_llit *mrl_l_add(struct mrl_lowering *l, struct mrl_lbody *body, enum mrl_llit_kind kind,
                           struct mrl_rloc loc) {
    MRL_ASSERT(body->n <= body->cap);
    if (body->n == body->cap) {
        uint32_t cap = body->cap > 0 ? body->cap * 2 : 4;
        struct mrl_llit *lits =
            mrl_arena_regrow(l->c->arena, body->lits, body->cap, cap, sizeof *lits);
        if (lits == NULL) {
            l->status = MRL_E_NOMEM;
            return NULL;
        }
        body->lits = lits;
        body->cap = cap;
    }
    struct mrl_llit *lit = &body->lits[body->n++];
    *lit = (struct mrl_llit){.kind = (uint8_t)kind, .loc = loc};
    return lit;
}

/* A literal a = b with the complex side, if any, in b. Two complex sides: one is hoisted. */
static bool unify(struct mrl_lowering *l, struct mrl_lterm *a, struct mrl_lterm *b,
                  struct mrl_rloc loc, struct mrl_lbody *out) {
    if (a != NULL && b != NULL && a->kind >= MRL_L_REF && b->kind >= MRL_L_REF)
        a = mrl_l_hoist(l, a, out);
    if (a == NULL || b == NULL)
        return false;
    struct mrl_llit *lit = mrl_l_add(l, out, MRL_LIT_UNIFY, loc);
    if (lit == NULL)
        return false;
    MRL_ASSERT(a->kind < MRL_L_REF || b->kind < MRL_L_REF);
    bool swap = a->kind >= MRL_L_REF;
    lit->swapped = swap;
    lit->a = swap ? b : a;
    lit->b = swap ? a : b;
    return true;
}

/* --- declarations
 * ------------------------------------------------------------------------------------------------
 */

/* Declares the variables of a pattern. */
static void declare_all(struct mrl_lowering *l, const struct mrl_term *t) {
    switch (t->kind) {
    case MRL_TERM_VAR:
        if (!mrl_str_eq(t->u.var, MRL_S("_")))
            mrl_scope_declare(l, t->u.var);
        break;
    case MRL_TERM_ARRAY:
        for (uint32_t i = 0; i < t->u.list.n; i++)
            declare_all(l, t->u.list.items[i]);
        break;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++)
            declare_all(l, t->u.object.vals[i]);
        break;
    default:
        break;
    }
}

/* x := term. The right side is lowered before x is declared, so that it may read an x further
 * out. */
static bool assign(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    struct mrl_lterm *right = mrl_l_any(l, e->u.pair.right, out);
    if (right == NULL)
        return false;
    const struct mrl_term *left = e->u.pair.left;
    if (left->kind != MRL_TERM_VAR && left->kind != MRL_TERM_ARRAY && left->kind != MRL_TERM_OBJECT)
        return mrl_l_fail(l, e->loc, "rego_compile_error", "cannot assign to this term",
                          MRL_S("")) != NULL;
    declare_all(l, left);
    return unify(l, mrl_l_flat(l, left, out), right, e->loc, out);
}

/* `some k, v in xs` is v = xs[k] with k and v declared; xs is lowered before they are. */
static bool some_in(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    struct mrl_lterm *domain = mrl_l_flat(l, e->u.some.domain, out);
    if (domain == NULL)
        return false;
    if (e->u.some.key != NULL)
        declare_all(l, e->u.some.key);
    declare_all(l, e->u.some.val);
    struct mrl_lterm *r = mrl_l_term(l, MRL_L_REF, e->loc);
    if (r == NULL || (r->items = MRL_ARENA_ARRAY(l->c->arena, struct mrl_lterm *, 2)) == NULL)
        return false;
    struct mrl_lterm *key = e->u.some.key != NULL
                                ? mrl_l_flat(l, e->u.some.key, out)
                                : mrl_l_var(l, mrl_scope_fresh(l, (mrl_str){NULL, 0}), e->loc);
    struct mrl_lterm *val = key != NULL ? mrl_l_flat(l, e->u.some.val, out) : NULL;
    if (val == NULL)
        return false;
    r->root = MRL_ROOT_VALUE;
    r->items[0] = domain;
    r->items[1] = key;
    r->n = 2;
    return unify(l, val, r, e->loc, out);
}

/* --- bodies inside expressions
 * ------------------------------------------------------------------------------------- */

/* A body with a scope of its own: what it declares is gone behind it. */
static struct mrl_lbody *inner_body(struct mrl_lowering *l, const struct mrl_body *b) {
    struct mrl_scope scope = {.outer = l->scope};
    struct mrl_lbody *r = MRL_ARENA_NEW(l->c->arena, struct mrl_lbody);
    if (r == NULL) {
        l->status = MRL_E_NOMEM;
        return NULL;
    }
    l->scope = &scope;
    bool ok = mrl_l_body(l, b, r);
    l->scope = scope.outer;
    return ok ? r : NULL;
}

/* `every k, v in xs { ... }`. A key that is left out or _ gets a fresh variable: the loop binds
 * one. */
static bool every(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    struct mrl_lterm *domain = mrl_l_flat(l, e->u.every.domain, out);
    if (domain == NULL)
        return false;
    struct mrl_scope scope = {.outer = l->scope};
    l->scope = &scope;
    const struct mrl_term *k = e->u.every.key, *v = e->u.every.val;
    bool named = k != NULL && !mrl_str_eq(k->u.var, MRL_S("_"));
    uint32_t key = named ? mrl_scope_declare(l, k->u.var) : mrl_scope_fresh(l, (mrl_str){NULL, 0});
    uint32_t val = mrl_str_eq(v->u.var, MRL_S("_")) ? mrl_scope_fresh(l, (mrl_str){NULL, 0})
                                                    : mrl_scope_declare(l, v->u.var);
    struct mrl_lbody *body = inner_body(l, e->u.every.body);
    l->scope = scope.outer;
    struct mrl_llit *lit = body != NULL ? mrl_l_add(l, out, MRL_LIT_EVERY, e->loc) : NULL;
    if (lit == NULL)
        return false;
    lit->a = domain;
    lit->key = key;
    lit->val = val;
    lit->body = body;
    return true;
}

/* `a and b`, `a or b`: each side is a body, so nothing that one binds is seen outside. */
static bool logical(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    MRL_ASSERT(e->kind == MRL_EXPR_AND || e->kind == MRL_EXPR_OR);
    struct mrl_lbody *left = inner_body(l, e->u.bodies[0]);
    struct mrl_lbody *right = left != NULL ? inner_body(l, e->u.bodies[1]) : NULL;
    enum mrl_llit_kind kind = e->kind == MRL_EXPR_AND ? MRL_LIT_AND : MRL_LIT_OR;
    struct mrl_llit *lit = right != NULL ? mrl_l_add(l, out, kind, e->loc) : NULL;
    if (lit == NULL)
        return false;
    lit->body = left;
    lit->body2 = right;
    return true;
}

static bool not_body(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    struct mrl_lbody *body = inner_body(l, e->u.body);
    struct mrl_llit *lit = body != NULL ? mrl_l_add(l, out, MRL_LIT_NOT, e->loc) : NULL;
    if (lit == NULL)
        return false;
    lit->body = body;
    return true;
}

/* --- plain expressions
 * ------------------------------------------------------------------------------------------------
 */

/* A literal that wants t to be defined and not false; false when t is NULL. */
static bool holds(struct mrl_lowering *l, struct mrl_lterm *t, struct mrl_rloc loc,
                  struct mrl_lbody *out) {
    struct mrl_llit *lit = t != NULL ? mrl_l_add(l, out, MRL_LIT_TRUE, loc) : NULL;
    if (lit != NULL)
        lit->a = t;
    return lit != NULL;
}

static bool is_builtin(const struct mrl_lterm *t, const char *name) {
    return t->kind == MRL_L_CALL && t->builtin != NULL && strcmp(t->builtin->name, name) == 0;
}

/* A call as an expression: with one argument more than the arity, the last is unified with the
 * result. */
static bool call(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    struct mrl_lterm *t = mrl_l_statement(l, e->u.term, out);
    if (t == NULL)
        return false;
    if (t->kind != MRL_L_CALL) /* one that is known already: rego.metadata.rule() */
        return holds(l, t, e->loc, out);
    if (is_builtin(t, "eq") || is_builtin(t, "assign"))
        return unify(l, t->items[0], t->items[1], e->loc, out);
    bool is_void = t->builtin != NULL && (t->builtin->flags & MRL_BI_VOID);
    if (!is_void && t->n == mrl_l_arity(t) + 1)
        return unify(l, t->items[--t->n], t, e->loc, out);
    return holds(l, t, e->loc, out);
}

/* The operands of a negated comparison for equality, `a == b` or `a = b`; false when `e` is none.
 */
static bool negated_equality(struct mrl_lowering *l, const struct mrl_expr *e,
                             const struct mrl_term *ret[2]) {
    struct mrl_lterm callee = {0};
    if (!e->negated)
        return false;
    if (e->kind == MRL_EXPR_UNIFY) {
        ret[0] = e->u.pair.left;
        ret[1] = e->u.pair.right;
        return true;
    }
    if (e->kind != MRL_EXPR_CALL || e->u.term->u.call.args.n != 2 ||
        !mrl_l_callee(l, e->u.term->u.call.op, e->u.term->infix, &callee) ||
        callee.builtin == NULL || strcmp(callee.builtin->name, "equal") != 0)
        return false;
    ret[0] = e->u.term->u.call.args.items[0];
    ret[1] = e->u.term->u.call.args.items[1];
    return true;
}

/* A side of a comparison: a ref may stay, calls and comprehensions are hoisted. */
static struct mrl_lterm *operand(struct mrl_lowering *l, const struct mrl_term *t,
                                 struct mrl_lbody *out) {
    struct mrl_lterm *r = mrl_l_any(l, t, out);
    return r != NULL && r->kind > MRL_L_REF ? mrl_l_hoist(l, r, out) : r;
}

/* `not a == b` holds as well where a ref is undefined: OPA takes == for a unification there and
 * leaves refs inside the negation, while calls are computed before it. All other functions get
 * their arguments from outside, so that `not f(input.x)` is undefined without input.x. */
static bool unequal(struct mrl_lowering *l, const struct mrl_expr *e,
                    const struct mrl_term *const sides[2], struct mrl_lbody *out) {
    struct mrl_lterm *a = operand(l, sides[0], out);
    struct mrl_lterm *b = a != NULL ? operand(l, sides[1], out) : NULL;
    if (b == NULL)
        return false;
    if (a->kind != MRL_L_REF || b->kind != MRL_L_REF)
        return unify(l, a, b, e->loc, out);
    struct mrl_lbody *body = MRL_ARENA_NEW(l->c->arena, struct mrl_lbody);
    struct mrl_lbody *nothing = MRL_ARENA_NEW(l->c->arena, struct mrl_lbody);
    if (body == NULL || nothing == NULL || !unify(l, a, b, e->loc, body)) {
        l->status = l->status != MRL_OK ? l->status : MRL_E_NOMEM;
        return false;
    }
    /* Both refs: one is computed in a body of its own, so that it may be undefined there. */
    struct mrl_llit *lit = mrl_l_add(l, out, MRL_LIT_AND, e->loc);
    if (lit == NULL)
        return false;
    for (uint32_t i = 0; i < body->n; i++)
        body->lits[i].inside_not = body->lits[i].b != NULL && body->lits[i].b->kind == MRL_L_REF;
    lit->body = body;
    lit->body2 = nothing;
    return true;
}

static bool truth(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    return holds(l, mrl_l_any(l, e->u.term, out), e->loc, out);
}

static bool is_print(const struct mrl_expr *e) {
    if (e->kind != MRL_EXPR_CALL)
        return false;
    const struct mrl_term *op = e->u.term->u.call.op;
    return op->kind == MRL_TERM_VAR && mrl_str_eq(op->u.var, MRL_S("print"));
}

/* print(a, b) becomes internal.print([{x | x = a}, {x | x = b}]), so that an undefined operand
 * ends nothing; without opts.print it leaves no trace in the code. */
static bool print(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    if (!l->c->opts->print)
        return true;
    return holds(l, mrl_l_print(l, e->u.term, out), e->loc, out);
}

static bool expression(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lbody *out) {
    const struct mrl_term *sides[2];
    if (negated_equality(l, e, sides))
        return unequal(l, e, sides, out);
    switch (e->kind) {
    case MRL_EXPR_TERM:
        return truth(l, e, out);
    case MRL_EXPR_CALL:
        return is_print(e) ? print(l, e, out) : call(l, e, out);
    case MRL_EXPR_ASSIGN:
        return assign(l, e, out);
    case MRL_EXPR_UNIFY: {
        struct mrl_lterm *a = mrl_l_any(l, e->u.pair.left, out);
        struct mrl_lterm *b = a != NULL ? mrl_l_any(l, e->u.pair.right, out) : NULL;
        return unify(l, a, b, e->loc, out);
    }
    case MRL_EXPR_SOME:
        for (uint32_t i = 0; i < e->u.some.vars.n; i++)
            declare_all(l, e->u.some.vars.items[i]);
        return true;
    case MRL_EXPR_SOME_IN:
        return some_in(l, e, out);
    case MRL_EXPR_EVERY:
        return every(l, e, out);
    case MRL_EXPR_NOT:
        return not_body(l, e, out);
    default:
        return logical(l, e, out);
    }
}

/* --- with
 * ----------------------------------------------------------------------------------------------------------------
 */

/* The strings of a ref behind its head as an array value; false when one is no string. */
static bool path_value(struct mrl_lowering *l, const struct mrl_lterm *ref, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, l->c->arena, MRL_T_ARR, ref->n);
    for (uint32_t i = 0; i < ref->n; i++) {
        if (ref->items[i]->kind != MRL_L_CONST || !mrl_is_str(ref->items[i]->value))
            return false;
        mrl_build_item(&b, ref->items[i]->value);
    }
    mrl_status status = mrl_build_end(&b, ret);
    if (status != MRL_OK)
        l->status = status;
    return status == MRL_OK;
}

/* True when the target names a function: then w->builtin or w->node is set. */
static bool names_function(struct mrl_lowering *l, const struct mrl_term *t,
                           struct mrl_lterm *found) {
    const struct mrl_term *head = t->kind == MRL_TERM_REF ? t->u.ref.items[0] : t;
    if (head->kind != MRL_TERM_VAR || (t->kind != MRL_TERM_VAR && t->kind != MRL_TERM_REF) ||
        mrl_scope_find(l, head->u.var) != MRL_NO_VAR || mrl_str_eq(head->u.var, MRL_S("input")))
        return false;
    struct mrl_lowering probe = *l; /* errors of the probe are not errors of the module */
    struct mrl_diags quiet;
    struct mrl_compiler c = *l->c;
    mrl_diags_init(&quiet, l->c->arena, 1);
    c.diags = &quiet;
    probe.c = &c;
    bool ok = mrl_l_callee(&probe, t, false, found);
    if (!ok && found->builtin != NULL) /* known, but not in this build: say so */
        l->status = mrl_diags_add(l->c->diags, &quiet.items[0]);
    return ok;
}

/* One `with`: a function by a function, a function by a value, or a document by a value. */
static bool with(struct mrl_lowering *l, const struct mrl_with *w, struct mrl_lwith *ret,
                 struct mrl_lbody *out) {
    struct mrl_lterm callee = {0}, by = {0};
    *ret = (struct mrl_lwith){.target = MRL_WITH_FUNCTION};
    bool function = names_function(l, w->target, &callee);
    if (l->status != MRL_OK)
        return false;
    if (function) {
        ret->builtin = callee.node == NULL ? callee.builtin : NULL;
        ret->node = callee.node;
        function = names_function(l, w->value, &by);
        if (l->status != MRL_OK)
            return false;
        if (function) {
            ret->by_builtin = by.node == NULL ? by.builtin : NULL;
            ret->by_node = by.node;
            return true;
        }
    } else {
        struct mrl_lbody ignored = {0};
        struct mrl_lterm *target = mrl_l_any(l, w->target, &ignored);
        if (target == NULL)
            return false;
        if (target->kind != MRL_L_REF || target->root == MRL_ROOT_VALUE)
            return mrl_l_fail(
                       l, w->loc, "rego_type_error",
                       "with keyword target must reference existing input, data, or a function",
                       MRL_S("")) != NULL;
        ret->target = target->root == MRL_ROOT_INPUT ? MRL_WITH_INPUT : MRL_WITH_DATA;
        if (!path_value(l, target, &ret->path))
            return mrl_l_fail(l, w->loc, "rego_compile_error",
                              "with keyword cannot replace a path with variables",
                              MRL_S("")) != NULL;
    }
    ret->value = mrl_l_flat(l, w->value, out);
    return ret->value != NULL;
}

/* All of an expression's. Their values are literals before it, outside of its `with` and
 * negation. */
static bool withs(struct mrl_lowering *l, const struct mrl_expr *e, struct mrl_lwith **ret,
                  struct mrl_lbody *out) {
    *ret = NULL;
    if (e->n_with == 0)
        return true;
    *ret = MRL_ARENA_ARRAY(l->c->arena, struct mrl_lwith, e->n_with);
    for (uint32_t i = 0; *ret != NULL && i < e->n_with; i++)
        if (!with(l, &e->with[i], &(*ret)[i], out))
            return false;
    return *ret != NULL;
}

static bool lower_expr(struct mrl_lowering *l, struct mrl_expr *e, struct mrl_lbody *out) {
    struct mrl_lwith *w;
    if (!withs(l, e, &w, out))
        return false;
    uint32_t from = out->n;
    if (!expression(l, e, out) || l->status != MRL_OK)
        return false;
    for (uint32_t i = from; i < out->n; i++) {
        struct mrl_llit *lit = &out->lits[i];
        lit->with = w;
        lit->n_with = e->n_with;
        lit->expr = e;
        if (i + 1 < out->n)
            lit->generated = 1;
        /* A ref that was cut out of the negation must not bind what the negation reads: `not
         * xs[i]` does not loop over i. */
        if (e->negated && lit->generated && !lit->in_call && lit->b != NULL &&
            lit->b->kind == MRL_L_REF)
            lit->inside_not = 1;
    }
    if (out->n > from && e->negated)
        out->lits[out->n - 1].negated = 1;
    return true;
}

bool mrl_l_body(struct mrl_lowering *l, const struct mrl_body *b, struct mrl_lbody *out) {
    if (++l->depth > DEPTH_MAX) {
        l->depth--;
        return mrl_l_fail(l, b->loc, "rego_compile_error", "bodies are nested too deeply",
                          MRL_S("")) != NULL;
    }
    bool ok = true;
    unsigned in_call = l->in_call;
    /* A body is no argument, whatever call it stands in. */
    l->in_call = 0;
    out->loc = b->loc;
    for (uint32_t i = 0; ok && i < b->n; i++)
        ok = lower_expr(l, b->items[i], out);
    l->in_call = in_call;
    l->depth--;
    return ok;
}

/* --- rules
 * ---------------------------------------------------------------------------------------------------------------------
 */

static void declare_args(struct mrl_lowering *l, const struct mrl_rule *r) {
    for (uint32_t i = 0; i < r->args.n; i++)
        declare_all(l, r->args.items[i]);
}

/* A list of flat terms; what is nested in them goes to `out`. */
static bool patterns(struct mrl_lowering *l, struct mrl_term **items, uint32_t n,
                     struct mrl_lbody *out, struct mrl_lterm ***ret) {
    *ret = MRL_ARENA_ARRAY(l->c->arena, struct mrl_lterm *, n + 1);
    for (uint32_t i = 0; *ret != NULL && i < n; i++)
        if (((*ret)[i] = mrl_l_flat(l, items[i], out)) == NULL)
            return false;
    return *ret != NULL;
}

/* The head is lowered last: it reads what the body declares. Its nested terms end the body. */
static bool head(struct mrl_lowering *l, struct mrl_lrule *r, uint32_t skip) {
    MRL_ASSERT(r->rule != NULL);
    struct mrl_rule *rule = r->rule;
    uint32_t from = r->body.n;
    if (rule->name != NULL && rule->name->kind == MRL_TERM_REF && rule->name->u.ref.n > skip) {
        r->n_path = rule->name->u.ref.n - skip;
        if (!patterns(l, rule->name->u.ref.items + skip, r->n_path, &r->body, &r->path))
            return false;
    }
    uint32_t to = r->body.n;
    if (rule->key != NULL && (r->key = mrl_l_flat(l, rule->key, &r->body)) == NULL)
        return false;
    if (rule->val != NULL && (r->val = mrl_l_flat(l, rule->val, &r->body)) == NULL)
        return false;
    return mrl_cases_tell(l, r, skip, from, to);
}

mrl_status mrl_lower_rule(struct mrl_compiler *c, struct mrl_module *module, struct mrl_rule *rule,
                          uint32_t skip_path, struct mrl_lrule **ret) {
    struct mrl_lrule *first = NULL, **link = &first;
    for (; rule != NULL; rule = rule->else_rule) {
        struct mrl_lrule *r = MRL_ARENA_NEW(c->arena, struct mrl_lrule);
        MRL_CHECK(r != NULL, MRL_E_NOMEM);
        r->rule = rule;
        r->module = module;
        struct mrl_scope scope = {NULL, NULL};
        /* Each branch of an else chain is a rule of its own, with its own variables; they share
         * arguments by name only. */
        struct mrl_lowering l = {.c = c, .m = module, .rule = r, .scope = &scope};
        declare_args(&l, rule);
        r->n_args = rule->args.n;
        bool ok = patterns(&l, rule->args.items, rule->args.n, &r->body, &r->args) &&
                  (rule->body == NULL || mrl_l_body(&l, rule->body, &r->body)) &&
                  head(&l, r, skip_path);
        MRL_TRY(l.status);
        MRL_CHECK(ok, MRL_E_NOMEM);
        *link = r;
        link = &r->else_rule;
    }
    *ret = first;
    return MRL_OK;
}
