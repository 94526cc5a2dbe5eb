/* infer.c - the type checker's walk over rules, bodies and literals; see infer.h.
 *
 * What a literal says about its variables is noted in f->vars and undone (forget) when the
 * closure that it stands in is left. Errors in one rule do not spoil others: a rule with errors
 * has the type `any`. Where OPA does not check (inside every and braced not; documents under
 * `with`) this does not either, as a stricter checker would refuse policies that OPA runs.
 */
#include "engines/policy/compile/infer.h"

#include "engines/policy/builtin.h"
#include "engines/policy/policy.h"

#define TEXT_MAX 65536 /* bytes of one message */

void mrl_infer_fail(struct mrl_infer *f, struct mrl_rloc loc, mrl_str message, mrl_str detail,
                    mrl_str hint) {
    f->n_errors++;
    struct mrl_report r = {
        .code = "rego_type_error", .message = message, .detail = detail, .hint = hint};
    (void)mrl_compile_report(f->c, f->rule->module, loc, &r);
}

/* --- calls ------------------------------------------------------------------------------------ */

/* The declaration of a builtin, read once a compilation. */
static mrl_type *builtin_type(struct mrl_infer *f, const struct mrl_builtin *b) {
    mrl_type **all = f->c->sigs;
    MRL_ASSERT(all != NULL && b != NULL);
    size_t i = mrl_builtin_index(b);
    if (all[i] == NULL)
        all[i] = mrl_type_parse_sig(f->cx, mrl_str_z(b->sig));
    return all[i] != NULL ? all[i] : &mrl_type_any;
}

static mrl_type *callee_type(struct mrl_infer *f, const struct mrl_lterm *call) {
    if (call->node == NULL)
        return builtin_type(f, call->builtin);
    /* Under `with` another function may stand there. */
    return f->relaxed ? &mrl_type_any : mrl_infer_node(f, call->node);
}

static mrl_str callee_name(const struct mrl_lterm *call) {
    return call->node != NULL ? call->node->path_text : mrl_str_z(call->builtin->name);
}

/* How a call stands in its literal. */
struct call {
    const struct mrl_lterm *term;
    mrl_type *type;
    const struct mrl_lterm *out; /* f(x, out): the argument that takes the result, or NULL */
    bool nested;                 /* the result goes into a variable that nobody wrote */
};

void mrl_infer_print_args(struct mrl_buf *out, const struct mrl_lterm *callee, mrl_type *type,
                          bool result) {
    if (callee->node == NULL) { /* as written, with the names of the arguments */
        mrl_str sig = mrl_str_z(callee->builtin->sig);
        size_t arrow = mrl_str_find(sig, MRL_S(" => "), 0);
        bool has = arrow != MRL_STR_NPOS && arrow > 0;
        mrl_buf_add(out, has ? mrl_str_sub(sig, 0, arrow - 1) : sig);
        if (!has)
            return;
        if (result) {
            mrl_buf_add(out, arrow > 2 ? MRL_S(", ") : MRL_S(""));
            mrl_buf_add(out, mrl_str_sub(sig, arrow + 4, sig.len));
        }
        mrl_buf_byte(out, ')');
        return;
    }
    mrl_buf_byte(out, '(');
    for (uint32_t i = 0; i < type->n; i++) {
        mrl_buf_add(out, i > 0 ? MRL_S(", ") : MRL_S(""));
        mrl_type_print(out, type->of[i]);
    }
    if (result) {
        mrl_buf_add(out, type->n > 0 ? MRL_S(", ") : MRL_S(""));
        mrl_type_print(out, type->rest);
    }
    mrl_buf_byte(out, ')');
}

/* What the call gives: "(string, ???)"; ??? stands for what is not known, the result included. */
static void print_have(struct mrl_infer *f, struct mrl_buf *out, const struct call *call) {
    mrl_buf_byte(out, '(');
    for (uint32_t i = 0; i < call->term->n; i++) {
        mrl_buf_add(out, i > 0 ? MRL_S(", ") : MRL_S(""));
        mrl_type_print(out, mrl_infer_term(f, call->term->items[i]));
    }
    if (call->out != NULL || call->nested) {
        mrl_buf_add(out, call->term->n > 0 ? MRL_S(", ") : MRL_S(""));
        mrl_type_print(out, call->out != NULL ? mrl_infer_term(f, call->out) : NULL);
    }
    mrl_buf_byte(out, ')');
}

