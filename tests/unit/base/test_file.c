/* test_file.c - files and folders: reading, replacing, walking; and each of them with every system
 * call failing once. */
#include "base/file.h"
#include "base/ignore.h"
#include "base/sys.h"
#include "base/vec.h"
#include "base/walk.h"
#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- a folder for each test ---------------------------------------------------------------- */

struct place {
    char root[64];
    mrl_arena a;
};

static bool open_place(struct place *p) {
    snprintf(p->root, sizeof p->root, "/tmp/merlon-test-XXXXXX");
    mrl_arena_init(&p->a, MRL_ARENA_UNLIMITED);
    return mkdtemp(p->root) != NULL;
}

static void remove_tree(const char *path) {
    struct dirent **entries;
    int n = scandir(path, &entries, NULL, NULL);
    for (int i = 0; i < n; i++) {
        char below[512];
        snprintf(below, sizeof below, "%s/%s", path, entries[i]->d_name);
        if (strcmp(entries[i]->d_name, ".") != 0 && strcmp(entries[i]->d_name, "..") != 0 &&
            unlink(below) != 0)
            remove_tree(below);
        free(entries[i]);
    }
    if (n >= 0)
        free(entries);
    rmdir(path);
}

static void close_place(struct place *p) {
    chmod(p->root, 0700);
    remove_tree(p->root);
    mrl_arena_release(&p->a);
}

/* The path of a name in the place; static storage, four at a time. */
static const char *at(const struct place *p, const char *name) {
    static char paths[4][256];
    static unsigned next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", p->root, name);
    return path;
}

static void put(const struct place *p, const char *name, const char *text) {
    FILE *f = fopen(at(p, name), "we");
    REQUIRE(f != NULL);
    fputs(text, f);
    fclose(f);
}

static mrl_str got(struct place *p, const char *name) {
    mrl_str text = {NULL, 0};
    (void)!mrl_file_read(&p->a, mrl_str_z(at(p, name)), 0, NULL, &text);
    return text;
}

/* Names in the place, but for "." and "..". */
static int count_names(const struct place *p) {
    DIR *d = opendir(p->root);
    int n = -2;
    while (d != NULL && readdir(d) != NULL)
        n++;
    if (d != NULL)
        closedir(d);
    return n;
}

/* --- reading ------------------------------------------------------------------------------- */

TEST(file_read_gives_all_bytes_under_a_ceiling) {
    struct place p;
    struct mrl_err err;
    mrl_str text;
    REQUIRE(open_place(&p));
    put(&p, "a", "hello\nworld");
    mrl_err_init(&err);
    CHECK_INT(mrl_file_read(&p.a, mrl_str_z(at(&p, "a")), 0, &err, &text), MRL_OK);
    CHECK_STR(text, MRL_S("hello\nworld"));
    CHECK(text.ptr != NULL && text.ptr[text.len] == '\0');
    CHECK_INT(mrl_file_read(&p.a, mrl_str_z(at(&p, "a")), 11, &err, &text), MRL_OK);
    CHECK_INT(mrl_file_read(&p.a, mrl_str_z(at(&p, "a")), 10, &err, &text), MRL_E_LIMIT);
    CHECK_INT(mrl_file_read(&p.a, mrl_str_z(at(&p, "none")), 0, &err, &text), MRL_E_NOT_FOUND);
    CHECK(strstr(err.text, "none") != NULL && err.code == MRL_E_NOT_FOUND);
    CHECK_INT(mrl_file_read(&p.a, mrl_str_z(p.root), 0, &err, &text), MRL_E_INVALID);
    CHECK_INT(mrl_file_read(&p.a, MRL_S("/dev/zero"), 0, &err, &text), MRL_E_INVALID);
    CHECK_INT(mrl_file_read(&p.a, MRL_S("a\0b"), 0, &err, &text), MRL_E_INVALID);
    CHECK_INT(mrl_file_read(&p.a, MRL_S(""), 0, &err, &text), MRL_E_INVALID);
    CHECK_INT(mrl_file_kind_of(mrl_str_z(p.root)), MRL_FILE_FOLDER);
    CHECK_INT(mrl_file_kind_of(mrl_str_z(at(&p, "a"))), MRL_FILE_REGULAR);
    CHECK_INT(mrl_file_kind_of(MRL_S("/dev/null")), MRL_FILE_OTHER);
    CHECK_INT(mrl_file_kind_of(mrl_str_z(at(&p, "none"))), MRL_FILE_NONE);
    close_place(&p);
}

