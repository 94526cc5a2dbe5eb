/* time_layout.c - finding a layout's elements, and writing a time by them.
 *
 * The rows are tried from the top at each place of the layout. Their order and the special cases
 * (a fraction only behind a separator and before no digit, "_2006" as text) are Go's, since a
 * layout that means something else here would shift times without a word.
 */
#include "engines/policy/builtins/time_element.h"

#include "base/civil.h"

const char *const mrl_time_months[12] = {"January",   "February", "March",    "April",
                                         "May",       "June",     "July",     "August",
                                         "September", "October",  "November", "December"};
const char *const mrl_time_weekdays[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                          "Thursday", "Friday", "Saturday"};

/* In order of trial: a longer element stands before its own prefix. */
static const struct row {
    const char *text;
    uint8_t code;
    uint8_t offset;
    bool not_lower; /* no lower-case letter may follow: "Jan" is no part of "Janet" */
} rows[] = {
    {"January", EL_LONG_MONTH, 0, false},
    {"Jan", EL_MONTH, 0, true},
    {"Monday", EL_LONG_WEEKDAY, 0, false},
    {"Mon", EL_WEEKDAY, 0, true},
    {"MST", EL_ZONE_NAME, 0, false},
    {"01", EL_ZERO_MONTH, 0, false},
    {"02", EL_ZERO_DAY, 0, false},
    {"03", EL_ZERO_HOUR12, 0, false},
    {"04", EL_ZERO_MINUTE, 0, false},
    {"05", EL_ZERO_SECOND, 0, false},
    {"06", EL_YEAR, 0, false},
    {"002", EL_ZERO_YDAY, 0, false},
    {"15", EL_HOUR, 0, false},
    {"1", EL_NUM_MONTH, 0, false},
    {"2006", EL_LONG_YEAR, 0, false},
    {"2", EL_DAY, 0, false},
    {"_2", EL_UNDER_DAY, 0, false},
    {"__2", EL_UNDER_YDAY, 0, false},
    {"3", EL_HOUR12, 0, false},
    {"4", EL_MINUTE, 0, false},
    {"5", EL_SECOND, 0, false},
    {"PM", EL_PM_UPPER, 0, false},
    {"pm", EL_PM_LOWER, 0, false},
    {"-070000", EL_OFFSET, OFF_MINUTES | OFF_SECONDS, false},
    {"-07:00:00", EL_OFFSET, OFF_MINUTES | OFF_SECONDS | OFF_COLON, false},
    {"-0700", EL_OFFSET, OFF_MINUTES, false},
    {"-07:00", EL_OFFSET, OFF_MINUTES | OFF_COLON, false},
    {"-07", EL_OFFSET, 0, false},
    {"Z070000", EL_OFFSET, OFF_Z | OFF_MINUTES | OFF_SECONDS, false},
    {"Z07:00:00", EL_OFFSET, OFF_Z | OFF_MINUTES | OFF_SECONDS | OFF_COLON, false},
    {"Z0700", EL_OFFSET, OFF_Z | OFF_MINUTES, false},
    {"Z07:00", EL_OFFSET, OFF_Z | OFF_MINUTES | OFF_COLON, false},
    {"Z07", EL_OFFSET, OFF_Z, false},
};

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* ".000" or ",999" at i: a run of one digit that no other digit follows. */
static bool fraction_at(mrl_str layout, size_t i, struct time_element *ret) {
    if (i + 1 >= layout.len || (layout.ptr[i] != '.' && layout.ptr[i] != ','))
        return false;
    char digit = layout.ptr[i + 1];
    if (digit != '0' && digit != '9')
        return false;
    size_t end = i + 1;
    while (end < layout.len && layout.ptr[end] == digit)
        end++;
    if (end < layout.len && is_digit(layout.ptr[end]))
        return false;
    *ret = (struct time_element){digit == '0' ? EL_FRAC0 : EL_FRAC9, 0, i, end};
    return true;
}

