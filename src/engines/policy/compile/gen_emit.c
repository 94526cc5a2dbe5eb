/* gen_emit.c - writing instructions, labels and tables of a block.
 *
 * Labels are numbers until mrl_g_finish: a jump holds its label in x and gets the instruction's
 * number there. When memory runs out g->status is set and writes go to a dummy instruction, so
 * that the code generator needs no check behind each call; nothing of the block is used then.
 */
#include "engines/policy/compile/gen.h"

#include "engines/policy/policy.h"

/* Appends room for one element; NULL after g->status was set. */
static void *append(struct mrl_gen *g, struct mrl_gen_list *l, size_t size) {
    if (l->n == l->cap) {
        uint32_t cap = l->cap > 0 ? l->cap * 2 : 16;
        void *items = mrl_arena_regrow(g->c->arena, l->items, l->cap, cap, size);
        if (items == NULL) {
            g->status = MRL_E_NOMEM;
            return NULL;
        }
        l->items = items;
        l->cap = cap;
    }
    return (char *)l->items + size * l->n++;
}

struct mrl_insn *mrl_g_emit(struct mrl_gen *g, enum mrl_opcode op, uint32_t a, uint32_t b,
                            uint32_t c) {
    MRL_ASSERT(op < MRL_OP_COUNT);
    /* Where the fields of an instruction go that could not be made; nobody reads them. */
    static struct mrl_insn nowhere;
    struct mrl_insn *in = append(g, &g->code, sizeof *in);
    uint32_t *site = in != NULL ? append(g, &g->site_of, sizeof *site) : NULL;
    if (site == NULL)
        return &nowhere;
    *site = g->sites.n > 0 ? g->sites.n - 1 : 0;
    *in =
        (struct mrl_insn){.op = (uint16_t)op, .a = (uint16_t)a, .b = (uint16_t)b, .c = (uint16_t)c};
    return in;
}

struct mrl_insn *mrl_g_emit_fail(struct mrl_gen *g, enum mrl_opcode op, uint32_t a, uint32_t b,
                                 uint32_t c) {
    struct mrl_insn *in = mrl_g_emit(g, op, a, b, c);
    in->x = g->fail;
    return in;
}

void mrl_g_jump(struct mrl_gen *g, uint32_t label) {
    mrl_g_emit(g, MRL_OP_JUMP, 0, 0, 0)->x = label;
}

/* A new label without a place. 0 without memory: a label like any other, as nothing will run. */
uint32_t mrl_g_label(struct mrl_gen *g) {
    uint32_t *at = append(g, &g->labels, sizeof *at);
    if (at == NULL)
        return 0;
    *at = UINT32_MAX;
    return g->labels.n - 1;
}

/* A jump to the very next instruction is taken back, unless another label stands behind it. */
void mrl_g_place(struct mrl_gen *g, uint32_t label) {
    if (g->status != MRL_OK)
        return;
    const struct mrl_insn *code = g->code.items;
    /* A label that stands here already would point behind the code once the jump is gone. */
    if (g->code.n > 0 && g->placed != g->code.n && code[g->code.n - 1].op == MRL_OP_JUMP &&
        code[g->code.n - 1].x == label) {
        g->code.n--;
        g->site_of.n--;
    }
    MRL_ASSERT(label < g->labels.n);
    ((uint32_t *)g->labels.items)[label] = g->code.n;
    g->placed = g->code.n;
}

/* Takes n numbers of one kind; 0 after the block became too large. */
static uint32_t take(struct mrl_gen *g, uint32_t *used, uint32_t *most, uint32_t n) {
    if (*used + n > MRL_REGS_MAX) {
        if (g->status == MRL_OK)
            g->status = mrl_compile_fail(g->c, g->module, (struct mrl_rloc){.line = 1, .col = 1},
                                         "rego_compile_error", "a rule is too large to compile");
        return 0;
    }
    *used += n;
    *most = *used > *most ? *used : *most;
    return *used - n;
}

