/* parse.c - documents and nodes: block collections, flow collections, properties.
 *
 * What Kubernetes reads is decided by go-yaml through sigs.k8s.io/yaml, so that is what this
 * reads, where the YAML 1.2 specification says otherwise, too (tools/diff_yaml.py compares).
 * Recursive descent over bytes: there are no tokens, as most of them depend on the column. Depth,
 * nodes and documents have ceilings, and aliases pay for what they stand for.
 */
#include "formats/yaml/internal.h"

#include "base/num.h"
#include "base/utf8.h"

#include <stdarg.h>
#include <stdio.h>

/* --- errors
 * ----------------------------------------------------------------------------------------- */

/* Line and column are counted only when there is an error. */
static mrl_status fail_v(struct mrl_y *y, const char *at, mrl_status code, const char *fmt,
                         va_list ap) {
    char text[256];
    struct mrl_pos pos = {.file = y->opts->file, .line = 1, .offset = mrl_y_offset(y, at)};
    const char *line = y->text.ptr;
    for (const char *p = y->text.ptr; p < at; p++) {
        if (*p == '\n') {
            pos.line++;
            line = p + 1;
        }
    }
    pos.col = (uint32_t)(at - line) + 1;
    vsnprintf(text, sizeof text, fmt, ap);
    return mrl_err_at(y->err, code, "yaml.syntax", pos, "%s", text);
}

mrl_status mrl_y_fail(struct mrl_y *y, mrl_status code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    mrl_status status = fail_v(y, y->p < y->end ? y->p : y->end, code, fmt, ap);
    va_end(ap);
    return status;
}

mrl_status mrl_y_fail_at(struct mrl_y *y, const char *at, mrl_status code, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    mrl_status status = fail_v(y, at, code, fmt, ap);
    va_end(ap);
    return status;
}

/* --- properties and aliases
 * --------------------------------------------------------------------------- */

struct props {
    mrl_str anchor, tag;
    const char *start; /* first byte, or NULL */
    bool crossed;      /* a line end stands between the properties and the node */
};

/* The name of an anchor or tag, up to a blank (or, when asked, a bracket or comma). */
static mrl_str name_at(struct mrl_y *y, bool flow_ends) {
    const char *from = y->p;
    while (y->p < y->end && !mrl_y_blank(*y->p) && !(flow_ends && strchr(",[]{}", *y->p) != NULL))
        y->p++;
    return (mrl_str){from, (size_t)(y->p - from)};
}

/* An anchor and a tag in any order. A second line of properties belongs to an inner node. */
static mrl_status read_props(struct mrl_y *y, struct props *ret) {
    *ret = (struct props){.start = NULL};
    while (y->p < y->end && (mrl_y_at(y, 0) == '&' || mrl_y_at(y, 0) == '!')) {
        bool anchor = mrl_y_at(y, 0) == '&';
        if (ret->start == NULL)
            ret->start = y->p;
        else if (ret->crossed)
            break;
        y->p += anchor;
        mrl_str *to = anchor ? &ret->anchor : &ret->tag;
        if (to->ptr != NULL)
            return mrl_y_fail(y, MRL_E_SYNTAX, "a node has two %s", anchor ? "anchors" : "tags");
        *to = name_at(y, anchor || mrl_y_at(y, 1) != '<');
        if (to->len == 0)
            return mrl_y_fail(y, MRL_E_SYNTAX, "an anchor needs a name");
        y->last = y->p;
        mrl_y_skip(y, &ret->crossed);
    }
    return MRL_OK;
}

/* The last anchor of that name so far, or NULL. */
static struct mrl_y_anchor *find_anchor(const struct mrl_y *y, mrl_str name) {
    int64_t id = mrl_map_find(&y->names, name);
    return id >= 0 ? y->anchors.items[id] : NULL;
}

/* A name may come again: aliases mean the last anchor of it before them. */
static mrl_status open_anchor(struct mrl_y *y, mrl_str name, struct mrl_y_anchor **ret) {
    uint32_t id = 0;
    *ret = NULL;
    if (name.ptr == NULL)
        return MRL_OK;
    struct mrl_y_anchor *a = MRL_ARENA_NEW(&y->tmp, struct mrl_y_anchor);
    MRL_CHECK(a != NULL, MRL_E_NOMEM);
    *a = (struct mrl_y_anchor){.open = true, .nodes = y->nodes};
    MRL_TRY(MRL_VEC_ROOM(&y->tmp, y->anchors.items, y->anchors.n, y->anchors.cap));
    MRL_TRY(mrl_map_add(&y->names, &y->tmp, name, &id));
    y->anchors.items[id] = a;
    y->anchors.n = y->names.n;
    *ret = a;
    return MRL_OK;
}

