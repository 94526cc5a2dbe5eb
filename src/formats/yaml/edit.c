/* edit.c - edits of documents: find the place, make the patch, prove it.
 *
 * The proof is what makes this safe: the edit is also made on the values, and the patched text must
 * read as exactly that. So the code that writes text (edit_text.c) may aim at common layouts and be
 * simple; whatever it gets wrong is refused here and never reaches a file.
 */
#include "formats/yaml/edit_internal.h"

#include "formats/json/json.h"
#include "formats/yaml/yaml.h"

#define ID_EDIT "edit"

mrl_status mrl_e_refuse(const struct mrl_editor *ed, uint32_t at, mrl_status code,
                        const char *why) {
    struct mrl_pos pos = {.line = 1, .offset = at};
    const char *line = ed->text.ptr;
    for (const char *p = ed->text.ptr; p < ed->text.ptr + at; p++) {
        if (*p == '\n') {
            pos.line++;
            line = p + 1;
        }
    }
    pos.col = (uint32_t)(ed->text.ptr + at - line) + 1;
    return mrl_err_at(ed->err, code, ID_EDIT, pos, "%s", why);
}

/* Reads the one document that the editor's text holds. */
static mrl_status load(struct mrl_editor *ed) {
    if (ed->json) {
        struct mrl_json_opts opts = {.keep_spans = true};
        MRL_TRY(mrl_json_parse(ed->arena, ed->text, &opts, ed->err, &ed->root));
        ed->start = 0;
        while (strchr(" \t\r\n", ed->text.ptr[ed->start]) != NULL)
            ed->start++;
        ed->end = (uint32_t)ed->text.len;
        while (strchr(" \t\r\n", ed->text.ptr[ed->end - 1]) != NULL)
            ed->end--;
        return MRL_OK;
    }
    struct mrl_yaml_opts opts = {.keep_spans = true};
    struct mrl_yaml_doc *docs;
    size_t n;
    MRL_TRY(mrl_yaml_parse(ed->arena, ed->text, &opts, ed->err, &docs, &n));
    if (n != 1)
        return mrl_e_refuse(ed, 0, MRL_E_UNSUPPORTED, "the edit would change what a document is");
    ed->root = docs[0].value;
    ed->start = docs[0].start;
    ed->end = docs[0].end;
    return MRL_OK;
}

/* --- the edit on values
 * ----------------------------------------------------------------------------- */

static const char what_type[] = "the path goes through a value that is no mapping";
static const char what_layout[] = "the text here is laid out in a way that cannot be edited safely";
static const char what_gone[] = "nothing stands at the path";

/* {k1: {k2: v}} for the keys of a path that are missing; a place in a list can only be its first.
 */
static mrl_status nest(const struct mrl_editor *ed, const mrl_val *path, size_t n, mrl_val v,
                       mrl_val *ret) {
    for (; n > 0; n--) {
        struct mrl_member m = {path[n - 1], v};
        if (mrl_is_str(path[n - 1]))
            MRL_TRY(mrl_obj_of(ed->arena, &m, 1, &v));
        else if (path[n - 1].tag == MRL_T_INT && path[n - 1].u.i == 0)
            MRL_TRY(mrl_arr_of(ed->arena, &v, 1, &v));
        else
            return mrl_e_refuse(ed, ed->start, MRL_E_NOT_FOUND, what_gone);
    }
    *ret = v;
    return MRL_OK;
}

/* What the value at the end of the path becomes. */
static mrl_status changed_here(const struct mrl_editor *ed, const struct mrl_edit *e, mrl_val v,
                               mrl_val *ret) {
    struct mrl_builder b;
    if (e->op == MRL_EDIT_SET) {
        *ret = e->value;
        return MRL_OK;
    }
    if (mrl_is_defined(v) && v.tag != MRL_T_NULL && !mrl_is_arr(v))
        return mrl_e_refuse(ed, ed->start, MRL_E_TYPE, "an item can only be added to a list");
    mrl_builder_init(&b, ed->arena, MRL_T_ARR, 0);
    for (uint32_t i = 0; mrl_is_arr(v) && i < v.len; i++)
        mrl_build_item(&b, v.u.arr->items[i]);
    mrl_build_item(&b, e->value);
    return mrl_build_end(&b, ret);
}

