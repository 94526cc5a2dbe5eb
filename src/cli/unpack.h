/* unpack.h - the files of a packed archive (.tar.gz), given one by one to the caller.
 *
 * Idea: nothing is written to disk, so an archive cannot overwrite anything; what its names could
 * do elsewhere is refused here once. The archive and its plain bytes live in the arena.
 */
#ifndef MRL_CLI_UNPACK_H
#define MRL_CLI_UNPACK_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_UNPACK_PACKED_MAX ((size_t)256 << 20) /* bytes of the file */
#define MRL_UNPACK_PLAIN_MAX ((size_t)1 << 30)    /* OPA's own ceiling for a bundle */

/* Calls `on_entry` for each plain file of the archive at `path`, in its order; `name` is relative,
 * without "." and empty steps. Links and devices are left out. A name that leads out of the archive
 * is MRL_E_INVALID. The first failure of on_entry ends the walk and is returned. */
mrl_status mrl_unpack_file(mrl_arena *a, mrl_str path,
                           mrl_status (*on_entry)(void *cx, mrl_str name, mrl_str text), void *cx,
                           struct mrl_err *err) MRL_NODISCARD;

#endif
