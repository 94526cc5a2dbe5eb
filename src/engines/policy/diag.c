/* diag.c - collecting and printing diagnostics.
 *
 * Everything is copied, as the text that an error is about may be gone when it is printed. Past
 * the ceiling errors are only counted: a broken module can have thousands, and people read the
 * first. What is shown of a source is made harmless first.
 */
#include "engines/policy/diag.h"

#include "base/vec.h"
#include "formats/json/json.h"

void mrl_diags_init(struct mrl_diags *d, mrl_arena *arena, uint32_t max) {
    *d = (struct mrl_diags){.arena = arena, .max = max > 0 ? max : MRL_DIAGS_MAX};
}

/* Makes the text the list's own; false without memory. */
static bool copy(struct mrl_diags *d, mrl_str *s) {
    if (s->len == 0) {
        *s = (mrl_str){NULL, 0};
        return true;
    }
    *s = mrl_arena_str(d->arena, *s);
    return s->ptr != NULL;
}

mrl_status mrl_diags_add(struct mrl_diags *d, const struct mrl_diag *diag) {
    MRL_ASSERT(diag->code != NULL);
    d->total++;
    if (d->n >= d->max)
        return MRL_E_INVALID;
    MRL_TRY(MRL_VEC_ROOM(d->arena, d->items, d->n, d->cap));
    struct mrl_diag c = *diag;
    MRL_CHECK(copy(d, &c.message) && copy(d, &c.hint) && copy(d, &c.detail) && copy(d, &c.source) &&
                  copy(d, &c.pos.file),
              MRL_E_NOMEM);
    d->items[d->n++] = c;
    return MRL_E_INVALID;
}

/* By file, line and column. */
static bool comes_after(const struct mrl_diag *a, const struct mrl_diag *b) {
    int c = mrl_str_cmp(a->pos.file, b->pos.file);
    if (c != 0)
        return c > 0;
    return a->pos.line != b->pos.line ? a->pos.line > b->pos.line : a->pos.col > b->pos.col;
}

void mrl_diags_sort(struct mrl_diags *d) {
    for (uint32_t i = 1; i < d->n; i++) { /* few and nearly sorted */
        struct mrl_diag x = d->items[i];
        uint32_t j = i;
        for (; j > 0 && comes_after(&d->items[j - 1], &x); j--)
            d->items[j] = d->items[j - 1];
        d->items[j] = x;
    }
}

#define EXCERPT_MAX 200   /* bytes of a source line that are shown */
#define EXCERPT_BEFORE 80 /* of them, at most so many before the place */

/* The part of a long line around the place, cut between characters; *col becomes its column there.
 */
static mrl_str window(mrl_str line, uint32_t *col) {
    if (line.len <= EXCERPT_MAX)
        return line;
    size_t from = *col > EXCERPT_BEFORE + 1 ? *col - EXCERPT_BEFORE - 1 : 0;
    if (from > line.len)
        from = line.len;
    while (from > 0 && from < line.len && ((unsigned char)line.ptr[from] & 0xC0) == 0x80)
        from--;
    size_t to = from + EXCERPT_MAX < line.len ? from + EXCERPT_MAX : line.len;
    while (to > from && to < line.len && ((unsigned char)line.ptr[to] & 0xC0) == 0x80)
        to--;
    *col -= (uint32_t)from;
    return mrl_str_sub(line, from, to);
}

/* A source may be hostile: control characters would reach the terminal. */
static void add_printable(struct mrl_buf *out, mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.ptr[i];
        mrl_buf_byte(out, (c < 0x20 && c != '\t') || c == 0x7F ? '?' : s.ptr[i]);
    }
}

/* The source line with a caret under the place; tabs count one column, as in the text. */
static void excerpt(const struct mrl_diag *g, struct mrl_buf *out) {
    if (g->source.len == 0)
        return;
    uint32_t col = g->pos.col;
    mrl_str line = window(g->source, &col);
    mrl_buf_byte(out, '\t');
    add_printable(out, line);
    mrl_buf_add(out, MRL_S("\n\t"));
    for (uint32_t i = 1; i < col; i++)
        mrl_buf_byte(out, i <= line.len && line.ptr[i - 1] == '\t' ? '\t' : ' ');
    uint32_t room = line.len >= col ? (uint32_t)line.len - col + 1 : 1;
    mrl_buf_fill(out, '^', g->width < 1 ? 1 : g->width > room ? room : g->width);
    mrl_buf_byte(out, '\n');
}

void mrl_diags_print(const struct mrl_diags *d, struct mrl_buf *out) {
    mrl_buf_printf(out, "%u error%s occurred", d->total, d->total == 1 ? "" : "s");
    mrl_buf_add(out, d->total == 1 ? MRL_S(": ") : MRL_S(":\n"));
    for (uint32_t i = 0; i < d->n; i++) {
        const struct mrl_diag *g = &d->items[i];
        if (g->pos.line > 0 && g->pos.file.len > 0)
            mrl_buf_printf(out, "%.*s:%u: ", MRL_F(g->pos.file), g->pos.line);
        else if (g->pos.line > 0)
            mrl_buf_printf(out, "%u:%u: ", g->pos.line, g->pos.col);
        mrl_buf_printf(out, "%s: %.*s\n", g->code, MRL_F(g->message));
        if (g->detail.len > 0)
            mrl_buf_printf(out, "\t%.*s\n", MRL_F(g->detail));
        excerpt(g, out);
        if (g->hint.len > 0)
            mrl_buf_printf(out, "\thint: %.*s\n", MRL_F(g->hint));
    }
    if (d->total > d->n)
        mrl_buf_printf(out, "%u more not shown\n", d->total - d->n);
}

void mrl_diags_print_json(const struct mrl_diags *d, struct mrl_buf *out) {
    mrl_buf_byte(out, '[');
    for (uint32_t i = 0; i < d->n; i++) {
        const struct mrl_diag *g = &d->items[i];
        mrl_buf_printf(out, "%s{\"code\":\"%s\",\"message\":", i > 0 ? "," : "", g->code);
        mrl_json_write_str(out, g->message, false);
        MRL_BUF_LIT(out, ",\"location\":{\"file\":");
        mrl_json_write_str(out, g->pos.file, false);
        mrl_buf_printf(out, ",\"row\":%u,\"col\":%u}", g->pos.line, g->pos.col);
        if (g->hint.len > 0) {
            MRL_BUF_LIT(out, ",\"hint\":");
            mrl_json_write_str(out, g->hint, false);
        }
        mrl_buf_byte(out, '}');
    }
    mrl_buf_byte(out, ']');
}
