/* layout_names.h - the small files of a layout's blobs/sha256. */
#ifndef MRL_SERVICES_REGISTRY_LAYOUT_NAMES_H
#define MRL_SERVICES_REGISTRY_LAYOUT_NAMES_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_LAYOUT_SCAN_MAX 100000u                  /* files looked at */
#define MRL_LAYOUT_SCAN_BYTES_MAX ((size_t)64 << 10) /* a manifest of a signature has one */

struct mrl_layout_names {
    mrl_str *items; /* sorted, so that answers do not hang on the order of a file system */
    uint32_t n, cap;
};

/* The names of regular files of at most MRL_LAYOUT_SCAN_BYTES_MAX bytes in blobs/sha256 of
 * `folder`; none when there is no such folder. MRL_E_LIMIT when there are more than
 * MRL_LAYOUT_SCAN_MAX. */
mrl_status mrl_layout_names(int folder, mrl_arena *a, struct mrl_err *err,
                            struct mrl_layout_names *ret) MRL_NODISCARD;

#endif
