/* schema.h - the schema of a constraint's parameters: checking, unknown fields, defaults.
 *
 * Idea: a ConstraintTemplate describes its parameters by a structural OpenAPI v3 schema, as a
 * CustomResourceDefinition does. A constraint that does not fit must be refused, because its Rego
 * would read undefined values and pass everything. Keywords: type, nullable, enum, required,
 * properties, additionalProperties, items, the bounds of numbers, texts, lists and objects,
 * pattern, allOf, anyOf, oneOf, not, default and the x-kubernetes-* extensions that change
 * validation. `format` is not checked. Pure; values live in the arena given. Cost: linear in value
 * x schema. Source: the structural schemas of Kubernetes' CustomResourceDefinition v1.
 */
#ifndef MRL_GATEKEEPER_SCHEMA_H
#define MRL_GATEKEEPER_SCHEMA_H

#include "base/value.h"

#define MRL_SCHEMA_DEPTH_MAX 128 /* schemas inside schemas, values inside values */

/* Checks a value; `path` names it in messages ("spec.parameters"). MRL_E_INVALID with the first
 * thing that does not fit, MRL_E_LIMIT for depth, MRL_E_NOMEM. */
mrl_status mrl_schema_check(mrl_arena *a, mrl_val schema, mrl_val value, mrl_str path,
                            struct mrl_err *err) MRL_NODISCARD;

/* Refuses (MRL_E_INVALID) a field that the schema does not know; a part that preserves unknown
 * fields knows everything. */
mrl_status mrl_schema_check_fields(mrl_arena *a, mrl_val schema, mrl_val value, mrl_str path,
                                   struct mrl_err *err) MRL_NODISCARD;

/* The value with the schema's defaults for what it leaves out. */
mrl_status mrl_schema_default(mrl_arena *a, mrl_val schema, mrl_val value,
                              mrl_val *ret) MRL_NODISCARD;

#endif
