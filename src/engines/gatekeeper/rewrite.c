/* rewrite.c - a package of its own for every template.
 *
 * Idea: many templates are compiled into one policy, but none may see another. A rule's module
 * becomes data.gatekeeper.<template>, a lib data.lib.x becomes
 * data.gatekeeper_libs.<template>.lib.x, and every ref to data.lib follows. What else of `data` a
 * module may read is data.inventory alone: any other ref is refused, as Gatekeeper does, since it
 * would be undefined there and a rule that reads it would pass in silence.
 */
#include "engines/gatekeeper/internal.h"

struct walk {
    struct mrl_module *module;
    const struct mrl_gk_template *template;
    struct mrl_diags *diags;
};

static mrl_status terms(struct walk *w, const struct mrl_terms *list);
static mrl_status body(struct walk *w, const struct mrl_body *b);

/* Reports an error at a place of the module; gives MRL_E_INVALID. */
static mrl_status refuse(struct walk *w, struct mrl_rloc loc, mrl_str what) {
    struct mrl_diag d = {.code = "rego_compile_error",
                         .message = what,
                         .pos = {w->module->file, loc.line, loc.col, loc.start},
                         .width = loc.end > loc.start ? loc.end - loc.start : 1};
    return mrl_diags_add(w->diags, &d);
}

static mrl_status refuse_data(struct walk *w, const struct mrl_term *t) {
    mrl_str text = mrl_str_sub(w->module->text, t->loc.start, t->loc.end);
    mrl_str what = mrl_arena_printf(w->module->arena,
                                    "a template may read data.inventory and its own libs "
                                    "(data.lib), not %.*s",
                                    MRL_F(text));
    MRL_CHECK(what.ptr != NULL, MRL_E_NOMEM);
    return refuse(w, t->loc, what);
}

/* --- refs
 * ----------------------------------------------------------------------------------------- */

/* The variable `data`. */
static bool is_data(const struct mrl_term *t) {
    return t->kind == MRL_TERM_VAR && mrl_str_eq(t->u.var, MRL_S("data"));
}

/* The operand .name or ["name"]. */
static bool is_key(const struct mrl_term *t, const char *name) {
    return t->kind == MRL_TERM_SCALAR && mrl_is_str(t->u.scalar) &&
           mrl_str_eq(mrl_val_str(t->u.scalar), mrl_str_z(name));
}

static mrl_status key_term(struct walk *w, struct mrl_rloc loc, mrl_str name,
                           struct mrl_term **ret) {
    struct mrl_term *t = MRL_ARENA_NEW(w->module->arena, struct mrl_term);
    MRL_CHECK(t != NULL, MRL_E_NOMEM);
    *t = (struct mrl_term){.kind = MRL_TERM_SCALAR,
                           .dotted = 1,
                           .generated = 1,
                           .loc = loc,
                           .u.scalar = mrl_strval(name)};
    *ret = t;
    return MRL_OK;
}

/* data.x... becomes data.<root>.<template>.x..., from operand `from` on. */
static mrl_status move(struct walk *w, struct mrl_term *t, const char *root, uint32_t from) {
    MRL_ASSERT(t->kind == MRL_TERM_REF && from >= 1 && from <= t->u.ref.n);
    uint32_t n = t->u.ref.n - from + 3;
    struct mrl_term **items = MRL_ARENA_ARRAY(w->module->arena, struct mrl_term *, n);
    MRL_CHECK(items != NULL, MRL_E_NOMEM);
    items[0] = t->u.ref.items[0];
    MRL_TRY(key_term(w, t->loc, mrl_str_z(root), &items[1]));
    MRL_TRY(key_term(w, t->loc, w->template->package, &items[2]));
    for (uint32_t i = 3; i < n; i++)
        items[i] = t->u.ref.items[i - 3 + from];
    t->u.ref = (struct mrl_terms){items, n};
    return MRL_OK;
}

/* A ref below data: the inventory stays, libs move, anything else is refused. */
static mrl_status ref(struct walk *w, struct mrl_term *t) {
    MRL_ASSERT(t->kind == MRL_TERM_REF && t->u.ref.n > 1);
    MRL_TRY(terms(w, &(struct mrl_terms){t->u.ref.items + 1, t->u.ref.n - 1}));
    const struct mrl_term *first = t->u.ref.items[1];
    /* Rules chained in v0 share their head: what was moved once stays. */
    if (is_key(first, "inventory") || (first->generated && is_key(first, MRL_GK_LIB_ROOT)))
        return MRL_OK;
    if (!is_key(first, "lib"))
        return refuse_data(w, t);
    return move(w, t, MRL_GK_LIB_ROOT, 1);
}

/* --- all terms of a module
 * ------------------------------------------------------------------------- */

/* The tree is walked by hand and not by rego/visit.h, as refs are changed in place and an error
 * must end the walk. */
static mrl_status term(struct walk *w, struct mrl_term *t) {
    if (t == NULL)
        return MRL_OK;
    switch (t->kind) {
    case MRL_TERM_VAR:
        return is_data(t) ? refuse_data(w, t) : MRL_OK;
    case MRL_TERM_REF:
        if (t->u.ref.n > 1 && is_data(t->u.ref.items[0]))
            return ref(w, t);
        return terms(w, &t->u.ref);
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
    case MRL_TERM_TEMPLATE:
        return terms(w, &t->u.list);
    case MRL_TERM_OBJECT:
        MRL_TRY(terms(w, &(struct mrl_terms){t->u.object.keys, t->u.object.n}));
        return terms(w, &(struct mrl_terms){t->u.object.vals, t->u.object.n});
    case MRL_TERM_ARRAY_COMPR:
    case MRL_TERM_SET_COMPR:
    case MRL_TERM_OBJECT_COMPR:
        if (t->kind == MRL_TERM_OBJECT_COMPR)
            MRL_TRY(term(w, t->u.compr.key));
        MRL_TRY(term(w, t->u.compr.val));
        return body(w, t->u.compr.body);
    case MRL_TERM_CALL:
        MRL_TRY(term(w, t->u.call.op));
        return terms(w, &t->u.call.args);
    default:
        return MRL_OK;
    }
}

