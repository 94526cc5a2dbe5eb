/* check_sarif.c - the answer as SARIF 2.1.0 (OASIS), for code hosts and editors. */
#include "cli/check.h"

#include "formats/json/json.h"

static void member(struct mrl_buf *b, const char *before, mrl_str s) {
    mrl_buf_add(b, mrl_str_z(before));
    mrl_json_write_str(b, s, false);
}

static const char *level(enum mrl_severity s) {
    return s >= MRL_SEV_HIGH ? "error" : s == MRL_SEV_MEDIUM ? "warning" : "note";
}

static const char *grade(enum mrl_severity s) { /* security-severity, as code hosts sort by it */
    static const char *const grades[] = {"3.0", "5.5", "8.0", "9.5"};
    return grades[s];
}

static void rule(struct mrl_buf *b, const struct mrl_control *k) {
    member(b, "{\"id\": ", k->id);
    member(b, ", \"shortDescription\": {\"text\": ", k->title);
    member(b, "}, \"fullDescription\": {\"text\": ", k->why.len > 0 ? k->why : k->title);
    member(b, "}, \"help\": {\"text\": ", k->remediation.len > 0 ? k->remediation : k->title);
    mrl_buf_printf(b,
                   "}, \"defaultConfiguration\": {\"level\": \"%s\"}, \"properties\": "
                   "{\"security-severity\": \"%s\", \"tags\": [\"security\", ",
                   level(k->severity), grade(k->severity));
    member(b, "", k->category.len > 0 ? k->category : MRL_S("policy"));
    mrl_buf_add(b, MRL_S("]}}"));
}

/* A path as a relative URI: what is not unreserved is escaped. */
static void uri(struct mrl_buf *b, mrl_str path) {
    mrl_buf_byte(b, '"');
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            (c != '\0' && strchr("-._~/", c) != NULL))
            mrl_buf_byte(b, (char)c);
        else
            mrl_buf_printf(b, "%%%02X", c);
    }
    mrl_buf_byte(b, '"');
}

static void place(struct mrl_buf *b, mrl_str path, const struct mrl_pos *pos) {
    mrl_buf_add(
        b, MRL_S(", \"locations\": [{\"physicalLocation\": {\"artifactLocation\": {\"uri\": "));
    uri(b, path);
    mrl_buf_byte(b, '}');
    if (pos->line > 0)
        mrl_buf_printf(b, ", \"region\": {\"startLine\": %u, \"startColumn\": %u}", pos->line,
                       pos->col > 0 ? pos->col : 1);
    mrl_buf_add(b, MRL_S("}}]"));
}

static void result(const struct mrl_check *c, struct mrl_buf *b, const struct mrl_finding *f) {
    member(b, "{\"ruleId\": ", f->control->id);
    mrl_buf_printf(b, ", \"ruleIndex\": %zu", (size_t)(f->control - c->controls.items));
    if (f->verdict == MRL_UNKNOWN)
        mrl_buf_add(b, MRL_S(", \"kind\": \"open\", \"level\": \"none\""));
    else
        mrl_buf_printf(b, ", \"kind\": \"fail\", \"level\": \"%s\"", level(f->control->severity));
    member(b, ", \"message\": {\"text\": ", f->message);
    mrl_buf_byte(b, '}');
    place(b, f->source->path, &f->pos);
    member(b, ", \"partialFingerprints\": {\"merlon/v1\": ", f->fingerprint);
    mrl_buf_byte(b, '}');
    if (f->accepted != MRL_NOT_ACCEPTED) {
        member(b, ", \"suppressions\": [{\"kind\": \"external\", \"justification\": ",
               f->accepted_why);
        mrl_buf_add(b, MRL_S("}]"));
    }
    mrl_buf_byte(b, '}');
}

static void unread(const struct mrl_check *c, struct mrl_buf *b) {
    for (uint32_t i = 0; i < c->n_unread; i++) {
        const struct mrl_err *e = c->unread[i];
        member(b,
               i > 0 ? ", {\"level\": \"error\", \"message\": {\"text\": "
                     : "{\"level\": \"error\", \"message\": {\"text\": ",
               mrl_str_z(e->text));
        mrl_buf_byte(b, '}');
        place(b, e->pos.file, &e->pos);
        mrl_buf_byte(b, '}');
    }
}

void mrl_check_sarif(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    (void)color;
    mrl_buf_add(b, MRL_S("{\"$schema\": \"https://json.schemastore.org/sarif-2.1.0.json\", "
                         "\"version\": \"2.1.0\", \"runs\": [{\n\"tool\": {\"driver\": {\"name\": "
                         "\"merlon\", \"version\": \"" MRL_VERSION
                         "\", \"semanticVersion\": \"" MRL_VERSION "\", \"rules\": ["));
    for (uint32_t i = 0; i < c->controls.n; i++) {
        mrl_buf_add(b, i > 0 ? MRL_S(",\n") : MRL_S("\n"));
        rule(b, &c->controls.items[i]);
    }
    mrl_buf_printf(b,
                   "]}},\n\"columnKind\": \"unicodeCodePoints\", \"invocations\": "
                   "[{\"executionSuccessful\": %s, \"toolExecutionNotifications\": [",
                   c->n_unread == 0 ? "true" : "false");
    unread(c, b);
    mrl_buf_add(b, MRL_S("]}],\n\"results\": ["));
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        mrl_buf_add(b, i > 0 ? MRL_S(",\n") : MRL_S("\n"));
        result(c, b, &c->posture.findings[i]);
    }
    mrl_buf_add(b, MRL_S("]}]}\n"));
}
