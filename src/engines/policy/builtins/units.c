/* units.c - units.parse, units.parse_bytes, semver.*, format_int, and template strings.
 *
 * Amounts are kept as decimal digits and a scale, never as floats: 0.1Ki is exact, and
 * "1e9999999" is refused before it becomes a number of ten million digits. What follows the
 * digits is the unit; units.parse reads m as milli and M as mega, units.parse_bytes does not look
 * at case.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/buf.h"
#include "base/num.h"
#include "engines/policy/value_text.h"

#define EXPONENT_DIGITS 6
#define AMOUNT_MAX 4096 /* digits that a written amount may have */

/* --- amounts: 10.5Ki
 * ---------------------------------------------------------------------------------- */

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* The text without double quotes; lower case when asked. */
static mrl_str clean(struct mrl_bi *cx, mrl_str s, bool lower) {
    char *p = mrl_arena_alloc(cx->arena, s.len + 1, 1);
    size_t n = 0;
    for (size_t i = 0; p != NULL && i < s.len; i++)
        if (s.ptr[i] != '"')
            p[n++] = lower && s.ptr[i] >= 'A' && s.ptr[i] <= 'Z' ? (char)(s.ptr[i] + 32) : s.ptr[i];
    return (mrl_str){p, n};
}

/* Where the number ends and the unit begins; false: the exponent has too many digits. */
static bool split_unit(mrl_str s, size_t *ret) {
    size_t i = 0;
    for (; i < s.len; i++) {
        char c = s.ptr[i];
        if (is_digit(c) || c == '.' || c == '+' || c == '-')
            continue;
        if ((c != 'e' && c != 'E') || i + 1 >= s.len ||
            (!is_digit(s.ptr[i + 1]) && s.ptr[i + 1] != '+' && s.ptr[i + 1] != '-'))
            break;
        if (s.ptr[i + 1] == '+' || s.ptr[i + 1] == '-')
            i++;
        size_t digits = 0;
        while (i + 1 + digits < s.len && is_digit(s.ptr[i + 1 + digits]))
            digits++;
        if (digits > EXPONENT_DIGITS)
            return false;
    }
    *ret = i;
    return true;
}

/* A decimal: digits without leading zeros and how many of them are behind the point. */
struct decimal {
    bool negative;
    char digits[2 * AMOUNT_MAX];
    size_t n;
    int64_t scale;
};

/* Sign, digits with at most one point, exponent; false when there is more or less. */
static bool read_decimal(mrl_str s, struct decimal *d) {
    size_t i = 0;
    bool any = false, point = false;
    *d = (struct decimal){.n = 0};
    if (i < s.len && (s.ptr[i] == '+' || s.ptr[i] == '-'))
        d->negative = s.ptr[i++] == '-';
    for (; i < s.len && (is_digit(s.ptr[i]) || (s.ptr[i] == '.' && !point)); i++) {
        if (s.ptr[i] == '.') {
            point = true;
            continue;
        }
        any = true;
        d->scale += point;
        if (d->n == AMOUNT_MAX)
            return false;
        if (d->n > 0 || s.ptr[i] != '0')
            d->digits[d->n++] = s.ptr[i];
    }
    if (i < s.len && any && (s.ptr[i] == 'e' || s.ptr[i] == 'E')) {
        bool minus = i + 1 < s.len && s.ptr[i + 1] == '-';
        int64_t exponent = 0;
        bool sign = i + 1 < s.len && (s.ptr[i + 1] == '-' || s.ptr[i + 1] == '+');
        i += sign ? 2 : 1;
        if (i == s.len)
            return false;
        for (; i < s.len && is_digit(s.ptr[i]); i++)
            exponent = exponent * 10 + (s.ptr[i] - '0');
        d->scale += minus ? exponent : -exponent;
    }
    MRL_DASSERT(d->n <= AMOUNT_MAX);
    return any && i == s.len;
}