/* Reports a call whose arguments cannot fit; always false, for the caller to return. */
static bool bad_arguments(struct mrl_infer *f, const struct call *call, struct mrl_rloc loc) {
    struct mrl_buf message, detail;
    mrl_buf_init(&message, TEXT_MAX);
    mrl_buf_init(&detail, TEXT_MAX);
    mrl_buf_printf(&message, "%.*s: invalid argument(s)", MRL_F(callee_name(call->term)));
    MRL_BUF_LIT(&detail, "have: ");
    print_have(f, &detail, call);
    MRL_BUF_LIT(&detail, "\n\twant: ");
    mrl_infer_print_args(&detail, call->term, call->type, true);
    mrl_infer_fail(f, loc, mrl_buf_str(&message), mrl_buf_str(&detail), MRL_S(""));
    mrl_buf_release(&message);
    mrl_buf_release(&detail);
    return false;
}

/* One argument against what the function takes. What is known of it is compared as a whole first:
 * {1, x} with x a string is no set of numbers, even though each part may be looked at alone. */
static bool argument_fits(struct mrl_infer *f, const struct mrl_lterm *arg, mrl_type *known,
                          mrl_type *want) {
    if (want == NULL)
        return true;
    if (!mrl_type_unknown(known) && !mrl_type_unifies(f->cx, known, want))
        return false;
    return mrl_infer_match(f, arg, want, false);
}

/* Checks the arguments; the type of the result, `any` when nothing is known of the function. */
static mrl_type *check_call(struct mrl_infer *f, struct call *call, struct mrl_rloc loc) {
    const struct mrl_lterm *t = call->term;
    call->type = callee_type(f, t);
    if (call->type->kind != MRL_TYPE_FN)
        return &mrl_type_any;
    if (t->node == NULL && (t->builtin->flags & MRL_BI_INTERNAL)) /* made by us, not by people */
        return call->type->rest != NULL ? call->type->rest : &mrl_type_any;
    /* Arity was checked by lowering; an output argument makes one more than the type has. */
    uint32_t n = t->n < call->type->n ? t->n : call->type->n;
    mrl_type **known = MRL_ARENA_ARRAY(f->c->arena, mrl_type *, n + 1);
    for (uint32_t i = 0; known != NULL && i < n; i++)
        known[i] = mrl_infer_term(f, t->items[i]);
    mrl_type *known_out = call->out != NULL ? mrl_infer_term(f, call->out) : NULL;
    for (uint32_t i = 0; known != NULL && i < n; i++)
        if (!argument_fits(f, t->items[i], known[i], call->type->of[i]))
            return bad_arguments(f, call, loc), &mrl_type_any;
    if (call->out != NULL && !argument_fits(f, call->out, known_out, call->type->rest))
        bad_arguments(f, call, loc);
    return call->type->rest != NULL ? call->type->rest : &mrl_type_any;
}

/* --- literals --------------------------------------------------------------------------------- */

static void check_body(struct mrl_infer *f, const struct mrl_lbody *b);

/* Leaves a closure: what its variables were inside is not known outside. */
static void forget(struct mrl_infer *f, uint32_t from) {
    MRL_ASSERT(from <= f->n_trail);
    while (f->n_trail > from)
        f->vars[f->trail[--f->n_trail]] = NULL;
}

/* The type of what a comprehension builds, with its variables still known. */
static mrl_type *comprehension_type(struct mrl_infer *f, const struct mrl_lterm *t) {
    MRL_ASSERT(t->kind == MRL_L_COMPR && t->val != NULL);
    mrl_type *val = mrl_infer_term(f, t->val);
    if (t->collect == MRL_T_ARR)
        return mrl_type_arr(f->cx, NULL, 0, val);
    if (t->collect == MRL_T_SET)
        return mrl_type_set(f->cx, val);
    mrl_type *key = mrl_infer_term(f, t->key);
    return mrl_type_obj(f->cx, NULL, NULL, 0, key != NULL ? key : &mrl_type_any,
                        key != NULL ? val : NULL);
}

