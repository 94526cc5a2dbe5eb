/* test_gzip.c - gzip text: members, cuts, ceilings. */
#include "formats/gzip/gzip.h"
#include "test.h"

/* gzip of "hello hello hello" and of "!", made by gzip itself. */
static const char hello[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xcb\x48\xcd\xc9\xc9\x57\xc8\x40\x90\x00"
    "\x80\x88\xf9\xe5\x11\x00\x00\x00";
static const char bang[] =
    "\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\x53\x04\x00\xd3\xff\x6b\x9e\x01\x00\x00"
    "\x00";

static mrl_status unpack(mrl_str in, size_t max, struct mrl_buf *b) {
    mrl_buf_init(b, max);
    return mrl_gunzip(in, NULL, b);
}

TEST(gzip_reads_members_one_behind_the_other) {
    char both[sizeof hello + sizeof bang];
    struct mrl_buf b;
    memcpy(both, hello, sizeof hello - 1);
    memcpy(both + sizeof hello - 1, bang, sizeof bang - 1);
    CHECK_INT(unpack((mrl_str){both, sizeof hello + sizeof bang - 2}, 100, &b), MRL_OK);
    CHECK_STR(mrl_buf_str(&b), MRL_S("hello hello hello!"));
    mrl_buf_release(&b);
}

TEST(gzip_ends_at_its_ceiling) {
    struct mrl_buf b;
    CHECK_INT(unpack((mrl_str){hello, sizeof hello - 1}, 17, &b), MRL_OK);
    mrl_buf_release(&b);
    CHECK_INT(unpack((mrl_str){hello, sizeof hello - 1}, 16, &b), MRL_E_LIMIT);
    mrl_buf_release(&b);
    CHECK_INT(unpack((mrl_str){hello, sizeof hello - 1}, 0, &b), MRL_E_LIMIT);
    mrl_buf_release(&b);
}

TEST(gzip_refuses_every_cut_and_every_changed_trailer) {
    struct mrl_buf b;
    char copy[sizeof hello];
    for (size_t n = 0; n < sizeof hello - 1; n++) {
        CHECK_INT(unpack((mrl_str){hello, n}, 100, &b), MRL_E_SYNTAX);
        mrl_buf_release(&b);
    }
    for (size_t i = sizeof hello - 9; i < sizeof hello - 1; i++) {
        memcpy(copy, hello, sizeof hello);
        copy[i] ^= 1;
        CHECK_INT(unpack((mrl_str){copy, sizeof hello - 1}, 100, &b), MRL_E_SYNTAX);
        mrl_buf_release(&b);
    }
}