/* Entry of a container that a key of a path names, or -1. */
static int64_t entry_of(mrl_val v, mrl_val key) {
    if (mrl_is_obj(v))
        return mrl_obj_find(v, key);
    bool in = mrl_is_arr(v) && key.tag == MRL_T_INT && key.u.i >= 0 && key.u.i < v.len;
    return in ? key.u.i : -1;
}

/* The value of an entry; undefined for -1, the entry that is not there. */
static mrl_val value_at(mrl_val v, int64_t i) {
    MRL_ASSERT(i < (int64_t)v.len);
    if (i < 0)
        return mrl_undefined();
    return mrl_is_obj(v) ? v.u.obj->m[i].val : v.u.arr->items[i];
}

/* v with entry `at` replaced by `child` (undefined: left out), or with `child` added (at < 0). */
static mrl_status with_entry(const struct mrl_editor *ed, mrl_val v, int64_t at, mrl_val key,
                             mrl_val child, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, ed->arena, v.tag, v.len + 1);
    for (uint32_t i = 0; i <= v.len; i++) {
        bool added = i == v.len;
        mrl_val item = added || i == at ? child : value_at(v, i);
        if (!mrl_is_defined(item) || (added && at >= 0))
            continue;
        if (mrl_is_obj(v))
            mrl_build_member(&b, added ? key : v.u.obj->m[i].key, item);
        else
            mrl_build_item(&b, item);
    }
    return mrl_build_end(&b, ret);
}

/* True when a container can take an entry under a key that it does not have. */
static bool can_add(const struct mrl_edit *e, mrl_val v, mrl_val key) {
    if (e->op == MRL_EDIT_REMOVE)
        return false;
    return mrl_is_obj(v) ? mrl_is_str(key) : key.tag == MRL_T_INT && key.u.i == v.len;
}

/* The value as the edit leaves it. Containers off the path are shared with the old one. */
static mrl_status changed(const struct mrl_editor *ed, const struct mrl_edit *e, size_t done,
                          mrl_val v, mrl_val *ret) {
    if (done == e->path_len)
        return changed_here(ed, e, v, ret);
    mrl_val key = e->path[done], child = mrl_undefined();
    if (!mrl_is_defined(v) || v.tag == MRL_T_NULL)
        v = mrl_is_str(key) ? mrl_empty_obj() : mrl_empty_arr();
    if (!mrl_is_obj(v) && !mrl_is_arr(v))
        return mrl_e_refuse(ed, ed->start, MRL_E_TYPE, what_type);
    int64_t at = entry_of(v, key);
    if (at < 0 && !can_add(e, v, key))
        return mrl_e_refuse(ed, ed->start, MRL_E_NOT_FOUND, what_gone);
    if (done + 1 < e->path_len || e->op != MRL_EDIT_REMOVE)
        MRL_TRY(changed(ed, e, done + 1, value_at(v, at), &child));
    return with_entry(ed, v, at, key, child, ret);
}

/* --- the place in the text
 * ------------------------------------------------------------------------- */

/* The place of a whole document: it has no parent. */
static struct mrl_e_place root_place(const struct mrl_editor *ed) {
    return (struct mrl_e_place){
        .v = ed->root, .parent = mrl_undefined(), .start = ed->start, .end = ed->end};
}

