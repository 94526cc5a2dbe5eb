/* out.c - appending text: lines, indentation, the comment that waits for a line's end.
 *
 * Only these functions touch the output, so that they know whether a line has begun, and a mark
 * can take everything back. fmt_raw is the way out when comments cannot be placed: the source of
 * one node, verbatim.
 */
#include "engines/policy/fmt/fmt_internal.h"

#include "engines/policy/value_text.h"

void fmt_write(struct fmt *f, mrl_str s) {
    mrl_buf_add(&f->out, s);
}

void fmt_start_line(struct fmt *f) {
    f->inside = true;
    mrl_buf_fill(&f->out, '\t', f->level);
}

void fmt_end_line(struct fmt *f) {
    f->inside = false;
    /* `hold` saves the comment for the next line's end, once. */
    if (f->pending >= 0 && !f->hold) {
        FMT_LIT(f, " #");
        fmt_write(f, fmt_comment_text(&f->module->comments[f->pending]));
        f->pending = -1;
    }
    f->hold = false;
    FMT_LIT(f, "\n");
}

void fmt_blank_line(struct fmt *f) {
    if (f->inside)
        fmt_end_line(f);
    FMT_LIT(f, "\n");
}

/* Go's spelling has escapes that Rego has not (\x00, \a, \v): such strings are written in JSON's.
 */
static void json_quoted(struct fmt *f, mrl_str s) {
    FMT_LIT(f, "\"");
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        if (c == '"' || c == '\\')
            mrl_buf_printf(&f->out, "\\%c", c);
        else if (c < 0x20 || c == 0x7F)
            mrl_buf_printf(&f->out, "\\u%04x", c);
        else
            mrl_buf_byte(&f->out, s.ptr[i]);
    }
    FMT_LIT(f, "\"");
}

void fmt_quoted(struct fmt *f, mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        bool go_only = c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\b' && c != '\f';
        if (go_only || c == 0x7F) {
            json_quoted(f, s);
            return;
        }
    }
    mrl_quoted_text(&f->out, s);
}

struct fmt_mark fmt_mark(const struct fmt *f) {
    return (struct fmt_mark){f->out.len, f->level, f->next, f->pending};
}

/* Whether the comment stands in the source part [from, to). */
static bool within(const struct fmt *f, int64_t comment, uint32_t from, uint32_t to) {
    uint32_t at = f->module->comments[comment].loc.start;
    return at >= from && at < to;
}

/* The comment behind the part, on its last row; -1 where there is none or it is not to come along.
 */
static int64_t comment_behind(struct fmt *f, uint32_t to) {
    struct fmt at = *f;
    while (at.next < f->module->n_comments && f->module->comments[at.next].loc.start < to)
        at.next++;
    int64_t behind = fmt_next_comment(&at);
    return behind >= 0 && f->last_row && fmt_comment_row(f, behind) == fmt_row(f, to) ? behind : -1;
}

/* The source [from, to) without those comments in it that stand elsewhere already: the ones before
 * `placed`, save `pending`, which was still to be written. */
static void copy_source(struct fmt *f, uint32_t from, uint32_t to, const struct fmt_mark *mark) {
    const struct mrl_module *m = f->module;
    uint32_t i = mark->next;
    while (i > 0 && m->comments[i - 1].loc.start >= from)
        i--;
    for (; i < mark->next && m->comments[i].loc.start < to; i++) {
        if ((int64_t)i == mark->pending)
            continue;
        uint32_t end = m->comments[i].loc.start;
        while (end > from && (m->text.ptr[end - 1] == ' ' || m->text.ptr[end - 1] == '\t'))
            end--;
        fmt_write(f, mrl_str_sub(m->text, from, end));
        from = m->comments[i].loc.end < to ? m->comments[i].loc.end : to;
    }
    fmt_write(f, mrl_str_sub(m->text, from, to));
}

/* Comments inside the part come along with it; those before it that had been placed in what is
 * taken back are placed again. */
void fmt_raw(struct fmt *f, struct fmt_mark mark, uint32_t from, uint32_t to) {
    const struct mrl_module *m = f->module;
    MRL_ASSERT(from <= to && to <= m->text.len);
    MRL_ASSERT(mark.next <= f->next); /* comments are only ever placed, never invented */
    if (f->out.status == MRL_OK)
        f->out.len = mark.len;
    f->level = mark.level;
    f->next = mark.next;
    f->pending = mark.pending >= 0 && !within(f, mark.pending, from, to) ? mark.pending : -1;
    fmt_comments_before(f, fmt_row(f, from));
    int64_t behind = comment_behind(f, to);
    if (behind >= 0 && f->pending >= 0) { /* both want the end of the line */
        fmt_end_line(f);
        fmt_start_line(f);
    }
    copy_source(f, from, to, &mark);
    f->inside = true;
    while (f->next < m->n_comments && m->comments[f->next].loc.start < to)
        f->next++;
    f->raw_comment = behind >= 0;
    if (f->raw_comment) {
        FMT_LIT(f, " #");
        fmt_write(f, fmt_comment_text(&m->comments[behind]));
        f->next = (uint32_t)behind + 1;
    }
}