TEST(file_read_of_a_pipe_has_no_size_beforehand) {
    struct place p;
    mrl_str text;
    int pipes[2];
    static char big[40000];
    memset(big, 'x', sizeof big);
    REQUIRE(open_place(&p) && pipe2(pipes, O_CLOEXEC) == 0);
    CHECK(write(pipes[1], big, sizeof big) == (ssize_t)sizeof big);
    close(pipes[1]);
    CHECK_INT(mrl_fd_read(&p.a, pipes[0], 0, MRL_S("pipe"), NULL, &text), MRL_OK);
    CHECK_STR(text, ((mrl_str){big, sizeof big}));
    close(pipes[0]);
    close_place(&p);
}

TEST(file_read_beneath_stays_beneath) {
    struct place p;
    mrl_str text;
    REQUIRE(open_place(&p));
    mkdir(at(&p, "in"), 0700);
    put(&p, "in/a", "inside");
    put(&p, "out", "outside");
    CHECK(symlink("../out", at(&p, "in/up")) == 0 && symlink("a", at(&p, "in/link")) == 0);
    CHECK(symlink("/etc/passwd", at(&p, "in/abs")) == 0);
    int dir = open(at(&p, "in"), O_PATH | O_DIRECTORY | O_CLOEXEC);
    mrl_status status = mrl_file_read_beneath(&p.a, dir, MRL_S("a"), 0, NULL, &text);
    if (status != MRL_E_UNSUPPORTED) {
        static const mrl_str outside[] = {MRL_S_INIT("up"), MRL_S_INIT("../out"), MRL_S_INIT("abs"),
                                          MRL_S_INIT("/etc/passwd")};
        CHECK_INT(status, MRL_OK);
        CHECK_STR(text, MRL_S("inside"));
        CHECK_INT(mrl_file_read_beneath(&p.a, dir, MRL_S("link"), 0, NULL, &text), MRL_OK);
        for (size_t i = 0; i < MRL_COUNTOF(outside); i++)
            CHECK(mrl_file_read_beneath(&p.a, dir, outside[i], 0, NULL, &text) != MRL_OK);
    }
    close(dir);
    close_place(&p);
}

/* --- replacing ----------------------------------------------------------------------------- */

TEST(file_replace_keeps_mode_and_follows_links) {
    struct place p;
    struct stat st;
    REQUIRE(open_place(&p));
    mode_t old_mask = umask(027);
    CHECK_INT(mrl_file_replace(mrl_str_z(at(&p, "new")), MRL_S("one"), NULL), MRL_OK);
    umask(old_mask);
    CHECK(stat(at(&p, "new"), &st) == 0 && (st.st_mode & 07777) == 0640);
    CHECK(chmod(at(&p, "new"), 0604) == 0 && symlink("new", at(&p, "link")) == 0);
    CHECK_INT(mrl_file_replace(mrl_str_z(at(&p, "link")), MRL_S("two"), NULL), MRL_OK);
    CHECK(lstat(at(&p, "link"), &st) == 0 && S_ISLNK(st.st_mode));
    CHECK(stat(at(&p, "new"), &st) == 0 && (st.st_mode & 07777) == 0604);
    CHECK_STR(got(&p, "new"), MRL_S("two"));
    CHECK_INT(mrl_file_replace(MRL_S("/dev/null"), MRL_S("gone"), NULL), MRL_OK);
    CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
    CHECK_INT(mrl_file_replace(mrl_str_z(at(&p, "no/such/folder")), MRL_S("x"), NULL),
              MRL_E_NOT_FOUND);
    CHECK_INT(count_names(&p), 2);
    close_place(&p);
}

TEST(file_append_adds_or_says_why) {
    struct place p;
    struct mrl_err err;
    REQUIRE(open_place(&p));
    mrl_err_init(&err);
    CHECK_INT(mrl_file_append(mrl_str_z(at(&p, "new")), MRL_S("one"), &err), MRL_OK);
    CHECK_INT(mrl_file_append(mrl_str_z(at(&p, "new")), MRL_S(" two"), &err), MRL_OK);
    CHECK_STR(got(&p, "new"), MRL_S("one two"));
    CHECK_INT(mrl_file_append(mrl_str_z(at(&p, "no/such/folder")), MRL_S("x"), &err),
              MRL_E_NOT_FOUND);
    CHECK(err.text[0] != '\0');
    close_place(&p);
}

