/* gatekeeper.h - Gatekeeper's policies: templates, constraints, reviews, verdicts.
 *
 * Idea: a ConstraintTemplate brings a rule (Rego) and the schema of its parameters; a Constraint of
 * its kind says which objects it is about, with which parameters, and what a violation means. A set
 * holds all of both. Every template's Rego gets a package of its own, so that one compiled policy
 * serves all; what it may read is the review, the parameters, data.inventory and its own libs. What
 * is broken (a template that does not compile, a constraint without a template, a rule in a
 * language that this build does not have) stays in the set with its fault and is never taken for a
 * pass.
 *
 * Memory: everything lives in the set's arena, and in the policy's. A bound set is frozen: threads
 * share it, each with its own VM. Source: Gatekeeper's documentation of templates, constraints and
 * gator; behaviour compared with gator 3.23.1 (docs/adr/0010).
 */
#ifndef MRL_GATEKEEPER_GATEKEEPER_H
#define MRL_GATEKEEPER_GATEKEEPER_H

#include "engines/gatekeeper/match.h"
#include "engines/policy/policy.h"

#define MRL_GK_TEMPLATES_MAX 10000
#define MRL_GK_LIBS_MAX 1000 /* libs of one template */

enum mrl_gk_role { MRL_GK_OTHER, MRL_GK_TEMPLATE, MRL_GK_CONSTRAINT, MRL_GK_SUITE };
/* What a Kubernetes object is to Gatekeeper, by group and kind. */
enum mrl_gk_role mrl_gk_role_of(mrl_val object);

enum mrl_gk_fault { /* why a template or constraint cannot judge */
                    MRL_GK_SOUND,
                    MRL_GK_CEL_ONLY,     /* the rule is written in CEL, which this build does not
                                            evaluate */
                    MRL_GK_BAD_TEMPLATE, /* a part is missing or contradicts another */
                    MRL_GK_BAD_REGO,     /* the Rego does not parse or compile */
                    MRL_GK_NO_TEMPLATE,  /* no template of the constraint's kind */
                    MRL_GK_BAD_SCHEMA,   /* the constraint does not fit its schema */
                    MRL_GK_BAD_CONSTRAINT,
};

struct mrl_gk_source { /* a document that was read; borrowed */
    mrl_str file;
    mrl_str text;   /* of the file, for line numbers; may be empty */
    mrl_val value;  /* spans make errors of Rego point into the file */
    uint32_t start; /* where the document begins in the text */
};

struct mrl_gk_code { /* a module of a template */
    mrl_str text;
    mrl_str module;  /* its name in diagnostics */
    uint32_t line;   /* lines of the file above the first one of the text; 0: not known */
    uint32_t indent; /* columns that the file has more */
};

struct mrl_gk_template {
    mrl_str file, name, kind;
    mrl_str title, description; /* from its annotations */
    struct mrl_gk_code rego;
    struct mrl_gk_code *libs;
    uint32_t n_libs;
    enum mrl_rego_version version;
    mrl_val schema; /* of the parameters; undefined: it takes none */
    bool has_rego, has_cel;
    mrl_str package; /* its own, below data.gatekeeper */
    enum mrl_gk_fault fault;
    mrl_str problem;    /* what the fault is */
    struct mrl_pos pos; /* where: in the file; line 0: not known */
    struct mrl_query *violation;
};

enum mrl_gk_action { /* bits */
                     MRL_GK_DENY = 1,
                     MRL_GK_WARN = 2,
                     MRL_GK_DRYRUN = 4,
                     MRL_GK_OTHER_ACTION = 8,
};

struct mrl_gk_constraint {
    mrl_str file, kind, name;
    const struct mrl_gk_template *template; /* NULL: there is none of its kind */
    struct mrl_gk_match match;
    mrl_val parameters; /* with the schema's defaults; frozen */
    unsigned actions;   /* what a violation leads to here; 0: not enforced here */
    mrl_str action;     /* spec.enforcementAction as written, "deny" when absent */
    enum mrl_gk_fault fault;
    mrl_str problem;
    struct mrl_pos pos;
};

struct mrl_gk_set {
    mrl_arena *arena;
    struct mrl_gk_template **templates;
    struct mrl_gk_constraint **constraints;
    uint32_t n_templates, cap_templates, n_constraints, cap_constraints;
    struct mrl_builder kinds; /* lower-case kind to the first template's number */
    struct mrl_pos at;        /* last place whose line was counted */
    const char *at_text;      /* in which text */
};

/* Prepares an empty set. */
void mrl_gk_set_init(struct mrl_gk_set *s, mrl_arena *arena);

/* Reads a ConstraintTemplate (templates.gatekeeper.sh v1, v1beta1, v1alpha1) into the set. What is
 * wrong with it becomes its fault; fails for lack of memory only. */
mrl_status mrl_gk_add_template(struct mrl_gk_set *s, const struct mrl_gk_source *src,
                               struct mrl_gk_template **ret) MRL_NODISCARD;
