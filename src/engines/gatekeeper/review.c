/* review.c - what a rule sees as input.review; see gatekeeper.h.
 *
 * The form is that of an AdmissionRequest written as JSON: fields that Kubernetes always writes are
 * there even when nobody gave them ("operation": "", "userInfo": {}), so that a rule meets the same
 * defined and undefined places as under Gatekeeper.
 */
#include "engines/gatekeeper/gatekeeper.h"

/* The text under a key; anything else is the empty text. */
static mrl_val text_at(mrl_val v, const char *key) {
    mrl_val s = mrl_obj_get_str(v, mrl_str_z(key));
    return mrl_is_str(s) ? s : MRL_V("");
}

/* {"group", "version", third: …}, empty texts where nothing is given. */
static mrl_status group_version(mrl_arena *a, mrl_val from, const char *third, mrl_val *ret) {
    struct mrl_member m[] = {{MRL_V("group"), text_at(from, "group")},
                             {MRL_V("version"), text_at(from, "version")},
                             {mrl_strval(mrl_str_z(third)), text_at(from, third)}};
    return mrl_obj_of(a, m, 3, ret);
}

/* {"group", "version", "kind"} of an object; the core group has no name. */
static mrl_status kind_of(mrl_arena *a, mrl_val object, mrl_val *ret) {
    mrl_str version, api = mrl_val_str(MRL_GET(object, "apiVersion"));
    mrl_str group = mrl_str_cut(api, '/', &version);
    bool core = version.ptr == NULL;
    struct mrl_member m[] = {{MRL_V("group"), mrl_strval(core ? MRL_S("") : group)},
                             {MRL_V("version"), mrl_strval(core ? api : version)},
                             {MRL_V("kind"), text_at(object, "kind")}};
    return mrl_obj_of(a, m, 3, ret);
}

static void add(struct mrl_builder *b, const char *key, mrl_val v) {
    mrl_build_member(b, mrl_strval(mrl_str_z(key)), v);
}

/* The namespace's object where it is known, for rules that ask for its labels. */
static mrl_status add_namespace(struct mrl_builder *b, mrl_val namespace) {
    if (!mrl_is_defined(namespace)) {
        add(b, "namespaceObject", mrl_empty_obj());
        return MRL_OK;
    }
    struct mrl_member m = {MRL_V("namespace"), namespace};
    mrl_val unstable = mrl_undefined();
    MRL_TRY(mrl_obj_of(b->arena, &m, 1, &unstable));
    add(b, "namespaceObject", namespace);
    add(b, "_unstable", unstable); /* the name that older templates know */
    return MRL_OK;
}

mrl_status mrl_gk_review_object(mrl_arena *a, mrl_val object, mrl_val namespace,
                                struct mrl_gk_review *ret) {
    mrl_val meta = MRL_GET(object, "metadata"), name = MRL_GET(meta, "name");
    mrl_val ns = MRL_GET(meta, "namespace"), kind = mrl_undefined(), resource = mrl_undefined();
    struct mrl_gk_review r = {.object = mrl_gk_subject_of(object, namespace), .has_object = true};
    struct mrl_builder b;
    MRL_TRY(kind_of(a, object, &kind));
    MRL_TRY(group_version(a, mrl_undefined(), "resource", &resource));
    mrl_builder_init(&b, a, MRL_T_OBJ, 16);
    add(&b, "uid", MRL_V(""));
    add(&b, "kind", kind);
    add(&b, "resource", resource);
    if (mrl_val_str(name).len > 0)
        add(&b, "name", name);
    if (mrl_val_str(ns).len > 0)
        add(&b, "namespace", ns);
    add(&b, "operation", MRL_V(""));
    add(&b, "userInfo", mrl_empty_obj());
    add(&b, "object", object);
    add(&b, "oldObject", mrl_null());
    add(&b, "options", mrl_null());
    MRL_TRY(add_namespace(&b, namespace));
    MRL_TRY(mrl_build_end(&b, &r.value));
    *ret = r;
    return MRL_OK;
}

/* --- AdmissionReview
 * ------------------------------------------------------------------------------ */

bool mrl_gk_is_admission_review(mrl_val object) {
    return mrl_str_eq(mrl_val_str(MRL_GET(object, "kind")), MRL_S("AdmissionReview")) &&
           mrl_str_starts(mrl_val_str(MRL_GET(object, "apiVersion")), MRL_S("admission.k8s.io/"));
}

mrl_str mrl_gk_review_namespace(mrl_val object) {
    if (mrl_gk_is_admission_review(object))
        return mrl_val_str(MRL_GET(MRL_GET(object, "request"), "namespace"));
    return mrl_val_str(MRL_GET(MRL_GET(object, "metadata"), "namespace"));
}

/* What a field of a request must be; null passes for all of them. */
enum shape { TEXT, OBJECT, ANY, FLAG };

/* The fields of an AdmissionRequest. Others are refused, as the API server's decoder does: a
 * misspelt field would be missing from the review, and a rule that asks for it would be silent. */
static const struct {
    const char *name;
    enum shape shape;
} fields[] = {{"uid", TEXT},
              {"kind", OBJECT},
              {"resource", OBJECT},
              {"subResource", TEXT},
              {"requestKind", OBJECT},
              {"requestResource", OBJECT},
              {"requestSubResource", TEXT},
              {"name", TEXT},
              {"namespace", TEXT},
              {"operation", TEXT},
              {"userInfo", OBJECT},
              {"object", ANY},
              {"oldObject", ANY},
              {"dryRun", FLAG},
              {"options", ANY}};

