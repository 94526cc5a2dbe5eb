/* test_status.c - errors: text, place, chain of causes. */
#include "base/status.h"
#include "test.h"

#include <errno.h>

TEST(err_wrap_keeps_the_chain) {
    struct mrl_err e;
    mrl_err_init(&e);
    (void)mrl_err_sys(&e, ENOSPC, "disk", "cannot write");
    e.pos.line = 7;
    CHECK_INT(mrl_err_wrap(&e, e.code, "file", "cannot replace %s", "a.json"), MRL_E_IO);
    CHECK_STR(mrl_str_z(e.text), MRL_S("cannot replace a.json"));
    CHECK_STR(mrl_str_z(e.cause), MRL_S("cannot write: No space left on device"));
    (void)mrl_err_wrap(&e, MRL_E_INVALID, "report", "no report");
    CHECK_STR(mrl_str_z(e.cause),
              MRL_S("cannot replace a.json: cannot write: No space left on device"));
    CHECK(e.code == MRL_E_INVALID && e.pos.line == 7);
    CHECK_STR(mrl_str_z(e.id), MRL_S("report"));
    (void)mrl_err_set(&e, MRL_E_TYPE, "new", "another");
    CHECK_STR(mrl_str_z(e.cause), MRL_S("")); /* a new error has no old cause */
}

TEST(err_wrap_without_text_names_the_status) {
    struct mrl_err e;
    mrl_err_init(&e);
    (void)mrl_err_wrap(&e, MRL_E_NOMEM, "x", "cannot load");
    CHECK_STR(mrl_str_z(e.cause), MRL_S("out of memory"));
    CHECK_INT(mrl_err_wrap(NULL, MRL_E_LIMIT, "x", "nobody listens"), MRL_E_LIMIT);
}

TEST(err_texts_are_cut_at_a_rune) {
    struct mrl_err e;
    char text[2 * MRL_ERR_TEXT_MAX];
    for (size_t shift = 0; shift < 3; shift++) {
        size_t n = 0;
        for (; n < shift; n++)
            text[n] = 'x';
        for (; n + 4 < sizeof text; n += 3)
            memcpy(text + n, "\xe2\x82\xac", 4);
        mrl_err_init(&e);
        (void)mrl_err_set(&e, MRL_E_LIMIT, "x", "%s", text);
        CHECK(strlen(e.text) >= MRL_ERR_TEXT_MAX - 4);
        CHECK_INT((strlen(e.text) - shift) % 3, 0);
        (void)mrl_err_wrap(&e, MRL_E_LIMIT, "x", "outer");
        CHECK(strlen(e.cause) >= MRL_ERR_CAUSE_MAX - 4 && (strlen(e.cause) - shift) % 3 == 0);
    }
}

TEST(status_names_are_distinct) {
    for (int i = 0; i < MRL_STATUS_N; i++)
        for (int k = 0; k < i; k++)
            CHECK(strcmp(mrl_status_name((mrl_status)-i), mrl_status_name((mrl_status)-k)) != 0);
    CHECK_STR(mrl_str_z(mrl_status_name((mrl_status)-99)), MRL_S("unknown status"));
}

/* Messages quote what others wrote: nothing of it may act on a terminal, or look like a line of
 * ours. */
TEST(err_texts_send_nothing_to_a_terminal) {
    static const char *const rows[][2] = {
        {"a\x1b[2Jb\nmerlon: fine", "a?[2Jb?merlon: fine"},
        {"\x07\x7f\r", "???"},
        {"tab\tand \xe2\x82\xac \xc3\xa9", "tab\tand \xe2\x82\xac \xc3\xa9"},
        {"c1 \xc2\x9b"
         "31m",
         "c1 ?31m"},
        {"\xe2\x80\xae"
         "evil\xe2\x81\xa9 \xe2\x80\x8b \xef\xbb\xbf",
         "?evil? ? ?"},
        {"cut \xe2\x80", "cut \xe2\x80"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(rows); i++) {
        struct mrl_err e;
        mrl_err_init(&e);
        (void)mrl_err_set(&e, MRL_E_SYNTAX, "x", "%s", rows[i][0]);
        CHECK_STR(mrl_str_z(e.text), mrl_str_z(rows[i][1]));
        (void)mrl_err_wrap(&e, MRL_E_SYNTAX, "x", "outer");
        CHECK_STR(mrl_str_z(e.cause), mrl_str_z(rows[i][1]));
    }
}
