/* types.c - making, joining and comparing types; see types.h.
 *
 * All types but the five constants and print's are made by finish(), which computes weight, depth
 * and what is unknown: nothing else may build one. Unions are flat and sorted, never hold a union,
 * `any` or two equal alternatives, so comparing and merging them is one pass.
 */
#include "engines/policy/compile/types.h"

mrl_type mrl_type_any = {.kind = MRL_TYPE_ANY, .weight = 1};
mrl_type mrl_type_null = {.kind = MRL_TYPE_NULL, .weight = 1};
mrl_type mrl_type_bool = {.kind = MRL_TYPE_BOOL, .weight = 1};
mrl_type mrl_type_num = {.kind = MRL_TYPE_NUM, .weight = 1};
mrl_type mrl_type_str = {.kind = MRL_TYPE_STR, .weight = 1};

/* Takes n steps from the budget; false when it is used up. */
static bool spend(struct mrl_tcx *a, uint32_t n) {
    bool enough = a->steps_left >= n;
    a->steps_left = enough ? a->steps_left - n : 0;
    return enough;
}

/* --- making ----------------------------------------------------------------------------------- */

/* Counts a part into the whole it belongs to. */
static void count_part(struct mrl_type *whole, mrl_type *part) {
    if (part == NULL)
        return;
    whole->weight += part->weight;
    if (part->depth >= whole->depth)
        whole->depth = (uint16_t)(part->depth + 1);
}

/* Sums up weight, depth and what is unknown; `any` when the type would be too large. A union or a
 * dynamic part that is unknown does not make the whole unknown in a union: its alternatives are
 * all known. */
static mrl_type *finish(struct mrl_tcx *a, struct mrl_type t) {
    t.weight = 1;
    for (uint32_t i = 0; i < t.n && t.weight <= MRL_TYPE_WEIGHT_MAX; i++) {
        count_part(&t, t.of[i]);
        t.partial |= t.kind != MRL_TYPE_ANY && mrl_type_unknown(t.of[i]);
    }
    count_part(&t, t.key);
    count_part(&t, t.rest);
    t.partial |= t.key != NULL && t.key->partial;
    t.partial |= t.rest != NULL && t.rest->partial;
    if (t.weight > MRL_TYPE_WEIGHT_MAX || t.depth > MRL_TYPE_DEPTH_MAX)
        return &mrl_type_any;
    struct mrl_type *kept = MRL_ARENA_NEW(a->arena, struct mrl_type);
    if (kept == NULL)
        return &mrl_type_any;
    *kept = t;
    return kept;
}

mrl_type *mrl_type_arr(struct mrl_tcx *a, mrl_type **of, uint32_t n, mrl_type *rest) {
    return finish(a, (struct mrl_type){.kind = MRL_TYPE_ARR, .of = of, .n = n, .rest = rest});
}

mrl_type *mrl_type_set(struct mrl_tcx *a, mrl_type *of) {
    return finish(a, (struct mrl_type){.kind = MRL_TYPE_SET, .rest = of, .partial = of == NULL});
}

mrl_type *mrl_type_fn(struct mrl_tcx *a, mrl_type **args, uint32_t n, mrl_type *result) {
    return finish(a, (struct mrl_type){.kind = MRL_TYPE_FN, .of = args, .n = n, .rest = result});
}

mrl_type *mrl_type_obj(struct mrl_tcx *a, mrl_val *keys, mrl_type **of, uint32_t n, mrl_type *key,
                       mrl_type *rest) {
    if (n > MRL_TYPE_WEIGHT_MAX)
        return &mrl_type_any;
    for (uint32_t i = 1; i < n;
         i++) { /* insertion sort: members mostly come sorted, n is bounded */
        mrl_val k = keys[i];
        mrl_type *t = of[i];
        uint32_t j = i;
        for (; j > 0 && mrl_val_cmp(a->arena, keys[j - 1], k) > 0; j--) {
            keys[j] = keys[j - 1];
            of[j] = of[j - 1];
        }
        keys[j] = k;
        of[j] = t;
    }
    return finish(a, (struct mrl_type){.kind = MRL_TYPE_OBJ,
                                       .keys = keys,
                                       .of = of,
                                       .n = n,
                                       .key = key,
                                       .rest = rest,
                                       .partial = rest == NULL && key != NULL});
}

