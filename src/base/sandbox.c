/* sandbox.c - see sandbox.h. The order matters: limits first, since seccomp forbids setting them;
 * seccomp last, since it forbids everything else. */
#include "base/sandbox.h"

#include "base/landlock.h"
#include "base/seccomp.h"

#include <errno.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>

#define ID "sandbox"
#define FILES_MAX 16 /* descriptors: stdio, the channel, those of one request */
#define FILES_NET 64 /* and sockets, and what the resolver opens meanwhile */
#define FILES_MODULE 256
#define WRITE_MODULE_MAX (64u << 20) /* bytes of a file: a token's objects, its log */

static const struct {
    uint32_t layer;
    const char *name;
} layers[] = {{MRL_SANDBOX_NO_NEW_PRIVS, "no-new-privs"},
              {MRL_SANDBOX_RLIMITS, "rlimits"},
              {MRL_SANDBOX_LANDLOCK, "landlock"},
              {MRL_SANDBOX_SECCOMP, "seccomp"}};

uint32_t mrl_sandbox_available(void) {
    uint32_t mask = MRL_SANDBOX_RLIMITS;
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) >= 0)
        mask |= MRL_SANDBOX_NO_NEW_PRIVS;
    if (mrl_landlock_abi() > 0)
        mask |= MRL_SANDBOX_LANDLOCK;
    if (mrl_seccomp_available())
        mask |= MRL_SANDBOX_SECCOMP;
    return mask;
}

const char *mrl_sandbox_layer_name(uint32_t layer) {
    for (size_t i = 0; i < MRL_COUNTOF(layers); i++)
        if (layers[i].layer == layer)
            return layers[i].name;
    return NULL;
}

void mrl_sandbox_names(uint32_t mask, char *text, size_t size) {
    MRL_ASSERT(size > 0);
    size_t len = 0;
    text[0] = '\0';
    for (size_t i = 0; i < MRL_COUNTOF(layers); i++) {
        if ((mask & layers[i].layer) == 0)
            continue;
        int n = snprintf(text + len, size - len, "%s%s", len > 0 ? ", " : "", layers[i].name);
        if (n < 0 || (size_t)n >= size - len)
            return;
        len += (size_t)n;
    }
    if (len == 0)
        snprintf(text, size, "none");
}

/* Lowers a limit for good; one that is lower already stays. */
static bool lower(int what, rlim_t max) {
    MRL_ASSERT(max != RLIM_INFINITY);
    struct rlimit r;
    if (getrlimit((__rlimit_resource_t)what, &r) != 0)
        return false;
    if (r.rlim_max != RLIM_INFINITY && r.rlim_max < max)
        max = r.rlim_max;
    r = (struct rlimit){max, max};
    return setrlimit((__rlimit_resource_t)what, &r) == 0;
}

static bool enter_limits(const struct mrl_sandbox_limits *l) {
    MRL_ASSERT(!l->network || l->module == NULL);
    rlim_t files = l->module != NULL ? FILES_MODULE : l->network ? FILES_NET : FILES_MAX;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(MRL_ASAN)
    /* The shadow memory of the sanitizers takes terabytes of address space. */
    if (!lower(RLIMIT_AS, l->memory_max))
        return false;
#endif
    return lower(RLIMIT_CPU, l->cpu_max_s) && lower(RLIMIT_CORE, 0) &&
           lower(RLIMIT_FSIZE, l->module != NULL ? WRITE_MODULE_MAX : 0) &&
           lower(RLIMIT_NOFILE, files);
}

static mrl_status enter_landlock(const struct mrl_sandbox_limits *l, struct mrl_err *err) {
    if (l->module != NULL)
        return mrl_landlock_module(l->module, err);
    return l->network ? mrl_landlock_network(err) : mrl_landlock_deny_all(err);
}

static mrl_status enter_seccomp(const struct mrl_sandbox_limits *l, struct mrl_err *err) {
    if (l->module != NULL)
        return mrl_seccomp_module(l->module->network, err);
    return l->network ? mrl_seccomp_network(err) : mrl_seccomp_enter(err);
}

mrl_status mrl_sandbox_enter(const struct mrl_sandbox_limits *limits, struct mrl_err *err,
                             uint32_t *ret_layers) {
    uint32_t mask = mrl_sandbox_available();
    if (!enter_limits(limits))
        return mrl_err_sys(err, errno, ID, "cannot set resource limits");
    /* Not dumpable: no core, and other processes of the user cannot look inside. */
    if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return mrl_err_sys(err, errno, ID, "cannot switch dumps off");
    if ((mask & MRL_SANDBOX_NO_NEW_PRIVS) != 0) {
        if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
            return mrl_err_sys(err, errno, ID, "cannot give up new privileges");
    } else { /* a kernel before 3.5: the layers that need it are out, too */
        mask &= ~(uint32_t)(MRL_SANDBOX_LANDLOCK | MRL_SANDBOX_SECCOMP);
    }
    if ((mask & MRL_SANDBOX_LANDLOCK) != 0)
        MRL_TRY(enter_landlock(limits, err));
    if ((mask & MRL_SANDBOX_SECCOMP) != 0)
        MRL_TRY(enter_seccomp(limits, err));
    *ret_layers = mask;
    return MRL_OK;
}
