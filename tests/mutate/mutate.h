/* mutate.h - bundles that verify, changed in every way that we can think of.
 *
 * Idea: a change may make a bundle fail, or leave what it proves exactly as it was; a third outcome
 * is a hole. What was accepted is sorted by the first field in which the two bundles differ, and
 * every such field needs a row with its reason in classes.c: a field that nobody explained is a
 * failure, too. A mutant may also prove less (a timestamp was taken away), where the row says so.
 *
 * The run is deterministic: of the mutants that there are, every n-th is tried.
 */
#ifndef MRL_TESTS_MUTATE_H
#define MRL_TESTS_MUTATE_H

#include "base/buf.h"
#include "engines/trust/trust.h"

struct subject { /* a case that is accepted as it is */
    mrl_str name, text;
    bool legacy; /* text: annotations of cosign 1 and 2, the artifact is their layer */
    mrl_val tree;
    struct mrl_want want;
    struct mrl_trust *trust;
    struct mrl_artifact artifact;
    struct mrl_bundle bundle;
    struct mrl_verified verified;
};

struct run {
    mrl_arena *arena;
    mrl_arena scratch; /* of one mutant */
    const struct subject *subjects;
    uint32_t n_subjects;
    uint64_t stride_bits, stride_fields, turn; /* every n-th is tried */
    uint64_t tried, refused, failed;
    const char *how; /* what is being done, to which field and where: for messages */
    mrl_str where;
    uint64_t at;
};

/* Reads and verifies a text as a bundle of the subject. */
mrl_status read_bundle(const struct subject *s, mrl_arena *a, mrl_str text, struct mrl_bundle *ret);
mrl_status verify_bundle(const struct subject *s, mrl_arena *a, const struct mrl_bundle *b,
                         struct mrl_verified *ret);

/* Is it this mutant's turn? `stride` is one of the run's. */
static inline bool its_turn(struct run *r, uint64_t stride) {
    return ++r->turn % stride == 0;
}
/* Tries one mutant. */
void try_mutant(struct run *r, const struct subject *s, mrl_str text);

/* Families of mutants. */
void mutate_text(struct run *r, const struct subject *s);   /* bits, cuts, more than may be */
void mutate_fields(struct run *r, const struct subject *s); /* the tree of the JSON */
/* One field that holds bytes in base64: `before` and `after` are the text around it. */
void mutate_bytes(struct run *r, const struct subject *s, mrl_str bytes, mrl_str before,
                  mrl_str after);
/* Appends DER with its n-th element changed in the k-th way; false when there are not as many. */
bool mutate_der(mrl_str der, uint32_t element, uint32_t way, struct mrl_buf *out,
                const char **ret_how);
bool der_is_whole(mrl_str der);

/* Takes in what was accepted: false when it is a hole. */
bool classify(const struct subject *s, const struct mrl_bundle *b, const struct mrl_verified *v,
              const char **ret_field);
void print_classes(void);

#endif