/* The element of the table that stands at layout[i], if any. */
static bool row_at(mrl_str layout, size_t i, struct time_element *ret) {
    MRL_DASSERT(i < layout.len);
    mrl_str rest = mrl_str_sub(layout, i, layout.len);
    if (mrl_str_starts(rest, MRL_S("_2006"))) /* a literal '_' before the year */
        return false;
    for (size_t k = 0; k < MRL_COUNTOF(rows); k++) {
        mrl_str text = mrl_str_z(rows[k].text);
        if (rows[k].text[0] != rest.ptr[0] || !mrl_str_starts(rest, text))
            continue;
        char after = text.len < rest.len ? rest.ptr[text.len] : '\0';
        if (rows[k].not_lower && after >= 'a' && after <= 'z')
            continue;
        *ret = (struct time_element){(enum time_code)rows[k].code, rows[k].offset, i, i + text.len};
        return true;
    }
    return false;
}

struct time_element mrl_time_next_element(mrl_str layout, size_t from) {
    struct time_element el = {EL_NONE, 0, layout.len, layout.len};
    for (size_t i = from; i < layout.len; i++)
        if (row_at(layout, i, &el) || fraction_at(layout, i, &el))
            return el;
    return el;
}

mrl_str mrl_time_layout_named(mrl_str layout) {
    static const struct {
        const char *name, *layout;
    } named[] = {
        {"ANSIC", "Mon Jan _2 15:04:05 2006"},
        {"UnixDate", "Mon Jan _2 15:04:05 MST 2006"},
        {"RubyDate", "Mon Jan 02 15:04:05 -0700 2006"},
        {"RFC822", "02 Jan 06 15:04 MST"},
        {"RFC822Z", "02 Jan 06 15:04 -0700"},
        {"RFC850", "Monday, 02-Jan-06 15:04:05 MST"},
        {"RFC1123", "Mon, 02 Jan 2006 15:04:05 MST"},
        {"RFC1123Z", "Mon, 02 Jan 2006 15:04:05 -0700"},
        {"RFC3339", "2006-01-02T15:04:05Z07:00"},
        {"RFC3339Nano", "2006-01-02T15:04:05.999999999Z07:00"},
    };
    for (size_t i = 0; i < MRL_COUNTOF(named); i++)
        if (mrl_str_eq(layout, mrl_str_z(named[i].name)))
            return mrl_str_z(named[i].layout);
    return layout;
}

/* --- writing --------------------------------------------------------------------------------- */

/* A number with leading zeros up to a width; the sign counts. */
static void put(struct mrl_buf *b, int64_t v, int width) {
    mrl_buf_printf(b, "%0*lld", width, (long long)v);
}

/* An offset in the form that `how` (OFF_*) asks for. */
static void put_offset(struct mrl_buf *b, int32_t offset, unsigned how) {
    if (offset == 0 && (how & OFF_Z) != 0) {
        mrl_buf_byte(b, 'Z');
        return;
    }
    /* Go takes the sign from the minutes: an offset of -30 seconds prints as +00:00. */
    int32_t minutes = offset / 60, abs = offset;
    mrl_buf_byte(b, minutes < 0 ? '-' : '+');
    if (minutes < 0) {
        minutes = -minutes;
        abs = -abs;
    }
    put(b, minutes / 60, 2);
    if ((how & OFF_COLON) != 0)
        mrl_buf_byte(b, ':');
    if ((how & OFF_MINUTES) != 0)
        put(b, minutes % 60, 2);
    if ((how & OFF_SECONDS) == 0)
        return;
    if ((how & OFF_COLON) != 0)
        mrl_buf_byte(b, ':');
    put(b, abs % 60, abs % 60 < 0 ? 3 : 2);
}

/* Separator and as many digits as the element has; `trim` drops zeros at the end, and all of it
 * for a whole second. */
static void put_fraction(struct mrl_buf *b, int32_t ns, mrl_str element, bool trim) {
    MRL_DASSERT(element.len >= 2 && ns >= 0 && ns <= 999999999);
    size_t digits = element.len - 1;
    if (trim && ns == 0)
        return;
    char text[16];
    mrl_str nine = {text, 9};
    for (size_t i = 9; i-- > 0; ns /= 10)
        text[i] = (char)('0' + ns % 10);
    nine = mrl_str_sub(nine, 0, digits);
    while (trim && nine.len > 0 && nine.ptr[nine.len - 1] == '0')
        nine.len--;
    if (trim && nine.len == 0)
        return;
    mrl_buf_byte(b, element.ptr[0]);
    mrl_buf_add(b, nine);
}

