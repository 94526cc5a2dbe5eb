/* lexer.c - see lexer.h.
 *
 * One pass over the bytes; a token is a slice of the text, only escapes make copies. UTF-8 is
 * checked once before, so that nothing behind it needs to. Inside a template string the brace
 * that closes an expression is found by counting braces, which is why the lexer and not the
 * parser knows about nesting.
 */
#include "engines/policy/rego/lexer.h"

#include "base/utf8.h"
#include "formats/json/json.h"

#define TEMPLATE_NESTING_MAX 32

struct template { /* a template string that is open */
    bool raw;
    uint32_t braces; /* open braces of the expression being read */
};

struct lexer {
    mrl_arena *arena;
    mrl_str text;
    uint32_t at;
    /* 1-based line at `at`, and the offset where it begins. */
    uint32_t line, line_start;
    /* What stood before the token at hand; emit() notes it on the token and forgets. */
    bool space, newline;
    struct mrl_tokens *out;
    uint32_t cap, comments_cap, lines_cap;
    struct template templates[TEMPLATE_NESTING_MAX];
    uint32_t depth;    /* of templates */
    uint32_t brackets; /* open ones; what closes too much is the parser's to report */
    struct mrl_lex_error *error;
};

/* The byte `ahead` of here, or -1 behind the end: no caller looks at the length. */
static int peek(const struct lexer *l, uint32_t ahead) {
    return l->at + ahead < l->text.len ? (unsigned char)l->text.ptr[l->at + ahead] : -1;
}

/* The place of the next byte, as a stretch of no length. */
static struct mrl_rloc here(const struct lexer *l) {
    return (struct mrl_rloc){l->at, l->at, l->line, l->at - l->line_start + 1};
}

/* Notes what is wrong, from loc to here; the first error ends the lexing. */
static mrl_status fail(struct lexer *l, struct mrl_rloc loc, const char *message) {
    loc.end = l->at;
    *l->error = (struct mrl_lex_error){message, loc};
    return MRL_E_SYNTAX;
}

/* Room for one more element in an arena array. */
static bool room(mrl_arena *a, void **items, uint32_t n, uint32_t *cap, size_t size) {
    if (n < *cap)
        return true;
    uint32_t more = *cap > 0 ? *cap * 2 : 64;
    void *p = mrl_arena_regrow(a, *items, *cap, more, size);
    if (p == NULL)
        return false;
    *items = p;
    *cap = more;
    return true;
}

/* Each line's start is kept: positions are then found by binary search, and no one counts again. */
static mrl_status add_line(struct lexer *l) {
    MRL_DASSERT(l->at <= l->text.len);
    struct mrl_tokens *t = l->out;
    MRL_CHECK(room(l->arena, (void **)&t->line_starts, t->n_lines, &l->lines_cap, sizeof(uint32_t)),
              MRL_E_NOMEM);
    t->line_starts[t->n_lines++] = l->at;
    l->line_start = l->at;
    l->line = t->n_lines;
    return MRL_OK;
}

/* Appends a token that ends here. What stood before it (space, a line break) is noted on it,
 * because the grammar asks: `f (x)` is no call, and a line break ends an expression. */
static mrl_status emit(struct lexer *l, struct mrl_token token) {
    struct mrl_tokens *t = l->out;
    if (t->n == MRL_REGO_TOKENS_MAX)
        return fail(l, token.loc, "the module has more than 4 million tokens");
    MRL_CHECK(room(l->arena, (void **)&t->items, t->n, &l->cap, sizeof *t->items), MRL_E_NOMEM);
    token.loc.end = l->at;
    token.space_before = l->space;
    token.line_before = l->newline;
    l->space = l->newline = false;
    MRL_DASSERT(token.loc.start <= token.loc.end);
    t->items[t->n++] = token;
    return MRL_OK;
}

/* Comments are no tokens: the grammar never sees them. They are kept aside in order, for
 * annotations and for the formatter. */
