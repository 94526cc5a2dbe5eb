/* write.c - values to JSON text: compact or indented, keys sorted unless asked otherwise.
 *
 * The compact form is that of OPA's json.marshal and of Go: sorted keys, no blanks. A key that is
 * no string (Rego has such) becomes the text of its JSON. Failures stay in the buffer's status,
 * so that no call needs a check.
 */
#include "base/num.h"
#include "base/utf8.h"
#include "formats/json/json.h"

struct writer {
    struct mrl_buf *out;
    mrl_arena *scratch;
    const struct mrl_json_style *style;
    unsigned depth;
};

/* What JSON must escape, and with `html` what Go's encoder escapes besides. */
static bool needs_escape(unsigned char c, bool html) {
    return c < 32 || c == '"' || c == '\\' || (html && (c == '<' || c == '>' || c == '&'));
}

/* The short form where JSON has one. */
static void write_escape(struct mrl_buf *b, unsigned char c) {
    static const char named[] = "\"\\\b\f\n\r\t", letter[] = "\"\\bfnrt";
    const char *hit = c != 0 ? strchr(named, c) : NULL;
    if (hit != NULL) {
        mrl_buf_byte(b, '\\');
        mrl_buf_byte(b, letter[hit - named]);
    } else {
        mrl_buf_printf(b, "\\u%04x", c);
    }
}

/* U+2028 and U+2029 end lines in JavaScript: Go escapes them together with HTML. */
static bool is_line_separator(mrl_str s, size_t i) {
    return i + 2 < s.len && (unsigned char)s.ptr[i] == 0xE2 &&
           (unsigned char)s.ptr[i + 1] == 0x80 && ((unsigned char)s.ptr[i + 2] & 0xFE) == 0xA8;
}

/* Whether the byte at *i begins no character; else *i moves to the last byte of the character. File
 * names are the only texts that hold such bytes, and what we write must be JSON all the same. */
static bool is_broken(mrl_str s, size_t *i) {
    size_t width;
    bool broken = mrl_utf8_at(s, *i, &width) == MRL_UTF8_BAD && width == 1;
    *i += width - 1;
    return broken;
}

void mrl_json_write_str(struct mrl_buf *b, mrl_str s, bool html) {
    size_t from = 0;
    mrl_buf_byte(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool separator = html && c == 0xE2 && is_line_separator(s, i);
        bool broken = c >= 0x80 && is_broken(s, &i);
        if (!separator && !broken && !needs_escape(c, html))
            continue;
        mrl_buf_add(b, mrl_str_sub(s, from, separator ? i - 2 : i));
        if (separator) {
            mrl_buf_printf(b, "\\u202%c", (unsigned char)s.ptr[i] == 0xA8 ? '8' : '9');
        } else if (broken) {
            MRL_BUF_LIT(b, "\xEF\xBF\xBD");
        } else {
            write_escape(b, c);
        }
        from = i + 1;
    }
    mrl_buf_add(b, mrl_str_sub(s, from, s.len));
    mrl_buf_byte(b, '"');
}

/* Begins a line of the indented form; nothing in the compact one. */
static void newline(struct writer *w) {
    if (w->style->indent == 0)
        return;
    mrl_buf_byte(w->out, '\n');
    mrl_buf_fill(w->out, ' ', (size_t)w->style->indent * ((size_t)w->style->level + w->depth));
}

static void write_value(struct writer *w, mrl_val v);

/* The key and its colon. */
static void write_key(struct writer *w, mrl_val key) {
    if (key.tag == MRL_T_STR) {
        mrl_json_write_str(w->out, mrl_val_str(key), w->style->escape_html);
    } else {
        struct mrl_json_style compact = {.escape_html = w->style->escape_html};
        struct mrl_buf text;
        mrl_buf_init(&text, w->out->max);
        struct writer inner = {&text, w->scratch, &compact, w->depth};
        write_value(&inner, key);
        mrl_json_write_str(w->out, mrl_buf_str(&text), w->style->escape_html);
        mrl_buf_release(&text);
    }
    mrl_buf_byte(w->out, ':');
    if (w->style->indent > 0)
        mrl_buf_byte(w->out, ' ');
}

static void write_container(struct writer *w, mrl_val v) {
    MRL_DASSERT(v.tag == MRL_T_OBJ || v.tag == MRL_T_ARR || v.tag == MRL_T_SET);
    bool object = v.tag == MRL_T_OBJ;
    mrl_status status = MRL_OK;
    const uint32_t *order = NULL;
    if (v.tag == MRL_T_SET || (object && !w->style->keep_order))
        order = mrl_val_order(w->scratch, v, &status);
    if (status != MRL_OK || w->depth >= MRL_VAL_DEPTH_MAX) {
        w->out->status = status != MRL_OK ? status : MRL_E_LIMIT;
        return;
    }
    mrl_buf_byte(w->out, object ? '{' : '[');
    w->depth++;
    for (uint32_t i = 0; i < v.len; i++) {
        uint32_t at = order != NULL ? order[i] : i;
        if (i > 0)
            mrl_buf_byte(w->out, ',');
        newline(w);
        if (object)
            write_key(w, v.u.obj->m[at].key);
        write_value(w, object ? v.u.obj->m[at].val : v.u.arr->items[at]);
    }
    w->depth--;
    if (v.len > 0)
        newline(w);
    mrl_buf_byte(w->out, object ? '}' : ']');
}

static void write_value(struct writer *w, mrl_val v) {
    switch (v.tag) {
    case MRL_T_BOOL:
        mrl_buf_add(w->out, v.u.i ? MRL_S("true") : MRL_S("false"));
        break;
    case MRL_T_INT:
    case MRL_T_NUM:
        mrl_num_write(w->out, v);
        break;
    case MRL_T_STR:
        mrl_json_write_str(w->out, mrl_val_str(v), w->style->escape_html);
        break;
    case MRL_T_ARR:
    case MRL_T_OBJ:
    case MRL_T_SET:
        write_container(w, v);
        break;
    default:
        MRL_BUF_LIT(w->out, "null");
    }
}

void mrl_json_write(struct mrl_buf *b, mrl_arena *scratch, mrl_val v,
                    const struct mrl_json_style *style) {
    static const struct mrl_json_style defaults;
    struct writer w = {b, scratch, style != NULL ? style : &defaults, 0};
    write_value(&w, v);
}
