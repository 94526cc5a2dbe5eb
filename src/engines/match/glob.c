/* glob.c - globs to regular expressions; see glob.h.
 *
 * Translation keeps two languages apart: what is special in a regular expression is escaped, what
 * is special in a glob is rewritten, and the whole is anchored at both ends. A delimiter is a
 * character that `*` and `?` do not cross, such as the slash of paths.
 */
#include "engines/match/glob.h"

#include "base/buf.h"
#include "base/utf8.h"

#define NEST_MAX 64

struct translating {
    mrl_str glob;
    size_t at;
    struct mrl_buf out;
    mrl_str not_delimiter; /* a class: any character but the delimiters */
};

/* Appends text that a regular expression takes as it is, inside and outside of brackets. */
static void quoted(struct mrl_buf *b, mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        if (strchr("\\.+*?()|[]{}^$-", s.ptr[i]) != NULL && s.ptr[i] != '\0')
            mrl_buf_byte(b, '\\');
        mrl_buf_byte(b, s.ptr[i]);
    }
}

/* The next character, as a slice. */
static mrl_str take(struct translating *t) {
    MRL_DASSERT(t->at < t->glob.len);
    size_t width = 0;
    (void)mrl_utf8_at(t->glob, t->at, &width);
    t->at += width;
    return (mrl_str){t->glob.ptr + t->at - width, width};
}

static mrl_status bad(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, "glob.syntax", "%s", what);
}

/* [abc], [!abc], [a-z]; t->at stands behind the bracket. */
static mrl_status set(struct translating *t, struct mrl_err *err) {
    MRL_DASSERT(t->at > 0 && t->glob.ptr[t->at - 1] == '[');
    bool any = false;
    mrl_buf_byte(&t->out, '[');
    if (t->at < t->glob.len && t->glob.ptr[t->at] == '!') {
        mrl_buf_byte(&t->out, '^');
        t->at++;
    }
    while (t->at < t->glob.len && t->glob.ptr[t->at] != ']') {
        bool range = t->glob.ptr[t->at] == '-' && any && t->at + 1 < t->glob.len &&
                     t->glob.ptr[t->at + 1] != ']';
        if (t->glob.ptr[t->at] == '\\' && t->at + 1 < t->glob.len)
            t->at++;
        mrl_str c = take(t);
        if (range)
            mrl_buf_byte(&t->out, '-');
        else
            quoted(&t->out, c);
        any = true;
    }
    if (t->at >= t->glob.len || !any)
        return bad(err, any ? "unexpected end of input" : "an empty character class");
    t->at++;
    mrl_buf_byte(&t->out, ']');
    return MRL_OK;
}

/* Translates what begins here; *depth counts open braces, as a comma means "or" only in them. */
static mrl_status one(struct translating *t, unsigned *depth, struct mrl_err *err) {
    mrl_str c = take(t);
    switch (c.ptr[0]) {
    case '*':
        if (t->at < t->glob.len && t->glob.ptr[t->at] == '*') {
            while (t->at < t->glob.len && t->glob.ptr[t->at] == '*')
                t->at++;
            mrl_buf_add(&t->out, MRL_S(".*"));
        } else {
            mrl_buf_add(&t->out, t->not_delimiter);
            mrl_buf_byte(&t->out, '*');
        }
        return MRL_OK;
    case '?':
        mrl_buf_add(&t->out, t->not_delimiter);
        return MRL_OK;
    case '[':
        return set(t, err);
    case '{':
        if (++*depth > NEST_MAX)
            return bad(err, "braces are nested too deep");
        mrl_buf_add(&t->out, MRL_S("(?:"));
        return MRL_OK;
    case '}':
        if (*depth > 0) {
            --*depth;
            mrl_buf_byte(&t->out, ')');
            return MRL_OK;
        }
        break;
    case ',':
        if (*depth > 0) {
            mrl_buf_byte(&t->out, '|');
            return MRL_OK;
        }
        break;
    case '\\':
        if (t->at < t->glob.len)
            c = take(t);
        break;
    default:
        break;
    }
    quoted(&t->out, c);
    return MRL_OK;
}

mrl_status mrl_glob_compile(mrl_arena *a, mrl_str glob, mrl_str delimiters, struct mrl_err *err,
                            struct mrl_regex **ret) {
    struct translating t = {.glob = glob};
    struct mrl_buf none;
    unsigned depth = 0;
    mrl_buf_init(&none, 4096);
    mrl_buf_init(&t.out, MRL_REGEX_BYTES_MAX);
    if (delimiters.len > 0) {
        mrl_buf_add(&none, MRL_S("[^"));
        quoted(&none, delimiters);
        mrl_buf_byte(&none, ']');
    } else {
        mrl_buf_byte(&none, '.');
    }
    t.not_delimiter = mrl_buf_str(&none);
    /* (?s): a star crosses line breaks, as text is no line here. */
    mrl_buf_add(&t.out, MRL_S("(?s)\\A(?:"));
    mrl_status status = none.status;
    while (t.at < glob.len && status == MRL_OK)
        status = one(&t, &depth, err);
    mrl_buf_add(&t.out, MRL_S(")\\z"));
    if (status == MRL_OK && depth > 0)
        status = bad(err, "unexpected end of input");
    if (status == MRL_OK)
        status = t.out.status;
    mrl_str text = mrl_arena_str(a, mrl_buf_str(&t.out));
    if (status == MRL_OK)
        status = text.ptr != NULL ? mrl_regex_compile(a, text, err, ret) : MRL_E_NOMEM;
    mrl_buf_release(&none);
    mrl_buf_release(&t.out);
    return status;
}
