/* time_duration.c - durations as text: Go's time.ParseDuration, and OPA's days, weeks and years.
 *
 * Days, weeks and years are rewritten to hours first, as OPA's library does, and the rest is Go's
 * parser: sums of whole and fractional amounts, computed in unsigned nanoseconds up to 2^63, so
 * that the most negative duration can be read. Errors quote the text as it was given.
 */
#include "engines/policy/builtins/time_layout.h"

#include "base/num.h"
#include "base/rd.h"

#include <stdio.h>

#define DIGITS_MAX 64 /* digits of a number of days, weeks or years */

static const struct unit {
    const char *name;
    uint64_t ns;
} units[] = {
    {"ns", 1},           {"us", 1000},      {"\xC2\xB5s", 1000}, /* micro sign */
    {"\xCE\xBCs", 1000},                                         /* Greek mu */
    {"ms", 1000000},     {"s", 1000000000}, {"m", 60000000000},  {"h", 3600000000000},
};

#define NS_LIMIT ((uint64_t)1 << 63) /* one more than the longest duration */

static bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

/* An error in the words of Go's package time; `unit` is named when it has a pointer. */
static mrl_status fail(struct mrl_err *err, const char *what, mrl_str unit, mrl_str text) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_TIME_TEXT_MAX);
    mrl_buf_printf(&b, "time: %s", what);
    if (unit.ptr != NULL) {
        mrl_buf_byte(&b, ' ');
        mrl_time_quote(&b, unit);
        MRL_BUF_LIT(&b, " in");
    }
    MRL_BUF_LIT(&b, " duration ");
    mrl_time_quote(&b, text);
    mrl_status s = mrl_err_set(err, MRL_E_SYNTAX, "time.syntax", "%.*s", MRL_F(mrl_buf_str(&b)));
    mrl_buf_release(&b);
    return s;
}

/* Leading digits; false when they pass 2^63. *ret_n is their number. */
static bool whole(struct mrl_rd *r, uint64_t *ret, size_t *ret_n) {
    uint64_t v = 0;
    size_t n = 0;
    for (; is_digit(mrl_rd_peek(r, 0)); n++) {
        if (v > NS_LIMIT / 10)
            return false;
        v = v * 10 + (uint64_t)(mrl_rd_u8(r) - '0');
        if (v > NS_LIMIT)
            return false;
    }
    *ret = v;
    *ret_n = n;
    return true;
}

/* Digits behind the point: *ret / *ret_scale; digits that do not fit are dropped. */
static size_t part(struct mrl_rd *r, uint64_t *ret, double *ret_scale) {
    size_t n = 0;
    bool full = false;
    for (; is_digit(mrl_rd_peek(r, 0)); n++) {
        uint64_t digit = (uint64_t)(mrl_rd_u8(r) - '0');
        full = full || *ret > (NS_LIMIT - 1) / 10 || *ret * 10 + digit > NS_LIMIT;
        if (full)
            continue;
        *ret = *ret * 10 + digit;
        *ret_scale *= 10;
    }
    return n;
}

/* One "1.5h" of a duration. `text` is what errors quote. */
static mrl_status segment(struct mrl_rd *r, mrl_str text, struct mrl_err *err, uint64_t *ret) {
    uint64_t v = 0, f = 0;
    double scale = 1;
    size_t before = 0, after = 0, n = 0;
    const mrl_str none = {NULL, 0};
    if (!whole(r, &v, &before))
        return fail(err, "invalid", none, text);
    if (mrl_rd_accept(r, MRL_S(".")))
        after = part(r, &f, &scale);
    if (before + after == 0)
        return fail(err, "invalid", none, text);
    for (int c; (c = mrl_rd_peek(r, n)) >= 0 && c != '.' && !is_digit(c);)
        n++;
    mrl_str name = mrl_rd_take(r, n);
    if (n == 0)
        return fail(err, "missing unit in", none, text);
    const struct unit *u = NULL;
    for (size_t i = 0; i < MRL_COUNTOF(units) && u == NULL; i++)
        if (mrl_str_eq(name, mrl_str_z(units[i].name)))
            u = &units[i];
    if (u == NULL)
        return fail(err, "unknown unit", name, text);
    if (v > NS_LIMIT / u->ns)
        return fail(err, "invalid", none, text);
    v *= u->ns;
    if (f > 0)
        v += (uint64_t)((double)f * ((double)u->ns / scale));
    if (v > NS_LIMIT)
        return fail(err, "invalid", none, text);
    *ret = v;
    return MRL_OK;
}

/* Go's ParseDuration of `s`; errors quote `text`. */
static mrl_status standard(mrl_str s, mrl_str text, struct mrl_err *err, int64_t *ret) {
    struct mrl_rd r = mrl_rd_of(s);
    uint64_t sum = 0;
    const mrl_str none = {NULL, 0};
    bool neg = mrl_rd_accept(&r, MRL_S("-"));
    if (!neg)
        mrl_rd_accept(&r, MRL_S("+"));
    if (mrl_rd_left(&r) == 1 && mrl_rd_peek(&r, 0) == '0') {
        *ret = 0;
        return MRL_OK;
    }
    if (mrl_rd_done(&r))
        return fail(err, "invalid", none, text);
    while (!mrl_rd_done(&r)) {
        uint64_t ns = 0;
        MRL_TRY(segment(&r, text, err, &ns));
        sum += ns; /* both at most 2^63: the sum wraps to 0 only for 2^63 + 2^63 */
        if (sum > NS_LIMIT || (ns == NS_LIMIT && sum < ns))
            return fail(err, "invalid", none, text);
    }
    if (!neg && sum == NS_LIMIT)
        return fail(err, "invalid", none, text);
    *ret = neg ? (int64_t)(0 - sum) : (int64_t)sum;
    return MRL_OK;
}

