/* json.h - JSON text to values and back (RFC 8259).
 *
 * Idea: one pass, no recursion: an explicit stack of pending values is copied into exactly sized
 * containers when a bracket closes. Strings without escapes and numbers that are not int64 borrow
 * the input, which must live as long as the values. Numbers keep their text. Invalid UTF-8 is an
 * error.
 *
 * Repeated keys: the last value wins, in the place of the first, unless reject_duplicates is set.
 * So do OPA and Kubernetes (Go's encoding/json); an API server asked for strict field validation
 * refuses them.
 *
 * Cost: linear in the input, above 1 GB/s on lists of pods. Memory: a 16-byte value an item (two a
 * member), 8 bytes a container, an index of 4 to 8 bytes a member above MRL_OBJ_INDEX_MIN members;
 * spans take 16 bytes an entry and 32 a container. On a list of pods 1.8 times the text, 3.0 with
 * spans.
 *
 * Limits, and why: depth (the tree is walked by recursion elsewhere), bytes (offsets have 32 bits);
 * members, items and string lengths follow from the bytes. Hash indexes are seeded.
 */
#ifndef MRL_FORMATS_JSON_H
#define MRL_FORMATS_JSON_H

#include "base/buf.h"
#include "base/value.h"

#define MRL_JSON_DEPTH_MAX 1000       /* nesting; below MRL_VAL_DEPTH_MAX */
#define MRL_JSON_BYTES_MAX (1u << 31) /* input of one document: offsets are 32 bits */

struct mrl_json_opts {
    mrl_str file;           /* name for error positions; borrowed */
    bool keep_spans;        /* give containers their source spans */
    bool reject_duplicates; /* a repeated key is an error */
    bool copy_strings;      /* do not borrow the input */
    bool ready;             /* make the values ready to be shared: see mrl_obj_take */
};

/* Parses one document; white space may follow, anything else is an error. NULL opts = defaults.
 * MRL_E_SYNTAX with line and column, MRL_E_LIMIT for depth or size, MRL_E_NOMEM. */
mrl_status mrl_json_parse(mrl_arena *a, mrl_str text, const struct mrl_json_opts *opts,
                          struct mrl_err *err, mrl_val *ret) MRL_NODISCARD;

/* Parses the document at *offset of a concatenation (JSON lines included) and moves *offset behind
 * it. MRL_E_NOT_FOUND when only white space is left. */
mrl_status mrl_json_next(mrl_arena *a, mrl_str text, size_t *offset,
                         const struct mrl_json_opts *opts, struct mrl_err *err,
                         mrl_val *ret) MRL_NODISCARD;

struct mrl_json_style {
    unsigned indent;  /* spaces a level; 0 = compact */
    bool escape_html; /* <, >, & as \u003c ..: Go's json.Marshal */
    bool keep_order;  /* stored order; else keys are sorted */
    unsigned level;   /* how deep in an indented text the value stands */
};

/* Appends v. Sets become sorted arrays; keys that are no strings become the string of their JSON
 * text, as OPA prints them. NULL style = compact, sorted. `scratch` holds order views (NULL for
 * frozen trees). Failures are sticky in b. */
void mrl_json_write(struct mrl_buf *b, mrl_arena *scratch, mrl_val v,
                    const struct mrl_json_style *style);

/* Appends s as a JSON string with quotes. Bytes that are no UTF-8 become U+FFFD. */
void mrl_json_write_str(struct mrl_buf *b, mrl_str s, bool escape_html);

#endif
