/* test_token.c - names of keys in tokens, what a URI means, and the forms of keys and signatures.
 */
#include "services/token/key.h"
#include "services/token/token.h"
#include "test.h"

static mrl_status parse(mrl_arena *a, const char *text, struct mrl_p11_uri *ret) {
    struct mrl_err err;
    mrl_err_init(&err);
    return mrl_p11_uri_parse(a, mrl_str_z(text), &err, ret);
}

TEST(token_uri_reads_what_rfc_7512_has) {
    struct mrl_p11_uri u = {.slot = 0};
    mrl_arena a;
    mrl_arena_init(&a, 1 << 16);
    REQUIRE(parse(&a,
                  "pkcs11:token=The%20Software%20PKCS%2311%20Softtoken;manufacturer=Snake%20Oil;"
                  "model=1.0;object=my-certificate;type=cert;id=%69%95%3e%00;serial=;slot-id=327?"
                  "pin-source=file:/etc/token_pin&module-path=/usr/lib/m.so",
                  &u) == MRL_OK);
    CHECK_STR(u.token, MRL_S("The Software PKCS#11 Softtoken"));
    CHECK_STR(u.id, MRL_S("\x69\x95\x3e\x00"));
    CHECK_STR(u.object, MRL_S("my-certificate"));
    CHECK_STR(u.module_path, MRL_S("/usr/lib/m.so"));
    CHECK_STR(u.pin_source, MRL_S("file:/etc/token_pin"));
    CHECK(u.slot == 327);
    CHECK(u.serial.ptr != NULL && u.serial.len == 0); /* given, and empty */
    mrl_arena_release(&a);
}

