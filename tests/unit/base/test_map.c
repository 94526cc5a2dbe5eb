/* test_map.c - names to numbers. */
#include "base/map.h"
#include "test.h"

TEST(map_numbers_texts_in_order) {
    mrl_arena a;
    struct mrl_map m = {.n = 0};
    uint32_t id = 99;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    CHECK_INT(mrl_map_find(&m, MRL_S("x")), -1);
    for (uint32_t i = 0; i < 20000; i++) {
        mrl_str key = mrl_arena_printf(&a, "key-%u", i);
        REQUIRE(key.ptr != NULL && mrl_map_add(&m, &a, key, &id) == MRL_OK);
        CHECK_INT(id, i);
        CHECK_INT(m.n, i + 1);
    }
    for (uint32_t i = 0; i < 20000; i += 7) {
        char text[16];
        int n = snprintf(text, sizeof text, "key-%u", i);
        mrl_str key = {text, (size_t)n};
        CHECK_INT(mrl_map_find(&m, key), i);
        REQUIRE(mrl_map_add(&m, &a, key, &id) == MRL_OK);
        CHECK(id == i && m.n == 20000); /* an equal text elsewhere is the same name */
        CHECK_STR(m.keys[i], key);
    }
    CHECK_INT(mrl_map_find(&m, MRL_S("key-20000")), -1);
    mrl_arena_release(&a);
}

TEST(map_takes_any_bytes) {
    static const mrl_str keys[] = {MRL_S_INIT(""),  MRL_S_INIT("\0"),  MRL_S_INIT("\0\0"),
                                   MRL_S_INIT("a"), MRL_S_INIT("a\0"), MRL_S_INIT("\xff\xfe")};
    mrl_arena a;
    struct mrl_map m = {.n = 0};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (uint32_t i = 0; i < MRL_COUNTOF(keys); i++) {
        uint32_t id = 99;
        REQUIRE(mrl_map_add(&m, &a, keys[i], &id) == MRL_OK);
        CHECK_INT(id, i);
    }
    CHECK_INT(mrl_map_find(&m, (mrl_str){NULL, 0}), 0); /* the empty slice is the empty text */
    mrl_arena_release(&a);
}

TEST(map_failure_leaves_the_table) {
    mrl_arena a;
    struct mrl_map m = {.n = 0};
    mrl_status status = MRL_OK;
    static char names[100000][6];
    uint32_t id, n = 0;
    mrl_arena_init(&a, 256 << 10);
    for (; status == MRL_OK && n < MRL_COUNTOF(names); n++) {
        snprintf(names[n], sizeof names[n], "%u", n);
        status = mrl_map_add(&m, &a, mrl_str_z(names[n]), &id);
    }
    CHECK_INT(status, MRL_E_NOMEM);
    CHECK_INT(m.n, n - 1);
    for (uint32_t i = 0; i + 1 < n; i++)
        CHECK_INT(mrl_map_find(&m, mrl_str_z(names[i])), i);
    mrl_arena_release(&a);
}