/* The anchor's node is complete: aliases may use it, and each counts as many nodes as it has. */
static void close_anchor(const struct mrl_y *y, struct mrl_y_anchor *a,
                         const struct mrl_y_node *node) {
    MRL_DASSERT(a == NULL || a->open);
    if (a == NULL)
        return;
    a->node = *node;
    a->open = false;
    a->nodes = y->nodes - a->nodes + 1;
}

/* *name: shares the value. Expanded nodes are counted, so "a billion laughs" meets the ceiling. */
static mrl_status alias(struct mrl_y *y, struct mrl_y_node *ret) {
    const char *start = y->p++;
    mrl_str name = name_at(y, true);
    const struct mrl_y_anchor *a = find_anchor(y, name);
    while (a == NULL && name.len > 1 && name.ptr[name.len - 1] == ':') {
        name.len--; /* `*a: x`: YAML 1.2 lets ':' end a name, go-yaml takes it for the key's */
        y->p--;
        a = find_anchor(y, name);
    }
    if (a == NULL)
        return mrl_y_fail_at(y, start, MRL_E_SYNTAX, "unknown anchor '%.*s' referenced",
                             MRL_F(name));
    if (a->open)
        return mrl_y_fail_at(y, start, MRL_E_SYNTAX, "anchor '%.*s' value contains itself",
                             MRL_F(name));
    MRL_TRY(mrl_y_count(y, a->nodes));
    y->last = y->p;
    *ret = a->node;
    ret->start = mrl_y_offset(y, start);
    ret->end = mrl_y_offset(y, y->p);
    ret->plain = false;
    return MRL_OK;
}

/* --- scalars with tags
 * -------------------------------------------------------------------------------- */

/* Bytes as a string: what is not UTF-8 becomes U+FFFD, as Go writes it to JSON. */
static mrl_status text_of_bytes(struct mrl_y *y, mrl_str bytes, mrl_val *ret) {
    char *out = mrl_arena_alloc(y->arena, bytes.len * 3 + 1, 1);
    size_t n = 0, width = 1;
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < bytes.len; i += width)
        n += mrl_utf8_put(mrl_utf8_at(bytes, i, &width), out + n);
    *ret = mrl_strval((mrl_str){out, n});
    return MRL_OK;
}

/* !!binary: base64 with line ends, as go-yaml takes it. */
static mrl_status decode_base64(struct mrl_y *y, mrl_str s, mrl_val *ret) {
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *out = mrl_arena_alloc(y->arena, s.len + 1, 1);
    size_t n = 0, signs = 0, pads = 0;
    uint32_t bits = 0;
    int have = 0;
    bool bad = false;
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < s.len; i++) {
        const char *at = s.ptr[i] != '\0' ? strchr(alphabet, s.ptr[i]) : NULL;
        if (s.ptr[i] == '\n' || s.ptr[i] == '\r')
            continue;
        signs++;
        pads += s.ptr[i] == '=';
        bad |= s.ptr[i] != '=' && (at == NULL || pads > 0);
        if (bad || s.ptr[i] == '=')
            continue;
        bits = bits << 6 | (uint32_t)(at - alphabet);
        have += 6;
        if (have >= 8) {
            have -= 8;
            out[n++] = (char)(bits >> have & 255);
        }
    }
    if (bad || signs % 4 != 0 || pads > 2)
        return mrl_y_fail(y, MRL_E_SYNTAX, "!!binary value contains invalid base64 data");
    return text_of_bytes(y, (mrl_str){out, n}, ret);
}

/* Whether a scalar is what its tag says. Whole numbers pass as floats. */
static bool fits_tag(const struct mrl_y_scalar *r, mrl_str tag) {
    if (mrl_str_eq(tag, MRL_S("int")))
        return r->kind == MRL_Y_INT;
    if (mrl_str_eq(tag, MRL_S("float")))
        return r->kind != MRL_Y_OTHER;
    return r->v.tag == (mrl_str_eq(tag, MRL_S("bool")) ? MRL_T_BOOL : MRL_T_NULL);
}

