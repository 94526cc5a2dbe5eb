/* time.c - time.*: instants are nanoseconds since 1970; [ns, zone, layout] says how to show one.
 *
 * Zones are read from the system's zoneinfo folder once and kept in the VM's cache. */
#include "engines/policy/builtins/builtins.h"

#include "base/civil.h"
#include "base/file.h"
#include "base/num.h"
#include "engines/policy/builtins/time_layout.h"
#include "formats/tzif/tzif.h"

#define ZONE_FOLDER "/usr/share/zoneinfo/"
#define ZONE_LOCAL "/etc/localtime"
#define ZONE_NAME_MAX 64 /* the longest name in use has 32 bytes */
#define NS_PER_S 1000000000

static const char want_time[] = "either number (ns) or [number (ns), string (tz)]";

struct zone { /* a zone in its own memory, as the cache owns it */
    mrl_arena arena;
    struct mrl_tzif tz;
};

struct stamp { /* the first argument of most functions here */
    struct mrl_moment m;
    const struct mrl_tzif *tz; /* NULL: UTC. In the cache: valid until another zone is asked for */
    mrl_str layout;
};

/* Rounded down, as times before 1970 want it; C rounds towards zero. */
static int64_t floor_div(int64_t a, int64_t b) {
    MRL_DASSERT(b > 0);
    return a / b - (a % b < 0);
}

/* a - floor_div(a, b) * b, without the product: it may lie below INT64_MIN. */
static int64_t floor_rem(int64_t a, int64_t b) {
    MRL_DASSERT(b > 0);
    return a % b + (a % b < 0 ? b : 0);
}

/* --- zones ----------------------------------------------------------------------------------- */

static void zone_drop(void *object) {
    struct zone *z = object;
    mrl_arena a = z->arena; /* it holds z itself */
    mrl_arena_release(&a);
}

/* Letters, digits and "_+-/" only, so that a name cannot leave the folder. */
static bool zone_name_ok(mrl_str name) {
    for (size_t i = 0; i < name.len; i++) {
        char c = name.ptr[i];
        if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9') &&
            c != '_' && c != '+' && c != '-' && c != '/')
            return false;
    }
    return name.len > 0 && name.len <= ZONE_NAME_MAX && name.ptr[0] != '/';
}

/* Reads a zone's file; its name was checked, so the path stays in the folder. */
static mrl_status zone_read(mrl_arena *a, mrl_str name, struct zone **ret) {
    MRL_ASSERT(mrl_str_find(name, MRL_S(".."), 0) == MRL_STR_NPOS);
    struct zone *z = MRL_ARENA_NEW(a, struct zone);
    mrl_str bytes = {NULL, 0};
    mrl_str path = mrl_str_eq(name, MRL_S("Local"))
                       ? MRL_S(ZONE_LOCAL)
                       : mrl_arena_printf(a, "%s%.*s", ZONE_FOLDER, MRL_F(name));
    MRL_CHECK(z != NULL && path.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_file_read(a, path, MRL_TZIF_BYTES_MAX, NULL, &bytes));
    MRL_TRY(mrl_tzif_parse(a, bytes, NULL, &z->tz));
    *ret = z;
    return MRL_OK;
}

/* Go words names that would leave its folder otherwise than those that are just not there. */
static mrl_status zone_unknown(struct mrl_bi *cx, mrl_str name) {
    bool outside = mrl_str_find(name, MRL_S(".."), 0) != MRL_STR_NPOS ||
                   (name.len > 0 && (name.ptr[0] == '/' || name.ptr[0] == '\\'));
    if (outside)
        return mrl_bi_fail(cx, "time: invalid location name");
    return mrl_bi_fail(cx, "unknown time zone %.*s", MRL_F(name));
}

