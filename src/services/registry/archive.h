/* archive.h - the files of a tar archive in memory, found by name.
 *
 * Idea: layouts and what docker save writes come as archives; both are a few dozen files that are
 * looked up by name. The archive is read as a whole, under a ceiling, and files are slices of it.
 * Names that lead out of it are no files of it. The last file of a name counts, as when the archive
 * is unpacked.
 *
 * Owner: the arena given. Cost: the archive's bytes in memory; O(files) a look-up.
 */
#ifndef MRL_SERVICES_REGISTRY_ARCHIVE_H
#define MRL_SERVICES_REGISTRY_ARCHIVE_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_ARCHIVE_BYTES_MAX ((size_t)1 << 30) /* it is read as a whole */
#define MRL_ARCHIVE_FILES_MAX 65536u            /* of it; an image has some dozens */

struct mrl_archive_file {
    mrl_str name; /* clean: tar.h */
    mrl_str body;
    mrl_str link; /* of a link: the name that it leads to, from the archive's root; else empty */
};

struct mrl_archive {
    struct mrl_archive_file *items;
    uint32_t n, cap;
};

/* Reads the archive at `path`. MRL_E_SYNTAX, MRL_E_LIMIT, MRL_E_IO, with the path. */
mrl_status mrl_archive_read(mrl_arena *a, mrl_str path, struct mrl_err *err,
                            struct mrl_archive *ret) MRL_NODISCARD;
/* The bytes of a file; one link is followed, inside of the archive. MRL_E_NOT_FOUND; MRL_E_LIMIT
 * when it has more than `max`. */
mrl_status mrl_archive_find(const struct mrl_archive *l, mrl_str name, size_t max,
                            struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

#endif
