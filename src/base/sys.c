/* sys.c - see sys.h. */
#include "base/sys.h"

#include <stdatomic.h>

static _Atomic uint64_t calls;
static _Atomic uint64_t fail_at; /* the count at which a call fails; 0: none */
static _Atomic bool failed;
static int fail_errno; /* written by single-threaded tests only */

void mrl_sys_fail_at(uint64_t nth, int errnum) {
    fail_errno = errnum;
    atomic_store(&failed, false);
    atomic_store(&fail_at, nth > 0 ? atomic_load(&calls) + nth : 0);
}

bool mrl_sys_failed(void) {
    return atomic_load(&failed);
}

bool mrl_sys_fails(void) {
    uint64_t n = atomic_fetch_add_explicit(&calls, 1, memory_order_relaxed) + 1;
    if (MRL_LIKELY(n != atomic_load_explicit(&fail_at, memory_order_relaxed)))
        return false;
    atomic_store(&failed, true);
    errno = fail_errno;
    return true;
}
