/* parser_internal.h - shared by the parse_*.c files only. */
#ifndef MRL_POLICY_REGO_PARSER_INTERNAL_H
#define MRL_POLICY_REGO_PARSER_INTERNAL_H

#include "engines/policy/rego/lexer.h"
#include "engines/policy/rego/parser.h"

enum mrl_kw { /* words that are keywords when their bit is set */
              MRL_KW_IN = 1,
              MRL_KW_EVERY = 2,
              MRL_KW_IF = 4,
              MRL_KW_CONTAINS = 8,
              MRL_KW_NOT_BODY = 16, /* import future.keywords.not */
              MRL_KW_AND = 32,
              MRL_KW_OR = 64,
};
#define MRL_KW_V1 (MRL_KW_IN | MRL_KW_EVERY | MRL_KW_IF | MRL_KW_CONTAINS)

struct mrl_parser {
    mrl_arena *arena;
    struct mrl_module *module;
    struct mrl_tokens toks;
    uint32_t at;
    unsigned keywords; /* enum mrl_kw bits in force */
    unsigned depth;
    uint32_t terms; /* made so far */
    struct mrl_diags *diags;
    bool failed;       /* an error was reported; while `quiet` only remembered */
    unsigned quiet;    /* speculative parse: errors are not reported */
    mrl_status status; /* MRL_E_NOMEM sticks here */
};

/* --- tokens ------------------------------------------------------------------------------- */
/* The current token; past the end it is MRL_TOK_EOF, so that no caller needs to look at the count.
 */
static inline const struct mrl_token *mrl_p_tok(const struct mrl_parser *p) {
    return &p->toks.items[p->at];
}
static inline const struct mrl_token *mrl_p_ahead(const struct mrl_parser *p, uint32_t n) {
    return &p->toks.items[p->at + n < p->toks.n ? p->at + n : p->toks.n - 1];
}
/* The current token is this punctuation. */
static inline bool mrl_p_is(const struct mrl_parser *p, uint16_t op) {
    return mrl_p_tok(p)->kind == MRL_TOK_OP && mrl_p_tok(p)->op == op;
}
static inline void mrl_p_next(struct mrl_parser *p) {
    if (p->at + 1 < p->toks.n)
        p->at++;
}
static inline bool mrl_p_accept(struct mrl_parser *p, uint16_t op) {
    bool hit = mrl_p_is(p, op);
    if (hit)
        mrl_p_next(p);
    return hit;
}
/* The current token is the word, not followed by . or [ as the head of a ref. */
bool mrl_p_word(const struct mrl_parser *p, const char *word);
/* As mrl_p_word for a keyword that may be switched off. */
bool mrl_p_keyword(const struct mrl_parser *p, enum mrl_kw kw);
/* True for any word that may not be a variable here. */
bool mrl_p_reserved(const struct mrl_parser *p, mrl_str word);
/* Consumes `op` or reports that it was expected. */
bool mrl_p_expect(struct mrl_parser *p, uint16_t op, const char *what);

/* Reports a parse error at `loc` (the first one counts) and returns NULL. */
void *mrl_p_fail(struct mrl_parser *p, struct mrl_rloc loc, const char *fmt, ...) MRL_PRINTF(3, 4);
/* "unexpected X token: expected Y". */
void *mrl_p_unexpected(struct mrl_parser *p, const char *expected);

/* --- nodes -------------------------------------------------------------------------------- */
/* A new term, zeroed but for kind and place; NULL over a ceiling or without memory. */
struct mrl_term *mrl_p_term(struct mrl_parser *p, enum mrl_term_kind kind, struct mrl_rloc loc);
/* A new expression, as mrl_p_term. */
struct mrl_expr *mrl_p_expr(struct mrl_parser *p, enum mrl_expr_kind kind, struct mrl_rloc loc);
/* loc from `start` to the end of the last consumed token. */
struct mrl_rloc mrl_p_span(const struct mrl_parser *p, struct mrl_rloc start);

struct mrl_list { /* a growing list of pointers */
    void **items;
    uint32_t n, cap;
};
/* Appends; a NULL item (a failed parse) is false, so that a caller can add what it has just read.
 */
bool mrl_p_add(struct mrl_parser *p, struct mrl_list *l, void *item);

/* Enters one level of nesting; false (and an error) when too deep. Pair with p->depth--. */
bool mrl_p_enter(struct mrl_parser *p);

/* --- grammar ------------------------------------------------------------------------------ */
/* A term with infix operators. in_list: `k, v in xs` is not tried (the comma separates). */
struct mrl_term *mrl_p_infix(struct mrl_parser *p, bool in_list);
/* A term without infix operators: literal, variable, ref, call, collection, or one in parentheses.
 */
struct mrl_term *mrl_p_operand(struct mrl_parser *p);
/* A variable or ref head followed by .x [x] (args): rule heads and refs. */
struct mrl_term *mrl_p_ref_tail(struct mrl_parser *p, struct mrl_term *head);
/* Expressions up to `close` (which is consumed); 0 = end of text. */
struct mrl_body *mrl_p_body(struct mrl_parser *p, uint16_t close);
/* One expression of a body with its modifiers; NULL after an error. */
struct mrl_expr *mrl_p_literal(struct mrl_parser *p);
/* An expression without its `with` modifiers; `loc` is where its `not` or first token stands. */
struct mrl_expr *mrl_p_bare(struct mrl_parser *p, bool negated, struct mrl_rloc loc);
/* Reads the modifiers behind e (NULL is passed on) and sets its place. */
struct mrl_expr *mrl_p_with(struct mrl_parser *p, struct mrl_expr *e);
/* A literal under future.keywords.and, or, not. False, with nothing consumed, where it begins with
 * `some` or `every`; else *ret is the literal, or NULL after an error. */
bool mrl_p_logical(struct mrl_parser *p, struct mrl_expr **ret);
/* A body of one expression; NULL is passed on. */
struct mrl_body *mrl_p_body_of_one(struct mrl_parser *p, struct mrl_expr *e);
/* A point to return to: speculation saves it, reads on under p->quiet, and returns. */
struct mrl_p_mark {
    uint32_t at;
    unsigned depth;
    bool failed;
};
static inline struct mrl_p_mark mrl_p_mark(const struct mrl_parser *p) {
    return (struct mrl_p_mark){p->at, p->depth, p->failed};
}
static inline void mrl_p_return(struct mrl_parser *p, struct mrl_p_mark m) {
    p->at = m.at;
    p->depth = m.depth;
    p->failed = m.failed;
}
/* `x in xs` (2 args) or `k, v in xs` (3), not in parentheses: the forms that `some` and `every`
 * take. */
bool mrl_p_is_member(const struct mrl_term *t, unsigned args);
/* Rules: appends to the list. False after an error. */
bool mrl_p_rule(struct mrl_parser *p, struct mrl_list *rules);

#endif
