/* diff.h - what changed between two texts, line by line, as a unified diff.
 *
 * Idea: the texts are nearly the same, as a fix or a formatter leaves them. Both are walked side by
 * side; where they part, the nearest place where they meet again for a few lines is looked for, at
 * most MRL_DIFF_WINDOW lines ahead; what lies between is taken apart line by line where it is
 * small. So the time is linear and the answer always right, while it is not always the shortest
 * one: texts that never meet again are one change. The form is the one that patch(1) and git apply
 * read.
 */
#ifndef MRL_BASE_DIFF_H
#define MRL_BASE_DIFF_H

#include "base/arena.h"
#include "base/buf.h"

#define MRL_DIFF_WINDOW 400 /* lines that are looked ahead, of both texts together */

struct mrl_diff_opts {
    mrl_str old_name, new_name; /* for the two header lines; empty: no header */
    unsigned context;           /* equal lines around a change */
};

/* Appends the diff; nothing where the texts are equal. `scratch` holds the tables of lines.
 * MRL_E_NOMEM when they do not fit; failures of the buffer stay in the buffer. */
mrl_status mrl_diff_unified(struct mrl_buf *b, mrl_arena *scratch, mrl_str old_text,
                            mrl_str new_text, const struct mrl_diff_opts *opts) MRL_NODISCARD;

#endif