/* An array of known items; an empty one is open, as code that fills it cannot be seen here. */
static mrl_type *of_list(struct mrl_tcx *a, mrl_val v) {
    mrl_type **of = MRL_ARENA_ARRAY(a->arena, mrl_type *, v.len + 1);
    if (of == NULL)
        return &mrl_type_any;
    for (uint32_t i = 0; i < v.len; i++)
        of[i] = mrl_type_of_value(a, v.u.arr->items[i]);
    return mrl_type_arr(a, of, v.len, v.len == 0 ? &mrl_type_any : NULL);
}

/* An object of known members; an empty one is open. */
static mrl_type *of_object(struct mrl_tcx *a, mrl_val v) {
    mrl_type **of = MRL_ARENA_ARRAY(a->arena, mrl_type *, v.len + 1);
    mrl_val *keys = MRL_ARENA_ARRAY(a->arena, mrl_val, v.len + 1);
    if (of == NULL || keys == NULL)
        return &mrl_type_any;
    mrl_type *open = v.len == 0 ? &mrl_type_any : NULL;
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_val_order(a->arena, v, &status); /* sorted already: no sort later */
    for (uint32_t i = 0; i < v.len; i++) {
        const struct mrl_member *m = &v.u.obj->m[order != NULL ? order[i] : i];
        keys[i] = m->key;
        of[i] = mrl_type_of_value(a, m->val);
    }
    return mrl_type_obj(a, keys, of, v.len, open, open);
}

mrl_type *mrl_type_of_value(struct mrl_tcx *a, mrl_val v) {
    switch (v.tag) {
    case MRL_T_NULL:
        return &mrl_type_null;
    case MRL_T_BOOL:
        return &mrl_type_bool;
    case MRL_T_INT:
    case MRL_T_NUM:
        return &mrl_type_num;
    case MRL_T_STR:
        return &mrl_type_str;
    case MRL_T_ARR:
        return v.len > MRL_TYPE_WEIGHT_MAX ? &mrl_type_any : of_list(a, v);
    case MRL_T_OBJ:
        return v.len > MRL_TYPE_WEIGHT_MAX ? &mrl_type_any : of_object(a, v);
    case MRL_T_SET: {
        mrl_type *of = NULL;
        for (uint32_t i = 0; i < v.len; i++)
            of = mrl_type_or(a, of, mrl_type_of_value(a, v.u.arr->items[i]));
        return mrl_type_set(a, of != NULL ? of : &mrl_type_any);
    }
    default:
        return &mrl_type_any;
    }
}

/* --- order ------------------------------------------------------------------------------------ */

/* Parts in order, keys first; of two lists that agree the shorter comes first. */
static int cmp_lists(mrl_type *x, mrl_type *y) {
    uint32_t n = x->n < y->n ? x->n : y->n;
    for (uint32_t i = 0; i < n; i++) {
        int c = x->keys != NULL && y->keys != NULL ? mrl_val_cmp(NULL, x->keys[i], y->keys[i]) : 0;
        c = c != 0 ? c : mrl_type_cmp(x->of[i], y->of[i]);
        if (c != 0)
            return c;
    }
    return (x->n > y->n) - (x->n < y->n);
}

int mrl_type_cmp(mrl_type *x, mrl_type *y) {
    if (x == y)
        return 0;
    if (x == NULL || y == NULL)
        return x == NULL ? -1 : 1;
    if (x->kind != y->kind)
        return x->kind > y->kind ? 1 : -1;
    int c = 0;
    if (x->kind == MRL_TYPE_FN && x->n != y->n)
        return x->n > y->n ? 1 : -1;
    if (x->kind != MRL_TYPE_FN) {
        c = mrl_type_cmp(x->key, y->key);
        c = c != 0 ? c : mrl_type_cmp(x->rest, y->rest);
    }
    c = c != 0 ? c : cmp_lists(x, y);
    return c != 0 || x->kind != MRL_TYPE_FN ? c : mrl_type_cmp(x->rest, y->rest);
}

/* --- unions ----------------------------------------------------------------------------------- */

/* Two rules of one function: argument by argument. NULL when they cannot be one function. */
static mrl_type *fn_union(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    if (x->kind != y->kind || x->n != y->n)
        return NULL;
    mrl_type **of = MRL_ARENA_ARRAY(a->arena, mrl_type *, x->n + 1);
    if (of == NULL)
        return &mrl_type_any;
    for (uint32_t i = 0; i < x->n; i++)
        of[i] = mrl_type_or(a, x->of[i], y->of[i]);
    return mrl_type_fn(a, of, x->n, mrl_type_or(a, x->rest, y->rest));
}