/* The decimal times 10^-scale as JSON text: whole, or with `places` digits behind the point. */
static mrl_status decimal_value(struct mrl_bi *cx, const struct decimal *d, size_t places,
                                mrl_val *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    size_t zeros = d->scale < 0 ? (size_t)-d->scale : 0;
    size_t scale = d->scale > 0 ? (size_t)d->scale : 0;
    if (d->negative && d->n > 0)
        mrl_buf_byte(&b, '-');
    if (d->n <= scale)
        mrl_buf_byte(&b, '0');
    mrl_buf_add(&b, (mrl_str){d->digits, d->n > scale ? d->n - scale : 0});
    mrl_buf_fill(&b, '0', d->n > 0 ? zeros : 0);
    mrl_str fraction = {d->digits + (d->n > scale ? d->n - scale : 0), d->n > scale ? scale : d->n};
    size_t lead = scale > d->n ? scale - d->n : 0;
    while (fraction.len > 0 && fraction.ptr[fraction.len - 1] == '0')
        fraction.len--;
    if (fraction.len > 0) {
        mrl_buf_byte(&b, '.');
        mrl_buf_fill(&b, '0', lead < places ? lead : places);
        size_t room = places > lead ? places - lead : 0;
        size_t shown = fraction.len < room ? fraction.len : room;
        mrl_buf_add(&b, (mrl_str){fraction.ptr, shown});
        mrl_buf_fill(&b, '0', room - shown);
    }
    mrl_status status = b.status == MRL_E_LIMIT ? MRL_E_INVALID : b.status;
    mrl_str text = mrl_arena_str(cx->arena, (mrl_str){b.ptr, b.len});
    mrl_buf_release(&b);
    if (status == MRL_E_INVALID)
        return mrl_bi_fail(cx, "the amount is too large");
    MRL_TRY(status);
    return mrl_num_parse(text, ret);
}

/* d *= unit. */
static mrl_status scale_by(struct mrl_bi *cx, struct decimal *d, uint64_t unit) {
    mrl_val x = mrl_undefined(), u = mrl_undefined();
    mrl_str digits;
    if (d->n == 0 || unit == 1)
        return MRL_OK;
    MRL_TRY(mrl_num_parse((mrl_str){d->digits, d->n}, &x));
    MRL_TRY(mrl_num_of_u64(cx->arena, unit, &u));
    MRL_TRY(mrl_num_mul(cx->arena, x, u, &x));
    MRL_TRY(mrl_num_to_base(cx->arena, x, 10, &digits));
    MRL_CHECK(digits.len <= sizeof d->digits, MRL_E_LIMIT);
    memcpy(d->digits, digits.ptr, digits.len);
    d->n = digits.len;
    return MRL_OK;
}

/* 1000^k or 1024^k for the letter of a unit; 0 for no such letter. */
static uint64_t power(char letter, uint64_t step) {
    MRL_DASSERT(step == 1000 || step == 1024);
    static const char letters[] = "kmgtpe";
    uint64_t r = 1;
    for (const char *p = letters; *p != '\0'; p++) {
        r *= step;
        if (*p == letter)
            return r;
    }
    return 0;
}

/* The factor of a unit: none, k or Ki and so on; false for others. */
static bool unit_value(mrl_str unit, uint64_t *ret) {
    bool binary = unit.len == 2 && (unit.ptr[1] == 'i' || unit.ptr[1] == 'I');
    *ret = unit.len == 0 ? 1 : 0;
    if (unit.len == 1 || binary)
        *ret = power((char)(unit.ptr[0] | 32), binary ? 1024 : 1000);
    return *ret != 0;
}

/* units.parse: the number that an amount such as 10Ki or 100m stands for. */
mrl_status mrl_bi_units_parse(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str raw;
    size_t at;
    uint64_t unit;
    struct decimal d;
    MRL_TRY(mrl_bi_str(cx, args, 1, &raw));
    mrl_str s = clean(cx, raw, false);
    if (mrl_str_find(s, MRL_S(" "), 0) != MRL_STR_NPOS)
        return mrl_bi_fail(cx, "spaces not allowed in resource strings");
    if (!split_unit(s, &at))
        return mrl_bi_fail(cx, "exponent too large");
    if (at == 0)
        return mrl_bi_fail(cx, "no amount provided");
    mrl_str name = mrl_str_sub(s, at, s.len);
    bool milli = mrl_str_eq(name, MRL_S("m"));
    if (!milli && !unit_value(name, &unit))
        return mrl_bi_fail(cx, "unit %.*s not recognized", MRL_F(name));
    if (!read_decimal(mrl_str_sub(s, 0, at), &d))
        return mrl_bi_fail(cx, "could not parse amount to a number");
    if (milli)
        d.scale += 3;
    else
        MRL_TRY(scale_by(cx, &d, unit));
    return decimal_value(cx, &d, 10, ret);
}

