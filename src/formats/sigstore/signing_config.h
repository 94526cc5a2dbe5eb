/* signing_config.h - Sigstore signing configurations (version 0.2): where to sign.
 *
 * Idea: beside the trusted root, which says whom to believe, an operator publishes a file that says
 * which services to use now: certificate authorities, logs and timestamp authorities with the major
 * version of their API and the time for which each is in use, and how many of them to ask. The
 * choice is a pure function of the file, of what we can speak and of a time that is passed in.
 * Source: sigstore_trustroot.proto (SigningConfig) and the client specification.
 *
 * Ownership: slices live in the arena or borrow the text.
 */
#ifndef MRL_FORMATS_SIGSTORE_SIGNING_CONFIG_H
#define MRL_FORMATS_SIGSTORE_SIGNING_CONFIG_H

#include "formats/sigstore/root.h"

#define MRL_SIGNING_CONFIG_BYTES_MAX ((size_t)1 << 20)
#define MRL_SERVICES_MAX 16u /* of one kind */

struct mrl_service {
    mrl_str url, owner; /* owner: who runs it */
    int64_t version;    /* major version of its API */
    struct mrl_time_range valid;
};

enum mrl_selector { MRL_SELECT_ANY, MRL_SELECT_ALL, MRL_SELECT_EXACT };

struct mrl_service_list {
    struct mrl_service items[MRL_SERVICES_MAX];
    uint32_t n;
    enum mrl_selector selector;
    int64_t count; /* of MRL_SELECT_EXACT */
};

struct mrl_signing_config {
    struct mrl_service_list authorities, logs, timestamps;
};

/* Reads a signing configuration. MRL_E_SYNTAX with the JSON's place or the field's name,
 * MRL_E_UNSUPPORTED for a version or selector that we do not know, MRL_E_LIMIT. */
mrl_status mrl_signing_config_parse(mrl_arena *a, mrl_str text, mrl_str file, struct mrl_err *err,
                                    struct mrl_signing_config *ret) MRL_NODISCARD;

/* Chooses services that are in use at `seconds` and whose version is at most `version_max`: the
 * highest version first, then the newest, one of each operator; ANY is one of them. None at all is
 * a success with *ret_n 0 where the list is empty. MRL_E_NOT_FOUND with `what` ("timestamp
 * authority") when there are fewer than the list asks for. */
mrl_status mrl_services_choose(const struct mrl_service_list *list, const char *what,
                               int64_t version_max, int64_t seconds, struct mrl_err *err,
                               struct mrl_service ret[MRL_SERVICES_MAX],
                               uint32_t *ret_n) MRL_NODISCARD;

#endif
