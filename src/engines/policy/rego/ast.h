/* ast.h - the syntax tree of a Rego module.
 *
 * Idea: the parser makes this tree and nothing else; every later pass (resolve, safety, types, code
 * generation, fmt) reads it. Nodes live in the module's arena, point into the module's text, and
 * keep byte-exact locations, so that errors can show the source and fmt can keep comments. Passes
 * that rewrite make new nodes or set the fields marked "set by"; they never change text or
 * locations. Terms: OPA's names wherever there is one (rule, head, body, expr, term, ref,
 * comprehension).
 */
#ifndef MRL_POLICY_REGO_AST_H
#define MRL_POLICY_REGO_AST_H

#include "base/value.h"

enum mrl_rego_version { MRL_REGO_V0 = 0, MRL_REGO_V1 = 1 };

/* A stretch of the module's text. line and col are 1-based; col counts bytes. line 0: generated. */
struct mrl_rloc {
    uint32_t start, end; /* byte offsets, end exclusive */
    uint32_t line, col;
};

struct mrl_term;
struct mrl_expr;
struct mrl_rule;

struct mrl_terms { /* a list of terms */
    struct mrl_term **items;
    uint32_t n;
};

struct mrl_body { /* expressions that must all hold */
    struct mrl_expr **items;
    uint32_t n;
    struct mrl_rloc loc;
    bool braces; /* written in { }, or up to the } of a comprehension */
};

enum mrl_term_kind {
    MRL_TERM_SCALAR, /* u.scalar: null, boolean, number (text kept), string (unescaped) */
    MRL_TERM_VAR,    /* u.var; the wildcard is "_" as written, made unique by the resolver */
    MRL_TERM_REF,    /* u.ref: items[0] is the head (var, or any term when called on a literal),
                        the rest are operands; `.name` operands are string scalars */
    MRL_TERM_ARRAY,  /* u.list */
    MRL_TERM_SET,    /* u.list; `set()` has n == 0 */
    MRL_TERM_OBJECT, /* u.object: n keys and n values */
    MRL_TERM_ARRAY_COMPR,  /* u.compr: value, body */
    MRL_TERM_SET_COMPR,    /* u.compr: value, body */
    MRL_TERM_OBJECT_COMPR, /* u.compr: key, value, body */
    MRL_TERM_CALL,         /* u.call: op is a ref or var term; infix operators become calls of the
                              builtin's name (plus, minus, mul, div, rem, and, or, equal, neq, lt, lte,
                              gt, gte, internal.member_2/_3) with `infix` set */
    MRL_TERM_TEMPLATE, /* u.list: template string parts; scalars are literal text, others {expr} */
};

struct mrl_term {
    uint8_t kind;      /* enum mrl_term_kind */
    uint8_t raw;       /* string or template written with backquotes */
    uint8_t infix;     /* call: written as an infix operator */
    uint8_t parens;    /* written in parentheses (fmt keeps them where they matter) */
    uint8_t dotted;    /* ref operand: written as .name (else ["name"]) */
    uint8_t generated; /* made by a pass, not written */
    uint16_t depth;    /* nesting, bounded by MRL_REGO_DEPTH_MAX */
    struct mrl_rloc loc;
    union {
        mrl_val scalar;
        mrl_str var;
        struct mrl_terms ref;
        struct mrl_terms list;
        struct {
            struct mrl_term **keys, **vals;
            uint32_t n;
        } object;
        struct {
            struct mrl_term *key; /* object comprehension only */
            struct mrl_term *val;
            struct mrl_body *body;
        } compr;
        struct {
            struct mrl_term *op;
            struct mrl_terms args;
        } call;
    } u;
    void *note; /* set by passes: resolver and code generator keep their own record here */
};

#define MRL_REGO_DEPTH_MAX 1000       /* nesting of terms and bodies */
#define MRL_REGO_TEXT_MAX (64u << 20) /* bytes of one module */
#define MRL_REGO_TOKENS_MAX 4000000u  /* words and signs of one module */
#define MRL_REGO_TERMS_MAX (4u << 20) /* terms of one module */
#define MRL_REGO_TRIES_MAX 100u       /* terms made a token: a text read again and again */

enum mrl_expr_kind {
    MRL_EXPR_TERM,   /* a term that must be defined and not false */
    MRL_EXPR_CALL,   /* u.term is the call; a relation or function used as statement, infix included
                      */
    MRL_EXPR_ASSIGN, /* u.pair: left := right */
    MRL_EXPR_UNIFY,  /* u.pair: left = right */
    MRL_EXPR_SOME,   /* `some x, y`: u.some.vars */
    MRL_EXPR_SOME_IN, /* `some v in xs`, `some k, v in xs`: u.some.key (or NULL), val, domain */
    MRL_EXPR_EVERY,   /* u.every */
    MRL_EXPR_NOT,     /* `not` over a body (import future.keywords.not): u.body, of one expression
                         where it has no braces */
    MRL_EXPR_AND,     /* import future.keywords.and: u.bodies[0] and [1], with or without braces */
    MRL_EXPR_OR,      /* import future.keywords.or */
};

