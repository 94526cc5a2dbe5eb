/* heads.c - rule heads.
 *
 * The parser says what a rule means; OPA's layout depends on how its own tree holds the head: which
 * operand is a key, which value was made up. That view is worked out first, then written.
 */
#include "engines/policy/fmt/fmt_internal.h"

/* True when no variable is in the term. The head of a ref does not count, as in OPA. */
static bool is_ground(const struct mrl_term *t) {
    switch ((enum mrl_term_kind)t->kind) {
    case MRL_TERM_VAR:
        return false;
    case MRL_TERM_REF:
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET: { /* ref and list share their form */
        uint32_t from = t->kind == MRL_TERM_REF;
        for (uint32_t i = from; i < t->u.list.n; i++)
            if (!is_ground(t->u.list.items[i]))
                return false;
        return true;
    }
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++)
            if (!is_ground(t->u.object.keys[i]) || !is_ground(t->u.object.vals[i]))
                return false;
        return true;
    case MRL_TERM_CALL:
        for (uint32_t i = 0; i < t->u.call.args.n; i++)
            if (!is_ground(t->u.call.args.items[i]))
                return false;
        return true;
    default:
        return true;
    }
}

/* The name as a list of parts, whether it was a ref or one word. */
static bool split_name(struct fmt *f, const struct mrl_rule *r, struct fmt_head *h) {
    if (r->name->kind == MRL_TERM_REF) {
        h->ref = r->name->u.ref.items;
        h->n = r->name->u.ref.n;
        return true;
    }
    h->ref = MRL_ARENA_ARRAY(f->arena, struct mrl_term *, 1);
    if (h->ref == NULL) {
        f->status = MRL_E_NOMEM;
        return false;
    }
    h->ref[0] = r->name;
    h->n = 1;
    return true;
}

/* A second operand of a head that has no other is its key, too, in most forms. */
static bool operand_is_key(const struct mrl_rule *r, const struct fmt_head *h) {
    MRL_ASSERT(h->n > 0);
    if (r->is_default || r->has_args || h->n != 2)
        return false;
    return !r->has_if || h->ref[1]->kind == MRL_TERM_REF || !is_ground(h->ref[1]);
}

/* Where the head is taken to be: it decides which comments go above it. */
static struct place head_place(const struct fmt *f, const struct mrl_rule *r) {
    if (r->chained || !(r->has_body || r->is_default || r->kind == MRL_RULE_PARTIAL_SET))
        return fmt_place_of(&r->loc); /* written as one expression: that is its place */
    uint32_t start = r->name->loc.start;
    return (struct place){fmt_row(f, start), start, r->head_loc.end};
}

bool fmt_head_of(struct fmt *f, const struct mrl_rule *r, struct fmt_head *ret) {
    MRL_ASSERT(r->kind != MRL_RULE_PARTIAL_SET || r->key != NULL);
    struct fmt_head h = {.val = r->val, .place = head_place(f, r)};
    if (!split_name(f, r, &h))
        return false;
    bool bare = !r->has_body && !r->is_default && r->val == NULL;
    if (r->kind == MRL_RULE_PARTIAL_SET) {
        h.key = r->key;
        h.has_key = true;
    } else {
        h.has_val = true;
        h.has_key = operand_is_key(r, &h);
        h.val_at_head = r->chained || (bare && (r->has_args || h.n > 2)) ||
                        (r->val == NULL && r->has_if && h.n == 2 && !r->has_args);
    }
    *ret = h;
    return true;
}

/* p["x"] and p[x]: how a head of two parts is written where no head needs the dotted form. */
static enum wrote old_form(struct fmt *f, const struct fmt_head *h) {
    MRL_ASSERT(h->n == 2);
    const struct mrl_term *second = h->ref[1];
    FMT_LIT(f, "");
    fmt_write(f, h->ref[0]->u.var);
    FMT_LIT(f, "[");
    if (second->kind == MRL_TERM_SCALAR && mrl_is_str(second->u.scalar))
        fmt_quoted(f, mrl_val_str(second->u.scalar));
    else if (second->kind == MRL_TERM_SCALAR || second->kind == MRL_TERM_VAR)
        fmt_simple(f, second);
    else
        MRL_CHECK(fmt_term(f, second) == WROTE, WROTE_CLASH);
    FMT_LIT(f, "]");
    return WROTE;
}

