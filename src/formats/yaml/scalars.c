/* scalars.c - quoted, plain and block scalars; blanks and comments between tokens.
 *
 * A scalar on one line without escapes is a slice of the text; only folding and escapes make a
 * copy. Where a line ends, y->line moves with it: columns are distances from there.
 */
#include "formats/yaml/internal.h"

bool mrl_y_at_end(const struct mrl_y *y) {
    if (y->p >= y->end)
        return true;
    if (y->p != y->line || (mrl_y_at(y, 0) != '-' && mrl_y_at(y, 0) != '.') || y->end - y->p < 3)
        return false;
    return y->p[1] == y->p[0] && y->p[2] == y->p[0] && mrl_y_blank(mrl_y_at(y, 3));
}

void mrl_y_newline(struct mrl_y *y) {
    if (mrl_y_at(y, 0) == '\r' && mrl_y_at(y, 1) == '\n')
        y->p++;
    y->p++;
    y->line = y->p;
}

/* \r alone counts, too, as in YAML 1.1. */
static bool is_newline(char c) {
    return c == '\n' || c == '\r';
}

bool mrl_y_begins_line(const struct mrl_y *y) {
    for (const char *p = y->line; p < y->p; p++)
        if (*p != ' ' && *p != '\t')
            return false;
    return true;
}

void mrl_y_skip(struct mrl_y *y, bool *ret_crossed) {
    /* '#' begins a comment behind a blank; go-yaml reads it so behind quotes and brackets, too */
    bool blank =
        y->p == y->line ||
        (y->p > y->text.ptr && (mrl_y_blank(y->p[-1]) || strchr("\"'[]{},", y->p[-1]) != NULL));
    y->tab = NULL;
    while (y->p < y->end) {
        char c = *y->p;
        if (c == ' ' || c == '\t') {
            if (c == '\t' && y->tab == NULL && (*ret_crossed || y->p == y->line))
                y->tab = y->p;
            blank = true;
            y->p++;
        } else if (is_newline(c)) {
            mrl_y_newline(y);
            *ret_crossed = true;
            y->tab = NULL;
            blank = true;
        } else if (c == '#' && blank) {
            while (y->p < y->end && !is_newline(*y->p))
                y->p++;
        } else {
            break;
        }
    }
}

/* --- texts that are put together
 * -------------------------------------------------------------------- */

struct text {
    struct mrl_y *y;
    char *p;
    size_t n, cap;
    bool failed;
};

/* Appends; after a failure nothing is kept and finish() says so. */
static void add(struct text *t, const char *p, size_t n) {
    MRL_DASSERT(t->n <= t->cap);
    if (t->n + n > t->cap) {
        size_t cap = t->cap * 2 + n + 64;
        char *more = mrl_arena_regrow(t->y->arena, t->p, t->cap, cap, 1);
        if (more == NULL) {
            t->failed = true;
            t->n = 0;
            t->cap = 0;
            return;
        }
        t->p = more;
        t->cap = cap;
    }
    if (n > 0)
        memcpy(t->p + t->n, p, n);
    t->n += n;
}

static void add_newlines(struct text *t, size_t n) {
    while (n-- > 0)
        add(t, "\n", 1);
}

/* The text, or MRL_E_NOMEM. */
static mrl_status finish(const struct text *t, mrl_str *ret) {
    *ret = (mrl_str){t->p != NULL ? t->p : "", t->n};
    return t->failed ? MRL_E_NOMEM : MRL_OK;
}

/* Passes the line end at y->p and the blank lines behind it, and the blanks that begin the next
 * line. Adds what folding makes of them: a space, or the blank lines as line ends. */
static void fold(struct text *t) {
    struct mrl_y *y = t->y;
    size_t blank = 0;
    mrl_y_newline(y);
    for (;;) {
        while (y->p < y->end && (mrl_y_at(y, 0) == ' ' || mrl_y_at(y, 0) == '\t'))
            y->p++;
        if (y->p >= y->end || !is_newline(*y->p))
            break;
        mrl_y_newline(y);
        blank++;
    }
    if (blank > 0)
        add_newlines(t, blank);
    else
        add(t, " ", 1);
}

/* --- quoted
 * ----------------------------------------------------------------------------------------- */

