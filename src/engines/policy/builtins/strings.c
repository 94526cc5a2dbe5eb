/* strings.c - text: searching, cutting, joining, case. Positions count code points, as in Go.
 *
 * Text is UTF-8 that may be broken: a bad byte counts as one character. Searching is on bytes,
 * which is right for UTF-8, and only positions are converted. Results that are parts of the text
 * share it; what grows goes through a buffer with a ceiling.
 */
#include "engines/policy/builtins/builtins.h"

#include "base/buf.h"
#include "base/num.h"
#include "base/unicode.h"
#include "base/utf8.h"

#define TEXT_MAX ((size_t)256 << 20) /* bytes of one result */

/* Moves the buffer's text into the arena as the result. */
static mrl_status finish(struct mrl_bi *cx, struct mrl_buf *b, mrl_val *ret) {
    mrl_status status = b->status;
    mrl_str s = mrl_arena_str(cx->arena, (mrl_str){b->ptr, b->len});
    mrl_buf_release(b);
    if (status == MRL_E_LIMIT)
        return mrl_bi_fail(cx, "the result is longer than %zu bytes", TEXT_MAX);
    MRL_TRY(status);
    MRL_CHECK(s.ptr != NULL, MRL_E_NOMEM);
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* Two string operands; the search that follows is paid by the length of the first. */
static mrl_status two(struct mrl_bi *cx, const mrl_val *args, mrl_str *a, mrl_str *b) {
    MRL_TRY(mrl_bi_str(cx, args, 1, a));
    MRL_TRY(mrl_bi_str(cx, args, 2, b));
    return mrl_bi_spend(cx, 1 + a->len / 64);
}

/* --- searching
 * -------------------------------------------------------------------------------------- */

/* contains: true when the text contains the part. */
mrl_status mrl_bi_contains(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    MRL_TRY(two(cx, args, &s, &part));
    *ret = mrl_bool(mrl_str_find(s, part, 0) != MRL_STR_NPOS);
    return MRL_OK;
}

/* startswith: true when the text begins with the part. */
mrl_status mrl_bi_startswith(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    MRL_TRY(two(cx, args, &s, &part));
    *ret = mrl_bool(mrl_str_starts(s, part));
    return MRL_OK;
}

/* endswith: true when the text ends with the part. */
mrl_status mrl_bi_endswith(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    MRL_TRY(two(cx, args, &s, &part));
    *ret = mrl_bool(mrl_str_ends(s, part));
    return MRL_OK;
}

/* indexof: the position of the part in the text, -1 when it is not there. */
mrl_status mrl_bi_indexof(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    MRL_TRY(two(cx, args, &s, &part));
    if (part.len == 0)
        return mrl_bi_fail(cx, "empty search character");
    size_t at = mrl_str_find(s, part, 0);
    *ret = mrl_int(at == MRL_STR_NPOS ? -1 : (int64_t)mrl_utf8_count(mrl_str_sub(s, 0, at)));
    return MRL_OK;
}

/* indexof_n: all positions of the part in the text. */
mrl_status mrl_bi_indexof_n(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    struct mrl_builder out;
    size_t runes = 0, width;
    MRL_TRY(two(cx, args, &s, &part));
    if (part.len == 0)
        return mrl_bi_fail(cx, "empty search character");
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, 0);
    for (size_t at = 0; at < s.len; at += width, runes++) {
        (void)mrl_utf8_at(s, at, &width);
        if (mrl_str_starts(mrl_str_sub(s, at, s.len), part))
            mrl_build_item(&out, mrl_int((int64_t)runes));
    }
    return mrl_build_end(&out, ret);
}

/* strings.count: how often the part occurs in the text. */
mrl_status mrl_bi_strings_count(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    int64_t n = 0;
    MRL_TRY(two(cx, args, &s, &part));
    if (part.len == 0) {
        *ret = mrl_int((int64_t)mrl_utf8_count(s) + 1);
        return MRL_OK;
    }
    for (size_t at = mrl_str_find(s, part, 0); at != MRL_STR_NPOS;
         at = mrl_str_find(s, part, at + part.len))
        n++;
    *ret = mrl_int(n);
    return MRL_OK;
}

