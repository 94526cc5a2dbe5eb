/* trust_bench.c - attestations verified a second, on one core, by processor time.
 *
 * Builds 10,000 different attestations (a statement with a predicate of a kilobyte, each signed and
 * written as a bundle), then verifies them as a reader of them does: bundle parsed, signature of
 * the envelope checked, statement parsed and its subject compared. Beside it the library alone: the
 * same signatures over the same bytes and nothing else. usage: trust_bench [N]
 */
#include "engines/trust/sign.h"
#include "formats/sigstore/bundle_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ROUNDS 3

struct set {
    struct mrl_privkey *key;
    mrl_str *bundles, *signed_bytes, *sigs;
    size_t n;
};

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void must(mrl_status status) {
    if (status != MRL_OK) {
        fprintf(stderr, "failed: %s\n", mrl_status_name(status));
        exit(1);
    }
}

static void one(mrl_arena *a, struct set *s, size_t i, mrl_str hex) {
    char filler[900];
    struct mrl_bundle b;
    memset(filler, 'x', sizeof filler);
    struct mrl_statement st = {.sha256 = hex, .predicate_type = MRL_S("https://example.com/p")};
    st.predicate =
        mrl_arena_printf(a, "{\"n\": %zu, \"text\": \"%.*s\"}", i, (int)sizeof filler, filler);
    mrl_str payload;
    must(mrl_statement_write(a, &st, MRL_S("p"), NULL, &payload));
    must(mrl_sign_envelope(a, &(struct mrl_sign_as){.key = s->key}, MRL_STATEMENT_PAYLOAD, payload,
                           NULL, &b));
    must(mrl_dsse_pae(a, b.payload_type, b.payload, &s->signed_bytes[i]));
    must(mrl_bundle_write(a, &b, &s->bundles[i]));
    s->sigs[i] = b.sigs[0].sig;
}

static double verify_all(const struct set *s, const struct mrl_artifact *artifact) {
    struct mrl_want want = {.key = mrl_privkey_public(s->key)};
    mrl_arena a;
    mrl_arena_init(&a, 1 << 24);
    double start = cpu_seconds();
    for (size_t i = 0; i < s->n; i++) {
        struct mrl_bundle b;
        struct mrl_verified v;
        must(mrl_bundle_parse(&a, s->bundles[i], MRL_S("b"), NULL, &b));
        must(mrl_trust_verify(&a, NULL, &want, &b, artifact, NULL, &v));
        mrl_arena_reset(&a);
    }
    double took = cpu_seconds() - start;
    mrl_arena_release(&a);
    return took;
}

static double library_alone(const struct set *s) {
    const struct mrl_pubkey *key = mrl_privkey_public(s->key);
    double start = cpu_seconds();
    for (size_t i = 0; i < s->n; i++)
        if (!mrl_pubkey_verify(key, mrl_pubkey_scheme(key), mrl_pubkey_digest(key),
                               s->signed_bytes[i], s->sigs[i]))
            must(MRL_E_INVALID);
    return cpu_seconds() - start;
}

static double least(double a, double b) {
    return a == 0 || b < a ? b : a;
}

static void run(enum mrl_pubkey_kind kind, size_t n) {
    static const char hex[] = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
    struct mrl_artifact artifact;
    struct set s = {.n = n};
    double all = 0, alone = 0;
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    must(mrl_artifact_of(MRL_S("hello"), &artifact));
    must(mrl_privkey_generate(kind, NULL, &s.key));
    s.bundles = MRL_ARENA_ARRAY(&a, mrl_str, n);
    s.signed_bytes = MRL_ARENA_ARRAY(&a, mrl_str, n);
    s.sigs = MRL_ARENA_ARRAY(&a, mrl_str, n);
    for (size_t i = 0; i < n; i++)
        one(&a, &s, i, mrl_str_z(hex));
    for (int i = 0; i < ROUNDS; i++) {
        all = least(all, verify_all(&s, &artifact));
        alone = least(alone, library_alone(&s));
    }
    printf("%-34s %8.0f a second; signatures alone %8.0f a second\n", mrl_pubkey_kind_name(kind),
           (double)n / all, (double)n / alone);
    mrl_privkey_free(s.key);
    mrl_arena_release(&a);
}

int main(int argc, char **argv) {
    size_t n = argc > 1 ? (size_t)atoi(argv[1]) : 10000;
    run(MRL_KEY_ED25519, n);
    run(MRL_KEY_P256, n);
    return 0;
}
