/* check_markdown.c - the answer as Markdown, for the summary page of a CI run or a comment.
 *
 * Names and messages come from files that others wrote: what means something in Markdown or HTML is
 * escaped, and code spans hold no backticks.
 */
#include "cli/check.h"

#define GROUPS_MAX 50 /* a summary page is read by people; CI systems cut at 1 MB */
#define PLACES_MAX 20
#define BYTES_MAX 60000 /* a comment on GitHub holds 65,536 characters */

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

/* Whether what stands behind `before` fits a comment; if not it is taken back. */
static bool fits(struct mrl_buf *b, size_t before) {
    if (b->len <= BYTES_MAX)
        return true;
    b->len = before;
    return false;
}

/* All groups that fit, and how many do not. */
static void groups(const struct mrl_check *c, struct mrl_buf *b) {
    size_t i = 0;
    for (; i < c->n_groups && i < GROUPS_MAX; i++) {
        size_t before = b->len;
        group(b, &c->groups[i]);
        if (!fits(b, before))
            break;
    }
    if (i < c->n_groups)
        mrl_buf_printf(b, "\nand %zu more groups of findings\n", c->n_groups - i);
}

static void unread(const struct mrl_check *c, struct mrl_buf *b) {
    if (c->n_unread > 0)
        mrl_buf_add(b, MRL_S("\n### Could not be read\n\n"));
    for (uint32_t i = 0; i < c->n_unread; i++) {
        const struct mrl_err *e = c->unread[i];
        size_t before = b->len;
        mrl_buf_add(b, MRL_S("- "));
        code(b, e->pos.file);
        mrl_buf_printf(b, " line %u: ", e->pos.line);
        text(b, mrl_str_z(e->text));
        mrl_buf_byte(b, '\n');
        if (fits(b, before))
            continue;
        mrl_buf_printf(b, "- and %u more\n", c->n_unread - i);
        return;
    }
}

/* What is new, before all else: it decides. */
static void since(const struct mrl_since *s, struct mrl_buf *b) {
    mrl_buf_byte(b, '\n');
    if (s->problem != NULL) {
        mrl_buf_add(b, MRL_S("**The base cannot be read: nobody knows what is new.**\n"));
        return;
    }
    mrl_buf_printf(b, "**%u new**, %u old, %u fixed", s->n_new, s->n_old, s->n_gone);
    mrl_buf_add(b, s->commit.len > 0 ? MRL_S(", since ") : MRL_S(". No base: "));
    if (s->commit.len > 0)
        code(b, s->name);
    mrl_buf_add(b, s->commit.len > 0 ? MRL_S(" (") : MRL_S(""));
    text(b, s->how);
    if (s->commit.len > 0)
        mrl_buf_printf(b, ", %.12s)", s->commit.ptr);
    mrl_buf_byte(b, '\n');
}

/* How much of each control stands at the base, folded away. */
static void old_debt(const struct mrl_check *c, struct mrl_buf *b) {
    uint32_t *n = MRL_ARENA_ARRAY(c->cli->arena, uint32_t, c->controls.n + 1);
    if (n == NULL || c->since->n_old == 0)
        return;
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->accepted == MRL_ACCEPTED_BASE && f->verdict == MRL_FAIL)
            n[f->control - c->controls.items]++;
    }
    mrl_buf_printf(b, "\n<details><summary>Old debt: %u</summary>\n\n", c->since->n_old);
    for (uint32_t i = 0; i < c->controls.n; i++) {
        size_t before = b->len;
        if (n[i] == 0)
            continue;
        mrl_buf_printf(b, "- %s ", mrl_severity_name(c->controls.items[i].severity));
        text(b, c->controls.items[i].id);
        mrl_buf_byte(b, ' ');
        text(b, c->controls.items[i].title);
        mrl_buf_printf(b, ": %u\n", n[i]);
        if (!fits(b, before))
            break;
    }
    mrl_buf_add(b, MRL_S("\n</details>\n"));
}

void mrl_check_markdown(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    const uint64_t *n = c->posture.all.count;
    (void)color;
    mrl_buf_printf(b, "## merlon %s\n\n", c->cli->cmd->name);
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
    if (c->since != NULL)
        since(c->since, b);
    groups(c, b);
    unread(c, b);
    if (c->since != NULL)
        old_debt(c, b);
}
