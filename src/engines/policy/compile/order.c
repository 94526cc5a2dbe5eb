/* order.c - see order.h.
 *
 * Rounds over what is left: a literal that is ready goes to the result and binds what it gives; a
 * round without progress ends it, and what is left is unsafe. That keeps the written order where
 * it works, as OPA does, and costs at most one round a literal. "Ready" is decided by shape
 * alone: which variables a literal needs, and which ones matching it would bind.
 */
#include "engines/policy/compile/order.h"

#include "engines/policy/compile/suggest.h"

#define UNSAFE "rego_unsafe_var_error"

struct ordering {
    struct mrl_compiler *c;
    const struct mrl_lrule *rule;
    struct mrl_vset *bound;
    struct mrl_vset mentions; /* of the body, closures left out */
};

/* --- splitting [x, 1] = [2, y] ---------------------------------------------------------------- */

/* True when all keys of an object term are constants. */
static bool const_keys(const struct mrl_lterm *t) {
    MRL_ASSERT(t->kind == MRL_L_OBJECT && t->n % 2 == 0);
    for (uint32_t i = 0; i < t->n; i += 2)
        if (t->items[i]->kind != MRL_L_CONST)
            return false;
    return true;
}

static bool has_vars(const struct mrl_lterm *t) {
    if (t->kind == MRL_L_VAR)
        return true;
    for (uint32_t i = 0; i < t->n; i++)
        if (has_vars(t->items[i]))
            return true;
    return false;
}

/* True when `l` is a unification that split_one can take apart. */
static bool splits(const struct mrl_llit *l) {
    if (l->kind != MRL_LIT_UNIFY || l->negated || l->a->kind != l->b->kind)
        return false;
    if (!has_vars(l->a) || !has_vars(l->b))
        return false;
    if (l->a->kind == MRL_L_ARRAY)
        return l->a->n == l->b->n;
    return l->a->kind == MRL_L_OBJECT && l->a->n == l->b->n && const_keys(l->a) && const_keys(l->b);
}

/* The value under the same key in another object term, or NULL. */
static struct mrl_lterm *same_key(const struct mrl_lterm *object, const struct mrl_lterm *key) {
    for (uint32_t i = 0; i < object->n; i += 2)
        if (mrl_val_eq(object->items[i]->value, key->value))
            return object->items[i + 1];
    return NULL;
}

static mrl_status push(struct mrl_compiler *c, struct mrl_lbody *b, const struct mrl_llit *l) {
    if (b->n == b->cap) {
        uint32_t cap = b->cap > 0 ? b->cap * 2 : 8;
        struct mrl_llit *lits = mrl_arena_regrow(c->arena, b->lits, b->cap, cap, sizeof *lits);
        MRL_CHECK(lits != NULL, MRL_E_NOMEM);
        b->lits = lits;
        b->cap = cap;
    }
    b->lits[b->n++] = *l;
    return MRL_OK;
}

/* Adds a literal, or the equations of its parts, to `out`. Only the last part stands for the
 * literal of the source; the others are generated. */
static mrl_status split_into(struct mrl_compiler *c, const struct mrl_llit *l,
                             struct mrl_lbody *out, unsigned depth) {
    if (depth > MRL_REGO_DEPTH_MAX || !splits(l))
        return push(c, out, l);
    uint32_t step = l->a->kind == MRL_L_OBJECT ? 2 : 1;
    for (uint32_t i = 0; i < l->a->n; i += step) {
        struct mrl_llit part = *l;
        part.generated = l->generated || i + step < l->a->n;
        part.a = l->a->items[i + step - 1];
        part.b = step == 1 ? l->b->items[i] : same_key(l->b, l->a->items[i]);
        if (part.b == NULL) { /* different keys: never equal; the whole stays as it is */
            return push(c, out, l);
        }
        MRL_TRY(split_into(c, &part, out, depth + 1));
    }
    return MRL_OK;
}

static mrl_status split_all(struct mrl_compiler *c, struct mrl_lbody *b) {
    bool any = false;
    for (uint32_t i = 0; i < b->n; i++)
        any |= splits(&b->lits[i]);
    if (!any)
        return MRL_OK;
    struct mrl_lbody out = {.loc = b->loc};
    for (uint32_t i = 0; i < b->n; i++)
        MRL_TRY(split_into(c, &b->lits[i], &out, 0));
    *b = out;
    return MRL_OK;
}

/* --- is a literal ready?
 * -------------------------------------------------------------------------- */

/* Adds the variables that matching a value against the pattern binds. False: a part of the pattern
 * (an object key, a set item) must be bound before. */
