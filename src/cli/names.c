/* names.c - the nearest known name, for "did you mean". */
#include "cli/cli.h"

#define NAME_MAX_LEN 64 /* longer names get no suggestion */

/* Edit distance with two rows (Wagner and Fischer 1974). Both at most NAME_MAX_LEN. */
static size_t distance(mrl_str a, mrl_str b) {
    size_t row[NAME_MAX_LEN + 1];
    for (size_t j = 0; j <= b.len; j++)
        row[j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t diagonal = row[0];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t above = row[j];
            size_t best = diagonal + (a.ptr[i - 1] != b.ptr[j - 1]);
            if (above + 1 < best)
                best = above + 1;
            if (row[j - 1] + 1 < best)
                best = row[j - 1] + 1;
            row[j] = best;
            diagonal = above;
        }
    }
    return row[b.len];
}

const char *mrl_closest(mrl_str name, const char *const *candidates, size_t n) {
    const char *best = NULL;
    size_t best_distance = name.len / 3 + 1;
    if (name.len > NAME_MAX_LEN)
        return NULL;
    for (size_t i = 0; i < n; i++) {
        mrl_str c = mrl_str_z(candidates[i]);
        if (c.len > NAME_MAX_LEN)
            continue;
        size_t d = distance(name, c);
        if (d <= best_distance && (best == NULL || d < best_distance)) {
            best = candidates[i];
            best_distance = d;
        }
    }
    return best;
}
