/* time_layout.h - times as text under a layout, as Go's package time has it.
 *
 * Idea: a layout shows how the reference time "Mon Jan 2 15:04:05 MST 2006" would look; its
 * elements are found by name, everything else is literal. The same elements write and read. No
 * state, no allocation but the output buffer. Source: the documentation of Go's time.Layout and
 * time.Parse.
 */
#ifndef MRL_POLICY_TIME_LAYOUT_H
#define MRL_POLICY_TIME_LAYOUT_H

#include "base/buf.h"

#define MRL_TIME_TEXT_MAX ((size_t)1 << 20) /* bytes of a layout or of a formatted time */

struct mrl_moment {
    int64_t seconds;  /* since 1970, UTC */
    int32_t ns;       /* 0..999,999,999 */
    int32_t offset_s; /* of the zone, east of UTC */
    const char *zone; /* abbreviation; NULL or "" when the zone has none */
};

/* The layout that a name stands for ("RFC3339", "ANSIC", …); `layout` itself for other texts. */
mrl_str mrl_time_layout_named(mrl_str layout);

/* Appends `m` in its zone as the layout shows. */
void mrl_time_format(struct mrl_buf *b, mrl_str layout, const struct mrl_moment *m);

/* Reads `value` by the layout. Missing fields are zero, month and day one; years are 0..9999.
 * ret->zone is NULL: only the instant counts. MRL_E_SYNTAX with Go's words in err. */
mrl_status mrl_time_parse(mrl_str layout, mrl_str value, struct mrl_err *err,
                          struct mrl_moment *ret) MRL_NODISCARD;

/* A duration in nanoseconds: "1h30m", "-1.5s", and with days, weeks and years of 365 days "1d12h",
 * "2w", "1y". MRL_E_SYNTAX with Go's words in err. */
mrl_status mrl_time_parse_duration(mrl_str text, struct mrl_err *err, int64_t *ret) MRL_NODISCARD;

/* Appends s in double quotes; control and non-ASCII bytes as \xNN. */
void mrl_time_quote(struct mrl_buf *b, mrl_str s);

#endif
