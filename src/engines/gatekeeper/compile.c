/* compile.c - one policy from all templates of a set; see gatekeeper.h.
 *
 * One compiled policy for all templates means one VM and one memo for thousands of constraints.
 * But a template that does not compile must not take the others with it: each round marks those
 * that the diagnostics name and tries again with the rest.
 */
#include "engines/gatekeeper/internal.h"

#include "base/buf.h"
#include "engines/policy/rego/parser.h"

/* --- modules
 * -------------------------------------------------------------------------------------- */

/* Parses a module of a template and moves it into the template's own package. */
static mrl_status add_module(struct mrl_policy_builder *b, mrl_arena *a,
                             const struct mrl_gk_template *t, const struct mrl_gk_code *code,
                             struct mrl_diags *diags) {
    struct mrl_module *m = NULL;
    MRL_TRY(mrl_rego_parse_module(a, code->module, code->text, t->version, diags, &m));
    MRL_TRY(mrl_gk_rewrite(m, t, code != &t->rego, diags));
    return mrl_policy_add_parsed(b, m);
}

/* The rule and the libs of one template. */
static mrl_status add_template(struct mrl_policy_builder *b, mrl_arena *a,
                               const struct mrl_gk_template *t, struct mrl_diags *diags) {
    MRL_TRY(add_module(b, a, t, &t->rego, diags));
    for (uint32_t i = 0; i < t->n_libs; i++)
        MRL_TRY(add_module(b, a, t, &t->libs[i], diags));
    return MRL_OK;
}

/* Adds all sound templates; goes on after one that is refused, so that all are blamed at once. */
static mrl_status add_all(const struct mrl_gk_set *s, struct mrl_policy_builder *b,
                          struct mrl_diags *diags) {
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; i < s->n_templates; i++) {
        if (s->templates[i]->fault != MRL_GK_SOUND)
            continue;
        mrl_status one = add_template(b, s->arena, s->templates[i], diags);
        MRL_CHECK(one == MRL_OK || one == MRL_E_INVALID, one);
        status = one != MRL_OK ? one : status;
    }
    return status;
}

mrl_status mrl_gk_add_to(const struct mrl_gk_set *s, struct mrl_policy_builder *b,
                         struct mrl_diags *diags) {
    return add_all(s, b, diags);
}

mrl_status mrl_gk_bind(struct mrl_gk_set *s, struct mrl_policy *p) {
    for (uint32_t i = 0; i < s->n_templates; i++) {
        struct mrl_gk_template *t = s->templates[i];
        mrl_str path[] = {MRL_S(MRL_GK_ROOT), t->package, MRL_S("violation")};
        if (t->fault == MRL_GK_SOUND)
            MRL_TRY(mrl_query_path(p, path, MRL_COUNTOF(path), &t->violation));
    }
    return MRL_OK;
}

bool mrl_gk_owns(const struct mrl_module *m) {
    /* A user may name a package so, too: only ours has a term that nobody wrote. */
    return m->package->u.ref.n > 1 && m->package->u.ref.items[1]->generated;
}

/* --- blame
 * ---------------------------------------------------------------------------------------- */

/* The code of a template that a module name stands for, or NULL. */
static const struct mrl_gk_code *code_of(const struct mrl_gk_template *t, mrl_str module) {
    if (mrl_str_eq(t->rego.module, module))
        return &t->rego;
    for (uint32_t i = 0; i < t->n_libs; i++)
        if (mrl_str_eq(t->libs[i].module, module))
            return &t->libs[i];
    return NULL;
}

/* The first line of a message. Its place is that of the YAML file where that is known. */
static mrl_status blame(struct mrl_gk_set *s, struct mrl_gk_template *t,
                        const struct mrl_gk_code *code, const struct mrl_diag *d) {
    MRL_ASSERT(t->fault == MRL_GK_SOUND && d->code != NULL);
    mrl_str rest, first = mrl_str_cut(d->message, '\n', &rest), why;
    if (code->line > 0) {
        why = mrl_arena_printf(s->arena, "%s: %.*s", d->code, MRL_F(first));
        t->pos.line = code->line + d->pos.line;
        t->pos.col = code->indent + d->pos.col;
    } else {
        why = mrl_arena_printf(s->arena, "line %u of its Rego: %s: %.*s", d->pos.line, d->code,
                               MRL_F(first));
    }
    return mrl_gk_blame(s->arena, MRL_GK_BAD_REGO, why, &t->fault, &t->problem);
}

/* Marks the templates that the diagnostics name; the number of those newly marked. */
static mrl_status blame_all(struct mrl_gk_set *s, const struct mrl_diags *diags, uint32_t *ret) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < diags->n; i++)
        for (uint32_t k = 0; k < s->n_templates; k++) {
            struct mrl_gk_template *t = s->templates[k];
            const struct mrl_gk_code *code = code_of(t, diags->items[i].pos.file);
            if (code == NULL || t->fault != MRL_GK_SOUND)
                continue;
            MRL_TRY(blame(s, t, code, &diags->items[i]));
            n++;
        }
    *ret = n;
    return MRL_OK;
}

/* A builder with `one`, or with all sound templates, compiled: the policy, or MRL_E_INVALID. */
static mrl_status try(struct mrl_gk_set *s, const struct mrl_gk_template *one, bool print,
                      struct mrl_diags *diags, struct mrl_policy **ret) {
    struct mrl_policy_opts opts = {.version = MRL_REGO_V0, .print = print};
    struct mrl_policy_builder *b = NULL;
    MRL_TRY(mrl_policy_builder_new(&opts, &b));
    mrl_status status = one != NULL ? add_template(b, s->arena, one, diags) : add_all(s, b, diags);
    if (status == MRL_OK)
        status = mrl_policy_compile(b, diags, ret);
    if (status != MRL_OK)
        mrl_policy_builder_free(b);
    return status;
}

/* Compiles each sound template alone and marks those that do not. */
static mrl_status try_each(struct mrl_gk_set *s, bool print) {
    for (uint32_t i = 0; i < s->n_templates; i++) {
        struct mrl_policy *p = NULL;
        struct mrl_diags diags;
        uint32_t marked;
        if (s->templates[i]->fault != MRL_GK_SOUND)
            continue;
        mrl_diags_init(&diags, s->arena, 0);
        mrl_status status = try(s, s->templates[i], print, &diags, &p);
        mrl_policy_free(p);
        MRL_CHECK(status == MRL_OK || status == MRL_E_INVALID, status);
        MRL_TRY(blame_all(s, &diags, &marked));
    }
    return MRL_OK;
}

#define ROUNDS_MAX 4 /* tries with all, before each is tried alone */

mrl_status mrl_gk_compile(struct mrl_gk_set *s, bool print, struct mrl_policy **ret) {
    /* Every failed try marks one template at least, so the loop ends; some errors are told one at a
     * time, and thousands of templates with such an error must not mean thousands of tries. */
    for (unsigned round = 1;; round++) {
        struct mrl_diags diags;
        uint32_t marked = 0;
        mrl_diags_init(&diags, s->arena, 1000);
        mrl_status status = try(s, NULL, print, &diags, ret);
        if (status == MRL_OK)
            return mrl_gk_bind(s, *ret);
        MRL_CHECK(status == MRL_E_INVALID, status);
        MRL_TRY(blame_all(s, &diags, &marked));
        MRL_CHECK(marked > 0, MRL_E_INTERNAL);
        if (round == ROUNDS_MAX)
            MRL_TRY(try_each(s, print));
    }
}
