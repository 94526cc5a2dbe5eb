/* test_registry.c - the rules of a registry client that need no network. */
#include "services/net/address.h"
#include "services/registry/challenge.h"
#include "services/registry/client.h"
#include "test.h"

TEST(registry_address_classes) {
    static const struct {
        const char *host;
        enum mrl_address_class class;
    } rows[] = {
        {"127.0.0.1", MRL_ADDRESS_LOOPBACK},
        {"127.255.0.9", MRL_ADDRESS_LOOPBACK},
        {"[::1]", MRL_ADDRESS_LOOPBACK},
        {"[::ffff:127.0.0.1]", MRL_ADDRESS_LOOPBACK},
        {"localhost", MRL_ADDRESS_LOOPBACK},
        {"LocalHost.", MRL_ADDRESS_LOOPBACK},
        {"a.localhost", MRL_ADDRESS_LOOPBACK},
        {"notlocalhost", MRL_ADDRESS_ORDINARY},
        {"10.0.0.1", MRL_ADDRESS_ORDINARY},
        {"192.168.1.1", MRL_ADDRESS_ORDINARY},
        {"[2001:db8::1]", MRL_ADDRESS_ORDINARY},
        {"r.example.com", MRL_ADDRESS_ORDINARY},
        {"3com.example", MRL_ADDRESS_ORDINARY},
        {"169.254.169.254", MRL_ADDRESS_FORBIDDEN},
        {"0.0.0.0", MRL_ADDRESS_FORBIDDEN},
        {"100.100.100.200", MRL_ADDRESS_FORBIDDEN},
        {"224.0.0.1", MRL_ADDRESS_FORBIDDEN},
        {"[fe80::1]", MRL_ADDRESS_FORBIDDEN},
        {"[fd00:ec2::254]", MRL_ADDRESS_FORBIDDEN},
        {"[::]", MRL_ADDRESS_FORBIDDEN},
        {"[::ffff:a9fe:a9fe]", MRL_ADDRESS_FORBIDDEN},
        {"[64:ff9b::169.254.169.254]", MRL_ADDRESS_FORBIDDEN},
        {"[2002:a9fe:a9fe::]", MRL_ADDRESS_FORBIDDEN},
        {"2130706433", MRL_ADDRESS_FORBIDDEN},
        {"0x7f.1", MRL_ADDRESS_FORBIDDEN},
        {"127.1", MRL_ADDRESS_FORBIDDEN},
        {"0177.0.0.1", MRL_ADDRESS_FORBIDDEN},
        {"", MRL_ADDRESS_FORBIDDEN},
        {"fe80::1%eth0", MRL_ADDRESS_FORBIDDEN},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (mrl_host_class_of(mrl_str_z(rows[i].host)) != rows[i].class)
            CHECK_STR(mrl_str_z(rows[i].host), MRL_S("of its class"));
    CHECK(mrl_address_class_of((const unsigned char *)"\x7f\0\0\1", 4) == MRL_ADDRESS_LOOPBACK);
    CHECK(mrl_address_class_of((const unsigned char *)"\x7f\0\0\1", 3) == MRL_ADDRESS_FORBIDDEN);
}

TEST(registry_url_reads_what_it_understands) {
    static const struct {
        const char *text, *host, *path; /* host NULL: refused */
        unsigned port;
    } rows[] = {
        {"https://r.example.com/v2/", "r.example.com", "/v2/", 443},
        {"http://localhost:5000", "localhost", "", 80},
        {"HTTPS://[::1]:5000/a?b=c#d", "[::1]", "/a?b=c", 5000},
        {"http://a?q", "a", "?q", 80},
        {"https://user@evil/", NULL, "", 0},
        {"https://a:b@evil/", NULL, "", 0},
        {"https://a\\@b/", NULL, "", 0},
        {"https://a b/", NULL, "", 0},
        {"https://a\r\nX: y/", NULL, "", 0},
        {"https://a:0/", NULL, "", 0},
        {"https://a:65536/", NULL, "", 0},
        {"https://a:/", NULL, "", 0},
        {"https:///a", NULL, "", 0},
        {"https://[::1/", NULL, "", 0},
        {"ftp://a/", NULL, "", 0},
        {"file:///etc/passwd", NULL, "", 0},
        {"https:/a", NULL, "", 0},
        {"", NULL, "", 0},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_url u = {0};
        mrl_status status = mrl_url_parse(mrl_str_z(rows[i].text), NULL, &u);
        CHECK_INT(status, rows[i].host != NULL ? MRL_OK : MRL_E_SYNTAX);
        if (rows[i].host == NULL)
            continue;
        CHECK_STR(u.host, mrl_str_z(rows[i].host));
        CHECK_STR(u.path, mrl_str_z(rows[i].path));
        CHECK_INT(u.port, i == 1 ? 5000 : rows[i].port);
    }
}

TEST(registry_url_follows_locations) {
    static const struct {
        const char *base, *location, *want; /* want NULL: refused */
    } rows[] = {
        {"https://a/v2/x?q", "https://b/y", "https://b/y"},
        {"https://a/v2/x?q", "/y", "https://a:443/y"},
        {"https://a/v2/x/y?q=/z", "w", "https://a:443/v2/x/w"},
        {"https://a/v2/x", "?page=2", "https://a:443/v2/x?page=2"},
        {"https://a:1", "y", "https://a:1/y"},
        {"https://a/v2", "//b/y", "https://b/y"},
        {"https://a/v2", "HTTP://b/y", "HTTP://b/y"},
        {"https://a/v2", "ftp://b/y", NULL},
        {"https://a/v2", "javascript:x", NULL},
        {"https://a/v2", "//u@b/y", NULL},
        {"https://a/v2", "", NULL},
    };
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_url base;
        mrl_str got = {NULL, 0};
        REQUIRE(mrl_url_parse(mrl_str_z(rows[i].base), NULL, &base) == MRL_OK);
        mrl_status status = mrl_url_follow(&a, &base, mrl_str_z(rows[i].location), NULL, &got);
        CHECK_INT(status, rows[i].want != NULL || status == MRL_E_NOMEM ? status : MRL_E_SYNTAX);
        if (status == MRL_OK)
            CHECK_STR(got, mrl_str_z(rows[i].want));
    }
    mrl_arena_release(&a);
}

