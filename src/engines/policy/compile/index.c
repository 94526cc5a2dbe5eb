/* index.c - what the rules of a node demand of the input and of their arguments.
 *
 * A demand is read off a literal that every solution of the body must meet: `ref == value`,
 * `ref = value`, `ref in values`, or a constant among the arguments. Lowering has cut refs out of
 * comparisons (x1 = input.kind; x1 == "Pod"), so variables are followed to the ref that they equal;
 * as a body is a conjunction, each such equation holds in every solution. Literals with `with` or
 * `not`, and rules with `else`, demand nothing here.
 */
#include "engines/policy/compile/index.h"

#include "engines/policy/policy.h"

#define RULES_MIN 4       /* fewer rules: their first comparison is as fast as a lookup */
#define DEMANDING_SHARE 4 /* one rule of so many must demand something of a ref for it to pay */
#define REFS_SEEN_MAX 64  /* refs of one node that are looked at */
#define FOLLOW_MAX 16     /* variables that equal variables */
#define IN_MAX 256        /* values of `ref in values` */

struct path { /* a ref, as far as it is known: of_input or an argument, then constant keys */
    bool known, of_input;
    uint32_t arg;
    mrl_val keys[32];
    uint32_t n;
};

struct finder {
    mrl_arena *arena, *scratch;
    struct mrl_index *x;
    struct mrl_lrule *rule;
    uint32_t number;
    const struct mrl_lterm **defined_by; /* by variable: a term that it equals */
    uint64_t demanded; /* refs that this rule demands something of already, a bit each */
    mrl_status status;
};

/* --- following variables ---------------------------------------------------------------------- */

/* Only such a literal must hold in the context of the call: `with` changes what it reads, and a
 * negation demands that something is not there. */
static bool plain(const struct mrl_llit *l) {
    return !l->negated && l->n_with == 0;
}

/* Notes for each variable the first ref or variable that it equals. */
static mrl_status read_definitions(struct finder *f) {
    f->defined_by = MRL_ARENA_ARRAY(f->scratch, const struct mrl_lterm *, f->rule->n_vars + 1);
    MRL_CHECK(f->defined_by != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < f->rule->body.n; i++) {
        const struct mrl_llit *l = &f->rule->body.lits[i];
        if (plain(l) && l->kind == MRL_LIT_UNIFY && l->a->kind == MRL_L_VAR &&
            (l->b->kind == MRL_L_REF || l->b->kind == MRL_L_VAR) &&
            f->defined_by[l->a->var] == NULL)
            f->defined_by[l->a->var] = l->b;
    }
    return MRL_OK;
}

static void follow(const struct finder *f, const struct mrl_lterm *t, unsigned depth,
                   struct path *p);

static void follow_var(const struct finder *f, uint32_t var, unsigned depth, struct path *p) {
    for (uint32_t i = 0; i < f->rule->n_args; i++)
        if (f->rule->args[i]->kind == MRL_L_VAR && f->rule->args[i]->var == var) {
            p->known = true;
            p->arg = i;
            return;
        }
    if (f->defined_by[var] != NULL && depth < FOLLOW_MAX)
        follow(f, f->defined_by[var], depth + 1, p);
}

/* Finds the ref that a term stands for; p->known stays false when it is none. */
static void follow(const struct finder *f, const struct mrl_lterm *t, unsigned depth,
                   struct path *p) {
    uint32_t i = 0;
    if (t->kind == MRL_L_VAR) {
        follow_var(f, t->var, depth, p);
        return;
    }
    if (t->kind != MRL_L_REF || t->root == MRL_ROOT_DATA)
        return;
    if (t->root == MRL_ROOT_INPUT)
        p->known = p->of_input = true;
    else if (t->items[i++]->kind == MRL_L_VAR)
        follow_var(f, t->items[0]->var, depth, p);
    for (; p->known && i < t->n; i++) {
        p->known = t->items[i]->kind == MRL_L_CONST && p->n < MRL_COUNTOF(p->keys);
        if (p->known)
            p->keys[p->n++] = t->items[i]->value;
    }
}

/* --- noting demands --------------------------------------------------------------------------- */

