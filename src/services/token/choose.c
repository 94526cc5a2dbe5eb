/* choose.c - see choose.h. */
#include "services/token/choose.h"

#include "services/token/key.h"

#define ID "token.choose"
#define LIST_MAX 400 /* bytes of candidates in an error */

static bool fits(mrl_str wanted, mrl_str value) {
    return wanted.ptr == NULL || mrl_str_eq(wanted, value);
}

/* --- lists for errors ---------------------------------------------------------------------- */

/* As much of a list as an error has room for; what did not fit is said. Holds its own memory. */
struct list {
    char text[LIST_MAX + 32];
    size_t len;
    bool cut;
};

static void list_add(struct list *l, const struct mrl_p11_uri *uri) {
    struct mrl_buf b;
    mrl_buf_init(&b, 4 * MRL_P11_ATTRIBUTE_MAX);
    if (l->len > 0)
        MRL_BUF_LIT(&b, ", ");
    mrl_p11_uri_write(&b, uri);
    if (b.status != MRL_OK || b.len > LIST_MAX - l->len)
        l->cut = true;
    if (!l->cut) {
        memcpy(l->text + l->len, b.ptr, b.len);
        l->len += b.len;
    }
    mrl_buf_release(&b);
}

/* "none of", "several of": the end of both errors. */
static const char *list_text(struct list *l) {
    static const mrl_str more = MRL_S_INIT(" and more");
    MRL_ASSERT(l->len + more.len < sizeof l->text);
    if (l->cut) {
        memcpy(l->text + l->len, more.ptr, more.len);
        l->len += more.len;
        l->cut = false;
    }
    l->text[l->len] = '\0';
    return l->text;
}

static mrl_status not_one(unsigned found, struct list *all, const char *what, struct mrl_err *err) {
    if (found > 1)
        return mrl_err_set(err, MRL_E_CONFLICT, ID, "the URI means %u %ss: %s", found, what,
                           list_text(all));
    if (all->len == 0 && !all->cut)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "there is no %s", what);
    return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "there is no %s that the URI means, but %s", what,
                       list_text(all));
}

/* --- tokens -------------------------------------------------------------------------------- */

bool mrl_p11_slot_matches(const struct mrl_p11_uri *uri, const struct mrl_p11_slot *s) {
    return fits(uri->token, s->label) && fits(uri->manufacturer, s->manufacturer) &&
           fits(uri->model, s->model) && fits(uri->serial, s->serial) &&
           (uri->slot_id.ptr == NULL || uri->slot == s->slot);
}

mrl_status mrl_p11_choose_slot(const struct mrl_p11_uri *uri, const struct mrl_p11_slot *slots,
                               uint32_t n, struct mrl_err *err, const struct mrl_p11_slot **ret) {
    const struct mrl_p11_slot *one = NULL;
    struct list all = {.len = 0}, found = {.len = 0};
    unsigned count = 0;
    for (uint32_t i = 0; i < n; i++) {
        struct mrl_p11_uri name = {.token = slots[i].label, .serial = slots[i].serial};
        list_add(&all, &name);
        if (!mrl_p11_slot_matches(uri, &slots[i]))
            continue;
        list_add(&found, &name);
        one = &slots[i];
        count++;
    }
    if (count != 1)
        return not_one(count, count > 1 ? &found : &all, "token", err);
    *ret = one;
    return MRL_OK;
}

/* --- keys ---------------------------------------------------------------------------------- */

struct mrl_p11_uri mrl_p11_name(const struct mrl_p11_object *o) {
    struct mrl_p11_uri name = {.object = {NULL, 0}};
    if (o->label.len > 0)
        name.object = o->label;
    if (o->id.len > 0)
        name.id = o->id;
    return name;
}

const char *mrl_p11_class_name(enum mrl_p11_class class) {
    static const char *const names[] = {"private", "public", "cert"};
    MRL_ASSERT(class <= MRL_P11_CERT);
    return names[class];
}

static bool object_matches(const struct mrl_p11_uri *uri, const struct mrl_p11_object *o) {
    return fits(uri->object, o->label) && fits(uri->id, o->id);
}

