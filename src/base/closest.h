/* closest.h - the nearest known name, for "did you mean".
 *
 * Idea: candidates are offered one by one, so that no list of them must be made. A candidate counts
 * when its edit distance is at most a third of the name's length and one.
 */
#ifndef MRL_BASE_CLOSEST_H
#define MRL_BASE_CLOSEST_H

#include "base/str.h"

struct mrl_closest {
    mrl_str name; /* what was written */
    mrl_str best; /* ptr NULL: nothing is near so far */
    size_t distance;
};

/* Starts the search for a name. */
void mrl_closest_init(struct mrl_closest *c, mrl_str name);
/* Offers a candidate (borrowed). Of equals the first one wins. Cost: O(length of both). */
void mrl_closest_offer(struct mrl_closest *c, mrl_str candidate);

/* All at once: the candidate closest to `name`, or NULL. */
const char *mrl_closest_of(mrl_str name, const char *const *candidates, size_t n);

#endif
