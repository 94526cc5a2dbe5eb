/* seccomp.c - see seccomp.h. */
#include "base/seccomp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
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

/* What sockets, the resolver and its thread, and a TLS library ask for, too. Files are opened for
 * reading only (allow_network) and where Landlock lets them. */
static const int network[] = {
    SCMP_SYS(socketpair),
    SCMP_SYS(connect),
    SCMP_SYS(bind),
    SCMP_SYS(sendto),
    SCMP_SYS(recvfrom),
    SCMP_SYS(sendmmsg),
    SCMP_SYS(recvmmsg),
    SCMP_SYS(getsockname),
    SCMP_SYS(getpeername),
    SCMP_SYS(getsockopt),
    SCMP_SYS(setsockopt),
    SCMP_SYS(shutdown),
    SCMP_SYS(ioctl), /* FIONREAD of the resolver, FIONBIO */
    SCMP_SYS(fcntl),
    SCMP_SYS(pipe2),
    SCMP_SYS(eventfd2),
    SCMP_SYS(select),
    SCMP_SYS(pselect6),
    SCMP_SYS(epoll_create1),
    SCMP_SYS(epoll_ctl),
    SCMP_SYS(epoll_wait),
    SCMP_SYS(epoll_pwait),
    SCMP_SYS(readv),
    SCMP_SYS(writev),
    SCMP_SYS(pread64),
    SCMP_SYS(stat),
    SCMP_SYS(lstat),
    SCMP_SYS(fstat),
    SCMP_SYS(newfstatat),
    SCMP_SYS(statx),
    SCMP_SYS(access),
    SCMP_SYS(faccessat),
    SCMP_SYS(faccessat2),
    SCMP_SYS(getdents64),
    SCMP_SYS(readlink),
    SCMP_SYS(readlinkat),
    SCMP_SYS(uname),
    SCMP_SYS(getuid),
    SCMP_SYS(geteuid),
    SCMP_SYS(getgid),
    SCMP_SYS(getegid),
    SCMP_SYS(sysinfo),
    SCMP_SYS(time),
    SCMP_SYS(clock_getres),
    SCMP_SYS(rt_sigaction),
    SCMP_SYS(sigaltstack),
    SCMP_SYS(nanosleep),
    SCMP_SYS(clock_nanosleep),
    SCMP_SYS(sched_yield),
    SCMP_SYS(sched_getaffinity),
    SCMP_SYS(set_robust_list),
    SCMP_SYS(rseq),
    SCMP_SYS(getrlimit),
    SCMP_SYS(prctl),
};

/* What a module of somebody else asks for on top of the network's: writing files, locking memory.
 */
static const int modules[] = {
    SCMP_SYS(openat),          SCMP_SYS(open),      SCMP_SYS(flock),     SCMP_SYS(fsync),
    SCMP_SYS(fdatasync),       SCMP_SYS(ftruncate), SCMP_SYS(pwrite64),  SCMP_SYS(rename),
    SCMP_SYS(renameat),        SCMP_SYS(renameat2), SCMP_SYS(unlink),    SCMP_SYS(unlinkat),
    SCMP_SYS(mkdir),           SCMP_SYS(mkdirat),   SCMP_SYS(rmdir),     SCMP_SYS(umask),
    SCMP_SYS(fchmod),          SCMP_SYS(dup),       SCMP_SYS(dup2),      SCMP_SYS(dup3),
    SCMP_SYS(getcwd),          SCMP_SYS(getppid),   SCMP_SYS(getrusage), SCMP_SYS(times),
    SCMP_SYS(mlock),           SCMP_SYS(mlock2),    SCMP_SYS(munlock),   SCMP_SYS(timerfd_create),
    SCMP_SYS(timerfd_settime),
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

static int allow_sockets(scmp_filter_ctx cx, const int *families, size_t n) {
    int rc = 0;
    for (size_t i = 0; i < n && rc == 0; i++)
        rc = seccomp_rule_add(cx, SCMP_ACT_ALLOW, SCMP_SYS(socket), 1,
                              SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
    return rc;
}

/* Code may be mapped from files (the resolver's modules, a vendor's; where they may lie is
 * Landlock's matter) but never from memory; a clone is a thread. */
static int allow_code_and_threads(scmp_filter_ctx cx) {
    int rc = seccomp_rule_add(cx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC),
                              SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0));
    if (rc == 0)
        rc = seccomp_rule_add(
            cx, SCMP_ACT_ALLOW, SCMP_SYS(clone), 1,
            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD | CLONE_VM, CLONE_THREAD | CLONE_VM));
    if (rc == 0) /* its flags lie in memory, where a filter cannot look: glibc then takes clone */
        rc = seccomp_rule_add(cx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
    return rc;
}

