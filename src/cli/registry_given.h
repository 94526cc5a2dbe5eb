/* registry_given.h - what the command line and the environment say of registries. */
#ifndef MRL_CLI_REGISTRY_GIVEN_H
#define MRL_CLI_REGISTRY_GIVEN_H

#include "cli/cli.h"
#include "services/registry/source.h"

/* Rows of the options that mrl_registry_given_read reads, for a command's table. */
#define MRL_REGISTRY_OPTS                                                                          \
    {.name = "registry-ca",                                                                        \
     .arg = "FILE",                                                                                \
     .help = "believe these certificates (PEM) of registries instead of the system's"},            \
        {.name = "plain-http", .help = "reach the registry by http, without TLS"},                 \
        {.name = "timeout",                                                                        \
         .arg = "DURATION",                                                                        \
         .help = "give up when the registry has not given everything by then (default 30s)"}

/* False when an option is nonsense: a usage error was printed. */
bool mrl_registry_given_fits(const struct mrl_cli *cli);
/* Reads the options, DOCKER_CONFIG or HOME, and the variables of proxies. */
mrl_status mrl_registry_given_read(struct mrl_cli *cli, struct mrl_err *err,
                                   struct mrl_registry_opts *ret) MRL_NODISCARD;

#endif
