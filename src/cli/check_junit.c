/* check_junit.c - the answer as JUnit XML: one case a control. */
#include "cli/check.h"
#include "cli/xml.h"

static void findings(const struct mrl_check *c, struct mrl_buf *b, const struct mrl_control *k) {
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->control != k || f->accepted != MRL_NOT_ACCEPTED)
            continue;
        mrl_buf_printf(b, "%.*s: ", MRL_F(mrl_str_z(mrl_verdict_name(f->verdict))));
        mrl_xml_text(b, f->source->path);
        mrl_buf_printf(b, ":%u:%u: ", f->pos.line, f->pos.col);
        mrl_xml_text(b, f->message);
        mrl_buf_byte(b, '\n');
    }
}

static void control(const struct mrl_check *c, struct mrl_buf *b, uint32_t i) {
    const struct mrl_control *k = &c->controls.items[i];
    const uint64_t *n = c->posture.by_control[i].count;
    mrl_buf_add(b, MRL_S("<testcase classname=\""));
    mrl_xml_text(b, k->category);
    mrl_buf_add(b, MRL_S("\" name=\""));
    mrl_xml_text(b, k->id);
    mrl_buf_byte(b, ' ');
    mrl_xml_text(b, k->title);
    mrl_buf_add(b, MRL_S("\">"));
    const char *tag = n[MRL_FAIL] > 0 ? "failure" : n[MRL_UNKNOWN] > 0 ? "error" : NULL;
    if (tag != NULL) {
        mrl_buf_printf(b, "<%s message=\"%llu fail, %llu unknown\">", tag,
                       (unsigned long long)n[MRL_FAIL], (unsigned long long)n[MRL_UNKNOWN]);
        findings(c, b, k);
        mrl_buf_printf(b, "</%s>", tag);
    } else if (n[MRL_PASS] == 0) {
        mrl_buf_add(b, MRL_S("<skipped/>"));
    }
    mrl_buf_add(b, MRL_S("</testcase>\n"));
}

void mrl_check_junit(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    (void)color;
    uint32_t failures = 0, errors = 0;
    uint32_t n = c->posture.by_control != NULL ? c->controls.n : 0;
    for (uint32_t i = 0; i < n; i++) {
        failures += c->posture.by_control[i].count[MRL_FAIL] > 0;
        errors += c->posture.by_control[i].count[MRL_FAIL] == 0 &&
                  c->posture.by_control[i].count[MRL_UNKNOWN] > 0;
    }
    mrl_buf_printf(b,
                   "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite "
                   "name=\"merlon check\" tests=\"%u\" failures=\"%u\" errors=\"%u\">\n",
                   n + c->n_unread, failures, errors + c->n_unread);
    for (uint32_t i = 0; i < n; i++)
        control(c, b, i);
    for (uint32_t i = 0; i < c->n_unread; i++) {
        mrl_buf_add(b, MRL_S("<testcase classname=\"unread\" name=\""));
        mrl_xml_text(b, c->unread[i]->pos.file);
        mrl_buf_add(b, MRL_S("\"><error message=\""));
        mrl_xml_text(b, mrl_str_z(c->unread[i]->text));
        mrl_buf_add(b, MRL_S("\"/></testcase>\n"));
    }
    mrl_buf_add(b, MRL_S("</testsuite>\n</testsuites>\n"));
}
