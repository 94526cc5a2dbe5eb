/* cmd_image_verify.c - `merlon image verify`: who signed an image, and whether that will do.
 *
 * All candidates that the source has are verified, and each gets its line: when none holds, the
 * list says why, one by one.
 */
#include "cli/provenance_text.h"
#include "cli/registry_given.h"
#include "cli/trust_given.h"

#include "formats/json/json.h"
#include "formats/sigstore/legacy.h"
#include "services/registry/signatures.h"

#include <sys/utsname.h>

#define TEXT_MAX (16u << 20)
#define SIGN_PREDICATE MRL_S("https://sigstore.dev/cosign/sign/v1")

struct outcome { /* of one candidate */
    mrl_status status;
    char why[MRL_ERR_TEXT_MAX];
    struct mrl_verified verified;
    bool is_signature; /* else an attestation */
    bool has_facts;    /* and one that says how the image was made */
    struct mrl_provenance facts;
};

struct verify {
    struct mrl_cli *cli;
    struct mrl_trust_given given;
    struct mrl_reference ref;
    struct mrl_source source;
    struct mrl_descriptor image;
    mrl_str manifest;
    struct mrl_candidates found;
    struct outcome *outcomes;
    uint32_t n_signatures, n_attestations; /* that hold */
    uint32_t n_unread;                     /* that the source did not give */
    bool judging;                          /* all that the command line names has been read */
    bool wanted;                           /* what was asked for holds */
    struct mrl_err err;
};

/* --- verifying ------------------------------------------------------------------------------- */

/* A simple-signing text is signed; what it says of the image must be this image. */
static mrl_status check_simple(struct verify *v, const struct mrl_candidate *c, struct mrl_err *err,
                               struct mrl_verified *ret) {
    struct mrl_artifact text;
    mrl_str digest;
    MRL_TRY(mrl_artifact_of(c->text, &text));
    MRL_TRY(mrl_trust_verify(v->cli->arena, v->given.trust, &v->given.want, &c->bundle, &text, err,
                             ret));
    MRL_TRY(mrl_simple_signing_digest(v->cli->arena, c->text, err, &digest));
    if (!mrl_str_eq(digest, v->image.digest))
        return mrl_err_set(err, MRL_E_INVALID, "trust.artifact", "it is of another image");
    return MRL_OK;
}

static mrl_status check_one(struct verify *v, const struct mrl_candidate *c, struct mrl_err *err,
                            struct outcome *o) {
    struct mrl_artifact manifest;
    if (c->status != MRL_OK)
        return mrl_err_set(err, c->status, "trust.material", "%s", c->why);
    o->is_signature = c->simple || !c->bundle.is_dsse;
    if (c->simple)
        return check_simple(v, c, err, &o->verified);
    MRL_TRY(mrl_artifact_of(v->manifest, &manifest));
    MRL_TRY(mrl_trust_verify(v->cli->arena, v->given.trust, &v->given.want, &c->bundle, &manifest,
                             err, &o->verified));
    o->is_signature |= mrl_str_eq(o->verified.predicate_type, SIGN_PREDICATE);
    o->has_facts = mrl_provenance_has_facts(o->verified.predicate_type);
    /* Facts are read of what was verified alone; one that cannot be read proves nothing. */
    return !o->has_facts ? MRL_OK
                         : mrl_provenance_parse(v->cli->arena, o->verified.payload,
                                                MRL_S("the statement"), err, &o->facts);
}

/* A candidate that could not be had is no candidate that does not hold: nobody knows. */
static bool out_of_reach(mrl_status status) {
    return status == MRL_E_IO || status == MRL_E_BUDGET || status == MRL_E_DENIED ||
           status == MRL_E_WORKER;
}

/* What is said in the end: pass, fail, or unknown when what is missing might have made it pass. */
static const char *verdict_of(const struct verify *v) {
    return v->wanted ? "pass" : v->n_unread > 0 ? "unknown" : "fail";
}

static mrl_status check_all(struct verify *v) {
    mrl_str type = mrl_opt_str(v->cli, "attestation", MRL_S(""));
    v->outcomes = MRL_ARENA_ARRAY(v->cli->arena, struct outcome, v->found.n + 1);
    MRL_CHECK(v->outcomes != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < v->found.n; i++) {
        struct outcome *o = &v->outcomes[i];
        struct mrl_err err;
        mrl_err_init(&err);
        o->status = check_one(v, &v->found.items[i], &err, o);
        memcpy(o->why, err.text, sizeof o->why);
        v->n_unread += out_of_reach(o->status);
        if (o->status != MRL_OK)
            continue;
        v->n_signatures += o->is_signature;
        v->n_attestations += !o->is_signature;
        v->wanted |= type.len == 0 ? o->is_signature : mrl_str_eq(o->verified.predicate_type, type);
    }
    return MRL_OK;
}

