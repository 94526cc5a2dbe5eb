/* resolve.c - what a plain scalar stands for: null, boolean, number or string.
 *
 * The words and the forms of numbers are those of YAML 1.1 as go-yaml has them, since Kubernetes
 * reads `yes` as true and 010 as 8. Most plain scalars are strings, so the first byte decides
 * whether a closer look is worth it.
 */
#include "formats/yaml/internal.h"

#include "base/num.h"

#include <math.h>
#include <stdio.h>

#define NUMBER_MAX 512 /* bytes of a plain scalar that may be a number */

struct word {
    const char *text;
    int8_t meaning; /* 0 null, 1 true, 2 false, 3 no JSON form */
};

static const struct word words[] = {
    {"~", 0},     {"null", 0},  {"Null", 0},  {"NULL", 0}, {"y", 1},     {"Y", 1},     {"yes", 1},
    {"Yes", 1},   {"YES", 1},   {"true", 1},  {"True", 1}, {"TRUE", 1},  {"on", 1},    {"On", 1},
    {"ON", 1},    {"n", 2},     {"N", 2},     {"no", 2},   {"No", 2},    {"NO", 2},    {"false", 2},
    {"False", 2}, {"FALSE", 2}, {"off", 2},   {"Off", 2},  {"OFF", 2},   {".nan", 3},  {".NaN", 3},
    {".NAN", 3},  {".inf", 3},  {".Inf", 3},  {".INF", 3}, {"+.inf", 3}, {"+.Inf", 3}, {"+.INF", 3},
    {"-.inf", 3}, {"-.Inf", 3}, {"-.INF", 3},
};

/* At least one digit of the base, and nothing else. */
static bool digits_only(mrl_str s, unsigned base) {
    MRL_DASSERT(base >= 2 && base <= 16);
    for (size_t i = 0; i < s.len; i++) {
        unsigned c = (unsigned char)s.ptr[i];
        unsigned d = c >= '0' && c <= '9' ? c - '0' : (c | 32) >= 'a' ? (c | 32) - 'a' + 10 : 99;
        if (d >= base)
            return false;
    }
    return s.len > 0;
}

/* Whole numbers as Go's ParseInt(s, 0, 64) and ParseUint read them. */
static bool whole(mrl_arena *a, mrl_str s, mrl_val *ret) {
    MRL_DASSERT(s.len > 0);
    bool minus = s.ptr[0] == '-';
    if (minus || s.ptr[0] == '+')
        s = mrl_str_sub(s, 1, s.len);
    unsigned base = 10;
    if (s.len > 1 && s.ptr[0] == '0') {
        char c = (char)(s.ptr[1] | 32);
        base = c == 'x' ? 16 : c == 'b' ? 2 : 8;
        s = mrl_str_sub(s, c == 'x' || c == 'b' || c == 'o' ? 2 : 1, s.len);
    }
    mrl_val v;
    if (!digits_only(s, base))
        return false;
    while (s.len > 1 && s.ptr[0] == '0')
        s = mrl_str_sub(s, 1, s.len);
    if (s.len > 64 || mrl_num_of_base(a, s, base, &v) != MRL_OK)
        return false;
    if (minus && mrl_num_neg(a, v, &v) != MRL_OK)
        return false;
    mrl_val limit;
    if (v.tag != MRL_T_INT &&
        (mrl_num_of_u64(a, UINT64_MAX, &limit) != MRL_OK || minus || mrl_num_cmp(v, limit) > 0))
        return false;
    *ret = v;
    return true;
}

/* Digits with a point and an exponent: .5, 1., 1e3. */
static bool looks_like_float(mrl_str s) {
    size_t i = 0, before = 0, after = 0, exponent = 0;
    if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
        i++;
    for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
        before++;
    if (i < s.len && s.ptr[i] == '.')
        for (i++; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
            after++;
    if (before + after == 0)
        return false;
    if (i < s.len && (s.ptr[i] | 32) == 'e') {
        i++;
        if (i < s.len && (s.ptr[i] == '-' || s.ptr[i] == '+'))
            i++;
        for (; i < s.len && s.ptr[i] >= '0' && s.ptr[i] <= '9'; i++)
            exponent++;
        if (exponent == 0)
            return false;
    }
    return i == s.len;
}

/* Whole numbers that no integer of 64 bits holds are floats; floats out of range are strings. */
static mrl_status number(mrl_arena *a, mrl_str s, struct mrl_y_scalar *ret) {
    char plain[NUMBER_MAX];
    size_t n = 0;
    if (s.len >= sizeof plain)
        return MRL_OK;
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] != '_')
            plain[n++] = s.ptr[i];
    plain[n] = '\0';
    mrl_str p = {plain, n};
    if (n == 0)
        return MRL_OK;
    if (whole(a, p, &ret->v)) {
        ret->kind = MRL_Y_INT;
        return MRL_OK;
    }
    double d = looks_like_float(p) ? mrl_double_of(p) : (double)INFINITY;
    if (!isfinite(d))
        return MRL_OK;
    ret->kind = MRL_Y_FLOAT;
    ret->number = d;
    return mrl_num_of_double(a, d, &ret->v);
}

mrl_str mrl_y_float_key(double d, char *out) {
    float f = (float)d;
    if (isnan(f) || isinf(f))
        return isnan(f) ? MRL_S(".nan") : f > 0 ? MRL_S(".inf") : MRL_S("-.inf");
    int digits = 1, exp;
    while (digits < 9 && (snprintf(out, 32, "%.*e", digits - 1, (double)f),
                          (float)mrl_double_of((mrl_str){out, strlen(out)}) != f))
        digits++;
    snprintf(out, 32, "%.*e", digits - 1, (double)f);
    const char *e = strchr(out, 'e') + 1;
    exp = (e[1] - '0') * 10 + e[2] - '0';
    exp = *e == '-' ? -exp : exp;
    if (exp >= -4 && exp < 6) /* short enough to be written out */
        snprintf(out, 32, "%.*f", digits > exp + 1 ? digits - exp - 1 : 0, (double)f);
    return (mrl_str){out, strlen(out)};
}

mrl_status mrl_y_resolve(mrl_arena *a, mrl_str s, struct mrl_y_scalar *ret) {
    *ret = (struct mrl_y_scalar){.v = mrl_null()};
    if (s.len == 0)
        return MRL_OK;
    ret->v = mrl_strval(s);
    if (s.len <= 5) {
        for (size_t i = 0; i < MRL_COUNTOF(words); i++) {
            if (words[i].text[0] != s.ptr[0] || !mrl_str_eq(s, mrl_str_z(words[i].text)))
                continue;
            ret->v = words[i].meaning == 0 ? mrl_null() : mrl_bool(words[i].meaning == 1);
            if (words[i].meaning == 3) {
                double inf = s.ptr[0] == '-' ? -(double)INFINITY : (double)INFINITY;
                bool nan = (s.ptr[s.len - 1] | 32) == 'n';
                *ret =
                    (struct mrl_y_scalar){.kind = MRL_Y_FLOAT, .number = nan ? (double)NAN : inf};
            }
            return MRL_OK;
        }
    }
    char c = s.ptr[0];
    return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ? number(a, s, ret) : MRL_OK;
}

mrl_status mrl_yaml_resolve(mrl_arena *a, mrl_str s, mrl_val *ret) {
    struct mrl_y_scalar r;
    MRL_TRY(mrl_y_resolve(a, s, &r));
    MRL_CHECK(mrl_is_defined(r.v), MRL_E_INVALID);
    *ret = r.v;
    return MRL_OK;
}
