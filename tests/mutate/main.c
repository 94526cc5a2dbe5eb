/* main.c - merlon-mutate: see mutate.h. usage: merlon-mutate [EVERY] FOLDER
 *
 * FOLDER is the Sigstore suite; its cases that are accepted are changed. EVERY: of the single bits
 * every n-th is tried, of the fields every (n / 16)-th (default 509; 1: everything).
 */
#include "mutate.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/hex.h"
#include "formats/json/json.h"
#include "formats/sigstore/legacy.h"
#include "formats/x509/x509.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#define SUBJECTS_MAX 64u
#define FIELDS_PER_BIT 16u
#define IDENTITY                                                                                   \
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/"      \
    "workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
#define ISSUER "https://token.actions.githubusercontent.com"

static struct mrl_trust_memo memo;

mrl_status read_bundle(const struct subject *s, mrl_arena *a, mrl_str text,
                       struct mrl_bundle *ret) {
    struct mrl_json_opts opts = {.reject_duplicates = true};
    mrl_val annotations;
    if (!s->legacy)
        return mrl_bundle_parse(a, text, MRL_S("bundle"), NULL, ret);
    MRL_TRY(mrl_json_parse(a, text, &opts, NULL, &annotations));
    return mrl_bundle_of_layer(a, s->artifact.bytes, false, annotations, NULL, ret);
}

mrl_status verify_bundle(const struct subject *s, mrl_arena *a, const struct mrl_bundle *b,
                         struct mrl_verified *ret) {
    return mrl_trust_verify(a, s->trust, &s->want, b, &s->artifact, NULL, ret);
}

static void complain(struct run *r, const struct subject *s, const char *field, mrl_str text) {
    r->failed++;
    if (r->failed > 50)
        return;
    printf("FAIL %.*s, %.*s %s (%llu): accepted with another %s\n", MRL_F(s->name), MRL_F(r->where),
           r->how, (unsigned long long)r->at, field);
    if (getenv("MUTATE_SHOW") != NULL)
        printf("%.*s\n", MRL_F(text));
}

void try_mutant(struct run *r, const struct subject *s, mrl_str text) {
    struct mrl_bundle b;
    struct mrl_verified v;
    const char *field;
    r->tried++;
    if (read_bundle(s, &r->scratch, text, &b) != MRL_OK ||
        verify_bundle(s, &r->scratch, &b, &v) != MRL_OK)
        r->refused++;
    else if (!classify(s, &b, &v, &field))
        complain(r, s, field, text);
    mrl_arena_reset(&r->scratch);
}

/* --- the suite ---------------------------------------------------------------------------------
 */

static bool read_file(mrl_arena *a, const char *dir, const char *name, mrl_str *ret) {
    mrl_str path = mrl_arena_printf(a, "%s/%s", dir, name);
    return mrl_file_read(a, path, 0, NULL, ret) == MRL_OK;
}

static bool load(mrl_arena *a, const char *suite, const char *folder, struct subject *s) {
    struct mrl_json_opts opts = {.reject_duplicates = true};
    mrl_str text, dir = mrl_arena_printf(a, "%s/bundle-verify/%s", suite, folder), der;
    struct mrl_pubkey *key = NULL;
    s->name = mrl_arena_str(a, mrl_str_z(folder));
    if (!read_file(a, dir.ptr, "bundle.sigstore.json", &s->text) ||
        (!read_file(a, dir.ptr, "artifact", &text) && !read_file(a, suite, "a.txt", &text)) ||
        mrl_artifact_of(text, &s->artifact) != MRL_OK)
        return false;
    if (read_file(a, dir.ptr, "key.pub", &text) &&
        mrl_pem_next(a, &text, MRL_S("PUBLIC KEY"), &der) == MRL_OK &&
        mrl_pubkey_of_spki(der, NULL, &key) == MRL_OK)
        s->want.key = key;
    s->want.identity.exact =
        read_file(a, dir.ptr, "identity", &text) ? mrl_str_trim(text) : MRL_S(IDENTITY);
    s->want.issuer.exact =
        read_file(a, dir.ptr, "issuer", &text) ? mrl_str_trim(text) : MRL_S(ISSUER);
    if (!read_file(a, dir.ptr, "trusted_root.json", &text) &&
        !read_file(a, suite, "public_good_trusted_root.json", &text))
        return false;
    return mrl_trust_new(text, MRL_S("root"), &memo, NULL, &s->trust) == MRL_OK &&
           mrl_json_parse(a, s->text, &opts, NULL, &s->tree) == MRL_OK;
}