/* The platform asked for, or this machine's, as container runtimes choose. */
static mrl_status read_platform(struct verify *v, struct mrl_platform *ret) {
    static const char *const names[][2] = {{"x86_64", "amd64"}, {"aarch64", "arm64"},
                                           {"armv7l", "arm"},   {"ppc64le", "ppc64le"},
                                           {"s390x", "s390x"},  {"riscv64", "riscv64"}};
    struct utsname u;
    mrl_str text = mrl_opt_str(v->cli, "platform", MRL_S(""));
    if (text.len > 0)
        return mrl_platform_parse(text, &v->err, ret);
    *ret = (struct mrl_platform){.os = MRL_S("linux"), .architecture = MRL_S("amd64")};
    for (size_t i = 0; uname(&u) == 0 && i < MRL_COUNTOF(names); i++)
        if (strcmp(u.machine, names[i][0]) == 0)
            ret->architecture = mrl_str_z(names[i][1]);
    return MRL_OK;
}

/* People sign the index or one image of it: the index by default, as cosign does. The source is
 * opened before keys and roots are read, since a network worker needs a while to begin. */
static mrl_status verify(struct verify *v) {
    struct mrl_platform platform;
    struct mrl_registry_opts registry;
    bool inside = mrl_opt_given(v->cli, "platform");
    MRL_TRY(read_platform(v, &platform));
    MRL_TRY(mrl_reference_parse(v->cli->arena, v->cli->args[0], &v->err, &v->ref));
    MRL_TRY(mrl_registry_given_read(v->cli, &v->err, &registry));
    MRL_TRY(mrl_source_open(&v->ref, &registry, &v->err, &v->source));
    MRL_TRY(mrl_trust_given_read(v->cli, &v->err, &v->given));
    v->judging = true;
    MRL_TRY(mrl_source_image(&v->source, v->cli->arena, &v->ref, inside ? &platform : NULL, &v->err,
                             &v->image, &v->manifest));
    MRL_TRY(mrl_signatures_of(&v->source, v->cli->arena, v->image.digest, &v->err, &v->found));
    return check_all(v);
}

/* --- answers --------------------------------------------------------------------------------- */

static void human_one(const struct verify *v, uint32_t i, struct mrl_buf *b) {
    const struct outcome *o = &v->outcomes[i];
    mrl_buf_printf(b, "  %s  %.*s: ", o->status == MRL_OK ? "ok  " : "fail",
                   MRL_F(v->found.items[i].from));
    if (o->status != MRL_OK)
        mrl_buf_printf(b, "%s\n", o->why);
    else if (o->verified.by_key)
        mrl_buf_printf(b, "%s by the key given%s%.*s\n",
                       o->is_signature ? "signature" : "attestation",
                       o->is_signature ? "" : " of type ",
                       MRL_F(o->is_signature ? MRL_S("") : o->verified.predicate_type));
    else
        mrl_buf_printf(b, "%s by %.*s\n", o->is_signature ? "signature" : "attestation",
                       MRL_F(o->verified.identity));
    if (o->status == MRL_OK && o->has_facts)
        mrl_provenance_human(&o->facts, b);
}

static void human(const struct verify *v, struct mrl_buf *b) {
    mrl_buf_printf(b, "%s: %.*s\n  %.*s\n",
                   v->wanted         ? "Verified"
                   : v->n_unread > 0 ? "Unknown"
                                     : "Not verified",
                   MRL_F(v->cli->args[0]), MRL_F(v->image.digest));
    mrl_buf_printf(b, "  found %u: %u signature(s) and %u attestation(s) hold\n", v->found.n,
                   v->n_signatures, v->n_attestations);
    for (uint32_t i = 0; i < v->found.n; i++)
        human_one(v, i, b);
    if (v->found.n_left_out > 0)
        mrl_buf_printf(b, "  %u more were not looked at\n", v->found.n_left_out);
    if (v->found.n == 0)
        MRL_BUF_LIT(b, "  nothing is stored for this digest: sign it, or name the source that has "
                       "its signatures\n");
}

static void member(struct mrl_buf *b, const char *name, mrl_str text) {
    mrl_buf_printf(b, "\"%s\": ", name);
    mrl_json_write_str(b, text, false);
}

