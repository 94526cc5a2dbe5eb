/* test_lasting.c - values that outlive an input never show: each answer is that of a fresh VM. */
#include "base/buf.h"
#include "engines/policy/policy.h"
#include "formats/json/json.h"
#include "test.h"

static const char module[] =
    "package t\n"
    "names contains n if some n, _ in data.inv.pods\n"
    "labels(n) := data.inv.pods[n].labels\n"
    "named(x) := count([1 | some n in names; n == x])\n"
    "nested := {\"all\": sort(names), \"n\": count(names)}\n"
    "dead(x) := data.inv.gone[x]\n"
    "answer := {\"names\": names, \"labels\": labels(input.name),\n"
    "  \"named\": named(input.name), \"nested\": nested, \"in\": input.name}\n"
    "other := [x | x := nested.n with data.inv as {\"pods\": {\"z\": 1}}]\n"
    "mixed := [nested.n, other[0], nested.n, count(names)]\n"
    "mocked := [x | x := labels(input.name) with labels as \"mock\"]\n"
    "list := [v | some k in [\"a\", \"b\", \"c\"]; v := labels(k)]\n"
    "all := [answer, mixed, mocked, list, [y | y := dead(input.name)]]\n";

struct subject {
    mrl_arena arena;
    struct mrl_policy_builder *builder;
    struct mrl_policy *policy;
    struct mrl_query *query;
};

static mrl_val json(mrl_arena *a, const char *text) {
    mrl_val v = mrl_undefined();
    CHECK(mrl_json_parse(a, mrl_str_z(text), NULL, NULL, &v) == MRL_OK);
    return v;
}

static bool prepare(struct subject *s, bool debug) {
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1, .debug = debug};
    struct mrl_diags diags;
    memset(s, 0, sizeof *s);
    mrl_arena_init(&s->arena, MRL_ARENA_UNLIMITED);
    mrl_diags_init(&diags, &s->arena, 0);
    return mrl_policy_builder_new(&opts, &s->builder) == MRL_OK &&
           mrl_policy_add_module(s->builder, MRL_S("t.rego"), mrl_str_z(module), MRL_REGO_V1,
                                 &diags) == MRL_OK &&
           mrl_policy_compile(s->builder, &diags, &s->policy) == MRL_OK &&
           mrl_query_prepare(s->policy, MRL_S("data.t.all"), NULL, &diags, &s->query) == MRL_OK;
}

static void release(struct subject *s) {
    mrl_policy_builder_free(s->builder);
    mrl_arena_release(&s->arena);
}

static void ask(const struct subject *s, struct mrl_vm *vm, mrl_val input, struct mrl_buf *out) {
    struct mrl_err err;
    mrl_val rows = mrl_undefined();
    mrl_err_init(&err);
    mrl_buf_clear(out);
    if (mrl_vm_begin(vm, input) != MRL_OK || mrl_vm_query(vm, s->query, &err, &rows) != MRL_OK)
        mrl_buf_printf(out, "failed: %s", err.text);
    else
        mrl_json_write(out, mrl_vm_arena(vm), rows, NULL);
}

/* One VM that has been asked before, and a fresh one: the same text. */
static void compare(struct subject *s, struct mrl_vm *vm, mrl_val inventory, mrl_val input) {
    struct mrl_buf got, want;
    struct mrl_vm *fresh = NULL;
    mrl_buf_init(&got, 1 << 20);
    mrl_buf_init(&want, 1 << 20);
    REQUIRE(mrl_vm_new(s->policy, NULL, &fresh) == MRL_OK);
    CHECK(mrl_vm_overlay(fresh, MRL_S("inv"), inventory) == MRL_OK);
    ask(s, vm, input, &got);
    ask(s, fresh, input, &want);
    CHECK_STR(mrl_buf_str(&got), mrl_buf_str(&want));
    mrl_vm_free(fresh);
    mrl_buf_release(&got);
    mrl_buf_release(&want);
}

TEST(vm_lasting_values_change_with_data_only) {
    static const char *const inventories[] = {
        "{\"pods\": {\"a\": {\"labels\": {\"x\": 1}}, \"b\": {\"labels\": {\"y\": [1, 2]}}}}",
        "{\"pods\": {\"c\": {\"labels\": {\"z\": {\"q\": null}}}}, \"gone\": {\"c\": 7}}",
        "{\"pods\": {}}",
    };
    static const char *const inputs[] = {"{\"name\": \"a\"}", "{\"name\": \"b\"}",
                                         "{\"name\": \"c\"}", "{\"name\": {\"a\": 1}}", "{}"};
    struct subject s;
    struct mrl_vm *vm = NULL;
    REQUIRE(prepare(&s, false));
    REQUIRE(mrl_vm_new(s.policy, NULL, &vm) == MRL_OK);
    for (size_t d = 0; d < MRL_COUNTOF(inventories); d++) {
        mrl_val inventory = json(&s.arena, inventories[d]);
        REQUIRE(mrl_val_freeze(&s.arena, inventory) == MRL_OK);
        REQUIRE(mrl_vm_overlay(vm, MRL_S("inv"), inventory) == MRL_OK);
        for (size_t round = 0; round < 2; round++)
            for (size_t i = 0; i < MRL_COUNTOF(inputs); i++)
                compare(&s, vm, inventory, json(&s.arena, inputs[i]));
    }
    mrl_vm_free(vm);
    release(&s);
}

/* More distinct calls than the table holds: they are computed as without it. */
TEST(vm_lasting_values_have_a_ceiling) {
    struct subject s;
    struct mrl_vm *vm = NULL;
    struct mrl_buf out;
    char name[64];
    REQUIRE(prepare(&s, false));
    REQUIRE(mrl_vm_new(s.policy, NULL, &vm) == MRL_OK);
    mrl_buf_init(&out, 1 << 20);
    mrl_val inventory = json(&s.arena, "{\"pods\": {\"n77\": {\"labels\": 5}}}");
    REQUIRE(mrl_val_freeze(&s.arena, inventory) == MRL_OK);
    REQUIRE(mrl_vm_overlay(vm, MRL_S("inv"), inventory) == MRL_OK);
    for (int i = 0; i < 40000; i++) {
        snprintf(name, sizeof name, "{\"name\": \"n%d\"}", i);
        mrl_val input = json(&s.arena, name);
        ask(&s, vm, input, &out);
        if (mrl_str_starts(mrl_buf_str(&out), MRL_S("failed"))) {
            mrl_test_fail(__FILE__, __LINE__, "%.*s", MRL_F(mrl_buf_str(&out)));
            break;
        }
    }
    compare(&s, vm, inventory, json(&s.arena, "{\"name\": \"n77\"}"));
    mrl_buf_release(&out);
    mrl_vm_free(vm);
    release(&s);
}
