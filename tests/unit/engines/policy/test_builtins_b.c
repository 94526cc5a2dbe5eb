/* test_builtins_b.c - texts, encodings, digests and times: each row is a builtin, its arguments and
 * what it gives. The third column was written by OPA 1.20.2. */
#include "engines/policy/builtin.h"
#include "formats/json/json.h"
#include "test.h"

struct row {
    const char *name;
    const char *args; /* JSON array */
    const char *want; /* JSON, or "error: " and the message */
};

static const struct row rows[] = {
    {"sprintf", "[\"% x|%#X|% #x|%.1x|%10x\",[\"abc\",\"abc\",\"ab\",\"ab\",\"ab\"]]",
     "\"61 62 63|0X616263|0x61 0x62|61|      6162\""},
    {"sprintf", "[\"%+q %#q %q\",[\"😀é\",\"a\\\\tb\",\"é\\n\"]]",
     "\"\\\"\\\\U0001f600\\\\u00e9\\\" `a\\\\tb` \\\"é\\\\n\\\"\""},
    {"sprintf", "[\"%05d|%-8d|%c\",[\"x\",\"y\",1180591620717411303424]]",
     "\"%!d(string=0000x)|%!d(string=y       )|%!c(big.Int=1180591620717411303424)\""},
    {"base64.decode", "[\"YQ==\"]", "\"a\""},
    {"base64.decode", "[\"YQ=x\"]", "error: base64.decode: illegal base64 data at input byte 2"},
    {"base64.decode", "[\"YWI\"]", "error: base64.decode: illegal base64 data at input byte 0"},
    {"base64.decode", "[\"Y\\nQ=\\n=\"]", "\"a\""},
    {"sprintf", "[\"%d %s %v\",[1,\"a\",true]]", "\"1 a true\""},
    {"sprintf", "[\"%5.2f|%-5d|%05d|%x|%q\",[3.14159,42,-7,\"hi\",\"q\\\"x\"]]",
     "\" 3.14|42   |-0007|6869|\\\"q\\\\\\\"x\\\"\""},
    {"sprintf", "[\"%[2]d %[1]d %d\",[1,2]]", "\"2 1 2\""},
    {"sprintf", "[\"%d\",[\"x\"]]", "\"%!d(string=x)\""},
    {"sprintf", "[\"%d %d\",[1]]", "\"1 %!d(MISSING)\""},
    {"sprintf", "[\"%d\",[1,2]]", "\"1%!(EXTRA int64=2)\""},
    {"sprintf", "[\"%v %v\",[{\"a\":[1,null]},1.5]]", "\"{\\\"a\\\": [1, null]} 1.5\""},
    {"sprintf", "[\"%!\",[]]", "\"%!!(MISSING)\""},
    {"sprintf", "[\"%*d\",[5,3]]", "\"    3\""},
    {"sprintf", "[\"%e %g %t\",[1.5,1e+21,true]]",
     "\"1.500000e+00 %!g(string=1e+21) %!t(string=true)\""},
    {"sprintf", "[1,[]]", "error: sprintf: operand 1 must be string but got number"},
    {"sprintf", "[\"%d\",1]", "error: sprintf: operand 2 must be array but got number"},
    {"concat", "[\",\",[\"a\",\"b\",\"c\"]]", "\"a,b,c\""},
    {"concat", "[\",\",[\"a\",1]]",
     "error: concat: operand 2 must be array of strings but got array containing number"},
    {"concat", "[\"\",\"x\"]",
     "error: concat: operand 2 must be one of {set, array} but got string"},
    {"contains", "[\"abc\",\"b\"]", "true"},
    {"contains", "[\"abc\",1]", "error: contains: operand 2 must be string but got number"},
    {"startswith", "[\"abc\",\"ab\"]", "true"},
    {"endswith", "[\"abc\",\"bc\"]", "true"},
    {"lower", "[\"ÀBC\"]", "\"àbc\""},
    {"upper", "[\"straße é\"]", "\"STRAßE É\""},
    {"split", "[\"a.b.c\",\".\"]", "[\"a\",\"b\",\"c\"]"},
    {"split", "[\"añb\",\"\"]", "[\"a\",\"ñ\",\"b\"]"},
    {"replace", "[\"aaa\",\"a\",\"b\"]", "\"bbb\""},
    {"replace", "[\"abc\",\"\",\"-\"]", "\"-a-b-c-\""},
    {"trim", "[\"  x \",\"  \"]", "\"x\""},
    {"trim_left", "[\"aab\",\"a\"]", "\"b\""},
    {"trim_right", "[\"baa\",\"a\"]", "\"b\""},
    {"trim_prefix", "[\"abc\",\"ab\"]", "\"c\""},
    {"trim_suffix", "[\"abc\",\"bc\"]", "\"a\""},
    {"trim_space", "[\"  x\\n\"]", "\"x\""},
    {"indexof", "[\"añb\",\"b\"]", "2"},
    {"indexof", "[\"abc\",\"\"]", "error: indexof: empty search character"},
    {"indexof_n", "[\"abab\",\"ab\"]", "[0,2]"},
    {"substring", "[\"añbc\",1,2]", "\"ñb\""},
    {"substring", "[\"abc\",-1,2]", "error: substring: negative offset"},
    {"substring", "[\"abc\",1,-1]", "\"bc\""},
    {"strings.any_prefix_match", "[[\"abc\",\"x\"],[\"ab\"]]", "true"},
    {"strings.any_suffix_match", "[\"abc\",[\"d\",\"bc\"]]", "true"},
    {"strings.count", "[\"aaaa\",\"aa\"]", "2"},
    {"strings.replace_n", "[{\"<\":\"&lt;\",\">\":\"&gt;\"},\"<b>\"]", "\"&lt;b&gt;\""},
    {"strings.replace_n", "[{\"a\":1},\"a\"]",
     "error: strings.replace_n: operand 1 non-string value found in pattern object"},
    {"strings.reverse", "[\"añb\"]", "\"bña\""},
    {"base64.encode", "[\"helloÿ\"]", "\"aGVsbG/Dvw==\""},
    {"base64.decode", "[\"aGk=\"]", "\"hi\""},
    {"base64.decode", "[\"!\"]", "error: base64.decode: illegal base64 data at input byte 0"},
    {"base64.is_valid", "[\"aGk\"]", "false"},
    {"base64url.encode_no_pad", "[\"a?>\"]", "\"YT8-\""},
    {"base64url.decode", "[\"YT8-\"]", "\"a?>\""},
    {"hex.encode", "[\"abc\"]", "\"616263\""},
    {"hex.decode", "[\"6162zz\"]", "error: hex.decode: encoding/hex: invalid byte: U+007A 'z'"},
    {"urlquery.encode", "[\"a b&c\"]", "\"a+b%26c\""},
    {"urlquery.decode", "[\"a+b%26\"]", "\"a b&\""},
    {"urlquery.encode_object", "[{\"b\":[\"1\",\"2\"],\"a\":\"x\"}]", "\"a=x&b=1&b=2\""},
    {"urlquery.decode_object", "[\"a=1&a=2&b\"]", "{\"a\":[\"1\",\"2\"],\"b\":[\"\"]}"},
    {"crypto.md5", "[\"a\"]", "\"0cc175b9c0f1b6a831c399e269772661\""},
    {"crypto.sha1", "[\"a\"]", "\"86f7e437faa5a7fce15d1ddcb9eaeaea377667b8\""},
    {"crypto.sha256", "[\"a\"]",
     "\"ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb\""},
    {"crypto.hmac.sha256", "[\"a\",\"k\"]",
     "\"78da91511e675587f5b9df78bedebaf5560da2abb88162ee875dcdf744951d9e\""},
    {"crypto.hmac.equal", "[\"a\",\"a\"]", "true"},
    {"uuid.parse", "[\"00000000-0000-4000-8000-000000000000\"]",
     "{\"variant\":\"RFC4122\",\"version\":4}"},
    {"time.parse_rfc3339_ns", "[\"2020-02-29T04:05:06.5+05:30\"]", "1582929306500000000"},
    {"time.parse_rfc3339_ns", "[\"2021-02-29T04:05:06Z\"]",
     "error: time.parse_rfc3339_ns: parsing time \"2021-02-29T04:05:06Z\": day out of range"},
    {"time.parse_rfc3339_ns", "[\"2300-01-01T00:00:00Z\"]",
     "error: time.parse_rfc3339_ns: time outside of valid range"},
    {"time.parse_ns", "[\"RFC850\",\"Monday, 02-Jan-06 15:04:05 GMT+3\"]", "1136214245000000000"},
    {"time.parse_ns", "[\"2006 002\",\"2008 366\"]", "1230681600000000000"},
    {"time.parse_ns", "[\"3:04PM\",\"12:04AM\"]",
     "error: time.parse_ns: time outside of valid range"},
    {"time.parse_ns", "[\"2006\",\"2006x\\\"é\"]",
     "error: time.parse_ns: parsing time \"2006x\\\"\\xc3\\xa9\": extra text: \"x\\\"\\xc3\\xa9\""},
    {"time.parse_ns", "[\"2006-01-02\",\"2006-13-02\"]",
     "error: time.parse_ns: parsing time \"2006-13-02\": month out of range"},
    {"time.parse_ns", "[\"Jan\",\"x\"]",
     "error: time.parse_ns: parsing time \"x\" as \"Jan\": cannot parse \"x\" as \"Jan\""},
    {"time.parse_duration_ns", "[\"1d2h3.5s\"]", "93603500000000"},
    {"time.parse_duration_ns", "[\"1d2x\"]",
     "error: time.parse_duration_ns: time: unknown unit \"x\" in duration \"1d2x\""},
    {"time.parse_duration_ns", "[\"2562047h48m\"]",
     "error: time.parse_duration_ns: time: invalid duration \"2562047h48m\""},
    {"time.parse_duration_ns", "[\"1\"]",
     "error: time.parse_duration_ns: time: missing unit in duration \"1\""},
    {"time.format", "[0]", "\"1970-01-01T00:00:00Z\""},
    {"time.format", "[[1700000000123456789,\"Europe/Berlin\",\"UnixDate\"]]",
     "\"Tue Nov 14 23:13:20 CET 2023\""},
    {"time.format",
     "[[2500000000000000000,\"America/New_York\",\"Mon Jan _2 15:04:05.000 -07:00 MST 2006\"]]",
     "\"Mon Mar 22 00:26:40.000 -04:00 EDT 2049\""},
    {"time.format", "[[0,\"Nowhere/X\"]]", "error: time.format: unknown time zone Nowhere/X"},
    {"time.format", "[[0,\"../x\"]]", "error: time.format: time: invalid location name"},
    {"time.format", "[[]]",
     "error: time.format: operand 1 must be either number (ns) or [number (ns), string (tz)] but "
     "got array"},
    {"time.format", "[[\"a\"]]", "error: time.format: operand 1 must be number but got string"},
    {"time.format", "[1.5]", "error: time.format: timestamp too big"},
    {"time.date", "[[1700000000123456789,\"Asia/Tokyo\"]]", "[2023,11,15]"},
    {"time.clock", "[[1700000000123456789,\"Asia/Kolkata\"]]", "[3,43,20]"},
    {"time.clock", "[[-4000000000000000000,\"Europe/Dublin\"]]", "[16,27,59]"},
    {"time.weekday", "[-1]", "\"Wednesday\""},
    {"time.diff", "[1700000000000000000,[1500000000000000000,\"America/Sao_Paulo\"]]",
     "[6,4,0,19,33,20]"},
    {"time.add_date", "[1580428800000000000,0,1,0]", "1583107200000000000"},
    {"time.add_date", "[0,1000,0,0]", "error: time.add_date: time outside of valid range"},
    {"time.add_date", "[0,\"a\",0,0]",
     "error: time.add_date: operand 2 must be number but got string"},
};