static bool is_ref(const struct mrl_index_ref *r, const struct path *p) {
    if (r->of_input != p->of_input || r->arg != p->arg || r->path.len != p->n)
        return false;
    for (uint32_t i = 0; i < p->n; i++)
        if (!mrl_val_eq(r->path.u.arr->items[i], p->keys[i]))
            return false;
    return true;
}

/* The number of a ref in the index, added when it is new; REFS_SEEN_MAX when there is no room. */
static uint32_t ref_number(struct finder *f, const struct path *p) {
    struct mrl_index *x = f->x;
    MRL_ASSERT(p->known && x->n_refs <= REFS_SEEN_MAX);
    for (uint32_t i = 0; i < x->n_refs; i++)
        if (is_ref(&x->refs[i], p))
            return i;
    if (x->n_refs == REFS_SEEN_MAX)
        return REFS_SEEN_MAX;
    struct mrl_index_ref *r = &x->refs[x->n_refs];
    *r = (struct mrl_index_ref){.of_input = p->of_input, .arg = p->arg};
    f->status = mrl_arr_of(f->arena, p->keys, p->n, &r->path);
    if (f->status == MRL_OK)
        f->status = mrl_val_freeze(f->arena, r->path);
    return f->status == MRL_OK ? x->n_refs++ : REFS_SEEN_MAX;
}

/* Gives a ref's table of values twice the room. */
static mrl_status rehash(mrl_arena *a, struct mrl_index_ref *r) {
    uint32_t slots = r->slots != NULL ? 2 * (r->mask + 1) : 16;
    r->slots = MRL_ARENA_ARRAY(a, uint32_t, slots);
    MRL_CHECK(r->slots != NULL, MRL_E_NOMEM);
    r->mask = slots - 1;
    MRL_ASSERT((slots & r->mask) == 0 && r->n_values < slots);
    for (uint32_t i = 0; i < r->n_values; i++) {
        uint32_t slot = (uint32_t)mrl_val_hash(r->values[i].value) & r->mask;
        while (r->slots[slot] != 0)
            slot = (slot + 1) & r->mask;
        r->slots[slot] = i + 1;
    }
    return MRL_OK;
}

/* The 1-based number of a value that is demanded of a ref, added when it is new. */
static mrl_status value_number(mrl_arena *a, struct mrl_index_ref *r, mrl_val v, uint32_t *ret) {
    /* At most half full, so that a search always meets a free slot. */
    if (r->slots == NULL || 2 * r->n_values > r->mask)
        MRL_TRY(rehash(a, r));
    uint32_t slot = (uint32_t)mrl_val_hash(v) & r->mask;
    for (; r->slots[slot] != 0; slot = (slot + 1) & r->mask)
        if (mrl_val_eq(r->values[r->slots[slot] - 1].value, v)) {
            *ret = r->slots[slot];
            return MRL_OK;
        }
    if (r->n_values == r->cap_values) {
        uint32_t cap = r->cap_values > 0 ? 2 * r->cap_values : 8;
        r->values = mrl_arena_regrow(a, r->values, r->cap_values, cap, sizeof *r->values);
        MRL_CHECK(r->values != NULL, MRL_E_NOMEM);
        r->cap_values = cap;
    }
    r->values[r->n_values++] = (struct mrl_index_value){.value = v};
    r->containers |= v.tag >= MRL_T_ARR;
    r->slots[slot] = r->n_values;
    *ret = r->n_values;
    return MRL_OK;
}

/* Rules come in rising order, so the last of the list tells whether the rule is in it already: it
 * may demand a value twice ({1, 1.0} has one, ["a", "a"] two). */
static mrl_status add_rule(mrl_arena *a, struct mrl_index_value *v, uint32_t rule) {
    if (v->n > 0 && v->rules[v->n - 1] == rule)
        return MRL_OK;
    if (v->n == v->cap) {
        uint32_t cap = v->cap > 0 ? 2 * v->cap : 2;
        v->rules = mrl_arena_regrow(a, v->rules, v->cap, cap, sizeof *v->rules);
        MRL_CHECK(v->rules != NULL, MRL_E_NOMEM);
        v->cap = cap;
    }
    MRL_ASSERT(v->n == 0 || v->rules[v->n - 1] < rule);
    v->rules[v->n++] = rule;
    return MRL_OK;
}

