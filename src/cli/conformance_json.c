/* conformance_json.c - JSON parsing cases: y_ files must be accepted, n_ files refused. */
#include "cli/conformance.h"

#include "base/file.h"
#include "formats/json/json.h"

#include <dirent.h>
#include <stdlib.h>

static void run_file(struct mrl_tally_run *run, mrl_str folder, const char *name) {
    mrl_arena a;
    struct mrl_err err;
    mrl_str text;
    mrl_val v = mrl_undefined();
    mrl_arena_init(&a, MRL_ARENA_UNLIMITED);
    mrl_err_init(&err);
    mrl_str path = mrl_arena_printf(&a, "%.*s/%s", MRL_F(folder), name);
    mrl_status status = mrl_file_read(&a, path, 0, &err, &text);
    if (status == MRL_OK)
        status = mrl_json_parse(&a, text, NULL, &err, &v);
    if (name[0] == 'y' && status != MRL_OK)
        mrl_case_fail(run, mrl_str_z(name), "refused: %s", err.text);
    else if (name[0] == 'n' && status == MRL_OK)
        mrl_case_fail(run, mrl_str_z(name), "accepted");
    else
        mrl_case_pass(run, mrl_str_z(name));
    mrl_arena_release(&a);
}

mrl_status mrl_conformance_json(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err) {
    struct dirent **entries = NULL;
    mrl_str z = mrl_arena_str(run->cli->arena, path);
    MRL_CHECK(z.ptr != NULL, MRL_E_NOMEM);
    int n = scandir(z.ptr, &entries, NULL, alphasort);
    if (n < 0)
        return mrl_err_set(err, MRL_E_IO, "conformance.read", "cannot read the folder %s", z.ptr);
    for (int i = 0; i < n; i++) {
        if (mrl_str_ends(mrl_str_z(entries[i]->d_name), MRL_S(".json")))
            run_file(run, path, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return MRL_OK;
}
