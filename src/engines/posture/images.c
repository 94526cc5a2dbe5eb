/* images.c - see images.h. */
#include "engines/posture/images.h"

#include "base/vec.h"

struct finding {
    mrl_arena *arena;
    const struct mrl_object *object;
    struct mrl_image_uses *out;
};

static mrl_status add(struct finding *f, mrl_val owner, const char *key) {
    int64_t at = mrl_is_obj(owner) ? mrl_obj_find(owner, mrl_strval(mrl_str_z(key))) : -1;
    mrl_str text = at >= 0 ? mrl_val_str(owner.u.obj->m[at].val) : (mrl_str){NULL, 0};
    if (text.len == 0)
        return MRL_OK;
    const struct mrl_span *span = mrl_val_span(owner, (size_t)at);
    MRL_CHECK(f->out->n < MRL_IMAGE_USES_MAX, MRL_E_LIMIT);
    MRL_TRY(MRL_VEC_ROOM(f->arena, f->out->items, f->out->n, f->out->cap));
    f->out->items[f->out->n++] =
        (struct mrl_image_use){.text = text,
                               .source = f->object->source,
                               .object_id = f->object->id,
                               .start = span != NULL ? span->val_start : f->object->start,
                               .end = span != NULL ? span->val_end : f->object->end};
    return MRL_OK;
}

static bool is_containers(mrl_str key) {
    return mrl_str_eq(key, MRL_S("containers")) || mrl_str_eq(key, MRL_S("initContainers")) ||
           mrl_str_eq(key, MRL_S("ephemeralContainers"));
}

static mrl_status in_list(struct finding *f, mrl_str key, mrl_val list) {
    bool containers = is_containers(key), volumes = mrl_str_eq(key, MRL_S("volumes"));
    for (uint32_t i = 0; (containers || volumes) && i < list.len; i++) {
        mrl_val item = list.u.arr->items[i];
        MRL_TRY(containers ? add(f, item, "image") : add(f, MRL_GET(item, "image"), "reference"));
    }
    return MRL_OK;
}

static mrl_status search(struct finding *f, mrl_val v, unsigned depth) {
    if (depth == MRL_IMAGE_DEPTH_MAX)
        return MRL_OK;
    for (uint32_t i = 0; mrl_is_obj(v) && i < v.len; i++) {
        const struct mrl_member *m = &v.u.obj->m[i];
        if (mrl_is_arr(m->val))
            MRL_TRY(in_list(f, mrl_val_str(m->key), m->val));
        MRL_TRY(search(f, m->val, depth + 1));
    }
    for (uint32_t i = 0; mrl_is_arr(v) && i < v.len; i++)
        MRL_TRY(search(f, v.u.arr->items[i], depth + 1));
    return MRL_OK;
}

mrl_status mrl_images_find(const struct mrl_objects *o, mrl_arena *a, struct mrl_image_uses *ret) {
    struct finding f = {.arena = a, .out = ret};
    *ret = (struct mrl_image_uses){0};
    for (uint32_t i = 0; i < o->n; i++) {
        f.object = &o->items[i];
        if (!f.object->document)
            MRL_TRY(search(&f, f.object->value, 0));
    }
    return MRL_OK;
}

mrl_status mrl_objects_add_subject(struct mrl_objects *o, const struct mrl_subject *s) {
    MRL_ASSERT(s->source != NULL && s->start <= s->end);
    MRL_CHECK(o->n < MRL_OBJECTS_MAX, MRL_E_LIMIT);
    MRL_TRY(MRL_VEC_ROOM(o->arena, o->items, o->n, o->cap));
    MRL_TRY(mrl_val_freeze(o->arena, s->value));
    if (mrl_is_defined(s->evidence))
        MRL_TRY(mrl_val_freeze(o->arena, s->evidence));
    if (mrl_is_defined(s->parameters))
        MRL_TRY(mrl_val_freeze(o->arena, s->parameters));
    o->items[o->n++] = (struct mrl_object){.value = s->value,
                                           .source = s->source,
                                           .start = s->start,
                                           .end = s->end,
                                           .kind = s->kind,
                                           .name = s->name,
                                           .id = s->id,
                                           .document = true,
                                           .evidence = s->evidence,
                                           .parameters = s->parameters};
    return MRL_OK;
}
