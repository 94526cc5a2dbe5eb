/* image_policy.h - `merlon image verify` by the rules of merlon.yaml: one decision an image, with
 * its reasons; or, with --dry-run, what would be refused.
 *
 * Idea: the same images, evidence and controls as in `merlon check`, with images that are named
 * instead of found. So what is refused here is what fails there.
 */
#ifndef MRL_CLI_IMAGE_POLICY_H
#define MRL_CLI_IMAGE_POLICY_H

#include "cli/cli.h"

/* Rows of the options that the command needs beside MRL_REGISTRY_OPTS and MRL_IMAGES_OPTS. */
#define MRL_IMAGE_POLICY_OPTS                                                                      \
    {.name = "images-from",                                                                        \
     .arg = "FILE",                                                                                \
     .help = "verify the images of a list, too: one a line, - is stdin"},                          \
        {.name = "dry-run", .help = "show what would be refused, and exit with 0"}

/* True when merlon.yaml, not the command line, says whose signatures will do. */
bool mrl_image_policy_wanted(const struct mrl_cli *cli);
/* Runs it. Returns the exit code: 1 when an image fails, else 3 when one is unknown. */
int mrl_image_policy_run(struct mrl_cli *cli);

#endif