static bool pattern_gives(const struct ordering *o, const struct mrl_lterm *t,
                          struct mrl_vset *gives) {
    switch (t->kind) {
    case MRL_L_VAR:
        mrl_vset_add(gives, t->var);
        return true;
    case MRL_L_ARRAY:
        for (uint32_t i = 0; i < t->n; i++)
            if (!pattern_gives(o, t->items[i], gives))
                return false;
        return true;
    case MRL_L_OBJECT:
        for (uint32_t i = 0; i < t->n; i += 2)
            if (!mrl_vars_bound(t->items[i], o->bound) || !pattern_gives(o, t->items[i + 1], gives))
                return false;
        return true;
    default:
        return mrl_vars_bound(t, o->bound);
    }
}

/* True when the value of t can be computed; adds what computing it binds (operands of refs). */
static bool term_ready(const struct ordering *o, const struct mrl_lterm *t,
                       struct mrl_vset *gives) {
    if (t->kind == MRL_L_COMPR)
        return true; /* closures are checked for the whole literal */
    if (t->kind != MRL_L_REF)
        return mrl_vars_bound(t, o->bound);
    uint32_t first = t->root == MRL_ROOT_VALUE ? 1 : 0;
    if (first == 1 && !mrl_vars_bound(t->items[0], o->bound))
        return false;
    for (uint32_t i = first; i < t->n; i++)
        if (!pattern_gives(o, t->items[i], gives))
            return false;
    return true;
}

static bool value_gives(const struct ordering *o, const struct mrl_lterm *t, mrl_val v,
                        struct mrl_vset *gives);

/* The members of an object pattern against those of a known object. */
static bool members_give(const struct ordering *o, const struct mrl_lterm *t, mrl_val v,
                         struct mrl_vset *gives) {
    if (!mrl_is_obj(v) || v.len != t->n / 2)
        return false;
    for (uint32_t i = 0; i < t->n; i += 2) {
        mrl_val member =
            t->items[i]->kind == MRL_L_CONST ? mrl_obj_get(v, t->items[i]->value) : mrl_undefined();
        if (mrl_is_defined(member) ? !value_gives(o, t->items[i + 1], member, gives)
                                   : !mrl_vars_bound(t->items[i + 1], o->bound))
            return false;
    }
    return true;
}

/* As pattern_gives where the value is known: [x, y] = {} binds nothing, as the two can never be
 * equal, and so x and y are unsafe. */
static bool value_gives(const struct ordering *o, const struct mrl_lterm *t, mrl_val v,
                        struct mrl_vset *gives) {
    if (t->kind == MRL_L_VAR)
        mrl_vset_add(gives, t->var);
    if (t->kind == MRL_L_VAR || mrl_vars_bound(t, o->bound))
        return true;
    if (t->kind == MRL_L_OBJECT)
        return members_give(o, t, v, gives);
    if (t->kind != MRL_L_ARRAY || !mrl_is_arr(v) || v.len != t->n)
        return false;
    for (uint32_t i = 0; i < t->n; i++)
        if (!value_gives(o, t->items[i], v.u.arr->items[i], gives))
            return false;
    return true;
}

/* The same variable or an equal constant: keys that surely name one member. */
static bool same_term(const struct mrl_lterm *a, const struct mrl_lterm *b) {
    if (a->kind != b->kind)
        return false;
    return a->kind == MRL_L_VAR ? a->var == b->var
                                : a->kind == MRL_L_CONST && mrl_val_eq(a->value, b->value);
}

/* Two composites: what one side knows the other gets, part by part. */
static bool terms_give(const struct ordering *o, const struct mrl_lterm *a,
                       const struct mrl_lterm *b, struct mrl_vset *gives) {
    bool a_bound = mrl_vars_bound(a, o->bound), b_bound = mrl_vars_bound(b, o->bound);
    if (a_bound && b_bound)
        return true;
    if ((a->kind == MRL_L_VAR && b_bound) || (b->kind == MRL_L_VAR && a_bound))
        return pattern_gives(o, a_bound ? b : a, gives);
    if (a->kind == MRL_L_CONST || b->kind == MRL_L_CONST)
        return a->kind == MRL_L_CONST ? value_gives(o, b, a->value, gives)
                                      : value_gives(o, a, b->value, gives);
    if (a->kind == MRL_L_VAR || b->kind == MRL_L_VAR)
        return a_bound ? pattern_gives(o, b, gives) : b_bound && pattern_gives(o, a, gives);
    if (a->kind != b->kind || a->n != b->n || a->kind == MRL_L_SET)
        return false;
    for (uint32_t i = 0; i < a->n; i++) {
        bool key = a->kind == MRL_L_OBJECT && i % 2 == 0;
        if (key ? !same_term(a->items[i], b->items[i])
                : !terms_give(o, a->items[i], b->items[i], gives))
            return false;
    }
    return true;
}

