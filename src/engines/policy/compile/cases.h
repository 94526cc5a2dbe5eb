/* cases.h - what compiling does for tests (opts.cases): several tests of one name, and tests whose
 * rule has keys, one case a key. Used by compile/ and by the runner of tests.
 */
#ifndef MRL_POLICY_COMPILE_CASES_H
#define MRL_POLICY_COMPILE_CASES_H

#include "engines/policy/compile/lower_internal.h"

/* Gives the second and later tests of one path names of their own: test_x#01, test_x#02. */
mrl_status mrl_cases_rename(struct mrl_compiler *c) MRL_NODISCARD;
/* Makes a test with keys tell each case before it is decided: puts internal.test_case([keys]) into
 * the lowered body at the first place where the keys are known, unless the rule calls it itself.
 * Literals from..to of the body are those that compute the keys. False after l->status was set. */
bool mrl_cases_tell(struct mrl_lowering *l, struct mrl_lrule *r, uint32_t skip, uint32_t from,
                    uint32_t to);

#endif