/* The zone of that name; *ret NULL for UTC. */
static mrl_status zone_find(struct mrl_bi *cx, mrl_str name, const struct mrl_tzif **ret) {
    static const char kind[] = "zone";
    if (name.len == 0 || mrl_str_eq(name, MRL_S("UTC"))) {
        *ret = NULL;
        return MRL_OK;
    }
    struct zone *z = mrl_bi_cache_get(cx, kind, name);
    if (z != NULL) {
        *ret = &z->tz;
        return MRL_OK;
    }
    if (!zone_name_ok(name))
        return zone_unknown(cx, name);
    mrl_arena own;
    mrl_arena_init(&own, 4 * MRL_TZIF_BYTES_MAX);
    mrl_status s = zone_read(cx->objects != NULL ? &own : cx->arena, name, &z);
    if (s == MRL_OK && cx->objects != NULL) {
        z->arena = own;
        s = mrl_bi_cache_put(cx, kind, name, z, zone_drop);
    }
    if (s != MRL_OK) {
        mrl_arena_release(&own);
        return s == MRL_E_NOMEM ? s : zone_unknown(cx, name);
    }
    *ret = &z->tz;
    return MRL_OK;
}

/* Sets offset and abbreviation of the moment from its instant. */
static void localize(struct mrl_moment *m, const struct mrl_tzif *tz) {
    const struct mrl_tzif_type *type = tz != NULL ? mrl_tzif_at(tz, m->seconds) : NULL;
    m->offset_s = type != NULL ? type->offset_s : 0;
    m->zone = type != NULL ? type->name : "UTC";
}

/* Seconds since 1970 of a local clock reading, as Go's time.Date resolves gaps and overlaps. */
static int64_t unlocalize(int64_t local, const struct mrl_tzif *tz) {
    if (tz == NULL)
        return local;
    int32_t guess = mrl_tzif_at(tz, local)->offset_s;
    return guess == 0 ? local : local - mrl_tzif_at(tz, local - guess)->offset_s;
}

/* --- arguments and results ------------------------------------------------------------------- */

/* Part i of [ns, zone, layout] as a text; `ret` stays as it is when the part is absent. */
static mrl_status text_part(struct mrl_bi *cx, mrl_val v, uint32_t i, mrl_str *ret) {
    if (!mrl_is_arr(v) || v.len <= i)
        return MRL_OK;
    mrl_val part = mrl_arr_at(v, i);
    if (!mrl_is_str(part))
        return mrl_bi_operand(cx, 1, "string", part);
    *ret = mrl_val_str(part);
    return MRL_OK;
}

/* The operand ns, [ns], [ns, zone] or [ns, zone, layout]. Empty texts stand for the default. */
static mrl_status stamp_of(struct mrl_bi *cx, mrl_val v, struct stamp *ret) {
    struct stamp s = {.layout = MRL_S_INIT("")};
    mrl_val ns = v;
    mrl_str zone = {NULL, 0};
    int64_t i = 0;
    if (mrl_is_arr(v) && v.len > 0) {
        ns = mrl_arr_at(v, 0);
        if (!mrl_is_num(ns))
            return mrl_bi_operand(cx, 1, "number", ns);
    }
    if (!mrl_is_num(ns))
        return mrl_bi_operand(cx, 1, want_time, v);
    MRL_TRY(text_part(cx, v, 1, &zone));
    MRL_TRY(zone_find(cx, zone, &s.tz));
    MRL_TRY(text_part(cx, v, 2, &s.layout));
    if (!mrl_num_to_i64(ns, &i))
        return mrl_bi_fail(cx, "timestamp too big");
    s.m.seconds = floor_div(i, NS_PER_S);
    s.m.ns = (int32_t)floor_rem(i, NS_PER_S);
    MRL_DASSERT(s.m.ns >= 0 && s.m.ns < NS_PER_S);
    localize(&s.m, s.tz);
    *ret = s;
    return MRL_OK;
}

/* Seconds and nanoseconds as one number; years 1678 to 2262 fit, others are an error. */
static mrl_status give_ns(struct mrl_bi *cx, int64_t seconds, int32_t ns, mrl_val *ret) {
    __int128 wide = (__int128)seconds * NS_PER_S + ns;
    if (wide < INT64_MIN || wide > INT64_MAX)
        return mrl_bi_fail(cx, "time outside of valid range");
    *ret = mrl_int((int64_t)wide);
    return MRL_OK;
}

