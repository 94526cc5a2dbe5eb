/* fmt.c - see fmt.h: parse, write, read back.
 *
 * Reading back costs a second parse and is what makes the rest safe to change: whatever a layout
 * function does wrong, a text with another meaning, or without one of the comments, is never
 * handed out.
 */
#include "engines/policy/fmt/fmt_internal.h"

#include "engines/policy/rego/parser.h"

#define GROWTH_MAX 64 /* indentation may multiply the text; beyond this something is wrong */

/* --- what the module needs
 * --------------------------------------------------------------------- */

/* A head of more than two parts, or p.q contains x, needs the dotted form. */
static bool needs_ref_heads(struct fmt *f) {
    for (uint32_t i = 0; i < f->module->n_rules; i++) {
        struct fmt_head h;
        if (!fmt_head_of(f, f->module->rules[i], &h))
            return false;
        if (h.n > 2 || (h.n == 2 && h.has_key && !h.has_val))
            return true;
    }
    return false;
}

/* Which keywords may be written: those of the version and those that were imported. */
static void look_at_imports(struct fmt *f) {
    for (uint32_t i = 0; i < f->module->n_imports; i++) {
        const struct mrl_term *path = f->module->imports[i].path;
        if (path->kind != MRL_TERM_REF || path->u.ref.items[0]->kind != MRL_TERM_VAR ||
            !mrl_str_eq(path->u.ref.items[0]->u.var, MRL_S("future")))
            continue;
        mrl_str word = path->u.ref.n > 2 ? mrl_val_str(path->u.ref.items[2]->u.scalar) : MRL_S("");
        f->ifs |= word.len == 0 || mrl_str_eq(word, MRL_S("if"));
        f->contains |= word.len == 0 || mrl_str_eq(word, MRL_S("contains"));
    }
    if (f->v1 || f->module->rego_v1_import)
        f->ifs = f->contains = true;
}

/* All that is asked of the module as a whole, before the first byte is written. */
static mrl_status prepare(struct fmt *f, const struct mrl_fmt_opts *opts) {
    MRL_ASSERT(f->module->package != NULL);
    f->pending = -1;
    /* Text that a tool took out of OPA's compiler: its rows mean nothing. */
    f->generated = mrl_str_find(f->module->text, MRL_S("__local"), 0) != MRL_STR_NPOS;
    f->v1 = opts->version == MRL_REGO_V1 || opts->v0_to_v1;
    f->taken = MRL_ARENA_ARRAY(f->arena, bool, f->module->n_comments + 1);
    MRL_CHECK(f->taken != NULL, MRL_E_NOMEM);
    MRL_TRY(fmt_brackets_init(f->arena, f->module->text, &f->brackets));
    look_at_imports(f);
    f->ref_heads = needs_ref_heads(f);
    mrl_buf_init(&f->out, (f->module->text.len + 4096) * GROWTH_MAX);
    return f->status;
}

/* --- the module
 * -------------------------------------------------------------------------------- */

static void package(struct fmt *f) {
    struct mrl_terms path = f->module->package->u.ref;
    MRL_ASSERT(path.n >= 2); /* `data` and a name */
    fmt_insert_freely(f, f->module->package_loc.line);
    fmt_start_line(f);
    FMT_LIT(f, "package ");
    fmt_write(f, mrl_val_str(path.items[1]->u.scalar));
    fmt_path(f, path.items + 2, path.n - 2);
    fmt_blank_line(f);
}

/* Whether the import stands before the rule in the source. */
static bool comes_first(const struct fmt_import *im, const struct mrl_rule *r) {
    return im->row != r->loc.line ? im->row < r->loc.line : im->col < r->loc.col;
}

/* Made up imports go before all rules: behind one they would say nothing. */
static void made_up_first(struct fmt *f, struct fmt_import *imports, uint32_t *n) {
    uint32_t first = f->module->n_rules > 0 ? f->module->rules[0]->loc.line : UINT32_MAX;
    uint32_t kept = 0, moved = 0;
    bool late = false;
    struct fmt_import front[8];
    for (uint32_t i = 0; i < *n; i++)
        late |= imports[i].import == NULL && imports[i].row >= first;
    if (!late)
        return;
    for (uint32_t i = 0; i < *n; i++)
        if (imports[i].import != NULL || moved == MRL_COUNTOF(front))
            imports[kept++] = imports[i];
        else
            front[moved++] = imports[i];
    *n = kept;
    fmt_imports(f, front, moved);
}

