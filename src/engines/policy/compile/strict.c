/* strict.c - see strict.h.
 *
 * Which of these rules hold depends on the module: v1 modules obey most of them always, v0
 * modules only in strict mode. Wording and codes are OPA's. The calls of deprecated builtins are
 * noted while lowering and told last, when all else is in order, because OPA checks them in its
 * last stage.
 */
#include "engines/policy/compile/strict.h"

#include "engines/policy/policy.h"

bool mrl_strict_module(const struct mrl_compiler *c, const struct mrl_module *m) {
    return c->opts->strict || m->version == MRL_REGO_V1;
}

bool mrl_strict_allows(const struct mrl_compiler *c, const struct mrl_builtin *b) {
    return c->opts->capabilities == NULL || (b->flags & MRL_BI_INTERNAL) ||
           mrl_capabilities_has(c->opts->capabilities, b);
}

bool mrl_strict_feature(const struct mrl_compiler *c, uint32_t feature) {
    return c->opts->capabilities == NULL || (c->opts->capabilities->features & feature);
}

/* --- imports ---------------------------------------------------------------------------------- */

/* The source text of a place, for messages that quote it. */
static mrl_str text_of(const struct mrl_module *m, struct mrl_rloc loc) {
    return mrl_str_trim(mrl_str_sub(m->text, loc.start, loc.end));
}

/* The name that an import brings; empty for `import input`. */
static mrl_str name_of(const struct mrl_import *im) {
    if (im->alias.len > 0 || im->path->kind != MRL_TERM_REF)
        return im->alias;
    const struct mrl_term *last = im->path->u.ref.items[im->path->u.ref.n - 1];
    return mrl_val_str(last->u.scalar);
}

static mrl_str root_of(const struct mrl_import *im) {
    return im->path->kind == MRL_TERM_REF ? im->path->u.ref.items[0]->u.var : im->path->u.var;
}

static bool is_special(const struct mrl_import *im) {
    return mrl_str_eq(root_of(im), MRL_S("future")) || mrl_str_eq(root_of(im), MRL_S("rego"));
}

/* The names of a module's imports are few: pairs are compared up to this many. */
#define IMPORTS_COMPARED_MAX 2000

/* Two imports under one name: the second is refused. */
static mrl_status duplicates(struct mrl_compiler *c, const struct mrl_module *m) {
    mrl_status status = MRL_OK;
    for (uint32_t i = 1; i < m->n_imports && i < IMPORTS_COMPARED_MAX; i++) {
        const struct mrl_import *im = &m->imports[i];
        for (uint32_t k = 0; k < i; k++) {
            if (!mrl_str_eq(name_of(im), name_of(&m->imports[k])) || name_of(im).len == 0)
                continue;
            status =
                mrl_compile_fail(c, m, im->loc, "rego_compile_error", "import must not shadow %.*s",
                                 MRL_F(text_of(m, m->imports[k].loc)));
            break;
        }
    }
    return status;
}

/* The bit of a keyword that an import asks for; 0: none. */
static uint32_t keyword(const struct mrl_import *im) {
    static const struct {
        const char *name;
        uint32_t bit;
    } rows[] = {{"in", MRL_CAPS_KW_IN},   {"every", MRL_CAPS_KW_EVERY},
                {"if", MRL_CAPS_KW_IF},   {"contains", MRL_CAPS_KW_CONTAINS},
                {"not", MRL_CAPS_KW_NOT}, {"and", MRL_CAPS_KW_AND},
                {"or", MRL_CAPS_KW_OR}};
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (mrl_str_eq(root_of(im), MRL_S("future")) &&
            mrl_str_eq(name_of(im), mrl_str_z(rows[i].name)))
            return rows[i].bit;
    return 0;
}

/* Imports that the capabilities do not have. The keywords that are plain syntax since 1.0 may be
 * imported wherever rego_v1 is a feature. */
static mrl_status unsupported(struct mrl_compiler *c, const struct mrl_module *m) {
    const struct mrl_capabilities *caps = c->opts->capabilities;
    static const uint32_t plain =
        MRL_CAPS_KW_IN | MRL_CAPS_KW_EVERY | MRL_CAPS_KW_IF | MRL_CAPS_KW_CONTAINS;
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; caps != NULL && i < m->n_imports; i++) {
        const struct mrl_import *im = &m->imports[i];
        uint32_t bit = keyword(im);
        uint32_t have = caps->keywords | (caps->features & MRL_CAPS_REGO_V1 ? plain : 0);
        if (bit & ~have)
            status = mrl_compile_fail(c, m, im->loc, "rego_parse_error",
                                      "unexpected keyword: the capabilities do not have %.*s",
                                      MRL_F(name_of(im)));
        if (mrl_str_eq(root_of(im), MRL_S("rego")) &&
            !(caps->features & (MRL_CAPS_REGO_V1 | MRL_CAPS_REGO_V1_IMPORT)))
            status = mrl_compile_fail(c, m, im->loc, "rego_compile_error",
                                      "rego.v1 import is not supported");
    }
    return status;
}

