/* regex.c - regular expressions and globs. Compiled patterns are kept by the VM.
 *
 * Matching is linear in the text (engines/match), so no pattern can hang a query; compiling has a
 * ceiling of memory, and each search is paid from the budget by the bytes it may read. The
 * functions that find all matches share one walk, which follows Go's rules for empty matches.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/buf.h"
#include "base/utf8.h"
#include "engines/match/glob.h"

#define PATTERN_BYTES ((size_t)32 << 20) /* memory of one compiled pattern */
#define TEXT_MAX ((size_t)256 << 20)     /* bytes of one result */

struct kept { /* a pattern in the VM's cache owns its arena */
    mrl_arena arena;
    struct mrl_regex *re;
};

/* The arena lies in its own memory: a copy is released. */
static void drop(void *object) {
    mrl_arena a = ((struct kept *)object)->arena;
    mrl_arena_release(&a);
}

struct wanted {
    const char *kind; /* "regex" or "glob" */
    mrl_str key;      /* of the cache */
    mrl_str pattern, delimiters;
};

static mrl_status compile(mrl_arena *a, const struct wanted *w, struct mrl_err *err,
                          struct mrl_regex **ret) {
    return w->kind[0] == 'g' ? mrl_glob_compile(a, w->pattern, w->delimiters, err, ret)
                             : mrl_regex_compile(a, w->pattern, err, ret);
}

/* The compiled pattern, from the cache when it is there. It is valid until the next one is made. */
static mrl_status compiled(struct mrl_bi *cx, const struct wanted *w, struct mrl_regex **ret) {
    struct kept *k = mrl_bi_cache_get(cx, w->kind, w->key);
    struct mrl_err err;
    if (k != NULL) {
        *ret = k->re;
        return MRL_OK;
    }
    mrl_arena own;
    mrl_arena_init(&own, PATTERN_BYTES);
    mrl_err_init(&err);
    mrl_arena *a = cx->objects != NULL ? &own : cx->arena;
    mrl_status status = MRL_E_NOMEM;
    if ((k = MRL_ARENA_NEW(a, struct kept)) != NULL)
        status = compile(a, w, &err, &k->re);
    if (status == MRL_OK && cx->objects != NULL) {
        k->arena = own;
        status = mrl_bi_cache_put(cx, w->kind, w->key, k, drop);
    }
    if (status != MRL_OK) {
        mrl_arena_release(&own);
        return err.text[0] != '\0' ? mrl_bi_fail(cx, "%s", err.text) : status;
    }
    *ret = k->re;
    return MRL_OK;
}

/* The pattern that operand `pos` names. */
static mrl_status pattern(struct mrl_bi *cx, const mrl_val *args, int pos, struct mrl_regex **ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, pos, &s));
    return compiled(cx, &(struct wanted){"regex", s, s, {NULL, 0}}, ret);
}

/* True when some part of the text matches. */
static mrl_status is_match(struct mrl_bi *cx, const struct mrl_regex *re, mrl_str text,
                           mrl_val *ret) {
    bool found = false;
    MRL_TRY(mrl_bi_spend(cx, 1 + text.len / 16));
    MRL_TRY(mrl_regex_find(re, cx->arena, text, 0, NULL, &found));
    *ret = mrl_bool(found);
    return MRL_OK;
}

/* re_match, regex.match: true when a part of a text matches a pattern. */
mrl_status mrl_bi_regex_match(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_regex *re;
    mrl_str text;
    MRL_TRY(pattern(cx, args, 1, &re));
    MRL_TRY(mrl_bi_str(cx, args, 2, &text));
    return is_match(cx, re, text, ret);
}

/* regex.is_valid: true when a text is a pattern. */
mrl_status mrl_bi_regex_is_valid(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_regex *re;
    mrl_arena a;
    mrl_arena_init(&a, PATTERN_BYTES);
    (void)cx;
    *ret = mrl_bool(mrl_is_str(args[0]) &&
                    mrl_regex_compile(&a, mrl_val_str(args[0]), NULL, &re) == MRL_OK);
    mrl_arena_release(&a);
    return MRL_OK;
}

/* --- all matches -------------------------------------------------------------------------------
 */

struct matching { /* goes through all matches as Go does: no empty one right behind another */
    const struct mrl_regex *re;
    mrl_str text;
    size_t at, last_end;
    size_t *spans;
};