/* One key further; *ret_found is false when nothing stands there. */
static mrl_status step(const struct mrl_editor *ed, const struct mrl_e_place *from, mrl_val key,
                       struct mrl_e_place *ret, bool *ret_found) {
    int64_t at = entry_of(from->v, key);
    *ret_found = false;
    if ((mrl_is_obj(from->v) || mrl_is_arr(from->v)) && !ed->json &&
        ed->text.ptr[from->start] == '*')
        return mrl_e_refuse(ed, from->start, MRL_E_UNSUPPORTED,
                            "this value is an alias: it is shared with its anchor");
    if (at < 0)
        return MRL_OK;
    const struct mrl_span *s = mrl_val_span(from->v, (size_t)at);
    MRL_CHECK(s != NULL, MRL_E_INTERNAL);
    mrl_str written = mrl_str_sub(ed->text, s->key_start, s->key_end);
    if (mrl_is_obj(from->v) && mrl_str_eq(written, MRL_S("<<")) &&
        !mrl_str_eq(mrl_val_str(key), MRL_S("<<"))) {
        if (ed->json)
            return MRL_E_INTERNAL;
        return MRL_OK; /* merged from elsewhere: a member of its own can still be added here */
    }
    *ret = (struct mrl_e_place){.v = mrl_is_obj(from->v) ? from->v.u.obj->m[at].val
                                                         : from->v.u.arr->items[at],
                                .parent = from->v,
                                .entry = (uint32_t)at,
                                .key_end = s->key_end,
                                .start = s->val_start,
                                .end = s->val_end,
                                .parent_start = from->start,
                                .parent_end = from->end,
                                .column = mrl_e_column(ed, from->start),
                                .flow = from->flow || mrl_e_is_flow(ed, from->v, from->start)};
    *ret_found = true;
    return MRL_OK;
}

/* Adds what is missing from path[done] on to the container found. */
static mrl_status add_missing(struct mrl_editor *ed, const struct mrl_edit *e, size_t done,
                              const struct mrl_e_place *p, struct mrl_patch *ret) {
    mrl_val v = e->value;
    if (e->op == MRL_EDIT_APPEND)
        MRL_TRY(mrl_arr_of(ed->arena, &v, 1, &v));
    if (p->v.tag == MRL_T_NULL) {
        MRL_TRY(nest(ed, e->path + done, e->path_len - done, v, &v));
        return mrl_e_replace(ed, p, v, ret);
    }
    MRL_TRY(nest(ed, e->path + done + 1, e->path_len - done - 1, v, &v));
    return mrl_is_obj(p->v) ? mrl_e_add_member(ed, p, e->path[done], v, ret)
                            : mrl_e_add_item(ed, p, v, ret);
}

/* Finds how far the path leads in the text, and makes the patch there. */
static mrl_status make_patch(struct mrl_editor *ed, const struct mrl_edit *e,
                             struct mrl_patch *ret) {
    struct mrl_e_place p = root_place(ed), up = p;
    for (size_t i = 0; i < e->path_len; i++) {
        struct mrl_e_place next;
        bool found;
        MRL_TRY(step(ed, &p, e->path[i], &next, &found));
        if (!found && e->op == MRL_EDIT_REMOVE)
            return mrl_e_refuse(ed, p.start, MRL_E_UNSUPPORTED,
                                "this entry comes from a merge (<<)");
        if (!found)
            return add_missing(ed, e, i, &p, ret);
        up = p;
        p = next;
    }
    if (e->op == MRL_EDIT_SET)
        return mrl_e_replace(ed, &p, e->value, ret);
    if (e->op == MRL_EDIT_APPEND && p.v.tag == MRL_T_NULL)
        return add_missing(ed, e, e->path_len, &p, ret);
    if (e->op == MRL_EDIT_APPEND)
        return mrl_e_add_item(ed, &p, e->value, ret);
    if (p.parent.len == 1 && !mrl_e_is_flow(ed, up.v, up.start))
        return mrl_e_replace(ed, &up, mrl_is_obj(up.v) ? mrl_empty_obj() : mrl_empty_arr(), ret);
    return mrl_e_remove(ed, &p, ret);
}

mrl_str mrl_patch_apply(mrl_arena *a, mrl_str text, const struct mrl_patch *p) {
    MRL_ASSERT(p->start <= p->end && p->end <= text.len);
    size_t n = text.len - (p->end - p->start) + p->text.len;
    char *out = mrl_arena_alloc(a, n + 1, 1);
    if (out == NULL)
        return (mrl_str){NULL, 0};
    memcpy(out, text.ptr, p->start);
    if (p->text.len > 0)
        memcpy(out + p->start, p->text.ptr, p->text.len);
    memcpy(out + p->start + p->text.len, text.ptr + p->end, text.len - p->end);
    out[n] = '\0';
    return (mrl_str){out, n};
}