/* The strings of an operand: one, or the items of an array or set. */
static mrl_status string_list(struct mrl_bi *cx, const mrl_val *args, int pos, const mrl_val **ret,
                              uint32_t *ret_n) {
    const mrl_val *v = &args[pos - 1];
    *ret = v;
    *ret_n = 1;
    if (mrl_is_str(*v))
        return MRL_OK;
    if (!mrl_is_arr(*v) && !mrl_is_set(*v))
        return mrl_bi_operand(cx, pos, "one of {string, set, array}", *v);
    *ret = v->u.arr->items;
    *ret_n = v->len;
    for (uint32_t i = 0; i < v->len; i++)
        if (!mrl_is_str(v->u.arr->items[i]))
            return mrl_bi_operand_text(cx, pos, "must be %s of strings but got %s containing %s",
                                       mrl_val_type_name(*v), mrl_val_type_name(*v),
                                       mrl_val_type_name(v->u.arr->items[i]));
    return MRL_OK;
}

/* Each text against each part: paid as such, as both lists may be long. */
static mrl_status any_match(struct mrl_bi *cx, const mrl_val *args, bool prefix, mrl_val *ret) {
    const mrl_val *texts, *parts;
    uint32_t n, m;
    bool found = false;
    MRL_TRY(string_list(cx, args, 1, &texts, &n));
    MRL_TRY(string_list(cx, args, 2, &parts, &m));
    MRL_TRY(mrl_bi_spend(cx, (uint64_t)n * m));
    for (uint32_t i = 0; i < n && !found; i++)
        for (uint32_t k = 0; k < m && !found; k++)
            found = prefix ? mrl_str_starts(mrl_val_str(texts[i]), mrl_val_str(parts[k]))
                           : mrl_str_ends(mrl_val_str(texts[i]), mrl_val_str(parts[k]));
    *ret = mrl_bool(found);
    return MRL_OK;
}

/* strings.any_prefix_match: true when some text begins with some part. */
mrl_status mrl_bi_any_prefix_match(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return any_match(cx, args, true, ret);
}

/* strings.any_suffix_match: true when some text ends with some part. */
mrl_status mrl_bi_any_suffix_match(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return any_match(cx, args, false, ret);
}

/* --- cutting and joining
 * ---------------------------------------------------------------------------- */

/* concat: the strings of a collection with a text between them. */
mrl_status mrl_bi_concat(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str by;
    mrl_val list = args[1];
    struct mrl_buf b;
    mrl_status status = MRL_OK;
    MRL_TRY(mrl_bi_str(cx, args, 1, &by));
    if (!mrl_is_arr(list) && !mrl_is_set(list))
        return mrl_bi_operand(cx, 2, "one of {set, array}", list);
    const uint32_t *order = mrl_is_set(list) ? mrl_val_order(cx->arena, list, &status) : NULL;
    MRL_TRY(status);
    mrl_buf_init(&b, TEXT_MAX);
    for (uint32_t i = 0; i < list.len; i++) {
        mrl_val it = list.u.arr->items[order != NULL ? order[i] : i];
        if (!mrl_is_str(it)) {
            mrl_buf_release(&b);
            return mrl_bi_operand_text(cx, 2, "must be %s of strings but got %s containing %s",
                                       mrl_val_type_name(list), mrl_val_type_name(list),
                                       mrl_val_type_name(it));
        }
        mrl_buf_add(&b, i > 0 ? by : MRL_S(""));
        mrl_buf_add(&b, mrl_val_str(it));
    }
    return finish(cx, &b, ret);
}

/* At most `max` parts; an empty separator cuts between characters. */
static mrl_status split(struct mrl_bi *cx, mrl_str s, mrl_str by, int64_t max, mrl_val *ret) {
    MRL_DASSERT(max >= 0);
    struct mrl_builder out;
    mrl_builder_init(&out, cx->arena, MRL_T_ARR, 0);
    size_t from = 0, width;
    for (int64_t n = 1; n < max; n++) {
        if (by.len == 0) {
            if (from >= s.len)
                break;
            (void)mrl_utf8_at(s, from, &width);
            if (from + width >= s.len)
                break;
            mrl_build_item(&out, mrl_strval(mrl_str_sub(s, from, from + width)));
            from += width;
            continue;
        }
        size_t at = mrl_str_find(s, by, from);
        if (at == MRL_STR_NPOS)
            break;
        mrl_build_item(&out, mrl_strval(mrl_str_sub(s, from, at)));
        from = at + by.len;
    }
    if (max > 0 && (by.len > 0 || s.len > 0))
        mrl_build_item(&out, mrl_strval(mrl_str_sub(s, from, s.len)));
    return mrl_build_end(&out, ret);
}

