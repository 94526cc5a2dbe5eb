/* annotations.c - see annotations.h.
 *
 * A block is the run of comment lines behind `# METADATA`, without a gap; what follows it (the
 * package or a rule) decides which scopes it may have. The lines lose their # and are read as
 * YAML, so an error's line is counted back to the comment. The scope is written into the value,
 * as every reader wants it filled in.
 */
#include "engines/policy/rego/annotations.h"

#include "base/buf.h"
#include "formats/yaml/yaml.h"

struct block { /* comment lines [from, to) of the module; the first one says METADATA */
    uint32_t from, to;
};

/* True for the comment that begins a block. */
static bool is_metadata(const struct mrl_comment *c) {
    return mrl_str_eq(mrl_str_trim(c->text), MRL_S("METADATA")) && c->loc.col >= 1;
}

/* Adds a parse error at a comment; gives MRL_E_INVALID. */
static mrl_status refuse(const struct mrl_module *m, struct mrl_diags *diags, struct mrl_rloc loc,
                         const char *why) {
    return mrl_diags_add(diags, &(struct mrl_diag){.code = "rego_parse_error",
                                                   .message = mrl_str_z(why),
                                                   .pos = {m->file, loc.line, loc.col, loc.start},
                                                   .width = loc.end - loc.start});
}

/* The YAML of a block as a value. */
static mrl_status read_yaml(struct mrl_module *m, const struct block *b, struct mrl_diags *diags,
                            mrl_val *ret) {
    MRL_ASSERT(b->from < b->to && b->to <= m->n_comments);
    struct mrl_buf text;
    struct mrl_err err;
    struct mrl_yaml_doc *docs = NULL;
    size_t n = 0;
    mrl_buf_init(&text, 1 << 20);
    for (uint32_t i = b->from + 1; i < b->to; i++) {
        mrl_buf_add(&text, m->comments[i].text);
        mrl_buf_byte(&text, '\n');
    }
    mrl_err_init(&err);
    mrl_str yaml = mrl_arena_str(m->arena, (mrl_str){text.ptr, text.len});
    mrl_status status = text.status;
    mrl_buf_release(&text);
    MRL_TRY(status);
    MRL_CHECK(yaml.ptr != NULL, MRL_E_NOMEM);
    status = mrl_yaml_parse(m->arena, yaml, NULL, &err, &docs, &n);
    MRL_CHECK(status != MRL_E_NOMEM, status);
    if (status != MRL_OK || (n > 0 && !mrl_is_obj(docs[0].value))) {
        uint32_t line = b->from + (err.pos.line > 0 ? err.pos.line : 1);
        return refuse(m, diags, m->comments[line < b->to ? line : b->to - 1].loc,
                      status != MRL_OK ? err.text : "metadata must be a YAML mapping");
    }
    *ret = n > 0 ? docs[0].value : mrl_empty_obj();
    return mrl_val_freeze(m->arena, *ret);
}

/* The first rule behind a line, or NULL. */
static struct mrl_rule *rule_behind(const struct mrl_module *m, uint32_t line) {
    struct mrl_rule *best = NULL;
    for (uint32_t i = 0; i < m->n_rules; i++) {
        struct mrl_rule *r = m->rules[i];
        if (r->loc.line > line && (best == NULL || r->loc.line < best->loc.line))
            best = r;
    }
    return best;
}

/* The scope of a name; without one, that of what follows. False when the two do not fit. */
static bool read_scope(mrl_str name, bool on_package, enum mrl_annotation_scope *ret) {
    static const char *const names[] = {"rule", "document", "package", "subpackages"};
    *ret = on_package ? MRL_SCOPE_PACKAGE : MRL_SCOPE_RULE;
    if (name.ptr == NULL)
        return true;
    for (int i = 0; i < 4; i++) {
        if (mrl_str_eq(name, mrl_str_z(names[i]))) {
            *ret = (enum mrl_annotation_scope)i;
            return on_package == (i >= 2);
        }
    }
    return false;
}

/* Gives the value its scope member, over one that is there. */
static mrl_status add_scope(mrl_arena *a, enum mrl_annotation_scope scope, mrl_val *v) {
    MRL_ASSERT(mrl_is_obj(*v) && scope <= MRL_SCOPE_SUBPACKAGES);
    static const char *const names[] = {"rule", "document", "package", "subpackages"};
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_OBJ, v->len + 1);
    for (uint32_t i = 0; i < v->len; i++)
        mrl_build_member(&b, v->u.obj->m[i].key, v->u.obj->m[i].val);
    mrl_build_member(&b, MRL_V("scope"), mrl_strval(mrl_str_z(names[scope])));
    MRL_TRY(mrl_build_end(&b, v));
    return mrl_val_freeze(a, *v);
}

/* One block: its value, its scope and the rule that it belongs to. */
static mrl_status read_block(struct mrl_module *m, const struct block *b, struct mrl_diags *diags,
                             struct mrl_annotation *ret) {
    struct mrl_rloc first = m->comments[b->from].loc;
    uint32_t last_line = m->comments[b->to - 1].loc.line;
    *ret = (struct mrl_annotation){.loc = first};
    MRL_TRY(read_yaml(m, b, diags, &ret->value));
    bool on_package = m->package_loc.line > last_line;
    ret->rule = on_package ? NULL : rule_behind(m, last_line);
    if (!on_package && ret->rule == NULL)
        return refuse(m, diags, first, "annotation must be followed by a package or a rule");
    mrl_val scope = MRL_GET(ret->value, "scope");
    if (!read_scope(mrl_is_str(scope) ? mrl_val_str(scope) : (mrl_str){NULL, 0}, on_package,
                    &ret->scope))
        return refuse(m, diags, first, "annotation scope does not fit what follows it");
    ret->entrypoint = mrl_is_true(MRL_GET(ret->value, "entrypoint"));
    return add_scope(m->arena, ret->scope, &ret->value);
}

mrl_status mrl_rego_annotations(struct mrl_module *m, struct mrl_diags *diags) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < m->n_comments; i++)
        n += is_metadata(&m->comments[i]);
    m->annotations = MRL_ARENA_ARRAY(m->arena, struct mrl_annotation, n + 1);
    MRL_CHECK(m->annotations != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < m->n_comments; i++) {
        if (!is_metadata(&m->comments[i]))
            continue;
        struct block b = {i, i + 1};
        while (b.to < m->n_comments && !is_metadata(&m->comments[b.to]) &&
               m->comments[b.to].loc.line == m->comments[b.to - 1].loc.line + 1)
            b.to++;
        struct mrl_annotation *it = &m->annotations[m->n_annotations];
        MRL_TRY(read_block(m, &b, diags, it));
        m->n_annotations++;
        if (it->rule != NULL) {
            /* Blocks of one rule stand one behind the other, so the first and their number are
             * enough. */
            it->rule->annotations = it->rule->n_annotations == 0 ? it : it->rule->annotations;
            it->rule->n_annotations++;
        }
    }
    return MRL_OK;
}
