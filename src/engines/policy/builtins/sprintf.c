/* sprintf.c - sprintf with the verbs of Go's fmt.
 *
 * Arguments are what OPA makes of values: whole numbers (of any size), floats, and strings; all
 * other values come as their Rego text, a string. Wrong verbs, missing and extra arguments show up
 * in the text as in Go. Source: Go's documentation of package fmt. */
#include "engines/policy/builtins/builtins.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/utf8.h"
#include "engines/policy/value_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define TEXT_MAX ((size_t)64 << 20)
#define WIDTH_MAX 1000000 /* as in Go: wider is a bad width */

enum arg_kind { ARG_INT, ARG_FLOAT, ARG_STRING };

struct arg {
    /* What Go would see: an int64 or big.Int, a float64, a string. */
    enum arg_kind kind;
    mrl_val number;
    double real;
    mrl_str text;
    /* INT: no int64 holds it, so Go sees a *big.Int, which knows other verbs. */
    bool big;
};

struct verb {
    bool plus, minus, sharp, space, zero, has_width, has_prec;
    int64_t width, prec;
    uint32_t c; /* the verb's character */
};

struct printing {
    struct mrl_bi *cx;
    struct mrl_buf out;
    mrl_val args;
    size_t next;
    bool reordered; /* an explicit index was used: extra arguments are not reported */
};

/* What was written; it lives in the query's arena already. */
static mrl_str buf_text(const struct mrl_buf *b) {
    return (mrl_str){b->ptr != NULL ? b->ptr : "", b->len};
}

/* OPA takes 1.00 for the whole number 1: nothing but zeros behind the point, up to 19 characters.
 */
static bool only_zeros(mrl_str s) {
    mrl_str rest;
    bool sign = s.len > 0 && s.ptr[0] == '-';
    if (s.len - sign > 19)
        return false;
    (void)mrl_str_cut(s, '.', &rest);
    for (size_t i = 0; i < rest.len; i++)
        if (rest.ptr[i] != '0')
            return false;
    return true;
}

/* The Go value that OPA makes of a Rego value, to the point of its quirks. */
static struct arg arg_of(struct mrl_bi *cx, mrl_val v) {
    struct arg a = {.kind = ARG_STRING, .number = v};
    if (mrl_is_str(v)) {
        a.text = mrl_val_str(v);
        return a;
    }
    if (mrl_is_num(v)) {
        mrl_str s = mrl_val_str(v);
        int64_t i = 0;
        bool point = s.len > 0 && memchr(s.ptr, '.', s.len) != NULL && !only_zeros(s);
        bool exponent = s.len > 0 && (memchr(s.ptr, 'e', s.len) || memchr(s.ptr, 'E', s.len));
        if (exponent && !point) { /* OPA hands such a number on as its text */
            a.text = s;
            return a;
        }
        a.kind = point ? ARG_FLOAT : ARG_INT;
        if (!point && mrl_num_to_i64(v, &i)) /* "-0", too, is an int64 */
            a.number = mrl_int(i);
        else
            a.big = !point;
        a.real = mrl_num_to_double(v);
        if (a.kind == ARG_FLOAT && isinf(a.real)) { /* no float64 holds it: the text as written */
            a.kind = ARG_STRING;
            a.text = s;
        }
        return a;
    }
    struct mrl_buf b;
    mrl_buf_init_in(&b, cx->arena, TEXT_MAX);
    mrl_value_text(&b, cx->arena, v);
    a.text = buf_text(&b);
    return a;
}

/* --- padding -------------------------------------------------------------------------------- */

/* Appends s, filled up to the width: behind it with '-', with zeros when asked, else before it. */
static void pad(struct printing *p, const struct verb *v, mrl_str s, bool zeros) {
    MRL_DASSERT(!v->has_width || v->width >= 0);
    size_t n = mrl_utf8_count(s), width = v->has_width ? (size_t)v->width : 0;
    size_t fill = width > n ? width - n : 0;
    if (v->minus) {
        mrl_buf_add(&p->out, s);
        mrl_buf_fill(&p->out, ' ', fill);
    } else if (zeros && v->zero && fill > 0) { /* zeros go behind the sign */
        bool sign = s.len > 0 && (s.ptr[0] == '-' || s.ptr[0] == '+');
        mrl_buf_add(&p->out, mrl_str_sub(s, 0, sign));
        mrl_buf_fill(&p->out, '0', fill);
        mrl_buf_add(&p->out, mrl_str_sub(s, sign, s.len));
    } else {
        mrl_buf_fill(&p->out, ' ', fill);
        mrl_buf_add(&p->out, s);
    }
}

