/* regex_parse.c - pattern to tree, with Go's error texts.
 *
 * Recursive descent: alternatives of sequences of repeated atoms. The pattern may be hostile, so
 * depth, length and the product of counts have ceilings. An error quotes the part of the pattern
 * that Go quotes, which is why so many functions are given the place where something began.
 */
#include "engines/match/regex_internal.h"

#include "base/utf8.h"
#include "base/vec.h"

struct flags {
    bool fold, multi, dot_all, swap; /* i, m, s, U */
};

struct parser {
    mrl_arena *a;
    mrl_str in;
    size_t at;
    struct flags f;
    struct mrl_err *err;
    struct mrl_rparsed *out;
    uint32_t cap_groups, depth;
};

static mrl_status alternatives(struct parser *p, struct mrl_rnode **ret);

/* "error parsing regexp: <what>: `<part>`" */
static mrl_status bad(struct parser *p, const char *what, size_t from, size_t to) {
    mrl_str part = mrl_str_sub(p->in, from, to);
    return mrl_err_set(p->err, MRL_E_SYNTAX, "regex.syntax", "error parsing regexp: %s: `%.*s`",
                       what, MRL_F(part));
}

static bool more(const struct parser *p) {
    return p->at < p->in.len;
}

static char peek(const struct parser *p) {
    return more(p) ? p->in.ptr[p->at] : '\0';
}

static bool starts(const struct parser *p, mrl_str s) {
    return mrl_str_starts(mrl_str_sub(p->in, p->at, p->in.len), s);
}

/* The next character; the pattern is valid UTF-8 by now. */
static uint32_t take(struct parser *p) {
    MRL_DASSERT(p->at < p->in.len);
    size_t width = 0;
    uint32_t c = mrl_utf8_at(p->in, p->at, &width);
    p->at += width;
    return c;
}

/* NULL without memory. */
static struct mrl_rnode *new_node(struct parser *p, enum mrl_node_kind kind) {
    struct mrl_rnode *n = MRL_ARENA_NEW(p->a, struct mrl_rnode);
    if (n != NULL)
        n->kind = kind;
    return n;
}

static mrl_status assertion(struct parser *p, enum mrl_assert at, struct mrl_rnode **ret) {
    *ret = new_node(p, MRL_RN_ASSERT);
    MRL_CHECK(*ret != NULL, MRL_E_NOMEM);
    (*ret)->at = at;
    return MRL_OK;
}