/* Checks the body of a comprehension as a body of its own, wherever it stands. */
static void check_closure(struct mrl_infer *f, const struct mrl_lterm *t) {
    if (t == NULL || t->kind != MRL_L_COMPR)
        return;
    uint32_t from = f->n_trail, errors = f->n_errors;
    bool refs_only = f->refs_only, relaxed = f->relaxed;
    f->refs_only = false;
    check_body(f, t->body);
    mrl_type *type = f->n_errors == errors ? comprehension_type(f, t) : NULL;
    forget(f, from);
    f->refs_only = refs_only;
    f->relaxed = relaxed;
    /* The type is kept for the literal at hand: outside, the variables that made it are
     * forgotten. */
    f->done = t;
    f->done_type = type;
}

/* Left and right are those of the source, whichever side lowering put first. */
static void match_error(struct mrl_infer *f, const struct mrl_llit *l, mrl_type *a, mrl_type *b) {
    struct mrl_buf detail;
    mrl_buf_init(&detail, TEXT_MAX);
    MRL_BUF_LIT(&detail, "left  : ");
    mrl_type_print(&detail, l->swapped ? b : a);
    MRL_BUF_LIT(&detail, "\n\tright : ");
    mrl_type_print(&detail, l->swapped ? a : b);
    mrl_infer_fail(f, l->loc, MRL_S("match error"), mrl_buf_str(&detail), MRL_S(""));
    mrl_buf_release(&detail);
}

/* True when the source has f(x, out) as a statement. */
static bool is_out_argument(const struct mrl_llit *l) {
    return l->b->kind == MRL_L_CALL && !l->generated && l->expr != NULL &&
           l->expr->kind == MRL_EXPR_CALL;
}

/* a = b and x := y. A call that takes its result as last argument is checked as a call only. */
static void check_unify(struct mrl_infer *f, const struct mrl_llit *l, bool had_errors) {
    MRL_ASSERT(l->a != NULL && l->b != NULL);
    if (l->b->kind == MRL_L_CALL) {
        bool out = is_out_argument(l);
        struct call call = {.term = l->b, .nested = !out, .out = out ? l->a : NULL};
        f->done_type = check_call(f, &call, l->b->loc);
        f->done = l->b;
        if (out)
            return;
    }
    mrl_type *a = mrl_infer_term(f, l->a), *b = mrl_infer_term(f, l->b);
    if (mrl_infer_equal(f, l->a, a, l->b, b))
        return;
    /* With an error inside, what is unknown is unknown because of it. */
    if (!had_errors || !(mrl_type_unknown(a) || mrl_type_unknown(b)))
        match_error(f, l, a, b);
}

/* The refs and closures of a term. */
static void check_parts(struct mrl_infer *f, const struct mrl_lterm *t) {
    if (t == NULL)
        return;
    check_closure(f, t);
    if (t->kind == MRL_L_REF)
        (void)mrl_infer_check_ref(f, t);
}

/* A function that replaces another must take as many arguments. */
static void check_replacement(struct mrl_infer *f, const struct mrl_llit *l,
                              const struct mrl_lwith *w) {
    struct mrl_lterm target = {.node = w->node, .builtin = w->builtin};
    struct mrl_lterm by = {.node = w->by_node, .builtin = w->by_builtin};
    if (w->target != MRL_WITH_FUNCTION || w->value != NULL)
        return;
    struct call call = {.term = &target, .type = callee_type(f, &target)};
    mrl_type *have = callee_type(f, &by);
    if (call.type->kind != MRL_TYPE_FN || have->kind != MRL_TYPE_FN ||
        mrl_type_unifies(f->cx, call.type, have))
        return;
    struct mrl_buf message, detail;
    mrl_buf_init(&message, TEXT_MAX);
    mrl_buf_init(&detail, TEXT_MAX);
    mrl_buf_printf(&message, "%.*s: arity mismatch", MRL_F(callee_name(&target)));
    MRL_BUF_LIT(&detail, "have: (");
    for (uint32_t i = 0; i < have->n; i++) {
        mrl_buf_add(&detail, i > 0 ? MRL_S(", ") : MRL_S(""));
        mrl_type_print(&detail, have->of[i]);
    }
    MRL_BUF_LIT(&detail, ")\n\twant: ");
    mrl_infer_print_args(&detail, &target, call.type, false);
    mrl_infer_fail(f, l->loc, mrl_buf_str(&message), mrl_buf_str(&detail), MRL_S(""));
    mrl_buf_release(&message);
    mrl_buf_release(&detail);
}

