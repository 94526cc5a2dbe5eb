/* fuzz_constraint.c - a YAML stream of templates, constraints, suites and objects: everything is
 * read, compiled, and every object is judged by every constraint under small budgets. */
#include "engines/gatekeeper/suite.h"
#include "formats/yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DOCS_MAX 16 /* keeps one input fast: objects times constraints */

struct world {
    mrl_arena arena;
    struct mrl_gk_set set;
    struct mrl_yaml_doc *docs;
    size_t n;
    mrl_str text;
};

static struct mrl_gk_source source_of(const struct world *w, size_t i) {
    return (struct mrl_gk_source){MRL_S("f.yaml"), w->text, w->docs[i].value, w->docs[i].start};
}

static mrl_status read_suite(struct world *w, mrl_val v) {
    struct mrl_suite s;
    struct mrl_err err;
    struct mrl_gk_results none = {.arena = &w->arena};
    mrl_err_init(&err);
    MRL_TRY(mrl_suite_read(&w->arena, v, &err, &s));
    for (uint32_t i = 0; i < s.n_tests; i++)
        for (uint32_t k = 0; k < s.tests[i].n_cases; k++)
            for (uint32_t x = 0; x < s.tests[i].cases[k].n_assertions; x++) {
                bool holds;
                mrl_str why;
                if (s.tests[i].cases[k].problem.len == 0)
                    MRL_TRY(mrl_assertion_holds(&s.tests[i].cases[k].assertions[x], &none,
                                                &w->arena, &holds, &why));
            }
    return MRL_OK;
}

/* Templates first, so that constraints find theirs wherever they stand. */
static mrl_status read_all(struct world *w) {
    for (size_t i = 0; i < w->n; i++) {
        struct mrl_gk_source src = source_of(w, i);
        struct mrl_gk_template *t = NULL;
        if (mrl_gk_role_of(src.value) == MRL_GK_TEMPLATE)
            MRL_TRY(mrl_gk_add_template(&w->set, &src, &t));
        if (mrl_gk_role_of(src.value) == MRL_GK_SUITE && read_suite(w, src.value) == MRL_E_NOMEM)
            return MRL_E_NOMEM;
    }
    MRL_TRY(mrl_gk_refuse_twins(&w->set));
    for (size_t i = 0; i < w->n; i++) {
        struct mrl_gk_source src = source_of(w, i);
        struct mrl_gk_constraint *c = NULL;
        mrl_str kind = mrl_val_str(MRL_GET(src.value, "kind"));
        if (mrl_gk_role_of(src.value) == MRL_GK_CONSTRAINT)
            MRL_TRY(mrl_gk_add_constraint(&w->set, &src, mrl_gk_template_of(&w->set, kind),
                                          MRL_S("gator.gatekeeper.sh"), &c));
    }
    return MRL_OK;
}

static mrl_status judge(struct world *w, struct mrl_vm *vm, mrl_val object) {
    struct mrl_gk_review review;
    struct mrl_gk_results results = {.arena = &w->arena};
    struct mrl_err err;
    mrl_err_init(&err);
    MRL_TRY(mrl_vm_begin(vm, mrl_undefined()));
    mrl_arena *a = mrl_vm_arena(vm);
    MRL_TRY(mrl_gk_is_admission_review(object)
                ? mrl_gk_review_request(a, object, mrl_undefined(), &err, &review)
                : mrl_gk_review_object(a, object, mrl_undefined(), &review));
    for (uint32_t i = 0; i < w->set.n_constraints; i++) {
        struct mrl_gk_constraint *c = w->set.constraints[i];
        if (c->template == NULL || c->template->fault == MRL_GK_SOUND)
            MRL_TRY(mrl_gk_judge(vm, c, &review, &results));
    }
    return MRL_OK;
}

static void run(struct world *w) {
    struct mrl_policy *p = NULL;
    struct mrl_vm *vm = NULL;
    struct mrl_vm_opts opts = {
        .max_steps = 20000, .max_bytes = 1 << 22, .now_ns = 1, .rand_seed = 1};
    if (read_all(w) != MRL_OK || mrl_gk_compile(&w->set, false, &p) != MRL_OK)
        return;
    if (mrl_vm_new(p, &opts, &vm) == MRL_OK)
        for (size_t i = 0; i < w->n; i++)
            if (judge(w, vm, w->docs[i].value) == MRL_E_NOMEM)
                break;
    mrl_vm_free(vm);
    mrl_policy_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct world w = {.text = {(const char *)data, size}};
    struct mrl_yaml_opts opts = {.keep_spans = true};
    mrl_arena_init(&w.arena, 1 << 24);
    mrl_gk_set_init(&w.set, &w.arena);
    if (mrl_yaml_parse(&w.arena, w.text, &opts, NULL, &w.docs, &w.n) == MRL_OK && w.n <= DOCS_MAX)
        run(&w);
    mrl_arena_release(&w.arena);
    return 0;
}
