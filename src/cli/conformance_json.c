/* conformance_json.c - JSON parsing cases: y_ files must be accepted, n_ files refused. */
#include "cli/conformance.h"

#include "base/file.h"
#include "base/walk.h"
#include "formats/json/json.h"

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

struct folder {
    struct mrl_tally_run *run;
    mrl_str path;
};

static mrl_status on_file(void *cx, mrl_str file) {
    struct folder *f = cx;
    if (mrl_str_ends(file, MRL_S(".json")))
        run_file(f->run, f->path, file.ptr + mrl_str_rfind(file, MRL_S("/")) + 1);
    return MRL_OK;
}

static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    (void)cx;
    return problem->code;
}

mrl_status mrl_conformance_json(struct mrl_tally_run *run, mrl_str path, struct mrl_err *err) {
    struct folder f = {run, path};
    return mrl_walk(run->cli->arena, path, &(struct mrl_walk_opts){.no_ignore = true}, on_file,
                    on_problem, &f, err);
}
