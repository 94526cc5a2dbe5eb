/* test_sandbox.c - the network profile: what a process in it can still do, and what not. The
 * parser's profile is tested through workers (test_worker.c). */
#include "base/sandbox.h"

#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { /* bits of the child's exit code: each is as it should be */
       NET_SOCKETS = 1,
       NET_NO_LOCAL_SOCKETS = 2,
       NET_READS_HOSTS = 4,
       NET_READS_NOTHING_ELSE = 8,
       NET_NO_PROCESS = 16,
       NET_NO_PROGRAM = 32,
       NET_NO_WRITING = 64,
       NET_NO_NEW_CODE = 128,
};

static int look_around(void) {
    static char name[] = "/bin/true";
    char *argv[] = {name, NULL};
    int good = 0;
    good |= socket(AF_INET, SOCK_STREAM, 0) >= 0 ? NET_SOCKETS : 0;
    good |= socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? NET_NO_LOCAL_SOCKETS : 0;
    good |= open("/etc/hosts", O_RDONLY | O_CLOEXEC) >= 0 ? NET_READS_HOSTS : 0;
    good |= open("/etc/passwd", O_RDONLY | O_CLOEXEC) < 0 ? NET_READS_NOTHING_ELSE : 0;
    good |= open("/tmp/merlon-sandbox-test", O_WRONLY | O_CREAT | O_CLOEXEC, 0600) < 0
                ? NET_NO_WRITING
                : 0;
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    good |= code == MAP_FAILED ? NET_NO_NEW_CODE : 0;
    pid_t pid = fork();
    if (pid == 0)
        _exit(0);
    good |= pid < 0 ? NET_NO_PROCESS : 0;
    execv(name, argv);
    return good | NET_NO_PROGRAM; /* it came back */
}

TEST(sandbox_network_profile_leaves_sockets_and_little_else) {
    uint32_t need = MRL_SANDBOX_LANDLOCK | MRL_SANDBOX_SECCOMP;
    int how = 0;
    if ((mrl_sandbox_available() & need) != need)
        SKIP("this kernel has no Landlock or no seccomp");
    if (access("/etc/hosts", R_OK) != 0)
        SKIP("/etc/hosts cannot be read");
    fflush(NULL);
    pid_t pid = fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        struct mrl_sandbox_limits limits = {
            .memory_max = 1u << 30, .cpu_max_s = 10, .network = true};
        uint32_t layers;
        if (mrl_sandbox_enter(&limits, NULL, &layers) != MRL_OK)
            _exit(0);
        _exit(look_around());
    }
    REQUIRE(waitpid(pid, &how, 0) == pid && WIFEXITED(how));
    CHECK_INT(WEXITSTATUS(how), 255);
}
