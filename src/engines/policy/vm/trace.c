/* trace.c - handing events to the hooks of a debug policy.
 *
 * Nothing here is reached by a policy that was compiled without debug or print. The depth of an
 * event is the depth of the event around the call (kept in a register of the block since its
 * OPEN) plus the bodies that the compiler counted inside the block: so a failure, which leaves
 * bodies by a jump, needs no bookkeeping.
 */
#include "engines/policy/vm/vm.h"

void mrl_vm_trace(struct mrl_vm *vm, const struct mrl_block *b, const struct mrl_insn *in,
                  mrl_val *regs) {
    if (in->a == MRL_TRACE_OPEN) {
        regs[in->b] = mrl_int(vm->trace_depth);
        return;
    }
    vm->trace_depth = (uint32_t)regs[in->b].u.i + in->c;
    const struct mrl_vm_hooks *h = vm->opts.hooks;
    if (in->a == MRL_TRACE_CLOSE || h == NULL || h->trace == NULL)
        return;
    h->trace(vm->opts.hooks_cx, &(struct mrl_trace_event){.op = (enum mrl_trace_op)in->a,
                                                          .depth = vm->trace_depth,
                                                          .at = b->probes[in->y],
                                                          .regs = regs});
}

void mrl_vm_hear(void *host, enum mrl_bi_saying what, mrl_val said) {
    struct mrl_vm *vm = host;
    const struct mrl_vm_hooks *h = vm->opts.hooks;
    const struct mrl_site *site = vm->said;
    if (site == NULL) /* compiled without debug: there is no place to name, so nothing is told */
        return;
    if (what == MRL_SAY_PRINT) {
        if (h->print != NULL)
            h->print(vm->opts.hooks_cx, site->module, site->loc, mrl_val_str(said));
        return;
    }
    struct mrl_probe at = {.module = site->module, .loc = site->loc};
    if (h->trace != NULL)
        h->trace(
            vm->opts.hooks_cx,
            &(struct mrl_trace_event){.op = what == MRL_SAY_NOTE ? MRL_TRACE_NOTE : MRL_TRACE_CASE,
                                      .depth = vm->trace_depth,
                                      .at = &at,
                                      .note = said});
}