TEST(file_replace_is_all_or_nothing) {
    struct place p;
    static const int errnums[] = {EIO, ENOSPC, EINTR, EACCES};
    REQUIRE(open_place(&p));
    for (size_t e = 0; e < MRL_COUNTOF(errnums); e++) {
        bool failed = true;
        for (uint64_t nth = 1; failed; nth++) {
            struct mrl_err err;
            mrl_err_init(&err);
            put(&p, "file", "old");
            mrl_sys_fail_at(nth, errnums[e]);
            mrl_status status = mrl_file_replace(mrl_str_z(at(&p, "file")), MRL_S("new"), &err);
            failed = mrl_sys_failed();
            mrl_sys_fail_at(0, 0);
            CHECK_STR(got(&p, "file"), status == MRL_OK ? MRL_S("new") : MRL_S("old"));
            CHECK(failed || status == MRL_OK);
            CHECK(status == MRL_OK || err.text[0] != '\0');
            CHECK_INT(count_names(&p), 1); /* nothing half-written lies about */
            REQUIRE(nth < 100);
        }
    }
    close_place(&p);
}

#define ROUNDS 40
#define TEXT_BYTES 100000

/* Replaces `path` for ever: each text is of one letter, so that a torn file would show. */
static _Noreturn void replace_for_ever(const char *path) {
    static char text[TEXT_BYTES];
    for (unsigned i = 0;; i++) {
        memset(text, 'a' + (int)(i % 26), sizeof text);
        if (mrl_file_replace(mrl_str_z(path), (mrl_str){text, sizeof text}, NULL) != MRL_OK)
            _exit(1);
    }
}

static bool is_whole(mrl_str text) {
    for (size_t i = 0; i < text.len; i++)
        if (text.ptr[i] != text.ptr[0])
            return false;
    return text.len == TEXT_BYTES;
}

TEST(file_replace_is_not_torn_by_an_interrupt) {
    struct place p;
    REQUIRE(open_place(&p));
    const char *path = at(&p, "file");
    /* Here and not in the child: a runner in the background ignores SIGINT, and so would the child
     * until it says otherwise, which may be too late. */
    signal(SIGINT, SIG_DFL);
    for (int round = 0; round < ROUNDS; round++) {
        int status = 0;
        pid_t child = fork();
        REQUIRE(child >= 0);
        if (child == 0)
            replace_for_ever(path);
        for (int tries = 0; tries < 5000 && access(path, F_OK) != 0; tries++) {
            usleep(1000);                               /* until the first text is there */
            if (waitpid(child, &status, WNOHANG) > 0) { /* it could not write one: told to fail */
                CHECK(!"the child ended by itself");
                return close_place(&p);
            }
        }
        usleep((useconds_t)round * 97);
        CHECK(kill(child, SIGINT) == 0 && waitpid(child, &status, 0) == child);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
        CHECK(is_whole(got(&p, "file")));
        CHECK_INT(count_names(&p), 1);
    }
    close_place(&p);
}

TEST(file_read_fails_or_gives_all) {
    struct place p;
    bool failed = true;
    REQUIRE(open_place(&p));
    put(&p, "file", "all of it");
    for (uint64_t nth = 1; failed && nth < 100; nth++) {
        struct mrl_err err;
        mrl_str text = {NULL, 0};
        mrl_err_init(&err);
        mrl_sys_fail_at(nth, EIO);
        mrl_status status = mrl_file_read(&p.a, mrl_str_z(at(&p, "file")), 0, &err, &text);
        failed = mrl_sys_failed();
        mrl_sys_fail_at(0, 0);
        CHECK_INT(status, failed ? MRL_E_IO : MRL_OK);
        CHECK_STR(text, failed ? MRL_S("") : MRL_S("all of it"));
    }
    close_place(&p);
}

/* --- walking ------------------------------------------------------------------------------- */

struct visits {
    struct place *place;
    char text[1024]; /* names below the root, each with a space behind it */
    unsigned problems;
};

static mrl_status on_file(void *cx, mrl_str path) {
    struct visits *v = cx;
    size_t n = strlen(v->text), root = strlen(v->place->root) + 1;
    snprintf(v->text + n, sizeof v->text - n, "%.*s ", MRL_F(mrl_str_sub(path, root, path.len)));
    return MRL_OK;
}

