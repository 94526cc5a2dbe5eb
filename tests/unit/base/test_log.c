/* test_log.c - lines of the log, and that nothing is written below the level. */
#include "base/buf.h"
#include "base/log.h"
#include "test.h"

#include <fcntl.h>
#include <unistd.h>

static void check_line(bool json, const char *text, const char *want) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 16);
    mrl_log_line(&b, json, 1767225600, MRL_LOG_WARN, "a.b", text);
    if (b.status == MRL_OK)
        CHECK_STR(mrl_buf_str(&b), mrl_str_z(want));
    mrl_buf_release(&b);
}

TEST(log_lines_for_people_and_for_programs) {
    check_line(false, "three left", "merlon: warn: three left [a.b]\n");
    check_line(false, "a\nb\x1b[2J", "merlon: warn: a?b?[2J [a.b]\n");
    check_line(true, "say \"hi\" \\ \n",
               "{\"time\": \"2026-01-01T00:00:00Z\", \"level\": \"warn\", \"event\": \"a.b\", "
               "\"text\": \"say \\\"hi\\\" \\\\ \\u000a\"}\n");
}

TEST(log_levels_have_names) {
    enum mrl_log_level level = MRL_LOG_ERROR;
    CHECK(mrl_log_level_of(MRL_S("debug"), &level) && level == MRL_LOG_DEBUG);
    CHECK(mrl_log_level_of(MRL_S("error"), &level) && level == MRL_LOG_ERROR);
    CHECK(!mrl_log_level_of(MRL_S("loud"), &level) && level == MRL_LOG_ERROR);
}

static int evaluated;
static int count_me(void) {
    return ++evaluated;
}

TEST(log_writes_down_to_its_level) {
    int pipes[2];
    char got[4096];
    REQUIRE(pipe2(pipes, O_CLOEXEC | O_NONBLOCK) == 0);
    evaluated = 0;
    mrl_log_open(pipes[1], MRL_LOG_WARN, false);
    mrl_log(MRL_LOG_INFO, "x", "%d", count_me());
    CHECK_INT(evaluated, 0); /* what is not told is not computed */
    mrl_log(MRL_LOG_WARN, "x", "%d", count_me());
    mrl_log(MRL_LOG_ERROR, "y", "%d", count_me());
    ssize_t n = read(pipes[0], got, sizeof got);
    CHECK_STR(((mrl_str){got, n > 0 ? (size_t)n : 0}),
              MRL_S("merlon: warn: 1 [x]\nmerlon: error: 2 [y]\n"));
    close(pipes[1]); /* a sink that is gone ends the log, and nothing else */
    mrl_log(MRL_LOG_ERROR, "z", "lost");
    CHECK(!mrl_log_on(MRL_LOG_ERROR));
    close(pipes[0]);
}
