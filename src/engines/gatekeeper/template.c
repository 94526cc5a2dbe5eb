/* template.c - ConstraintTemplates: reading them; see gatekeeper.h.
 *
 * The reader never fails for what a template says. It notes the first fault and goes on, so that a
 * report can name every template by its kind and file, whatever is wrong with it.
 */
#include "engines/gatekeeper/gatekeeper.h"
#include "engines/gatekeeper/internal.h"

#include "base/vec.h"

#define GROUP "templates.gatekeeper.sh/"
#define TARGET "admission.k8s.gatekeeper.sh"

enum mrl_gk_role mrl_gk_role_of(mrl_val object) {
    mrl_str api = mrl_val_str(MRL_GET(object, "apiVersion"));
    mrl_str kind = mrl_val_str(MRL_GET(object, "kind"));
    if (mrl_str_starts(api, MRL_S(GROUP)) && mrl_str_eq(kind, MRL_S("ConstraintTemplate")))
        return MRL_GK_TEMPLATE;
    if (mrl_str_starts(api, MRL_S("constraints.gatekeeper.sh/")))
        return MRL_GK_CONSTRAINT;
    if (mrl_str_starts(api, MRL_S("test.gatekeeper.sh/")) && mrl_str_eq(kind, MRL_S("Suite")))
        return MRL_GK_SUITE;
    return MRL_GK_OTHER;
}

const char *mrl_gk_fault_name(enum mrl_gk_fault f) {
    MRL_ASSERT(f <= MRL_GK_BAD_CONSTRAINT);
    static const char *const names[] = {
        "sound",
        "CEL only",
        "broken template",
        "broken Rego",
        "no template",
        "does not fit the schema",
        "broken constraint",
    };
    return names[f];
}

void mrl_gk_set_init(struct mrl_gk_set *s, mrl_arena *arena) {
    *s = (struct mrl_gk_set){.arena = arena};
    mrl_builder_init(&s->kinds, arena, MRL_T_OBJ, 16);
}

struct mrl_pos mrl_gk_pos(struct mrl_gk_set *s, const struct mrl_gk_source *src, uint32_t offset) {
    struct mrl_pos at = {src->file, 1, 1, 0};
    if (s->at_text == src->text.ptr && s->at.offset <= offset)
        at = s->at;
    for (; at.offset < offset && at.offset < src->text.len; at.offset++) {
        bool line = src->text.ptr[at.offset] == '\n';
        at.line += line;
        at.col = line ? 1 : at.col + 1;
    }
    s->at = at;
    s->at_text = src->text.ptr;
    return at;
}

