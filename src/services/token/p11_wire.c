/* p11_wire.c - the messages of p11.h as bytes, and back. */
#include "services/token/p11.h"

void mrl_p11_put_slots(struct mrl_buf *b, const struct mrl_p11_slot *slots, uint32_t n) {
    MRL_ASSERT(n <= MRL_P11_SLOTS_MAX);
    mrl_wire_u32(b, n);
    for (uint32_t i = 0; i < n; i++) {
        mrl_wire_u64(b, slots[i].slot);
        mrl_wire_u32(b, slots[i].flags);
        mrl_wire_str(b, slots[i].label);
        mrl_wire_str(b, slots[i].manufacturer);
        mrl_wire_str(b, slots[i].model);
        mrl_wire_str(b, slots[i].serial);
    }
}

mrl_status mrl_p11_get_slots(mrl_arena *a, mrl_str bytes, struct mrl_p11_slot **ret,
                             uint32_t *ret_n) {
    struct mrl_rd r = mrl_rd_of(bytes);
    uint32_t n = mrl_rd_le32(&r);
    MRL_CHECK(!r.failed && n <= MRL_P11_SLOTS_MAX, MRL_E_SYNTAX);
    struct mrl_p11_slot *slots = MRL_ARENA_ARRAY(a, struct mrl_p11_slot, n + 1);
    MRL_CHECK(slots != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++) {
        slots[i].slot = mrl_rd_le64(&r);
        slots[i].flags = mrl_rd_le32(&r);
        mrl_str *texts[] = {&slots[i].label, &slots[i].manufacturer, &slots[i].model,
                            &slots[i].serial};
        for (size_t t = 0; t < MRL_COUNTOF(texts); t++)
            *texts[t] = mrl_wire_get_str(&r, 64);
        MRL_CHECK(!r.failed && (slots[i].flags & ~MRL_P11_FLAGS) == 0, MRL_E_SYNTAX);
    }
    MRL_CHECK(mrl_rd_done(&r), MRL_E_SYNTAX);
    *ret = slots;
    *ret_n = n;
    return MRL_OK;
}

void mrl_p11_put_objects(struct mrl_buf *b, const struct mrl_p11_object *objects, uint32_t n) {
    MRL_ASSERT(n <= MRL_P11_OBJECTS_MAX);
    mrl_wire_u32(b, n);
    for (uint32_t i = 0; i < n; i++) {
        const struct mrl_p11_object *o = &objects[i];
        const mrl_str texts[] = {o->label,   o->id,       o->params, o->point,
                                 o->modulus, o->exponent, o->cert};
        mrl_wire_u64(b, o->handle);
        mrl_wire_u32(b, o->class);
        mrl_wire_u32(b, o->kind);
        mrl_wire_u32(b, o->ask);
        for (size_t t = 0; t < MRL_COUNTOF(texts); t++)
            mrl_wire_str(b, texts[t]);
    }
}

static bool get_object(struct mrl_rd *r, struct mrl_p11_object *o) {
    o->handle = mrl_rd_le64(r);
    o->class = mrl_rd_le32(r);
    o->kind = mrl_rd_le32(r);
    o->ask = mrl_rd_le32(r);
    mrl_str *texts[] = {&o->label,   &o->id,       &o->params, &o->point,
                        &o->modulus, &o->exponent, &o->cert};
    for (size_t t = 0; t < MRL_COUNTOF(texts); t++)
        *texts[t] = mrl_wire_get_str(r, MRL_P11_ATTRIBUTE_MAX);
    return !r->failed && o->class <= MRL_P11_CERT && o->kind <= MRL_P11_OTHER && o->ask <= 1;
}

mrl_status mrl_p11_get_objects(mrl_arena *a, mrl_str bytes, struct mrl_p11_object **ret,
                               uint32_t *ret_n) {
    struct mrl_rd r = mrl_rd_of(bytes);
    uint32_t n = mrl_rd_le32(&r);
    MRL_CHECK(!r.failed && n <= MRL_P11_OBJECTS_MAX, MRL_E_SYNTAX);
    struct mrl_p11_object *objects = MRL_ARENA_ARRAY(a, struct mrl_p11_object, n + 1);
    MRL_CHECK(objects != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++)
        MRL_CHECK(get_object(&r, &objects[i]), MRL_E_SYNTAX);
    MRL_CHECK(mrl_rd_done(&r), MRL_E_SYNTAX);
    *ret = objects;
    *ret_n = n;
    return MRL_OK;
}

void mrl_p11_put_open(struct mrl_buf *b, const struct mrl_p11_open *open) {
    mrl_wire_u64(b, open->slot);
    mrl_wire_u32(b, open->login);
    mrl_wire_u32(b, open->pad);
    mrl_wire_str(b, open->pin);
}

mrl_status mrl_p11_get_open(mrl_str bytes, struct mrl_p11_open *ret) {
    struct mrl_rd r = mrl_rd_of(bytes);
    struct mrl_p11_open o = {.slot = mrl_rd_le64(&r)};
    o.login = mrl_rd_le32(&r);
    o.pad = mrl_rd_le32(&r);
    o.pin = mrl_wire_get_str(&r, MRL_P11_PIN_MAX);
    MRL_CHECK(!r.failed && mrl_rd_done(&r) && o.login <= 1 && o.pad <= 1, MRL_E_SYNTAX);
    *ret = o;
    return MRL_OK;
}

void mrl_p11_put_sign(struct mrl_buf *b, const struct mrl_p11_sign *sign) {
    MRL_ASSERT(sign->mechanism < MRL_P11_MECHANISMS);
    mrl_wire_u64(b, sign->handle);
    mrl_wire_u32(b, sign->mechanism);
    mrl_wire_u32(b, sign->ask);
    mrl_wire_str(b, sign->data);
    mrl_wire_str(b, sign->pin);
}

mrl_status mrl_p11_get_sign(mrl_str bytes, struct mrl_p11_sign *ret) {
    struct mrl_rd r = mrl_rd_of(bytes);
    struct mrl_p11_sign s = {.handle = mrl_rd_le64(&r)};
    s.mechanism = mrl_rd_le32(&r);
    s.ask = mrl_rd_le32(&r);
    s.data = mrl_wire_get_str(&r, MRL_P11_DATA_MAX);
    s.pin = mrl_wire_get_str(&r, MRL_P11_PIN_MAX);
    MRL_CHECK(!r.failed && mrl_rd_done(&r) && s.mechanism < MRL_P11_MECHANISMS && s.ask <= 1,
              MRL_E_SYNTAX);
    *ret = s;
    return MRL_OK;
}