/* Makes one edit of `ed`; `next` (its own arena given) becomes the document behind it. */
static mrl_status edit_once(struct mrl_editor *ed, const struct mrl_edit *e,
                            struct mrl_editor *next, struct mrl_patch *ret) {
    mrl_val want;
    struct mrl_patch patch;
    struct mrl_err ignored;
    if (e->path_len > MRL_EDIT_PATH_MAX || (e->op == MRL_EDIT_REMOVE && e->path_len == 0))
        return mrl_e_refuse(ed, ed->start, MRL_E_LIMIT, "the path is empty or too long");
    MRL_TRY(changed(ed, e, 0, ed->root, &want));
    MRL_TRY(make_patch(ed, e, &patch));
    if (patch.start > patch.end ||
        patch.end > ed->text.len) /* entries that do not stand in order */
        return mrl_e_refuse(ed, ed->start, MRL_E_UNSUPPORTED, what_layout);
    *next = (struct mrl_editor){.arena = next->arena,
                                .err = &ignored,
                                .json = ed->json,
                                .step = ed->step,
                                .indent_lists = ed->indent_lists,
                                .crlf = ed->crlf};
    next->text = mrl_patch_apply(next->arena, ed->text, &patch);
    MRL_CHECK(next->text.ptr != NULL, MRL_E_NOMEM);
    mrl_status status = load(next);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK || !mrl_val_eq(next->root, want))
        return mrl_e_refuse(ed, patch.start, MRL_E_UNSUPPORTED, what_layout);
    next->err = ed->err;
    *ret = patch;
    return MRL_OK;
}

/* --- documents of a stream
 * -------------------------------------------------------------------------- */

struct slice { /* one document of a text */
    uint32_t from, to;
    mrl_val root;
    uint32_t start, end;
};

struct slices {
    struct slice *items;
    size_t n;
};

/* The part of the text that is one YAML document: whole lines, up to the next marker line. */
static struct slice yaml_slice(mrl_str text, const struct mrl_yaml_doc *doc) {
    struct slice s = {.from = doc->start, .root = doc->value, .start = doc->start, .end = doc->end};
    while (s.from > 0 && text.ptr[s.from - 1] != '\n')
        s.from--;
    uint32_t at = doc->end;
    for (s.to = (uint32_t)text.len; at < text.len; at++) {
        mrl_str rest = mrl_str_sub(text, at + 1, text.len);
        if (text.ptr[at] == '\n' &&
            (mrl_str_starts(rest, MRL_S("---")) || mrl_str_starts(rest, MRL_S("...")))) {
            s.to = at + 1;
            break;
        }
    }
    return s;
}

/* The documents of a YAML stream. */
static mrl_status yaml_slices(mrl_arena *a, mrl_str text, struct mrl_err *err, struct slices *ret) {
    struct mrl_yaml_opts opts = {.keep_spans = true};
    struct mrl_yaml_doc *docs;
    MRL_TRY(mrl_yaml_parse(a, text, &opts, err, &docs, &ret->n));
    ret->items = MRL_ARENA_ARRAY(a, struct slice, ret->n + 1);
    MRL_CHECK(ret->items != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < ret->n; i++)
        ret->items[i] = yaml_slice(text, &docs[i]);
    return MRL_OK;
}

/* The values of a JSON text, one behind the other. */
static mrl_status json_slices(mrl_arena *a, mrl_str text, struct mrl_err *err, struct slices *ret) {
    struct mrl_json_opts opts = {.keep_spans = true};
    size_t at = 0, cap = 0;
    for (*ret = (struct slices){NULL, 0};; ret->n++) {
        size_t from = at;
        mrl_val v;
        mrl_status status = mrl_json_next(a, text, &at, &opts, err, &v);
        if (status == MRL_E_NOT_FOUND)
            return MRL_OK;
        MRL_TRY(status);
        while (strchr(" \t\r\n", text.ptr[from]) != NULL)
            from++;
        if (ret->n == cap) {
            struct slice *more =
                mrl_arena_regrow(a, ret->items, cap, cap * 2 + 4, sizeof *ret->items);
            MRL_CHECK(more != NULL, MRL_E_NOMEM);
            ret->items = more;
            cap = cap * 2 + 4;
        }
        ret->items[ret->n] =
            (struct slice){(uint32_t)from, (uint32_t)at, v, (uint32_t)from, (uint32_t)at};
    }
}