/* A call as a statement. OPA takes a == b for a unification there. */
static void check_statement(struct mrl_infer *f, const struct mrl_llit *l) {
    const struct mrl_lterm *t = l->a;
    if (t->builtin == NULL || t->node != NULL || strcmp(t->builtin->name, "equal") != 0) {
        struct call call = {.term = t};
        (void)check_call(f, &call, t->loc);
        return;
    }
    mrl_type *a = mrl_infer_term(f, t->items[0]), *b = mrl_infer_term(f, t->items[1]);
    if (!mrl_infer_equal(f, t->items[0], a, t->items[1], b))
        match_error(f, l, a, b);
}

static void check_literal(struct mrl_infer *f, const struct mrl_llit *l) {
    uint32_t errors = f->n_errors;
    for (uint32_t i = 0; i < l->n_with; i++)
        check_replacement(f, l, &l->with[i]);
    bool relaxed = f->relaxed, refs_only = f->refs_only;
    f->relaxed |= l->n_with > 0;
    check_parts(f, l->a);
    check_parts(f, l->b);
    bool had_errors = f->n_errors > errors;
    if (l->body != NULL) { /* every, and, or, braced not */
        uint32_t from = f->n_trail;
        f->refs_only = true;
        check_body(f, l->body);
        if (l->body2 != NULL)
            check_body(f, l->body2);
        forget(f, from);
        f->refs_only = refs_only;
    } else if (l->kind == MRL_LIT_UNIFY && !f->refs_only) {
        check_unify(f, l, had_errors);
    } else if (l->kind == MRL_LIT_TRUE && l->a->kind == MRL_L_CALL && !f->refs_only) {
        check_statement(f, l);
    }
    f->relaxed = relaxed;
}

static void check_body(struct mrl_infer *f, const struct mrl_lbody *b) {
    for (uint32_t i = 0; i < b->n; i++)
        check_literal(f, &b->lits[i]);
}

/* --- rules ------------------------------------------------------------------------------------ */

static mrl_status start(struct mrl_infer *f, struct mrl_compiler *c, const struct mrl_lrule *rule) {
    *f = (struct mrl_infer){.c = c, .cx = c->types, .rule = rule};
    MRL_ASSERT(c->types != NULL);
    f->vars = MRL_ARENA_ARRAY(c->arena, mrl_type *, rule->n_vars + 1);
    f->trail = MRL_ARENA_ARRAY(c->arena, uint32_t, rule->n_vars + 1);
    MRL_CHECK(f->vars != NULL && f->trail != NULL, MRL_E_NOMEM);
    return MRL_OK;
}

/* An argument that the body says nothing about may be anything. */
static void open_vars(struct mrl_infer *f, const struct mrl_lterm *t) {
    if (t->kind == MRL_L_VAR && f->vars[t->var] == NULL)
        mrl_infer_bind(f, t->var, &mrl_type_any);
    for (uint32_t i = 0; i < t->n; i++)
        open_vars(f, t->items[i]);
}

/* The type of a function rule: what its body made of the arguments. */
static mrl_type *function_type(struct mrl_infer *f, const struct mrl_lrule *r, mrl_type *result) {
    mrl_type **args = MRL_ARENA_ARRAY(f->c->arena, mrl_type *, r->n_args + 1);
    if (args == NULL)
        return &mrl_type_any;
    for (uint32_t i = 0; i < r->n_args; i++)
        args[i] = mrl_infer_term(f, r->args[i]);
    return mrl_type_fn(f->cx, args, r->n_args, result);
}

