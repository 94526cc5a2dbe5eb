/* cmd_source_verify.c - `merlon source verify`: who signed the commits, and is the history whole?
 *
 * Reading fills one struct verify, row by row; each form of the answer is a function over it. What
 * could not be judged is `unknown` with its reason and never counts as signed.
 */
#include "cli/cli.h"
#include "cli/json_out.h"
#include "cli/screen.h"

#include "base/child.h"
#include "base/file.h"
#include "base/rfc3339.h"
#include "base/vec.h"
#include "formats/git/object.h"
#include "formats/sshsig/sshsig.h"
#include "services/git/repo.h"

#include <limits.h>
#include <stdlib.h>

#define TEXT_MAX (256u << 20)
#define SHOWN_MAX 20 /* rows that hold are listed one by one up to here */
#define BATCH 4096   /* commits read at a time: some megabytes */
#define GPG_TIMEOUT_MS 30000
#define SUBJECT_SHOWN 60
#define SIGNER_SHOWN 200

enum verdict { HOLDS, FAILS, UNKNOWN, N_VERDICTS };
static const char *const verdict_names[] = {"pass", "fail", "unknown"};

struct row { /* a commit, a tag, the history, or a submodule */
    const char *what;
    mrl_str id, subject, who;
    mrl_str signer, key; /* whose signature it is, and the key's fingerprint */
    int64_t when;
    enum verdict verdict;
    mrl_str why;
};

struct verify {
    struct mrl_cli *cli;
    struct mrl_git git;
    mrl_str from, to; /* commits; from empty: `to` alone or all of it */
    struct mrl_signers signers;
    bool has_signers;
    mrl_str keyring; /* for gpgv; empty: none */
    MRL_VEC(struct row) rows;
    uint32_t count[N_VERDICTS];
    struct mrl_err err;
};

static mrl_status add(struct verify *v, struct row r) {
    v->count[r.verdict]++;
    return MRL_VEC_PUSH(v->cli->arena, &v->rows, r);
}

static mrl_str copy_text(struct verify *v, const char *z) {
    return mrl_arena_str(v->cli->arena, mrl_str_z(z));
}

static void judge(struct verify *v, struct row *r, enum verdict verdict, const char *why) {
    r->verdict = verdict;
    r->why = copy_text(v, why);
}

/* --- signatures ------------------------------------------------------------------------------ */

/* What is wrong with a signature is a fail; what this build cannot verify is unknown. */
static void judge_error(struct verify *v, struct row *r, mrl_status status,
                        const struct mrl_err *err) {
    bool cannot = status == MRL_E_UNSUPPORTED || status == MRL_E_NOMEM;
    judge(v, r, cannot ? UNKNOWN : FAILS,
          err->text[0] != '\0' ? err->text : mrl_status_name(status));
}

static void judge_ssh(struct verify *v, const struct mrl_git_signed *s, struct row *r) {
    struct mrl_sshsig sig;
    struct mrl_err err;
    const char *why = "";
    mrl_err_init(&err);
    mrl_status status = mrl_sshsig_parse(v->cli->arena, s->signature, &err, &sig);
    if (status == MRL_OK)
        status = mrl_sshsig_verify(v->cli->arena, &sig, s->payload, &err);
    if (status == MRL_OK)
        status = mrl_ssh_fingerprint(v->cli->arena, sig.key, &r->key);
    if (status != MRL_OK) {
        judge_error(v, r, status, &err);
        return;
    }
    if (!mrl_str_eq(sig.ns, MRL_S("git"))) {
        judge(v, r, FAILS, "the signature was made for something else than git (its namespace)");
        return;
    }
    if (!v->has_signers) {
        judge(v, r, UNKNOWN, "whose key it is cannot be told without --allowed-signers");
        return;
    }
    const struct mrl_signer *who = mrl_signers_find(&v->signers, sig.key, sig.ns, s->when, &why);
    judge(v, r, who != NULL ? HOLDS : FAILS, why);
    if (who != NULL)
        r->signer = who->principals;
}

/* A signature by a key that is expired or revoked is valid, too, and ends with 0: only the word for
 * a good one counts, and that no other word was said. */