mrl_status mrl_gk_blame(mrl_arena *a, enum mrl_gk_fault fault, mrl_str why,
                        enum mrl_gk_fault *ret_fault, mrl_str *ret_problem) {
    if (*ret_fault != MRL_GK_SOUND) /* the first fault is the one to mend first */
        return MRL_OK;
    *ret_fault = fault;
    *ret_problem = mrl_arena_str(a, why);
    return ret_problem->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* Gives the template a fault; the first one stays. */
static mrl_status blame(struct mrl_gk_set *s, struct mrl_gk_template *t, enum mrl_gk_fault fault,
                        const char *why) {
    return mrl_gk_blame(s->arena, fault, mrl_str_z(why), &t->fault, &t->problem);
}

/* --- code
 * ----------------------------------------------------------------------------------------- */

/* Where the text of a literal block begins, so that an error of Rego can name the line of the YAML
 * file. Other styles of scalars fold or escape: their lines are not the file's. */
static void place(struct mrl_gk_set *s, const struct mrl_gk_source *src, mrl_val holder,
                  int64_t entry, struct mrl_gk_code *code) {
    const struct mrl_span *span = entry >= 0 ? mrl_val_span(holder, (size_t)entry) : NULL;
    if (span == NULL || span->val_start >= src->text.len || src->text.ptr[span->val_start] != '|')
        return;
    size_t body = mrl_str_find(src->text, MRL_S("\n"), span->val_start);
    if (body == MRL_STR_NPOS)
        return;
    code->line = mrl_gk_pos(s, src, span->val_start).line;
    while (++body < src->text.len && src->text.ptr[body] == ' ')
        code->indent++;
}

/* The text under a key, placed; an absent one is empty. */
static struct mrl_gk_code code_at(struct mrl_gk_set *s, const struct mrl_gk_source *src,
                                  mrl_val holder, const char *key) {
    struct mrl_gk_code code = {.text = mrl_val_str(mrl_obj_get_str(holder, mrl_str_z(key)))};
    place(s, src, holder, mrl_obj_find(holder, mrl_strval(mrl_str_z(key))), &code);
    return code;
}

/* Libs keep their order: their numbers are in the names of their modules. */
static mrl_status read_libs(struct mrl_gk_set *s, const struct mrl_gk_source *src, mrl_val libs,
                            struct mrl_gk_template *t) {
    uint32_t n = mrl_is_arr(libs) ? libs.len : 0;
    if (n > MRL_GK_LIBS_MAX)
        return blame(s, t, MRL_GK_BAD_TEMPLATE, "it has more libs than any template needs");
    t->libs = MRL_ARENA_ARRAY(s->arena, struct mrl_gk_code, n + 1);
    MRL_CHECK(t->libs != NULL, MRL_E_NOMEM);
    t->n_libs = n;
    for (uint32_t i = 0; i < n; i++) {
        t->libs[i].text = mrl_val_str(libs.u.arr->items[i]);
        place(s, src, libs, i, &t->libs[i]);
    }
    return MRL_OK;
}

/* An entry of code[]: {"engine", "source"}. */
static mrl_status read_engine(struct mrl_gk_set *s, const struct mrl_gk_source *src, mrl_val entry,
                              struct mrl_gk_template *t) {
    mrl_str engine = mrl_val_str(MRL_GET(entry, "engine"));
    mrl_val source = MRL_GET(entry, "source");
    t->has_cel |= mrl_str_eq(engine, MRL_S("K8sNativeValidation"));
    if (!mrl_str_eq(engine, MRL_S("Rego")) || t->has_rego)
        return MRL_OK;
    t->has_rego = true;
    if (!mrl_is_str(MRL_GET(source, "rego")))
        return blame(s, t, MRL_GK_BAD_TEMPLATE, "code with engine Rego needs source.rego, a text");
    t->rego = code_at(s, src, source, "rego");
    if (mrl_str_eq(mrl_val_str(MRL_GET(source, "version")), MRL_S("v1")))
        t->version = MRL_REGO_V1;
    return read_libs(s, src, MRL_GET(source, "libs"), t);
}

/* The one target: its rule in the old form (rego, libs) or in the new (code[]). */
static mrl_status read_target(struct mrl_gk_set *s, const struct mrl_gk_source *src, mrl_val target,
                              struct mrl_gk_template *t) {
    mrl_val code = MRL_GET(target, "code");
    if (!mrl_str_eq(mrl_val_str(MRL_GET(target, "target")), MRL_S(TARGET)))
        return blame(s, t, MRL_GK_BAD_TEMPLATE, "its target must be " TARGET);
    if (mrl_val_str(MRL_GET(target, "rego")).len > 0) { /* stands before code[], as in Gatekeeper */
        t->has_rego = true;
        t->rego = code_at(s, src, target, "rego");
        MRL_TRY(read_libs(s, src, MRL_GET(target, "libs"), t));
    }
    for (uint32_t i = 0; mrl_is_arr(code) && i < code.len; i++)
        MRL_TRY(read_engine(s, src, code.u.arr->items[i], t));
    if (t->has_rego)
        return MRL_OK;
    return t->has_cel
               ? blame(s, t, MRL_GK_CEL_ONLY,
                       "its rule is written in CEL only, which is not evaluated")
               : blame(s, t, MRL_GK_BAD_TEMPLATE, "it has no rule: targets[0] needs rego or code");
}

/* --- schema
 * --------------------------------------------------------------------------------------- */

/* What legacySchema means: every object of the schema takes unknown fields. */
static mrl_status loosen(mrl_arena *a, mrl_val v, unsigned depth, mrl_val *ret) {
    MRL_CHECK(depth < MRL_VAL_DEPTH_MAX / 4, MRL_E_LIMIT);
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_OBJ, v.len + 1);
    for (uint32_t i = 0; i < v.len; i++) {
        struct mrl_member m = v.u.obj->m[i];
        if (mrl_is_obj(m.val))
            MRL_TRY(loosen(a, m.val, depth + 1, &m.val));
        mrl_build_member(&b, m.key, m.val);
    }
    mrl_build_member(&b, MRL_V("x-kubernetes-preserve-unknown-fields"), mrl_bool(true));
    return mrl_build_end(&b, ret);
}

