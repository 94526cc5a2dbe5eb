/* test_oci.c - names of images, and manifests that contradict themselves. */
#include "formats/oci/docker_save.h"
#include "formats/oci/manifest.h"
#include "formats/oci/reference.h"
#include "test.h"

#define D64 "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

TEST(reference_remote) {
    static const struct {
        const char *text, *registry, *repository, *tag, *digest; /* registry NULL: refused */
    } rows[] = {
        {"redis", "docker.io", "library/redis", "latest", ""},
        {"redis:7", "docker.io", "library/redis", "7", ""},
        {"bitnami/redis", "docker.io", "bitnami/redis", "latest", ""},
        {"docker.io/redis", "docker.io", "library/redis", "latest", ""},
        {"docker://redis", "docker.io", "library/redis", "latest", ""},
        {"localhost/a", "localhost", "a", "latest", ""},
        {"localhost:5000/a/b:1.2_3-x", "localhost:5000", "a/b", "1.2_3-x", ""},
        {"r.example.com/a@sha256:" D64, "r.example.com", "a", "", "sha256:" D64},
        {"r.example.com/a:t@sha256:" D64, "r.example.com", "a", "t", "sha256:" D64},
        {"[::1]:5000/a", "[::1]:5000", "a", "latest", ""},
        {"a__b/c-d--e.f", "docker.io", "a__b/c-d--e.f", "latest", ""},
        {"", NULL, "", "", ""},
        {"Redis", NULL, "", "", ""},
        {"r.example.com/", NULL, "", "", ""},
        {"r.example.com//a", NULL, "", "", ""},
        {"r.example.com/a/", NULL, "", "", ""},
        {"a..b", NULL, "", "", ""},
        {"a___b", NULL, "", "", ""},
        {"-a", NULL, "", "", ""},
        {"a:", NULL, "", "", ""},
        {"a:.t", NULL, "", "", ""},
        {"a@sha256:abc", NULL, "", "", ""},
        {"a@md5:d41d8cd98f00b204e9800998ecf8427e", NULL, "", "", ""},
        {"a@sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855", NULL, "", "",
         ""},
        {"r.example.com:x/a", NULL, "", "", ""},
        {"r_.example.com/a", NULL, "", "", ""},
        {"a b", NULL, "", "", ""},
        {"../a", NULL, "", "", ""},
    };
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_reference r = {0};
        bool ok = mrl_reference_parse(&a, mrl_str_z(rows[i].text), NULL, &r) == MRL_OK;
        if (ok != (rows[i].registry != NULL))
            mrl_test_fail(__FILE__, __LINE__, "\"%s\": %s", rows[i].text,
                          ok ? "accepted" : "refused");
        if (!ok)
            continue;
        CHECK_STR(r.registry, mrl_str_z(rows[i].registry));
        CHECK_STR(r.repository, mrl_str_z(rows[i].repository));
        CHECK_STR(r.tag, mrl_str_z(rows[i].tag));
        CHECK_STR(r.digest, mrl_str_z(rows[i].digest));
    }
    mrl_arena_release(&a);
}

TEST(reference_local) {
    struct mrl_reference r;
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    REQUIRE(mrl_reference_parse(&a, MRL_S("oci:dir/img:v1"), NULL, &r) == MRL_OK);
    CHECK_INT(r.kind, MRL_REF_LAYOUT);
    CHECK_STR(r.path, MRL_S("dir/img"));
    CHECK_STR(r.tag, MRL_S("v1"));
    REQUIRE(mrl_reference_parse(&a, MRL_S("docker-archive:a.tar:app/x:2"), NULL, &r) == MRL_OK);
    CHECK_INT(r.kind, MRL_REF_DOCKER_ARCHIVE);
    CHECK_STR(r.path, MRL_S("a.tar"));
    CHECK_STR(r.repository, MRL_S("app/x"));
    CHECK_STR(r.tag, MRL_S("2"));
    CHECK(mrl_reference_parse(&a, MRL_S("oci:"), NULL, &r) == MRL_E_SYNTAX);
    CHECK(mrl_reference_parse(&a, MRL_S("docker-archive::x"), NULL, &r) == MRL_E_SYNTAX);
    mrl_arena_release(&a);
}

TEST(digest_of_bytes) {
    CHECK(mrl_digest_matches(MRL_S("sha256:" D64), MRL_S("")));
    CHECK(!mrl_digest_matches(MRL_S("sha256:" D64), MRL_S("x")));
    CHECK(!mrl_digest_matches(MRL_S("sha256:" D64 "00"), MRL_S("")));
}

#define DESC(type) "{\"mediaType\":\"" type "\",\"digest\":\"sha256:" D64 "\",\"size\":1}"
#define OCI "application/vnd.oci.image."