/* The path from a document's root to the node that begins at an offset. */
static bool path_to(const struct slice *s, uint32_t at, mrl_val *path, size_t *ret_n) {
    mrl_val v = s->root;
    uint32_t start = s->start;
    for (*ret_n = 0; start != at;) {
        uint32_t i = 0;
        const struct mrl_span *span = NULL;
        for (; i < v.len && (mrl_is_obj(v) || mrl_is_arr(v)); i++) {
            span = mrl_val_span(v, i);
            if (span != NULL && span->val_start <= at && at < span->val_end)
                break;
            span = NULL;
        }
        if (span == NULL || *ret_n == MRL_EDIT_PATH_MAX)
            return false;
        path[(*ret_n)++] = mrl_is_obj(v) ? v.u.obj->m[i].key : mrl_int(i);
        v = value_at(v, i);
        start = span->val_start;
    }
    return true;
}

struct session { /* the edits of one call, in the documents of one text */
    mrl_arena *arena;
    mrl_str text;
    bool json;
    const struct mrl_edit *edits;
    size_t n;
    struct mrl_err *err;
    mrl_status *each;
};

/* The edit with the path from the document's root. */
static mrl_status from_root(const struct session *s, const struct slice *doc,
                            const struct mrl_edit *e, struct mrl_edit *ret) {
    mrl_val path[MRL_EDIT_PATH_MAX];
    size_t n = 0;
    *ret = *e;
    if (!path_to(doc, e->at, path, &n))
        return mrl_err_set(s->err, MRL_E_NOT_FOUND, ID_EDIT, "no object begins at byte %u", e->at);
    mrl_val *whole = MRL_ARENA_ARRAY(s->arena, mrl_val, n + e->path_len + 1);
    MRL_CHECK(whole != NULL, MRL_E_NOMEM);
    memcpy(whole, path, n * sizeof *whole);
    memcpy(whole + n, e->path, e->path_len * sizeof *whole);
    ret->path = whole;
    ret->path_len = n + e->path_len;
    return MRL_OK;
}

/* Keeps the error of the first edit that failed; its line counts from the top of the whole text. */
static void first_failure(struct session *s, struct mrl_editor *ed, const struct slice *doc) {
    for (uint32_t i = 0; s->err != NULL && s->err->pos.line > 0 && i < doc->from; i++)
        s->err->pos.line += s->text.ptr[i] == '\n';
    s->err = NULL;
    ed->err = NULL;
}

/* Makes the edits that are meant for one document; *ret is its new text, *ret_patch the last patch
 * in offsets of the document. Two arenas take turns, so that memory does not grow with edits. */
