/* yaml.h - YAML text to values and back, as Kubernetes reads it.
 *
 * Idea: YAML 1.2 syntax straight into values, with the plain scalars resolved as sigs.k8s.io/yaml
 * does (yes/no/on/off/y/n are booleans, 0777 is octal, keys become strings, << merges). Scalars
 * without escapes and folds borrow the text, which must live as long as the values. Containers keep
 * the spans of their entries, so that a fix can be a patch of the text. An alias shares the value
 * of its anchor: memory stays linear, and what the aliases stand for is bounded by
 * MRL_YAML_NODES_MAX. Cost: one pass, linear in the text. Source: yaml.org/spec/1.2.2. See ADR
 * 0004.
 */
#ifndef MRL_FORMATS_YAML_H
#define MRL_FORMATS_YAML_H

#include "base/buf.h"
#include "base/value.h"

/* Limits, and why. Keys, items and the length of scalars follow from the bytes; indexes of keys and
 * anchors are seeded hash tables. `run.sh bombs` in bench/ shows that each is reached in no time.
 */
#define MRL_YAML_DEPTH_MAX 500         /* nesting: the parser is recursive */
#define MRL_YAML_BYTES_MAX (1u << 30)  /* text of one stream: offsets have 32 bits */
#define MRL_YAML_NODES_MAX (20u << 20) /* nodes, aliases and merges expanded: who walks it pays */
#define MRL_YAML_DOCS_MAX 1000000      /* documents of one stream */

struct mrl_yaml_opts {
    mrl_str file;      /* name for error positions; borrowed */
    bool keep_spans;   /* give containers the spans of their entries */
    bool copy_strings; /* do not borrow the text */
    bool ready;        /* make the values ready to be shared: see mrl_obj_take */
};

struct mrl_yaml_doc {
    mrl_val value;
    uint32_t start, end; /* bytes of the root node in the text */
    uint32_t line;       /* line of the root node, from 1 */
    bool empty;          /* nothing but comments: value is null */
};

/* Parses all documents of a stream. A failure gives none of them: MRL_E_SYNTAX with line and
 * column, MRL_E_LIMIT for depth, size or aliases, MRL_E_NOMEM. *ret_docs lives in `a`. NULL opts =
 * defaults.
 */
mrl_status mrl_yaml_parse(mrl_arena *a, mrl_str text, const struct mrl_yaml_opts *opts,
                          struct mrl_err *err, struct mrl_yaml_doc **ret_docs,
                          size_t *ret_n) MRL_NODISCARD;

/* How YAML is written. All zero is the canonical form: as sigs.k8s.io/yaml writes it, keys sorted,
 * two spaces a level, lists not indented below their key. */
struct mrl_yaml_style {
    unsigned indent;   /* spaces a level; 0 = 2 */
    unsigned column;   /* where the first line stands: later lines are indented so far */
    bool keep_order;   /* members in stored order */
    bool indent_lists; /* lists stand one level deeper than their key */
    bool flow;         /* {a: b} on one line, for a place inside brackets */
};

/* Appends v as one document with a line end. Strings are quoted where a reader of YAML 1.1 or 1.2
 * would take them for something else. Sets become sorted sequences; keys that are no strings become
 * the string of their JSON text. NULL style = canonical. `scratch` holds order views (NULL for
 * frozen trees). Failures are sticky in b. */
void mrl_yaml_write(struct mrl_buf *b, mrl_arena *scratch, mrl_val v,
                    const struct mrl_yaml_style *style);

/* The value that a plain scalar stands for; what is nothing else is a string that borrows `text`.
 * MRL_E_INVALID for numbers without a JSON form (.inf, .nan). */
mrl_status mrl_yaml_resolve(mrl_arena *a, mrl_str text, mrl_val *ret) MRL_NODISCARD;

#endif
