/* listing.c - prints blocks for people.
 *
 * The letters of an instruction's operands in opcodes.def say how each is printed, so that a new
 * instruction needs no line here. Tests compare these listings: the format is stable on purpose.
 */
#include "engines/policy/vm/program.h"

#include "formats/json/json.h"

#define J 1
static const struct {
    const char *name, *operands;
    int flags;
} ops[] = {
#define O(name, operands, flags, does) {#name, operands, flags},
#include "engines/policy/vm/opcodes.def"
#undef O
};

_Static_assert(MRL_COUNTOF(ops) == MRL_OP_COUNT, "one row an instruction");
static void print_value(const struct mrl_block *b, uint16_t operand, struct mrl_buf *out) {
    if (operand < MRL_REGS_MAX) {
        mrl_buf_printf(out, " r%u", operand);
        return;
    }
    mrl_buf_byte(out, ' ');
    mrl_json_write(out, NULL, b->consts[operand - MRL_REGS_MAX], NULL);
}

static void print_list(const struct mrl_block *b, const struct mrl_insn *in, struct mrl_buf *out) {
    uint32_t n = in->op == MRL_OP_CALL ? b->nodes[in->y]->arity
                 : in->op == MRL_OP_BUILTIN || in->op == MRL_OP_TEST || in->op == MRL_OP_SAY
                     ? mrl_builtin_at(in->y)->arity
                     : in->y;
    for (uint32_t i = 0; i < n; i++)
        print_value(b, mrl_insn_list(b, in)[i], out);
}

static void print_operand(const struct mrl_block *b, const struct mrl_insn *in, char what,
                          struct mrl_buf *out) {
    switch (what) {
    case 'a':
        mrl_buf_printf(out, " r%u", in->a);
        break;
    case 'i':
    case 'B':
        mrl_buf_printf(out, " #%u", what == 'B' && in->op == MRL_OP_BUILT ? in->b : in->a);
        break;
    case 'b':
        mrl_buf_printf(out, " r%u", in->b);
        break;
    case 'c':
        mrl_buf_printf(out, " %u", in->c);
        break;
    case 'k':
        mrl_buf_byte(out, ' ');
        mrl_json_write(out, NULL, b->consts[in->y], NULL);
        break;
    case 'u':
        print_value(b, in->a, out);
        break;
    case 'v':
        print_value(b, in->b, out);
        break;
    case 'w':
        print_value(b, in->c, out);
        break;
    case 'l':
        print_list(b, in, out);
        break;
    case 'n':
        mrl_buf_printf(out, " %.*s", MRL_F(b->nodes[in->y]->path_text));
        break;
    case 'y':
        mrl_buf_printf(out, " %u", in->y);
        break;
    default:
        break;
    }
}

void mrl_block_print(const struct mrl_block *b, struct mrl_buf *out) {
    for (uint32_t i = 0; i < b->n_code; i++) {
        const struct mrl_insn *in = &b->code[i];
        MRL_ASSERT(in->op < MRL_OP_COUNT);
        mrl_buf_printf(out, "%4u %-9s", i, ops[in->op].name);
        const char *p = ops[in->op].operands;
        if (strstr(p, "builtin") != NULL)
            mrl_buf_printf(out, " %s", mrl_builtin_at(in->y)->name);
        for (; *p != '\0'; p++) {
            print_operand(b, in, *p, out);
            while (p[1] != '\0' && *p != ',')
                p++;
        }
        if (ops[in->op].flags & J)
            mrl_buf_printf(out, " -> %u", in->x);
        mrl_buf_byte(out, '\n');
    }
}
