/* test_posture.c - objects, controls, verdicts, score, groups, places. */
#include "kit.h"

#define CONTROL(short_name, id, severity, exposes, body)                                           \
    "# METADATA\n# scope: package\n# title: T of " id                                              \
    "\n# description: why\n# custom:\n#   id: " id "\n#   severity: " severity                     \
    "\n#   kinds: [Pod]\n#   exposes: " exposes "\npackage merlon.controls." short_name "\n" body

static const char *const four_verdicts[] = {
    CONTROL("four", "MLN-T-001", "high", "5",
            "not_applicable if input.object.metadata.name == \"na\"\n"
            "violation contains {\"msg\": \"bad\", \"path\": [\"spec\", \"x\"], \"value\": 1,\n"
            "  \"cause\": sprintf(\"kind:%s\", [input.object.metadata.name]), \"fix\": null} if "
            "input.object.spec.x == 1\n"
            "unknown contains \"cannot tell\" if input.object.spec.x == \"?\"\n"),
    NULL};

static const char five_pods[] =
    "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {x: 0}\n---\n"
    "apiVersion: v1\nkind: Pod\nmetadata: {name: f}\nspec:\n  w: 2\n  x: 1\n---\n"
    "apiVersion: v1\nkind: Pod\nmetadata: {name: u}\nspec: {x: '?'}\n---\n"
    "apiVersion: v1\nkind: Pod\nmetadata: {name: na}\nspec: {x: 1}\n---\n"
    "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {x: 1}\n---\nno: object\n";

TEST(posture_gives_four_verdicts) {
    mrl_arena a;
    struct kit k;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(kit_run(&k, &a, four_verdicts, five_pods, 2));
    const uint64_t *n = k.posture.all.count;
    CHECK_INT(k.objects.n, 5);
    CHECK_INT(k.objects.not_objects, 1);
    CHECK_INT(n[MRL_PASS], 1);
    CHECK_INT(n[MRL_FAIL], 1);
    CHECK_INT(n[MRL_UNKNOWN], 1);
    CHECK_INT(n[MRL_NOT_APPLICABLE], 2);
    CHECK_INT(k.posture.by_control[0].count[MRL_FAIL], 1);
    const struct mrl_finding *f = kit_finding(&k, 0);
    CHECK_STR(f->message, MRL_S("bad"));
    CHECK_STR(f->object->id, MRL_S("object:v1/Pod//f"));
    CHECK_STR(f->fingerprint, MRL_S("MLN-T-001 object:v1/Pod//f spec.x"));
    CHECK_INT(f->pos.line, 11);
    CHECK_INT(f->pos.col, 3);
    CHECK(!mrl_is_defined(f->fix)); /* null says that there is none */
    CHECK_INT(kit_finding(&k, 1)->verdict, MRL_UNKNOWN);
    kit_release(&k);
    mrl_arena_release(&a);
}

TEST(posture_never_passes_what_failed_to_evaluate) {
    static const char *const modules[] = {
        CONTROL("bad", "MLN-T-002", "low", "1",
                "violation contains msg if { some x in numbers.range(1, 100000000)\n"
                "  some y in numbers.range(1, 100000000); x == -y; msg := \"x\" }\n"),
        NULL};
    mrl_arena a;
    struct kit k;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(kit_run(&k, &a, modules, "apiVersion: v1\nkind: Pod\n", 1));
    CHECK_INT(k.posture.all.count[MRL_UNKNOWN], 1);
    CHECK(kit_finding(&k, 0)->message.len > 0);
    kit_release(&k);
    mrl_arena_release(&a);
}

