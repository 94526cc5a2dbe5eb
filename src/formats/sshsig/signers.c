/* signers.c - the list of allowed signers; see sshsig.h. */
#include "formats/sshsig/sshsig.h"

#include "base/base64.h"
#include "base/civil.h"
#include "base/rd.h"
#include "base/vec.h"

#define ID "signers"

struct reading {
    mrl_arena *arena;
    mrl_str file;
    uint32_t line;
    struct mrl_err *err;
};

static mrl_status refuse(const struct reading *r, const char *what) {
    mrl_status status = mrl_err_set(r->err, MRL_E_SYNTAX, ID, "%s", what);
    if (r->err != NULL)
        r->err->pos = (struct mrl_pos){r->file, r->line, 1, 0};
    return status;
}

/* The next word of a line. Blanks inside of quotes do not end it. */
static mrl_str word(mrl_str *line) {
    size_t i = 0, n;
    bool quoted = false;
    while (i < line->len && (line->ptr[i] == ' ' || line->ptr[i] == '\t'))
        i++;
    for (n = i; n < line->len; n++) {
        quoted ^= line->ptr[n] == '"';
        if (!quoted && (line->ptr[n] == ' ' || line->ptr[n] == '\t'))
            break;
    }
    mrl_str w = mrl_str_sub(*line, i, n);
    *line = mrl_str_sub(*line, n, line->len);
    return w;
}

static bool unquote(mrl_str *s) {
    if (s->len >= 2 && s->ptr[0] == '"' && s->ptr[s->len - 1] == '"')
        *s = mrl_str_sub(*s, 1, s->len - 1);
    return s->len > 0 && mrl_str_find(*s, MRL_S("\""), 0) == MRL_STR_NPOS;
}

/* --- options --------------------------------------------------------------------------------- */

static int digits(mrl_str s, size_t at, size_t n) {
    int v = 0;
    for (size_t i = at; i < at + n; i++) {
        if (i >= s.len || s.ptr[i] < '0' || s.ptr[i] > '9')
            return -1;
        v = v * 10 + (s.ptr[i] - '0');
    }
    return v;
}

/* YYYYMMDD, YYYYMMDDHHMM or YYYYMMDDHHMMSS, and Z. */
static mrl_status read_time(const struct reading *r, mrl_str text, int64_t *ret) {
    mrl_str s = mrl_str_sub(text, 0, text.len > 0 ? text.len - 1 : 0);
    if (!mrl_str_ends(text, MRL_S("Z")))
        return refuse(r, "a time without Z depends on the machine that reads it: write "
                         "YYYYMMDDHHMMSSZ");
    bool clock = s.len >= 12;
    struct mrl_civil c = {.year = digits(s, 0, 4),
                          .month = digits(s, 4, 2),
                          .day = digits(s, 6, 2),
                          .hour = clock ? digits(s, 8, 2) : 0,
                          .minute = clock ? digits(s, 10, 2) : 0,
                          .second = s.len == 14 ? digits(s, 12, 2) : 0};
    if ((s.len != 8 && s.len != 12 && s.len != 14) || c.year < 0 || c.month < 1 || c.month > 12 ||
        c.day < 1 || c.day > mrl_civil_month_days(c.year, c.month) || c.hour < 0 || c.hour > 23 ||
        c.minute < 0 || c.minute > 59 || c.second < 0 || c.second > 59)
        return refuse(r, "the time is not of the form YYYYMMDDHHMMSSZ");
    *ret = mrl_civil_seconds(&c);
    return MRL_OK;
}

static mrl_status read_option(const struct reading *r, mrl_str option, struct mrl_signer *s) {
    mrl_str value, name = mrl_str_cut(option, '=', &value);
    if (mrl_str_eq(option, MRL_S("cert-authority"))) {
        s->authority = true;
        return MRL_OK;
    }
    if (!mrl_str_starts(value, MRL_S("\"")) || !unquote(&value))
        return refuse(
            r, "an option without a value in quotes: the list must be understood as a whole");
    if (mrl_str_eq(name, MRL_S("namespaces")) && s->namespaces.ptr == NULL) {
        s->namespaces = value;
        return MRL_OK;
    }
    if (mrl_str_eq(name, MRL_S("valid-after")) && s->after == INT64_MIN)
        return read_time(r, value, &s->after);
    if (mrl_str_eq(name, MRL_S("valid-before")) && s->before == INT64_MAX)
        return read_time(r, value, &s->before);
    return refuse(r, "an option that is unknown or there twice: the list must be understood as a "
                     "whole");
}

/* Options stand in one word, with commas between them, also inside of quotes. */
static mrl_status read_options(const struct reading *r, mrl_str all, struct mrl_signer *s) {
    size_t from = 0;
    bool quoted = false;
    for (size_t i = 0; i <= all.len; i++) {
        if (i < all.len && all.ptr[i] == '"')
            quoted = !quoted;
        if (i < all.len && (quoted || all.ptr[i] != ','))
            continue;
        MRL_TRY(read_option(r, mrl_str_sub(all, from, i), s));
        from = i + 1;
    }
    return MRL_OK;
}