/* The value of a scalar: plain ones are resolved unless a tag says otherwise. */
static mrl_status scalar_value(struct mrl_y *y, mrl_str s, bool plain, mrl_str tag,
                               struct mrl_y_node *ret) {
    bool core = mrl_str_starts(tag, MRL_S("!!")) && !y->own_tags;
    mrl_str name = core ? mrl_str_sub(tag, 2, tag.len) : tag;
    if (mrl_str_starts(tag, MRL_S("!<tag:yaml.org,2002:"))) {
        core = true;
        name = mrl_str_sub(tag, 20, tag.len - 1);
    }
    if (s.len > MRL_VAL_LEN_MAX)
        return mrl_y_fail(y, MRL_E_LIMIT, "a scalar is too long");
    bool typed = core && (mrl_str_eq(name, MRL_S("int")) || mrl_str_eq(name, MRL_S("float")) ||
                          mrl_str_eq(name, MRL_S("bool")) || mrl_str_eq(name, MRL_S("null")));
    if (core && mrl_str_eq(name, MRL_S("binary")))
        return decode_base64(y, s, &ret->v);
    struct mrl_y_scalar r = {.v = mrl_strval(s)};
    if (typed || (plain && tag.len == 0))
        MRL_TRY(mrl_y_resolve(y->arena, s, &r));
    if (typed && !fits_tag(&r, name))
        return mrl_y_fail(y, MRL_E_SYNTAX, "'%.*s' is no !!%.*s", MRL_F(s), MRL_F(name));
    if (typed && r.kind == MRL_Y_INT && mrl_str_eq(name, MRL_S("float"))) {
        r.kind = MRL_Y_FLOAT;
        r.number = mrl_num_to_double(r.v);
        MRL_TRY(mrl_num_of_double(y->arena, r.number, &r.v));
    }
    if (mrl_is_str(r.v) && y->opts->copy_strings) {
        mrl_str copy = mrl_arena_str(y->arena, mrl_val_str(r.v));
        MRL_CHECK(copy.ptr != NULL, MRL_E_NOMEM);
        r.v = mrl_strval(copy);
    }
    ret->v = r.v;
    ret->kind = r.kind;
    ret->number = r.number;
    return MRL_OK;
}

/* An empty node: null, or the empty string where the tag says so. */
static mrl_status empty_node(struct mrl_y *y, mrl_str tag, struct mrl_y_node *ret) {
    const char *at = y->last != NULL ? y->last : y->p;
    *ret = (struct mrl_y_node){.start = mrl_y_offset(y, at), .end = mrl_y_offset(y, at)};
    return scalar_value(y, MRL_S(""), true, tag, ret);
}

/* One level deeper; the caller takes the depth back when it is through. */
static mrl_status enter(struct mrl_y *y) {
    if (++y->depth > MRL_YAML_DEPTH_MAX)
        return mrl_y_fail(y, MRL_E_LIMIT, "nested deeper than %d levels", MRL_YAML_DEPTH_MAX);
    return mrl_y_count(y, 1);
}

/* --- flow collections
 * ---------------------------------------------------------------------------------- */

static mrl_status flow_node(struct mrl_y *y, int indent, struct mrl_y_node *ret);

/* Blanks and comments between brackets; the text must not end there. */
static mrl_status flow_skip(struct mrl_y *y) {
    bool crossed = false;
    mrl_y_skip(y, &crossed);
    if (mrl_y_at_end(y))
        return mrl_y_fail(y, MRL_E_SYNTAX, "did not find expected ',', ']' or '}'");
    return MRL_OK;
}

/* What follows a key in a flow collection: its value, or nothing. */
static mrl_status flow_value(struct mrl_y *y, int indent, struct mrl_y_node *ret, bool *ret_found) {
    MRL_TRY(flow_skip(y));
    *ret_found = mrl_y_at(y, 0) == ':'; /* behind a key no blank need follow */
    if (!*ret_found)
        return empty_node(y, (mrl_str){NULL, 0}, ret);
    y->p++;
    y->last = y->p;
    MRL_TRY(flow_skip(y));
    if (mrl_y_at(y, 0) == ',' || mrl_y_at(y, 0) == '}' || mrl_y_at(y, 0) == ']')
        return empty_node(y, (mrl_str){NULL, 0}, ret);
    return flow_node(y, indent, ret);
}

/* An entry of a flow collection. In a sequence, `key: value` is a mapping of one pair. */
static mrl_status flow_entry(struct mrl_y *y, int indent, bool map) {
    struct mrl_y_node key, val;
    bool found = false, explicit = mrl_y_at(y, 0) == '?'; /* inside brackets no blank need follow */
    if (explicit) {
        y->p++;
        MRL_TRY(flow_skip(y));
    }
    if (mrl_y_is_colon(y, true) ||
        (explicit && (mrl_y_at(y, 0) == ',' || mrl_y_at(y, 0) == '}' || mrl_y_at(y, 0) == ']')))
        MRL_TRY(empty_node(y, (mrl_str){NULL, 0}, &key));
    else
        MRL_TRY(flow_node(y, indent, &key));
    MRL_TRY(flow_skip(y));
    const char *line = y->line;
    MRL_TRY(flow_value(y, indent, &val, &found));
    if (map)
        return mrl_y_push_pair(y, &key, &val);
    if (!found && !explicit)
        return mrl_y_push(y, NULL, &key);
    if (!explicit && y->text.ptr + key.start < line)
        return mrl_y_fail(y, MRL_E_SYNTAX, "a key of one pair must stand on one line");
    uint32_t from = y->n;
    MRL_TRY(mrl_y_push_pair(y, &key, &val));
    struct mrl_y_node pair = {.start = key.start, .end = val.end};
    MRL_TRY(mrl_y_close(y, from, MRL_T_OBJ, &pair.v));
    return mrl_y_push(y, NULL, &pair);
}

