/* record.h - the events of one run, kept in order. One thread; memory is the arena's. */
#ifndef MRL_POLICY_OBSERVE_RECORD_H
#define MRL_POLICY_OBSERVE_RECORD_H

#include "base/buf.h"
#include "engines/policy/trace.h"

#define MRL_RECORD_MAX (4u << 20) /* events kept: about 200 MB; a run that tells more is cut */
#define MRL_RECORD_VALUE_MAX 96   /* bytes of a value's text that are kept */

struct mrl_step {
    enum mrl_trace_op op;
    uint32_t depth;
    const struct mrl_probe *at;
    mrl_str note;    /* NOTE: the text; CASE: the names as JSON */
    mrl_str *values; /* texts by at->names; ptr NULL: undefined. NULL when not asked for */
};

struct mrl_record {
    mrl_arena *arena;
    bool values; /* keep the values of names, too */
    struct mrl_step *steps;
    uint32_t n, cap;
    uint64_t lost;     /* events past the ceiling */
    mrl_status status; /* first failure: memory */
};

/* An empty record; with `values` the values of names in EVAL and FAIL events are kept, too. */
void mrl_record_init(struct mrl_record *r, mrl_arena *arena, bool values);
/* Keeps an event: call it from the trace hook. */
void mrl_record_add(struct mrl_record *r, const struct mrl_trace_event *e);

/* data.a.b for the rule of a probe: its path without variable parts. */
void mrl_probe_rule_name(struct mrl_buf *b, const struct mrl_probe *p);
/* Source text on one line: runs of blanks and line ends become one blank. */
void mrl_one_line(struct mrl_buf *b, mrl_str text);

/* --- explain.c ---------------------------------------------------------------------------------
 */

enum mrl_explain {
    MRL_EXPLAIN_FULL,
    MRL_EXPLAIN_NOTES,
    MRL_EXPLAIN_FAILS,
    MRL_EXPLAIN_DEBUG,
    MRL_EXPLAIN_NOTES_AND_FAILS
};

/* Appends the steps of a mode, one a line as OPA prints them: place, bars for depth, event, text.
 * `indent` blanks stand before each line. With debug mode the values of names are behind. Cost:
 * O(steps). */
void mrl_explain_print(const struct mrl_record *r, enum mrl_explain mode, unsigned indent,
                       struct mrl_buf *out);
/* As mrl_explain_print for steps [from, to) only. */
void mrl_explain_range(const struct mrl_record *r, uint32_t from, uint32_t to,
                       enum mrl_explain mode, unsigned indent, struct mrl_buf *out);

/* --- why.c -------------------------------------------------------------------------------------
 */

/* Appends, for each rule that the query asked and that has no solution, the smallest expression
 * that failed, its place, and the values in it; below it the same for the rules that this
 * expression asked. Returns how many rules it explained. `indent` counts levels of two blanks. The
 * record must hold values. Cost: O(steps × levels of rules). */
uint32_t mrl_why_print(const struct mrl_record *r, unsigned indent, struct mrl_buf *out);
/* The same for the cases of a test with keys that have no solution. */
uint32_t mrl_why_cases(const struct mrl_record *r, unsigned indent, struct mrl_buf *out);

#endif
