/* policy_opts.h - the options that say how policies are compiled, shared by all commands that do.
 */
#ifndef MRL_CLI_POLICY_OPTS_H
#define MRL_CLI_POLICY_OPTS_H

#include "cli/cli.h"
#include "engines/policy/policy.h"

/* Rows for a command's table of options; mrl_policy_opts_read wants all of them. */
#define MRL_POLICY_OPT_ROWS                                                                        \
    {.name = "strict",                                                                             \
     .letter = 'S',                                                                                \
     .help = "strict mode: unused variables, arguments and imports, and deprecated builtins are "  \
             "errors"},                                                                            \
        {.name = "v0-compatible", .help = "policies are v0 Rego unless they say otherwise"},       \
        {.name = "v1-compatible", .help = "policies are v1 Rego (the default)"},                   \
        {.name = "capabilities",                                                                   \
         .arg = "FILE|VERSION",                                                                    \
         .help = "allow only what a capabilities file, or a version of OPA (v1.0.0), has"},        \
        {.name = "max-errors",                                                                     \
         .letter = 'm',                                                                            \
         .arg = "N",                                                                               \
         .help = "errors that are shown (default 10; 0: all)"}

/* Reads them. A bad value is printed as a usage error (MRL_E_INVALID); a capabilities file that
 * cannot be read gives its status after printing why. Lives in the run's arena. */
mrl_status mrl_policy_opts_read(struct mrl_cli *cli, struct mrl_policy_opts *ret) MRL_NODISCARD;
/* The exit code after mrl_policy_opts_read failed. */
int mrl_policy_opts_exit(mrl_status status);

#endif
