/* fuzz_ignore.c - path globs against a matcher by definition; .gitignore text of any kind.
 *
 * The model fills a table: does the pattern from i match the path from k? It is slow, and it is
 * what the documentation of gitignore says, case by case.
 */
#include "base/ignore.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define LEN_MAX 48

struct model {
    mrl_str g, s;
    signed char memo[LEN_MAX + 2][LEN_MAX + 2]; /* -1: not known yet */
};

static bool is_deep(mrl_str g, size_t i) {
    return i + 1 < g.len && g.ptr[i] == '*' && g.ptr[i + 1] == '*' &&
           (i == 0 || g.ptr[i - 1] == '/') && (i + 2 == g.len || g.ptr[i + 2] == '/');
}

/* One character of the pattern at i against c; *ret is the place behind it. */
static bool one(mrl_str g, size_t i, char c, size_t *ret) {
    char want = g.ptr[i];
    *ret = i + 1;
    if (want == '?')
        return c != '/';
    if (want == '\\' && i + 1 < g.len) {
        *ret = i + 2;
        return g.ptr[i + 1] == c;
    }
    if (want != '[')
        return want == c;
    size_t k = i + 1;
    bool negated = k < g.len && (g.ptr[k] == '!' || g.ptr[k] == '^'), found = false;
    k += negated;
    for (size_t first = k; k < g.len && (g.ptr[k] != ']' || k == first); k++) {
        char low = g.ptr[k], high = low;
        if (k + 2 < g.len && g.ptr[k + 1] == '-' && g.ptr[k + 2] != ']') {
            high = g.ptr[k + 2];
            k += 2;
        }
        found |= c >= low && c <= high;
    }
    *ret = k < g.len ? k + 1 : k;
    return found != negated && c != '/';
}

static bool match(struct model *m, size_t i, size_t k) {
    signed char *memo = &m->memo[i][k];
    if (*memo >= 0)
        return *memo == 1;
    bool yes = false;
    size_t next;
    if (is_deep(m->g, i)) {
        if (i + 2 == m->g.len) {
            yes = true;
        } else {
            yes = match(m, i + 3, k); /* no folder, or one and more */
            for (size_t at = k; !yes && at < m->s.len; at++)
                yes = m->s.ptr[at] == '/' && match(m, i + 3, at + 1);
        }
    } else if (i == m->g.len) {
        yes = k == m->s.len;
    } else if (m->g.ptr[i] == '*') {
        yes = match(m, i + 1, k) || (k < m->s.len && m->s.ptr[k] != '/' && match(m, i, k + 1));
    } else {
        yes = k < m->s.len && one(m->g, i, m->s.ptr[k], &next) && match(m, next, k + 1);
    }
    *memo = yes;
    return yes;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct model m;
    mrl_str rest, glob = mrl_str_cut((mrl_str){(const char *)data, size}, '\n', &rest);
    mrl_str path = mrl_str_cut(rest, '\n', &rest);
    if (glob.len <= LEN_MAX && path.len <= LEN_MAX) {
        m.g = glob;
        m.s = path;
        memset(m.memo, -1, sizeof m.memo);
        MRL_ASSERT(mrl_path_glob(glob, path) == match(&m, 0, 0));
    }
    mrl_arena a;
    struct mrl_ignore list = {NULL, 0, 0};
    mrl_arena_init(&a, 1 << 24);
    if (mrl_ignore_add(&list, &a, MRL_S("src/"), rest) == MRL_OK) {
        bool file = mrl_ignored(&list, path, false), folder = mrl_ignored(&list, path, true);
        MRL_ASSERT(list.n > 0 || (!file && !folder));
    }
    mrl_arena_release(&a);
    return 0;
}
