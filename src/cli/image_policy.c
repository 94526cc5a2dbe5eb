/* image_policy.c - see image_policy.h. */
#include "cli/image_policy.h"

#include "base/file.h"
#include "base/rfc3339.h"
#include "cli/check.h"
#include "cli/images.h"
#include "cli/json_out.h"
#include "formats/json/json.h"

#define TEXT_MAX ((size_t)256 << 20)
#define LIST_BYTES_MAX ((size_t)16 << 20)

struct decision {
    enum mrl_verdict verdict;
    uint32_t from, to; /* its findings */
};

struct run {
    struct mrl_cli *cli;
    struct mrl_check check;
    struct mrl_images *images;
    struct mrl_text_file list; /* where the images are named: its text has one a line */
    MRL_VEC(struct mrl_image) named;
    struct decision *decisions; /* by image */
    uint32_t count[4];          /* by enum mrl_verdict */
    bool dry;
};

/* --- which images ---------------------------------------------------------------------------- */

bool mrl_image_policy_wanted(const struct mrl_cli *cli) {
    return !mrl_opt_given(cli, "key") && !mrl_opt_given(cli, "trusted-root");
}

static mrl_status name_one(struct run *r, mrl_str text, size_t start) {
    struct mrl_image image;
    MRL_TRY(mrl_images_name(r->images, text, &image));
    image.use = (struct mrl_image_use){.text = text,
                                       .source = &r->list,
                                       .start = (uint32_t)start,
                                       .end = (uint32_t)(start + text.len)};
    return MRL_VEC_PUSH(r->cli->arena, &r->named, image);
}

/* Blank lines and lines that begin with # say nothing. */
static mrl_status name_all(struct run *r) {
    size_t at = 0;
    for (mrl_str rest = r->list.text; rest.len > 0;) {
        mrl_str line = mrl_str_cut(rest, '\n', &rest), text = mrl_str_trim(line);
        if (text.len > 0 && text.ptr[0] != '#')
            MRL_TRY(name_one(r, text, at + (size_t)(text.ptr - line.ptr)));
        at += line.len + 1;
    }
    return MRL_OK;
}

/* The images of the command line and those of --images-from, as one text. */
static mrl_status read_list(struct run *r) {
    mrl_arena *a = r->cli->arena;
    mrl_str file = mrl_opt_str(r->cli, "images-from", MRL_S("")), text = MRL_S("");
    struct mrl_buf b;
    if (file.len > 0)
        MRL_TRY(mrl_file_read(a, file, LIST_BYTES_MAX, &r->check.files.err, &text));
    mrl_buf_init(&b, 2 * LIST_BYTES_MAX);
    mrl_buf_add(&b, text);
    if (text.len > 0 && !mrl_str_ends(text, MRL_S("\n")))
        mrl_buf_byte(&b, '\n');
    for (size_t i = 0; i < r->cli->n_args; i++)
        mrl_buf_printf(&b, "%.*s\n", MRL_F(r->cli->args[i]));
    r->list.path = file.len > 0 ? file : MRL_S("(command line)");
    return mrl_buf_give(&b, a, &r->list.text);
}

/* --- deciding -------------------------------------------------------------------------------- */

/* Findings stand in the order of the subjects. What an exception accepts refuses nothing. */
static void decide(struct run *r) {
    const struct mrl_posture *p = &r->check.posture;
    for (uint32_t i = 0, at = 0; i < r->named.n; i++) {
        struct decision *d = &r->decisions[i];
        mrl_str accept = mrl_val_str(MRL_GET(r->named.items[i].parameters, "accept"));
        d->verdict = mrl_str_eq(accept, MRL_S("anything")) ? MRL_NOT_APPLICABLE : MRL_PASS;
        d->from = at;
        for (; at < p->n_findings && p->findings[at].object == &r->check.objects.items[i]; at++) {
            const struct mrl_finding *f = &p->findings[at];
            if (f->accepted == MRL_NOT_ACCEPTED && d->verdict != MRL_FAIL)
                d->verdict = f->verdict;
        }
        d->to = at;
        r->count[d->verdict]++;
    }
}

static mrl_status judge(struct run *r) {
    struct mrl_check *c = &r->check;
    mrl_objects_init(&c->objects, r->cli->arena);
    MRL_TRY(mrl_images_ask(r->images, c->pool, r->named.items, r->named.n, &c->files.err));
    for (uint32_t i = 0; i < r->named.n; i++)
        MRL_TRY(mrl_images_add(r->images, &r->named.items[i], &c->objects));
    MRL_TRY(mrl_check_judge(c));
    r->decisions = MRL_ARENA_ARRAY(r->cli->arena, struct decision, (size_t)r->named.n + 1);
    MRL_CHECK(r->decisions != NULL, MRL_E_NOMEM);
    decide(r);
    return MRL_OK;
}