/* a = b can be computed: the complex side by its operands, the other as a pattern. */
static bool unify_ready(const struct ordering *o, const struct mrl_llit *l,
                        struct mrl_vset *gives) {
    MRL_ASSERT(l->kind == MRL_LIT_UNIFY && l->a != NULL && l->b != NULL);
    if (l->b->kind == MRL_L_COMPR && l->a->kind == MRL_L_OBJECT &&
        !(l->b->collect == MRL_T_OBJ && l->swapped))
        return mrl_vars_bound(l->a, o->bound); /* OPA lets a comprehension bind arrays only */
    if (l->b->kind >= MRL_L_REF)
        return term_ready(o, l->b, gives) && pattern_gives(o, l->a, gives);
    return terms_give(o, l->a, l->b, gives);
}

/* The variables that the closures of l take from outside. */
static bool closures_ready(const struct ordering *o, const struct mrl_llit *l,
                           struct mrl_vset *tmp) {
    memset(tmp->words, 0, tmp->n_words * sizeof *tmp->words);
    mrl_vars_lit(l, MRL_CLOSURES_ONLY, tmp);
    mrl_vset_keep(tmp, &o->mentions);
    return mrl_vset_within(tmp, o->bound);
}

/* True when l can run now; `gives` then holds what it binds. `tmp` is scratch. */
static bool lit_ready(const struct ordering *o, const struct mrl_llit *l, struct mrl_vset *gives,
                      struct mrl_vset *tmp) {
    memset(gives->words, 0, gives->n_words * sizeof *gives->words);
    for (uint32_t i = 0; i < l->n_with; i++)
        if (l->with[i].value != NULL && !mrl_vars_bound(l->with[i].value, o->bound))
            return false;
    if (!closures_ready(o, l, tmp))
        return false;
    /* A negation binds nothing, so all that it reads must be there. */
    if (l->negated) {
        memset(tmp->words, 0, tmp->n_words * sizeof *tmp->words);
        mrl_vars_lit(l, MRL_CLOSURES_OUT, tmp);
        return mrl_vset_within(tmp, o->bound);
    }
    if (l->inside_not && !mrl_vars_bound(l->b, o->bound))
        return false;
    switch (l->kind) {
    case MRL_LIT_TRUE:
        return term_ready(o, l->a, gives);
    case MRL_LIT_UNIFY:
        return unify_ready(o, l, gives);
    case MRL_LIT_EVERY:
        return mrl_vars_bound(l->a, o->bound);
    default:
        return true;
    }
}

/* --- reports
 * -------------------------------------------------------------------------------------- */

/* The place where a variable is first mentioned in t, or NULL. */
static const struct mrl_lterm *mention(const struct mrl_lterm *t, uint32_t var) {
    if (t == NULL)
        return NULL;
    if (t->kind == MRL_L_VAR)
        return t->var == var ? t : NULL;
    for (uint32_t i = 0; i < t->n; i++) {
        const struct mrl_lterm *at = mention(t->items[i], var);
        if (at != NULL)
            return at;
    }
    return NULL;
}

static void unsafe_var(struct mrl_compiler *c, const struct mrl_lrule *rule, uint32_t var,
                       struct mrl_rloc loc) {
    MRL_ASSERT(var < rule->n_vars);
    mrl_str name = rule->var_names[var];
    bool keyword = mrl_str_eq(name, MRL_S("in")) || mrl_str_eq(name, MRL_S("every")) ||
                   mrl_str_eq(name, MRL_S("if")) || mrl_str_eq(name, MRL_S("contains"));
    struct mrl_report r = {.code = UNSAFE};
    r.message = keyword ? mrl_arena_printf(c->arena,
                                           "var %.*s is unsafe (hint: `import "
                                           "future.keywords.%.*s` to import a future keyword)",
                                           MRL_F(name), MRL_F(name))
                        : mrl_arena_printf(c->arena, "var %.*s is unsafe", MRL_F(name));
    if (!keyword && mrl_compile_room(c))
        r.hint = mrl_suggest_var(c, rule, var);
    (void)mrl_compile_report(c, rule->module, loc, &r);
}