static void add_code_point(struct text *t, uint32_t c) {
    MRL_DASSERT(c <= 0x10FFFF);
    char b[4];
    if (c < 0x80) {
        b[0] = (char)c;
        add(t, b, 1);
    } else if (c < 0x800) {
        b[0] = (char)(0xC0 | (c >> 6));
        b[1] = (char)(0x80 | (c & 63));
        add(t, b, 2);
    } else if (c < 0x10000) {
        b[0] = (char)(0xE0 | (c >> 12));
        b[1] = (char)(0x80 | ((c >> 6) & 63));
        b[2] = (char)(0x80 | (c & 63));
        add(t, b, 3);
    } else {
        b[0] = (char)(0xF0 | (c >> 18));
        b[1] = (char)(0x80 | ((c >> 12) & 63));
        b[2] = (char)(0x80 | ((c >> 6) & 63));
        b[3] = (char)(0x80 | (c & 63));
        add(t, b, 4);
    }
}

/* \xXX, \uXXXX, \UXXXXXXXX: behind the letter. */
static mrl_status hex_escape(struct text *t, int digits) {
    struct mrl_y *y = t->y;
    uint32_t c = 0;
    for (int i = 0; i < digits; i++) {
        char d = mrl_y_at(y, 0);
        uint32_t v = d >= '0' && d <= '9'                 ? (uint32_t)(d - '0')
                     : (d | 32) >= 'a' && (d | 32) <= 'f' ? (uint32_t)((d | 32) - 'a' + 10)
                                                          : 16;
        if (v == 16)
            return mrl_y_fail(y, MRL_E_SYNTAX, "expected %d hexadecimal digits", digits);
        c = c * 16 + v;
        y->p++;
    }
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000))
        return mrl_y_fail(y, MRL_E_SYNTAX, "this escape is no Unicode character");
    add_code_point(t, c);
    return MRL_OK;
}

/* One escape of a double-quoted scalar, at its backslash. */
static mrl_status escape(struct text *t) {
    static const char names[] = "0abtnvfre \"/\\N_LP\t";
    static const uint16_t values[] = {0,   7,   8,   9,    10,   11,   12,     13,     27,
                                      ' ', '"', '/', '\\', 0x85, 0xA0, 0x2028, 0x2029, 9};
    struct mrl_y *y = t->y;
    char c = mrl_y_at(y, 1);
    y->p += 2;
    if (c == 'x' || c == 'u' || c == 'U')
        return hex_escape(t, c == 'x' ? 2 : c == 'u' ? 4 : 8);
    if (is_newline(c)) { /* the line goes on without a space */
        y->p--;
        size_t before = t->n;
        fold(t);
        if (t->n == before + 1 && t->p[before] == ' ')
            t->n = before;
        return MRL_OK;
    }
    const char *at = c != '\0' ? strchr(names, c) : NULL;
    if (at == NULL)
        return mrl_y_fail_at(y, y->p - 2, MRL_E_SYNTAX, "unknown escape in a quoted scalar");
    add_code_point(t, values[at - names]);
    return MRL_OK;
}

/* The rest of a quoted scalar from the first byte on that needs work. */
static mrl_status quoted_rest(struct text *t, char quote, bool *ret_multi) {
    struct mrl_y *y = t->y;
    for (;;) {
        const char *from = y->p;
        while (y->p < y->end && mrl_y_at(y, 0) != quote && !is_newline(*y->p) &&
               !(quote == '"' && mrl_y_at(y, 0) == '\\'))
            y->p++;
        add(t, from, (size_t)(y->p - from));
        if (y->p >= y->end || mrl_y_at_end(y))
            return mrl_y_fail(y, MRL_E_SYNTAX, "a quoted scalar does not end");
        if (mrl_y_at(y, 0) == quote && quote == '\'' && mrl_y_at(y, 1) == '\'') {
            add(t, "'", 1);
            y->p += 2;
        } else if (mrl_y_at(y, 0) == quote) {
            y->p++;
            return MRL_OK;
        } else if (mrl_y_at(y, 0) == '\\') {
            *ret_multi |= is_newline(mrl_y_at(y, 1));
            MRL_TRY(escape(t));
        } else {
            while (t->n > 0 && y->p > from && (t->p[t->n - 1] == ' ' || t->p[t->n - 1] == '\t') &&
                   (size_t)(y->p - from) > 0) {
                t->n--;
                from++;
            }
            *ret_multi = true;
            fold(t);
            if (mrl_y_at_end(y))
                return mrl_y_fail(y, MRL_E_SYNTAX, "a quoted scalar does not end");
        }
    }
}

