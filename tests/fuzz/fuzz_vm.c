/* fuzz_vm.c - the bytes choose a module from a grammar, so that most inputs compile and deep code
 * runs.
 *
 * The module is evaluated three times: with rule indexes wherever they are possible, without, and
 * with the trace instructions in. All three must give the same value, or the same error: indexes
 * and traces are not supposed to be seen.
 */
#include "base/buf.h"
#include "engines/policy/builtin.h"
#include "engines/policy/policy.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define TEXT_MAX 20000
#define DEPTH 4
#define VARS 12

struct maker {
    const uint8_t *data;
    size_t size, at;
    struct mrl_buf out;
    unsigned vars;  /* v0 … are in scope */
    unsigned rules; /* p0 … are there */
    unsigned fresh; /* numbers given to variables of this rule */
    unsigned scope[VARS];
};

/* The next choice below n; 0 when the bytes are used up, which every grammar rule takes as "stop".
 */
static unsigned pick(struct maker *m, unsigned n) {
    return m->at < m->size ? m->data[m->at++] % n : 0;
}

static void say(struct maker *m, const char *text) {
    mrl_buf_add(&m->out, mrl_str_z(text));
}

static void term(struct maker *m, unsigned depth);
static void body(struct maker *m, unsigned depth);

static void scalar(struct maker *m) {
    static const char *const all[] = {"1",     "0",  "\"a\"",      "\"b\"",     "true", "false",
                                      "null",  "-2", "2.5",        "\"a.b/c\"", "1e3",  "\"\"",
                                      "\"é\"", "10", "\"[a-z]+\"", "\"1.2.3\""};
    say(m, all[pick(m, MRL_COUNTOF(all))]);
}

static void new_var(struct maker *m) {
    unsigned v = m->fresh++;
    if (m->vars < VARS)
        m->scope[m->vars++] = v;
    mrl_buf_printf(&m->out, "v%u", v);
}

static void var(struct maker *m) {
    if (m->vars == 0)
        scalar(m);
    else
        mrl_buf_printf(&m->out, "v%u", m->scope[pick(m, m->vars)]);
}

static void ref(struct maker *m, unsigned depth) {
    static const char *const heads[] = {"input", "data.base", "input.a", "data.base.b"};
    unsigned i = pick(m, (unsigned)MRL_COUNTOF(heads) + 2);
    if (i < MRL_COUNTOF(heads))
        say(m, heads[i]);
    else if (i == MRL_COUNTOF(heads) && m->rules > 0)
        mrl_buf_printf(&m->out, "p%u", pick(m, m->rules));
    else
        say(m, "data.base.c");
    for (unsigned n = pick(m, 3); n > 0; n--) {
        static const char *const steps[] = {".a", ".b", "[0]", "[1]", "[\"c\"]", "[_]"};
        unsigned s = pick(m, (unsigned)MRL_COUNTOF(steps) + 1);
        if (s < MRL_COUNTOF(steps)) {
            say(m, steps[s]);
        } else {
            say(m, "[");
            term(m, depth > 0 ? depth - 1 : 0);
            say(m, "]");
        }
    }
}

/* Functions that depend on their arguments alone, and take their time only in proportion to them.
 */
static void call(struct maker *m, unsigned depth) {
    size_t n = 0;
    while (mrl_builtin_at(n) != NULL)
        n++;
    const struct mrl_builtin *b = mrl_builtin_at((pick(m, 256) * 7u + pick(m, 7)) % n);
    if (b->fn == NULL || b->arity == 0 ||
        (b->flags & (MRL_BI_NONDET | MRL_BI_DEPRECATED | MRL_BI_INTERNAL | MRL_BI_VOID)))
        b = mrl_builtin_find(MRL_S("count"));
    bool infix = b->infix != NULL && b->arity == 2;
    if (!infix)
        mrl_buf_printf(&m->out, "%s", b->name);
    say(m, "(");
    for (unsigned i = 0; i < b->arity; i++) {
        if (i > 0)
            mrl_buf_printf(&m->out, " %s ", infix ? b->infix : ",");
        term(m, depth - 1);
    }
    say(m, ")");
}

