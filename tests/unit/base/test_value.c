/* test_value.c - values: building, looking, order, equality, hash. */
#include "base/num.h"
#include "base/value.h"
#include "test.h"

#include <pthread.h>

static mrl_val key_of(mrl_arena *a, int i) {
    return mrl_strval(mrl_arena_printf(a, "key-%03d", i));
}

TEST(value_objects_find_their_members) {
    for (int n = 0; n <= 100; n = n < 12 ? n + 1 : n * 2) {
        mrl_arena a;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        struct mrl_builder b;
        mrl_builder_init(&b, &a, MRL_T_OBJ, 0);
        for (int i = n - 1; i >= 0; i--)
            mrl_build_member(&b, key_of(&a, i), mrl_int(i));
        for (int i = 0; i < n; i++) /* again: replaces */
            mrl_build_member(&b, key_of(&a, i), mrl_int(i * 2));
        mrl_val v;
        if (mrl_build_end(&b, &v) != MRL_OK) {
            mrl_arena_release(&a);
            return;
        }
        CHECK_INT(v.len, n);
        for (int i = 0; i < n; i++)
            CHECK_INT(mrl_obj_get(v, key_of(&a, i)).u.i, i * 2);
        CHECK(!mrl_is_defined(mrl_obj_get(v, mrl_int(3))));
        mrl_status status = MRL_OK;
        const uint32_t *order = mrl_val_order(&a, v, &status);
        CHECK_INT(status, MRL_OK);
        for (int i = 0; order != NULL && i < n; i++)
            CHECK_INT(v.u.obj->m[order[i]].val.u.i, i * 2);
        CHECK(n < 2 || order != NULL);
        mrl_arena_release(&a);
    }
}

TEST(value_sets_are_unique_and_unordered) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    struct mrl_builder x, y;
    mrl_builder_init(&x, &a, MRL_T_SET, 0);
    mrl_builder_init(&y, &a, MRL_T_SET, 0);
    for (int i = 0; i < 50; i++) {
        mrl_build_item(&x, mrl_int(i % 25));
        mrl_build_item(&y, mrl_int(24 - i % 25));
    }
    mrl_val sx, sy;
    REQUIRE(mrl_build_end(&x, &sx) == MRL_OK && mrl_build_end(&y, &sy) == MRL_OK);
    CHECK_INT(sx.len, 25);
    CHECK(mrl_val_eq(sx, sy));
    CHECK(mrl_val_hash(sx) == mrl_val_hash(sy));
    CHECK_INT(mrl_val_cmp(&a, sx, sy), 0);
    CHECK(mrl_set_has(sx, (mrl_val){.tag = MRL_T_NUM, .len = 3, .u.s = "7.0"}));
    mrl_arena_release(&a);
}

TEST(value_types_are_ordered_as_in_rego) {
    mrl_val in_order[] = {mrl_null(),      mrl_bool(false), mrl_bool(true), mrl_int(-1),
                          mrl_int(2),      MRL_V(""),       MRL_V("a"),     MRL_V("ab"),
                          mrl_empty_arr(), mrl_empty_obj(), mrl_empty_set()};
    for (size_t i = 0; i < MRL_COUNTOF(in_order); i++)
        for (size_t j = 0; j < MRL_COUNTOF(in_order); j++) {
            int c = mrl_val_cmp(NULL, in_order[i], in_order[j]);
            CHECK_INT((c > 0) - (c < 0), (i > j) - (i < j));
            CHECK(mrl_val_eq(in_order[i], in_order[j]) == (i == j));
        }
}

TEST(value_freeze_and_copy) {
    mrl_arena a, b;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_arena_init(&b, MRL_ARENA_UNLIMITED);
    struct mrl_member m[] = {{MRL_V("z"), mrl_int(1)}, {MRL_V("a"), MRL_V("text")}};
    mrl_val obj, arr, copy;
    REQUIRE(mrl_obj_of(&a, m, 2, &obj) == MRL_OK && mrl_arr_of(&a, &obj, 1, &arr) == MRL_OK);
    REQUIRE(mrl_val_copy(&b, arr, &copy) == MRL_OK && mrl_val_freeze(&b, copy) == MRL_OK);
    CHECK(mrl_val_eq(arr, copy));
    mrl_arena_release(&a);
    CHECK_STR(mrl_val_str(MRL_GET(mrl_arr_at(copy, 0), "a")), MRL_S("text"));
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_val_order(NULL, mrl_arr_at(copy, 0), &status);
    CHECK(order != NULL && order[0] == 1);
    mrl_arena_release(&b);
}

