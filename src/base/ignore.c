/* ignore.c - see ignore.h. */
#include "base/ignore.h"

#include "base/vec.h"
/* One line of a .gitignore; false when it holds no pattern. */
static bool read_pattern(mrl_str line, struct mrl_ignore_pattern *p) {
    if (mrl_str_ends(line, MRL_S("\r")))
        line.len--;
    while (line.len > 0 && line.ptr[line.len - 1] == ' ' &&
           !(line.len > 1 && line.ptr[line.len - 2] == '\\'))
        line.len--;
    if (line.len == 0 || line.ptr[0] == '#')
        return false;
    p->negated = line.ptr[0] == '!';
    if (p->negated)
        line = mrl_str_sub(line, 1, line.len);
    p->folders_only = mrl_str_ends(line, MRL_S("/"));
    if (p->folders_only)
        line.len--;
    p->anchored = line.len > 0 && memchr(line.ptr, '/', line.len) != NULL;
    if (mrl_str_starts(line, MRL_S("/")))
        line = mrl_str_sub(line, 1, line.len);
    p->glob = line;
    return line.len > 0;
}

mrl_status mrl_ignore_add(struct mrl_ignore *list, mrl_arena *a, mrl_str folder, mrl_str text) {
    while (text.len > 0) {
        struct mrl_ignore_pattern p = {.folder = folder};
        mrl_str line = mrl_str_cut(text, '\n', &text);
        if (!read_pattern(line, &p))
            continue;
        MRL_CHECK(list->n < MRL_IGNORE_PATTERNS_MAX, MRL_E_LIMIT);
        MRL_TRY(MRL_VEC_PUSH(a, list, p));
    }
    return MRL_OK;
}

/* A character class at g[*at] ('['); moves behind it. */
static bool class_has(mrl_str g, size_t *at, char c) {
    MRL_DASSERT(*at < g.len && g.ptr[*at] == '[');
    size_t i = *at + 1;
    bool negated = i < g.len && (g.ptr[i] == '!' || g.ptr[i] == '^'), found = false;
    i += negated;
    for (size_t first = i; i < g.len && (g.ptr[i] != ']' || i == first); i++) {
        char low = g.ptr[i], high = low;
        if (i + 2 < g.len && g.ptr[i + 1] == '-' && g.ptr[i + 2] != ']') {
            high = g.ptr[i + 2];
            i += 2;
        }
        found |= c >= low && c <= high;
    }
    *at = i < g.len ? i + 1 : i;
    return found != negated && c != '/';
}

/* Matches one character of the path by the pattern at g[*i] and moves *i behind it. */
static bool glob_char(mrl_str g, size_t *i, char c) {
    MRL_DASSERT(*i < g.len);
    if (g.ptr[*i] == '[')
        return class_has(g, i, c);
    bool escaped = g.ptr[*i] == '\\' && *i + 1 < g.len;
    *i += escaped;
    char want = g.ptr[(*i)++];
    return escaped || want != '?' ? want == c : c != '/';
}

/* True when a whole segment at g[i] is "**". */
static bool is_deep(mrl_str g, size_t i) {
    return i + 1 < g.len && g.ptr[i] == '*' && g.ptr[i + 1] == '*' &&
           (i == 0 || g.ptr[i - 1] == '/') && (i + 2 == g.len || g.ptr[i + 2] == '/');
}

/* Matching with one point to come back to for '*' and one for a whole '**': no recursion. */
bool mrl_path_glob(mrl_str g, mrl_str s) {
    size_t i = 0, k = 0, star = MRL_STR_NPOS, star_at = 0, deep = MRL_STR_NPOS, deep_at = 0;
    while (k < s.len || i < g.len) {
        if (is_deep(g, i)) { /* any number of folders */
            if (i + 2 == g.len)
                return true;
            deep = i += 3;
            deep_at = k;
            star = MRL_STR_NPOS;
            continue;
        }
        if (i < g.len && g.ptr[i] == '*') {
            star = ++i;
            star_at = k;
            continue;
        }
        size_t next = i;
        if (i < g.len && k < s.len && glob_char(g, &next, s.ptr[k])) {
            i = next;
            k++;
            continue;
        }
        if (star != MRL_STR_NPOS && star_at < s.len && s.ptr[star_at] != '/') {
            i = star;
            k = ++star_at;
            continue;
        }
        while (deep != MRL_STR_NPOS && deep_at < s.len && s.ptr[deep_at] != '/')
            deep_at++;
        if (deep == MRL_STR_NPOS || deep_at >= s.len)
            return false;
        i = deep;
        k = ++deep_at;
        star = MRL_STR_NPOS;
    }
    return true;
}

static bool matches(const struct mrl_ignore_pattern *p, mrl_str path, bool is_folder) {
    if ((p->folders_only && !is_folder) || !mrl_str_starts(path, p->folder))
        return false;
    path = mrl_str_sub(path, p->folder.len, path.len);
    if (!p->anchored) {
        size_t slash = mrl_str_rfind(path, MRL_S("/"));
        if (slash != MRL_STR_NPOS)
            path = mrl_str_sub(path, slash + 1, path.len);
    }
    return mrl_path_glob(p->glob, path);
}

bool mrl_ignored(const struct mrl_ignore *list, mrl_str path, bool is_folder) {
    for (size_t i = list->n; i > 0; i--)
        if (matches(&list->items[i - 1], path, is_folder))
            return !list->items[i - 1].negated;
    return false;
}