static bool has_shape(mrl_val v, enum shape shape) {
    return shape == ANY || v.tag == MRL_T_NULL || (shape == TEXT && mrl_is_str(v)) ||
           (shape == OBJECT && mrl_is_obj(v)) || (shape == FLAG && v.tag == MRL_T_BOOL);
}

/* Refuses a field that requests do not have, or of the wrong type. */
static mrl_status check_request(mrl_val request, struct mrl_err *err) {
    MRL_ASSERT(mrl_is_obj(request));
    for (uint32_t i = 0; i < request.len; i++) {
        mrl_str key = mrl_val_str(request.u.obj->m[i].key);
        size_t at = 0;
        while (at < MRL_COUNTOF(fields) && !mrl_str_eq(key, mrl_str_z(fields[at].name)))
            at++;
        if (at == MRL_COUNTOF(fields))
            return mrl_err_set(err, MRL_E_INVALID, "gatekeeper.review",
                               "request.%.*s is no field of an AdmissionReview", MRL_F(key));
        if (!has_shape(request.u.obj->m[i].val, fields[at].shape))
            return mrl_err_set(err, MRL_E_INVALID, "gatekeeper.review",
                               "request.%.*s has the wrong type", MRL_F(key));
    }
    return MRL_OK;
}

/* *ret: whether the object is given; an object without a kind is refused. */
static mrl_status check_object(mrl_val v, const char *name, struct mrl_err *err, bool *ret) {
    *ret = mrl_is_defined(v) && v.tag != MRL_T_NULL;
    if (*ret && mrl_val_str(MRL_GET(v, "kind")).len == 0)
        return mrl_err_set(err, MRL_E_INVALID, "gatekeeper.review",
                           "request.%s is no Kubernetes object: it has no kind", name);
    return MRL_OK;
}

/* A DELETE has no new object: its old one stands in, since every rule looks at `object`. */
static mrl_status check_objects(mrl_val request, struct mrl_err *err, mrl_val *ret_object,
                                mrl_val *ret_old, struct mrl_gk_review *r) {
    mrl_val object = MRL_GET(request, "object"), old = MRL_GET(request, "oldObject");
    bool deletes = mrl_str_eq(mrl_val_str(MRL_GET(request, "operation")), MRL_S("DELETE"));
    MRL_TRY(check_object(object, "object", err, &r->has_object));
    MRL_TRY(check_object(old, "oldObject", err, &r->has_old_object));
    if (!r->has_object && !r->has_old_object)
        return mrl_err_set(err, MRL_E_INVALID, "gatekeeper.review",
                           "the AdmissionReview has neither object nor oldObject");
    if (deletes && !r->has_old_object)
        return mrl_err_set(err, MRL_E_INVALID, "gatekeeper.review",
                           "a DELETE needs request.oldObject: the object that goes");
    if (deletes) {
        object = old;
        r->has_object = true;
    }
    *ret_object = r->has_object ? object : mrl_null();
    *ret_old = r->has_old_object ? old : mrl_null();
    return MRL_OK;
}

/* Fields that Go's encoder leaves out when they are empty. */
static bool says_something(mrl_val v) {
    return mrl_is_defined(v) && v.tag != MRL_T_NULL && !(mrl_is_str(v) && v.len == 0);
}

/* The request as Kubernetes writes it: fields of its own always, others when they say something. */
static mrl_status write_request(mrl_arena *a, mrl_val request, mrl_val object, mrl_val old,
                                mrl_val namespace, mrl_val *ret) {
    static const char *const always[] = {"uid", "operation"};
    struct mrl_builder b;
    mrl_val v = mrl_undefined();
    mrl_builder_init(&b, a, MRL_T_OBJ, MRL_COUNTOF(fields) + 2);
    for (size_t i = 0; i < MRL_COUNTOF(fields); i++) {
        v = mrl_obj_get_str(request, mrl_str_z(fields[i].name));
        if (says_something(v))
            add(&b, fields[i].name, v);
    }
    for (size_t i = 0; i < MRL_COUNTOF(always); i++)
        add(&b, always[i], text_at(request, always[i]));
    MRL_TRY(group_version(a, MRL_GET(request, "kind"), "kind", &v));
    add(&b, "kind", v);
    MRL_TRY(group_version(a, MRL_GET(request, "resource"), "resource", &v));
    add(&b, "resource", v);
    v = MRL_GET(request, "userInfo");
    add(&b, "userInfo", mrl_is_obj(v) ? v : mrl_empty_obj());
    add(&b, "object", object);
    add(&b, "oldObject", old);
    v = MRL_GET(request, "options");
    add(&b, "options", mrl_is_defined(v) ? v : mrl_null());
    MRL_TRY(add_namespace(&b, namespace));
    return mrl_build_end(&b, ret);
}

mrl_status mrl_gk_review_request(mrl_arena *a, mrl_val admission_review, mrl_val namespace,
                                 struct mrl_err *err, struct mrl_gk_review *ret) {
    mrl_val request = MRL_GET(admission_review, "request"), object, old;
    struct mrl_gk_review r = {0};
    if (!mrl_is_obj(request))
        return mrl_err_set(err, MRL_E_INVALID, "gatekeeper.review",
                           "the AdmissionReview has no request");
    MRL_TRY(check_request(request, err));
    MRL_TRY(check_objects(request, err, &object, &old, &r));
    MRL_TRY(write_request(a, request, object, old, namespace, &r.value));
    r.object = mrl_gk_subject_of(object, namespace);
    r.old_object = mrl_gk_subject_of(old, namespace);
    *ret = r;
    return MRL_OK;
}
