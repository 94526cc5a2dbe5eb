/* suggest.c - see suggest.h.
 *
 * Only names that would work where the unknown one stands are offered: functions for calls,
 * variables and rules for values. Looking costs a comparison with each of them, so callers ask
 * mrl_compile_room first: an error that is not kept needs no hint.
 */
#include "engines/policy/compile/suggest.h"

#include "base/closest.h"
#include "engines/policy/compile/strict.h"

/* The whole sentence, or the empty slice when nothing was near enough. */
static mrl_str hint(struct mrl_compiler *c, const struct mrl_closest *found) {
    if (found->best.ptr == NULL)
        return (mrl_str){NULL, 0};
    return mrl_arena_printf(c->arena, "did you mean \"%.*s\"?", MRL_F(found->best));
}

/* Offers the rules right below a node. */
static void offer_rules(struct mrl_closest *found, const struct mrl_node *n, bool functions) {
    if (n == NULL)
        return;
    for (const struct mrl_node *child = n->children; child != NULL; child = child->sibling)
        if (child->n_rules > 0 && (child->kind == MRL_RULE_FUNCTION) == functions)
            mrl_closest_offer(found, child->name);
}

static mrl_str import_alias(const struct mrl_import *im) {
    if (im->alias.len > 0 || im->path->kind != MRL_TERM_REF)
        return im->alias;
    return mrl_val_str(im->path->u.ref.items[im->path->u.ref.n - 1]->u.scalar);
}

/* lib.f: the functions behind an import, under the name that they have here. */
static void offer_imported(struct mrl_lowering *l, struct mrl_closest *found) {
    for (uint32_t i = 0; i < l->m->n_imports; i++) {
        const struct mrl_import *im = &l->m->imports[i];
        const struct mrl_node *n = l->c->root;
        mrl_str alias = import_alias(im);
        if (im->path->kind != MRL_TERM_REF ||
            !mrl_str_eq(im->path->u.ref.items[0]->u.var, MRL_S("data")))
            continue;
        for (uint32_t k = 1; n != NULL && k < im->path->u.ref.n; k++)
            n = mrl_tree_child(n, mrl_val_str(im->path->u.ref.items[k]->u.scalar));
        for (n = n != NULL ? n->children : NULL; n != NULL; n = n->sibling)
            if (n->n_rules > 0 && n->kind == MRL_RULE_FUNCTION)
                mrl_closest_offer(found, mrl_arena_printf(l->c->arena, "%.*s.%.*s", MRL_F(alias),
                                                          MRL_F(n->name)));
    }
}

mrl_str mrl_suggest_function(struct mrl_lowering *l, mrl_str name) {
    struct mrl_closest found;
    mrl_closest_init(&found, name);
    offer_rules(&found, l->m->note, true);
    offer_imported(l, &found);
    for (size_t i = 0; mrl_builtin_at(i) != NULL; i++) {
        const struct mrl_builtin *b = mrl_builtin_at(i);
        if (b->fn != NULL && !(b->flags & (MRL_BI_INTERNAL | MRL_BI_INFIX | MRL_BI_DEPRECATED)) &&
            mrl_strict_allows(l->c, b))
            mrl_closest_offer(&found, mrl_str_z(b->name));
    }
    return hint(l->c, &found);
}

mrl_str mrl_suggest_var(struct mrl_compiler *c, const struct mrl_lrule *rule, uint32_t var) {
    MRL_ASSERT(var < rule->n_vars);
    struct mrl_closest found;
    const struct mrl_module *m = rule->module;
    if (rule->var_names[var].len < 3) /* x is near to every other name of one letter */
        return (mrl_str){NULL, 0};
    mrl_closest_init(&found, rule->var_names[var]);
    for (uint32_t v = 0; v < rule->n_vars; v++)
        mrl_closest_offer(&found, rule->var_names[v]);
    offer_rules(&found, m->note, false);
    for (uint32_t i = 0; i < m->n_imports; i++)
        mrl_closest_offer(&found, import_alias(&m->imports[i]));
    mrl_closest_offer(&found, MRL_S("input"));
    mrl_closest_offer(&found, MRL_S("data"));
    return hint(c, &found);
}

mrl_str mrl_suggest_key(struct mrl_compiler *c, mrl_str name, mrl_val keys) {
    MRL_ASSERT(mrl_is_set(keys));
    struct mrl_closest found;
    mrl_closest_init(&found, name);
    for (uint32_t i = 0; i < keys.len; i++)
        mrl_closest_offer(&found, mrl_val_str(keys.u.arr->items[i]));
    return hint(c, &found);
}
