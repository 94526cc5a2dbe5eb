/* sandbox.h - what a process gives up before it reads hostile bytes.
 *
 * Idea: four layers, each of which holds when the others fail. Each is probed: an old kernel gives
 * fewer, and then the caller is told which, so that it can say so or refuse. Nothing here can be
 * undone by the process.
 *
 *   no-new-privs  set-uid programs gain nothing; the next two layers need it
 *   rlimits       bytes of memory, CPU seconds, no new files, no core dump
 *   landlock      no file, no TCP port, no signal or abstract socket out (by the kernel's ABI)
 *   seccomp       an allow-list of system calls: no open, socket, fork, exec, executable memory
 *
 * The network profile, for a process that speaks to servers and opens no input: sockets of TCP, UDP
 * and the resolver; reading, never writing, of the few files that names and certificates need;
 * still no program, no new process, no signal to another.
 *
 * The module profile, for a process that loads code of somebody else (a vendor's PKCS#11 module):
 * the system's files may be read, the folders that the user named written; no network unless he
 * asked for it; sockets of the local machine, since that is how such modules reach their daemons;
 * no program, no new process, no signal to another. It bounds what such code can reach, not what it
 * does with what it is given.
 */
#ifndef MRL_BASE_SANDBOX_H
#define MRL_BASE_SANDBOX_H

#include "base/status.h"

enum mrl_sandbox_layer { /* bits of a mask */
                         MRL_SANDBOX_NO_NEW_PRIVS = 1,
                         MRL_SANDBOX_RLIMITS = 2,
                         MRL_SANDBOX_LANDLOCK = 4,
                         MRL_SANDBOX_SECCOMP = 8,
};
#define MRL_SANDBOX_ALL 15u

struct mrl_sandbox_module {      /* what the module profile leaves open beside the system's files */
    const char *const *readable; /* files and folders, up to a NULL; one that is not there is no
                                    loss */
    const char *const *writable;
    bool network; /* the module may speak to other machines */
};

struct mrl_sandbox_limits {
    uint64_t memory_max; /* bytes of address space */
    uint32_t cpu_max_s;  /* CPU seconds in all: a backstop for a process that nobody waits for */
    bool network;        /* the network profile */
    const struct mrl_sandbox_module *module; /* the module profile; NULL: not */
};

/* The layers that this kernel offers, as a mask. Changes nothing. */
uint32_t mrl_sandbox_available(void);
/* "no-new-privs", "rlimits", "landlock", "seccomp"; NULL for anything else. */
const char *mrl_sandbox_layer_name(uint32_t layer);
/* The names of a mask's layers with ", " between them, "none" for 0, NUL-terminated; cut at size.
 */
void mrl_sandbox_names(uint32_t layers, char *text, size_t size);

/* Enters all layers that the kernel offers; *ret_layers says which. A layer that is offered but
 * fails is an error: the process must not go on. For processes with one thread. */
mrl_status mrl_sandbox_enter(const struct mrl_sandbox_limits *limits, struct mrl_err *err,
                             uint32_t *ret_layers) MRL_NODISCARD;

#endif