/* A few numbers as an array. */
static mrl_status give_ints(struct mrl_bi *cx, const int64_t *ints, size_t n, mrl_val *ret) {
    mrl_val items[8];
    MRL_ASSERT(n <= MRL_COUNTOF(items));
    for (size_t i = 0; i < n; i++)
        items[i] = mrl_int(ints[i]);
    return mrl_arr_of(cx->arena, items, n, ret);
}

/* A failed parse: Go's words behind the name of the builtin. */
static mrl_status give_parse_error(struct mrl_bi *cx, mrl_status s, const struct mrl_err *err) {
    if (s == MRL_E_NOMEM)
        return s;
    return mrl_bi_fail(cx, "%s", s == MRL_E_SYNTAX ? err->text : "the text is too long");
}

/* --- builtins -------------------------------------------------------------------------------- */

/* time.now_ns: nanoseconds since 1970, the same throughout a query.. */
mrl_status mrl_bi_time_now_ns(struct mrl_bi *cx, const mrl_val *args MRL_UNUSED, mrl_val *ret) {
    *ret = mrl_int(cx->now_ns);
    return MRL_OK;
}

/* The instant that `value` shows under a layout. */
static mrl_status parse_with(struct mrl_bi *cx, mrl_str layout, mrl_str value, mrl_val *ret) {
    struct mrl_err err;
    struct mrl_moment m;
    mrl_err_init(&err);
    mrl_status s = mrl_time_parse(layout, value, &err, &m);
    return s == MRL_OK ? give_ns(cx, m.seconds, m.ns, ret) : give_parse_error(cx, s, &err);
}

/* time.parse_ns: the time that a text shows under a layout, in nanoseconds since 1970.. */
mrl_status mrl_bi_time_parse_ns(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str layout, value;
    MRL_TRY(mrl_bi_str(cx, args, 1, &layout));
    MRL_TRY(mrl_bi_str(cx, args, 2, &value));
    return parse_with(cx, mrl_time_layout_named(layout), value, ret);
}

/* time.parse_rfc3339_ns: the time of an RFC 3339 text in nanoseconds since 1970.. */
mrl_status mrl_bi_time_parse_rfc3339_ns(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str value;
    MRL_TRY(mrl_bi_str(cx, args, 1, &value));
    return parse_with(cx, mrl_time_layout_named(MRL_S("RFC3339")), value, ret);
}

/* time.parse_duration_ns: the nanoseconds of a duration such as 1h30m or 2d.. */
mrl_status mrl_bi_time_parse_duration_ns(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str text;
    struct mrl_err err;
    int64_t ns = 0;
    mrl_err_init(&err);
    MRL_TRY(mrl_bi_str(cx, args, 1, &text));
    mrl_status s = mrl_time_parse_duration(text, &err, &ns);
    if (s != MRL_OK)
        return give_parse_error(cx, s, &err);
    *ret = mrl_int(ns);
    return MRL_OK;
}

