/* test_attach.c - writing to a layout: what is written is read again, and a failure at any point
 * leaves a layout that is as it was, or as it was to be. */
#include "engines/trust/sign.h"
#include "formats/oci/manifest_write.h"
#include "services/registry/attach.h"
#include "services/registry/signatures.h"
#include "test.h"

#include "base/file.h"
#include "base/mem.h"
#include "base/sys.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct fixture {
    mrl_arena arena;
    char folder[64];
    struct mrl_privkey *key;
    struct mrl_descriptor image;
};

static mrl_str path_of(struct fixture *f, const char *name) {
    return mrl_arena_printf(&f->arena, "%s/%s", f->folder, name);
}

/* A layout with one image of no layers, tagged v1, and a member of index.json that nobody knows. */
static bool make_layout(struct fixture *f) {
    struct mrl_oci_manifest m = {.kind = MRL_MANIFEST_IMAGE};
    mrl_str text = {NULL, 0}, hex;
    mrl_arena *a = &f->arena;
    mrl_str blobs = path_of(f, "blobs"), sha256 = path_of(f, "blobs/sha256");
    if (blobs.ptr == NULL || sha256.ptr == NULL || mkdir(blobs.ptr, 0755) != 0 ||
        mkdir(sha256.ptr, 0755) != 0 ||
        mrl_descriptor_of(a, MRL_OCI_EMPTY_TYPE, MRL_S("{}"), &m.config) != MRL_OK ||
        mrl_oci_manifest_write(a, &m, &text) != MRL_OK ||
        mrl_descriptor_of(a, MRL_OCI_MANIFEST_TYPE, text, &f->image) != MRL_OK)
        return false;
    (void)mrl_str_cut(f->image.digest, ':', &hex);
    mrl_str blob = mrl_arena_printf(a, "%s/blobs/sha256/%.*s", f->folder, MRL_F(hex));
    mrl_str index = mrl_arena_printf(
        a,
        "{\"schemaVersion\": 2, \"x-unknown\": [1, 2], \"manifests\": [{\"mediaType\": \"%.*s\", "
        "\"digest\": \"%.*s\", \"size\": %lld, \"annotations\": "
        "{\"org.opencontainers.image.ref.name\": \"v1\", \"kind\": \"kept\"}}]}",
        MRL_F(MRL_OCI_MANIFEST_TYPE), MRL_F(f->image.digest), (long long)f->image.size);
    mrl_str index_path = path_of(f, "index.json");
    return blob.ptr != NULL && index.ptr != NULL && index_path.ptr != NULL &&
           mrl_file_replace(blob, text, NULL) == MRL_OK &&
           mrl_file_replace(index_path, index, NULL) == MRL_OK;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *at) {
    (void)st;
    (void)kind;
    (void)at;
    return remove(path);
}

