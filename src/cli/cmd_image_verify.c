/* cmd_image_verify.c - `merlon image verify`: who signed an image, and whether that will do.
 *
 * All candidates that the source has are verified, and each gets its line: when none holds, the
 * list says why, one by one.
 */
#include "cli/check.h"
#include "cli/image_evidence.h"
#include "cli/image_policy.h"
#include "cli/images.h"
#include "cli/json_out.h"
#include "cli/provenance_text.h"
#include "cli/registry_given.h"
#include "cli/trust_given.h"

#include "formats/json/json.h"

#include <sys/utsname.h>

#define TEXT_MAX (64u << 20)

struct verify {
    struct mrl_cli *cli;
    struct mrl_trust_given given;
    struct mrl_known_signer signer;
    struct mrl_reference ref;
    struct mrl_source source;
    struct mrl_image_evidence e;
    bool judging; /* all that the command line names has been read */
    bool wanted;  /* what was asked for holds */
    struct mrl_err err;
};

/* --- verifying ------------------------------------------------------------------------------- */

/* What is said in the end: pass, fail, or unknown when what is missing might have made it pass. */
static const char *verdict_of(const struct verify *v) {
    return v->wanted ? "pass" : v->e.n_unread > 0 ? "unknown" : "fail";
}

static void decide(struct verify *v) {
    mrl_str type = mrl_opt_str(v->cli, "attestation", MRL_S(""));
    for (uint32_t i = 0; i < v->e.found.n; i++) {
        const struct mrl_image_fact *f = &v->e.facts[i];
        if (f->status == MRL_OK)
            v->wanted |=
                type.len == 0 ? f->is_signature : mrl_str_eq(f->verified.predicate_type, type);
    }
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
    v->signer = (struct mrl_known_signer){
        .want = v->given.want, .trust = v->given.trust, .from = INT64_MIN, .until = INT64_MAX};
    struct mrl_image_ask ask = {.signers = &v->signer, .n_signers = 1};
    MRL_TRY(mrl_source_image(&v->source, v->cli->arena, &v->ref, inside ? &platform : NULL, &v->err,
                             &v->e.image, &v->e.manifest));
    MRL_TRY(mrl_image_evidence_gather(v->cli->arena, &v->source, &ask, &v->err, &v->e));
    decide(v);
    return MRL_OK;
}

/* --- answers --------------------------------------------------------------------------------- */

static void human_one(const struct verify *v, uint32_t i, struct mrl_buf *b) {
    const struct mrl_image_fact *o = &v->e.facts[i];
    mrl_buf_printf(b, "  %s  %.*s: ", o->status == MRL_OK ? "ok  " : "fail",
                   MRL_F(v->e.found.items[i].from));
    if (o->status != MRL_OK) {
        mrl_buf_printf(b, "%s\n", o->why);
        return;
    }
    bool by_key = o->verified.by_key;
    mrl_buf_printf(b, "%s by ", o->is_signature ? "signature" : "attestation");
    mrl_plain_text(b, by_key ? MRL_S("the key given") : o->verified.identity);
    if (by_key && !o->is_signature) {
        MRL_BUF_LIT(b, " of type ");
        mrl_plain_text(b, o->verified.predicate_type);
    }
    mrl_buf_byte(b, '\n');
    if (o->has_facts)
        mrl_provenance_human(&o->facts, b);
}

static void human(const struct verify *v, struct mrl_buf *b) {
    mrl_buf_printf(b, "%s: %.*s\n  %.*s\n",
                   v->wanted           ? "Verified"
                   : v->e.n_unread > 0 ? "Unknown"
                                       : "Not verified",
                   MRL_F(v->cli->args[0]), MRL_F(v->e.image.digest));
    mrl_buf_printf(b, "  found %u: %u signature(s) and %u attestation(s) hold\n", v->e.found.n,
                   v->e.n_signatures, v->e.n_attestations);
    for (uint32_t i = 0; i < v->e.found.n; i++)
        human_one(v, i, b);
    if (v->e.found.n_left_out > 0)
        mrl_buf_printf(b, "  %u more were not looked at\n", v->e.found.n_left_out);
    if (v->e.found.n == 0)
        MRL_BUF_LIT(b, "  nothing is stored for this digest: sign it, or name the source that has "
                       "its signatures\n");
}

