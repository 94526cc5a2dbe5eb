/* gen_term.c - code for terms: values, refs, calls, comprehensions, matching.
 *
 * A ref is code in two parts: its base (what depends on the context: input, base data, a rule's
 * value, a document over several rules) and the rest (lookups and loops over that value). Both
 * `with` and traces need the seam. An operand that is unbound becomes a loop, and the rest of the
 * body runs inside it.
 */
#include "engines/policy/compile/gen.h"

#include "engines/policy/policy.h"

static bool is_bound(const struct mrl_gen *g, const struct mrl_lterm *t) {
    return mrl_vars_bound(t, &g->bound);
}

/* Binding costs no instruction: from here on the variable is that register. */
static void bind(struct mrl_gen *g, uint32_t var, mrl_reg reg) {
    MRL_ASSERT(!mrl_vset_has(&g->bound, var));
    g->reg_of[var] = reg;
    mrl_vset_add(&g->bound, var);
}

/* --- calls
 * ---------------------------------------------------------------------------------------- */

struct mrl_insn *mrl_g_emit_list(struct mrl_gen *g, enum mrl_opcode op, uint32_t a,
                                 struct mrl_lterm *const *items, uint32_t n) {
    static struct mrl_insn nowhere;
    uint16_t few[16], *all = few;
    if (n > MRL_COUNTOF(few) && (all = MRL_ARENA_ARRAY(g->c->arena, uint16_t, n)) == NULL) {
        g->status = MRL_E_NOMEM;
        return &nowhere;
    }
    for (uint32_t i = 0; i < n && g->status == MRL_OK; i++)
        all[i] = mrl_g_operand(g, items[i]);
    return mrl_g_emit_operands(g, op, a, all, n);
}

/* A call of a rule function or a builtin; it fails where the result is undefined. */
static void call_into(struct mrl_gen *g, const struct mrl_lterm *t, mrl_reg to) {
    MRL_ASSERT(t->node != NULL || t->builtin != NULL);
    bool says = t->node == NULL && (t->builtin->flags & MRL_BI_SAYS) &&
                (g->c->opts->debug || g->c->opts->print);
    enum mrl_opcode op = t->node != NULL ? MRL_OP_CALL : says ? MRL_OP_SAY : MRL_OP_BUILTIN;
    uint32_t callee =
        t->node != NULL ? mrl_g_node(g, t->node) : (uint32_t)mrl_builtin_index(t->builtin);
    mrl_g_emit_list(g, op, to, t->items, t->n)->y = callee;
}

/* The tags that a type test lets pass, a bit each; 0 when the builtin is none. */
static uint16_t tags_of_test(const struct mrl_builtin *b) {
    static const struct {
        const char *name;
        uint16_t tags;
    } tests[] = {
        {"is_array", 1u << MRL_T_ARR},  {"is_boolean", 1u << MRL_T_BOOL},
        {"is_null", 1u << MRL_T_NULL},  {"is_number", 1u << MRL_T_INT | 1u << MRL_T_NUM},
        {"is_object", 1u << MRL_T_OBJ}, {"is_set", 1u << MRL_T_SET},
        {"is_string", 1u << MRL_T_STR},
    };
    for (size_t i = 0; i < MRL_COUNTOF(tests); i++)
        if (strcmp(b->name, tests[i].name) == 0)
            return tests[i].tags;
    return 0;
}

/* Not for queries and debug policies, which want the value, nor for relations, which loop over
 * it. */
bool mrl_g_test(struct mrl_gen *g, const struct mrl_lterm *t) {
    if (t->kind != MRL_L_CALL || t->builtin == NULL || g->c->opts->debug || g->keep_values ||
        (t->builtin->flags & (MRL_BI_RELATION | MRL_BI_VOID | MRL_BI_SAYS)) ||
        t->n != t->builtin->arity)
        return false;
    uint32_t index = (uint32_t)mrl_builtin_index(t->builtin);
    uint16_t tags = tags_of_test(t->builtin);
    bool same = strcmp(t->builtin->name, "equal") == 0;
    if (tags != 0) {
        mrl_g_emit_fail(g, MRL_OP_IS, mrl_g_operand(g, t->items[0]), 0, tags)->y = index;
    } else if (same || strcmp(t->builtin->name, "neq") == 0) {
        uint16_t left = mrl_g_operand(g, t->items[0]), right = mrl_g_operand(g, t->items[1]);
        mrl_g_emit_fail(g, same ? MRL_OP_SAME : MRL_OP_DIFFER, left, right, 0)->y = index;
    } else {
        mrl_g_emit_list(g, MRL_OP_TEST, 0, t->items, t->n)->y = index;
    }
    return true;
}