static mrl_status matching_begin(struct mrl_bi *cx, struct matching *m, const struct mrl_regex *re,
                                 mrl_str text) {
    *m = (struct matching){.re = re, .text = text, .last_end = MRL_REGEX_NO_MATCH};
    m->spans = MRL_ARENA_ARRAY(cx->arena, size_t, 2 * (size_t)mrl_regex_groups(re));
    return m->spans != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status matching_next(struct mrl_bi *cx, struct matching *m, bool *ret) {
    *ret = false;
    while (m->at <= m->text.len && !*ret) {
        bool found = false;
        MRL_TRY(mrl_bi_spend(cx, 1 + (m->text.len - m->at) / 16));
        MRL_TRY(mrl_regex_find(m->re, cx->arena, m->text, m->at, m->spans, &found));
        if (!found)
            break;
        size_t end = m->spans[1], width = 1;
        *ret = !(end == m->at && m->spans[0] == m->last_end);
        if (end == m->at && m->at < m->text.len)
            (void)mrl_utf8_at(m->text, m->at, &width);
        /* Behind an empty match the walk goes on by one character, or it would stand still. */
        m->at = end == m->at ? m->at + width : end;
        m->last_end = end;
    }
    return MRL_OK;
}

/* The text of a group in the last match; empty when the group took no part. */
static mrl_val span(const struct matching *m, uint32_t group) {
    MRL_DASSERT(group < mrl_regex_groups(m->re));
    size_t from = m->spans[2 * group], to = m->spans[2 * group + 1];
    return from == MRL_REGEX_NO_MATCH ? MRL_V("") : mrl_strval(mrl_str_sub(m->text, from, to));
}

/* The texts of all groups; number 0 is the whole match. */
static mrl_status groups(struct mrl_bi *cx, const struct matching *m, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, cx->arena, MRL_T_ARR, mrl_regex_groups(m->re));
    for (uint32_t i = 0; i < mrl_regex_groups(m->re); i++)
        mrl_build_item(&b, span(m, i));
    return mrl_build_end(&b, ret);
}

/* Up to n matches (negative: all): their texts, or their groups. */
static mrl_status find_all(struct mrl_bi *cx, const mrl_val *args, bool with_groups, mrl_val *ret) {
    struct mrl_regex *re;
    struct matching m;
    mrl_str text;
    int64_t n;
    bool found = false;
    struct mrl_builder b;
    MRL_TRY(pattern(cx, args, 1, &re));
    MRL_TRY(mrl_bi_str(cx, args, 2, &text));
    MRL_TRY(mrl_bi_int(cx, args, 3, &n));
    MRL_TRY(matching_begin(cx, &m, re, text));
    mrl_builder_init(&b, cx->arena, MRL_T_ARR, 4);
    for (int64_t i = 0; n < 0 || i < n; i++) {
        MRL_TRY(matching_next(cx, &m, &found));
        if (!found)
            break;
        mrl_val v = span(&m, 0);
        if (with_groups)
            MRL_TRY(groups(cx, &m, &v));
        mrl_build_item(&b, v);
    }
    return mrl_build_end(&b, ret);
}

/* regex.find_n: the first n matches of a pattern (-1: all). */
mrl_status mrl_bi_regex_find_n(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return find_all(cx, args, false, ret);
}

/* regex.find_all_string_submatch_n: the first n matches (-1: all), each with its groups. */
mrl_status mrl_bi_regex_find_groups(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return find_all(cx, args, true, ret);
}

/* regex.split: the parts of a text between the matches. */
mrl_status mrl_bi_regex_split(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_regex *re;
    struct matching m;
    mrl_str text;
    size_t from = 0, end = 0;
    bool found = false;
    struct mrl_builder b;
    MRL_TRY(pattern(cx, args, 1, &re));
    MRL_TRY(mrl_bi_str(cx, args, 2, &text));
    MRL_TRY(matching_begin(cx, &m, re, text));
    mrl_builder_init(&b, cx->arena, MRL_T_ARR, 4);
    if (text.len == 0 && mrl_val_str(args[0]).len > 0) {
        mrl_build_item(&b, MRL_V(""));
        return mrl_build_end(&b, ret);
    }
    for (;;) {
        MRL_TRY(matching_next(cx, &m, &found));
        if (!found)
            break;
        end = m.spans[0];
        if (m.spans[1] != 0)
            mrl_build_item(&b, mrl_strval(mrl_str_sub(text, from, end)));
        from = m.spans[1];
    }
    if (end != text.len)
        mrl_build_item(&b, mrl_strval(mrl_str_sub(text, from, text.len)));
    return mrl_build_end(&b, ret);
}

/* --- replacing ---------------------------------------------------------------------------------
 */