/* --- days, weeks, years ---------------------------------------------------------------------- */

/* The hours of a day, week or year of 365 days; 0 for Go's own units. */
static unsigned hours_of(mrl_str unit) {
    if (unit.len != 1)
        return 0;
    return unit.ptr[0] == 'd' ? 24 : unit.ptr[0] == 'w' ? 168 : unit.ptr[0] == 'y' ? 8760 : 0;
}

/* The number written by digits and at most one point; false when it is none. */
static bool decimal(mrl_str digits, double *ret) {
    char text[DIGITS_MAX + 4] = "0";
    size_t n = 1, points = 0, kept = 0;
    if (digits.len > DIGITS_MAX)
        return false;
    for (size_t i = 0; i < digits.len; i++) {
        bool point = digits.ptr[i] == '.';
        points += point;
        kept += !point;
        if (!point && points == 0 && n == 1 && text[0] == '0')
            n = 0; /* JSON has no leading zeros */
        text[n++] = digits.ptr[i];
    }
    if (points > 1 || kept == 0)
        return false;
    if (text[n - 1] == '.')
        text[n++] = '0';
    mrl_val v = mrl_undefined();
    if (mrl_num_parse((mrl_str){text, n}, &v) != MRL_OK)
        return false;
    MRL_DASSERT(mrl_is_num(v));
    *ret = mrl_num_to_double(v);
    return true;
}

/* Appends the shortest plain decimal of d. */
static void put_hours(struct mrl_buf *b, double d) {
    char text[512];
    int digits = 0;
    for (; digits < 30; digits++) {
        mrl_val v = mrl_undefined();
        int n = snprintf(text, sizeof text, "%.*f", digits, d);
        MRL_ASSERT(n > 0 && (size_t)n < sizeof text);
        if (mrl_num_parse((mrl_str){text, (size_t)n}, &v) == MRL_OK &&
            !(mrl_num_to_double(v) < d) && !(mrl_num_to_double(v) > d))
            break;
    }
    mrl_buf_printf(b, "%.*fh", digits, d);
}

/* A unit as OPA's grammar has it: "ms", "us", "µs", "ns" or one lower-case letter. */
static mrl_str take_unit(struct mrl_rd *r) {
    static const char *const two[] = {"ms", "us", "\xC2\xB5s", "ns"};
    for (size_t i = 0; i < MRL_COUNTOF(two); i++)
        if (mrl_rd_accept(r, mrl_str_z(two[i])))
            return mrl_str_z(two[i]);
    int c = mrl_rd_peek(r, 0);
    return c >= 'a' && c <= 'z' ? mrl_rd_take(r, 1) : (mrl_str){NULL, 0};
}

/* Rewrites days, weeks and years to hours; false when the text is no such duration. */
static bool rewrite(mrl_str text, struct mrl_buf *b) {
    struct mrl_rd r = mrl_rd_of(text);
    if (mrl_rd_peek(&r, 0) == '-' || mrl_rd_peek(&r, 0) == '+')
        mrl_buf_byte(b, (char)mrl_rd_u8(&r));
    while (!mrl_rd_done(&r)) {
        size_t n = 0;
        double v = 0;
        while (is_digit(mrl_rd_peek(&r, n)) || mrl_rd_peek(&r, n) == '.')
            n++;
        mrl_str digits = mrl_rd_take(&r, n), unit = take_unit(&r);
        unsigned hours = hours_of(unit);
        if (n == 0 || unit.len == 0 || (hours != 0 && !decimal(digits, &v)))
            return false;
        if (hours != 0) {
            put_hours(b, v * hours);
            continue;
        }
        mrl_buf_add(b, digits);
        mrl_buf_add(b, unit);
    }
    return b->status == MRL_OK;
}

mrl_status mrl_time_parse_duration(mrl_str text, struct mrl_err *err, int64_t *ret) {
    MRL_CHECK(text.len <= MRL_TIME_TEXT_MAX, MRL_E_LIMIT);
    bool extended = false;
    for (size_t i = 0; i < text.len; i++)
        extended = extended || text.ptr[i] == 'd' || text.ptr[i] == 'w' || text.ptr[i] == 'y';
    if (!extended)
        return standard(text, text, err, ret);
    struct mrl_buf b;
    mrl_buf_init(&b, 2 * MRL_TIME_TEXT_MAX);
    mrl_status s = rewrite(text, &b) ? standard(mrl_buf_str(&b), text, err, ret)
                                     : fail(err, "invalid", (mrl_str){NULL, 0}, text);
    mrl_buf_release(&b);
    return s;
}
