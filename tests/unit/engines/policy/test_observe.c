/* test_observe.c - profiles and coverage made from what a debug policy tells. */
#include "engines/policy/observe/coverage.h"
#include "engines/policy/observe/profile.h"
#include "engines/policy/policy.h"
#include "test.h"

struct seen {
    mrl_arena arena;
    struct mrl_policy *policy;
    struct mrl_coverage coverage;
    struct mrl_profile profile;
    int64_t clock;
};

static void on_trace(void *cx, const struct mrl_trace_event *e) {
    struct seen *s = cx;
    mrl_coverage_add(&s->coverage, e);
    mrl_profile_add(&s->profile, e, s->clock += 10); /* each step takes ten nanoseconds */
}

static const char module[] = "package t\n"                      /* 1 */
                             "p if {\n"                         /* 2 */
                             "  some x in [1, 2, 3]\n"          /* 3 */
                             "  x > 2\n"                        /* 4 */
                             "}\n"                              /* 5 */
                             "q if {\n"                         /* 6 */
                             "  false\n"                        /* 7 */
                             "  every y in [1] {\n"             /* 8 */
                             "    y == 1\n"                     /* 9 */
                             "  }\n"                            /* 10 */
                             "}\n"                              /* 11 */
                             "r := [z | some z in [1]; z > 0]"; /* 12 */

static mrl_status see(struct seen *s) {
    static const struct mrl_vm_hooks hooks = {NULL, on_trace};
    static const struct mrl_policy_opts debug = {.version = MRL_REGO_V1, .debug = true};
    struct mrl_policy_builder *b = NULL;
    struct mrl_query *q = NULL;
    struct mrl_vm *vm = NULL;
    struct mrl_diags diags;
    mrl_val rows = mrl_undefined();
    *s = (struct seen){.policy = NULL};
    mrl_arena_init(&s->arena, MRL_ARENA_UNLIMITED);
    mrl_coverage_init(&s->coverage, &s->arena);
    mrl_profile_init(&s->profile, &s->arena);
    mrl_diags_init(&diags, &s->arena, 0);
    MRL_TRY(mrl_policy_builder_new(&debug, &b));
    MRL_TRY(mrl_policy_add_module(b, MRL_S("t.rego"), mrl_str_z(module), MRL_REGO_V1, &diags));
    MRL_TRY(mrl_policy_compile(b, &diags, &s->policy));
    MRL_TRY(mrl_query_prepare(s->policy, MRL_S("data.t.p; data.t.q"), NULL, &diags, &q));
    MRL_TRY(mrl_vm_new(s->policy, &(struct mrl_vm_opts){.hooks = &hooks, .hooks_cx = s}, &vm));
    mrl_status status = mrl_vm_begin(vm, mrl_undefined());
    if (status == MRL_OK)
        status = mrl_vm_query(vm, q, NULL, &rows);
    mrl_profile_end(&s->profile, s->clock += 10);
    mrl_vm_free(vm);
    return status;
}

static void forget(struct seen *s) {
    mrl_policy_free(s->policy);
    mrl_arena_release(&s->arena);
}

TEST(coverage_counts_lines_as_opa) {
    struct seen s;
    struct mrl_cover_report r;
    struct mrl_module *const *modules;
    REQUIRE(see(&s) == MRL_OK);
    size_t n = mrl_policy_modules(s.policy, &modules);
    REQUIRE(mrl_coverage_report(&s.coverage, modules, n, &r) == MRL_OK);
    REQUIRE(r.n == 1);
    /* p's head and body, the first line of q; not q's head, the every of three lines, and r. */
    CHECK_INT(r.covered_lines, 4);
    CHECK_INT(r.missed_lines, 5);
    const struct mrl_cover_file *f = &r.files[0];
    REQUIRE(f->n_covered == 4 && f->n_missed >= 4);
    CHECK_INT(f->covered[0].row, 2);
    CHECK_INT(f->covered[0].end_col, 2);
    CHECK_INT(f->missed[0].row, 6);
    CHECK_INT(f->missed[1].row, 8);
    CHECK_INT(f->missed[1].end_row, 10);
    CHECK_INT(f->missed[2].row, 9); /* inside of what is missed is missed, too */
    forget(&s);
}

TEST(coverage_of_threads_is_merged) {
    struct seen s;
    struct mrl_coverage all;
    struct mrl_cover_report r;
    struct mrl_module *const *modules;
    REQUIRE(see(&s) == MRL_OK);
    mrl_coverage_init(&all, &s.arena);
    mrl_coverage_merge(&all, &s.coverage);
    mrl_coverage_merge(&all, &s.coverage); /* what is known already changes nothing */
    size_t n = mrl_policy_modules(s.policy, &modules);
    REQUIRE(mrl_coverage_report(&all, modules, n, &r) == MRL_OK);
    CHECK_INT(r.covered_lines, 4);
    forget(&s);
}

/* The line of the profile for a source line, or NULL. */
static const struct mrl_profile_line *line(const struct seen *s, uint32_t row) {
    for (uint32_t i = 0; i < s->profile.n; i++)
        if (s->profile.lines[i].loc.line == row && s->profile.lines[i].module->file.len > 0)
            return &s->profile.lines[i];
    return NULL;
}

TEST(profile_counts_time_evaluations_and_redos) {
    struct seen s;
    mrl_str by_line[] = {MRL_S("line")}, nonsense[] = {MRL_S("size")};
    REQUIRE(see(&s) == MRL_OK);
    const struct mrl_profile_line *some = line(&s, 3), *compare = line(&s, 4);
    REQUIRE(some != NULL && compare != NULL);
    CHECK_INT(some->evals, 1);
    CHECK_INT(some->redos, 2); /* after 1 and 2, not after 3: the rule holds */
    CHECK_INT(compare->evals, 3);
    CHECK_INT(compare->redos, 0);
    int64_t sum = 0;
    for (uint32_t i = 0; i < s.profile.n; i++)
        sum += s.profile.lines[i].ns;
    CHECK(sum > 0 && sum <= s.clock);
    CHECK(mrl_profile_sort(&s.profile, by_line, 1));
    for (uint32_t i = 1; i < s.profile.n; i++)
        CHECK(s.profile.lines[i - 1].loc.line >= s.profile.lines[i].loc.line);
    CHECK(mrl_profile_sort(&s.profile, NULL, 0));
    for (uint32_t i = 1; i < s.profile.n; i++)
        CHECK(s.profile.lines[i - 1].ns >= s.profile.lines[i].ns);
    CHECK(!mrl_profile_sort(&s.profile, nonsense, 1));
    forget(&s);
}
