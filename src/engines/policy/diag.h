/* diag.h - the list of errors that parsing and compiling a policy can give.
 *
 * Idea: OPA reports several errors at once with stable codes; so do we. A diagnostic keeps what a
 * person needs: code, message, place, the source line, and a hint where a name is close.
 * Owned by its arena; one thread.
 */
#ifndef MRL_POLICY_DIAG_H
#define MRL_POLICY_DIAG_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_DIAGS_MAX 10 /* default ceiling, as OPA's --max-errors; the rest is counted */

struct mrl_diag {
    const char *code; /* rego_parse_error, rego_compile_error, rego_type_error,
                         rego_unsafe_var_error, rego_recursion_error, … */
    mrl_str message;
    mrl_str hint;   /* empty, or for example: did you mean "startswith"? */
    mrl_str detail; /* empty, or further lines (have/want of type errors) */
    mrl_str source; /* the text of the line, without newline */
    struct mrl_pos pos;
    uint32_t width; /* bytes to underline from pos.col; at least 1 */
};

struct mrl_diags {
    mrl_arena *arena;
    struct mrl_diag *items;
    uint32_t n, cap;
    uint32_t max;   /* more than this are only counted; 0 = MRL_DIAGS_MAX */
    uint32_t total; /* all that were reported */
};

/* Prepares an empty list that keeps at most max diagnostics (0: the default). */
void mrl_diags_init(struct mrl_diags *d, mrl_arena *arena, uint32_t max);

/* Adds one (strings are copied) and returns MRL_E_INVALID, or MRL_E_NOMEM. */
mrl_status mrl_diags_add(struct mrl_diags *d, const struct mrl_diag *diag);

/* Sorts by file, line, column: the order in which people read. */
void mrl_diags_sort(struct mrl_diags *d);

/* Human text: file:line:col: code: message, source line, caret, hint. JSON: array as OPA's errors.
 */
struct mrl_buf;
/* Appends all errors as text: place, message, source line and caret. */
void mrl_diags_print(const struct mrl_diags *d, struct mrl_buf *out);
/* Appends all errors as OPA's JSON. */
void mrl_diags_print_json(const struct mrl_diags *d, struct mrl_buf *out);

#endif