/* The node of a finished class. */
static mrl_status of_class(struct parser *p, struct mrl_class_builder *b, bool negated,
                           struct mrl_rnode **ret) {
    *ret = new_node(p, MRL_RN_CLASS);
    MRL_CHECK(*ret != NULL, MRL_E_NOMEM);
    (*ret)->set = mrl_class_end(b, negated);
    return (*ret)->set != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* One character; under (?i) a class of several. */
static mrl_status literal(struct parser *p, uint32_t c, struct mrl_rnode **ret) {
    struct mrl_class_builder b = {.a = p->a};
    mrl_class_add(&b, c, c, p->f.fold);
    MRL_TRY(of_class(p, &b, false, ret));
    (*ret)->literal = (*ret)->set->n == 1 && (*ret)->set->ranges[0].lo == (*ret)->set->ranges[0].hi;
    return MRL_OK;
}

/* --- escapes --------------------------------------------------------------------------------- */

static int hex_digit(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* \xFF, \x{10FFFF}: behind the x. False when it is none. */
static bool hexadecimal(struct parser *p, uint32_t *ret) {
    uint32_t v = 0;
    bool braces = peek(p) == '{';
    size_t digits = 0;
    p->at += braces;
    for (; more(p) && hex_digit(peek(p)) >= 0 && (braces || digits < 2); digits++, p->at++) {
        v = v * 16 + (uint32_t)hex_digit(peek(p));
        if (v > MRL_RUNE_MAX)
            return false;
    }
    if (digits == 0 || (!braces && digits < 2) || (braces && peek(p) != '}'))
        return false;
    p->at += braces;
    *ret = v;
    return true;
}

/* \0, \12, \123: behind the first digit. False for what would be a reference to a group. */
static bool octal(struct parser *p, char first, uint32_t *ret) {
    if (first != '0' && !(peek(p) >= '0' && peek(p) <= '7'))
        return false; /* \1 is a reference to a group: not in RE2 */
    uint32_t v = (uint32_t)(first - '0');
    for (int i = 0; i < 2 && peek(p) >= '0' && peek(p) <= '7'; i++, p->at++)
        v = v * 8 + (uint32_t)(peek(p) - '0');
    *ret = v;
    return true;
}

/* A character behind a backslash at `from`. */
static mrl_status escaped(struct parser *p, size_t from, uint32_t *ret) {
    static const char letters[] = "afnrtv", values[] = "\a\f\n\r\t\v";
    if (!more(p))
        return mrl_err_set(p->err, MRL_E_SYNTAX, "regex.syntax",
                           "error parsing regexp: trailing backslash at end of expression: ``");
    uint32_t c = take(p);
    const char *letter = c < 128 && c != 0 ? strchr(letters, (int)c) : NULL;
    bool ok = true;
    if (letter != NULL)
        *ret = (uint32_t)values[letter - letters];
    else if (c == 'x')
        ok = hexadecimal(p, ret);
    else if (c >= '0' && c <= '7')
        ok = octal(p, (char)c, ret);
    else if (c < 128 && !(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z') &&
             !(c >= 'A' && c <= 'Z'))
        *ret = c;
    else
        ok = false;
    return ok ? MRL_OK : bad(p, "invalid escape sequence", from, p->at);
}

/* \d \D \s \S \w \W \pL \p{Nd} \P{^L} at a backslash. *ret_done: it was one. */
static mrl_status class_escape(struct parser *p, struct mrl_class_builder *b, bool *ret_done) {
    size_t from = p->at;
    *ret_done = false;
    if (p->at + 1 >= p->in.len)
        return MRL_OK;
    char c = p->in.ptr[p->at + 1];
    struct mrl_class_builder named = {.a = p->a};
    bool negated = c >= 'A' && c <= 'Z';
    if (c != '\0' && strchr("dDsSwW", c) != NULL) {
        p->at += 2;
        (void)mrl_class_add_perl(&named, (char)(c | 0x20), p->f.fold);
    } else if (c == 'p' || c == 'P') {
        p->at += 2;
        mrl_str rest = mrl_str_sub(p->in, p->at, p->in.len), name = mrl_str_sub(rest, 0, 1);
        if (rest.len == 0)
            return bad(p, "invalid character class range", from, p->at);
        if (name.ptr[0] == '{') {
            size_t end = mrl_str_find(rest, MRL_S("}"), 0);
            if (end == MRL_STR_NPOS)
                return bad(p, "invalid character class range", from, p->in.len);
            name = mrl_str_sub(rest, 1, end);
            p->at += end + 1;
        } else {
            p->at++;
        }
        if (mrl_str_starts(name, MRL_S("^"))) {
            negated = !negated;
            name = mrl_str_sub(name, 1, name.len);
        }
        if (!mrl_class_add_category(&named, name) && !mrl_class_add_script(&named, name))
            return bad(p, "invalid character class range", from, p->at);
    } else {
        return MRL_OK;
    }
    *ret_done = true;
    if (negated) {
        mrl_class_add_negated(b, &named);
        return MRL_OK;
    }
    for (uint32_t i = 0; i < named.n; i++)
        mrl_class_add(b, named.ranges[i].lo, named.ranges[i].hi, false);
    b->failed |= named.failed;
    return MRL_OK;
}

/* --- [classes] ------------------------------------------------------------------------------- */

/* [:alpha:] or [:^alpha:] at the bracket. */
static mrl_status posix_class(struct parser *p, struct mrl_class_builder *b, bool *ret_done) {
    size_t end = mrl_str_find(p->in, MRL_S(":]"), p->at + 2);
    *ret_done = false;
    if (!starts(p, MRL_S("[:")) || end == MRL_STR_NPOS)
        return MRL_OK;
    mrl_str name = mrl_str_sub(p->in, p->at + 2, end);
    bool negated = mrl_str_starts(name, MRL_S("^"));
    struct mrl_class_builder named = {.a = p->a};
    if (!mrl_class_add_posix(&named, mrl_str_sub(name, negated, name.len), p->f.fold))
        return bad(p, "invalid character class range", p->at, end + 2);
    if (negated) {
        mrl_class_add_negated(b, &named);
    } else {
        b->failed |= named.failed;
        for (uint32_t i = 0; i < named.n; i++)
            mrl_class_add(b, named.ranges[i].lo, named.ranges[i].hi, false);
    }
    p->at = end + 2;
    *ret_done = true;
    return MRL_OK;
}

/* A character in brackets, escaped or not. */
static mrl_status class_char(struct parser *p, size_t from, uint32_t *ret) {
    if (!more(p))
        return bad(p, "missing closing ]", from, p->in.len);
    if (peek(p) != '\\') {
        *ret = take(p);
        return MRL_OK;
    }
    size_t begin = p->at++;
    return escaped(p, begin, ret);
}

/* One item in brackets: a named class, a character or a range. */
static mrl_status class_item(struct parser *p, struct mrl_class_builder *b, size_t from) {
    bool done = false;
    if (peek(p) == '[')
        MRL_TRY(posix_class(p, b, &done));
    if (!done && peek(p) == '\\')
        MRL_TRY(class_escape(p, b, &done));
    if (done)
        return MRL_OK;
    size_t begin = p->at;
    uint32_t lo = 0, hi = 0;
    MRL_TRY(class_char(p, from, &lo));
    hi = lo;
    if (p->at + 1 < p->in.len && peek(p) == '-' && p->in.ptr[p->at + 1] != ']') {
        p->at++;
        MRL_TRY(class_char(p, from, &hi));
        if (hi < lo)
            return bad(p, "invalid character class range", begin, p->at);
    }
    mrl_class_add(b, lo, hi, p->f.fold);
    return MRL_OK;
}

/* [...]: a closing bracket in the first place is a character. */
static mrl_status bracket(struct parser *p, struct mrl_rnode **ret) {
    MRL_DASSERT(peek(p) == '[');
    size_t from = p->at++;
    struct mrl_class_builder b = {.a = p->a};
    bool negated = peek(p) == '^', first = true;
    p->at += negated;
    for (; more(p) && (peek(p) != ']' || first); first = false) {
        if (peek(p) == '-' && !first && p->at + 1 < p->in.len && p->in.ptr[p->at + 1] != ']') {
            size_t width = 0;
            (void)mrl_utf8_at(p->in, p->at + 1, &width);
            return bad(p, "invalid character class range", p->at, p->at + 1 + width);
        }
        MRL_TRY(class_item(p, &b, from));
    }
    if (!more(p))
        return bad(p, "missing closing ]", from, p->in.len);
    p->at++;
    return of_class(p, &b, negated, ret);
}

/* --- groups ---------------------------------------------------------------------------------- */

/* The number of a new group; its name, if any, must be new. */
static mrl_status new_group(struct parser *p, mrl_str name, uint32_t *ret) {
    struct mrl_rparsed *o = p->out;
    for (uint32_t i = 1; name.len > 0 && i < o->groups; i++)
        if (mrl_str_eq(o->names[i], name))
            return mrl_err_set(p->err, MRL_E_SYNTAX, "regex.syntax",
                               "error parsing regexp: duplicate capture group name: `%.*s`",
                               MRL_F(name));
    MRL_TRY(MRL_VEC_ROOM(p->a, o->names, o->groups, p->cap_groups));
    o->names[o->groups] = (mrl_str){NULL, 0};
    if (name.len > 0)
        o->names[o->groups] = mrl_arena_str(p->a, name);
    *ret = o->groups++;
    return MRL_OK;
}

static bool is_name(mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
              c == '_'))
            return false;
    }
    return s.len > 0;
}