/* Reports each named unbound variable of the literals that never became ready, once. */
static mrl_status report(const struct ordering *o, const struct mrl_lbody *left) {
    struct mrl_vset seen = mrl_vset_copy(o->c->arena, o->bound);
    MRL_CHECK(seen.words != NULL, MRL_E_NOMEM);
    bool named = false;
    for (uint32_t i = 0; i < left->n; i++) {
        const struct mrl_llit *l = &left->lits[i];
        struct mrl_vset vars = mrl_vset_new(o->c->arena, o->rule->n_vars);
        MRL_CHECK(vars.words != NULL, MRL_E_NOMEM);
        mrl_vars_lit(l, MRL_CLOSURES_ONLY, &vars);
        mrl_vset_keep(&vars, &o->mentions);
        mrl_vars_lit(l, MRL_CLOSURES_OUT, &vars);
        for (uint32_t v = 0; v < o->rule->n_vars; v++) {
            if (!mrl_vset_has(&vars, v) || mrl_vset_has(&seen, v) || o->rule->var_names[v].len == 0)
                continue;
            const struct mrl_lterm *at = mention(l->a, v);
            at = at != NULL ? at : mention(l->b, v);
            unsafe_var(o->c, o->rule, v, at != NULL ? at->loc : l->loc);
            mrl_vset_add(&seen, v);
            named = true;
        }
    }
    bool wildcard = left->n > 0 && (left->lits[0].inside_not || left->lits[0].negated);
    if (!named && left->n > 0)
        (void)mrl_compile_fail(o->c, o->rule->module, left->lits[0].loc, UNSAFE,
                               wildcard ? "var _ is unsafe" : "expression is unsafe");
    return MRL_E_INVALID;
}

static bool any_urgent(const struct mrl_llit *lits, uint32_t n) {
    for (uint32_t i = 0; i < n; i++)
        if (lits[i].urgent)
            return true;
    return false;
}

mrl_status mrl_order_body(struct mrl_compiler *c, const struct mrl_lrule *rule, struct mrl_lbody *b,
                          struct mrl_vset *bound) {
    MRL_TRY(split_all(c, b));
    struct ordering o = {c, rule, bound, mrl_vset_new(c->arena, rule->n_vars)};
    struct mrl_vset gives = mrl_vset_new(c->arena, rule->n_vars);
    struct mrl_vset tmp = mrl_vset_new(c->arena, rule->n_vars);
    struct mrl_llit *sorted = MRL_ARENA_ARRAY(c->arena, struct mrl_llit, b->n + 1);
    MRL_CHECK(o.mentions.words && gives.words && tmp.words && sorted, MRL_E_NOMEM);
    mrl_vars_body(b, MRL_CLOSURES_OUT, &o.mentions);
    /* b->lits is compacted in place: what is not ready moves to the front and keeps its order. */
    uint32_t n = 0, left = b->n;
    for (bool progress = true; progress && left > 0;) {
        uint32_t kept = 0;
        bool urgent = any_urgent(b->lits, left); /* then begin again after each literal */
        progress = false;
        for (uint32_t i = 0; i < left; i++) {
            if (!(urgent && progress) && lit_ready(&o, &b->lits[i], &gives, &tmp)) {
                mrl_vset_merge(bound, &gives);
                sorted[n++] = b->lits[i];
                progress = true;
            } else {
                b->lits[kept++] = b->lits[i];
            }
        }
        left = kept;
    }
    if (left > 0)
        return report(&o, &(struct mrl_lbody){.lits = b->lits, .n = left});
    MRL_ASSERT(n == b->n);
    b->lits = sorted;
    b->n = n;
    b->cap = n;
    return MRL_OK;
}

mrl_status mrl_order_pattern(struct mrl_compiler *c, const struct mrl_lrule *rule,
                             const struct mrl_lterm *t, const struct mrl_vset *bound) {
    struct mrl_vset now = mrl_vset_copy(c->arena, bound);
    struct mrl_vset gives = mrl_vset_new(c->arena, rule->n_vars);
    MRL_CHECK(now.words != NULL && gives.words != NULL, MRL_E_NOMEM);
    struct ordering o = {.c = c, .rule = rule, .bound = &now};
    return pattern_gives(&o, t, &gives) ? MRL_OK : mrl_order_head(c, rule, t, bound);
}

mrl_status mrl_order_head(struct mrl_compiler *c, const struct mrl_lrule *rule,
                          const struct mrl_lterm *t, const struct mrl_vset *bound) {
    mrl_status status = MRL_OK;
    if (t == NULL || mrl_vars_bound(t, bound))
        return MRL_OK;
    for (uint32_t v = 0; v < rule->n_vars; v++) {
        const struct mrl_lterm *at = mention(t, v);
        if (at == NULL || mrl_vset_has(bound, v))
            continue;
        unsafe_var(c, rule, v, at->loc);
        status = MRL_E_INVALID;
    }
    return status;
}
