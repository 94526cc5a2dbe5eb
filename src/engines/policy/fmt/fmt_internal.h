/* fmt_internal.h - shared by the files of fmt/ only.
 *
 * Idea: one writer walks the tree and appends text. Comments wait in a queue, ordered by row;
 * before a node is written, comments of earlier rows are written above it, and a comment of its own
 * row waits as `pending` for the end of the output line. Two comments that want the end of one line
 * clash: the enclosing term is then copied from the source as written. That is the only way in
 * which a layout decision is taken back.
 */
#ifndef MRL_POLICY_FMT_INTERNAL_H
#define MRL_POLICY_FMT_INTERNAL_H

#include "base/buf.h"
#include "engines/policy/fmt/fmt.h"

/* Where the layout takes a node to be: the row decides about lines, the text [start, end) is what
 * brackets are sought in. The row is that of the node's first own token, which for a node in
 * parentheses may lie behind the row of the text's start. */
struct place {
    uint32_t row, start, end;
};

/* How writing a node went. */
enum wrote {
    WROTE,       /* all of it */
    WROTE_RAW,   /* all of it, the last part copied from the source after a clash of comments */
    WROTE_CLASH, /* incomplete: the caller copies the source instead */
};

enum bracket { BRACKET_ROUND, BRACKET_SQUARE, BRACKET_CURLY, BRACKET_KINDS };

/* Each opening bracket of the text with its closing one, found by counting alone: brackets in
 * strings and comments count, too, as they do in OPA. */
struct bracket_pair {
    uint32_t open, close; /* close == UINT32_MAX: none */
};
struct brackets {
    struct bracket_pair *pairs[BRACKET_KINDS]; /* by offset of the opening one */
    uint32_t n[BRACKET_KINDS];
};

struct fmt_import { /* an import as it will be written; made up ones have no comment */
    const struct mrl_import *import; /* NULL: made up */
    mrl_str keyword;                 /* made up: future.keywords.KEYWORD, or empty for rego.v1 */
    uint32_t row, col;
    int64_t comment; /* index of the comment on its line, or -1 */
};

struct fmt {
    mrl_arena *arena;
    const struct mrl_module *module;
    struct mrl_diags *diags;
    struct mrl_buf out;
    struct brackets brackets;
    mrl_status status; /* sticks: out of memory, or a diagnostic was added */

    unsigned level;  /* of indentation */
    bool inside;     /* the current output line has been started */
    bool hold;       /* the pending comment waits for one more line end */
    uint32_t next;   /* first comment that is not yet placed */
    int64_t pending; /* comment for the end of the line, or -1 */
    bool *taken;     /* comments written beside an import, out of order */

    bool v1;          /* writes v1: `if`, `contains`, := */
    bool ifs;         /* `if` may be written */
    bool contains;    /* `contains` may be written */
    bool generated;   /* variables named __local may occur: rows of what holds one say nothing */
    bool ref_heads;   /* some head needs the dotted form: then all have it */
    bool last_row;    /* a raw copy takes the comment behind it along */
    bool raw_comment; /* the last one did */

    const struct place *over; /* all nodes are taken to be here (heads repeated by the parser) */
    const struct mrl_term *moved; /* this one term is taken to be at moved_to */
    struct place moved_to;
    const struct mrl_expr *paren_expr; /* wants parentheses: a set union at a brace */
    const struct mrl_term *paren_term;
    unsigned catchers; /* terms being written that would catch a clash; inner ones need not */
};

/* --- place.c */
/* Row of a byte: by binary search in the table of lines. */
uint32_t fmt_row(const struct fmt *f, uint32_t offset);
/* Where the term is taken to be, moves and overrides included. */
struct place fmt_place(const struct fmt *f, const struct mrl_term *t);
/* As fmt_place for an expression: its `not` or first token, up to its last modifier. */
struct place fmt_expr_place(const struct fmt *f, const struct mrl_expr *e);
/* A span of the tree as it is. */
struct place fmt_place_of(const struct mrl_rloc *loc);
/* Row on which the text of the place ends. */
uint32_t fmt_end_row(const struct fmt *f, struct place p);
/* The text of the place begins with c. */
bool fmt_starts_with(const struct fmt *f, struct place p, char c);

