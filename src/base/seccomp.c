/* seccomp.c - see seccomp.h. */
#include "base/seccomp.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(MRL_ASAN)
#define SANITIZED 1
#define FORBIDDEN SCMP_ACT_ERRNO(EPERM)
#else
#define SANITIZED 0
#define FORBIDDEN SCMP_ACT_KILL_PROCESS
#endif

/* Allowed with any arguments. None of them reaches a file, a process or a network that is not
 * there already as a descriptor. */
static const int plain[] = {
    SCMP_SYS(read),
    SCMP_SYS(write),
    SCMP_SYS(lseek),
    SCMP_SYS(close),
    SCMP_SYS(sendmsg),
    SCMP_SYS(recvmsg),
    SCMP_SYS(poll),
    SCMP_SYS(ppoll),
    SCMP_SYS(munmap),
    SCMP_SYS(mremap),
    SCMP_SYS(brk),
    SCMP_SYS(madvise),
    SCMP_SYS(futex),
    SCMP_SYS(clock_gettime),
    SCMP_SYS(gettimeofday),
    SCMP_SYS(getrandom),
    SCMP_SYS(exit),
    SCMP_SYS(exit_group),
    SCMP_SYS(rt_sigreturn),
    SCMP_SYS(rt_sigprocmask),
    SCMP_SYS(getpid),
    SCMP_SYS(gettid),
    SCMP_SYS(restart_syscall),
};

/* What the run-time library of the sanitizers asks for, too. */
static const int sanitizers[] = {
    SCMP_SYS(sigaltstack),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sched_yield),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(newfstatat),
    SCMP_SYS(fstat),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(prctl),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prlimit64),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
};

bool mrl_seccomp_available(void) {
    uint32_t action = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

static int allow(scmp_filter_ctx cx, const int *calls, size_t n) {
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++) {
        rc = seccomp_rule_add(cx, SCMP_ACT_ALLOW, calls[i], 0);
        if (rc == -EDOM) /* this architecture has no such call (poll on arm64) */
            rc = 0;
    }
    return rc;
}

/* Calls whose arguments decide. Memory is never executable, so that injected code cannot run; and a
 * signal goes to this process only, which is what abort() needs to say that it was an abort. */
static int allow_checked(scmp_filter_ctx cx) {
    static const int mapping[] = {SCMP_SYS(mmap), SCMP_SYS(mprotect)};
    int rc = 0;
    for (size_t i = 0; i < MRL_COUNTOF(mapping) && rc == 0; i++)
        rc = seccomp_rule_add(cx, SCMP_ACT_ALLOW, mapping[i], 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    if (rc == 0)
        rc = seccomp_rule_add(cx, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
                              SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)getpid(), 0));
    return rc;
}

mrl_status mrl_seccomp_enter(struct mrl_err *err) {
    if (!mrl_seccomp_available())
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "seccomp", "this kernel has no seccomp filters");
    scmp_filter_ctx cx = seccomp_init(FORBIDDEN);
    if (cx == NULL)
        return mrl_err_set(err, MRL_E_NOMEM, "seccomp", "no memory for the system call filter");
    int rc = allow(cx, plain, MRL_COUNTOF(plain));
    if (rc == 0 && SANITIZED)
        rc = allow(cx, sanitizers, MRL_COUNTOF(sanitizers));
    if (rc == 0)
        rc = allow_checked(cx);
    if (rc == 0)
        rc = seccomp_load(cx);
    seccomp_release(cx);
    return rc == 0 ? MRL_OK
                   : mrl_err_sys(err, -rc, "seccomp", "cannot load the system call filter");
}
