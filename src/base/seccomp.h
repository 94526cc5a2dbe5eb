/* seccomp.h - the system calls that a sandboxed worker may still make.
 *
 * Idea: an allow-list of what a parser needs once its descriptors are open: read, write, memory,
 * the clock, exit. Anything else (open, socket, fork, exec, ptrace, new executable memory) ends the
 * process with SIGSYS, so that an exploit does not get a second try. The only wrapper of
 * libseccomp, which brings the numbers of each architecture.
 *
 * Under the sanitizers their run-time library needs more calls (to report, to symbolise), and a
 * forbidden call fails with EPERM, so that a report of a real error is not cut off. Those builds
 * are for tests.
 */
#ifndef MRL_BASE_SECCOMP_H
#define MRL_BASE_SECCOMP_H

#include "base/status.h"

/* True when the kernel can end a process at a forbidden call (seccomp with KILL_PROCESS). */
bool mrl_seccomp_available(void);

/* Enters the allow-list for good. Needs no_new_privs; holds for the calling thread and what it
 * starts, so call it with a single thread. MRL_E_UNSUPPORTED where the kernel cannot. */
mrl_status mrl_seccomp_enter(struct mrl_err *err) MRL_NODISCARD;

/* The same for a process with the network: sockets, threads, and opening for reading (what it can
 * open is Landlock's matter). Here a forbidden call fails with EPERM instead of ending the process:
 * the HTTP and TLS libraries are not ours, and we cannot list what each version of them and of the
 * resolver may try. */
mrl_status mrl_seccomp_network(struct mrl_err *err) MRL_NODISCARD;

/* The same for a process that runs a module of somebody else: files may be written, too, and local
 * sockets connected (which files is Landlock's matter); sockets to other machines only with
 * `network`. A forbidden call fails with EPERM. */
mrl_status mrl_seccomp_module(bool network, struct mrl_err *err) MRL_NODISCARD;

#endif