TEST(token_uri_refuses_what_it_does_not_know) {
    static const struct {
        const char *text;
        mrl_status status;
    } rows[] = {
        {"pkcs11:", MRL_OK},
        {"pkcs11:?", MRL_OK},
        {"pkcs11", MRL_E_SYNTAX},
        {"PKCS11:", MRL_E_SYNTAX},
        {"pkcs11:object", MRL_E_SYNTAX},
        {"pkcs11:=a", MRL_E_UNSUPPORTED},
        {"pkcs11:object=a;object=a", MRL_E_SYNTAX},
        {"pkcs11:object=a b", MRL_E_SYNTAX},
        {"pkcs11:object=a/b", MRL_E_SYNTAX},
        {"pkcs11:object=%", MRL_E_SYNTAX},
        {"pkcs11:object=%4", MRL_E_SYNTAX},
        {"pkcs11:object=%4g", MRL_E_SYNTAX},
        {"pkcs11:object=a%00", MRL_E_SYNTAX},
        {"pkcs11:id=a%00", MRL_OK},
        {"pkcs11:type=secret-key", MRL_E_UNSUPPORTED},
        {"pkcs11:slot-id=", MRL_E_SYNTAX},
        {"pkcs11:slot-id=-1", MRL_E_SYNTAX},
        {"pkcs11:slot-id=99999999999999999999", MRL_E_SYNTAX},
        {"pkcs11:x-vendor=1", MRL_E_UNSUPPORTED},
        {"pkcs11:module-path=/a", MRL_E_UNSUPPORTED}, /* on the wrong side */
        {"pkcs11:?object=a", MRL_E_UNSUPPORTED},
        {"pkcs11:?pin-value=1234", MRL_E_INVALID},
        {"pkcs11:pin-value=1234", MRL_E_INVALID},
        {"pkcs11:?module-name=softhsm2", MRL_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_p11_uri u;
        mrl_arena a;
        mrl_arena_init(&a, 1 << 16);
        CHECK_INT(parse(&a, rows[i].text, &u), rows[i].status);
        mrl_arena_release(&a);
    }
}

/* --- what a URI means ---------------------------------------------------------------------- */

TEST(token_choose_slot_wants_exactly_one) {
    static const struct mrl_p11_slot slots[] = {
        {.slot = 1, .label = MRL_S_INIT("a"), .serial = MRL_S_INIT("1")},
        {.slot = 2, .label = MRL_S_INIT("a"), .serial = MRL_S_INIT("2")},
        {.slot = 3, .label = MRL_S_INIT("b"), .serial = MRL_S_INIT("3")}};
    static const struct {
        const char *uri;
        mrl_status status;
        const char *says;
        uint64_t slot;
    } rows[] = {
        {"pkcs11:token=b", MRL_OK, "", 3},
        {"pkcs11:token=a;serial=2", MRL_OK, "", 2},
        {"pkcs11:slot-id=1", MRL_OK, "", 1},
        {"pkcs11:slot-id=1;token=b", MRL_E_NOT_FOUND, "token=b;serial=3", 0},
        {"pkcs11:token=a", MRL_E_CONFLICT, "2 tokens: pkcs11:token=a;serial=1, ", 0},
        {"pkcs11:", MRL_E_CONFLICT, "3 tokens", 0},
        {"pkcs11:token=", MRL_E_NOT_FOUND, "there is no token that the URI means, but", 0},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        const struct mrl_p11_slot *one = NULL;
        struct mrl_p11_uri u;
        struct mrl_err err;
        mrl_arena a;
        mrl_arena_init(&a, 1 << 16);
        mrl_err_init(&err);
        REQUIRE(parse(&a, rows[i].uri, &u) == MRL_OK);
        CHECK_INT(mrl_p11_choose_slot(&u, slots, 3, &err, &one), rows[i].status);
        CHECK(rows[i].status != MRL_OK || (one != NULL && one->slot == rows[i].slot));
        CHECK(strstr(err.text, rows[i].says) != NULL);
        mrl_arena_release(&a);
    }
}

TEST(token_choose_says_what_there_is_within_bounds) {
    char label[300];
    struct mrl_p11_object v[20];
    struct mrl_p11_objects objects = {v, MRL_COUNTOF(v)};
    const struct mrl_p11_object *one;
    struct mrl_p11_uri any = {.slot = 0};
    struct mrl_err err;
    memset(label, '\033', sizeof label);
    for (size_t i = 0; i < MRL_COUNTOF(v); i++)
        v[i] = (struct mrl_p11_object){.class = MRL_P11_PRIVATE, .label = {label, 10 * i}};
    mrl_err_init(&err);
    CHECK_INT(mrl_p11_choose_private(&any, &objects, &err, &one), MRL_E_CONFLICT);
    CHECK(strstr(err.text, "20 private keys") != NULL && strstr(err.text, " and more") != NULL);
    CHECK(strchr(err.text, '\033') == NULL);
    v[0].label = (mrl_str){label, sizeof label};
    objects.n = 1;
    any.id = MRL_S("x");
    CHECK_INT(mrl_p11_choose_private(&any, &objects, &err, &one), MRL_E_NOT_FOUND);
    CHECK(strstr(err.text, "and more") != NULL);
    objects.n = 0;
    CHECK_INT(mrl_p11_choose_private(&any, &objects, &err, &one), MRL_E_NOT_FOUND);
    CHECK(strcmp(err.text, "there is no private key") == 0);
}

/* --- keys and signatures ------------------------------------------------------------------- */

#define P256 "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07"

/* The parts of a key's SubjectPublicKeyInfo as a token shows them: its last n bytes. */
static struct mrl_p11_object shown(mrl_arena *a, const struct mrl_privkey *key, size_t n,
                                   const char *wrapped) {
    struct mrl_p11_object o = {.class = MRL_P11_PUBLIC, .id = MRL_S("1"), .label = MRL_S("k")};
    mrl_str spki = {"", 0};
    CHECK_INT(mrl_pubkey_spki(a, mrl_privkey_public(key), &spki), MRL_OK);
    mrl_str point = mrl_str_sub(spki, spki.len - (spki.len < n ? spki.len : n), spki.len);
    o.point = mrl_arena_printf(a, "%s", wrapped);
    struct mrl_buf b;
    mrl_buf_init(&b, 4096);
    mrl_buf_add(&b, mrl_str_z(wrapped));
    mrl_buf_add(&b, point);
    CHECK_INT(mrl_buf_give(&b, a, &o.point), MRL_OK);
    return o;
}

TEST(token_key_is_the_same_bare_and_wrapped) {
    static const struct {
        enum mrl_pubkey_kind kind;
        enum mrl_p11_kind theirs;
        mrl_str params;
        size_t point;
        const char *wrapped;
    } rows[] = {
        {MRL_KEY_P256, MRL_P11_EC, MRL_S_INIT(P256), 65, "\x04\x41"},
        {MRL_KEY_P256, MRL_P11_EC, MRL_S_INIT(P256), 65, ""},
        {MRL_KEY_P384, MRL_P11_EC, MRL_S_INIT("\x06\x05\x2b\x81\x04\x00\x22"), 97, "\x04\x61"},
        {MRL_KEY_P521, MRL_P11_EC, MRL_S_INIT("\x06\x05\x2b\x81\x04\x00\x23"), 133, "\x04\x81\x85"},
        {MRL_KEY_ED25519, MRL_P11_EDWARDS, MRL_S_INIT("\x06\x03\x2b\x65\x70"), 32, "\x04\x20"},
        {MRL_KEY_ED25519, MRL_P11_EDWARDS,
         MRL_S_INIT("\x13\x0c"
                    "edwards25519"),
         32, ""},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_privkey *key = NULL;
        struct mrl_pubkey *got = NULL;
        mrl_str want = {"", 0}, have = {"", 0};
        mrl_arena a;
        mrl_arena_init(&a, 1 << 20);
        CHECK_INT(mrl_privkey_generate(rows[i].kind, NULL, &key), MRL_OK);
        REQUIRE(key != NULL);
        struct mrl_p11_object o = shown(&a, key, rows[i].point, rows[i].wrapped);
        o.kind = rows[i].theirs;
        o.params = rows[i].params;
        CHECK_INT(mrl_p11_pubkey(&a, &o, NULL, &got), MRL_OK);
        CHECK_INT(mrl_pubkey_spki(&a, mrl_privkey_public(key), &want), MRL_OK);
        if (got != NULL)
            CHECK_INT(mrl_pubkey_spki(&a, got, &have), MRL_OK);
        CHECK_STR(have, want);
        mrl_pubkey_free(got);
        got = NULL;
        o.point.len--; /* cut */
        CHECK_INT(mrl_p11_pubkey(&a, &o, NULL, &got), MRL_E_SYNTAX);
        o.params = MRL_S("\x06\x01\x01");
        CHECK_INT(mrl_p11_pubkey(&a, &o, NULL, &got), MRL_E_UNSUPPORTED);
        CHECK(got == NULL);
        mrl_privkey_free(key);
        mrl_arena_release(&a);
    }
}

TEST(token_public_half_is_what_lies_beside) {
    struct mrl_privkey *key = NULL, *other = NULL;
    struct mrl_pubkey *got = NULL;
    mrl_str want = {"", 0}, have = {"", 0};
    struct mrl_p11_object v[3];
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    CHECK_INT(mrl_privkey_generate(MRL_KEY_P256, NULL, &key), MRL_OK);
    CHECK_INT(mrl_privkey_generate(MRL_KEY_P256, NULL, &other), MRL_OK);
    REQUIRE(key != NULL && other != NULL);
    v[0] = shown(&a, other, 65, "\x04\x41"); /* the same label, another id */
    v[1] = shown(&a, key, 65, "\x04\x41");
    v[2] = (struct mrl_p11_object){.class = MRL_P11_PRIVATE, .label = MRL_S("k")};
    v[0].params = v[1].params = MRL_S(P256);
    v[0].id = MRL_S("0");
    v[2].id = MRL_S("1");
    struct mrl_p11_objects objects = {v, 3};
    CHECK_INT(mrl_p11_public_half(&a, &objects, &v[2], NULL, &got), MRL_OK);
    CHECK_INT(mrl_pubkey_spki(&a, mrl_privkey_public(key), &want), MRL_OK);
    if (got != NULL)
        CHECK_INT(mrl_pubkey_spki(&a, got, &have), MRL_OK);
    CHECK_STR(have, want);
    mrl_pubkey_free(got);
    got = NULL;
    v[2].id = MRL_S("2");
    CHECK_INT(mrl_p11_public_half(&a, &objects, &v[2], NULL, &got), MRL_E_NOT_FOUND);
    struct mrl_p11_uri label = {.object = MRL_S("k")};
    CHECK_INT(mrl_p11_choose_public(&a, &label, &objects, NULL, &got), MRL_E_CONFLICT);
    v[0].point = v[1].point; /* twice the same key is one */
    CHECK_INT(mrl_p11_choose_public(&a, &label, &objects, NULL, &got), MRL_OK);
    mrl_pubkey_free(got);
    mrl_privkey_free(key);
    mrl_privkey_free(other);
    mrl_arena_release(&a);
}

TEST(token_signature_of_wrong_length_is_none) {
    static const struct {
        enum mrl_pubkey_kind kind;
        size_t n;
    } rows[] = {{MRL_KEY_P256, 64}, {MRL_KEY_P384, 96}, {MRL_KEY_P521, 132}, {MRL_KEY_ED25519, 64}};
    static const char bytes[256] = {(char)0x80};
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_privkey *key = NULL;
        mrl_str sig;
        mrl_arena a;
        mrl_arena_init(&a, 1 << 20);
        CHECK_INT(mrl_privkey_generate(rows[i].kind, NULL, &key), MRL_OK);
        REQUIRE(key != NULL);
        const struct mrl_pubkey *pub = mrl_privkey_public(key);
        for (size_t n = 0; n < sizeof bytes; n++)
            CHECK_INT(mrl_p11_signature(&a, pub, (mrl_str){bytes, n}, NULL, &sig),
                      n == rows[i].n ? MRL_OK : MRL_E_WORKER);
        mrl_privkey_free(key);
        mrl_arena_release(&a);
    }
}

