/* gen_rule.c - code for the rules of a tree node.
 *
 * One block answers for all rules of a name. What the rules make decides its shape: a complete
 * rule or function tries its bodies until the value is certain, a partial set adds to a builder,
 * a partial object plants pieces of a document. The rule that a name has more than one value is
 * checked at run time (SINGLE), and left out where it cannot fail.
 */
#include "engines/policy/compile/gen.h"

#include "engines/policy/compile/index.h"
#include "engines/policy/policy.h"

#define CALL_MEMO_CODE_MIN 8 /* instructions of a function that is remembered for its length */

/* Lowered rules of a node, in order. */
struct rules {
    struct mrl_lrule **items;
    uint32_t n;
    struct mrl_g_room room;  /* taken before the first rule: all rules use the same beyond */
    struct mrl_index *index; /* NULL: all rules run one after the other */
    uint32_t again, done;    /* labels: the next rule of the index; where it goes after the last */
};

mrl_status mrl_gen_lower(struct mrl_compiler *c, struct mrl_node *node) {
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; i < node->n_rules; i++) {
        mrl_status one = mrl_lower_rule(c, node->rules[i].module, node->rules[i].rule,
                                        node->rules[i].skip, &node->rules[i].lowered);
        if (one != MRL_OK)
            status = one; /* go on: report the errors of the other rules, too */
    }
    return status;
}

static mrl_status lowered(struct mrl_compiler *c, const struct mrl_node *node, struct rules *ret) {
    ret->n = node->n_rules;
    ret->items = MRL_ARENA_ARRAY(c->arena, struct mrl_lrule *, ret->n);
    MRL_CHECK(ret->items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < ret->n; i++)
        ret->items[i] = node->rules[i].lowered;
    return MRL_OK;
}

/* The constant that a rule gives, or NULL: true when the head names none. */
static const mrl_val *const_value(const struct mrl_lrule *r) {
    static const mrl_val yes = {.tag = MRL_T_BOOL, .u.i = 1};
    if (r->val == NULL)
        return &yes;
    return r->val->kind == MRL_L_CONST ? &r->val->value : NULL;
}

/* True when all rules of the node give one and the same constant: the first success decides. */
static bool same_constant(const struct rules *rules) {
    const mrl_val *first = NULL;
    for (uint32_t i = 0; i < rules->n; i++) {
        const struct mrl_lrule *r = rules->items[i];
        if (r->rule->is_default)
            continue;
        const mrl_val *v = const_value(r);
        if (v == NULL || r->else_rule != NULL || (first != NULL && !mrl_val_eq(*first, *v)))
            return false;
        first = v;
    }
    return true;
}

/* Rules that may give a value: all but the default. */
static uint32_t n_values(const struct rules *rules) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < rules->n; i++)
        n += !rules->items[i]->rule->is_default;
    return n;
}

/* --- the rule index: code before, between and behind rules ---------------------------------------
 *
 *           INDEX              finds the rules that may match
 *   again:  RULE -> done       jumps to the next of them
 *           rule; JUMP again; rule; JUMP again; …
 *   done:
 *
 * Without an index, each rule runs into the next. */

/* Begins the block of a node with the index, when one pays. */
static void index_open(struct mrl_gen *g, struct rules *rules) {
    if (g->c->opts->debug || g->status != MRL_OK)
        return; /* a trace tells of each rule that was tried */
    g->status = mrl_index_build(g->c, rules->items, rules->n, &rules->index);
    if (g->status != MRL_OK || rules->index == NULL)
        return;
    g->block->index = rules->index;
    rules->again = mrl_g_label(g);
    rules->done = mrl_g_label(g);
    uint32_t iter = mrl_g_iter(g);
    mrl_g_emit(g, MRL_OP_INDEX, iter, 0, 0);
    mrl_g_place(g, rules->again);
    mrl_g_emit(g, MRL_OP_RULE, iter, 0, 0)->x = rules->done;
}

/* Each rule starts with the registers that the one before has done with. */
static void begin_rule(struct mrl_gen *g, struct rules *rules, uint32_t i) {
    MRL_ASSERT(i < rules->n && (rules->index == NULL || i < rules->index->n_rules));
    mrl_g_reuse(g, rules->room);
    if (rules->index == NULL)
        return;
    rules->index->entry[i] = mrl_g_label(g); /* mrl_g_finish makes it an instruction number */
    mrl_g_place(g, rules->index->entry[i]);
}

static void index_next(struct mrl_gen *g, const struct rules *rules) {
    if (rules->index != NULL)
        mrl_g_jump(g, rules->again);
}

static void index_close(struct mrl_gen *g, const struct rules *rules) {
    if (rules->index != NULL)
        mrl_g_place(g, rules->done);
}

/* --- one rule
 * ------------------------------------------------------------------------------------- */