static mrl_status run_all(struct run *r) {
    struct mrl_check *c = &r->check;
    MRL_TRY(mrl_check_load(c));
    bool rules = mrl_is_arr(MRL_GET(c->config, "images")); /* to name an image is to ask for it */
    MRL_TRY(mrl_images_open(r->cli, c->config, c->config_file, rules, &c->files.err, &r->images));
    if (!rules)
        return mrl_err_set(&c->files.err, MRL_E_INVALID, "image.policy",
                           "name --key FILE, or --trusted-root FILE with an identity; or write "
                           "rules of images into merlon.yaml (docs/howto/trust-policy.md)");
    MRL_TRY(read_list(r));
    MRL_TRY(name_all(r));
    mrl_progress_next(&c->progress, "images verified", r->named.n);
    return judge(r);
}

/* --- answers --------------------------------------------------------------------------------- */

static const char *word_of(const struct run *r, enum mrl_verdict v) {
    static const char *const refusing[] = {"admit", "refuse", "admit", "unknown"};
    static const char *const judging[] = {"pass", "fail", "pass", "unknown"};
    return r->dry ? refusing[v] : judging[v];
}

static const char *style_of(enum mrl_verdict v) {
    return v == MRL_FAIL ? MRL_STYLE_RED : v == MRL_UNKNOWN ? MRL_STYLE_YELLOW : MRL_STYLE_GREEN;
}

/* The signers of each fact that holds, as one line. */
static void say_facts(struct mrl_screen *s, const char *what, mrl_val facts) {
    for (uint32_t i = 0; mrl_is_arr(facts) && i < facts.len; i++) {
        mrl_val f = mrl_arr_at(facts, i), names = MRL_GET(f, "signers");
        mrl_str type = mrl_val_str(MRL_GET(f, "predicateType"));
        mrl_str who = mrl_val_str(MRL_GET(f, "identity"));
        for (uint32_t k = 0; mrl_is_arr(names) && k < names.len; k++)
            mrl_screen_say(s, 2, NULL, "%s by %.*s%s%.*s%s%.*s", what,
                           MRL_F(mrl_val_str(mrl_arr_at(names, k))), who.len > 0 ? ", " : "",
                           MRL_F(who), what[0] == 'a' ? ": " : "",
                           MRL_F(what[0] == 'a' ? type : MRL_S("")));
    }
}

static void say_refused(struct mrl_screen *s, mrl_val refused) {
    for (uint32_t i = 0; mrl_is_arr(refused) && i < refused.len; i++) {
        mrl_val f = mrl_arr_at(refused, i);
        mrl_screen_say(s, 2, MRL_STYLE_DIM, "does not hold: %.*s: %.*s",
                       MRL_F(mrl_val_str(MRL_GET(f, "from"))),
                       MRL_F(mrl_val_str(MRL_GET(f, "reason"))));
    }
}

static void say_rule(struct mrl_screen *s, mrl_val rule) {
    mrl_str match = mrl_val_str(mrl_arr_at(MRL_GET(rule, "match"), 0));
    mrl_str accept = mrl_val_str(MRL_GET(rule, "accept"));
    if (match.len > 0)
        mrl_screen_say(s, 2, NULL, "rule for %.*s: %s", MRL_F(match),
                       mrl_str_eq(accept, MRL_S("signed"))    ? "signatures are needed"
                       : mrl_str_eq(accept, MRL_S("nothing")) ? "nothing is accepted"
                                                              : "anything is accepted");
}

static void human_one(const struct run *r, uint32_t i, struct mrl_screen *s) {
    const struct mrl_image *image = &r->named.items[i];
    const struct decision *d = &r->decisions[i];
    mrl_str digest = mrl_val_str(MRL_GET(image->evidence, "digest"));
    mrl_screen_say(s, 0, style_of(d->verdict), "%s %.*s", word_of(r, d->verdict),
                   MRL_F(image->text));
    if (digest.len > 0)
        mrl_screen_say(s, 2, MRL_STYLE_DIM, "%.*s", MRL_F(digest));
    say_rule(s, image->parameters);
    say_facts(s, "signed", MRL_GET(image->evidence, "signatures"));
    say_facts(s, "attested", MRL_GET(image->evidence, "attestations"));
    for (uint32_t k = d->from; k < d->to; k++) {
        const struct mrl_finding *f = &r->check.posture.findings[k];
        mrl_screen_say(s, 2, style_of(f->verdict), "%.*s %s%s: %.*s", MRL_F(f->control->id),
                       f->verdict == MRL_FAIL ? mrl_severity_name(f->control->severity)
                                              : mrl_verdict_name(f->verdict),
                       f->accepted != MRL_NOT_ACCEPTED ? ", accepted" : "", MRL_F(f->message));
    }
    if (d->verdict == MRL_PASS)
        say_refused(s, MRL_GET(image->evidence, "refused"));
}