static void json(const struct verify *v, struct mrl_buf *b) {
    mrl_buf_printf(b, "{\"verdict\": \"%s\"", verdict_of(v));
    mrl_json_text_member(b, "image", v->cli->args[0]);
    mrl_json_text_member(b, "digest", v->e.image.digest);
    MRL_BUF_LIT(b, ", \"candidates\": [");
    for (uint32_t i = 0; i < v->e.found.n; i++) {
        const struct mrl_image_fact *o = &v->e.facts[i];
        mrl_buf_printf(b, "%s{\"verdict\": \"%s\"", i > 0 ? ", " : "",
                       o->status == MRL_OK ? "pass" : "fail");
        mrl_json_text_member(b, "from", v->e.found.items[i].from);
        if (o->status != MRL_OK) {
            mrl_json_text_member(b, "reason", mrl_str_z(o->why));
        } else {
            mrl_json_text_member(b, "by", o->verified.by_key ? MRL_S("key") : MRL_S("certificate"));
            mrl_json_text_member(b, "identity", o->verified.identity);
            mrl_json_text_member(b, "issuer", o->verified.issuer);
            mrl_json_text_member(b, "predicateType", o->verified.predicate_type);
            if (o->has_facts) {
                mrl_val facts = mrl_null();
                if (mrl_provenance_value(&o->facts, v->cli->arena, &facts) != MRL_OK)
                    b->status = MRL_E_NOMEM;
                MRL_BUF_LIT(b, ", \"provenance\": ");
                mrl_json_write(b, v->cli->arena, facts, NULL);
            }
        }
        MRL_BUF_LIT(b, "}");
    }
    MRL_BUF_LIT(b, "]}\n");
}

static int run_given(struct mrl_cli *cli) {
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
    return v.e.n_unread > 0 ? MRL_EXIT_UNKNOWN : MRL_EXIT_FINDINGS;
}

/* By the signer that the command line names, or by the rules of merlon.yaml. */
static int run_image_verify(struct mrl_cli *cli) {
    if (mrl_image_policy_wanted(cli))
        return mrl_image_policy_run(cli);
    static const char *const others[] = {"images-from", "dry-run", "evidence", "image", "policy"};
    for (size_t i = 0; i < MRL_COUNTOF(others); i++)
        if (mrl_opt_given(cli, others[i]))
            return mrl_cli_usage(cli,
                                 "--%s goes with the rules of merlon.yaml, without --key and "
                                 "--trusted-root",
                                 others[i]);
    return run_given(cli);
}

static const struct mrl_opt opts[] = {
    MRL_TRUST_OPTS,
    MRL_REGISTRY_OPTS,
    MRL_IMAGE_POLICY_OPTS,
    MRL_OPT_CONTROLS,
    MRL_OPT_JOBS,
    MRL_IMAGES_OPTS,
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
    {"merlon image verify registry.example.com/shop/web:1.4", "by the rules of merlon.yaml"},
    {"merlon image verify --dry-run --images-from running.txt", "what would be refused"},
    {"merlon image verify --trusted-root root.json --certificate-identity "
     "https://example.com/build.yml --certificate-oidc-issuer https://issuer.example.com "
     "oci:build/image",
     "by who signed, and who vouched for it"},
};

const struct mrl_cmd mrl_cmd_image_verify = {
    .name = "image verify",
    .args = "IMAGE...",
    .summary = "verify the signatures of images",
    .text =
        "With --key or --trusted-root one image is verified by the signer that is named. Without, "
        "images are decided by the rules of merlon.yaml: signers, images and what each must have "
        "(docs/howto/trust-policy.md). Every decision comes with its reasons; --dry-run shows what "
        "would be refused.\n\n"
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
    .args_max = -1,
};
