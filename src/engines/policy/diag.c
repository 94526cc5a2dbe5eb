/* diag.c - collecting and printing diagnostics. */
#include "engines/policy/diag.h"

#include "base/vec.h"
#include "formats/json/json.h"

void mrl_diags_init(struct mrl_diags *d, mrl_arena *arena, uint32_t max) {
    *d = (struct mrl_diags){.arena = arena, .max = max > 0 ? max : MRL_DIAGS_MAX};
}

static bool copy(struct mrl_diags *d, mrl_str *s) {
    if (s->len == 0) {
        *s = (mrl_str){NULL, 0};
        return true;
    }
    *s = mrl_arena_str(d->arena, *s);
    return s->ptr != NULL;
}

mrl_status mrl_diags_add(struct mrl_diags *d, const struct mrl_diag *diag) {
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

/* The source line with a caret under the place; tabs count one column, as in the text. */
static void excerpt(const struct mrl_diag *g, struct mrl_buf *out) {
    if (g->source.len == 0)
        return;
    mrl_buf_printf(out, "\t%.*s\n\t", MRL_F(g->source));
    for (uint32_t i = 1; i < g->pos.col; i++)
        mrl_buf_byte(out, i <= g->source.len && g->source.ptr[i - 1] == '\t' ? '\t' : ' ');
    uint32_t room = g->source.len >= g->pos.col ? (uint32_t)g->source.len - g->pos.col + 1 : 1;
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
