/* sys.h - system calls on files that tests can make fail.
 *
 * Idea: a full disk, a vanished folder or a dying device show up as a failed call somewhere in the
 * middle, and the code behind each failure runs almost never. Calls on files go through MRL_SYS, so
 * that a test can let exactly the n-th one fail and see that nothing is half-written, leaked or
 * silently passed. Exactly one: what cleans up behind it must still work, as it does in life.
 */
#ifndef MRL_BASE_SYS_H
#define MRL_BASE_SYS_H

#include "base/common.h"

#include <errno.h>

/* Makes the n-th call from now (1 = the next) fail with `errnum`; 0 switches it off. For tests with
 * one thread. */
void mrl_sys_fail_at(uint64_t nth, int errnum);
/* True when a failure was asked for and has happened. */
bool mrl_sys_failed(void);

/* Counts a call; true (with errno set) when it is the one to fail. */
bool mrl_sys_fails(void);

/* A call that returns -1 on failure. The call is not made when it is to fail. */
#define MRL_SYS(call) (mrl_sys_fails() ? -1 : (call))
/* A call that returns NULL on failure. */
#define MRL_SYS_PTR(call) (mrl_sys_fails() ? NULL : (call))
/* A call that does its work and may report a failure all the same: close, fsync. */
#define MRL_SYS_AFTER(call) ((call) != 0 || mrl_sys_fails() ? -1 : 0)

#endif