/* The schema of the parameters. v1beta1 and v1alpha1 take unknown fields unless told otherwise. */
static mrl_status read_schema(struct mrl_gk_set *s, mrl_val template, mrl_val spec,
                              struct mrl_gk_template *t) {
    mrl_val validation = MRL_GET(spec, "validation"), legacy = MRL_GET(validation, "legacySchema");
    bool v1 = mrl_str_eq(mrl_val_str(MRL_GET(template, "apiVersion")), MRL_S(GROUP "v1"));
    bool loose = mrl_is_defined(legacy) ? mrl_is_true(legacy) : !v1;
    t->schema = MRL_GET(validation, "openAPIV3Schema");
    if (mrl_is_defined(t->schema) && !mrl_is_obj(t->schema))
        return blame(s, t, MRL_GK_BAD_TEMPLATE, "openAPIV3Schema must be a mapping");
    if (loose)
        return loosen(s->arena, mrl_is_obj(t->schema) ? t->schema : mrl_empty_obj(), 0, &t->schema);
    return MRL_OK;
}

/* --- the whole
 * ------------------------------------------------------------------------------------ */

/* Names of resources are lower case, kinds are not: they are compared without. */
static bool same_but_case(mrl_str a, mrl_str b) {
    if (a.len != b.len)
        return false;
    for (size_t i = 0; i < a.len; i++) {
        char x = a.ptr[i], y = b.ptr[i];
        x = x >= 'A' && x <= 'Z' ? (char)(x + 32) : x;
        y = y >= 'A' && y <= 'Z' ? (char)(y + 32) : y;
        if (x != y)
            return false;
    }
    return true;
}

/* A template is found by the kind of its constraints, and the cluster finds it by its name: the two
 * must agree. */
static mrl_status check_names(struct mrl_gk_set *s, mrl_val template, struct mrl_gk_template *t) {
    static const char *const versions[] = {GROUP "v1", GROUP "v1beta1", GROUP "v1alpha1"};
    mrl_str api = mrl_val_str(MRL_GET(template, "apiVersion"));
    bool known = false;
    for (size_t i = 0; i < MRL_COUNTOF(versions); i++)
        known |= mrl_str_eq(api, mrl_str_z(versions[i]));
    if (!known)
        return blame(s, t, MRL_GK_BAD_TEMPLATE,
                     "its apiVersion must be " GROUP "v1, v1beta1 or v1alpha1");
    if (t->kind.len == 0)
        return blame(s, t, MRL_GK_BAD_TEMPLATE, "spec.crd.spec.names.kind is missing");
    if (!same_but_case(t->name, t->kind))
        return blame(s, t, MRL_GK_BAD_TEMPLATE,
                     "metadata.name must be spec.crd.spec.names.kind in lower case");
    return MRL_OK;
}

/* The number makes the package the template's own, also when two templates share a kind. */
static mrl_status name_modules(struct mrl_gk_set *s, struct mrl_gk_template *t, uint32_t number) {
    MRL_ASSERT(number == s->n_templates);
    t->package = mrl_arena_printf(s->arena, "%.*s_%u", MRL_F(t->kind), number);
    t->rego.module = mrl_arena_printf(s->arena, "%.*s#%u", MRL_F(t->file), number);
    MRL_CHECK(t->package.ptr != NULL && t->rego.module.ptr != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < t->n_libs; i++) {
        t->libs[i].module = mrl_arena_printf(s->arena, "%.*s#%u.%u", MRL_F(t->file), number, i);
        MRL_CHECK(t->libs[i].module.ptr != NULL, MRL_E_NOMEM);
    }
    return MRL_OK;
}

#define KIND_MAX 253 /* longest name of a resource */

