/* lockfile.c - see lockfile.h. */
#include "formats/lockfile/lockfile.h"

#include "base/vec.h"
#include "formats/json/json.h"
#include "formats/yaml/yaml.h"

#define ID "lockfile"

enum reader {
    NPM_ASKS,
    COMPOSER_ASKS,
    LINES_ASK,
    NPM,
    COMPOSER,
    YARN,
    PNPM,
    PIP,
    TOML,
    GO_SUM,
    GEMS
};

#define NPM_LOCKS                                                                                  \
    {"package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock",        \
     "bun.lockb"}

static const struct mrl_lockfile rows[] = {
    {"package.json", "npm", NPM_LOCKS, NPM_ASKS},
    {"composer.json", "composer", {"composer.lock"}, COMPOSER_ASKS},
    {"go.mod", "go", {"go.sum"}, LINES_ASK},
    {"Cargo.toml", "cargo", {"Cargo.lock"}, LINES_ASK},
    {"pyproject.toml",
     "python",
     {"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "requirements.txt"},
     LINES_ASK},
    {"Gemfile", "bundler", {"Gemfile.lock"}, LINES_ASK},
    {"package-lock.json", "npm", {NULL}, NPM},
    {"npm-shrinkwrap.json", "npm", {NULL}, NPM},
    {"composer.lock", "composer", {NULL}, COMPOSER},
    {"yarn.lock", "npm", {NULL}, YARN},
    {"pnpm-lock.yaml", "npm", {NULL}, PNPM},
    {"requirements.txt", "python", {NULL}, PIP},
    {"poetry.lock", "python", {NULL}, TOML},
    {"uv.lock", "python", {NULL}, TOML},
    {"Cargo.lock", "cargo", {NULL}, TOML},
    {"go.sum", "go", {NULL}, GO_SUM},
    {"Gemfile.lock", "bundler", {NULL}, GEMS},
};

int mrl_lockfile_row(mrl_str name) {
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++)
        if (mrl_str_eq(name, mrl_str_z(rows[i].name)))
            return (int)i;
    return -1;
}

const struct mrl_lockfile *mrl_lockfile_at(int row) {
    MRL_ASSERT(row >= 0 && row < (int)MRL_COUNTOF(rows));
    return &rows[row];
}

/* --- what a reader fills --------------------------------------------------------------------- */

struct found {
    mrl_arena *arena;
    mrl_str file, text;
    struct mrl_err *err;
    uint32_t packages;
    mrl_val *names;
    struct mrl_span *spans;
    uint32_t n, cap, cap_spans;
};

/* Counts an entry; one without a hash is kept with its place. */
static mrl_status entry(struct found *f, bool pinned, mrl_str name, struct mrl_span span) {
    if (++f->packages > MRL_LOCKFILE_ENTRIES_MAX)
        return mrl_err_set(f->err, MRL_E_LIMIT, ID, "%.*s: more than %d entries", MRL_F(f->file),
                           MRL_LOCKFILE_ENTRIES_MAX);
    if (pinned)
        return MRL_OK;
    uint32_t n = f->n;
    MRL_TRY(MRL_VEC_ROOM(f->arena, f->names, n, f->cap));
    MRL_TRY(MRL_VEC_ROOM(f->arena, f->spans, n, f->cap_spans));
    f->names[n] = mrl_strval(name);
    f->spans[n] =
        (struct mrl_span){0, 0, span.key_end > 0 ? span.key_start : span.val_start, span.val_end};
    f->n++;
    return MRL_OK;
}

static bool has(mrl_str text, const char *what) {
    return mrl_str_find(text, mrl_str_z(what), 0) != MRL_STR_NPOS;
}

static mrl_str text_of(mrl_val v, const char *key) {
    return mrl_val_str(mrl_obj_get_str(v, mrl_str_z(key)));
}

static struct mrl_span span_at(mrl_val container, uint32_t i) {
    const struct mrl_span *s = mrl_val_span(container, i);
    return s != NULL ? *s : (struct mrl_span){0, 0, 0, 0};
}

static mrl_status parse_json(struct found *f, mrl_val *ret) {
    struct mrl_json_opts opts = {.file = f->file, .keep_spans = true};
    return mrl_json_parse(f->arena, f->text, &opts, f->err, ret);
}

/* --- JSON ------------------------------------------------------------------------------------ */

static mrl_status count_asked(struct found *f, const char *const *keys, size_t n) {
    mrl_val doc = mrl_undefined();
    MRL_TRY(parse_json(f, &doc));
    for (size_t i = 0; i < n; i++) {
        mrl_val list = mrl_obj_get_str(doc, mrl_str_z(keys[i]));
        f->packages += mrl_is_obj(list) ? list.len : 0;
    }
    return MRL_OK;
}

