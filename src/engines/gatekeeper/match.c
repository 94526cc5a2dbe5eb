/* match.c - the criteria of spec.match; see match.h.
 *
 * The cheap criteria that rule out most objects come first: the kind, then names. Labels of a
 * namespace come last but for the name, since they alone may be unknown: an object that the others
 * rule out needs no answer.
 */
#include "engines/gatekeeper/match.h"

/* --- reading
 * -------------------------------------------------------------------------------------- */

/* match.kinds; the schema has checked the shape, and what is no list is empty. */
static mrl_status read_kinds(mrl_arena *a, mrl_val list, struct mrl_gk_match *ret) {
    uint32_t n = mrl_is_arr(list) ? list.len : 0;
    struct mrl_gk_kinds *kinds = MRL_ARENA_ARRAY(a, struct mrl_gk_kinds, n + 1);
    MRL_CHECK(kinds != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++) {
        mrl_val entry = list.u.arr->items[i];
        MRL_TRY(mrl_gk_names_of(a, MRL_GET(entry, "apiGroups"), &kinds[i].groups));
        MRL_TRY(mrl_gk_names_of(a, MRL_GET(entry, "kinds"), &kinds[i].kinds));
    }
    ret->kinds = kinds;
    ret->n_kinds = n;
    return MRL_OK;
}

mrl_status mrl_gk_match_read(mrl_arena *a, mrl_val match, struct mrl_err *err,
                             struct mrl_gk_match *ret) {
    struct mrl_gk_match m = {.scope = mrl_val_str(MRL_GET(match, "scope")),
                             .name = mrl_val_str(MRL_GET(match, "name")),
                             .source = mrl_val_str(MRL_GET(match, "source"))};
    MRL_TRY(read_kinds(a, MRL_GET(match, "kinds"), &m));
    MRL_TRY(mrl_gk_names_of(a, MRL_GET(match, "namespaces"), &m.namespaces));
    MRL_TRY(mrl_gk_names_of(a, MRL_GET(match, "excludedNamespaces"), &m.excluded));
    MRL_TRY(mrl_gk_selector_read(a, MRL_GET(match, "labelSelector"), "spec.match.labelSelector",
                                 err, &m.labels));
    MRL_TRY(mrl_gk_selector_read(a, MRL_GET(match, "namespaceSelector"),
                                 "spec.match.namespaceSelector", err, &m.namespace_labels));
    *ret = m;
    return MRL_OK;
}

struct mrl_gk_subject mrl_gk_subject_of(mrl_val object, mrl_val namespace) {
    mrl_val meta = MRL_GET(object, "metadata");
    mrl_str version, api = mrl_val_str(MRL_GET(object, "apiVersion"));
    mrl_str group = mrl_str_cut(api, '/', &version);
    return (struct mrl_gk_subject){
        /* The core group has no name: "v1" is a version only. */
        .group = version.ptr != NULL ? group : MRL_S(""),
        .kind = mrl_val_str(MRL_GET(object, "kind")),
        .ns = mrl_val_str(MRL_GET(meta, "namespace")),
        .name = mrl_val_str(MRL_GET(meta, "name")),
        .generate_name = mrl_val_str(MRL_GET(meta, "generateName")),
        .labels = MRL_GET(meta, "labels"),
        .namespace = namespace,
    };
}

/* --- criteria
 * ------------------------------------------------------------------------------------- */

bool mrl_gk_glob(mrl_str pattern, mrl_str name) {
    bool front = mrl_str_starts(pattern, MRL_S("*"));
    bool back = mrl_str_ends(pattern, MRL_S("*"));
    mrl_str rest = mrl_str_sub(pattern, front, pattern.len - (back && pattern.len > 1));
    if (front && back)
        return mrl_str_find(name, rest, 0) != MRL_STR_NPOS;
    return front  ? mrl_str_ends(name, rest)
           : back ? mrl_str_starts(name, rest)
                  : mrl_str_eq(pattern, name);
}

/* Lists of kinds and groups know `*` as "any", and no other pattern. */
static bool has(const struct mrl_gk_names *list, mrl_str name) {
    for (uint32_t i = 0; i < list->n; i++)
        if (mrl_str_eq(list->items[i], name) || mrl_str_eq(list->items[i], MRL_S("*")))
            return true;
    return false;
}

