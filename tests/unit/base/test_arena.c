/* test_arena.c - arena, buffer, cursor, slices. */
#include "base/arena.h"
#include "base/buf.h"
#include "base/rd.h"
#include "test.h"

TEST(arena_respects_budget_and_alignment) {
    mrl_arena a;
    mrl_arena_init(&a, 64 << 10);
    for (size_t align = 1; align <= 64; align *= 2) {
        void *p = mrl_arena_alloc(&a, 3, align);
        REQUIRE(p != NULL);
        CHECK(((uintptr_t)p & (align - 1)) == 0);
    }
    CHECK(mrl_arena_alloc(&a, 1 << 20, 8) == NULL);
    CHECK(mrl_arena_calloc(&a, SIZE_MAX / 2, 4) == NULL);
    mrl_arena_release(&a);
    CHECK_INT(mrl_arena_used(&a), 0);
}

TEST(arena_reset_reuses_memory) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++)
            REQUIRE(mrl_arena_alloc(&a, 100, 8) != NULL);
        size_t used = mrl_arena_used(&a);
        CHECK(used >= 100000 && used < 400000);
        mrl_arena_reset(&a);
    }
    mrl_arena_release(&a);
}

TEST(arena_rewind_forgets_what_came_after) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_str keep = mrl_arena_str(&a, MRL_S("keep"));
    REQUIRE(keep.ptr != NULL);
    struct mrl_arena_mark mark = mrl_arena_mark(&a);
    for (int i = 0; i < 100; i++)
        REQUIRE(mrl_arena_alloc(&a, 1000, 8) != NULL);
    mrl_arena_rewind(&a, mark);
    CHECK_STR(keep, MRL_S("keep"));
    CHECK(mrl_arena_used(&a) <= 8192);
    mrl_arena_release(&a);
}

TEST(arena_regrow_keeps_contents) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    uint32_t *p = NULL;
    for (uint32_t n = 0; n < 5000; n++) {
        p = mrl_arena_regrow(&a, p, n, n + 1, sizeof *p);
        REQUIRE(p != NULL);
        p[n] = n;
    }
    for (uint32_t n = 0; n < 5000; n++)
        CHECK_INT(p[n], n);
    mrl_arena_release(&a);
}

TEST(buf_ceiling_is_sticky) {
    struct mrl_buf b;
    mrl_buf_init(&b, 10);
    mrl_buf_add(&b, MRL_S("12345678"));
    mrl_buf_i64(&b, -123);
    CHECK_INT(b.status, MRL_E_LIMIT);
    mrl_buf_clear(&b);
    mrl_buf_i64(&b, INT32_MIN / 10000);
    CHECK_STR(mrl_buf_str(&b), MRL_S("-214748"));
    mrl_buf_release(&b);
}

TEST(rd_never_leaves_its_bytes) {
    struct mrl_rd r = mrl_rd_of(MRL_S("\x01\x02\x03\x04\x05"));
    CHECK_INT(mrl_rd_be16(&r), 0x0102);
    struct mrl_rd inner = mrl_rd_nested(&r, 2);
    CHECK_INT(mrl_rd_le16(&inner), 0x0403);
    CHECK_INT(mrl_rd_u8(&inner), 0);
    CHECK(inner.failed && !r.failed);
    CHECK_INT(mrl_rd_u8(&r), 5);
    CHECK_INT(mrl_rd_be64(&r), 0);
    CHECK(r.failed);
    CHECK_INT(mrl_rd_take(&r, 1).len, 0);
}

TEST(str_search_and_cut) {
    mrl_str s = MRL_S("a.b.c"), rest;
    CHECK_STR(mrl_str_cut(s, '.', &rest), MRL_S("a"));
    CHECK_STR(rest, MRL_S("b.c"));
    CHECK_INT(mrl_str_find(s, MRL_S(".c"), 0), 3);
    CHECK_INT(mrl_str_rfind(s, MRL_S(".")), 3);
    CHECK(mrl_str_find(s, MRL_S("x"), 0) == MRL_STR_NPOS);
    CHECK_STR(mrl_str_trim(MRL_S(" \t x y\n")), MRL_S("x y"));
    CHECK(mrl_hash_bytes("abc", 3, 1) != mrl_hash_bytes("abd", 3, 1));
}
