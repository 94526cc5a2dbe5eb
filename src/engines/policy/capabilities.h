/* capabilities.h - which builtins, keywords and features policies may use.
 *
 * Idea: OPA's capabilities files name what a certain OPA version (or a team) allows, so that a
 * policy that compiles here also compiles there. A set of them is a value of fixed size. `current`
 * is what this build has; a version is what OPA had then, cut to what this build has.
 *
 * Source: OPA's documentation of capabilities; versions from its files (capabilities.def).
 */
#ifndef MRL_POLICY_CAPABILITIES_H
#define MRL_POLICY_CAPABILITIES_H

#include "base/buf.h"
#include "base/value.h"

#define MRL_CAPS_BUILTINS_MAX 256

enum mrl_caps_keyword {
    MRL_CAPS_KW_IN = 1,
    MRL_CAPS_KW_EVERY = 2,
    MRL_CAPS_KW_IF = 4,
    MRL_CAPS_KW_CONTAINS = 8,
    MRL_CAPS_KW_NOT = 16,
    MRL_CAPS_KW_AND = 32,
    MRL_CAPS_KW_OR = 64,
};

enum mrl_caps_feature {
    MRL_CAPS_REGO_V1 = 1,
    MRL_CAPS_REGO_V1_IMPORT = 2,
    MRL_CAPS_HEAD_REFS = 4,         /* rule_head_refs: a.b[x].c := 1 */
    MRL_CAPS_HEAD_REF_PREFIXES = 8, /* rule_head_ref_string_prefixes: a.b.c := 1 */
    MRL_CAPS_KEYWORDS_IN_REFS = 16,
    MRL_CAPS_TEMPLATE_STRINGS = 32,
};

struct mrl_capabilities {
    uint64_t builtins[MRL_CAPS_BUILTINS_MAX / 64]; /* by mrl_builtin_index */
    uint32_t keywords;                             /* that an import may ask for */
    uint32_t features;
};

/* What this build has. */
void mrl_capabilities_current(struct mrl_capabilities *ret);
/* What OPA of a version had ("v1.2.0" or "1.2.0"); false when there is no such version. */
bool mrl_capabilities_version(mrl_str version, struct mrl_capabilities *ret);
/* The i-th version, oldest first, as text in `room`; the empty slice behind the last. */
mrl_str mrl_capabilities_nth(size_t i, char room[32]);
/* Reads a capabilities file. Names that are not known here are left out: they cannot be called
 * anyway. */
mrl_status mrl_capabilities_parse(mrl_arena *a, mrl_str file, mrl_str json, struct mrl_err *err,
                                  struct mrl_capabilities *ret) MRL_NODISCARD;
/* OPA's JSON of a set, with the declarations of this build. */
void mrl_capabilities_print(struct mrl_buf *out, mrl_arena *a, const struct mrl_capabilities *c);

struct mrl_builtin;
/* True when a builtin may be called. */
bool mrl_capabilities_has(const struct mrl_capabilities *c, const struct mrl_builtin *b);

#endif
