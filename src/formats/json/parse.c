/* parse.c - the JSON parser. */
#include "base/num.h"
#include "formats/json/json.h"
#include "formats/json/scan.h"

struct frame {     /* an open container */
    uint32_t from; /* its first entry on the stack of pending values */
    uint8_t tag;
    uint32_t start; /* offset of its bracket */
};

struct parser {
    mrl_arena *arena;
    mrl_arena tmp; /* stacks */
    const struct mrl_json_opts *opts;
    struct mrl_err *err;
    mrl_str text;
    const char *p, *end;
    mrl_val *pending;       /* keys and values of open containers */
    struct mrl_span *spans; /* of pending entries, when kept */
    uint32_t n, cap;
    struct frame frames[MRL_JSON_DEPTH_MAX];
    uint32_t depth;
};

static uint32_t offset(const struct parser *j, const char *p) {
    return (uint32_t)(p - j->text.ptr);
}

static mrl_status fail(struct parser *j, mrl_status code, const char *what) {
    struct mrl_pos pos = mrl_json_pos(j->text, offset(j, j->p));
    pos.file = j->opts->file;
    return mrl_err_at(j->err, code, "json.syntax", pos, "%s", what);
}

static inline void skip_space(struct parser *j) {
    while (j->p < j->end && (*j->p == ' ' || *j->p == '\n' || *j->p == '\t' || *j->p == '\r'))
        j->p++;
}

/* --- the stack of pending values
 * --------------------------------------------------------------------- */

static mrl_status grow_stack(struct parser *j) {
    uint32_t cap = j->cap > 0 ? j->cap * 2 : 256;
    j->pending = mrl_arena_regrow(&j->tmp, j->pending, j->cap, cap, sizeof *j->pending);
    if (j->opts->keep_spans)
        j->spans = mrl_arena_regrow(&j->tmp, j->spans, j->cap, cap, sizeof *j->spans);
    MRL_CHECK(j->pending != NULL && (!j->opts->keep_spans || j->spans != NULL), MRL_E_NOMEM);
    j->cap = cap;
    return MRL_OK;
}

static inline mrl_status push(struct parser *j, mrl_val v, const char *start) {
    if (MRL_UNLIKELY(j->n == j->cap))
        MRL_TRY(grow_stack(j));
    if (j->opts->keep_spans)
        j->spans[j->n] = (struct mrl_span){0, 0, offset(j, start), offset(j, j->p)};
    j->pending[j->n++] = v;
    return MRL_OK;
}

/* --- scalars
 * ---------------------------------------------------------------------------------------------- */

static mrl_status string(struct parser *j, mrl_val *ret) {
    const char *what = NULL;
    mrl_str s;
    j->p++;
    mrl_status status =
        mrl_json_scan_string(j->arena, &j->p, j->end, j->opts->copy_strings, &s, &what);
    if (status != MRL_OK)
        return what != NULL ? fail(j, status, what) : status;
    *ret = mrl_strval(s);
    return MRL_OK;
}

static mrl_status number(struct parser *j, mrl_val *ret) {
    const char *start = j->p, *p = start + (*start == '-');
    uint64_t u = 0;
    while (p < j->end && *p >= '0' && *p <= '9')
        u = u * 10 + (uint64_t)(*p++ - '0');
    size_t n = (size_t)(p - start);
    bool more = p < j->end && (*p == '.' || (*p | 0x20) == 'e');
    if (!more && n <= 18 && n > (*start == '-') && (start[*start == '-'] != '0' || n == 1)) {
        j->p = p;
        *ret = mrl_int(*start == '-' ? -(int64_t)u : (int64_t)u);
        return MRL_OK;
    }
    while (p < j->end &&
           ((*p >= '0' && *p <= '9') || *p == '.' || *p == '+' || *p == '-' || (*p | 0x20) == 'e'))
        p++;
    mrl_str text = {start, (size_t)(p - start)};
    if (j->opts->copy_strings)
        text = mrl_arena_str(j->arena, text);
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    if (mrl_num_parse(text, ret) != MRL_OK)
        return fail(j, MRL_E_SYNTAX, "this is not a JSON number");
    j->p = p;
    return MRL_OK;
}

static mrl_status word(struct parser *j, mrl_str lit, mrl_val v, mrl_val *ret) {
    if ((size_t)(j->end - j->p) < lit.len || memcmp(j->p, lit.ptr, lit.len) != 0)
        return fail(j, MRL_E_SYNTAX, "expected a value: null, true, false, number, string, [ or {");
    j->p += lit.len;
    *ret = v;
    return MRL_OK;
}

static mrl_status scalar(struct parser *j, mrl_val *ret) {
    switch (*j->p) {
    case '"':
        return string(j, ret);
    case 't':
        return word(j, MRL_S("true"), mrl_bool(true), ret);
    case 'f':
        return word(j, MRL_S("false"), mrl_bool(false), ret);
    case 'n':
        return word(j, MRL_S("null"), mrl_null(), ret);
    default:
        if (*j->p == '-' || (*j->p >= '0' && *j->p <= '9'))
            return number(j, ret);
        return word(j, MRL_S("\1"), mrl_null(), ret);
    }
}