static void put_date(struct mrl_buf *b, enum time_code code, const struct mrl_civil *c) {
    MRL_DASSERT(c->month >= 1 && c->month <= 12);
    switch (code) {
    case EL_LONG_MONTH:
        mrl_buf_add(b, mrl_str_z(mrl_time_months[c->month - 1]));
        break;
    case EL_MONTH:
        mrl_buf_add(b, (mrl_str){mrl_time_months[c->month - 1], 3});
        break;
    case EL_NUM_MONTH:
        put(b, c->month, 0);
        break;
    case EL_ZERO_MONTH:
        put(b, c->month, 2);
        break;
    case EL_DAY:
        put(b, c->day, 0);
        break;
    case EL_UNDER_DAY:
        mrl_buf_printf(b, "%2d", c->day);
        break;
    case EL_ZERO_DAY:
        put(b, c->day, 2);
        break;
    case EL_UNDER_YDAY:
        mrl_buf_printf(b, "%3d", mrl_civil_yday(c));
        break;
    case EL_ZERO_YDAY:
        put(b, mrl_civil_yday(c), 3);
        break;
    case EL_LONG_YEAR:
        put(b, c->year, c->year < 0 ? 5 : 4);
        break;
    default:
        MRL_ASSERT(code == EL_YEAR);
        put(b, (c->year < 0 ? -c->year : c->year) % 100, 2);
    }
}

static void put_clock(struct mrl_buf *b, enum time_code code, const struct mrl_civil *c) {
    int hour12 = c->hour % 12 == 0 ? 12 : c->hour % 12;
    switch (code) {
    case EL_HOUR:
        put(b, c->hour, 2);
        break;
    case EL_HOUR12:
        put(b, hour12, 0);
        break;
    case EL_ZERO_HOUR12:
        put(b, hour12, 2);
        break;
    case EL_MINUTE:
    case EL_ZERO_MINUTE:
        put(b, c->minute, code == EL_MINUTE ? 0 : 2);
        break;
    case EL_SECOND:
    case EL_ZERO_SECOND:
        put(b, c->second, code == EL_SECOND ? 0 : 2);
        break;
    case EL_PM_UPPER:
        mrl_buf_add(b, c->hour >= 12 ? MRL_S("PM") : MRL_S("AM"));
        break;
    default:
        MRL_ASSERT(code == EL_PM_LOWER);
        mrl_buf_add(b, c->hour >= 12 ? MRL_S("pm") : MRL_S("am"));
    }
}

static void put_element(struct mrl_buf *b, const struct time_element *el, mrl_str text,
                        const struct mrl_moment *m) {
    struct mrl_civil c = mrl_civil_at(m->seconds + m->offset_s);
    mrl_str day = mrl_str_z(mrl_time_weekdays[mrl_civil_weekday(m->seconds + m->offset_s)]);
    switch (el->code) {
    case EL_LONG_WEEKDAY:
        mrl_buf_add(b, day);
        break;
    case EL_WEEKDAY:
        mrl_buf_add(b, mrl_str_sub(day, 0, 3));
        break;
    case EL_ZONE_NAME:
        if (m->zone != NULL && m->zone[0] != '\0')
            mrl_buf_add(b, mrl_str_z(m->zone));
        else
            put_offset(b, m->offset_s, OFF_MINUTES);
        break;
    case EL_OFFSET:
        put_offset(b, m->offset_s, el->offset);
        break;
    case EL_FRAC0:
    case EL_FRAC9:
        put_fraction(b, m->ns, text, el->code == EL_FRAC9);
        break;
    case EL_HOUR:
    case EL_HOUR12:
    case EL_ZERO_HOUR12:
    case EL_MINUTE:
    case EL_ZERO_MINUTE:
    case EL_SECOND:
    case EL_ZERO_SECOND:
    case EL_PM_UPPER:
    case EL_PM_LOWER:
        put_clock(b, el->code, &c);
        break;
    default:
        put_date(b, el->code, &c);
    }
}

void mrl_time_format(struct mrl_buf *b, mrl_str layout, const struct mrl_moment *m) {
    for (size_t at = 0; at < layout.len;) {
        struct time_element el = mrl_time_next_element(layout, at);
        mrl_buf_add(b, mrl_str_sub(layout, at, el.start));
        if (el.code != EL_NONE)
            put_element(b, &el, mrl_str_sub(layout, el.start, el.end), m);
        at = el.end;
    }
}