/* [...] or {...}. A comma may follow the last entry. */
static mrl_status flow_collection(struct mrl_y *y, int indent, struct mrl_y_node *ret) {
    MRL_DASSERT(mrl_y_at(y, 0) == '{' || mrl_y_at(y, 0) == '[');
    bool map = mrl_y_at(y, 0) == '{';
    char close = map ? '}' : ']';
    uint32_t from = y->n;
    ret->start = mrl_y_offset(y, y->p);
    MRL_TRY(enter(y));
    y->p++;
    MRL_TRY(flow_skip(y));
    while (mrl_y_at(y, 0) != close) {
        MRL_TRY(flow_entry(y, indent, map));
        MRL_TRY(flow_skip(y));
        if (mrl_y_at(y, 0) == ',') {
            y->p++;
            MRL_TRY(flow_skip(y));
        } else if (mrl_y_at(y, 0) != close) {
            return mrl_y_fail(y, MRL_E_SYNTAX, "did not find expected ',' or '%c'", close);
        }
    }
    y->p++;
    y->last = y->p;
    y->depth--;
    ret->end = mrl_y_offset(y, y->p);
    return mrl_y_close(y, from, map ? MRL_T_OBJ : MRL_T_ARR, &ret->v);
}

/* A quoted or plain scalar, a flow collection or an alias: what can be a key. */
static mrl_status simple_node(struct mrl_y *y, int indent, bool flow, mrl_str tag,
                              struct mrl_y_node *ret, bool *ret_multi) {
    *ret = (struct mrl_y_node){.start = mrl_y_offset(y, y->p)};
    *ret_multi = false;
    const char *line = y->line;
    mrl_str s;
    if (mrl_y_at(y, 0) == '[' || mrl_y_at(y, 0) == '{') {
        MRL_TRY(flow_collection(y, indent, ret));
        *ret_multi = y->line != line;
        return MRL_OK;
    }
    if (mrl_y_at(y, 0) == '*')
        return alias(y, ret);
    bool quoted = mrl_y_at(y, 0) == '"' || mrl_y_at(y, 0) == '\'';
    if (!quoted && !mrl_y_starts_plain(y, flow))
        return mrl_y_fail(y, MRL_E_SYNTAX, "'%c' cannot start a value here", *y->p);
    if (quoted)
        MRL_TRY(mrl_y_quoted(y, &s, ret_multi));
    else
        MRL_TRY(mrl_y_plain(y, indent, flow, &s, ret_multi));
    y->last = y->p;
    ret->end = mrl_y_offset(y, y->p);
    ret->plain = !quoted && tag.len == 0;
    MRL_TRY(mrl_y_count(y, 1));
    return scalar_value(y, s, !quoted, tag, ret);
}

static mrl_status flow_node(struct mrl_y *y, int indent, struct mrl_y_node *ret) {
    struct props props;
    struct mrl_y_anchor *anchor;
    bool multi;
    MRL_TRY(read_props(y, &props));
    MRL_TRY(open_anchor(y, props.anchor, &anchor));
    if (mrl_y_at_end(y))
        return mrl_y_fail(y, MRL_E_SYNTAX, "did not find expected ',', ']' or '}'");
    if (props.start != NULL && (strchr(",]}", *y->p) != NULL || mrl_y_is_colon(y, true)))
        MRL_TRY(empty_node(y, props.tag, ret));
    else
        MRL_TRY(simple_node(y, indent, true, props.tag, ret, &multi));
    close_anchor(y, anchor, ret);
    return MRL_OK;
}

/* --- block collections
 * ---------------------------------------------------------------------------------- */

static mrl_status block_node(struct mrl_y *y, int indent, bool compact, bool list_at_indent,
                             struct mrl_y_node *ret);

/* '-', '?' or ':' with a blank behind it. */
static bool is_indicator(const struct mrl_y *y, char c) {
    return y->p < y->end && mrl_y_at(y, 0) == c && mrl_y_blank(mrl_y_at(y, 1));
}

