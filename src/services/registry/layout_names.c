/* layout_names.c - see layout_names.h. */
#include "services/registry/layout_names.h"

#include "base/sys.h"
#include "base/vec.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_small(int folder, const char *name) {
    struct stat st;
    return MRL_SYS(fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW)) == 0 && S_ISREG(st.st_mode) &&
           (uint64_t)st.st_size <= MRL_LAYOUT_SCAN_BYTES_MAX;
}

static mrl_status add(mrl_arena *a, struct mrl_layout_names *names, const char *name,
                      struct mrl_err *err) {
    if (names->n == MRL_LAYOUT_SCAN_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "image.layout",
                           "the layout has more than %u small blobs", MRL_LAYOUT_SCAN_MAX);
    MRL_TRY(MRL_VEC_ROOM(a, names->items, names->n, names->cap));
    mrl_str copy = mrl_arena_str(a, mrl_str_z(name));
    MRL_CHECK(copy.ptr != NULL, MRL_E_NOMEM);
    names->items[names->n++] = copy;
    return MRL_OK;
}

static int compare(const void *a, const void *b) {
    return mrl_str_cmp(*(const mrl_str *)a, *(const mrl_str *)b);
}

mrl_status mrl_layout_names(int folder, mrl_arena *a, struct mrl_err *err,
                            struct mrl_layout_names *ret) {
    struct mrl_layout_names names = {0};
    mrl_status status = MRL_OK;
    int fd = MRL_SYS(openat(folder, "blobs/sha256", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    if (dir == NULL && fd >= 0)
        close(fd);
    for (struct dirent *e; dir != NULL && status == MRL_OK && (e = readdir(dir)) != NULL;)
        if (is_small(dirfd(dir), e->d_name))
            status = add(a, &names, e->d_name, err);
    if (dir != NULL)
        closedir(dir);
    MRL_TRY(status);
    if (names.n > 0)
        qsort(names.items, names.n, sizeof *names.items, compare);
    *ret = names;
    return MRL_OK;
}
