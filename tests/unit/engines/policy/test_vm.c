/* test_vm.c - what the VM relies on, its budgets, its rule index, and policies that threads share.
 */
#include "base/buf.h"
#include "engines/policy/builtin.h"
#include "engines/policy/policy.h"
#include "formats/json/json.h"
#include "test.h"

#include <pthread.h>

TEST(vm_builtin_arities_fit_the_gathered_arguments) {
    const struct mrl_builtin *b;
    for (size_t i = 0; (b = mrl_builtin_at(i)) != NULL; i++)
        CHECK(b->arity <= MRL_BUILTIN_ARITY_MAX);
}

/* --- a policy under test ---------------------------------------------------------------------- */

struct subject {
    mrl_arena arena;
    struct mrl_diags diags;
    struct mrl_policy_builder *builder;
    struct mrl_policy *policy;
    struct mrl_query *query;
};

static mrl_val json(mrl_arena *a, const char *text) {
    mrl_val v = mrl_undefined();
    if (mrl_json_parse(a, mrl_str_z(text), NULL, NULL, &v) != MRL_OK)
        mrl_test_fail(__FILE__, __LINE__, "bad JSON in the test: %s", text);
    return v;
}

static bool prepare(struct subject *s, const char *module, const char *query, uint32_t index_min) {
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1, .index_min = index_min};
    *s = (struct subject){0};
    mrl_arena_init(&s->arena, MRL_ARENA_UNLIMITED);
    mrl_diags_init(&s->diags, &s->arena, 0);
    mrl_status status = mrl_policy_builder_new(&opts, &s->builder);
    if (status == MRL_OK)
        status = mrl_policy_add_module(s->builder, MRL_S("test.rego"), mrl_str_z(module),
                                       MRL_REGO_V1, &s->diags);
    if (status == MRL_OK)
        status = mrl_policy_compile(s->builder, &s->diags, &s->policy);
    if (status == MRL_OK)
        status = mrl_query_prepare(s->policy, mrl_str_z(query), NULL, &s->diags, &s->query);
    if (status != MRL_OK)
        mrl_test_fail(__FILE__, __LINE__, "does not compile: %s (%s)", module,
                      s->diags.n > 0 ? s->diags.items[0].code : mrl_status_name(status));
    return status == MRL_OK;
}

static void release(struct subject *s) {
    mrl_policy_builder_free(s->builder);
    mrl_arena_release(&s->arena);
}

/* The value of the first expression as JSON, or the error's code. */
static void ask(const struct subject *s, const struct mrl_vm_opts *opts, mrl_val input,
                struct mrl_buf *out) {
    struct mrl_vm *vm = NULL;
    struct mrl_err err;
    mrl_val rows = mrl_undefined();
    mrl_err_init(&err);
    mrl_status status = mrl_vm_new(s->policy, opts, &vm);
    if (status == MRL_OK)
        status = mrl_vm_begin(vm, input);
    if (status == MRL_OK)
        status = mrl_vm_query(vm, s->query, &err, &rows);
    if (status != MRL_OK)
        mrl_buf_printf(out, "%s", err.id != NULL ? err.id : mrl_status_name(status));
    else if (rows.len == 0)
        mrl_buf_add(out, MRL_S("undefined"));
    else
        mrl_json_write(out, mrl_vm_arena(vm),
                       mrl_arr_at(MRL_GET(mrl_arr_at(rows, 0), "expressions"), 0), NULL);
    mrl_vm_free(vm);
}

static void check_answer(const char *module, const char *input, const char *query,
                         const char *want) {
    static const uint32_t index_mins[] = {0, 1, UINT32_MAX};
    for (size_t i = 0; i < MRL_COUNTOF(index_mins); i++) {
        struct subject s;
        struct mrl_buf out;
        mrl_buf_init(&out, 1 << 20);
        if (prepare(&s, module, query, index_mins[i])) {
            ask(&s, NULL, json(&s.arena, input), &out);
            if (!mrl_str_eq((mrl_str){out.ptr, out.len}, mrl_str_z(want)))
                mrl_test_fail(__FILE__, __LINE__, "%s with %s: got %.*s, want %s (index from %u)",
                              query, input, (int)out.len, out.ptr, want, index_mins[i]);
        }
        mrl_buf_release(&out);
        release(&s);
    }
}

/* --- the rule index --------------------------------------------------------------------------- */

#define P "package t\n"

static const char doors[] = P "default open := \"no\"\n"
                              "open := 1 if input.a == \"x\"\n"
                              "open := 2 if {input.a == \"y\"; input.b == 1}\n"
                              "open := 3 if {v := input.a; v in {\"z\", \"w\"}}\n"
                              "open := 4 if {input.n > 7}\n"
                              "open := 5 if {\"q\" = input.a}\n"
                              "open := 6 if {o := input.o; o.k == [1, {\"m\": null}]}\n";

