/* parse_module.c - package, imports, and the order of things in a module.
 *
 * Keywords are switched on by imports while the module is read, so that a word is an identifier
 * above its import and a keyword below it. A query is a module without package whose one rule
 * holds the body: later passes then see one shape.
 */
#include "engines/policy/rego/annotations.h"
#include "engines/policy/rego/parser_internal.h"

/* The variable's name as the operand .name. */
static struct mrl_term *string_operand(struct mrl_parser *p, const struct mrl_term *var) {
    MRL_ASSERT(var->kind == MRL_TERM_VAR);
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_SCALAR, var->loc);
    if (t != NULL) {
        t->u.scalar = mrl_strval(var->u.var);
        t->dotted = 1;
    }
    return t;
}

/* True when all operands from `from` on are string constants. */
static bool all_strings(const struct mrl_term *ref, uint32_t from) {
    MRL_ASSERT(ref->kind == MRL_TERM_REF);
    for (uint32_t i = from; i < ref->u.ref.n; i++)
        if (ref->u.ref.items[i]->kind != MRL_TERM_SCALAR ||
            !mrl_is_str(ref->u.ref.items[i]->u.scalar))
            return false;
    return true;
}

/* A variable of that name, placed at loc. */
static struct mrl_term *var_term(struct mrl_parser *p, mrl_str name, struct mrl_rloc loc) {
    struct mrl_term *t = mrl_p_term(p, MRL_TERM_VAR, loc);
    if (t != NULL)
        t->u.var = name;
    return t;
}

/* A path after `package` or `import`: the first word may be any identifier. */
static struct mrl_term *path(struct mrl_parser *p) {
    const struct mrl_token *tok = mrl_p_tok(p);
    if (tok->kind != MRL_TOK_IDENT)
        return mrl_p_unexpected(p, "expected a path");
    struct mrl_term *first = var_term(p, tok->text, tok->loc);
    mrl_p_next(p);
    return first != NULL ? mrl_p_ref_tail(p, first) : NULL;
}

/* Makes data.a.b of the written path a.b. */
static bool package(struct mrl_parser *p) {
    p->module->package_loc = mrl_p_tok(p)->loc;
    mrl_p_next(p);
    struct mrl_term *written = path(p);
    if (written == NULL)
        return false;
    /* A ref may begin with a call, too: v().k has no first word. */
    bool is_ref = written->kind == MRL_TERM_REF && written->u.ref.items[0]->kind == MRL_TERM_VAR;
    if (written->kind != MRL_TERM_VAR && !(is_ref && all_strings(written, 1)))
        return mrl_p_fail(p, written->loc, "package name cannot contain variables or calls") !=
               NULL;
    struct mrl_list ops = {0};
    const struct mrl_term *first = is_ref ? written->u.ref.items[0] : written;
    bool ok = mrl_p_add(p, &ops, var_term(p, MRL_S("data"), written->loc)) &&
              mrl_p_add(p, &ops, string_operand(p, first));
    for (uint32_t i = 1; ok && is_ref && i < written->u.ref.n; i++)
        ok = mrl_p_add(p, &ops, written->u.ref.items[i]);
    struct mrl_term *t = ok ? mrl_p_term(p, MRL_TERM_REF, written->loc) : NULL;
    if (t == NULL)
        return false;
    t->u.ref = (struct mrl_terms){(struct mrl_term **)ops.items, ops.n};
    p->module->package = t;
    return true;
}

/* --- imports
 * ------------------------------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    unsigned kw;
} future[] = {{"in", MRL_KW_IN},        {"every", MRL_KW_EVERY | MRL_KW_IN},
              {"if", MRL_KW_IF},        {"contains", MRL_KW_CONTAINS},
              {"not", MRL_KW_NOT_BODY}, {"and", MRL_KW_AND},
              {"or", MRL_KW_OR}};

/* Keywords of the future become ones from here on, in this module only. */
static bool future_import(struct mrl_parser *p, const struct mrl_term *ref) {
    mrl_val word = ref->u.ref.n > 2 ? ref->u.ref.items[2]->u.scalar : mrl_undefined();
    if (!all_strings(ref, 1) || ref->u.ref.n > 3 ||
        !mrl_str_eq(mrl_val_str(ref->u.ref.items[1]->u.scalar), MRL_S("keywords")))
        return mrl_p_fail(p, ref->loc, "invalid import, must be `future.keywords`") != NULL;
    if (!mrl_is_defined(word)) { /* all of them */
        for (size_t i = 0; i < MRL_COUNTOF(future); i++)
            p->keywords |= future[i].kw;
        return true;
    }
    for (size_t i = 0; i < MRL_COUNTOF(future); i++)
        if (mrl_str_eq(mrl_val_str(word), mrl_str_z(future[i].name))) {
            p->keywords |= future[i].kw;
            return true;
        }
    return mrl_p_fail(p, ref->loc,
                      "unexpected keyword, must be one of [and contains every if in not or]") !=
           NULL;
}