/* (?P<name> and (?<name>, at the bracket; p->at is moved behind the '>'. */
static mrl_status named(struct parser *p, size_t from, size_t begin, uint32_t *ret) {
    size_t end = mrl_str_find(p->in, MRL_S(">"), begin);
    if (end == MRL_STR_NPOS)
        return bad(p, "invalid named capture", from, p->in.len);
    mrl_str name = mrl_str_sub(p->in, begin, end);
    if (!is_name(name))
        return bad(p, "invalid named capture", from, end + 1);
    p->at = end + 1;
    return new_group(p, name, ret);
}

/* (?i-s) and (?i:…: sets p->f. *ret_group: a group follows. */
static mrl_status read_flags(struct parser *p, size_t from, bool *ret_group) {
    bool on = true, any = false;
    struct flags f = p->f;
    p->at += 2;
    while (more(p)) {
        uint32_t c = take(p);
        bool *flag = c == 'i' ? &f.fold : c == 'm' ? &f.multi : c == 's' ? &f.dot_all : NULL;
        if (c == 'U')
            flag = &f.swap;
        if (flag != NULL) {
            *flag = on;
            any = true;
        } else if (c == '-' && on) {
            on = any = false;
        } else if ((c == ':' || c == ')') && (on || any)) {
            p->f = f;
            *ret_group = c == ':';
            return MRL_OK;
        } else {
            return bad(p, "invalid or unsupported Perl syntax", from, p->at);
        }
    }
    return bad(p, "missing closing )", 0, p->in.len);
}

