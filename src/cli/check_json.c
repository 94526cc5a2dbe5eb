/* check_json.c - the answer as JSON, schema "merlon.check/1". */
#include "cli/check.h"

#include "formats/json/json.h"

static void text(struct mrl_buf *b, const char *key, mrl_str s) {
    mrl_buf_printf(b, "\"%s\": ", key);
    mrl_json_write_str(b, s, false);
}

static void value(const struct mrl_check *c, struct mrl_buf *b, const char *key, mrl_val v) {
    if (!mrl_is_defined(v))
        return;
    mrl_buf_printf(b, ", \"%s\": ", key);
    mrl_json_write(b, c->cli->arena, v, NULL);
}

static void counts(struct mrl_buf *b, const struct mrl_tally *t) {
    for (int v = MRL_PASS; v <= MRL_UNKNOWN; v++)
        mrl_buf_printf(b, "%s\"%s\": %llu", v > 0 ? ", " : "",
                       mrl_verdict_name((enum mrl_verdict)v), (unsigned long long)t->count[v]);
}

static void controls(const struct mrl_check *c, struct mrl_buf *b) {
    mrl_buf_add(b, MRL_S("  \"controls\": ["));
    for (uint32_t i = 0; i < c->controls.n; i++) {
        const struct mrl_control *k = &c->controls.items[i];
        mrl_buf_printf(b, "%s\n    {", i > 0 ? "," : "");
        text(b, "id", k->id);
        mrl_buf_add(b, MRL_S(", "));
        text(b, "title", k->title);
        mrl_buf_printf(b, ", \"severity\": \"%s\", \"counts\": {", mrl_severity_name(k->severity));
        if (c->posture.by_control != NULL)
            counts(b, &c->posture.by_control[i]);
        mrl_buf_byte(b, '}');
        value(c, b, "mappings", k->mappings);
        mrl_buf_byte(b, '}');
    }
    mrl_buf_add(b, MRL_S("\n  ],\n"));
}

static void finding(const struct mrl_check *c, struct mrl_buf *b, const struct mrl_finding *f) {
    mrl_buf_add(b, MRL_S("{"));
    text(b, "control", f->control->id);
    mrl_buf_printf(b, ", \"verdict\": \"%s\", \"severity\": \"%s\", ", mrl_verdict_name(f->verdict),
                   mrl_severity_name(f->control->severity));
    text(b, "subject", f->object->id);
    mrl_buf_add(b, MRL_S(", "));
    text(b, "message", f->message);
    mrl_buf_add(b, MRL_S(", "));
    text(b, "cause", f->cause);
    mrl_buf_add(b, MRL_S(", "));
    text(b, "fingerprint", f->fingerprint);
    mrl_buf_add(b, MRL_S(", \"location\": {"));
    text(b, "file", f->source->path);
    mrl_buf_printf(b, ", \"line\": %u, \"column\": %u}", f->pos.line, f->pos.col);
    if (c->since != NULL)
        mrl_buf_printf(b, ", \"state\": \"%s\"", f->old ? "old" : "new");
    value(c, b, "path", f->path);
    value(c, b, "value", f->value);
    value(c, b, "fix", f->fix);
    if (f->accepted != MRL_NOT_ACCEPTED) {
        mrl_buf_add(b, MRL_S(", "));
        text(b, "accepted", f->accepted_why);
    }
    mrl_buf_byte(b, '}');
}

static void unread(const struct mrl_check *c, struct mrl_buf *b) {
    mrl_buf_add(b, MRL_S("  \"unread\": ["));
    for (uint32_t i = 0; i < c->n_unread; i++) {
        const struct mrl_err *e = c->unread[i];
        mrl_buf_printf(b, "%s\n    {", i > 0 ? "," : "");
        text(b, "file", e->pos.file);
        mrl_buf_printf(b, ", \"line\": %u, \"column\": %u, ", e->pos.line, e->pos.col);
        text(b, "reason", mrl_str_z(e->text));
        mrl_buf_byte(b, '}');
    }
    mrl_buf_add(b, MRL_S("\n  ],\n  \"skipped\": {"));
    for (int s = 0; s < MRL_SKIP_N; s++)
        mrl_buf_printf(b, "%s\"%s\": %llu", s > 0 ? ", " : "", mrl_skip_name((enum mrl_skip)s),
                       (unsigned long long)c->skipped[s]);
    mrl_buf_add(b, MRL_S("}\n"));
}

/* Groups as people see them, best first; findings by their place in "findings". */
static void groups(const struct mrl_check *c, struct mrl_buf *b) {
    mrl_buf_add(b, MRL_S("  \"groups\": ["));
    for (size_t i = 0; i < c->n_groups; i++) {
        const struct mrl_group *g = &c->groups[i];
        mrl_buf_printf(b, "%s\n    {", i > 0 ? "," : "");
        text(b, "control", g->control->id);
        mrl_buf_add(b, MRL_S(", "));
        text(b, "kind", g->kind);
        mrl_buf_printf(b, ", \"causes\": %u, \"rank\": %llu, \"findings\": [", g->n_causes,
                       (unsigned long long)g->rank);
        for (uint32_t k = 0; k < g->n; k++)
            mrl_buf_printf(b, "%s%td", k > 0 ? ", " : "", g->findings[k] - c->posture.findings);
        mrl_buf_add(b, MRL_S("]}"));
    }
    mrl_buf_add(b, MRL_S("\n  ],\n"));
}

