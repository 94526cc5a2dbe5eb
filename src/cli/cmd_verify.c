/* cmd_verify.c - `merlon verify`: a Sigstore bundle for a file or a digest. */
#include "cli/json_out.h"
#include "cli/screen.h"
#include "cli/trust_given.h"

#include "base/file.h"
#include "base/hex.h"
#include "base/rfc3339.h"

#define TEXT_MAX (1u << 20)

struct verify {
    struct mrl_cli *cli;
    struct mrl_artifact artifact;
    struct mrl_bundle bundle;
    struct mrl_trust_given given;
    struct mrl_verified result;
    bool judging; /* the artifact and whom to believe have been read */
    struct mrl_err err;
};

/* --- reading --------------------------------------------------------------------------------- */

/* sha256: and 64 lower-case digits. */
static bool read_digest(mrl_str arg, struct mrl_artifact *ret) {
    return mrl_str_starts(arg, MRL_S("sha256:")) &&
           mrl_hex_decode(mrl_str_sub(arg, 7, arg.len), ret->sha256, sizeof ret->sha256);
}

static mrl_status read_artifact(struct verify *v) {
    mrl_str arg = v->cli->args[0], bytes;
    if (read_digest(arg, &v->artifact))
        return MRL_OK;
    MRL_TRY(mrl_file_read(v->cli->arena, arg, 0, &v->err, &bytes));
    return mrl_artifact_of(bytes, &v->artifact);
}

static mrl_status read_all(struct verify *v) {
    mrl_str file = mrl_opt_str(v->cli, "bundle", MRL_S("")), text;
    MRL_TRY(read_artifact(v));
    MRL_TRY(mrl_trust_given_read(v->cli, &v->err, &v->given));
    v->judging = true;
    MRL_TRY(mrl_file_read(v->cli->arena, file, MRL_BUNDLE_BYTES_MAX, &v->err, &text));
    return mrl_bundle_parse(v->cli->arena, text, file, &v->err, &v->bundle);
}

/* --- answers --------------------------------------------------------------------------------- */

static const char *source_name(enum mrl_time_source source) {
    return source == MRL_TIME_LOG ? "log" : "timestamp authority";
}

/* What stands signed is not harmless for that. Nothing of what is not there. */
static void signed_text(struct mrl_buf *b, const char *what, mrl_str text) {
    if (text.len == 0)
        return;
    mrl_buf_printf(b, "  %s ", what);
    mrl_plain_text(b, text);
    mrl_buf_byte(b, '\n');
}

static void human(const struct verify *v, struct mrl_buf *b) {
    const struct mrl_verified *r = &v->result;
    mrl_buf_printf(b, "Verified: %.*s\n", MRL_F(v->cli->args[0]));
    if (r->by_key)
        MRL_BUF_LIT(b, "  signed by the key given\n");
    signed_text(b, "signed by", r->identity);
    signed_text(b, "vouched for by", r->issuer);
    for (uint32_t i = 0; i < r->n_times; i++) {
        MRL_BUF_LIT(b, "  at ");
        mrl_rfc3339_write(b, r->times[i].seconds, 0);
        mrl_buf_printf(b, " (%s)\n", source_name(r->times[i].source));
    }
    if (r->n_entries > 0)
        mrl_buf_printf(b, "  in %u transparency log entr%s\n", r->n_entries,
                       r->n_entries == 1 ? "y" : "ies");
    if (r->n_unknown_authorities > 0)
        mrl_buf_printf(b, "  %u timestamp(s) by authorities that the root does not know: no word\n",
                       r->n_unknown_authorities);
    if (r->logs_unchecked)
        MRL_BUF_LIT(b, "  its log entries and timestamps were not looked at: no --trusted-root\n");
    signed_text(b, "content:", r->payload_type);
}