TEST(vm_index_finds_the_rules_that_match) {
    check_answer(doors, "{\"a\":\"x\"}", "data.t.open", "1");
    check_answer(doors, "{\"a\":\"y\",\"b\":1.0}", "data.t.open", "2"); /* numbers by value */
    check_answer(doors, "{\"a\":\"w\"}", "data.t.open", "3");
    check_answer(doors, "{\"a\":\"v\",\"n\":8}", "data.t.open", "4");
    check_answer(doors, "{\"a\":\"q\"}", "data.t.open", "5");
    check_answer(doors, "{\"o\":{\"k\":[1,{\"m\":null}]}}", "data.t.open", "6");
    check_answer(doors, "{\"a\":{\"x\":1}}", "data.t.open", "\"no\"");
    check_answer(doors, "{}", "data.t.open", "\"no\"");
    check_answer(doors, "{\"a\":\"x\",\"n\":8}", "data.t.open", "eval_conflict_error");
}

TEST(vm_index_follows_what_with_replaces) {
    check_answer(doors, "{\"a\":\"x\"}", "data.t.open with input.a as \"q\"", "5");
    check_answer(P "always(x, y) := true\nalways2(x, y) := false\n"
                   "p contains 1 if input.a == \"x\"\np contains 2 if input.a == \"y\"\n"
                   "p contains 3 if input.a == \"z\"\np contains 4 if input.a == \"w\"\n",
                 "{\"a\":\"x\"}", "data.t.p with equal as data.t.always", "[1,2,3,4]");
}

TEST(vm_index_serves_functions_sets_objects_and_else) {
    static const char module[] =
        P "f(\"a\", x) := x\nf(\"b\", x) := x + 1\nf(\"c\", _) := 0\nf(k, x) := -1 if {k == \"d\"; "
          "x}\n"
          "f(k, x) := -2 if {x; k == \"e\"} else := 9 if k == \"g\"\n"
          "o[k] := input.a if {k := \"one\"; input.a == 1}\no[k] := 2 if {k := \"two\"; input.a in "
          "[1, 2]}\n"
          "o[\"three\"] := 3 if input.a == 3\no[\"four\"] := 4 if not input.a == 1\n";
    check_answer(module, "{\"a\":1}", "data.t.o", "{\"one\":1,\"two\":2}");
    check_answer(module, "{\"a\":3}", "data.t.o", "{\"four\":4,\"three\":3}");
    check_answer(module, "{}",
                 "[data.t.f(k, 5) | some k in [\"a\",\"b\",\"c\",\"d\",\"e\",\"f\",\"g\"]]",
                 "[5,6,0,-1,-2,9]");
}

/* Calls are remembered by context and arguments: what a `with` changes must be seen inside it, and
 * forgotten behind it. */
TEST(vm_remembered_calls_see_their_context) {
    static const char module[] = P "f(x) := [y | some y in input.l; y > x]\n"
                                   "g(x, y) := count(f(x)) + count(f(y)) + data.d.n\n"
                                   "u(x) := y if {some y in input.l; y > x; y == 9}\n";
    check_answer(module, "{\"l\":[1,2,3]}", "[data.t.f(1), data.t.f(1), data.t.f(2), data.t.f(1)]",
                 "[[2,3],[2,3],[3],[2,3]]");
    check_answer(module, "{\"l\":[1,2,3]}",
                 "x := data.t.f(1); y := data.t.f(1) with input.l as [7]; z := data.t.f(1); "
                 "[x, y, z] == [[2, 3], [7], [2, 3]]",
                 "true"); /* an assignment is true; were it wrong, nothing would be defined */
    check_answer(module, "{\"l\":[1,2,3]}",
                 "x := data.t.g(1, 2) with data.d.n as 1; y := data.t.g(1, 2) with data.d.n as 2; "
                 "[x, y] == [4, 5]",
                 "true");
    check_answer(module, "{\"l\":[1,2,3]}", "[1 | some i in [1, 1, 2]; not data.t.u(i)]",
                 "[1,1,1]");
}