/* Local folders and what lies inside of another package have no bytes of their own to compare; a
 * commit is a hash. */
static bool npm_pinned(mrl_val p) {
    mrl_str from = text_of(p, "resolved");
    mrl_str version = text_of(p, "version");
    if (mrl_is_true(MRL_GET(p, "link")) || mrl_is_true(MRL_GET(p, "inBundle")) ||
        mrl_is_true(MRL_GET(p, "bundled")))
        return true;
    if (mrl_str_starts(from, MRL_S("file:")) || mrl_str_starts(version, MRL_S("file:")))
        return true;
    if (mrl_str_starts(from, MRL_S("git")) || mrl_str_starts(version, MRL_S("git")))
        return has(from.len > 0 ? from : version, "#");
    mrl_str hash = text_of(p, "integrity");
    return mrl_str_starts(hash, MRL_S("sha512-")) || mrl_str_starts(hash, MRL_S("sha384-")) ||
           mrl_str_starts(hash, MRL_S("sha256-"));
}

/* "packages" of version 2 and 3 is flat: paths below node_modules; other paths are the tree's own.
 */
static mrl_status npm_packages(struct found *f, mrl_val all) {
    for (uint32_t i = 0; i < all.len; i++) {
        const struct mrl_member *m = &all.u.obj->m[i];
        if (has(mrl_val_str(m->key), "node_modules/"))
            MRL_TRY(entry(f, npm_pinned(m->val), mrl_val_str(m->key), span_at(all, i)));
    }
    return MRL_OK;
}

/* "dependencies" of version 1 nest. */
static mrl_status npm_tree(struct found *f, mrl_val all, unsigned depth) {
    if (depth > MRL_LOCKFILE_DEPTH_MAX)
        return mrl_err_set(f->err, MRL_E_LIMIT, ID, "%.*s: dependencies nest deeper than %d",
                           MRL_F(f->file), MRL_LOCKFILE_DEPTH_MAX);
    for (uint32_t i = 0; mrl_is_obj(all) && i < all.len; i++) {
        const struct mrl_member *m = &all.u.obj->m[i];
        MRL_TRY(entry(f, npm_pinned(m->val), mrl_val_str(m->key), span_at(all, i)));
        MRL_TRY(npm_tree(f, MRL_GET(m->val, "dependencies"), depth + 1));
    }
    return MRL_OK;
}

static mrl_status unlike(struct found *f, const char *what) {
    return mrl_err_set(f->err, MRL_E_SYNTAX, ID, "%.*s: %s", MRL_F(f->file), what);
}

static mrl_status read_npm(struct found *f) {
    mrl_val doc = mrl_undefined();
    MRL_TRY(parse_json(f, &doc));
    mrl_val flat = MRL_GET(doc, "packages");
    if (mrl_is_obj(flat))
        return npm_packages(f, flat);
    if (!mrl_is_obj(doc) || !mrl_is_defined(MRL_GET(doc, "lockfileVersion")))
        return unlike(f, "this is no lock file of npm");
    return npm_tree(f, MRL_GET(doc, "dependencies"), 0);
}

static mrl_status read_composer(struct found *f) {
    static const char *const keys[] = {"packages", "packages-dev"};
    mrl_val doc = mrl_undefined();
    MRL_TRY(parse_json(f, &doc));
    if (!mrl_is_arr(MRL_GET(doc, "packages")))
        return unlike(f, "this is no lock file of Composer");
    for (size_t k = 0; k < MRL_COUNTOF(keys); k++) {
        mrl_val all = mrl_obj_get_str(doc, mrl_str_z(keys[k]));
        for (uint32_t i = 0; mrl_is_arr(all) && i < all.len; i++) {
            mrl_val p = mrl_arr_at(all, i), dist = MRL_GET(p, "dist");
            bool pinned = text_of(dist, "shasum").len > 0 || text_of(dist, "reference").len > 0 ||
                          text_of(MRL_GET(p, "source"), "reference").len > 0;
            MRL_TRY(entry(f, pinned, text_of(p, "name"), span_at(all, i)));
        }
    }
    return MRL_OK;
}

/* --- YAML ------------------------------------------------------------------------------------ */