/* --- floats --------------------------------------------------------------------------------- */

#define FLOAT_TEXT 512

/* The shortest text that reads back as d. Go writes exponents with at least two digits, as C does.
 */
static void float_shortest(char *text, double d, char form) {
    bool general = form == 'g' || form == 'G';
    int digits = 1;
    for (; digits < 17; digits++) {
        snprintf(text, FLOAT_TEXT, "%.*e", digits - 1, d);
        if (mrl_double_of(mrl_str_z(text)) == d)
            break;
    }
    snprintf(text, FLOAT_TEXT, "%.*e", digits - 1, d);
    const char *at = strchr(text, 'e');
    long exponent = 0;
    for (const char *c = at != NULL ? at + 2 : ""; *c != '\0'; c++)
        exponent = exponent * 10 + (*c - '0');
    if (at != NULL && at[1] == '-')
        exponent = -exponent;
    bool e = form == 'e' || form == 'E' || (general && (exponent < -4 || exponent >= 6));
    long behind = digits - 1 - exponent;
    if (!e)
        snprintf(text, FLOAT_TEXT, "%.*f", behind > 0 ? (int)behind : 0, d);
}

/* Digits as asked. The ceilings keep the text in its buffer: a double has at most 309 digits
 * before the point, and what lies beyond 17 is exact but of no use. */
static void float_fixed(char *text, double d, char form, int prec) {
    int capped = prec > 400 ? 400 : prec;
    MRL_DASSERT(prec >= 0);
    if (form == 'e' || form == 'E')
        snprintf(text, FLOAT_TEXT, "%.*e", capped, d);
    else if (form == 'g' || form == 'G')
        snprintf(text, FLOAT_TEXT, "%.*g", capped, d);
    else
        snprintf(text, FLOAT_TEXT, "%.*f", capped > 150 ? 150 : capped, d);
}

/* A float under a verb; prec below 0 asks for the shortest text that reads back. */
static void float_text(struct mrl_buf *b, double d, char form, int prec) {
    char text[FLOAT_TEXT];
    if (isnan(d) || isinf(d)) {
        mrl_buf_add(b, isnan(d) ? MRL_S("NaN") : d < 0 ? MRL_S("-Inf") : MRL_S("+Inf"));
        return;
    }
    if (prec < 0)
        float_shortest(text, d, form);
    else
        float_fixed(text, d, form, prec);
    for (char *at = text; (form == 'E' || form == 'G') && *at != '\0'; at++)
        if (*at == 'e')
            *at = 'E';
    mrl_buf_add(b, mrl_str_z(text));
}

/* Go's default precision is 6, and the shortest for %g and %v. */
static void print_float(struct printing *p, const struct verb *v, double d) {
    struct mrl_buf b;
    char form = v->c == 'v' ? 'g' : v->c == 'F' ? 'f' : (char)v->c;
    int prec = v->has_prec ? (int)v->prec : form == 'g' || form == 'G' ? -1 : 6;
    mrl_buf_init_in(&b, p->cx->arena, TEXT_MAX);
    if (v->plus && !(d < 0))
        mrl_buf_byte(&b, '+');
    else if (v->space && !(d < 0))
        mrl_buf_byte(&b, ' ');
    float_text(&b, d, form, prec);
    pad(p, v, buf_text(&b), true);
}

/* --- whole numbers -------------------------------------------------------------------------- */

/* %c, %q and %U of a number: the character, or U+FFFD for what is none. */
static void print_char(struct printing *p, const struct verb *v, mrl_val n) {
    char c[4];
    int64_t i = MRL_UTF8_BAD;
    struct mrl_buf b;
    if (!mrl_num_to_i64(n, &i) || i < 0 || i > 0x10FFFF)
        i = MRL_UTF8_BAD;
    mrl_buf_init_in(&b, p->cx->arena, 1024);
    mrl_str s = {c, mrl_utf8_put((uint32_t)i, c)};
    if (v->c == 'U')
        mrl_buf_printf(&b, "U+%04llX", (unsigned long long)i);
    else
        mrl_buf_printf(&b, v->c == 'q' ? "'%.*s'" : "%.*s", MRL_F(s));
    pad(p, v, buf_text(&b), false);
}

