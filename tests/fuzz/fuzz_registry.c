/* fuzz_registry.c - what a registry, a worker or a user's file may send to the registry client:
 * challenges, URLs and where they lead, hosts, answers of the worker, Docker's configuration.
 *
 * Nothing may crash or reach outside; a URL that was accepted is accepted again when it is written
 * out, with the same host, since that is what credentials hang on.
 */
#include "services/net/address.h"
#include "services/registry/challenge.h"
#include "services/registry/client.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void challenges(mrl_arena *a, mrl_str line) {
    struct mrl_challenge c;
    size_t left = line.len + 1;
    while (mrl_challenge_next(a, &line, NULL, &c) == MRL_OK) {
        MRL_ASSERT(line.len < left); /* each takes something */
        left = line.len;
        for (size_t i = 0; i < c.realm.len; i++)
            MRL_ASSERT((unsigned char)c.realm.ptr[i] >= ' ');
    }
}

static void url(mrl_arena *a, mrl_str text) {
    struct mrl_url u, again, base;
    mrl_str next;
    if (mrl_url_parse(text, NULL, &u) == MRL_OK) {
        mrl_str out = mrl_arena_printf(a, "%s://%.*s:%u%.*s", u.tls ? "https" : "http",
                                       MRL_F(u.host), u.port, MRL_F(u.path));
        MRL_ASSERT(mrl_url_parse(out, NULL, &again) == MRL_OK || out.len > MRL_URL_BYTES_MAX);
        MRL_ASSERT(out.len > MRL_URL_BYTES_MAX || mrl_url_same_origin(&u, &again));
        (void)mrl_host_class_of(u.host);
    }
    (void)mrl_host_class_of(text);
    MRL_ASSERT(mrl_url_parse(MRL_S("https://home.example/v2/a?b"), NULL, &base) == MRL_OK);
    if (mrl_url_follow(a, &base, text, NULL, &next) == MRL_OK)
        MRL_ASSERT(mrl_url_parse(next, NULL, &u) == MRL_OK);
}

static void answers(mrl_str bytes) {
    struct mrl_http_response r;
    struct mrl_http_request q;
    struct mrl_buf b;
    if (mrl_http_get_response(bytes, 1 << 20, &r) == MRL_OK) {
        mrl_buf_init(&b, 1 << 24);
        mrl_http_put_response(&b, &r);
        MRL_ASSERT(b.status == MRL_OK && mrl_str_eq(mrl_buf_str(&b), bytes));
        mrl_buf_release(&b);
    }
    if (mrl_http_get_request(bytes, &q) == MRL_OK)
        MRL_ASSERT(q.guard <= MRL_GUARD_ORDINARY && q.body_max <= MRL_HTTP_BODY_MAX);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    struct mrl_credentials c;
    mrl_str helper, bytes = {(const char *)data, size};
    mrl_arena_init(&a, 1 << 28);
    challenges(&a, bytes);
    url(&a, bytes);
    answers(bytes);
    (void)mrl_docker_config_find(&a, bytes, MRL_S("config.json"), MRL_S("r.example.com"), NULL, &c,
                                 &helper);
    (void)mrl_no_proxy_names(bytes, MRL_S("r.example.com"));
    (void)mrl_retry_after_s(bytes);
    mrl_arena_release(&a);
    return 0;
}