struct mrl_with { /* `with target as value` */
    struct mrl_term *target;
    struct mrl_term *value;
    struct mrl_rloc loc;
};

struct mrl_expr {
    uint8_t kind;    /* enum mrl_expr_kind */
    uint8_t negated; /* `not` before the expression */
    uint8_t generated;
    struct mrl_rloc loc;
    union {
        struct mrl_term *term;
        struct {
            struct mrl_term *left, *right;
        } pair;
        struct {
            struct mrl_terms vars;
            struct mrl_term *key, *val, *domain;
        } some;
        struct {
            struct mrl_term *key, *val, *domain;
            struct mrl_body *body;
        } every;
        struct mrl_body *body;
        struct mrl_body *bodies[2];
    } u;
    struct mrl_with *with;
    uint32_t n_with;
    void *note; /* set by passes */
};

enum mrl_rule_kind {
    MRL_RULE_COMPLETE,    /* p, p := v, p.q.r := v (ground ref head) */
    MRL_RULE_PARTIAL_SET, /* p contains x; v0: p[x] { } */
    MRL_RULE_PARTIAL_OBJ, /* p[k] := v, a.b[x].c := v: a head ref with a variable or a last bracket
                           */
    MRL_RULE_FUNCTION,    /* f(args) := v */
};

/* One rule as written; several bodies chained in v0 (`p { } { }`) become several rules with
 * `chained` set. `else` hangs at the rule it belongs to. */
struct mrl_rule {
    uint8_t kind; /* enum mrl_rule_kind */
    uint8_t is_default;
    uint8_t assign; /* head value given with := (else =, or none) */
    uint8_t has_if;
    uint8_t has_body; /* false: `p := 1` (the body is then the single expression true) */
    uint8_t chained;
    uint8_t test;        /* name begins with test_ (or todo_test_) */
    struct mrl_rloc loc; /* the whole rule */
    struct mrl_rloc head_loc;
    struct mrl_term *name; /* head ref as written: var or ref term (without `contains` key) */
    struct mrl_terms args; /* function arguments (patterns) */
    uint8_t has_args;      /* f() has n == 0 and has_args */
    struct mrl_term *key;  /* partial set: the item; v0 p[x]: the item */
    struct mrl_term *val;  /* NULL: true */
    struct mrl_body *body;
    struct mrl_rule *else_rule;         /* name is repeated; val may be NULL */
    struct mrl_annotation *annotations; /* first of its own, in order */
    uint32_t n_annotations;
    void *note; /* set by passes */
};

struct mrl_import {
    struct mrl_term *path; /* ref or var: data.x, input.y, rego.v1, future.keywords.in */
    mrl_str alias;         /* empty: last operand of the path */
    bool used;             /* set by a pass: some name of the module means it */
    struct mrl_rloc loc;
};

struct mrl_comment {
    mrl_str text; /* without '#', as written */
    struct mrl_rloc loc;
};

enum mrl_annotation_scope {
    MRL_SCOPE_RULE,
    MRL_SCOPE_DOCUMENT,
    MRL_SCOPE_PACKAGE,
    MRL_SCOPE_SUBPACKAGES,
};

struct mrl_annotation { /* a # METADATA block */
    enum mrl_annotation_scope scope;
    mrl_val value; /* the YAML as an object: title, description, custom, … with `scope` filled in */
    struct mrl_rloc loc;
    struct mrl_rule *rule; /* NULL for package scopes */
    bool entrypoint;
};

struct mrl_module {
    mrl_str file;                  /* name for messages */
    mrl_str text;                  /* the source; borrowed, must outlive the module */
    enum mrl_rego_version version; /* after `import rego.v1` */
    bool rego_v1_import;
    mrl_arena *arena;
    struct mrl_term *package; /* ref term: data.a.b (head var data prepended) */
    struct mrl_rloc package_loc;
    struct mrl_import *imports;
    uint32_t n_imports;
    struct mrl_rule **rules;
    uint32_t n_rules;
    struct mrl_comment *comments;
    uint32_t n_comments;
    struct mrl_annotation *annotations;
    uint32_t n_annotations;
    const uint32_t *line_starts; /* byte offset of each line, for excerpts */
    uint32_t n_lines;
    void *note; /* set by passes */
};

#endif
