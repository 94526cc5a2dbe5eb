/* constraint.c - Constraints: reading and checking them; see gatekeeper.h.
 *
 * The checks are those that Gatekeeper makes before it takes a constraint: its name, its group and
 * version, spec.match, the parameters by the template's schema. A constraint that fails one would
 * judge something else than its author meant, so it judges nothing and says so.
 */
#include "base/vec.h"
#include "engines/gatekeeper/internal.h"
#include "engines/gatekeeper/schema.h"
#include "formats/json/json.h"

#define GROUP "constraints.gatekeeper.sh/"

/* spec.match and the actions in the words of a structural schema. */
#define TEXTS "{\"type\":\"array\",\"items\":{\"type\":\"string\"}}"
#define GLOB "{\"type\":\"string\",\"pattern\":\"^\\\\*?[-:a-z0-9]*\\\\*?$\"}"
#define SELECTOR                                                                                   \
    "{\"type\":\"object\",\"properties\":{\"matchLabels\":{\"type\":\"object\","                   \
    "\"additionalProperties\":{\"type\":\"string\"}},\"matchExpressions\":{\"type\":\"array\","    \
    "\"items\":{\"type\":\"object\",\"required\":[\"key\",\"operator\"],\"properties\":{\"key\":"  \
    "{\"type\":\"string\"},\"operator\":{\"type\":\"string\"},\"values\":" TEXTS "}}}}}"
static const char match_schema[] =
    "{\"type\":\"object\",\"properties\":{\"source\":{\"type\":\"string\",\"enum\":[\"All\","
    "\"Generated\",\"Original\"]},\"scope\":{\"type\":\"string\"},\"name\":" GLOB ",\"kinds\":{"
    "\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"apiGroups\":" TEXTS
    ",\"kinds\":" TEXTS "}}},\"namespaces\":{\"type\":\"array\",\"items\":" GLOB "},"
    "\"excludedNamespaces\":{\"type\":\"array\",\"items\":" GLOB "},\"labelSelector\":" SELECTOR
    ",\"namespaceSelector\":" SELECTOR "}}";
static const char actions_schema[] =
    "{\"type\":\"array\",\"items\":{\"type\":\"object\",\"properties\":{\"action\":{\"type\":"
    "\"string\"},\"enforcementPoints\":{\"type\":\"array\",\"items\":{\"type\":\"object\","
    "\"properties\":{\"name\":{\"type\":\"string\"}}}}}}}";

struct reading {
    struct mrl_gk_set *set;
    struct mrl_gk_constraint *c;
    struct mrl_err err;
};

/* Turns a refusal into the constraint's fault; other failures stay failures. */
static mrl_status settle(struct reading *r, mrl_status status, enum mrl_gk_fault fault) {
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    if (r->err.text[0] == '\0')
        (void)mrl_err_set(&r->err, status, "gatekeeper.constraint", "it is not well formed: %s",
                          mrl_status_name(status));
    return mrl_gk_blame(r->set->arena, fault, mrl_str_z(r->err.text), &r->c->fault, &r->c->problem);
}

/* Gives the constraint its fault; the first one stays. */
static mrl_status refuse(struct reading *r, enum mrl_gk_fault fault, const char *why) {
    MRL_ASSERT(fault != MRL_GK_SOUND);
    return mrl_gk_blame(r->set->arena, fault, mrl_str_z(why), &r->c->fault, &r->c->problem);
}

/* --- names and fields
 * ----------------------------------------------------------------------------- */

/* A DNS-1123 subdomain: lower-case labels of letters, digits and '-', divided by dots. */
static bool is_name(mrl_str s) {
    char before = '.';
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        bool dash = c == '-' && before != '.', dot = c == '.' && before != '.' && before != '-';
        if (!alnum && !dash && !dot)
            return false;
        before = c;
    }
    return s.len > 0 && before != '-' && before != '.';
}