/* At an opening bracket. *ret stays NULL for flags that are no group. */
static mrl_status group(struct parser *p, struct mrl_rnode **ret) {
    size_t from = p->at;
    struct flags before = p->f;
    uint32_t number = 0;
    bool is_group = true;
    if (starts(p, MRL_S("(?P<")))
        MRL_TRY(named(p, from, from + 4, &number));
    else if (starts(p, MRL_S("(?<")) && !starts(p, MRL_S("(?<=")) && !starts(p, MRL_S("(?<!")))
        MRL_TRY(named(p, from, from + 3, &number));
    else if (starts(p, MRL_S("(?")))
        MRL_TRY(read_flags(p, from, &is_group));
    else {
        p->at++;
        MRL_TRY(new_group(p, (mrl_str){NULL, 0}, &number));
    }
    if (!is_group)
        return MRL_OK;
    if (++p->depth > MRL_REGEX_DEPTH_MAX)
        return bad(p, "expression nests too deeply", 0, p->in.len);
    struct mrl_rnode *inner = NULL;
    MRL_TRY(alternatives(p, &inner));
    if (!more(p))
        return bad(p, "missing closing )", 0, p->in.len);
    p->at++;
    p->depth--;
    p->f = before;
    if (number == 0) {
        *ret = inner;
        return MRL_OK;
    }
    *ret = new_node(p, MRL_RN_GROUP);
    MRL_CHECK(*ret != NULL, MRL_E_NOMEM);
    (*ret)->group = number;
    (*ret)->kid = inner;
    return MRL_OK;
}

/* --- atoms and repetition ----------------------------------------------------------------------
 */

/* What a backslash begins outside of brackets: an assertion, a class or a character. */
static mrl_status backslash(struct parser *p, struct mrl_rnode **ret) {
    size_t from = p->at;
    struct mrl_class_builder b = {.a = p->a};
    bool done = false;
    uint32_t c = 0;
    char next = p->at + 1 < p->in.len ? p->in.ptr[p->at + 1] : '\0';
    static const char letters[] = "AzbB";
    static const enum mrl_assert asserts[] = {MRL_AT_TEXT_BEGIN, MRL_AT_TEXT_END, MRL_AT_WORD,
                                              MRL_AT_NO_WORD};
    const char *letter = next != '\0' ? strchr(letters, next) : NULL;
    if (letter != NULL) {
        p->at += 2;
        return assertion(p, asserts[letter - letters], ret);
    }
    MRL_TRY(class_escape(p, &b, &done));
    if (done)
        return of_class(p, &b, false, ret);
    p->at++;
    MRL_TRY(escaped(p, from, &c));
    return literal(p, c, ret);
}

/* Any character; line breaks only under (?s). */
static mrl_status dot(struct parser *p, struct mrl_rnode **ret) {
    struct mrl_class_builder b = {.a = p->a};
    p->at++;
    if (p->f.dot_all) {
        mrl_class_add(&b, 0, MRL_RUNE_MAX, false);
    } else {
        mrl_class_add(&b, 0, '\n' - 1, false);
        mrl_class_add(&b, '\n' + 1, MRL_RUNE_MAX, false);
    }
    return of_class(p, &b, false, ret);
}

