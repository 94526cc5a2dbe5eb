/* fields.c - mutants of the JSON tree: each member and item removed, emptied, of another type,
 * another number, repeated, spelled otherwise, or taken from another bundle.
 */
#include "mutate.h"

#include "base/base64.h"
#include "base/num.h"
#include "formats/json/json.h"

#include <stdio.h>

#define DEPTH_MAX 16u
#define BYTES_MIN 16u /* digits of base64 that are worth a look */
#define MARK "\x01"   /* stands where a field's bytes go; no JSON text holds it */

/* Values that take a field's place. %N is the number that was there, made one more or less. */
static const char *const values[] = {
    "null",
    "\"\"",
    "{}",
    "[]",
    "0",
    "\"0\"",
    "true",
    "\"none\"",
    "[{}]",
    "[null]",
    "-1",
    "\"-1\"",
    "9007199254740992",
    "\"9007199254740992\"",
    "9223372036854775807",
    "\"9223372036854775807\"",
    "9223372036854775808",
    "\"9223372036854775808\"",
    "18446744073709551615",
    "\"18446744073709551615\"",
    "18446744073709551616",
    "\"18446744073709551616\"",
    "1e400",
    "0.5",
    "\"\\u0000\"",
};

enum op {
    REMOVE,
    REPEAT,
    REPEAT_NULL,
    OTHER_SPELLING,
    BOTH_SPELLINGS,
    LONGER,
    SHORTER,
    ESCAPED,
    MORE,
    LESS,
    NEGATIVE,
    UNKNOWN_MEMBER,
    MARKED,
    OPS
};
static const char *const op_names[] = {"removed",
                                       "repeated",
                                       "repeated as null",
                                       "in its other spelling",
                                       "in both spellings",
                                       "a letter more",
                                       "a letter less",
                                       "its name escaped",
                                       "one more",
                                       "one less",
                                       "negative",
                                       "a member nobody knows",
                                       "marked"};

struct step {
    mrl_str key; /* of a member; ptr NULL: an item */
    uint32_t item;
};

struct walk {
    uint32_t target, next; /* nodes are numbered as they stand */
    uint32_t op;           /* enum op; then values; then the trees of others */
    const struct run *run;
    const struct subject *subject;
    struct step path[DEPTH_MAX];
    unsigned depth;
    bool done, applies; /* the target was met; the change is one */
    mrl_val found;      /* its value */
    mrl_str name;       /* and name */
};

static const struct mrl_json_style kept = {.keep_order = true};

static void put_value(struct mrl_buf *b, mrl_val v) {
    mrl_json_write(b, NULL, v, &kept);
}

/* camelCase to snake_case, or back. */
static mrl_str respelled(mrl_str key, char out[128]) {
    size_t n = 0;
    for (size_t i = 0; i < key.len && n + 2 < 128; i++) {
        char c = key.ptr[i];
        if (c >= 'A' && c <= 'Z') {
            out[n++] = '_';
            out[n++] = (char)(c - 'A' + 'a');
        } else if (c == '_' && i + 1 < key.len) {
            c = key.ptr[++i];
            out[n++] = c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
        } else {
            out[n++] = c;
        }
    }
    return (mrl_str){out, n};
}

/* The value at the same place of another subject; undefined when it has none. */
static mrl_val same_place(const struct walk *w, const struct subject *other) {
    mrl_val v = other->tree;
    for (unsigned i = 0; i < w->depth; i++)
        v = w->path[i].key.ptr != NULL ? mrl_obj_get_str(v, w->path[i].key)
            : mrl_is_arr(v)            ? mrl_arr_at(v, w->path[i].item)
                                       : mrl_undefined();
    return v;
}

static bool number_of(mrl_val v, int64_t *ret) {
    if (mrl_is_str(v) && mrl_num_parse(mrl_val_str(v), &v) != MRL_OK)
        return false;
    return mrl_is_num(v) && mrl_num_to_i64(v, ret);
}

/* The value of the target, changed. False: this change does not apply. */
static bool changed_value(struct walk *w, mrl_val v, struct mrl_buf *b) {
    int64_t n = 0;
    if (w->op >= OPS + MRL_COUNTOF(values)) {
        uint32_t other = w->op - OPS - (uint32_t)MRL_COUNTOF(values);
        mrl_val theirs = same_place(w, &w->run->subjects[other]);
        if (!mrl_is_defined(theirs) || mrl_val_eq(theirs, v))
            return false;
        put_value(b, theirs);
        return true;
    }
    if (w->op >= OPS) {
        mrl_buf_add(b, mrl_str_z(values[w->op - OPS]));
        return true;
    }
    if (w->op == MARKED) {
        if (!mrl_is_str(v))
            return false;
        MRL_BUF_LIT(b, "\"" MARK "\"");
        return true;
    }
    if ((w->op == LONGER || w->op == SHORTER) && mrl_is_str(v)) {
        mrl_str s = mrl_val_str(v);
        char more[2] = "A";
        mrl_str all =
            mrl_arena_printf((mrl_arena *)&w->run->scratch, "%.*s%s",
                             MRL_F(w->op == LONGER ? s : mrl_str_sub(s, 0, s.len - (s.len > 0))),
                             w->op == LONGER ? more : "");
        mrl_json_write_str(b, all, false);
        return true;
    }
    if (w->op == MORE || w->op == LESS || w->op == NEGATIVE) {
        if (!number_of(v, &n))
            return false;
        n = w->op == NEGATIVE ? -n : w->op == MORE ? n + (n < INT64_MAX) : n - 1;
        mrl_buf_printf(b, mrl_is_str(v) ? "\"%lld\"" : "%lld", (long long)n);
        return true;
    }
    return false;
}