/* Many rules of one name share registers; an index keeps a decision among them short. */
TEST(vm_index_holds_thousands_of_rules) {
    struct mrl_buf text;
    mrl_buf_init(&text, 8 << 20);
    mrl_buf_add(&text, MRL_S(P));
    for (int i = 0; i < 3000; i++)
        mrl_buf_printf(
            &text, "r contains %d if {input.id == \"id%d\"; some x in input.l; x > %d}\n", i, i, i);
    mrl_buf_byte(&text, '\0');
    struct subject s;
    struct mrl_buf out;
    mrl_buf_init(&out, 1 << 20);
    REQUIRE(text.status == MRL_OK && prepare(&s, text.ptr, "data.t.r", 0));
    struct mrl_vm_opts few = {.max_steps = 100};
    ask(&s, &few, json(&s.arena, "{\"id\":\"id2998\",\"l\":[1,2999]}"), &out);
    CHECK_STR(((mrl_str){out.ptr, out.len}), MRL_S("[2998]"));
    release(&s);
    mrl_buf_release(&out);
    mrl_buf_release(&text);
}

/* --- with and without index, over random rules ------------------------------------------------ */

static uint32_t roll(uint64_t *state, uint32_t n) {
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(*state >> 33) % n;
}

static void random_condition(uint64_t *dice, struct mrl_buf *out) {
    static const char *const refs[] = {"input.a", "input.b", "input.o.c", "x", "input[\"a\"]"};
    static const char *const values[] = {"1",   "2",    "\"s\"", "[1]",      "null",
                                         "1.0", "true", "false", "{\"c\":1}"};
    static const char *const lists[] = {"[1, 2]", "{\"s\", null}", "[]", "{true}", "{\"k\": 1}"};
    const char *ref = refs[roll(dice, 5)], *value = values[roll(dice, 9)];
    switch (roll(dice, 8)) {
    case 0:
        mrl_buf_printf(out, "%s in %s; ", ref, lists[roll(dice, 5)]);
        break;
    case 1:
        mrl_buf_printf(out, "%s = %s; ", value, ref);
        break;
    case 2:
        mrl_buf_printf(out, "not %s == %s; ", ref, value);
        break;
    case 3: { /* a variable between ref and value; named by its place, so never twice */
        size_t name = out->len;
        mrl_buf_printf(out, "v%zu := %s; v%zu == %s; ", name, ref, name, value);
        break;
    }
    case 4:
        mrl_buf_printf(out, "%s; ", ref);
        break;
    default:
        mrl_buf_printf(out, "%s == %s; ", ref, value);
    }
}

static void random_module(uint64_t *dice, struct mrl_buf *out) {
    mrl_buf_add(out, MRL_S(P "x := input.o.d\n"));
    uint32_t n = 1 + roll(dice, 12);
    for (uint32_t i = 0; i < n; i++) {
        uint32_t head = roll(dice, 3);
        mrl_buf_printf(out,
                       head == 0   ? "p contains %u if { "
                       : head == 1 ? "q := %u if { "
                                   : "r[%u] := 1 if { ",
                       head == 1 ? roll(dice, 2) : i);
        for (uint32_t k = 1 + roll(dice, 3); k > 0; k--)
            random_condition(dice, out);
        mrl_buf_add(out, MRL_S("true }\n"));
    }
    mrl_buf_byte(out, '\0');
}

TEST(vm_index_never_changes_a_result) {
    static const char *const inputs[] = {
        "{}",
        "{\"a\":1,\"b\":\"s\",\"o\":{\"c\":null,\"d\":2}}",
        "{\"a\":[1],\"b\":true,\"o\":{\"c\":1,\"d\":false}}",
        "{\"a\":\"s\",\"b\":false,\"o\":{\"c\":{\"c\":1},\"d\":1}}",
        "{\"a\":2,\"b\":2,\"o\":[1]}",
        "null",
    };
    uint64_t dice = 20261125;
    uint32_t told = 0;
    for (uint32_t round = 0; round < 300; round++) {
        struct mrl_buf module, with, without;
        struct subject a, b;
        mrl_buf_init(&module, 1 << 20);
        mrl_buf_init(&with, 1 << 20);
        mrl_buf_init(&without, 1 << 20);
        random_module(&dice, &module);
        bool ok = prepare(&a, module.ptr, "data.t", 1),
             ok2 = prepare(&b, module.ptr, "data.t", UINT32_MAX);
        for (size_t i = 0; ok && ok2 && i < MRL_COUNTOF(inputs); i++) {
            ask(&a, NULL, json(&a.arena, inputs[i]), &with);
            ask(&b, NULL, json(&b.arena, inputs[i]), &without);
        }
        if (!mrl_str_eq((mrl_str){with.ptr, with.len}, (mrl_str){without.ptr, without.len}) &&
            told++ < 3)
            mrl_test_fail(__FILE__, __LINE__, "%s\nwith index:    %.*s\nwithout index: %.*s",
                          module.ptr, (int)with.len, with.ptr, (int)without.len, without.ptr);
        release(&a);
        release(&b);
        mrl_buf_release(&module);
        mrl_buf_release(&with);
        mrl_buf_release(&without);
    }
}

