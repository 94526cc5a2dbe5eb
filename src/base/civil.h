/* civil.h - the calendar: days, dates and clocks of the proleptic Gregorian calendar.
 *
 * Idea: time inside merlon is seconds since 1970-01-01T00:00:00Z; this module turns them into
 * years, months and days and back, with integer arithmetic only and no state. Leap seconds do not
 * exist, as in POSIX. Source: the era arithmetic that Howard Hinnant published as
 * "chrono-compatible low-level date algorithms".
 */
#ifndef MRL_BASE_CIVIL_H
#define MRL_BASE_CIVIL_H

#include "base/common.h"

struct mrl_civil {
    int64_t year;
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour, minute, second;
};

/* Years beyond this are not computed with; callers check. */
#define MRL_CIVIL_YEAR_MAX ((int64_t)1000000)

/* Days from 1970-01-01 to the date; day may be any number, month must be 1..12 and the year within
 * +-MRL_CIVIL_YEAR_MAX (asserted). */
int64_t mrl_civil_days(int64_t year, int month, int64_t day);
/* Seconds since 1970 of c, read as UTC. */
int64_t mrl_civil_seconds(const struct mrl_civil *c);
/* Date and clock of a second since 1970, UTC. */
struct mrl_civil mrl_civil_at(int64_t seconds);
/* Number of days of a month (1..12). */
int mrl_civil_month_days(int64_t year, int month);
/* True for leap years of the Gregorian calendar, extended to all years. */
bool mrl_civil_is_leap(int64_t year);
/* Day of the year, 1..366. */
int mrl_civil_yday(const struct mrl_civil *c);
/* 0 is Sunday. */
int mrl_civil_weekday(int64_t seconds);

#endif