/* --- the same in annotations -------------------------------------------------------------------
 */

static void put_base64(mrl_arena *a, struct mrl_buf *b, mrl_str bytes) {
    mrl_str digits = {"", 0};
    MRL_ASSERT(mrl_base64_encode(a, bytes, MRL_BASE64_STD, true, &digits) == MRL_OK);
    mrl_buf_add(b, digits);
}

/* The promise as cosign 2 wrote it down. */
static mrl_str promise_text(mrl_arena *a, const struct mrl_tlog_entry *e) {
    struct mrl_buf b;
    char hex[128];
    mrl_buf_init_in(&b, a, 1 << 20);
    MRL_ASSERT(e->log_id.len == 32);
    mrl_hex_encode((const unsigned char *)e->log_id.ptr, e->log_id.len, hex);
    MRL_BUF_LIT(&b, "{\"SignedEntryTimestamp\":\"");
    put_base64(a, &b, e->promise);
    MRL_BUF_LIT(&b, "\",\"Payload\":{\"body\":\"");
    put_base64(a, &b, e->body);
    mrl_buf_printf(&b, "\",\"integratedTime\":%lld,\"logIndex\":%lld,\"logID\":\"%.64s\"}}",
                   (long long)e->integrated_time, (long long)e->log_index, hex);
    return mrl_buf_str(&b);
}

/* Turns a case of version 0.1 into annotations of a layer. */
static bool make_legacy(mrl_arena *a, const struct subject *from, struct subject *s) {
    struct mrl_json_opts opts = {.reject_duplicates = true};
    struct mrl_buf b;
    mrl_str pem;
    if (from->bundle.is_dsse || from->bundle.n_certs == 0 || from->bundle.n_entries != 1 ||
        from->bundle.entries[0].promise.len == 0 ||
        mrl_pem_write(a, MRL_S("CERTIFICATE"), from->bundle.certs[0], &pem) != MRL_OK)
        return false;
    *s = *from;
    s->legacy = true;
    s->name = mrl_arena_printf(a, "%.*s as annotations", MRL_F(from->name));
    mrl_buf_init_in(&b, a, 1 << 20);
    MRL_BUF_LIT(&b, "{\"dev.cosignproject.cosign/signature\":\"");
    put_base64(a, &b, from->bundle.sig);
    MRL_BUF_LIT(&b, "\",\"dev.sigstore.cosign/certificate\":");
    mrl_json_write_str(&b, pem, false);
    MRL_BUF_LIT(&b, ",\"dev.sigstore.cosign/bundle\":");
    mrl_json_write_str(&b, promise_text(a, &from->bundle.entries[0]), false);
    MRL_BUF_LIT(&b, "}");
    s->text = mrl_buf_str(&b);
    return mrl_json_parse(a, s->text, &opts, NULL, &s->tree) == MRL_OK;
}

/* --- all -----------------------------------------------------------------------------------------
 */

static bool accepted(mrl_arena *a, struct subject *s) {
    return read_bundle(s, a, s->text, &s->bundle) == MRL_OK &&
           verify_bundle(s, a, &s->bundle, &s->verified) == MRL_OK;
}

static int by_name(const void *a, const void *b) {
    return mrl_str_cmp(((const struct subject *)a)->name, ((const struct subject *)b)->name);
}