/* The rule demands that a ref is one of n values. Of several demands on one ref the first counts:
 * each alone is one that every solution meets. */
static void demand(struct finder *f, const struct path *p, const mrl_val *values, uint32_t n) {
    if (!p->known || f->status != MRL_OK)
        return;
    uint32_t ref = ref_number(f, p), number = 0;
    if (ref == REFS_SEEN_MAX || (f->demanded >> ref & 1) != 0)
        return;
    f->demanded |= 1ull << ref;
    struct mrl_index_ref *r = &f->x->refs[ref];
    for (uint32_t i = 0; i < n && f->status == MRL_OK; i++) {
        f->status = value_number(f->arena, r, values[i], &number);
        if (f->status == MRL_OK)
            f->status = add_rule(f->arena, &r->values[number - 1], f->number);
    }
    /* UINT32_MAX: one of several; finish() makes it 0 once nobody counts demands any more. */
    f->x->demands[(size_t)f->number * REFS_SEEN_MAX + ref] = n == 1 ? number : UINT32_MAX;
}

/* `ref == value`, when value is a constant and ref stands for a ref. */
static void demand_term(struct finder *f, const struct mrl_lterm *ref,
                        const struct mrl_lterm *value) {
    struct path p = {.known = false};
    if (value->kind != MRL_L_CONST)
        return;
    follow(f, ref, 0, &p);
    demand(f, &p, &value->value, 1);
}

/* `ref in values`: an array or set of constants. Members of an object are its values: left out. */
static void demand_in(struct finder *f, const struct mrl_lterm *ref,
                      const struct mrl_lterm *values) {
    mrl_val v = values->value;
    struct path p = {.known = false};
    if (values->kind != MRL_L_CONST || !(mrl_is_arr(v) || mrl_is_set(v)) || v.len > IN_MAX)
        return;
    follow(f, ref, 0, &p);
    demand(f, &p, v.u.arr->items, v.len);
}

static void read_literal(struct finder *f, const struct mrl_llit *l) {
    if (!plain(l))
        return;
    if (l->kind == MRL_LIT_UNIFY) {
        demand_term(f, l->a, l->b);
        demand_term(f, l->b, l->a);
    } else if (l->kind == MRL_LIT_TRUE && !l->any_value && l->a->kind == MRL_L_CALL &&
               l->a->builtin != NULL && l->a->n == 2) {
        struct mrl_lterm *const *args = l->a->items;
        if (strcmp(l->a->builtin->name, "equal") == 0) {
            demand_term(f, args[0], args[1]);
            demand_term(f, args[1], args[0]);
        } else if (strcmp(l->a->builtin->name, "internal.member_2") == 0) {
            demand_in(f, args[0], args[1]);
        }
    }
}

static mrl_status read_rule(struct finder *f) {
    f->demanded = 0;
    MRL_TRY(read_definitions(f));
    for (uint32_t i = 0; i < f->rule->n_args; i++) {
        struct path p = {.known = true, .arg = i};
        if (f->rule->args[i]->kind == MRL_L_CONST)
            demand(f, &p, &f->rule->args[i]->value, 1);
    }
    for (uint32_t i = 0; i < f->rule->body.n; i++)
        read_literal(f, &f->rule->body.lits[i]);
    return f->status;
}

/* --- the index -------------------------------------------------------------------------------- */

/* How many rules demand something of a ref. */
static uint32_t n_demanding(const struct mrl_index *x, uint32_t ref) {
    uint32_t n = 0;
    for (uint32_t rule = 0; rule < x->n_rules; rule++)
        n += x->demands[(size_t)rule * REFS_SEEN_MAX + ref] != 0;
    return n;
}

/* Keeps the refs that most rules demand something of; kept[i] is the old number of new ref i. */
static uint32_t best_refs(const struct mrl_index *x, uint32_t *kept) {
    uint32_t counts[REFS_SEEN_MAX], n = 0;
    for (uint32_t i = 0; i < x->n_refs; i++)
        counts[i] = n_demanding(x, i);
    for (; n < MRL_INDEX_REFS_MAX; n++) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < x->n_refs; i++)
            best = counts[i] > counts[best] ? i : best;
        if (x->n_refs == 0 || counts[best] == 0 || counts[best] < x->n_rules / DEMANDING_SHARE)
            break;
        /* Not again. */
        counts[best] = 0;
        kept[n] = best;
    }
    return n;
}