/* A kind as a key: its name. Longer ones than any resource has are no key. */
static mrl_str lower(mrl_str kind, char out[KIND_MAX]) {
    size_t n = kind.len <= KIND_MAX ? kind.len : 0;
    for (size_t i = 0; i < n; i++)
        out[i] = kind.ptr[i] >= 'A' && kind.ptr[i] <= 'Z' ? (char)(kind.ptr[i] + 32) : kind.ptr[i];
    return (mrl_str){out, n};
}

/* Adds the template to the set; the first of a kind is found by its kind. */
static mrl_status keep(struct mrl_gk_set *s, struct mrl_gk_template *t) {
    char name[KIND_MAX];
    MRL_CHECK(s->n_templates < MRL_GK_TEMPLATES_MAX, MRL_E_LIMIT);
    MRL_TRY(MRL_VEC_ROOM(s->arena, s->templates, s->n_templates, s->cap_templates));
    if (mrl_gk_template_of(s, t->kind) == NULL) {
        mrl_str key = mrl_arena_str(s->arena, lower(t->kind, name));
        MRL_CHECK(key.ptr != NULL, MRL_E_NOMEM);
        mrl_build_member(&s->kinds, mrl_strval(key), mrl_int(s->n_templates));
    }
    s->templates[s->n_templates++] = t;
    return s->kinds.status;
}

mrl_status mrl_gk_add_template(struct mrl_gk_set *s, const struct mrl_gk_source *src,
                               struct mrl_gk_template **ret) {
    struct mrl_gk_template *t = MRL_ARENA_NEW(s->arena, struct mrl_gk_template);
    MRL_CHECK(t != NULL, MRL_E_NOMEM);
    mrl_val meta = MRL_GET(src->value, "metadata"), spec = MRL_GET(src->value, "spec");
    mrl_val crd = MRL_GET(MRL_GET(spec, "crd"), "spec"), targets = MRL_GET(spec, "targets");
    *t = (struct mrl_gk_template){
        .file = src->file,
        .pos = mrl_gk_pos(s, src, src->start),
        .name = mrl_val_str(MRL_GET(meta, "name")),
        .kind = mrl_val_str(MRL_GET(MRL_GET(crd, "names"), "kind")),
        .title = mrl_val_str(MRL_GET(MRL_GET(meta, "annotations"), "metadata.gatekeeper.sh/title")),
        .description = mrl_val_str(MRL_GET(MRL_GET(meta, "annotations"), "description")),
        .version = MRL_REGO_V0,
        .schema = mrl_undefined(),
    };
    MRL_TRY(check_names(s, src->value, t));
    MRL_TRY(read_schema(s, src->value, crd, t));
    if (!mrl_is_arr(targets) || targets.len != 1)
        MRL_TRY(blame(s, t, MRL_GK_BAD_TEMPLATE, "it must have exactly one target"));
    else
        MRL_TRY(read_target(s, src, targets.u.arr->items[0], t));
    MRL_TRY(name_modules(s, t, s->n_templates));
    MRL_TRY(keep(s, t));
    *ret = t;
    return MRL_OK;
}

struct mrl_gk_template *mrl_gk_template_of(const struct mrl_gk_set *s, mrl_str kind) {
    char name[KIND_MAX];
    mrl_val number = mrl_build_get(&s->kinds, mrl_strval(lower(kind, name)));
    MRL_ASSERT(number.tag != MRL_T_INT || number.u.i < s->n_templates);
    return number.tag == MRL_T_INT ? s->templates[number.u.i] : NULL;
}

bool mrl_gk_is_of_kind(const struct mrl_gk_template *t, mrl_str kind) {
    return same_but_case(t->kind, kind);
}

mrl_status mrl_gk_refuse_twins(struct mrl_gk_set *s) {
    for (uint32_t i = 0; i < s->n_templates; i++) {
        struct mrl_gk_template *t = s->templates[i], *first = mrl_gk_template_of(s, t->kind);
        if (t->kind.len == 0 || first == t)
            continue;
        mrl_str why = mrl_arena_printf(s->arena, "%.*s has a template of the kind %.*s, too",
                                       MRL_F(first->file), MRL_F(t->kind));
        MRL_TRY(mrl_gk_blame(s->arena, MRL_GK_BAD_TEMPLATE, why, &t->fault, &t->problem));
    }
    return MRL_OK;
}