/* The name, the group and version, and that there is a template of just this kind. */
static mrl_status check_names(struct reading *r, mrl_val v) {
    mrl_str api = mrl_val_str(MRL_GET(v, "apiVersion"));
    if (!is_name(r->c->name) || r->c->name.len > 63)
        return refuse(r, r->c->name.len > 63 ? MRL_GK_BAD_SCHEMA : MRL_GK_BAD_CONSTRAINT,
                      "metadata.name must be a lower-case DNS name of at most 63 characters");
    if (!mrl_str_eq(api, MRL_S(GROUP "v1beta1")) && !mrl_str_eq(api, MRL_S(GROUP "v1alpha1")))
        return refuse(r, MRL_GK_BAD_CONSTRAINT,
                      "its apiVersion must be " GROUP "v1beta1 or v1alpha1");
    if (r->c->template == NULL)
        return refuse(r, MRL_GK_NO_TEMPLATE, "there is no ConstraintTemplate of its kind");
    if (!mrl_str_eq(r->c->kind, r->c->template->kind))
        return refuse(r, MRL_GK_BAD_CONSTRAINT, "its kind is not the one that its template names");
    return MRL_OK;
}

/* Refuses a member that is not among the known ones. */
static mrl_status check_known(struct reading *r, mrl_val v, const char *const *known, size_t n,
                              const char *where) {
    for (uint32_t i = 0; mrl_is_obj(v) && i < v.len; i++) {
        mrl_str key = mrl_val_str(v.u.obj->m[i].key);
        bool found = false;
        for (size_t k = 0; k < n && !found; k++)
            found = mrl_str_eq(key, mrl_str_z(known[k]));
        if (!found)
            return mrl_err_set(&r->err, MRL_E_INVALID, "gatekeeper.field",
                               "%s%.*s is a field that constraints do not have", where, MRL_F(key));
    }
    return MRL_OK;
}

/* A misspelt field (`spec.matches`) would leave its meaning at the default: everything. */
static mrl_status check_fields(struct reading *r, mrl_val v, mrl_val spec) {
    static const char *const top[] = {"apiVersion", "kind", "metadata", "spec", "status"};
    static const char *const inner[] = {"match", "parameters", "enforcementAction",
                                        "scopedEnforcementActions"};
    if (mrl_is_defined(spec) && !mrl_is_obj(spec))
        return refuse(r, MRL_GK_BAD_SCHEMA, "spec must be a mapping");
    MRL_TRY(settle(r, check_known(r, v, top, MRL_COUNTOF(top), ""), MRL_GK_BAD_CONSTRAINT));
    return settle(r, check_known(r, spec, inner, MRL_COUNTOF(inner), "spec."),
                  MRL_GK_BAD_CONSTRAINT);
}

/* --- match, parameters, actions
 * --------------------------------------------------------------------- */

/* Checks a part of the spec against a schema of this file, types first, then unknown fields. */
static mrl_status by_own_schema(struct reading *r, const char *schema, mrl_val v,
                                const char *path) {
    mrl_arena *a = r->set->arena;
    mrl_val s = mrl_undefined();
    if (!mrl_is_defined(v))
        return MRL_OK;
    MRL_TRY(mrl_json_parse(a, mrl_str_z(schema), NULL, &r->err, &s));
    MRL_TRY(settle(r, mrl_schema_check(a, s, v, mrl_str_z(path), &r->err), MRL_GK_BAD_SCHEMA));
    return settle(r, mrl_schema_check_fields(a, s, v, mrl_str_z(path), &r->err),
                  MRL_GK_BAD_CONSTRAINT);
}

/* spec.match, checked and read; a match that is refused would have matched everything. */
static mrl_status read_match(struct reading *r, mrl_val spec) {
    mrl_val match = MRL_GET(spec, "match");
    MRL_TRY(by_own_schema(r, match_schema, match, "spec.match"));
    return settle(r, mrl_gk_match_read(r->set->arena, match, &r->err, &r->c->match),
                  MRL_GK_BAD_CONSTRAINT);
}

/* Parameters are checked as given and filled with defaults afterwards, as Gatekeeper does: a
 * default that does not fit its own schema is the template's affair. */
static mrl_status read_parameters(struct reading *r, mrl_val spec) {
    MRL_ASSERT(r->c->template != NULL);
    mrl_val given = MRL_GET(spec, "parameters"), schema = r->c->template->schema;
    mrl_arena *a = r->set->arena;
    mrl_str path = MRL_S("spec.parameters");
    if (mrl_is_defined(given) && !mrl_is_defined(schema))
        return refuse(r, MRL_GK_BAD_CONSTRAINT, "its template takes no parameters");
    if (mrl_is_defined(given)) {
        MRL_TRY(settle(r, mrl_schema_check(a, schema, given, path, &r->err), MRL_GK_BAD_SCHEMA));
        MRL_TRY(settle(r, mrl_schema_check_fields(a, schema, given, path, &r->err),
                       MRL_GK_BAD_CONSTRAINT));
    } else {
        given = MRL_GET(schema, "default");
    }
    if (!mrl_is_defined(given) || given.tag == MRL_T_NULL)
        given = mrl_empty_obj();
    MRL_TRY(mrl_schema_default(a, schema, given, &r->c->parameters));
    return mrl_val_freeze(a, r->c->parameters);
}