static mrl_status comment(struct lexer *l) {
    MRL_DASSERT(peek(l, 0) == '#');
    struct mrl_tokens *t = l->out;
    struct mrl_rloc loc = here(l);
    while (peek(l, 0) >= 0 && peek(l, 0) != '\n')
        l->at++;
    loc.end = l->at;
    MRL_CHECK(
        room(l->arena, (void **)&t->comments, t->n_comments, &l->comments_cap, sizeof *t->comments),
        MRL_E_NOMEM);
    mrl_str text = mrl_str_sub(l->text, loc.start + 1, loc.end);
    if (mrl_str_ends(text, MRL_S("\r")))
        text.len--;
    t->comments[t->n_comments++] = (struct mrl_comment){text, loc};
    return MRL_OK;
}

/* White space and comments up to the next token. */
static mrl_status skip_space(struct lexer *l) {
    for (;;) {
        int c = peek(l, 0);
        if (c == '#') {
            MRL_TRY(comment(l));
        } else if (c == '\n') {
            l->at++;
            l->newline = true;
            MRL_TRY(add_line(l));
        } else if (c == ' ' || c == '\t' || c == '\r') {
            l->at++;
        } else {
            return MRL_OK;
        }
        l->space = true;
    }
}

static bool is_ident_start(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

static mrl_status identifier(struct lexer *l) {
    struct mrl_rloc loc = here(l);
    while (is_ident_start(peek(l, 0)) || is_digit(peek(l, 0)))
        l->at++;
    mrl_str text = mrl_str_sub(l->text, loc.start, l->at);
    return emit(l, (struct mrl_token){.kind = MRL_TOK_IDENT, .loc = loc, .text = text});
}

static void digits(struct lexer *l) {
    while (is_digit(peek(l, 0)))
        l->at++;
}

/* The text of a number is kept, not its value: 1.0 and 1e3 must come out as they were written. */
static mrl_status number(struct lexer *l) {
    struct mrl_rloc loc = here(l);
    digits(l);
    if (peek(l, 0) == '.' && is_digit(peek(l, 1))) {
        l->at++;
        digits(l);
    } else if (peek(l, 0) == '.') {
        return fail(l, loc, "expected number");
    }
    if ((peek(l, 0) | 0x20) == 'e' && peek(l, 0) > 0) {
        l->at++;
        if (peek(l, 0) == '+' || peek(l, 0) == '-')
            l->at++;
        if (!is_digit(peek(l, 0)))
            return fail(l, loc, "expected exponent");
        digits(l);
    }
    mrl_str text = mrl_str_sub(l->text, loc.start, l->at);
    if (is_ident_start(peek(l, 0)))
        return fail(l, loc, "illegal number format");
    if (text.len > 1 && text.ptr[0] == '0' && is_digit(text.ptr[1]))
        return fail(l, loc, "expected number without leading zero");
    return emit(l, (struct mrl_token){.kind = MRL_TOK_NUMBER, .loc = loc, .text = text});
}

/* Decodes the escapes of "..." through the JSON reader: Rego strings are JSON strings. */
static mrl_status decode(struct lexer *l, mrl_str quoted, struct mrl_rloc loc, mrl_str *ret) {
    mrl_val v;
    mrl_status status = mrl_json_parse(l->arena, quoted, NULL, NULL, &v);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK)
        return fail(l, loc, "illegal string escape sequence");
    *ret = mrl_val_str(v);
    return MRL_OK;
}

/* "...": on one line; a backslash keeps the quote behind it from ending the text. */
static mrl_status string(struct lexer *l) {
    MRL_DASSERT(peek(l, 0) == '"');
    struct mrl_rloc loc = here(l);
    mrl_str text = {NULL, 0};
    l->at++;
    while (peek(l, 0) != '"') {
        if (peek(l, 0) < 0 || peek(l, 0) == '\n')
            return fail(l, loc, "non-terminated string");
        l->at += peek(l, 0) == '\\' && peek(l, 1) >= 0 && peek(l, 1) != '\n' ? 2 : 1;
    }
    l->at++;
    MRL_TRY(decode(l, mrl_str_sub(l->text, loc.start, l->at), loc, &text));
    return emit(l, (struct mrl_token){.kind = MRL_TOK_STRING, .loc = loc, .text = text});
}

