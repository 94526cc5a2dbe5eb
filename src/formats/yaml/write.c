/* write.c - values as YAML: block style, or flow style for a place inside brackets.
 *
 * A string is written plain only where every reader that matters gives it back as the same string:
 * our own, and those of YAML 1.1 and 1.2 (so dates and base-60 numbers are quoted although
 * Kubernetes reads them as strings). In double quotes everything that is not plainly visible is an
 * escape, so that no editor or mail program can change it.
 */
#include "formats/yaml/yaml.h"

#include "base/num.h"
#include "base/utf8.h"
#include "formats/json/json.h"

#define KEY_SIMPLE_MAX                                                                             \
    128 /* longer keys get a `?`: readers refuse simple keys above 1024 bytes                      \
         */

struct writer {
    struct mrl_buf *out;
    mrl_arena *scratch;
    bool keep_order, indent_lists, flow;
    unsigned step;
    unsigned depth;
};

/* --- strings
 * ---------------------------------------------------------------------------------------- */

enum style { PLAIN, SINGLE, DOUBLE, LITERAL };

/* What text holds that decides how it may be written. */
struct look {
    bool newline; /* a line feed */
    bool odd;     /* something that only an escape keeps safe */
    bool quote;   /* something that needs quotes, whatever kind */
};

/* Code points that some reader takes for a line end, or that cannot be seen. */
static bool is_odd_rune(uint32_t c) {
    return (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF || c == 0xFFFE ||
           c == 0xFFFF;
}

static struct look look_at(mrl_str s, bool flow) {
    struct look l = {.newline = false};
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        char before = i > 0 ? s.ptr[i - 1] : ' ', after = i + 1 < s.len ? s.ptr[i + 1] : ' ';
        l.newline |= c == '\n';
        l.odd |= (c < 0x20 && c != '\n') || c == 0x7F;
        l.quote |= (c == ':' && (after == ' ' || flow)) || (c == '#' && before == ' ') ||
                   (flow && strchr(",[]{}?", (char)c) != NULL);
        if (c >= 0x80) {
            size_t width;
            l.odd |= is_odd_rune(mrl_utf8_at(s, i, &width));
            i += width - 1;
        }
    }
    return l;
}

/* Dates and base-60 numbers: strings for Kubernetes, something else for other readers. */
static bool others_resolve(mrl_str s) {
    size_t digits = 0, marks = 0, from = s.ptr[0] == '-' || s.ptr[0] == '+';
    for (size_t i = from; i < s.len; i++) {
        char c = s.ptr[i];
        digits += c >= '0' && c <= '9';
        marks += c == ':' || c == '-';
    }
    bool starts = s.len > from && s.ptr[from] >= '0' && s.ptr[from] <= '9';
    return (starts && marks > 0 && digits + marks + 8 >= s.len) || mrl_str_eq(s, MRL_S("<<")) ||
           mrl_str_eq(s, MRL_S("="));
}

