/* value_text.c - see value_text.h.
 *
 * The order of sets and objects is that of comparing values, so that equal values always have one
 * text. Strings are quoted as Go's strconv.Quote does for ASCII; other characters stay as they
 * are.
 */
#include "engines/policy/value_text.h"

#include "base/num.h"

void mrl_quoted_text(struct mrl_buf *b, mrl_str s) {
    static const char names[] = {'a', 'b', 't', 'n', 'v', 'f', 'r'}; /* from 7 on */
    mrl_buf_byte(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            mrl_buf_printf(b, "\\%c", c);
        else if (c >= 7 && c <= 13)
            mrl_buf_printf(b, "\\%c", names[c - 7]);
        else if (c < 0x20 || c == 0x7F)
            mrl_buf_printf(b, "\\x%02x", c);
        else
            mrl_buf_byte(b, (char)c);
    }
    mrl_buf_byte(b, '"');
}

static void text(struct mrl_buf *b, mrl_arena *scratch, mrl_val v, unsigned depth);

/* Arrays, sets and objects; the empty set has a name, as {} is an object. */
static void list(struct mrl_buf *b, mrl_arena *scratch, mrl_val v, unsigned depth) {
    MRL_DASSERT(v.tag >= MRL_T_ARR);
    mrl_status status = MRL_OK;
    bool arr = mrl_is_arr(v);
    const uint32_t *order = arr ? NULL : mrl_val_order(scratch, v, &status);
    if (mrl_is_set(v) && v.len == 0) {
        mrl_buf_add(b, MRL_S("set()"));
        return;
    }
    mrl_buf_byte(b, arr ? '[' : '{');
    for (uint32_t i = 0; i < v.len && status == MRL_OK; i++) {
        uint32_t at = order != NULL ? order[i] : i;
        mrl_buf_add(b, i > 0 ? MRL_S(", ") : MRL_S(""));
        if (mrl_is_obj(v)) {
            text(b, scratch, v.u.obj->m[at].key, depth + 1);
            mrl_buf_add(b, MRL_S(": "));
            text(b, scratch, v.u.obj->m[at].val, depth + 1);
        } else {
            text(b, scratch, v.u.arr->items[at], depth + 1);
        }
    }
    mrl_buf_byte(b, arr ? ']' : '}');
}

static void text(struct mrl_buf *b, mrl_arena *scratch, mrl_val v, unsigned depth) {
    if (depth > MRL_VAL_DEPTH_MAX)
        return;
    switch (v.tag) {
    case MRL_T_NULL:
        mrl_buf_add(b, MRL_S("null"));
        return;
    case MRL_T_BOOL:
        mrl_buf_add(b, v.u.i != 0 ? MRL_S("true") : MRL_S("false"));
        return;
    case MRL_T_INT:
    case MRL_T_NUM:
        mrl_num_write(b, v);
        return;
    case MRL_T_STR:
        mrl_quoted_text(b, mrl_val_str(v));
        return;
    case MRL_T_ARR:
    case MRL_T_OBJ:
    case MRL_T_SET:
        list(b, scratch, v, depth);
        return;
    default:
        mrl_buf_add(b, MRL_S("<undefined>"));
        return;
    }
}

void mrl_value_text(struct mrl_buf *b, mrl_arena *scratch, mrl_val v) {
    text(b, scratch, v, 0);
}
