/* table.c - see table.h. */
#include "cli/table.h"

#include "base/unicode.h"
#include "base/utf8.h"

void mrl_table_init(struct mrl_table *t, mrl_arena *arena, uint32_t columns) {
    MRL_ASSERT(columns > 0);
    *t = (struct mrl_table){.arena = arena, .columns = columns};
}

void mrl_table_add(struct mrl_table *t, mrl_str text) {
    if (t->n == t->cap) {
        uint32_t cap = t->cap > 0 ? t->cap * 2 : 32;
        mrl_str *cells = mrl_arena_regrow(t->arena, t->cells, t->cap, cap, sizeof *cells);
        if (cells == NULL) {
            t->status = MRL_E_NOMEM;
            return;
        }
        t->cells = cells;
        t->cap = cap;
    }
    t->cells[t->n++] = text;
}

/* Columns that a text takes on a terminal. */
static size_t width_of(mrl_str s) {
    size_t width = 0, size;
    for (size_t at = 0; at < s.len; at += size) {
        width += mrl_unicode_width(mrl_utf8_at(s, at, &size));
    }
    return width;
}

static void times(struct mrl_buf *out, const char *what, size_t n) {
    while (n-- > 0)
        mrl_buf_add(out, mrl_str_z(what));
}

static void border(const struct mrl_table *t, const size_t *widths, const char *const marks[3],
                   struct mrl_buf *out) {
    for (uint32_t c = 0; c < t->columns; c++) {
        mrl_buf_add(out, mrl_str_z(marks[c > 0]));
        times(out, "─", widths[c] + 2);
    }
    mrl_buf_printf(out, "%s\n", marks[2]);
}

static void row(const struct mrl_table *t, uint32_t from, const size_t *widths, bool centre,
                struct mrl_buf *out) {
    for (uint32_t c = 0; c < t->columns; c++) {
        mrl_str text = t->cells[from + c];
        size_t gap = widths[c] - width_of(text), left = centre ? gap / 2 : 0;
        MRL_BUF_LIT(out, "│ ");
        mrl_buf_fill(out, ' ', left);
        mrl_buf_add(out, text);
        mrl_buf_fill(out, ' ', gap - left + 1);
    }
    MRL_BUF_LIT(out, "│\n");
}

void mrl_table_print(const struct mrl_table *t, bool header, struct mrl_buf *out) {
    static const char *const top[] = {"┌", "┬", "┐"}, *const middle[] = {"├", "┼", "┤"},
                             *const bottom[] = {"└", "┴", "┘"};
    size_t *widths = MRL_ARENA_ARRAY(t->arena, size_t, t->columns);
    if (widths == NULL || t->status != MRL_OK) {
        out->status = MRL_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < t->n; i++) {
        size_t w = width_of(t->cells[i]);
        if (w > widths[i % t->columns])
            widths[i % t->columns] = w;
    }
    border(t, widths, top, out);
    for (uint32_t i = 0; i + t->columns <= t->n; i += t->columns) {
        row(t, i, widths, header && i == 0, out);
        if (header && i == 0)
            border(t, widths, middle, out);
    }
    border(t, widths, bottom, out);
}