/* --- comprehensions
 * --------------------------------------------------------------------------------- */

/* A loop of its own: every failure in it leads to its end, where the collection is finished, so a
 * comprehension never fails. */
static void comprehension_into(struct mrl_gen *g, const struct mrl_lterm *t, mrl_reg to) {
    uint32_t saved = g->fail, end = mrl_g_label(g), builder = mrl_g_builder(g);
    struct mrl_vset bound = mrl_vset_copy(g->c->arena, &g->bound);
    mrl_g_emit(g, MRL_OP_BUILD, builder, 0, t->collect);
    g->fail = end;
    uint32_t probe = mrl_g_trace_enter(g, t->loc, true);
    mrl_g_body(g, t->body);
    if (g->status == MRL_OK) {
        g->status = mrl_order_head(g->c, g->rule, t->val, &g->bound);
        if (g->status == MRL_OK)
            g->status = mrl_order_head(g->c, g->rule, t->key, &g->bound);
    }
    if (g->status != MRL_OK || bound.words == NULL)
        return;
    if (t->key != NULL) {
        uint16_t key = mrl_g_operand(g, t->key);
        mrl_g_emit(g, MRL_OP_PUT, builder, key, mrl_g_operand(g, t->val));
    } else {
        mrl_g_emit(g, MRL_OP_ADD, builder, mrl_g_operand(g, t->val), 0);
    }
    mrl_g_trace_leave(g, probe);
    mrl_g_jump(g, g->fail);
    mrl_g_place(g, end);
    mrl_g_emit(g, MRL_OP_BUILT, to, builder, 0);
    g->fail = saved;
    g->bound = bound;
}

/* --- refs
 * ------------------------------------------------------------------------------------------- */

/* The constant operands from `from` on as an array constant; *ret_to is the first other operand. */
static uint32_t const_path(struct mrl_gen *g, const struct mrl_lterm *t, uint32_t from,
                           uint32_t *ret_to) {
    struct mrl_builder b;
    mrl_val v = mrl_undefined();
    mrl_builder_init(&b, g->c->arena, MRL_T_ARR, 4);
    for (; from < t->n && t->items[from]->kind == MRL_L_CONST; from++)
        mrl_build_item(&b, t->items[from]->value);
    mrl_status status = mrl_build_end(&b, &v);
    if (status == MRL_OK)
        status = mrl_val_freeze(g->c->arena, v);
    if (status != MRL_OK)
        g->status = status;
    *ret_to = from;
    return mrl_g_const(g, v);
}

/* Narrows a document to the operands that are known: null stands for any key. */
static mrl_reg pattern(struct mrl_gen *g, const struct mrl_lterm *t, uint32_t from) {
    mrl_reg first = mrl_g_regs(g, t->n - from);
    for (uint32_t i = from; i < t->n; i++) {
        mrl_reg to = (mrl_reg)(first + (i - from));
        if (is_bound(g, t->items[i]))
            mrl_g_value_into(g, t->items[i], to);
        else
            mrl_g_emit(g, MRL_OP_CONST, to, 0, 0)->y = mrl_g_const(g, mrl_null());
    }
    return first;
}