/* The last skip met a tab where indentation is. */
static mrl_status no_tab(struct mrl_y *y) {
    if (y->tab != NULL)
        return mrl_y_fail_at(y, y->tab, MRL_E_SYNTAX, "a tab cannot indent YAML: use spaces");
    return MRL_OK;
}

/* A block collection that begins on a line behind '-', '?' or ':' is indented by what stands
 * between. */
static mrl_status no_tab_before(struct mrl_y *y, const char *first) {
    for (const char *p = first; p > y->line && (p[-1] == ' ' || p[-1] == '\t'); p--)
        if (p[-1] == '\t')
            return mrl_y_fail_at(y, p - 1, MRL_E_SYNTAX, "a tab cannot indent YAML: use spaces");
    return MRL_OK;
}

/* Moves to the next entry of a block collection at `col`; *ret_more is false at its end. */
static mrl_status next_entry(struct mrl_y *y, int col, bool *ret_more) {
    bool crossed = mrl_y_begins_line(y);
    mrl_y_skip(y, &crossed);
    *ret_more = false;
    if (mrl_y_at_end(y) || (crossed && mrl_y_col(y) < col))
        return MRL_OK;
    if (!crossed)
        return mrl_y_fail(y, MRL_E_SYNTAX,
                          mrl_y_at(y, 0) == ':' ? "mapping values are not allowed in this context"
                                                : "unexpected text behind a value");
    MRL_TRY(no_tab(y));
    if (mrl_y_col(y) > col)
        return mrl_y_fail(y, MRL_E_SYNTAX, "this line is indented deeper than the entry before it");
    *ret_more = true;
    return MRL_OK;
}

/* Items whose dashes stand at one column. */
static mrl_status block_list(struct mrl_y *y, int col, struct mrl_y_node *ret) {
    MRL_DASSERT(is_indicator(y, '-') && col >= 0);
    uint32_t from = y->n;
    ret->start = mrl_y_offset(y, y->p);
    MRL_TRY(no_tab_before(y, y->p));
    MRL_TRY(enter(y));
    for (bool more = true; more;) {
        struct mrl_y_node item;
        if (!is_indicator(y, '-'))
            break;
        y->p++;
        y->last = y->p;
        MRL_TRY(block_node(y, col, true, false, &item));
        MRL_TRY(mrl_y_push(y, NULL, &item));
        MRL_TRY(next_entry(y, col, &more));
    }
    y->depth--;
    ret->end = mrl_y_offset(y, y->last);
    return mrl_y_close(y, from, MRL_T_ARR, &ret->v);
}

/* The value of a pair, from its ':' on. */
static mrl_status pair_value(struct mrl_y *y, int col, bool compact, struct mrl_y_node *ret) {
    y->p++;
    y->last = y->p;
    return block_node(y, col, compact, true, ret);
}

/* `? key` and, if there is one, `: value`. */
static mrl_status explicit_pair(struct mrl_y *y, int col) {
    struct mrl_y_node key, val;
    bool more = false;
    y->p++;
    y->last = y->p;
    MRL_TRY(block_node(y, col, true, false, &key));
    MRL_TRY(next_entry(y, col, &more));
    if (more && is_indicator(y, ':'))
        MRL_TRY(pair_value(y, col, true, &val));
    else
        MRL_TRY(empty_node(y, (mrl_str){NULL, 0}, &val));
    return mrl_y_push_pair(y, &key, &val);
}

/* A key on one line up to its ':'. */
static mrl_status read_key(struct mrl_y *y, struct mrl_y_node *ret) {
    struct props props;
    struct mrl_y_anchor *anchor;
    bool multi = false, crossed = false;
    const char *line = y->line;
    MRL_TRY(read_props(y, &props));
    MRL_TRY(open_anchor(y, props.anchor, &anchor));
    if (props.start != NULL && mrl_y_at(y, 0) == '*')
        return mrl_y_fail(y, MRL_E_SYNTAX, "an alias cannot have an anchor or a tag");
    if (mrl_y_at_end(y))
        return mrl_y_fail(y, MRL_E_SYNTAX, "expected a key");
    if (is_indicator(y, ':'))
        MRL_TRY(empty_node(y, props.tag, ret));
    else
        MRL_TRY(simple_node(y, INT32_MAX, false, props.tag, ret, &multi));
    close_anchor(y, anchor, ret);
    mrl_y_skip(y, &crossed);
    if (crossed || multi || y->line != line || !mrl_y_is_colon(y, false))
        return mrl_y_fail_at(y, y->text.ptr + ret->start, MRL_E_SYNTAX,
                             "could not find expected ':' behind this key");
    return MRL_OK;
}

