/* test_trace.c - what a debug policy tells: events, print, notes; explanations made from them. */
#include "engines/policy/observe/record.h"
#include "engines/policy/policy.h"
#include "formats/json/json.h"
#include "test.h"

struct told { /* one evaluation and what its hooks heard */
    mrl_arena arena;
    struct mrl_policy_builder *builder; /* the record points into the policy */
    struct mrl_buf text;                /* printed lines, then whatever a test appends */
    struct mrl_record record;
};

static void on_print(void *cx, const struct mrl_module *m, struct mrl_rloc loc, mrl_str line) {
    struct told *t = cx;
    mrl_buf_printf(&t->text, "%.*s:%u: %.*s\n", MRL_F(m->file), loc.line, MRL_F(line));
}

static void on_trace(void *cx, const struct mrl_trace_event *e) {
    mrl_record_add(&((struct told *)cx)->record, e);
}

static const struct mrl_vm_hooks hooks = {on_print, on_trace};

static mrl_status ask(struct told *t, const char *query, mrl_val input, struct mrl_policy *p,
                      struct mrl_diags *diags) {
    struct mrl_query *q = NULL;
    struct mrl_vm *vm = NULL;
    mrl_val rows = mrl_undefined();
    struct mrl_vm_opts opts = {.hooks = &hooks, .hooks_cx = t};
    MRL_TRY(mrl_query_prepare(p, mrl_str_z(query), NULL, diags, &q));
    MRL_TRY(mrl_vm_new(p, &opts, &vm));
    mrl_status status = mrl_vm_begin(vm, input);
    if (status == MRL_OK)
        status = mrl_vm_query(vm, q, NULL, &rows);
    mrl_vm_free(vm);
    return status;
}

/* Evaluates the query over one module (package t) with hooks. */
static void tell(struct told *t, const char *module, const char *query, const char *input,
                 const struct mrl_policy_opts *opts) {
    struct mrl_policy *p = NULL;
    struct mrl_diags diags;
    mrl_val in = mrl_undefined();
    *t = (struct told){.builder = NULL};
    mrl_arena_init(&t->arena, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&t->text, 1 << 20);
    mrl_record_init(&t->record, &t->arena, true);
    mrl_diags_init(&diags, &t->arena, 0);
    mrl_status status = mrl_json_parse(&t->arena, mrl_str_z(input), NULL, NULL, &in);
    if (status == MRL_OK)
        status = mrl_policy_builder_new(opts, &t->builder);
    if (status == MRL_OK)
        status = mrl_policy_add_module(t->builder, MRL_S("t.rego"), mrl_str_z(module), MRL_REGO_V1,
                                       &diags);
    if (status == MRL_OK)
        status = mrl_policy_compile(t->builder, &diags, &p);
    if (status == MRL_OK)
        status = ask(t, query, in, p, &diags);
    if (status != MRL_OK)
        mrl_test_fail(__FILE__, __LINE__, "%s: %s %.*s", query, mrl_status_name(status),
                      diags.n > 0 ? (int)diags.items[0].message.len : 0,
                      diags.n > 0 ? diags.items[0].message.ptr : "");
}

static void forget(struct told *t) {
    mrl_policy_builder_free(t->builder);
    mrl_buf_release(&t->text);
    mrl_arena_release(&t->arena);
}

static const struct mrl_policy_opts debug = {.version = MRL_REGO_V1, .debug = true, .print = true};
static const struct mrl_policy_opts printing = {.version = MRL_REGO_V1, .print = true};
static const struct mrl_policy_opts plain = {.version = MRL_REGO_V1};

TEST(trace_print_gives_combinations_and_undefined) {
    static const char module[] = "package t\n"
                                 "p if {\n"
                                 "  some x in [1, 2]\n"
                                 "  print(\"x\", x, input.none, {\"s\"})\n"
                                 "  x == 2\n"
                                 "}\n"
                                 "q if print([\"a\", \"b\"][_], {1, 2})\n";
    struct told t;
    tell(&t, module, "data.t.p", "{}", &printing);
    CHECK_STR(mrl_buf_str(&t.text),
              MRL_S("t.rego:4: x 1 <undefined> {\"s\"}\nt.rego:4: x 2 <undefined> {\"s\"}\n"));
    CHECK_INT(t.record.n, 0); /* compiled with print only: no events */
    forget(&t);
    tell(&t, module, "data.t.q", "{}", &printing);
    CHECK_STR(mrl_buf_str(&t.text), MRL_S("t.rego:7: a {1, 2}\nt.rego:7: b {1, 2}\n"));
    forget(&t);
    tell(&t, module, "data.t.p", "{}", &plain); /* erased */
    CHECK_INT(t.text.len, 0);
    forget(&t);
}

