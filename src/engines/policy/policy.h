/* policy.h - the policy engine's front door: compile once, evaluate on many threads.
 *
 * Idea: a struct mrl_policy_builder collects modules and data; compiling gives a frozen
 * struct mrl_policy that all threads share. Each thread has a struct mrl_vm with one arena that is
 * reset between inputs. Queries are prepared against a policy and are frozen, too.
 *
 * Cost: evaluation allocates only from the VM's arena (no heap once its chunks are warm).
 */
#ifndef MRL_POLICY_POLICY_H
#define MRL_POLICY_POLICY_H

#include "engines/policy/capabilities.h"
#include "engines/policy/diag.h"
#include "engines/policy/rego/ast.h"
#include "engines/policy/trace.h"

#include <stdatomic.h>

struct mrl_policy_builder;
struct mrl_policy; /* compiled and frozen */
struct mrl_query;  /* prepared and frozen; belongs to a policy */
struct mrl_vm;     /* one thread's evaluator */

struct mrl_policy_opts {
    enum mrl_rego_version version; /* default for modules that do not say */
    bool strict;                   /* OPA's strict mode: unused vars and imports, … are errors */
    bool debug;                    /* compile TRACE instructions in: see trace.h */
    bool print;                    /* keep print() calls (else they are erased) */
    bool cases;                    /* tests tell their cases: compile/cases.h; with print */
    /* Rules of one name from which on an index is made (debug policies have none): 0 = where it
     * pays, UINT32_MAX = never. Results are the same. */
    uint32_t index_min;
    bool no_types; /* skip type checking */
    /* What policies may use; borrowed for the life of the policy; NULL: all of this build. */
    const struct mrl_capabilities *capabilities;
    uint32_t max_errors;            /* kept in the diagnostics; 0: the default */
    bool allow_undefined_functions; /* a call to an unknown function is undefined, not an error */
    /* Gatekeeper: only these data prefixes may be read ("inventory", "lib"); NULL = all. */
    const mrl_str *externs;
    uint32_t n_externs;
};

/* All memory of the builder and of the policy made from it. NULL opts = v1 defaults. */
mrl_status mrl_policy_builder_new(const struct mrl_policy_opts *opts,
                                  struct mrl_policy_builder **ret) MRL_NODISCARD;
/* Frees a builder that was not compiled, with all that it holds. NULL is allowed. */
void mrl_policy_builder_free(struct mrl_policy_builder *b);

/* Parses and adds one module. `file` and `text` are copied. Errors go to diags (may already hold
 * some); MRL_E_INVALID when there were any. */
mrl_status mrl_policy_add_module(struct mrl_policy_builder *b, mrl_str file, mrl_str text,
                                 enum mrl_rego_version version,
                                 struct mrl_diags *diags) MRL_NODISCARD;
/* Adds a module that was parsed already (its arena must outlive the policy). */
mrl_status mrl_policy_add_parsed(struct mrl_policy_builder *b,
                                 struct mrl_module *module) MRL_NODISCARD;
/* The base document `data`: an object, frozen by this call; borrowed for the life of the policy. */
mrl_status mrl_policy_set_data(struct mrl_policy_builder *b, mrl_arena *arena,
                               mrl_val data) MRL_NODISCARD;

/* Compiles everything added. On success the builder is consumed (freed with the policy). */
mrl_status mrl_policy_compile(struct mrl_policy_builder *b, struct mrl_diags *diags,
                              struct mrl_policy **ret) MRL_NODISCARD;
/* Frees a policy with its queries. VMs of it must be gone. NULL is allowed. */
void mrl_policy_free(struct mrl_policy *p);

/* The parsed modules, in the order added. */
size_t mrl_policy_modules(const struct mrl_policy *p, struct mrl_module *const **ret);

/* True when a part of the rule's name begins with test_ or todo_test_: *ret is the number of that
 * part. Parts behind a variable do not count. */
bool mrl_test_name(const struct mrl_rule *r, uint32_t *ret);

/* Prepares a query (a Rego body such as "data.a.b == x; y := 1"). `package` and `imports` may be
 * empty: the context in which names are resolved ("data.foo", "data.lib as l; input.x"). */