/* The rules that demand nothing of a ref. Default rules are none of the index's rules. */
static mrl_status list_any(mrl_arena *a, const struct mrl_index *x, uint32_t old,
                           struct mrl_lrule *const *rules, struct mrl_index_ref *r) {
    r->any = MRL_ARENA_ARRAY(a, uint32_t, x->n_rules + 1);
    MRL_CHECK(r->any != NULL, MRL_E_NOMEM);
    for (uint32_t rule = 0; rule < x->n_rules; rule++)
        if (!rules[rule]->rule->is_default && x->demands[(size_t)rule * REFS_SEEN_MAX + old] == 0)
            r->any[r->n_any++] = rule;
    return MRL_OK;
}

static mrl_status finish(mrl_arena *a, const struct mrl_index *seen, struct mrl_lrule *const *rules,
                         struct mrl_index **ret) {
    MRL_ASSERT(seen->n_refs <= REFS_SEEN_MAX);
    uint32_t kept[MRL_INDEX_REFS_MAX], n = best_refs(seen, kept);
    if (n == 0)
        return MRL_OK;
    struct mrl_index *x = MRL_ARENA_NEW(a, struct mrl_index);
    MRL_CHECK(x != NULL, MRL_E_NOMEM);
    *x = (struct mrl_index){.refs = MRL_ARENA_ARRAY(a, struct mrl_index_ref, n),
                            .n_refs = n,
                            .n_rules = seen->n_rules,
                            .demands = MRL_ARENA_ARRAY(a, uint32_t, (size_t)seen->n_rules *n),
                            .entry = MRL_ARENA_ARRAY(a, uint32_t, seen->n_rules)};
    MRL_CHECK(x->refs != NULL && x->demands != NULL && x->entry != NULL, MRL_E_NOMEM);
    for (uint32_t rule = 0; rule < x->n_rules; rule++)
        x->entry[rule] = MRL_INDEX_NO_ENTRY;
    for (uint32_t i = 0; i < n; i++) {
        x->refs[i] = seen->refs[kept[i]];
        MRL_TRY(list_any(a, seen, kept[i], rules, &x->refs[i]));
        for (uint32_t rule = 0; rule < x->n_rules; rule++) {
            uint32_t d = seen->demands[(size_t)rule * REFS_SEEN_MAX + kept[i]];
            x->demands[(size_t)rule * n + i] = d != UINT32_MAX ? d : 0;
        }
    }
    MRL_ASSERT(x->n_refs > 0 && x->n_refs <= MRL_INDEX_REFS_MAX);
    *ret = x;
    return MRL_OK;
}

mrl_status mrl_index_build(struct mrl_compiler *c, struct mrl_lrule *const *rules, uint32_t n,
                           struct mrl_index **ret) {
    struct mrl_index seen = {.n_rules = n};
    *ret = NULL;
    if (n < (c->opts->index_min != 0 ? c->opts->index_min : RULES_MIN))
        return MRL_OK;
    mrl_arena scratch; /* demands of all refs seen are many, and most are dropped */
    mrl_arena_init(&scratch, MRL_ARENA_UNLIMITED);
    seen.refs = MRL_ARENA_ARRAY(&scratch, struct mrl_index_ref, REFS_SEEN_MAX);
    seen.demands = MRL_ARENA_ARRAY(&scratch, uint32_t, (size_t)n *REFS_SEEN_MAX);
    mrl_status status = seen.refs != NULL && seen.demands != NULL ? MRL_OK : MRL_E_NOMEM;
    for (uint32_t i = 0; i < n && status == MRL_OK; i++) {
        struct finder f = {
            .arena = c->arena, .scratch = &scratch, .x = &seen, .rule = rules[i], .number = i};
        if (!rules[i]->rule->is_default && rules[i]->else_rule == NULL)
            status = read_rule(&f);
    }
    if (status == MRL_OK)
        status = finish(c->arena, &seen, rules, ret);
    mrl_arena_release(&scratch);
    return status;
}