mrl_status mrl_p11_choose_private(const struct mrl_p11_uri *uri,
                                  const struct mrl_p11_objects *objects, struct mrl_err *err,
                                  const struct mrl_p11_object **ret) {
    const struct mrl_p11_object *one = NULL;
    struct list all = {.len = 0}, found = {.len = 0};
    unsigned count = 0;
    if (uri->type.ptr != NULL && !mrl_str_eq(uri->type, MRL_S("private")))
        return mrl_err_set(err, MRL_E_INVALID, ID,
                           "a private key is wanted, and the URI says "
                           "that its type is another");
    for (uint32_t i = 0; i < objects->n; i++) {
        const struct mrl_p11_object *o = &objects->v[i];
        struct mrl_p11_uri name = mrl_p11_name(o);
        if (o->class != MRL_P11_PRIVATE)
            continue;
        list_add(&all, &name);
        if (!object_matches(uri, o))
            continue;
        list_add(&found, &name);
        one = o;
        count++;
    }
    if (count != 1)
        return not_one(count, count > 1 ? &found : &all, "private key", err);
    *ret = one;
    return MRL_OK;
}

/* True when `o` lies beside the private key: the same CKA_ID, or the same label where none has an
 * id. */
static bool beside(const struct mrl_p11_object *key, const struct mrl_p11_object *o) {
    if (o->class == MRL_P11_PRIVATE || (o->class == MRL_P11_PUBLIC && o->kind != key->kind))
        return false;
    if (key->id.len > 0 || o->id.len > 0)
        return mrl_str_eq(key->id, o->id);
    return key->label.len > 0 && mrl_str_eq(key->label, o->label);
}

mrl_status mrl_p11_public_half(mrl_arena *a, const struct mrl_p11_objects *objects,
                               const struct mrl_p11_object *key, struct mrl_err *err,
                               struct mrl_pubkey **ret) {
    mrl_status status = mrl_p11_pubkey(a, key, err, ret);
    for (unsigned class = MRL_P11_PUBLIC; class <= MRL_P11_CERT; class ++)
        for (uint32_t i = 0; i < objects->n && status == MRL_E_NOT_FOUND; i++)
            if (objects->v[i].class == class && beside(key, &objects->v[i]))
                status = mrl_p11_pubkey(a, &objects->v[i], err, ret);
    return status;
}

/* What choose_public has so far. */
struct choice {
    struct mrl_pubkey *key; /* owned */
    mrl_str spki;
    unsigned count;
    struct list all, found;
};

static mrl_status consider(mrl_arena *a, struct choice *c, const struct mrl_p11_object *o,
                           struct mrl_err *err) {
    struct mrl_pubkey *key = NULL;
    struct mrl_p11_uri name = mrl_p11_name(o);
    mrl_str spki;
    mrl_status status = mrl_p11_pubkey(a, o, err, &key);
    if (status == MRL_E_NOT_FOUND) /* it shows none: another object may */
        return MRL_OK;
    MRL_TRY(status);
    status = mrl_pubkey_spki(a, key, &spki);
    if (status != MRL_OK || (c->key != NULL && mrl_str_eq(spki, c->spki))) {
        mrl_pubkey_free(key);
        return status;
    }
    list_add(&c->found, &name);
    mrl_pubkey_free(c->key);
    c->key = key;
    c->spki = spki;
    c->count++;
    return MRL_OK;
}

mrl_status mrl_p11_choose_public(mrl_arena *a, const struct mrl_p11_uri *uri,
                                 const struct mrl_p11_objects *objects, struct mrl_err *err,
                                 struct mrl_pubkey **ret) {
    struct choice c = {.key = NULL};
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; i < objects->n && status == MRL_OK; i++) {
        const struct mrl_p11_object *o = &objects->v[i];
        struct mrl_p11_uri name = mrl_p11_name(o);
        if (!fits(uri->type, mrl_str_z(mrl_p11_class_name(o->class))))
            continue;
        list_add(&c.all, &name);
        if (object_matches(uri, o))
            status = consider(a, &c, o, err);
    }
    if (status == MRL_OK && c.count == 1) {
        *ret = c.key;
        return MRL_OK;
    }
    mrl_pubkey_free(c.key);
    return status != MRL_OK ? status
                            : not_one(c.count, c.count > 1 ? &c.found : &c.all, "public key", err);
}
