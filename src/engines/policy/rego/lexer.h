/* lexer.h - Rego text to tokens.
 *
 * Idea: the whole module is turned into an array of tokens first, so that the parser can look ahead
 * and go back freely. Keywords are plain identifiers here: which words are keywords depends on
 * version and imports, and only the parser knows. Template strings become a begin token, text
 * parts, the tokens of their expressions between open and close, and an end token. Tokens and
 * decoded strings live in the arena; cost is linear.
 */
#ifndef MRL_POLICY_REGO_LEXER_H
#define MRL_POLICY_REGO_LEXER_H

#include "engines/policy/diag.h"
#include "engines/policy/rego/ast.h"

enum mrl_tok {
    MRL_TOK_EOF,
    MRL_TOK_IDENT,     /* text */
    MRL_TOK_NUMBER,    /* text */
    MRL_TOK_STRING,    /* text is decoded */
    MRL_TOK_RAW,       /* `...`: text between the quotes */
    MRL_TOK_TPL_BEGIN, /* $" or $` (raw set) */
    MRL_TOK_TPL_TEXT,  /* decoded text of a template string */
    MRL_TOK_TPL_OPEN,  /* { of an expression in a template string */
    MRL_TOK_TPL_CLOSE,
    MRL_TOK_TPL_END,
    MRL_TOK_OP, /* punctuation: op is its code, see mrl_op */
};

/* Punctuation as a number made of its one or two characters. */
#define MRL_OP1(a) ((uint16_t)(a))
#define MRL_OP2(a, b) ((uint16_t)((a) | (b) << 8))

struct mrl_token {
    uint8_t kind;
    bool space_before; /* white space or a comment comes before it */
    bool line_before;  /* a line break comes before it */
    bool raw;          /* template with backquotes */
    uint16_t op;
    struct mrl_rloc loc;
    mrl_str text;
};

struct mrl_tokens {
    struct mrl_token *items; /* the last one is MRL_TOK_EOF */
    uint32_t n;
    struct mrl_comment *comments;
    uint32_t n_comments;
    uint32_t *line_starts;
    uint32_t n_lines;
};

/* What the lexer found wrong: message and place. */
struct mrl_lex_error {
    const char *message;
    struct mrl_rloc loc;
};

/* MRL_E_SYNTAX with *ret_error filled, MRL_E_LIMIT over MRL_REGO_TEXT_MAX, MRL_E_NOMEM. */
mrl_status mrl_rego_lex(mrl_arena *a, mrl_str text, struct mrl_tokens *ret,
                        struct mrl_lex_error *ret_error) MRL_NODISCARD;

#endif