TEST(trace_events_come_in_the_order_of_opa) {
    static const char module[] = "package t\n"
                                 "p if {\n"
                                 "  some x in [1, 2]\n"
                                 "  x > input.min\n"
                                 "  trace(\"seen\")\n"
                                 "}\n";
    struct told t;
    tell(&t, module, "data.t.p", "{\"min\": 1}", &debug);
    t.record.values = false; /* the text without values */
    mrl_explain_print(&t.record, MRL_EXPLAIN_FULL, 0, &t.text);
    CHECK_STR(mrl_buf_str(&t.text), MRL_S("query:1      Enter data.t.p\n"
                                          "query:1      | Eval data.t.p\n"
                                          "t.rego:2     | Enter data.t.p\n"
                                          "t.rego:3     | | Eval some x in [1, 2]\n"
                                          "t.rego:4     | | Eval x > input.min\n"
                                          "t.rego:4     | | Fail x > input.min\n"
                                          "t.rego:3     | | Redo some x in [1, 2]\n"
                                          "t.rego:4     | | Eval x > input.min\n"
                                          "t.rego:5     | | Eval trace(\"seen\")\n"
                                          "t.rego:5     | | Note \"seen\"\n"
                                          "t.rego:2     | | Exit data.t.p\n"
                                          "query:1      | Exit data.t.p\n"
                                          "query:1      Redo data.t.p\n"
                                          "query:1      | Redo data.t.p\n"));
    mrl_buf_clear(&t.text);
    mrl_explain_print(&t.record, MRL_EXPLAIN_NOTES, 2, &t.text);
    CHECK_STR(mrl_buf_str(&t.text), MRL_S("  query:1      Enter data.t.p\n"
                                          "  t.rego:2     | Enter data.t.p\n"
                                          "  t.rego:5     | | Note \"seen\"\n"));
    forget(&t);
}

TEST(trace_a_default_is_told_as_a_rule_with_the_body_true) {
    struct told t;
    tell(&t, "package t\ndefault p := 1\n", "data.t.p", "{}", &debug);
    mrl_explain_print(&t.record, MRL_EXPLAIN_FULL, 0, &t.text);
    CHECK(mrl_str_find(mrl_buf_str(&t.text), MRL_S("t.rego:2     | | Eval true\n"), 0) !=
          MRL_STR_NPOS);
    forget(&t);
}

TEST(trace_why_names_the_smallest_failing_part_with_values) {
    static const char module[] = "package t\n"
                                 "default allow := false\n"
                                 "allow if {\n"
                                 "  input.role == \"admin\"\n"
                                 "  trusted\n"
                                 "}\n"
                                 "allow if count(input.groups) > 3\n"
                                 "trusted if {\n"
                                 "  every g in input.groups { startswith(g, \"team-\") }\n"
                                 "}\n"
                                 "other if input.deep.key == input.x\n";
    struct told t;
    tell(&t, module, "data.t.allow", "{\"role\": \"admin\", \"groups\": [\"team-a\", \"b\"]}",
         &debug);
    mrl_why_print(&t.record, 0, &t.text);
    CHECK_STR(mrl_buf_str(&t.text),
              MRL_S("t.rego:3:1: data.t.allow fails at\n"
                    "  t.rego:5:3: trusted\n"
                    "    trusted is undefined\n"
                    "    t.rego:8:1: data.t.trusted fails at\n"
                    "      t.rego:9:3: every g in input.groups { startswith(g, \"team-\") }\n"
                    "        input.groups = [\"team-a\", \"b\"]\n"
                    "        t.rego:9:29: startswith(g, \"team-\")\n"
                    "          g = \"b\"\n"
                    "t.rego:7:1: data.t.allow fails at\n"
                    "  t.rego:7:10: count(input.groups) > 3\n"
                    "    count(input.groups) = 2\n"));
    forget(&t);
    tell(&t, module, "data.t.other", "{\"x\": 1}", &debug);
    mrl_why_print(&t.record, 0, &t.text);
    CHECK_STR(mrl_buf_str(&t.text), MRL_S("query:1:1: data.t.other\n"
                                          "  data.t.other is undefined\n"
                                          "  t.rego:11:1: data.t.other fails at\n"
                                          "    t.rego:11:10: input.deep.key == input.x\n"
                                          "      input.deep.key is undefined\n"));
    forget(&t);
    tell(&t, module, "1 == 1", "{}", &debug);
    CHECK_INT(mrl_why_print(&t.record, 0, &t.text), 0);
    CHECK_INT(t.text.len, 0);
    forget(&t);
}

TEST(trace_a_plain_policy_tells_nothing) {
    struct told t;
    tell(&t, "package t\np if { trace(\"x\"); print(1) }\n", "data.t.p", "{}", &plain);
    CHECK_INT(t.record.n, 0);
    CHECK_INT(t.text.len, 0);
    forget(&t);
}