/* import rego.v1: all that follows is v1, whatever the module was taken for. */
static bool rego_import(struct mrl_parser *p, const struct mrl_term *ref) {
    if (ref->u.ref.n != 2 || !all_strings(ref, 1) ||
        !mrl_str_eq(mrl_val_str(ref->u.ref.items[1]->u.scalar), MRL_S("v1")))
        return mrl_p_fail(p, ref->loc, "invalid import, must be `rego.v1`") != NULL;
    p->keywords |= MRL_KW_V1;
    p->module->version = MRL_REGO_V1;
    p->module->rego_v1_import = true;
    return true;
}

/* Appends to the module's imports; *cap is their room. */
static bool add_import(struct mrl_parser *p, struct mrl_import import, uint32_t *cap) {
    MRL_ASSERT(p->module->n_imports <= *cap);
    struct mrl_module *m = p->module;
    if (m->n_imports == *cap) {
        uint32_t more = *cap > 0 ? *cap * 2 : 8;
        struct mrl_import *items =
            mrl_arena_regrow(p->arena, m->imports, *cap, more, sizeof *items);
        if (items == NULL) {
            p->status = MRL_E_NOMEM;
            return false;
        }
        m->imports = items;
        *cap = more;
    }
    m->imports[m->n_imports++] = import;
    return true;
}

/* One import; those of future and rego change what is a keyword from here on. */
static bool import(struct mrl_parser *p, uint32_t *cap) {
    struct mrl_import im = {.loc = mrl_p_tok(p)->loc};
    mrl_p_next(p);
    im.path = path(p);
    if (im.path == NULL)
        return false;
    bool is_ref = im.path->kind == MRL_TERM_REF;
    if (!is_ref && im.path->kind != MRL_TERM_VAR)
        return mrl_p_fail(p, im.path->loc, "invalid import path") != NULL;
    const struct mrl_term *head = is_ref ? im.path->u.ref.items[0] : im.path;
    mrl_str root = head->kind == MRL_TERM_VAR ? head->u.var : MRL_S("");
    bool special = is_ref && (mrl_str_eq(root, MRL_S("future")) || mrl_str_eq(root, MRL_S("rego")));
    if (!special && !mrl_str_eq(root, MRL_S("data")) && !mrl_str_eq(root, MRL_S("input")))
        return mrl_p_fail(p, im.path->loc,
                          "path must begin with one of: {data, future, input, rego}") != NULL;
    if (is_ref && !all_strings(im.path, 1))
        return mrl_p_fail(p, im.path->loc, "path elements must be strings") != NULL;
    if (mrl_p_word(p, "as")) {
        mrl_p_next(p);
        if (mrl_p_tok(p)->kind != MRL_TOK_IDENT || special)
            return mrl_p_unexpected(p, special ? "`future` imports cannot be aliased"
                                               : "expected var") != NULL;
        im.alias = mrl_p_tok(p)->text;
        mrl_p_next(p);
    }
    im.loc = mrl_p_span(p, im.loc);
    if (special && !(root.ptr[0] == 'f' ? future_import(p, im.path) : rego_import(p, im.path)))
        return false;
    return add_import(p, im, cap);
}

/* --- modules
 * -------------------------------------------------------------------------------------------------
 */

/* A module: its package, then imports and rules in any order. The first error ends it: what follows
 * one is too often its echo. */
static bool statements(struct mrl_parser *p) {
    struct mrl_list rules = {0};
    uint32_t imports_cap = 0;
    if (!mrl_p_word(p, "package"))
        return mrl_p_fail(p, mrl_p_tok(p)->loc, "package expected") != NULL;
    if (!package(p))
        return false;
    while (mrl_p_tok(p)->kind != MRL_TOK_EOF) {
        if (mrl_p_accept(p, MRL_OP1(';')))
            continue;
        bool ok = mrl_p_word(p, "import") ? import(p, &imports_cap) : mrl_p_rule(p, &rules);
        if (!ok)
            return false;
    }
    p->module->rules = (struct mrl_rule **)rules.items;
    p->module->n_rules = rules.n;
    return true;
}

