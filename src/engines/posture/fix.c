/* fix.c - see fix.h. */
#include "engines/posture/fix.h"

#include "base/buf.h"
#include "base/vec.h"

#include <stdlib.h>

#define TEXT_MAX ((size_t)1 << 30) /* of a file with its changes */

/* --- one object's stretch of its file ----------------------------------------------------------
 */

/* An object as a text of its own. In block style its first line is padded to the column at which
 * the object stands, so that the lines below keep their indentation, and the last line is taken
 * whole, with its comment. */
struct stretch {
    mrl_str text;
    uint32_t start, end; /* in the source */
    uint32_t pad;        /* blanks before the object in `text` */
};

/* True when a tag or an anchor stands before the object: whatever names the anchor would change,
 * too, and the stretch would not show it. */
static bool is_marked(const struct mrl_object *o) {
    const char *text = o->source->text.ptr;
    uint32_t at = o->start;
    while (at > 0 && strchr(" \t\r\n", text[at - 1]) != NULL)
        at--;
    while (at > 0 && strchr(" \t\r\n", text[at - 1]) == NULL)
        at--;
    return at < o->start && (text[at] == '&' || text[at] == '!');
}

static mrl_status cut(mrl_arena *a, const struct mrl_object *o, struct mrl_err *err,
                      struct stretch *ret) {
    mrl_str text = o->source->text;
    MRL_ASSERT(o->start < text.len && o->end <= text.len && o->start < o->end);
    if (is_marked(o))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "fix.anchor",
                           "the object has an anchor or a tag: what shares it would change, too");
    *ret = (struct stretch){.start = o->start, .end = o->end};
    if (text.ptr[o->start] == '{') {
        ret->text = mrl_str_sub(text, o->start, o->end);
        return MRL_OK;
    }
    uint32_t line = o->start;
    while (line > 0 && text.ptr[line - 1] != '\n')
        line--;
    size_t nl = text.ptr[o->end - 1] == '\n' ? o->end - 1 : mrl_str_find(text, MRL_S("\n"), o->end);
    ret->end = nl == MRL_STR_NPOS ? (uint32_t)text.len : (uint32_t)nl + 1;
    ret->pad = o->start - line;
    size_t len = ret->end - ret->start;
    char *p = mrl_arena_alloc(a, ret->pad + len + 1, 1);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    memset(p, ' ', ret->pad);
    memcpy(p + ret->pad, text.ptr + ret->start, len);
    p[ret->pad + len] = '\0';
    ret->text = (mrl_str){p, ret->pad + len};
    return MRL_OK;
}

/* --- fixes as edits ------------------------------------------------------------------------------
 */

static mrl_str op_of(const struct mrl_finding *f) {
    return mrl_val_str(MRL_GET(f->fix, "op"));
}

static bool exact(const struct mrl_finding *f) {
    return mrl_is_obj(f->fix) && mrl_is_arr(MRL_GET(f->fix, "path")) && op_of(f).len > 0;
}

bool mrl_fix_is_safe(const struct mrl_finding *f) {
    return exact(f) && mrl_is_true(MRL_GET(f->fix, "safe"));
}

static struct mrl_edit edit_of(const struct mrl_finding *f, uint32_t at) {
    mrl_val path = MRL_GET(f->fix, "path");
    mrl_str op = op_of(f);
    return (struct mrl_edit){.op = mrl_str_eq(op, MRL_S("remove"))   ? MRL_EDIT_REMOVE
                                   : mrl_str_eq(op, MRL_S("append")) ? MRL_EDIT_APPEND
                                                                     : MRL_EDIT_SET,
                             .at = at,
                             .path = path.u.arr->items,
                             .path_len = path.len,
                             .value = MRL_GET(f->fix, "value")};
}

mrl_status mrl_fix_patch(mrl_arena *a, const struct mrl_finding *f, struct mrl_err *err,
                         struct mrl_patch *ret) {
    struct stretch s;
    struct mrl_patch p;
    if (!exact(f))
        return mrl_err_set(err, MRL_E_NOT_FOUND, "fix.none", "the control knows no exact change");
    MRL_TRY(cut(a, f->object, err, &s));
    struct mrl_edit e = edit_of(f, s.pad);
    MRL_TRY(mrl_edit_patch(a, s.text, f->source->json, &e, err, &p));
    MRL_CHECK(p.start >= s.pad, MRL_E_UNSUPPORTED); /* the padding is not in the file */
    *ret = (struct mrl_patch){p.start - s.pad + s.start, p.end - s.pad + s.start, p.text};
    return MRL_OK;
}

/* --- choosing ------------------------------------------------------------------------------------
 */

