/* p11_main.c - the program merlon-p11: a process for a vendor's PKCS#11 module, started by merlon
 * and by nobody else. Linked with libc and libseccomp, so that the module's own libcrypto is the
 * only one in it.
 *
 * Its environment is what merlon chose (token.h). From it comes the sandbox's profile, taken before
 * the module's first instruction runs: the module's file and the files that variables name may be
 * read, the folders of MERLON_TOKEN_PATH written as well.
 */
#include "services/token/p11.h"
#include "services/token/p11_module.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATHS_MAX 32

struct paths {
    const char *v[PATHS_MAX + 1];
    size_t n;
};

static bool add(struct paths *p, const char *path) {
    if (p->n == PATHS_MAX)
        return false;
    p->v[p->n++] = path;
    return true;
}

/* Cuts the list where its ':' stand. False: there are too many. */
static bool add_list(struct paths *p, char *list) {
    for (char *end; list != NULL; list = end) {
        end = strchr(list, ':');
        if (end != NULL)
            *end++ = '\0';
        if (list[0] == '/' && !add(p, list))
            return false;
    }
    return true;
}

/* The module, and each configuration file that a variable names. */
static bool add_files_of_environment(struct paths *p) {
    struct stat st;
    for (char **e = environ; *e != NULL; e++) {
        const char *value = strchr(*e, '=');
        if (value != NULL && value[1] == '/' && stat(value + 1, &st) == 0 && S_ISREG(st.st_mode) &&
            !add(p, value + 1))
            return false;
    }
    return true;
}

int main(int argc, char **argv) {
    static const mrl_str help = MRL_S_INIT(
        "merlon-p11 runs PKCS#11 modules for merlon, which starts it; alone it does nothing\n");
    struct paths readable = {.n = 0}, writable = {.n = 0};
    if (!mrl_worker_wanted(argc, argv)) {
        ssize_t n = write(STDERR_FILENO, help.ptr, help.len);
        return n < 0 ? 4 : 2; /* MRL_EXIT_USAGE */
    }
    signal(SIGPIPE, SIG_IGN);
    if (!add_files_of_environment(&readable) || !add_list(&writable, getenv(MRL_P11_ENV_PATH)))
        return 4;
    const struct mrl_sandbox_module module = {.readable = readable.v,
                                              .writable = writable.v,
                                              .network = getenv(MRL_P11_ENV_NETWORK) != NULL};
    mrl_worker_main_module(mrl_p11_jobs, MRL_P11_JOBS, &module);
}