/* time.format: a time as text: RFC 3339, or under a layout.. */
mrl_status mrl_bi_time_format(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct stamp s;
    struct mrl_buf b;
    MRL_TRY(stamp_of(cx, args[0], &s));
    mrl_str layout = mrl_time_layout_named(s.layout.len > 0 ? s.layout : MRL_S("RFC3339Nano"));
    mrl_buf_init(&b, MRL_TIME_TEXT_MAX);
    mrl_time_format(&b, layout, &s.m);
    mrl_status status = b.status;
    mrl_str text = mrl_arena_str(cx->arena, mrl_buf_str(&b));
    mrl_buf_release(&b);
    if (status == MRL_E_LIMIT)
        return mrl_bi_fail(cx, "the formatted time is longer than %zu bytes", MRL_TIME_TEXT_MAX);
    MRL_CHECK(status == MRL_OK && text.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_strval(text);
    return MRL_OK;
}

/* time.date: the year, month and day of a time.. */
mrl_status mrl_bi_time_date(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct stamp s;
    MRL_TRY(stamp_of(cx, args[0], &s));
    struct mrl_civil c = mrl_civil_at(s.m.seconds + s.m.offset_s);
    return give_ints(cx, (int64_t[]){c.year, c.month, c.day}, 3, ret);
}

/* time.clock: the hour, minute and second of a time.. */
mrl_status mrl_bi_time_clock(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct stamp s;
    MRL_TRY(stamp_of(cx, args[0], &s));
    struct mrl_civil c = mrl_civil_at(s.m.seconds + s.m.offset_s);
    return give_ints(cx, (int64_t[]){c.hour, c.minute, c.second}, 3, ret);
}

/* time.weekday: the English name of the day of a time.. */
mrl_status mrl_bi_time_weekday(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    static const char *const names[7] = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                         "Thursday", "Friday", "Saturday"};
    struct stamp s;
    MRL_TRY(stamp_of(cx, args[0], &s));
    *ret = mrl_strval(mrl_str_z(names[mrl_civil_weekday(s.m.seconds + s.m.offset_s)]));
    return MRL_OK;
}

/* time.add_date: adds years, months and days to a time.. */
mrl_status mrl_bi_time_add_date(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    const int64_t far = 10000000; /* beyond it no sum of parts is a valid time */
    struct stamp s;
    int64_t add[3];
    MRL_TRY(stamp_of(cx, args[0], &s));
    for (int i = 0; i < 3; i++)
        MRL_TRY(mrl_bi_int(cx, args, i + 2, &add[i]));
    for (int i = 0; i < 3; i++)
        if (add[i] > far || add[i] < -far)
            return mrl_bi_fail(cx, "time outside of valid range");
    struct mrl_civil c = mrl_civil_at(s.m.seconds + s.m.offset_s);
    int64_t months = c.month - 1 + add[1], years = c.year + add[0] + floor_div(months, 12);
    if (years > MRL_CIVIL_YEAR_MAX || years < -MRL_CIVIL_YEAR_MAX)
        return mrl_bi_fail(cx, "time outside of valid range");
    int month = (int)(months - floor_div(months, 12) * 12) + 1;
    MRL_DASSERT(month >= 1 && month <= 12);
    int64_t local = mrl_civil_days(years, month, c.day + add[2]) * 86400 + c.hour * 3600 +
                    c.minute * 60 + c.second;
    return give_ns(cx, unlocalize(local, s.tz), s.m.ns, ret);
}

/* Borrows from the next larger unit where part i is negative. */
static void borrow(int64_t *parts, int i, int64_t size) {
    MRL_DASSERT(i > 0);
    if (parts[i] < 0) {
        parts[i] += size;
        parts[i - 1]--;
    }
}

/* time.diff: the years, months, days, hours, minutes and seconds between two times.. */
mrl_status mrl_bi_time_diff(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct stamp one, two;
    MRL_TRY(stamp_of(cx, args[0], &one));
    MRL_TRY(stamp_of(cx, args[1], &two));
    MRL_TRY(stamp_of(cx, args[0], &one)); /* the second zone may have evicted the first */
    localize(&two.m, one.tz);
    struct mrl_moment a = one.m, b = two.m;
    if (a.seconds > b.seconds || (a.seconds == b.seconds && a.ns > b.ns)) {
        a = two.m;
        b = one.m;
    }
    struct mrl_civil x = mrl_civil_at(a.seconds + a.offset_s);
    struct mrl_civil y = mrl_civil_at(b.seconds + b.offset_s);
    int64_t parts[6] = {y.year - x.year, y.month - x.month,   y.day - x.day,
                        y.hour - x.hour, y.minute - x.minute, y.second - x.second};
    borrow(parts, 5, 60);
    borrow(parts, 4, 60);
    borrow(parts, 3, 24);
    borrow(parts, 2, mrl_civil_month_days(x.year, x.month));
    borrow(parts, 1, 12);
    return give_ints(cx, parts, 6, ret);
}
