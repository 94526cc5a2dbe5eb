/* tree.c - building the rule tree; see tree.h.
 *
 * Modules add their rules one by one; only when all are in does a node know what its rules make
 * together, so kinds, arities and conflicts are checked at the end. Children are kept sorted
 * because documents list them in that order. Also here: reporting a compile error with its source
 * line, which everything in this folder does.
 */
#include "engines/policy/compile/tree.h"

#include "engines/policy/policy.h"

#include <stdarg.h>
#include <stdio.h>

bool mrl_compile_room(const struct mrl_compiler *c) {
    return c->diags->n < c->diags->max;
}

mrl_status mrl_compile_report(struct mrl_compiler *c, const struct mrl_module *m,
                              struct mrl_rloc loc, const struct mrl_report *report) {
    struct mrl_diag d = {.code = report->code,
                         .message = report->message,
                         .detail = report->detail,
                         .hint = report->hint,
                         .pos = {m->file, loc.line, loc.col, loc.start},
                         .width = loc.end > loc.start ? loc.end - loc.start : 1};
    mrl_str rest;
    /* The beginning of the line, from the column; a place that was made up may have none that
     * fits. */
    uint32_t start = loc.col <= loc.start + 1 ? loc.start - (loc.col - 1) : 0;
    d.source = mrl_str_cut(mrl_str_sub(m->text, start, m->text.len), '\n', &rest);
    return mrl_diags_add(c->diags, &d);
}

mrl_status mrl_compile_fail(struct mrl_compiler *c, const struct mrl_module *m, struct mrl_rloc loc,
                            const char *code, const char *fmt, ...) {
    char text[512];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    return mrl_compile_report(c, m, loc,
                              &(struct mrl_report){.code = code, .message = mrl_str_z(text)});
}

struct mrl_node *mrl_tree_child(const struct mrl_node *n, mrl_str name) {
    for (struct mrl_node *child = n->children; child != NULL; child = child->sibling)
        if (mrl_str_eq(child->name, name))
            return child;
    return NULL;
}

/* The child, made when it is not there; children stay sorted by name. */
static struct mrl_node *need_child(struct mrl_compiler *c, struct mrl_node *n, mrl_str name) {
    struct mrl_node **at = &n->children;
    while (*at != NULL && mrl_str_cmp((*at)->name, name) < 0)
        at = &(*at)->sibling;
    if (*at != NULL && mrl_str_eq((*at)->name, name))
        return *at;
    struct mrl_node *child = MRL_ARENA_NEW(c->arena, struct mrl_node);
    if (child == NULL)
        return NULL;
    child->name = name;
    child->parent = n;
    child->depth = n->depth + 1;
    child->path_text = mrl_arena_printf(c->arena, "%.*s.%.*s", MRL_F(n->path_text), MRL_F(name));
    child->sibling = *at;
    *at = child;
    return child;
}

static bool is_string(const struct mrl_term *t) {
    return t->kind == MRL_TERM_SCALAR && mrl_is_str(t->u.scalar);
}

/* Adds a rule to a node; all nodes above now have rules below. */
static mrl_status attach(struct mrl_compiler *c, struct mrl_node *n, struct mrl_module *m,
                         struct mrl_rule *r, uint32_t skip) {
    MRL_ASSERT(n->n_rules <= n->cap_rules && skip > 0);
    if (n->n_rules == n->cap_rules) {
        uint32_t cap = n->cap_rules > 0 ? n->cap_rules * 2 : 2;
        n->rules = mrl_arena_regrow(c->arena, n->rules, n->cap_rules, cap, sizeof *n->rules);
        MRL_CHECK(n->rules != NULL, MRL_E_NOMEM);
        n->cap_rules = cap;
    }
    n->rules[n->n_rules].rule = r;
    n->rules[n->n_rules].module = m;
    n->rules[n->n_rules++].skip = skip;
    for (; n != NULL && !n->has_below; n = n->parent)
        n->has_below = true;
    return MRL_OK;
}

