/* predicate_given.c - see predicate_given.h. */
#include "cli/predicate_given.h"

#include "base/file.h"

bool mrl_predicate_given_enough(const struct mrl_cli *cli, bool needed) {
    bool type = mrl_opt_given(cli, "type"), predicate = mrl_opt_given(cli, "predicate");
    if (type != predicate || (needed && !type)) {
        (void)mrl_cli_usage(cli, "name --type TYPE and --predicate FILE");
        return false;
    }
    mrl_str name = mrl_opt_str(cli, "type", MRL_S(""));
    if (!type || mrl_predicate_type(name).len > 0)
        return true;
    (void)mrl_cli_usage(cli, "--type '%.*s' is no URI and none of " MRL_PREDICATE_NAMES,
                        MRL_F(name));
    return false;
}

mrl_status mrl_predicate_given_read(struct mrl_cli *cli, struct mrl_err *err,
                                    struct mrl_predicate_given *ret) {
    ret->given = mrl_opt_given(cli, "predicate");
    if (!ret->given)
        return MRL_OK;
    ret->type = mrl_predicate_type(mrl_opt_str(cli, "type", MRL_S("")));
    ret->file = mrl_opt_str(cli, "predicate", MRL_S(""));
    return mrl_file_read(cli->arena, ret->file, MRL_BUNDLE_BYTES_MAX / 2, err, &ret->text);
}