/* Lexes the whole text first: the parser goes back and forth in tokens, never in bytes. */
static mrl_status begin(struct mrl_parser *p, mrl_arena *a, mrl_str file, mrl_str text) {
    struct mrl_module *m = MRL_ARENA_NEW(a, struct mrl_module);
    MRL_CHECK(m != NULL, MRL_E_NOMEM);
    m->file = file;
    m->text = text;
    m->arena = a;
    p->arena = a;
    p->module = m;
    struct mrl_lex_error error;
    mrl_status status = mrl_rego_lex(a, text, &p->toks, &error);
    m->comments = p->toks.comments;
    m->n_comments = p->toks.n_comments;
    m->line_starts = p->toks.line_starts;
    m->n_lines = p->toks.n_lines;
    if (status == MRL_E_SYNTAX || status == MRL_E_LIMIT) {
        mrl_p_fail(p, error.loc, "%s", error.message);
        return MRL_E_INVALID;
    }
    return status;
}

/* The module when all went well. Memory comes first: without it the other flags say little. */
static mrl_status end(const struct mrl_parser *p, bool ok, struct mrl_module **ret) {
    MRL_TRY(p->status);
    MRL_CHECK(ok && !p->failed, MRL_E_INVALID);
    *ret = p->module;
    return MRL_OK;
}

static void set_version(struct mrl_parser *p, enum mrl_rego_version version) {
    p->module->version = version;
    p->keywords = version == MRL_REGO_V1 ? MRL_KW_V1 : 0;
}

mrl_status mrl_rego_parse_source(mrl_arena *a, mrl_str file, mrl_str text,
                                 enum mrl_rego_version version, struct mrl_diags *diags,
                                 struct mrl_module **ret) {
    struct mrl_parser p = {.diags = diags};
    MRL_TRY(begin(&p, a, file, text));
    set_version(&p, version);
    return end(&p, statements(&p), ret);
}

mrl_status mrl_rego_parse_module(mrl_arena *a, mrl_str file, mrl_str text,
                                 enum mrl_rego_version version, struct mrl_diags *diags,
                                 struct mrl_module **ret) {
    MRL_TRY(mrl_rego_parse_source(a, file, text, version, diags, ret));
    return mrl_rego_annotations(*ret, diags);
}

/* "data.x as y; input.z" as imports of the module. */
static bool query_imports(struct mrl_parser *p, mrl_str list) {
    struct mrl_parser q = {.diags = p->diags, .arena = p->arena, .module = p->module};
    struct mrl_lex_error error;
    uint32_t cap = 0;
    mrl_str text = mrl_arena_printf(p->arena, "import %.*s", MRL_F(list));
    if (text.ptr == NULL || mrl_rego_lex(p->arena, text, &q.toks, &error) != MRL_OK)
        return mrl_p_fail(p, (struct mrl_rloc){0, 0, 1, 1}, "invalid import") != NULL;
    q.keywords = p->keywords;
    /* the word import stands before the first path only: step back so that each path follows one
     * token */
    do {
        if (!import(&q, &cap))
            return false;
    } while (mrl_p_is(&q, MRL_OP1(';')));
    p->keywords = q.keywords;
    return true;
}

mrl_status mrl_rego_parse_query(mrl_arena *a, mrl_str text, mrl_str imports,
                                enum mrl_rego_version version, struct mrl_diags *diags,
                                struct mrl_module **ret) {
    struct mrl_parser p = {.diags = diags};
    MRL_TRY(begin(&p, a, MRL_S(""), text));
    set_version(&p, version);
    if (imports.len > 0 && !query_imports(&p, imports))
        return end(&p, false, ret);
    struct mrl_rule *r = MRL_ARENA_NEW(a, struct mrl_rule);
    struct mrl_list rules = {0};
    MRL_CHECK(r != NULL, MRL_E_NOMEM);
    while (mrl_p_accept(&p, MRL_OP1(';')))
        ;
    r->body = mrl_p_body(&p, 0);
    bool ok = r->body != NULL && mrl_p_add(&p, &rules, r);
    p.module->rules = (struct mrl_rule **)rules.items;
    p.module->n_rules = rules.n;
    return end(&p, ok, ret);
}
