/* fuzz_fmt.c - what parses can be formatted; the result parses, says the same with no comment lost
 * (the formatter proves that itself), and formatting settles: OPA's layout of a few forms takes
 * more than one pass. */
#include "engines/policy/fmt/fmt.h"
#include "engines/policy/rego/parser.h"

#define PASSES_MAX 5

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static mrl_status format(mrl_arena *a, mrl_str text, const struct mrl_fmt_opts *opts, mrl_str *ret,
                         bool *ret_refused) {
    struct mrl_diags diags;
    mrl_diags_init(&diags, a, 1);
    mrl_status status = mrl_rego_fmt(a, MRL_S("f.rego"), text, opts, &diags, ret);
    *ret_refused = status == MRL_E_INVALID && diags.n > 0 &&
                   strcmp(diags.items[0].code, "rego_format_error") == 0;
    return status;
}

/* What OPA's layout cannot say: an import of keywords behind a rule changes how that rule is
 * written, but is not in force there; a call of internal.member_2 is written with `in`, which may
 * be the name of a variable. */
static bool may_be_refused(mrl_arena *a, mrl_str text, const struct mrl_fmt_opts *opts) {
    struct mrl_diags diags;
    struct mrl_module *m;
    mrl_diags_init(&diags, a, 1);
    if (mrl_rego_parse_source(a, MRL_S("f.rego"), text, opts->version, &diags, &m) != MRL_OK)
        return true;
    if (mrl_str_find(text, MRL_S("member_"), 0) != MRL_STR_NPOS)
        return true;
    return m->n_imports > 0 && m->n_rules > 0 &&
           m->imports[m->n_imports - 1].loc.start > m->rules[0]->loc.start;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_str once, twice, text = {(const char *)data, size};
    bool refused;
    struct mrl_fmt_opts opts = {.version = size % 2 == 0 ? MRL_REGO_V1 : MRL_REGO_V0};
    mrl_arena_init(&a, 1 << 26);
    mrl_status status = format(&a, text, &opts, &once, &refused);
    MRL_ASSERT(!refused || may_be_refused(&a, text, &opts));
    for (int pass = 2; status == MRL_OK; pass++) {
        MRL_ASSERT(pass <= PASSES_MAX);
        status = format(&a, once, &opts, &twice, &refused);
        MRL_ASSERT(status == MRL_OK || status == MRL_E_NOMEM);
        if (status != MRL_OK || mrl_str_eq(once, twice))
            break;
        once = twice;
    }
    mrl_arena_release(&a);
    return 0;
}