static bool is_name_char(char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* Reads $name or ${name} at the dollar; the empty name when it is none. */
static mrl_str reference(mrl_str template, size_t *at) {
    MRL_DASSERT(*at < template.len && template.ptr[*at] == '$');
    size_t from = *at + 1;
    bool braces = from < template.len && template.ptr[from] == '{';
    from += braces;
    size_t end = from;
    while (end < template.len && is_name_char(template.ptr[end]))
        end++;
    if (end == from || (braces && (end >= template.len || template.ptr[end] != '}')))
        return (mrl_str){NULL, 0};
    *at = end + braces;
    return mrl_str_sub(template, from, end);
}

/* The text of $1 or ${name}; empty for a group that is not there, as in Go. */
static mrl_str group_of(const struct matching *m, mrl_str name) {
    uint32_t number = 0;
    bool digits = true;
    for (size_t i = 0; i < name.len; i++) {
        digits = digits && name.ptr[i] >= '0' && name.ptr[i] <= '9';
        number = digits && number < 100000 ? number * 10 + (uint32_t)(name.ptr[i] - '0') : number;
    }
    if (digits && !(name.len > 1 && name.ptr[0] == '0'))
        return number < mrl_regex_groups(m->re) ? mrl_val_str(span(m, number)) : MRL_S("");
    for (uint32_t i = 1; i < mrl_regex_groups(m->re); i++)
        if (mrl_str_eq(mrl_regex_group_name(m->re, i), name) &&
            m->spans[2 * i] != MRL_REGEX_NO_MATCH)
            return mrl_val_str(span(m, i));
    return MRL_S("");
}

/* Appends the template with its references filled in; $$ is a dollar. */
static void expand(struct mrl_buf *b, const struct matching *m, mrl_str template) {
    for (size_t i = 0; i < template.len;) {
        if (template.ptr[i] != '$') {
            mrl_buf_byte(b, template.ptr[i++]);
            continue;
        }
        if (i + 1 < template.len && template.ptr[i + 1] == '$') {
            mrl_buf_byte(b, '$');
            i += 2;
            continue;
        }
        size_t at = i;
        mrl_str name = reference(template, &at);
        if (name.len == 0) {
            mrl_buf_byte(b, '$');
            i++;
        } else {
            mrl_buf_add(b, group_of(m, name));
            i = at;
        }
    }
}

/* Appends the text with each match replaced by the template's expansion. */
static mrl_status replace_all(struct mrl_bi *cx, struct matching *m, mrl_str template,
                              struct mrl_buf *out) {
    size_t done = 0;
    for (;;) {
        bool found = false;
        MRL_TRY(matching_next(cx, m, &found));
        if (!found)
            break;
        mrl_buf_add(out, mrl_str_sub(m->text, done, m->spans[0]));
        expand(out, m, template);
        done = m->spans[1];
    }
    mrl_buf_add(out, mrl_str_sub(m->text, done, m->text.len));
    return out->status;
}

/* regex.replace: a text with all matches replaced; $1 and ${name} are groups. */
mrl_status mrl_bi_regex_replace(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_regex *re;
    struct matching m;
    struct mrl_buf out;
    mrl_str text, template;
    MRL_TRY(mrl_bi_str(cx, args, 1, &text));
    MRL_TRY(mrl_bi_str(cx, args, 3, &template));
    MRL_TRY(pattern(cx, args, 2, &re));
    MRL_TRY(matching_begin(cx, &m, re, text));
    mrl_buf_init(&out, TEXT_MAX);
    mrl_status status = replace_all(cx, &m, template, &out);
    mrl_str s = mrl_arena_str(cx->arena, mrl_buf_str(&out));
    mrl_buf_release(&out);
    if (status == MRL_E_LIMIT)
        return mrl_bi_fail(cx, "the result is longer than %zu bytes", TEXT_MAX);
    MRL_TRY(status);
    MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* --- templates ---------------------------------------------------------------------------------
 */

/* Appends s with a backslash before each special character. */
static void quote(struct mrl_buf *b, mrl_str s, const char *special) {
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\0' && strchr(special, s.ptr[i]) != NULL)
            mrl_buf_byte(b, '\\');
        mrl_buf_byte(b, s.ptr[i]);
    }
}

/* Text between the delimiters is a pattern, the rest stands for itself. False when the delimiters
 * do not pair. */
static bool template_pattern(struct mrl_buf *b, mrl_str template, char start, char end) {
    size_t depth = 0, from = 0;
    mrl_buf_byte(b, '^');
    for (size_t i = 0; i < template.len; i++) {
        char c = template.ptr[i];
        if (c == start && depth++ == 0) {
            quote(b, mrl_str_sub(template, from, i), "\\.+*?()|[]{}^$");
            from = i + 1;
        } else if (c == end) {
            if (depth == 0)
                return false;
            if (--depth > 0)
                continue;
            mrl_buf_byte(b, '(');
            mrl_buf_add(b, mrl_str_sub(template, from, i));
            mrl_buf_byte(b, ')');
            from = i + 1;
        }
    }
    quote(b, mrl_str_sub(template, from, template.len), "\\.+*?()|[]{}^$");
    mrl_buf_byte(b, '$');
    return depth == 0;
}

/* regex.template_match: matches a text whose delimited parts are patterns. */
mrl_status mrl_bi_regex_template_match(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str template, text, start, end;
    struct mrl_regex *re;
    struct mrl_buf b;
    MRL_TRY(mrl_bi_str(cx, args, 1, &template));
    MRL_TRY(mrl_bi_str(cx, args, 2, &text));
    MRL_TRY(mrl_bi_str(cx, args, 3, &start));
    MRL_TRY(mrl_bi_str(cx, args, 4, &end));
    if (start.len != 1 || end.len != 1)
        return mrl_bi_fail(cx, "%s delimiter has to be exactly one character long but is %zu long",
                           start.len != 1 ? "start" : "end", start.len);
    mrl_buf_init(&b, MRL_REGEX_BYTES_MAX);
    bool ok = template_pattern(&b, template, start.ptr[0], end.ptr[0]);
    mrl_str text_of = mrl_arena_str(cx->arena, mrl_buf_str(&b));
    mrl_status status = b.status;
    mrl_buf_release(&b);
    MRL_TRY(status);
    if (!ok)
        return mrl_bi_fail(cx, "unbalanced braces in \"%.*s\"", MRL_F(template));
    MRL_TRY(compiled(cx, &(struct wanted){"regex", text_of, text_of, {NULL, 0}}, &re));
    return is_match(cx, re, text, ret);
}

/* --- globs -------------------------------------------------------------------------------------
 */

/* The delimiters of glob.match as text: null is none, an empty array stands for the dot. */
static mrl_status delimiters(struct mrl_bi *cx, const mrl_val *args, mrl_str *ret) {
    struct mrl_buf b;
    mrl_val list = args[1];
    *ret = (mrl_str){NULL, 0};
    if (list.tag == MRL_T_NULL)
        return MRL_OK;
    MRL_TRY(mrl_bi_want(cx, args, 2, MRL_T_ARR, &list));
    *ret = MRL_S(".");
    if (list.len == 0)
        return MRL_OK;
    mrl_buf_init(&b, 4096);
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; i < list.len && status == MRL_OK; i++) {
        mrl_val v = list.u.arr->items[i];
        mrl_buf_add(&b, mrl_val_str(v));
        if (!mrl_is_str(v))
            status = mrl_bi_operand_text(
                cx, 2, "must be array of string but got array containing %s", mrl_val_type_name(v));
        else if (mrl_utf8_count(mrl_val_str(v)) != 1)
            status = mrl_bi_operand_text(cx, 2, "must be array of single-character strings");
    }
    *ret = mrl_arena_str(cx->arena, mrl_buf_str(&b));
    mrl_buf_release(&b);
    return status != MRL_OK ? status : ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* glob.match: true when a text matches a glob whose stars stop at delimiters. */
mrl_status mrl_bi_glob_match(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct wanted w = {.kind = "glob"};
    struct mrl_regex *re;
    mrl_str text;
    MRL_TRY(mrl_bi_str(cx, args, 1, &w.pattern));
    MRL_TRY(delimiters(cx, args, &w.delimiters));
    MRL_TRY(mrl_bi_str(cx, args, 3, &text));
    w.key = mrl_arena_printf(cx->arena, "%.*s\n%.*s", MRL_F(w.delimiters), MRL_F(w.pattern));
    MRL_CHECK(w.key.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(compiled(cx, &w, &re));
    return is_match(cx, re, text, ret);
}

/* glob.quote_meta: a text with the special characters of globs escaped. */
mrl_status mrl_bi_glob_quote_meta(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_buf b;
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    mrl_buf_init(&b, TEXT_MAX);
    quote(&b, s, "*?\\[]{}");
    mrl_str out = mrl_arena_str(cx->arena, mrl_buf_str(&b));
    mrl_buf_release(&b);
    MRL_CHECK(out.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_strval(out);
    return MRL_OK;
}