/* `...`: no escapes, but line breaks. */
static mrl_status raw_string(struct lexer *l) {
    MRL_DASSERT(peek(l, 0) == '`');
    struct mrl_rloc loc = here(l);
    for (l->at++; peek(l, 0) != '`';) {
        if (peek(l, 0) < 0)
            return fail(l, loc, "non-terminated string");
        l->at++;
        if (l->text.ptr[l->at - 1] == '\n')
            MRL_TRY(add_line(l));
    }
    l->at++;
    mrl_str text = mrl_str_sub(l->text, loc.start + 1, l->at - 1);
    return emit(l, (struct mrl_token){.kind = MRL_TOK_RAW, .loc = loc, .text = text});
}

/* --- template strings
 * -------------------------------------------------------------------------------- */

/* The literal text from `from` to l->at: \{ means a brace; the rest as in the plain string form. */
static mrl_status template_text(struct lexer *l, uint32_t from, bool raw, struct mrl_rloc loc) {
    mrl_str s = mrl_str_sub(l->text, from, l->at), text = {NULL, 0};
    if (s.len == 0)
        return MRL_OK;
    char *copy = mrl_arena_alloc(l->arena, s.len + 3, 1);
    MRL_CHECK(copy != NULL, MRL_E_NOMEM);
    size_t n = 0;
    copy[n++] = '"';
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\\' && i + 1 < s.len) {
            if (s.ptr[i + 1] != '{')
                copy[n++] = s.ptr[i];
            i++;
        }
        copy[n++] = s.ptr[i];
    }
    copy[n++] = '"';
    if (raw)
        text = (mrl_str){copy + 1, n - 2};
    else
        MRL_TRY(decode(l, (mrl_str){copy, n}, loc, &text));
    return emit(l, (struct mrl_token){.kind = MRL_TOK_TPL_TEXT, .loc = loc, .text = text});
}

/* Reads template text up to an expression or the end of the string. */
static mrl_status template_rest(struct lexer *l) {
    MRL_ASSERT(l->depth > 0);
    struct template *t = &l->templates[l->depth - 1];
    char quote = t->raw ? '`' : '"';
    struct mrl_rloc loc = here(l);
    uint32_t from = l->at;
    for (;;) {
        int c = peek(l, 0);
        if (c < 0 || (c == '\n' && !t->raw))
            return fail(l, loc, "non-terminated string");
        if (c == quote || c == '{')
            break;
        bool escape = c == '\\' && peek(l, 1) >= 0 && (!t->raw || peek(l, 1) == '{');
        l->at += escape ? 2 : 1;
        if (c == '\n')
            MRL_TRY(add_line(l));
    }
    MRL_TRY(template_text(l, from, t->raw, loc));
    bool open = peek(l, 0) == '{';
    loc = here(l);
    l->at++;
    if (!open)
        l->depth--;
    else
        t->braces = 0;
    uint8_t kind = open ? MRL_TOK_TPL_OPEN : MRL_TOK_TPL_END;
    return emit(l, (struct mrl_token){.kind = kind, .loc = loc});
}

/* Templates nest through their expressions, so that open ones are a stack: its top says whether a
 * closing brace ends an expression, and by which quote its text ends. */
static mrl_status template_begin(struct lexer *l) {
    struct mrl_rloc loc = here(l);
    if (l->depth == TEMPLATE_NESTING_MAX)
        return fail(l, loc, "template strings are nested too deeply");
    bool raw = peek(l, 1) == '`';
    l->templates[l->depth++] = (struct template){.raw = raw};
    l->at += 2;
    MRL_TRY(emit(l, (struct mrl_token){.kind = MRL_TOK_TPL_BEGIN, .loc = loc, .raw = raw}));
    return template_rest(l);
}

/* --- punctuation
 * --------------------------------------------------------------------------------------- */

/* Length of the punctuation that begins with c; 0: it is none. The longest reading wins. */
static uint32_t op_length(int c, int next) {
    static const char single[] = "()[]{},.;:=<>+-*/%&|";
    if (next == '=' && (c == ':' || c == '=' || c == '!' || c == '<' || c == '>'))
        return 2;
    return c > 0 && strchr(single, c) != NULL ? 1 : 0;
}

/* Brackets are counted to stop a text of nothing but brackets before the parser recurses into it.
 */
