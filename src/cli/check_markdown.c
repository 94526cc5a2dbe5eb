/* check_markdown.c - the answer as Markdown, for the summary page of a CI run or a comment.
 *
 * Names and messages come from files that others wrote: what means something in Markdown or HTML is
 * escaped, and code spans hold no backticks.
 */
#include "cli/check.h"

#define GROUPS_MAX 50 /* a summary page is read by people; CI systems cut at 1 MB */
#define PLACES_MAX 20

static void text(struct mrl_buf *b, mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c != '\0' && strchr("\\`*_{}[]<>#|&~", c) != NULL)
            mrl_buf_byte(b, '\\');
        mrl_buf_byte(b, c < 0x20 || c == 0x7F ? ' ' : (char)c);
    }
}

static void code(struct mrl_buf *b, mrl_str s) {
    mrl_buf_byte(b, '`');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        mrl_buf_byte(b, c < 0x20 || c == 0x7F ? ' ' : c == '`' ? '\'' : (char)c);
    }
    mrl_buf_byte(b, '`');
}

static void place(struct mrl_buf *b, const struct mrl_finding *f) {
    mrl_buf_add(b, MRL_S("- "));
    code(b, f->source->path);
    mrl_buf_printf(b, " line %u, %.*s ", f->pos.line, MRL_F(f->object->kind));
    code(b, f->object->name);
    mrl_buf_add(b, MRL_S(": "));
    text(b, f->message);
    mrl_buf_byte(b, '\n');
}

static void group(struct mrl_buf *b, const struct mrl_group *g) {
    const struct mrl_control *k = g->control;
    mrl_buf_printf(b, "\n<details><summary><b>%s</b> ", mrl_severity_name(k->severity));
    text(b, k->id);
    mrl_buf_byte(b, ' ');
    text(b, k->title);
    mrl_buf_printf(b, " (%u)</summary>\n\n", g->n);
    for (uint32_t i = 0; i < g->n && i < PLACES_MAX; i++)
        place(b, g->findings[i]);
    if (g->n > PLACES_MAX)
        mrl_buf_printf(b, "- and %u more\n", g->n - PLACES_MAX);
    mrl_buf_add(b, MRL_S("\nWhy: "));
    text(b, k->why);
    mrl_buf_add(b, MRL_S("\n\nFix: "));
    text(b, k->remediation);
    mrl_buf_add(b, MRL_S("\n\n</details>\n"));
}

static void unread(const struct mrl_check *c, struct mrl_buf *b) {
    if (c->n_unread > 0)
        mrl_buf_add(b, MRL_S("\n### Could not be read\n\n"));
    for (uint32_t i = 0; i < c->n_unread; i++) {
        const struct mrl_err *e = c->unread[i];
        mrl_buf_add(b, MRL_S("- "));
        code(b, e->pos.file);
        mrl_buf_printf(b, " line %u: ", e->pos.line);
        text(b, mrl_str_z(e->text));
        mrl_buf_byte(b, '\n');
    }
}

void mrl_check_markdown(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    const uint64_t *n = c->posture.all.count;
    (void)color;
    mrl_buf_add(b, MRL_S("## merlon check\n\n"));
    if (c->score.known)
        mrl_buf_printf(b,
                       "| score | coverage | floor | pass | fail | unknown |\n"
                       "|---|---|---|---|---|---|\n"
                       "| %.1f | %.1f %% | %.1f | %llu | %llu | %llu |\n",
                       c->score.score, c->score.coverage, c->score.floor,
                       (unsigned long long)n[MRL_PASS], (unsigned long long)n[MRL_FAIL],
                       (unsigned long long)n[MRL_UNKNOWN]);
    else
        mrl_buf_add(b, MRL_S("No score: nothing could be judged.\n"));
    for (size_t i = 0; i < c->n_groups && i < GROUPS_MAX; i++)
        group(b, &c->groups[i]);
    if (c->n_groups > GROUPS_MAX)
        mrl_buf_printf(b, "\nand %zu more groups of findings\n", c->n_groups - GROUPS_MAX);
    unread(c, b);
}
