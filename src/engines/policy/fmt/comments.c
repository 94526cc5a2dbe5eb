/* comments.c - the queue of comments and where each one goes.
 *
 * One comment ends a row, so that rows order them. `next` is the first one not yet placed; those
 * written beside an import are marked taken and passed over.
 */
#include "engines/policy/fmt/fmt_internal.h"

#include "base/unicode.h"
#include "base/utf8.h"

/* Without white space at the end, Unicode's included: editors leave it there. */
mrl_str fmt_comment_text(const struct mrl_comment *c) {
    mrl_str s = c->text;
    for (;;) {
        size_t at = s.len, width = 0;
        while (at > 0 && s.len - at < 4 &&
               (at == s.len || ((unsigned char)s.ptr[at] & 0xC0) == 0x80))
            at--; /* back to the first byte of the last code point */
        if (s.len == 0 || !mrl_unicode_space(mrl_utf8_at(s, at, &width)) || at + width != s.len)
            return s;
        s.len = at;
    }
}

bool fmt_is_metadata(const struct mrl_comment *c) {
    return c->loc.col == 1 && mrl_str_starts(mrl_str_trim(c->text), MRL_S("METADATA"));
}

uint32_t fmt_comment_row(const struct fmt *f, int64_t i) {
    MRL_ASSERT(i >= 0 && i < (int64_t)f->module->n_comments);
    return f->module->comments[i].loc.line;
}

int64_t fmt_next_comment(const struct fmt *f) {
    uint32_t i = f->next;
    while (i < f->module->n_comments && f->taken[i])
        i++;
    return i < f->module->n_comments ? (int64_t)i : -1;
}

/* A comment on a line of its own, indented like what follows. */
static void write_line(struct fmt *f, int64_t i) {
    MRL_ASSERT(!f->taken[i]);
    if (f->inside && f->pending >= 0) /* two on one line would become one */
        fmt_end_line(f);
    if (!f->inside)
        fmt_start_line(f);
    FMT_LIT(f, "#");
    fmt_write(f, fmt_comment_text(&f->module->comments[i]));
    fmt_end_line(f);
}

/* Blank lines between comments stay; a metadata block is set off from one right before it. */
bool fmt_comments_before(struct fmt *f, uint32_t row) {
    int64_t last = -1;
    bool in_metadata = false;
    for (int64_t i; (i = fmt_next_comment(f)) >= 0 && fmt_comment_row(f, i) < row;) {
        const struct mrl_comment *c = &f->module->comments[i];
        if (last >= 0 && c->loc.line - fmt_comment_row(f, last) > 1) {
            fmt_blank_line(f);
            in_metadata = false;
        } else if (last >= 0 && in_metadata && fmt_is_metadata(c)) {
            fmt_blank_line(f);
        }
        in_metadata |= fmt_is_metadata(c);
        write_line(f, i);
        last = i;
        f->next = (uint32_t)i + 1;
    }
    return last >= 0;
}

bool fmt_insert(struct fmt *f, int64_t row) {
    if (row <= 0)
        return true;
    int64_t first = fmt_next_comment(f);
    if (first < 0 || fmt_comment_row(f, first) > row)
        return true;
    if (fmt_comments_before(f, (uint32_t)row)) {
        uint32_t last = fmt_comment_row(f, (int64_t)f->next - 1);
        if (row - last > 1)
            fmt_blank_line(f);
    }
    int64_t at = fmt_next_comment(f);
    if (at < 0 || fmt_comment_row(f, at) != row)
        return true;
    f->next = (uint32_t)at + 1;
    if (f->pending >= 0) {
        f->pending = -1;
        return false;
    }
    f->pending = at;
    return true;
}

void fmt_insert_freely(struct fmt *f, int64_t row) {
    int64_t at = fmt_next_comment(f);
    if (f->pending >= 0 && at >= 0 && fmt_comment_row(f, at) <= row) {
        f->hold = false;
        fmt_end_line(f);
    }
    bool placed = fmt_insert(f, row);
    MRL_ASSERT(placed); /* nothing was pending */
}

void fmt_comments_rest(struct fmt *f) {
    bool any = false;
    for (int64_t i; (i = fmt_next_comment(f)) >= 0; any = true) {
        write_line(f, i);
        f->next = (uint32_t)i + 1;
    }
    if (any)
        FMT_LIT(f, "\n");
}
