/* ids.c - uuid.*, rand.intn, opa.runtime.
 *
 * Policies are pure: within a query the same arguments give the same answer, random or not. So a
 * random value is drawn from a state that the query's seed and the arguments make, and nothing is
 * remembered. No value here may guard a secret.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/num.h"

#include <stdio.h>
#include <strings.h>

/* splitmix64: good enough for ids and dice; never for secrets. */
static uint64_t draw(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

/* A generator that gives the same for the same key within one query. */
static uint64_t keyed(const struct mrl_bi *cx, mrl_val key, uint64_t salt) {
    return cx->rand_state ^ mrl_val_hash(key) ^ salt;
}

/* uuid.rfc4122: a random UUID, the same for the same text within a query. */
mrl_status mrl_bi_uuid_rfc4122(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    uint64_t state = keyed(cx, args[0], 1), a = draw(&state), b = draw(&state);
    /* RFC 4122: version 4 in bits 12..15 of the third group, variant 10 in front of the fourth. */
    a = (a & ~0xF000ull) | 0x4000;
    b = (b & ~(3ull << 62)) | 1ull << 63;
    mrl_str s = mrl_arena_printf(
        cx->arena, "%08llx-%04llx-%04llx-%04llx-%012llx", (unsigned long long)(a >> 32),
        (unsigned long long)(a >> 16 & 0xFFFF), (unsigned long long)(a & 0xFFFF),
        (unsigned long long)(b >> 48), (unsigned long long)(b & 0xFFFFFFFFFFFFull));
    MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* rand.intn: a number below n, the same for the same text within a query. */
mrl_status mrl_bi_rand_intn(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str key;
    int64_t n;
    MRL_TRY(mrl_bi_str(cx, args, 1, &key));
    MRL_TRY(mrl_bi_int(cx, args, 2, &n));
    /* OPA takes the absolute value; that of INT64_MIN fits the unsigned type only. */
    uint64_t size = n < 0 ? (uint64_t)0 - (uint64_t)n : (uint64_t)n;
    uint64_t state = keyed(cx, args[0], size);
    *ret = mrl_int(size == 0 ? 0 : (int64_t)(draw(&state) % size));
    return MRL_OK;
}

/* opa.runtime: what the caller says about the environment. */
mrl_status mrl_bi_opa_runtime(struct mrl_bi *cx, const mrl_val *args MRL_UNUSED, mrl_val *ret) {
    *ret = cx->runtime;
    return MRL_OK;
}

/* --- uuid.parse
 * ----------------------------------------------------------------------------------------- */

static int hex_digit(char c) {
    return c >= '0' && c <= '9'                 ? c - '0'
           : (c | 32) >= 'a' && (c | 32) <= 'f' ? (c | 32) - 'a' + 10
                                                : -1;
}

/* The forms that the field accepts: plain, urn:uuid:, in braces, without dashes. */
static bool read_uuid(mrl_str s, unsigned char u[16]) {
    if (s.len == 45 && strncasecmp(s.ptr, "urn:uuid:", 9) == 0)
        s = mrl_str_sub(s, 9, s.len);
    /* {…}: Go's uuid package looks at the length alone, not at the braces. */
    if (s.len == 38)
        s = mrl_str_sub(s, 1, 37);
    bool dashes = s.len == 36;
    size_t at = 0;
    if (s.len != 36 && s.len != 32)
        return false;
    for (size_t i = 0; i < 16; i++) {
        if (dashes && (i == 4 || i == 6 || i == 8 || i == 10) && s.ptr[at++] != '-')
            return false;
        int high = hex_digit(s.ptr[at]), low = hex_digit(s.ptr[at + 1]);
        if (high < 0 || low < 0)
            return false;
        u[i] = (unsigned char)(high << 4 | low);
        at += 2;
    }
    return true;
}

/* The variant, from the highest bits of byte 8 (RFC 4122, 4.1.1). */
static const char *variant_name(const unsigned char u[16]) {
    if ((u[8] & 0xC0) == 0x80)
        return "RFC4122";
    if ((u[8] & 0xE0) == 0xC0)
        return "Microsoft";
    return (u[8] & 0xE0) == 0xE0 ? "Future" : "Reserved";
}

static void add_text(struct mrl_builder *b, const char *key, const char *value) {
    mrl_str s = mrl_arena_str(b->arena, mrl_str_z(value));
    mrl_build_member(b, mrl_strval(mrl_str_z(key)), mrl_strval(s));
}

/* What versions 1 and 2 say about time and place of birth. */
static void add_birth(struct mrl_builder *b, const unsigned char u[16], int version) {
    static const char *const domains[] = {"Person", "Group", "Org"};
    static const char *const casts[] = {"global:unicast", "global:multicast", "local:unicast",
                                        "local:multicast"};
    char text[32];
    uint64_t low = (uint64_t)u[0] << 24 | (uint64_t)u[1] << 16 | (uint64_t)u[2] << 8 | u[3];
    uint64_t mid = (uint64_t)u[4] << 8 | u[5], high = (uint64_t)(u[6] & 15) << 8 | u[7];
    /* 100 ns since 15 October 1582; the constant is the distance to 1970. */
    int64_t ticks = (int64_t)(high << 48 | mid << 32 | low) - 0x01B21DD213814000;
    mrl_build_member(b, MRL_V("time"), mrl_int(ticks * 100));
    snprintf(text, sizeof text, "%02x-%02x-%02x-%02x-%02x-%02x", u[10], u[11], u[12], u[13], u[14],
             u[15]);
    add_text(b, "nodeid", text);
    /* The two lowest bits of the first byte of the node, as in a MAC address. */
    _Static_assert(MRL_COUNTOF(casts) == 4, "two bits");
    add_text(b, "macvariables", casts[u[10] & 3]);
    mrl_build_member(b, MRL_V("clocksequence"), mrl_int((u[8] << 8 | u[9]) & 0x3FFF));
    if (version != 2)
        return;
    snprintf(text, sizeof text, "Domain%d", u[9]);
    add_text(b, "domain", u[9] < 3 ? domains[u[9]] : text);
    mrl_build_member(b, MRL_V("id"), mrl_int((int64_t)low));
}

/* uuid.parse: what a UUID says about itself. */
mrl_status mrl_bi_uuid_parse(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    unsigned char u[16];
    struct mrl_builder b;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    MRL_CHECK(read_uuid(s, u), MRL_E_UNDEFINED);
    mrl_builder_init(&b, cx->arena, MRL_T_OBJ, 8);
    int version = u[6] >> 4;
    mrl_build_member(&b, MRL_V("version"), mrl_int(version));
    add_text(&b, "variant", variant_name(u));
    if (version == 1 || version == 2)
        add_birth(&b, u, version);
    return mrl_build_end(&b, ret);
}
