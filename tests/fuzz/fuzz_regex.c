/* fuzz_regex.c - a pattern, a zero byte, a text: groups lie inside the match, the match in the
 * text. */
#include "engines/match/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find(mrl_arena *a, const struct mrl_regex *re, mrl_str text) {
    size_t *spans = MRL_ARENA_ARRAY(a, size_t, 2 * (size_t)mrl_regex_groups(re));
    bool with = false, without = false;
    if (spans == NULL || mrl_regex_find(re, a, text, 0, spans, &with) != MRL_OK ||
        mrl_regex_find(re, a, text, 0, NULL, &without) != MRL_OK)
        return;
    MRL_ASSERT(with == without);
    for (uint32_t i = 0; with && i < mrl_regex_groups(re); i++)
        MRL_ASSERT(spans[2 * i] == MRL_REGEX_NO_MATCH ||
                   (spans[2 * i] <= spans[2 * i + 1] && spans[2 * i + 1] <= spans[1] &&
                    spans[1] <= text.len));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    struct mrl_err err;
    struct mrl_regex *re = NULL;
    mrl_str text, pattern = mrl_str_cut((mrl_str){(const char *)data, size}, '\0', &text);
    mrl_arena_init(&a, 1 << 26);
    mrl_err_init(&err);
    if (mrl_regex_compile(&a, pattern, &err, &re) == MRL_OK)
        find(&a, re, text);
    if (mrl_glob_compile(&a, pattern, MRL_S("."), &err, &re) == MRL_OK)
        find(&a, re, text);
    mrl_arena_release(&a);
    return 0;
}