static void emit(struct walk *w, mrl_val v, struct mrl_buf *b);

static void put_key(struct mrl_buf *b, mrl_str key) {
    mrl_json_write_str(b, key, false);
    mrl_buf_byte(b, ':');
}

/* The member with its change; false when it is written as it was. */
static bool changed_member(struct walk *w, mrl_str key, mrl_val v, struct mrl_buf *b) {
    char other[128];
    mrl_str spelled = respelled(key, other);
    bool two = !mrl_str_eq(spelled, key);
    switch (w->op) {
    case REPEAT:
    case REPEAT_NULL:
        put_key(b, key);
        put_value(b, v);
        mrl_buf_byte(b, ',');
        put_key(b, key);
        put_value(b, w->op == REPEAT ? v : mrl_null());
        return true;
    case OTHER_SPELLING:
    case BOTH_SPELLINGS:
        if (!two)
            return false;
        put_key(b, spelled);
        put_value(b, v);
        if (w->op == BOTH_SPELLINGS) {
            mrl_buf_byte(b, ',');
            put_key(b, key);
            put_value(b, v);
        }
        return true;
    case ESCAPED: /* twice: once as it is, once with its first letter as an escape */
        put_key(b, key);
        put_value(b, v);
        mrl_buf_printf(b, ",\"\\u%04x%.*s\":null", (unsigned)(unsigned char)key.ptr[0],
                       MRL_F(mrl_str_sub(key, 1, key.len)));
        return true;
    case UNKNOWN_MEMBER:
        MRL_BUF_LIT(b, "\"nobody knows\":1,");
        put_key(b, key);
        put_value(b, v);
        return true;
    default:
        put_key(b, key);
        if (changed_value(w, v, b))
            return true;
        put_value(b, v);
        w->applies = false;
        return true;
    }
}

/* One child: written as it is, or changed when it is the target. */
static void child(struct walk *w, struct step step, mrl_val v, bool *first, struct mrl_buf *b) {
    bool me = w->next++ == w->target;
    MRL_ASSERT(w->depth < DEPTH_MAX);
    w->path[w->depth++] = step;
    if (me) {
        w->done = w->applies = true;
        w->found = v;
        w->name = step.key.ptr != NULL ? step.key : w->name;
    }
    if (!(me && w->op == REMOVE)) {
        if (!*first)
            mrl_buf_byte(b, ',');
        *first = false;
        if (!me) {
            if (step.key.ptr != NULL)
                put_key(b, step.key);
            emit(w, v, b);
        } else if (step.key.ptr != NULL) {
            if (!changed_member(w, step.key, v, b)) {
                w->applies = false;
                put_key(b, step.key);
                put_value(b, v);
            }
        } else if (w->op == REPEAT) {
            put_value(b, v);
            mrl_buf_byte(b, ',');
            put_value(b, v);
        } else if (!changed_value(w, v, b)) {
            w->applies = false;
            put_value(b, v);
        }
    }
    w->depth--;
}

static void emit(struct walk *w, mrl_val v, struct mrl_buf *b) {
    bool first = true;
    if (mrl_is_obj(v)) {
        mrl_buf_byte(b, '{');
        for (uint32_t i = 0; i < v.len; i++) {
            mrl_str key = mrl_val_str(v.u.obj->m[i].key);
            child(w, (struct step){.key = key}, v.u.obj->m[i].val, &first, b);
        }
        mrl_buf_byte(b, '}');
    } else if (mrl_is_arr(v)) {
        mrl_buf_byte(b, '[');
        for (uint32_t i = 0; i < v.len; i++)
            child(w, (struct step){.item = i}, v.u.arr->items[i], &first, b);
        mrl_buf_byte(b, ']');
    } else {
        put_value(b, v);
    }
}

/* A field that holds base64 is a field of bytes. */
static void look_inside(struct run *r, const struct subject *s, const struct walk *w,
                        mrl_str marked) {
    mrl_str bytes, text = mrl_is_str(w->found) ? mrl_val_str(w->found) : (mrl_str){"", 0};
    size_t at, mark = mrl_str_find(marked, MRL_S(MARK), 0);
    if (text.len < BYTES_MIN || mark == MRL_STR_NPOS ||
        mrl_base64_decode(r->arena, text, MRL_BASE64_STD, &bytes, &at) != MRL_OK)
        return;
    marked = mrl_arena_str(r->arena, marked);
    MRL_ASSERT(marked.ptr != NULL);
    mutate_bytes(r, s, bytes, mrl_str_sub(marked, 0, mark),
                 mrl_str_sub(marked, mark + 1, marked.len));
}

/* One change of one node; false when there is no such node. */
static bool change(struct run *r, const struct subject *s, uint32_t node, uint32_t op) {
    struct walk w = {.target = node, .op = op, .run = r, .subject = s};
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 24);
    emit(&w, s->tree, &b);
    r->where = w.name;
    r->at = node;
    if (w.done && w.applies && op == MARKED) {
        look_inside(r, s, &w, mrl_buf_str(&b));
    } else if (w.done && w.applies && its_turn(r, r->stride_fields)) {
        r->how = op < OPS                         ? op_names[op]
                 : op < OPS + MRL_COUNTOF(values) ? values[op - OPS]
                                                  : "taken from another bundle";
        try_mutant(r, s, mrl_buf_str(&b));
    }
    mrl_buf_release(&b);
    return w.done;
}

void mutate_fields(struct run *r, const struct subject *s) {
    uint32_t n_ops = OPS + (uint32_t)MRL_COUNTOF(values) + r->n_subjects;
    for (uint32_t node = 0;; node++)
        for (uint32_t op = 0; op < n_ops; op++)
            if (!change(r, s, node, op))
                return;
}
