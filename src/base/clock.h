/* clock.h - the monotonic clock, and points in time by which something must be done.
 *
 * Idea: a deadline is taken once, at the start, as a point on the clock that never jumps; every
 * wait on the way asks how much is left. Adding up timeouts of single waits would let slow input
 * stretch a limit without end. Wall-clock time is not here: it is passed in.
 */
#ifndef MRL_BASE_CLOCK_H
#define MRL_BASE_CLOCK_H

#include "base/common.h"

#define MRL_NO_DEADLINE INT64_MAX

/* Nanoseconds on CLOCK_MONOTONIC. Cost: some 20 ns, no system call. */
int64_t mrl_clock_ns(void);

/* The point `timeout_ms` from now; negative: MRL_NO_DEADLINE. */
int64_t mrl_deadline_after_ms(int64_t timeout_ms);

/* What is left, for poll(2): -1 without a deadline, 0 when it has passed, else milliseconds rounded
 * up, so that a wait does not end a moment too early and spin. */
int mrl_deadline_left_ms(int64_t deadline_ns);

#endif
