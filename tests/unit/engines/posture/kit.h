/* kit.h - a tree and its controls out of texts, for the tests of posture. */
#ifndef MRL_TESTS_POSTURE_KIT_H
#define MRL_TESTS_POSTURE_KIT_H

#include "base/buf.h"
#include "engines/posture/fix.h"
#include "engines/posture/posture.h"
#include "test.h"

struct kit { /* everything of one run; `arena` is the caller's */
    mrl_arena *arena;
    struct mrl_policy_builder *builder;
    struct mrl_policy *policy;
    struct mrl_pool *pool;
    struct mrl_diags diags;
    struct mrl_controls controls;
    struct mrl_objects objects;
    struct mrl_posture posture;
    struct mrl_text_file source;
};

/* Controls from the modules (NULL-terminated), objects from one YAML text, judged on `jobs`
 * threads. False when a step failed (memory, or a module that does not compile). */
bool kit_run(struct kit *k, mrl_arena *a, const char *const *modules, const char *yaml,
             unsigned jobs);
/* Adds the objects of a text without judging; part of kit_run. */
bool kit_read(struct kit *k, const char *yaml);
void kit_release(struct kit *k);
/* The finding i, or the test fails and an empty one comes back. */
const struct mrl_finding *kit_finding(const struct kit *k, uint32_t i);

#endif
