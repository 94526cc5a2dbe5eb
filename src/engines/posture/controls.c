/* controls.c - finding the controls of a policy; see posture.h. */
#include "engines/posture/posture.h"

#include "base/buf.h"

static bool is_package(const struct mrl_module *m, const char *const *path, uint32_t n) {
    if (m->package->u.ref.n < n + 1)
        return false;
    for (uint32_t i = 0; i < n; i++)
        if (!mrl_str_eq(mrl_val_str(m->package->u.ref.items[i + 1]->u.scalar), mrl_str_z(path[i])))
            return false;
    return true;
}

static bool is_test(const struct mrl_module *m) {
    return mrl_str_ends(m->file, MRL_S("_test.rego"));
}

/* The package-scope metadata of a module, or undefined. */
static mrl_val metadata(const struct mrl_module *m) {
    for (uint32_t i = 0; i < m->n_annotations; i++)
        if (m->annotations[i].scope == MRL_SCOPE_PACKAGE)
            return m->annotations[i].value;
    return mrl_undefined();
}

static bool has_rule(const struct mrl_module *m, const char *name) {
    for (uint32_t i = 0; i < m->n_rules; i++)
        if (m->rules[i]->name->kind == MRL_TERM_VAR &&
            mrl_str_eq(m->rules[i]->name->u.var, mrl_str_z(name)))
            return true;
    return false;
}

static mrl_status package_query(struct mrl_policy *p, const struct mrl_module *m,
                                struct mrl_query **ret) {
    mrl_str path[32];
    uint32_t n = m->package->u.ref.n - 1;
    MRL_CHECK(n <= MRL_COUNTOF(path), MRL_E_LIMIT);
    for (uint32_t i = 0; i < n; i++)
        path[i] = mrl_val_str(m->package->u.ref.items[i + 1]->u.scalar);
    return mrl_query_path(p, path, n, ret);
}

static enum mrl_severity severity_of(mrl_str name) {
    for (int s = MRL_SEV_LOW; s <= MRL_SEV_CRITICAL; s++)
        if (mrl_str_eq(name, mrl_str_z(mrl_severity_name((enum mrl_severity)s))))
            return (enum mrl_severity)s;
    return MRL_SEV_MEDIUM;
}

static mrl_status refuse(const struct mrl_module *m, struct mrl_diags *diags, const char *why) {
    return mrl_diags_add(
        diags, &(struct mrl_diag){.code = "merlon_control_error",
                                  .message = mrl_str_z(why),
                                  .pos = {m->file, m->package_loc.line, m->package_loc.col, 0},
                                  .width = 1});
}

static mrl_status own_control(struct mrl_policy *p, const struct mrl_module *m,
                              struct mrl_diags *diags, struct mrl_control *ret) {
    mrl_val meta = metadata(m), custom = MRL_GET(meta, "custom");
    mrl_val exposes = MRL_GET(custom, "exposes");
    *ret = (struct mrl_control){.id = mrl_val_str(MRL_GET(custom, "id")),
                                .title = mrl_val_str(MRL_GET(meta, "title")),
                                .why = mrl_val_str(MRL_GET(meta, "description")),
                                .remediation = mrl_val_str(MRL_GET(custom, "remediation")),
                                .category = mrl_val_str(MRL_GET(custom, "category")),
                                .severity = severity_of(mrl_val_str(MRL_GET(custom, "severity"))),
                                .dialect = MRL_DIALECT_MERLON,
                                .kinds = MRL_GET(custom, "kinds"),
                                .mappings = MRL_GET(custom, "mappings"),
                                .exposes = exposes.tag == MRL_T_INT ? exposes.u.i : 1,
                                .file = m->file};
    if (ret->id.len == 0 || ret->title.len == 0)
        return refuse(m, diags, "a control needs package metadata with title and custom.id");
    return package_query(p, m, &ret->query);
}

static mrl_status foreign_control(struct mrl_policy *p, mrl_arena *a, const struct mrl_module *m,
                                  struct mrl_control *ret) {
    struct mrl_buf name;
    mrl_buf_init(&name, 1024);
    for (uint32_t i = 1; i < m->package->u.ref.n; i++) {
        mrl_buf_add(&name, i > 1 ? MRL_S(".") : MRL_S(""));
        mrl_buf_add(&name, mrl_val_str(m->package->u.ref.items[i]->u.scalar));
    }
    mrl_val meta = metadata(m);
    mrl_str title = mrl_val_str(MRL_GET(meta, "title"));
    *ret = (struct mrl_control){
        .id = mrl_arena_printf(a, "policy:%.*s", (int)name.len, name.ptr != NULL ? name.ptr : ""),
        .why = mrl_val_str(MRL_GET(meta, "description")),
        .category = MRL_S("policy"),
        .severity = MRL_SEV_HIGH,
        .dialect = MRL_DIALECT_CONFTEST,
        .kinds = mrl_undefined(),
        .mappings = mrl_undefined(),
        .exposes = 3,
        .file = m->file};
    mrl_status status = name.status;
    mrl_buf_release(&name);
    MRL_TRY(status);
    MRL_CHECK(ret->id.ptr != NULL, MRL_E_NOMEM);
    ret->title = title.len > 0 ? title : ret->id;
    return package_query(p, m, &ret->query);
}

