/* json_paths.h - paths of json.filter, json.remove and json.patch: "a/b~1c" or ["a", 0]. */
#ifndef MRL_POLICY_JSON_PATHS_H
#define MRL_POLICY_JSON_PATHS_H

#include "engines/policy/builtin.h"

/* The segments of a path operand as an array of values. */
mrl_status mrl_json_path(struct mrl_bi *cx, mrl_val path, mrl_val *ret) MRL_NODISCARD;

#endif
