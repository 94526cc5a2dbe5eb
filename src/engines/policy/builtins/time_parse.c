/* time_parse.c - reading a time by a layout, as lenient and as strict as Go's time.Parse.
 *
 * The layout leads: each of its elements takes what it can from the value, literal text between
 * them must agree, and what is left over is an error. Ranges are checked as the fields are read,
 * the day of the month at the end, when year and month are known.
 */
#include "engines/policy/builtins/time_element.h"

#include "base/civil.h"
#include "base/rd.h"

#include <strings.h>

struct fields { /* what the value said; -1: not said */
    int64_t year;
    int month, day, yday, hour, minute, second;
    int32_t ns, offset; /* offset -1 means none, as in Go: "-00:00:01" cannot be said */
    bool am, pm, utc;
};

static bool is_digit(int c) {
    return c >= '0' && c <= '9';
}

static bool is_separator(int c) {
    return c == '.' || c == ',';
}

void mrl_time_quote(struct mrl_buf *b, mrl_str s) {
    mrl_buf_byte(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c >= 0x80 || c < ' ') {
            mrl_buf_printf(b, "\\x%02x", c);
            continue;
        }
        if (c == '"' || c == '\\')
            mrl_buf_byte(b, '\\');
        mrl_buf_byte(b, (char)c);
    }
    mrl_buf_byte(b, '"');
}

/* --- pieces of the value: each returns false and leaves the cursor when it does not fit ------ */

/* One or two digits, two when `fixed`. */
static bool two_digits(struct mrl_rd *r, bool fixed, int *ret) {
    if (!is_digit(mrl_rd_peek(r, 0)))
        return false;
    bool two = is_digit(mrl_rd_peek(r, 1));
    if (!two && fixed)
        return false;
    int v = mrl_rd_u8(r) - '0';
    *ret = two ? v * 10 + (mrl_rd_u8(r) - '0') : v;
    return true;
}

/* The day of the year: three digits, or blanks and up to three. */
static bool yday_digits(struct mrl_rd *r, bool fixed, int *ret) {
    int n = 0, v = 0;
    for (int i = 0; !fixed && i < 2; i++)
        mrl_rd_accept(r, MRL_S(" "));
    for (; n < 3 && is_digit(mrl_rd_peek(r, 0)); n++)
        v = v * 10 + (mrl_rd_u8(r) - '0');
    *ret = v;
    return n > 0 && (!fixed || n == 3);
}

/* A name of the table, letter case ignored; the first `len` letters of it when len is not zero. */
static bool name_of(struct mrl_rd *r, const char *const *names, size_t n, size_t len, int *ret) {
    MRL_DASSERT(n <= 12);
    for (size_t i = 0; i < n; i++) {
        size_t want = len != 0 ? len : strlen(names[i]);
        if (mrl_rd_left(r) < want || strncasecmp((const char *)r->ptr, names[i], want) != 0)
            continue;
        mrl_rd_skip(r, want);
        *ret = (int)i;
        return true;
    }
    return false;
}

/* Exactly n digits. */
static bool year_digits(struct mrl_rd *r, size_t n, int64_t *ret) {
    int64_t v = 0;
    if (mrl_rd_left(r) < n)
        return false;
    for (size_t i = 0; i < n; i++) {
        int c = mrl_rd_u8(r);
        if (!is_digit(c))
            return false;
        v = v * 10 + (c - '0');
    }
    *ret = v;
    return true;
}

/* Separator and n digits: nanoseconds; digits after the ninth are dropped. */
static bool fraction(struct mrl_rd *r, size_t n, int32_t *ret) {
    int32_t ns = 0, scale = 100000000;
    if (mrl_rd_left(r) < n + 1 || !is_separator(mrl_rd_u8(r)))
        return false;
    for (size_t i = 0; i < n; i++, scale /= 10) {
        int c = mrl_rd_u8(r);
        if (i < 9 && !is_digit(c))
            return false;
        ns += i < 9 ? (c - '0') * scale : 0;
    }
    *ret = ns;
    return true;
}

/* Length of the digits behind a separator at the cursor; 0 when there is no fraction. */
static size_t fraction_length(const struct mrl_rd *r) {
    size_t n = 0;
    if (!is_separator(mrl_rd_peek(r, 0)))
        return 0;
    while (is_digit(mrl_rd_peek(r, n + 1)))
        n++;
    return n;
}

