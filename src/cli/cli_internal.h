/* cli_internal.h - shared by the files of the command-line layer only. */
#ifndef MRL_CLI_CLI_INTERNAL_H
#define MRL_CLI_CLI_INTERNAL_H

#include "cli/cli.h"

struct mrl_optval { /* an option as given */
    const struct mrl_opt *opt;
    mrl_str value;
};

/* Options that every subcommand has. */
extern const struct mrl_opt mrl_global_opts[];
extern const size_t mrl_n_global_opts;

/* Reads argv from word `at` into cli (cmd is set). MRL_EXIT_OK or MRL_EXIT_USAGE after a message.
 */
int mrl_cli_parse(struct mrl_cli *cli, int argc, char **argv, int at);

#endif
