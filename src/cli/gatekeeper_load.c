/* gatekeeper_load.c - see gatekeeper_load.h. */
#include "cli/gatekeeper_load.h"

#include "cli/documents.h"

#define POINT MRL_S("gator.gatekeeper.sh") /* the point of enforcement before the cluster */

static bool is_object(mrl_val v) {
    return mrl_is_str(MRL_GET(v, "apiVersion")) && mrl_is_str(MRL_GET(v, "kind"));
}

/* A Kubernetes object of another kind is no policy: samples and suites stand beside templates. */
static mrl_status keep(struct mrl_gk_files *g, const struct mrl_gk_source *src) {
    struct mrl_gk_template *t = NULL;
    switch (mrl_gk_role_of(src->value)) {
    case MRL_GK_TEMPLATE:
        return mrl_gk_add_template(&g->set, src, &t);
    case MRL_GK_CONSTRAINT:
        return MRL_VEC_PUSH(g->arena, &g->constraints, *src);
    default:
        return MRL_OK;
    }
}

/* Takes a file whose first document that says something is a Kubernetes object. One that does not
 * parse is not taken: it is told as data that does not. */
static mrl_status take(void *cx, mrl_str path, mrl_str text, bool *ret_taken) {
    struct mrl_gk_files *g = cx;
    struct mrl_documents docs;
    struct mrl_gk_source src = {.file = mrl_arena_str(g->arena, path), .text = text};
    uint32_t first = 0;
    MRL_CHECK(src.file.ptr != NULL, MRL_E_NOMEM);
    mrl_status status = mrl_documents_parse(g->arena, src.file, text,
                                            mrl_str_ends(path, MRL_S(".json")), NULL, &docs);
    MRL_CHECK(status != MRL_E_NOMEM, status);
    while (first < docs.n && docs.items[first].value.tag == MRL_T_NULL)
        first++;
    *ret_taken = status == MRL_OK && first < docs.n && is_object(docs.items[first].value);
    for (uint32_t i = first; *ret_taken && i < docs.n; i++) {
        src.value = docs.items[i].value;
        src.start = docs.items[i].start;
        MRL_TRY(keep(g, &src));
    }
    return MRL_OK;
}

void mrl_gk_files_init(struct mrl_gk_files *g, mrl_arena *a, struct mrl_policy_files *files) {
    *g = (struct mrl_gk_files){.arena = a};
    mrl_gk_set_init(&g->set, a);
    files->take = take;
    files->take_cx = g;
}

/* A constraint of a template at fault has that fault, too. */
static mrl_status inherit(struct mrl_gk_files *g) {
    for (uint32_t i = 0; i < g->set.n_constraints; i++) {
        struct mrl_gk_constraint *c = g->set.constraints[i];
        if (c->fault != MRL_GK_SOUND || c->template->fault == MRL_GK_SOUND)
            continue;
        c->problem = mrl_arena_printf(g->arena, "its ConstraintTemplate %.*s cannot judge: %.*s",
                                      MRL_F(c->template->name), MRL_F(c->template->problem));
        MRL_CHECK(c->problem.ptr != NULL, MRL_E_NOMEM);
        c->fault = c->template->fault;
    }
    return MRL_OK;
}

static mrl_status join(struct mrl_gk_files *g) {
    struct mrl_gk_constraint *c = NULL;
    struct mrl_policy *alone = NULL;
    MRL_TRY(mrl_gk_refuse_twins(&g->set));
    for (uint32_t i = 0; i < g->constraints.n; i++) {
        const struct mrl_gk_source *src = &g->constraints.items[i];
        mrl_str kind = mrl_val_str(MRL_GET(src->value, "kind"));
        MRL_TRY(mrl_gk_add_constraint(&g->set, src, mrl_gk_template_of(&g->set, kind), POINT, &c));
    }
    /* Compiled alone first: a broken template must not take the other policies with it. */
    if (g->set.n_templates > 0)
        MRL_TRY(mrl_gk_compile(&g->set, false, &alone));
    mrl_policy_free(alone);
    return inherit(g);
}

mrl_status mrl_gk_files_compile(struct mrl_gk_files *g, struct mrl_policy_files *files,
                                struct mrl_policy **ret) {
    MRL_TRY(join(g));
    MRL_TRY(mrl_gk_add_to(&g->set, files->builder, &files->diags));
    MRL_TRY(mrl_policy_files_compile(files, ret));
    return mrl_gk_bind(&g->set, *ret);
}

/* --- faults
 * --------------------------------------------------------------------------------------- */

static void fault(struct mrl_err *e, struct mrl_pos pos, const char *what, mrl_str name,
                  mrl_str problem) {
    mrl_err_init(e);
    e->pos = pos;
    (void)mrl_err_set(e, MRL_E_INVALID, "gatekeeper.fault", "%s %.*s: %.*s", what, MRL_F(name),
                      MRL_F(problem));
}

mrl_status mrl_gk_files_faults(const struct mrl_gk_files *g, struct mrl_err **ret,
                               uint32_t *ret_n) {
    uint32_t n = 0;
    struct mrl_err *all = MRL_ARENA_ARRAY(g->arena, struct mrl_err,
                                          (size_t)g->set.n_templates + g->set.n_constraints + 1);
    MRL_CHECK(all != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < g->set.n_templates; i++) {
        const struct mrl_gk_template *t = g->set.templates[i];
        if (t->fault != MRL_GK_SOUND)
            fault(&all[n++], t->pos, "ConstraintTemplate", t->name, t->problem);
    }
    for (uint32_t i = 0; i < g->set.n_constraints; i++) {
        const struct mrl_gk_constraint *c = g->set.constraints[i];
        bool told = c->template != NULL && c->template->fault != MRL_GK_SOUND;
        if (c->fault != MRL_GK_SOUND && !told)
            fault(&all[n++], c->pos, "Constraint", c->name, c->problem);
    }
    *ret = all;
    *ret_n = n;
    return MRL_OK;
}