/* Length of "+3" or "-04" at s (0..23), else 0. */
static size_t signed_hours(mrl_str s) {
    size_t n = 1;
    int v = 0;
    if (s.len < 2 || (s.ptr[0] != '+' && s.ptr[0] != '-'))
        return 0;
    for (; n < s.len && is_digit(s.ptr[n]); n++)
        if ((v = v * 10 + (s.ptr[n] - '0')) > 23)
            return 0;
    return n > 1 ? n : 0;
}

/* Length of what looks like a zone's abbreviation, else 0. */
static size_t zone_length(mrl_str s) {
    if (s.len < 3)
        return 0;
    if (mrl_str_starts(s, MRL_S("ChST")) || mrl_str_starts(s, MRL_S("MeST")))
        return 4;
    if (mrl_str_starts(s, MRL_S("GMT")))
        return 3 + signed_hours(mrl_str_sub(s, 3, s.len));
    if (s.ptr[0] == '+' || s.ptr[0] == '-')
        return signed_hours(s);
    size_t n = 0;
    while (n < 6 && n < s.len && s.ptr[n] >= 'A' && s.ptr[n] <= 'Z')
        n++;
    if (n == 5)
        return s.ptr[4] == 'T' ? 5 : 0;
    if (n == 4)
        return s.ptr[3] == 'T' || mrl_str_starts(s, MRL_S("WITA")) ? 4 : 0;
    return n == 3 ? 3 : 0;
}

static bool offset_part(struct mrl_rd *r, bool colon, int *ret) {
    return (!colon || mrl_rd_accept(r, MRL_S(":"))) && two_digits(r, true, ret);
}

/* "+07:00" in the form of the element; *range names a part that is too large. */
static bool offset(struct mrl_rd *r, const struct time_element *el, struct fields *f,
                   const char **range) {
    MRL_DASSERT(el->code == EL_OFFSET);
    if ((el->offset & OFF_Z) != 0 && mrl_rd_accept(r, MRL_S("Z"))) {
        f->utc = true;
        return true;
    }
    int h = 0, m = 0, s = 0;
    bool colon = (el->offset & OFF_COLON) != 0;
    if (mrl_rd_left(r) < el->end - el->start)
        return false;
    int sign = mrl_rd_u8(r);
    if (!two_digits(r, true, &h) ||
        ((el->offset & OFF_MINUTES) != 0 && !offset_part(r, colon, &m)) ||
        ((el->offset & OFF_SECONDS) != 0 && !offset_part(r, colon, &s)))
        return false;
    if (h > 24) /* 24:60:60 is allowed: some people write it */
        *range = "time zone offset hour";
    if (m > 60)
        *range = "time zone offset minute";
    if (s > 60)
        *range = "time zone offset second";
    f->offset = (h * 60 + m) * 60 + s;
    if (sign == '-')
        f->offset = -f->offset;
    return sign == '+' || sign == '-';
}

/* --- elements -------------------------------------------------------------------------------- */

struct parse {
    mrl_str layout, value;
    struct mrl_rd r;
    struct fields f;
    const char *range; /* name of a field that is out of range */
    struct mrl_err *err;
};

/* Years, months, days and weekdays. */
static bool read_date(struct parse *p, const struct time_element *el) {
    struct fields *f = &p->f;
    int name = 0;
    bool ok = false;
    switch (el->code) {
    case EL_YEAR:
        ok = year_digits(&p->r, 2, &f->year);
        f->year += f->year >= 69 ? 1900 : 2000;
        return ok;
    case EL_LONG_YEAR:
        return year_digits(&p->r, 4, &f->year);
    case EL_MONTH:
    case EL_LONG_MONTH:
        ok = name_of(&p->r, mrl_time_months, 12, el->code == EL_MONTH ? 3 : 0, &name);
        f->month = name + 1;
        return ok;
    case EL_NUM_MONTH:
    case EL_ZERO_MONTH:
        ok = two_digits(&p->r, el->code == EL_ZERO_MONTH, &f->month);
        if (ok && (f->month < 1 || f->month > 12))
            p->range = "month";
        return ok;
    case EL_WEEKDAY:
    case EL_LONG_WEEKDAY: /* its spelling is checked, its truth is not */
        return name_of(&p->r, mrl_time_weekdays, 7, el->code == EL_WEEKDAY ? 3 : 0, &name);
    case EL_UNDER_YDAY:
    case EL_ZERO_YDAY:
        return yday_digits(&p->r, el->code == EL_ZERO_YDAY, &f->yday);
    default:
        if (el->code == EL_UNDER_DAY)
            mrl_rd_accept(&p->r, MRL_S(" "));
        return two_digits(&p->r, el->code == EL_ZERO_DAY, &f->day);
    }
}

