/* test_yaml.c - YAML: scalars, layout, spans, ceilings, and that what is written reads back.
 *
 * The tables hold what Kubernetes reads; tools/diff_yaml.py compares with it at large.
 */
#include "formats/json/json.h"
#include "formats/yaml/yaml.h"
#include "test.h"

#include <stdio.h>

static mrl_status parse(mrl_arena *a, mrl_str text, struct mrl_err *err, struct mrl_yaml_doc **docs,
                        size_t *n) {
    struct mrl_yaml_opts opts = {.keep_spans = true};
    mrl_err_init(err);
    return mrl_yaml_parse(a, text, &opts, err, docs, n);
}

/* Text and the JSON of its documents, one after the other. */
static void reads_as(const char *text, const char *want) {
    mrl_arena a;
    struct mrl_buf b;
    struct mrl_err err;
    struct mrl_yaml_doc *docs;
    size_t n = 0;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_buf_init(&b, 1 << 20);
    if (parse(&a, mrl_str_z(text), &err, &docs, &n) != MRL_OK) {
        mrl_test_fail(__FILE__, __LINE__, "%s: %s", text, err.text);
    } else {
        for (size_t i = 0; i < n; i++)
            mrl_json_write(&b, &a, docs[i].value, NULL);
        if (!mrl_str_eq(mrl_buf_str(&b), mrl_str_z(want)))
            mrl_test_fail(__FILE__, __LINE__, "%s: got %.*s, want %s", text, (int)b.len,
                          b.ptr != NULL ? b.ptr : "", want);
    }
    mrl_buf_release(&b);
    mrl_arena_release(&a);
}

