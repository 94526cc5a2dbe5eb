/* infer_ref.c - types of refs, and refs that lead nowhere.
 *
 * mrl_infer_ref only computes; mrl_infer_check_ref reports, once a literal. A ref is followed
 * operand by operand; below data the rule tree is followed first, and base data may add any
 * document that no rule makes, so an unknown name below data is no error. The messages draw the
 * ref and point at the operand, as OPA 1.20.2 does, down to the columns.
 */
#include "engines/policy/compile/infer.h"

#include "engines/policy/compile/suggest.h"
#include "engines/policy/value_text.h"

#define TEXT_MAX 65536 /* bytes of one message */

/* --- text ------------------------------------------------------------------------------------- */

/* A name that may be written behind a dot. */
static bool is_name(mrl_str s) {
    for (size_t i = 0; i < s.len; i++) {
        char ch = s.ptr[i];
        bool letter = (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') || ch == '_';
        if (!letter && (i == 0 || ch < '0' || ch > '9'))
            return false;
    }
    return s.len > 0;
}

/* An operand as OPA prints it: generated variables and whatever is no value are "_". */
static void term_text(struct mrl_infer *f, struct mrl_buf *out, const struct mrl_lterm *t) {
    static const char *const open[] = {"", "", "[", "{", "{"}, *const close[] = {"", "", "]", "}",
                                                                                 "}"};
    switch (t->kind) {
    case MRL_L_CONST:
        mrl_value_text(out, f->c->arena, t->value);
        break;
    case MRL_L_VAR:
        mrl_buf_add(out,
                    f->rule->var_names[t->var].len > 0 ? f->rule->var_names[t->var] : MRL_S("_"));
        break;
    case MRL_L_ARRAY:
    case MRL_L_SET:
    case MRL_L_OBJECT:
        mrl_buf_add(out, mrl_str_z(open[t->kind]));
        for (uint32_t i = 0; i < t->n; i++) {
            if (i > 0)
                mrl_buf_add(out, t->kind == MRL_L_OBJECT && i % 2 == 1 ? MRL_S(": ") : MRL_S(", "));
            term_text(f, out, t->items[i]);
        }
        mrl_buf_add(out, mrl_str_z(close[t->kind]));
        break;
    default:
        MRL_BUF_LIT(out, "_");
    }
}

/* The first n parts of a ref; the head is one part. */
static void ref_text(struct mrl_infer *f, struct mrl_buf *out, const struct mrl_lterm *t,
                     uint32_t n) {
    uint32_t i = 0;
    if (t->root == MRL_ROOT_VALUE)
        term_text(f, out, t->items[i++]);
    else
        mrl_buf_add(out, t->root == MRL_ROOT_INPUT ? MRL_S("input") : MRL_S("data"));
    for (uint32_t parts = 1; parts < n && i < t->n; parts++, i++) {
        const struct mrl_lterm *op = t->items[i];
        if (op->kind == MRL_L_CONST && mrl_is_str(op->value) && is_name(mrl_val_str(op->value))) {
            mrl_buf_byte(out, '.');
            mrl_buf_add(out, mrl_val_str(op->value));
            continue;
        }
        mrl_buf_byte(out, '[');
        term_text(f, out, op);
        mrl_buf_byte(out, ']');
    }
}

/* --- errors ----------------------------------------------------------------------------------- */

struct report {
    struct mrl_infer *f;
    const struct mrl_lterm *ref;
    struct mrl_buf message, detail;
    mrl_str hint;
};

static void report_open(struct report *r, struct mrl_infer *f, const struct mrl_lterm *ref) {
    *r = (struct report){.f = f, .ref = ref};
    mrl_buf_init(&r->message, TEXT_MAX);
    mrl_buf_init(&r->detail, TEXT_MAX);
}

/* Reports what was written and gives its buffers back. */
static void report_end(struct report *r) {
    mrl_infer_fail(r->f, r->ref->loc, mrl_buf_str(&r->message), mrl_buf_str(&r->detail), r->hint);
    mrl_buf_release(&r->message);
    mrl_buf_release(&r->detail);
}

static void whole_ref(struct report *r, struct mrl_buf *out) {
    ref_text(r->f, out, r->ref, UINT32_MAX);
}

/* The part before `part` has no parts of its own, as a number has none. */
static bool no_parts(struct mrl_infer *f, const struct mrl_lterm *t, uint32_t part,
                     mrl_type *have) {
    struct report r;
    report_open(&r, f, t);
    bool function = have != NULL && have->kind == MRL_TYPE_FN;
    mrl_buf_add(&r.message, function ? MRL_S("function ") : MRL_S("undefined ref: "));
    whole_ref(&r, &r.message);
    if (function)
        MRL_BUF_LIT(&r.message, " used as reference, not called");
    whole_ref(&r, &r.detail);
    MRL_BUF_LIT(&r.detail, "\n\t");
    struct mrl_buf prefix;
    mrl_buf_init(&prefix, TEXT_MAX);
    ref_text(f, &prefix, t, part);
    mrl_buf_fill(&r.detail, '^', prefix.len);
    mrl_buf_release(&prefix);
    MRL_BUF_LIT(&r.detail, "\n\thave: ");
    mrl_type_print(&r.detail, have);
    report_end(&r);
    return false;
}

/* The known keys of a type, sorted, as OPA lists them. */
static void one_of(struct mrl_infer *f, struct mrl_type const *t, struct mrl_builder *keys) {
    for (uint32_t i = 0; t->kind == MRL_TYPE_OBJ && i < t->n; i++)
        mrl_build_item(keys, t->keys[i]);
    for (uint32_t i = 0; t->kind == MRL_TYPE_ANY && i < t->n; i++)
        one_of(f, t->of[i], keys);
}

static void print_keys(struct mrl_infer *f, struct mrl_buf *out, mrl_val keys) {
    MRL_ASSERT(mrl_is_set(keys));
    mrl_status status = MRL_OK;
    const uint32_t *order = mrl_val_order(f->c->arena, keys, &status);
    for (uint32_t i = 0; i < keys.len; i++) {
        if (i > 0)
            mrl_buf_byte(out, ' ');
        mrl_value_text(out, f->c->arena, keys.u.arr->items[order != NULL ? order[i] : i]);
    }
}

/* Operand `part` (the head is part 0) is not among the keys of what stands before it. `keys` are
 * the known ones, else `want` is their type. */
static bool bad_key(struct mrl_infer *f, const struct mrl_lterm *t, uint32_t part, mrl_type *have,
                    mrl_type *want, mrl_val keys) {
    MRL_ASSERT(part > 0);
    struct report r;
    struct mrl_buf prefix;
    report_open(&r, f, t);
    MRL_BUF_LIT(&r.message, "undefined ref: ");
    whole_ref(&r, &r.message);
    whole_ref(&r, &r.detail);
    mrl_buf_init(&prefix, TEXT_MAX);
    ref_text(f, &prefix, t, part);
    int pad = (int)prefix.len + 1;
    mrl_buf_release(&prefix);
    mrl_buf_printf(&r.detail, "\n\t%*s^\n\t%*s", pad, "", pad, "");
    if (have != NULL) {
        MRL_BUF_LIT(&r.detail, "have (type): ");
        mrl_type_print(&r.detail, have);
    } else {
        const struct mrl_lterm *op = t->items[t->root == MRL_ROOT_VALUE ? part : part - 1];
        MRL_BUF_LIT(&r.detail, "have: ");
        term_text(f, &r.detail, op);
        if (op->kind == MRL_L_CONST && mrl_is_str(op->value) && mrl_compile_room(f->c))
            r.hint = mrl_suggest_key(f->c, mrl_val_str(op->value), keys);
    }
    mrl_buf_printf(&r.detail, "\n\t%*s", pad, "");
    if (keys.len > 0) {
        MRL_BUF_LIT(&r.detail, "want (one of): [");
        print_keys(f, &r.detail, keys);
        mrl_buf_byte(&r.detail, ']');
    } else {
        MRL_BUF_LIT(&r.detail, "want (type): ");
        mrl_type_print(&r.detail, want);
    }
    report_end(&r);
    return false;
}

/* bad_key with the keys that the type `of` knows; always false. */
static bool not_a_key(struct mrl_infer *f, const struct mrl_lterm *t, uint32_t part, mrl_type *have,
                      mrl_type *of) {
    struct mrl_builder b;
    mrl_val keys = mrl_empty_set();
    mrl_builder_init(&b, f->c->arena, MRL_T_SET, 8);
    one_of(f, of, &b);
    if (mrl_build_end(&b, &keys) != MRL_OK)
        keys = mrl_empty_set();
    return bad_key(f, t, part, have, mrl_type_keys(f->cx, of), keys);
}

/* --- the value behind a ref ------------------------------------------------------------------- */

static bool is_scalar(const struct mrl_lterm *t) {
    return t->kind == MRL_L_CONST && t->value.tag < MRL_T_ARR;
}

/* Follows the operands from item i on. An operand that is no scalar stands for any key. */
static mrl_type *follow(struct mrl_infer *f, mrl_type *type, const struct mrl_lterm *t,
                        uint32_t i) {
    for (; type != NULL && i < t->n; i++)
        type = is_scalar(t->items[i]) ? mrl_type_select(f->cx, type, t->items[i]->value)
                                      : mrl_type_values(f->cx, type);
    return type;
}

/* An object with the documents below a node; base data may add any others. */
static mrl_type *extent(struct mrl_infer *f, struct mrl_node *n) {
    uint32_t count = 0;
    if (n->extent != NULL)
        return n->extent;
    for (struct mrl_node *child = n->children; child != NULL; child = child->sibling)
        count += child->has_below;
    mrl_val *keys = MRL_ARENA_ARRAY(f->c->arena, mrl_val, count + 1);
    mrl_type **of = MRL_ARENA_ARRAY(f->c->arena, mrl_type *, count + 1);
    if (keys == NULL || of == NULL)
        return &mrl_type_any;
    count = 0;
    for (struct mrl_node *child = n->children; child != NULL; child = child->sibling) {
        if (!child->has_below)
            continue;
        keys[count] = mrl_strval(child->name);
        of[count++] = mrl_infer_node(f, child);
    }
    mrl_type *t = mrl_type_obj(f->cx, keys, of, count, &mrl_type_str, &mrl_type_any);
    if (f->c->typed) /* while rules are still being typed, a part may change */
        n->extent = t;
    return t;
}

mrl_type *mrl_infer_node(struct mrl_infer *f, struct mrl_node *n) {
    if (n->n_rules > 0)
        return n->type != NULL ? n->type : &mrl_type_any;
    return extent(f, n);
}

/* The child that a constant operand leads to, when rules stand there or below. */
static struct mrl_node *child_at(const struct mrl_node *n, const struct mrl_lterm *op) {
    if (op->kind != MRL_L_CONST || !mrl_is_str(op->value))
        return NULL;
    struct mrl_node *child = mrl_tree_child(n, mrl_val_str(op->value));
    return child != NULL && child->has_below ? child : NULL;
}

/* The type behind a ref below data: down the tree to a rule or a package, then on in its type. */
static mrl_type *data_ref(struct mrl_infer *f, const struct mrl_lterm *t) {
    struct mrl_node *n = f->c->root;
    if (f->relaxed)
        return &mrl_type_any;
    for (uint32_t i = 0;; i++) {
        struct mrl_node *child = i < t->n ? child_at(n, t->items[i]) : NULL;
        if (child != NULL) {
            n = child;
            continue;
        }
        if (i < t->n && n->n_rules == 0 && t->items[i]->kind == MRL_L_CONST)
            return &mrl_type_any; /* only base data can stand there */
        return follow(f, mrl_infer_node(f, n), t, i);
    }
}

mrl_type *mrl_infer_ref(struct mrl_infer *f, const struct mrl_lterm *t) {
    if (t->root == MRL_ROOT_INPUT)
        return &mrl_type_any;
    if (t->root == MRL_ROOT_DATA)
        return data_ref(f, t);
    return is_scalar(t->items[0]) ? NULL : follow(f, mrl_infer_term(f, t->items[0]), t, 1);
}

/* --- checking --------------------------------------------------------------------------------- */

/* Checks one operand against the value before it; gives the value behind it, NULL after an error.
 */
static mrl_type *step(struct mrl_infer *f, const struct mrl_lterm *t, uint32_t i, mrl_type *type) {
    MRL_ASSERT(i < t->n);
    const struct mrl_lterm *op = t->items[i];
    uint32_t part = t->root == MRL_ROOT_VALUE ? i : i + 1;
    mrl_type *keys = mrl_type_keys(f->cx, type);
    if (keys == NULL)
        return no_parts(f, t, part, type), NULL;
    if (is_scalar(op)) {
        mrl_type *value = mrl_type_select(f->cx, type, op->value);
        if (value == NULL && type->partial)
            return &mrl_type_any;
        if (value == NULL)
            not_a_key(f, t, part, NULL, type);
        return value;
    }
    if (op->kind != MRL_L_VAR) {
        if (!mrl_infer_match(f, op, keys, false))
            return bad_key(f, t, part, mrl_infer_term(f, op), keys, mrl_empty_set()), NULL;
    } else if (f->vars[op->var] == NULL) {
        mrl_infer_bind(f, op->var, keys);
    } else if (!mrl_type_unifies(f->cx, f->vars[op->var], keys)) {
        return not_a_key(f, t, part, f->vars[op->var], type), NULL;
    }
    type = mrl_type_values(f->cx, type);
    return type != NULL ? type : &mrl_type_any;
}

/* The operands from item i on; stops at the first error. */
static bool check_rest(struct mrl_infer *f, const struct mrl_lterm *t, uint32_t i, mrl_type *type) {
    for (; i < t->n && type != NULL; i++)
        type = step(f, t, i, type);
    return type != NULL;
}

/* An operand at a place where only names of packages and rules can stand. As OPA says so only when
 * it has typed a rule before, so does this. */
static bool check_name(struct mrl_infer *f, struct mrl_node *n, const struct mrl_lterm *t,
                       uint32_t i) {
    MRL_ASSERT(i < t->n);
    const struct mrl_lterm *op = t->items[i];
    if (i > 1 || f->c->n_typed == 0 || op->kind == MRL_L_VAR ||
        (op->kind == MRL_L_CONST && mrl_is_str(op->value)))
        return true;
    struct mrl_builder b;
    mrl_val keys = mrl_empty_set();
    mrl_builder_init(&b, f->c->arena, MRL_T_SET, 8);
    for (struct mrl_node *child = n->children; child != NULL; child = child->sibling)
        if (child->has_below)
            mrl_build_item(&b, mrl_strval(child->name));
    if (mrl_build_end(&b, &keys) != MRL_OK)
        keys = mrl_empty_set();
    return bad_key(f, t, i + 1, mrl_infer_term(f, op), &mrl_type_str, keys);
}

/* A variable that goes over packages: it is a string; what lies behind is not followed. */
static bool over_packages(struct mrl_infer *f, struct mrl_node *n, const struct mrl_lterm *t,
                          uint32_t i) {
    const struct mrl_lterm *op = t->items[i];
    mrl_type *have = f->vars[op->var];
    if (have != NULL && !mrl_type_unifies(f->cx, &mrl_type_str, have))
        return not_a_key(f, t, i + 1, have, extent(f, n));
    if (have == NULL)
        mrl_infer_bind(f, op->var, &mrl_type_str);
    return check_rest(f, t, i + 1, &mrl_type_any);
}

/* The document may be replaced: only its path is looked at. */
static bool check_replaced(struct mrl_infer *f, const struct mrl_lterm *t) {
    struct mrl_node *n = f->c->root;
    for (uint32_t i = 0; i < 2 && i < t->n && n != NULL && n->has_below && n->n_rules == 0; i++) {
        if (!check_name(f, n, t, i))
            return false;
        n = child_at(n, t->items[i]);
    }
    return check_rest(f, t, 0, &mrl_type_any);
}

/* A ref below data: names of packages, then a rule, then what the rule makes. A function may only
 * be called. */
static bool check_data(struct mrl_infer *f, const struct mrl_lterm *t) {
    struct mrl_node *n = f->c->root;
    if (!n->has_below) /* no rules at all: data is base data */
        return check_rest(f, t, 0, &mrl_type_any);
    for (uint32_t i = 0; i < t->n; i++) {
        if (!check_name(f, n, t, i))
            return false;
        struct mrl_node *child = child_at(n, t->items[i]);
        if (child == NULL)
            return t->items[i]->kind == MRL_L_VAR && n != f->c->root
                       ? over_packages(f, n, t, i)
                       : check_rest(f, t, 0, &mrl_type_any);
        n = child;
        if (n->n_rules > 0 && n->kind == MRL_RULE_FUNCTION && i + 1 == t->n)
            return no_parts(f, t, i + 2, mrl_infer_node(f, n));
        if (n->n_rules > 0)
            return check_rest(f, t, i + 1, mrl_infer_node(f, n));
    }
    return true;
}

bool mrl_infer_check_ref(struct mrl_infer *f, const struct mrl_lterm *t) {
    if (t->root == MRL_ROOT_DATA)
        return f->relaxed ? check_replaced(f, t) : check_data(f, t);
    if (t->root == MRL_ROOT_INPUT)
        return check_rest(f, t, 0, &mrl_type_any);
    const struct mrl_lterm *head = t->items[0];
    if (is_scalar(head)) /* OPA looks for a root document of that name, and finds none */
        return check_rest(f, t, 1, &mrl_type_any);
    if (head->kind == MRL_L_VAR && f->vars[head->var] == NULL)
        mrl_infer_bind(f, head->var, &mrl_type_any);
    mrl_type *type = mrl_infer_term(f, head);
    if (head->kind != MRL_L_VAR && mrl_type_unknown(type)) { /* {"a": x}[_]: x may be anything */
        (void)mrl_infer_match(f, head, &mrl_type_any, false);
        type = mrl_infer_term(f, head);
    }
    return check_rest(f, t, 1, type != NULL ? type : &mrl_type_any);
}
