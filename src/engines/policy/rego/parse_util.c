/* parse_util.c - tokens, errors and nodes for the parser.
 *
 * Errors: the first one counts, and p->failed stops everything that looks at NULL. Speculation
 * (p->quiet) remembers a failure without telling it. p->status is for what cannot be taken back:
 * memory, and a text that was tried too often. Every node is made here, so that ceilings hold for
 * all of them.
 */
#include "engines/policy/rego/parser_internal.h"

#include <stdarg.h>
#include <stdio.h>

static const struct {
    const char *word;
    unsigned kw; /* 0: always a keyword */
} keywords[] = {
    {"as", 0},
    {"default", 0},
    {"else", 0},
    {"false", 0},
    {"import", 0},
    {"package", 0},
    {"not", 0},
    {"null", 0},
    {"some", 0},
    {"true", 0},
    {"with", 0},
    {"in", MRL_KW_IN},
    {"every", MRL_KW_EVERY},
    {"if", MRL_KW_IF},
};

bool mrl_p_reserved(const struct mrl_parser *p, mrl_str word) {
    for (size_t i = 0; i < MRL_COUNTOF(keywords); i++)
        if ((keywords[i].kw == 0 || (p->keywords & keywords[i].kw)) &&
            mrl_str_eq(word, mrl_str_z(keywords[i].word)))
            return true;
    return false;
}

/* A word followed by . or [ heads a ref: `if.x` is no `if`. */
bool mrl_p_word(const struct mrl_parser *p, const char *word) {
    const struct mrl_token *t = mrl_p_tok(p), *next = mrl_p_ahead(p, 1);
    if (t->kind != MRL_TOK_IDENT || !mrl_str_eq(t->text, mrl_str_z(word)))
        return false;
    bool ref = next->kind == MRL_TOK_OP && !next->space_before &&
               (next->op == MRL_OP1('.') || next->op == MRL_OP1('['));
    return !ref;
}

bool mrl_p_keyword(const struct mrl_parser *p, enum mrl_kw kw) {
    const char *word = kw == MRL_KW_IN         ? "in"
                       : kw == MRL_KW_EVERY    ? "every"
                       : kw == MRL_KW_IF       ? "if"
                       : kw == MRL_KW_CONTAINS ? "contains"
                       : kw == MRL_KW_AND      ? "and"
                                               : "or";
    return (p->keywords & kw) && mrl_p_word(p, word);
}

/* Only the first error is told: the others are mostly its echoes. While the parse is speculative
 * none is; the failure is remembered all the same, for the caller to take back or to keep. */
void *mrl_p_fail(struct mrl_parser *p, struct mrl_rloc loc, const char *fmt, ...) {
    if (p->failed)
        return NULL;
    p->failed = true;
    if (p->quiet > 0)
        return NULL;
    char text[256];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    struct mrl_diag d = {.code = "rego_parse_error",
                         .message = mrl_str_z(text),
                         .pos = {p->module->file, loc.line, loc.col, loc.start},
                         .width = loc.end > loc.start ? loc.end - loc.start : 1};
    mrl_str rest;
    uint32_t start = loc.col <= loc.start + 1 ? loc.start - (loc.col - 1) : 0;
    d.source = mrl_str_cut(mrl_str_sub(p->module->text, start, p->module->text.len), '\n', &rest);
    if (mrl_diags_add(p->diags, &d) == MRL_E_NOMEM)
        p->status = MRL_E_NOMEM;
    return NULL;
}

/* The token as OPA names it in messages. */
static void describe(const struct mrl_parser *p, const struct mrl_token *t, char *out,
                     size_t size) {
    MRL_ASSERT(t->kind <= MRL_TOK_OP);
    static const char *const kinds[] = {
        [MRL_TOK_EOF] = "eof",    [MRL_TOK_NUMBER] = "number",    [MRL_TOK_STRING] = "string",
        [MRL_TOK_RAW] = "string", [MRL_TOK_TPL_BEGIN] = "string", [MRL_TOK_TPL_TEXT] = "string",
        [MRL_TOK_TPL_OPEN] = "{", [MRL_TOK_TPL_CLOSE] = "}",      [MRL_TOK_TPL_END] = "string",
    };
    if (t->kind == MRL_TOK_IDENT)
        snprintf(out, size, "%.*s",
                 MRL_F(mrl_p_reserved(p, t->text) ? t->text : MRL_S("identifier")));
    else if (t->kind == MRL_TOK_OP)
        snprintf(out, size, "%.*s", MRL_F(mrl_str_sub(p->module->text, t->loc.start, t->loc.end)));
    else
        snprintf(out, size, "%s", kinds[t->kind]);
}

