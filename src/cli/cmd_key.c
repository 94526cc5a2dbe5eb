/* cmd_key.c - `merlon key generate`: a new pair of keys in cosign's form. */
#include "cli/key_given.h"

#include "base/file.h"
#include "formats/keyfile/keyfile.h"
#include "formats/x509/x509.h"

#include <unistd.h>

#define PRIVATE_MODE 0600u
#define PUBLIC_MODE 0644u

struct generate {
    bool writing; /* all was made: what fails now is output */
    struct mrl_cli *cli;
    mrl_arena secrets;
    struct mrl_privkey *key;
    mrl_str private_file, public_file;
    struct mrl_err err;
};

static mrl_status names(struct generate *g) {
    mrl_str prefix = mrl_opt_str(g->cli, "output", MRL_S("merlon"));
    g->private_file = mrl_arena_printf(g->cli->arena, "%.*s.key", MRL_F(prefix));
    g->public_file = mrl_arena_printf(g->cli->arena, "%.*s.pub", MRL_F(prefix));
    MRL_CHECK(g->private_file.ptr != NULL && g->public_file.ptr != NULL, MRL_E_NOMEM);
    /* Asked before the passphrase is, to save typing it for nothing; what decides is the writing.
     */
    mrl_str files[] = {g->private_file, g->public_file};
    for (size_t i = 0; i < MRL_COUNTOF(files); i++)
        if (mrl_file_kind_of(files[i]) != MRL_FILE_NONE)
            return mrl_err_set(&g->err, MRL_E_CONFLICT, "key.exists",
                               "%.*s exists already and is not overwritten", MRL_F(files[i]));
    return MRL_OK;
}

static mrl_status make(struct generate *g, mrl_str *ret_private, mrl_str *ret_public) {
    bool ed25519 = mrl_str_eq(mrl_opt_str(g->cli, "type", MRL_S("p256")), MRL_S("ed25519"));
    mrl_str passphrase, spki;
    MRL_TRY(mrl_passphrase_get(g->cli, &g->secrets, true, &g->err, &passphrase));
    MRL_TRY(mrl_privkey_generate(ed25519 ? MRL_KEY_ED25519 : MRL_KEY_P256, &g->err, &g->key));
    MRL_TRY(mrl_keyfile_write_cosign(&g->secrets, g->key, passphrase, &g->err, ret_private));
    MRL_TRY(mrl_pubkey_spki(g->cli->arena, mrl_privkey_public(g->key), &spki));
    return mrl_pem_write(g->cli->arena, MRL_S("PUBLIC KEY"), spki, ret_public);
}

/* Both files or none. */
static mrl_status write_both(struct generate *g, mrl_str private_text, mrl_str public_text) {
    MRL_TRY(mrl_file_create(g->private_file, private_text, PRIVATE_MODE, &g->err));
    mrl_status status = mrl_file_create(g->public_file, public_text, PUBLIC_MODE, &g->err);
    if (status != MRL_OK)
        unlink(g->private_file.ptr); /* made a moment ago, by nobody else: see mrl_file_create */
    return status;
}

static mrl_status generate(struct generate *g) {
    mrl_str private_text, public_text;
    MRL_TRY(names(g));
    MRL_TRY(make(g, &private_text, &public_text));
    g->writing = true;
    return write_both(g, private_text, public_text);
}

static int run_key_generate(struct mrl_cli *cli) {
    struct generate g = {.cli = cli};
    struct mrl_buf b;
    mrl_err_init(&g.err);
    mrl_arena_init(&g.secrets, 64 * MRL_KEYFILE_BYTES_MAX);
    mrl_buf_init(&b, 1 << 16);
    mrl_status status = generate(&g);
    if (status == MRL_OK)
        mrl_buf_printf(&b, "Private key (%s): %.*s\nPublic key: %.*s\n",
                       mrl_pubkey_kind_name(mrl_pubkey_kind(mrl_privkey_public(g.key))),
                       MRL_F(g.private_file), MRL_F(g.public_file));
    else
        mrl_cli_print_err(cli, &g.err);
    mrl_privkey_free(g.key);
    mrl_arena_wipe(&g.secrets);
    int code = mrl_cli_out_buf(cli, &b);
    if (code != MRL_EXIT_OK || status == MRL_OK)
        return code;
    /* A file that exists already is the user's to decide on; one that cannot be written is output
     * that failed. */
    return g.writing && status != MRL_E_CONFLICT ? MRL_EXIT_INTERNAL : mrl_exit_of(status);
}

static const struct mrl_opt opts[] = {
    {.name = "output",
     .letter = 'o',
     .arg = "PREFIX",
     .help = "write PREFIX.key and PREFIX.pub (default: merlon)"},
    {.name = "type",
     .arg = "KIND",
     .help = "kind of key (default: p256)",
     .choices = "p256|ed25519"},
    MRL_PASSPHRASE_OPTS,
};

static const struct mrl_example examples[] = {
    {"merlon key generate -o release", "release.key, sealed under a passphrase, and release.pub"},
    {"merlon key generate --type ed25519 --passphrase-file /dev/fd/3 3<passphrase",
     "an Ed25519 key, with the passphrase from a descriptor"},
};

const struct mrl_cmd mrl_cmd_key_generate = {
    .name = "key generate",
    .args = "",
    .summary = "make a new pair of keys to sign with",
    .text = "Writes a private key in the form of cosign.key (scrypt and NaCl's secretbox over "
            "PKCS#8, readable by its owner only) and its public key. Existing files are never "
            "overwritten.\n\n" MRL_PASSPHRASE_TEXT " An empty one is allowed.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_key_generate,
    .args_max = 0,
};
