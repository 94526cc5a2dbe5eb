/* coverage.h - which rule heads and expressions of the policies were reached.
 *
 * Idea: OPA's notion, so that thresholds mean the same: a head is covered when its rule had a
 * solution, an expression when it was evaluated; what lies inside a covered range is covered, and
 * lines are counted once a file. One thread a collection; several are merged.
 */
#ifndef MRL_POLICY_OBSERVE_COVERAGE_H
#define MRL_POLICY_OBSERVE_COVERAGE_H

#include "engines/policy/trace.h"

struct mrl_cover_range { /* of the source; the end is the place behind it */
    uint32_t start, end; /* bytes */
    uint32_t row, col, end_row, end_col;
};

struct mrl_coverage {
    mrl_arena *arena;
    struct mrl_cover_seen *seen; /* a hash set of (module, start, end) */
    uint32_t n, cap;
    mrl_status status;
};

struct mrl_cover_file {
    const struct mrl_module *module;
    struct mrl_cover_range *covered, *missed; /* by place */
    uint32_t n_covered, n_missed;
    uint32_t covered_lines, missed_lines;
    double percent;
};

struct mrl_cover_report {
    struct mrl_cover_file *files; /* by name */
    uint32_t n;
    uint32_t covered_lines, missed_lines;
    double percent;
};

/* An empty collection. */
void mrl_coverage_init(struct mrl_coverage *c, mrl_arena *arena);
/* Takes an event: call it from the trace hook. Cost: O(1). */
void mrl_coverage_add(struct mrl_coverage *c, const struct mrl_trace_event *e);
/* Adds what another collection has seen. */
void mrl_coverage_merge(struct mrl_coverage *c, const struct mrl_coverage *from);
/* Compares with all that the modules hold. */
mrl_status mrl_coverage_report(struct mrl_coverage *c, struct mrl_module *const *modules, size_t n,
                               struct mrl_cover_report *ret) MRL_NODISCARD;

#endif