static mrl_status read_pnpm(struct found *f) {
    struct mrl_yaml_opts opts = {.file = f->file, .keep_spans = true};
    struct mrl_yaml_doc *docs;
    size_t n;
    MRL_TRY(mrl_yaml_parse(f->arena, f->text, &opts, f->err, &docs, &n));
    if (n == 0 || !mrl_is_defined(MRL_GET(docs[n - 1].value, "lockfileVersion")))
        return unlike(f, "this is no lock file of pnpm");
    mrl_val all = MRL_GET(docs[n - 1].value, "packages");
    for (uint32_t i = 0; mrl_is_obj(all) && i < all.len; i++) {
        const struct mrl_member *m = &all.u.obj->m[i];
        mrl_val from = MRL_GET(m->val, "resolution");
        bool pinned = text_of(from, "integrity").len > 0 || text_of(from, "commit").len > 0 ||
                      text_of(from, "directory").len > 0;
        MRL_TRY(entry(f, pinned, mrl_val_str(m->key), span_at(all, i)));
    }
    return MRL_OK;
}

/* --- lines ----------------------------------------------------------------------------------- */

struct lines { /* walks a text; `line` has no line end */
    mrl_str text, line;
    size_t at, next;
};

static bool next_line(struct lines *l) {
    if (l->next >= l->text.len)
        return false;
    l->at = l->next;
    size_t end = mrl_str_find(l->text, MRL_S("\n"), l->at);
    l->next = end == MRL_STR_NPOS ? l->text.len : end + 1;
    l->line = mrl_str_sub(l->text, l->at, end == MRL_STR_NPOS ? l->text.len : end);
    if (mrl_str_ends(l->line, MRL_S("\r")))
        l->line.len--;
    return true;
}

static struct mrl_span stretch(size_t from, size_t to) {
    return (struct mrl_span){0, 0, (uint32_t)from, (uint32_t)to};
}

/* Manifests that are no JSON: does a line ask for something? */
static mrl_status lines_ask(struct found *f) {
    static const char *const words[] = {
        "require",    "[dependencies", "[dev-dependencies",         "[build-dependencies",
        "[workspace", "dependencies",  "[tool.poetry.dependencies", "gem "};
    struct lines l = {.text = f->text};
    while (next_line(&l)) {
        mrl_str line = mrl_str_trim(l.line);
        for (size_t i = 0; i < MRL_COUNTOF(words); i++)
            f->packages += mrl_str_starts(line, mrl_str_z(words[i]));
    }
    return MRL_OK;
}

/* A requirement goes on behind a backslash; options and comments are none. */
static mrl_status read_pip(struct found *f) {
    struct lines l = {.text = f->text};
    while (next_line(&l)) {
        size_t from = l.at;
        mrl_str first = mrl_str_trim(l.line);
        bool goes_on = mrl_str_ends(l.line, MRL_S("\\"));
        while (goes_on && next_line(&l))
            goes_on = mrl_str_ends(l.line, MRL_S("\\"));
        if (first.len == 0 || first.ptr[0] == '#' || first.ptr[0] == '-')
            continue; /* an included file is looked at by its own name */
        mrl_str whole = mrl_str_sub(f->text, from, l.next);
        MRL_TRY(entry(f, has(whole, "--hash=sha") || has(whole, "--hash sha"), first,
                      stretch(from, from + first.len)));
    }
    return MRL_OK;
}

static mrl_status read_go_sum(struct found *f) {
    struct lines l = {.text = f->text};
    while (next_line(&l))
        if (mrl_str_trim(l.line).len > 0)
            MRL_TRY(entry(f, has(l.line, " h1:"), l.line, stretch(l.at, l.at + l.line.len)));
    return MRL_OK;
}

/* Before version 2.6 Bundler wrote no sums; the section is all or nothing. */
static mrl_status read_gems(struct found *f) {
    size_t at = mrl_str_find(f->text, MRL_S("\nCHECKSUMS\n"), 0);
    if (at == MRL_STR_NPOS)
        return entry(f, false, MRL_S("all gems (there is no section CHECKSUMS)"),
                     stretch(0, f->text.len < 3 ? f->text.len : 3));
    struct lines l = {.text = f->text, .next = at + 11};
    while (next_line(&l) && mrl_str_starts(l.line, MRL_S(" ")))
        MRL_TRY(entry(f, has(l.line, "sha256="), mrl_str_trim(l.line),
                      stretch(l.at, l.at + l.line.len)));
    return MRL_OK;
}

/* --- blocks ---------------------------------------------------------------------------------- */

/* Yarn, both forms: a block begins at the margin and ends before the next. */
static mrl_status yarn_block(struct found *f, size_t from, size_t to) {
    mrl_str block = mrl_str_sub(f->text, from, to);
    mrl_str rest = block, head = mrl_str_trim(mrl_str_cut(rest, '\n', &rest));
    if (!mrl_str_ends(head, MRL_S(":")) || mrl_str_eq(head, MRL_S("__metadata:")))
        return MRL_OK;
    bool local = has(block, "linkType: soft") || has(head, "@workspace:") || has(head, "@link:") ||
                 has(head, "@file:");
    bool commit = has(block, "resolved \"git") && has(block, "#");
    return entry(f, local || commit || has(block, "integrity sha") || has(block, "checksum: "),
                 mrl_str_sub(head, 0, head.len - 1), stretch(from, from + head.len));
}

