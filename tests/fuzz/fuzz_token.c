/* fuzz_token.c - what a user may call a key, and what merlon-p11, or a module that took it over,
 * may answer: one byte picks the reader.
 *
 * A URI that was read is written so that it is read as the same. Whatever a token shows as a key is
 * one of pubkey.h or refused; whatever it gives as a signature may be handed to the verification.
 */
#include "services/token/key.h"
#include "services/token/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void uri(mrl_arena *a, mrl_str text) {
    struct mrl_p11_uri u, again;
    struct mrl_err err;
    struct mrl_buf b;
    mrl_err_init(&err);
    if (mrl_p11_uri_parse(a, text, &err, &u) != MRL_OK) {
        MRL_ASSERT(err.text[0] != '\0');
        return;
    }
    mrl_buf_init_in(&b, a, 1 << 16);
    mrl_p11_uri_write(&b, &u);
    MRL_ASSERT(b.status == MRL_OK);
    if (b.len > MRL_P11_URI_MAX)
        return;
    MRL_ASSERT(mrl_p11_uri_parse(a, mrl_buf_str(&b), NULL, &again) == MRL_OK);
    MRL_ASSERT(mrl_str_eq(u.object, again.object) && mrl_str_eq(u.id, again.id) &&
               mrl_str_eq(u.token, again.token) && u.slot == again.slot &&
               (u.object.ptr == NULL) == (again.object.ptr == NULL));
}

static void slots(mrl_arena *a, mrl_str bytes) {
    struct mrl_p11_uri any = {.slot = 0};
    const struct mrl_p11_slot *one;
    struct mrl_p11_slot *v;
    struct mrl_err err;
    struct mrl_buf b;
    uint32_t n;
    if (mrl_p11_get_slots(a, bytes, &v, &n) != MRL_OK)
        return;
    mrl_buf_init_in(&b, a, 1 << 20);
    mrl_p11_put_slots(&b, v, n);
    MRL_ASSERT(mrl_str_eq(mrl_buf_str(&b), bytes));
    (void)!mrl_p11_choose_slot(&any, v, n, &err, &one);
}

static void keys(mrl_arena *a, const struct mrl_p11_objects *all, mrl_str raw) {
    for (uint32_t i = 0; i < all->n; i++) {
        struct mrl_pubkey *key = NULL;
        struct mrl_err err;
        mrl_str sig;
        mrl_err_init(&err);
        if (mrl_p11_public_half(a, all, &all->v[i], &err, &key) != MRL_OK) {
            MRL_ASSERT(key == NULL && err.text[0] != '\0');
            continue;
        }
        if (mrl_p11_signature(a, key, raw, &err, &sig) == MRL_OK)
            (void)mrl_pubkey_verify(key, mrl_pubkey_scheme(key), mrl_pubkey_digest(key), MRL_S("m"),
                                    sig);
        mrl_pubkey_free(key);
    }
}

static void objects(mrl_arena *a, mrl_str bytes) {
    struct mrl_p11_uri any = {.slot = 0};
    const struct mrl_p11_object *one;
    struct mrl_pubkey *key = NULL;
    struct mrl_p11_objects all;
    struct mrl_err err;
    struct mrl_buf b;
    if (mrl_p11_get_objects(a, bytes, &all.v, &all.n) != MRL_OK)
        return;
    mrl_buf_init_in(&b, a, 1 << 24);
    mrl_p11_put_objects(&b, all.v, all.n);
    MRL_ASSERT(mrl_str_eq(mrl_buf_str(&b), bytes));
    (void)!mrl_p11_choose_private(&any, &all, &err, &one);
    if (mrl_p11_choose_public(a, &any, &all, &err, &key) == MRL_OK)
        mrl_pubkey_free(key);
    keys(a, &all, all.n > 0 ? all.v[0].label : bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct mrl_p11_open open;
    struct mrl_p11_sign sign;
    mrl_arena a;
    if (size == 0)
        return 0;
    mrl_str bytes = {(const char *)data + 1, size - 1};
    mrl_arena_init(&a, 1 << 26);
    switch (data[0] % 4) {
    case 0:
        uri(&a, bytes);
        break;
    case 1:
        slots(&a, bytes);
        break;
    case 2:
        objects(&a, bytes);
        break;
    default:
        (void)!mrl_p11_get_open(bytes, &open);
        (void)!mrl_p11_get_sign(bytes, &sign);
    }
    mrl_arena_release(&a);
    return 0;
}
