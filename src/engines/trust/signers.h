/* signers.h - those whom a policy believes, by name, each for a time.
 *
 * Idea: a signer is a key, or an identity and who vouches for it, under a name that policies use.
 * One signature is tried against each; whose it is, is a fact about it. A signer may be believed
 * from one day until another: the time that counts is the one that an authority or a log proves,
 * and without any, the moment of asking. So a key that was withdrawn signs nothing any more, unless
 * something else proves that it signed before.
 *
 * Threads: as struct mrl_trust, a signer belongs to one thread at a time.
 */
#ifndef MRL_ENGINES_TRUST_SIGNERS_H
#define MRL_ENGINES_TRUST_SIGNERS_H

#include "engines/trust/trust.h"

#define MRL_SIGNERS_MAX 64u /* of one policy: what holds for an image is a set of them, as bits */

struct mrl_known_signer {
    mrl_str name;
    struct mrl_want want;
    struct mrl_trust *trust; /* borrowed; NULL: by key, and logs are not looked at */
    int64_t from, until;     /* seconds since 1970, both inclusive; INT64_MIN, INT64_MAX: always */
};

/* Decides whether `s` was to be believed when it signed: all times proved lie inside, and without
 * any, `now` does. MRL_E_INVALID with the reason, id "trust.believed". */
mrl_status mrl_signer_believed(const struct mrl_known_signer *s, const struct mrl_verified *v,
                               int64_t now, struct mrl_err *err) MRL_NODISCARD;

/* Verifies a bundle as the signature of `s`: mrl_trust_verify, and mrl_signer_believed. */
mrl_status mrl_signer_verify(mrl_arena *a, const struct mrl_known_signer *s,
                             const struct mrl_bundle *bundle, const struct mrl_artifact *artifact,
                             int64_t now, struct mrl_err *err,
                             struct mrl_verified *ret) MRL_NODISCARD;

#endif
