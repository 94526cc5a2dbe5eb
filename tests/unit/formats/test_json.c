/* test_json.c - JSON: grammar, values, errors, round trips, and the public parsing suite. */
#include "formats/json/json.h"
#include "test.h"

#include <dirent.h>
#include <stdio.h>

static void round_trip(const char *in, const char *want) {
    mrl_arena a;
    struct mrl_buf b;
    mrl_val v;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&b, 1 << 20);
    struct mrl_err err = {.code = MRL_OK};
    if (mrl_json_parse(&a, mrl_str_z(in), NULL, &err, &v) != MRL_OK) {
        mrl_test_fail(__FILE__, __LINE__, "%s: %s", in, err.text);
    } else {
        mrl_json_write(&b, &a, v, NULL);
        CHECK_STR(mrl_buf_str(&b), mrl_str_z(want));
    }
    mrl_buf_release(&b);
    mrl_arena_release(&a);
}

TEST(json_round_trips) {
    round_trip(" { \"b\" : [ 1 , 2.50, -0, 1e5 ] , \"a\" : null } ",
               "{\"a\":null,\"b\":[1,2.50,-0,1e5]}");
    round_trip("[]", "[]");
    round_trip("{}", "{}");
    round_trip("[[],{},[[]]]", "[[],{},[[]]]");
    round_trip("\"\\u00e9\\n\\ud83d\\ude00\\/\"", "\"\xc3\xa9\\n\xf0\x9f\x98\x80/\"");
    round_trip("123456789012345678901234567890", "123456789012345678901234567890");
    round_trip("{\"a\":1,\"a\":2}", "{\"a\":2}");
    round_trip("{\"a\":1,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9,\"a\":10}",
               "{\"a\":10,\"b\":2,\"c\":3,\"d\":4,\"e\":5,\"f\":6,\"g\":7,\"h\":8,\"i\":9}");
}

/* What we write is JSON whatever the bytes are: names of files may be anything. */
TEST(json_writes_broken_bytes_as_replacement) {
    static const struct {
        const char *text, *want;
    } cases[] = {
        {"a\xff"
         "b",
         "\"a\xEF\xBF\xBD"
         "b\""},
        {"\xe2\x82", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xed\xa0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xef\xbf\xbd", "\"\xEF\xBF\xBD\""},
        {"\xe2\x80\xa8\xf0\x9f\x98\x80\n", "\"\xe2\x80\xa8\xf0\x9f\x98\x80\\n\""},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        struct mrl_buf b;
        mrl_buf_init(&b, 1 << 10);
        mrl_json_write_str(&b, mrl_str_z(cases[i].text), false);
        CHECK_STR(mrl_buf_str(&b), mrl_str_z(cases[i].want));
        mrl_buf_release(&b);
    }
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 10);
    mrl_json_write_str(&b, MRL_S("a\xe2\x80\xa9<"), true);
    CHECK_STR(mrl_buf_str(&b), MRL_S("\"a\\u2029\\u003c\""));
    mrl_buf_release(&b);
}

TEST(json_errors_name_the_place) {
    static const struct {
        const char *text;
        uint32_t line, col;
    } cases[] = {
        {"{\"a\":\n tru}", 2, 2}, {"[1,\n2,\n]", 3, 1}, {"{\"a\" 1}", 1, 6}, {"\"ab", 1, 4},
        {"[1] x", 1, 5},          {"", 1, 1},           {"[1 2]", 1, 4},     {"\"\x01\"", 1, 2},
        {"{\"a\":1,}", 1, 8},     {"01", 1, 1},         {"\"\\x\"", 1, 2}};
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        mrl_val v;
        struct mrl_err err = {.code = MRL_OK};
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        CHECK_INT(mrl_json_parse(&a, mrl_str_z(cases[i].text), NULL, &err, &v), MRL_E_SYNTAX);
        CHECK_INT(err.pos.line, cases[i].line);
        CHECK_INT(err.pos.col, cases[i].col);
        mrl_arena_release(&a);
    }
}