static mrl_status read_yarn(struct found *f) {
    struct lines l = {.text = f->text};
    size_t from = 0;
    while (next_line(&l)) {
        if (l.line.len == 0 || l.line.ptr[0] == ' ' || l.line.ptr[0] == '#')
            continue;
        MRL_TRY(yarn_block(f, from, l.at));
        from = l.at;
    }
    return yarn_block(f, from, f->text.len);
}

/* The value of `key = "…"` in a block. */
static mrl_str toml_text(mrl_str block, const char *key) {
    size_t at = mrl_str_find(block, mrl_str_z(key), 0);
    if (at == MRL_STR_NPOS)
        return (mrl_str){NULL, 0};
    mrl_str rest = mrl_str_sub(block, at + strlen(key), block.len), value;
    (void)mrl_str_cut(mrl_str_cut(rest, '\n', &value), '"', &value);
    return mrl_str_cut(value, '"', &rest);
}

/* Poetry, uv and Cargo: [[package]]. What lies in the tree itself has no hash; a commit is one. */
static mrl_status toml_block(struct found *f, size_t from, size_t to) {
    mrl_str block = mrl_str_sub(f->text, from, to);
    if (!mrl_str_starts(block, MRL_S("[[package]]")))
        return MRL_OK;
    bool cargo = has(f->file, "Cargo.lock");
    bool local = has(block, "editable = ") || has(block, "virtual = ") ||
                 has(block, "source = { directory") || has(block, "type = \"directory\"") ||
                 has(block, "type = \"file\"") || (cargo && !has(block, "\nsource = "));
    bool commit = has(block, "resolved_reference = ") || has(block, "source = { git") ||
                  (has(block, "source = \"git+") && has(block, "#"));
    bool hash = has(block, "hash = \"sha") || has(block, "\nchecksum = \"");
    return entry(f, local || commit || hash, toml_text(block, "\nname = "),
                 stretch(from, from + 11));
}

static mrl_status read_toml(struct found *f) {
    struct lines l = {.text = f->text};
    size_t from = 0;
    while (next_line(&l)) {
        if (!mrl_str_starts(l.line, MRL_S("[[")) && !mrl_str_starts(l.line, MRL_S("[metadata")))
            continue; /* [package.…] belongs to its package */
        MRL_TRY(toml_block(f, from, l.at));
        from = l.at;
    }
    return toml_block(f, from, f->text.len);
}

/* --- the answer ------------------------------------------------------------------------------ */

static mrl_status read_by(struct found *f, enum reader reader) {
    static const char *const npm[] = {"dependencies", "devDependencies", "optionalDependencies"};
    static const char *const composer[] = {"require", "require-dev"};
    switch (reader) {
    case NPM_ASKS:
        return count_asked(f, npm, MRL_COUNTOF(npm));
    case COMPOSER_ASKS:
        return count_asked(f, composer, MRL_COUNTOF(composer));
    case LINES_ASK:
        return lines_ask(f);
    case NPM:
        return read_npm(f);
    case COMPOSER:
        return read_composer(f);
    case YARN:
        return read_yarn(f);
    case PNPM:
        return read_pnpm(f);
    case PIP:
        return read_pip(f);
    case TOML:
        return read_toml(f);
    case GO_SUM:
        return read_go_sum(f);
    default:
        return read_gems(f);
    }
}

mrl_status mrl_lockfile_read(mrl_arena *a, int row, mrl_str file, mrl_str text, struct mrl_err *err,
                             mrl_val *ret) {
    const struct mrl_lockfile *r = mrl_lockfile_at(row);
    struct found f = {.arena = a, .file = mrl_str_z(r->name), .text = text, .err = err};
    mrl_val unpinned = mrl_undefined();
    if (text.len > MRL_LOCKFILE_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "%.*s: longer than %zu bytes", MRL_F(file),
                           MRL_LOCKFILE_MAX);
    MRL_TRY(read_by(&f, (enum reader)r->reader));
    MRL_TRY(mrl_arr_take(a, f.names, f.spans, f.n, false, &unpinned));
    struct mrl_member m[] = {{MRL_V("packages"), mrl_int(f.packages)},
                             {MRL_V("unpinned"), unpinned}};
    struct mrl_span spans[] = {stretch(0, 0), stretch(0, text.len)};
    return mrl_obj_take(a, m, spans, 2, false, ret);
}
