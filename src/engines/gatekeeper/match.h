/* match.h - spec.match of a constraint: which objects it is about.
 *
 * Idea: the criteria are read once into flat lists of names; each later question is a few string
 * comparisons and allocates nothing. All criteria must hold; one that is absent always holds.
 * Names in `namespaces`, `excludedNamespaces` and `name` may have a `*` at the front, at the end or
 * at both. A question that cannot be answered (the labels of a namespace that nobody gave) is an
 * error, never a no. Frozen once read: threads may share it. Source: the Constraint documentation
 * of Gatekeeper, "the match field".
 */
#ifndef MRL_GATEKEEPER_MATCH_H
#define MRL_GATEKEEPER_MATCH_H

#include "base/value.h"

struct mrl_gk_names { /* a list of texts */
    const mrl_str *items;
    uint32_t n;
};

struct mrl_gk_kinds { /* an entry of match.kinds; an empty list is any */
    struct mrl_gk_names groups, kinds;
};

enum mrl_gk_operator { MRL_GK_IN, MRL_GK_NOT_IN, MRL_GK_EXISTS, MRL_GK_EXISTS_NOT };

struct mrl_gk_term { /* a requirement of a label selector */
    mrl_str key;
    enum mrl_gk_operator op;
    struct mrl_gk_names values;
};

struct mrl_gk_selector { /* all terms must hold */
    const struct mrl_gk_term *terms;
    uint32_t n;
    bool given;
};

struct mrl_gk_match {
    const struct mrl_gk_kinds *kinds;
    uint32_t n_kinds;
    struct mrl_gk_names namespaces, excluded;
    struct mrl_gk_selector labels, namespace_labels;
    mrl_str scope, name, source;
};

struct mrl_gk_subject { /* an object as match sees it */
    mrl_str group, kind, ns, name, generate_name;
    mrl_val labels;    /* of the object, or undefined */
    mrl_val namespace; /* its Namespace object, or undefined when nobody gave it */
    bool generated;    /* made by an expansion, not by the user */
};

/* Reads spec.match (undefined: matches everything). MRL_E_INVALID with what is wrong. Texts are
 * borrowed from the value. */
mrl_status mrl_gk_match_read(mrl_arena *a, mrl_val match, struct mrl_err *err,
                             struct mrl_gk_match *ret) MRL_NODISCARD;

/* What match looks at in an object. Borrows from it. */
struct mrl_gk_subject mrl_gk_subject_of(mrl_val object, mrl_val namespace);

/* Whether the object is one of those that the constraint is about. MRL_E_UNDEFINED with the reason
 * when that cannot be known. */
mrl_status mrl_gk_matches(const struct mrl_gk_match *m, const struct mrl_gk_subject *s,
                          struct mrl_err *err, bool *ret) MRL_NODISCARD;

/* True when `name` is the pattern, or matches it where the pattern begins or ends with `*`. */
bool mrl_gk_glob(mrl_str pattern, mrl_str name);

/* --- label selectors (selector.c) ---------------------------------------------------------------
 */

/* Reads a LabelSelector; `where` names it in messages. */
mrl_status mrl_gk_selector_read(mrl_arena *a, mrl_val selector, const char *where,
                                struct mrl_err *err, struct mrl_gk_selector *ret) MRL_NODISCARD;
/* True when the labels (an object, or undefined: none) fulfil the selector. */
bool mrl_gk_selects(const struct mrl_gk_selector *s, mrl_val labels);
/* The texts of an array; what is no array gives none. ptr NULL on failure with n > 0. */
mrl_status mrl_gk_names_of(mrl_arena *a, mrl_val list, struct mrl_gk_names *ret) MRL_NODISCARD;

#endif