static bool pgp_holds(mrl_str said) {
    static const char *const bad[] = {"BADSIG", "ERRSIG", "EXPSIG", "EXPKEYSIG", "REVKEYSIG"};
    for (size_t i = 0; i < MRL_COUNTOF(bad); i++)
        if (mrl_str_find(said, mrl_str_z(bad[i]), 0) != MRL_STR_NPOS)
            return false;
    return mrl_str_find(said, MRL_S("[GNUPG:] GOODSIG "), 0) != MRL_STR_NPOS;
}

/* gpgv believes each key of the keyring that it is given, and asks nobody. */
static void judge_pgp(struct verify *v, const struct mrl_git_signed *s, struct row *r) {
    static const char *const env[] = {"LC_ALL=C", "PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    const char *const argv[] = {"gpgv", "--status-fd",     "1", "--keyring", v->keyring.ptr,
                                "--",   "/proc/self/fd/3", "-", NULL};
    struct mrl_child c = {.argv = argv,
                          .env = env,
                          .input = s->payload,
                          .extra = s->signature,
                          .output_max = 1 << 20,
                          .timeout_ms = GPG_TIMEOUT_MS};
    struct mrl_child_end end;
    struct mrl_err err;
    mrl_err_init(&err);
    if (v->keyring.len == 0) {
        judge(v, r, UNKNOWN, "an OpenPGP signature: name the keys to believe with --gpg-keyring");
        return;
    }
    mrl_status status = mrl_child_run(v->cli->arena, &c, &err, &end);
    if (status != MRL_OK) {
        judge(v, r, UNKNOWN, err.text);
        return;
    }
    size_t valid = mrl_str_find(end.output, MRL_S("[GNUPG:] VALIDSIG "), 0), space;
    if (end.code == 0 && valid != MRL_STR_NPOS && pgp_holds(end.output)) {
        mrl_str rest = mrl_str_sub(end.output, valid + 18, end.output.len);
        space = mrl_str_find(rest, MRL_S(" "), 0);
        r->key = mrl_str_sub(rest, 0, space);
        r->signer = r->key;
        judge(v, r, HOLDS, "");
        return;
    }
    bool no_key = mrl_str_find(end.output, MRL_S("[GNUPG:] NO_PUBKEY "), 0) != MRL_STR_NPOS;
    judge(v, r, FAILS,
          no_key ? "the OpenPGP key is not in the keyring" : "the OpenPGP signature does not hold");
}

static void judge_signed(struct verify *v, const struct mrl_git_signed *s, struct row *r) {
    r->subject = s->subject;
    r->who = s->who;
    r->when = s->when;
    if (s->signature.ptr == NULL) {
        judge(v, r, FAILS, "it is not signed");
        return;
    }
    switch (mrl_git_sort_of(s->signature)) {
    case MRL_GIT_SSH:
        judge_ssh(v, s, r);
        return;
    case MRL_GIT_PGP:
        judge_pgp(v, s, r);
        return;
    case MRL_GIT_X509:
        judge(v, r, UNKNOWN,
              "a certificate's signature (gitsign, S/MIME), which this build does not verify");
        return;
    default:
        judge(v, r, FAILS, "a signature of no kind that git knows");
    }
}

/* --- objects --------------------------------------------------------------------------------- */

static mrl_status judge_object(struct verify *v, const struct mrl_git_object *o) {
    struct mrl_git_signed s;
    struct mrl_err err;
    bool is_tag = mrl_str_eq(o->type, MRL_S("tag"));
    struct row r = {.what = is_tag ? "tag" : "commit", .id = o->id};
    mrl_err_init(&err);
    mrl_status status = is_tag ? mrl_git_tag(o->bytes, &err, &s)
                               : mrl_git_commit(v->cli->arena, o->bytes, &err, &s);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK)
        judge_error(v, &r, status, &err);
    else
        judge_signed(v, &s, &r);
    return add(v, r);
}

static mrl_status judge_objects(struct verify *v, const mrl_str *ids, uint32_t n) {
    struct mrl_git_object *o = MRL_ARENA_ARRAY(v->cli->arena, struct mrl_git_object, BATCH);
    MRL_CHECK(o != NULL, MRL_E_NOMEM);
    for (uint32_t at = 0; at < n; at += BATCH) {
        uint32_t some = n - at < BATCH ? n - at : BATCH;
        MRL_TRY(mrl_git_read(&v->git, ids + at, some, true, &v->err, o));
        for (uint32_t i = 0; i < some; i++) {
            if (o[i].id.len == 0)
                return mrl_err_set(&v->err, MRL_E_NOT_FOUND, "source",
                                   "the commit %.*s is not here", MRL_F(ids[at + i]));
            MRL_TRY(judge_object(v, &o[i]));
        }
    }
    return MRL_OK;
}

