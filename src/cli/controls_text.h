/* controls_text.h - the controls of policies/, built into the program (made by embed_policies.py).
 */
#ifndef MRL_CLI_CONTROLS_TEXT_H
#define MRL_CLI_CONTROLS_TEXT_H

#include "base/str.h"

struct mrl_control_text {
    mrl_str file; /* policies/controls/privileged.rego */
    mrl_str text;
};
extern const struct mrl_control_text mrl_control_texts[];
extern const size_t mrl_control_texts_n;

#endif
