/* cases.c - see cases.h.
 *
 * A test with keys is a partial object: a case that fails leaves nothing in it. So each attempt
 * says its keys first, and the runner reports as failed what was said and has no value.
 */
#include "engines/policy/compile/cases.h"

#include "engines/policy/policy.h"

/* Part i of a rule's name; ptr is NULL at its end, and for variables and numbers. */
static mrl_str name_part(const struct mrl_rule *r, uint32_t i) {
    const struct mrl_term *t = r->name;
    if (t->kind == MRL_TERM_VAR)
        return i == 0 ? t->u.var : (mrl_str){NULL, 0};
    if (t->kind != MRL_TERM_REF || i >= t->u.ref.n)
        return (mrl_str){NULL, 0};
    t = t->u.ref.items[i];
    if (t->kind == MRL_TERM_VAR && i == 0)
        return t->u.var;
    bool string = t->kind == MRL_TERM_SCALAR && mrl_is_str(t->u.scalar);
    return string ? mrl_val_str(t->u.scalar) : (mrl_str){NULL, 0};
}

bool mrl_test_name(const struct mrl_rule *r, uint32_t *ret) {
    for (uint32_t i = 0;; i++) {
        mrl_str part = name_part(r, i);
        if (part.ptr == NULL)
            return false;
        if (mrl_str_starts(part, MRL_S("test_")) || mrl_str_starts(part, MRL_S("todo_test_"))) {
            *ret = i;
            return true;
        }
    }
}

/* --- names
 * -------------------------------------------------------------------------------------- */

/* The path of a test below data, as an array value: a key for counting. */
static mrl_status test_path(mrl_arena *a, const struct mrl_module *m, const struct mrl_rule *r,
                            uint32_t last, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_ARR, 8);
    for (uint32_t i = 1; i < m->package->u.ref.n; i++)
        mrl_build_item(&b, m->package->u.ref.items[i]->u.scalar);
    for (uint32_t i = 0; i <= last; i++)
        mrl_build_item(&b, mrl_strval(name_part(r, i)));
    return mrl_build_end(&b, ret);
}

/* A copy of the rule's name with another text in part i: rules may share their name's term. */
static mrl_status set_part(mrl_arena *a, struct mrl_rule *r, uint32_t i, mrl_str text) {
    MRL_ASSERT(r->name->kind == MRL_TERM_VAR ? i == 0 : i < r->name->u.ref.n);
    struct mrl_term *name = MRL_ARENA_NEW(a, struct mrl_term), *part = name;
    MRL_CHECK(name != NULL && text.ptr != NULL, MRL_E_NOMEM);
    *name = *r->name;
    if (name->kind == MRL_TERM_REF) {
        uint32_t n = name->u.ref.n;
        struct mrl_term **items = MRL_ARENA_ARRAY(a, struct mrl_term *, n);
        part = MRL_ARENA_NEW(a, struct mrl_term);
        MRL_CHECK(items != NULL && part != NULL, MRL_E_NOMEM);
        memcpy(items, name->u.ref.items, n * sizeof(*items));
        *part = *items[i];
        items[i] = part;
        name->u.ref.items = items;
    }
    if (part->kind == MRL_TERM_VAR)
        part->u.var = text;
    else
        part->u.scalar = mrl_strval(text);
    r->name = name;
    return MRL_OK;
}

struct counting {
    /* Paths are values, so that the builder's hash table finds them; it maps to places of
     * `times`. */
    struct mrl_builder seen; /* path to number in `times` */
    uint32_t *times;
    uint32_t n, cap;
};

/* How often the path came before; counts it. */
static mrl_status count(struct mrl_compiler *c, struct counting *k, mrl_val path, uint32_t *ret) {
    mrl_val known = mrl_build_get(&k->seen, path);
    if (mrl_is_defined(known)) {
        *ret = ++k->times[known.u.i];
        return MRL_OK;
    }
    if (k->n == k->cap) {
        uint32_t cap = k->cap > 0 ? k->cap * 2 : 64;
        uint32_t *times = mrl_arena_regrow(c->arena, k->times, k->cap, cap, sizeof *times);
        MRL_CHECK(times != NULL, MRL_E_NOMEM);
        k->times = times;
        k->cap = cap;
    }
    k->times[k->n] = 0;
    mrl_build_member(&k->seen, path, mrl_int(k->n++));
    *ret = 0;
    return k->seen.status;
}