/* A block mapping whose first key (at `col`) was read up to its ':'; NULL: it begins with '?'. */
static mrl_status block_map(struct mrl_y *y, int col, const struct mrl_y_node *first,
                            struct mrl_y_node *ret) {
    uint32_t from = y->n;
    struct mrl_y_node key, val;
    ret->start = first != NULL ? first->start : mrl_y_offset(y, y->p);
    MRL_TRY(no_tab_before(y, y->text.ptr + ret->start));
    MRL_TRY(enter(y));
    for (bool more = true; more; first = NULL) {
        if (first == NULL && is_indicator(y, '?')) {
            MRL_TRY(explicit_pair(y, col));
            MRL_TRY(next_entry(y, col, &more));
            continue;
        }
        if (first == NULL && is_indicator(y, '-'))
            return mrl_y_fail(y, MRL_E_SYNTAX,
                              "a list item cannot stand beside the keys of a "
                              "mapping: indent it deeper");
        if (first != NULL)
            key = *first;
        else
            MRL_TRY(read_key(y, &key));
        MRL_TRY(pair_value(y, col, false, &val));
        MRL_TRY(mrl_y_push_pair(y, &key, &val));
        MRL_TRY(next_entry(y, col, &more));
    }
    y->depth--;
    ret->end = mrl_y_offset(y, y->last);
    return mrl_y_close(y, from, MRL_T_OBJ, &ret->v);
}

/* A scalar, flow collection or alias, or the mapping whose first key it is. `col`: column where a
 * mapping would begin; `may_map`: one may begin here. */
static mrl_status scalar_or_map(struct mrl_y *y, int indent, int col, bool may_map,
                                const struct props *props, struct mrl_y_node *ret) {
    struct mrl_y_node key;
    struct mrl_y_anchor *anchor = NULL;
    bool multi = false, ours = !props->crossed; /* properties on the same line belong to the key */
    if (props->start != NULL && ours)
        MRL_TRY(open_anchor(y, props->anchor, &anchor));
    if (is_indicator(y, ':')) {
        MRL_TRY(empty_node(y, ours ? props->tag : (mrl_str){NULL, 0}, &key));
    } else {
        MRL_TRY(simple_node(y, indent, false, props->tag, &key, &multi));
        const char *after = y->p;
        while (y->p < y->end && (mrl_y_at(y, 0) == ' ' || mrl_y_at(y, 0) == '\t'))
            y->p++;
        if (!mrl_y_is_colon(y, false)) {
            y->p = after;
            close_anchor(y, anchor, &key);
            *ret = key;
            return MRL_OK;
        }
    }
    if (!may_map || multi)
        return mrl_y_fail(y, MRL_E_SYNTAX, "mapping values are not allowed in this context");
    close_anchor(y, anchor, &key);
    if (props->start != NULL && !ours && props->tag.len > 0 && mrl_is_str(key.v))
        key.plain = true;
    return block_map(y, col, &key, ret);
}

/* The node behind its properties. */
static mrl_status bare_node(struct mrl_y *y, int indent, int col, bool may_block,
                            const struct props *props, struct mrl_y_node *ret) {
    mrl_str s;
    if (y->p == y->end) /* nothing stands behind a tag or an anchor */
        return empty_node(y, props->tag, ret);
    if (is_indicator(y, '-') || is_indicator(y, '?')) {
        if (!may_block)
            return mrl_y_fail(y, MRL_E_SYNTAX, "a block collection cannot begin on this line");
        return mrl_y_at(y, 0) == '-' ? block_list(y, mrl_y_col(y), ret)
                                     : block_map(y, mrl_y_col(y), NULL, ret);
    }
    if (mrl_y_at(y, 0) != '|' && mrl_y_at(y, 0) != '>')
        return scalar_or_map(y, indent, col, may_block, props, ret);
    ret->start = mrl_y_offset(y, y->p);
    MRL_TRY(mrl_y_block(y, indent, &s));
    ret->end = mrl_y_offset(y, y->last);
    MRL_TRY(mrl_y_count(y, 1));
    return scalar_value(y, s, false, props->tag, ret);
}

/* The node behind properties that stand on lines of their own: it may have properties itself. */
static mrl_status node_below_props(struct mrl_y *y, int indent, struct mrl_y_node *ret,
                                   mrl_str tag) {
    struct props inner;
    int col = mrl_y_col(y);
    MRL_TRY(read_props(y, &inner));
    if (inner.crossed) {
        struct mrl_y_anchor *anchor;
        MRL_TRY(enter(y));
        MRL_TRY(open_anchor(y, inner.anchor, &anchor));
        MRL_TRY(node_below_props(y, indent, ret, inner.tag.len > 0 ? inner.tag : tag));
        close_anchor(y, anchor, ret);
        y->depth--;
        return MRL_OK;
    }
    if (inner.start == NULL)
        inner.tag = tag;
    inner.crossed = inner.start == NULL;
    return bare_node(y, indent, col, true, &inner, ret);
}

