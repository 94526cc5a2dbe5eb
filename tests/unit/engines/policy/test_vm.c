/* test_vm.c - what the VM relies on, its budgets, and policies that threads share. */
#include "engines/policy/builtin.h"

#include "test.h"

TEST(vm_builtin_arities_fit_the_gathered_arguments) {
    const struct mrl_builtin *b;
    for (size_t i = 0; (b = mrl_builtin_at(i)) != NULL; i++)
        CHECK(b->arity <= MRL_BUILTIN_ARITY_MAX);
}