/* Legacy forms borrow the root and key of their case. */
static void release(struct subject *s) {
    if (!s->legacy) {
        mrl_trust_free(s->trust);
        mrl_pubkey_free((struct mrl_pubkey *)(uintptr_t)s->want.key);
    }
    *s = (struct subject){0}; /* the next case must find nothing of this one */
}

/* All cases that verify, in the order of their names, then their legacy forms. */
static uint32_t load_all(mrl_arena *a, const char *suite, struct subject *all) {
    uint32_t n = 0;
    mrl_str path = mrl_arena_printf(a, "%s/bundle-verify", suite);
    DIR *d = opendir(path.ptr);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        if (n < SUBJECTS_MAX / 2 && e->d_name[0] != '.') {
            if (load(a, suite, e->d_name, &all[n]) && accepted(a, &all[n]))
                n++;
            else
                release(&all[n]);
        }
    if (d != NULL)
        closedir(d);
    qsort(all, n, sizeof *all, by_name);
    uint32_t n_cases = n;
    for (uint32_t i = 0; i < n_cases; i++)
        if (make_legacy(a, &all[i], &all[n]) && accepted(a, &all[n]))
            n++;
    return n;
}

/* One byte more than a bundle may have, all of it white space. */
static void oversize(struct run *r, const struct subject *s) {
    struct mrl_buf b;
    struct mrl_bundle bundle;
    mrl_buf_init(&b, MRL_BUNDLE_BYTES_MAX + 1);
    mrl_buf_add(&b, s->text);
    mrl_buf_fill(&b, ' ', MRL_BUNDLE_BYTES_MAX + 1 - b.len);
    r->how = "too long";
    r->tried++;
    if (mrl_bundle_parse(&r->scratch, mrl_buf_str(&b), MRL_S("b"), NULL, &bundle) == MRL_E_LIMIT)
        r->refused++;
    else
        complain(r, s, "size", MRL_S(""));
    mrl_arena_reset(&r->scratch);
    mrl_buf_release(&b);
}

int main(int argc, char **argv) {
    static struct subject subjects[SUBJECTS_MAX];
    mrl_arena arena;
    const char *suite = argc > 1 ? argv[argc - 1] : "";
    uint64_t every = argc > 2 ? strtoull(argv[1], NULL, 10) : 509;
    struct run r = {.arena = &arena, .subjects = subjects};
    mrl_arena_init(&arena, MRL_ARENA_UNLIMITED);
    mrl_arena_init(&r.scratch, (size_t)1 << 30);
    r.stride_bits = every > 0 ? every : 1;
    r.stride_fields = r.stride_bits / FIELDS_PER_BIT > 0 ? r.stride_bits / FIELDS_PER_BIT : 1;
    r.n_subjects = load_all(&arena, suite, subjects);
    if (r.n_subjects == 0) {
        printf("skip mutated bundles: no suite in \"%s\"\n0 passed, 0 failed, 1 skipped\n", suite);
        return 0;
    }
    int64_t start = mrl_clock_ns();
    for (uint32_t i = 0; i < r.n_subjects; i++) {
        mutate_text(&r, &subjects[i]);
        mutate_fields(&r, &subjects[i]);
    }
    oversize(&r, &subjects[0]);
    print_classes();
    printf("note %u bundles, %llu mutants, %llu refused, %.1f s\n", r.n_subjects,
           (unsigned long long)r.tried, (unsigned long long)r.refused,
           (double)(mrl_clock_ns() - start) / 1e9);
    printf("%llu passed, %llu failed\n", (unsigned long long)(r.tried - r.failed),
           (unsigned long long)r.failed);
    for (uint32_t i = r.n_subjects; i-- > 0;)
        release(&subjects[i]);
    mrl_arena_release(&r.scratch);
    mrl_arena_release(&arena);
    return r.failed != 0;
}