static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    struct visits *v = cx;
    v->problems++;
    return problem->text[0] != '\0' ? MRL_OK : MRL_E_INTERNAL;
}

static mrl_status walk(struct place *p, const struct mrl_walk_opts *opts, struct visits *v) {
    *v = (struct visits){.place = p};
    return mrl_walk(&p->a, mrl_str_z(p->root), opts, on_file, on_problem, v, NULL);
}

static void plant(struct place *p) {
    mkdir(at(p, "b"), 0700);
    mkdir(at(p, "b/deep"), 0700);
    mkdir(at(p, "build"), 0700);
    mkdir(at(p, ".git"), 0700);
    put(p, "z.yaml", "");
    put(p, "a.yaml", "");
    put(p, "B.yaml", "");
    put(p, ".hidden", "");
    put(p, ".git/config", "");
    put(p, "b/x.log", "");
    put(p, "b/keep.log", "");
    put(p, "b/deep/y.yaml", "");
    put(p, "build/out.yaml", "");
    put(p, ".gitignore", "*.log\n!keep.log\n/build/\n");
    CHECK(symlink("../a.yaml", at(p, "b/link")) == 0 && symlink(".", at(p, "b/loop")) == 0);
    CHECK(symlink("/etc/passwd", at(p, "b/outside")) == 0 && symlink("none", at(p, "b/gone")) == 0);
}

TEST(walk_is_in_order_and_obeys_gitignore) {
    struct place p;
    struct visits v;
    REQUIRE(open_place(&p));
    plant(&p);
    CHECK_INT(walk(&p, NULL, &v), MRL_OK);
    CHECK_STR(mrl_str_z(v.text), MRL_S("B.yaml a.yaml b/deep/y.yaml b/keep.log b/link z.yaml "));
    CHECK_INT(v.problems, 0);
    CHECK_INT(walk(&p, &(struct mrl_walk_opts){.no_ignore = true}, &v), MRL_OK);
    CHECK(strstr(v.text, "build/out.yaml") != NULL && strstr(v.text, "b/x.log") != NULL);
    CHECK_INT(walk(&p, &(struct mrl_walk_opts){.hidden = true}, &v), MRL_OK);
    CHECK(strstr(v.text, ".hidden") != NULL && strstr(v.text, ".git/config") == NULL);
    close_place(&p);
}

/* A list of the same files gives the same visits: that is what comparing revisions rests on. */
TEST(walk_of_a_list_leaves_out_the_same) {
    static const mrl_str paths[] = {
        MRL_S_INIT(".gitignore"),   MRL_S_INIT(".hidden"),       MRL_S_INIT("B.yaml"),
        MRL_S_INIT("a.yaml"),       MRL_S_INIT("b/deep/y.yaml"), MRL_S_INIT("b/keep.log"),
        MRL_S_INIT("b/link"),       MRL_S_INIT("b/x.log"),       MRL_S_INIT("build/out.yaml"),
        MRL_S_INIT("b/.d/in.yaml"), MRL_S_INIT(".git/config"),   MRL_S_INIT("z.yaml")};
    struct place p;
    struct visits v;
    bool in[MRL_COUNTOF(paths)] = {false};
    char text[1024] = "";
    REQUIRE(open_place(&p));
    plant(&p);
    CHECK_INT(walk(&p, NULL, &v), MRL_OK);
    struct mrl_walk_ignore rules = {MRL_S(""), got(&p, ".gitignore")};
    CHECK_INT(mrl_walk_listed(&p.a, NULL, &rules, 1, paths, MRL_COUNTOF(paths), in), MRL_OK);
    for (size_t i = 0, n = 0; i < MRL_COUNTOF(paths); i++)
        if (in[i])
            n += (size_t)snprintf(text + n, sizeof text - n, "%.*s ", MRL_F(paths[i]));
    CHECK_STR(mrl_str_z(text), mrl_str_z(v.text));
    struct mrl_walk_ignore inner = {MRL_S("b/"), MRL_S("*.yaml\n")};
    CHECK_INT(mrl_walk_listed(&p.a, NULL, &inner, 1, paths, MRL_COUNTOF(paths), in), MRL_OK);
    CHECK(in[3] && !in[4] && in[8]); /* a rule holds below its folder alone */
    close_place(&p);
}

