/* conformance_sigstore.c - bundles to verify: folders whose name ends in _fail must be refused.
 *
 * Each case runs twice: with the artifact's bytes and with its digest alone. A folder brings its
 * own artifact, trusted root, identity, issuer or key, or uses the suite's defaults, which stand in
 * the folder named or the one above it.
 */
#include "cli/conformance.h"

#include "base/file.h"
#include "base/walk.h"
#include "engines/trust/trust.h"
#include "formats/x509/x509.h"

#define BUNDLE_NAME "/bundle.sigstore.json"
#define IDENTITY                                                                                   \
    "https://github.com/sigstore-conformance/extremely-dangerous-public-oidc-beacon/.github/"      \
    "workflows/extremely-dangerous-oidc-beacon.yml@refs/heads/main"
#define ISSUER "https://token.actions.githubusercontent.com"

struct suite {
    struct mrl_tally_run *run;
    mrl_arena *arena;
    mrl_str folder;
    struct mrl_trust_memo *memo;
    struct mrl_trust *root; /* the default one, read once */
    mrl_str artifact;
};

/* A file of the case, or of the suite. */
static mrl_status read_one(mrl_str dir, const char *name, mrl_arena *a, struct mrl_err *err,
                           mrl_str *ret) {
    mrl_str path = mrl_arena_printf(a, "%.*s/%s", MRL_F(dir), name);
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    MRL_CHECK(mrl_file_kind_of(path) == MRL_FILE_REGULAR, MRL_E_NOT_FOUND);
    return mrl_file_read(a, path, 0, err, ret);
}

/* A file that cases share: in the folder named, or in the one above. */
static mrl_status read_default(const struct suite *s, const char *name, struct mrl_err *err,
                               mrl_str *ret) {
    mrl_status status = read_one(s->folder, name, s->arena, err, ret);
    if (status != MRL_E_NOT_FOUND)
        return status;
    mrl_str above = mrl_arena_printf(s->arena, "%.*s/..", MRL_F(s->folder));
    status = read_one(above, name, s->arena, err, ret);
    return status == MRL_E_NOT_FOUND ? mrl_err_set(err, status, "conformance.default",
                                                   "%s is not in %.*s", name, MRL_F(s->folder))
                                     : status;
}

/* The public key of a PEM file; the caller frees it. */
static mrl_status read_key(mrl_arena *a, mrl_str pem, struct mrl_err *err,
                           struct mrl_pubkey **ret) {
    mrl_str der;
    MRL_TRY(mrl_pem_next(a, &pem, MRL_S("PUBLIC KEY"), &der));
    return mrl_pubkey_of_spki(der, err, ret);
}

struct one_case {
    mrl_str artifact, bundle;
    struct mrl_want want;
    struct mrl_pubkey *key;  /* owned */
    struct mrl_trust *own;   /* owned: the case's own root */
    struct mrl_trust *trust; /* own, or the suite's */
};

/* Text of a small file of the case, or what stands for it. */
static mrl_str text_or(mrl_str dir, const char *name, mrl_arena *a, mrl_str otherwise) {
    mrl_str text;
    return read_one(dir, name, a, NULL, &text) == MRL_OK ? mrl_str_trim(text) : otherwise;
}

/* What the folder brings, and defaults for the rest. */
static mrl_status load_case(const struct suite *s, mrl_str dir, mrl_arena *a, struct mrl_err *err,
                            struct one_case *c) {
    mrl_str text;
    c->trust = s->root;
    if (read_one(dir, "artifact", a, err, &c->artifact) != MRL_OK)
        c->artifact = s->artifact;
    MRL_TRY(read_one(dir, "bundle.sigstore.json", a, err, &c->bundle));
    c->want.identity.exact = text_or(dir, "identity", a, MRL_S(IDENTITY));
    c->want.issuer.exact = text_or(dir, "issuer", a, MRL_S(ISSUER));
    if (read_one(dir, "key.pub", a, err, &text) == MRL_OK) {
        MRL_TRY(read_key(a, text, err, &c->key));
        c->want.key = c->key;
    }
    if (read_one(dir, "trusted_root.json", a, err, &text) == MRL_OK) {
        MRL_TRY(mrl_trust_new(text, dir, s->memo, err, &c->own));
        c->trust = c->own;
    }
    return MRL_OK;
}

/* Verifies with the bytes of the artifact, or as one who has only its digest. */
static mrl_status verify_case(const struct one_case *c, mrl_arena *a, bool by_digest,
                              struct mrl_err *err) {
    struct mrl_artifact artifact;
    struct mrl_bundle bundle;
    struct mrl_verified verified;
    MRL_TRY(mrl_artifact_of(c->artifact, &artifact));
    artifact.has_bytes = !by_digest;
    MRL_TRY(mrl_bundle_parse(a, c->bundle, MRL_S("bundle"), err, &bundle));
    return mrl_trust_verify(a, c->trust, &c->want, &bundle, &artifact, err, &verified);
}

/* A bundle that cannot even be read counts as refused: that is what its name asks. */
static void run_one(const struct suite *s, mrl_str dir, mrl_str label, bool by_digest) {
    struct one_case c = {0};
    struct mrl_err err;
    mrl_arena a;
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    mrl_str name =
        mrl_arena_printf(s->arena, "%.*s by %s", MRL_F(label), by_digest ? "digest" : "path");
    mrl_status status = load_case(s, dir, &a, &err, &c);
    if (status == MRL_OK)
        status = verify_case(&c, &a, by_digest, &err);
    bool refuse = mrl_str_ends(label, MRL_S("_fail"));
    if (refuse && status == MRL_OK)
        mrl_case_fail(s->run, name, "accepted");
    else if (!refuse && status != MRL_OK)
        mrl_case_fail(s->run, name, "refused: %s", err.text);
    else
        mrl_case_pass(s->run, name);
    if (refuse && status != MRL_OK && s->run->verbose)
        mrl_buf_printf(&s->run->out, "ok %.*s: %s\n", MRL_F(name), err.text);
    mrl_pubkey_free(c.key);
    mrl_trust_free(c.own);
    mrl_arena_release(&a);
}

static mrl_status on_file(void *cx, mrl_str file) {
    const struct suite *s = cx;
    if (!mrl_str_ends(file, MRL_S(BUNDLE_NAME)))
        return MRL_OK;
    mrl_str dir = mrl_str_sub(file, 0, file.len - strlen(BUNDLE_NAME));
    size_t slash = mrl_str_rfind(dir, MRL_S("/"));
    mrl_str label = mrl_str_sub(dir, slash == MRL_STR_NPOS ? 0 : slash + 1, dir.len);
    run_one(s, dir, label, false);
    run_one(s, dir, label, true);
    return MRL_OK;
}

static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    (void)cx;
    return problem->code;
}

mrl_status mrl_conformance_sigstore(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err) {
    struct suite s = {.run = run, .arena = run->cli->arena, .folder = path};
    mrl_str root;
    s.memo = MRL_ARENA_NEW(s.arena, struct mrl_trust_memo);
    MRL_CHECK(s.memo != NULL, MRL_E_NOMEM);
    MRL_TRY(read_default(&s, "a.txt", err, &s.artifact));
    MRL_TRY(read_default(&s, "public_good_trusted_root.json", err, &root));
    MRL_TRY(mrl_trust_new(root, MRL_S("public_good_trusted_root.json"), s.memo, err, &s.root));
    mrl_status status = mrl_walk(run->cli->arena, path, &(struct mrl_walk_opts){.no_ignore = true},
                                 on_file, on_problem, &s, err);
    mrl_trust_free(s.root);
    return status;
}