/* split: the parts of the text between separators. */
mrl_status mrl_bi_split(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, by;
    MRL_TRY(two(cx, args, &s, &by));
    return split(cx, s, by, INT64_MAX, ret);
}

/* strings.split_n: at most n parts of the text between separators. */
mrl_status mrl_bi_split_n(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, by;
    int64_t n;
    MRL_TRY(two(cx, args, &s, &by));
    MRL_TRY(mrl_bi_int(cx, args, 3, &n));
    return split(cx, s, by, n < 0 ? INT64_MAX : n, ret);
}

/* substring: a part of the text by position and length. */
mrl_status mrl_bi_substring(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    int64_t from, n;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    MRL_TRY(mrl_bi_int(cx, args, 2, &from));
    MRL_TRY(mrl_bi_int(cx, args, 3, &n));
    if (from < 0)
        return mrl_bi_fail(cx, "negative offset");
    mrl_str rest = mrl_str_sub(s, mrl_utf8_offset(s, (size_t)from), s.len);
    *ret = mrl_strval(n < 0 ? rest : mrl_str_sub(rest, 0, mrl_utf8_offset(rest, (size_t)n)));
    return MRL_OK;
}

/* Appends s with each `old` replaced by `new`, from the left, never inside a replacement. */
static void replace_all(struct mrl_buf *b, mrl_str s, mrl_str old, mrl_str new) {
    MRL_DASSERT(old.ptr != NULL || old.len == 0);
    size_t from = 0, width;
    if (old.len == 0) { /* before each character and at the end */
        for (; from < s.len; from += width) {
            (void)mrl_utf8_at(s, from, &width);
            mrl_buf_add(b, new);
            mrl_buf_add(b, mrl_str_sub(s, from, from + width));
        }
        mrl_buf_add(b, new);
        return;
    }
    for (size_t at; (at = mrl_str_find(s, old, from)) != MRL_STR_NPOS; from = at + old.len) {
        mrl_buf_add(b, mrl_str_sub(s, from, at));
        mrl_buf_add(b, new);
    }
    mrl_buf_add(b, mrl_str_sub(s, from, s.len));
}

/* replace: the text with all occurrences of a part replaced. */
mrl_status mrl_bi_replace(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, old, new;
    struct mrl_buf b;
    MRL_TRY(two(cx, args, &s, &old));
    MRL_TRY(mrl_bi_str(cx, args, 3, &new));
    mrl_buf_init(&b, TEXT_MAX);
    replace_all(&b, s, old, new);
    return finish(cx, &b, ret);
}

/* strings.replace_n: the text with several parts replaced in one pass. */
mrl_status mrl_bi_replace_n(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val map;
    mrl_str s;
    struct mrl_buf b;
    mrl_status status = MRL_OK;
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_OBJ, &map));
    MRL_TRY(mrl_bi_str(cx, args, 2, &s));
    const uint32_t *order = mrl_val_order(cx->arena, map, &status);
    MRL_TRY(status);
    for (uint32_t i = 0; i < map.len; i++) {
        bool key = !mrl_is_str(map.u.obj->m[i].key);
        if (key || !mrl_is_str(map.u.obj->m[i].val))
            return mrl_bi_operand_text(cx, 1, "non-string %s found in pattern object",
                                       key ? "key" : "value");
    }
    MRL_TRY(mrl_bi_spend(cx, (uint64_t)s.len * (map.len + 1) / 16));
    mrl_buf_init(&b, TEXT_MAX);
    /* An empty pattern matches between characters, but not right behind another match, as in Go.
     * The patterns are tried in sorted order; the first that fits wins. */
    bool after_match = false;
    for (size_t at = 0; at <= s.len;) {
        const struct mrl_member *hit = NULL;
        for (uint32_t i = 0; i < map.len && hit == NULL; i++) {
            const struct mrl_member *m = &map.u.obj->m[order != NULL ? order[i] : i];
            bool empty = m->key.len == 0;
            if (mrl_str_starts(mrl_str_sub(s, at, s.len), mrl_val_str(m->key)) &&
                !(empty && after_match))
                hit = m;
        }
        if (hit != NULL)
            mrl_buf_add(&b, mrl_val_str(hit->val));
        after_match = hit != NULL && hit->key.len > 0;
        if (after_match) {
            at += hit->key.len;
            continue;
        }
        if (at < s.len)
            mrl_buf_byte(&b, s.ptr[at]);
        at++;
    }
    return finish(cx, &b, ret);
}