/* The commit of a name; fails when there is none. */
static mrl_status resolve(struct verify *v, mrl_str name, const char *suffix, mrl_str *ret_id,
                          mrl_str *ret_type) {
    struct mrl_git_object o;
    mrl_str full = mrl_arena_printf(v->cli->arena, "%.*s%s", MRL_F(name), suffix);
    MRL_CHECK(full.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_git_read(&v->git, &full, 1, false, &v->err, &o));
    if (o.id.len == 0)
        return mrl_err_set(&v->err, MRL_E_NOT_FOUND, "source", "%.*s: no commit %.*s",
                           MRL_F(v->git.path), MRL_F(name));
    *ret_id = o.id;
    if (ret_type != NULL)
        *ret_type = o.type;
    return MRL_OK;
}

/* --- history --------------------------------------------------------------------------------- */

/* The first word of the checkpoint file that is no comment. */
static mrl_status read_checkpoint(struct verify *v, mrl_str file, mrl_str *ret) {
    mrl_str text;
    MRL_TRY(mrl_file_read(v->cli->arena, file, 65536, &v->err, &text));
    while (text.len > 0) {
        mrl_str line = mrl_str_trim(mrl_str_cut(text, '\n', &text));
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        bool hex = line.len == 40 || line.len == 64;
        for (size_t i = 0; i < line.len && hex; i++)
            hex = strchr("0123456789abcdef", line.ptr[i]) != NULL;
        if (!hex)
            break;
        *ret = line;
        return MRL_OK;
    }
    return mrl_err_set(&v->err, MRL_E_SYNTAX, "source",
                       "%.*s: a checkpoint is a line with the full name of a commit: git rev-parse "
                       "HEAD >FILE writes one",
                       MRL_F(file));
}

/* The recorded commit must lie in the history of what stands now: else it was rewritten. */
static mrl_status judge_history(struct verify *v, mrl_str file) {
    mrl_str old;
    struct mrl_git_object o;
    bool inside = false;
    MRL_TRY(read_checkpoint(v, file, &old));
    struct row r = {.what = "history", .id = old};
    MRL_TRY(mrl_git_read(&v->git, &old, 1, false, &v->err, &o));
    if (o.id.len == 0 || !mrl_str_eq(o.type, MRL_S("commit"))) {
        judge(v, &r, FAILS,
              "the commit of the checkpoint is gone: the history was rewritten, or the clone is "
              "shallow");
        return add(v, r);
    }
    MRL_TRY(mrl_git_is_ancestor(&v->git, old, v->to, &v->err, &inside));
    if (inside && v->from.len == 0)
        v->from = old;
    judge(v, &r, inside ? HOLDS : FAILS,
          inside ? "" : "the commit of the checkpoint is no ancestor: the history was rewritten");
    return add(v, r);
}

/* All commits of a range. In a shallow clone some may be missing without a trace. */
static mrl_status judge_range(struct verify *v) {
    mrl_str *ids;
    uint32_t n;
    bool shallow;
    MRL_TRY(mrl_git_is_shallow(&v->git, &v->err, &shallow));
    if (shallow) {
        struct row r = {.what = "history", .id = v->to};
        judge(v, &r, UNKNOWN,
              "the clone is shallow: fetch the whole history (git fetch --unshallow)");
        MRL_TRY(add(v, r));
    }
    MRL_TRY(mrl_git_commits(&v->git, v->from, v->to, &v->err, &ids, &n));
    return judge_objects(v, ids, n);
}

/* --- submodules ------------------------------------------------------------------------------ */

static const struct mrl_git_submodule *module_at(const struct mrl_git_submodules *m, mrl_str path) {
    for (uint32_t i = 0; i < m->n; i++)
        if (mrl_str_eq(m->items[i].path, path))
            return &m->items[i];
    return NULL;
}