/* How a string must be written so that it reads back as itself. */
static enum style style_of(const struct writer *w, mrl_str s) {
    mrl_val v = mrl_undefined();
    struct look l = look_at(s, w->flow);
    if (l.odd || s.len == 0)
        return DOUBLE;
    if (l.newline) /* a literal block cannot begin with blanks */
        return w->flow || s.ptr[0] == ' ' || s.ptr[0] == '\n' ? DOUBLE : LITERAL;
    if (mrl_yaml_resolve(w->scratch, s, &v) != MRL_OK || !mrl_is_str(v) || others_resolve(s))
        return DOUBLE;
    char first = s.ptr[0], second = s.len > 1 ? s.ptr[1] : ' ';
    bool dash = (first == '-' || first == '?' || first == ':') && (second == ' ' || w->flow);
    if (l.quote || dash || strchr(",[]{}#&*!|>'\"%@` ", first) != NULL || s.ptr[s.len - 1] == ' ' ||
        mrl_str_starts(s, MRL_S("---")) || mrl_str_starts(s, MRL_S("...")))
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

/* JSON's escapes are YAML's; beyond them the odd code points are written as \u. */
static void double_quoted(struct mrl_buf *b, mrl_str s) {
    size_t from = 0;
    struct mrl_buf part;
    mrl_buf_init(&part, b->max);
    mrl_json_write_str(&part, s, false);
    mrl_str text = mrl_buf_str(&part);
    for (size_t i = 0; i < text.len; i++) {
        size_t width;
        uint32_t rune = mrl_utf8_at(text, i, &width);
        if (is_odd_rune(rune)) {
            mrl_buf_add(b, mrl_str_sub(text, from, i));
            mrl_buf_printf(b, "\\u%04x", rune);
            from = i + width;
        }
        i += width - 1;
    }
    mrl_buf_add(b, mrl_str_sub(text, from, text.len));
    if (part.status != MRL_OK && b->status == MRL_OK)
        b->status = part.status;
    mrl_buf_release(&part);
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

static void string(struct writer *w, mrl_str s, unsigned indent, bool key) {
    switch (style_of(w, s)) {
    case PLAIN:
        mrl_buf_add(w->out, s);
        return;
    case SINGLE:
        single_quoted(w->out, s);
        return;
    case LITERAL:
        if (!key) {
            literal(w->out, s, indent > 0 ? indent : w->step); /* not at column 1 of a root */
            return;
        }
        __attribute__((fallthrough));
    default:
        double_quoted(w->out, s);
        return;
    }
}

/* --- nodes
 * ------------------------------------------------------------------------------------------ */

static void node(struct writer *w, mrl_val v, unsigned indent);

static bool is_open(mrl_val v) {
    return (mrl_is_arr(v) || mrl_is_obj(v) || mrl_is_set(v)) && v.len > 0;
}

/* The order in which entries are written: NULL = as stored. */
static const uint32_t *order_of(struct writer *w, mrl_val v) {
    mrl_status status = MRL_OK;
    if (mrl_is_arr(v) || (w->keep_order && mrl_is_obj(v)))
        return NULL;
    const uint32_t *order = mrl_val_order(w->scratch, v, &status);
    if (status != MRL_OK && w->out->status == MRL_OK)
        w->out->status = status;
    return order;
}

/* A key with its ':'. Keys that are no strings (sets of policies) are written as their JSON text.
 */
static void key(struct writer *w, mrl_val k, unsigned indent) {
    mrl_str s = mrl_val_str(k);
    struct mrl_buf text;
    mrl_buf_init(&text, w->out->max);
    if (!mrl_is_str(k)) {
        mrl_json_write(&text, w->scratch, k, NULL);
        s = mrl_buf_str(&text);
    }
    bool complex = s.len > KEY_SIMPLE_MAX;
    if (complex)
        mrl_buf_add(w->out, MRL_S("? "));
    string(w, s, indent, true);
    if (complex && !w->flow) {
        mrl_buf_byte(w->out, '\n');
        mrl_buf_fill(w->out, ' ', indent);
    }
    mrl_buf_byte(w->out, ':');
    mrl_buf_release(&text);
}

static void mapping(struct writer *w, mrl_val v, unsigned indent) {
    const uint32_t *order = order_of(w, v);
    for (uint32_t i = 0; i < v.len && w->out->status == MRL_OK; i++) {
        const struct mrl_member *m = &v.u.obj->m[order != NULL ? order[i] : i];
        if (i > 0)
            mrl_buf_fill(w->out, ' ', indent);
        key(w, m->key, indent);
        if (is_open(m->val)) {
            bool list = !mrl_is_obj(m->val);
            unsigned inner = list && !w->indent_lists ? indent : indent + w->step;
            mrl_buf_byte(w->out, '\n');
            mrl_buf_fill(w->out, ' ', inner);
            node(w, m->val, inner);
        } else {
            mrl_buf_byte(w->out, ' ');
            node(w, m->val, indent + w->step);
            mrl_buf_byte(w->out, '\n');
        }
    }
}

static void list(struct writer *w, mrl_val v, unsigned indent) {
    const uint32_t *order = order_of(w, v);
    for (uint32_t i = 0; i < v.len && w->out->status == MRL_OK; i++) {
        mrl_val item = v.u.arr->items[order != NULL ? order[i] : i];
        if (i > 0)
            mrl_buf_fill(w->out, ' ', indent);
        mrl_buf_add(w->out, MRL_S("- "));
        node(w, item, indent + 2);
        if (!is_open(item))
            mrl_buf_byte(w->out, '\n');
    }
}

/* {a: b, c: [d]} on one line. */
static void flow_collection(struct writer *w, mrl_val v) {
    const uint32_t *order = order_of(w, v);
    mrl_buf_byte(w->out, mrl_is_obj(v) ? '{' : '[');
    for (uint32_t i = 0; i < v.len && w->out->status == MRL_OK; i++) {
        uint32_t at = order != NULL ? order[i] : i;
        if (i > 0)
            mrl_buf_add(w->out, MRL_S(", "));
        if (mrl_is_obj(v)) {
            key(w, v.u.obj->m[at].key, 0);
            mrl_buf_byte(w->out, ' ');
        }
        node(w, mrl_is_obj(v) ? v.u.obj->m[at].val : v.u.arr->items[at], 0);
    }
    mrl_buf_byte(w->out, mrl_is_obj(v) ? '}' : ']');
}

static void node(struct writer *w, mrl_val v, unsigned indent) {
    if (++w->depth > MRL_VAL_DEPTH_MAX)
        w->out->status = MRL_E_LIMIT;
    else if (mrl_is_str(v))
        string(w, mrl_val_str(v), indent, false);
    else if (!is_open(v)) /* YAML writes the other scalars, {} and [] as JSON does */
        mrl_json_write(w->out, w->scratch, v, NULL);
    else if (w->flow)
        flow_collection(w, v);
    else if (mrl_is_obj(v))
        mapping(w, v, indent);
    else
        list(w, v, indent);
    w->depth--;
}

void mrl_yaml_write(struct mrl_buf *b, mrl_arena *scratch, mrl_val v,
                    const struct mrl_yaml_style *style) {
    static const struct mrl_yaml_style canonical;
    const struct mrl_yaml_style *s = style != NULL ? style : &canonical;
    mrl_arena tmp;
    mrl_arena_init(&tmp, MRL_ARENA_UNLIMITED);
    struct writer w = {.out = b,
                       .scratch = scratch != NULL ? scratch : &tmp,
                       .keep_order = s->keep_order,
                       .indent_lists = s->indent_lists,
                       .flow = s->flow,
                       .step = s->indent > 0 ? s->indent : 2};
    node(&w, v, s->column);
    mrl_arena_release(&tmp);
    if (!is_open(v) || s->flow)
        mrl_buf_byte(b, '\n');
}