/* Arguments and body of one rule; afterwards the head can be evaluated. */
static void match(struct mrl_gen *g, struct mrl_lrule *r) {
    mrl_g_begin_rule(g, r);
    mrl_g_trace_rule(g);
    /* Arguments come in registers 0 .. n-1 and are matched like patterns: f("a", [x, _]). */
    for (uint32_t i = 0; i < r->n_args && g->status == MRL_OK; i++) {
        g->status = mrl_order_pattern(g->c, r, r->args[i], &g->bound);
        if (g->status == MRL_OK)
            mrl_g_unify(g, r->args[i], (mrl_reg)i);
    }
    mrl_g_body(g, &r->body);
    if (g->status == MRL_OK)
        g->status = mrl_order_head(g->c, r, r->val, &g->bound);
    if (g->status == MRL_OK)
        g->status = mrl_order_head(g->c, r, r->key, &g->bound);
    for (uint32_t i = 0; i < r->n_path && g->status == MRL_OK; i++)
        g->status = mrl_order_head(g->c, r, r->path[i], &g->bound);
    if (g->status == MRL_OK)
        mrl_g_site(g, r->rule->head_loc);
    mrl_g_trace_exit(g);
}

/* The operand of the head's value; `p { ... }` is `p := true { ... }`. */
static uint16_t head_value(struct mrl_gen *g, const struct mrl_lrule *r) {
    return r->val != NULL ? mrl_g_operand(g, r->val) : mrl_g_const_operand(g, mrl_bool(true));
}

/* One rule without its else. Its value is returned at once when nothing can add to it: when the
 * first success `decides`, or when this rule (with its else) is the `only` one and has no loop or
 * one value whatever the loop finds. Otherwise it goes to `result`; true then. */
static bool single_rule(struct mrl_gen *g, struct mrl_lrule *r, mrl_reg result, bool decides,
                        bool only) {
    uint32_t next = mrl_g_label(g);
    g->fail = next;
    match(g, r);
    if (g->status != MRL_OK)
        return false;
    uint16_t value = head_value(g, r);
    bool once = g->fail == next || const_value(r) != NULL;
    bool stored = !decides && !(only && once);
    if (stored) {
        mrl_g_emit(g, MRL_OP_SINGLE, result, value, 0);
        mrl_g_jump(g, const_value(r) != NULL ? next : g->fail);
    } else {
        mrl_g_return(g, value);
    }
    mrl_g_place(g, next);
    return stored;
}

/* A rule with its else branches: the first that has a value gives it, to `result`; false when all
 * of them return at once. */
static bool chain(struct mrl_gen *g, struct mrl_lrule *r, mrl_reg result, bool only) {
    mrl_reg value = only ? result : mrl_g_regs(g, 1);
    uint32_t done = mrl_g_label(g);
    bool any = false;
    if (!only)
        mrl_g_emit(g, MRL_OP_UNDEF, value, 0, 0);
    for (; r != NULL && g->status == MRL_OK; r = r->else_rule) {
        bool stored = single_rule(g, r, value, false, only);
        if (stored && r->else_rule != NULL)
            mrl_g_emit(g, MRL_OP_DEFINED, value, 0, 0)->x = done;
        any |= stored;
    }
    mrl_g_place(g, done);
    if (!only)
        mrl_g_emit(g, MRL_OP_SINGLE, result, value, 0);
    return any;
}

/* A complete rule or function: all rules, then the default when none gave a value. */
static void complete(struct mrl_gen *g, struct rules *rules) {
    bool decides = same_constant(rules), only = n_values(rules) == 1, stored = false;
    mrl_reg result = mrl_g_regs(g, 1);
    uint32_t end = mrl_g_label(g);
    index_open(g, rules);
    rules->room = g->used;
    for (uint32_t i = 0; i < rules->n && g->status == MRL_OK; i++) {
        struct mrl_lrule *r = rules->items[i];
        if (r->rule->is_default)
            continue;
        begin_rule(g, rules, i);
        if (r->else_rule != NULL)
            stored |= chain(g, r, result, only);
        else
            stored |= single_rule(g, r, result, decides, only);
        index_next(g, rules);
    }
    index_close(g, rules);
    if (stored)
        mrl_g_emit(g, MRL_OP_DEFINED, result, 0, 0)->x = end;
    for (uint32_t i = 0; i < rules->n && g->status == MRL_OK; i++)
        if (rules->items[i]->rule->is_default)
            stored |= single_rule(g, rules->items[i], result, false, true);
    mrl_g_place(g, end);
    if (stored)
        g->block->result = result;
    uint16_t value = stored ? result : mrl_g_const_operand(g, mrl_undefined());
    mrl_g_return(g, value);
}

/* `p contains x`: every solution of every rule adds an item, so nothing ever returns early. */
static void partial_set(struct mrl_gen *g, struct rules *rules) {
    uint32_t builder = mrl_g_builder(g);
    mrl_reg result = mrl_g_regs(g, 1);
    mrl_g_emit(g, MRL_OP_BUILD, builder, 0, MRL_T_SET);
    index_open(g, rules);
    rules->room = g->used;
    for (uint32_t i = 0; i < rules->n && g->status == MRL_OK; i++) {
        uint32_t next = mrl_g_label(g);
        begin_rule(g, rules, i);
        g->fail = next;
        match(g, rules->items[i]);
        if (g->status != MRL_OK)
            return;
        mrl_g_emit(g, MRL_OP_ADD, builder, mrl_g_operand(g, rules->items[i]->key), 0);
        mrl_g_jump(g, g->fail);
        mrl_g_place(g, next);
        index_next(g, rules);
    }
    index_close(g, rules);
    mrl_g_emit(g, MRL_OP_BUILT, result, builder, 0);
    mrl_g_return(g, result);
}

