/* closest.c - see closest.h. */
#include "base/closest.h"

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

void mrl_closest_init(struct mrl_closest *c, mrl_str name) {
    *c = (struct mrl_closest){.name = name, .distance = name.len / 3 + 2};
}

void mrl_closest_offer(struct mrl_closest *c, mrl_str candidate) {
    if (c->name.len > NAME_MAX_LEN || candidate.len > NAME_MAX_LEN || candidate.len == 0)
        return;
    size_t d = distance(c->name, candidate);
    if (d == 0 || d >= c->distance) /* the name itself is no help */
        return;
    c->best = candidate;
    c->distance = d;
}

const char *mrl_closest_of(mrl_str name, const char *const *candidates, size_t n) {
    struct mrl_closest c;
    mrl_closest_init(&c, name);
    for (size_t i = 0; i < n; i++)
        mrl_closest_offer(&c, mrl_str_z(candidates[i]));
    return c.best.ptr;
}