mrl_status mrl_cases_rename(struct mrl_compiler *c) {
    struct counting k = {.times = NULL};
    mrl_builder_init(&k.seen, c->arena, MRL_T_OBJ, 64);
    /* Over all modules: a package may be spread over files, and tests of one name make one rule. */
    for (uint32_t m = 0; m < c->n_modules; m++) {
        struct mrl_module *module = c->modules[m];
        for (uint32_t i = 0; i < module->n_rules; i++) {
            struct mrl_rule *r = module->rules[i];
            uint32_t part, before;
            mrl_val path = mrl_undefined();
            if (!mrl_test_name(r, &part) || mrl_str_starts(name_part(r, part), MRL_S("todo_")))
                continue;
            MRL_TRY(test_path(c->arena, module, r, part, &path));
            MRL_TRY(count(c, &k, path, &before));
            if (before > 0)
                MRL_TRY(set_part(
                    c->arena, r, part,
                    mrl_arena_printf(c->arena, "%.*s#%02u", MRL_F(name_part(r, part)), before)));
        }
    }
    return MRL_OK;
}

/* --- cases
 * -------------------------------------------------------------------------------------- */

/* True when the author wrote internal.test_case: then the rule tells its cases as it likes. */
static bool calls_itself(const struct mrl_lbody *b, const struct mrl_builtin *test_case) {
    for (uint32_t i = 0; i < b->n; i++)
        if (b->lits[i].a != NULL && b->lits[i].a->builtin == test_case)
            return true;
    return false;
}

/* The call internal.test_case([keys]): the parts of the name behind the test's own. */
static struct mrl_lterm *case_call(struct mrl_lowering *l, const struct mrl_lrule *r, uint32_t from,
                                   uint32_t skip) {
    struct mrl_lterm *call = mrl_l_term(l, MRL_L_CALL, r->rule->head_loc);
    struct mrl_lterm *keys = mrl_l_term(l, MRL_L_ARRAY, r->rule->head_loc);
    uint32_t n = (skip > from ? skip - from : 0) + r->n_path;
    if (call == NULL || keys == NULL)
        return NULL;
    call->items = MRL_ARENA_ARRAY(l->c->arena, struct mrl_lterm *, 1);
    keys->items = MRL_ARENA_ARRAY(l->c->arena, struct mrl_lterm *, n + 1);
    if (call->items == NULL || keys->items == NULL)
        return NULL;
    for (uint32_t i = from; i < skip; i++)
        keys->items[keys->n++] = mrl_l_const(l, mrl_strval(name_part(r->rule, i)), keys->loc);
    for (uint32_t i = 0; i < r->n_path; i++)
        keys->items[keys->n++] = r->path[i];
    call->builtin = mrl_builtin_find(MRL_S("internal.test_case"));
    MRL_ASSERT(keys->n == n && call->builtin != NULL);
    call->items[0] = keys;
    call->n = 1;
    return l->status == MRL_OK ? call : NULL;
}

bool mrl_cases_tell(struct mrl_lowering *l, struct mrl_lrule *r, uint32_t skip, uint32_t from,
                    uint32_t to) {
    MRL_ASSERT(from <= to && to <= r->body.n);
    const struct mrl_builtin *test_case = mrl_builtin_find(MRL_S("internal.test_case"));
    uint32_t part, n = 0;
    if (!l->c->opts->cases || r->n_path == 0 || !mrl_test_name(r->rule, &part) ||
        calls_itself(&r->body, test_case))
        return true;
    struct mrl_llit *lits = MRL_ARENA_ARRAY(l->c->arena, struct mrl_llit, r->body.n + 1);
    struct mrl_lterm *call = case_call(l, r, part + 1, skip);
    if (lits == NULL || call == NULL) {
        l->status = l->status != MRL_OK ? l->status : MRL_E_NOMEM;
        return false;
    }
    /* What computes the keys, then the call, then the rest: all but the rest is urgent, so that
     * ordering cannot let a failing literal run before the case is told. */
    for (uint32_t i = from; i < to; i++) {
        lits[n] = r->body.lits[i];
        lits[n++].urgent = 1;
    }
    lits[n++] = (struct mrl_llit){
        .kind = MRL_LIT_TRUE, .a = call, .loc = call->loc, .urgent = 1, .generated = 1};
    for (uint32_t i = 0; i < r->body.n; i++)
        if (i < from || i >= to)
            lits[n++] = r->body.lits[i];
    r->body.lits = lits;
    r->body.n = n;
    r->body.cap = n;
    return true;
}