/* The empty text may have no address: nothing may be added to it, and no byte of it be read. */
TEST(json_of_no_address_is_empty) {
    mrl_arena a;
    mrl_val v;
    struct mrl_err err = {.code = MRL_OK};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    CHECK_INT(mrl_json_parse(&a, (mrl_str){NULL, 0}, NULL, &err, &v), MRL_E_SYNTAX);
    CHECK_INT(err.pos.line, 1);
    CHECK_INT(err.pos.col, 1);
    CHECK_INT(mrl_json_parse(&a, MRL_S("[1, {\"a\": -"), NULL, &err, &v), MRL_E_SYNTAX);
    CHECK_INT(mrl_json_parse(&a, MRL_S("-"), NULL, &err, &v), MRL_E_SYNTAX);
    mrl_arena_release(&a);
}

TEST(json_depth_has_a_ceiling) {
    mrl_arena a;
    mrl_val v;
    struct mrl_err err;
    struct mrl_buf b;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&b, 1 << 26);
    mrl_buf_fill(&b, '[', 1 << 25);
    CHECK_INT(mrl_json_parse(&a, mrl_buf_str(&b), NULL, &err, &v),
              b.status ? b.status : MRL_E_LIMIT);
    mrl_buf_release(&b);
    mrl_arena_release(&a);
}

TEST(json_spans_point_into_the_text) {
    mrl_arena a;
    mrl_val v;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_str text = MRL_S("{\"spec\": {\"x\": [10, {\"y\": true}]}}");
    struct mrl_json_opts opts = {.keep_spans = true};
    REQUIRE(mrl_json_parse(&a, text, &opts, NULL, &v) == MRL_OK);
    const struct mrl_span *s = mrl_val_span(v, 0);
    REQUIRE(s != NULL);
    CHECK_STR(mrl_str_sub(text, s->key_start, s->key_end), MRL_S("\"spec\""));
    CHECK_STR(mrl_str_sub(text, s->val_start, s->val_end), MRL_S("{\"x\": [10, {\"y\": true}]}"));
    mrl_val x = MRL_GET(MRL_GET(v, "spec"), "x");
    s = mrl_val_span(x, 1);
    REQUIRE(s != NULL);
    CHECK_STR(mrl_str_sub(text, s->val_start, s->val_end), MRL_S("{\"y\": true}"));
    mrl_arena_release(&a);
}

static mrl_str read_file(mrl_arena *a, const char *path) {
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return (mrl_str){NULL, 0};
    char *p = mrl_arena_alloc(a, 1 << 20, 1);
    size_t n = p != NULL ? fread(p, 1, 1 << 20, f) : 0;
    fclose(f);
    return (mrl_str){p, n};
}

TEST(json_parsing_suite) {
    const char *root = mrl_test_conformance();
    if (root == NULL)
        SKIP("conformance data is absent");
    char path[1024];
    snprintf(path, sizeof path, "%s/json/test_parsing", root);
    DIR *d = opendir(path);
    REQUIRE(d != NULL);
    int n = 0;
    for (struct dirent *e; (e = readdir(d)) != NULL;) {
        if (e->d_name[1] != '_')
            continue;
        mrl_arena a;
        mrl_val v;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        snprintf(path, sizeof path, "%s/json/test_parsing/%.200s", root, e->d_name);
        mrl_status status = mrl_json_parse(&a, read_file(&a, path), NULL, NULL, &v);
        n++;
        if (e->d_name[0] == 'y' && status != MRL_OK)
            mrl_test_fail(__FILE__, __LINE__, "refused: %s", e->d_name);
        if (e->d_name[0] == 'n' && status == MRL_OK)
            mrl_test_fail(__FILE__, __LINE__, "accepted: %s", e->d_name);
        mrl_arena_release(&a);
    }
    closedir(d);
    CHECK(n > 300);
}