/* Relative ones follow the repository's own address. */
static bool is_safe_url(mrl_str url) {
    static const char *const good[] = {"https://", "ssh://", "../", "./"};
    for (size_t i = 0; i < MRL_COUNTOF(good); i++)
        if (mrl_str_starts(url, mrl_str_z(good[i])))
            return true;
    size_t colon = mrl_str_find(url, MRL_S(":"), 0), at = mrl_str_find(url, MRL_S("@"), 0);
    return mrl_str_find(url, MRL_S("://"), 0) == MRL_STR_NPOS && at != MRL_STR_NPOS && at > 0 &&
           at < colon && colon != MRL_STR_NPOS && url.ptr[0] != '-'; /* user@host:path */
}

/* Whether its commit is among what was fetched of it. */
static mrl_status judge_pinned(struct verify *v, const struct mrl_git_link *link, struct row *r) {
    struct mrl_git inside;
    struct mrl_git_object o;
    struct mrl_err err;
    mrl_str path =
        mrl_arena_printf(v->cli->arena, "%.*s/%.*s", MRL_F(v->git.path), MRL_F(link->path));
    mrl_str git = mrl_arena_printf(v->cli->arena, "%.*s/.git", MRL_F(path));
    MRL_CHECK(path.ptr != NULL && git.ptr != NULL, MRL_E_NOMEM);
    mrl_err_init(&err);
    /* Without its own .git, git would look in the folder above, and answer for another one. */
    if (mrl_file_kind_of(git) == MRL_FILE_NONE) {
        judge(v, r, UNKNOWN, "it is not fetched here, so its commit cannot be looked for");
        return MRL_OK;
    }
    MRL_TRY(mrl_git_open(v->cli->arena, path, &inside));
    mrl_status status = mrl_git_read(&inside, &link->id, 1, false, &err, &o);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK)
        judge(v, r, UNKNOWN, err.text);
    else if (o.id.len == 0 || !mrl_str_eq(o.type, MRL_S("commit")))
        judge(v, r, FAILS, "the commit that it is pinned to does not exist");
    else
        judge(v, r, HOLDS, "");
    return MRL_OK;
}

static mrl_status judge_module(struct verify *v, const struct mrl_git_submodules *modules,
                               const struct mrl_git_link *link) {
    struct row r = {.what = "submodule", .id = link->id, .subject = link->path};
    const struct mrl_git_submodule *m = module_at(modules, link->path);
    if (m == NULL)
        judge(v, &r, FAILS, "it has no entry in .gitmodules");
    else if (!is_safe_url(m->url))
        judge(v, &r, FAILS,
              "its URL is neither https nor ssh: what comes from there is not proved");
    else if (mrl_str_starts(m->update, MRL_S("!")))
        judge(v, &r, FAILS, "its entry in .gitmodules runs a command");
    else
        MRL_TRY(judge_pinned(v, link, &r));
    return add(v, r);
}

static mrl_status judge_modules(struct verify *v) {
    struct mrl_git_link *links;
    struct mrl_git_submodules modules = {NULL, 0, 0};
    struct mrl_git_object file;
    uint32_t n;
    MRL_TRY(mrl_git_links(&v->git, v->to, &v->err, &links, &n));
    if (n == 0)
        return MRL_OK;
    mrl_str name = mrl_arena_printf(v->cli->arena, "%.*s:.gitmodules", MRL_F(v->to));
    MRL_CHECK(name.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_git_read(&v->git, &name, 1, true, &v->err, &file));
    if (file.id.len > 0)
        MRL_TRY(mrl_git_modules(v->cli->arena, file.bytes, &v->err, &modules));
    for (uint32_t i = 0; i < n; i++)
        MRL_TRY(judge_module(v, &modules, &links[i]));
    return MRL_OK;
}

/* --- running --------------------------------------------------------------------------------- */

