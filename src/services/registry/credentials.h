/* credentials.h - who the user is at a registry, as Docker's configuration says.
 *
 * Idea: config.json either holds the credentials or names a helper, a program
 * docker-credential-NAME that is asked for them. This process reads and asks; the network worker
 * gets only the header that a request needs. Nothing here is logged. Source: docker login(1),
 * docker-credential-helpers' protocol.
 */
#ifndef MRL_SERVICES_REGISTRY_CREDENTIALS_H
#define MRL_SERVICES_REGISTRY_CREDENTIALS_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_CREDENTIAL_BYTES_MAX 65536u /* of a helper's answer; tokens have some kilobytes */

struct mrl_credentials { /* all empty: anonymous */
    mrl_str username, password;
    mrl_str identity_token; /* for the token service instead of a password */
    mrl_str registry_token; /* a bearer token as it is */
};

/* What the text of a config.json says of `host` ("docker.io" stands for Docker's own names of it).
 * *ret_helper is the helper's name when one is to be asked, else empty. Nothing of the host is no
 * failure. MRL_E_SYNTAX with the place. */
mrl_status mrl_docker_config_find(mrl_arena *a, mrl_str text, mrl_str file, mrl_str host,
                                  struct mrl_err *err, struct mrl_credentials *ret,
                                  mrl_str *ret_helper) MRL_NODISCARD;

/* Asks docker-credential-NAME of the user's PATH for the server. A helper that knows nothing of it
 * is no failure. MRL_E_BUDGET at the deadline, MRL_E_IO, MRL_E_SYNTAX for a bad name or
 * answer. */
mrl_status mrl_credential_helper_ask(mrl_arena *a, mrl_str name, mrl_str server,
                                     int64_t deadline_ns, struct mrl_err *err,
                                     struct mrl_credentials *ret) MRL_NODISCARD;
/* The name that `host` has for helpers. */
mrl_str mrl_docker_server_name(mrl_str host);

#endif