static void json(const struct verify *v, mrl_status status, struct mrl_buf *b) {
    const struct mrl_verified *r = &v->result;
    mrl_buf_printf(b, "{\"verdict\": \"%s\"", status == MRL_OK ? "pass" : "fail");
    mrl_json_text_member(b, "artifact", v->cli->args[0]);
    if (status != MRL_OK) {
        mrl_json_text_member(b, "step", mrl_str_z(v->err.id));
        mrl_json_text_member(b, "reason", mrl_str_z(v->err.text));
        MRL_BUF_LIT(b, "}\n");
        return;
    }
    mrl_json_text_member(b, "by", r->by_key ? MRL_S("key") : MRL_S("certificate"));
    mrl_json_text_member(b, "identity", r->identity);
    mrl_json_text_member(b, "issuer", r->issuer);
    mrl_buf_printf(b, ", \"logEntries\": %u, \"times\": [", r->n_entries);
    for (uint32_t i = 0; i < r->n_times; i++) {
        mrl_buf_printf(b, "%s{\"time\": \"", i > 0 ? ", " : "");
        mrl_rfc3339_write(b, r->times[i].seconds, 0);
        mrl_buf_printf(b, "\", \"source\": \"%s\"}", source_name(r->times[i].source));
    }
    MRL_BUF_LIT(b, "]");
    mrl_json_text_member(b, "payloadType", r->payload_type);
    MRL_BUF_LIT(b, "}\n");
}

/* What could not be read is no verdict; what was read and does not hold is a fail. A bundle that
 * makes no sense is evidence that is present and wrong; a root or key that makes none says nothing
 * of the artifact. */
static bool is_verdict(const struct verify *v, mrl_status status) {
    return v->judging && (status == MRL_OK || status == MRL_E_INVALID || status == MRL_E_SYNTAX);
}

static int answer(struct verify *v, mrl_status status) {
    struct mrl_buf b;
    mrl_buf_init(&b, TEXT_MAX);
    bool as_json = mrl_str_eq(mrl_opt_str(v->cli, "format", MRL_S("human")), MRL_S("json"));
    if (as_json && is_verdict(v, status))
        json(v, status, &b);
    else if (status == MRL_OK)
        human(v, &b);
    else {
        if (v->err.text[0] == '\0')
            (void)mrl_err_set(&v->err, status, "verify", "%s", mrl_status_name(status));
        mrl_cli_print_err(v->cli, &v->err);
    }
    int code = mrl_cli_out_buf(v->cli, &b);
    if (code != MRL_EXIT_OK || status == MRL_OK)
        return code;
    return is_verdict(v, status) ? MRL_EXIT_FINDINGS : mrl_exit_of(status);
}

static int run_verify(struct mrl_cli *cli) {
    struct verify v = {.cli = cli};
    mrl_err_init(&v.err);
    if (cli->n_args != 1 || !mrl_opt_given(cli, "bundle"))
        return mrl_cli_usage(cli, "name --bundle FILE and one file or sha256:DIGEST");
    if (!mrl_trust_given_enough(cli))
        return MRL_EXIT_USAGE;
    mrl_status status = read_all(&v);
    if (status == MRL_OK)
        status = mrl_trust_verify(cli->arena, v.given.trust, &v.given.want, &v.bundle, &v.artifact,
                                  &v.err, &v.result);
    int code = answer(&v, status);
    mrl_trust_given_free(&v.given);
    return code;
}

static const struct mrl_opt opts[] = {
    {.name = "bundle", .letter = 'b', .arg = "FILE", .help = "the Sigstore bundle (JSON)"},
    MRL_TRUST_OPTS,
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the answer",
     .choices = "human|json"},
};

static const struct mrl_example examples[] = {
    {"merlon verify --bundle app.sigstore.json --key release.pub app.tar.gz", "by a key"},
    {"merlon verify --bundle app.sigstore.json --trusted-root root.json --certificate-identity "
     "https://example.com/build.yml --certificate-oidc-issuer https://issuer.example.com "
     "app.tar.gz",
     "by a certificate: who signed, and who vouched for it"},
};

const struct mrl_cmd mrl_cmd_verify = {
    .name = "verify",
    .args = "FILE|sha256:DIGEST",
    .summary = "verify the signature of a file by its Sigstore bundle",
    .text =
        "Checks a bundle (versions 0.1 to 0.3): the signature, the certificate's chain and the "
        "time "
        "at which it signed, timestamps, transparency log entries with their proofs, and that the "
        "artifact is the one that was signed. Evidence that is present and wrong fails, and no "
        "option changes that.\n\n"
        "Nothing is fetched: roots and keys are files. With a key alone the bundle's log entries "
        "and timestamps are looked at only with --trusted-root. Exits with 1 when it does not "
        "hold, with 3 when the file, root or key cannot be read: that is no verdict.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_verify,
    .args_max = 1,
};
