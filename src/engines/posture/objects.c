/* objects.c - documents to Kubernetes objects, and the inventory that joins them. */
#include "engines/posture/posture.h"

#include "base/vec.h"
#include "engines/posture/document.h"

#include <stdlib.h>

#define LIST_DEPTH_MAX 8 /* Lists inside Lists */

void mrl_objects_init(struct mrl_objects *o, mrl_arena *arena) {
    *o = (struct mrl_objects){.arena = arena};
}

static mrl_str text_at(mrl_val object, const char *key) {
    return mrl_val_str(mrl_obj_get_str(object, mrl_str_z(key)));
}

bool mrl_kind_is_cluster_scoped(mrl_str kind) {
    static const char *const kinds[] = {
        "APIService",
        "CertificateSigningRequest",
        "ClusterRole",
        "ClusterRoleBinding",
        "ClusterTrustBundle",
        "ComponentStatus",
        "CSIDriver",
        "CSINode",
        "CustomResourceDefinition",
        "DeviceClass",
        "FlowSchema",
        "GatewayClass",
        "IngressClass",
        "IPAddress",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "MutatingWebhookConfiguration",
        "Namespace",
        "Node",
        "PersistentVolume",
        "PodSecurityPolicy",
        "PriorityClass",
        "PriorityLevelConfiguration",
        "ResourceSlice",
        "RuntimeClass",
        "SelfSubjectAccessReview",
        "SelfSubjectReview",
        "SelfSubjectRulesReview",
        "ServiceCIDR",
        "StorageClass",
        "SubjectAccessReview",
        "TokenReview",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "ValidatingWebhookConfiguration",
        "VolumeAttachment",
        "VolumeAttributesClass",
    };
    for (size_t i = 0; i < MRL_COUNTOF(kinds); i++)
        if (mrl_str_eq(kind, mrl_str_z(kinds[i])))
            return true;
    return false;
}

/* Where an object will live: kubectl puts what names no namespace into "default". */
static mrl_str place_of(const struct mrl_objects *o, const struct mrl_object *it) {
    if (mrl_kind_is_cluster_scoped(it->kind))
        return (mrl_str){NULL, 0};
    return it->ns.len > 0 || o->as_written ? it->ns : MRL_S("default");
}