/* Members k0.. with a repeat of k1 at the end; spans number the members. */
static size_t lay_out(mrl_arena *a, struct mrl_member *m, struct mrl_span *spans, size_t n) {
    for (size_t i = 0; i < n; i++) {
        m[i].key = mrl_strval(mrl_arena_printf(a, "k%zu", i + 1 < n ? i : 1));
        m[i].val = mrl_int((int64_t)i);
        spans[i] = (struct mrl_span){(uint32_t)i, 0, 0, 0};
    }
    return n;
}

TEST(value_take_keeps_the_last_of_a_repeated_key) {
    static const size_t sizes[] = {3, 8, 9, 100, 5000};
    for (size_t k = 0; k < MRL_COUNTOF(sizes); k++) {
        mrl_arena a;
        mrl_val v;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        struct mrl_member *m = MRL_ARENA_ARRAY(&a, struct mrl_member, sizes[k]);
        struct mrl_span *spans = MRL_ARENA_ARRAY(&a, struct mrl_span, sizes[k]);
        REQUIRE(m != NULL && spans != NULL);
        uint32_t n = (uint32_t)lay_out(&a, m, spans, sizes[k]);
        if (mrl_obj_take(&a, m, spans, n, false, &v) != MRL_OK)
            return mrl_arena_release(&a); /* the run with failing allocations */
        CHECK_INT(v.len, n - 1);
        CHECK_INT(MRL_GET(v, "k1").u.i, n - 1);
        CHECK_INT(mrl_obj_find(v, MRL_V("k1")), 1);
        CHECK_INT(mrl_val_span(v, 1)->key_start, n - 1);
        CHECK_INT(mrl_val_span(v, 0)->key_start, 0);
        CHECK(!mrl_is_defined(MRL_GET(v, "k")));
        mrl_arena_release(&a);
    }
}

struct order_job {
    mrl_val v;
    const uint32_t *order;
};

static void *ask_for_order(void *cx) {
    struct order_job *j = cx;
    mrl_status status = MRL_OK;
    j->order = mrl_val_order(NULL, j->v, &status);
    return NULL;
}

TEST(value_ready_objects_are_sorted_when_threads_ask) {
    enum { N = 3000, THREADS = 4 };
    mrl_arena a;
    mrl_val v, small;
    pthread_t threads[THREADS];
    struct order_job jobs[THREADS];
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    struct mrl_member *m = MRL_ARENA_ARRAY(&a, struct mrl_member, N);
    struct mrl_span *spans = MRL_ARENA_ARRAY(&a, struct mrl_span, N);
    REQUIRE(m != NULL && spans != NULL);
    lay_out(&a, m, spans, N);
    REQUIRE(mrl_obj_take(&a, m, NULL, N, true, &v) == MRL_OK);
    REQUIRE(mrl_val_freeze(&a, v) == MRL_OK);
    for (int i = 0; i < THREADS; i++) {
        jobs[i] = (struct order_job){v, NULL};
        REQUIRE(pthread_create(&threads[i], NULL, ask_for_order, &jobs[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    const uint32_t *order = jobs[0].order;
    for (int i = 0; i < THREADS && order != NULL; i++)
        CHECK(jobs[i].order == order || jobs[i].order == NULL);
    for (uint32_t i = 1; i < v.len && order != NULL; i++)
        CHECK(mrl_val_cmp(NULL, v.u.obj->m[order[i - 1]].key, v.u.obj->m[order[i]].key) < 0);
    lay_out(&a, m, spans, 8);
    m[0].key = MRL_V("z");
    REQUIRE(mrl_obj_take(&a, m, NULL, 8, true, &small) == MRL_OK);
    CHECK_STR(mrl_val_str(small.u.obj->m[6].key), MRL_S("z"));
    mrl_arena_release(&a);
}
