/* baseline.h - the ratchet: accepted debt by fingerprint, and a floor that only rises.
 *
 * File (schema "merlon.baseline/1"): {"schema", "floor", "debt": {fingerprint: {"owner", "reason",
 * "expires"}}}. Sorted and indented, so that changes are easy to review.
 */
#ifndef MRL_CLI_BASELINE_H
#define MRL_CLI_BASELINE_H

#include "cli/check.h"

struct mrl_baseline {
    mrl_val debt; /* object: fingerprint to {"owner", "reason", "expires"} */
    double floor;
};

/* Reads and validates a baseline file; err names it. */
mrl_status mrl_baseline_read(mrl_arena *a, mrl_str file, struct mrl_err *err,
                             struct mrl_baseline *ret) MRL_NODISCARD;
/* Replaces the file as a whole. */
mrl_status mrl_baseline_write(mrl_arena *a, mrl_str file, const struct mrl_baseline *b,
                              struct mrl_err *err) MRL_NODISCARD;

#endif
