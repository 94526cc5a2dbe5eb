/* metadata.c - see metadata.h.
 *
 * Annotations are written once and read in two places: here, and by tools that list them. What
 * OPA normalizes when it parses them (authors as text, resources as plain addresses) is
 * normalized here, and members that are empty are left out as Go's omitempty does. A call never
 * runs: its value is a constant of the policy.
 */
#include "engines/policy/compile/metadata.h"

/* --- one annotation in OPA's form
 * ------------------------------------------------------------------- */

/* An author written "Name <mail>" as {"name", "email"}; other forms stay as they are. */
static mrl_status author(mrl_arena *a, mrl_val v, mrl_val *ret) {
    *ret = v;
    if (!mrl_is_str(v))
        return MRL_OK;
    mrl_str rest, name = mrl_str_cut(mrl_val_str(v), '<', &rest), mail = {NULL, 0};
    if (mrl_str_ends(rest, MRL_S(">")))
        mail = mrl_str_trim(mrl_str_sub(rest, 0, rest.len - 1));
    else
        name = mrl_val_str(v);
    struct mrl_member m[] = {{MRL_V("name"), mrl_strval(mrl_str_trim(name))},
                             {MRL_V("email"), mrl_strval(mail)}};
    bool named = mrl_val_str(m[0].val).len > 0;
    return mrl_obj_of(a, named ? m : m + 1, (uint32_t)(named + (mail.len > 0)), ret);
}

/* A resource written as a plain address as {"ref": address}. */
static mrl_status resource(mrl_arena *a, mrl_val v, mrl_val *ret) {
    *ret = v;
    struct mrl_member m = {MRL_V("ref"), v};
    return mrl_is_str(v) ? mrl_obj_of(a, &m, 1, ret) : MRL_OK;
}

/* A new array with item() of each item. */
static mrl_status map(mrl_arena *a, mrl_val list,
                      mrl_status (*item)(mrl_arena *a, mrl_val v, mrl_val *ret), mrl_val *ret) {
    MRL_ASSERT(mrl_is_arr(list));
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_ARR, list.len);
    for (uint32_t i = 0; i < list.len; i++) {
        mrl_val v = mrl_undefined();
        MRL_TRY(item(a, list.u.arr->items[i], &v));
        mrl_build_item(&b, v);
    }
    return mrl_build_end(&b, ret);
}

static bool is_empty(mrl_val v) {
    return v.tag == MRL_T_NULL || mrl_is_false(v) ||
           ((mrl_is_str(v) || mrl_is_arr(v) || mrl_is_obj(v)) && v.len == 0);
}

/* The members that OPA knows; empty ones are left out. */
static mrl_status annotation(mrl_arena *a, const struct mrl_annotation *it, mrl_val *ret) {
    static const char *const known[] = {
        "scope",         "title",   "entrypoint", "description", "authors", "related_resources",
        "organizations", "schemas", "custom",     "labels"};
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_OBJ, MRL_COUNTOF(known));
    for (size_t i = 0; i < MRL_COUNTOF(known); i++) {
        mrl_str name = mrl_str_z(known[i]);
        mrl_val v = mrl_obj_get_str(it->value, name);
        if (!mrl_is_defined(v) || is_empty(v))
            continue;
        if (mrl_is_arr(v) && mrl_str_eq(name, MRL_S("authors")))
            MRL_TRY(map(a, v, author, &v));
        if (mrl_is_arr(v) && mrl_str_eq(name, MRL_S("related_resources")))
            MRL_TRY(map(a, v, resource, &v));
        mrl_build_member(&b, mrl_strval(name), v);
    }
    return mrl_build_end(&b, ret);
}

mrl_status mrl_metadata_rule(struct mrl_compiler *c, const struct mrl_rule *rule, mrl_val *ret) {
    mrl_val v = mrl_empty_obj();
    for (uint32_t i = 0; i < rule->n_annotations; i++) {
        if (rule->annotations[i].scope == MRL_SCOPE_RULE) {
            MRL_TRY(annotation(c->arena, &rule->annotations[i], &v));
            break;
        }
    }
    *ret = v;
    return mrl_val_freeze(c->arena, v);
}

/* --- paths
 * --------------------------------------------------------------------------------------- */

/* Operand i of a rule's name as a string; undefined at the first that is no constant. */
static mrl_val name_part(const struct mrl_rule *r, uint32_t i) {
    const struct mrl_term *t = r->name;
    if (t->kind == MRL_TERM_VAR)
        return i == 0 ? mrl_strval(t->u.var) : mrl_undefined();
    if (i >= t->u.ref.n)
        return mrl_undefined();
    t = t->u.ref.items[i];
    return t->kind == MRL_TERM_VAR      ? (i == 0 ? mrl_strval(t->u.var) : mrl_undefined())
           : t->kind == MRL_TERM_SCALAR ? t->u.scalar
                                        : mrl_undefined();
}