static mrl_status block_node(struct mrl_y *y, int indent, bool compact, bool list_at_indent,
                             struct mrl_y_node *ret) {
    struct props props;
    struct mrl_y_anchor *anchor = NULL;
    bool crossed = mrl_y_begins_line(y);
    *ret = (struct mrl_y_node){.start = 0};
    mrl_y_skip(y, &crossed);
    int col = mrl_y_col(y);
    bool outside =
        crossed && col <= indent && !(list_at_indent && col == indent && is_indicator(y, '-'));
    if (mrl_y_at_end(y) || outside)
        return empty_node(y, (mrl_str){NULL, 0}, ret);
    if (crossed)
        MRL_TRY(no_tab(y));
    MRL_TRY(read_props(y, &props));
    if (props.crossed) {
        int at = mrl_y_col(y);
        outside = at <= indent && !(list_at_indent && at == indent && is_indicator(y, '-'));
    }
    if (props.start != NULL && (mrl_y_at_end(y) || outside)) {
        MRL_TRY(open_anchor(y, props.anchor, &anchor));
        MRL_TRY(empty_node(y, props.tag, ret));
    } else if (props.crossed) {
        MRL_TRY(open_anchor(y, props.anchor, &anchor));
        MRL_TRY(node_below_props(y, indent, ret, props.tag));
    } else if (mrl_y_at(y, 0) == '|' || mrl_y_at(y, 0) == '>') {
        MRL_TRY(open_anchor(y, props.anchor, &anchor));
        MRL_TRY(bare_node(y, indent, col, crossed || compact, &props, ret));
    } else if (props.start != NULL && (mrl_y_at(y, 0) == '*' || is_indicator(y, '-'))) {
        return mrl_y_fail(y, MRL_E_SYNTAX,
                          mrl_y_at(y, 0) == '*' ? "an alias cannot have an anchor or a tag"
                                                : "a list cannot begin on this line");
    } else {
        MRL_TRY(bare_node(y, indent, col, crossed || compact, &props, ret));
    }
    close_anchor(y, anchor, ret);
    return MRL_OK;
}

/* --- documents
 * ---------------------------------------------------------------------------------------- */

/* Directives (%YAML, %TAG) before a document; of their content only a new meaning of !! matters. */
static mrl_status directives(struct mrl_y *y) {
    bool crossed = true, any = false;
    y->own_tags = false;
    for (;;) {
        mrl_y_skip(y, &crossed);
        if (y->p >= y->end || mrl_y_at(y, 0) != '%' || y->p != y->line)
            break;
        any = true;
        const char *from = y->p;
        while (y->p < y->end && mrl_y_at(y, 0) != '\n')
            y->p++;
        mrl_str line = {from, (size_t)(y->p - from)};
        y->own_tags |= mrl_str_starts(line, MRL_S("%TAG !! ")) &&
                       mrl_str_find(line, MRL_S("tag:yaml.org,2002:"), 0) == MRL_STR_NPOS;
    }
    if (any && !(mrl_y_at_end(y) && y->p < y->end && mrl_y_at(y, 0) == '-'))
        return mrl_y_fail(y, MRL_E_SYNTAX, "expected '---' behind the directives");
    return MRL_OK;
}

/* The line of an offset, counted on from the last one asked for. */
static uint32_t line_of(const struct mrl_y *y, uint32_t offset, uint32_t *at, uint32_t *line) {
    MRL_DASSERT(*at <= y->text.len);
    for (; *at < offset && *at < y->text.len; (*at)++)
        *line += y->text.ptr[*at] == '\n';
    return *line;
}

/* One document. Anchors are known in theirs only. */
static mrl_status document(struct mrl_y *y, struct mrl_yaml_doc *ret) {
    struct mrl_y_node node;
    bool marked = mrl_y_at_end(y) && y->p < y->end && mrl_y_at(y, 0) == '-',
         crossed = y->p == y->line;
    if (marked) {
        y->p += 3;
        crossed = false;
    }
    y->names = (struct mrl_map){.n = 0}; /* anew, not wiped: a small document after a large one */
    y->anchors.n = 0;
    y->last = NULL;
    mrl_y_skip(y, &crossed);
    bool empty = mrl_y_at_end(y);
    MRL_TRY(block_node(y, -1, !marked || crossed, false, &node));
    MRL_TRY(mrl_y_check_value(y, &node));
    crossed = mrl_y_begins_line(y);
    mrl_y_skip(y, &crossed);
    if (!mrl_y_at_end(y))
        return mrl_y_fail(y, MRL_E_SYNTAX,
                          mrl_y_at(y, 0) == ':' ? "mapping values are not allowed in this context"
                                                : "expected the end of the document");
    *ret = (struct mrl_yaml_doc){
        .value = node.v, .start = node.start, .end = node.end, .empty = empty};
    return MRL_OK;
}

