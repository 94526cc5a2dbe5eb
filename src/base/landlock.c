/* landlock.c - see landlock.h. */
#include "base/landlock.h"

#include "base/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Of <linux/landlock.h>, whose Debian 12 version ends at ABI 2. */
#define CREATE_VERSION 1u     /* LANDLOCK_CREATE_RULESET_VERSION: ask for the ABI */
#define FS_ABI1 13            /* number of rights over files: execute ... make_sym */
#define FS_ABI2 14            /* + refer */
#define FS_ABI3 15            /* + truncate */
#define FS_ABI5 16            /* + ioctl_dev */
#define NET_TCP UINT64_C(3)   /* ABI 4: bind_tcp, connect_tcp */
#define SCOPE_ALL UINT64_C(3) /* ABI 6: abstract_unix_socket, signal */
#define SIZE_FS                                                                                    \
    sizeof(uint64_t) /* of the struct in ABI 1..3: the kernel refuses unknown fields               \
                      */

struct ruleset { /* struct landlock_ruleset_attr of ABI 6 */
    uint64_t fs, net, scoped;
};

static int create_ruleset(const struct ruleset *rules, size_t size, uint32_t flags) {
    return (int)syscall(SYS_landlock_create_ruleset, rules, size, flags);
}

int mrl_landlock_abi(void) {
    int abi = create_ruleset(NULL, 0, CREATE_VERSION);
    return abi > 0 ? abi : 0;
}

/* All rights that this ABI knows, and how much of the struct it knows. */
static struct ruleset rules_of(int abi, size_t *ret_size) {
    MRL_ASSERT(abi > 0);
    int n = abi >= 5 ? FS_ABI5 : abi >= 3 ? FS_ABI3 : abi == 2 ? FS_ABI2 : FS_ABI1;
    struct ruleset r = {.fs = (UINT64_C(1) << n) - 1};
    *ret_size = SIZE_FS;
    if (abi >= 4) {
        r.net = NET_TCP;
        *ret_size = 2 * sizeof(uint64_t);
    }
    if (abi >= 6) {
        r.scoped = SCOPE_ALL;
        *ret_size = sizeof r;
    }
    return r;
}

/* What a network process may read, folders as a whole. A path that is not there is no loss. The
 * library folders hold the resolver's modules (nsswitch.conf), which glibc loads at the first name.
 */
static const char *const readable[] = {
    "/etc/resolv.conf", "/etc/hosts",    "/etc/host.conf", "/etc/nsswitch.conf",
    "/etc/gai.conf",    "/etc/services", "/etc/ssl",       "/usr/share/ca-certificates",
    "/etc/pki",         "/usr/lib",      "/usr/lib64",     "/etc/ld.so.cache",
    "/run/systemd",     "/dev/urandom",  "/etc/protocols", NULL,
};

/* What a module may read, and what it may write: the system, the devices that tokens are, and where
 * Debian's SoftHSM keeps its own. What the user keeps at home is his to name. */
static const char *const module_readable[] = {
    "/etc", "/usr", "/lib", "/lib64", "/opt", "/sys", "/dev/random", "/dev/urandom", NULL};
static const char *const module_writable[] = {"/dev/null", "/dev/bus/usb",     "/dev/tpmrm0",
                                              "/dev/shm",  "/var/lib/softhsm", NULL};

#define RULE_PATH_BENEATH 1          /* LANDLOCK_RULE_PATH_BENEATH */
#define READ_FILE (UINT64_C(1) << 2) /* LANDLOCK_ACCESS_FS_READ_FILE */
#define READ_DIR (UINT64_C(1) << 3)
/* write_file, remove_dir, remove_file, make_dir, make_reg, truncate, ioctl_dev */
#define WRITE_ALL UINT64_C(0xc1b2)
#define OF_FILES UINT64_C(0xc007) /* the rights that a rule for a file may have */

/* Allows `rights` at and below `path`; 0 or errno. A path that is not there is no loss. */
static int allow_path(int ruleset, const char *path, uint64_t rights) {
    struct { /* struct landlock_path_beneath_attr */
        uint64_t rights;
        int32_t parent;
    } __attribute__((packed)) rule = {.rights = rights};
    struct stat st;
    rule.parent = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent < 0)
        return 0;
    if (fstat(rule.parent, &st) == 0 && !S_ISDIR(st.st_mode))
        rule.rights &= OF_FILES;
    int failed =
        syscall(SYS_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &rule, 0) != 0 ? errno : 0;
    close(rule.parent);
    return failed;
}

static int allow_paths(int ruleset, const char *const *paths, uint64_t rights) {
    int failed = 0;
    for (size_t i = 0; paths[i] != NULL && failed == 0; i++)
        failed = allow_path(ruleset, paths[i], rights);
    return failed;
}

static int allow_module(int ruleset, const struct mrl_sandbox_module *m, uint64_t known) {
    const uint64_t reading = READ_FILE | READ_DIR, writing = (reading | WRITE_ALL) & known;
    int failed = allow_paths(ruleset, module_readable, reading);
    if (failed == 0)
        failed = allow_paths(ruleset, m->readable, reading);
    if (failed == 0)
        failed = allow_paths(ruleset, module_writable, writing);
    return failed == 0 ? allow_paths(ruleset, m->writable, writing) : failed;
}

/* Who is let out, and how far; both false: nobody. */
struct leave {
    bool network;
    const struct mrl_sandbox_module *module;
};

static mrl_status restrict_self(struct leave leave, struct mrl_err *err) {
    int abi = mrl_landlock_abi();
    if (abi == 0)
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "landlock", "this kernel has no Landlock");
    size_t size = 0;
    int failed = 0;
    struct ruleset rules = rules_of(abi, &size);
    if (leave.network || (leave.module != NULL && leave.module->network))
        rules.net = 0; /* TCP is what it is for; signals and abstract sockets stay shut */
    int fd = create_ruleset(&rules, size, 0);
    if (fd < 0)
        return mrl_err_sys(err, errno, "landlock", "cannot make a Landlock ruleset");
    if (leave.network)
        failed = allow_paths(fd, readable, READ_FILE);
    else if (leave.module != NULL)
        failed = allow_module(fd, leave.module, rules.fs);
    if (failed == 0)
        failed = syscall(SYS_landlock_restrict_self, fd, 0) != 0 ? errno : 0;
    close(fd);
    return failed == 0 ? MRL_OK
                       : mrl_err_sys(err, failed, "landlock", "cannot enter a Landlock ruleset");
}

mrl_status mrl_landlock_deny_all(struct mrl_err *err) {
    return restrict_self((struct leave){0}, err);
}

mrl_status mrl_landlock_network(struct mrl_err *err) {
    return restrict_self((struct leave){.network = true}, err);
}

mrl_status mrl_landlock_module(const struct mrl_sandbox_module *module, struct mrl_err *err) {
    return restrict_self((struct leave){.module = module}, err);
}