/* Hangs a rule at the node of its longest ground prefix below the package. */
static mrl_status add_rule(struct mrl_compiler *c, struct mrl_node *package, struct mrl_module *m,
                           struct mrl_rule *r) {
    MRL_ASSERT(r->name != NULL);
    const struct mrl_term *name = r->name;
    bool is_ref = name->kind == MRL_TERM_REF;
    const struct mrl_term *first = is_ref ? name->u.ref.items[0] : name;
    struct mrl_node *n = need_child(c, package, first->u.var);
    uint32_t skip = 1;
    for (; n != NULL && is_ref && skip < name->u.ref.n && is_string(name->u.ref.items[skip]);
         skip++)
        n = need_child(c, n, mrl_val_str(name->u.ref.items[skip]->u.scalar));
    MRL_CHECK(n != NULL, MRL_E_NOMEM);
    return attach(c, n, m, r, skip);
}

mrl_status mrl_tree_add(struct mrl_compiler *c, struct mrl_module *m) {
    struct mrl_node *n = c->root;
    for (uint32_t i = 1; i < m->package->u.ref.n; i++) {
        n = need_child(c, n, mrl_val_str(m->package->u.ref.items[i]->u.scalar));
        MRL_CHECK(n != NULL, MRL_E_NOMEM);
    }
    n->is_package = true;
    m->note = n;
    for (uint32_t i = 0; i < m->n_rules; i++)
        MRL_TRY(add_rule(c, n, m, m->rules[i]));
    return MRL_OK;
}

/* --- checks
 * ------------------------------------------------------------------------------------------------
 */

/* What kind of document the rules at n make together. */
static mrl_status node_kind(struct mrl_compiler *c, struct mrl_node *n) {
    if (n->n_rules == 0)
        return MRL_OK;
    bool set = false, object = false, single = false, function = false;
    uint32_t defaults = 0;
    for (uint32_t i = 0; i < n->n_rules; i++) {
        const struct mrl_rule *r = n->rules[i].rule;
        bool deeper = r->name->kind == MRL_TERM_REF && r->name->u.ref.n > n->rules[i].skip;
        function |= r->kind == MRL_RULE_FUNCTION;
        object |= deeper;
        set |= r->kind == MRL_RULE_PARTIAL_SET && !deeper;
        single |= r->kind == MRL_RULE_COMPLETE && !deeper;
        defaults += r->is_default;
        if (r->kind == MRL_RULE_FUNCTION && i > 0 && r->args.n != n->arity)
            return mrl_compile_fail(c, n->rules[i].module, r->head_loc, "rego_type_error",
                                    "conflicting rules %.*s found", MRL_F(n->path_text));
        n->arity = r->args.n;
    }
    n->kind = function ? MRL_RULE_FUNCTION
              : object ? MRL_RULE_PARTIAL_OBJ
              : set    ? MRL_RULE_PARTIAL_SET
                       : MRL_RULE_COMPLETE;
    if (function + object + set + single > 1)
        return mrl_compile_fail(c, n->rules[0].module, n->rules[0].rule->head_loc,
                                "rego_type_error", "conflicting rules %.*s found",
                                MRL_F(n->path_text));
    if (defaults > 1)
        return mrl_compile_fail(c, n->rules[0].module, n->rules[0].rule->head_loc,
                                "rego_type_error", "multiple default rules %.*s found",
                                MRL_F(n->path_text));
    return MRL_OK;
}

/* Checks a node and all below. A rule that is one value leaves no room for rules below it. */
static mrl_status check_below(struct mrl_compiler *c, struct mrl_node *n) {
    MRL_CHECK(n->depth < 256, MRL_E_LIMIT);
    MRL_TRY(node_kind(c, n));
    for (struct mrl_node *child = n->children; child != NULL; child = child->sibling) {
        bool single = n->n_rules > 0 && n->kind != MRL_RULE_PARTIAL_OBJ;
        if (single && child->has_below)
            return mrl_compile_fail(c, n->rules[0].module, n->rules[0].rule->head_loc,
                                    "rego_type_error", "rule %.*s conflicts with [%.*s]",
                                    MRL_F(n->path_text), MRL_F(child->path_text));
        MRL_TRY(check_below(c, child));
    }
    return MRL_OK;
}

mrl_status mrl_tree_finish(struct mrl_compiler *c) {
    MRL_ASSERT(c->root != NULL && c->root->parent == NULL);
    return check_below(c, c->root);
}