mrl_status mrl_y_quoted(struct mrl_y *y, mrl_str *ret, bool *ret_multi) {
    char quote = *y->p++;
    const char *from = y->p;
    *ret_multi = false;
    while (y->p < y->end && mrl_y_at(y, 0) != quote && mrl_y_at(y, 0) != '\\' && !is_newline(*y->p))
        y->p++;
    bool simple =
        y->p < y->end && mrl_y_at(y, 0) == quote && !(quote == '\'' && mrl_y_at(y, 1) == '\'');
    if (simple) {
        *ret = (mrl_str){from, (size_t)(y->p - from)};
        y->p++;
        return MRL_OK;
    }
    struct text t = {.y = y};
    y->p = from;
    MRL_TRY(quoted_rest(&t, quote, ret_multi));
    return finish(&t, ret);
}

/* --- plain
 * ------------------------------------------------------------------------------------------ */

/* What ends a plain scalar between brackets. */
static bool flow_indicator(char c) {
    return c == ',' || c == '[' || c == ']' || c == '{' || c == '}';
}

bool mrl_y_starts_plain(const struct mrl_y *y, bool flow) {
    char c = mrl_y_at(y, 0), next = mrl_y_at(y, 1);
    if (flow && c == '?') /* inside brackets always an indicator, as in go-yaml */
        return false;
    if (c == '-' || c == '?' || c == ':')
        return !mrl_y_blank(next) && !(flow && c == ':' && flow_indicator(next));
    return strchr(",[]{}#&*!|>'\"%@`", c) == NULL;
}

bool mrl_y_is_colon(const struct mrl_y *y, bool flow) {
    char next = mrl_y_at(y, 1);
    return y->p < y->end && mrl_y_at(y, 0) == ':' &&
           (mrl_y_blank(next) || (flow && flow_indicator(next)));
}

/* The part of a plain scalar on the present line, without trailing blanks. Inside brackets, too,
 * only a blank behind ':' makes it a key: [a:, b] is what Kubernetes reads, {"a:": null} is not. */
static mrl_str plain_line(struct mrl_y *y, bool flow) {
    const char *from = y->p, *last = y->p;
    while (y->p < y->end) {
        char c = *y->p;
        if (is_newline(c) || (c == '#' && y->p > from && (y->p[-1] == ' ' || y->p[-1] == '\t')))
            break;
        if ((c == ':' && mrl_y_blank(mrl_y_at(y, 1))) || (flow && flow_indicator(c)))
            break;
        y->p++;
        if (c != ' ' && c != '\t')
            last = y->p;
    }
    y->p = last;
    return (mrl_str){from, (size_t)(last - from)};
}

/* Moves to the next line of a plain scalar when there is one: adds the fold and returns true. */
static bool plain_goes_on(struct mrl_y *y, struct text *t, int indent, bool flow) {
    struct mrl_y before = *y;
    size_t n = t->n;
    while (y->p < y->end && (mrl_y_at(y, 0) == ' ' || mrl_y_at(y, 0) == '\t'))
        y->p++;
    if (y->p < y->end && is_newline(*y->p)) {
        fold(t);
        bool stops = mrl_y_at_end(y) || mrl_y_at(y, 0) == '#' ||
                     (!flow && mrl_y_col(y) <= indent) || (flow && flow_indicator(*y->p)) ||
                     mrl_y_is_colon(y, flow);
        if (!stops)
            return true;
    }
    y->p = before.p;
    y->line = before.line;
    t->n = n;
    return false;
}

mrl_status mrl_y_plain(struct mrl_y *y, int indent, bool flow, mrl_str *ret, bool *ret_multi) {
    *ret = plain_line(y, flow);
    *ret_multi = false;
    if (y->p < y->end && (mrl_y_at(y, 0) == ':' || (flow && flow_indicator(*y->p))))
        return MRL_OK;
    struct text t = {.y = y};
    add(&t, NULL, 0);
    mrl_str first = *ret;
    while (plain_goes_on(y, &t, indent, flow)) {
        if (!*ret_multi) { /* put the first line before the fold that was just added */
            struct text whole = {.y = y};
            add(&whole, first.ptr, first.len);
            add(&whole, t.p, t.n);
            t = whole;
        }
        *ret_multi = true;
        mrl_str line = plain_line(y, flow);
        add(&t, line.ptr, line.len);
    }
    return *ret_multi ? finish(&t, ret) : MRL_OK;
}

/* --- block scalars
 * ---------------------------------------------------------------------------------- */