/* True when the union `whole` has `part` as an alternative, or is the same type. */
static bool contains(mrl_type *whole, mrl_type *part) {
    if (whole == NULL || whole->kind != MRL_TYPE_ANY)
        return mrl_type_cmp(whole, part) == 0;
    for (uint32_t i = 0; i < whole->n; i++)
        if (mrl_type_cmp(whole->of[i], part) == 0)
            return true;
    return whole->n == 0;
}

/* The alternatives of a type: those of a union, else the type alone. */
static mrl_type **alternatives(mrl_type *const *t, uint32_t *n) {
    if ((*t)->kind == MRL_TYPE_ANY) {
        *n = (*t)->n;
        return (*t)->of;
    }
    *n = 1;
    return (mrl_type **)t;
}

mrl_type *mrl_type_or(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    if (x == NULL || y == NULL)
        return x == NULL ? y : x;
    if (x->kind == MRL_TYPE_FN || y->kind == MRL_TYPE_FN)
        return fn_union(a, x, y);
    if (mrl_type_is_any(x) || mrl_type_is_any(y) || !spend(a, x->weight + y->weight))
        return &mrl_type_any;
    if (contains(x, y)) /* so that long unions of few kinds cost no memory */
        return x;
    if (contains(y, x))
        return y;
    uint32_t nx, ny, i = 0, k = 0;
    mrl_type **xs = alternatives(&x, &nx), **ys = alternatives(&y, &ny);
    struct mrl_type t = {.kind = MRL_TYPE_ANY};
    if ((t.of = MRL_ARENA_ARRAY(a->arena, mrl_type *, (size_t)nx + ny)) == NULL)
        return &mrl_type_any;
    while (i < nx || k < ny) { /* both are sorted: merge, keep one of equals */
        int c = i == nx ? 1 : k == ny ? -1 : mrl_type_cmp(xs[i], ys[k]);
        t.of[t.n++] = c <= 0 ? xs[i] : ys[k];
        i += c <= 0;
        k += c >= 0;
    }
    MRL_ASSERT(t.n <= nx + ny);
    return finish(a, t);
}

/* Two open objects (of partial rules) become one with the keys and values of both. */
static mrl_type *merge_objects(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    MRL_ASSERT(x->n == 0 && y->n == 0);
    return mrl_type_obj(a, NULL, NULL, 0, mrl_type_or(a, x->key, y->key),
                        mrl_type_merge(a, x->rest, y->rest));
}

mrl_type *mrl_type_merge(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    if (x == NULL || y == NULL)
        return x == NULL ? y : x;
    if (x->kind == MRL_TYPE_SET && y->kind == MRL_TYPE_SET)
        return mrl_type_set(a, mrl_type_or(a, x->rest, y->rest));
    if (x->kind == MRL_TYPE_OBJ && y->kind == MRL_TYPE_OBJ && x->n == 0 && y->n == 0)
        return merge_objects(a, x, y);
    return mrl_type_or(a, x, y);
}

/* --- parts ------------------------------------------------------------------------------------ */

mrl_type *mrl_type_keys(struct mrl_tcx *a, mrl_type *t) {
    mrl_type *r = NULL;
    if (t == NULL)
        return NULL;
    switch (t->kind) {
    case MRL_TYPE_ARR:
        return &mrl_type_num;
    case MRL_TYPE_OBJ:
        for (uint32_t i = 0; i < t->n; i++)
            r = mrl_type_or(a, r, mrl_type_of_value(a, t->keys[i]));
        return mrl_type_or(a, r, t->key);
    case MRL_TYPE_SET:
        return t->rest;
    case MRL_TYPE_ANY:
        if (t->n == 0)
            return t;
        for (uint32_t i = 0; i < t->n; i++)
            r = mrl_type_or(a, mrl_type_keys(a, t->of[i]), r);
        return r;
    default:
        return NULL;
    }
}

mrl_type *mrl_type_values(struct mrl_tcx *a, mrl_type *t) {
    mrl_type *r = NULL;
    if (t == NULL)
        return NULL;
    switch (t->kind) {
    case MRL_TYPE_ARR:
    case MRL_TYPE_OBJ:
        for (uint32_t i = 0; i < t->n; i++)
            r = mrl_type_or(a, r, t->of[i]);
        return mrl_type_or(a, r, t->rest);
    case MRL_TYPE_SET:
        return t->rest;
    case MRL_TYPE_ANY:
        if (t->n == 0)
            return t;
        for (uint32_t i = 0; i < t->n; i++)
            r = mrl_type_or(a, mrl_type_values(a, t->of[i]), r);
        return r;
    default:
        return NULL;
    }
}