/* --- lines ----------------------------------------------------------------------------------- */

static bool is_key_type(mrl_str w) {
    return mrl_str_starts(w, MRL_S("ssh-")) || mrl_str_starts(w, MRL_S("ecdsa-")) ||
           mrl_str_starts(w, MRL_S("sk-"));
}

static mrl_status read_line(const struct reading *r, mrl_str line, struct mrl_signer *s) {
    size_t at;
    *s = (struct mrl_signer){.after = INT64_MIN, .before = INT64_MAX, .line = r->line};
    s->principals = word(&line);
    if (!unquote(&s->principals))
        return refuse(r, "a line names principals, options, the type of a key and the key");
    mrl_str type = word(&line);
    if (!is_key_type(type)) {
        MRL_TRY(read_options(r, type, s));
        type = word(&line);
    }
    mrl_str key = word(&line);
    if (!is_key_type(type) || key.len == 0)
        return refuse(r, "a line names principals, options, the type of a key and the key");
    mrl_status status = mrl_base64_decode(r->arena, key, MRL_BASE64_STD, &s->key, &at);
    if (status == MRL_E_SYNTAX)
        return refuse(r, "the key is not base64");
    MRL_TRY(status);
    struct mrl_rd rd = mrl_rd_of(s->key);
    uint32_t n = mrl_rd_be32(&rd);
    if (!mrl_str_eq(mrl_rd_take(&rd, n), type))
        return refuse(r, "the key is not of the type that the line says");
    return MRL_OK;
}

mrl_status mrl_signers_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                             struct mrl_signers *ret) {
    struct reading r = {a, file, 0, err};
    struct mrl_signers all = {NULL, 0, 0};
    while (text.len > 0) {
        mrl_str line = mrl_str_trim(mrl_str_cut(text, '\n', &text));
        struct mrl_signer s;
        r.line++;
        if (line.len == 0 || line.ptr[0] == '#')
            continue;
        if (line.len > MRL_SIGNERS_LINE_MAX || all.n == MRL_SIGNERS_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, ID,
                               "%.*s: more than %d signers, or a line of "
                               "more than %d bytes",
                               MRL_F(file), MRL_SIGNERS_MAX, MRL_SIGNERS_LINE_MAX);
        MRL_TRY(read_line(&r, line, &s));
        MRL_TRY(MRL_VEC_PUSH(a, &all, s));
    }
    *ret = all;
    return MRL_OK;
}

/* --- finding --------------------------------------------------------------------------------- */

/* '*' and '?' as in a shell. Linear but for the last star, to which it goes back. */
static bool glob(mrl_str pattern, mrl_str text) {
    size_t p = 0, t = 0, star = MRL_STR_NPOS, from = 0;
    while (t < text.len) {
        if (p < pattern.len && pattern.ptr[p] == '*') {
            star = p++;
            from = t;
        } else if (p < pattern.len && (pattern.ptr[p] == '?' || pattern.ptr[p] == text.ptr[t])) {
            p++, t++;
        } else if (star != MRL_STR_NPOS) {
            p = star + 1;
            t = ++from;
        } else {
            return false;
        }
    }
    while (p < pattern.len && pattern.ptr[p] == '*')
        p++;
    return p == pattern.len;
}

/* Patterns with commas between them; one with '!' that matches forbids, whatever else does. */
static bool listed(mrl_str patterns, mrl_str text) {
    bool found = false;
    while (patterns.len > 0) {
        mrl_str one = mrl_str_cut(patterns, ',', &patterns);
        bool negated = mrl_str_starts(one, MRL_S("!"));
        if (!glob(mrl_str_sub(one, negated, one.len), text))
            continue;
        if (negated)
            return false;
        found = true;
    }
    return found;
}

const struct mrl_signer *mrl_signers_find(const struct mrl_signers *s, mrl_str key, mrl_str ns,
                                          int64_t when, const char **ret_why) {
    const char *why = "the key is not among the allowed signers";
    for (uint32_t i = 0; i < s->n; i++) {
        const struct mrl_signer *it = &s->items[i];
        if (!mrl_str_eq(it->key, key))
            continue;
        if (it->authority)
            why = "the key may only sign certificates";
        else if (it->namespaces.ptr != NULL && !listed(it->namespaces, ns))
            why = "the signer may not sign for this purpose (namespaces)";
        else if (when < it->after)
            why = "the signer was not allowed yet at that time (valid-after)";
        else if (when > it->before)
            why = "the signer was not allowed any more at that time (valid-before)";
        else
            return it;
    }
    *ret_why = why;
    return NULL;
}