static void teardown(struct fixture *f) {
    (void)nftw(f->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    mrl_privkey_free(f->key);
    mrl_arena_release(&f->arena);
}

/* False when something is missing: then what was made is gone again. */
static bool setup(struct fixture *f) {
    memset(f, 0, sizeof *f);
    mrl_arena_init(&f->arena, 1 << 26);
    snprintf(f->folder, sizeof f->folder, "/tmp/merlon-attach-XXXXXX");
    if (mkdtemp(f->folder) != NULL &&
        mrl_privkey_generate(MRL_KEY_ED25519, NULL, &f->key) == MRL_OK && make_layout(f))
        return true;
    teardown(f);
    return false;
}

/* Signs the image; `legacy`: below the tag. */
static mrl_status sign(struct fixture *f, mrl_arena *a, bool legacy, struct mrl_err *err) {
    struct mrl_sink sink = {0};
    struct mrl_source source = {0};
    struct mrl_bundle bundle;
    struct mrl_attachment what = {.image = &f->image,
                                  .bundle = &bundle,
                                  .predicate_type = MRL_SIGN_PREDICATE,
                                  .created = MRL_S("2026-01-02T03:04:05Z")};
    struct mrl_statement statement = {.predicate_type = MRL_SIGN_PREDICATE};
    struct mrl_sign_as signer = {.key = f->key};
    struct mrl_artifact text;
    mrl_str payload, folder = mrl_str_z(f->folder);
    (void)mrl_str_cut(f->image.digest, ':', &statement.sha256);
    mrl_status status = mrl_layout_write(folder, err, &sink);
    if (status == MRL_OK)
        status = mrl_layout_open(folder, err, &source);
    if (status == MRL_OK && legacy) {
        status = mrl_simple_signing_write(a, f->image.digest, MRL_S("app"), &what.simple_signing);
        if (status == MRL_OK)
            status = mrl_artifact_of(what.simple_signing, &text);
        if (status == MRL_OK)
            status = mrl_sign_message(a, &signer, &text, err, &bundle);
        if (status == MRL_OK)
            status = mrl_attach_legacy(&source, &sink, a, &what, err);
    } else if (status == MRL_OK) {
        status = mrl_statement_write(a, &statement, MRL_S("none"), err, &payload);
        if (status == MRL_OK)
            status = mrl_sign_envelope(a, &signer, MRL_STATEMENT_PAYLOAD, payload, err, &bundle);
        if (status == MRL_OK)
            status = mrl_attach_bundle(&sink, a, &what, err);
    }
    if (status == MRL_OK)
        status = sink.ops->commit(sink.cx, err);
    mrl_source_close(&source);
    mrl_sink_close(&sink);
    return status;
}

/* How many candidates a reader finds; all of them must be readable. -1: the layout is broken. */
static int found(struct fixture *f) {
    struct mrl_source source = {0};
    struct mrl_candidates all = {0};
    struct mrl_err err;
    mrl_err_init(&err);
    mrl_status status = mrl_layout_open(mrl_str_z(f->folder), &err, &source);
    if (status == MRL_OK)
        status = mrl_signatures_of(&source, &f->arena, f->image.digest, &err, &all);
    mrl_source_close(&source);
    for (uint32_t i = 0; status == MRL_OK && i < all.n; i++)
        if (all.items[i].status != MRL_OK)
            status = all.items[i].status;
    return status == MRL_OK ? (int)all.n : -1;
}

TEST(attach_what_is_written_is_found_again) {
    struct fixture f;
    struct mrl_err err;
    mrl_str index = {NULL, 0};
    REQUIRE(setup(&f));
    mrl_err_init(&err);
    CHECK_INT(found(&f), 0);
    CHECK_INT(sign(&f, &f.arena, false, &err), MRL_OK);
    CHECK_INT(found(&f), 1);
    CHECK_INT(sign(&f, &f.arena, true, &err), MRL_OK);
    CHECK_INT(found(&f), 2);
    /* An Ed25519 signature of the same thing is the same signature: nothing is listed twice. */
    CHECK_INT(sign(&f, &f.arena, false, &err), MRL_OK);
    CHECK_INT(sign(&f, &f.arena, true, &err), MRL_OK);
    CHECK_INT(found(&f), 2);
    mrl_str path = path_of(&f, "index.json");
    CHECK_INT(path.ptr == NULL ? MRL_E_NOMEM : mrl_file_read(&f.arena, path, 0, NULL, &index),
              MRL_OK);
    CHECK(mrl_str_find(index, MRL_S("\"x-unknown\":[1,2]"), 0) != MRL_STR_NPOS);
    CHECK(mrl_str_find(index, MRL_S("\"kind\":\"kept\""), 0) != MRL_STR_NPOS);
    teardown(&f);
}

TEST(attach_another_key_adds_to_the_tag) {
    struct fixture f;
    struct mrl_err err;
    REQUIRE(setup(&f));
    mrl_err_init(&err);
    CHECK_INT(sign(&f, &f.arena, true, &err), MRL_OK);
    mrl_privkey_free(f.key);
    f.key = NULL;
    CHECK_INT(mrl_privkey_generate(MRL_KEY_P256, NULL, &f.key), MRL_OK);
    REQUIRE(f.key != NULL);
    CHECK_INT(sign(&f, &f.arena, true, &err), MRL_OK);
    CHECK_INT(found(&f), 2);
    teardown(&f);
}

static void fail_each_call(bool legacy) {
    bool failed = true;
    for (uint64_t n = 1; failed && n < 200; n++) {
        struct fixture f;
        struct mrl_err err;
        mrl_err_init(&err);
        REQUIRE(setup(&f));
        mrl_sys_fail_at(n, ENOSPC);
        mrl_status status = sign(&f, &f.arena, legacy, &err);
        failed = mrl_sys_failed();
        mrl_sys_fail_at(0, 0);
        int n_found = found(&f);
        /* After the index was renamed, failing to sync the folder is told, with both states right.
         */
        if (n_found < 0 || (status == MRL_OK && n_found != 1) ||
            (status != MRL_OK && err.text[0] == '\0'))
            mrl_test_fail(__FILE__, __LINE__, "call %d: status %d (%s), %d found", (int)n, status,
                          err.text, n_found);
        mrl_err_init(&err);
        CHECK_INT(sign(&f, &f.arena, legacy, &err), MRL_OK); /* and it can be done again */
        CHECK_INT(found(&f), 1);
        teardown(&f);
    }
    CHECK(!failed); /* all calls were reached */
}

TEST(attach_a_failed_call_leaves_a_valid_layout) {
    fail_each_call(false);
    fail_each_call(true);
}

TEST(attach_survives_failing_allocations) {
    for (uint64_t n = 1; n < 40; n++) {
        struct fixture f;
        struct mrl_err err;
        mrl_arena a;
        mrl_err_init(&err);
        REQUIRE(setup(&f));
        mrl_arena_init(&a, 1 << 24);
        mrl_mem_fail_at(n);
        mrl_status status = sign(&f, &a, n % 2 == 0, &err);
        mrl_mem_fail_at(0);
        int n_found = found(&f);
        if ((status != MRL_OK && status != MRL_E_NOMEM) || n_found < 0 ||
            (status == MRL_OK && n_found != 1))
            mrl_test_fail(__FILE__, __LINE__, "allocation %d: status %d (%s), %d found", (int)n,
                          status, err.text, n_found);
        mrl_arena_release(&a);
        teardown(&f);
    }
}

/* A layout from elsewhere must not make us write outside of it. */
TEST(attach_a_link_among_the_blobs_is_not_followed) {
    struct fixture f;
    struct mrl_err err;
    struct mrl_sink sink = {0};
    REQUIRE(setup(&f));
    mrl_err_init(&err);
    mrl_str blobs = path_of(&f, "blobs/sha256"), elsewhere = path_of(&f, "elsewhere");
    REQUIRE(blobs.ptr != NULL && elsewhere.ptr != NULL);
    CHECK_INT(rename(blobs.ptr, elsewhere.ptr), 0);
    CHECK_INT(symlink("../elsewhere", blobs.ptr), 0);
    CHECK(mrl_layout_write(mrl_str_z(f.folder), &err, &sink) != MRL_OK);
    CHECK(sink.ops == NULL);
    teardown(&f);
}

TEST(attach_nothing_but_a_layout_is_written_to) {
    struct mrl_reference archive = {.kind = MRL_REF_DOCKER_ARCHIVE};
    struct mrl_sink sink = {0};
    CHECK_INT(mrl_sink_open(&archive, NULL, NULL, &sink), MRL_E_UNSUPPORTED);
    CHECK(mrl_layout_write(MRL_S("/nowhere/at/all"), NULL, &sink) != MRL_OK);
    mrl_sink_close(&sink);
}
