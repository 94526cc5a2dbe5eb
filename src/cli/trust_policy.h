/* trust_policy.h - what merlon.yaml says of images: who may sign, and what each image must have.
 *
 * Idea: `signers` are read into keys, roots and identities; `images` are rules, of which the first
 * that fits an image's name is its rule. A rule is not judged here: it becomes the parameters of
 * the controls in policies/supply-chain, which are Rego, so that whoever wants more writes more of
 * the same. A name that a rule uses and nobody has, or a signer that is half described, is an error
 * and not a rule that never holds.
 *
 * Owner: keys and roots on the heap, freed by mrl_trust_policy_free; the rest in the arena. A
 * policy belongs to one thread (trust.h).
 */
#ifndef MRL_CLI_TRUST_POLICY_H
#define MRL_CLI_TRUST_POLICY_H

#include "base/value.h"
#include "engines/trust/signers.h"

#define MRL_IMAGE_RULES_MAX 1000u
#define MRL_IMAGE_GLOBS_MAX 1000u /* of one rule */

struct mrl_image_globs {
    struct mrl_regex **items;
    uint32_t n;
};

struct mrl_image_rule {
    struct mrl_image_globs match, except;
    mrl_val parameters; /* {"rule", "accept", "signers", "threshold", "attestations"} */
};

struct mrl_trust_policy {
    struct mrl_known_signer signers[MRL_SIGNERS_MAX];
    struct mrl_pubkey *keys[MRL_SIGNERS_MAX]; /* owned */
    struct mrl_trust *roots[MRL_SIGNERS_MAX]; /* owned; one a file */
    mrl_str root_files[MRL_SIGNERS_MAX], root_digests[MRL_SIGNERS_MAX];
    uint32_t n_signers, n_roots;
    struct mrl_image_rule *rules;
    uint32_t n_rules;
};

/* Reads `signers` and `images` of a checked merlon.yaml (config.h) that stands in `file`; an empty
 * file name means the working folder. MRL_E_INVALID names what is wrong and where. Free in any
 * case. */
mrl_status mrl_trust_policy_read(mrl_arena *a, mrl_val config, mrl_str file, struct mrl_err *err,
                                 struct mrl_trust_policy *ret) MRL_NODISCARD;
void mrl_trust_policy_free(struct mrl_trust_policy *p);

/* A digest of who is believed: the signers of merlon.yaml, their keys and roots. */
mrl_status mrl_trust_policy_digest(mrl_arena *a, const struct mrl_trust_policy *p, mrl_val config,
                                   mrl_str *ret) MRL_NODISCARD;

/* The parameters of the first rule that fits REGISTRY/REPOSITORY; null when there is none. */
mrl_status mrl_trust_policy_rule(const struct mrl_trust_policy *p, mrl_arena *scratch, mrl_str name,
                                 mrl_val *ret) MRL_NODISCARD;

#endif