TEST(registry_url_origins) {
    static const struct {
        const char *a, *b;
        bool same;
    } rows[] = {
        {"https://a/x", "https://A:443/y", true}, {"https://a", "http://a", false},
        {"https://a", "https://a:444", false},    {"https://a", "https://a.b", false},
        {"http://a", "http://a:80", true},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_url x, y;
        REQUIRE(mrl_url_parse(mrl_str_z(rows[i].a), NULL, &x) == MRL_OK);
        REQUIRE(mrl_url_parse(mrl_str_z(rows[i].b), NULL, &y) == MRL_OK);
        CHECK(mrl_url_same_origin(&x, &y) == rows[i].same);
    }
}

/* The challenges of a line as "scheme realm service scope;" each, "!" for an error at the end. */
static mrl_str challenges(mrl_arena *a, mrl_str line) {
    static const char *const names[] = {"other", "basic", "bearer"};
    struct mrl_challenge c;
    mrl_str all = MRL_S("");
    mrl_status status;
    while ((status = mrl_challenge_next(a, &line, NULL, &c)) == MRL_OK)
        all = mrl_arena_printf(a, "%.*s%s %.*s %.*s %.*s;", MRL_F(all), names[c.scheme],
                               MRL_F(c.realm), MRL_F(c.service), MRL_F(c.scope));
    return status == MRL_E_NOT_FOUND ? all : mrl_arena_printf(a, "%.*s!", MRL_F(all));
}

TEST(registry_challenge_grammar) {
    static const struct {
        const char *line, *want;
    } rows[] = {
        {"Basic realm=\"a b\"", "basic a b  ;"},
        {"bearer realm=\"https://t/x\",service=\"s\",scope=\"repository:a:pull,push\"",
         "bearer https://t/x s repository:a:pull,push;"},
        {"Bearer realm=x , service = y", "bearer x y ;"},
        {"Basic realm=\"a\\\"b\"", "basic a\"b  ;"},
        {"Negotiate, Basic realm=a", "other   ;basic a  ;"},
        {"Basic realm=a, Bearer realm=b,service=c, Digest qop=\"x\"",
         "basic a  ;bearer b c ;other   ;"},
        {"Basic", "basic   ;"},
        {"", ""},
        {" , ,", ""},
        {"Basic realm=\"a", "!"},
        {"Basic realm=", "!"},
        {"Basic realm=\"a\" service=b", "!"},
        {"Bearer realm=a,realm=b", "!"},
        {"Basic realm=\"a\r\nb\"", "!"},
        {"\"Basic\"", "!"},
        {"Basic/2 realm=a", "!"},
    };
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        CHECK_STR(challenges(&a, mrl_str_z(rows[i].line)), mrl_str_z(rows[i].want));
    mrl_arena_release(&a);
}