/* What one rule makes at its node: its value below the operands of its head. NULL: unknown. */
static mrl_type *rule_type(struct mrl_infer *f, const struct mrl_lrule *r) {
    for (uint32_t i = 0; i < r->n_args; i++)
        open_vars(f, r->args[i]);
    mrl_type *type = r->val != NULL ? mrl_infer_term(f, r->val) : &mrl_type_bool;
    if (r->rule->kind == MRL_RULE_FUNCTION)
        return function_type(f, r, type);
    if (r->key != NULL) {
        type = mrl_infer_term(f, r->key);
        type = type != NULL ? mrl_type_set(f->cx, type) : NULL;
    }
    for (uint32_t i = r->n_path; type != NULL && i > 0; i--) {
        const struct mrl_lterm *op = r->path[i - 1];
        /* OPA keeps p[1] apart from p; here it joins p's members, so it must not say much. */
        bool apart = op->kind == MRL_L_CONST && !mrl_is_str(op->value);
        mrl_type *key = apart ? &mrl_type_any : mrl_infer_term(f, op);
        type = apart ? &mrl_type_any : type;
        type = key != NULL ? mrl_type_obj(f->cx, NULL, NULL, 0, key, type) : NULL;
    }
    return type;
}

/* Checks a rule with its else branches and joins what they make into the node's type. */
static mrl_status check_rule(struct mrl_compiler *c, struct mrl_node *n, struct mrl_lrule *r,
                             bool *failed) {
    for (; r != NULL; r = r->else_rule) {
        struct mrl_infer f;
        MRL_TRY(start(&f, c, r));
        check_body(&f, &r->body);
        mrl_type *type = f.n_errors > 0 ? &mrl_type_any : rule_type(&f, r);
        *failed |= f.n_errors > 0;
        n->type = n->type != NULL && mrl_type_is_any(n->type) ? n->type
                                                              : mrl_type_merge(f.cx, n->type, type);
    }
    return MRL_OK;
}

/* An object whose members are rules of their own below it: p[x] := 1 beside p.a := 2. */
static void join_children(struct mrl_compiler *c, struct mrl_node *n) {
    mrl_type *t = n->type;
    for (struct mrl_node *child = n->children; child != NULL; child = child->sibling) {
        if (!child->has_below || t == NULL || t->kind != MRL_TYPE_OBJ)
            continue;
        mrl_type *member = child->n_rules > 0 && child->children == NULL ? child->type : NULL;
        mrl_type *rest = member != NULL ? mrl_type_or(c->types, t->rest, member) : &mrl_type_any;
        t = mrl_type_obj(c->types, (mrl_val *)t->keys, t->of, t->n,
                         mrl_type_or(c->types, t->key, &mrl_type_str), rest);
    }
    n->type = t;
}

mrl_status mrl_infer_rules(struct mrl_compiler *c) {
    bool failed = false;
    size_t n_builtins = 0;
    while (mrl_builtin_at(n_builtins) != NULL)
        n_builtins++;
    MRL_ASSERT(!c->typed && c->n_typed == 0);
    c->types = MRL_ARENA_NEW(c->arena, struct mrl_tcx);
    c->sigs = MRL_ARENA_ARRAY(c->arena, mrl_type *, n_builtins);
    MRL_CHECK(c->types != NULL && c->sigs != NULL, MRL_E_NOMEM);
    *c->types = (struct mrl_tcx){c->arena, MRL_TYPE_STEPS_MAX};
    for (uint32_t i = 0; i < c->n_order; i++) {
        struct mrl_node *n = c->order[i];
        for (uint32_t k = 0; k < n->n_rules; k++)
            if (n->rules[k].lowered != NULL)
                MRL_TRY(check_rule(c, n, n->rules[k].lowered, &failed));
        join_children(c, n);
        c->n_typed++;
    }
    c->typed = true;
    return failed ? MRL_E_INVALID : MRL_OK;
}

mrl_status mrl_infer_query(struct mrl_compiler *c, struct mrl_lrule *query) {
    struct mrl_infer f;
    /* A policy whose rules were not typed: nothing to check against. */
    if (c->types == NULL)
        return MRL_OK;
    MRL_TRY(start(&f, c, query));
    check_body(&f, &query->body);
    return f.n_errors > 0 ? MRL_E_INVALID : MRL_OK;
}