static mrl_status atom(struct parser *p, struct mrl_rnode **ret) {
    switch (peek(p)) {
    case '(':
        return group(p, ret);
    case '[':
        return bracket(p, ret);
    case '.':
        return dot(p, ret);
    case '^':
        p->at++;
        return assertion(p, p->f.multi ? MRL_AT_LINE_BEGIN : MRL_AT_TEXT_BEGIN, ret);
    case '$':
        p->at++;
        return assertion(p, p->f.multi ? MRL_AT_LINE_END : MRL_AT_TEXT_END, ret);
    case '\\':
        return backslash(p, ret);
    case '\0':
    default:
        return literal(p, take(p), ret);
    }
}

/* A count; large ones stop growing above the ceiling, so that they cannot wrap. */
static bool number(struct parser *p, uint32_t *ret) {
    size_t from = p->at;
    uint32_t v = 0;
    for (; more(p) && peek(p) >= '0' && peek(p) <= '9'; p->at++)
        if (v <= MRL_REGEX_REPEAT_MAX)
            v = v * 10 + (uint32_t)(peek(p) - '0');
    if (p->at == from || (p->at > from + 1 && p->in.ptr[from] == '0'))
        return false;
    *ret = v;
    return true;
}

/* {n}, {n,}, {n,m} at the brace; false (p->at unmoved) when the brace is a character. */
static bool counts(struct parser *p, uint32_t *min, uint32_t *max) {
    size_t from = p->at++;
    bool ok = number(p, min);
    *max = *min;
    if (ok && peek(p) == ',') {
        p->at++;
        *max = UINT32_MAX;
        if (peek(p) != '}')
            ok = number(p, max);
    }
    if (!ok || peek(p) != '}') {
        p->at = from;
        return false;
    }
    p->at++;
    return true;
}

/* A repetition operator at p->at. */
static bool operator_at(struct parser *p, uint32_t *min, uint32_t *max) {
    char c = peek(p);
    if (c == '{')
        return counts(p, min, max);
    if (c != '*' && c != '+' && c != '?')
        return false;
    *min = c == '+';
    *max = c == '?' ? 1 : UINT32_MAX;
    p->at++;
    return true;
}

/* The product of the counts of repetitions inside each other: Go refuses more than 1000. */
static uint64_t weight(const struct mrl_rnode *n, unsigned depth) {
    uint64_t most = 1;
    if (depth > 2 * MRL_REGEX_DEPTH_MAX)
        return most;
    for (const struct mrl_rnode *k = n->kid; k != NULL; k = k->next) {
        uint64_t w = weight(k, depth + 1);
        most = w > most ? w : most;
    }
    uint32_t times = n->kind != MRL_RN_REPEAT ? 1
                     : n->max != UINT32_MAX   ? n->max
                     : n->min > 0             ? n->min
                                              : 1;
    return most * (times > 0 ? times : 1);
}

/* Wraps *io when a repetition follows; two in a row are an error in RE2. */
static mrl_status repetition(struct parser *p, struct mrl_rnode **io) {
    uint32_t min = 0, max = 0;
    size_t from = p->at;
    if (!operator_at(p, &min, &max))
        return MRL_OK;
    if (min > MRL_REGEX_REPEAT_MAX ||
        (max != UINT32_MAX && (max > MRL_REGEX_REPEAT_MAX || max < min)))
        return bad(p, "invalid repeat count", from, p->at);
    if (*io == NULL)
        return bad(p, "missing argument to repetition operator", from, p->at);
    struct mrl_rnode *n = new_node(p, MRL_RN_REPEAT);
    MRL_CHECK(n != NULL, MRL_E_NOMEM);
    bool lazy = peek(p) == '?';
    p->at += lazy;
    *n = (struct mrl_rnode){
        .kind = MRL_RN_REPEAT, .kid = *io, .min = min, .max = max, .greedy = lazy == p->f.swap};
    n->kid->next = NULL;
    if (weight(n, 0) > MRL_REGEX_REPEAT_MAX)
        return bad(p, "invalid repeat count", from, p->at);
    *io = n;
    size_t again = p->at;
    if (operator_at(p, &min, &max)) {
        p->at += peek(p) == '?';
        return bad(p, "invalid nested repetition operator", from, p->at);
    }
    p->at = again;
    return MRL_OK;
}