/* The bit of an action; names that nobody knows share one. */
static unsigned action_bit(mrl_str name) {
    return mrl_str_eq(name, MRL_S("deny"))     ? MRL_GK_DENY
           : mrl_str_eq(name, MRL_S("warn"))   ? MRL_GK_WARN
           : mrl_str_eq(name, MRL_S("dryrun")) ? MRL_GK_DRYRUN
                                               : MRL_GK_OTHER_ACTION;
}

/* The actions of scopedEnforcementActions that name the point, or all points. */
static unsigned scoped_actions(mrl_val list, mrl_str point) {
    unsigned actions = 0;
    for (uint32_t i = 0; mrl_is_arr(list) && i < list.len; i++) {
        mrl_val points = MRL_GET(list.u.arr->items[i], "enforcementPoints");
        for (uint32_t k = 0; mrl_is_arr(points) && k < points.len; k++) {
            mrl_str name = mrl_val_str(MRL_GET(points.u.arr->items[k], "name"));
            if (mrl_str_eq(name, MRL_S("*")) || mrl_str_eq(name, point))
                actions |= action_bit(mrl_val_str(MRL_GET(list.u.arr->items[i], "action")));
        }
    }
    return actions;
}

/* What a violation leads to here; `scoped` means: look at the list of points. */
static mrl_status read_actions(struct reading *r, mrl_val spec, mrl_str point) {
    mrl_val action = MRL_GET(spec, "enforcementAction");
    mrl_val scoped = MRL_GET(spec, "scopedEnforcementActions");
    if (mrl_is_defined(action) && !mrl_is_str(action))
        return refuse(r, MRL_GK_BAD_SCHEMA, "spec.enforcementAction must be a string");
    MRL_TRY(by_own_schema(r, actions_schema, scoped, "spec.scopedEnforcementActions"));
    r->c->action = mrl_is_str(action) ? mrl_val_str(action) : MRL_S("deny");
    if (!mrl_str_eq(r->c->action, MRL_S("scoped"))) {
        r->c->actions = action_bit(r->c->action);
        return MRL_OK;
    }
    if (!mrl_is_arr(scoped))
        return refuse(r, MRL_GK_BAD_CONSTRAINT,
                      "enforcementAction scoped needs spec.scopedEnforcementActions");
    r->c->actions = scoped_actions(scoped, point);
    return MRL_OK;
}

/* --- the whole
 * ------------------------------------------------------------------------------------ */

mrl_status mrl_gk_add_constraint(struct mrl_gk_set *s, const struct mrl_gk_source *src,
                                 const struct mrl_gk_template *template, mrl_str point,
                                 struct mrl_gk_constraint **ret) {
    struct mrl_gk_constraint *c = MRL_ARENA_NEW(s->arena, struct mrl_gk_constraint);
    MRL_CHECK(c != NULL, MRL_E_NOMEM);
    mrl_val spec = MRL_GET(src->value, "spec");
    *c = (struct mrl_gk_constraint){
        .file = src->file,
        .pos = mrl_gk_pos(s, src, src->start),
        .kind = mrl_val_str(MRL_GET(src->value, "kind")),
        .name = mrl_val_str(MRL_GET(MRL_GET(src->value, "metadata"), "name")),
        .template = template,
        .parameters = mrl_empty_obj(),
    };
    struct reading r = {s, c, {0}};
    MRL_TRY(check_names(&r, src->value));
    MRL_TRY(check_fields(&r, src->value, spec));
    MRL_TRY(read_match(&r, spec));
    MRL_TRY(read_actions(&r, spec, point));
    if (template != NULL)
        MRL_TRY(read_parameters(&r, spec));
    MRL_TRY(MRL_VEC_ROOM(s->arena, s->constraints, s->n_constraints, s->cap_constraints));
    s->constraints[s->n_constraints++] = c;
    *ret = c;
    return MRL_OK;
}