static void comprehension(struct maker *m, unsigned depth) {
    unsigned kind = pick(m, 3), vars = m->vars;
    struct mrl_buf head = m->out, inside;
    mrl_buf_init(&inside, TEXT_MAX);
    m->out = inside;
    body(m, depth - 1);
    inside = m->out;
    m->out = head;
    say(m, kind == 0 ? "[" : "{");
    if (kind == 2) {
        term(m, 0);
        say(m, ": ");
    }
    term(m, 0);
    say(m, " | ");
    mrl_buf_add(&m->out, mrl_buf_str(&inside));
    say(m, kind == 0 ? "]" : "}");
    mrl_buf_release(&inside);
    m->vars = vars;
}

static void list(struct maker *m, unsigned depth, const char *open, const char *close, bool keys) {
    say(m, open);
    for (unsigned n = 1 + pick(m, 3); n > 0; n--) {
        if (keys) {
            static const char *const names[] = {"\"a\": ", "\"b\": ", "\"c\": "};
            say(m, names[n % 3]);
        }
        term(m, depth - 1);
        say(m, n > 1 ? ", " : "");
    }
    say(m, close);
}

static void term(struct maker *m, unsigned depth) {
    switch (depth == 0 ? pick(m, 2) : pick(m, 9)) {
    case 0:
        scalar(m);
        break;
    case 1:
        var(m);
        break;
    case 2:
    case 3:
        ref(m, depth);
        break;
    case 4:
    case 5:
        call(m, depth);
        break;
    case 6:
        list(m, depth, "[", "]", false);
        break;
    case 7:
        list(m, depth, "{", "}", pick(m, 2));
        break;
    default:
        comprehension(m, depth);
    }
}

/* Text made now, to stand behind variables that must not be in it. */
static struct mrl_buf apart(struct maker *m, unsigned depth) {
    struct mrl_buf before = m->out, made;
    mrl_buf_init(&m->out, TEXT_MAX);
    term(m, depth);
    made = m->out;
    m->out = before;
    return made;
}

static void binding(struct maker *m, unsigned depth) {
    unsigned kind = pick(m, 4);
    struct mrl_buf value = apart(m, depth);
    say(m, kind < 2 ? "" : "some ");
    new_var(m);
    if (kind == 3) {
        say(m, ", ");
        new_var(m);
    }
    say(m, kind < 2 ? " := " : " in ");
    mrl_buf_add(&m->out, mrl_buf_str(&value));
    mrl_buf_release(&value);
}

static void literal(struct maker *m, unsigned depth) {
    static const char *const ops[] = {" == ", " != ", " < ", " >= ", " in ", " = "};
    unsigned vars = m->vars;
    switch (pick(m, 8)) {
    case 0:
    case 1:
    case 2:
        binding(m, depth);
        break;
    case 3:
        term(m, depth);
        say(m, ops[pick(m, MRL_COUNTOF(ops))]);
        term(m, depth);
        break;
    case 4:
        say(m, "not ");
        call(m, depth > 0 ? depth : 1);
        break;
    case 5: {
        struct mrl_buf domain = apart(m, depth);
        say(m, "every ");
        new_var(m);
        say(m, " in ");
        mrl_buf_add(&m->out, mrl_buf_str(&domain));
        mrl_buf_release(&domain);
        mrl_buf_printf(&m->out, " { v%u != 77; ", m->fresh - 1);
        body(m, depth > 0 ? depth - 1 : 0);
        say(m, " }");
        m->vars = vars;
        break;
    }
    case 6:
        ref(m, depth);
        say(m, pick(m, 2) ? " with input as " : " with data.base.b as ");
        term(m, 1);
        break;
    default:
        ref(m, depth);
    }
}

static void body(struct maker *m, unsigned depth) {
    literal(m, depth);
    for (unsigned n = pick(m, 3); n > 0; n--) {
        say(m, "; ");
        literal(m, depth);
    }
}

/* Rules of one name on end, so that they get an index. */
static void rule(struct maker *m) {
    unsigned kind = pick(m, 4), times = 1 + pick(m, 4);
    for (unsigned i = 0; i < times; i++) {
        static const char *const tests[] = {"input.a == \"a\"; ", "input.a == \"b\"; ",
                                            "input.k == 1; ", "1 == input.k; ", ""};
        struct mrl_buf head = m->out, inside;
        m->vars = m->fresh = 0;
        mrl_buf_init(&m->out, TEXT_MAX);
        say(m, tests[pick(m, MRL_COUNTOF(tests))]);
        body(m, DEPTH - 1);
        inside = m->out;
        m->out = head;
        mrl_buf_printf(&m->out, "p%u", m->rules);
        if (kind == 0) {
            say(m, " contains ");
            term(m, 1);
        } else if (kind == 1) {
            say(m, "[");
            term(m, 0);
            say(m, "] := ");
            term(m, 1);
        } else {
            say(m, " := ");
            term(m, kind == 2 ? 0 : 1);
        }
        say(m, " if { ");
        mrl_buf_add(&m->out, mrl_buf_str(&inside));
        say(m, " }\n");
        mrl_buf_release(&inside);
    }
    m->rules++;
}