/* Some entry names both the group and the kind; no entries: all kinds. */
static bool kind_fits(const struct mrl_gk_match *m, const struct mrl_gk_subject *s) {
    for (uint32_t i = 0; i < m->n_kinds; i++) {
        const struct mrl_gk_kinds *k = &m->kinds[i];
        if ((k->kinds.n == 0 || has(&k->kinds, s->kind)) &&
            (k->groups.n == 0 || has(&k->groups, s->group)))
            return true;
    }
    return m->n_kinds == 0;
}

/* A Namespace is the one cluster-scoped kind that counts as living in a namespace: its own. */
static bool is_namespace(const struct mrl_gk_subject *s) {
    return s->group.len == 0 && mrl_str_eq(s->kind, MRL_S("Namespace"));
}

/* Cluster, Namespaced or anything. */
static bool scope_fits(const struct mrl_gk_match *m, const struct mrl_gk_subject *s) {
    bool inside = !is_namespace(s) && (s->ns.len > 0 || mrl_is_defined(s->namespace));
    if (mrl_str_eq(m->scope, MRL_S("Cluster")))
        return !inside;
    return !mrl_str_eq(m->scope, MRL_S("Namespaced")) || inside;
}

/* The namespace that decides: a Namespace counts as living in itself. Empty: cluster-scoped. */
static mrl_str deciding_namespace(const struct mrl_gk_subject *s) {
    if (is_namespace(s))
        return s->name;
    mrl_str known = mrl_val_str(MRL_GET(MRL_GET(s->namespace, "metadata"), "name"));
    return known.len > 0 ? known : s->ns;
}

/* True when a pattern of the list matches. */
static bool any_glob(const struct mrl_gk_names *list, mrl_str name) {
    for (uint32_t i = 0; i < list->n; i++)
        if (mrl_gk_glob(list->items[i], name))
            return true;
    return false;
}

/* What lives outside of namespaces is neither left out by `namespaces` nor by the excluded ones. */
static bool namespaces_fit(const struct mrl_gk_match *m, const struct mrl_gk_subject *s) {
    mrl_str ns = deciding_namespace(s);
    if (ns.len == 0)
        return true;
    return (m->namespaces.n == 0 || any_glob(&m->namespaces, ns)) && !any_glob(&m->excluded, ns);
}

/* The labels of the namespace; MRL_E_UNDEFINED when they are asked for and nobody gave them. */
static mrl_status namespace_labels_fit(const struct mrl_gk_match *m, const struct mrl_gk_subject *s,
                                       struct mrl_err *err, bool *ret) {
    bool known = mrl_is_defined(s->namespace);
    *ret = true;
    if (!m->namespace_labels.given || (!is_namespace(s) && !known && s->ns.len == 0))
        return MRL_OK;
    if (!is_namespace(s) && !known)
        return mrl_err_set(err, MRL_E_UNDEFINED, "gatekeeper.namespace",
                           "namespaceSelector asks for the labels of the Namespace %.*s, which "
                           "was not given",
                           MRL_F(s->ns));
    mrl_val labels =
        is_namespace(s) ? s->labels : MRL_GET(MRL_GET(s->namespace, "metadata"), "labels");
    *ret = mrl_gk_selects(&m->namespace_labels, labels);
    return MRL_OK;
}

/* A name that the API server will make up is matched by its given front. */
static bool name_fits(const struct mrl_gk_match *m, const struct mrl_gk_subject *s) {
    if (m->name.len == 0 || mrl_gk_glob(m->name, s->name))
        return true;
    return mrl_str_ends(m->name, MRL_S("*")) && mrl_gk_glob(m->name, s->generate_name);
}

/* Source tells what users wrote from what an expansion made of it. */
static bool source_fits(const struct mrl_gk_match *m, const struct mrl_gk_subject *s) {
    if (mrl_str_eq(m->source, MRL_S("Original")))
        return !s->generated;
    return !mrl_str_eq(m->source, MRL_S("Generated")) || s->generated;
}

mrl_status mrl_gk_matches(const struct mrl_gk_match *m, const struct mrl_gk_subject *s,
                          struct mrl_err *err, bool *ret) {
    MRL_ASSERT(m->n_kinds == 0 || m->kinds != NULL);
    bool fits = kind_fits(m, s) && scope_fits(m, s) && namespaces_fit(m, s) &&
                mrl_gk_selects(&m->labels, s->labels);
    if (fits)
        MRL_TRY(namespace_labels_fit(m, s, err, &fits));
    *ret = fits && name_fits(m, s) && source_fits(m, s);
    return MRL_OK;
}
