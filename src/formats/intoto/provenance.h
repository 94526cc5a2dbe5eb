/* provenance.h - what an in-toto statement says of how a thing was made: SLSA provenance 0.2 and 1,
 * and verification summaries.
 *
 * Idea: the versions put the same facts in different places; here they have one name each, so that
 * a policy asks once. Nothing is believed here: the statement's signature is the caller's business,
 * and builders write what they like. A fact that is not there is empty; the source of a build is
 * only told where the statement leaves no choice which of its inputs that is.
 *
 * Sources: slsa.dev/provenance/v0.2 and v1, slsa.dev/verification_summary/v0.2 and v1, in-toto
 * Attestation Framework (Statement 0.1 and 1).
 */
#ifndef MRL_FORMATS_INTOTO_PROVENANCE_H
#define MRL_FORMATS_INTOTO_PROVENANCE_H

#include "base/status.h"
#include "base/value.h"

#define MRL_MATERIALS_MAX 100000

enum mrl_statement_kind {
    MRL_STATEMENT_OTHER, /* only its type is known */
    MRL_STATEMENT_SLSA_02,
    MRL_STATEMENT_SLSA_1,
    MRL_STATEMENT_VSA,
};

struct mrl_material { /* something that went into a build */
    mrl_str uri, name;
    mrl_str commit; /* of git; empty: it is none */
    mrl_val digest; /* object: algorithm to value */
};

struct mrl_provenance { /* slices borrow the text or live in the arena */
    enum mrl_statement_kind kind;
    mrl_str predicate_type;
    mrl_str builder, build_type, invocation;
    mrl_str source, commit; /* of the repository that was built */
    mrl_str repository;     /* the source without the form of access and the ref */
    mrl_str ref;            /* branch or tag that was built: "refs/heads/main" */
    mrl_str entry_point;
    mrl_val parameters; /* what the builder was asked for; undefined: not said */
    struct mrl_material *materials;
    uint32_t n_materials;
    /* Of a verification summary: */
    mrl_str verifier, resource, policy, result, time;
    mrl_val levels; /* array; undefined: not said */
};

/* Reads a statement (JSON). MRL_E_SYNTAX when it is none, or one whose predicate has parts of a
 * wrong type; MRL_E_LIMIT. Cost: linear. */
mrl_status mrl_provenance_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                                struct mrl_provenance *ret) MRL_NODISCARD;

#endif