/* --- containers
 * --------------------------------------------------------------------------------------------- */

static mrl_status open_container(struct parser *j, uint8_t tag) {
    if (j->depth == MRL_JSON_DEPTH_MAX)
        return fail(j, MRL_E_LIMIT, "nested deeper than 1000 levels");
    j->frames[j->depth++] = (struct frame){j->n, tag, offset(j, j->p)};
    j->p++;
    return MRL_OK;
}

/* A key and its colon; pushes the key. */
static mrl_status key(struct parser *j) {
    skip_space(j);
    if (j->p >= j->end || *j->p != '"')
        return fail(j, MRL_E_SYNTAX, "expected a key in double quotes");
    const char *start = j->p;
    mrl_val k = mrl_undefined();
    MRL_TRY(string(j, &k));
    MRL_TRY(push(j, k, start));
    skip_space(j);
    if (j->p >= j->end || *j->p != ':')
        return fail(j, MRL_E_SYNTAX, "expected ':' after the key");
    j->p++;
    return MRL_OK;
}

/* Spans of n entries; an object has two pending values an entry. */
static struct mrl_span *take_spans(struct parser *j, const struct frame *f, uint32_t n) {
    struct mrl_span *out = MRL_ARENA_ARRAY(j->arena, struct mrl_span, n);
    for (uint32_t i = 0; out != NULL && i < n; i++) {
        if (f->tag == MRL_T_OBJ) {
            out[i] = j->spans[f->from + 2 * i + 1];
            out[i].key_start = j->spans[f->from + 2 * i].val_start;
            out[i].key_end = j->spans[f->from + 2 * i].val_end;
        } else {
            out[i] = j->spans[f->from + i];
        }
    }
    return out;
}

static bool same_key(mrl_val a, mrl_val b) {
    return a.len == b.len && memcmp(a.u.s, b.u.s, a.len) == 0;
}

/* Drops repeated keys of members [from..): the last value wins in the place of the first. Returns
 * the new count. Small objects only. */
static uint32_t drop_duplicates(struct parser *j, uint32_t from, uint32_t n) {
    struct mrl_member *m = (struct mrl_member *)(void *)(j->pending + from);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t k = 0;
        while (k < kept && !same_key(m[k].key, m[i].key))
            k++;
        m[k] = m[i];
        if (j->opts->keep_spans) {
            j->spans[from + 2 * k] = j->spans[from + 2 * i];
            j->spans[from + 2 * k + 1] = j->spans[from + 2 * i + 1];
        }
        kept += k == kept;
    }
    return kept;
}

/* The same for large objects, through a hash index. */
static mrl_status drop_duplicates_large(struct parser *j, uint32_t from, uint32_t *n) {
    struct mrl_member *m = (struct mrl_member *)(void *)(j->pending + from);
    struct mrl_builder b;
    mrl_builder_init(&b, &j->tmp, MRL_T_OBJ, *n);
    for (uint32_t i = 0; i < *n; i++)
        mrl_build_member(&b, m[i].key, mrl_int(i)); /* entry of the last value */
    MRL_TRY(b.status);
    if (b.n == *n)
        return MRL_OK;
    const struct mrl_obj *o = b.items;
    for (uint32_t k = 0; k < b.n; k++) { /* sources only move down: first place <= last place */
        uint32_t i = (uint32_t)o->m[k].val.u.i;
        m[k] = (struct mrl_member){o->m[k].key, m[i].val};
        if (j->opts->keep_spans) {
            j->spans[from + 2 * k] = j->spans[from + 2 * i];
            j->spans[from + 2 * k + 1] = j->spans[from + 2 * i + 1];
        }
    }
    *n = b.n;
    return MRL_OK;
}

static mrl_status close_object(struct parser *j, const struct frame *f, mrl_val *ret) {
    uint32_t n = (j->n - f->from) / 2, unique = n;
    if (n == 0) {
        *ret = mrl_empty_obj();
        return MRL_OK;
    }
    if (n <= MRL_OBJ_INDEX_MIN) {
        unique = drop_duplicates(j, f->from, n);
    } else {
        struct mrl_arena_mark mark = mrl_arena_mark(&j->tmp);
        MRL_TRY(drop_duplicates_large(j, f->from, &unique));
        mrl_arena_rewind(&j->tmp, mark);
    }
    if (unique != n && j->opts->reject_duplicates)
        return fail(j, MRL_E_SYNTAX, "a key is repeated in this object");
    return mrl_obj_of(j->arena, (struct mrl_member *)(void *)(j->pending + f->from), unique, ret);
}