TEST(manifest_kinds_agree) {
    static const struct {
        const char *what, *text, *fetched_as;
        mrl_status status;
    } rows[] = {
        {"an image", "{\"schemaVersion\":2,\"config\":" DESC("c") ",\"layers\":[" DESC("l") "]}",
         OCI "manifest.v1+json", MRL_OK},
        {"an index", "{\"schemaVersion\":2,\"manifests\":[" DESC("m") "]}", OCI "index.v1+json",
         MRL_OK},
        {"an index by its members", "{\"schemaVersion\":2,\"manifests\":[]}", "", MRL_OK},
        {"both", "{\"schemaVersion\":2,\"manifests\":[],\"layers\":[],\"config\":" DESC("c") "}",
         "", MRL_E_INVALID},
        {"an index fetched as an image", "{\"schemaVersion\":2,\"manifests\":[]}",
         OCI "manifest.v1+json", MRL_E_INVALID},
        {"two media types",
         "{\"schemaVersion\":2,\"mediaType\":\"" OCI "index.v1+json\",\"manifests\":[]}",
         OCI "manifest.v1+json", MRL_E_INVALID},
        {"schema 1", "{\"schemaVersion\":1}", "", MRL_E_UNSUPPORTED},
        {"a layer without size",
         "{\"schemaVersion\":2,\"config\":" DESC(
             "c") ",\"layers\":[{\"mediaType\":\"l\",\"digest\":"
                  "\"sha256:" D64 "\"}]}",
         "", MRL_E_SYNTAX},
        {"a negative size",
         "{\"schemaVersion\":2,\"config\":{\"mediaType\":\"c\",\"digest\":\"sha256:" D64
         "\",\"size\":-1},\"layers\":[]}",
         "", MRL_E_SYNTAX},
        {"no layers", "{\"schemaVersion\":2,\"config\":" DESC("c") "}", "", MRL_E_SYNTAX},
        {"a member twice", "{\"schemaVersion\":2,\"manifests\":[],\"manifests\":[]}", "",
         MRL_E_SYNTAX},
        {"another media type", "{\"schemaVersion\":2,\"mediaType\":\"text/plain\"}", "",
         MRL_E_UNSUPPORTED},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_oci_manifest m;
        mrl_arena a;
        mrl_arena_init(&a, 1 << 20);
        mrl_status status = mrl_oci_manifest_parse(&a, mrl_str_z(rows[i].text),
                                                   mrl_str_z(rows[i].fetched_as), NULL, &m);
        if (status != rows[i].status)
            mrl_test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what, mrl_status_name(status));
        mrl_arena_release(&a);
    }
}

TEST(index_finds_a_platform) {
    static struct mrl_descriptor items[] = {
        {.platform = {MRL_S_INIT("unknown"), MRL_S_INIT("unknown"), MRL_S_INIT("")}},
        {.platform = {MRL_S_INIT("linux"), MRL_S_INIT("arm"), MRL_S_INIT("v6")}},
        {.platform = {MRL_S_INIT("linux"), MRL_S_INIT("arm"), MRL_S_INIT("v7")}},
    };
    struct mrl_oci_manifest index = {.items = items, .n_items = MRL_COUNTOF(items)};
    struct mrl_platform want;
    REQUIRE(mrl_platform_parse(MRL_S("linux/arm/v7"), NULL, &want) == MRL_OK);
    CHECK(mrl_oci_manifest_for(&index, &want) == &items[2]);
    REQUIRE(mrl_platform_parse(MRL_S("linux/arm"), NULL, &want) == MRL_OK);
    CHECK(mrl_oci_manifest_for(&index, &want) == &items[1]);
    REQUIRE(mrl_platform_parse(MRL_S("linux/amd64"), NULL, &want) == MRL_OK);
    CHECK(mrl_oci_manifest_for(&index, &want) == NULL);
    CHECK(mrl_platform_parse(MRL_S("linux"), NULL, &want) == MRL_E_SYNTAX);
    CHECK(mrl_platform_parse(MRL_S("linux/arm/v7/x"), NULL, &want) == MRL_E_SYNTAX);
}

TEST(docker_save_reads_what_it_understands) {
    static const struct {
        const char *text;
        mrl_status want;
    } rows[] = {
        {"[{\"Config\": \"a.json\", \"RepoTags\": [\"x:1\"], \"Layers\": [\"b/layer.tar\"]}]",
         MRL_OK},
        {"[{\"Config\": \"a.json\", \"RepoTags\": null}]", MRL_OK},
        {"[]", MRL_OK},
        {"", MRL_E_SYNTAX},
        {"{}", MRL_E_SYNTAX},
        {"[7]", MRL_E_SYNTAX},
        {"[{}]", MRL_E_SYNTAX},
        {"[{\"Config\": \"\"}]", MRL_E_SYNTAX},
        {"[{\"Config\": \"a\", \"Config\": \"b\"}]", MRL_E_SYNTAX},
        {"[{\"Config\": \"a\", \"Layers\": \"b\"}]", MRL_E_SYNTAX},
        {"[{\"Config\": \"a\", \"Layers\": [7]}]", MRL_E_SYNTAX},
        {"[{\"Config\": \"a\", \"RepoTags\": [\"\"]}]", MRL_E_SYNTAX},
    };
    mrl_arena a;
    mrl_arena_init(&a, 1 << 20);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_docker_images all;
        mrl_status got = mrl_docker_save_parse(&a, mrl_str_z(rows[i].text), NULL, &all);
        if (got != rows[i].want)
            mrl_test_fail(__FILE__, __LINE__, "%s: %s", rows[i].text, mrl_status_name(got));
    }
    mrl_arena_release(&a);
}

TEST(docker_save_digests_of_layers) {
    mrl_arena a;
    struct mrl_docker_texts t;
    mrl_arena_init(&a, 1 << 20);
    mrl_str good = MRL_S("{\"rootfs\": {\"diff_ids\": [\"sha256:" D64 "\"]}}");
    CHECK_INT(mrl_docker_diff_ids(&a, good, NULL, &t), MRL_OK);
    CHECK_INT(t.n, 1);
    CHECK_INT(mrl_docker_diff_ids(&a, MRL_S("{}"), NULL, &t), MRL_OK);
    CHECK_INT(t.n, 0);
    mrl_str bad = MRL_S("{\"rootfs\": {\"diff_ids\": [\"sha256:12\"]}}");
    CHECK_INT(mrl_docker_diff_ids(&a, bad, NULL, &t), MRL_E_SYNTAX);
    mrl_arena_release(&a);
}
