/* lockfile.h - what a build takes from others: manifests of dependencies and their lock files.
 *
 * Idea: a control asks two things only: is there a lock file, and does each entry carry a hash?
 * So each reader gives the number of entries and those without a hash, with their places, and not
 * what its format says besides. Which lock files belong to which manifest is one table.
 *
 * Cost: linear. Sources: the documentation of npm, Yarn, pnpm, pip, Poetry, uv, Go, Cargo, Bundler
 * and Composer.
 */
#ifndef MRL_FORMATS_LOCKFILE_H
#define MRL_FORMATS_LOCKFILE_H

#include "base/status.h"
#include "base/value.h"

#define MRL_LOCKFILE_MAX ((size_t)64 << 20) /* bytes */
#define MRL_LOCKFILE_ENTRIES_MAX 200000
#define MRL_LOCKFILE_DEPTH_MAX 64 /* of npm's nested entries */

struct mrl_lockfile {
    const char *name; /* of the file */
    const char *ecosystem;
    const char *locks[7]; /* of a manifest: files any of which locks it; none: it is a lock file */
    unsigned reader;      /* which of lockfile.c's */
};

/* The row of a file by its name without folders; -1: none. */
int mrl_lockfile_row(mrl_str name);
const struct mrl_lockfile *mrl_lockfile_at(int row);

/* {"packages": entries, "unpinned": [names of those without a hash]}, with spans into the text.
 * For a manifest "packages" is 0 when it asks for nothing. MRL_E_SYNTAX, MRL_E_LIMIT. */
mrl_status mrl_lockfile_read(mrl_arena *a, int row, mrl_str file, mrl_str text, struct mrl_err *err,
                             mrl_val *ret) MRL_NODISCARD;

#endif
