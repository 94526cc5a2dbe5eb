/* write.c - values as block-style YAML. */
#include "formats/yaml/yaml.h"

#include "base/num.h"
#include "formats/json/json.h"

/* --- strings
 * ---------------------------------------------------------------------------------------- */

enum style { PLAIN, SINGLE, DOUBLE, LITERAL };

static bool plain_char(const mrl_str s, size_t i) {
    unsigned char c = (unsigned char)s.ptr[i];
    if (c == ':')
        return i + 1 < s.len && s.ptr[i + 1] != ' ';
    if (c == '#')
        return i > 0 && s.ptr[i - 1] != ' ';
    return true;
}

/* How a string must be written so that it reads back as itself. */
static enum style style_of(mrl_arena *a, mrl_str s) {
    mrl_val v = mrl_undefined();
    bool newline = false, odd = false;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        newline |= c == '\n';
        odd |= (c < 0x20 && c != '\n') || c == 0x7F;
    }
    odd |= mrl_str_find(s, MRL_S("\xEF\xBB\xBF"), 0) != MRL_STR_NPOS;
    if (odd || s.len == 0)
        return DOUBLE;
    if (newline) /* a literal block cannot begin with blanks */
        return s.ptr[0] == ' ' || s.ptr[0] == '\n' ? DOUBLE : LITERAL;
    if (mrl_yaml_resolve(a, s, &v) != MRL_OK || !mrl_is_str(v) || mrl_str_eq(s, MRL_S("<<")) ||
        mrl_str_eq(s, MRL_S("=")))
        return DOUBLE;
    char first = s.ptr[0], second = s.len > 1 ? s.ptr[1] : ' ';
    bool dash = (first == '-' || first == '?' || first == ':') && second == ' ';
    if (dash || strchr(",[]{}#&*!|>'\"%@` ", first) != NULL || s.ptr[s.len - 1] == ' ' ||
        mrl_str_starts(s, MRL_S("---")) || mrl_str_starts(s, MRL_S("...")))
        return SINGLE;
    for (size_t i = 0; i < s.len; i++)
        if (!plain_char(s, i))
            return SINGLE;
    return PLAIN;
}

static void single_quoted(struct mrl_buf *b, mrl_str s) {
    mrl_buf_byte(b, '\'');
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\'')
            mrl_buf_byte(b, '\'');
        mrl_buf_byte(b, s.ptr[i]);
    }
    mrl_buf_byte(b, '\'');
}

static void literal(struct mrl_buf *b, mrl_str s, unsigned indent) {
    size_t ends = 0;
    while (ends < s.len && s.ptr[s.len - 1 - ends] == '\n')
        ends++;
    mrl_buf_add(b, ends == 0 ? MRL_S("|-") : ends == 1 ? MRL_S("|") : MRL_S("|+"));
    mrl_str rest = mrl_str_sub(s, 0, s.len - (ends > 0 ? 1 : 0));
    while (rest.ptr != NULL) {
        mrl_str line = mrl_str_cut(rest, '\n', &rest);
        mrl_buf_byte(b, '\n');
        if (line.len > 0)
            mrl_buf_fill(b, ' ', indent);
        mrl_buf_add(b, line);
    }
}

static void string(struct mrl_buf *b, mrl_arena *scratch, mrl_str s, unsigned indent, bool key) {
    switch (style_of(scratch, s)) {
    case PLAIN:
        mrl_buf_add(b, s);
        return;
    case SINGLE:
        single_quoted(b, s);
        return;
    case LITERAL:
        if (!key) {
            literal(b, s, indent > 0 ? indent : 2); /* a root may not begin at column 1 */
            return;
        }
        __attribute__((fallthrough));
    default:
        mrl_json_write_str(b, s, false);
        return;
    }
}

/* --- nodes
 * ------------------------------------------------------------------------------------------ */

static void node(struct mrl_buf *b, mrl_arena *scratch, mrl_val v, unsigned indent, unsigned depth);

static uint32_t nth(const uint32_t *order, uint32_t i) {
    return order != NULL ? order[i] : i;
}

static void mapping(struct mrl_buf *b, mrl_arena *scratch, mrl_val v, unsigned indent,
                    unsigned depth) {
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_val_order(scratch, v, &status);
    for (uint32_t i = 0; i < v.len && status == MRL_OK; i++) {
        const struct mrl_member *m = &v.u.obj->m[nth(order, i)];
        if (i > 0)
            mrl_buf_fill(b, ' ', indent);
        string(b, scratch, mrl_val_str(m->key), indent, true);
        mrl_buf_byte(b, ':');
        bool list = mrl_is_arr(m->val) || mrl_is_set(m->val);
        if ((list || mrl_is_obj(m->val)) && m->val.len > 0) {
            unsigned inner = list ? indent : indent + 2;
            mrl_buf_byte(b, '\n');
            mrl_buf_fill(b, ' ', inner);
            node(b, scratch, m->val, inner, depth + 1);
        } else {
            mrl_buf_byte(b, ' ');
            node(b, scratch, m->val, indent + 2, depth + 1);
            mrl_buf_byte(b, '\n');
        }
    }
}

static void list(struct mrl_buf *b, mrl_arena *scratch, mrl_val v, unsigned indent,
                 unsigned depth) {
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_is_set(v) ? mrl_val_order(scratch, v, &status) : NULL;
    for (uint32_t i = 0; i < v.len && status == MRL_OK; i++) {
        mrl_val item = v.u.arr->items[nth(order, i)];
        bool open = (mrl_is_arr(item) || mrl_is_obj(item) || mrl_is_set(item)) && item.len > 0;
        if (i > 0)
            mrl_buf_fill(b, ' ', indent);
        mrl_buf_add(b, MRL_S("- "));
        node(b, scratch, item, indent + 2, depth + 1);
        if (!open)
            mrl_buf_byte(b, '\n');
    }
}

static void node(struct mrl_buf *b, mrl_arena *scratch, mrl_val v, unsigned indent,
                 unsigned depth) {
    if (depth > MRL_VAL_DEPTH_MAX)
        return;
    switch (v.tag) {
    case MRL_T_OBJ:
        if (v.len == 0)
            mrl_buf_add(b, MRL_S("{}"));
        mapping(b, scratch, v, indent, depth);
        return;
    case MRL_T_ARR:
    case MRL_T_SET:
        if (v.len == 0)
            mrl_buf_add(b, MRL_S("[]"));
        list(b, scratch, v, indent, depth);
        return;
    case MRL_T_STR:
        string(b, scratch, mrl_val_str(v), indent, false);
        return;
    default:
        mrl_json_write(b, scratch, v, NULL);
        return;
    }
}

void mrl_yaml_write(struct mrl_buf *b, mrl_arena *scratch, mrl_val v) {
    bool open = (mrl_is_arr(v) || mrl_is_obj(v) || mrl_is_set(v)) && v.len > 0;
    mrl_arena tmp;
    mrl_arena_init(&tmp, MRL_ARENA_UNLIMITED);
    node(b, scratch != NULL ? scratch : &tmp, v, 0, 0);
    mrl_arena_release(&tmp);
    if (!open)
        mrl_buf_byte(b, '\n');
}
