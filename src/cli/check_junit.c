/* check_junit.c - the answer as JUnit XML: one case a control. */
#include "cli/check.h"
#include "cli/xml.h"

struct open { /* findings of one control that nothing accepts */
    uint32_t fail, unknown;
};

/* How a control stands: "failure", "error", "skipped", or NULL for a pass. What is accepted is no
 * failure here either: the same gate holds for every form. */
static const char *outcome(const struct mrl_check *c, uint32_t i, const struct open *o) {
    const uint64_t *n = c->posture.by_control[i].count;
    return o->fail > 0                      ? "failure"
           : o->unknown > 0                 ? "error"
           : n[MRL_PASS] + n[MRL_FAIL] == 0 ? "skipped"
                                            : NULL;
}

static void findings(const struct mrl_check *c, struct mrl_buf *b, const struct mrl_control *k) {
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->control != k || f->accepted != MRL_NOT_ACCEPTED)
            continue;
        mrl_buf_printf(b, "%s: ", mrl_verdict_name(f->verdict));
        mrl_xml_text(b, f->source->path);
        mrl_buf_printf(b, ":%u:%u: ", f->pos.line, f->pos.col);
        mrl_xml_text(b, f->message);
        mrl_buf_byte(b, '\n');
    }
}

static void control(const struct mrl_check *c, struct mrl_buf *b, uint32_t i,
                    const struct open *o) {
    const struct mrl_control *k = &c->controls.items[i];
    const char *tag = outcome(c, i, o);
    mrl_buf_add(b, MRL_S("<testcase classname=\""));
    mrl_xml_text(b, k->category);
    mrl_buf_add(b, MRL_S("\" name=\""));
    mrl_xml_text(b, k->id);
    mrl_buf_byte(b, ' ');
    mrl_xml_text(b, k->title);
    mrl_buf_add(b, MRL_S("\">"));
    if (tag != NULL && strcmp(tag, "skipped") == 0) {
        mrl_buf_add(b, MRL_S("<skipped/>"));
    } else if (tag != NULL) {
        mrl_buf_printf(b, "<%s message=\"%u failed, %u unknown\">", tag, o->fail, o->unknown);
        findings(c, b, k);
        mrl_buf_printf(b, "</%s>", tag);
    }
    mrl_buf_add(b, MRL_S("</testcase>\n"));
}

/* The open findings of each control. */
static void count(const struct mrl_check *c, struct open *by_control) {
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        struct open *o = &by_control[f->control - c->controls.items];
        if (f->accepted != MRL_NOT_ACCEPTED)
            continue;
        o->fail += f->verdict == MRL_FAIL;
        o->unknown += f->verdict == MRL_UNKNOWN;
    }
}

static void unread(const struct mrl_check *c, struct mrl_buf *b) {
    for (uint32_t i = 0; i < c->n_unread; i++) {
        mrl_buf_add(b, MRL_S("<testcase classname=\"unread\" name=\""));
        mrl_xml_text(b, c->unread[i]->pos.file);
        mrl_buf_add(b, MRL_S("\"><error message=\""));
        mrl_xml_text(b, mrl_str_z(c->unread[i]->text));
        mrl_buf_add(b, MRL_S("\"/></testcase>\n"));
    }
}

void mrl_check_junit(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    uint32_t n = c->posture.by_control != NULL ? c->controls.n : 0;
    uint32_t failures = 0, errors = 0, skipped = 0;
    struct open *open = MRL_ARENA_ARRAY(c->cli->arena, struct open, c->controls.n + 1);
    (void)color;
    if (open == NULL) {
        b->status = MRL_E_NOMEM;
        return;
    }
    count(c, open);
    for (uint32_t i = 0; i < n; i++) {
        const char *tag = outcome(c, i, &open[i]);
        failures += tag != NULL && strcmp(tag, "failure") == 0;
        errors += tag != NULL && strcmp(tag, "error") == 0;
        skipped += tag != NULL && strcmp(tag, "skipped") == 0;
    }
    mrl_buf_printf(b,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
                   "name=\"merlon %s\" tests=\"%u\" failures=\"%u\" errors=\"%u\" "
                   "skipped=\"%u\">\n",
                   c->cli->cmd->name, n + c->n_unread, failures, errors + c->n_unread, skipped);
    for (uint32_t i = 0; i < n; i++)
        control(c, b, i, &open[i]);
    unread(c, b);
    mrl_buf_add(b, MRL_S("</testsuite>\n</testsuites>\n"));
}