/* (a, b), laid out like any list. */
static enum wrote arguments(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h) {
    struct list l = {.items = r->args.items,
                     .n = r->args.n,
                     .style = LIST_ARGS,
                     .last = h->place,
                     .close = fmt_closing(f, BRACKET_KINDS, BRACKET_ROUND, h->place)};
    FMT_LIT(f, "(");
    MRL_CHECK(fmt_list(f, &l) == WROTE, WROTE_CLASH);
    FMT_LIT(f, ")");
    return WROTE;
}

/* ` contains x`, or [x] where the text being written has no such word. */
static enum wrote item(struct fmt *f, const struct fmt_head *h) {
    MRL_ASSERT(h->key != NULL);
    if (f->contains) {
        FMT_LIT(f, " contains ");
        return fmt_term(f, h->key);
    }
    FMT_LIT(f, "[");
    MRL_CHECK(fmt_term(f, h->key) == WROTE, WROTE_CLASH);
    FMT_LIT(f, "]");
    return WROTE;
}

/* The value of an `else` is taken to be where the `else` is. */
static enum wrote value(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h,
                        bool is_else) {
    fmt_write(f, r->assign || f->v1 ? MRL_S(" := ") : MRL_S(" = "));
    if (h->val == NULL) {
        FMT_LIT(f, "true");
        return WROTE;
    }
    const struct mrl_term *moved = f->moved;
    if (is_else) {
        f->moved = h->val;
        f->moved_to = (struct place){r->loc.line, r->loc.start, r->head_loc.end};
    }
    enum wrote w = fmt_term(f, h->val);
    f->moved = moved;
    return w;
}

/* `true` is not written where it is understood. */
static bool value_shows(const struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h,
                        bool is_else, bool constant) {
    bool is_true = h->val == NULL || fmt_is_true(h->val);
    if (!h->has_val || !(h->has_key || !is_true || constant || r->is_default))
        return false;
    bool v1_constant = f->v1 && constant && !h->has_key && r->args.n == 0;
    return !(h->val_at_head && !is_else && is_true && !v1_constant);
}

/* The name, or `else`. *ret_done: the whole head was copied from the source, as a comment stands
 * in the middle of it. */
static enum wrote name(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h,
                       bool is_else, bool *ret_done) {
    *ret_done = false;
    if (is_else) {
        FMT_LIT(f, "else");
        return fmt_insert(f, r->loc.line) ? WROTE : WROTE_CLASH;
    }
    if (f->ref_heads || h->n == 1)
        return fmt_ref(f, h->ref, h->n);
    int64_t comment = fmt_next_comment(f);
    if (comment < 0 || fmt_comment_row(f, comment) != fmt_place(f, h->ref[1]).row)
        return old_form(f, h);
    fmt_raw(f, fmt_mark(f), r->name->loc.start, r->head_loc.end);
    *ret_done = true;
    return WROTE;
}

enum wrote fmt_head(struct fmt *f, const struct mrl_rule *r, const struct fmt_head *h, bool is_else,
                    bool constant) {
    bool done;
    enum wrote w = name(f, r, h, is_else, &done);
    if (w != WROTE || done)
        return w;
    if (!is_else && r->args.n > 0)
        MRL_CHECK(arguments(f, r, h) == WROTE, WROTE_CLASH);
    if (!is_else && h->key != NULL) {
        w = item(f, h);
        if (w != WROTE)
            return w;
    }
    return value_shows(f, r, h, is_else, constant) ? value(f, r, h, is_else) : WROTE;
}
