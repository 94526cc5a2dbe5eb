/* test_document.c - which files are judged beside Kubernetes objects. */
#include "engines/posture/document.h"
#include "kit.h"

static mrl_val doc_with(mrl_arena *a, const char *first, const char *second) {
    mrl_val v = mrl_undefined(), inner = mrl_undefined();
    struct mrl_member m[2];
    CHECK(mrl_obj_of(a, NULL, 0, &inner) == MRL_OK);
    m[0] = (struct mrl_member){mrl_strval(mrl_str_z(first)), inner};
    m[1] = (struct mrl_member){mrl_strval(mrl_str_z(second)), inner};
    CHECK(mrl_obj_of(a, m, 2, &v) == MRL_OK);
    return v;
}

TEST(document_kinds_by_path) {
    static const char *const rows[][2] = {
        {".github/workflows/ci.yml", "merlon/GitHubWorkflow"},
        {"a/b/.github/workflows/ci.yaml", "merlon/GitHubWorkflow"},
        {".forgejo/workflows/ci.yml", "merlon/GitHubWorkflow"},
        {".github/workflows/sub/ci.yml", ""},
        {".github/workflows/ci.json", ""},
        {"x.github/workflows/ci.yml", ""},
        {".github/dependabot.yml", ""},
        {".github/actions/x/action.yml", "merlon/GitHubAction"},
        {"chart/action.yml", ""},
        {".gitlab-ci.yml", "merlon/GitLabPipeline"},
        {"ci/deploy.gitlab-ci.yml", "merlon/GitLabPipeline"},
        {"deploy.yml", ""},
        {"", ""},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        CHECK_STR(mrl_document_kind(mrl_str_z(rows[i][0]), mrl_null()), mrl_str_z(rows[i][1]));
}

TEST(document_kinds_by_shape) {
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    CHECK_STR(mrl_document_kind(MRL_S("-"), doc_with(&a, "true", "jobs")),
              MRL_S("merlon/GitHubWorkflow"));
    CHECK_STR(mrl_document_kind(MRL_S("x.yml"), doc_with(&a, "on", "jobs")),
              MRL_S("merlon/GitHubWorkflow"));
    CHECK_STR(mrl_document_kind(MRL_S("x.yml"), doc_with(&a, "off", "jobs")), MRL_S(""));
    CHECK_STR(mrl_document_kind(MRL_S("my/action.yml"), doc_with(&a, "name", "runs")),
              MRL_S("merlon/GitHubAction"));
    mrl_arena_release(&a);
}

TEST(document_paths_do_not_depend_on_the_start) {
    CHECK_STR(mrl_document_path(MRL_S("/home/u/r/.github/workflows/a.yml")),
              MRL_S(".github/workflows/a.yml"));
    CHECK_STR(mrl_document_path(MRL_S("./.gitlab-ci.yml")), MRL_S(".gitlab-ci.yml"));
    CHECK(mrl_document_is_hidden(MRL_S(".github/workflows/a.yml")));
    CHECK(!mrl_document_is_hidden(MRL_S(".github/dependabot.yml")));
}

/* A control of objects meets no document and a control of documents no object: neither is counted
 * as not applicable, and the inventory holds objects alone. */
TEST(documents_and_objects_never_meet) {
    static const char *const modules[] = {
        "# METADATA\n# scope: package\n# title: W\n# custom:\n#   id: MLN-T-001\n"
        "#   kinds: [merlon/GitHubWorkflow]\npackage merlon.controls.w\n"
        "violation contains {\"msg\": \"w\", \"path\": [\"jobs\"]} if input.subject.kind == "
        "\"merlon/GitHubWorkflow\"\n",
        "# METADATA\n# scope: package\n# title: P\n# custom:\n#   id: MLN-T-002\n"
        "package merlon.controls.p\nviolation contains \"p\" if count(data.inventory.namespace) == "
        "1\n",
        NULL};
    mrl_arena a;
    struct kit k;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(kit_run(&k, &a, modules,
                    "on: push\njobs: {}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: x}\n",
                    1));
    CHECK_INT(k.objects.n, 2);
    CHECK_INT(k.objects.not_objects, 0);
    CHECK_INT(k.posture.all.count[MRL_FAIL], 2);
    CHECK_INT(k.posture.all.count[MRL_NOT_APPLICABLE], 0);
    CHECK_STR(kit_finding(&k, 0)->message, MRL_S("w"));
    CHECK_INT(kit_finding(&k, 0)->pos.line, 2);
    CHECK_STR(kit_finding(&k, 1)->message, MRL_S("p"));
    kit_release(&k);
    mrl_arena_release(&a);
}
