/* policy.c - collecting modules and data, and compiling them; see policy.h.
 *
 * A builder owns one arena, and compiling turns it into the policy: nothing is copied and all
 * goes at once. The stages and their order are OPA's, because which error is told first depends
 * on them.
 */
#include "engines/policy/policy_internal.h"

#include "base/mem.h"
#include "engines/policy/compile/cases.h"
#include "engines/policy/compile/declare.h"
#include "engines/policy/compile/infer.h"
#include "engines/policy/compile/strict.h"
#include "engines/policy/rego/parser.h"

mrl_status mrl_policy_builder_new(const struct mrl_policy_opts *opts,
                                  struct mrl_policy_builder **ret) {
    struct mrl_policy_builder *b = mrl_mem_alloc(sizeof *b);
    MRL_CHECK(b != NULL, MRL_E_NOMEM);
    *b = (struct mrl_policy_builder){.data = mrl_empty_obj()};
    mrl_arena_init(&b->arena, MRL_ARENA_UNLIMITED);
    b->opts = opts != NULL ? *opts : (struct mrl_policy_opts){.version = MRL_REGO_V1};
    *ret = b;
    return MRL_OK;
}

void mrl_policy_builder_free(struct mrl_policy_builder *b) {
    if (b == NULL)
        return;
    mrl_arena_release(&b->arena);
    mrl_mem_free(b);
}

mrl_status mrl_policy_add_parsed(struct mrl_policy_builder *b, struct mrl_module *module) {
    if (b->n_modules == b->cap_modules) {
        uint32_t cap = b->cap_modules > 0 ? b->cap_modules * 2 : 8;
        struct mrl_module **all =
            mrl_arena_regrow(&b->arena, b->modules, b->cap_modules, cap, sizeof *all);
        MRL_CHECK(all != NULL, MRL_E_NOMEM);
        b->modules = all;
        b->cap_modules = cap;
    }
    b->modules[b->n_modules++] = module;
    return MRL_OK;
}

mrl_status mrl_policy_add_module(struct mrl_policy_builder *b, mrl_str file, mrl_str text,
                                 enum mrl_rego_version version, struct mrl_diags *diags) {
    struct mrl_module *m = NULL;
    mrl_str name = mrl_arena_str(&b->arena, file), copy = mrl_arena_str(&b->arena, text);
    MRL_CHECK(name.ptr != NULL && copy.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_rego_parse_module(&b->arena, name, copy, version, diags, &m));
    return mrl_policy_add_parsed(b, m);
}

mrl_status mrl_policy_set_data(struct mrl_policy_builder *b, mrl_arena *arena, mrl_val data) {
    MRL_CHECK(mrl_is_obj(data), MRL_E_TYPE);
    b->data = data;
    return mrl_val_freeze(arena, data);
}

/* --- compiling
 * ------------------------------------------------------------------------------------ */

/* Does one step for all nodes; goes on after errors, so that several are reported. */
static mrl_status each_node(struct mrl_compiler *c, struct mrl_node *n,
                            mrl_status (*step)(struct mrl_compiler *, struct mrl_node *)) {
    mrl_status status = n->n_rules > 0 ? step(c, n) : MRL_OK;
    for (struct mrl_node *child = n->children; child != NULL; child = child->sibling) {
        if (status == MRL_E_NOMEM)
            return status;
        mrl_status below = each_node(c, child, step);
        status = below != MRL_OK ? below : status;
    }
    return status;
}

/* What can be said of each module alone. All modules are checked, whatever the first one gave. */
static mrl_status declare_all(struct mrl_compiler *c) {
    mrl_status status = MRL_OK;
    for (uint32_t i = 0; i < c->n_modules && status != MRL_E_NOMEM; i++) {
        mrl_status one = mrl_strict_check(c, c->modules[i]);
        if (one == MRL_OK)
            one = mrl_declare_module(c, c->modules[i]);
        mrl_status unused = one != MRL_E_NOMEM ? mrl_strict_unused(c, c->modules[i]) : one;
        status = one != MRL_OK ? one : unused != MRL_OK ? unused : status;
    }
    return status;
}

/* As in OPA, a stage that finds errors is the last one: names, then kinds of rules, then calls,
 * then safety, then recursion, then types. What a later stage would say is often only a
 * consequence. */
static mrl_status compile(struct mrl_policy *p) {
    struct mrl_compiler *c = &p->c;
    if (c->opts->cases)
        MRL_TRY(mrl_cases_rename(c));
    for (uint32_t i = 0; i < c->n_modules; i++)
        MRL_TRY(mrl_tree_add(c, c->modules[i]));
    MRL_TRY(declare_all(c));
    MRL_TRY(mrl_tree_finish(c));
    MRL_TRY(each_node(c, c->root, mrl_gen_lower));
    MRL_TRY(each_node(c, c->root, mrl_gen_node));
    MRL_ASSERT(c->n_order == 0 && !c->typed);
    /* Blocks of queries come later and have no memo. */
    p->n_rule_blocks = c->n_blocks;
    MRL_TRY(mrl_gen_check_recursion(c));
    if (!c->opts->no_types)
        MRL_TRY(mrl_infer_rules(c));
    return mrl_strict_deprecated(c);
}

mrl_status mrl_policy_compile(struct mrl_policy_builder *b, struct mrl_diags *diags,
                              struct mrl_policy **ret) {
    MRL_ASSERT(b->n_modules == 0 || b->modules != NULL);
    struct mrl_policy *p = MRL_ARENA_NEW(&b->arena, struct mrl_policy);
    MRL_CHECK(p != NULL, MRL_E_NOMEM);
    p->b = b;
    p->root.path_text = MRL_S("data");
    p->c = (struct mrl_compiler){.arena = &b->arena,
                                 .diags = diags,
                                 .opts = &b->opts,
                                 .root = &p->root,
                                 .modules = b->modules,
                                 .n_modules = b->n_modules};
    MRL_TRY(compile(p));
    *ret = p;
    return MRL_OK;
}

void mrl_policy_free(struct mrl_policy *p) {
    if (p != NULL)
        mrl_policy_builder_free(p->b);
}

size_t mrl_policy_modules(const struct mrl_policy *p, struct mrl_module *const **ret) {
    *ret = p->b->modules;
    return p->b->n_modules;
}