/* The documents between `---` and `...`. */
static mrl_status all_documents(struct mrl_y *y, struct mrl_yaml_doc **ret, size_t *ret_n) {
    struct mrl_yaml_doc *docs = NULL;
    uint32_t n = 0, cap = 0, at = 0, line = 1;
    while (y->p < y->end) {
        MRL_TRY(directives(y));
        bool dots = mrl_y_at_end(y) && y->p < y->end && mrl_y_at(y, 0) == '.';
        if (dots) {
            y->p += 3;
            while (y->p < y->end && (mrl_y_at(y, 0) == ' ' || mrl_y_at(y, 0) == '\t'))
                y->p++;
            if (y->p < y->end && mrl_y_at(y, 0) != '\n' && mrl_y_at(y, 0) != '\r' &&
                mrl_y_at(y, 0) != '#')
                return mrl_y_fail(y, MRL_E_SYNTAX, "unexpected text behind '...'");
            continue;
        }
        if (y->p >= y->end)
            break;
        MRL_TRY(MRL_VEC_ROOM(y->arena, docs, n, cap));
        if (n == MRL_YAML_DOCS_MAX)
            return mrl_y_fail(y, MRL_E_LIMIT, "more than %d documents", MRL_YAML_DOCS_MAX);
        MRL_TRY(document(y, &docs[n]));
        docs[n].line = line_of(y, docs[n].start, &at, &line);
        n++;
    }
    *ret = docs;
    *ret_n = n;
    return MRL_OK;
}

/* Finds the first byte that may not stand in YAML; NULL when all is well. */
static const char *bad_byte(mrl_str s) {
    const unsigned char *p = (const unsigned char *)s.ptr, *end = p + s.len;
    while (p < end) {
        if (*p >= 0x20 && *p < 0x7F) {
            p++;
            continue;
        }
        if (*p == '\n' || *p == '\t' || *p == '\r') {
            p++;
            continue;
        }
        if (*p < 0xC2 || *p > 0xF4)
            return (const char *)p;
        int more = *p >= 0xF0 ? 3 : *p >= 0xE0 ? 2 : 1;
        if (end - p <= more || (p[1] & 0xC0) != 0x80 || (*p == 0xE0 && p[1] < 0xA0) ||
            (*p == 0xED && p[1] > 0x9F) || (*p == 0xF0 && p[1] < 0x90) ||
            (*p == 0xF4 && p[1] > 0x8F))
            return (const char *)p;
        for (int i = 2; i <= more; i++)
            if ((p[i] & 0xC0) != 0x80)
                return (const char *)p;
        p += more + 1;
    }
    return NULL;
}

mrl_status mrl_yaml_parse(mrl_arena *a, mrl_str text, const struct mrl_yaml_opts *opts,
                          struct mrl_err *err, struct mrl_yaml_doc **ret_docs, size_t *ret_n) {
    static const struct mrl_yaml_opts defaults = {.keep_spans = false};
    struct mrl_y y = {
        .arena = a, .opts = opts != NULL ? opts : &defaults, .err = err, .text = text};
    y.p = text.ptr != NULL ? text.ptr : "";
    y.end = y.p + text.len;
    y.text.ptr = y.p;
    if (text.len > MRL_YAML_BYTES_MAX)
        return mrl_y_fail_at(&y, y.p, MRL_E_LIMIT, "more than %u bytes", MRL_YAML_BYTES_MAX);
    if (mrl_str_starts(text, MRL_S("\xFF\xFE")) || mrl_str_starts(text, MRL_S("\xFE\xFF")))
        return mrl_y_fail_at(&y, y.p, MRL_E_SYNTAX, "this is UTF-16: convert the file to UTF-8");
    if (mrl_str_starts(text, MRL_S("\xEF\xBB\xBF")))
        y.p += 3;
    y.line = y.p;
    const char *bad = bad_byte(text);
    if (bad != NULL)
        return mrl_y_fail_at(&y, bad, MRL_E_SYNTAX,
                             (unsigned char)*bad < 0x80 ? "control characters are not allowed"
                                                        : "this is not UTF-8");
    mrl_arena_init(&y.tmp, MRL_ARENA_UNLIMITED);
    mrl_status status = all_documents(&y, ret_docs, ret_n);
    mrl_arena_release(&y.tmp);
    return status;
}
