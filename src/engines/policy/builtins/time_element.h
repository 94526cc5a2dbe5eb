/* time_element.h - the elements of a layout, shared by the writer and the reader. Private. */
#ifndef MRL_POLICY_TIME_ELEMENT_H
#define MRL_POLICY_TIME_ELEMENT_H

#include "engines/policy/builtins/time_layout.h"

enum time_code {
    EL_NONE, /* the layout has no further element */
    EL_LONG_MONTH,
    EL_MONTH,
    EL_NUM_MONTH,
    EL_ZERO_MONTH,
    EL_LONG_WEEKDAY,
    EL_WEEKDAY,
    EL_DAY,
    EL_UNDER_DAY,
    EL_ZERO_DAY,
    EL_UNDER_YDAY,
    EL_ZERO_YDAY,
    EL_HOUR,
    EL_HOUR12,
    EL_ZERO_HOUR12,
    EL_MINUTE,
    EL_ZERO_MINUTE,
    EL_SECOND,
    EL_ZERO_SECOND,
    EL_LONG_YEAR,
    EL_YEAR,
    EL_PM_UPPER,
    EL_PM_LOWER,
    EL_ZONE_NAME,
    EL_OFFSET,
    EL_FRAC0, /* ".000": exactly that many digits */
    EL_FRAC9, /* ".999": trailing zeros left out */
};

/* How an EL_OFFSET looks. */
#define OFF_Z 1u       /* "Z" for UTC */
#define OFF_MINUTES 2u /* hhmm */
#define OFF_SECONDS 4u /* hhmmss */
#define OFF_COLON 8u

/* One element as it was found in a layout. */
struct time_element {
    enum time_code code;
    unsigned offset;   /* OFF_* */
    size_t start, end; /* where it stands in the layout; both its length for EL_NONE */
};

extern const char *const mrl_time_months[12];
extern const char *const mrl_time_weekdays[7];

/* The first element at or after `from`. */
struct time_element mrl_time_next_element(mrl_str layout, size_t from);

#endif