/* The path below data of a package and, when given, of a rule in it. */
static mrl_status path_of(mrl_arena *a, const struct mrl_module *m, const struct mrl_rule *r,
                          mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_ARR, 8);
    for (uint32_t i = 1; i < m->package->u.ref.n; i++)
        mrl_build_item(&b, m->package->u.ref.items[i]->u.scalar);
    for (uint32_t i = 0; r != NULL; i++) {
        mrl_val part = name_part(r, i);
        if (!mrl_is_defined(part))
            break;
        mrl_build_item(&b, part);
    }
    return mrl_build_end(&b, ret);
}

/* True when the path `whole` begins with `part`. */
static bool is_prefix(mrl_val part, mrl_val whole) {
    MRL_ASSERT(mrl_is_arr(part) && mrl_is_arr(whole));
    for (uint32_t i = 0; i < part.len; i++)
        if (i >= whole.len || !mrl_val_eq(mrl_arr_at(part, i), mrl_arr_at(whole, i)))
            return false;
    return true;
}

/* --- the chain
 * ----------------------------------------------------------------------------------- */

struct chain {
    mrl_arena *a;
    /* The answer so far, from the rule outwards. */
    struct mrl_builder links;
    mrl_val rule_path, package_path;
};

/* Adds {"path", "annotations"}; without an annotation the path alone. */
static mrl_status link_to(struct chain *k, const struct mrl_annotation *it, mrl_val path) {
    mrl_val notes = mrl_undefined(), v = mrl_undefined();
    if (it != NULL)
        MRL_TRY(annotation(k->a, it, &notes));
    struct mrl_member m[] = {{MRL_V("path"), path}, {MRL_V("annotations"), notes}};
    MRL_TRY(mrl_obj_of(k->a, m, it != NULL ? 2 : 1, &v));
    mrl_build_item(&k->links, v);
    return k->links.status;
}

/* Links what stands at the rule itself: the annotation closest to it comes first. */
static mrl_status link_rule(struct chain *k, const struct mrl_rule *rule) {
    bool any = false;
    for (uint32_t i = rule->n_annotations; i > 0; i--) {
        if (rule->annotations[i - 1].scope != MRL_SCOPE_RULE)
            continue;
        MRL_TRY(link_to(k, &rule->annotations[i - 1], k->rule_path));
        any = true;
    }
    return any ? MRL_OK : link_to(k, NULL, k->rule_path);
}

/* Links each annotation of a scope whose path is the one wanted, in any module. */
static mrl_status link_scope(struct chain *k, struct mrl_compiler *c,
                             enum mrl_annotation_scope scope, mrl_val want) {
    MRL_ASSERT(scope != MRL_SCOPE_RULE);
    for (uint32_t i = 0; i < c->n_modules; i++) {
        const struct mrl_module *m = c->modules[i];
        for (uint32_t j = 0; j < m->n_annotations; j++) {
            const struct mrl_annotation *it = &m->annotations[j];
            mrl_val path = mrl_undefined();
            if (it->scope != scope)
                continue;
            MRL_TRY(path_of(k->a, m, it->rule, &path));
            if (path.len == want.len && is_prefix(path, want))
                MRL_TRY(link_to(k, it, path));
        }
    }
    return MRL_OK;
}

mrl_status mrl_metadata_chain(struct mrl_compiler *c, const struct mrl_module *m,
                              const struct mrl_rule *rule, mrl_val *ret) {
    struct chain k = {.a = c->arena};
    mrl_val v = mrl_undefined();
    mrl_builder_init(&k.links, k.a, MRL_T_ARR, 4);
    MRL_TRY(path_of(k.a, m, rule, &k.rule_path));
    MRL_TRY(path_of(k.a, m, NULL, &k.package_path));
    MRL_TRY(link_rule(&k, rule));
    MRL_TRY(link_scope(&k, c, MRL_SCOPE_DOCUMENT, k.rule_path));
    MRL_TRY(link_scope(&k, c, MRL_SCOPE_PACKAGE, k.package_path));
    for (uint32_t n = k.package_path.len + 1; n > 0; n--) { /* outwards, data itself included */
        mrl_val above = mrl_undefined();
        const mrl_val *parts = k.package_path.len > 0 ? k.package_path.u.arr->items : NULL;
        MRL_TRY(mrl_arr_of(k.a, parts, n - 1, &above));
        MRL_TRY(link_scope(&k, c, MRL_SCOPE_SUBPACKAGES, above));
    }
    MRL_TRY(mrl_build_end(&k.links, &v));
    *ret = v;
    return mrl_val_freeze(c->arena, v);
}
