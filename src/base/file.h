/* file.h - reading and replacing whole files safely.
 *
 * Idea: a file is read under a named ceiling into an arena, and replaced as a whole or not at all.
 * Paths are slices; they are copied for the system call. Only regular files, pipes and terminals
 * are read: devices and folders give a clear error.
 */
#ifndef MRL_BASE_FILE_H
#define MRL_BASE_FILE_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_FILE_BYTES_MAX ((size_t)1 << 30) /* default ceiling of one file */

/* Reads all of `path` ("-" is stdin) into `a`. max 0 = MRL_FILE_BYTES_MAX; a longer file gives
 * MRL_E_LIMIT. A NUL byte stands behind the text, not counted. Errors name the path. */
mrl_status mrl_file_read(mrl_arena *a, mrl_str path, size_t max, struct mrl_err *err,
                         mrl_str *ret) MRL_NODISCARD;

/* As mrl_file_read for `name` below the folder `dir_fd`: symbolic links and ".." may not lead out
 * of it (openat2 with RESOLVE_BENEATH; where the kernel has no openat2: MRL_E_UNSUPPORTED). */
mrl_status mrl_file_read_beneath(mrl_arena *a, int dir_fd, mrl_str name, size_t max,
                                 struct mrl_err *err, mrl_str *ret) MRL_NODISCARD;

/* Reads what is left of a descriptor, which stays open; `name` stands for it in errors. Asks the
 * system for nothing but read, so that a sandboxed worker can use it. Ceiling as above. */
mrl_status mrl_fd_read(mrl_arena *a, int fd, size_t max, mrl_str name, struct mrl_err *err,
                       mrl_str *ret) MRL_NODISCARD;

/* Replaces `path` by `text`: written beside it, synced, then renamed over it, so that a full disk
 * or a crash leaves the old file. SIGINT, SIGTERM, SIGHUP and SIGQUIT wait until that is done (on
 * the calling thread, which is to be the main one), so that none leaves a stray file; SIGKILL can.
 * Keeps the mode of an old file; a new one gets 0644 less the umask. A symbolic link is followed.
 * "-" writes to stdout. */
mrl_status mrl_file_replace(mrl_str path, mrl_str text, struct mrl_err *err) MRL_NODISCARD;

/* Adds `text` at the end of `path`, which is made with 0644 less the umask when it is not there.
 * Two that append at once do not mix what they write, if the system takes it in one call. */
mrl_status mrl_file_append(mrl_str path, mrl_str text, struct mrl_err *err) MRL_NODISCARD;
/* As mrl_file_replace for the file `name` of the folder `dir_fd`; `name` has no '/'. A link of that
 * name is replaced, not followed. */
mrl_status mrl_file_replace_at(int dir_fd, mrl_str name, mrl_str text,
                               struct mrl_err *err) MRL_NODISCARD;

/* Writes a new file with exactly that mode, whole or not at all. MRL_E_CONFLICT when something of
 * that name exists, which stays as it was. */
mrl_status mrl_file_create(mrl_str path, mrl_str text, unsigned mode,
                           struct mrl_err *err) MRL_NODISCARD;

/* Writes all of `text` to a descriptor, going on after interrupts and short writes. */
mrl_status mrl_fd_write(int fd, mrl_str text, struct mrl_err *err) MRL_NODISCARD;

enum mrl_file_kind { MRL_FILE_NONE, MRL_FILE_REGULAR, MRL_FILE_FOLDER, MRL_FILE_OTHER };
/* What stands at `path`, symbolic links followed. */
enum mrl_file_kind mrl_file_kind_of(mrl_str path);

#endif
