/* check.c - what v1 forbids although it parses: OPA's formatter refuses such modules.
 *
 * Duplicate imports, `input` and `data` as names of rules, arguments and variables, builtins that
 * are gone, keywords as rule names.
 *
 * The compiler finds the same, but only in whole policies that compile; a formatter sees one file
 * and must not turn it into a text that no v1 parser or compiler takes. Reports are OPA's, so
 * that a script reading them need not change.
 */
#include "engines/policy/fmt/fmt_internal.h"
#include "engines/policy/rego/visit.h"

#include <stdlib.h>

struct check {
    const struct mrl_module *module;
    struct mrl_diags *diags;
    mrl_status status;
};

/* The message is `before`, the name, `after`. */
static void report(struct check *c, const char *code, struct mrl_rloc loc, const char *before,
                   mrl_str name, const char *after) {
    MRL_ASSERT(loc.line <= c->module->n_lines);
    const struct mrl_module *m = c->module;
    mrl_str rest;
    mrl_str text = mrl_arena_printf(m->arena, "%s%.*s%s", before, MRL_F(name), after);
    uint32_t start = loc.line > 0 ? m->line_starts[loc.line - 1] : 0;
    struct mrl_diag d = {
        .code = code, .message = text, .pos = {m->file, loc.line, loc.col, loc.start}, .width = 1};
    d.source = mrl_str_cut(mrl_str_sub(m->text, start, m->text.len), '\n', &rest);
    mrl_status status = mrl_diags_add(c->diags, &d);
    if (c->status != MRL_E_NOMEM)
        c->status = status;
}

/* The two documents that everything begins at: hiding one is an error in v1. */
static bool is_root(mrl_str name) {
    return mrl_str_eq(name, MRL_S("input")) || mrl_str_eq(name, MRL_S("data"));
}

static mrl_str import_name(const struct mrl_import *im) {
    if (im->alias.len > 0)
        return im->alias;
    if (im->path->kind == MRL_TERM_VAR)
        return im->path->u.var;
    return mrl_val_str(im->path->u.ref.items[im->path->u.ref.n - 1]->u.scalar);
}

/* Through a sorted copy, so that many imports cost no more than sorting. */
static int by_name(const void *x, const void *y) {
    const struct mrl_import *a = *(const struct mrl_import *const *)x,
                            *b = *(const struct mrl_import *const *)y;
    int c = mrl_str_cmp(import_name(a), import_name(b));
    return c != 0 ? c : a->loc.start < b->loc.start ? -1 : 1;
}

static void imports(struct check *c) {
    const struct mrl_module *m = c->module;
    const struct mrl_import **list =
        MRL_ARENA_ARRAY(m->arena, const struct mrl_import *, m->n_imports + 1);
    if (list == NULL) {
        c->status = MRL_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < m->n_imports; i++)
        list[i] = &m->imports[i];
    qsort(list, m->n_imports, sizeof *list, by_name);
    for (uint32_t i = 1; i < m->n_imports; i++)
        if (mrl_str_eq(import_name(list[i]), import_name(list[i - 1])))
            report(c, "rego_compile_error", list[i]->loc, "import must not shadow ",
                   import_name(list[i]), "");
}

/* Names of rules and of arguments. */
static void heads(struct check *c) {
    for (uint32_t i = 0; i < c->module->n_rules; i++) {
        const struct mrl_rule *r = c->module->rules[i];
        bool ref = r->name->kind == MRL_TERM_REF;
        mrl_str name = ref ? r->name->u.ref.items[0]->u.var : r->name->u.var;
        if (is_root(name))
            report(c, "rego_compile_error", r->loc, "rules must not shadow ", name,
                   " (use a different rule name)");
        if (!ref && (mrl_str_eq(name, MRL_S("if")) || mrl_str_eq(name, MRL_S("contains")) ||
                     mrl_str_eq(name, MRL_S("in")) || mrl_str_eq(name, MRL_S("every"))))
            report(c, "rego_parse_error", r->loc, "", name,
                   " keyword cannot be used for rule name");
        for (uint32_t k = 0; k < r->args.n; k++)
            if (r->args.items[k]->kind == MRL_TERM_VAR && is_root(r->args.items[k]->u.var))
                report(c, "rego_compile_error", r->args.items[k]->loc, "args must not shadow ",
                       r->args.items[k]->u.var, " (use a different variable name)");
    }
}

/* input := x and data := x. */
static void assignment(void *cx, const struct mrl_expr *e) {
    const struct mrl_term *left = e->kind == MRL_EXPR_ASSIGN ? e->u.pair.left : NULL;
    if (left != NULL && left->kind == MRL_TERM_VAR && is_root(left->u.var))
        report(cx, "rego_compile_error", e->loc, "variables must not shadow ", left->u.var,
               " (use a different variable name)");
}

/* Calls of builtins that OPA 1.0 took away; shadowed names are not looked into. */
static void gone_builtin(void *cx, const struct mrl_term *t) {
    static const char *const names[] = {"any",        "all",          "re_match",  "set_diff",
                                        "cast_array", "cast_boolean", "cast_null", "cast_object",
                                        "cast_set",   "cast_string"};
    if (t->kind != MRL_TERM_CALL)
        return;
    const struct mrl_term *op = t->u.call.op;
    if (op->kind == MRL_TERM_REF && op->u.ref.n == 2 && op->u.ref.items[0]->kind == MRL_TERM_VAR &&
        mrl_str_eq(op->u.ref.items[0]->u.var, MRL_S("net")) &&
        op->u.ref.items[1]->kind == MRL_TERM_SCALAR &&
        mrl_val_eq(op->u.ref.items[1]->u.scalar, MRL_V("cidr_overlap")))
        report(cx, "rego_type_error", t->loc,
               "deprecated built-in function calls in expression: ", MRL_S("net.cidr_overlap"), "");
    for (size_t i = 0; op->kind == MRL_TERM_VAR && i < MRL_COUNTOF(names); i++)
        if (mrl_str_eq(op->u.var, mrl_str_z(names[i])))
            report(cx, "rego_type_error", t->loc,
                   "deprecated built-in function calls in expression: ", op->u.var, "");
}

mrl_status fmt_check_v1(const struct mrl_module *m, struct mrl_diags *diags) {
    struct check c = {m, diags, MRL_OK};
    imports(&c);
    heads(&c);
    mrl_visit_module(&(struct mrl_visitor){gone_builtin, assignment, &c}, m);
    return c.status;
}
