/* provenance_text.c - see provenance_text.h. */
#include "cli/provenance_text.h"

#include "formats/json/json.h"

#define MATERIALS_SHOWN 5

struct fact { /* of the one-line facts: what people read, the JSON member, the text */
    const char *words, *member;
    mrl_str text;
};

#define FACTS_MAX 12

static size_t facts_of(const struct mrl_provenance *p, struct fact f[FACTS_MAX]) {
    const struct fact all[] = {
        {"built by", "builder", p->builder},
        {"as", "buildType", p->build_type},
        {"from", "source", p->source},
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
static void plain(struct mrl_buf *b, mrl_str s) {
    for (size_t i = 0; i < s.len; i++)
        mrl_buf_byte(b, (unsigned char)s.ptr[i] < ' ' || s.ptr[i] == 0x7f ? '?' : s.ptr[i]);
}

static void line(struct mrl_buf *b, const char *words, mrl_str text) {
    mrl_buf_printf(b, "          %s ", words);
    plain(b, text);
    mrl_buf_byte(b, '\n');
}

void mrl_provenance_human(const struct mrl_provenance *p, struct mrl_buf *b) {
    struct fact f[FACTS_MAX];
    size_t n = facts_of(p, f);
    for (size_t i = 0; i < n; i++)
        line(b, f[i].words, f[i].text);
    for (uint32_t i = 0; mrl_is_arr(p->levels) && i < p->levels.len; i++)
        line(b, "level", mrl_val_str(mrl_arr_at(p->levels, i)));
    for (uint32_t i = 0; i < p->n_materials && i < MATERIALS_SHOWN; i++)
        line(b, "with", p->materials[i].uri.len > 0 ? p->materials[i].uri : p->materials[i].name);
    if (p->n_materials > MATERIALS_SHOWN)
        mrl_buf_printf(b, "          and %u more\n", p->n_materials - MATERIALS_SHOWN);
}

static void member(struct mrl_buf *b, const char *name, mrl_str text) {
    mrl_buf_printf(b, ", \"%s\": ", name);
    mrl_json_write_str(b, text, false);
}

static void value(struct mrl_buf *b, mrl_arena *scratch, const char *name, mrl_val v) {
    if (!mrl_is_defined(v))
        return;
    mrl_buf_printf(b, ", \"%s\": ", name);
    mrl_json_write(b, scratch, v, NULL);
}

void mrl_provenance_json(const struct mrl_provenance *p, mrl_arena *scratch, struct mrl_buf *b) {
    struct fact f[FACTS_MAX];
    size_t n = facts_of(p, f);
    MRL_BUF_LIT(b, "{\"predicateType\": ");
    mrl_json_write_str(b, p->predicate_type, false);
    for (size_t i = 0; i < n; i++)
        member(b, f[i].member, f[i].text);
    value(b, scratch, "parameters", p->parameters);
    value(b, scratch, "levels", p->levels);
    MRL_BUF_LIT(b, ", \"materials\": [");
    for (uint32_t i = 0; i < p->n_materials; i++) {
        mrl_buf_printf(b, "%s{\"uri\": ", i > 0 ? ", " : "");
        mrl_json_write_str(b, p->materials[i].uri, false);
        value(b, scratch, "digest", p->materials[i].digest);
        MRL_BUF_LIT(b, "}");
    }
    MRL_BUF_LIT(b, "]}");
}