/* --- brackets.c */
/* Finds all pairs of the text; they live in the arena. Linear. */
mrl_status fmt_brackets_init(mrl_arena *a, mrl_str text, struct brackets *ret) MRL_NODISCARD;
#define NO_ROW INT64_MIN
/* Row of the bracket that closes the first one of `kind` in the place, or NO_ROW. A `skip` other
 * than BRACKET_KINDS passes the first pair of that kind before. */
int64_t fmt_closing(const struct fmt *f, enum bracket skip, enum bracket kind, struct place p);

/* --- out.c */
/* Appends text as it is. */
void fmt_write(struct fmt *f, mrl_str s);
#define FMT_LIT(f, lit) fmt_write((f), MRL_S(lit))
/* Begins a line with its indentation; ends one, with the comment that waits for that; leaves one
 * empty, ending the current line first. */
void fmt_start_line(struct fmt *f);
void fmt_end_line(struct fmt *f);
void fmt_blank_line(struct fmt *f);
/* A string as Rego can read it back, in Go's spelling where that is the same. */
void fmt_quoted(struct fmt *f, mrl_str s);
/* A point to return to. */
struct fmt_mark {
    size_t len;
    unsigned level;
    uint32_t next;
    int64_t pending;
};
/* The present point. */
struct fmt_mark fmt_mark(const struct fmt *f);
/* Takes back what was written since the mark and copies the source [from, to) instead. */
void fmt_raw(struct fmt *f, struct fmt_mark mark, uint32_t from, uint32_t to);

/* --- comments.c */
/* Places the comments up to `row`; false when two want the end of the current line. */
bool fmt_insert(struct fmt *f, int64_t row);
/* As fmt_insert; ends the current line rather than let two comments clash. */
void fmt_insert_freely(struct fmt *f, int64_t row);
/* Writes what is left at the end of the module. */
void fmt_comments_rest(struct fmt *f);
/* Index of the next comment to place, or -1. */
int64_t fmt_next_comment(const struct fmt *f);
/* Its row. */
uint32_t fmt_comment_row(const struct fmt *f, int64_t i);
/* Writes the comments before `row` here; true when there was one. */
bool fmt_comments_before(struct fmt *f, uint32_t row);
/* The first line of a metadata block. */
bool fmt_is_metadata(const struct mrl_comment *c);
/* What is written of a comment behind its #. */
mrl_str fmt_comment_text(const struct mrl_comment *c);

/* --- names.c */
struct infix {
    const char *name, *sign;
    uint8_t arity;
    uint8_t level; /* binds tighter with a higher one */
};
/* The infix operator that a call of this operator stands for, or NULL. */
const struct infix *fmt_infix(const struct mrl_term *op);
/* `x in xs`, and a set union. */
bool fmt_is_in(const struct mrl_term *t);
bool fmt_is_union(const struct mrl_term *t);
/* A word that is a keyword in the text being written. */
bool fmt_is_keyword(const struct fmt *f, mrl_str word);
/* A word that may follow a dot. */
bool fmt_is_name(mrl_str word);
/* The literal true. */
bool fmt_is_true(const struct mrl_term *t);

/* --- terms.c */
/* A term. A clash of comments in it makes it a copy of the source, unless a term around it will be.
 */
enum wrote fmt_term(struct fmt *f, const struct mrl_term *t);
/* As fmt_term, without catching a clash; calls of operators in parentheses when asked. */
enum wrote fmt_term_plain(struct fmt *f, const struct mrl_term *t, bool parens);
/* A ref: its head and operands. */
enum wrote fmt_ref(struct fmt *f, struct mrl_term *const *items, uint32_t n);
/* Strings behind a ref's head, as .name or ["name"]; comments are not placed. */
void fmt_path(struct fmt *f, struct mrl_term *const *items, uint32_t n);
/* A scalar or a variable. */
void fmt_simple(struct fmt *f, const struct mrl_term *t);
/* `x in xs`, `k, v in xs`; the latter in parentheses where asked. */
enum wrote fmt_in(struct fmt *f, struct mrl_terms operands, bool parens);
/* name(arguments). */
enum wrote fmt_call_plain(struct fmt *f, const struct mrl_term *call);
/* Reports an operator called by its name with a wrong number of arguments. */
void fmt_arity_error(struct fmt *f, const struct mrl_term *call, const char *name);

