/* cmd_image_sign.c - `merlon image sign` and `merlon image attest`.
 *
 * The tag is resolved once and the digest is signed. The sink is opened first: from there on a
 * layout is locked, so that what was read of it still holds when it is written.
 */
#include "cli/key_given.h"
#include "cli/predicate_given.h"
#include "cli/registry_given.h"

#include "base/rfc3339.h"
#include "formats/json/json.h"
#include "services/registry/attach.h"

#include <time.h>

#define TEXT_MAX (1u << 20)

struct signing {
    struct mrl_cli *cli;
    bool attest; /* `image attest`, which has the options of a predicate */
    struct mrl_key_given given;
    struct mrl_predicate_given predicate;
    struct mrl_reference ref;
    struct mrl_registry_opts registry;
    struct mrl_source source;
    struct mrl_sink sink;
    struct mrl_descriptor image;
    struct mrl_err err;
};

static mrl_str predicate_type(const struct signing *s) {
    return s->attest ? s->predicate.type : MRL_SIGN_PREDICATE;
}

static mrl_status created_now(mrl_arena *a, mrl_str *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, 64);
    mrl_rfc3339_write(&b, (int64_t)time(NULL), 0);
    return mrl_buf_give(&b, a, ret);
}

/* --- signing --------------------------------------------------------------------------------- */

static mrl_status sign_statement(struct signing *s, struct mrl_bundle *ret) {
    mrl_arena *a = s->cli->arena;
    struct mrl_statement statement = {.predicate_type = predicate_type(s),
                                      .predicate = s->predicate.text};
    struct mrl_sign_as signer = {.key = s->given.key};
    mrl_str payload;
    mrl_str algorithm = mrl_str_cut(s->image.digest, ':', &statement.sha256);
    if (!mrl_str_eq(algorithm, MRL_S("sha256")))
        return mrl_err_set(&s->err, MRL_E_UNSUPPORTED, "image.digest",
                           "images are signed by their sha256, not by %.*s", MRL_F(algorithm));
    MRL_TRY(mrl_statement_write(a, &statement, s->predicate.file, &s->err, &payload));
    return mrl_sign_envelope(a, &signer, MRL_STATEMENT_PAYLOAD, payload, &s->err, ret);
}

/* As cosign 1 and 2: a text that names the image, signed as a message. */
static mrl_status sign_simple(struct signing *s, struct mrl_attachment *what,
                              struct mrl_bundle *ret) {
    mrl_arena *a = s->cli->arena;
    struct mrl_sign_as signer = {.key = s->given.key};
    struct mrl_artifact text;
    MRL_TRY(mrl_simple_signing_write(a, s->image.digest, (mrl_str){"", 0}, &what->simple_signing));
    MRL_TRY(mrl_artifact_of(what->simple_signing, &text));
    return mrl_sign_message(a, &signer, &text, &s->err, ret);
}

static mrl_status attach(struct signing *s) {
    mrl_arena *a = s->cli->arena;
    struct mrl_bundle bundle;
    struct mrl_attachment what = {
        .image = &s->image, .bundle = &bundle, .predicate_type = predicate_type(s)};
    bool legacy = mrl_opt_given(s->cli, "legacy");
    MRL_TRY(created_now(a, &what.created));
    MRL_TRY(legacy && !s->attest ? sign_simple(s, &what, &bundle) : sign_statement(s, &bundle));
    MRL_TRY(legacy ? mrl_attach_legacy(&s->source, &s->sink, a, &what, &s->err)
                   : mrl_attach_bundle(&s->sink, a, &what, &s->err));
    return s->sink.ops->commit(s->sink.cx, &s->err);
}

static mrl_status find_image(struct signing *s) {
    mrl_arena *a = s->cli->arena;
    mrl_str platform_text = mrl_opt_str(s->cli, "platform", MRL_S("")), manifest;
    struct mrl_platform platform;
    bool inside = platform_text.len > 0;
    if (inside)
        MRL_TRY(mrl_platform_parse(platform_text, &s->err, &platform));
    MRL_TRY(mrl_reference_parse(a, s->cli->args[0], &s->err, &s->ref));
    MRL_TRY(mrl_registry_given_read(s->cli, &s->err, &s->registry));
    MRL_TRY(mrl_sink_open(&s->ref, &s->registry, &s->err, &s->sink));
    MRL_TRY(mrl_source_open(&s->ref, &s->registry, &s->err, &s->source));
    MRL_TRY(mrl_source_image(&s->source, a, &s->ref, inside ? &platform : NULL, &s->err, &s->image,
                             &manifest));
    if (s->image.media_type.len == 0)
        return mrl_err_set(&s->err, MRL_E_INVALID, "image.manifest",
                           "the manifest does not say its media type");
    return MRL_OK;
}

static mrl_status sign_image(struct signing *s) {
    if (s->attest)
        MRL_TRY(mrl_predicate_given_read(s->cli, &s->err, &s->predicate));
    /* Before anything is locked: a passphrase may have to be typed. */
    MRL_TRY(mrl_key_given_read(s->cli, &s->err, &s->given));
    MRL_TRY(find_image(s));
    return attach(s);
}

/* --- answers --------------------------------------------------------------------------------- */

static void human(const struct signing *s, struct mrl_buf *b) {
    mrl_buf_printf(b, "%s: %.*s\n  %.*s\n", s->attest ? "Attested" : "Signed",
                   MRL_F(s->cli->args[0]), MRL_F(s->image.digest));
    if (s->attest)
        mrl_buf_printf(b, "  type %.*s\n", MRL_F(s->predicate.type));
}