mrl_reg mrl_g_regs(struct mrl_gen *g, uint32_t n) {
    return (mrl_reg)take(g, &g->used.regs, &g->most.regs, n);
}

uint32_t mrl_g_iter(struct mrl_gen *g) {
    return take(g, &g->used.iters, &g->most.iters, 1);
}

uint32_t mrl_g_builder(struct mrl_gen *g) {
    return take(g, &g->used.builders, &g->most.builders, 1);
}

void mrl_g_reuse(struct mrl_gen *g, struct mrl_g_room room) {
    MRL_ASSERT(room.regs <= g->most.regs && room.builders <= g->most.builders);
    g->used = room;
}

uint32_t mrl_g_const(struct mrl_gen *g, mrl_val v) {
    mrl_val *at = append(g, &g->consts, sizeof *at);
    if (at != NULL)
        *at = v;
    return g->consts.n > 0 ? g->consts.n - 1 : 0;
}

uint16_t mrl_g_const_operand(struct mrl_gen *g, mrl_val v) {
    /* An operand is a register below MRL_REGS_MAX, or a constant above it. A block with more
     * constants than fit (5,535) loads the others into registers. */
    if (g->consts.n < MRL_OPERAND_CONSTS)
        return (uint16_t)(MRL_REGS_MAX + mrl_g_const(g, v));
    mrl_reg to = mrl_g_regs(g, 1);
    uint32_t k = mrl_g_const(g, v);
    mrl_g_emit(g, MRL_OP_CONST, to, 0, 0)->y = k;
    return to;
}

struct mrl_insn *mrl_g_emit_operands(struct mrl_gen *g, enum mrl_opcode op, uint32_t a,
                                     const uint16_t *operands, uint32_t n) {
    /* The place of a list is 32 bits wide and takes the fields b and c. */
    uint32_t first = g->lists.n;
    for (uint32_t i = 0; i < n; i++) {
        uint16_t *at = append(g, &g->lists, sizeof *at);
        if (at != NULL)
            *at = operands[i];
    }
    return mrl_g_emit_fail(g, op, a, first & 0xFFFF, first >> 16);
}

uint32_t mrl_g_node(struct mrl_gen *g, struct mrl_node *n) {
    struct mrl_node **all = g->nodes.items;
    /* A block names few nodes, most of them again and again. */
    for (uint32_t i = 0; i < g->nodes.n; i++)
        if (all[i] == n)
            return i;
    struct mrl_node **at = append(g, &g->nodes, sizeof *at);
    if (at == NULL)
        return 0;
    *at = n;
    return g->nodes.n - 1;
}

void mrl_g_site(struct mrl_gen *g, struct mrl_rloc loc) {
    struct mrl_site *at = append(g, &g->sites, sizeof *at);
    if (at != NULL)
        *at = (struct mrl_site){g->module, loc};
}

uint32_t mrl_g_with(struct mrl_gen *g, struct mrl_lwith *w) {
    struct mrl_lwith **at = append(g, &g->withs, sizeof *at);
    if (at != NULL)
        *at = w;
    return g->withs.n > 0 ? g->withs.n - 1 : 0;
}

struct mrl_probe **mrl_g_probe(struct mrl_gen *g) {
    return append(g, &g->probes, sizeof(struct mrl_probe *));
}

