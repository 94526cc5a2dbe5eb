/* scope.c - see scope.h.
 *
 * Scopes are short lists, searched from the inside out: bodies declare a handful of names, and a
 * newer declaration comes first. Names that nobody declares ("loose") belong to the rule as a
 * whole, so x in two bodies is one variable.
 */
#include "engines/policy/compile/scope.h"

/* Puts a name in front of a list, where it hides an older one; NULL after l->status was set. */
static struct mrl_name *add(struct mrl_lowering *l, struct mrl_name **list, mrl_str name,
                            uint32_t var) {
    struct mrl_name *n = MRL_ARENA_NEW(l->c->arena, struct mrl_name);
    if (n == NULL) {
        l->status = MRL_E_NOMEM;
        return NULL;
    }
    *n = (struct mrl_name){name, var, *list};
    *list = n;
    return n;
}

/* The variable of a name in one list, or MRL_NO_VAR. */
static uint32_t find(const struct mrl_name *n, mrl_str name) {
    for (; n != NULL; n = n->next)
        if (mrl_str_eq(n->name, name))
            return n->var;
    return MRL_NO_VAR;
}

uint32_t mrl_scope_fresh(struct mrl_lowering *l, mrl_str name) {
    MRL_ASSERT(l->rule != NULL && l->rule->n_vars <= l->cap_vars);
    struct mrl_lrule *r = l->rule;
    if (r->n_vars == l->cap_vars) {
        uint32_t cap = l->cap_vars > 0 ? l->cap_vars * 2 : 16;
        mrl_str *names =
            mrl_arena_regrow(l->c->arena, r->var_names, l->cap_vars, cap, sizeof *names);
        if (names == NULL) {
            l->status = MRL_E_NOMEM;
            return 0;
        }
        r->var_names = names;
        l->cap_vars = cap;
    }
    r->var_names[r->n_vars] = name;
    return r->n_vars++;
}

uint32_t mrl_scope_declare(struct mrl_lowering *l, mrl_str name) {
    MRL_ASSERT(l->scope != NULL);
    uint32_t var = mrl_scope_fresh(l, name);
    add(l, &l->scope->names, name, var);
    return var;
}

uint32_t mrl_scope_find(const struct mrl_lowering *l, mrl_str name) {
    for (const struct mrl_scope *s = l->scope; s != NULL; s = s->outer) {
        uint32_t var = find(s->names, name);
        if (var != MRL_NO_VAR)
            return var;
    }
    return MRL_NO_VAR;
}

uint32_t mrl_scope_loose(struct mrl_lowering *l, mrl_str name) {
    uint32_t var = find(l->loose, name);
    if (var != MRL_NO_VAR)
        return var;
    var = mrl_scope_fresh(l, name);
    add(l, &l->loose, name, var);
    return var;
}

/* The name under which an import is known: its alias or the last part of its path. */
static mrl_str import_name(const struct mrl_import *im) {
    if (im->alias.len > 0)
        return im->alias;
    const struct mrl_term *t = im->path;
    if (t->kind == MRL_TERM_VAR)
        return t->u.var;
    return mrl_val_str(t->u.ref.items[t->u.ref.n - 1]->u.scalar);
}

bool mrl_scope_global(const struct mrl_lowering *l, mrl_str name, struct mrl_global *ret) {
    *ret = (struct mrl_global){.root = MRL_ROOT_DATA};
    for (uint32_t i = 0; i < l->m->n_imports; i++) {
        const struct mrl_import *im = &l->m->imports[i];
        const struct mrl_term *head =
            im->path->kind == MRL_TERM_REF ? im->path->u.ref.items[0] : im->path;
        bool input = mrl_str_eq(head->u.var, MRL_S("input"));
        bool data = mrl_str_eq(head->u.var, MRL_S("data"));
        /* future.keywords and rego.v1 name nothing. An import hides a rule of the same name. */
        if ((input || data) && mrl_str_eq(import_name(im), name)) {
            ret->root = input ? MRL_ROOT_INPUT : MRL_ROOT_DATA;
            ret->import = im->path;
            return true;
        }
    }
    const struct mrl_node *package = l->m->note;
    const struct mrl_node *rule = package != NULL ? mrl_tree_child(package, name) : NULL;
    /* A package below this one (data.a.b beside package a) is not a name here: only rules are. */
    if (rule != NULL && rule->has_below && !(rule->n_rules == 0 && rule->is_package)) {
        ret->package = package;
        return true;
    }
    if (mrl_str_eq(name, MRL_S("input"))) {
        ret->root = MRL_ROOT_INPUT;
        return true;
    }
    return mrl_str_eq(name, MRL_S("data"));
}