static mrl_status terms(struct walk *w, const struct mrl_terms *list) {
    for (uint32_t i = 0; i < list->n; i++)
        MRL_TRY(term(w, list->items[i]));
    return MRL_OK;
}

static mrl_status expr(struct walk *w, struct mrl_expr *e) {
    for (uint32_t i = 0; i < e->n_with; i++) {
        MRL_TRY(term(w, e->with[i].target));
        MRL_TRY(term(w, e->with[i].value));
    }
    switch (e->kind) {
    case MRL_EXPR_TERM:
    case MRL_EXPR_CALL:
        return term(w, e->u.term);
    case MRL_EXPR_ASSIGN:
    case MRL_EXPR_UNIFY:
        MRL_TRY(term(w, e->u.pair.left));
        return term(w, e->u.pair.right);
    case MRL_EXPR_SOME_IN:
        MRL_TRY(term(w, e->u.some.key));
        MRL_TRY(term(w, e->u.some.val));
        return term(w, e->u.some.domain);
    case MRL_EXPR_EVERY:
        MRL_TRY(term(w, e->u.every.domain));
        return body(w, e->u.every.body);
    case MRL_EXPR_NOT:
        return body(w, e->u.body);
    case MRL_EXPR_AND:
    case MRL_EXPR_OR:
        MRL_TRY(body(w, e->u.bodies[0]));
        return body(w, e->u.bodies[1]);
    default: /* `some x` names variables only */
        return MRL_OK;
    }
}

static mrl_status body(struct walk *w, const struct mrl_body *b) {
    for (uint32_t i = 0; b != NULL && i < b->n; i++)
        MRL_TRY(expr(w, b->items[i]));
    return MRL_OK;
}

static mrl_status rule(struct walk *w, struct mrl_rule *r) {
    for (; r != NULL; r = r->else_rule) {
        if (r->name != NULL && r->name->kind == MRL_TERM_REF)
            MRL_TRY(terms(w, &(struct mrl_terms){r->name->u.ref.items + 1, r->name->u.ref.n - 1}));
        MRL_TRY(terms(w, &r->args));
        MRL_TRY(term(w, r->key));
        MRL_TRY(term(w, r->val));
        MRL_TRY(body(w, r->body));
    }
    return MRL_OK;
}

/* --- imports and package
 * --------------------------------------------------------------------------- */

/* Imports may bring libs and language keywords, nothing else. */
static mrl_status import(struct walk *w, struct mrl_import *im) {
    struct mrl_term *path = im->path;
    const struct mrl_term *head = path->kind == MRL_TERM_REF ? path->u.ref.items[0] : path;
    mrl_str name = head->kind == MRL_TERM_VAR ? head->u.var : MRL_S("");
    if (mrl_str_eq(name, MRL_S("future")) || mrl_str_eq(name, MRL_S("rego")))
        return MRL_OK;
    if (is_data(head) && path->kind == MRL_TERM_REF && path->u.ref.n > 1 &&
        is_key(path->u.ref.items[1], "lib"))
        return move(w, path, MRL_GK_LIB_ROOT, 1);
    return refuse(w, im->loc, MRL_S("a template may import its own libs (data.lib...) only"));
}

/* Moves the package: of a rule whatever it was called, of a lib by its name. */
static mrl_status package(struct walk *w, bool lib) {
    struct mrl_term *p = w->module->package;
    if (!lib)
        return move(w, p, MRL_GK_ROOT, p->u.ref.n);
    if (p->u.ref.n < 3 || !is_key(p->u.ref.items[1], "lib"))
        return refuse(w, w->module->package_loc, MRL_S("the package of a lib must be lib.<name>"));
    return move(w, p, MRL_GK_LIB_ROOT, 1);
}

/* True when the module has the rule that Gatekeeper asks. */
static bool has_violation(const struct mrl_module *m) {
    for (uint32_t i = 0; i < m->n_rules; i++) {
        const struct mrl_term *name = m->rules[i]->name;
        name = name->kind == MRL_TERM_REF ? name->u.ref.items[0] : name;
        if (name->kind == MRL_TERM_VAR && mrl_str_eq(name->u.var, MRL_S("violation")))
            return true;
    }
    return false;
}

mrl_status mrl_gk_rewrite(struct mrl_module *m, const struct mrl_gk_template *t, bool lib,
                          struct mrl_diags *diags) {
    struct walk w = {m, t, diags};
    if (!lib && !has_violation(m))
        return refuse(&w, m->package_loc, MRL_S("the rule violation[{\"msg\": msg}] is missing"));
    MRL_TRY(package(&w, lib));
    for (uint32_t i = 0; i < m->n_imports; i++)
        MRL_TRY(import(&w, &m->imports[i]));
    for (uint32_t i = 0; i < m->n_rules; i++)
        MRL_TRY(rule(&w, m->rules[i]));
    return MRL_OK;
}