static void human(const struct run *r, struct mrl_buf *b) {
    struct mrl_screen s = {b, (size_t)r->cli->width, r->cli->color_out};
    for (uint32_t i = 0; i < r->named.n; i++)
        human_one(r, i, &s);
    mrl_screen_say(&s, 0, NULL,
                   r->dry ? "%u image%s: %u would be admitted, %u refused, %u unknown"
                          : "%u image%s: %u pass, %u fail, %u unknown",
                   r->named.n, r->named.n == 1 ? "" : "s",
                   r->count[MRL_PASS] + r->count[MRL_NOT_APPLICABLE], r->count[MRL_FAIL],
                   r->count[MRL_UNKNOWN]);
}

static void value(const struct run *r, struct mrl_buf *b, const char *name, mrl_val v) {
    mrl_buf_printf(b, ", \"%s\": ", name);
    mrl_json_write(b, r->cli->arena, mrl_is_defined(v) ? v : mrl_null(), NULL);
}

static void json_one(const struct run *r, uint32_t i, struct mrl_buf *b) {
    const struct mrl_image *image = &r->named.items[i];
    const struct decision *d = &r->decisions[i];
    mrl_buf_printf(b, "%s\n  {\"verdict\": \"%s\"", i > 0 ? "," : "", mrl_verdict_name(d->verdict));
    mrl_json_text_member(b, "image", image->text);
    mrl_json_text_member(b, "key", image->key);
    mrl_json_text_member(b, "digest", mrl_val_str(MRL_GET(image->evidence, "digest")));
    value(r, b, "rule", image->parameters);
    MRL_BUF_LIT(b, ", \"findings\": [");
    for (uint32_t k = d->from; k < d->to; k++) {
        const struct mrl_finding *f = &r->check.posture.findings[k];
        mrl_buf_printf(b, "%s{\"verdict\": \"%s\", \"severity\": \"%s\", \"accepted\": %s",
                       k > d->from ? ", " : "", mrl_verdict_name(f->verdict),
                       mrl_severity_name(f->control->severity),
                       f->accepted != MRL_NOT_ACCEPTED ? "true" : "false");
        mrl_json_text_member(b, "control", f->control->id);
        mrl_json_text_member(b, "message", f->message);
        mrl_buf_byte(b, '}');
    }
    MRL_BUF_LIT(b, "]");
    value(r, b, "evidence", image->evidence);
    mrl_buf_byte(b, '}');
}

static void json(const struct run *r, struct mrl_buf *b) {
    mrl_buf_printf(b, "{\"schema\": \"" MRL_EVIDENCE_SCHEMA "\", \"merlon\": \"" MRL_VERSION
                      "\", \"time\": \"");
    mrl_rfc3339_write(b, r->images->now, 0);
    mrl_buf_printf(b, "\", \"dryRun\": %s", r->dry ? "true" : "false");
    mrl_json_text_member(b, "signers", r->images->signers_digest);
    MRL_BUF_LIT(b, ", \"images\": [");
    for (uint32_t i = 0; i < r->named.n; i++)
        json_one(r, i, b);
    MRL_BUF_LIT(b, "]}\n");
}

static int answer(struct run *r) {
    struct mrl_buf b;
    mrl_buf_init(&b, TEXT_MAX);
    if (mrl_str_eq(mrl_opt_str(r->cli, "format", MRL_S("human")), MRL_S("json")))
        json(r, &b);
    else
        human(r, &b);
    int code = mrl_cli_out_buf(r->cli, &b);
    if (code != MRL_EXIT_OK || r->dry)
        return code;
    return r->count[MRL_FAIL] > 0      ? MRL_EXIT_FINDINGS
           : r->count[MRL_UNKNOWN] > 0 ? MRL_EXIT_UNKNOWN
                                       : MRL_EXIT_OK;
}

int mrl_image_policy_run(struct mrl_cli *cli) {
    struct run r = {.cli = cli, .dry = mrl_opt_given(cli, "dry-run")};
    if (cli->n_args == 0 && !mrl_opt_given(cli, "images-from"))
        return mrl_cli_usage(cli, "name an image, or a list of them with --images-from FILE");
    int code = mrl_check_open(&r.check, cli);
    if (code != MRL_EXIT_OK)
        return code;
    mrl_progress_start(&r.check.progress, cli);
    mrl_status status = run_all(&r);
    mrl_progress_stop(&r.check.progress);
    code = status == MRL_OK ? answer(&r) : mrl_policy_files_fail(cli, &r.check.files, status);
    mrl_images_free(r.images);
    mrl_check_release(&r.check);
    return code;
}
