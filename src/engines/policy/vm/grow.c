/* grow.c - the document that partial rules fill: a tree that is still growing.
 *
 * Rules such as p[x].y contains z give one document together, a piece at a time and in no order,
 * and two pieces may contradict each other. Building values and merging them would copy the
 * document for each piece; a tree that grows costs the length of the path. Only its end makes
 * values.
 */
#include "engines/policy/vm/vm.h"

/* What a place has become; it never changes back. EMPTY is only the root, or a child that was
 * just made. */
enum kind { EMPTY, LEAF, MEMBERS, ITEMS };

struct mrl_grow {
    enum kind kind;
    mrl_val leaf;
    struct mrl_builder items; /* ITEMS */
    struct mrl_builder index; /* MEMBERS: key to number in `children` */
    /* MEMBERS: keys[i] leads to children[i], both n of cap. */
    mrl_val *keys;
    struct mrl_grow **children;
    uint32_t n, cap;
};

mrl_status mrl_grow_new(mrl_arena *a, struct mrl_grow **ret) {
    struct mrl_grow *g = MRL_ARENA_NEW(a, struct mrl_grow);
    MRL_CHECK(g != NULL, MRL_E_NOMEM);
    *ret = g;
    return MRL_OK;
}

/* The child under a key, made when it is new. */
static mrl_status child_at(mrl_arena *a, struct mrl_grow *g, mrl_val key, struct mrl_grow **ret) {
    MRL_DASSERT(g->kind == MEMBERS && g->n <= g->cap);
    mrl_val known = mrl_build_get(&g->index, key);
    if (mrl_is_defined(known)) {
        *ret = g->children[known.u.i];
        return MRL_OK;
    }
    if (g->n == g->cap) {
        uint32_t cap = g->cap > 0 ? g->cap * 2 : 4;
        mrl_val *keys = mrl_arena_regrow(a, g->keys, g->cap, cap, sizeof *keys);
        struct mrl_grow **kids = mrl_arena_regrow(a, g->children, g->cap, cap, sizeof(void *));
        MRL_CHECK(keys != NULL && kids != NULL, MRL_E_NOMEM);
        g->keys = keys;
        g->children = kids;
        g->cap = cap;
    }
    MRL_TRY(mrl_grow_new(a, ret));
    mrl_build_member(&g->index, key, mrl_int(g->n));
    g->keys[g->n] = key;
    g->children[g->n++] = *ret;
    return MRL_OK;
}

/* A place with a value or items of its own cannot have members: two rules contradict each other. */
static mrl_status become_members(mrl_arena *a, struct mrl_grow *g) {
    if (g->kind == EMPTY) {
        g->kind = MEMBERS;
        mrl_builder_init(&g->index, a, MRL_T_OBJ, 0);
    }
    return g->kind == MEMBERS ? MRL_OK : MRL_E_CONFLICT;
}

static mrl_status put_leaf(mrl_arena *a, struct mrl_grow *g, mrl_val v) {
    if (g->kind == EMPTY) {
        g->kind = LEAF;
        g->leaf = v;
        return MRL_OK;
    }
    /* A whole object joins what other rules put there, member by member: p.a := {"b": 1} beside
     * p.a.c := 2. */
    if (g->kind == MEMBERS && mrl_is_obj(v)) {
        for (uint32_t i = 0; i < v.len; i++)
            MRL_TRY(mrl_grow_put(a, g, &v.u.obj->m[i].key, 1, v.u.obj->m[i].val, false));
        return MRL_OK;
    }
    if (g->kind == ITEMS && mrl_is_set(v)) {
        for (uint32_t i = 0; i < v.len; i++)
            mrl_build_item(&g->items, v.u.arr->items[i]);
        return g->items.status;
    }
    return g->kind == LEAF && mrl_val_eq(g->leaf, v) ? MRL_OK : MRL_E_CONFLICT;
}

mrl_status mrl_grow_put(mrl_arena *a, struct mrl_grow *g, const mrl_val *path, uint32_t n,
                        mrl_val v, bool item) {
    MRL_DASSERT(g != NULL && (n == 0 || path != NULL));
    for (uint32_t i = 0; i < n; i++) {
        MRL_TRY(become_members(a, g));
        MRL_TRY(child_at(a, g, path[i], &g));
    }
    if (!item)
        return put_leaf(a, g, v);
    if (g->kind == EMPTY) {
        g->kind = ITEMS;
        mrl_builder_init(&g->items, a, MRL_T_SET, 0);
    }
    MRL_CHECK(g->kind == ITEMS, MRL_E_CONFLICT);
    mrl_build_item(&g->items, v);
    return g->items.status;
}

mrl_status mrl_grow_end(mrl_arena *a, struct mrl_grow *g, mrl_val *ret) {
    if (g->kind == LEAF) {
        *ret = g->leaf;
        return MRL_OK;
    }
    if (g->kind == ITEMS)
        return mrl_build_end(&g->items, ret);
    struct mrl_builder b;
    MRL_DASSERT(g->kind == MEMBERS || g->n == 0);
    mrl_builder_init(&b, a, MRL_T_OBJ, g->n);
    for (uint32_t i = 0; i < g->n; i++) {
        mrl_val v = mrl_undefined();
        MRL_TRY(mrl_grow_end(a, g->children[i], &v));
        mrl_build_member(&b, g->keys[i], v);
    }
    return mrl_build_end(&b, ret);
}