/* Seconds; leap seconds are out of range, as in Go. */
static bool read_second(struct parse *p, const struct time_element *el) {
    if (!two_digits(&p->r, el->code == EL_ZERO_SECOND, &p->f.second))
        return false;
    if (p->f.second >= 60) {
        p->range = "second";
        return true;
    }
    /* A fraction may follow the seconds even where the layout has none. */
    size_t n = fraction_length(&p->r);
    if (n == 0)
        return true;
    enum time_code next = mrl_time_next_element(p->layout, el->end).code;
    return next == EL_FRAC0 || next == EL_FRAC9 || fraction(&p->r, n, &p->f.ns);
}

/* AM or PM, in the case that the layout has. */
static bool read_half_day(struct parse *p, bool upper) {
    p->f.pm = p->f.pm || mrl_rd_peek(&p->r, 0) == (upper ? 'P' : 'p');
    p->f.am = p->f.am || mrl_rd_peek(&p->r, 0) == (upper ? 'A' : 'a');
    return mrl_rd_accept(&p->r, upper ? MRL_S("PM") : MRL_S("pm")) ||
           mrl_rd_accept(&p->r, upper ? MRL_S("AM") : MRL_S("am"));
}

static bool read_zone_name(struct parse *p) {
    if (mrl_rd_accept(&p->r, MRL_S("UTC"))) {
        p->f.utc = true;
        return true;
    }
    mrl_str rest = mrl_str_sub(p->value, mrl_rd_offset(&p->r), p->value.len);
    size_t n = zone_length(rest);
    /* An abbreviation names no offset: only the "+3" of "GMT+3" gives the instant, and Go, too,
     * leaves it out of account. */
    mrl_rd_skip(&p->r, n);
    return n > 0;
}

/* One element from the value; false: it does not look like one, p->range: it is too large. */
static bool read_element(struct parse *p, const struct time_element *el) {
    MRL_DASSERT(el->code != EL_NONE && p->range == NULL);
    struct fields *f = &p->f;
    bool ok = false;
    switch (el->code) {
    case EL_HOUR:
    case EL_HOUR12:
    case EL_ZERO_HOUR12:
        ok = two_digits(&p->r, el->code == EL_ZERO_HOUR12, &f->hour);
        if (ok && f->hour > (el->code == EL_HOUR ? 23 : 12))
            p->range = "hour";
        return ok;
    case EL_MINUTE:
    case EL_ZERO_MINUTE:
        ok = two_digits(&p->r, el->code == EL_ZERO_MINUTE, &f->minute);
        if (ok && f->minute >= 60)
            p->range = "minute";
        return ok;
    case EL_SECOND:
    case EL_ZERO_SECOND:
        return read_second(p, el);
    case EL_PM_UPPER:
    case EL_PM_LOWER:
        return read_half_day(p, el->code == EL_PM_UPPER);
    case EL_OFFSET:
        return offset(&p->r, el, f, &p->range);
    case EL_ZONE_NAME:
        return read_zone_name(p);
    case EL_FRAC0:
        return fraction(&p->r, el->end - el->start - 1, &f->ns);
    case EL_FRAC9: {
        size_t n = fraction_length(&p->r);
        return n == 0 || fraction(&p->r, n, &f->ns);
    }
    default:
        return read_date(p, el);
    }
}

/* Literal text: a run of blanks in the layout matches any run in the value. */
static bool skip_literal(struct mrl_rd *r, mrl_str *prefix) {
    while (prefix->len > 0) {
        if (prefix->ptr[0] == ' ') {
            if (!mrl_rd_done(r) && mrl_rd_peek(r, 0) != ' ')
                return false;
            while (prefix->len > 0 && prefix->ptr[0] == ' ')
                *prefix = mrl_str_sub(*prefix, 1, prefix->len);
            while (mrl_rd_accept(r, MRL_S(" ")))
                continue;
            continue;
        }
        if (mrl_rd_peek(r, 0) != (unsigned char)prefix->ptr[0])
            return false;
        mrl_rd_skip(r, 1);
        *prefix = mrl_str_sub(*prefix, 1, prefix->len);
    }
    return true;
}

/* --- errors in Go's words -------------------------------------------------------------------- */

static mrl_status fail_text(const struct parse *p, struct mrl_buf *b) {
    mrl_status s = mrl_err_set(p->err, MRL_E_SYNTAX, "time.syntax", "%.*s", MRL_F(mrl_buf_str(b)));
    mrl_buf_release(b);
    return s;
}