/* The tally of a table row: pass, fail, unknown of one weight. */
TEST(posture_score_counts_by_weight) {
    static const struct {
        uint64_t pass, fail, unknown;
        double score, coverage, floor;
        bool known;
    } rows[] = {
        {3, 1, 0, 75, 100, 75, true}, {3, 0, 1, 100, 75, 75, true}, {0, 0, 0, 0, 0, 0, false},
        {0, 0, 5, 0, 0, 0, false},    {0, 2, 2, 0, 50, 0, true},    {1, 1, 2, 50, 50, 25, true},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_tally t = {{rows[i].pass, rows[i].fail, 7, rows[i].unknown},
                              {rows[i].pass * 6, rows[i].fail * 6, 42, rows[i].unknown * 6}};
        struct mrl_score s = mrl_score_of(&t);
        CHECK_INT(s.known, rows[i].known);
        CHECK_INT(s.score * 100, rows[i].score * 100);
        CHECK_INT(s.coverage * 100, rows[i].coverage * 100);
        CHECK_INT(s.floor * 100, rows[i].floor * 100);
    }
}

static const char *const grouped[] = {
    CONTROL("paths", "MLN-T-003", "high", "8",
            "violation contains {\"msg\": p, \"cause\": sprintf(\"host-path:%s\", [p])} if some p "
            "in input.object.spec.paths\n"),
    CONTROL(
        "mixed", "MLN-T-004", "critical", "10",
        "violation contains {\"msg\": \"a\", \"cause\": \"one:x\"} if input.object.spec.paths\n"
        "violation contains {\"msg\": \"b\", \"cause\": \"two:x\"} if input.object.spec.paths\n"),
    NULL};

TEST(posture_groups_by_control_and_kind_of_cause) {
    mrl_arena a;
    struct kit k;
    struct mrl_group *g = NULL;
    size_t n = 0;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(kit_run(&k, &a, grouped,
                    "apiVersion: v1\nkind: Pod\nspec: {paths: [/var/log, /run]}\n---\n"
                    "apiVersion: v1\nkind: Pod\nmetadata: {name: b}\nspec: {paths: [/run]}\n",
                    1));
    REQUIRE(mrl_posture_groups(&k.posture, &a, &g, &n) == MRL_OK);
    REQUIRE(n == 3);
    CHECK_STR(g[0].control->id, MRL_S("MLN-T-004")); /* what exposes most comes first */
    CHECK_STR(g[0].kind, MRL_S("one"));
    CHECK_STR(g[1].kind, MRL_S("two"));
    CHECK_STR(g[2].control->id, MRL_S("MLN-T-003"));
    CHECK_STR(g[2].kind, MRL_S("host-path"));
    CHECK_INT(g[2].n, 3);
    CHECK_INT(g[2].n_causes, 2);
    CHECK_STR(g[2].findings[0]->cause, MRL_S("host-path:/run")); /* one cause stands together */
    CHECK_STR(g[2].findings[1]->cause, MRL_S("host-path:/run"));
    for (uint32_t i = 0; i < k.posture.n_findings; i++)
        k.posture.findings[i].accepted = MRL_ACCEPTED_EXCEPTION;
    REQUIRE(mrl_posture_groups(&k.posture, &a, &g, &n) == MRL_OK);
    CHECK_INT(n, 0); /* what is accepted is nobody's next job */
    kit_release(&k);
    mrl_arena_release(&a);
}

TEST(posture_reads_policies_of_conftest) {
    static const char *const modules[] = {
        "package team\ndeny contains \"no pods\" if input.kind == \"Pod\"\nwarn contains "
        "{\"msg\": \"w\"} if input.kind == \"Pod\"\n",
        "package team_test\ntest_x if true\n", NULL};
    mrl_arena a;
    struct kit k;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(
        kit_run(&k, &a, modules, "apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: X\n", 1));
    CHECK_INT(k.controls.n, 1);
    CHECK_STR(k.controls.items[0].id, MRL_S("policy:team"));
    CHECK_INT(k.posture.all.count[MRL_FAIL], 1);
    CHECK_INT(k.posture.n_findings, 2);
    CHECK_INT(k.posture.all.count[MRL_PASS], 1);
    kit_release(&k);
    mrl_arena_release(&a);
}