static bool seen(const struct mrl_controls *c, const struct mrl_control *it) {
    for (uint32_t i = 0; i < c->n; i++)
        if (mrl_str_eq(c->items[i].id, it->id))
            return true;
    return false;
}

mrl_status mrl_controls_find(struct mrl_policy *p, mrl_arena *a, struct mrl_diags *diags,
                             struct mrl_controls *ret) {
    static const char *const ours[] = {"merlon", "controls"};
    struct mrl_module *const *modules;
    size_t n = mrl_policy_modules(p, &modules);
    *ret = (struct mrl_controls){MRL_ARENA_ARRAY(a, struct mrl_control, n + 1), 0};
    MRL_CHECK(ret->items != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < n; i++) {
        const struct mrl_module *m = modules[i];
        struct mrl_control *it = &ret->items[ret->n];
        if (is_test(m) || m->package == NULL || mrl_gk_owns(m))
            continue;
        if (is_package(m, ours, 2) && m->package->u.ref.n > 3)
            MRL_TRY(own_control(p, m, diags, it));
        else if (!is_package(m, ours, 1) &&
                 (has_rule(m, "deny") || has_rule(m, "warn") || has_rule(m, "violation")))
            MRL_TRY(foreign_control(p, a, m, it));
        else
            continue;
        if (!seen(ret, it))
            ret->n++;
    }
    return MRL_OK;
}

/* --- constraints
 * ---------------------------------------------------------------------------------- */

static enum mrl_severity severity_of_actions(unsigned actions) {
    return actions & (MRL_GK_DENY | MRL_GK_OTHER_ACTION) ? MRL_SEV_HIGH
           : actions & MRL_GK_WARN                       ? MRL_SEV_MEDIUM
                                                         : MRL_SEV_LOW;
}

/* A description as one paragraph: annotations are often folded by hand. */
static mrl_str one_line(mrl_arena *a, mrl_str text) {
    char *out = mrl_arena_alloc(a, text.len + 1, 1);
    size_t n = 0;
    for (size_t i = 0; out != NULL && i < text.len; i++) {
        bool space = strchr(" \t\r\n", text.ptr[i]) != NULL;
        if (!space || (n > 0 && out[n - 1] != ' '))
            out[n++] = space ? ' ' : text.ptr[i];
    }
    return (mrl_str){out, n > 0 && out[n - 1] == ' ' ? n - 1 : n};
}

static mrl_status constraint_control(mrl_arena *a, const struct mrl_gk_constraint *c,
                                     struct mrl_control *ret) {
    const struct mrl_gk_template *t = c->template;
    *ret = (struct mrl_control){
        .id = mrl_arena_printf(a, "gatekeeper:%.*s/%.*s", MRL_F(c->kind), MRL_F(c->name)),
        .title = t != NULL && t->title.len > 0 ? t->title : c->kind,
        .why = t != NULL && t->description.len > 0
                   ? one_line(a, t->description)
                   : MRL_S("A Gatekeeper constraint of this tree's owners asks for it."),
        .remediation = MRL_S("change what the message names, or narrow the constraint's match"),
        .category = MRL_S("gatekeeper"),
        .severity = severity_of_actions(c->actions),
        .dialect = MRL_DIALECT_GATEKEEPER,
        .kinds = mrl_undefined(),
        .mappings = mrl_undefined(),
        .exposes = 3,
        .file = c->file,
        .constraint = c,
        .advisory = c->actions == MRL_GK_DRYRUN,
    };
    return ret->id.ptr != NULL && ret->why.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

mrl_status mrl_controls_add_constraints(struct mrl_controls *c, mrl_arena *a,
                                        const struct mrl_gk_set *set) {
    size_t n = (size_t)c->n + set->n_constraints;
    struct mrl_control *all = MRL_ARENA_ARRAY(a, struct mrl_control, n + 1);
    MRL_CHECK(all != NULL, MRL_E_NOMEM);
    if (c->n > 0)
        memcpy(all, c->items, c->n * sizeof *all);
    *c = (struct mrl_controls){all, c->n};
    for (uint32_t i = 0; i < set->n_constraints; i++)
        MRL_TRY(constraint_control(a, set->constraints[i], &all[c->n++]));
    return MRL_OK;
}
