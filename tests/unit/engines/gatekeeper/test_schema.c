/* test_schema.c - structural schemas: each row is a schema, a value, and what is said of it. */
#include "engines/gatekeeper/schema.h"
#include "formats/json/json.h"
#include "test.h"

struct schema_case {
    const char *schema, *value;
    const char *want; /* "fits", or a part of the refusal */
};

static mrl_val json(mrl_arena *a, const char *text) {
    mrl_val v = mrl_undefined();
    if (mrl_json_parse(a, mrl_str_z(text), NULL, NULL, &v) != MRL_OK)
        mrl_test_fail(__FILE__, __LINE__, "bad JSON in the test: %s", text);
    return v;
}

typedef mrl_status (*checker)(mrl_arena *, mrl_val, mrl_val, mrl_str, struct mrl_err *);

static void run(checker check, const struct schema_case *cases, size_t n) {
    for (size_t i = 0; i < n; i++) {
        mrl_arena a;
        struct mrl_err err;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_err_init(&err);
        mrl_status status =
            check(&a, json(&a, cases[i].schema), json(&a, cases[i].value), MRL_S("p"), &err);
        const char *got = status == MRL_OK ? "fits" : err.text;
        if (strstr(got, cases[i].want) == NULL)
            mrl_test_fail(__FILE__, __LINE__, "%s on %s: got %s, want %s", cases[i].schema,
                          cases[i].value, got, cases[i].want);
        mrl_arena_release(&a);
    }
}