/* --- sequences ------------------------------------------------------------------------------- */

struct sequence {
    struct mrl_rnode *first, *last;
};

static void append(struct sequence *s, struct mrl_rnode *n) {
    MRL_DASSERT(n != NULL && n->next == NULL);
    if (s->last != NULL)
        s->last->next = n;
    else
        s->first = n;
    s->last = n;
}

/* \Q…\E: characters as they are. */
static mrl_status quoted(struct parser *p, struct sequence *s) {
    for (p->at += 2; more(p) && !starts(p, MRL_S("\\E"));) {
        struct mrl_rnode *n = NULL;
        MRL_TRY(literal(p, take(p), &n));
        if (!more(p) || starts(p, MRL_S("\\E"))) {
            p->at += more(p) ? 2 : 0;
            MRL_TRY(repetition(p, &n));
            append(s, n);
            return MRL_OK;
        }
        append(s, n);
    }
    p->at += more(p) ? 2 : 0;
    return MRL_OK;
}

/* Atoms one behind the other, up to | or ). */
static mrl_status sequence(struct parser *p, struct mrl_rnode **ret) {
    struct sequence s = {NULL, NULL};
    while (more(p) && peek(p) != '|' && peek(p) != ')') {
        struct mrl_rnode *n = NULL;
        if (starts(p, MRL_S("\\Q"))) {
            MRL_TRY(quoted(p, &s));
            continue;
        }
        size_t from = p->at;
        char c = peek(p);
        if (c == '*' || c == '+' || c == '?') {
            p->at++;
            p->at += peek(p) == '?';
            return bad(p, "missing argument to repetition operator", from, p->at);
        }
        MRL_TRY(atom(p, &n));
        MRL_TRY(repetition(p, &n));
        if (n != NULL)
            append(&s, n);
    }
    if (s.first != NULL && s.first == s.last) {
        *ret = s.first;
        return MRL_OK;
    }
    *ret = new_node(p, s.first != NULL ? MRL_RN_CAT : MRL_RN_EMPTY);
    MRL_CHECK(*ret != NULL, MRL_E_NOMEM);
    (*ret)->kid = s.first;
    return MRL_OK;
}

/* Sequences divided by |; one alone is itself. */
static mrl_status alternatives(struct parser *p, struct mrl_rnode **ret) {
    struct sequence s = {NULL, NULL};
    for (;;) {
        struct mrl_rnode *n = NULL;
        MRL_TRY(sequence(p, &n));
        append(&s, n);
        if (peek(p) != '|' || !more(p))
            break;
        p->at++;
    }
    if (s.first == s.last) {
        *ret = s.first;
        return MRL_OK;
    }
    *ret = new_node(p, MRL_RN_ALT);
    MRL_CHECK(*ret != NULL, MRL_E_NOMEM);
    (*ret)->kid = s.first;
    return MRL_OK;
}

mrl_status mrl_regex_parse(mrl_arena *a, mrl_str pattern, struct mrl_err *err,
                           struct mrl_rparsed *ret) {
    struct parser p = {.a = a, .in = pattern, .err = err, .out = ret, .cap_groups = 4};
    if (pattern.len > MRL_REGEX_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "regex.limit",
                           "error parsing regexp: expression too large: more than %u bytes",
                           MRL_REGEX_BYTES_MAX);
    if (!mrl_utf8_valid(pattern))
        return mrl_err_set(err, MRL_E_SYNTAX, "regex.syntax",
                           "error parsing regexp: invalid UTF-8");
    *ret = (struct mrl_rparsed){.names = MRL_ARENA_ARRAY(a, mrl_str, p.cap_groups), .groups = 1};
    MRL_CHECK(ret->names != NULL, MRL_E_NOMEM);
    MRL_TRY(alternatives(&p, &ret->root));
    if (more(&p))
        return bad(&p, "unexpected )", 0, pattern.len);
    return MRL_OK;
}
