/* conformance_gatekeeper.c - suites of Gatekeeper constraints as public cases. */
#include "cli/conformance.h"
#include "cli/verify.h"

static void tell(struct mrl_tally_run *run, struct mrl_verify *v, const struct mrl_verify_row *r) {
    mrl_str test = r->test != NULL ? r->test->name : MRL_S("");
    mrl_str one = r->one != NULL ? r->one->name : MRL_S("");
    mrl_str name =
        mrl_arena_printf(v->arena, "%.*s: %.*s: %.*s", MRL_F(r->suite), MRL_F(test), MRL_F(one));
    switch (r->outcome) {
    case MRL_ROW_PASS:
        mrl_case_pass(run, name);
        break;
    case MRL_ROW_FAIL:
        mrl_case_fail(run, name, "%.*s", MRL_F(r->why));
        break;
    case MRL_ROW_CEL: /* the build lacks CEL */
        mrl_case_skip(run, name, "%.*s", MRL_F(r->why));
        break;
    default: /* the suite itself leaves it out */
        break;
    }
}

mrl_status mrl_conformance_gatekeeper(struct mrl_tally_run *run, mrl_str path,
                                      struct mrl_err *err) {
    struct mrl_verify v;
    mrl_status status = mrl_verify_init(&v, run->cli, MRL_S(""));
    if (status == MRL_OK)
        status = mrl_verify_add(&v, path);
    if (status == MRL_OK)
        status = mrl_verify_run(&v);
    if (status == MRL_OK && v.n_rows == 0)
        status = mrl_err_set(&v.err, MRL_E_NOT_FOUND, "verify.empty", "no suites below %.*s",
                             MRL_F(path));
    for (uint32_t i = 0; status == MRL_OK && i < v.n_rows; i++)
        tell(run, &v, &v.rows[i]);
    *err = v.err;
    mrl_verify_release(&v);
    return status;
}
