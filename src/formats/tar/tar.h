/* tar.h - a tar archive in memory, entry by entry.
 *
 * Idea: a cursor walks the blocks; each call gives the next entry with its name, kind and a slice
 * of its bytes, nothing is copied but long names. Sources: POSIX.1-2017 pax (ustar, pax records
 * path, linkpath, size) and the GNU manual (long names 'L' and 'K', base-256 sizes). Sparse files
 * are refused, as their bytes are not the file's. Every header's check sum is verified.
 */
#ifndef MRL_TAR_H
#define MRL_TAR_H

#include "base/arena.h"
#include "base/rd.h"
#include "base/status.h"

#define MRL_TAR_ENTRIES_MAX 1000000u /* entries of one archive, extended headers included */
#define MRL_TAR_NAME_MAX 4096u       /* bytes of one name: Linux has no longer paths */
#define MRL_TAR_PAX_MAX (1u << 20)   /* bytes of one extended header */

enum mrl_tar_kind {
    MRL_TAR_FILE,
    MRL_TAR_FOLDER,
    MRL_TAR_HARD_LINK,
    MRL_TAR_SYMBOLIC_LINK,
    MRL_TAR_OTHER, /* devices, pipes, kinds unknown: no bytes of interest */
};

struct mrl_tar_entry {
    mrl_str name; /* as written: may be absolute or hold "..", see mrl_tar_clean_name */
    mrl_str link; /* target of a link */
    mrl_str body; /* the bytes of a file, a slice of the archive */
    enum mrl_tar_kind kind;
    uint32_t mode; /* permission bits */
};

struct mrl_tar {
    struct mrl_rd rd;
    mrl_arena *arena; /* for names in two parts and extended headers */
    uint32_t entries;
};

/* Begins to walk an archive, which must outlive the entries. */
struct mrl_tar mrl_tar_of(mrl_arena *a, mrl_str bytes);

/* The next entry; *ret_more is false at the end, which may be the end marker or simply the last
 * whole entry, as tar reads it. MRL_E_SYNTAX for a broken or cut archive, MRL_E_LIMIT above a
 * ceiling, MRL_E_UNSUPPORTED for a sparse file; err->pos.offset is the header's place. Cost:
 * O(header). */
mrl_status mrl_tar_next(struct mrl_tar *t, struct mrl_err *err, struct mrl_tar_entry *ret,
                        bool *ret_more) MRL_NODISCARD;

/* The name as a path inside of the archive: without leading "/" and "./" and empty steps. False
 * when a step is ".." or the name has a NUL byte: such an entry wants out of its folder. The result
 * lives in `a`. */
bool mrl_tar_clean_name(mrl_arena *a, mrl_str name, mrl_str *ret);

#endif
