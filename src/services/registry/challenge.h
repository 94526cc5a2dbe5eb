/* challenge.h - what a 401 asks for: the header WWW-Authenticate (RFC 9110, 11.6.1).
 *
 * Idea: strict and small. One challenge or several in one line; scheme, then name=value with the
 * value a token or a quoted text. We look for Bearer and Basic; of their parameters, for those that
 * the token flow of distribution needs. Anything that the grammar does not know ends the reading of
 * the line.
 */
#ifndef MRL_SERVICES_REGISTRY_CHALLENGE_H
#define MRL_SERVICES_REGISTRY_CHALLENGE_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_CHALLENGE_PARAMS_MAX 32u

enum mrl_challenge_scheme { MRL_CHALLENGE_OTHER, MRL_CHALLENGE_BASIC, MRL_CHALLENGE_BEARER };

struct mrl_challenge {
    enum mrl_challenge_scheme scheme;
    mrl_str realm, service, scope; /* without quotes; empty when absent */
};

/* Reads the challenge at the beginning of *line and moves *line behind it. MRL_E_SYNTAX,
 * MRL_E_LIMIT; MRL_E_NOT_FOUND at the end of the line. */
mrl_status mrl_challenge_next(mrl_arena *a, mrl_str *line, struct mrl_err *err,
                              struct mrl_challenge *ret) MRL_NODISCARD;

#endif
