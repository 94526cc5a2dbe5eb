/* imports.c - imports: which are kept, which the target needs, and their order.
 *
 * Imports on adjacent rows form a group; a group is sorted, groups keep their order.
 */
#include "engines/policy/fmt/fmt_internal.h"
#include "engines/policy/rego/visit.h"

#include <stdlib.h>

/* The order matters: all from FUTURE_ALL on are imports of keywords. */
enum import_sort { PLAIN, REGO_V1, FUTURE_ALL, FUTURE_WORD };

/* True when a part of a path, a variable or a string, reads as the word. */
static bool is_word(const struct mrl_term *t, const char *word) {
    return t->kind == MRL_TERM_VAR ? mrl_str_eq(t->u.var, mrl_str_z(word))
                                   : t->kind == MRL_TERM_SCALAR && mrl_is_str(t->u.scalar) &&
                                         mrl_str_eq(mrl_val_str(t->u.scalar), mrl_str_z(word));
}

/* What an import brings; *ret_word is the keyword of FUTURE_WORD. */
static enum import_sort sort_of(const struct mrl_import *im, mrl_str *ret_word) {
    *ret_word = (mrl_str){NULL, 0};
    if (im->path->kind != MRL_TERM_REF)
        return PLAIN;
    struct mrl_terms ref = im->path->u.ref;
    if (ref.n == 2 && is_word(ref.items[0], "rego") && is_word(ref.items[1], "v1"))
        return REGO_V1;
    if (!is_word(ref.items[0], "future"))
        return PLAIN;
    if (ref.n == 3)
        *ret_word = mrl_val_str(ref.items[2]->u.scalar);
    return ref.n == 3 ? FUTURE_WORD : FUTURE_ALL;
}

/* --- which keywords the rules need
 * ------------------------------------------------------------- */

static const char *const words[] = {"in", "every", "not", "and", "or"};
enum { NEED_IN = 1, NEED_EVERY = 2, NEED_NOT = 4, NEED_AND = 8, NEED_OR = 16 };
#define NEED_V1 (NEED_NOT | NEED_AND | NEED_OR)

_Static_assert(1u << (MRL_COUNTOF(words) - 1) == NEED_OR, "one bit a word, in their order");
/* The keywords that the expression itself cannot be written without. */
static unsigned need_of(const struct mrl_expr *e) {
    switch ((enum mrl_expr_kind)e->kind) {
    case MRL_EXPR_EVERY:
        return NEED_EVERY;
    case MRL_EXPR_NOT:
        return NEED_NOT;
    case MRL_EXPR_AND:
        return NEED_AND;
    case MRL_EXPR_OR:
        return NEED_OR;
    case MRL_EXPR_CALL: {
        const struct infix *op = fmt_infix(e->u.term->u.call.op);
        return op != NULL && strcmp(op->sign, "in") == 0 ? NEED_IN : 0;
    }
    default:
        return 0;
    }
}

static void note_need(void *bits, const struct mrl_expr *e) {
    *(unsigned *)bits |= need_of(e);
}

static unsigned module_needs(const struct mrl_module *m) {
    unsigned bits = 0;
    mrl_visit_module(&(struct mrl_visitor){.expr = note_need, .cx = &bits}, m);
    return bits;
}

/* --- the plan
 * ---------------------------------------------------------------------------------- */

struct plan {
    struct fmt_import *items;
    uint32_t n;
};

/* Right behind the last import of keywords, which stood at `row` or later; first of all where there
 * is none. */
static void add(struct plan *p, uint32_t row, mrl_str keyword) {
    mrl_str word;
    for (uint32_t i = 0; i < p->n; i++)
        if ((p->items[i].import == NULL || sort_of(p->items[i].import, &word) != PLAIN) &&
            p->items[i].row > row)
            row = p->items[i].row;
    p->items[p->n++] = (struct fmt_import){
        .keyword = keyword, .row = row > 0 ? row + 1 : 1, .col = 1, .comment = -1};
}

/* Row of the last import of a keyword in the source, also of one that will not be kept. */
static uint32_t future_row(const struct mrl_module *m) {
    uint32_t row = 0;
    mrl_str word;
    for (uint32_t i = 0; i < m->n_imports; i++)
        if (sort_of(&m->imports[i], &word) != PLAIN && m->imports[i].loc.line > row)
            row = m->imports[i].loc.line;
    return row;
}

/* True when an import of the plan brings the keyword; `every` brings `in`. */
static bool has_keyword(const struct plan *p, mrl_str keyword) {
    for (uint32_t i = 0; i < p->n; i++) {
        mrl_str word = p->items[i].keyword;
        enum import_sort sort =
            p->items[i].import != NULL ? sort_of(p->items[i].import, &word) : FUTURE_WORD;
        if (sort == FUTURE_ALL || (sort == FUTURE_WORD && (mrl_str_eq(word, keyword) ||
                                                           (mrl_str_eq(word, MRL_S("every")) &&
                                                            mrl_str_eq(keyword, MRL_S("in"))))))
            return true;
    }
    return false;
}

/* In the order of the source. */
static int by_place(const void *x, const void *y) {
    const struct fmt_import *a = x, *b = y;
    if (a->row != b->row)
        return a->row < b->row ? -1 : 1;
    return a->col < b->col ? -1 : a->col > b->col;
}

