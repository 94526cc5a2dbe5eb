/* check_sarif.c - the answer as SARIF 2.1.0 (OASIS), for code hosts and editors. */
#include "cli/check.h"

#include "base/utf8.h"
#include "formats/json/json.h"

#define FIX_BYTES_MAX ((size_t)64 << 20) /* about half a second of reading for patches */

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

/* The first page of the Kubernetes documentation that a control names. */
static mrl_str page_of(const struct mrl_control *k) {
    return mrl_val_str(mrl_arr_at(MRL_GET(k->mappings, "k8s_docs"), 0));
}

static void rule(struct mrl_buf *b, const struct mrl_control *k) {
    member(b, "{\"id\": ", k->id);
    member(b, ", \"shortDescription\": {\"text\": ", k->title);
    member(b, "}, \"fullDescription\": {\"text\": ", k->why.len > 0 ? k->why : k->title);
    member(b, "}, \"help\": {\"text\": ", k->remediation.len > 0 ? k->remediation : k->title);
    if (page_of(k).len > 0)
        member(b, "}, \"helpUri\": ", page_of(k));
    else
        mrl_buf_byte(b, '}');
    mrl_buf_printf(b,
                   ", \"defaultConfiguration\": {\"level\": \"%s\"}, \"properties\": "
                   "{\"security-severity\": \"%s\", \"tags\": [\"security\", ",
                   level(k->severity), grade(k->severity));
    member(b, "", k->category.len > 0 ? k->category : MRL_S("policy"));
    mrl_buf_add(b, MRL_S("]}}"));
}

/* --- places
 * --------------------------------------------------------------------------------------- */

/* A path as a URI: relative to where merlon ran, or file: for an absolute one. What is not
 * unreserved is escaped. */
static void artifact(struct mrl_buf *b, mrl_str path) {
    while (mrl_str_starts(path, MRL_S("./")))
        path = mrl_str_sub(path, 2, path.len);
    if (mrl_str_eq(path, MRL_S("-")))
        path = MRL_S("stdin");
    bool absolute = mrl_str_starts(path, MRL_S("/"));
    mrl_buf_add(b, absolute ? MRL_S("{\"uri\": \"file://") : MRL_S("{\"uri\": \""));
    for (size_t i = 0; i < path.len; i++) {
        unsigned char c = (unsigned char)path.ptr[i];
        if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
            (c != '\0' && strchr("-._~/", c) != NULL))
            mrl_buf_byte(b, (char)c);
        else
            mrl_buf_printf(b, "%%%02X", c);
    }
    mrl_buf_add(b, absolute ? MRL_S("\"}") : MRL_S("\", \"uriBaseId\": \"SRCROOT\"}"));
}

/* SARIF counts columns in characters (columnKind), we in bytes. */
static uint32_t column(const struct mrl_text_file *s, struct mrl_pos at) {
    return (uint32_t)mrl_utf8_count(mrl_str_sub(s->text, at.offset - (at.col - 1), at.offset)) + 1;
}

/* The stretch [from, to) of a text. */
static void region(struct mrl_buf *b, const char *name, const struct mrl_text_file *s,
                   uint32_t from, uint32_t to) {
    struct mrl_pos first = mrl_text_file_place(s, from), last = mrl_text_file_place(s, to);
    mrl_buf_printf(b,
                   "\"%s\": {\"startLine\": %u, \"startColumn\": %u, \"endLine\": %u, "
                   "\"endColumn\": %u",
                   name, first.line, column(s, first), last.line, column(s, last));
}

static void place(struct mrl_buf *b, const struct mrl_finding *f) {
    mrl_str text = f->source->text;
    /* A whole object is marked by its first line: editors would underline a page. */
    size_t line_end = mrl_str_find(text, MRL_S("\n"), f->pos.offset);
    uint32_t end = line_end != MRL_STR_NPOS && line_end < f->end ? (uint32_t)line_end : f->end;
    mrl_buf_add(b, MRL_S(", \"locations\": [{\"physicalLocation\": {\"artifactLocation\": "));
    artifact(b, f->source->path);
    mrl_buf_add(b, MRL_S(", "));
    region(b, "region", f->source, f->pos.offset, end);
    member(b, ", \"snippet\": {\"text\": ", mrl_str_sub(text, f->pos.offset, end));
    mrl_buf_add(b, MRL_S("}}}, \"logicalLocations\": [{\"fullyQualifiedName\": "));
    mrl_json_write_str(b, f->object->id, false);
    mrl_buf_add(b, MRL_S(", \"kind\": \"resource\"}]}]"));
}

/* --- results
 * -------------------------------------------------------------------------------------- */

struct budget { /* bytes that may still be read to make patches */
    size_t left;
};