/* A whole number of any size in the verb's base; zeros fill only when no precision is given. */
static void print_int(struct printing *p, const struct verb *v, mrl_val n) {
    unsigned base = v->c == 'b'                  ? 2
                    : v->c == 'o' || v->c == 'O' ? 8
                    : v->c == 'x' || v->c == 'X' ? 16
                                                 : 10;
    mrl_str digits;
    struct mrl_buf b;
    if (mrl_num_to_base(p->cx->arena, n, base, &digits) != MRL_OK) {
        p->out.status = MRL_E_NOMEM;
        return;
    }
    bool minus = mrl_str_starts(digits, MRL_S("-"));
    digits = mrl_str_sub(digits, minus, digits.len);
    mrl_buf_init_in(&b, p->cx->arena, TEXT_MAX);
    mrl_buf_add(&b, minus ? MRL_S("-") : v->plus ? MRL_S("+") : v->space ? MRL_S(" ") : MRL_S(""));
    if (v->c == 'O')
        mrl_buf_add(&b, MRL_S("0o"));
    if (v->sharp && base != 10)
        mrl_buf_add(&b, base == 2     ? MRL_S("0b")
                        : base == 8   ? MRL_S("0")
                        : v->c == 'x' ? MRL_S("0x")
                                      : MRL_S("0X"));
    if (v->has_prec && (size_t)v->prec > digits.len)
        mrl_buf_fill(&b, '0', (size_t)v->prec - digits.len);
    for (size_t i = 0; i < digits.len; i++)
        mrl_buf_byte(&b, v->c == 'X' && digits.ptr[i] >= 'a' ? (char)(digits.ptr[i] - 32)
                                                             : digits.ptr[i]);
    pad(p, v, buf_text(&b), !v->has_prec);
}

/* --- strings -------------------------------------------------------------------------------- */

/* As strconv.CanBackquote: valid text on one line without '`'. */
static bool raw_quotable(mrl_str s) {
    for (size_t i = 0, width; i < s.len; i += width) {
        uint32_t c = mrl_utf8_at(s, i, &width);
        if ((c < ' ' && c != '\t') || c == '`' || c == 0x7F || c == 0xFEFF ||
            (c == MRL_UTF8_BAD && width == 1))
            return false;
    }
    return true;
}

/* Appends quoted text with what is not ASCII as \uXXXX or \UXXXXXXXX. */
static void ascii_only(struct mrl_buf *b, mrl_str quoted) {
    for (size_t i = 0, width; i < quoted.len; i += width) {
        uint32_t c = mrl_utf8_at(quoted, i, &width);
        if (c < 0x80)
            mrl_buf_byte(b, (char)c);
        else
            mrl_buf_printf(b, c < 0x10000 ? "\\u%04x" : "\\U%08x", c);
    }
}

static mrl_str quoted(struct printing *p, const struct verb *v, mrl_str s) {
    struct mrl_buf b, ascii;
    mrl_buf_init_in(&b, p->cx->arena, TEXT_MAX);
    if (v->sharp && raw_quotable(s)) {
        mrl_buf_byte(&b, '`');
        mrl_buf_add(&b, s);
        mrl_buf_byte(&b, '`');
        return buf_text(&b);
    }
    mrl_quoted_text(&b, s);
    if (!v->plus)
        return buf_text(&b);
    mrl_buf_init_in(&ascii, p->cx->arena, TEXT_MAX);
    ascii_only(&ascii, mrl_buf_str(&b));
    mrl_buf_release(&b);
    return buf_text(&ascii);
}

/* The bytes in hexadecimal: "% x" sets them apart, "%#x" marks the whole or each of them. */
static mrl_str hex_bytes(struct printing *p, const struct verb *v, mrl_str s) {
    struct mrl_buf b;
    size_t n = v->has_prec && (size_t)v->prec < s.len ? (size_t)v->prec : s.len;
    mrl_buf_init_in(&b, p->cx->arena, TEXT_MAX);
    for (size_t i = 0; i < n; i++) {
        if (v->space && i > 0)
            mrl_buf_byte(&b, ' ');
        if (v->sharp && (v->space || i == 0))
            mrl_buf_add(&b, v->c == 'x' ? MRL_S("0x") : MRL_S("0X"));
        mrl_buf_printf(&b, v->c == 'x' ? "%02x" : "%02X", (unsigned char)s.ptr[i]);
    }
    return buf_text(&b);
}