/* The base of a ref below data: a rule, a document over several rules, or base data. */
static struct mrl_base data_base(struct mrl_gen *g, const struct mrl_lterm *t) {
    struct mrl_node *n = g->c->root;
    uint32_t i = 0;
    /* Down the rule tree as far as constant operands and rules reach. */
    while (n->n_rules == 0 && i < t->n && t->items[i]->kind == MRL_L_CONST) {
        mrl_val key = t->items[i]->value;
        struct mrl_node *child = mrl_is_str(key) ? mrl_tree_child(n, mrl_val_str(key)) : NULL;
        if (child == NULL || (!child->has_below && !child->is_package))
            break;
        n = child;
        i++;
    }
    mrl_reg to = mrl_g_regs(g, 1);
    if (n->n_rules > 0 && n->kind != MRL_RULE_FUNCTION) {
        uint32_t node = mrl_g_node(g, n);
        mrl_g_emit_fail(g, MRL_OP_CALL, to, 0, 0)->y = node;
        return (struct mrl_base){to, i};
    }
    /* The next key is known and no rule is there: only base data can be. Else the ref ends at, or
     * loops over, a document that rules and base data make together. */
    bool off_tree = i < t->n && t->items[i]->kind == MRL_L_CONST;
    if (off_tree) {
        uint32_t path = const_path(g, t, 0, &i);
        mrl_g_emit_fail(g, MRL_OP_BASE, to, 0, 0)->y = path;
        return (struct mrl_base){to, i};
    }
    uint32_t node = mrl_g_node(g, n);
    mrl_reg first = pattern(g, t, i);
    mrl_g_emit_fail(g, MRL_OP_DOC, to, first, t->n - i)->y = node;
    return (struct mrl_base){to, i};
}

struct mrl_base mrl_g_base(struct mrl_gen *g, const struct mrl_lterm *t) {
    if (t->kind != MRL_L_REF)
        return (struct mrl_base){mrl_g_value(g, t), t->n};
    if (t->root == MRL_ROOT_VALUE)
        return (struct mrl_base){mrl_g_value(g, t->items[0]), 1};
    if (t->root == MRL_ROOT_DATA)
        return data_base(g, t);
    uint32_t i, path = const_path(g, t, 0, &i);
    mrl_reg to = mrl_g_regs(g, 1);
    mrl_g_emit_fail(g, MRL_OP_INPUT, to, 0, 0)->y = path;
    return (struct mrl_base){to, i};
}

/* A loop over a collection: returns the register of the value, *ret_key the key's. */
static mrl_reg loop(struct mrl_gen *g, mrl_reg over, mrl_reg *ret_key) {
    uint32_t iter = mrl_g_iter(g);
    mrl_reg key = mrl_g_regs(g, 2);
    mrl_g_emit_fail(g, MRL_OP_SCAN, iter, over, 0);
    uint32_t next = mrl_g_label(g);
    mrl_g_place(g, next);
    mrl_g_emit_fail(g, MRL_OP_NEXT, iter, key, key + 1u);
    g->fail = next;
    *ret_key = key;
    return (mrl_reg)(key + 1);
}

mrl_reg mrl_g_rest(struct mrl_gen *g, const struct mrl_lterm *t, struct mrl_base base) {
    mrl_reg reg = base.reg, key;
    if (t->kind == MRL_L_CALL && t->builtin != NULL && (t->builtin->flags & MRL_BI_RELATION))
        return loop(g, reg, &key);
    if (t->kind != MRL_L_REF)
        return reg;
    for (uint32_t i = base.next; i < t->n && g->status == MRL_OK;) {
        const struct mrl_lterm *operand = t->items[i];
        /* A run of constant operands is one instruction. */
        if (operand->kind == MRL_L_CONST) {
            uint32_t path = const_path(g, t, i, &i);
            mrl_reg to = mrl_g_regs(g, 1);
            mrl_g_emit_fail(g, MRL_OP_PATH, to, reg, 0)->y = path;
            reg = to;
            continue;
        }
        if (is_bound(g, operand)) {
            uint16_t k = mrl_g_operand(g, operand);
            mrl_reg to = mrl_g_regs(g, 1);
            mrl_g_emit_fail(g, MRL_OP_GET, to, reg, k);
            reg = to;
        } else {
            reg = loop(g, reg, &key);
            mrl_g_unify(g, operand, key);
        }
        i++;
    }
    return reg;
}

/* --- values
 * ----------------------------------------------------------------------------------------- */

