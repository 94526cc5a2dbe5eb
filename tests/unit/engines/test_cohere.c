/* test_cohere.c - bundles by certificate: written as they were read, and parts that belong to each
 * other. The bundles are those of the public suite that must verify. */
#include "engines/trust/sign.h"
#include "formats/sigstore/bundle_write.h"
#include "test.h"

#include "base/file.h"

static const char *const names[] = {
    "bundle-with-sct-with-extensions",
    "happy-path-intoto-in-dsse-v3",
    "happy-path-v0.3-new-mediaType",
    "rekor2-dsse-happy-path",
    "rekor2-happy-path",
};

struct suite {
    mrl_arena a;
    struct mrl_artifact artifact;
};

static mrl_status read_file(struct suite *s, const char *name, const char *file, mrl_str *ret) {
    mrl_str path = mrl_arena_printf(&s->a, "%s/sigstore/%s%s%s", mrl_test_conformance(), name,
                                    *name != '\0' ? "/" : "", file);
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    return mrl_file_read(&s->a, path, 0, NULL, ret);
}

/* The bundle of a case, and what it is about: a file of its own or the suite's. */
static bool begin(struct suite *s, size_t i, struct mrl_bundle *ret) {
    mrl_str text, bytes;
    mrl_arena_init(&s->a, 1 << 24);
    mrl_str folder = mrl_arena_printf(&s->a, "bundle-verify/%s", names[i]);
    return folder.ptr != NULL &&
           (read_file(s, folder.ptr, "artifact", &bytes) == MRL_OK ||
            read_file(s, "", "a.txt", &bytes) == MRL_OK) &&
           mrl_artifact_of(bytes, &s->artifact) == MRL_OK &&
           read_file(s, folder.ptr, "bundle.sigstore.json", &text) == MRL_OK &&
           mrl_bundle_parse(&s->a, text, folder, NULL, ret) == MRL_OK;
}

TEST(bundle_by_certificate_is_written_as_it_was_read) {
    if (mrl_test_conformance() == NULL)
        SKIP("no conformance data");
    for (size_t i = 0; i < MRL_COUNTOF(names); i++) {
        struct suite s;
        struct mrl_bundle first, second;
        mrl_str once, twice;
        REQUIRE(begin(&s, i, &first));
        REQUIRE(mrl_bundle_write(&s.a, &first, &once) == MRL_OK);
        REQUIRE(mrl_bundle_parse(&s.a, once, MRL_S("b"), NULL, &second) == MRL_OK);
        REQUIRE(mrl_bundle_write(&s.a, &second, &twice) == MRL_OK);
        CHECK_STR(twice, once);
        CHECK_INT(second.n_entries, first.n_entries);
        CHECK_INT(second.n_timestamps, first.n_timestamps);
        CHECK_STR(second.certs[0], first.certs[0]);
        CHECK_STR(second.entries[0].body, first.entries[0].body);
        CHECK_STR(second.entries[0].proof.checkpoint, first.entries[0].proof.checkpoint);
        CHECK_STR(second.entries[0].promise, first.entries[0].promise);
        CHECK_INT(second.entries[0].integrated_time, first.entries[0].integrated_time);
        CHECK(mrl_bundle_coheres(&s.a, &second, &s.artifact, NULL) == MRL_OK);
        mrl_arena_release(&s.a);
    }
}

enum damage { CERTIFICATE, SIGNATURE, BODY, ROOT, CHECKPOINT, TIMES, ARTIFACT, NO_TIME, DAMAGES };

static mrl_str flipped(mrl_arena *a, mrl_str s) {
    mrl_str copy = mrl_arena_str(a, s);
    if (copy.ptr != NULL && copy.len > 0)
        ((char *)(uintptr_t)copy.ptr)[copy.len / 2] ^= 1;
    return copy;
}

/* Damages one part; false when this bundle has none of it. */
static bool damage(struct suite *s, enum damage what, const struct mrl_bundle *other,
                   struct mrl_bundle *b) {
    struct mrl_tlog_entry *e = &b->entries[0];
    mrl_str *sig = b->is_dsse ? &b->sigs[0].sig : &b->sig;
    switch (what) {
    case CERTIFICATE: /* a whole one, for another key */
        b->certs[0] = other->certs[0];
        return true;
    case SIGNATURE:
        *sig = flipped(&s->a, *sig);
        return true;
    case BODY: /* a whole entry, of something else */
        *e = other->entries[0];
        return true;
    case ROOT:
        e->proof.root_hash = flipped(&s->a, e->proof.root_hash);
        return true;
    case CHECKPOINT:
        e->proof.checkpoint = other->entries[0].proof.checkpoint;
        return true;
    case TIMES:
        e->integrated_time += e->integrated_time != 0 ? 3600 : 0;
        return e->integrated_time != 0;
    case ARTIFACT:
        return mrl_artifact_of(MRL_S("another"), &s->artifact) == MRL_OK;
    default:
        e->integrated_time = 0;
        b->n_timestamps = 0;
        return true;
    }
}

TEST(bundle_parts_of_others_do_not_cohere) {
    if (mrl_test_conformance() == NULL)
        SKIP("no conformance data");
    for (size_t i = 0; i < MRL_COUNTOF(names); i++)
        for (int what = 0; what < DAMAGES; what++) {
            struct suite s, t;
            struct mrl_bundle b, other;
            REQUIRE(begin(&s, i, &b));
            REQUIRE(begin(&t, (i + 1) % MRL_COUNTOF(names), &other));
            if (damage(&s, (enum damage)what, &other, &b) &&
                mrl_bundle_coheres(&s.a, &b, &s.artifact, NULL) == MRL_OK)
                mrl_test_fail(__FILE__, __LINE__, "%s coheres after damage %d", names[i], what);
            mrl_arena_release(&s.a);
            mrl_arena_release(&t.a);
        }
}

TEST(signer_name_is_read_of_a_certificate) {
    struct suite s;
    struct mrl_bundle b;
    struct mrl_signer_name name = {{NULL, 0}, {NULL, 0}};
    if (mrl_test_conformance() == NULL)
        SKIP("no conformance data");
    REQUIRE(begin(&s, 2, &b));
    CHECK(mrl_signer_name_of(b.certs[0], NULL, &name) == MRL_OK);
    CHECK_STR(name.issuer, MRL_S("https://token.actions.githubusercontent.com"));
    CHECK(mrl_str_starts(name.identity, MRL_S("https://github.com/sigstore-conformance/")));
    CHECK(mrl_signer_name_of(MRL_S("no certificate"), NULL, &name) != MRL_OK);
    mrl_arena_release(&s.a);
}