/* --- budgets ---------------------------------------------------------------------------------- */

static void check_budget(const char *module, const struct mrl_vm_opts *opts, const char *want) {
    struct subject s;
    struct mrl_buf out;
    mrl_buf_init(&out, 1 << 20);
    if (prepare(&s, module, "data.t.p", 0)) {
        ask(&s, opts, json(&s.arena, "{\"n\": 100000}"), &out);
        CHECK_STR(((mrl_str){out.ptr, out.len}), mrl_str_z(want));
    }
    release(&s);
    mrl_buf_release(&out);
}

TEST(vm_budgets_end_an_evaluation) {
    static const char loop[] = P "p := count([1 | some x in numbers.range(1, input.n); x != 3])";
    static const char calls[] =
        P "f(x) := x + 1\np := count([y | some x in numbers.range(1, input.n); y := f(x)])";
    static const char wide[] = P "p := {x: y | some x, y in numbers.range(1, input.n)}";
    static const char deep[] = P "p := [x | some x in numbers.range(1, input.n); "
                                 "some y in numbers.range(1, input.n); x + y < 0]";
    check_budget(loop, NULL, "99999");
    check_budget(calls, NULL, "100000");
    check_budget(loop, &(struct mrl_vm_opts){.max_steps = 5000}, "eval_budget_error");
    check_budget(calls, &(struct mrl_vm_opts){.max_steps = 5000}, "eval_budget_error");
    check_budget(wide, &(struct mrl_vm_opts){.max_bytes = 1 << 16}, "eval_budget_error");
    check_budget(deep, &(struct mrl_vm_opts){.deadline_ms = 20}, "eval_budget_error");
    static const atomic_int cancelled = 1;
    check_budget(deep, &(struct mrl_vm_opts){.cancel = &cancelled}, "eval_cancel_error");
}

/* --- threads ---------------------------------------------------------------------------------- */

#define THREADS 4
#define ROUNDS 200

struct thread {
    const struct subject *subject;
    mrl_val input;
    mrl_str want;
    uint32_t wrong;
};

static void *evaluate_often(void *arg) {
    struct thread *t = arg;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        struct mrl_buf out;
        mrl_buf_init(&out, 1 << 20);
        ask(t->subject, NULL, t->input, &out);
        t->wrong += !mrl_str_eq((mrl_str){out.ptr, out.len}, t->want);
        mrl_buf_release(&out);
    }
    return NULL;
}

/* One frozen policy and input, a VM a thread: run under TSan, this finds writes to shared data. */
TEST(vm_threads_share_a_policy_and_its_input) {
    static const char module[] =
        P "roles := {\"z\": [\"dev\", \"ops\"], \"ann\": [\"ops\"], \"b\": []}\n"
          "names contains n if {some n, _ in roles}\n"
          "f(\"a\", x) := x\nf(\"b\", x) := x + 1\nf(\"c\", x) := x + 2\nf(\"d\", x) := x + 3\n"
          "p := {\"names\": names, \"set\": {x | some x in input.set}, \"f\": f(\"c\", 1),\n"
          "  \"o\": [k | some k, _ in input.o], \"re\": [x | some x in input.set; "
          "regex.match(`^a`, x)],\n"
          "  \"w\": w}\nw := x if {x := names with data.t.roles as {\"q\": 1}}\n";
    struct subject s;
    struct mrl_buf want;
    struct thread threads[THREADS];
    pthread_t ids[THREADS];
    mrl_buf_init(&want, 1 << 20);
    REQUIRE(prepare(&s, module, "data.t.p", 0));
    mrl_val input = json(
        &s.arena,
        "{\"set\":[\"b\",\"ab\",\"a\",\"b\"],\"o\":{\"z\":1,\"a\":2,\"m\":{\"y\":1,\"x\":2}}}");
    REQUIRE(mrl_val_freeze(&s.arena, input) == MRL_OK);
    ask(&s, NULL, input, &want);
    CHECK_STR(((mrl_str){want.ptr, want.len}),
              MRL_S("{\"f\":3,\"names\":[\"ann\",\"b\",\"z\"],\"o\":[\"a\",\"m\",\"z\"],"
                    "\"re\":[\"ab\",\"a\"],\"set\":[\"a\",\"ab\",\"b\"],\"w\":[\"q\"]}"));
    for (int i = 0; i < THREADS; i++) {
        threads[i] = (struct thread){&s, input, {want.ptr, want.len}, 0};
        REQUIRE(pthread_create(&ids[i], NULL, evaluate_often, &threads[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(ids[i], NULL);
        CHECK_INT(threads[i].wrong, 0);
    }
    mrl_buf_release(&want);
    release(&s);
}