/* units.parse_bytes: the whole number of bytes that an amount stands for. */
mrl_status mrl_bi_units_parse_bytes(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str raw;
    size_t at;
    uint64_t unit;
    struct decimal d;
    MRL_TRY(mrl_bi_str(cx, args, 1, &raw));
    mrl_str s = clean(cx, raw, true);
    if (mrl_str_find(s, MRL_S(" "), 0) != MRL_STR_NPOS)
        return mrl_bi_fail(cx, "spaces not allowed in resource strings");
    if (!split_unit(s, &at))
        return mrl_bi_fail(cx, "exponent too large");
    if (at == 0)
        return mrl_bi_fail(cx, "no byte amount provided");
    mrl_str name = mrl_str_sub(s, at, s.len), letters = name;
    if (name.len > 1 && name.ptr[name.len - 1] == 'b')
        letters.len--;
    if (!unit_value(letters, &unit))
        return mrl_bi_fail(cx, "byte unit %.*s not recognized", MRL_F(name));
    if (!read_decimal(mrl_str_sub(s, 0, at), &d))
        return mrl_bi_fail(cx, "could not parse byte amount to a number");
    MRL_TRY(scale_by(cx, &d, unit));
    MRL_TRY(decimal_value(cx, &d, 30, ret));
    return d.negative ? mrl_num_ceil(cx->arena, *ret, ret) : mrl_num_floor(cx->arena, *ret, ret);
}

/* --- semver
 * ----------------------------------------------------------------------------------------- */

struct version {
    mrl_val part[3];
    mrl_str pre;
};

/* Dot-separated identifiers of letters, digits and hyphens, none empty; an absent list is fine. */
static bool identifiers(mrl_str s) {
    bool inside = false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        bool word = is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
        if (!word && (c != '.' || !inside))
            return false;
        inside = word;
    }
    return s.len == 0 || inside;
}

/* MAJOR.MINOR.PATCH-pre+meta. OPA allows a "v" in front and leading zeros, semver.org does not. */
static bool read_version(mrl_str s, struct version *v) {
    mrl_str meta, pre;
    if (mrl_str_starts(s, MRL_S("v")))
        s = mrl_str_sub(s, 1, s.len);
    s = mrl_str_cut(s, '+', &meta);
    s = mrl_str_cut(s, '-', &pre);
    v->pre = pre;
    if (!identifiers(meta) || !identifiers(pre))
        return false;
    for (int i = 0; i < 3; i++) {
        mrl_str part = mrl_str_cut(s, '.', &s);
        while (part.len > 1 && part.ptr[0] == '0')
            part = mrl_str_sub(part, 1, part.len);
        if (part.len == 0 || (i < 2) != (s.ptr != NULL) ||
            mrl_num_parse(part, &v->part[i]) != MRL_OK || v->part[i].tag != MRL_T_INT)
            return false;
    }
    return true;
}

static bool all_digits(mrl_str s) {
    for (size_t i = 0; i < s.len; i++)
        if (!is_digit(s.ptr[i]))
            return false;
    return s.len > 0;
}

/* Numbers of any length, as texts: without leading zeros the longer one is greater. */
static int compare_numbers(mrl_str a, mrl_str b) {
    while (a.len > 1 && a.ptr[0] == '0')
        a = mrl_str_sub(a, 1, a.len);
    while (b.len > 1 && b.ptr[0] == '0')
        b = mrl_str_sub(b, 1, b.len);
    if (a.len != b.len)
        return a.len < b.len ? -1 : 1;
    return mrl_str_cmp(a, b);
}

/* Pre-releases (semver.org, 11): none is newer than any; numbers are older than words; a longer
 * list is newer when all before is equal. */