mrl_status mrl_g_open(struct mrl_gen *g, struct mrl_compiler *c, struct mrl_block **ret) {
    *g = (struct mrl_gen){.c = c};
    struct mrl_block *b = MRL_ARENA_NEW(c->arena, struct mrl_block);
    MRL_CHECK(b != NULL, MRL_E_NOMEM);
    if (c->n_blocks == c->cap_blocks) {
        uint32_t cap = c->cap_blocks > 0 ? c->cap_blocks * 2 : 32;
        struct mrl_block **blocks =
            mrl_arena_regrow(c->arena, c->blocks, c->cap_blocks, cap, sizeof *blocks);
        MRL_CHECK(blocks != NULL, MRL_E_NOMEM);
        c->blocks = blocks;
        c->cap_blocks = cap;
    }
    b->id = c->n_blocks;
    b->result = MRL_NO_RESULT;
    c->blocks[c->n_blocks++] = b;
    g->block = b;
    /* Place 0 of the lists: calls without operands point at it, and nothing may be NULL + 0. */
    MRL_CHECK(append(g, &g->lists, sizeof(uint16_t)) != NULL, MRL_E_NOMEM);
    *ret = b;
    return MRL_OK;
}

void mrl_g_begin_rule(struct mrl_gen *g, const struct mrl_lrule *r) {
    g->rule = r;
    g->module = r->module;
    g->bound = mrl_vset_new(g->c->arena, r->n_vars);
    g->reg_of = MRL_ARENA_ARRAY(g->c->arena, uint16_t, r->n_vars + 1);
    if (g->c->opts->debug)
        g->text_of = MRL_ARENA_ARRAY(g->c->arena, struct mrl_rloc, r->n_vars + 1);
    if (g->bound.words == NULL || g->reg_of == NULL || (g->c->opts->debug && g->text_of == NULL))
        g->status = MRL_E_NOMEM;
    if (g->status == MRL_OK)
        mrl_g_site(g, r->rule->head_loc);
}

static bool jumps(uint16_t op) {
#define J 1
    static const uint8_t flags[] = {
#define O(name, operands, flags, does) flags,
#include "engines/policy/vm/opcodes.def"
#undef O
    };
#undef J
    MRL_ASSERT(op < MRL_COUNTOF(flags));
    return flags[op] != 0;
}

/* Follows jumps to jumps, so that a failure lands at once. */
static uint32_t landing(const struct mrl_gen *g, uint32_t at) {
    const struct mrl_insn *code = g->code.items;
    /* Jumps may form a ring, hence the ceiling. */
    for (int hops = 0; hops < 8 && at < g->code.n && code[at].op == MRL_OP_JUMP; hops++)
        at = code[at].x;
    return at;
}

mrl_status mrl_g_finish(struct mrl_gen *g, struct mrl_block *b) {
    MRL_TRY(g->status);
    struct mrl_insn *code = g->code.items;
    const uint32_t *labels = g->labels.items;
    for (uint32_t i = 0; i < g->code.n; i++) {
        if (!jumps(code[i].op))
            continue;
        MRL_ASSERT(code[i].x < g->labels.n && labels[code[i].x] < g->code.n);
        code[i].x = labels[code[i].x];
    }
    for (uint32_t i = 0; i < g->code.n; i++)
        if (jumps(code[i].op))
            code[i].x = landing(g, code[i].x);
    for (uint32_t i = 0; b->index != NULL && i < b->index->n_rules; i++)
        if (b->index->entry[i] != MRL_INDEX_NO_ENTRY)
            b->index->entry[i] = landing(g, labels[b->index->entry[i]]);
    /* mrl_g_regs and its kind refuse more, so that the counts fit the fields of a block. */
    MRL_ASSERT(g->most.regs <= MRL_REGS_MAX && g->most.iters <= MRL_REGS_MAX);
    MRL_ASSERT(g->most.builders <= MRL_REGS_MAX && g->site_of.n == g->code.n);
    b->code = code;
    b->n_code = g->code.n;
    b->consts = g->consts.items;
    b->nodes = g->nodes.items;
    b->withs = g->withs.items;
    b->probes = g->probes.items;
    b->sites = g->sites.items;
    b->site_of = g->site_of.items;
    b->lists = g->lists.items;
    b->n_regs = (uint16_t)g->most.regs;
    b->n_iters = (uint16_t)g->most.iters;
    b->n_builders = (uint16_t)g->most.builders;
    return MRL_OK;
}
