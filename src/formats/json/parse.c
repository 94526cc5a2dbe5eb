/* parse.c - the JSON parser: grammar, numbers, containers.
 *
 * Shape: one pass without recursion. Values of open containers wait on one stack; a bracket that
 * closes takes its entries from the top and leaves one value. The frame of an open container is a
 * marker value on the same stack: its tag, the offset of its bracket (len) and the place of the
 * frame around it (u.i).
 *
 * Speed: what runs for every value is forced inline, with cursor and stack top in registers, and is
 * compiled twice (with and without spans). Everything rare (escapes, errors, growth) is a call.
 * Strings are searched 32 bytes at a time without a branch in between, because most end there. A
 * value is written field by field into its place on the stack: one made elsewhere and copied as 16
 * bytes waits for its own stores (that was half of the time).
 */
#include "base/num.h"
#include "formats/json/json.h"
#include "formats/json/scan.h"

#define STACK_FIRST 256 /* values that the stack can hold at first */
#define NO_FRAME (-1)

struct range { /* where a value stood */
    uint32_t start, end;
};

struct parser {
    mrl_arena *arena;
    const struct mrl_json_opts *opts;
    struct mrl_err *err;
    mrl_str text;
    const char *end;
    struct mrl_buf values; /* mrl_val: keys and values of open containers, and frames */
    struct mrl_buf ranges; /* struct range: one beside each value, when spans are kept */
    const char *p;         /* where an error is; else the cursor lives in struct hot */
};

struct hot { /* what every value touches */
    const char *p;
    mrl_val *top;   /* first free place of the stack */
    mrl_val *limit; /* end of the stack */
    int64_t frame;  /* place of the innermost frame, or NO_FRAME */
    uint32_t depth;
};

static uint32_t offset(const struct parser *j, const char *p) {
    return (uint32_t)(p - j->text.ptr);
}

static mrl_val *base(const struct parser *j) {
    return (mrl_val *)(void *)j->values.ptr;
}

/* Lines are counted only now: a text without errors never pays for them. */
static mrl_status fail(struct parser *j, const char *at, mrl_status code, const char *what) {
    j->p = at;
    struct mrl_pos pos = mrl_json_pos(j->text, offset(j, at));
    pos.file = j->opts->file;
    return mrl_err_at(j->err, code, "json.syntax", pos, "%s", what);
}

static MRL_INLINE const char *skip_space(const char *p, const char *end) {
    if (MRL_LIKELY(p < end && *p > ' '))
        return p;
    if (MRL_LIKELY(end - p >= 2 && p[0] == ' ' && p[1] > ' ')) /* ", " and ": " */
        return p + 1;
    return mrl_json_skip_space(p, end);
}

/* --- the stack
 * ------------------------------------------------------------------------------------- */

/* Twice the room. The stack moves, so that top and limit are found anew; frames are numbers and
 * stay. */
static mrl_status grow_stack(struct parser *j, struct hot *h, const bool spans) {
    size_t n = j->values.ptr != NULL ? (size_t)(h->top - base(j)) : 0;
    size_t more = n > 0 ? n : STACK_FIRST;
    j->values.len = n * sizeof(mrl_val);
    j->ranges.len = n * sizeof(struct range);
    MRL_CHECK(mrl_buf_reserve(&j->values, more * sizeof(mrl_val)), j->values.status);
    MRL_CHECK(!spans || mrl_buf_reserve(&j->ranges,
                                        j->values.cap / sizeof(mrl_val) * sizeof(struct range)),
              j->ranges.status);
    h->top = base(j) + n;
    h->limit = base(j) + j->values.cap / sizeof(mrl_val);
    return MRL_OK;
}

static MRL_INLINE struct range *range_of(const struct parser *j, const mrl_val *at) {
    MRL_DASSERT(j->ranges.ptr != NULL && at >= base(j));
    return (struct range *)(void *)j->ranges.ptr + (at - base(j));
}

/* Makes sure that h->top can be written to. */
static MRL_INLINE mrl_status room(struct parser *j, struct hot *h, const bool spans) {
    return MRL_UNLIKELY(h->top == h->limit) ? grow_stack(j, h, spans) : MRL_OK;
}