/* The network's calls whose arguments decide. No socket of AF_UNIX: Landlock does not confine
 * connecting to those, and a container engine's socket would be the whole machine. The resolver
 * then asks its servers itself. */
static int allow_network(scmp_filter_ctx cx) {
    static const int families[] = {AF_INET, AF_INET6, AF_NETLINK};
    int rc = allow(cx, network, MRL_COUNTOF(network));
    if (rc == 0)
        rc = allow_sockets(cx, families, MRL_COUNTOF(families));
    if (rc == 0)
        rc = seccomp_rule_add(cx, SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                              SCMP_A2(SCMP_CMP_MASKED_EQ, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY));
    return rc == 0 ? allow_code_and_threads(cx) : rc;
}

/* A module's. Its daemons (pcscd, for example) listen on AF_UNIX, its devices speak by netlink.
 * Limits may be asked for, and lowered, of this process only. */
static int allow_module(scmp_filter_ctx cx, bool with_network) {
    static const int families[] = {AF_UNIX, AF_NETLINK, AF_INET, AF_INET6};
    int rc = allow(cx, network, MRL_COUNTOF(network));
    if (rc == 0)
        rc = allow(cx, modules, MRL_COUNTOF(modules));
    if (rc == 0)
        rc = allow_sockets(cx, families, with_network ? 4 : 2);
    if (rc == 0)
        rc = seccomp_rule_add(cx, SCMP_ACT_ALLOW, SCMP_SYS(prlimit64), 1, SCMP_A0(SCMP_CMP_EQ, 0));
    return rc == 0 ? allow_code_and_threads(cx) : rc;
}

enum profile { PARSER, NETWORK, MODULE, MODULE_WITH_NETWORK };

static mrl_status enter(enum profile profile, struct mrl_err *err) {
    if (!mrl_seccomp_available())
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "seccomp", "this kernel has no seccomp filters");
    scmp_filter_ctx cx = seccomp_init(profile != PARSER ? SCMP_ACT_ERRNO(EPERM) : FORBIDDEN);
    if (cx == NULL)
        return mrl_err_set(err, MRL_E_NOMEM, "seccomp", "no memory for the system call filter");
    int rc = allow(cx, plain, MRL_COUNTOF(plain));
    if (rc == 0 && SANITIZED)
        rc = allow(cx, sanitizers, MRL_COUNTOF(sanitizers));
    if (rc == 0)
        rc = allow_checked(cx);
    if (rc == 0 && profile == NETWORK)
        rc = allow_network(cx);
    if (rc == 0 && profile >= MODULE)
        rc = allow_module(cx, profile == MODULE_WITH_NETWORK);
    if (rc == 0)
        rc = seccomp_load(cx);
    seccomp_release(cx);
    return rc == 0 ? MRL_OK
                   : mrl_err_sys(err, -rc, "seccomp", "cannot load the system call filter");
}

mrl_status mrl_seccomp_enter(struct mrl_err *err) {
    return enter(PARSER, err);
}

mrl_status mrl_seccomp_network(struct mrl_err *err) {
    return enter(NETWORK, err);
}

mrl_status mrl_seccomp_module(bool with_network, struct mrl_err *err) {
    return enter(with_network ? MODULE_WITH_NETWORK : MODULE, err);
}
