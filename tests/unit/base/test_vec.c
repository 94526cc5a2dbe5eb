/* test_vec.c - growing arrays, and arenas that take over others. */
#include "base/vec.h"
#include "test.h"

TEST(vec_keeps_what_was_pushed) {
    mrl_arena a;
    MRL_VEC(uint64_t) v = {NULL, 0, 0};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (uint64_t i = 0; i < 10000; i++)
        REQUIRE(MRL_VEC_PUSH(&a, &v, i * 3) == MRL_OK);
    CHECK_INT(v.n, 10000);
    CHECK(v.cap >= v.n && v.cap < 2 * v.n);
    for (uint64_t i = 0; i < v.n; i++)
        CHECK_INT(v.items[i], i * 3);
    mrl_arena_release(&a);
}

TEST(vec_room_is_zeroed_and_counts_nothing) {
    mrl_arena a;
    struct {
        int x, y;
    } *items = NULL;
    uint32_t n = 0, cap = 0;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (int i = 0; i < 100; i++) {
        REQUIRE(MRL_VEC_ROOM(&a, items, n, cap) == MRL_OK);
        CHECK(items[n].x == 0 && items[n].y == 0);
        CHECK_INT(n, i);
        items[n++].x = i;
    }
    CHECK_INT(items[99].x, 99);
    mrl_arena_release(&a);
}

TEST(vec_failure_leaves_the_array) {
    mrl_arena a;
    MRL_VEC(char) v = {NULL, 0, 0};
    mrl_status status = MRL_OK;
    mrl_arena_init(&a, 64 << 10);
    while (status == MRL_OK)
        status = MRL_VEC_PUSH(&a, &v, (char)v.n);
    CHECK_INT(status, MRL_E_NOMEM);
    CHECK_INT(v.n, v.cap);
    for (uint32_t i = 0; i < v.n; i++)
        CHECK_INT(v.items[i], (char)i);
    mrl_arena_release(&a);
}

TEST(vec_capacity_has_a_ceiling) {
    mrl_arena a;
    char c, *items = &c;
    uint32_t cap = UINT32_MAX / 2 + 1;
    mrl_arena_init(&a, 4096);
    CHECK_INT(mrl_vec_grow(&a, (void **)&items, &cap, cap + 1, 1), MRL_E_LIMIT);
    cap = UINT32_MAX;
    CHECK_INT(mrl_vec_grow(&a, (void **)&items, &cap, 0, 1), MRL_E_LIMIT); /* the count wrapped */
    CHECK(items == &c && cap == UINT32_MAX);
    mrl_arena_release(&a);
}

TEST(arena_adopts_what_another_holds) {
    mrl_arena into, from;
    mrl_str texts[64];
    mrl_arena_init(&into, MRL_ARENA_UNLIMITED);
    mrl_arena_init(&from, MRL_ARENA_UNLIMITED);
    mrl_arena_adopt(&into, &from); /* nothing into nothing */
    CHECK_INT(mrl_arena_used(&into), 0);
    for (int round = 0; round < 4; round++) {
        for (int i = round * 16; i < round * 16 + 16; i++) {
            texts[i] = mrl_arena_printf(i % 2 ? &into : &from, "%2000d", i);
            REQUIRE(texts[i].ptr != NULL);
        }
        size_t both = mrl_arena_used(&into) + mrl_arena_used(&from);
        mrl_arena_adopt(&into, &from);
        CHECK_INT(mrl_arena_used(&into), both);
        CHECK_INT(mrl_arena_used(&from), 0);
    }
    for (int i = 0; i < 64; i++) {
        char want[8];
        snprintf(want, sizeof want, "%4d", i);
        CHECK_STR(mrl_str_sub(texts[i], 1996, 2000), mrl_str_z(want));
    }
    mrl_arena_reset(&into);
    CHECK_INT(mrl_arena_used(&into), 0);
    mrl_arena_release(&into);
    mrl_arena_release(&from);
}