/* Counts the value that was written at h->top. */
static MRL_INLINE void pushed(const struct parser *j, struct hot *h, const char *start,
                              const bool spans) {
    MRL_DASSERT(h->top < h->limit && h->p <= j->end);
    if (spans)
        *range_of(j, h->top) = (struct range){offset(j, start), offset(j, h->p)};
    h->top++;
}

/* --- scalars
 * --------------------------------------------------------------------------------------- */

/* A string with something special in it: an escape, bytes beyond ASCII, no end. */
static mrl_status slow_string(struct parser *j, struct hot *h, mrl_val *ret) {
    const char *what = NULL, *p = h->p + 1;
    mrl_str s;
    mrl_status status =
        mrl_json_scan_string(j->arena, &p, j->end, j->opts->copy_strings, &s, &what);
    if (status != MRL_OK)
        return what != NULL ? fail(j, p, status, what) : status;
    h->p = p;
    *ret = mrl_strval(s);
    return MRL_OK;
}

/* A plain string is a slice of the text; whatever needs more is slow_string's. */
static MRL_INLINE mrl_status string(struct parser *j, struct hot *h, const bool copy,
                                    mrl_val *ret) {
    const char *start = h->p + 1, *q = mrl_json_next_special(start, j->end);
    if (MRL_UNLIKELY(copy || q >= j->end || *q != '"'))
        return slow_string(j, h, ret);
    h->p = q + 1;
    ret->tag = MRL_T_STR;
    ret->flags = 0;
    ret->aux = 0;
    ret->len = (uint32_t)(q - start);
    ret->u.s = start;
    return MRL_OK;
}

/* A number that is not a short whole one. */
static mrl_status slow_number(struct parser *j, struct hot *h, mrl_val *ret) {
    const char *start = h->p, *p = start;
    while (p < j->end &&
           ((*p >= '0' && *p <= '9') || *p == '.' || *p == '+' || *p == '-' || (*p | 0x20) == 'e'))
        p++;
    mrl_str text = {start, (size_t)(p - start)};
    if (j->opts->copy_strings)
        text = mrl_arena_str(j->arena, text);
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    if (mrl_num_parse(text, ret) != MRL_OK)
        return fail(j, start, MRL_E_SYNTAX, "this is not a JSON number");
    h->p = p;
    return MRL_OK;
}

/* Up to 18 digits fit 64 bits without a check; all else keeps its text. */
static MRL_INLINE mrl_status number(struct parser *j, struct hot *h, mrl_val *ret) {
    const char *start = h->p, *digits = start + (*start == '-'), *p = digits;
    uint64_t u = 0;
    while (p < j->end && *p >= '0' && *p <= '9')
        u = u * 10 + (uint64_t)(*p++ - '0');
    size_t n = (size_t)(p - digits);
    bool more = p < j->end && (*p == '.' || (*p | 0x20) == 'e');
    bool zero =
        n > 0 && *digits == '0' && (n != 1 || digits != start); /* 012, or -0: which has a text */
    if (MRL_UNLIKELY(more || n > 18 || n == 0 || zero))
        return slow_number(j, h, ret);
    h->p = p;
    *ret = mrl_int(digits != start ? -(int64_t)u : (int64_t)u);
    return MRL_OK;
}

/* true, false and null; what follows one is the next step's affair. */
static mrl_status word(struct parser *j, struct hot *h, mrl_val *ret) {
    static const struct {
        mrl_str text;
        uint8_t tag;
        bool is;
    } words[] = {{MRL_S_INIT("true"), MRL_T_BOOL, true},
                 {MRL_S_INIT("false"), MRL_T_BOOL, false},
                 {MRL_S_INIT("null"), MRL_T_NULL, false}};
    for (size_t i = 0; i < MRL_COUNTOF(words); i++) {
        mrl_str w = words[i].text;
        if ((size_t)(j->end - h->p) < w.len || memcmp(h->p, w.ptr, w.len) != 0)
            continue;
        h->p += w.len;
        *ret = (mrl_val){.tag = words[i].tag, .u.i = words[i].is};
        return MRL_OK;
    }
    return fail(j, h->p, MRL_E_SYNTAX,
                "expected a value: null, true, false, number, string, [ or {");
}