/* %s, %q, %x and %X; a precision cuts the text, counted in characters. */
static void print_string(struct printing *p, const struct verb *v, mrl_str s) {
    if (v->c == 'x' || v->c == 'X') {
        pad(p, v, hex_bytes(p, v, s), true);
        return;
    }
    if (v->has_prec)
        s = mrl_str_sub(s, 0, mrl_utf8_offset(s, (size_t)v->prec));
    pad(p, v, v->c == 'q' ? quoted(p, v, s) : s, true);
}

/* --- one verb ------------------------------------------------------------------------------- */

static const char *type_name(const struct arg *a) {
    return a->kind == ARG_STRING  ? "string"
           : a->kind == ARG_FLOAT ? "float64"
           : a->big               ? "*big.Int"
                                  : "int64";
}

/* The value as %v shows it under the flags and width of `flags`. */
static void print_plain(struct printing *p, const struct verb *flags, const struct arg *a) {
    struct verb v = *flags;
    v.c = 'v';
    if (a->kind == ARG_STRING)
        print_string(p, &v, a->text);
    else if (a->kind == ARG_FLOAT)
        print_float(p, &v, a->real);
    else
        print_int(p, &v, a->number);
}

/* %!d(string=hi): Go tells of a wrong verb in the text and goes on. */
static void bad_verb(struct printing *p, const struct verb *v, const struct arg *a) {
    const struct verb plain = {.c = 'v'};
    char c[4];
    size_t n = mrl_utf8_put(v->c, c);
    mrl_buf_printf(&p->out, "%%!%.*s(%s=", (int)n, c, a->big ? "big.Int" : type_name(a));
    print_plain(p, a->big ? &plain : v, a); /* big.Int formats itself and drops the flags */
    mrl_buf_byte(&p->out, ')');
}

/* One argument under one verb; %T names the Go type. */
static void print_arg(struct printing *p, const struct verb *v, const struct arg *a) {
    if (v->c == 'T') {
        pad(p, v, mrl_str_z(type_name(a)), false);
        return;
    }
    const char *verbs = a->kind == ARG_STRING  ? "svxXq"
                        : a->kind == ARG_FLOAT ? "veEfFgG"
                        : a->big               ? "vsdboOxX"
                                               : "vdboOxXcqU";
    if (v->c >= 128 || v->c == 0 || strchr(verbs, (int)v->c) == NULL)
        bad_verb(p, v, a);
    else if (a->kind == ARG_STRING)
        print_string(p, v, a->text);
    else if (a->kind == ARG_FLOAT)
        print_float(p, v, a->real);
    else if (v->c == 'c' || v->c == 'q' || v->c == 'U')
        print_char(p, v, a->number);
    else
        print_int(p, v, a->number);
}

/* --- the format ----------------------------------------------------------------------------- */

/* "[3]": moves to that argument. False when it is not one. */
static bool read_index(struct printing *p, mrl_str f, size_t *at, bool *ret_bad) {
    if (*at >= f.len || f.ptr[*at] != '[')
        return false;
    const char *close = memchr(f.ptr + *at, ']', f.len - *at);
    size_t n = 0, i = *at + 1;
    p->reordered = true;
    while (i < f.len && f.ptr[i] >= '0' && f.ptr[i] <= '9' && n < WIDTH_MAX)
        n = n * 10 + (size_t)(f.ptr[i++] - '0');
    bool ok = close != NULL && f.ptr + i == close && n > 0 && n <= p->args.len;
    if (ok)
        p->next = n - 1;
    else
        *ret_bad = true;
    *at = close != NULL ? (size_t)(close - f.ptr) + 1 : *at + 1;
    return ok;
}

/* A width or precision: digits, or * for the next argument. */
static bool read_number(struct printing *p, mrl_str f, size_t *at, int64_t *ret, bool *ret_bad) {
    if (*at < f.len && f.ptr[*at] == '*') {
        (*at)++;
        mrl_val v = mrl_arr_at(p->args, p->next++);
        *ret_bad =
            !mrl_is_num(v) || !mrl_num_to_i64(v, ret) || *ret > WIDTH_MAX || *ret < -WIDTH_MAX;
        return !*ret_bad;
    }
    size_t from = *at;
    *ret = 0;
    for (; *at < f.len && f.ptr[*at] >= '0' && f.ptr[*at] <= '9'; (*at)++)
        if (*ret <= WIDTH_MAX)
            *ret = *ret * 10 + (f.ptr[*at] - '0');
    return *at > from && *ret <= WIDTH_MAX;
}

