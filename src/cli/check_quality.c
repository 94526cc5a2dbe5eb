/* check_quality.c - the answer as GitLab's code quality report: one entry a finding.
 *
 * GitLab shows in a merge request what its report has and that of the target branch has not, so old
 * findings stay in: without them they would seem fixed. Its fingerprints must be unique: the n-th
 * finding of one fingerprint gets the n in it.
 */
#include "cli/check.h"

#include "base/digest.h"
#include "base/map.h"
#include "formats/json/json.h"

struct seen { /* how often each fingerprint came */
    struct mrl_map map;
    MRL_VEC(uint32_t) times;
};

static const char *level(enum mrl_severity s) {
    static const char *const levels[] = {"minor", "major", "critical", "blocker"};
    return levels[s];
}

static mrl_status fingerprint(mrl_arena *a, struct seen *seen, mrl_str of, struct mrl_buf *b) {
    unsigned char digest[MRL_DIGEST_MAX];
    size_t n = 0;
    uint32_t id;
    MRL_TRY(mrl_map_add(&seen->map, a, of, &id));
    if (id == seen->times.n)
        MRL_TRY(MRL_VEC_PUSH(a, &seen->times, 0));
    mrl_str text = mrl_arena_printf(a, "%.*s #%u", MRL_F(of), ++seen->times.items[id]);
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_digest(MRL_SHA256, text, digest, &n));
    for (size_t i = 0; i < n; i++)
        mrl_buf_printf(b, "%02x", digest[i]);
    return MRL_OK;
}

static mrl_str plain(mrl_str path) { /* GitLab links paths without "./" alone */
    while (mrl_str_starts(path, MRL_S("./")))
        path = mrl_str_sub(path, 2, path.len);
    return path;
}

static mrl_status entry(mrl_arena *a, struct mrl_buf *b, struct seen *seen, mrl_str control,
                        const char *severity, mrl_str text, mrl_str id, const struct mrl_pos *pos) {
    mrl_buf_add(b, seen->times.n > 0 ? MRL_S(",\n  {\"check_name\": ")
                                     : MRL_S("\n  {\"check_name\": "));
    mrl_json_write_str(b, control, false);
    mrl_buf_add(b, MRL_S(", \"description\": "));
    mrl_json_write_str(b, text, false);
    mrl_buf_printf(b, ", \"severity\": \"%s\", \"fingerprint\": \"", severity);
    MRL_TRY(fingerprint(a, seen, id, b));
    mrl_buf_add(b, MRL_S("\", \"location\": {\"path\": "));
    mrl_json_write_str(b, plain(pos->file), false);
    mrl_buf_printf(b, ", \"lines\": {\"begin\": %u}}}", pos->line > 0 ? pos->line : 1);
    return MRL_OK;
}

static mrl_status entries(const struct mrl_check *c, struct mrl_buf *b, struct seen *seen) {
    mrl_arena *a = c->cli->arena;
    for (uint32_t i = 0; i < c->posture.n_findings; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        struct mrl_pos pos = f->pos;
        if (f->accepted == MRL_ACCEPTED_EXCEPTION || f->accepted == MRL_ACCEPTED_BASELINE)
            continue;
        mrl_str text =
            mrl_arena_printf(a, "%.*s: %s%.*s", MRL_F(f->control->title),
                             f->verdict == MRL_UNKNOWN ? "unknown: " : "", MRL_F(f->message));
        MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
        pos.file = f->source->path;
        MRL_TRY(entry(a, b, seen, f->control->id,
                      f->verdict == MRL_UNKNOWN ? "info" : level(f->control->severity), text,
                      f->fingerprint, &pos));
    }
    for (uint32_t i = 0; i < c->n_unread; i++) {
        const struct mrl_err *e = c->unread[i];
        mrl_str text = mrl_arena_printf(a, "could not be read: %s", e->text);
        mrl_str id = mrl_arena_printf(a, "unread %.*s", MRL_F(e->pos.file));
        MRL_CHECK(text.ptr != NULL && id.ptr != NULL, MRL_E_NOMEM);
        MRL_TRY(entry(a, b, seen, MRL_S("unread"), "info", text, id, &e->pos));
    }
    return MRL_OK;
}

void mrl_check_gl_code_quality(const struct mrl_check *c, struct mrl_buf *b, bool color) {
    struct seen seen = {0};
    (void)color;
    mrl_buf_byte(b, '[');
    mrl_status status = entries(c, b, &seen);
    if (status != MRL_OK)
        b->status = status;
    mrl_buf_add(b, MRL_S("\n]\n"));
}
