/* manifest.h - the .manifest of a bundle: which version of Rego its files are written in.
 *
 * Source: OPA's documentation of bundles (rego_version, file_rego_versions).
 */
#ifndef MRL_CLI_MANIFEST_H
#define MRL_CLI_MANIFEST_H

#include "base/arena.h"
#include "base/status.h"
#include "engines/policy/rego/ast.h"

struct mrl_regex;

struct mrl_manifest {
    int version; /* of all files; -1: not said */
    struct {
        struct mrl_regex *pattern;
        enum mrl_rego_version version;
    } *files; /* in the order of the patterns' text: the first that matches decides */
    uint32_t n_files;
};

/* Reads the text of a .manifest. `file` names it in errors. */
mrl_status mrl_manifest_parse(mrl_arena *a, mrl_str file, mrl_str text, struct mrl_err *err,
                              struct mrl_manifest *ret) MRL_NODISCARD;
/* The version of a file by its path below the bundle ("a/b.rego"); `otherwise` when none is said.
 */
enum mrl_rego_version mrl_manifest_version(const struct mrl_manifest *m, mrl_arena *a, mrl_str path,
                                           enum mrl_rego_version otherwise);

#endif