mrl_status fmt_imports_plan(struct fmt *f, const struct mrl_fmt_opts *opts, struct fmt_import **ret,
                            uint32_t *ret_n) {
    const struct mrl_module *m = f->module;
    struct plan p = {MRL_ARENA_ARRAY(f->arena, struct fmt_import, m->n_imports + 8), 0};
    MRL_CHECK(p.items != NULL, MRL_E_NOMEM);
    bool rego_v1 = opts->v0_to_v1;
    mrl_str word;
    for (uint32_t i = 0; i < m->n_imports; i++)
        rego_v1 |= sort_of(&m->imports[i], &word) == REGO_V1;
    bool drop = opts->drop_v0_imports && opts->version == MRL_REGO_V1 && !opts->v0_to_v1;
    bool no_future = rego_v1 || drop;
    for (uint32_t i = 0; i < m->n_imports; i++) {
        const struct mrl_import *im = &m->imports[i];
        enum import_sort sort = sort_of(im, &word);
        if ((sort == REGO_V1 && drop) || (no_future && sort >= FUTURE_ALL))
            continue;
        p.items[p.n++] = (struct fmt_import){
            .import = im, .row = im->loc.line, .col = im->loc.col, .comment = -1};
    }
    bool has_v1 = false;
    for (uint32_t i = 0; i < p.n; i++)
        has_v1 |= sort_of(p.items[i].import, &word) == REGO_V1;
    if (opts->v0_to_v1 && !has_v1)
        add(&p, future_row(m), (mrl_str){NULL, 0});
    unsigned need = module_needs(m) & (f->v1 || rego_v1 ? NEED_V1 : ~0u);
    for (size_t i = 0; i < MRL_COUNTOF(words); i++)
        if ((need & (1u << i)) && !has_keyword(&p, mrl_str_z(words[i])))
            add(&p, 0, mrl_str_z(words[i]));
    MRL_ASSERT(p.n <= m->n_imports + 8); /* one made up for rego.v1, one a keyword */
    qsort(p.items, p.n, sizeof *p.items, by_place);
    *ret = p.items;
    *ret_n = p.n;
    return MRL_OK;
}

/* --- writing
 * ----------------------------------------------------------------------------------- */

/* The i-th part of the path; empty past the end. */
static mrl_str part(const struct fmt_import *im, uint32_t i) {
    static const mrl_str rego[] = {MRL_S_INIT("rego"), MRL_S_INIT("v1")};
    static const mrl_str future[] = {MRL_S_INIT("future"), MRL_S_INIT("keywords")};
    if (im->import == NULL) {
        if (im->keyword.len == 0)
            return i < 2 ? rego[i] : (mrl_str){NULL, 0};
        return i < 2 ? future[i] : i == 2 ? im->keyword : (mrl_str){NULL, 0};
    }
    const struct mrl_term *path = im->import->path;
    if (path->kind == MRL_TERM_VAR)
        return i == 0 ? path->u.var : (mrl_str){NULL, 0};
    if (i >= path->u.ref.n)
        return (mrl_str){NULL, 0};
    return i == 0 ? path->u.ref.items[0]->u.var : mrl_val_str(path->u.ref.items[i]->u.scalar);
}

/* By path, part by part, and then by alias: the order within a group. */
static int by_path(const void *x, const void *y) {
    const struct fmt_import *a = x, *b = y;
    for (uint32_t i = 0;; i++) {
        mrl_str p = part(a, i), q = part(b, i);
        if (p.ptr == NULL || q.ptr == NULL) {
            if (p.ptr != NULL || q.ptr != NULL)
                return p.ptr == NULL ? -1 : 1;
            break;
        }
        int c = mrl_str_cmp(p, q);
        if (c != 0)
            return c;
    }
    return mrl_str_cmp(a->import != NULL ? a->import->alias : (mrl_str){NULL, 0},
                       b->import != NULL ? b->import->alias : (mrl_str){NULL, 0});
}

/* One import with the comment of its line. */
static void write_import(struct fmt *f, const struct fmt_import *im) {
    mrl_str word;
    bool plain = im->import != NULL && sort_of(im->import, &word) == PLAIN;
    FMT_LIT(f, "import ");
    fmt_write(f, part(im, 0));
    if (plain && im->import->path->kind == MRL_TERM_REF)
        fmt_path(f, im->import->path->u.ref.items + 1, im->import->path->u.ref.n - 1);
    for (uint32_t i = 1; !plain && part(im, i).ptr != NULL; i++) {
        FMT_LIT(f, ".");
        fmt_write(f, part(im, i));
    }
    if (im->import != NULL && im->import->alias.len > 0) {
        FMT_LIT(f, " as ");
        fmt_write(f, im->import->alias);
    }
    if (im->comment >= 0) {
        FMT_LIT(f, " #");
        fmt_write(f, fmt_comment_text(&f->module->comments[im->comment]));
    }
}

/* A comment on the row of an import goes with it when the group is sorted. */
static void take_comments(struct fmt *f, struct fmt_import *imports, uint32_t n) {
    uint32_t c = f->next;
    for (uint32_t i = 0; i < n; i++) {
        while (c < f->module->n_comments && fmt_comment_row(f, c) < imports[i].row)
            c++;
        if (c < f->module->n_comments && fmt_comment_row(f, c) == imports[i].row && !f->taken[c]) {
            imports[i].comment = c;
            f->taken[c] = true;
        }
    }
}

void fmt_imports(struct fmt *f, struct fmt_import *imports, uint32_t n) {
    take_comments(f, imports, n);
    for (uint32_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && imports[end].row - imports[end - 1].row <= 1; end++)
            ;
        fmt_insert_freely(f, imports[i].row);
        qsort(imports + i, end - i, sizeof *imports, by_path);
        for (uint32_t k = i; k < end; k++) {
            fmt_start_line(f);
            write_import(f, &imports[k]);
            fmt_end_line(f);
        }
        fmt_blank_line(f);
    }
}