/* Both make the same change, or change the same place differently. */
static bool same_place(const struct mrl_finding *a, const struct mrl_finding *b) {
    return a->object == b->object && mrl_val_eq(MRL_GET(a->fix, "path"), MRL_GET(b->fix, "path"));
}

static bool same_change(const struct mrl_finding *a, const struct mrl_finding *b) {
    mrl_val va = MRL_GET(a->fix, "value"), vb = MRL_GET(b->fix, "value");
    bool equal =
        mrl_is_defined(va) == mrl_is_defined(vb) && (!mrl_is_defined(va) || mrl_val_eq(va, vb));
    return equal && mrl_str_eq(op_of(a), op_of(b));
}

/* The state of fix i, seen those before it: the findings of one object stand together. */
static void choose(struct mrl_fixes *fixes, uint32_t i, bool all) {
    struct mrl_fix *it = &fixes->items[i];
    if (!exact(it->finding))
        it->state = MRL_FIX_NONE;
    else if (!all && !mrl_fix_is_safe(it->finding))
        it->state = MRL_FIX_UNSAFE;
    if (it->state != MRL_FIX_DONE)
        return;
    for (uint32_t k = i; k-- > 0 && fixes->items[k].finding->object == it->finding->object;) {
        const struct mrl_fix *other = &fixes->items[k];
        if (other->state != MRL_FIX_DONE || !same_place(other->finding, it->finding))
            continue;
        if (same_change(other->finding, it->finding)) {
            it->state = MRL_FIX_SHARED;
        } else {
            it->state = MRL_FIX_REFUSED;
            it->why = MRL_S("another finding's fix changes the same place");
        }
        return;
    }
}

mrl_status mrl_fixes_plan(mrl_arena *a, const struct mrl_posture *p, bool all,
                          struct mrl_fixes *ret) {
    *ret = (struct mrl_fixes){.items = MRL_ARENA_ARRAY(a, struct mrl_fix, p->n_findings + 1)};
    MRL_CHECK(ret->items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < p->n_findings; i++) {
        const struct mrl_finding *f = &p->findings[i];
        if (f->verdict != MRL_FAIL || f->accepted != MRL_NOT_ACCEPTED)
            continue;
        ret->items[ret->n] = (struct mrl_fix){.finding = f};
        choose(ret, ret->n++, all);
    }
    return MRL_OK;
}

/* --- making --------------------------------------------------------------------------------------
 */

/* Removals come last and from the back: they move what stands behind them in a list. */
static int by_turn(const void *pa, const void *pb) {
    const struct mrl_fix *a = *(struct mrl_fix *const *)pa, *b = *(struct mrl_fix *const *)pb;
    bool ra = mrl_str_eq(op_of(a->finding), MRL_S("remove"));
    bool rb = mrl_str_eq(op_of(b->finding), MRL_S("remove"));
    if (ra != rb)
        return ra - rb;
    int c = mrl_val_cmp(NULL, MRL_GET(a->finding->fix, "path"), MRL_GET(b->finding->fix, "path"));
    return c != 0 ? (ra ? -c : c) : (a > b) - (a < b);
}

