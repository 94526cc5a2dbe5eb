/* test_tar.c - archives made block by block: plain, with long names, broken in each way. */
#include "formats/tar/tar.h"
#include "test.h"

#include "base/buf.h"

/* Appends a header of `size` bytes of kind `kind`, its check sum filled in, and then the body. */
static void add(struct mrl_buf *b, const char *name, char kind, mrl_str body) {
    char block[512] = {0};
    unsigned sum = 0;
    char text[16];
    memcpy(block, name, strlen(name) < 100 ? strlen(name) : 100);
    memcpy(block + 100, "0000644", 7);
    snprintf(text, sizeof text, "%011o", (unsigned)body.len);
    memcpy(block + 124, text, 11);
    memset(block + 148, ' ', 8);
    block[156] = kind;
    memcpy(block + 257, "ustar\00000", 8);
    for (size_t i = 0; i < sizeof block; i++)
        sum += (unsigned char)block[i];
    snprintf(text, sizeof text, "%06o", sum);
    memcpy(block + 148, text, 7);
    mrl_buf_add(b, (mrl_str){block, sizeof block});
    mrl_buf_add(b, body);
    mrl_buf_fill(b, 0, (512 - body.len % 512) % 512);
}

struct fixture {
    struct mrl_buf bytes;
    mrl_arena arena;
    struct mrl_tar tar;
};

static void open_fixture(struct fixture *f) {
    mrl_arena_init(&f->arena, 1 << 20);
    f->tar = mrl_tar_of(&f->arena, mrl_buf_str(&f->bytes));
}

static void close_fixture(struct fixture *f) {
    mrl_arena_release(&f->arena);
    mrl_buf_release(&f->bytes);
}

TEST(tar_gives_files_folders_and_links) {
    struct fixture f;
    struct mrl_tar_entry e;
    bool more = false;
    mrl_buf_init(&f.bytes, 1 << 16);
    add(&f.bytes, "a/", '5', (mrl_str){"", 0});
    add(&f.bytes, "a/x.rego", '0', MRL_S("package x\n"));
    add(&f.bytes, "a/link", '2', (mrl_str){"", 0});
    mrl_buf_fill(&f.bytes, 0, 1024);
    open_fixture(&f);
    REQUIRE(mrl_tar_next(&f.tar, NULL, &e, &more) == MRL_OK && more);
    CHECK_INT(e.kind, MRL_TAR_FOLDER);
    REQUIRE(mrl_tar_next(&f.tar, NULL, &e, &more) == MRL_OK && more);
    CHECK_STR(e.name, MRL_S("a/x.rego"));
    CHECK_STR(e.body, MRL_S("package x\n"));
    CHECK_INT(e.mode, 0644);
    REQUIRE(mrl_tar_next(&f.tar, NULL, &e, &more) == MRL_OK && more);
    CHECK_INT(e.kind, MRL_TAR_SYMBOLIC_LINK);
    CHECK(mrl_tar_next(&f.tar, NULL, &e, &more) == MRL_OK && !more);
    close_fixture(&f);
}

TEST(tar_joins_long_names_of_both_dialects) {
    static const struct {
        char kind;
        const char *body;
    } rows[] = {{'L', "long/gnu"}, {'x', "17 path=long/pax\n"}};
    static const char *const want[] = {"long/gnu", "long/pax"};
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct fixture f;
        struct mrl_tar_entry e = {0};
        bool more = false;
        mrl_buf_init(&f.bytes, 1 << 16);
        add(&f.bytes, "././@LongLink", rows[i].kind, mrl_str_z(rows[i].body));
        add(&f.bytes, "short", '0', MRL_S("1"));
        open_fixture(&f);
        CHECK_INT(mrl_tar_next(&f.tar, NULL, &e, &more), MRL_OK);
        CHECK_STR(e.name, mrl_str_z(want[i]));
        CHECK_STR(e.body, MRL_S("1"));
        close_fixture(&f);
    }
}

/* Each row changes one thing of a good archive. */
TEST(tar_refuses_what_is_broken) {
    static const struct {
        const char *what;
        char kind;
        const char *body;
        size_t cut;  /* bytes taken off the end */
        size_t flip; /* byte changed, 0: none */
        mrl_status status;
    } rows[] = {
        {"a cut header", '0', "", 100, 0, MRL_E_SYNTAX},
        {"a cut body", '0', "1234", 509, 0, MRL_E_SYNTAX},
        {"a changed name", '0', "", 0, 3, MRL_E_SYNTAX},
        {"a pax length of nothing", 'x', "0 a=b\n", 0, 0, MRL_E_SYNTAX},
        {"a pax length too long", 'x', "99 a=b\n", 0, 0, MRL_E_SYNTAX},
        {"a pax record without =", 'x', "5 ab\n", 0, 0, MRL_E_SYNTAX},
        {"a pax size of letters", 'x', "10 size=x\n", 0, 0, MRL_E_SYNTAX},
        {"a sparse file", 'S', "", 0, 0, MRL_E_UNSUPPORTED},
        {"a pax sparse file", 'x', "21 GNU.sparse.major=1\n", 0, 0, MRL_E_SYNTAX},
        {"a pax sparse file, length right", 'x', "22 GNU.sparse.major=1\n", 0, 0,
         MRL_E_UNSUPPORTED},
        {"an extended header without an entry", 'L', "name", 0, 0, MRL_E_SYNTAX},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct fixture f;
        struct mrl_tar_entry e;
        bool more;
        mrl_buf_init(&f.bytes, 1 << 16);
        add(&f.bytes, "name", rows[i].kind, mrl_str_z(rows[i].body));
        if (f.bytes.status != MRL_OK)
            break; /* the allocator was told to fail */
        f.bytes.len -= rows[i].cut;
        if (rows[i].flip != 0)
            f.bytes.ptr[rows[i].flip] ^= 1;
        open_fixture(&f);
        mrl_status status = mrl_tar_next(&f.tar, NULL, &e, &more);
        if (status != rows[i].status)
            mrl_test_fail(__FILE__, __LINE__, "%s: %s", rows[i].what, mrl_status_name(status));
        close_fixture(&f);
    }
}

TEST(tar_cleans_names) {
    static const struct {
        const char *name, *want; /* NULL: refused */
    } rows[] = {{"a/b", "a/b"},      {"/a//b/", "a/b"}, {"./a/./b", "a/b"},     {"../a", NULL},
                {"a/../../b", NULL}, {"a/..", NULL},    {"..a/b..", "..a/b.."}, {"", ""}};
    mrl_arena a;
    mrl_arena_init(&a, 1 << 16);
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        mrl_str got = {NULL, 0};
        CHECK_INT(mrl_tar_clean_name(&a, mrl_str_z(rows[i].name), &got), rows[i].want != NULL);
        if (rows[i].want != NULL)
            CHECK_STR(got, mrl_str_z(rows[i].want));
    }
    CHECK(!mrl_tar_clean_name(&a, (mrl_str){"a\0b", 3}, &(mrl_str){NULL, 0}));
    mrl_arena_release(&a);
}