struct header {
    bool folded;
    char chomp; /* 0 clip, '-' strip, '+' keep */
    int indent; /* content column, or -1: found by looking */
};

static mrl_status block_header(struct mrl_y *y, int parent, struct header *h) {
    *h = (struct header){.folded = mrl_y_at(y, 0) == '>', .indent = -1};
    y->p++;
    for (int i = 0; i < 2; i++) {
        char c = mrl_y_at(y, 0);
        if (c == '-' || c == '+')
            h->chomp = c;
        else if (c >= '1' && c <= '9')
            h->indent = (parent < 0 ? 0 : parent) + (c - '0');
        else
            break;
        y->p++;
    }
    const char *from = y->p;
    while (y->p < y->end && (mrl_y_at(y, 0) == ' ' || mrl_y_at(y, 0) == '\t'))
        y->p++;
    if (y->p < y->end && mrl_y_at(y, 0) == '#' && y->p > from)
        while (y->p < y->end && !is_newline(*y->p))
            y->p++;
    if (y->p < y->end && !is_newline(*y->p))
        return mrl_y_fail(y, MRL_E_SYNTAX, "unexpected text behind '|' or '>'");
    return MRL_OK;
}

/* The column of the content: of the first line that is not blank, or of a longer blank line before
 * it (then the content stands too far left, and the scalar ends there: as go-yaml has it). A tab is
 * content where the indentation may end, and an error before. */
static mrl_status content_column(struct mrl_y *y, int parent, int *ret) {
    int longest = parent + 1;
    for (const char *p = y->p; p < y->end;) {
        int col = 0;
        while (p < y->end && *p == ' ') {
            p++;
            col++;
        }
        if (p < y->end && *p == '\t' && col <= parent)
            return mrl_y_fail_at(y, p, MRL_E_SYNTAX, "a tab cannot indent YAML: use spaces");
        longest = col > longest ? col : longest;
        if (p < y->end && !is_newline(*p))
            break;
        while (p < y->end && !is_newline(*p))
            p++;
        if (p < y->end)
            p += *p == '\r' && p + 1 < y->end && p[1] == '\n' ? 2 : 1;
    }
    *ret = longest;
    return MRL_OK;
}

/* Adds the line ends that stand between two content lines. */
static void add_breaks(struct text *t, const struct header *h, size_t breaks, bool first,
                       bool was_deeper, bool deeper) {
    if (first) {
        add_newlines(t, breaks - 1);
    } else if (!h->folded || was_deeper || deeper) {
        add_newlines(t, breaks);
    } else if (breaks == 1) {
        add(t, " ", 1);
    } else {
        add_newlines(t, breaks - 1);
    }
}

mrl_status mrl_y_block(struct mrl_y *y, int parent, mrl_str *ret) {
    struct header h;
    struct text t = {.y = y};
    MRL_TRY(block_header(y, parent, &h));
    size_t breaks = 0;
    bool first = true, was_deeper = false;
    y->last = y->p;
    if (y->p < y->end) {
        mrl_y_newline(y);
        breaks = 1;
    }
    int column = h.indent;
    if (column < 0)
        MRL_TRY(content_column(y, parent, &column));
    while (y->p < y->end && !mrl_y_at_end(y)) {
        const char *start = y->p;
        while (y->p < y->end && mrl_y_at(y, 0) == ' ' && mrl_y_col(y) < column)
            y->p++;
        bool blank = y->p >= y->end || is_newline(*y->p);
        if (mrl_y_at(y, 0) == '\t' && mrl_y_col(y) < column)
            return mrl_y_fail(y, MRL_E_SYNTAX, "a tab cannot indent YAML: use spaces");
        if (!blank && mrl_y_col(y) < column) {
            y->p = start;
            break;
        }
        const char *from = y->p;
        while (y->p < y->end && !is_newline(*y->p))
            y->p++;
        if (!blank) {
            bool deeper = *from == ' ' || *from == '\t';
            add_breaks(&t, &h, breaks, first, was_deeper, deeper);
            add(&t, from, (size_t)(y->p - from));
            was_deeper = deeper;
            first = false;
            breaks = 0;
            y->last = y->p;
        }
        if (y->p < y->end) {
            mrl_y_newline(y);
            breaks++;
        }
    }
    if (h.chomp == '+')
        add_newlines(&t, first && breaks > 0 ? breaks - 1 : breaks);
    else if (h.chomp == 0 && !first && breaks > 0)
        add_newlines(&t, 1);
    return finish(&t, ret);
}
