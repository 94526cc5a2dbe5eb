/* screen.c - see screen.h.
 *
 * Everything that is shown comes from files that anybody may have written, so each character
 * passes through shown(): no control character, escape sequence or mark that reorders text gets
 * to a terminal. Widths are columns, not bytes or characters: a wide character takes two.
 */
#include "cli/screen.h"

#include "base/unicode.h"
#include "base/utf8.h"

#define SAY_MAX ((size_t)1 << 20) /* bytes of one paragraph */
#define HANGING 2                 /* columns by which its later lines are indented */

/* The character at `at` as it is shown, and its width in bytes and columns. */
static uint32_t shown(mrl_str text, size_t at, size_t *ret_bytes, size_t *ret_columns) {
    uint32_t c = mrl_utf8_at(text, at, ret_bytes);
    if (c == '\t' || c == '\n' || c == '\r')
        c = ' ';
    else if (mrl_utf8_is_harmful(c))
        c = MRL_UTF8_BAD;
    *ret_columns = c == MRL_UTF8_BAD ? 1 : mrl_unicode_width(c);
    return c;
}

void mrl_plain_text(struct mrl_buf *b, mrl_str text) {
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        mrl_buf_byte(b, c < ' ' || c == 0x7F ? '?' : text.ptr[i]);
    }
}

size_t mrl_screen_columns(mrl_str text) {
    size_t n = 0, bytes, columns;
    for (size_t i = 0; i < text.len; i += bytes) {
        (void)shown(text, i, &bytes, &columns);
        n += columns;
    }
    return n;
}

static void open_style(struct mrl_screen *s, const char *style) {
    if (s->color && style != NULL)
        mrl_buf_printf(s->b, "\033[%sm", style);
}

static void close_style(struct mrl_screen *s, const char *style) {
    if (s->color && style != NULL)
        mrl_buf_add(s->b, MRL_S("\033[0m"));
}

/* Appends one character. */
static void put(struct mrl_screen *s, uint32_t c) {
    char out[4];
    size_t n = mrl_utf8_put(c, out);
    mrl_buf_add(s->b, (mrl_str){out, n});
}

void mrl_screen_text(struct mrl_screen *s, const char *style, mrl_str text) {
    size_t bytes, columns;
    open_style(s, style);
    for (size_t i = 0; i < text.len; i += bytes)
        put(s, shown(text, i, &bytes, &columns));
    close_style(s, style);
}

size_t mrl_screen_window(struct mrl_screen *s, const char *style, mrl_str text, size_t from,
                         size_t n) {
    size_t total = mrl_screen_columns(text), at = 0, bytes, columns;
    size_t to = from + n < total ? from + n : total;
    bool cut_left = from > 0 && to > from, cut_right = to < total && to > from;
    if (to <= from)
        return 0;
    open_style(s, style);
    for (size_t i = 0; i < text.len && at < to; i += bytes, at += columns) {
        uint32_t c = shown(text, i, &bytes, &columns);
        if (at + columns <= from)
            continue;
        bool first = cut_left && at <= from, last = cut_right && at + columns >= to;
        size_t here = (at + columns < to ? at + columns : to) - (at > from ? at : from);
        if (first || last || here < columns) {
            mrl_buf_fill(s->b, ' ', here > 0 && (first || last) ? here - 1 : here);
            if (first || last)
                mrl_buf_add(s->b, MRL_S("…"));
        } else {
            put(s, c);
        }
    }
    close_style(s, style);
    return to - from;
}

/* --- paragraphs ----------------------------------------------------------------------------------
 */

void mrl_para_begin(struct mrl_para *p, struct mrl_screen *s, size_t first, size_t indent) {
    size_t most = s->width / 2; /* narrow terminals keep half for the text */
    *p = (struct mrl_para){.screen = s, .indent = indent < most ? indent : most, .glue = true};
    first = first < most ? first : most;
    mrl_buf_fill(s->b, ' ', first);
    p->col = first;
}

/* Begins the next line of a paragraph at its indentation. */
static void next_line(struct mrl_para *p) {
    mrl_buf_byte(p->screen->b, '\n');
    mrl_buf_fill(p->screen->b, ' ', p->indent);
    p->col = p->indent;
    p->glue = true;
}

/* Bytes of the longest beginning of a word that takes at most n columns, one character at least. */
static size_t beginning(mrl_str word, size_t n) {
    size_t bytes, columns, used = 0, i = 0;
    for (; i < word.len; i += bytes, used += columns) {
        (void)shown(word, i, &bytes, &columns);
        if (i > 0 && used + columns > n)
            break;
    }
    return i;
}

/* A word on this line or the next; one that is longer than a line is cut. */
static void add_word(struct mrl_para *p, const char *style, mrl_str word) {
    MRL_ASSERT(p->indent <= p->screen->width);
    struct mrl_screen *s = p->screen;
    size_t columns = mrl_screen_columns(word), blank = !p->glue;
    if (p->col + blank + columns > s->width && p->col > p->indent) {
        next_line(p);
        blank = 0;
    }
    mrl_buf_fill(s->b, ' ', blank);
    p->col += blank;
    while (p->col + columns > s->width) {
        size_t n = beginning(word, s->width - p->col);
        mrl_screen_text(s, style, mrl_str_sub(word, 0, n));
        word = mrl_str_sub(word, n, word.len);
        columns = mrl_screen_columns(word);
        if (word.len == 0)
            return;
        next_line(p);
    }
    mrl_screen_text(s, style, word);
    p->col += columns;
    p->glue = false;
}

void mrl_para_add(struct mrl_para *p, const char *style, mrl_str text) {
    size_t from = 0;
    for (size_t i = 0; i <= text.len; i++) {
        if (i < text.len && text.ptr[i] != ' ' && text.ptr[i] != '\n' && text.ptr[i] != '\t')
            continue;
        if (i > from)
            add_word(p, style, mrl_str_sub(text, from, i));
        from = i + 1;
    }
}

void mrl_para_end(struct mrl_para *p) {
    mrl_buf_byte(p->screen->b, '\n');
}

void mrl_screen_say(struct mrl_screen *s, size_t indent, const char *style, const char *fmt, ...) {
    struct mrl_buf text;
    struct mrl_para p;
    va_list ap;
    mrl_buf_init(&text, SAY_MAX);
    va_start(ap, fmt);
    mrl_buf_vprintf(&text, fmt, ap);
    va_end(ap);
    mrl_para_begin(&p, s, indent, indent + HANGING);
    mrl_para_add(&p, style, mrl_buf_str(&text));
    mrl_para_end(&p);
    mrl_buf_release(&text);
}
