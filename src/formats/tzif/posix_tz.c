/* posix_tz.c - the rule in the footer of a zone: standard time, summer time, and the two days of
 * each year on which they begin. Source: POSIX.1 chapter 8.3 with the wider hours of RFC 9636. */
#include "formats/tzif/tzif.h"

#include "base/civil.h"
#include "base/rd.h"

#define CHANGE_HOURS_MAX 167 /* RFC 9636, section 3.3.1 */
#define OFFSET_HOURS_MAX 24
#define DAY_SECONDS 86400

static bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A whole number in [min, max]; anything else fails the cursor. */
static int number(struct mrl_rd *r, int min, int max) {
    int v = 0, digits = 0;
    for (; is_digit(mrl_rd_peek(r, 0)) && digits < 4; digits++)
        v = v * 10 + (mrl_rd_u8(r) - '0');
    if (digits == 0 || v < min || v > max)
        r->failed = true;
    return r->failed ? min : v;
}

/* "CET" or "<+03>". */
static void name(struct mrl_rd *r, struct mrl_tzif_type *t) {
    bool quoted = mrl_rd_accept(r, MRL_S("<"));
    size_t n = 0;
    for (;; n++) {
        int c = mrl_rd_peek(r, n);
        if (!is_letter(c) && !(quoted && (is_digit(c) || c == '+' || c == '-')))
            break;
    }
    mrl_str s = mrl_rd_take(r, n);
    if (n < 3 || n >= MRL_TZIF_NAME_MAX || (quoted && !mrl_rd_accept(r, MRL_S(">"))))
        r->failed = true;
    else
        memcpy(t->name, s.ptr, n);
}

/* "[+-]hh[:mm[:ss]]" in seconds. */
static int32_t clock_seconds(struct mrl_rd *r, int hours_max) {
    bool neg = mrl_rd_accept(r, MRL_S("-"));
    if (!neg)
        mrl_rd_accept(r, MRL_S("+"));
    int32_t s = number(r, 0, hours_max) * 3600;
    if (mrl_rd_accept(r, MRL_S(":"))) {
        s += number(r, 0, 59) * 60;
        if (mrl_rd_accept(r, MRL_S(":")))
            s += number(r, 0, 59);
    }
    return neg ? -s : s;
}

static void change(struct mrl_rd *r, struct mrl_tz_change *c) {
    if (!mrl_rd_accept(r, MRL_S(",")))
        r->failed = true;
    if (mrl_rd_accept(r, MRL_S("M"))) {
        c->kind = 'M';
        c->month = number(r, 1, 12);
        r->failed = r->failed || !mrl_rd_accept(r, MRL_S("."));
        c->week = number(r, 1, 5);
        r->failed = r->failed || !mrl_rd_accept(r, MRL_S("."));
        c->day = number(r, 0, 6);
    } else if (mrl_rd_accept(r, MRL_S("J"))) {
        c->kind = 'J';
        c->day = number(r, 1, 365);
    } else {
        c->kind = 'D';
        c->day = number(r, 0, 365);
    }
    c->second = mrl_rd_accept(r, MRL_S("/")) ? clock_seconds(r, CHANGE_HOURS_MAX) : 7200;
}

mrl_status mrl_tz_rule_parse(mrl_str text, struct mrl_tz_rule *ret) {
    struct mrl_rd r = mrl_rd_of(text);
    struct mrl_tz_rule rule = {.present = true};
    name(&r, &rule.std);
    rule.std.offset_s = -clock_seconds(&r, OFFSET_HOURS_MAX);
    if (!r.failed && !mrl_rd_done(&r)) {
        rule.has_dst = rule.dst.dst = true;
        name(&r, &rule.dst);
        rule.dst.offset_s = rule.std.offset_s + 3600;
        if (mrl_rd_peek(&r, 0) != ',')
            rule.dst.offset_s = -clock_seconds(&r, OFFSET_HOURS_MAX);
        change(&r, &rule.to_dst);
        change(&r, &rule.to_std);
    }
    MRL_CHECK(!r.failed && mrl_rd_done(&r), MRL_E_SYNTAX);
    *ret = rule;
    return MRL_OK;
}

/* Local seconds since 1970 at which the change happens in `year`. */
static int64_t change_at(const struct mrl_tz_change *c, int64_t year) {
    int64_t days = mrl_civil_days(year, 1, 1) + c->day;
    if (c->kind == 'J')
        days -= !(mrl_civil_is_leap(year) && c->day >= 60);
    if (c->kind == 'M') {
        int64_t first = mrl_civil_days(year, c->month, 1);
        int skip = (c->day - mrl_civil_weekday(first * DAY_SECONDS) + 7) % 7;
        int day = skip + (c->week - 1) * 7;
        while (day >= mrl_civil_month_days(year, c->month)) /* week 5 means the last one */
            day -= 7;
        days = first + day;
    }
    return days * DAY_SECONDS + c->second;
}

const struct mrl_tzif_type *mrl_tz_rule_at(const struct mrl_tz_rule *rule, int64_t seconds) {
    MRL_ASSERT(rule->present);
    const int64_t far = MRL_CIVIL_YEAR_MAX * 300 * DAY_SECONDS;
    if (!rule->has_dst || seconds > far || seconds < -far)
        return &rule->std;
    int64_t year = mrl_civil_at(seconds + rule->std.offset_s).year;
    int64_t on = change_at(&rule->to_dst, year) - rule->std.offset_s;
    int64_t off = change_at(&rule->to_std, year) - rule->dst.offset_s;
    bool dst = on < off ? seconds >= on && seconds < off : seconds >= on || seconds < off;
    return dst ? &rule->dst : &rule->std;
}