static MRL_INLINE mrl_status scalar(struct parser *j, struct hot *h, const bool copy,
                                    mrl_val *ret) {
    char c = *h->p;
    if (MRL_LIKELY(c == '"'))
        return string(j, h, copy, ret);
    if (c == '-' || (c >= '0' && c <= '9'))
        return number(j, h, ret);
    return word(j, h, ret);
}

/* --- containers
 * ------------------------------------------------------------------------------------ */

/* Pushes the frame of a container whose bracket is at h->p. */
static MRL_INLINE mrl_status open_container(struct parser *j, struct hot *h, uint8_t tag,
                                            const bool spans) {
    if (MRL_UNLIKELY(h->depth == MRL_JSON_DEPTH_MAX))
        return fail(j, h->p, MRL_E_LIMIT, "nested deeper than 1000 levels");
    h->top->tag = tag;
    h->top->len = offset(j, h->p);
    h->top->u.i = h->frame;
    h->frame = h->top - base(j);
    h->depth++;
    h->p++;
    pushed(j, h, h->p, spans);
    return MRL_OK;
}

/* A key and its colon; pushes the key. */
static MRL_INLINE mrl_status key(struct parser *j, struct hot *h, const bool spans,
                                 const bool copy) {
    h->p = skip_space(h->p, j->end);
    const char *start = h->p;
    if (MRL_UNLIKELY(start >= j->end || *start != '"'))
        return fail(j, start, MRL_E_SYNTAX, "expected a key in double quotes");
    MRL_TRY(room(j, h, spans));
    MRL_TRY(string(j, h, copy, h->top));
    pushed(j, h, start, spans);
    h->p = skip_space(h->p, j->end);
    if (MRL_UNLIKELY(h->p >= j->end || *h->p != ':'))
        return fail(j, h->p, MRL_E_SYNTAX, "expected ':' after the key");
    h->p++;
    return MRL_OK;
}

/* Array items have a range each; a span is a range without a key. */
static mrl_status take_array(struct parser *j, const mrl_val *items, size_t n, const bool spans,
                             mrl_val *ret) {
    struct mrl_span *s = NULL;
    if (spans && n > 0) {
        const struct range *r = range_of(j, items);
        s = mrl_arena_alloc(j->arena, n * sizeof *s, _Alignof(struct mrl_span));
        MRL_CHECK(s != NULL, MRL_E_NOMEM);
        for (size_t i = 0; i < n; i++)
            s[i] = (struct mrl_span){0, 0, r[i].start, r[i].end};
    }
    return mrl_arr_take(j->arena, items, s, n, j->opts->ready, ret);
}

/* Makes the innermost open container from its pending entries and pushes it in their place. */
static mrl_status close_container(struct parser *j, struct hot *h, const bool spans) {
    MRL_DASSERT(h->frame != NO_FRAME && h->depth > 0);
    _Static_assert(sizeof(struct mrl_span) == 2 * sizeof(struct range), "key and value ranges");
    mrl_val *frame = base(j) + h->frame, *entries = frame + 1;
    size_t n = (size_t)(h->top - entries);
    const char *start = j->text.ptr + frame->len;
    h->frame = frame->u.i;
    if (frame->tag == MRL_T_OBJ) {
        MRL_DASSERT(n % 2 == 0); /* keys and values */
        struct mrl_span *s = spans ? (struct mrl_span *)(void *)range_of(j, entries) : NULL;
        struct mrl_member *m = (struct mrl_member *)(void *)entries;
        MRL_TRY(mrl_obj_take(j->arena, m, s, n / 2, j->opts->ready, frame));
        if (MRL_UNLIKELY(frame->len != n / 2 && j->opts->reject_duplicates))
            return fail(j, h->p, MRL_E_SYNTAX, "a key is repeated in this object");
    } else {
        MRL_TRY(take_array(j, entries, n, spans, frame));
    }
    h->p++;
    h->depth--;
    h->top = frame;
    pushed(j, h, start, spans);
    return MRL_OK;
}