/* --- lists.c */
/* Whether the rows of the terms or expressions are to be believed: not those with generated names,
 * which a tool has moved about. */
bool fmt_rows_count(const struct fmt *f, struct mrl_term *const *items, uint32_t n);
bool fmt_body_rows_count(const struct fmt *f, const struct mrl_body *b);
enum list_style { LIST_ARGS, LIST_ITEMS, LIST_MEMBERS };
struct list {
    struct mrl_term *const *items;
    struct mrl_term *const *vals; /* LIST_MEMBERS: beside items */
    uint32_t n;
    enum list_style style;
    struct place last; /* what stands before the first item */
    int64_t close;     /* row of the closing bracket, or NO_ROW */
    bool rows;         /* a new row of an item makes a new line */
};
/* Writes the items; sets l->rows. */
enum wrote fmt_list(struct fmt *f, struct list *l);

/* --- exprs.c */
/* An expression with its modifiers. */
enum wrote fmt_expr(struct fmt *f, const struct mrl_expr *e);
/* A body, each expression on lines of its own. Always WROTE: a clash ends at its statement. */
enum wrote fmt_body(struct fmt *f, const struct mrl_body *b);
/* The body of a comprehension or of `every`, up to its closing bracket. */
enum wrote fmt_inner_body(struct fmt *f, const struct mrl_body *b, struct place head,
                          struct place whole, enum bracket kind);
/* A set, not negated: behind `if` its braces are kept. */
bool fmt_is_set_expr(const struct mrl_expr *e);
/* Marks the set union that would come first behind a brace. */
void fmt_mark_union(struct fmt *f, const struct mrl_expr *e);
/* As fmt_expr; a clash makes it a copy of the source. */
void fmt_statement(struct fmt *f, const struct mrl_expr *e);

/* --- heads.c */
struct fmt_head {          /* a rule's head in OPA's terms */
    struct mrl_term **ref; /* name and operands */
    uint32_t n;
    const struct mrl_term *key; /* item of a partial set, or the key operand */
    bool has_key;
    const struct mrl_term *val; /* NULL: true, not written */
    bool has_val;
    struct place place;
    bool val_at_head; /* the value was made by the parser at the head's place */
};
/* Works the view out; false without memory (f->status). */
bool fmt_head_of(struct fmt *f, const struct mrl_rule *r, struct fmt_head *ret);
/* Writes the head. `constant`: the rule has no body to write. */
enum wrote fmt_head(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h, bool is_else,
                    bool constant);

/* --- rules.c, imports.c */
/* Rules in order, with the comments above them. */
void fmt_rules(struct fmt *f, struct mrl_rule **rules, uint32_t n);
/* The imports to write, in order, with those that the target needs. */
mrl_status fmt_imports_plan(struct fmt *f, const struct mrl_fmt_opts *opts, struct fmt_import **ret,
                            uint32_t *ret_n) MRL_NODISCARD;
/* Writes imports that stand together, group by group, sorted within each. */
void fmt_imports(struct fmt *f, struct fmt_import *imports, uint32_t n);

/* --- check.c */
/* What v1 forbids and the parser lets pass: duplicate imports, input and data as names. */
mrl_status fmt_check_v1(const struct mrl_module *m, struct mrl_diags *diags) MRL_NODISCARD;

/* --- same.c */
/* A digest of what the term says: equal for equal meaning, whatever the layout. Seeded per process:
 * nobody can aim at a collision, and one by chance has odds of 1 : 2^64. Kept in t->note. */
uint64_t fmt_digest(mrl_arena *a, struct mrl_term *t);
/* For each item whether an equal one stands before it. NULL: none, or out of memory. */
const bool *fmt_repeated(mrl_arena *a, struct mrl_term *const *items, uint32_t n);

#endif