static void json(const struct signing *s, struct mrl_buf *b) {
    const struct {
        const char *name;
        mrl_str text;
    } rows[] = {{"image", s->cli->args[0]},
                {"digest", s->image.digest},
                {"predicateType", predicate_type(s)}};
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        mrl_buf_printf(b, "%s\"%s\": ", i > 0 ? ", " : "{", rows[i].name);
        mrl_json_write_str(b, rows[i].text, false);
    }
    mrl_buf_printf(b, ", \"layout\": \"%s\"}\n",
                   mrl_opt_given(s->cli, "legacy") ? "tag" : "referrers");
}

static int run(struct mrl_cli *cli, bool attest) {
    struct signing s = {.cli = cli, .attest = attest};
    struct mrl_buf b;
    mrl_err_init(&s.err);
    if (cli->n_args != 1 || !mrl_opt_given(cli, "key"))
        return mrl_cli_usage(cli, "name --key FILE and one image");
    if (!mrl_registry_given_fits(cli) || (attest && !mrl_predicate_given_enough(cli, true)))
        return MRL_EXIT_USAGE;
    mrl_buf_init(&b, TEXT_MAX);
    mrl_status status = sign_image(&s);
    if (status != MRL_OK)
        mrl_cli_print_err(cli, &s.err);
    else if (mrl_str_eq(mrl_opt_str(cli, "format", MRL_S("human")), MRL_S("json")))
        json(&s, &b);
    else
        human(&s, &b);
    mrl_source_close(&s.source);
    mrl_sink_close(&s.sink);
    mrl_key_given_free(&s.given);
    int code = mrl_cli_out_buf(cli, &b);
    return code != MRL_EXIT_OK ? code : mrl_exit_of(status);
}

static int run_image_sign(struct mrl_cli *cli) {
    return run(cli, false);
}

static int run_image_attest(struct mrl_cli *cli) {
    return run(cli, true);
}

/* --- the commands ---------------------------------------------------------------------------- */

#define SHARED_OPTS                                                                                \
    MRL_SIGN_OPTS, MRL_REGISTRY_OPTS,                                                              \
        {.name = "legacy",                                                                         \
         .help = "store it as cosign 1 and 2 do, below a tag of the image's digest"},              \
        {.name = "platform",                                                                       \
         .arg = "OS/ARCH",                                                                         \
         .help = "the image of this platform inside of an index, not the index"},                  \
        {.name = "format",                                                                         \
         .letter = 'f',                                                                            \
         .arg = "FORM",                                                                            \
         .help = "form of the answer",                                                             \
         .choices = "human|json"}

#define SHARED_TEXT                                                                                \
    "IMAGE is [REGISTRY/]REPOSITORY[:TAG|@DIGEST], or oci:FOLDER[:TAG|@DIGEST] for an image "      \
    "layout. The tag is resolved once and its digest is signed. A layout's index.json is "         \
    "replaced last and as a whole, so that it is valid at any moment; in a registry the manifest " \
    "comes last. A registry that does not list referrers itself gets the list below the tag "      \
    "sha256-..., as the specification says. Credentials are those of docker "                      \
    "login.\n\n" MRL_PASSPHRASE_TEXT

static const struct mrl_opt sign_opts[] = {SHARED_OPTS};
static const struct mrl_opt attest_opts[] = {SHARED_OPTS, MRL_PREDICATE_OPTS};

static const struct mrl_example sign_examples[] = {
    {"merlon image sign --key release.key registry.example.com/shop/web:1.4",
     "sign an image in a registry"},
    {"merlon image sign --key release.key oci:build/image:v1", "sign an image in a layout"},
    {"merlon image sign --key release.key --legacy oci:build/image:v1",
     "for verifiers that know cosign's tags only"},
};

static const struct mrl_example attest_examples[] = {
    {"merlon image attest --key release.key --type cyclonedx --predicate bom.json "
     "oci:build/image:v1",
     "say what is in an image"},
    {"merlon image attest --key release.key --type check --predicate check.json "
     "oci:build/image:v1",
     "attach what merlon check --format json answered"},
};

const struct mrl_cmd mrl_cmd_image_sign = {
    .name = "image sign",
    .args = "IMAGE",
    .summary = "sign an image",
    .text = "Signs the digest of an image and stores the signature beside it: a Sigstore bundle "
            "that refers to the image, as cosign 3 does.\n\n" SHARED_TEXT,
    .opts = sign_opts,
    .n_opts = MRL_COUNTOF(sign_opts),
    .examples = sign_examples,
    .n_examples = MRL_COUNTOF(sign_examples),
    .run = run_image_sign,
    .args_max = 1,
};

const struct mrl_cmd mrl_cmd_image_attest = {
    .name = "image attest",
    .args = "IMAGE",
    .summary = "sign a statement about an image",
    .text = "Signs an in-toto statement about the image's digest and stores it beside the image. "
            "The predicate is a JSON object, taken as it is.\n\n" SHARED_TEXT,
    .opts = attest_opts,
    .n_opts = MRL_COUNTOF(attest_opts),
    .examples = attest_examples,
    .n_examples = MRL_COUNTOF(attest_examples),
    .run = run_image_attest,
    .args_max = 1,
};