TEST(walk_has_a_depth_ceiling_and_tells) {
    struct place p;
    struct visits v;
    char name[256] = "";
    REQUIRE(open_place(&p));
    for (int i = 0; i < 2 * 60; i += 2) { /* deeper than a path buffer of a test, by steps */
        name[i] = 'd';
        name[i + 1] = '\0';
        CHECK(mkdir(at(&p, name), 0700) == 0);
        name[i + 1] = '/';
    }
    put(&p, "d/file", "");
    CHECK_INT(walk(&p, NULL, &v), MRL_OK);
    CHECK_STR(mrl_str_z(v.text), MRL_S("d/file "));
    CHECK_INT(v.problems, 0);
    CHECK_INT(mrl_walk(&p.a, MRL_S("/no/such/root"), NULL, on_file, on_problem, &v, NULL),
              MRL_E_NOT_FOUND);
    close_place(&p);
}

/* A call that fails is told, or ends the walk, or takes nothing away: never is a file passed over
 * in silence. */
TEST(walk_tells_every_failed_call) {
    struct place p;
    struct visits all, v;
    bool failed = true;
    REQUIRE(open_place(&p));
    plant(&p);
    if (walk(&p, NULL, &all) != MRL_OK)
        failed = false;
    for (uint64_t nth = 1; failed && nth < 1000; nth++) {
        mrl_sys_fail_at(nth, EIO);
        mrl_status status = walk(&p, NULL, &v);
        failed = mrl_sys_failed();
        mrl_sys_fail_at(0, 0);
        CHECK(failed || (status == MRL_OK && strcmp(v.text, all.text) == 0));
        CHECK(!failed || status != MRL_OK || v.problems == 1 || strcmp(v.text, all.text) == 0);
    }
    close_place(&p);
}

/* --- patterns ------------------------------------------------------------------------------ */

TEST(ignore_globs) {
    static const struct {
        const char *glob, *path;
        bool match;
    } cases[] = {
        {"*.c", "a.c", true},
        {"*.c", "a/b.c", false},
        {"**/b.c", "a/b.c", true},
        {"**/b.c", "b.c", true},
        {"a/**/z", "a/z", true},
        {"a/**/z", "a/b/c/z", true},
        {"a/**", "a/b/c", true},
        {"a/**", "a", false},
        {"a?c", "abc", true},
        {"a?c", "a/c", false},
        {"[a-c]x", "bx", true},
        {"[!a-c]x", "bx", false},
        {"[]a]", "]", true},
        {"\\*", "*", true},
        {"\\*", "x", false},
        {"*a*b*c*", "xaxbxcx", true},
        {"*a*b*c*", "xaxcxbx", false},
        {"a**b", "axxb", true},
        {"a**b", "a/b", false},
        {"", "", true},
        {"*", "", true},
        {"**/foo/*.c", "x/foo/y.c", true},
        {"**/a*/b", "aa/c/ab/b", true},
    };
    for (size_t i = 0; i < MRL_COUNTOF(cases); i++)
        if (mrl_path_glob(mrl_str_z(cases[i].glob), mrl_str_z(cases[i].path)) != cases[i].match)
            mrl_test_fail(__FILE__, __LINE__, "%s on %s", cases[i].glob, cases[i].path);
}

TEST(ignore_last_pattern_decides) {
    mrl_arena a;
    struct mrl_ignore list = {NULL, 0, 0};
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_status status = mrl_ignore_add(
        &list, &a, MRL_S(""), MRL_S("# all logs\n*.log\r\n!keep.log\n\n/top\ndir/\nx/y\n"));
    if (status == MRL_OK)
        status = mrl_ignore_add(&list, &a, MRL_S("sub/"), MRL_S("keep.log\nlast\\ \n"));
    if (status == MRL_OK) {
        CHECK(mrl_ignored(&list, MRL_S("a/b.log"), false));
        CHECK(!mrl_ignored(&list, MRL_S("keep.log"), false));
        CHECK(mrl_ignored(&list, MRL_S("sub/keep.log"), false));
        CHECK(mrl_ignored(&list, MRL_S("top"), false) &&
              !mrl_ignored(&list, MRL_S("a/top"), false));
        CHECK(mrl_ignored(&list, MRL_S("a/dir"), true) &&
              !mrl_ignored(&list, MRL_S("a/dir"), false));
        CHECK(mrl_ignored(&list, MRL_S("x/y"), false) &&
              !mrl_ignored(&list, MRL_S("a/x/y"), false));
        CHECK(mrl_ignored(&list, MRL_S("sub/last "), false));
    }
    mrl_arena_release(&a);
}
