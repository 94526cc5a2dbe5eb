/* test_images.c - which images a tree runs, and where they are named. */
#include "engines/posture/images.h"
#include "kit.h"

static void texts_of(const char *yaml, struct mrl_buf *b) {
    mrl_arena a;
    struct kit k = {0};
    struct mrl_image_uses uses = {0};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    k.arena = &a;
    mrl_objects_init(&k.objects, &a);
    if (!kit_read(&k, yaml) || mrl_images_find(&k.objects, &a, &uses) != MRL_OK)
        b->status = MRL_E_INVALID;
    for (uint32_t i = 0; i < uses.n; i++) {
        const struct mrl_image_use *u = &uses.items[i];
        struct mrl_pos at = mrl_text_file_place(u->source, u->start);
        mrl_buf_printf(b, "%.*s@%u ", MRL_F(u->text), at.line);
    }
    mrl_arena_release(&a);
}

TEST(images_are_found_wherever_containers_stand) {
    static const struct {
        const char *yaml, *found;
    } rows[] = {
        {"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a\n  - image: b\n",
         "a@5 b@6 "},
        {"apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: "
         "{initContainers: [{image: i}], containers: [{image: c}]}}}}}\n",
         "i@3 c@3 "},
        {"apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {template: {spec: {containers: "
         "[{image: r}]}}}\n",
         "r@3 "},
        {"apiVersion: v1\nkind: Pod\nspec:\n  ephemeralContainers: [{image: e}]\n  volumes:\n"
         "  - image: {reference: v}\n",
         "e@4 v@6 "},
        {"apiVersion: v1\nkind: Pod\nspec: {containers: [{image: 7}, {name: x}, text, {image: "
         "''}]}\n",
         ""},
        {"apiVersion: v1\nkind: ConfigMap\ndata: {image: x}\n", ""},
        {"apiVersion: v1\nkind: Pod\nspec: {containers: {image: x}}\n", ""},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_buf b;
        mrl_buf_init(&b, 4096);
        texts_of(rows[i].yaml, &b);
        CHECK_STR(mrl_buf_str(&b), mrl_str_z(rows[i].found));
        CHECK_INT(b.status, MRL_OK);
        mrl_buf_release(&b);
    }
}

TEST(images_subjects_are_judged_by_their_evidence) {
    static const char *const modules[] = {
        "# METADATA\n# scope: package\n# title: T\n# custom:\n#   id: X-1\n#   severity: high\n"
        "#   kinds: [merlon/Image]\npackage merlon.controls.x\n"
        "violation contains {\"msg\": \"no\"} if not input.evidence.good\n"
        "violation contains {\"msg\": \"few\"} if input.parameters.wanted > 1\n",
        NULL};
    mrl_arena a;
    struct kit k = {0};
    struct mrl_posture p = {0};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(kit_run(&k, &a, modules, "apiVersion: v1\nkind: ConfigMap\n", 1));
    struct mrl_member good[] = {{MRL_V("good"), mrl_bool(true)}},
                      two[] = {{MRL_V("wanted"), mrl_int(2)}};
    struct mrl_subject s = {.kind = MRL_IMAGE_KIND,
                            .id = MRL_S("image:x"),
                            .name = MRL_S("x"),
                            .value = mrl_empty_obj(),
                            .source = &k.source};
    REQUIRE(mrl_objects_add_subject(&k.objects, &s) == MRL_OK); /* no evidence */
    REQUIRE(mrl_obj_of(&a, good, 1, &s.evidence) == MRL_OK);
    REQUIRE(mrl_objects_add_subject(&k.objects, &s) == MRL_OK);
    REQUIRE(mrl_obj_of(&a, two, 1, &s.parameters) == MRL_OK);
    REQUIRE(mrl_objects_add_subject(&k.objects, &s) == MRL_OK);
    struct mrl_vm_opts vm = {0};
    struct mrl_judge_job job = {.policy = k.policy,
                                .controls = &k.controls,
                                .objects = &k.objects,
                                .inventory = mrl_empty_obj(),
                                .vm = &vm};
    p.arena = &a;
    REQUIRE(mrl_judge_all(k.pool, &job, &p, NULL) == MRL_OK);
    CHECK_INT(p.n_findings, 2);
    CHECK_STR(p.findings[0].message, MRL_S("no"));
    CHECK_STR(p.findings[1].message, MRL_S("few"));
    CHECK_STR(p.findings[1].object->id, MRL_S("image:x"));
    kit_release(&k);
    mrl_arena_release(&a);
}