/* --- running ---------------------------------------------------------------------------------- */

static mrl_status value_of(mrl_arena *a, mrl_str text, struct mrl_policy_opts opts, mrl_val *ret,
                           char code[40]) {
    struct mrl_policy_builder *b = NULL;
    struct mrl_policy *p = NULL;
    struct mrl_query *q = NULL;
    struct mrl_vm *vm = NULL;
    struct mrl_diags diags;
    struct mrl_err err;
    mrl_str path[] = {MRL_S("t")};
    mrl_val v = mrl_undefined(), data = mrl_undefined(), input = mrl_undefined();
    struct mrl_vm_opts vm_opts = {
        .max_steps = 50000, .max_bytes = 1 << 22, .now_ns = 1, .rand_seed = 1};
    struct mrl_member inner[] = {{MRL_V("a"), mrl_int(1)}, {MRL_V("b"), MRL_V("x")}};
    struct mrl_member fields[] = {{MRL_V("a"), MRL_V("a")}, {MRL_V("k"), mrl_int(1)}};
    opts.version = MRL_REGO_V1;
    mrl_diags_init(&diags, a, 1);
    mrl_err_init(&err);
    MRL_TRY(mrl_obj_of(a, inner, 2, &v));
    MRL_TRY(mrl_obj_of(a, &(struct mrl_member){MRL_V("base"), v}, 1, &data));
    MRL_TRY(mrl_obj_of(a, fields, 2, &input));
    MRL_TRY(mrl_policy_builder_new(&opts, &b));
    mrl_status status = mrl_policy_add_module(b, MRL_S("t.rego"), text, MRL_REGO_V1, &diags);
    if (status == MRL_OK)
        status = mrl_policy_set_data(b, a, data);
    if (status == MRL_OK)
        status = mrl_policy_compile(b, &diags, &p);
    if (status == MRL_OK)
        status = mrl_query_path(p, path, 1, &q);
    if (status == MRL_OK)
        status = mrl_vm_new(p, &vm_opts, &vm);
    if (status == MRL_OK)
        status = mrl_vm_begin(vm, input);
    if (status == MRL_OK)
        status = mrl_vm_value(vm, q, &err, &v);
    if (status == MRL_OK)
        status = mrl_val_copy(a, v, ret);
    snprintf(code, 40, "%s", err.id != NULL ? err.id : "");
    mrl_vm_free(vm);
    mrl_policy_builder_free(b);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct maker m = {.data = data, .size = size};
    struct mrl_policy_opts opts[3] = {{.index_min = 1}, {.index_min = UINT32_MAX}, {.debug = true}};
    mrl_val v[3];
    mrl_status status[3];
    char code[3][40];
    mrl_arena a;
    mrl_arena_init(&a, 1 << 25);
    mrl_buf_init(&m.out, TEXT_MAX);
    say(&m, "package t\n");
    while (m.at < m.size && m.rules < 6 && m.out.status == MRL_OK)
        rule(&m);
    for (int i = 0; i < 3 && m.out.status == MRL_OK; i++) {
        v[i] = mrl_undefined();
        status[i] = value_of(&a, mrl_buf_str(&m.out), opts[i], &v[i], code[i]);
        /* Budgets are counted in instructions, which are others without an index. */
        bool same = i == 0 || status[0] == MRL_E_BUDGET || status[i] == MRL_E_BUDGET ||
                    status[0] == MRL_E_NOMEM || status[i] == MRL_E_NOMEM ||
                    (status[i] == status[0] && v[i].tag == v[0].tag &&
                     (!mrl_is_defined(v[0]) || mrl_val_eq(v[0], v[i])));
        if (!same) {
            fprintf(stderr, "variant %d differs: %s %s\n%.*s\n", i, mrl_status_name(status[i]),
                    code[i], (int)m.out.len, m.out.ptr);
            abort();
        }
    }
    mrl_buf_release(&m.out);
    mrl_arena_release(&a);
    return 0;
}