void *mrl_p_unexpected(struct mrl_parser *p, const char *expected) {
    char name[64];
    const struct mrl_token *t = mrl_p_tok(p);
    describe(p, t, name, sizeof name);
    if (expected != NULL)
        return mrl_p_fail(p, t->loc, "unexpected %s token: %s", name, expected);
    return mrl_p_fail(p, t->loc, "unexpected %s token", name);
}

bool mrl_p_expect(struct mrl_parser *p, uint16_t op, const char *what) {
    if (mrl_p_accept(p, op))
        return true;
    mrl_p_unexpected(p, what);
    return false;
}

/* From `start` to the end of what was read last: white space behind a node never belongs to it. */
struct mrl_rloc mrl_p_span(const struct mrl_parser *p, struct mrl_rloc start) {
    MRL_ASSERT(p->at < p->toks.n);
    if (p->at > 0)
        start.end = p->toks.items[p->at - 1].loc.end;
    if (start.end < start.start)
        start.end = start.start;
    return start;
}

#define SMALL_MODULE 100 /* tokens: below, the bound on tries would be too tight */

/* Speculation reads a text again, and nested speculation again and again: a broken text could take
 * time exponential in its nesting. The count of terms made ends that. It must end the parse for
 * good, or the next alternative would be tried. */
static void *too_many_terms(struct mrl_parser *p, struct mrl_rloc loc) {
    if (p->status != MRL_OK)
        return NULL;
    p->quiet = 0;
    p->failed = false;
    if (p->terms > MRL_REGO_TERMS_MAX)
        mrl_p_fail(p, loc, "the module has more than %u terms", MRL_REGO_TERMS_MAX);
    else
        mrl_p_fail(
            p, loc,
            "the text cannot be read in %u tries: a bracket before here is probably not closed",
            MRL_REGO_TRIES_MAX);
    if (p->status == MRL_OK)
        p->status = MRL_E_INVALID;
    return NULL;
}

struct mrl_term *mrl_p_term(struct mrl_parser *p, enum mrl_term_kind kind, struct mrl_rloc loc) {
    if (++p->terms > MRL_REGO_TERMS_MAX || p->terms / MRL_REGO_TRIES_MAX > p->toks.n + SMALL_MODULE)
        return too_many_terms(p, loc);
    struct mrl_term *t = MRL_ARENA_NEW(p->arena, struct mrl_term);
    if (t == NULL) {
        p->status = MRL_E_NOMEM;
        p->failed = true;
        return NULL;
    }
    t->kind = (uint8_t)kind;
    t->loc = loc;
    return t;
}

struct mrl_expr *mrl_p_expr(struct mrl_parser *p, enum mrl_expr_kind kind, struct mrl_rloc loc) {
    struct mrl_expr *e = MRL_ARENA_NEW(p->arena, struct mrl_expr);
    if (e == NULL) {
        p->status = MRL_E_NOMEM;
        p->failed = true;
        return NULL;
    }
    e->kind = (uint8_t)kind;
    e->loc = loc;
    return e;
}

bool mrl_p_add(struct mrl_parser *p, struct mrl_list *l, void *item) {
    MRL_DASSERT(l->n <= l->cap);
    if (item == NULL)
        return false;
    if (l->n == l->cap) {
        uint32_t cap = l->cap > 0 ? l->cap * 2 : 4;
        void **items = mrl_arena_regrow(p->arena, l->items, l->cap, cap, sizeof *items);
        if (items == NULL) {
            p->status = MRL_E_NOMEM;
            p->failed = true;
            return false;
        }
        l->items = items;
        l->cap = cap;
    }
    l->items[l->n++] = item;
    return true;
}

bool mrl_p_enter(struct mrl_parser *p) {
    if (p->depth >= MRL_REGO_DEPTH_MAX) {
        mrl_p_fail(p, mrl_p_tok(p)->loc, "max recursion depth exceeded");
        return false;
    }
    p->depth++;
    return true;
}
