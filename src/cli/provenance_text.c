/* provenance_text.c - see provenance_text.h. */
#include "cli/provenance_text.h"

#include "cli/screen.h"

#define MATERIALS_SHOWN 5

struct fact { /* of the one-line facts: what people read, the JSON member, the text */
    const char *words, *member;
    mrl_str text;
};

#define FACTS_MAX 13

static size_t facts_of(const struct mrl_provenance *p, struct fact f[FACTS_MAX]) {
    const struct fact all[] = {
        {"built by", "builder", p->builder},
        {"as", "buildType", p->build_type},
        {"from", "source", p->source},
        {"", "repository", p->repository},
        {"branch or tag", "ref", p->ref},
        {"at commit", "commit", p->commit},
        {"by", "entryPoint", p->entry_point},
        {"run", "invocation", p->invocation},
        {"verified by", "verifier", p->verifier},
        {"about", "resource", p->resource},
        {"by policy", "policy", p->policy},
        {"result", "result", p->result},
        {"at", "time", p->time},
    };
    _Static_assert(MRL_COUNTOF(all) <= FACTS_MAX, "all facts have a place");
    size_t n = 0;
    for (size_t i = 0; i < MRL_COUNTOF(all); i++)
        if (all[i].text.len > 0)
            f[n++] = all[i];
    return n;
}

bool mrl_provenance_has_facts(mrl_str predicate_type) {
    return mrl_str_starts(predicate_type, MRL_S("https://slsa.dev/"));
}

/* Builders write what they like: nothing of it may move a terminal's cursor. */
static void line(struct mrl_buf *b, const char *words, mrl_str text) {
    mrl_buf_printf(b, "          %s ", words);
    mrl_plain_text(b, text);
    mrl_buf_byte(b, '\n');
}

void mrl_provenance_human(const struct mrl_provenance *p, struct mrl_buf *b) {
    struct fact f[FACTS_MAX];
    size_t n = facts_of(p, f);
    for (size_t i = 0; i < n; i++)
        if (f[i].words[0] != '\0') /* else people see it as a part of another */
            line(b, f[i].words, f[i].text);
    for (uint32_t i = 0; mrl_is_arr(p->levels) && i < p->levels.len; i++)
        line(b, "level", mrl_val_str(mrl_arr_at(p->levels, i)));
    for (uint32_t i = 0; i < p->n_materials && i < MATERIALS_SHOWN; i++)
        line(b, "with", p->materials[i].uri.len > 0 ? p->materials[i].uri : p->materials[i].name);
    if (p->n_materials > MATERIALS_SHOWN)
        mrl_buf_printf(b, "          and %u more\n", p->n_materials - MATERIALS_SHOWN);
}

static mrl_status materials_of(const struct mrl_provenance *p, mrl_arena *a, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, a, MRL_T_ARR, p->n_materials);
    for (uint32_t i = 0; i < p->n_materials; i++) {
        const struct mrl_material *m = &p->materials[i];
        mrl_val one;
        struct mrl_member all[] = {{MRL_V("uri"), mrl_strval(m->uri)},
                                   {MRL_V("digest"), m->digest}};
        MRL_TRY(mrl_obj_of(a, all, mrl_is_defined(m->digest) ? 2 : 1, &one));
        mrl_build_item(&b, one);
    }
    return mrl_build_end(&b, ret);
}

mrl_status mrl_provenance_value(const struct mrl_provenance *p, mrl_arena *a, mrl_val *ret) {
    struct fact f[FACTS_MAX];
    struct mrl_builder b;
    size_t n = facts_of(p, f);
    mrl_val materials;
    MRL_TRY(materials_of(p, a, &materials));
    mrl_builder_init(&b, a, MRL_T_OBJ, (uint32_t)n + 4);
    mrl_build_member(&b, MRL_V("predicateType"), mrl_strval(p->predicate_type));
    for (size_t i = 0; i < n; i++)
        mrl_build_member(&b, mrl_strval(mrl_str_z(f[i].member)), mrl_strval(f[i].text));
    if (mrl_is_defined(p->parameters))
        mrl_build_member(&b, MRL_V("parameters"), p->parameters);
    if (mrl_is_defined(p->levels))
        mrl_build_member(&b, MRL_V("levels"), p->levels);
    mrl_build_member(&b, MRL_V("materials"), materials);
    return mrl_build_end(&b, ret);
}
