/* profile.h - time, evaluations and redos of each source line. One thread; memory is the arena's.
 *
 * Idea: the time from one event of an expression to the next belongs to the line of the first, so
 * that the sums are the whole time of the query. Reading the clock at each event costs about 25 ns:
 * a profile says where time goes, `merlon policy bench` how much there is.
 */
#ifndef MRL_POLICY_OBSERVE_PROFILE_H
#define MRL_POLICY_OBSERVE_PROFILE_H

#include "engines/policy/trace.h"

struct mrl_profile_line {
    const struct mrl_module *module;
    struct mrl_rloc loc; /* of the first expression seen on the line */
    int64_t ns;
    uint64_t evals, redos;
    uint32_t exprs; /* different expressions on the line */
    uint32_t last;  /* start of the expression seen last, to count them */
};

struct mrl_profile {
    mrl_arena *arena;
    struct mrl_profile_line *lines; /* in order of first use */
    uint32_t n, cap;
    uint32_t *slots; /* hash of (module, line) to number + 1 */
    uint32_t n_slots;
    uint32_t current; /* number of the line that the running time belongs to, plus 1 */
    int64_t since_ns;
    mrl_status status;
};

/* An empty profile. */
void mrl_profile_init(struct mrl_profile *p, mrl_arena *arena);
/* Counts an event at a time of a monotonic clock: call it from the trace hook. Cost: O(1). */
void mrl_profile_add(struct mrl_profile *p, const struct mrl_trace_event *e, int64_t now_ns);
/* The query ended: the running time goes to the last line. */
void mrl_profile_end(struct mrl_profile *p, int64_t now_ns);
/* Sorts by OPA's criteria in turn: total_time_ns, num_eval, num_redo, num_gen_expr, file, line;
 * each the greatest first. False: no such criterion. n = 0 sorts by time, evals, redos. */
bool mrl_profile_sort(struct mrl_profile *p, const mrl_str *criteria, size_t n);

#endif
