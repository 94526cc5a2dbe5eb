/* ignore.h - patterns of .gitignore files.
 *
 * Idea: one list of patterns, in the order in which they were read; the last one that matches a
 * path decides. A pattern belongs to the folder of its file. Source: git's documentation of
 * gitignore.
 */
#ifndef MRL_BASE_IGNORE_H
#define MRL_BASE_IGNORE_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_IGNORE_PATTERNS_MAX 100000

struct mrl_ignore_pattern {
    mrl_str folder; /* of its file, relative to the root, "" or ending in '/' */
    mrl_str glob;
    bool negated, folders_only, anchored;
};

struct mrl_ignore {
    struct mrl_ignore_pattern *items;
    uint32_t n, cap;
};

/* Adds the patterns of a .gitignore file that stands in `folder`. Borrows text and folder. */
mrl_status mrl_ignore_add(struct mrl_ignore *list, mrl_arena *a, mrl_str folder,
                          mrl_str text) MRL_NODISCARD;

/* True when `path` (relative to the root, no leading '/') is ignored. Its parents are not looked
 * at: the walk does not enter ignored folders. Cost: O(patterns). */
bool mrl_ignored(const struct mrl_ignore *list, mrl_str path, bool is_folder);

/* fnmatch with '/' kept apart: * and ? do not match '/', a whole ** segment does. */
bool mrl_path_glob(mrl_str glob, mrl_str path);

#endif
