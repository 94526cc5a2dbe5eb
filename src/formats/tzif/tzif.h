/* tzif.h - time zones: from an instant to the offset and name in force.
 *
 * Idea: a zone is a sorted list of instants at which another local time type begins, and a rule for
 * all years after the last one. The reader checks everything once; a lookup is a binary search.
 * Source: RFC 9636 (TZif, versions 1 to 4) and POSIX.1 chapter 8.3 (TZ). Leap seconds are ignored.
 * Ownership: the zone lives in the arena given and borrows nothing. Frozen after the parse: threads
 * may share it.
 */
#ifndef MRL_TZIF_H
#define MRL_TZIF_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_TZIF_BYTES_MAX ((size_t)1 << 20) /* the largest zone has less than 4 KiB */
#define MRL_TZIF_TRANSITIONS_MAX 4096u
#define MRL_TZIF_TYPES_MAX 256u /* types are one byte */
#define MRL_TZIF_NAME_MAX 16u   /* longest abbreviation kept, longer ones are refused */

struct mrl_tzif_type {
    int32_t offset_s; /* seconds east of UTC */
    bool dst;
    char name[MRL_TZIF_NAME_MAX]; /* NUL-terminated abbreviation: "CET" */
};

/* When a rule of the footer switches: a day of the year and a second of that day. */
struct mrl_tz_change {
    char kind;            /* 'M' month.week.day, 'J' 1..365 without leap day, 'D' 0..365 */
    int month, week, day; /* day alone for J and D */
    int32_t second;       /* local time of the switch, may be negative or above a day */
};

struct mrl_tz_rule { /* the footer */
    bool present, has_dst;
    struct mrl_tzif_type std, dst;
    struct mrl_tz_change to_dst, to_std;
};

struct mrl_tzif {
    uint32_t n, n_types;
    const int64_t *at;    /* n instants, ascending */
    const uint8_t *which; /* type from at[i] on */
    const struct mrl_tzif_type *types;
    uint8_t first; /* type before at[0] */
    struct mrl_tz_rule rule;
};

/* Reads a TZif file. MRL_E_SYNTAX when it is none or contradicts itself, MRL_E_LIMIT above a
 * ceiling. Cost: O(bytes). */
mrl_status mrl_tzif_parse(mrl_arena *a, mrl_str bytes, struct mrl_err *err,
                          struct mrl_tzif *ret) MRL_NODISCARD;

/* What is in force at `seconds` since 1970. Never NULL; belongs to the zone. Cost: O(log n). */
const struct mrl_tzif_type *mrl_tzif_at(const struct mrl_tzif *z, int64_t seconds);

/* Reads a POSIX TZ rule: "CET-1CEST,M3.5.0,M10.5.0/3". MRL_E_SYNTAX when it is none. */
mrl_status mrl_tz_rule_parse(mrl_str text, struct mrl_tz_rule *ret) MRL_NODISCARD;
/* What a present rule says for `seconds`. */
const struct mrl_tzif_type *mrl_tz_rule_at(const struct mrl_tz_rule *rule, int64_t seconds);

#endif
