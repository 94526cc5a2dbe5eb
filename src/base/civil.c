/* civil.c - calendar arithmetic. Years are counted from March, so that the leap day comes last and
 * 400 years (an era) always have 146,097 days. */
#include "base/civil.h"

#define DAY_SECONDS 86400
#define ERA_DAYS 146097
#define EPOCH_SHIFT 719468 /* days from 0000-03-01 to 1970-01-01 */

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0);
}

bool mrl_civil_is_leap(int64_t year) {
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int mrl_civil_month_days(int64_t year, int month) {
    static const int8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    MRL_ASSERT(month >= 1 && month <= 12);
    return month == 2 && mrl_civil_is_leap(year) ? 29 : days[month - 1];
}

int64_t mrl_civil_days(int64_t year, int month, int64_t day) {
    MRL_ASSERT(month >= 1 && month <= 12);
    MRL_ASSERT(year >= -MRL_CIVIL_YEAR_MAX && year <= MRL_CIVIL_YEAR_MAX);
    int64_t y = year - (month <= 2);
    int64_t era = floor_div(y, 400), in_era = y - era * 400;
    int64_t yday = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * ERA_DAYS + in_era * 365 + in_era / 4 - in_era / 100 + yday - EPOCH_SHIFT;
}

int64_t mrl_civil_seconds(const struct mrl_civil *c) {
    MRL_DASSERT(c->day >= 1 && c->day <= 31 && c->hour >= 0 && c->minute >= 0);
    return mrl_civil_days(c->year, c->month, c->day) * DAY_SECONDS + c->hour * 3600 +
           c->minute * 60 + c->second;
}

struct mrl_civil mrl_civil_at(int64_t seconds) {
    int64_t days = floor_div(seconds, DAY_SECONDS), clock = seconds - days * DAY_SECONDS;
    int64_t z = days + EPOCH_SHIFT, era = floor_div(z, ERA_DAYS), doe = z - era * ERA_DAYS;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / (ERA_DAYS - 1)) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    struct mrl_civil c = {.month = (int)(mp < 10 ? mp + 3 : mp - 9)};
    c.day = (int)(doy - (153 * mp + 2) / 5 + 1);
    c.year = yoe + era * 400 + (c.month <= 2);
    c.hour = (int)(clock / 3600);
    c.minute = (int)(clock / 60 % 60);
    c.second = (int)(clock % 60);
    return c;
}

int mrl_civil_yday(const struct mrl_civil *c) {
    return (int)(mrl_civil_days(c->year, c->month, c->day) - mrl_civil_days(c->year, 1, 1)) + 1;
}

int mrl_civil_weekday(int64_t seconds) {
    int64_t days = floor_div(seconds, DAY_SECONDS) + 4; /* 1970-01-01 was a Thursday */
    return (int)(days - floor_div(days, 7) * 7);
}
