/* kit.c - see kit.h. */
#include "kit.h"

#include "formats/yaml/yaml.h"

bool kit_read(struct kit *k, const char *yaml) {
    struct mrl_yaml_opts opts = {.file = MRL_S("t.yaml"), .keep_spans = true};
    struct mrl_yaml_doc *docs;
    size_t n;
    k->source = (struct mrl_text_file){.path = MRL_S("t.yaml"), .text = mrl_str_z(yaml)};
    if (mrl_text_file_index(k->arena, &k->source) != MRL_OK ||
        mrl_yaml_parse(k->arena, k->source.text, &opts, NULL, &docs, &n) != MRL_OK)
        return false;
    mrl_objects_init(&k->objects, k->arena);
    for (size_t i = 0; i < n; i++)
        if (mrl_objects_add(&k->objects, &k->source, docs[i].value, docs[i].start, docs[i].end) !=
            MRL_OK)
            return false;
    return true;
}

static mrl_status compile(struct kit *k, const char *const *modules) {
    MRL_TRY(mrl_policy_builder_new(NULL, &k->builder));
    for (int i = 0; modules[i] != NULL; i++) {
        mrl_str file = mrl_arena_printf(k->arena, "m%d.rego", i);
        MRL_CHECK(file.ptr != NULL, MRL_E_NOMEM);
        MRL_TRY(
            mrl_policy_add_module(k->builder, file, mrl_str_z(modules[i]), MRL_REGO_V1, &k->diags));
    }
    MRL_TRY(mrl_policy_compile(k->builder, &k->diags, &k->policy));
    return mrl_controls_find(k->policy, k->arena, &k->diags, &k->controls);
}

bool kit_run(struct kit *k, mrl_arena *a, const char *const *modules, const char *yaml,
             unsigned jobs) {
    *k = (struct kit){.arena = a, .posture = {.arena = a}};
    mrl_diags_init(&k->diags, a, 0);
    if (compile(k, modules) != MRL_OK || !kit_read(k, yaml) ||
        mrl_pool_new(jobs, &k->pool) != MRL_OK)
        return false;
    struct mrl_err err;
    struct mrl_vm_opts vm = {.now_ns = 1};
    struct mrl_judge_job job = {
        .policy = k->policy, .controls = &k->controls, .objects = &k->objects, .vm = &vm};
    return mrl_objects_inventory(&k->objects, &job.inventory) == MRL_OK &&
           mrl_judge_all(k->pool, &job, &k->posture, &err) == MRL_OK;
}

void kit_release(struct kit *k) {
    mrl_pool_free(k->pool);
    mrl_policy_builder_free(k->builder);
}

const struct mrl_finding *kit_finding(const struct kit *k, uint32_t i) {
    static const struct mrl_control no_control;
    static const struct mrl_finding none = {.control = &no_control};
    if (i < k->posture.n_findings)
        return &k->posture.findings[i];
    mrl_test_fail(__FILE__, __LINE__, "finding %u of %u", i, k->posture.n_findings);
    return &none;
}