/* One piece: the keys behind the ground prefix and the value (or the set item, y = 1) go into
 * registers in a row, as PLANT reads them. */
static void plant(struct mrl_gen *g, const struct mrl_lrule *r, uint32_t builder) {
    mrl_reg first = mrl_g_regs(g, r->n_path + 1);
    for (uint32_t i = 0; i < r->n_path; i++)
        mrl_g_value_into(g, r->path[i], (mrl_reg)(first + i));
    const struct mrl_lterm *value = r->key != NULL ? r->key : r->val;
    if (value != NULL)
        mrl_g_value_into(g, value, (mrl_reg)(first + r->n_path));
    else
        mrl_g_emit(g, MRL_OP_CONST, first + r->n_path, 0, 0)->y = mrl_g_const(g, mrl_bool(true));
    mrl_g_emit(g, MRL_OP_PLANT, builder, first, r->n_path)->y = r->key != NULL;
}

/* p[k] := v and its kind. Rules that hang further down (p.a.b beside p[k]) belong to the
 * document, too: their documents are planted last. */
static void partial_object(struct mrl_gen *g, struct mrl_node *node, struct rules *rules) {
    uint32_t builder = mrl_g_builder(g);
    mrl_reg result = mrl_g_regs(g, 1);
    mrl_g_emit(g, MRL_OP_GROW, builder, 0, 0);
    index_open(g, rules);
    rules->room = g->used;
    for (uint32_t i = 0; i < rules->n && g->status == MRL_OK; i++) {
        uint32_t next = mrl_g_label(g);
        begin_rule(g, rules, i);
        g->fail = next;
        match(g, rules->items[i]);
        if (g->status != MRL_OK)
            return;
        plant(g, rules->items[i], builder);
        mrl_g_jump(g, g->fail);
        mrl_g_place(g, next);
        index_next(g, rules);
    }
    index_close(g, rules);
    for (struct mrl_node *child = node->children; child != NULL; child = child->sibling) {
        if (!child->has_below)
            continue;
        g->fail = mrl_g_label(g);
        mrl_reg pair = mrl_g_regs(g, 2);
        uint32_t k = mrl_g_const(g, mrl_strval(child->name)), n = mrl_g_node(g, child);
        mrl_g_emit(g, MRL_OP_CONST, pair, 0, 0)->y = k;
        mrl_g_emit_fail(g, MRL_OP_DOC, pair + 1u, 0, 0)->y = n;
        mrl_g_emit(g, MRL_OP_PLANT, builder, pair, 1);
        mrl_g_place(g, g->fail);
    }
    mrl_g_emit(g, MRL_OP_GROWN, result, builder, 0);
    mrl_g_return(g, result);
}

/* A look into the call memo takes as long as a few instructions: only functions that call others,
 * loop, or are long are worth it. Debug policies tell of each call, and print() prints in each. */
static bool worth_remembering(const struct mrl_compiler *c, const struct mrl_block *b) {
    if (b->memo || b->n_args > MRL_CALL_MEMO_ARGS || c->opts->debug || c->opts->print)
        return false;
    bool calls = b->n_iters > 0 || b->n_code >= CALL_MEMO_CODE_MIN;
    for (uint32_t i = 0; i < b->n_code && !calls; i++)
        calls = b->code[i].op == MRL_OP_CALL;
    return calls;
}

mrl_status mrl_gen_node(struct mrl_compiler *c, struct mrl_node *node) {
    struct mrl_gen g;
    struct mrl_block *b;
    struct rules rules = {0};
    MRL_ASSERT(node->n_rules > 0);
    MRL_TRY(lowered(c, node, &rules));
    MRL_TRY(mrl_g_open(&g, c, &b));
    g.module = node->rules[0].module;
    b->node = node;
    b->n_args = node->kind == MRL_RULE_FUNCTION ? (uint16_t)node->arity : 0;
    /* Without arguments the value depends on the context alone. */
    b->memo = node->kind != MRL_RULE_FUNCTION;
    mrl_g_regs(&g, b->n_args);
    mrl_g_trace_open(&g);
    if (node->kind == MRL_RULE_PARTIAL_SET)
        partial_set(&g, &rules);
    else if (node->kind == MRL_RULE_PARTIAL_OBJ)
        partial_object(&g, node, &rules);
    else
        complete(&g, &rules);
    MRL_TRY(mrl_g_finish(&g, b));
    b->remember_calls = worth_remembering(c, b);
    node->block = b;
    return MRL_OK;
}