TEST(yaml_plain_scalars_are_those_of_kubernetes) {
    static const char *const rows[][2] = {
        {"on", "true"},
        {"Off", "false"},
        {"y", "true"},
        {"nO", "\"nO\""},
        {"~", "null"},
        {"NULL", "null"},
        {"010", "8"},
        {"0o17", "15"},
        {"0x1F", "31"},
        {"-0b11", "-3"},
        {"08", "8"},
        {"1_000", "1000"},
        {"1e3", "1000"},
        {".5", "0.5"},
        {"1.", "1"},
        {"1e400", "\"1e400\""},
        {"12:30", "\"12:30\""},
        {"2001-12-14", "\"2001-12-14\""},
        {"1.2.3", "\"1.2.3\""},
        {"500m", "\"500m\""},
        {"'on'", "\"on\""},
        {"\"010\"", "\"010\""},
        {"!!str 1", "\"1\""},
        {"!!float 1", "1"},
        {"! 1", "\"1\""},
        {"<<", "\"<<\""},
        {"a: b#c", "{\"a\":\"b#c\"}"},
        {"18446744073709551615", "18446744073709551615"},
        {"18446744073709551616", "18446744073709552000"},
        {"!!binary /+8=", "\"\xEF\xBF\xBD\xEF\xBF\xBD\""},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        reads_as(rows[i][0], rows[i][1]);
}

TEST(yaml_keys_become_strings) {
    static const char *const rows[][2] = {
        {"1: a", "{\"1\":\"a\"}"},       {"on: a", "{\"true\":\"a\"}"},
        {"1e6: a", "{\"1e+06\":\"a\"}"}, {"1.50: a", "{\"1.5\":\"a\"}"},
        {".inf: a", "{\".inf\":\"a\"}"}, {"3.14159265358979: a", "{\"3.1415927\":\"a\"}"},
        {"a: 1\na: 2", "{\"a\":2}"},     {"? a\n: b", "{\"a\":\"b\"}"},
        {"&k a: *k", "{\"a\":\"a\"}"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        reads_as(rows[i][0], rows[i][1]);
}

TEST(yaml_layout_of_block_and_flow) {
    static const char *const rows[][2] = {
        {"a:\n- 1\n- 2\nb: {c: [d, e,], f: }\n",
         "{\"a\":[1,2],\"b\":{\"c\":[\"d\",\"e\"],\"f\":null}}"},
        {"- - a\n  - b\n-\n  c: d\n", "[[\"a\",\"b\"],{\"c\":\"d\"}]"},
        {"a: |\n  x\n   y\n\nb: >-\n  p\n  q\n\n  r\n", "{\"a\":\"x\\n y\\n\",\"b\":\"p q\\nr\"}"},
        {"a: |+\n  x\n\nb: |2\n    y\n", "{\"a\":\"x\\n\\n\",\"b\":\"  y\\n\"}"},
        {"a: |\n  \nb: 1\n", "{\"a\":\"\",\"b\":1}"},
        {"a: 'it''s\n  folded'\n", "{\"a\":\"it's folded\"}"},
        {"a: \"x\\\n  y\\u00e9\"\n", "{\"a\":\"xy\xC3\xA9\"}"},
        {"a: b\n  c\n", "{\"a\":\"b c\"}"},
        {"[a:, b]", "[\"a:\",\"b\"]"},
        {"[a: b, {c}]", "[{\"a\":\"b\"},{\"c\":null}]"},
        {"a: \"b\"#c\n", "{\"a\":\"b\"}"},
        {"a: 1\r\nb: 2\r\n", "{\"a\":1,\"b\":2}"},
        {"\xEF\xBB\xBF"
         "a: 1\n---\nb\n...\n# end\n",
         "{\"a\":1}\"b\""},
        {"d: &d {x: 1, z: 1}\ne:\n  <<: *d\n  z: 2\n",
         "{\"d\":{\"x\":1,\"z\":1},\"e\":{\"x\":1,\"z\":2}}"},
        {"a: &a [1]\n*a : x", "{\"a\":[1]}"},
    };
    for (size_t i = 0; i + 1 < MRL_COUNTOF(rows); i++)
        reads_as(rows[i][0], rows[i][1]);
}

TEST(yaml_errors_name_the_place) {
    static const struct {
        const char *text;
        uint32_t line, col;
    } cases[] = {
        {"a: b: c\n", 1, 5},    {"a:\n\t- b\n", 2, 1},   {"a: [1, 2\n", 2, 1},
        {"a: 'x\n", 2, 1},      {"a: *none\n", 1, 4},    {"- a\n b: c\n", 2, 3},
        {"a: .inf\n", 1, 4},    {"a: !!int x\n", 1, 11}, {"a: \"\\q\"\n", 1, 5},
        {"? [a]\n: b\n", 1, 3}, {"a: \x01\n", 1, 4},     {"a: \xC3\n", 1, 4},
        {"&a [*a]\n", 1, 5},    {"a: 1\n- b\n", 2, 1},   {"null: x\n", 1, 1},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        struct mrl_err err;
        struct mrl_yaml_doc *docs;
        size_t n;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_status status = parse(&a, mrl_str_z(cases[i].text), &err, &docs, &n);
        if (status != MRL_E_SYNTAX || err.pos.line != cases[i].line || err.pos.col != cases[i].col)
            mrl_test_fail(__FILE__, __LINE__, "%s: %s at %u:%u: %s", cases[i].text,
                          mrl_status_name(status), err.pos.line, err.pos.col, err.text);
        mrl_arena_release(&a);
    }
}

TEST(yaml_spans_are_exact) {
    static const struct {
        const char *text, *key, *val;
    } cases[] = {
        {"a: b # c\n", "a", "b"},
        {"'k' : \"v\"\n", "'k'", "\"v\""},
        {"a:\n  b: 1\n  c: 2 # x\n", "a", "b: 1\n  c: 2"},
        {"a:\n- x\n- y: z\n", "a", "- x\n- y: z"},
        {"a: {b: [c, d]} # e\n", "a", "{b: [c, d]}"},
        {"a: |\n  x\n  y\n\n", "a", "|\n  x\n  y"},
        {"a: p\n  q\n", "a", "p\n  q"},
        {"a: &n !!str v\n", "a", "v"},
        {"? a\n: b\n", "a", "b"},
        {"a: &x {}\n", "a", "{}"},
        {"a:\n", "a", ""},
        {"{a: b}\n", "a", "b"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        struct mrl_err err;
        struct mrl_yaml_doc *docs;
        size_t n = 0;
        mrl_str text = mrl_str_z(cases[i].text);
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        REQUIRE(parse(&a, text, &err, &docs, &n) == MRL_OK && n == 1);
        const struct mrl_span *s = mrl_val_span(docs[0].value, 0);
        REQUIRE(s != NULL);
        CHECK_STR(mrl_str_sub(text, s->key_start, s->key_end), mrl_str_z(cases[i].key));
        CHECK_STR(mrl_str_sub(text, s->val_start, s->val_end), mrl_str_z(cases[i].val));
        mrl_arena_release(&a);
    }
}

/* Values that are hard to write, in every style. */
TEST(yaml_written_text_reads_back) {
    static const char *const strings[] = {
        "",
        " a",
        "a ",
        "on",
        "y",
        "null",
        "~",
        "010",
        "1e3",
        "-",
        "- a",
        "? a",
        ": a",
        "a: b",
        "a #b",
        "#a",
        "a\nb",
        "a\n",
        "a\n\n",
        "\na",
        " a\nb",
        "a\tb",
        "\ta\nb",
        "a\\b",
        "it's",
        "\"q\"",
        "[a]",
        "{a}",
        "a,b",
        "a]b",
        "*a",
        "&a",
        "!a",
        "%a",
        "@a",
        "`a`",
        "|",
        ">",
        "---",
        "--- a",
        "...",
        "<<",
        "=",
        "12:30",
        "2001-1-1",
        "\x7F",
        "\xC2\x85",
        "a\xE2\x80\xA8"
        "b",
        "\xEF\xBB\xBF",
        "\xC3\xA9",
        "a: \nb",
        "k:",
        ":",
        "a\r\nb",
        "?",
        "a?b",
    };
    static const struct mrl_yaml_style styles[] = {
        {.indent = 2},
        {.indent = 4, .indent_lists = true, .keep_order = true},
        {.flow = true},
    };
    for (size_t k = 0; k < MRL_COUNTOF(strings) * MRL_COUNTOF(styles); k++) {
        mrl_arena a;
        mrl_val list, v;
        struct mrl_buf b;
        struct mrl_err err;
        struct mrl_yaml_doc *docs;
        size_t n = 0;
        mrl_val s = mrl_strval(mrl_str_z(strings[k / MRL_COUNTOF(styles)]));
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&b, 1 << 20);
        REQUIRE(mrl_arr_of(&a, &s, 1, &list) == MRL_OK);
        struct mrl_member m[] = {{MRL_V("list"), list}, {s, s}, {MRL_V("last"), mrl_empty_obj()}};
        REQUIRE(mrl_obj_of(&a, m, 3, &v) == MRL_OK);
        mrl_yaml_write(&b, &a, v, &styles[k % MRL_COUNTOF(styles)]);
        mrl_status status = parse(&a, mrl_buf_str(&b), &err, &docs, &n);
        if (status != MRL_OK || n != 1 || !mrl_val_eq(docs[0].value, v))
            mrl_test_fail(__FILE__, __LINE__, "%.*s: %s", (int)b.len, b.ptr, err.text);
        mrl_buf_release(&b);
        mrl_arena_release(&a);
    }
}

TEST(yaml_ceilings_hold) {
    static const struct {
        const char *head, *unit, *tail;
        size_t times;
        mrl_status want;
    } bombs[] = {
        {"", "[", "", 200000, MRL_E_LIMIT},           {"", "- ", "a", 200000, MRL_E_LIMIT},
        {"a0: &a0 [x]\n", NULL, "", 60, MRL_E_LIMIT}, /* each line doubles what aliases stand for */
        {"a: \"", "x\\n", "\"", 300000, MRL_OK},      {"a: |\n", "  text\n", "", 200000, MRL_OK},
        {"", "---\n", "a", 100000, MRL_OK},
    };
    for (size_t i = 0; i < MRL_COUNTOF(bombs); i++) {
        mrl_arena a;
        struct mrl_buf b;
        struct mrl_err err;
        struct mrl_yaml_doc *docs;
        size_t n;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&b, 1 << 24);
        mrl_buf_add(&b, mrl_str_z(bombs[i].head));
        for (size_t k = 1; k <= bombs[i].times; k++) {
            if (bombs[i].unit != NULL)
                mrl_buf_add(&b, mrl_str_z(bombs[i].unit));
            else
                mrl_buf_printf(&b, "a%zu: &a%zu [*a%zu, *a%zu]\n", k, k, k - 1, k - 1);
        }
        mrl_buf_add(&b, mrl_str_z(bombs[i].tail));
        mrl_status status = parse(&a, mrl_buf_str(&b), &err, &docs, &n);
        if (b.status == MRL_OK && status != MRL_E_NOMEM)
            CHECK_INT(status, bombs[i].want);
        mrl_buf_release(&b);
        mrl_arena_release(&a);
    }
}

TEST(yaml_of_no_address_is_empty) {
    mrl_arena a;
    struct mrl_yaml_doc *docs;
    struct mrl_err err;
    size_t n = 7;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    struct mrl_yaml_opts opts = {.keep_spans = true};
    mrl_status status = mrl_yaml_parse(&a, (mrl_str){NULL, 0}, &opts, &err, &docs, &n);
    CHECK(status == MRL_E_NOMEM || (status == MRL_OK && n <= 1));
    mrl_arena_release(&a);
}