void mrl_g_value_into(struct mrl_gen *g, const struct mrl_lterm *t, mrl_reg to) {
    if (g->status != MRL_OK)
        return;
    switch (t->kind) {
    case MRL_L_CONST: {
        uint32_t k = mrl_g_const(g, t->value);
        mrl_g_emit(g, MRL_OP_CONST, to, 0, 0)->y = k;
        return;
    }
    case MRL_L_ARRAY:
    case MRL_L_SET:
    case MRL_L_OBJECT: {
        enum mrl_opcode op = t->kind == MRL_L_ARRAY ? MRL_OP_ARRAY
                             : t->kind == MRL_L_SET ? MRL_OP_SET
                                                    : MRL_OP_OBJECT;
        mrl_g_emit_list(g, op, to, t->items, t->n)->y = t->n;
        return;
    }
    case MRL_L_CALL:
        call_into(g, t, to);
        return;
    case MRL_L_COMPR:
        comprehension_into(g, t, to);
        return;
    default:
        mrl_g_emit(g, MRL_OP_MOVE, to, mrl_g_value(g, t), 0);
        return;
    }
}

mrl_reg mrl_g_value(struct mrl_gen *g, const struct mrl_lterm *t) {
    if (g->status != MRL_OK)
        return 0;
    if (t->kind == MRL_L_VAR) {
        MRL_ASSERT(mrl_vset_has(&g->bound, t->var));
        return g->reg_of[t->var];
    }
    if (t->kind == MRL_L_REF)
        return mrl_g_rest(g, t, mrl_g_base(g, t));
    mrl_reg to = mrl_g_regs(g, 1);
    mrl_g_value_into(g, t, to);
    return to;
}

uint16_t mrl_g_operand(struct mrl_gen *g, const struct mrl_lterm *t) {
    return t->kind == MRL_L_CONST ? mrl_g_const_operand(g, t->value) : mrl_g_value(g, t);
}

/* --- matching
 * --------------------------------------------------------------------------------------- */

static void unify_array(struct mrl_gen *g, const struct mrl_lterm *t, mrl_reg reg) {
    /* The field has 16 bits; a pattern that does not fit needs more registers than a block may
     * have, and is refused below. */
    mrl_g_emit_fail(g, MRL_OP_ARRAY_OF, reg, 0, t->n);
    for (uint32_t i = 0; i < t->n && g->status == MRL_OK; i++) {
        mrl_reg item = mrl_g_regs(g, 1);
        mrl_g_emit(g, MRL_OP_ITEM, item, reg, i);
        mrl_g_unify(g, t->items[i], item);
    }
}

/* The lengths are equal and each key of the pattern is there: then there are no other keys. */
static void unify_object(struct mrl_gen *g, const struct mrl_lterm *t, mrl_reg reg) {
    mrl_g_emit_fail(g, MRL_OP_OBJECT_OF, reg, 0, t->n / 2);
    for (uint32_t i = 0; i < t->n && g->status == MRL_OK; i += 2) {
        uint16_t key = mrl_g_operand(g, t->items[i]);
        mrl_reg item = mrl_g_regs(g, 1);
        mrl_g_emit_fail(g, MRL_OP_GET, item, reg, key);
        mrl_g_unify(g, t->items[i + 1], item);
    }
}

void mrl_g_unify(struct mrl_gen *g, const struct mrl_lterm *t, mrl_reg reg) {
    if (g->status != MRL_OK)
        return;
    if (t->kind == MRL_L_VAR && !is_bound(g, t)) {
        bind(g, t->var, reg);
    } else if (t->kind == MRL_L_CONST) {
        uint32_t k = mrl_g_const(g, t->value);
        mrl_g_emit_fail(g, MRL_OP_EQUALK, reg, 0, 0)->y = k;
    } else if (t->kind == MRL_L_ARRAY) {
        unify_array(g, t, reg);
    } else if (t->kind == MRL_L_OBJECT) {
        unify_object(g, t, reg);
    } else {
        mrl_g_emit_fail(g, MRL_OP_EQUAL, reg, mrl_g_operand(g, t), 0);
    }
}