mrl_status mrl_strict_unused(struct mrl_compiler *c, struct mrl_module *m) {
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; c->opts->strict && i < m->n_imports; i++)
        if (!m->imports[i].used && !is_special(&m->imports[i]))
            status = mrl_compile_fail(c, m, m->imports[i].loc, "rego_compile_error", "%.*s unused",
                                      MRL_F(text_of(m, m->imports[i].loc)));
    return status;
}

/* --- heads ------------------------------------------------------------------------------------ */

static bool is_root(const struct mrl_term *t) {
    return t->kind == MRL_TERM_VAR &&
           (mrl_str_eq(t->u.var, MRL_S("input")) || mrl_str_eq(t->u.var, MRL_S("data")));
}

/* A rule or argument called input or data would hide the document of that name. */
static mrl_status shadowing(struct mrl_compiler *c, const struct mrl_module *m,
                            const struct mrl_rule *r) {
    const struct mrl_term *name = r->name->kind == MRL_TERM_REF ? r->name->u.ref.items[0] : r->name;
    mrl_status status = MRL_OK;
    if (is_root(name))
        status = mrl_compile_fail(c, m, r->loc, "rego_compile_error",
                                  "rules must not shadow %.*s (use a different rule name)",
                                  MRL_F(name->u.var));
    for (uint32_t i = 0; i < r->args.n; i++)
        if (is_root(r->args.items[i]))
            status = mrl_compile_fail(c, m, r->args.items[i]->loc, "rego_compile_error",
                                      "args must not shadow %.*s (use a different variable name)",
                                      MRL_F(r->args.items[i]->u.var));
    return status;
}

/* Heads of several parts need a feature that OPA got in two steps. */
static mrl_status head_refs(struct mrl_compiler *c, const struct mrl_module *m,
                            const struct mrl_rule *r) {
    if (r->name->kind != MRL_TERM_REF || mrl_strict_feature(c, MRL_CAPS_REGO_V1) ||
        mrl_strict_feature(c, MRL_CAPS_HEAD_REFS))
        return MRL_OK;
    bool ground = true;
    for (uint32_t i = 1; i < r->name->u.ref.n; i++)
        ground &= r->name->u.ref.items[i]->kind == MRL_TERM_SCALAR;
    if (r->name->u.ref.n <= 2 || (ground && mrl_strict_feature(c, MRL_CAPS_HEAD_REF_PREFIXES)))
        return MRL_OK;
    return mrl_compile_fail(c, m, r->loc, "rego_compile_error",
                            "rule heads with refs are not supported: %.*s",
                            MRL_F(text_of(m, r->name->loc)));
}

mrl_status mrl_strict_check(struct mrl_compiler *c, struct mrl_module *m) {
    mrl_status status = unsupported(c, m);
    for (uint32_t i = 0; i < m->n_rules && status != MRL_E_NOMEM; i++) {
        mrl_status head = head_refs(c, m, m->rules[i]);
        if (head == MRL_OK && mrl_strict_module(c, m))
            head = shadowing(c, m, m->rules[i]);
        status = head != MRL_OK ? head : status;
    }
    MRL_TRY(status);
    return mrl_strict_module(c, m) ? duplicates(c, m) : MRL_OK;
}

/* --- deprecated builtins ---------------------------------------------------------------------- */

void mrl_strict_call(struct mrl_lowering *l, const struct mrl_lterm *call) {
    if (call->builtin == NULL || call->node != NULL || l->c->query ||
        !(call->builtin->flags & MRL_BI_DEPRECATED) || !mrl_strict_module(l->c, l->m))
        return;
    struct mrl_deprecated *d = MRL_ARENA_NEW(l->c->arena, struct mrl_deprecated);
    if (d == NULL) {
        l->status = MRL_E_NOMEM;
        return;
    }
    *d = (struct mrl_deprecated){l->m, call->loc, call->builtin->name, l->c->deprecated};
    l->c->deprecated = d;
}

mrl_status mrl_strict_deprecated(struct mrl_compiler *c) {
    mrl_status status = MRL_OK;
    for (const struct mrl_deprecated *d = c->deprecated; d != NULL; d = d->next)
        status = mrl_compile_fail(c, d->module, d->loc, "rego_type_error",
                                  "deprecated built-in function calls in expression: %s", d->name);
    return status;
}