/* The type under a key: of the member of that name, else of all others when the key fits them. */
static mrl_type *select_member(struct mrl_tcx *a, mrl_type *t, mrl_val key) {
    MRL_ASSERT(t->kind == MRL_TYPE_OBJ);
    if (!spend(a, t->n))
        return &mrl_type_any;
    for (uint32_t i = 0; i < t->n; i++)
        if (mrl_val_eq(t->keys[i], key))
            return t->of[i];
    return t->key != NULL && contains(t->key, mrl_type_of_value(a, key)) ? t->rest : NULL;
}

mrl_type *mrl_type_select(struct mrl_tcx *a, mrl_type *t, mrl_val key) {
    mrl_type *r = NULL;
    if (t == NULL)
        return NULL;
    switch (t->kind) {
    case MRL_TYPE_ARR:
        if (key.tag != MRL_T_INT || key.u.i < 0)
            return NULL;
        return key.u.i < t->n ? t->of[key.u.i] : t->rest;
    case MRL_TYPE_OBJ:
        return select_member(a, t, key);
    case MRL_TYPE_SET:
        r = mrl_type_of_value(a, key);
        return contains(t->rest, r) ? r : NULL;
    case MRL_TYPE_ANY:
        if (t->n == 0)
            return t;
        for (uint32_t i = 0; i < t->n; i++)
            r = mrl_type_or(a, mrl_type_select(a, t->of[i], key), r);
        return r;
    default:
        return NULL;
    }
}

/* --- can they be equal? ----------------------------------------------------------------------- */

/* A union fits when one alternative does; a function is no value and fits none. */
static bool unifies_any(struct mrl_tcx *a, mrl_type *any, mrl_type *y) {
    MRL_ASSERT(any->kind == MRL_TYPE_ANY);
    if (y->kind == MRL_TYPE_FN)
        return false;
    for (uint32_t i = 0; i < any->n; i++)
        if (mrl_type_unifies(a, any->of[i], y))
            return true;
    return any->n == 0;
}

static mrl_type *item(mrl_type *t, uint32_t i) {
    return i < t->n ? t->of[i] : t->rest;
}

/* Item by item; where one is shorter, its rest stands in (NULL: it has none, and nothing fits). */
static bool unifies_arrays(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    for (uint32_t i = 0; i < x->n || i < y->n; i++)
        if (!mrl_type_unifies(a, item(x, i), item(y, i)))
            return false;
    return x->rest == NULL || y->rest == NULL || mrl_type_unifies(a, x->rest, y->rest);
}

/* The known members of x against y; a member that y does not know is no matter when one is open. */
static bool members_fit(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    for (uint32_t i = 0; i < x->n; i++) {
        mrl_type *other = select_member(a, y, x->keys[i]);
        if (other == NULL && (x->rest != NULL || y->rest != NULL))
            continue;
        if (!mrl_type_unifies(a, x->of[i], other))
            return false;
    }
    return true;
}

static bool unifies_functions(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    for (uint32_t i = 0; x->n == y->n && i < x->n; i++)
        if (!mrl_type_unifies(a, x->of[i], y->of[i]))
            return false;
    return x->n == y->n;
}

bool mrl_type_unifies(struct mrl_tcx *a, mrl_type *x, mrl_type *y) {
    if (x == NULL || y == NULL)
        return false;
    if (!spend(a, 1))
        return true;
    bool x_any = x->kind == MRL_TYPE_ANY, y_any = y->kind == MRL_TYPE_ANY;
    if ((x_any && unifies_any(a, x, y)) || (y_any && unifies_any(a, y, x)))
        return true;
    if (x_any || y_any || x->kind != y->kind)
        return false;
    switch (x->kind) {
    case MRL_TYPE_ARR:
        return unifies_arrays(a, x, y);
    case MRL_TYPE_OBJ:
        return members_fit(a, x, y) && members_fit(a, y, x) &&
               (x->rest == NULL || y->rest == NULL || mrl_type_unifies(a, x->rest, y->rest));
    case MRL_TYPE_SET:
        return mrl_type_unifies(a, x->rest, y->rest);
    case MRL_TYPE_FN:
        return unifies_functions(a, x, y);
    default:
        return true;
    }
}
