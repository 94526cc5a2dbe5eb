/* predicate_given.h - the predicate of a statement, as the command line names it. */
#ifndef MRL_CLI_PREDICATE_GIVEN_H
#define MRL_CLI_PREDICATE_GIVEN_H

#include "cli/cli.h"
#include "engines/trust/sign.h"

struct mrl_predicate_given {
    bool given;
    mrl_str type, file, text;
};

#define MRL_PREDICATE_OPTS                                                                         \
    {.name = "type",                                                                               \
     .arg = "TYPE",                                                                                \
     .help = "type of the predicate: a URI, or one of " MRL_PREDICATE_NAMES},                      \
        {.name = "predicate", .arg = "FILE", .help = "the predicate (a JSON object)"}

/* True when --type and --predicate stand together (or, unless `needed`, neither); else a usage
 * error was printed. */
bool mrl_predicate_given_enough(const struct mrl_cli *cli, bool needed);
/* Reads the file named. Errors name it. */
mrl_status mrl_predicate_given_read(struct mrl_cli *cli, struct mrl_err *err,
                                    struct mrl_predicate_given *ret) MRL_NODISCARD;

#endif
