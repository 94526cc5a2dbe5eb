/* test_intoto.c - facts of provenance in each of its forms. */
#include "formats/intoto/provenance.h"
#include "test.h"

#define STATEMENT(type, predicate)                                                                 \
    "{\"_type\":\"https://in-toto.io/Statement/v1\",\"predicateType\":\"" type                     \
    "\",\"subject\":[],\"predicate\":" predicate "}"
#define COMMIT "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b"
#define V1(definition)                                                                             \
    STATEMENT("https://slsa.dev/provenance/v1",                                                    \
              "{\"buildDefinition\":{" definition "},\"runDetails\":{\"builder\":{\"id\":\"B\"},"  \
              "\"metadata\":{\"invocationId\":\"7\"}}}")
#define GIT(uri) "{\"uri\":\"" uri "\",\"digest\":{\"gitCommit\":\"" COMMIT "\"}}"

static mrl_status parse(mrl_arena *a, const char *text, struct mrl_provenance *ret) {
    return mrl_provenance_parse(a, mrl_str_z(text), MRL_S("f"), NULL, ret);
}

TEST(provenance_1_has_builder_source_and_materials) {
    mrl_arena a;
    struct mrl_provenance p;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(
        parse(&a,
              V1("\"buildType\":\"T\",\"externalParameters\":{\"workflow\":{\"repository\":"
                 "\"https://x/o/r\",\"path\":\"w.yml\"}},\"resolvedDependencies\":[" GIT(
                     "git+https://x/o/other") "," GIT("git+https://x/o/r@refs/heads/main") ",{"
                                                                                           "\"uri\""
                                                                                           ":\"pkg:"
                                                                                           "y\"}]"),
              &p) == MRL_OK);
    CHECK_INT(p.kind, MRL_STATEMENT_SLSA_1);
    CHECK_STR(p.builder, MRL_S("B"));
    CHECK_STR(p.build_type, MRL_S("T"));
    CHECK_STR(p.invocation, MRL_S("7"));
    CHECK_STR(p.entry_point, MRL_S("w.yml"));
    CHECK_STR(p.source, MRL_S("git+https://x/o/r@refs/heads/main"));
    CHECK_STR(p.commit, MRL_S(COMMIT));
    CHECK_INT(p.n_materials, 3);
    CHECK(mrl_is_obj(p.parameters));
    mrl_arena_release(&a);
}

/* The wrong source would be worse than none. */
TEST(provenance_tells_no_source_where_it_would_guess) {
    static const struct {
        const char *text;
        const char *source;
    } rows[] = {
        {V1("\"resolvedDependencies\":[" GIT("git+https://x/a") "]"), "git+https://x/a"},
        {V1("\"resolvedDependencies\":[" GIT("git+https://x/a") "," GIT("git+https://x/b") "]"),
         ""},
        {V1("\"externalParameters\":{\"source\":\"https://x/c\"},\"resolvedDependencies\":[" GIT(
             "git+https://x/a") "]"),
         ""},
        {V1("\"externalParameters\":{\"source\":{\"uri\":\"git+https://x/b\"}},"
            "\"resolvedDependencies\":[" GIT("git+https://x/a") "," GIT("git+https://x/b") "]"),
         "git+https://x/b"},
        {V1("\"resolvedDependencies\":[{\"uri\":\"https://x/"
            "a.tgz\",\"digest\":{\"sha1\":\"00\"}}]"),
         ""},
        {V1("\"buildType\":null"), ""},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        mrl_arena a;
        struct mrl_provenance p;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        REQUIRE(parse(&a, rows[i].text, &p) == MRL_OK);
        CHECK_STR(p.source, mrl_str_z(rows[i].source));
        mrl_arena_release(&a);
    }
}

TEST(provenance_02_and_summaries_have_the_same_names) {
    mrl_arena a;
    struct mrl_provenance p;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    REQUIRE(parse(&a,
                  STATEMENT("https://slsa.dev/provenance/v0.2",
                            "{\"builder\":{\"id\":\"B\"},\"buildType\":\"T\",\"invocation\":{"
                            "\"configSource\":{\"uri\":\"git+https://x/r\",\"digest\":{\"sha1\":"
                            "\"" COMMIT "\"},\"entryPoint\":\"make\"},\"parameters\":{\"a\":1}},"
                            "\"materials\":[{\"uri\":\"pkg:y\"}],"
                            "\"metadata\":{\"buildInvocationId\":\"8\"}}"),
                  &p) == MRL_OK);
    CHECK_INT(p.kind, MRL_STATEMENT_SLSA_02);
    CHECK_STR(p.source, MRL_S("git+https://x/r"));
    CHECK_STR(p.commit, MRL_S(COMMIT));
    CHECK_STR(p.entry_point, MRL_S("make"));
    CHECK_STR(p.invocation, MRL_S("8"));
    CHECK_INT(p.n_materials, 1);
    REQUIRE(
        parse(&a,
              STATEMENT("https://slsa.dev/verification_summary/v1",
                        "{\"verifier\":{\"id\":\"V\"},\"resourceUri\":\"R\",\"policy\":{"
                        "\"uri\":\"P\"},\"verificationResult\":\"PASSED\",\"timeVerified\":\"t\","
                        "\"verifiedLevels\":[\"SLSA_BUILD_LEVEL_3\"]}"),
              &p) == MRL_OK);
    CHECK_INT(p.kind, MRL_STATEMENT_VSA);
    CHECK_STR(p.verifier, MRL_S("V"));
    CHECK_STR(p.result, MRL_S("PASSED"));
    CHECK_INT(p.levels.len, 1);
    REQUIRE(parse(&a, STATEMENT("https://example.com/x", "[]"), &p) == MRL_OK);
    CHECK_INT(p.kind, MRL_STATEMENT_OTHER);
    mrl_arena_release(&a);
}

TEST(provenance_with_parts_of_a_wrong_type_is_refused) {
    static const char *const bad[] = {
        "",
        "{}",
        "[]",
        "{\"_type\":\"x\",\"predicateType\":\"y\"}",
        "{\"_type\":\"https://in-toto.io/Statement/v1\"}",
        STATEMENT("https://slsa.dev/provenance/v1", "7"),
        V1("\"buildType\":7"),
        V1("\"externalParameters\":[]"),
        V1("\"resolvedDependencies\":{}"),
        V1("\"resolvedDependencies\":[7]"),
        V1("\"resolvedDependencies\":[{\"digest\":\"x\"}]"),
        V1("\"resolvedDependencies\":[{\"digest\":{\"gitCommit\":7}}]"),
        V1("\"buildType\":\"a\",\"buildType\":\"b\""),
        STATEMENT("https://slsa.dev/provenance/v0.2", "{\"builder\":{\"id\":[]}}"),
        STATEMENT("https://slsa.dev/verification_summary/v1", "{\"verifiedLevels\":\"x\"}"),
    };
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++) {
        mrl_arena a;
        struct mrl_provenance p;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        CHECK_INT(parse(&a, bad[i], &p), MRL_E_SYNTAX);
        mrl_arena_release(&a);
    }
}