static mrl_status read_options(struct verify *v) {
    mrl_str file = mrl_opt_str(v->cli, "allowed-signers", MRL_S("")), text;
    mrl_str ring = mrl_opt_str(v->cli, "gpg-keyring", MRL_S(""));
    if (file.len > 0) {
        MRL_TRY(mrl_file_read(v->cli->arena, file, (size_t)64 << 20, &v->err, &text));
        MRL_TRY(mrl_signers_parse(v->cli->arena, text, file, &v->err, &v->signers));
        v->has_signers = true;
    }
    if (ring.len == 0)
        return MRL_OK;
    /* gpgv takes a name without a slash for one in its own folder. */
    char full[PATH_MAX];
    mrl_str z = mrl_arena_str(v->cli->arena, ring);
    MRL_CHECK(z.ptr != NULL, MRL_E_NOMEM);
    if (realpath(z.ptr, full) == NULL)
        return mrl_err_set(&v->err, MRL_E_NOT_FOUND, "source", "no keyring %.*s", MRL_F(ring));
    v->keyring = copy_text(v, full);
    return v->keyring.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* A name alone is that commit or tag; "A..B" what B has and A has not. */
static mrl_status read_range(struct verify *v, mrl_str range, mrl_str *ret_tag) {
    size_t dots = mrl_str_find(range, MRL_S(".."), 0);
    mrl_str id, type;
    if (dots != MRL_STR_NPOS) {
        MRL_TRY(resolve(v, mrl_str_sub(range, 0, dots), "^{commit}", &v->from, NULL));
        range = mrl_str_sub(range, dots + 2, range.len);
        if (mrl_str_starts(range, MRL_S(".")))
            return mrl_err_set(&v->err, MRL_E_INVALID, "source", "name a range as A..B");
    }
    MRL_TRY(resolve(v, range, "", &id, &type));
    if (dots == MRL_STR_NPOS && mrl_str_eq(type, MRL_S("tag")))
        *ret_tag = id;
    return resolve(v, range, "^{commit}", &v->to, NULL);
}

static mrl_status run_all(struct verify *v) {
    mrl_str range = v->cli->n_args > 1 ? v->cli->args[1] : MRL_S("HEAD"), tag = {NULL, 0};
    mrl_str checkpoint = mrl_opt_str(v->cli, "checkpoint", MRL_S(""));
    MRL_TRY(read_options(v));
    MRL_TRY(
        mrl_git_open(v->cli->arena, v->cli->n_args > 0 ? v->cli->args[0] : MRL_S("."), &v->git));
    MRL_TRY(read_range(v, range, &tag));
    if (checkpoint.len > 0)
        MRL_TRY(judge_history(v, checkpoint));
    if (tag.ptr != NULL)
        MRL_TRY(judge_objects(v, &tag, 1));
    if (v->from.len == 0 && !mrl_opt_given(v->cli, "history"))
        MRL_TRY(judge_objects(v, &v->to, 1));
    else
        MRL_TRY(judge_range(v));
    return judge_modules(v);
}

/* --- answers --------------------------------------------------------------------------------- */

static enum verdict overall(const struct verify *v) {
    return v->count[FAILS] > 0 ? FAILS : v->count[UNKNOWN] > 0 ? UNKNOWN : HOLDS;
}

static void human_row(const struct row *r, struct mrl_buf *b) {
    mrl_buf_printf(b, "  %-7s %s %.*s ", verdict_names[r->verdict], r->what,
                   (int)(r->id.len < 12 ? r->id.len : 12), r->id.ptr);
    mrl_plain_text(b, mrl_str_sub(r->subject, 0, SUBJECT_SHOWN));
    if (r->signer.len > 0) {
        MRL_BUF_LIT(b, "\n          signed by ");
        mrl_plain_text(b, mrl_str_sub(r->signer, 0, SIGNER_SHOWN));
    }
    if (r->why.len > 0) {
        MRL_BUF_LIT(b, "\n          ");
        mrl_plain_text(b, r->why);
    }
    mrl_buf_byte(b, '\n');
}

static void human(const struct verify *v, struct mrl_buf *b) {
    static const char *const words[] = {"Verified", "Not verified", "Not known"};
    mrl_buf_printf(b, "%s: %.*s at %.*s\n", words[overall(v)], MRL_F(v->git.path), 12, v->to.ptr);
    mrl_buf_printf(b, "  %u hold, %u fail, %u unknown\n", v->count[HOLDS], v->count[FAILS],
                   v->count[UNKNOWN]);
    for (uint32_t i = 0; i < v->rows.n; i++)
        if (v->rows.items[i].verdict != HOLDS || v->rows.n <= SHOWN_MAX)
            human_row(&v->rows.items[i], b);
    if (v->rows.n == 0)
        MRL_BUF_LIT(b, "  there are no commits in this range\n");
}

static void member(struct mrl_buf *b, const char *name, mrl_str text) {
    if (text.len == 0)
        return;
    mrl_json_text_member(b, name, text);
}

static void json(const struct verify *v, struct mrl_buf *b) {
    mrl_buf_printf(b, "{\"schema\": \"merlon.source/1\", \"verdict\": \"%s\"",
                   verdict_names[overall(v)]);
    member(b, "repository", v->git.path);
    member(b, "commit", v->to);
    mrl_buf_printf(b, ", \"counts\": {\"pass\": %u, \"fail\": %u, \"unknown\": %u}, \"rows\": [",
                   v->count[HOLDS], v->count[FAILS], v->count[UNKNOWN]);
    for (uint32_t i = 0; i < v->rows.n; i++) {
        const struct row *r = &v->rows.items[i];
        mrl_buf_printf(b, "%s\n  {\"kind\": \"%s\", \"verdict\": \"%s\"", i > 0 ? "," : "", r->what,
                       verdict_names[r->verdict]);
        member(b, "id", r->id);
        member(b, strcmp(r->what, "submodule") == 0 ? "path" : "subject", r->subject);
        member(b, "by", r->who);
        member(b, "signer", r->signer);
        member(b, "key", r->key);
        member(b, "reason", r->why);
        if (r->when != 0) {
            MRL_BUF_LIT(b, ", \"time\": \"");
            mrl_rfc3339_write(b, r->when, 0);
            MRL_BUF_LIT(b, "\"");
        }
        MRL_BUF_LIT(b, "}");
    }
    MRL_BUF_LIT(b, "]}\n");
}

static int run_source_verify(struct mrl_cli *cli) {
    static const int codes[] = {MRL_EXIT_OK, MRL_EXIT_FINDINGS, MRL_EXIT_UNKNOWN};
    struct verify v = {.cli = cli};
    struct mrl_buf b;
    mrl_err_init(&v.err);
    mrl_status status = run_all(&v);
    if (status != MRL_OK) {
        if (v.err.text[0] == '\0')
            (void)mrl_err_set(&v.err, status, "source", "%s", mrl_status_name(status));
        mrl_cli_print_err(cli, &v.err);
        return status == MRL_E_INVALID ? MRL_EXIT_FINDINGS : mrl_exit_of(status);
    }
    mrl_buf_init(&b, TEXT_MAX);
    if (mrl_str_eq(mrl_opt_str(cli, "format", MRL_S("human")), MRL_S("json")))
        json(&v, &b);
    else
        human(&v, &b);
    int code = mrl_cli_out_buf(cli, &b);
    return code != MRL_EXIT_OK ? code : codes[overall(&v)];
}

static const struct mrl_opt opts[] = {
    {.name = "allowed-signers",
     .letter = 's',
     .arg = "FILE",
     .help = "SSH keys to believe, in the form of gpg.ssh.allowedSignersFile"},
    {.name = "gpg-keyring", .arg = "FILE", .help = "OpenPGP keys to believe, as gpgv reads them"},
    {.name = "checkpoint",
     .letter = 'c',
     .arg = "FILE",
     .help = "a commit that must lie in the history; those after it are verified"},
    {.name = "history", .help = "verify all commits, not the last one alone"},
    {.name = "format",
     .letter = 'f',
     .arg = "FORM",
     .help = "form of the answer",
     .choices = "human|json"},
};

static const struct mrl_example examples[] = {
    {"merlon source verify --allowed-signers signers . v1.2", "a tag and its commit"},
    {"merlon source verify --allowed-signers signers . origin/main..HEAD", "what is new"},
    {"merlon source verify --allowed-signers signers --checkpoint last.commit",
     "all since a recorded commit, which must still be there"},
};

const struct mrl_cmd mrl_cmd_source_verify = {
    .name = "source verify",
    .args = "[REPO] [REVISION|A..B]",
    .summary = "verify the signatures of commits and tags, history and submodules",
    .text =
        "Every commit of the range (default: HEAD alone) must be signed by a key that is believed: "
        "SSH signatures are verified here against a list of allowed signers, whose namespaces and "
        "times count at the committer's date, as git has it; OpenPGP signatures by gpgv where it "
        "exists; signatures by certificates (gitsign) are unknown. A commit without a signature "
        "fails.\n\n"
        "With --checkpoint the commit named in FILE must be an ancestor: a history that was "
        "rewritten is told. Submodules must be pinned to commits that exist, and come by https or "
        "ssh.\n\n"
        "Objects are read through git, with its hooks, helpers and transports switched off; their "
        "names are computed again. Exits with 1 when something fails, with 3 when something is "
        "unknown and nothing fails.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_source_verify,
    .args_max = 2,
};