static mrl_status add_one(struct mrl_objects *o, const struct mrl_text_file *source, mrl_val v,
                          uint32_t start, uint32_t end) {
    MRL_ASSERT(source != NULL && start <= end);
    MRL_CHECK(o->n < MRL_OBJECTS_MAX, MRL_E_LIMIT);
    MRL_TRY(MRL_VEC_ROOM(o->arena, o->items, o->n, o->cap));
    mrl_val meta = MRL_GET(v, "metadata");
    mrl_str name = text_at(meta, "name");
    struct mrl_object *it = &o->items[o->n++];
    *it = (struct mrl_object){.value = v,
                              .source = source,
                              .start = start,
                              .end = end,
                              .api_version = text_at(v, "apiVersion"),
                              .kind = text_at(v, "kind"),
                              .ns = text_at(meta, "namespace"),
                              .name = name.len > 0 ? name : text_at(meta, "generateName")};
    it->place = place_of(o, it);
    it->id = mrl_arena_printf(o->arena, "object:%.*s/%.*s/%.*s/%.*s", MRL_F(it->api_version),
                              MRL_F(it->kind), MRL_F(it->ns), MRL_F(it->name));
    return it->id.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

mrl_status mrl_objects_add_document(struct mrl_objects *o, const struct mrl_text_file *source,
                                    mrl_str kind, mrl_val doc, uint32_t start, uint32_t end) {
    MRL_ASSERT(source != NULL && start <= end);
    MRL_CHECK(o->n < MRL_OBJECTS_MAX, MRL_E_LIMIT);
    MRL_TRY(MRL_VEC_ROOM(o->arena, o->items, o->n, o->cap));
    struct mrl_object *it = &o->items[o->n++];
    *it = (struct mrl_object){.value = doc,
                              .source = source,
                              .start = start,
                              .end = end,
                              .kind = kind,
                              .name = mrl_document_path(source->path),
                              .document = true};
    it->id = mrl_arena_printf(o->arena, "document:%.*s", MRL_F(it->name));
    return it->id.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status add_doc(struct mrl_objects *o, const struct mrl_text_file *source, mrl_val v,
                          const struct mrl_span *span, unsigned depth) {
    mrl_str kind = text_at(v, "kind");
    if (!mrl_is_obj(v) || kind.len == 0 || text_at(v, "apiVersion").len == 0) {
        mrl_str other = depth == 0 ? mrl_document_kind(source->path, v) : (mrl_str){NULL, 0};
        if (other.len > 0)
            return mrl_objects_add_document(o, source, other, v, span->val_start, span->val_end);
        o->not_objects++;
        return MRL_OK;
    }
    mrl_val items = MRL_GET(v, "items");
    if (!mrl_str_ends(kind, MRL_S("List")) || !mrl_is_arr(items))
        return add_one(o, source, v, span->val_start, span->val_end);
    MRL_CHECK(depth < LIST_DEPTH_MAX, MRL_E_LIMIT);
    for (uint32_t i = 0; i < items.len; i++) {
        const struct mrl_span *inner = mrl_val_span(items, i);
        MRL_TRY(add_doc(o, source, items.u.arr->items[i], inner != NULL ? inner : span, depth + 1));
    }
    return MRL_OK;
}

mrl_status mrl_objects_add(struct mrl_objects *o, const struct mrl_text_file *source, mrl_val doc,
                           uint32_t start, uint32_t end) {
    return add_doc(o, source, doc, &(struct mrl_span){0, 0, start, end}, 0);
}

/* --- inventory
 * ------------------------------------------------------------------------------------ */

/* Objects in the order of their place in the inventory: scope, namespace, apiVersion, kind, name.
 */
static int by_place(const void *pa, const void *pb) {
    const struct mrl_object *a = *(const struct mrl_object *const *)pa;
    const struct mrl_object *b = *(const struct mrl_object *const *)pb;
    int c = mrl_str_cmp(a->place, b->place);
    c = c != 0 ? c : mrl_str_cmp(a->api_version, b->api_version);
    c = c != 0 ? c : mrl_str_cmp(a->kind, b->kind);
    c = c != 0 ? c : mrl_str_cmp(a->name, b->name);
    return c != 0 ? c : (a > b) - (a < b);
}

/* The key of an object at a level: 0 namespace, 1 apiVersion, 2 kind, 3 name. */
static mrl_str key_at(const struct mrl_object *o, unsigned level) {
    MRL_DASSERT(level <= 3);
    return level == 0 ? o->place : level == 1 ? o->api_version : level == 2 ? o->kind : o->name;
}

/* Nested objects from sorted objects [0, n), keys from `level` on. */
static mrl_status nest(mrl_arena *a, const struct mrl_object *const *objects, uint32_t n,
                       unsigned level, mrl_val *ret) {
    MRL_ASSERT(level <= 3);
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_OBJ, 0);
    for (uint32_t from = 0, to; from < n; from = to) {
        mrl_str key = key_at(objects[from], level);
        for (to = from + 1; to < n && mrl_str_eq(key_at(objects[to], level), key); to++)
            ;
        mrl_val v = objects[to - 1]->value; /* the same object twice: the last one stands */
        if (level < 3)
            MRL_TRY(nest(a, objects + from, to - from, level + 1, &v));
        mrl_build_member(&b, mrl_strval(key), v);
    }
    return mrl_build_end(&b, ret);
}

mrl_status mrl_objects_inventory(struct mrl_objects *o, mrl_val *ret) {
    const struct mrl_object **sorted =
        MRL_ARENA_ARRAY(o->arena, const struct mrl_object *, o->n + 1);
    MRL_CHECK(sorted != NULL, MRL_E_NOMEM);
    uint32_t n = 0, cluster = 0;
    for (uint32_t i = 0; i < o->n; i++)
        if (!o->items[i].document)
            sorted[n++] = &o->items[i];
    qsort(sorted, n, sizeof(void *), by_place);
    while (cluster < n && sorted[cluster]->place.len == 0)
        cluster++;
    mrl_val parts[2];
    MRL_TRY(nest(o->arena, sorted, cluster, 1, &parts[0]));
    MRL_TRY(nest(o->arena, sorted + cluster, n - cluster, 0, &parts[1]));
    struct mrl_member members[] = {{MRL_V("cluster"), parts[0]}, {MRL_V("namespace"), parts[1]}};
    /* As written: what nobody gave is undefined, not empty. */
    size_t from = o->as_written && cluster == 0, to = o->as_written && cluster == n ? 1 : 2;
    MRL_TRY(mrl_obj_of(o->arena, members + from, to - from, ret));
    o->inventory = *ret;
    return mrl_val_freeze(o->arena, *ret);
}

/* --- places
 * --------------------------------------------------------------------------------------- */

mrl_status mrl_text_file_index(mrl_arena *a, struct mrl_text_file *s) {
    uint32_t n = 1, at = 0;
    for (size_t i = 0; (i = mrl_str_find(s->text, MRL_S("\n"), i)) != MRL_STR_NPOS; i++)
        n++;
    uint32_t *lines = MRL_ARENA_ARRAY(a, uint32_t, n);
    MRL_CHECK(lines != NULL, MRL_E_NOMEM);
    for (size_t i = 0; (i = mrl_str_find(s->text, MRL_S("\n"), i)) != MRL_STR_NPOS; i++)
        lines[++at] = (uint32_t)i + 1;
    s->lines = lines;
    s->n_lines = n;
    return MRL_OK;
}

/* The line of an offset, from 0, and where it begins: by halving, or by counting. */
static uint32_t line_of(const struct mrl_text_file *s, uint32_t offset, uint32_t *ret_start) {
    uint32_t low = 0, high = s->n_lines;
    if (s->lines == NULL) {
        *ret_start = 0;
        for (uint32_t i = 0; i < offset && i < s->text.len; i++)
            if (s->text.ptr[i] == '\n') {
                low++;
                *ret_start = i + 1;
            }
        return low;
    }
    while (high - low > 1) { /* lines[low] <= offset < lines[high] */
        uint32_t middle = low + (high - low) / 2;
        if (s->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    *ret_start = s->lines[low];
    return low;
}

struct mrl_pos mrl_text_file_place(const struct mrl_text_file *s, uint32_t offset) {
    uint32_t start, line = line_of(s, offset, &start);
    return (struct mrl_pos){s->path, line + 1, offset - start + 1, offset};
}

void mrl_object_locate(const struct mrl_object *o, mrl_val path, struct mrl_pos *ret_pos,
                       uint32_t *ret_end) {
    uint32_t start = o->start, end = o->end;
    mrl_val v = o->value;
    for (uint32_t i = 0; mrl_is_arr(path) && i < path.len; i++) {
        mrl_val key = path.u.arr->items[i];
        int64_t at = mrl_is_obj(v)                           ? mrl_obj_find(v, key)
                     : mrl_is_arr(v) && key.tag == MRL_T_INT ? key.u.i
                                                             : -1;
        if (at < 0 || at >= (int64_t)v.len)
            break;
        const struct mrl_span *span = mrl_val_span(v, (size_t)at);
        if (span == NULL)
            break;
        start = span->key_end > 0 ? span->key_start : span->val_start;
        end = span->val_end;
        v = mrl_is_obj(v) ? v.u.obj->m[at].val : v.u.arr->items[at];
    }
    *ret_pos = mrl_text_file_place(o->source, start);
    *ret_end = end;
}
