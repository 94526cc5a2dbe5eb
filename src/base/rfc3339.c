/* rfc3339.c - timestamps as text. */
#include "base/rfc3339.h"

#include "base/civil.h"
#include "base/rd.h"

static bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

/* n digits with a value in [min, max]; anything else fails the cursor. */
static int field(struct mrl_rd *r, size_t n, int min, int max) {
    int v = 0;
    for (size_t i = 0; i < n; i++) {
        int c = mrl_rd_u8(r);
        if (!is_digit(c))
            r->failed = true;
        v = v * 10 + (c - '0');
    }
    if (v < min || v > max)
        r->failed = true;
    return r->failed ? min : v;
}

static void expect(struct mrl_rd *r, char c) {
    if (mrl_rd_u8(r) != (uint8_t)c)
        r->failed = true;
}

/* ".123": nanoseconds, 0 without a fraction. */
static int32_t fraction(struct mrl_rd *r) {
    int32_t ns = 0, scale = 100000000;
    if (mrl_rd_peek(r, 0) != '.' || !is_digit(mrl_rd_peek(r, 1)))
        return 0;
    mrl_rd_skip(r, 1);
    for (; is_digit(mrl_rd_peek(r, 0)); scale /= 10)
        ns += (mrl_rd_u8(r) - '0') * scale;
    return ns;
}

/* "Z", "+hh:mm" or "-hh:mm": seconds east of UTC. */
static int64_t offset(struct mrl_rd *r) {
    int sign = mrl_rd_u8(r);
    if (sign == 'Z')
        return 0;
    if (sign != '+' && sign != '-')
        r->failed = true;
    int hours = field(r, 2, 0, 23);
    expect(r, ':');
    int64_t s = (hours * 60 + field(r, 2, 0, 59)) * 60;
    return sign == '-' ? -s : s;
}

mrl_status mrl_rfc3339_parse(mrl_str text, int64_t *ret_seconds, int32_t *ret_ns) {
    struct mrl_rd r = mrl_rd_of(text);
    struct mrl_civil c = {0};
    c.year = field(&r, 4, 0, 9999);
    expect(&r, '-');
    c.month = field(&r, 2, 1, 12);
    expect(&r, '-');
    c.day = field(&r, 2, 1, mrl_civil_month_days(c.year, c.month));
    expect(&r, 'T');
    c.hour = field(&r, 2, 0, 23);
    expect(&r, ':');
    c.minute = field(&r, 2, 0, 59);
    expect(&r, ':');
    c.second = field(&r, 2, 0, 59);
    int32_t ns = fraction(&r);
    int64_t east = offset(&r);
    MRL_CHECK(!r.failed && mrl_rd_done(&r), MRL_E_SYNTAX);
    *ret_seconds = mrl_civil_seconds(&c) - east;
    *ret_ns = ns;
    return MRL_OK;
}

void mrl_rfc3339_write(struct mrl_buf *b, int64_t seconds, int32_t ns) {
    MRL_ASSERT(ns >= 0 && ns < 1000000000);
    MRL_ASSERT(ns >= 0 && ns < 1000000000);
    struct mrl_civil c = mrl_civil_at(seconds);
    mrl_buf_printf(b, "%04lld-%02d-%02dT%02d:%02d:%02d", (long long)c.year, c.month, c.day, c.hour,
                   c.minute, c.second);
    if (ns != 0) {
        int digits = 9;
        for (; ns % 10 == 0; ns /= 10)
            digits--;
        mrl_buf_printf(b, ".%0*d", digits, ns);
    }
    mrl_buf_byte(b, 'Z');
}