/* Imports and rules in their order: runs of one kind alternate. */
static void module(struct fmt *f, struct fmt_import *imports, uint32_t n) {
    const struct mrl_module *m = f->module;
    package(f);
    made_up_first(f, imports, &n);
    for (uint32_t i = 0, r = 0; i < n || r < m->n_rules;) {
        uint32_t end = i, rules = r;
        while (end < n && (r == m->n_rules || comes_first(&imports[end], m->rules[r])))
            end++;
        fmt_imports(f, imports + i, end - i);
        i = end;
        while (rules < m->n_rules && (i == n || !comes_first(&imports[i], m->rules[rules])))
            rules++;
        if (rules > r)
            fmt_rules(f, m->rules + r, rules - r);
        r = rules;
    }
    fmt_comments_rest(f);
}

static mrl_status write_module(struct fmt *f, const struct mrl_fmt_opts *opts, mrl_str *ret) {
    struct fmt_import *imports;
    uint32_t n;
    MRL_TRY(prepare(f, opts));
    MRL_TRY(fmt_imports_plan(f, opts, &imports, &n));
    module(f, imports, n);
    MRL_TRY(f->status);
    MRL_TRY(f->out.status);
    mrl_str text = mrl_buf_str(&f->out);
    while (text.len > 1 && text.ptr[text.len - 1] == '\n' && text.ptr[text.len - 2] == '\n')
        text.len--;
    *ret = mrl_arena_str(f->arena, text);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* --- reading back
 * ------------------------------------------------------------------------------ */

static mrl_status refuse(struct mrl_diags *diags, mrl_str file, const char *why) {
    return mrl_diags_add(
        diags, &(struct mrl_diag){.code = "rego_format_error",
                                  .message = mrl_str_z(why),
                                  .pos = {file, 1, 1, 0},
                                  .hint = MRL_S("the file is left as it is; --check-result=false "
                                                "shows what would be written")});
}

/* Parses what was written and compares; a difference is a report, not a text. */
static mrl_status read_back(mrl_arena *a, const struct mrl_module *before, mrl_str text,
                            const struct mrl_fmt_opts *opts, struct mrl_diags *diags) {
    struct mrl_diags ignored;
    struct mrl_module *after;
    mrl_diags_init(&ignored, a, 1);
    mrl_status status =
        mrl_rego_parse_source(a, before->file, text, opts->version, &ignored, &after);
    if (status == MRL_E_INVALID)
        return refuse(diags, before->file, "the formatted text does not parse");
    MRL_TRY(status);
    if (!mrl_rego_same(before, after))
        return refuse(diags, before->file, "the formatted text would not say the same");
    return MRL_OK;
}

mrl_status mrl_rego_fmt(mrl_arena *a, mrl_str file, mrl_str text, const struct mrl_fmt_opts *opts,
                        struct mrl_diags *diags, mrl_str *ret) {
    struct mrl_module *m;
    mrl_str result;
    enum mrl_rego_version version = opts->v0_to_v1 ? MRL_REGO_V0 : opts->version;
    struct mrl_fmt_opts effective = *opts;
    effective.version = version;
    MRL_TRY(mrl_rego_parse_source(a, file, text, version, diags, &m));
    if (opts->v0_to_v1 || version == MRL_REGO_V1)
        MRL_TRY(fmt_check_v1(m, diags));
    struct fmt f = {.arena = a, .module = m, .diags = diags};
    mrl_status status = write_module(&f, &effective, &result);
    mrl_buf_release(&f.out);
    MRL_TRY(status);
    if (!opts->unchecked)
        MRL_TRY(read_back(a, m, result, &effective, diags));
    *ret = result;
    return MRL_OK;
}