/* After a value inside a container: a comma leads to the next one (*ret_closed false), a bracket
 * closes the container, which is pushed as a value (*ret_closed true). */
static MRL_INLINE mrl_status after_value(struct parser *j, struct hot *h, const bool spans,
                                         const bool copy, bool *ret_closed) {
    MRL_DASSERT(h->frame != NO_FRAME);
    bool object = base(j)[h->frame].tag == MRL_T_OBJ;
    h->p = skip_space(h->p, j->end);
    char c = h->p < j->end ? *h->p : '\0';
    *ret_closed = false;
    if (MRL_LIKELY(c == ',')) {
        h->p++;
        return object ? key(j, h, spans, copy) : MRL_OK;
    }
    *ret_closed = c == (object ? '}' : ']');
    if (MRL_LIKELY(*ret_closed))
        return close_container(j, h, spans);
    return fail(j, h->p, MRL_E_SYNTAX, object ? "expected ',' or '}'" : "expected ',' or ']'");
}

/* One value, pushed: a scalar, an empty container; or the frame of a container (*ret_open). */
static MRL_INLINE mrl_status begin_value(struct parser *j, struct hot *h, const bool spans,
                                         const bool copy, bool *ret_open) {
    *ret_open = false;
    h->p = skip_space(h->p, j->end);
    const char *start = h->p;
    if (MRL_UNLIKELY(start >= j->end))
        return fail(j, start, MRL_E_SYNTAX, "the text ends where a value was expected");
    MRL_TRY(room(j, h, spans));
    char c = *start;
    if (c != '{' && c != '[') {
        MRL_TRY(scalar(j, h, copy, h->top));
        pushed(j, h, start, spans);
        return MRL_OK;
    }
    MRL_TRY(open_container(j, h, c == '{' ? MRL_T_OBJ : MRL_T_ARR, spans));
    h->p = skip_space(h->p, j->end);
    if (h->p < j->end && *h->p == (c == '{' ? '}' : ']'))
        return close_container(j, h, spans);
    *ret_open = true;
    return c == '{' ? key(j, h, spans, copy) : MRL_OK;
}

/* A value begins, then brackets close: the two halves of a loop instead of a recursion. */
static MRL_INLINE mrl_status document(struct parser *j, const bool spans, const bool copy,
                                      mrl_val *ret) {
    struct hot h = {.p = j->p, .frame = NO_FRAME};
    for (;;) {
        bool open, closed = true;
        MRL_TRY(begin_value(j, &h, spans, copy, &open));
        if (open)
            continue;
        while (closed) { /* the value ends as many containers as brackets follow */
            if (h.frame == NO_FRAME) {
                j->p = h.p;
                *ret = *base(j);
                return MRL_OK;
            }
            MRL_TRY(after_value(j, &h, spans, copy, &closed));
        }
    }
}

static mrl_status with_spans(struct parser *j, mrl_val *ret) {
    return j->opts->copy_strings ? document(j, true, true, ret) : document(j, true, false, ret);
}

static mrl_status without_spans(struct parser *j, mrl_val *ret) {
    return j->opts->copy_strings ? document(j, false, true, ret) : document(j, false, false, ret);
}

static mrl_status parse_from(mrl_arena *a, mrl_str text, size_t *at,
                             const struct mrl_json_opts *opts, struct mrl_err *err, mrl_val *ret) {
    static const struct mrl_json_opts defaults;
    struct parser j = {.arena = a,
                       .opts = opts != NULL ? opts : &defaults,
                       .err = err,
                       .text = text,
                       .end = text.ptr + text.len,
                       .p = text.ptr + *at};
    if (text.len > MRL_JSON_BYTES_MAX)
        return fail(&j, j.p, MRL_E_LIMIT, "the document is larger than 2 GiB");
    mrl_buf_init(&j.values, SIZE_MAX);
    mrl_buf_init(&j.ranges, SIZE_MAX);
    mrl_status status = j.opts->keep_spans ? with_spans(&j, ret) : without_spans(&j, ret);
    mrl_buf_release(&j.values);
    mrl_buf_release(&j.ranges);
    *at = (size_t)(j.p - text.ptr);
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