static mrl_status refuse(mrl_arena *a, struct mrl_fix *f, const char *why) {
    f->state = MRL_FIX_REFUSED;
    f->why = mrl_arena_str(a, mrl_str_z(why));
    return f->why.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status refuse_all(mrl_arena *a, struct mrl_fix **fixes, size_t n, const char *why) {
    for (size_t i = 0; i < n; i++)
        MRL_TRY(refuse(a, fixes[i], why));
    return MRL_OK;
}

/* The fixes of one object, as one patch of its source. */
static mrl_status make_object(mrl_arena *a, struct mrl_fix **fixes, size_t n, struct mrl_patch *ret,
                              uint32_t *ret_made) {
    const struct mrl_object *o = fixes[0]->finding->object;
    struct stretch s;
    struct mrl_err err;
    mrl_str text = {NULL, 0};
    struct mrl_edit *edits = MRL_ARENA_ARRAY(a, struct mrl_edit, n);
    mrl_status *each = MRL_ARENA_ARRAY(a, mrl_status, n);
    MRL_CHECK(edits != NULL && each != NULL, MRL_E_NOMEM);
    mrl_err_init(&err);
    *ret_made = 0;
    mrl_status status = cut(a, o, &err, &s);
    if (status == MRL_E_UNSUPPORTED)
        return refuse_all(a, fixes, n, err.text);
    MRL_TRY(status);
    qsort(fixes, n, sizeof(struct mrl_fix *), by_turn);
    for (size_t i = 0; i < n; i++)
        edits[i] = edit_of(fixes[i]->finding, s.pad);
    status = mrl_edit_all(a, s.text, o->source->json, edits, n, &err, each, &text);
    MRL_CHECK(status != MRL_E_NOMEM, status);
    for (size_t i = 0; i < n; i++) {
        struct mrl_patch ignored;
        mrl_status one = status != MRL_OK ? status : each[i];
        *ret_made += one == MRL_OK;
        if (one == MRL_OK)
            continue;
        mrl_err_init(&err); /* the error above tells of the first alone */
        one = mrl_fix_patch(a, fixes[i]->finding, &err, &ignored);
        MRL_CHECK(one != MRL_E_NOMEM, one);
        MRL_TRY(refuse(a, fixes[i],
                       err.text[0] != '\0' ? err.text : "it does not go with the other fixes"));
    }
    if (*ret_made > 0)
        *ret = (struct mrl_patch){s.start, s.end, mrl_str_sub(text, s.pad, text.len)};
    return MRL_OK;
}

struct making {
    mrl_arena *arena;
    struct mrl_fixes *fixes;
    struct mrl_buf text; /* of the source at hand, up to `upto` of the old one */
    uint32_t upto;
    struct mrl_fixed_source *now; /* NULL before the first change */
};

/* Copies what is left of the source at hand and closes it. */
static mrl_status finish_source(struct making *m) {
    if (m->now == NULL)
        return MRL_OK;
    mrl_str old = m->now->source->text;
    mrl_buf_add(&m->text, mrl_str_sub(old, m->upto, old.len));
    MRL_TRY(m->text.status);
    m->now->text = mrl_arena_str(m->arena, mrl_buf_str(&m->text));
    m->now = NULL;
    return MRL_OK;
}

static mrl_status add_patch(struct making *m, const struct mrl_text_file *s,
                            const struct mrl_patch *p, uint32_t made) {
    if (m->now == NULL || m->now->source != s) {
        MRL_TRY(finish_source(m));
        m->now = &m->fixes->sources[m->fixes->n_sources++];
        *m->now = (struct mrl_fixed_source){.source = s};
        mrl_buf_clear(&m->text);
        m->upto = 0;
    }
    MRL_ASSERT(p->start >= m->upto); /* objects of a file follow each other */
    mrl_buf_add(&m->text, mrl_str_sub(s->text, m->upto, p->start));
    mrl_buf_add(&m->text, p->text);
    m->upto = p->end;
    m->now->n += made;
    return m->text.status;
}

static mrl_status make_all(struct making *m) {
    struct mrl_fixes *f = m->fixes;
    struct mrl_fix **wanted = MRL_ARENA_ARRAY(m->arena, struct mrl_fix *, f->n + 1);
    MRL_CHECK(wanted != NULL, MRL_E_NOMEM);
    for (uint32_t from = 0, to; from < f->n; from = to) {
        const struct mrl_object *o = f->items[from].finding->object;
        size_t n = 0;
        for (to = from; to < f->n && f->items[to].finding->object == o; to++)
            if (f->items[to].state == MRL_FIX_DONE)
                wanted[n++] = &f->items[to];
        struct mrl_patch p;
        uint32_t made = 0;
        if (n > 0 && m->now != NULL && m->now->source == o->source && o->start < m->upto)
            MRL_TRY(refuse_all(m->arena, wanted, n, "another object shares its text by an alias"));
        else if (n > 0)
            MRL_TRY(make_object(m->arena, wanted, n, &p, &made));
        if (made > 0)
            MRL_TRY(add_patch(m, o->source, &p, made));
    }
    return finish_source(m);
}

/* A fix that shared the change of one that was given up makes the change itself. */
static void revive(struct mrl_fixes *fixes, uint32_t i) {
    struct mrl_fix *it = &fixes->items[i];
    for (uint32_t k = i; k-- > 0 && fixes->items[k].finding->object == it->finding->object;)
        if (fixes->items[k].state == MRL_FIX_DONE &&
            same_place(fixes->items[k].finding, it->finding))
            return;
    it->state = MRL_FIX_DONE;
}

mrl_status mrl_fixes_make(mrl_arena *a, struct mrl_fixes *fixes) {
    struct making m = {.arena = a, .fixes = fixes};
    for (uint32_t i = 0; i < fixes->n; i++)
        if (fixes->items[i].state == MRL_FIX_SHARED)
            revive(fixes, i);
    fixes->n_sources = 0;
    fixes->sources = MRL_ARENA_ARRAY(a, struct mrl_fixed_source, fixes->n + 1);
    MRL_CHECK(fixes->sources != NULL, MRL_E_NOMEM);
    mrl_buf_init(&m.text, TEXT_MAX);
    mrl_status status = make_all(&m);
    mrl_buf_release(&m.text);
    return status;
}