static mrl_status edit_document(struct session *s, const struct slice *doc, mrl_str *ret,
                                struct mrl_patch *ret_patch) {
    mrl_arena turns[2];
    struct mrl_editor ed = {.arena = &turns[0], .err = s->err, .json = s->json}, next;
    unsigned turn = 0;
    mrl_arena_init(&turns[0], MRL_ARENA_UNLIMITED);
    mrl_arena_init(&turns[1], MRL_ARENA_UNLIMITED);
    ed.text = mrl_str_sub(s->text, doc->from, doc->to);
    mrl_status status = load(&ed);
    if (status == MRL_OK)
        mrl_e_layout(&ed);
    for (size_t i = 0; i < s->n && status == MRL_OK; i++) {
        struct mrl_edit e;
        if (s->edits[i].at < doc->start || s->edits[i].at >= doc->end + (doc->start == doc->end))
            continue;
        struct mrl_patch patch;
        next.arena = &turns[1 - turn];
        mrl_arena_reset(next.arena);
        mrl_status one = from_root(s, doc, &s->edits[i], &e);
        if (one == MRL_OK)
            one = edit_once(&ed, &e, &next, &patch);
        s->each[i] = one;
        if (one == MRL_E_NOMEM) {
            status = one;
        } else if (one != MRL_OK) {
            first_failure(s, &ed, doc);
        } else {
            patch.text = mrl_arena_str(s->arena, patch.text);
            *ret_patch = patch;
            ed = next;
            turn = 1 - turn;
        }
    }
    *ret = status == MRL_OK ? mrl_arena_str(s->arena, ed.text) : (mrl_str){NULL, 0};
    mrl_arena_release(&turns[0]);
    mrl_arena_release(&turns[1]);
    MRL_TRY(status);
    return ret->ptr != NULL && ret_patch->text.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

/* Documents without edits are copied byte for byte. */
static mrl_status run(struct session *s, mrl_str *ret, struct mrl_patch *ret_patch) {
    struct slices docs = {NULL, 0};
    struct mrl_buf b;
    uint32_t copied = 0;
    MRL_TRY(s->json ? json_slices(s->arena, s->text, s->err, &docs)
                    : yaml_slices(s->arena, s->text, s->err, &docs));
    for (size_t i = 0; i < s->n; i++)
        s->each[i] = MRL_E_NOT_FOUND;
    mrl_buf_init(&b, SIZE_MAX);
    for (size_t d = 0; d < docs.n; d++) {
        const struct slice *doc = &docs.items[d];
        bool wanted = false;
        for (size_t i = 0; i < s->n && !wanted; i++)
            wanted = s->edits[i].at >= doc->start &&
                     s->edits[i].at < doc->end + (doc->start == doc->end);
        if (!wanted)
            continue;
        struct mrl_patch patch = {.text = MRL_S("")};
        mrl_str text = {NULL, 0};
        mrl_status status = edit_document(s, doc, &text, &patch);
        if (status != MRL_OK) {
            mrl_buf_release(&b);
            return status;
        }
        mrl_buf_add(&b, mrl_str_sub(s->text, copied, doc->from));
        mrl_buf_add(&b, text);
        copied = doc->to;
        patch.start += doc->from;
        patch.end += doc->from;
        *ret_patch = patch;
    }
    mrl_buf_add(&b, mrl_str_sub(s->text, copied, s->text.len));
    mrl_status status = b.status;
    *ret = status == MRL_OK ? mrl_arena_str(s->arena, mrl_buf_str(&b)) : (mrl_str){NULL, 0};
    mrl_buf_release(&b);
    return ret->ptr != NULL ? status : MRL_E_NOMEM;
}

mrl_status mrl_edit_patch(mrl_arena *a, mrl_str text, bool json, const struct mrl_edit *edit,
                          struct mrl_err *err, struct mrl_patch *ret) {
    mrl_status each = MRL_E_NOT_FOUND;
    struct mrl_patch patch = {.text = MRL_S("")};
    mrl_str ignored;
    struct session s = {a, text, json, edit, 1, err, &each};
    MRL_TRY(run(&s, &ignored, &patch));
    if (each == MRL_E_NOT_FOUND && err != NULL && err->text[0] == '\0')
        return mrl_err_set(err, each, ID_EDIT, "no object begins at byte %u", edit->at);
    MRL_TRY(each);
    *ret = patch;
    return MRL_OK;
}

mrl_status mrl_edit_all(mrl_arena *a, mrl_str text, bool json, const struct mrl_edit *edits,
                        size_t n, struct mrl_err *err, mrl_status *each, mrl_str *ret) {
    struct mrl_patch patch;
    mrl_status *status = MRL_ARENA_ARRAY(a, mrl_status, n + 1);
    MRL_CHECK(status != NULL, MRL_E_NOMEM);
    struct session s = {a, text, json, edits, n, err, status};
    mrl_str out = {NULL, 0};
    MRL_TRY(run(&s, &out, &patch));
    if (each != NULL)
        memcpy(each, status, n * sizeof *each);
    *ret = out;
    return MRL_OK;
}
