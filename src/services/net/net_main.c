/* net_main.c - the program merlon-net: the network worker of merlon, started by it and by nobody
 * else. It is a program of its own so that merlon itself has no HTTP code: as a shared
 * library it brings thirty others, 4 ms and 8 MB at each start, whatever the command.
 */
#include "services/net/http_curl.h"

#include <signal.h>

int main(int argc, char **argv) {
    static const mrl_str help = MRL_S_INIT(
        "merlon-net reaches registries for merlon, which starts it; alone it does nothing\n");
    if (!mrl_worker_wanted(argc, argv)) {
        ssize_t n = write(STDERR_FILENO, help.ptr, help.len);
        return n < 0 ? 4 : 2; /* MRL_EXIT_USAGE */
    }
    signal(SIGPIPE, SIG_IGN); /* a server that hangs up is an error, not an end */
    if (!mrl_http_curl_prepare())
        return 4;
    const struct mrl_worker_job jobs[] = {mrl_http_curl_job};
    mrl_worker_main_network(jobs, MRL_COUNTOF(jobs));
}