/* strings.reverse: the characters from last to first. */
mrl_status mrl_bi_strings_reverse(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    char *out = mrl_arena_alloc(cx->arena, s.len + 1, 1);
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    size_t width;
    for (size_t at = 0; at < s.len; at += width) {
        (void)mrl_utf8_at(s, at, &width);
        MRL_DASSERT(width > 0 && at + width <= s.len);
        memcpy(out + s.len - at - width, s.ptr + at, width);
    }
    *ret = mrl_strval((mrl_str){out, s.len});
    return MRL_OK;
}

/* --- trimming
 * --------------------------------------------------------------------------------------- */

/* True when the text `set` has the character c. */
static bool in_set(mrl_str set, uint32_t c) {
    for (size_t at = 0, width; at < set.len; at += width)
        if (mrl_utf8_at(set, at, &width) == c)
            return true;
    return false;
}

/* The start of the code point that ends at s[at - 1]. */
static size_t before(mrl_str s, size_t at) {
    MRL_DASSERT(at > 0 && at <= s.len);
    size_t width;
    for (size_t back = 1; back <= 4 && back <= at; back++) {
        (void)mrl_utf8_at(s, at - back, &width);
        if (width == back)
            return at - back;
    }
    return at - 1;
}

/* s without code points of `set` (NULL: white space) at the ends asked for. */
static mrl_str trim(mrl_str s, const mrl_str *set, bool left, bool right) {
    size_t from = 0, to = s.len, width;
    while (left && from < to) {
        uint32_t c = mrl_utf8_at(s, from, &width);
        if (set != NULL ? !in_set(*set, c) : !mrl_unicode_space(c))
            break;
        from += width;
    }
    while (right && to > from) {
        size_t at = before(s, to);
        uint32_t c = mrl_utf8_at(s, at, &width);
        if (set != NULL ? !in_set(*set, c) : !mrl_unicode_space(c))
            break;
        to = at;
    }
    return mrl_str_sub(s, from, to);
}

#define TRIM(name, left, right)                                                                    \
    mrl_status mrl_bi_##name(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {               \
        mrl_str s, set;                                                                            \
        MRL_TRY(two(cx, args, &s, &set));                                                          \
        *ret = mrl_strval(trim(s, &set, left, right));                                             \
        return MRL_OK;                                                                             \
    }
TRIM(trim, true, true)
TRIM(trim_left, true, false)
TRIM(trim_right, false, true)

/* trim_space: the text without white space at both ends. */
mrl_status mrl_bi_trim_space(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    *ret = mrl_strval(trim(s, NULL, true, true));
    return MRL_OK;
}

/* trim_prefix: the text without a prefix. */
mrl_status mrl_bi_trim_prefix(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    MRL_TRY(two(cx, args, &s, &part));
    *ret = mrl_strval(mrl_str_starts(s, part) ? mrl_str_sub(s, part.len, s.len) : s);
    return MRL_OK;
}

/* trim_suffix: the text without a suffix. */
mrl_status mrl_bi_trim_suffix(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str s, part;
    MRL_TRY(two(cx, args, &s, &part));
    *ret = mrl_strval(mrl_str_ends(s, part) ? mrl_str_sub(s, 0, s.len - part.len) : s);
    return MRL_OK;
}

/* --- case
 * ------------------------------------------------------------------------------------------- */

/* Character by character, as Go's ToLower and ToUpper: no letter becomes two. */
static mrl_status map_case(struct mrl_bi *cx, const mrl_val *args, uint32_t (*map)(uint32_t),
                           mrl_val *ret) {
    mrl_str s;
    struct mrl_buf b;
    size_t width;
    MRL_TRY(mrl_bi_str(cx, args, 1, &s));
    mrl_buf_init(&b, TEXT_MAX);
    for (size_t at = 0; at < s.len; at += width) {
        char out[4];
        uint32_t c = mrl_utf8_at(s, at, &width);
        mrl_buf_add(&b, (mrl_str){out, mrl_utf8_put(map(c), out)});
    }
    return finish(cx, &b, ret);
}

/* lower: the text in lower case. */
mrl_status mrl_bi_lower(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return map_case(cx, args, mrl_unicode_lower, ret);
}

/* upper: the text in upper case. */
mrl_status mrl_bi_upper(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    return map_case(cx, args, mrl_unicode_upper, ret);
}
