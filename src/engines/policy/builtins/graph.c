/* graph.c - graph.reachable, graph.reachable_paths, walk.
 *
 * A graph is an object from node to neighbours. reachable is a breadth-first walk with a queue
 * that keeps each node once. Paths can be exponentially many, so reachable_paths pays for each
 * and has a ceiling for their length. walk lists a document as [path, value] rows; the compiler
 * loops over them.
 */
#include "engines/policy/builtins/builtins.h"

#define PATH_MAX_NODES 1000 /* nodes of one path; also bounds the recursion */

static bool is_list(mrl_val v) {
    return mrl_is_arr(v) || mrl_is_set(v);
}

/* graph.reachable: the nodes that some start nodes lead to. */
mrl_status mrl_bi_graph_reachable(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val graph;
    struct mrl_builder seen, queue;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &graph));
    if (!is_list(args[1]))
        return mrl_bi_operand(cx, 2, "{array, set}", args[1]);
    mrl_builder_init(&seen, cx->arena, MRL_T_SET, 0);
    mrl_builder_init(&queue, cx->arena, MRL_T_SET, 0); /* a set keeps the order of arrival */
    for (uint32_t i = 0; i < args[1].len; i++)
        mrl_build_item(&queue, args[1].u.arr->items[i]);
    for (uint32_t i = 0; i < queue.n && queue.status == MRL_OK; i++) {
        mrl_val node = ((struct mrl_arr *)queue.items)->items[i], edges = mrl_obj_get(graph, node);
        if (!mrl_is_defined(edges))
            continue;
        mrl_build_item(&seen, node);
        MRL_TRY(mrl_bi_spend(cx, 1 + (is_list(edges) ? edges.len : 0)));
        for (uint32_t k = 0; is_list(edges) && k < edges.len; k++)
            mrl_build_item(&queue, edges.u.arr->items[k]);
    }
    MRL_TRY(queue.status);
    return mrl_build_end(&seen, ret);
}

/* --- paths
 * ------------------------------------------------------------------------------------------ */

struct paths {
    struct mrl_bi *cx;
    mrl_val graph;
    struct mrl_builder out;
    mrl_val way[PATH_MAX_NODES];
    uint32_t n;
};

/* Adds the way walked so far; a node without an entry in the graph is no part of it. */
static mrl_status commit(struct paths *p) {
    MRL_DASSERT(p->n <= PATH_MAX_NODES);
    mrl_val path = mrl_undefined();
    MRL_TRY(mrl_bi_spend(p->cx, p->n + 1));
    MRL_TRY(mrl_arr_of(p->cx->arena, p->way, p->n, &path));
    mrl_build_item(&p->out, path);
    return p->out.status;
}

/* True when the way has come through the node: going on would be a cycle. */
static bool on_way(const struct paths *p, mrl_val node) {
    for (uint32_t i = 0; i < p->n; i++)
        if (mrl_val_eq(p->way[i], node))
            return true;
    return false;
}

/* All paths that go on from the way so far through a node. A cycle ends a path before it closes. */
static mrl_status follow(struct paths *p, mrl_val node) {
    mrl_val edges = mrl_obj_get(p->graph, node);
    if (!mrl_is_defined(edges))
        return commit(p);
    if (p->n == PATH_MAX_NODES)
        return mrl_bi_fail(p->cx, "a path has more than %d nodes", PATH_MAX_NODES);
    p->way[p->n++] = node;
    mrl_status status = MRL_OK;
    if (!is_list(edges) || edges.len == 0)
        status = commit(p);
    for (uint32_t i = 0; is_list(edges) && i < edges.len && status == MRL_OK; i++) {
        mrl_val next = edges.u.arr->items[i];
        status = on_way(p, next) ? commit(p) : follow(p, next);
    }
    MRL_DASSERT(p->n > 0);
    p->n--;
    return status;
}

/* graph.reachable_paths: all paths from some start nodes. */
mrl_status mrl_bi_graph_reachable_paths(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct paths *p = MRL_ARENA_NEW(cx->arena, struct paths);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &p->graph));
    if (!is_list(args[1]))
        return mrl_bi_operand(cx, 2, "{array, set}", args[1]);
    p->cx = cx;
    mrl_builder_init(&p->out, cx->arena, MRL_T_SET, 0);
    for (uint32_t i = 0; i < args[1].len; i++)
        if (mrl_is_defined(mrl_obj_get(p->graph, args[1].u.arr->items[i])))
            MRL_TRY(follow(p, args[1].u.arr->items[i]));
    return mrl_build_end(&p->out, ret);
}

/* --- walk
 * ------------------------------------------------------------------------------------------- */

struct walk {
    struct mrl_bi *cx;
    struct mrl_builder out;
    mrl_val path[MRL_VAL_DEPTH_MAX];
};

/* A value and all below it, parents first, members in sorted order as in OPA. */
static mrl_status visit(struct walk *w, mrl_val v, uint32_t depth) {
    MRL_DASSERT(depth <= MRL_VAL_DEPTH_MAX);
    mrl_val pair[2] = {mrl_undefined(), v}, row = mrl_undefined();
    MRL_TRY(mrl_bi_spend(w->cx, 1));
    MRL_TRY(mrl_arr_of(w->cx->arena, w->path, depth, &pair[0]));
    MRL_TRY(mrl_arr_of(w->cx->arena, pair, 2, &row));
    mrl_build_item(&w->out, row);
    MRL_CHECK(w->out.status == MRL_OK, w->out.status);
    if (!mrl_is_obj(v) && !is_list(v))
        return MRL_OK;
    if (depth == MRL_VAL_DEPTH_MAX)
        return mrl_bi_fail(w->cx, "the document is nested too deeply");
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_is_arr(v) ? NULL : mrl_val_order(w->cx->arena, v, &status);
    for (uint32_t i = 0; i < v.len && status == MRL_OK; i++) {
        uint32_t at = order != NULL ? order[i] : i;
        mrl_val item = mrl_is_obj(v) ? v.u.obj->m[at].val : v.u.arr->items[at];
        w->path[depth] = mrl_is_obj(v) ? v.u.obj->m[at].key : mrl_is_arr(v) ? mrl_int(at) : item;
        status = visit(w, item, depth + 1);
    }
    return status;
}

/* walk: relates a document to each path in it and the value there. */
mrl_status mrl_bi_walk(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct walk *w = MRL_ARENA_NEW(cx->arena, struct walk);
    MRL_CHECK(w != NULL, MRL_E_NOMEM);
    w->cx = cx;
    mrl_builder_init(&w->out, cx->arena, MRL_T_ARR, 16);
    MRL_TRY(visit(w, args[0], 0));
    return mrl_build_end(&w->out, ret);
}
