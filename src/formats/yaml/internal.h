/* internal.h - the state of one YAML parse. Used by formats/yaml/ only. */
#ifndef MRL_FORMATS_YAML_INTERNAL_H
#define MRL_FORMATS_YAML_INTERNAL_H

#include "base/map.h"
#include "base/vec.h"
#include "formats/yaml/yaml.h"

struct mrl_y_anchor;

struct mrl_y {
    mrl_arena *arena;
    mrl_arena tmp;
    const struct mrl_yaml_opts *opts;
    struct mrl_err *err;
    mrl_str text;
    const char *p, *end;
    const char *line;           /* start of the present line */
    const char *last;           /* behind the last byte of content */
    struct mrl_member *members; /* pending entries of open collections; items have no key */
    struct mrl_span *spans;     /* of each */
    uint32_t n, cap;
    struct mrl_map names;                   /* of the anchors of this document */
    MRL_VEC(struct mrl_y_anchor *) anchors; /* by number of the name: the last one of it */
    uint64_t nodes;
    unsigned depth;
    bool own_tags;   /* a directive gives !! another meaning in this document */
    const char *tab; /* a tab in the indentation of the present line, or NULL */
};

enum mrl_y_kind { MRL_Y_OTHER, MRL_Y_INT, MRL_Y_FLOAT };

struct mrl_y_node {
    mrl_val v; /* undefined: .inf or .nan, which can be keys, but no values */
    uint32_t start, end;
    bool plain;           /* a plain scalar without a tag: may be the merge key */
    enum mrl_y_kind kind; /* of a number, as go-yaml has it */
    double number;        /* of MRL_Y_FLOAT */
};

struct mrl_y_anchor {
    struct mrl_y_node node;
    uint64_t nodes; /* with aliases expanded */
    bool open;      /* its node is still being read */
};

/* What a plain scalar stands for (resolve.c). */
struct mrl_y_scalar {
    mrl_val v;
    enum mrl_y_kind kind;
    double number;
};
mrl_status mrl_y_resolve(mrl_arena *a, mrl_str text, struct mrl_y_scalar *ret);
/* The key that go-yaml makes of a float: Go's 'g' format of a 32-bit float. `out` has 32 bytes. */
mrl_str mrl_y_float_key(double d, char *out);

/* Sets a syntax error at the present place. */
mrl_status mrl_y_fail(struct mrl_y *y, mrl_status code, const char *fmt, ...) MRL_PRINTF(3, 4);
/* Sets a syntax error at an offset of the text. */
mrl_status mrl_y_fail_at(struct mrl_y *y, const char *at, mrl_status code, const char *fmt, ...)
    MRL_PRINTF(4, 5);

static inline uint32_t mrl_y_offset(const struct mrl_y *y, const char *p) {
    return (uint32_t)(p - y->text.ptr);
}
static inline int mrl_y_col(const struct mrl_y *y) {
    return (int)(y->p - y->line);
}
/* The byte `ahead` places further, 0 at the end of the text. */
static inline char mrl_y_at(const struct mrl_y *y, size_t ahead) {
    return ahead < (size_t)(y->end - y->p) ? y->p[ahead] : '\0';
}
static inline bool mrl_y_blank(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\0';
}

/* At the text's end or at a line `---` or `...`. */
bool mrl_y_at_end(const struct mrl_y *y);
/* Skips blanks, comments and line ends; *ret_crossed: a line end was among them. Sets y->tab. */
void mrl_y_skip(struct mrl_y *y, bool *ret_crossed);
/* True when nothing but spaces stands before y->p on its line. */
bool mrl_y_begins_line(const struct mrl_y *y);
/* Moves behind a line end. */
void mrl_y_newline(struct mrl_y *y);

/* Scalars. Each leaves y->p behind the scalar and sets *ret_multi when it has more than one line.
 * `indent`: column of the parent; continuation lines stand deeper. */
mrl_status mrl_y_quoted(struct mrl_y *y, mrl_str *ret, bool *ret_multi);
/* Reads a plain scalar. */
mrl_status mrl_y_plain(struct mrl_y *y, int indent, bool flow, mrl_str *ret, bool *ret_multi);
/* Reads a block scalar: | or >. */
mrl_status mrl_y_block(struct mrl_y *y, int indent, mrl_str *ret);
/* True when a plain scalar can start here. */
bool mrl_y_starts_plain(const struct mrl_y *y, bool flow);
/* True when ':' here ends a key. */
bool mrl_y_is_colon(const struct mrl_y *y, bool flow);

/* Collections (collect.c). */
mrl_status mrl_y_push(struct mrl_y *y, const struct mrl_y_node *key, const struct mrl_y_node *val);
/* Adds a key and its value to the entries that are pending. */
mrl_status mrl_y_push_pair(struct mrl_y *y, const struct mrl_y_node *key,
                           const struct mrl_y_node *val);
/* Makes a value of the entries pending since `from`, and drops them. */
mrl_status mrl_y_close(struct mrl_y *y, uint32_t from, enum mrl_tag tag, mrl_val *ret);
/* Fails for what can be a key, but no value. */
mrl_status mrl_y_check_value(struct mrl_y *y, const struct mrl_y_node *val);
/* Counts n nodes against the ceiling. */
mrl_status mrl_y_count(struct mrl_y *y, uint64_t n);

#endif