TEST(token_messages_come_back_as_they_were) {
    const struct mrl_p11_slot slot = {
        9, MRL_P11_LOGIN | MRL_P11_PAD, MRL_S("l"), MRL_S("m"), MRL_S("n"), MRL_S("o")};
    const struct mrl_p11_object object = {
        .handle = 3, .class = MRL_P11_CERT, .kind = MRL_P11_RSA, .ask = 1, .cert = MRL_S("c")};
    struct mrl_p11_slot *slots = NULL;
    struct mrl_p11_object *objects = NULL;
    uint32_t n = 0;
    struct mrl_buf b;
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    mrl_buf_init_in(&b, &a, 4096);
    mrl_p11_put_slots(&b, &slot, 1);
    REQUIRE(mrl_p11_get_slots(&a, mrl_buf_str(&b), &slots, &n) == MRL_OK && n == 1);
    CHECK(slots[0].slot == 9 && slots[0].flags == slot.flags);
    CHECK_STR(slots[0].serial, MRL_S("o"));
    for (size_t i = 0; i < b.len; i++) /* cut anywhere it is none */
        CHECK_INT(mrl_p11_get_slots(&a, (mrl_str){b.ptr, i}, &slots, &n), MRL_E_SYNTAX);
    mrl_buf_clear(&b);
    mrl_p11_put_objects(&b, &object, 1);
    REQUIRE(mrl_p11_get_objects(&a, mrl_buf_str(&b), &objects, &n) == MRL_OK && n == 1);
    CHECK(objects[0].class == MRL_P11_CERT && objects[0].ask == 1);
    for (size_t i = 0; i < b.len; i++)
        CHECK_INT(mrl_p11_get_objects(&a, (mrl_str){b.ptr, i}, &objects, &n), MRL_E_SYNTAX);
    mrl_arena_release(&a);
}
