/* query.c - preparing queries against a compiled policy.
 *
 * A query is lowered and compiled like a rule, against a tree that is frozen: nothing of it adds
 * a rule. Its memory is the policy's, so queries are prepared before threads begin.
 */
#include "engines/policy/policy_internal.h"

#include "engines/policy/compile/declare.h"
#include "engines/policy/compile/infer.h"

#include "engines/policy/rego/parser.h"

/* The node of a package such as "data.a.b" or "a.b"; NULL when no rule is there. */
static struct mrl_node *package_node(struct mrl_node *root, mrl_str package) {
    struct mrl_node *n = root;
    bool first = true;
    while (package.len > 0 && n != NULL) {
        mrl_str rest, part = mrl_str_cut(package, '.', &rest);
        if (!(first && mrl_str_eq(part, MRL_S("data"))))
            n = mrl_tree_child(n, part);
        first = false;
        package = rest;
    }
    return first ? NULL : n;
}

/* The text and place of each expression, in the order of evaluation: the answer shows them. */
static mrl_status keep_texts(mrl_arena *a, const struct mrl_module *m, struct mrl_query *q) {
    MRL_ASSERT(m->n_rules == 1 && m->rules[0]->body != NULL);
    const struct mrl_body *body = m->rules[0]->body;
    q->expressions = MRL_ARENA_ARRAY(a, mrl_str, body->n + 1);
    q->places = MRL_ARENA_ARRAY(a, struct mrl_rloc, body->n + 1);
    MRL_CHECK(q->expressions != NULL && q->places != NULL, MRL_E_NOMEM);
    for (; q->n_expressions < body->n; q->n_expressions++) {
        struct mrl_rloc loc = body->items[q->n_expressions]->loc;
        q->expressions[q->n_expressions] = mrl_str_sub(m->text, loc.start, loc.end);
        q->places[q->n_expressions] = loc;
    }
    return MRL_OK;
}

static mrl_status query_new(struct mrl_policy *p, struct mrl_query **ret) {
    struct mrl_query *q = MRL_ARENA_NEW(p->c.arena, struct mrl_query);
    MRL_CHECK(q != NULL, MRL_E_NOMEM);
    q->policy = p;
    *ret = q;
    return MRL_OK;
}

mrl_status mrl_query_prepare(struct mrl_policy *p, mrl_str text, const struct mrl_query_opts *opts,
                             struct mrl_diags *diags, struct mrl_query **ret) {
    static const struct mrl_query_opts defaults = {.version = MRL_REGO_V1};
    opts = opts != NULL ? opts : &defaults;
    mrl_arena *a = p->c.arena;
    struct mrl_module *m = NULL;
    struct mrl_lrule *rule = NULL;
    struct mrl_block *block = NULL;
    struct mrl_query *q = NULL;
    mrl_str copy = mrl_arena_str(a, text), imports = mrl_arena_str(a, opts->imports);
    MRL_CHECK(copy.ptr != NULL && imports.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_rego_parse_query(a, copy, imports, opts->version, diags, &m));
    m->note = package_node(&p->root, opts->package);
    p->c.diags = diags;
    p->c.query = true;
    MRL_TRY(mrl_declare_module(&p->c, m));
    MRL_TRY(mrl_lower_rule(&p->c, m, m->rules[0], 0, &rule));
    MRL_TRY(mrl_gen_query(&p->c, rule, m->rules[0]->body, &block));
    MRL_TRY(mrl_infer_query(&p->c, rule));
    MRL_TRY(query_new(p, &q));
    MRL_TRY(keep_texts(a, m, q));
    q->block = block;
    *ret = q;
    return MRL_OK;
}

mrl_status mrl_query_path(struct mrl_policy *p, const mrl_str *path, size_t n,
                          struct mrl_query **ret) {
    struct mrl_block *block = NULL;
    struct mrl_query *q = NULL;
    MRL_TRY(mrl_gen_path(&p->c, path, n, &block));
    MRL_TRY(query_new(p, &q));
    q->block = block;
    *ret = q;
    return MRL_OK;
}

size_t mrl_query_expressions(const struct mrl_query *q, const mrl_str **ret) {
    MRL_ASSERT(q->expressions != NULL || q->n_expressions == 0);
    *ret = q->expressions;
    return q->n_expressions;
}

const struct mrl_rloc *mrl_query_places(const struct mrl_query *q) {
    return q->places;
}