TEST(gatekeeper_schema_checks) {
    static const struct schema_case cases[] = {
        {"{}", "[1]", "fits"},
        {"{\"type\":\"string\"}", "\"x\"", "fits"},
        {"{\"type\":\"string\"}", "1", "p must be of type string, not number"},
        {"{\"type\":\"integer\"}", "1.0", "fits"},
        {"{\"type\":\"integer\"}", "1.5", "integer"},
        {"{\"type\":\"boolean\"}", "null", "boolean"},
        {"{\"type\":\"boolean\",\"nullable\":true}", "null", "fits"},
        {"{\"enum\":[\"a\",1]}", "1", "fits"},
        {"{\"enum\":[\"a\",1]}", "2", "none of the values"},
        {"{\"minimum\":1,\"maximum\":3}", "3", "fits"},
        {"{\"minimum\":1}", "0", "below"},
        {"{\"minimum\":1,\"exclusiveMinimum\":true}", "1", "below"},
        {"{\"maximum\":3,\"exclusiveMaximum\":true}", "3", "above"},
        {"{\"multipleOf\":5}", "10", "fits"},
        {"{\"multipleOf\":5}", "12", "multiple"},
        {"{\"minLength\":2,\"maxLength\":2}", "\"\\u00e9\\u00e9\"", "fits"},
        {"{\"maxLength\":2}", "\"abc\"", "maxLength is 2"},
        {"{\"pattern\":\"^a+$\"}", "\"aa\"", "fits"},
        {"{\"pattern\":\"^a+$\"}", "\"ab\"", "does not match"},
        {"{\"items\":{\"type\":\"string\"}}", "[\"a\",1]", "p[1] must be of type string"},
        {"{\"minItems\":1}", "[]", "minItems is 1"},
        {"{\"uniqueItems\":true}", "[1,1.0]", "twice"},
        {"{\"required\":[\"a\"]}", "{\"b\":1}", "p.a is required"},
        {"{\"properties\":{\"a\":{\"properties\":{\"b\":{\"type\":\"array\"}}}}}",
         "{\"a\":{\"b\":{}}}", "p.a.b must be of type array"},
        {"{\"additionalProperties\":{\"type\":\"string\"}}", "{\"x\":1}", "p.x must be"},
        {"{\"maxProperties\":1}", "{\"x\":1,\"y\":2}", "maxProperties"},
        {"{\"x-kubernetes-int-or-string\":true}", "\"5%\"", "fits"},
        {"{\"x-kubernetes-int-or-string\":true}", "[]", "whole number or a string"},
        {"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "1", "fits"},
        {"{\"anyOf\":[{\"type\":\"string\"},{\"type\":\"integer\"}]}", "[]", "anyOf"},
        {"{\"oneOf\":[{\"type\":\"number\"},{\"type\":\"integer\"}]}", "1", "oneOf"},
        {"{\"allOf\":[{\"minimum\":1},{\"maximum\":2}]}", "3", "above"},
        {"{\"not\":{\"type\":\"string\"}}", "\"x\"", "must not fit"},
    };
    run(mrl_schema_check, cases, MRL_COUNTOF(cases));
}

TEST(gatekeeper_schema_unknown_fields) {
    static const struct schema_case cases[] = {
        {"{\"type\":\"object\",\"properties\":{\"a\":{}}}", "{\"a\":1}", "fits"},
        {"{\"type\":\"object\",\"properties\":{\"a\":{}}}", "{\"b\":1}", "p.b is a field"},
        {"{\"type\":\"object\"}", "{\"b\":1}", "p.b is a field"},
        {"{\"x-kubernetes-preserve-unknown-fields\":true}", "{\"b\":1}", "fits"},
        {"{\"additionalProperties\":{\"type\":\"object\"}}", "{\"b\":{\"c\":1}}", "p.b.c"},
        {"{\"items\":{\"type\":\"object\"}}", "[{},{\"b\":1}]", "p[1].b"},
    };
    run(mrl_schema_check_fields, cases, MRL_COUNTOF(cases));
}

TEST(gatekeeper_schema_defaults) {
    static const struct {
        const char *schema, *value, *want;
    } cases[] = {
        {"{\"properties\":{\"a\":{\"default\":7}}}", "{}", "{\"a\":7}"},
        {"{\"properties\":{\"a\":{\"default\":7}}}", "{\"a\":1}", "{\"a\":1}"},
        {"{\"properties\":{\"a\":{\"default\":7}}}", "{\"a\":null}", "{\"a\":7}"},
        {"{\"properties\":{\"a\":{\"default\":7,\"nullable\":true}}}", "{\"a\":null}",
         "{\"a\":null}"},
        {"{\"properties\":{\"a\":{\"default\":{},\"properties\":{\"b\":{\"default\":1}}}}}", "{}",
         "{\"a\":{\"b\":1}}"},
        {"{\"items\":{\"properties\":{\"a\":{\"default\":7}}}}", "[{},{\"a\":1}]",
         "[{\"a\":7},{\"a\":1}]"},
        {"{\"properties\":{\"a\":{\"properties\":{\"b\":{\"default\":1}}}}}", "{}", "{}"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++) {
        mrl_arena a;
        mrl_val got = mrl_undefined();
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        CHECK_INT(mrl_schema_default(&a, json(&a, cases[i].schema), json(&a, cases[i].value), &got),
                  MRL_OK);
        CHECK(mrl_val_eq(got, json(&a, cases[i].want)));
        mrl_arena_release(&a);
    }
}

TEST(gatekeeper_schema_depth) {
    mrl_arena a;
    struct mrl_err err;
    mrl_val schema = mrl_empty_obj();
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    for (int i = 0; i < 2 * MRL_SCHEMA_DEPTH_MAX; i++) {
        struct mrl_member m = {MRL_V("not"), schema};
        REQUIRE(mrl_obj_of(&a, &m, 1, &schema) == MRL_OK);
    }
    CHECK(mrl_schema_check(&a, schema, mrl_int(1), MRL_S("p"), &err) != MRL_E_NOMEM);
    for (int i = 0; i < 2 * MRL_SCHEMA_DEPTH_MAX; i++) {
        struct mrl_member m = {MRL_V("allOf"), mrl_undefined()};
        REQUIRE(mrl_arr_of(&a, &schema, 1, &m.val) == MRL_OK);
        REQUIRE(mrl_obj_of(&a, &m, 1, &schema) == MRL_OK);
    }
    CHECK_INT(mrl_schema_check(&a, schema, mrl_int(1), MRL_S("p"), &err), MRL_E_LIMIT);
    mrl_arena_release(&a);
}
