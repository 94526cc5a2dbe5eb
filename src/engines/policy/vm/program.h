/* program.h - compiled policy code: instructions and blocks.
 *
 * Idea: one block for each rule tree node with rules and for each query. Blocks are made by the
 * code generator, then frozen and shared by all threads. Registers are written once on a path, so
 * frames need no clearing. Used by compile/ (writes) and vm/ (reads).
 */
#ifndef MRL_POLICY_VM_PROGRAM_H
#define MRL_POLICY_VM_PROGRAM_H

#include "engines/policy/compile/tree.h"
#include "engines/policy/trace.h"
#include "engines/policy/vm/index.h"

enum mrl_opcode {
#define O(name, operands, flags, does) MRL_OP_##name,
#include "engines/policy/vm/opcodes.def"
#undef O
    MRL_OP_COUNT
};

struct mrl_insn {
    uint16_t op, a, b, c;
    uint32_t x; /* jump target: an instruction number of the block */
    uint32_t y; /* constant, node, builtin or with-clause */
};
_Static_assert(sizeof(struct mrl_insn) == 16, "instructions are 16 bytes");

struct mrl_site { /* where an instruction comes from */
    struct mrl_module *module;
    struct mrl_rloc loc;
};

/* Kinds of TRACE instructions that tell nothing: they begin and end the depth of a block. */
enum { MRL_TRACE_OPEN = MRL_TRACE_CASE + 1, MRL_TRACE_CLOSE };

struct mrl_block {
    uint32_t id; /* slot of its memo */
    struct mrl_node *node;
    struct mrl_insn *code;
    uint32_t n_code;
    mrl_val *consts;
    struct mrl_node **nodes;
    struct mrl_lwith **withs;
    struct mrl_site *sites;
    uint32_t *site_of;         /* by instruction */
    struct mrl_probe **probes; /* of TRACE instructions */
    uint16_t *lists;           /* operands of calls and composites */
    uint16_t n_args, n_regs, n_iters, n_builders;
    uint16_t result; /* register that is undefined when the block begins, or MRL_NO_RESULT */
    struct mrl_index *index; /* of its rules, or NULL */
    bool remember_calls;     /* a function whose calls are worth a look into the call memo */
    bool lasting;            /* its value depends on data and its arguments alone */
    bool memo;               /* its value depends on the context only */
};

#define MRL_CALL_MEMO_ARGS 4 /* functions with more arguments are not remembered */
#define MRL_NO_RESULT 0xFFFFu
#define MRL_REGS_MAX 60000 /* registers, iterators and builders of one block */
#define MRL_OPERAND_CONSTS (0xFFFFu - MRL_REGS_MAX) /* constants that an operand can name */

/* The operands of an instruction that has a list. */
static inline const uint16_t *mrl_insn_list(const struct mrl_block *b, const struct mrl_insn *in) {
    return b->lists + (in->b | (uint32_t)in->c << 16);
}

/* Appends a listing of the block: for people and tests. */
struct mrl_buf;
void mrl_block_print(const struct mrl_block *b, struct mrl_buf *out);

#endif