TEST(registry_docker_config) {
    static const mrl_str text = MRL_S_INIT(
        "{\"auths\": {\"r.example.com\": {\"auth\": \"dTpwOnc=\"}, "
        "\"https://old.example.com/v1/\": "
        "{\"username\": \"o\", \"password\": \"q\"}, \"https://index.docker.io/v1/\": "
        "{\"identitytoken\": "
        "\"t\"}, \"bad\": {\"auth\": \"dXA=\"}}, \"credHelpers\": {\"h.example.com\": \"one\"}}");
    static const struct {
        const char *host, *user, *password, *token, *helper;
    } rows[] = {
        {"r.example.com", "u", "p:w", "", ""},  {"old.example.com", "o", "q", "", ""},
        {"docker.io", "", "", "t", ""},         {"h.example.com", "", "", "", "one"},
        {"r.example.com.evil", "", "", "", ""}, {"example.com", "", "", "", ""},
    };
    mrl_arena a;
    struct mrl_credentials c;
    mrl_str helper;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        if (mrl_docker_config_find(&a, text, MRL_S("c"), mrl_str_z(rows[i].host), NULL, &c,
                                   &helper) != MRL_OK) {
            CHECK_STR(mrl_str_z(rows[i].host), MRL_S("found"));
            continue;
        }
        CHECK_STR(c.username, mrl_str_z(rows[i].user));
        CHECK_STR(c.password, mrl_str_z(rows[i].password));
        CHECK_STR(c.identity_token, mrl_str_z(rows[i].token));
        CHECK_STR(helper, mrl_str_z(rows[i].helper));
    }
    CHECK_INT(mrl_docker_config_find(&a, text, MRL_S("c"), MRL_S("bad"), NULL, &c, &helper),
              MRL_E_SYNTAX);
    CHECK_INT(mrl_docker_config_find(&a, MRL_S("[]"), MRL_S("c"), MRL_S("x"), NULL, &c, &helper),
              MRL_OK);
    mrl_arena_release(&a);
}

TEST(registry_no_proxy_and_retry_after) {
    CHECK(mrl_no_proxy_names(MRL_S("a, .example.com"), MRL_S("r.Example.com")));
    CHECK(mrl_no_proxy_names(MRL_S("example.com"), MRL_S("example.com")));
    CHECK(mrl_no_proxy_names(MRL_S("*"), MRL_S("x")));
    CHECK(!mrl_no_proxy_names(MRL_S("example.com,,"), MRL_S("notexample.com")));
    CHECK(!mrl_no_proxy_names(MRL_S(""), MRL_S("a")));
    CHECK_INT(mrl_retry_after_s(MRL_S("120")), 120);
    CHECK_INT(mrl_retry_after_s(MRL_S("0")), 0);
    CHECK_INT(mrl_retry_after_s(MRL_S("-1")), -1);
    CHECK_INT(mrl_retry_after_s(MRL_S("Wed, 21 Oct 2015 07:28:00 GMT")), -1);
    CHECK_INT(mrl_retry_after_s(MRL_S("9999999999")), -1);
}

/* What is written is read again; cut anywhere, it is refused. */
TEST(registry_http_answers_travel) {
    struct mrl_http_response r = {.status = 401,
                                  .cut = true,
                                  .location = MRL_S("/x"),
                                  .body = MRL_S("body")},
                             got;
    struct mrl_buf b;
    r.challenges[r.n_challenges++] = MRL_S("Basic realm=a");
    mrl_buf_init(&b, 1 << 20);
    mrl_http_put_response(&b, &r);
    mrl_str bytes = mrl_buf_str(&b);
    REQUIRE(b.status == MRL_OK && mrl_http_get_response(bytes, 4, &got) == MRL_OK);
    CHECK_INT(got.status, 401);
    CHECK(got.cut);
    CHECK_STR(got.location, MRL_S("/x"));
    CHECK_STR(got.challenges[0], MRL_S("Basic realm=a"));
    CHECK_STR(got.body, MRL_S("body"));
    CHECK_INT(mrl_http_get_response(bytes, 3, &got), MRL_E_SYNTAX); /* more than was asked for */
    for (size_t n = 0; n < bytes.len; n++)
        CHECK_INT(mrl_http_get_response(mrl_str_sub(bytes, 0, n), 4, &got), MRL_E_SYNTAX);
    mrl_buf_release(&b);
    struct mrl_http_request q = {.url = MRL_S("https://a/"),
                                 .method = MRL_HTTP_PATCH,
                                 .body = MRL_S("bytes"),
                                 .content_range = MRL_S("0-4"),
                                 .guard = MRL_GUARD_ORDINARY,
                                 .body_max = 7,
                                 .timeout_ms = 9},
                            q2;
    mrl_buf_init(&b, 1 << 20);
    mrl_http_put_request(&b, &q);
    REQUIRE(b.status == MRL_OK && mrl_http_get_request(mrl_buf_str(&b), &q2) == MRL_OK);
    CHECK_STR(q2.url, q.url);
    CHECK_INT(q2.method, MRL_HTTP_PATCH);
    CHECK_STR(q2.body, q.body);
    CHECK_STR(q2.content_range, q.content_range);
    CHECK_INT(q2.guard, q.guard);
    CHECK_INT(q2.body_max, 7);
    CHECK_INT(q2.timeout_ms, 9);
    CHECK_INT(mrl_http_get_request(mrl_str_sub(mrl_buf_str(&b), 0, b.len - 1), &q2), MRL_E_SYNTAX);
    mrl_buf_release(&b);
}