/* Flags in any order and number; '-' takes the zeros away, as they would stand behind. */
static void read_flags(mrl_str f, size_t *at, struct verb *v) {
    for (; *at < f.len; (*at)++) {
        switch (f.ptr[*at]) {
        case '+':
            v->plus = true;
            break;
        case '-':
            v->minus = true;
            v->zero = false;
            break;
        case '#':
            v->sharp = true;
            break;
        case ' ':
            v->space = true;
            break;
        case '0':
            v->zero = !v->minus;
            break;
        default:
            return;
        }
    }
}

/* A directive behind its '%'. */
static void directive(struct printing *p, mrl_str f, size_t *at) {
    MRL_DASSERT(*at <= f.len);
    struct verb v = {.c = 0};
    bool bad_index = false, bad = false;
    size_t width;
    read_flags(f, at, &v);
    (void)read_index(p, f, at, &bad_index);
    v.has_width = read_number(p, f, at, &v.width, &bad);
    if (bad)
        mrl_buf_add(&p->out, MRL_S("%!(BADWIDTH)"));
    if (v.has_width && v.width < 0) {
        v.minus = true;
        v.zero = false;
        v.width = -v.width;
    }
    if (*at < f.len && f.ptr[*at] == '.') {
        (*at)++;
        bad = false;
        (void)read_index(p, f, at, &bad_index);
        v.has_prec = read_number(p, f, at, &v.prec, &bad) && v.prec >= 0;
        if (bad || v.prec < 0)
            mrl_buf_add(&p->out, MRL_S("%!(BADPREC)"));
        else
            v.has_prec = true;
    }
    (void)read_index(p, f, at, &bad_index);
    if (*at >= f.len) {
        mrl_buf_add(&p->out, MRL_S("%!(NOVERB)"));
        return;
    }
    v.c = mrl_utf8_at(f, *at, &width);
    mrl_str verb = mrl_str_sub(f, *at, *at + width);
    *at += width;
    if (v.c == '%') {
        mrl_buf_byte(&p->out, '%');
    } else if (bad_index) {
        mrl_buf_printf(&p->out, "%%!%.*s(BADINDEX)", MRL_F(verb));
    } else if (p->next >= p->args.len) {
        mrl_buf_printf(&p->out, "%%!%.*s(MISSING)", MRL_F(verb));
        p->next++;
    } else {
        struct arg a = arg_of(p->cx, p->args.u.arr->items[p->next++]);
        print_arg(p, &v, &a);
    }
}

/* %!(EXTRA type=value, …) for arguments that no verb took. */
static void extra(struct printing *p) {
    if (p->reordered || p->next >= p->args.len)
        return;
    mrl_buf_add(&p->out, MRL_S("%!(EXTRA "));
    for (size_t i = p->next; i < p->args.len; i++) {
        struct arg a = arg_of(p->cx, p->args.u.arr->items[i]);
        mrl_buf_printf(&p->out, "%s%s=", i > p->next ? ", " : "", type_name(&a));
        print_plain(p, &(struct verb){.c = 'v'}, &a);
    }
    mrl_buf_byte(&p->out, ')');
}

/* sprintf: text from a format with the verbs of Go. */
mrl_status mrl_bi_go_format(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct printing p = {.cx = cx};
    mrl_str f;
    MRL_TRY(mrl_bi_str(cx, args, 1, &f));
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_ARR, &p.args));
    mrl_buf_init_in(&p.out, cx->arena, TEXT_MAX);
    for (size_t at = 0; at < f.len;) {
        const char *percent = memchr(f.ptr + at, '%', f.len - at);
        size_t to = percent != NULL ? (size_t)(percent - f.ptr) : f.len;
        mrl_buf_add(&p.out, mrl_str_sub(f, at, to));
        at = to + 1;
        if (percent != NULL)
            directive(&p, f, &at);
    }
    extra(&p);
    MRL_TRY(p.out.status);
    *ret = mrl_strval(buf_text(&p.out));
    return MRL_OK;
}
