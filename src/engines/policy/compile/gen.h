/* gen.h - the code generator: lowered bodies to blocks of VM code. Used by compile/ and policy.c
 * only.
 *
 * Idea: bodies become nested loops. g->fail is the label of the innermost loop's next step; every
 * instruction that can fail jumps there, and binding a variable is naming the register it is in.
 */
#ifndef MRL_POLICY_COMPILE_GEN_H
#define MRL_POLICY_COMPILE_GEN_H

#include "engines/policy/compile/order.h"
#include "engines/policy/vm/program.h"

struct mrl_gen_list { /* a growing array in the compiler's arena */
    void *items;
    uint32_t n, cap;
};

struct mrl_gen {
    struct mrl_compiler *c;
    struct mrl_block *block;
    const struct mrl_lrule *rule;
    struct mrl_module *module;
    struct mrl_gen_list code, consts, nodes, withs, sites, site_of, labels, lists, probes;
    uint16_t *reg_of; /* by variable: valid while it is in `bound` */
    struct mrl_vset bound;
    uint32_t fail; /* label */
    struct mrl_g_room {
        uint32_t regs, iters, builders;
    } used, most;      /* what the code so far uses; the most that it used at once */
    uint32_t placed;   /* code length when a label was placed last: no jump before it may go */
    bool keep_values;  /* a query: the value of each of its literals is wanted */
    mrl_status status; /* first failure; later calls do nothing useful */
    /* For TRACE instructions; see gen_trace.c. */
    const struct mrl_lbody *body; /* being generated */
    struct mrl_rloc *text_of;     /* by variable: what lowering cut out and put there */
    uint32_t rule_probe;
    uint16_t depth_reg; /* the depth around the block */
    uint16_t level;     /* bodies inside the block */
};

typedef uint16_t mrl_reg;

/* Lowers the rules of a tree node: node->rules[i].lowered. */
mrl_status mrl_gen_lower(struct mrl_compiler *c, struct mrl_node *node) MRL_NODISCARD;
/* Compiles the rules of a tree node, lowered before, into node->block. */
mrl_status mrl_gen_node(struct mrl_compiler *c, struct mrl_node *node) MRL_NODISCARD;
/* Compiles a query (a lowered pseudo rule) into a block that returns the array of its results.
 * `source` is put into the order of evaluation. */
mrl_status mrl_gen_query(struct mrl_compiler *c, struct mrl_lrule *query, struct mrl_body *source,
                         struct mrl_block **ret) MRL_NODISCARD;
/* A block that returns the document at a data path. */
mrl_status mrl_gen_path(struct mrl_compiler *c, const mrl_str *path, size_t n,
                        struct mrl_block **ret) MRL_NODISCARD;
/* Reports rules that depend on themselves (rego_recursion_error); fills c->order. */
mrl_status mrl_gen_check_recursion(struct mrl_compiler *c) MRL_NODISCARD;

/* --- shared by the gen_*.c files ---------------------------------------------------------------
 */

/* Appends an instruction; NULL when memory ran out. */
struct mrl_insn *mrl_g_emit(struct mrl_gen *g, enum mrl_opcode op, uint32_t a, uint32_t b,
                            uint32_t c);
/* As mrl_g_emit with the present fail label as target. */
struct mrl_insn *mrl_g_emit_fail(struct mrl_gen *g, enum mrl_opcode op, uint32_t a, uint32_t b,
                                 uint32_t c);
void mrl_g_jump(struct mrl_gen *g, uint32_t label);
uint32_t mrl_g_label(struct mrl_gen *g);
void mrl_g_place(struct mrl_gen *g, uint32_t label);
mrl_reg mrl_g_regs(struct mrl_gen *g, uint32_t n);
uint32_t mrl_g_iter(struct mrl_gen *g);
uint32_t mrl_g_builder(struct mrl_gen *g);
/* Gives back what was taken since g->used was `room`: for code that runs when that of before is
 * over, such as the next rule of a name. */