struct mrl_query_opts {
    mrl_str package;
    mrl_str imports;
    enum mrl_rego_version version;
    mrl_val input_hint; /* unused so far: undefined */
};
/* Parses and compiles a query against the policy. Errors go to diags; freed with the policy. */
mrl_status mrl_query_prepare(struct mrl_policy *p, mrl_str text, const struct mrl_query_opts *opts,
                             struct mrl_diags *diags, struct mrl_query **ret) MRL_NODISCARD;
/* Prepares the document at a data path, e.g. {"merlon","controls","x","violation"}: the fast way to
 * ask for one document (no bindings). A path that no rule or base data can answer is fine: it is
 * undefined. */
mrl_status mrl_query_path(struct mrl_policy *p, const mrl_str *path, size_t n,
                          struct mrl_query **ret) MRL_NODISCARD;

/* --- evaluation --------------------------------------------------------------------------- */

struct mrl_vm_opts {
    uint64_t max_steps;  /* instructions a query; 0 = 1e9 */
    size_t max_bytes;    /* arena budget; 0 = 1 GiB */
    int64_t deadline_ms; /* wall time a query; 0 = none */
    bool strict_builtin_errors;
    int64_t now_ns;           /* 0 = read the clock at begin */
    uint64_t rand_seed;       /* 0 = random */
    mrl_val runtime;          /* opa.runtime(); undefined = {} */
    const atomic_int *cancel; /* not 0: stop; set by any thread, as the pool's flag; NULL: never */
    const struct mrl_vm_hooks *hooks; /* debug policies only; NULL = none */
    void *hooks_cx;
};

/* A new evaluator of a policy; owned by one thread. */
mrl_status mrl_vm_new(struct mrl_policy *p, const struct mrl_vm_opts *opts,
                      struct mrl_vm **ret) MRL_NODISCARD;
/* Frees the evaluator and all values that it returned. NULL is allowed. */
void mrl_vm_free(struct mrl_vm *vm);
/* The VM's arena: results live there until the next mrl_vm_begin. */
mrl_arena *mrl_vm_arena(struct mrl_vm *vm);

/* Starts with a new input (undefined = none): resets arena, memo, budgets. The input must stay
 * valid and belongs to this thread (or is frozen). Several evals after one begin share memoised
 * rules. */
mrl_status mrl_vm_begin(struct mrl_vm *vm, mrl_val input) MRL_NODISCARD;
/* As mrl_vm_begin, keeping the arena's contents (the input was parsed into mrl_vm_arena). */
mrl_status mrl_vm_begin_keep(struct mrl_vm *vm, mrl_val input) MRL_NODISCARD;
/* Replaces one top-level document of data for this VM from the next begin on: data.<key> = value.
 * Value must be frozen or owned by this thread. Undefined removes the overlay. */
mrl_status mrl_vm_overlay(struct mrl_vm *vm, mrl_str key, mrl_val value) MRL_NODISCARD;

/* Evaluates a query made by mrl_query_prepare: the result set as an array of
 * {"bindings": {...}, "expressions": [value, ...]}; the empty array when undefined. */
mrl_status mrl_vm_query(struct mrl_vm *vm, const struct mrl_query *q, struct mrl_err *err,
                        mrl_val *ret) MRL_NODISCARD;
/* Evaluates a query made by mrl_query_path: its value, or undefined (status MRL_OK). */
mrl_status mrl_vm_value(struct mrl_vm *vm, const struct mrl_query *q, struct mrl_err *err,
                        mrl_val *ret) MRL_NODISCARD;
/* err->id after a failure holds OPA's code: "eval_conflict_error", "eval_type_error",
 * "eval_builtin_error", "eval_cancel_error", "eval_with_merge_error", "eval_internal_error",
 * or "eval_budget_error"; err->pos the place; err->text the message without code and place. */

/* The expressions of a prepared query as written; how many. */
size_t mrl_query_expressions(const struct mrl_query *q, const mrl_str **ret);
/* Where each of them stands in the text of the query. */
const struct mrl_rloc *mrl_query_places(const struct mrl_query *q);

#endif