static int compare_pre(mrl_str a, mrl_str b) {
    if (mrl_str_eq(a, b))
        return 0;
    if (a.len == 0 || b.len == 0)
        return a.len == 0 ? 1 : -1;
    while (a.len > 0 || b.len > 0) {
        if (a.len == 0 || b.len == 0)
            return a.len == 0 ? -1 : 1;
        mrl_str x = mrl_str_cut(a, '.', &a), y = mrl_str_cut(b, '.', &b);
        bool nx = all_digits(x), ny = all_digits(y);
        int c = nx != ny ? (nx ? -1 : 1) : nx ? compare_numbers(x, y) : mrl_str_cmp(x, y);
        if (c != 0)
            return c < 0 ? -1 : 1;
    }
    return 0;
}

/* semver.compare: -1, 0 or 1 as the first version is older, the same or newer. */
mrl_status mrl_bi_semver_compare(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct version v[2];
    for (int i = 0; i < 2; i++) {
        mrl_str s;
        MRL_TRY(mrl_bi_str(cx, args, i + 1, &s));
        if (!read_version(s, &v[i]))
            return mrl_bi_fail(cx, "operand %d: string \"%.*s\" is not a valid SemVer", i + 1,
                               MRL_F(s));
    }
    int c = 0;
    for (int i = 0; i < 3 && c == 0; i++)
        c = mrl_num_cmp(v[0].part[i], v[1].part[i]);
    *ret = mrl_int(c != 0 ? c : compare_pre(v[0].pre, v[1].pre));
    return MRL_OK;
}

/* semver.is_valid: true for text that is a semantic version. */
mrl_status mrl_bi_semver_is_valid(struct mrl_bi *cx MRL_UNUSED, const mrl_val *args, mrl_val *ret) {
    struct version v;
    *ret = mrl_bool(mrl_is_str(args[0]) && read_version(mrl_val_str(args[0]), &v));
    return MRL_OK;
}

/* --- texts
 * ------------------------------------------------------------------------------------------ */

/* format_int: the whole part of a number in base 2, 8, 10 or 16. */
mrl_status mrl_bi_format_int(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val x, base;
    int64_t b = 0;
    mrl_str text;
    MRL_TRY(mrl_bi_num(cx, args, 1, &x));
    MRL_TRY(mrl_bi_num(cx, args, 2, &base));
    if (!mrl_num_to_i64(base, &b) || (b != 2 && b != 8 && b != 10 && b != 16))
        return mrl_bi_operand_text(cx, 2, "must be one of {2, 8, 10, 16}");
    if (!mrl_num_is_whole(x))
        MRL_TRY(mrl_num_cmp(x, mrl_int(0)) < 0 ? mrl_num_ceil(cx->arena, x, &x)
                                               : mrl_num_floor(cx->arena, x, &x));
    MRL_TRY(mrl_num_to_base(cx->arena, x, (unsigned)b, &text));
    *ret = mrl_strval(text);
    return MRL_OK;
}

/* One part of a template: a text as it is, a set of at most one value as Rego writes it. */
static mrl_status template_part(struct mrl_bi *cx, struct mrl_buf *b, mrl_val part) {
    if (mrl_is_set(part) && part.len == 0) {
        mrl_buf_add(b, MRL_S("<undefined>"));
        return MRL_OK;
    }
    if (mrl_is_set(part) && part.len > 1)
        return mrl_err_set(cx->err, MRL_E_CONFLICT, "eval_conflict_error",
                           "template-strings must not produce multiple outputs");
    mrl_val v = mrl_is_set(part) ? part.u.arr->items[0] : part;
    if (mrl_is_str(v))
        mrl_buf_add(b, mrl_val_str(v));
    else
        mrl_value_text(b, cx->arena, v);
    return MRL_OK;
}

/* internal.template_string: the text of a template string; made by the compiler. */
mrl_status mrl_bi_template_string(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_buf b;
    mrl_val parts;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &parts));
    mrl_buf_init(&b, 64u << 20);
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; i < parts.len && status == MRL_OK; i++)
        status = template_part(cx, &b, parts.u.arr->items[i]);
    mrl_str s = {NULL, 0};
    if (status == MRL_OK)
        status = mrl_buf_give(&b, cx->arena, &s);
    else
        mrl_buf_release(&b);
    MRL_TRY(status);
    *ret = mrl_strval(s);
    return MRL_OK;
}