static void fix(const struct mrl_check *c, struct mrl_buf *b, const struct mrl_finding *f,
                struct budget *budget) {
    struct mrl_patch p;
    struct mrl_err err;
    size_t cost = 2 * (size_t)(f->object->end - f->object->start);
    if (!mrl_is_obj(f->fix) || cost > budget->left)
        return;
    budget->left -= cost;
    if (mrl_fix_patch(c->cli->arena, f, &err, &p) != MRL_OK)
        return;
    member(b, ", \"fixes\": [{\"description\": {\"text\": ", f->control->remediation);
    mrl_buf_add(b, MRL_S("}, \"artifactChanges\": [{\"artifactLocation\": "));
    artifact(b, f->source->path);
    mrl_buf_add(b, MRL_S(", \"replacements\": [{"));
    region(b, "deletedRegion", f->source, p.start, p.end);
    member(b, "}, \"insertedContent\": {\"text\": ", p.text);
    mrl_buf_add(b, MRL_S("}}]}]}]"));
}

/* SARIF wants messages that end as sentences do. */
static mrl_str sentence(mrl_arena *a, mrl_str text) {
    mrl_str r = mrl_arena_printf(a, "%.*s.", MRL_F(text));
    return r.ptr != NULL && !mrl_str_ends(text, MRL_S(".")) ? r : text;
}

/* How a result stands to the base: SARIF's "new", "unchanged" or "absent"; NULL without a base. */
static const char *state_of(const struct mrl_check *c, const struct mrl_finding *f) {
    if (c->since == NULL || c->since->problem != NULL)
        return NULL;
    return f->old ? "unchanged" : "new";
}

static void result(const struct mrl_check *c, struct mrl_buf *b, const struct mrl_finding *f,
                   const char *state, struct budget *budget) {
    member(b, "{\"ruleId\": ", f->control->id);
    mrl_buf_printf(b, ", \"ruleIndex\": %zu", (size_t)(f->control - c->controls.items));
    if (f->verdict == MRL_UNKNOWN)
        mrl_buf_add(b, MRL_S(", \"kind\": \"open\", \"level\": \"none\""));
    else
        mrl_buf_printf(b, ", \"kind\": \"fail\", \"level\": \"%s\"", level(f->control->severity));
    member(b, ", \"message\": {\"text\": ", sentence(c->cli->arena, f->message));
    mrl_buf_byte(b, '}');
    place(b, f);
    member(b, ", \"partialFingerprints\": {\"merlon/v1\": ", f->fingerprint);
    mrl_buf_byte(b, '}');
    if (state != NULL)
        mrl_buf_printf(b, ", \"baselineState\": \"%s\"", state);
    /* Old debt is unchanged and not suppressed: nobody has accepted it. */
    if (f->accepted != MRL_NOT_ACCEPTED && f->accepted != MRL_ACCEPTED_BASE) {
        member(b, ", \"suppressions\": [{\"kind\": \"external\", \"justification\": ",
               f->accepted_why);
        mrl_buf_add(b, MRL_S("}]"));
    }
    if (f->verdict == MRL_FAIL && budget != NULL)
        fix(c, b, f, budget);
    mrl_buf_byte(b, '}');
}

static void unread(const struct mrl_check *c, struct mrl_buf *b) {
    for (uint32_t i = 0; i < c->n_unread; i++) {
        const struct mrl_err *e = c->unread[i];
        member(b,
               i > 0 ? ", {\"level\": \"error\", \"message\": {\"text\": "
                     : "{\"level\": \"error\", \"message\": {\"text\": ",
               sentence(c->cli->arena, mrl_str_z(e->text)));
        mrl_buf_add(b, MRL_S("}, \"locations\": [{\"physicalLocation\": {\"artifactLocation\": "));
        artifact(b, e->pos.file);
        if (e->pos.line > 0)
            mrl_buf_printf(b, ", \"region\": {\"startLine\": %u, \"startColumn\": %u}", e->pos.line,
                           e->pos.col > 0 ? e->pos.col : 1);
        mrl_buf_add(b, MRL_S("}}]}"));
    }
}

void mrl_check_sarif(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    struct budget budget = {FIX_BYTES_MAX};
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
                   "]}},\n\"originalUriBaseIds\": {\"SRCROOT\": {\"description\": {\"text\": "
                   "\"The folder in which merlon ran.\"}}},\n\"columnKind\": "
                   "\"unicodeCodePoints\", \"invocations\": "
                   "[{\"executionSuccessful\": %s, \"toolExecutionNotifications\": [",
                   c->n_unread == 0 ? "true" : "false");
    unread(c, b);
    mrl_buf_add(b, MRL_S("]}],\n\"results\": ["));
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        mrl_buf_add(b, i > 0 ? MRL_S(",\n") : MRL_S("\n"));
        result(c, b, f, state_of(c, f), &budget);
    }
    for (uint32_t i = 0; c->since != NULL && i < c->since->n_gone; i++) {
        mrl_buf_add(b, c->posture.n_findings + i > 0 ? MRL_S(",\n") : MRL_S("\n"));
        result(c, b, c->since->gone[i], "absent", NULL); /* its text is history: no fix */
    }
    mrl_buf_add(b, MRL_S("]}]}\n"));
}
