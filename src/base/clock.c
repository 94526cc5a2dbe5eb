/* clock.c - see clock.h. */
#include "base/clock.h"

#include <limits.h>
#include <time.h>

#define NS_PER_MS 1000000

int64_t mrl_clock_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t); /* cannot fail: the clock exists and &t is valid */
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

int64_t mrl_deadline_after_ms(int64_t timeout_ms) {
    int64_t span, at;
    if (timeout_ms < 0 || __builtin_mul_overflow(timeout_ms, NS_PER_MS, &span) ||
        __builtin_add_overflow(mrl_clock_ns(), span, &at))
        return MRL_NO_DEADLINE;
    return at;
}

int mrl_deadline_left_ms(int64_t deadline_ns) {
    if (deadline_ns == MRL_NO_DEADLINE)
        return -1;
    int64_t now = mrl_clock_ns();
    if (deadline_ns <= now)
        return 0;
    int64_t left = deadline_ns - now;
    int64_t ms = left / NS_PER_MS + (left % NS_PER_MS != 0);
    return ms > INT_MAX ? INT_MAX : (int)ms;
}
