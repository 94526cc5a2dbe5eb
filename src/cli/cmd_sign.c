/* cmd_sign.c - `merlon sign`: a Sigstore bundle for a file. */
#include "cli/key_given.h"
#include "cli/predicate_given.h"

#include "base/file.h"
#include "engines/trust/sign.h"
#include "formats/oci/manifest_write.h"
#include "formats/sigstore/bundle_write.h"

struct sign {
    struct mrl_cli *cli;
    struct mrl_key_given given;
    struct mrl_predicate_given predicate;
    struct mrl_artifact artifact;
    struct mrl_bundle bundle;
    struct mrl_err err;
};

/* The file's last part: verifiers look at the digest, people at the name. */
static mrl_str name_of(mrl_str path) {
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    return slash == MRL_STR_NPOS ? path : mrl_str_sub(path, slash + 1, path.len);
}

/* A statement about the file, instead of a signature of its bytes. */
static mrl_status attest(struct sign *s) {
    mrl_arena *a = s->cli->arena;
    struct mrl_statement statement = {.name = name_of(s->cli->args[0]),
                                      .predicate_type = s->predicate.type,
                                      .predicate = s->predicate.text};
    struct mrl_sign_as signer = {.key = s->given.key};
    struct mrl_descriptor d;
    mrl_str payload;
    MRL_TRY(mrl_descriptor_of(a, MRL_S("file"), s->artifact.bytes, &d));
    (void)mrl_str_cut(d.digest, ':', &statement.sha256);
    MRL_TRY(mrl_statement_write(a, &statement, s->predicate.file, &s->err, &payload));
    return mrl_sign_envelope(a, &signer, MRL_STATEMENT_PAYLOAD, payload, &s->err, &s->bundle);
}

static mrl_status sign(struct sign *s, mrl_str *ret) {
    mrl_arena *a = s->cli->arena;
    struct mrl_sign_as signer = {0};
    mrl_str bytes, text;
    MRL_TRY(mrl_predicate_given_read(s->cli, &s->err, &s->predicate));
    MRL_TRY(mrl_file_read(a, s->cli->args[0], 0, &s->err, &bytes));
    MRL_TRY(mrl_artifact_of(bytes, &s->artifact));
    MRL_TRY(mrl_key_given_read(s->cli, &s->err, &s->given));
    signer.key = s->given.key;
    if (s->predicate.given)
        MRL_TRY(attest(s));
    else
        MRL_TRY(mrl_sign_message(a, &signer, &s->artifact, &s->err, &s->bundle));
    MRL_TRY(mrl_bundle_write(a, &s->bundle, &text));
    *ret = mrl_arena_printf(a, "%.*s\n", MRL_F(text));
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static int answer(struct sign *s, mrl_str bundle) {
    mrl_str file = mrl_opt_str(s->cli, "output-bundle", MRL_S("-"));
    struct mrl_buf b;
    if (mrl_str_eq(file, MRL_S("-")))
        return mrl_cli_out(s->cli, bundle);
    mrl_status status = mrl_file_replace(file, bundle, &s->err);
    if (status != MRL_OK) {
        mrl_cli_print_err(s->cli, &s->err);
        return mrl_exit_of(status);
    }
    mrl_buf_init(&b, 1 << 16);
    mrl_buf_printf(&b, "Signed: %.*s\n  bundle %.*s\n", MRL_F(s->cli->args[0]), MRL_F(file));
    return mrl_cli_out_buf(s->cli, &b);
}

static int run_sign(struct mrl_cli *cli) {
    struct sign s = {.cli = cli};
    mrl_str bundle = {"", 0};
    mrl_err_init(&s.err);
    if (cli->n_args != 1 || !mrl_opt_given(cli, "key"))
        return mrl_cli_usage(cli, "name --key FILE and one file to sign");
    if (!mrl_predicate_given_enough(cli, false))
        return MRL_EXIT_USAGE;
    mrl_status status = sign(&s, &bundle);
    mrl_key_given_free(&s.given);
    if (status == MRL_OK)
        return answer(&s, bundle);
    mrl_cli_print_err(cli, &s.err);
    return mrl_exit_of(status);
}

static const struct mrl_opt opts[] = {
    MRL_SIGN_OPTS,
    {.name = "output-bundle",
     .letter = 'o',
     .arg = "FILE",
     .help = "write the bundle here (default: standard output)"},
    MRL_PREDICATE_OPTS,
};

static const struct mrl_example examples[] = {
    {"merlon sign --key release.key -o app.sigstore.json app.tar.gz", "sign a file"},
    {"merlon verify --key release.pub --bundle app.sigstore.json app.tar.gz", "and verify it"},
    {"merlon sign --key release.key --type cyclonedx --predicate bom.json app.tar.gz",
     "sign a statement about a file"},
};

const struct mrl_cmd mrl_cmd_sign = {
    .name = "sign",
    .args = "FILE",
    .summary = "sign a file: a Sigstore bundle",
    .text = "Writes a bundle (version 0.3) with a signature of the file, which merlon verify and "
            "cosign verify-blob accept. With --type and --predicate the bundle holds an in-toto "
            "statement about the file instead.\n\n" MRL_PASSPHRASE_TEXT
            "\n\nNothing is sent anywhere: signing by key alone leaves no entry in a log.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_sign,
    .args_max = 1,
};