/* Reads a Constraint for a template (NULL: none of its kind is known). `point` names the place of
 * enforcement that scoped actions are looked up for ("gator.gatekeeper.sh"). Faults as above. */
mrl_status mrl_gk_add_constraint(struct mrl_gk_set *s, const struct mrl_gk_source *src,
                                 const struct mrl_gk_template *template, mrl_str point,
                                 struct mrl_gk_constraint **ret) MRL_NODISCARD;
/* The first template of a kind, or NULL. Kinds are compared without case, as their names are. */
struct mrl_gk_template *mrl_gk_template_of(const struct mrl_gk_set *s, mrl_str kind);
/* True when constraints of that kind are the template's. */
bool mrl_gk_is_of_kind(const struct mrl_gk_template *t, mrl_str kind);
/* A second template of a kind is at fault: each kind has one rule. For sets in which constraints
 * find their template by kind. */
mrl_status mrl_gk_refuse_twins(struct mrl_gk_set *s) MRL_NODISCARD;

/* Compiles all sound templates into one policy and binds the set to it. Those that do not compile
 * are marked MRL_GK_BAD_REGO and left out. `print`: keep print() calls. */
mrl_status mrl_gk_compile(struct mrl_gk_set *s, bool print, struct mrl_policy **ret) MRL_NODISCARD;
/* The same in two steps, for a policy that holds other modules, too: first adds the sound templates
 * to a builder, later finds their rules in what was compiled. Call mrl_gk_compile before, so that a
 * broken template is left out, not an error of all. */
mrl_status mrl_gk_add_to(const struct mrl_gk_set *s, struct mrl_policy_builder *b,
                         struct mrl_diags *diags) MRL_NODISCARD;
mrl_status mrl_gk_bind(struct mrl_gk_set *s, struct mrl_policy *p) MRL_NODISCARD;
/* True for the modules that mrl_gk_add_to made: their rules are not to be asked directly. */
bool mrl_gk_owns(const struct mrl_module *m);

/* --- reviews (review.c) --------------------------------------------------------------------- */

struct mrl_gk_review {
    mrl_val value; /* input.review */
    struct mrl_gk_subject object, old_object;
    bool has_object, has_old_object;
};

/* The review of a bare object, as gator makes it: an AdmissionRequest with no user and no
 * operation. `namespace` is the Namespace that it lives in, or undefined. Shares the object. */
mrl_status mrl_gk_review_object(mrl_arena *a, mrl_val object, mrl_val namespace,
                                struct mrl_gk_review *ret) MRL_NODISCARD;
/* The review of an AdmissionReview (admission.k8s.io): its request, checked. A DELETE is judged by
 * its oldObject. MRL_E_INVALID with what is wrong. `namespace` as above. */
mrl_status mrl_gk_review_request(mrl_arena *a, mrl_val admission_review, mrl_val namespace,
                                 struct mrl_err *err, struct mrl_gk_review *ret) MRL_NODISCARD;
bool mrl_gk_is_admission_review(mrl_val object);
/* The namespace that a review is about ("" for none): to find its Namespace object by. */
mrl_str mrl_gk_review_namespace(mrl_val object);

/* --- judging (judge.c) ------------------------------------------------------------------------ */

/* Whether the constraint is about the review: its object or its old object. Errors as
 * mrl_gk_matches. */
mrl_status mrl_gk_applies(const struct mrl_gk_constraint *c, const struct mrl_gk_review *r,
                          struct mrl_err *err, bool *ret) MRL_NODISCARD;

/* Evaluates a sound constraint on a review: the set of its violations, {"msg", "details"} each, in
 * the VM's arena. Does not ask whether it applies. Cost: the rule's; nothing but the input of two
 * members is made here. */
mrl_status mrl_gk_violations(struct mrl_vm *vm, const struct mrl_gk_constraint *c,
                             const struct mrl_gk_review *r, struct mrl_err *err,
                             mrl_val *ret) MRL_NODISCARD;

struct mrl_gk_result {
    const struct mrl_gk_constraint *constraint;
    mrl_str msg;
    mrl_val details;
    bool error; /* msg says why it could not be judged; Gatekeeper counts that as a violation */
};

struct mrl_gk_results {
    mrl_arena *arena; /* results live here */
    struct mrl_gk_result *items;
    uint32_t n, cap;
    bool applied; /* set when a constraint was about the review: no results are a pass only then */
};

/* Matches and evaluates, and adds what came out; equal violations are one. A constraint at fault
 * that applies, or whose match could not be answered, gives an error. */
mrl_status mrl_gk_judge(struct mrl_vm *vm, const struct mrl_gk_constraint *c,
                        const struct mrl_gk_review *r, struct mrl_gk_results *ret) MRL_NODISCARD;

/* "CEL only", "broken Rego", …: a fault in words. */
const char *mrl_gk_fault_name(enum mrl_gk_fault f);

#endif