static mrl_status punctuation(struct lexer *l) {
    struct mrl_rloc loc = here(l);
    int c = peek(l, 0);
    uint32_t n = op_length(c, peek(l, 1));
    if (n == 0) {
        l->at++;
        return fail(l, loc, c == '!' ? "illegal ! character: use 'not'" : "illegal token");
    }
    if (l->depth > 0) { /* the brace that ends a template expression */
        struct template *t = &l->templates[l->depth - 1];
        if (c == '{')
            t->braces++;
        if (c == '}' && t->braces-- == 0) {
            l->at++;
            MRL_TRY(emit(l, (struct mrl_token){.kind = MRL_TOK_TPL_CLOSE, .loc = loc}));
            return template_rest(l);
        }
    }
    if (strchr("([{", c) != NULL && ++l->brackets > MRL_REGO_DEPTH_MAX)
        return fail(l, loc, "max recursion depth exceeded");
    if (strchr(")]}", c) != NULL && l->brackets > 0)
        l->brackets--;
    l->at += n;
    uint16_t op = n == 2 ? MRL_OP2(c, '=') : MRL_OP1(c);
    return emit(l, (struct mrl_token){.kind = MRL_TOK_OP, .loc = loc, .op = op});
}

/* `.5`: a dot before a digit, unless something stands right before it that it could be a part of.
 */
static bool begins_fraction(const struct lexer *l) {
    char before = l->at > 0 ? l->text.ptr[l->at - 1] : ' ';
    return peek(l, 0) == '.' && is_digit(peek(l, 1)) && !is_ident_start(before) &&
           !is_digit(before) && strchr(")]}\"`", before) == NULL;
}

static mrl_status next_token(struct lexer *l) {
    int c = peek(l, 0);
    if (is_ident_start(c))
        return identifier(l);
    if (is_digit(c) || begins_fraction(l))
        return number(l);
    if (c == '"')
        return string(l);
    if (c == '`')
        return raw_string(l);
    if (c == '$' && (peek(l, 1) == '"' || peek(l, 1) == '`'))
        return template_begin(l);
    return punctuation(l);
}

/* Rego is UTF-8 without NUL: anything else is no policy but something that looks like one. The
 * place is sought only when there is something to find. */
static mrl_status check_bytes(struct lexer *l) {
    mrl_str text = l->text;
    const char *nul = text.len > 0 ? memchr(text.ptr, '\0', text.len) : NULL;
    if (nul == NULL && mrl_utf8_valid(text))
        return MRL_OK;
    size_t width;
    for (; l->at < text.len; l->at += (uint32_t)width) {
        struct mrl_rloc loc = here(l);
        if (text.ptr[l->at] == '\0')
            return fail(l, loc, "illegal null character");
        if (mrl_utf8_at(text, l->at, &width) == MRL_UTF8_BAD && width == 1)
            return fail(l, loc, "illegal utf-8 character");
        if (text.ptr[l->at] == '\n') {
            l->line++;
            l->line_start = l->at + 1;
        }
    }
    return MRL_OK;
}

mrl_status mrl_rego_lex(mrl_arena *a, mrl_str text, struct mrl_tokens *ret,
                        struct mrl_lex_error *ret_error) {
    *ret = (struct mrl_tokens){NULL, 0, NULL, 0, NULL, 0};
    struct lexer l = {.arena = a, .text = text, .out = ret, .error = ret_error};
    if (text.len > MRL_REGO_TEXT_MAX) {
        *ret_error = (struct mrl_lex_error){"the module is larger than 64 MiB", {0, 0, 1, 1}};
        return MRL_E_LIMIT;
    }
    /* A byte order mark is no part of the policy. */
    if (mrl_str_starts(text, MRL_S("\xEF\xBB\xBF")))
        l.at = 3;
    MRL_TRY(add_line(&l));
    MRL_TRY(check_bytes(&l));
    for (;;) {
        MRL_TRY(skip_space(&l));
        if (peek(&l, 0) < 0)
            break;
        MRL_TRY(next_token(&l));
    }
    if (l.depth > 0)
        return fail(&l, here(&l), "non-terminated string");
    return emit(&l, (struct mrl_token){.kind = MRL_TOK_EOF, .loc = here(&l)});
}
