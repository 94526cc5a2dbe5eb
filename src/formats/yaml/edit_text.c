/* edit_text.c - the text of an edit: where bytes go in and out, and how new values look there.
 *
 * Block layout is lines: a new entry goes behind the line on which the last one ends (so that a
 * comment at the end of that line stays with its owner), a removed entry takes its whole lines.
 * Flow layout is brackets: entries are joined by commas, and a bracket that spans lines gets a new
 * line for a new entry. Nothing here needs to be right in every case: edit.c reads the result
 * again.
 */
#include "formats/yaml/edit_internal.h"

#include "formats/json/json.h"
#include "formats/yaml/yaml.h"

#define TEXT_MAX ((size_t)64 << 20) /* of one new piece of text */
#define NO_OFFSET UINT32_MAX

/* The byte at i; NUL behind the end. */
static char at(const struct mrl_editor *ed, uint32_t i) {
    return i < ed->text.len ? ed->text.ptr[i] : '\0';
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Offset of the first byte of i's line. */
static uint32_t line_start(const struct mrl_editor *ed, uint32_t i) {
    while (i > 0 && at(ed, i - 1) != '\n')
        i--;
    return i;
}

/* The line end at or behind i: the offset of its \r or \n, or the end of the text. */
static uint32_t line_end(const struct mrl_editor *ed, uint32_t i) {
    while (i < ed->text.len && at(ed, i) != '\n' && at(ed, i) != '\r')
        i++;
    return i;
}

/* Offset of the line behind i's. */
static uint32_t next_line(const struct mrl_editor *ed, uint32_t i) {
    i = line_end(ed, i);
    i += at(ed, i) == '\r';
    return i + (at(ed, i) == '\n');
}

/* True when nothing but blanks and perhaps a comment stands in [i, end of its line). */
static bool rest_is_comment(const struct mrl_editor *ed, uint32_t i) {
    uint32_t from = i;
    while (is_blank(at(ed, i)))
        i++;
    return i == line_end(ed, i) || (at(ed, i) == '#' && i > from);
}

/* Only blanks stand before i on its line. */
static bool begins_line(const struct mrl_editor *ed, uint32_t i) {
    for (uint32_t k = line_start(ed, i); k < i; k++)
        if (at(ed, k) != ' ')
            return false;
    return true;
}

unsigned mrl_e_column(const struct mrl_editor *ed, uint32_t i) {
    return i - line_start(ed, i);
}

bool mrl_e_is_flow(const struct mrl_editor *ed, mrl_val v, uint32_t start) {
    return ed->json ||
           ((mrl_is_obj(v) || mrl_is_arr(v)) && (at(ed, start) == '{' || at(ed, start) == '['));
}

/* --- layout
 * ----------------------------------------------------------------------------------------- */

/* One line: its indentation, whether it is a list item, whether it opens a deeper level. */
struct line {
    unsigned indent;
    bool item, opens, content;
};

/* What a line says about the layout; strings that look like structure are taken for it, which
 * only makes a new entry look different. */
static struct line look_at_line(mrl_str s) {
    struct line l = {.indent = 0};
    while (l.indent < s.len && s.ptr[l.indent] == ' ')
        l.indent++;
    mrl_str rest = mrl_str_trim(mrl_str_sub(s, l.indent, s.len));
    l.content = rest.len > 0 && rest.ptr[0] != '#';
    l.item = mrl_str_starts(rest, MRL_S("- ")) || mrl_str_eq(rest, MRL_S("-"));
    l.opens = rest.len > 0 && rest.ptr[rest.len - 1] == ':' && rest.ptr[0] != '#' && !l.item;
    return l;
}

void mrl_e_layout(struct mrl_editor *ed) {
    mrl_str rest = ed->text;
    struct line before = {.indent = 0};
    bool know_step = false, know_lists = false;
    ed->step = 2;
    ed->crlf = mrl_str_find(ed->text, MRL_S("\r\n"), 0) != MRL_STR_NPOS;
    while (rest.ptr != NULL && !(know_step && know_lists)) {
        struct line l = look_at_line(mrl_str_cut(rest, '\n', &rest));
        if (!l.content)
            continue;
        if (before.opens && l.item && !know_lists) {
            know_lists = true;
            ed->indent_lists = l.indent > before.indent;
        } else if (before.opens && !l.item && l.indent > before.indent && !know_step) {
            know_step = true;
            ed->step = l.indent - before.indent <= 8 ? l.indent - before.indent : 2;
        }
        before = l;
    }
}

/* --- new text
 * --------------------------------------------------------------------------------------- */

/* A line end as the file has them, and the indentation of what follows. */
static void add_newline(const struct mrl_editor *ed, struct mrl_buf *b, unsigned indent) {
    mrl_buf_add(b, ed->crlf ? MRL_S("\r\n") : MRL_S("\n"));
    mrl_buf_fill(b, ' ', indent);
}

/* The value as text that begins at the present place; later lines stand at `column`. */
static void add_value(const struct mrl_editor *ed, struct mrl_buf *b, mrl_val v, unsigned column,
                      bool flow) {
    struct mrl_buf part;
    mrl_buf_init(&part, TEXT_MAX);
    if (ed->json)
        mrl_json_write(&part, ed->arena, v, &(struct mrl_json_style){.keep_order = true});
    else
        mrl_yaml_write(&part, ed->arena, v,
                       &(struct mrl_yaml_style){.column = column,
                                                .indent = ed->step,
                                                .indent_lists = ed->indent_lists,
                                                .keep_order = true,
                                                .flow = flow});
    mrl_str s = mrl_buf_str(&part);
    if (mrl_str_ends(s, MRL_S("\n"))) /* the line end that the writer puts behind the whole */
        s.len--;
    while (s.ptr != NULL) {
        mrl_str line = mrl_str_cut(s, '\n', &s);
        mrl_buf_add(b, line);
        if (s.ptr != NULL)
            add_newline(ed, b, 0);
    }
    if (part.status != MRL_OK)
        b->status = part.status;
    mrl_buf_release(&part);
}

/* The value takes lines of its own. Empty collections are written {} and [], on the line. */
static bool is_block_value(const struct mrl_editor *ed, mrl_val v, bool flow) {
    return !ed->json && !flow && (mrl_is_obj(v) || mrl_is_arr(v) || mrl_is_set(v)) && v.len > 0;
}

/* What stands behind `key:` in a block mapping at `column`: " scalar" or lines below. */
static void add_below_key(const struct mrl_editor *ed, struct mrl_buf *b, mrl_val v,
                          unsigned column) {
    if (is_block_value(ed, v, false)) {
        unsigned inner = mrl_is_obj(v) || ed->indent_lists ? column + ed->step : column;
        add_newline(ed, b, inner);
        add_value(ed, b, v, inner, false);
    } else {
        mrl_buf_byte(b, ' ');
        add_value(ed, b, v, column + ed->step, false);
    }
}

/* The key with its colon, quoted where YAML would read it as something else. */
static void add_key(const struct mrl_editor *ed, struct mrl_buf *b, mrl_val key) {
    if (ed->json)
        mrl_json_write_str(b, mrl_val_str(key), false);
    else
        add_value(ed, b, key, 0, true); /* flow style: a key stands on one line */
    mrl_buf_byte(b, ':');
}

/* Makes the patch from what was built, and gives the buffer back. */
static mrl_status patch_of(const struct mrl_editor *ed, struct mrl_buf *b, uint32_t start,
                           uint32_t end, struct mrl_patch *ret) {
    mrl_status status = b->status;
    mrl_str text = {NULL, 0};
    if (status == MRL_OK) {
        text = mrl_arena_str(ed->arena, mrl_buf_str(b));
        status = text.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
    }
    mrl_buf_release(b);
    MRL_TRY(status);
    *ret = (struct mrl_patch){start, end, text};
    return MRL_OK;
}

/* --- replacing
 * -------------------------------------------------------------------------------------- */

/* Where the ':' behind a key ends; NO_OFFSET when blanks are not all that stands before it. */
static uint32_t behind_colon(const struct mrl_editor *ed, uint32_t key_end) {
    while (is_blank(at(ed, key_end)))
        key_end++;
    return at(ed, key_end) == ':' ? key_end + 1 : NO_OFFSET;
}

/* A value in a block mapping whose old or new form takes lines of its own: everything from the
 * colon on is written anew, but comments between colon and old value stay. */
static mrl_status replace_lines(struct mrl_editor *ed, const struct mrl_e_place *p, mrl_val v,
                                uint32_t colon, struct mrl_patch *ret) {
    struct mrl_buf b;
    uint32_t end = p->end;
    mrl_str between = mrl_str_sub(ed->text, colon, p->start > colon ? p->start : colon);
    while (between.len > 0 && strchr(" \t\r\n", between.ptr[between.len - 1]) != NULL)
        between.len--;
    if (between.len > 0 && mrl_str_trim(between).ptr[0] != '#')
        return mrl_e_refuse(ed, p->start, MRL_E_UNSUPPORTED,
                            "a tag or an anchor stands before this value");
    mrl_buf_init(&b, TEXT_MAX);
    if (is_block_value(ed, v, false)) { /* comments of the old line first, then the lines */
        mrl_buf_add(&b, between);
        if (rest_is_comment(ed, end) && between.len == 0) {
            end = line_end(ed, end);
            mrl_buf_add(&b, mrl_str_sub(ed->text, p->end, end));
        }
        add_below_key(ed, &b, v, p->column);
    } else {
        add_below_key(ed, &b, v, p->column);
        mrl_buf_add(&b, between);
    }
    return patch_of(ed, &b, colon, end, ret);
}

mrl_status mrl_e_replace(struct mrl_editor *ed, const struct mrl_e_place *p, mrl_val v,
                         struct mrl_patch *ret) {
    struct mrl_buf b;
    bool block_old = is_block_value(ed, p->v, mrl_e_is_flow(ed, p->v, p->start));
    bool block_new = is_block_value(ed, v, p->flow);
    uint32_t colon = p->key_end > 0 && !p->flow ? behind_colon(ed, p->key_end) : NO_OFFSET;
    if (colon != NO_OFFSET && (block_old || block_new))
        return replace_lines(ed, p, v, colon, ret);
    mrl_buf_init(&b, TEXT_MAX);
    if (p->start == p->end && p->start > 0 && !is_blank(at(ed, p->start - 1)))
        mrl_buf_byte(&b, ' '); /* `key:` and `-` without a value */
    unsigned column = p->key_end > 0 ? p->column + ed->step : mrl_e_column(ed, p->start);
    add_value(ed, &b, v, column, p->flow);
    return patch_of(ed, &b, p->start, p->end, ret);
}

/* --- adding
 * ----------------------------------------------------------------------------------------- */

/* Adds key (undefined in a list) and value as they stand inside brackets. */
static void add_flow_entry(const struct mrl_editor *ed, struct mrl_buf *b, mrl_val key, mrl_val v) {
    if (mrl_is_defined(key)) {
        add_key(ed, b, key);
        mrl_buf_byte(b, ' ');
    }
    add_value(ed, b, v, 0, true);
}

/* Where an entry begins: at its key, or at its value in a list. */
static uint32_t entry_start(mrl_val container, uint32_t i) {
    const struct mrl_span *s = mrl_val_span(container, i);
    return s == NULL ? 0 : mrl_is_obj(container) ? s->key_start : s->val_start;
}

/* A new last entry between brackets: on the line, or on a line of its own where the others are. */
static mrl_status add_flow(struct mrl_editor *ed, const struct mrl_e_place *p, mrl_val key,
                           mrl_val v, struct mrl_patch *ret) {
    struct mrl_buf b;
    mrl_buf_init(&b, TEXT_MAX);
    if (p->v.len == 0) {
        add_flow_entry(ed, &b, key, v);
        return patch_of(ed, &b, p->start + 1, p->start + 1, ret);
    }
    uint32_t first = entry_start(p->v, 0), end = mrl_val_span(p->v, p->v.len - 1)->val_end;
    bool comma = at(ed, end) == ','; /* behind the last entry: allowed in YAML */
    end += comma;
    if (!comma)
        mrl_buf_byte(&b, ',');
    if (!begins_line(ed, first)) {
        mrl_buf_byte(&b, ' ');
        add_flow_entry(ed, &b, key, v);
        return patch_of(ed, &b, end, end, ret);
    }
    uint32_t to = rest_is_comment(ed, end) ? line_end(ed, end) : end;
    mrl_buf_add(&b, mrl_str_sub(ed->text, end, to));
    add_newline(ed, &b, mrl_e_column(ed, first));
    add_flow_entry(ed, &b, key, v);
    if (comma)
        mrl_buf_byte(&b, ',');
    return patch_of(ed, &b, end, to, ret);
}

/* The end of the line on which the last entry of a block collection ends. */
static mrl_status behind_last(const struct mrl_editor *ed, const struct mrl_e_place *p,
                              uint32_t *ret) {
    if (!rest_is_comment(ed, p->end))
        return mrl_e_refuse(ed, p->end, MRL_E_UNSUPPORTED,
                            "something follows the last entry on its line");
    *ret = line_end(ed, p->end);
    return MRL_OK;
}

mrl_status mrl_e_add_member(struct mrl_editor *ed, const struct mrl_e_place *p, mrl_val key,
                            mrl_val v, struct mrl_patch *ret) {
    struct mrl_buf b;
    uint32_t end = 0;
    if (mrl_e_is_flow(ed, p->v, p->start))
        return add_flow(ed, p, key, v, ret);
    MRL_TRY(behind_last(ed, p, &end));
    unsigned column = mrl_e_column(ed, p->start);
    mrl_buf_init(&b, TEXT_MAX);
    add_newline(ed, &b, column);
    add_key(ed, &b, key);
    add_below_key(ed, &b, v, column);
    return patch_of(ed, &b, end, end, ret);
}

mrl_status mrl_e_add_item(struct mrl_editor *ed, const struct mrl_e_place *p, mrl_val v,
                          struct mrl_patch *ret) {
    struct mrl_buf b;
    uint32_t end = 0;
    if (mrl_e_is_flow(ed, p->v, p->start))
        return add_flow(ed, p, mrl_undefined(), v, ret);
    MRL_TRY(behind_last(ed, p, &end));
    unsigned column = mrl_e_column(ed, p->start);
    mrl_buf_init(&b, TEXT_MAX);
    add_newline(ed, &b, column);
    mrl_buf_add(&b, MRL_S("- "));
    add_value(ed, &b, v, column + 2, false);
    return patch_of(ed, &b, end, end, ret);
}

/* --- removing
 * --------------------------------------------------------------------------------------- */

/* The patch that removes [from, to), unless a comment in [keep_from, keep_to) would go with it. */
static mrl_status cut(const struct mrl_editor *ed, uint32_t from, uint32_t to, uint32_t keep_from,
                      uint32_t keep_to, struct mrl_patch *ret) {
    MRL_ASSERT(from <= ed->text.len);
    mrl_str kept = mrl_str_sub(ed->text, keep_from, keep_to);
    if (kept.len > 0 && memchr(kept.ptr, '#', kept.len) != NULL)
        return mrl_e_refuse(ed, from, MRL_E_UNSUPPORTED,
                            "a comment stands between this entry and its neighbour");
    *ret = (struct mrl_patch){from, to, MRL_S("")};
    return MRL_OK;
}

/* An entry between brackets, with the comma before or behind it. */
static mrl_status remove_flow(const struct mrl_editor *ed, mrl_val c, uint32_t i,
                              struct mrl_patch *ret) {
    MRL_ASSERT(i < c.len && c.len > 1);
    const struct mrl_span *s = mrl_val_span(c, i);
    if (i + 1 < c.len) {
        uint32_t next = entry_start(c, i + 1);
        return cut(ed, entry_start(c, i), next, s->val_end, next, ret);
    }
    uint32_t before = mrl_val_span(c, i - 1)->val_end;
    return cut(ed, before, s->val_end, before, entry_start(c, i), ret);
}

/* The '-' of item i of a block list whose first '-' stands at `first`. */
static uint32_t dash_of(const struct mrl_editor *ed, mrl_val list, uint32_t first, uint32_t i) {
    MRL_ASSERT(i < list.len);
    unsigned column = mrl_e_column(ed, first);
    if (i == 0)
        return first;
    uint32_t p = mrl_val_span(list, i - 1)->val_end, to = mrl_val_span(list, i)->val_start;
    for (p = next_line(ed, p); p < to; p = next_line(ed, p))
        if (at(ed, p + column) == '-' && begins_line(ed, p + column))
            return p + column;
    return NO_OFFSET;
}

/* An entry of a block collection: its lines, or its part of the line behind a dash. */
static mrl_status remove_block(struct mrl_editor *ed, const struct mrl_e_place *p,
                               struct mrl_patch *ret) {
    bool map = mrl_is_obj(p->parent);
    uint32_t i = p->entry;
    uint32_t from = map ? entry_start(p->parent, i) : dash_of(ed, p->parent, p->parent_start, i);
    if (from == NO_OFFSET || !rest_is_comment(ed, p->end))
        return mrl_e_refuse(ed, p->start, MRL_E_UNSUPPORTED, "this entry shares its lines");
    if (begins_line(ed, from)) {
        *ret = (struct mrl_patch){line_start(ed, from), next_line(ed, p->end), MRL_S("")};
        return MRL_OK;
    }
    if (i + 1 >= p->parent.len) /* only the first entry can stand behind a dash */
        return mrl_e_refuse(ed, p->start, MRL_E_UNSUPPORTED, "this entry shares its line");
    uint32_t next =
        map ? entry_start(p->parent, i + 1) : dash_of(ed, p->parent, p->parent_start, i + 1);
    if (next == NO_OFFSET)
        return mrl_e_refuse(ed, p->start, MRL_E_UNSUPPORTED, "the next entry is not in sight");
    return cut(ed, from, next, p->end, next, ret);
}

mrl_status mrl_e_remove(struct mrl_editor *ed, const struct mrl_e_place *p, struct mrl_patch *ret) {
    if (mrl_e_is_flow(ed, p->parent, p->parent_start)) {
        if (p->parent.len > 1)
            return remove_flow(ed, p->parent, p->entry, ret);
        uint32_t from = entry_start(p->parent, 0);
        *ret = (struct mrl_patch){from, p->end, MRL_S("")};
        return MRL_OK;
    }
    return remove_block(ed, p, ret);
}