static void json(const struct verify *v, struct mrl_buf *b) {
    mrl_buf_printf(b, "{\"verdict\": \"%s\", ", verdict_of(v));
    member(b, "image", v->cli->args[0]);
    MRL_BUF_LIT(b, ", ");
    member(b, "digest", v->image.digest);
    MRL_BUF_LIT(b, ", \"candidates\": [");
    for (uint32_t i = 0; i < v->found.n; i++) {
        const struct outcome *o = &v->outcomes[i];
        mrl_buf_printf(b, "%s{\"verdict\": \"%s\", ", i > 0 ? ", " : "",
                       o->status == MRL_OK ? "pass" : "fail");
        member(b, "from", v->found.items[i].from);
        MRL_BUF_LIT(b, ", ");
        if (o->status != MRL_OK) {
            member(b, "reason", mrl_str_z(o->why));
        } else {
            member(b, "by", o->verified.by_key ? MRL_S("key") : MRL_S("certificate"));
            MRL_BUF_LIT(b, ", ");
            member(b, "identity", o->verified.identity);
            MRL_BUF_LIT(b, ", ");
            member(b, "issuer", o->verified.issuer);
            MRL_BUF_LIT(b, ", ");
            member(b, "predicateType", o->verified.predicate_type);
            if (o->has_facts) {
                MRL_BUF_LIT(b, ", \"provenance\": ");
                mrl_provenance_json(&o->facts, v->cli->arena, b);
            }
        }
        MRL_BUF_LIT(b, "}");
    }
    MRL_BUF_LIT(b, "]}\n");
}

static int run_image_verify(struct mrl_cli *cli) {
    struct verify v = {.cli = cli};
    struct mrl_buf b;
    mrl_err_init(&v.err);
    if (cli->n_args != 1)
        return mrl_cli_usage(cli, "name one image");
    if (!mrl_trust_given_enough(cli) || !mrl_registry_given_fits(cli))
        return MRL_EXIT_USAGE;
    mrl_status status = verify(&v);
    mrl_buf_init(&b, TEXT_MAX);
    if (status != MRL_OK)
        mrl_cli_print_err(cli, &v.err);
    else if (mrl_str_eq(mrl_opt_str(cli, "format", MRL_S("human")), MRL_S("json")))
        json(&v, &b);
    else
        human(&v, &b);
    int code = mrl_cli_out_buf(cli, &b);
    mrl_source_close(&v.source);
    mrl_trust_given_free(&v.given);
    if (code != MRL_EXIT_OK)
        return code;
    /* Bytes that are not those of their digest are no lack of evidence: they are a fail. A root or
     * key that makes no sense says nothing of the image. */
    if (status != MRL_OK && (status != MRL_E_INVALID || !v.judging))
        return mrl_exit_of(status);
    if (status == MRL_OK && v.wanted)
        return MRL_EXIT_OK;
    return v.n_unread > 0 ? MRL_EXIT_UNKNOWN : MRL_EXIT_FINDINGS;
}

static const struct mrl_opt opts[] = {
    MRL_TRUST_OPTS,
    MRL_REGISTRY_OPTS,
    {.name = "attestation",
     .arg = "TYPE",
     .help = "ask for an attestation of this predicate type instead of a signature"},
    {.name = "platform",
     .arg = "OS/ARCH",
     .help = "verify the image of this platform inside of an index, not the index"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the answer",
     .choices = "human|json"},
};

static const struct mrl_example examples[] = {
    {"merlon image verify --key release.pub registry.example.com/shop/web:1.4",
     "an image in a registry, by a key"},
    {"merlon image verify --key release.pub oci:build/image:v1", "an image in a layout"},
    {"merlon image verify --trusted-root root.json --certificate-identity "
     "https://example.com/build.yml --certificate-oidc-issuer https://issuer.example.com "
     "oci:build/image",
     "by who signed, and who vouched for it"},
};

const struct mrl_cmd mrl_cmd_image_verify = {
    .name = "image verify",
    .args = "IMAGE",
    .summary = "verify the signatures of an image",
    .text =
        "Looks at everything that is stored for the image: Sigstore bundles that refer to it, and "
        "the tags sha256-....sig and .att of cosign 1 and 2. One signature that holds will do; "
        "each candidate is listed, the others with the reason why they do not hold. "
        "Of an attestation that says how the image was made (SLSA provenance, verification "
        "summaries) the facts are shown: builder, source and commit, parameters, materials.\n\n"
        "IMAGE is [REGISTRY/]REPOSITORY[:TAG|@DIGEST], or oci:PATH[:TAG|@DIGEST] for a layout, "
        "a folder or a tar archive. Registries are "
        "reached by https (http on loopback), with the credentials of docker login where they ask "
        "for any. The tag is resolved once; everything after works on "
        "the digest. Exits with 1 when no signature holds "
        "or a registry sends other bytes than it says, with 3 when it cannot be reached or "
        "does not give what might have held, or a root or key cannot be read.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_image_verify,
    .args_max = 1,
};