static void exceptions(const struct mrl_check *c, struct mrl_buf *b) {
    static const char *const names[] = {"control", "subject", "path", "owner", "reason", "expires"};
    mrl_buf_add(b, MRL_S("  \"exceptions\": ["));
    for (uint32_t i = 0; i < c->n_exceptions; i++) {
        const struct mrl_exception *e = &c->exceptions[i];
        const mrl_str values[] = {e->control, e->subject, e->path, e->owner, e->reason, e->expires};
        mrl_buf_printf(b, "%s\n    {", i > 0 ? "," : "");
        for (size_t k = 0; k < MRL_COUNTOF(names); k++) {
            text(b, names[k], values[k]);
            mrl_buf_add(b, MRL_S(", "));
        }
        mrl_buf_printf(b, "\"accepts\": %u, \"stale\": %s}", e->used,
                       e->expired || e->used == 0 ? "true" : "false");
    }
    mrl_buf_add(b, MRL_S("\n  ],\n"));
}

/* What --fix did with each finding of before; the findings above are those of after. */
static void fixes(const struct mrl_check *c, struct mrl_buf *b) {
    if (c->fixes.items == NULL)
        return;
    mrl_buf_add(b, MRL_S("  \"fixes\": ["));
    for (uint32_t i = 0; i < c->fixes.n; i++) {
        const struct mrl_fix *f = &c->fixes.items[i];
        mrl_buf_printf(b, "%s\n    {\"state\": \"%s\", ", i > 0 ? "," : "",
                       mrl_fix_state_name(f->state));
        text(b, "control", f->finding->control->id);
        mrl_buf_add(b, MRL_S(", "));
        text(b, "subject", f->finding->object->id);
        mrl_buf_add(b, MRL_S(", "));
        text(b, "file", f->finding->source->path);
        if (f->why.len > 0) {
            mrl_buf_add(b, MRL_S(", "));
            text(b, "why", f->why);
        }
        mrl_buf_byte(b, '}');
    }
    mrl_buf_add(b, MRL_S("\n  ],\n"));
}

static void since(const struct mrl_check *c, struct mrl_buf *b) {
    const struct mrl_since *s = c->since;
    if (s == NULL)
        return;
    mrl_buf_add(b, MRL_S("  \"since\": {"));
    text(b, "base", s->name);
    mrl_buf_add(b, MRL_S(", "));
    text(b, "chosen", s->how);
    mrl_buf_add(b, MRL_S(", "));
    text(b, "commit", s->commit);
    mrl_buf_printf(b,
                   ", \"readable\": %s, \"new\": %u, \"old\": %u, \"fixed\": %u},\n"
                   "  \"gone\": [",
                   s->problem == NULL ? "true" : "false", s->n_new, s->n_old, s->n_gone);
    for (uint32_t i = 0; i < s->n_gone; i++) {
        mrl_buf_printf(b, "%s\n    {", i > 0 ? "," : "");
        text(b, "control", s->gone[i]->control->id);
        mrl_buf_add(b, MRL_S(", "));
        text(b, "subject", s->gone[i]->object->id);
        mrl_buf_add(b, MRL_S(", "));
        text(b, "fingerprint", s->gone[i]->fingerprint);
        mrl_buf_byte(b, '}');
    }
    mrl_buf_add(b, MRL_S("\n  ],\n"));
}

void mrl_check_json(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    (void)color;
    mrl_buf_add(
        b, MRL_S("{\n  \"schema\": \"merlon.check/1\",\n  \"version\": \"" MRL_VERSION "\",\n"));
    if (c->score.known)
        mrl_buf_printf(b, "  \"score\": %.2f,\n  \"coverage\": %.2f,\n  \"floor\": %.2f,\n",
                       c->score.score, c->score.coverage, c->score.floor);
    mrl_buf_printf(b, "  \"files\": %u,\n  \"objects\": %u,\n  \"counts\": {", c->n_files,
                   c->objects.n);
    counts(b, &c->posture.all);
    mrl_buf_add(b, MRL_S("},\n"));
    controls(c, b);
    mrl_buf_add(b, MRL_S("  \"findings\": ["));
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        mrl_buf_printf(b, "%s\n    ", i > 0 ? "," : "");
        finding(c, b, &c->posture.findings[i]);
    }
    mrl_buf_add(b, MRL_S("\n  ],\n"));
    groups(c, b);
    exceptions(c, b);
    since(c, b);
    fixes(c, b);
    unread(c, b);
    mrl_buf_add(b, MRL_S("}\n"));
}