TEST(posture_refuses_controls_without_a_name) {
    static const char *const modules[] = {"package merlon.controls.x\nviolation contains 1\n",
                                          NULL};
    mrl_arena a;
    struct kit k;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    (void)kit_run(&k, &a, modules, "a: 1\n", 1);
    if (k.policy != NULL && k.diags.n > 0)
        CHECK_STR(mrl_str_z(k.diags.items[0].code), MRL_S("merlon_control_error"));
    CHECK(k.policy == NULL || k.diags.n == 1);
    kit_release(&k);
    mrl_arena_release(&a);
}

TEST(posture_takes_lists_apart) {
    mrl_arena a;
    struct kit k = {.arena = &a};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(kit_read(&k, "apiVersion: v1\nkind: List\nitems:\n"
                         "  - {apiVersion: v1, kind: Pod, metadata: {name: a, namespace: ns}}\n"
                         "  - apiVersion: v1\n    kind: PodList\n    items:\n"
                         "      - {apiVersion: v1, kind: Pod, metadata: {generateName: g-}}\n"
                         "  - just text\n"));
    CHECK_INT(k.objects.n, 2);
    CHECK_INT(k.objects.not_objects, 1);
    CHECK_STR(k.objects.items[0].id, MRL_S("object:v1/Pod/ns/a"));
    CHECK_STR(k.objects.items[1].id, MRL_S("object:v1/Pod//g-"));
    mrl_val inventory = mrl_undefined();
    REQUIRE(mrl_objects_inventory(&k.objects, &inventory) == MRL_OK);
    mrl_val ns = MRL_GET(inventory, "namespace");
    CHECK(mrl_is_obj(MRL_GET(MRL_GET(MRL_GET(MRL_GET(ns, "ns"), "v1"), "Pod"), "a")));
    CHECK(mrl_is_obj(MRL_GET(MRL_GET(MRL_GET(MRL_GET(ns, "default"), "v1"), "Pod"), "g-")));
    CHECK_INT(MRL_GET(inventory, "cluster").len, 0);
    mrl_arena_release(&a);
}

/* Every offset of a text has the same place with the index of lines and without. */
TEST(posture_finds_places_by_halving_as_by_counting) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    struct mrl_text_file plain = {.text = MRL_S("a\n\nbcd\r\n  e\n")}, indexed = plain;
    REQUIRE(mrl_text_file_index(&a, &indexed) == MRL_OK);
    CHECK_INT(indexed.n_lines, 5);
    for (uint32_t at = 0; at <= plain.text.len; at++) {
        struct mrl_pos x = mrl_text_file_place(&plain, at), y = mrl_text_file_place(&indexed, at);
        CHECK_INT(x.line, y.line);
        CHECK_INT(x.col, y.col);
    }
    struct mrl_pos e = mrl_text_file_place(&indexed, 10);
    CHECK_INT(e.line, 4);
    CHECK_INT(e.col, 3);
    mrl_arena_release(&a);
}

/* The same findings in the same order for any number of threads. */
TEST(posture_does_not_depend_on_threads) {
    struct mrl_buf yaml;
    mrl_arena a;
    struct kit one, four;
    mrl_buf_init(&yaml, 1 << 20);
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (int i = 0; i < 100; i++)
        mrl_buf_printf(&yaml,
                       "apiVersion: v1\nkind: Pod\nmetadata: {name: p%d}\nspec: {x: %d}\n---\n", i,
                       i % 2);
    mrl_buf_byte(&yaml, '\0');
    REQUIRE(yaml.status == MRL_OK);
    REQUIRE(kit_run(&one, &a, four_verdicts, yaml.ptr, 1));
    REQUIRE(kit_run(&four, &a, four_verdicts, yaml.ptr, 4));
    CHECK_INT(one.posture.n_findings, 50);
    CHECK_INT(four.posture.n_findings, 50);
    for (uint32_t i = 0; i < 50; i++)
        CHECK_STR(kit_finding(&one, i)->fingerprint, kit_finding(&four, i)->fingerprint);
    kit_release(&one);
    kit_release(&four);
    mrl_buf_release(&yaml);
    mrl_arena_release(&a);
}