/* Makes the innermost open container from its pending entries. */
static mrl_status close_container(struct parser *j, mrl_val *ret) {
    const struct frame *f = &j->frames[j->depth - 1];
    j->p++;
    if (f->tag == MRL_T_OBJ)
        MRL_TRY(close_object(j, f, ret));
    else
        MRL_TRY(mrl_arr_of(j->arena, j->n > f->from ? j->pending + f->from : NULL, j->n - f->from,
                           ret));
    if (j->opts->keep_spans && ret->len > 0) {
        struct mrl_span *spans = take_spans(j, f, ret->len);
        MRL_CHECK(spans != NULL, MRL_E_NOMEM);
        struct mrl_side *side = ret->u.arr->side;
        if (side == NULL)
            side = ret->u.arr->side = MRL_ARENA_NEW(j->arena, struct mrl_side);
        MRL_CHECK(side != NULL, MRL_E_NOMEM);
        side->spans = spans;
    }
    j->n = f->from;
    j->depth--;
    return MRL_OK;
}

/* After a value inside a container: a comma leads to the next one (*ret_closed false), a bracket
 * closes
 * (*ret_closed true, *v is the container). */
static mrl_status after_value(struct parser *j, mrl_val *v, bool *ret_closed) {
    const struct frame *f = &j->frames[j->depth - 1];
    bool object = f->tag == MRL_T_OBJ;
    skip_space(j);
    char c = j->p < j->end ? *j->p : '\0';
    *ret_closed = c == (object ? '}' : ']');
    if (*ret_closed)
        return close_container(j, v);
    if (c != ',')
        return fail(j, MRL_E_SYNTAX, object ? "expected ',' or '}'" : "expected ',' or ']'");
    j->p++;
    return object ? key(j) : MRL_OK;
}

/* One value: a scalar, an empty container, or (*ret_open) a container that has just been opened. */
static mrl_status begin_value(struct parser *j, mrl_val *ret, bool *ret_open) {
    *ret_open = false;
    skip_space(j);
    if (j->p >= j->end)
        return fail(j, MRL_E_SYNTAX, "the text ends where a value was expected");
    char c = *j->p;
    if (c != '{' && c != '[')
        return scalar(j, ret);
    MRL_TRY(open_container(j, c == '{' ? MRL_T_OBJ : MRL_T_ARR));
    skip_space(j);
    if (j->p < j->end && *j->p == (c == '{' ? '}' : ']'))
        return close_container(j, ret);
    *ret_open = true;
    return c == '{' ? key(j) : MRL_OK;
}

static mrl_status document(struct parser *j, mrl_val *ret) {
    for (;;) {
        mrl_val v = mrl_undefined();
        bool open, closed = true;
        skip_space(j);
        const char *start = j->p;
        MRL_TRY(begin_value(j, &v, &open));
        if (open)
            continue;
        while (closed) { /* the value ends as many containers as brackets follow */
            if (j->depth == 0) {
                *ret = v;
                return MRL_OK;
            }
            MRL_TRY(push(j, v, start));
            start = j->text.ptr + j->frames[j->depth - 1].start;
            MRL_TRY(after_value(j, &v, &closed));
        }
    }
}

static mrl_status parse_from(mrl_arena *a, mrl_str text, size_t *at,
                             const struct mrl_json_opts *opts, struct mrl_err *err, mrl_val *ret) {
    static const struct mrl_json_opts defaults;
    struct parser *j = mrl_arena_alloc(a, sizeof *j, 16);
    MRL_CHECK(j != NULL, MRL_E_NOMEM);
    j->arena = a;
    j->opts = opts != NULL ? opts : &defaults;
    j->err = err;
    j->text = text;
    j->p = text.ptr + *at;
    j->end = text.ptr + text.len;
    j->pending = NULL;
    j->spans = NULL;
    j->n = j->cap = j->depth = 0;
    if (text.len > MRL_JSON_BYTES_MAX)
        return fail(j, MRL_E_LIMIT, "the document is larger than 2 GiB");
    mrl_arena_init(&j->tmp, MRL_ARENA_UNLIMITED);
    mrl_status status = document(j, ret);
    mrl_arena_release(&j->tmp);
    *at = (size_t)(j->p - text.ptr);
    return status;
}

mrl_status mrl_json_parse(mrl_arena *a, mrl_str text, const struct mrl_json_opts *opts,
                          struct mrl_err *err, mrl_val *ret) {
    size_t at = 0;
    mrl_val v = mrl_undefined();
    MRL_TRY(parse_from(a, text, &at, opts, err, &v));
    while (at < text.len && mrl_json_is_space(text.ptr[at]))
        at++;
    if (at < text.len) {
        struct mrl_pos pos = mrl_json_pos(text, (uint32_t)at);
        pos.file = opts != NULL ? opts->file : (mrl_str){NULL, 0};
        return mrl_err_at(err, MRL_E_SYNTAX, "json.syntax", pos,
                          "something follows the end of the document");
    }
    *ret = v;
    return MRL_OK;
}

mrl_status mrl_json_next(mrl_arena *a, mrl_str text, size_t *offset_at,
                         const struct mrl_json_opts *opts, struct mrl_err *err, mrl_val *ret) {
    while (*offset_at < text.len && mrl_json_is_space(text.ptr[*offset_at]))
        (*offset_at)++;
    MRL_CHECK(*offset_at < text.len, MRL_E_NOT_FOUND);
    return parse_from(a, text, offset_at, opts, err, ret);
}