/* The value from `at` on does not look like `element`. */
static mrl_status fail_element(const struct parse *p, mrl_str element, size_t at) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_TIME_TEXT_MAX);
    MRL_BUF_LIT(&b, "parsing time ");
    mrl_time_quote(&b, p->value);
    MRL_BUF_LIT(&b, " as ");
    mrl_time_quote(&b, p->layout);
    MRL_BUF_LIT(&b, ": cannot parse ");
    mrl_time_quote(&b, mrl_str_sub(p->value, at, p->value.len));
    MRL_BUF_LIT(&b, " as ");
    mrl_time_quote(&b, element);
    return fail_text(p, &b);
}

static mrl_status fail_message(const struct parse *p, const char *what, const char *tail) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_TIME_TEXT_MAX);
    MRL_BUF_LIT(&b, "parsing time ");
    mrl_time_quote(&b, p->value);
    mrl_buf_printf(&b, ": %s%s", what, tail);
    return fail_text(p, &b);
}

static mrl_status fail_extra(const struct parse *p) {
    struct mrl_buf b;
    mrl_buf_init(&b, MRL_TIME_TEXT_MAX);
    MRL_BUF_LIT(&b, "parsing time ");
    mrl_time_quote(&b, p->value);
    MRL_BUF_LIT(&b, ": extra text: ");
    mrl_time_quote(&b, mrl_str_sub(p->value, mrl_rd_offset(&p->r), p->value.len));
    return fail_text(p, &b);
}

/* --- the whole ------------------------------------------------------------------------------- */

/* The whole value by the whole layout. */
static mrl_status read_all(struct parse *p) {
    for (size_t at = 0;;) {
        struct time_element el = mrl_time_next_element(p->layout, at);
        mrl_str prefix = mrl_str_sub(p->layout, at, el.start), whole = prefix;
        if (!skip_literal(&p->r, &prefix))
            return fail_element(p, whole, mrl_rd_offset(&p->r));
        if (el.code == EL_NONE)
            return mrl_rd_done(&p->r) ? MRL_OK : fail_extra(p);
        size_t hold = mrl_rd_offset(&p->r);
        bool ok = read_element(p, &el);
        if (p->range != NULL)
            return fail_message(p, p->range, " out of range");
        if (!ok)
            return fail_element(p, mrl_str_sub(p->layout, el.start, el.end), hold);
        at = el.end;
    }
}

/* Turns a day of the year into month and day. */
static mrl_status apply_yday(const struct parse *p, struct fields *f) {
    int month = 1, day = f->yday, days = mrl_civil_is_leap(f->year) ? 366 : 365;
    if (day < 1 || day > days)
        return fail_message(p, "day-of-year out of range", "");
    while (day > mrl_civil_month_days(f->year, month))
        day -= mrl_civil_month_days(f->year, month++);
    if (f->month >= 0 && f->month != month)
        return fail_message(p, "day-of-year does not match month", "");
    if (f->day >= 0 && f->day != day)
        return fail_message(p, "day-of-year does not match day", "");
    MRL_DASSERT(month <= 12 && day >= 1);
    f->month = month;
    f->day = day;
    return MRL_OK;
}

mrl_status mrl_time_parse(mrl_str layout, mrl_str value, struct mrl_err *err,
                          struct mrl_moment *ret) {
    MRL_CHECK(layout.len <= MRL_TIME_TEXT_MAX && value.len <= MRL_TIME_TEXT_MAX, MRL_E_LIMIT);
    struct parse p = {.layout = layout, .value = value, .r = mrl_rd_of(value), .err = err};
    struct fields *f = &p.f;
    f->month = f->day = f->yday = f->offset = -1;
    MRL_TRY(read_all(&p));
    if (f->pm && f->hour < 12)
        f->hour += 12;
    else if (f->am && !f->pm && f->hour == 12)
        f->hour = 0;
    if (f->yday >= 0)
        MRL_TRY(apply_yday(&p, f));
    f->month = f->month < 0 ? 1 : f->month;
    f->day = f->day < 0 ? 1 : f->day;
    if (f->day < 1 || f->day > mrl_civil_month_days(f->year, f->month))
        return fail_message(&p, "day out of range", "");
    struct mrl_civil c = {f->year, f->month, f->day, f->hour, f->minute, f->second};
    int32_t east = f->utc || f->offset == -1 ? 0 : f->offset;
    *ret = (struct mrl_moment){mrl_civil_seconds(&c) - east, f->ns, east, NULL};
    return MRL_OK;
}
