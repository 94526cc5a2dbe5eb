/* landlock.h - giving up the file system, TCP and signals, as far as the kernel knows how.
 *
 * Idea: Landlock (Linux 5.13) lets any process take away its own rights for good. We use it in one
 * way only: take away everything that the kernel's version of it (its ABI number) can take away,
 * and allow nothing, or the few files that resolving names and TLS read. Descriptors that are open
 * already stay usable; that is how files reach a worker. Debian 12 has no library and older
 * headers, so the numbers of newer ABIs stand in landlock.c. Source:
 * Documentation/userspace-api/landlock.rst of Linux.
 */
#ifndef MRL_BASE_LANDLOCK_H
#define MRL_BASE_LANDLOCK_H

#include "base/status.h"

/* The ABI number of the running kernel: 0 when it has no Landlock or it is switched off. */
int mrl_landlock_abi(void);

/* Takes every right away from this process and its children. Needs no_new_privs. Must be called
 * with a single thread. MRL_E_UNSUPPORTED without Landlock. */
mrl_status mrl_landlock_deny_all(struct mrl_err *err) MRL_NODISCARD;

/* Leaves TCP, and reading of what names and TLS need: the resolver's configuration and modules, the
 * system's certificates. Takes everything else. As mrl_landlock_deny_all otherwise. */
mrl_status mrl_landlock_network(struct mrl_err *err) MRL_NODISCARD;

/* Leaves reading of the system's files and of what `module` names, writing of what it names and of
 * the devices that tokens are. Sockets of AF_UNIX that have a path are not Landlock's matter. */
struct mrl_sandbox_module;
mrl_status mrl_landlock_module(const struct mrl_sandbox_module *module,
                               struct mrl_err *err) MRL_NODISCARD;

#endif