void mrl_g_reuse(struct mrl_gen *g, struct mrl_g_room room);
uint32_t mrl_g_const(struct mrl_gen *g, mrl_val v);
uint32_t mrl_g_node(struct mrl_gen *g, struct mrl_node *n);
void mrl_g_site(struct mrl_gen *g, struct mrl_rloc loc);
void mrl_g_begin_rule(struct mrl_gen *g, const struct mrl_lrule *r);
mrl_status mrl_g_finish(struct mrl_gen *g, struct mrl_block *b) MRL_NODISCARD;
uint32_t mrl_g_with(struct mrl_gen *g, struct mrl_lwith *w);
mrl_status mrl_g_open(struct mrl_gen *g, struct mrl_compiler *c,
                      struct mrl_block **ret) MRL_NODISCARD;

/* The value of any term in a register. Unbound variables of refs become loops. */
mrl_reg mrl_g_value(struct mrl_gen *g, const struct mrl_lterm *t);
/* The same as an operand: constants stay where they are. */
uint16_t mrl_g_operand(struct mrl_gen *g, const struct mrl_lterm *t);
uint16_t mrl_g_const_operand(struct mrl_gen *g, mrl_val v);
/* Emits an instruction with a list of the n terms' values; it fails to the present label. */
struct mrl_insn *mrl_g_emit_list(struct mrl_gen *g, enum mrl_opcode op, uint32_t a,
                                 struct mrl_lterm *const *items, uint32_t n);
/* The same for operands at hand. */
struct mrl_insn *mrl_g_emit_operands(struct mrl_gen *g, enum mrl_opcode op, uint32_t a,
                                     const uint16_t *operands, uint32_t n);
void mrl_g_value_into(struct mrl_gen *g, const struct mrl_lterm *t, mrl_reg to);
/* The part of a term's value that depends on the context (input, data, replaced functions). */
struct mrl_base {
    mrl_reg reg;
    uint32_t next; /* REF: the first operand that is still to be followed */
};
struct mrl_base mrl_g_base(struct mrl_gen *g, const struct mrl_lterm *t);
/* The rest: lookups and loops over the base's value. */
mrl_reg mrl_g_rest(struct mrl_gen *g, const struct mrl_lterm *t, struct mrl_base base);
/* Matches the value in a register against a flat term; unbound variables are bound. */
void mrl_g_unify(struct mrl_gen *g, const struct mrl_lterm *pattern, mrl_reg reg);
/* A whole body: orders it, then generates it. Afterwards g->fail is its innermost loop. */
void mrl_g_body(struct mrl_gen *g, struct mrl_lbody *b);
/* Fails unless the call of a builtin is true; true when the instruction was emitted. */
bool mrl_g_test(struct mrl_gen *g, const struct mrl_lterm *call);
/* One literal; the value of a bare term is in the register returned (always when keep_values),
 * else MRL_NO_REG. */
mrl_reg mrl_g_literal(struct mrl_gen *g, struct mrl_llit *l);
#define MRL_NO_REG 0xFFFFu

/* --- tracing (gen_trace.c): nothing happens without opts.debug ---------------------------------
 */

/* Room for one more probe of the block; NULL after g->status was set. */
struct mrl_probe **mrl_g_probe(struct mrl_gen *g);
/* Begins a block whose events are one deeper than the event around its call. */
void mrl_g_trace_open(struct mrl_gen *g);
/* Ends the block with an operand as value. Every return goes through here. */
void mrl_g_return(struct mrl_gen *g, uint16_t value);
/* The rule that mrl_g_begin_rule began is entered. */
void mrl_g_trace_rule(struct mrl_gen *g);
/* It has a solution: g->fail becomes the place that redoes it. */
void mrl_g_trace_exit(struct mrl_gen *g);
/* A body inside a literal begins, one deeper; it has a solution. */
uint32_t mrl_g_trace_enter(struct mrl_gen *g, struct mrl_rloc loc, bool collects);
void mrl_g_trace_leave(struct mrl_gen *g, uint32_t probe);

struct mrl_traced { /* a literal between begin and end */
    bool on, whole;
    struct mrl_probe *p;
    uint32_t probe, saved, failed;
    mrl_reg done, value;
};
/* The value of the literal at hand, for its events; `to` is its traced.value. */
void mrl_g_trace_value(struct mrl_gen *g, mrl_reg to, mrl_reg value);
struct mrl_traced mrl_g_trace_begin(struct mrl_gen *g, const struct mrl_llit *l);
void mrl_g_trace_end(struct mrl_gen *g, const struct mrl_traced *t);

#endif