static void call(mrl_arena *a, struct mrl_bi_cache *objects, const struct row *c,
                 struct mrl_buf *out) {
    struct mrl_err err;
    mrl_err_init(&err);
    struct mrl_bi cx = {.arena = a, .err = &err, .name = c->name, .objects = objects};
    const struct mrl_builtin *b = mrl_builtin_find(mrl_str_z(c->name));
    mrl_val args = mrl_undefined(), ret = mrl_undefined(), list[4];
    REQUIRE(b != NULL && b->fn != NULL);
    REQUIRE(mrl_json_parse(a, mrl_str_z(c->args), NULL, NULL, &args) == MRL_OK);
    REQUIRE(args.len == b->arity && args.len <= MRL_COUNTOF(list));
    for (uint32_t i = 0; i < args.len; i++)
        list[i] = mrl_arr_at(args, i);
    if (b->fn(&cx, list, &ret) != MRL_OK)
        mrl_buf_printf(out, "error: %s", err.text);
    else
        mrl_json_write(out, a, ret, NULL);
}

/* Compares as values, so that the order of members does not matter. */
static bool same(mrl_arena *a, mrl_str got, mrl_str want) {
    mrl_val x = mrl_undefined(), y = mrl_undefined();
    return mrl_str_eq(got, want) ||
           (mrl_json_parse(a, got, NULL, NULL, &x) == MRL_OK &&
            mrl_json_parse(a, want, NULL, NULL, &y) == MRL_OK && mrl_val_eq(x, y));
}

/* Twice: the second round finds zones in the cache. `slots` 1 makes every zone evict the last. */
static void run(uint32_t slots) {
    struct mrl_bi_cache *objects = slots > 0 ? mrl_bi_cache_new(slots) : NULL;
    for (size_t i = 0; i < 2 * MRL_COUNTOF(rows); i++) {
        const struct row *c = &rows[i % MRL_COUNTOF(rows)];
        mrl_arena a;
        struct mrl_buf out;
        mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
        mrl_buf_init(&out, 1 << 20);
        call(&a, objects, c, &out);
        if (!same(&a, mrl_buf_str(&out), mrl_str_z(c->want)))
            mrl_test_fail(__FILE__, __LINE__, "%s%s: got %.*s, want %s", c->name, c->args,
                          (int)out.len, out.ptr, c->want);
        mrl_buf_release(&out);
        mrl_arena_release(&a);
    }
    mrl_bi_cache_free(objects);
}

TEST(builtins_b_as_opa) {
    run(64);
}

TEST(builtins_b_cache_evicts) {
    run(1);
}

TEST(builtins_b_without_cache) {
    run(0);
}
