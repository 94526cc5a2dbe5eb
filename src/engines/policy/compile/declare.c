/* declare.c - see declare.h.
 *
 * All names of a rule are in one hash table; each has its uses in the scopes that are open, the
 * innermost first. Leaving a scope drops the uses that belong to it.
 *
 * A use belongs to the scope in which the name was first seen or declared, and counts each later
 * mention there or further in. Scopes of closures are pushed and popped as the walk goes, so the
 * innermost use of a name is always the first of its list. Messages and their order are those of
 * OPA 1.x, which tools and people compare.
 */
#include "engines/policy/compile/declare.h"

#include "base/buf.h"
#include "engines/policy/compile/strict.h"
#include "engines/policy/policy.h"

#define DEPTH_MAX 1500 /* terms and bodies inside each other */

/* How a name came to be known in its scope; USE_NEW is the answer for one that is not. */
enum use_kind { USE_NEW, USE_ARG, USE_SEEN, USE_ASSIGNED, USE_DECLARED };

struct use { /* a name in one scope */
    struct name *name;
    struct use *outer, *next; /* the same name further out; the next name of this scope */
    /* Number of the scope, and how often the name was mentioned there, the declaration included. */
    uint32_t scope;
    uint32_t count;
    uint8_t kind;
    struct mrl_rloc loc; /* of the expression that declares it */
};

struct name {
    mrl_str text;
    struct use *uses; /* innermost first */
};

struct shadow { /* a body's names that hide globals */
    struct shadow *outer;
    mrl_str *names;
    uint32_t n;
};

struct declare {
    struct mrl_compiler *c;
    struct mrl_module *m;
    struct name *names; /* open addressing; text.ptr NULL: free */
    uint32_t n_names, mask;
    uint64_t seed;
    struct use *scope[DEPTH_MAX + 2]; /* the uses of each open scope */
    uint32_t n_scopes;
    struct shadow *shadows;
    unsigned depth;
    uint32_t n_errors; /* of the rule at hand */
    bool failed;
    mrl_status status;
};

static void walk(struct declare *d, const struct mrl_term *t);
static void body(struct declare *d, const struct mrl_body *b, const struct mrl_term *const *used,
                 uint32_t n_used);

/* Reports an error and goes on: one bad name should not hide the next. Only memory stops the
 * walk. */
static void fail(struct declare *d, struct mrl_rloc loc, const char *before, mrl_str name,
                 const char *after) {
    d->n_errors++;
    mrl_status s = mrl_compile_fail(d->c, d->m, loc, "rego_compile_error", "%s%.*s%s", before,
                                    MRL_F(name), after);
    d->status = s == MRL_E_NOMEM ? s : d->status;
}

/* --- names and scopes ------------------------------------------------------------------------- */

/* Twice the room for names. Entries move, so the uses that point back at them are told. */
static bool grow_names(struct declare *d) {
    uint32_t size = d->names != NULL ? (d->mask + 1) * 2 : 32;
    MRL_ASSERT((size & (size - 1)) == 0);
    struct name *old = d->names, *all = MRL_ARENA_ARRAY(d->c->arena, struct name, size);
    if (all == NULL) {
        d->status = MRL_E_NOMEM;
        return false;
    }
    for (uint32_t i = 0; old != NULL && i <= d->mask; i++) {
        if (old[i].text.ptr == NULL)
            continue;
        uint32_t at =
            (uint32_t)mrl_hash_bytes(old[i].text.ptr, old[i].text.len, d->seed) & (size - 1);
        while (all[at].text.ptr != NULL)
            at = (at + 1) & (size - 1);
        all[at] = old[i];
        for (struct use *u = all[at].uses; u != NULL; u = u->outer)
            u->name = &all[at];
    }
    d->names = all;
    d->mask = size - 1;
    return true;
}

/* The entry of a name; NULL without memory. */
static struct name *entry(struct declare *d, mrl_str text) {
    if ((d->names == NULL || d->n_names * 2 > d->mask) && !grow_names(d))
        return NULL;
    uint32_t at = (uint32_t)mrl_hash_bytes(text.ptr, text.len, d->seed) & d->mask;
    while (d->names[at].text.ptr != NULL && !mrl_str_eq(d->names[at].text, text))
        at = (at + 1) & d->mask;
    if (d->names[at].text.ptr == NULL) {
        d->names[at].text = text;
        d->n_names++;
    }
    return &d->names[at];
}

static void insert(struct declare *d, struct name *n, enum use_kind kind, struct mrl_rloc loc) {
    struct use *u = MRL_ARENA_NEW(d->c->arena, struct use);
    if (u == NULL) {
        d->status = MRL_E_NOMEM;
        return;
    }
    *u = (struct use){.name = n,
                      .outer = n->uses,
                      .next = d->scope[d->n_scopes],
                      .scope = d->n_scopes,
                      .count = 1,
                      .kind = (uint8_t)kind,
                      .loc = loc};
    n->uses = u;
    d->scope[d->n_scopes] = u;
}

static void push(struct declare *d) {
    MRL_ASSERT(d->n_scopes < DEPTH_MAX + 1);
    d->scope[++d->n_scopes] = NULL;
}

/* Drops the names of the innermost scope. */
static void empty(struct declare *d) {
    for (struct use *u = d->scope[d->n_scopes]; u != NULL; u = u->next)
        u->name->uses = u->outer;
    d->scope[d->n_scopes] = NULL;
}

static void pop(struct declare *d) {
    MRL_ASSERT(d->n_scopes > 0);
    empty(d);
    d->n_scopes--;
}

static bool is_wildcard(mrl_str name) {
    return mrl_str_eq(name, MRL_S("_"));
}

/* True when a name that no scope has is a rule, an import, input or data. A body that declares the
 * name hides the global from its first line on. */
static bool is_global(struct declare *d, mrl_str name) {
    struct mrl_lowering l = {.c = d->c, .m = d->m};
    struct mrl_global g;
    if (!mrl_scope_global(&l, name, &g))
        return false;
    for (const struct shadow *s = d->shadows; s != NULL; s = s->outer)
        for (uint32_t i = 0; i < s->n; i++)
            if (mrl_str_eq(s->names[i], name))
                return false;
    for (uint32_t i = 0; g.import != NULL && i < d->m->n_imports; i++)
        d->m->imports[i].used |= d->m->imports[i].path == g.import;
    return true;
}

/* A name is used. */
static void see(struct declare *d, mrl_str text, struct mrl_rloc loc) {
    if (is_wildcard(text))
        return;
    struct name *n = entry(d, text);
    if (n == NULL)
        return;
    if (n->uses != NULL)
        n->uses->count++;
    else if (!is_global(d, text))
        insert(d, n, USE_SEEN, loc);
}

/* A name is declared in the innermost scope. */
static void declare(struct declare *d, mrl_str text, enum use_kind kind, struct mrl_rloc at,
                    struct mrl_rloc expr) {
    if (is_wildcard(text))
        return;
    struct name *n = entry(d, text);
    if (n == NULL)
        return;
    enum use_kind had = USE_NEW;
    /* The same name further out is hidden, which is allowed. */
    if (n->uses != NULL && n->uses->scope == d->n_scopes)
        had = n->uses->kind;
    switch (had) {
    case USE_SEEN:
        fail(d, at, "var ", text, " referenced above");
        break;
    case USE_ASSIGNED:
        fail(d, at, "var ", text, " assigned above");
        break;
    case USE_DECLARED:
        fail(d, at, "var ", text, " declared above");
        break;
    case USE_ARG:
        fail(d, at, "arg ", text, " redeclared");
        break;
    default:
        insert(d, n, kind, expr);
    }
}

/* --- terms ------------------------------------------------------------------------------------ */

static void walk_list(struct declare *d, struct mrl_terms list) {
    for (uint32_t i = 0; i < list.n; i++)
        walk(d, list.items[i]);
}

/* A local name cannot be called: there are no functions as values. */
static void callee(struct declare *d, const struct mrl_term *call) {
    const struct mrl_term *op = call->u.call.op;
    const struct mrl_term *head = op->kind == MRL_TERM_REF ? op->u.ref.items[0] : op;
    struct name *n = head->kind == MRL_TERM_VAR ? entry(d, head->u.var) : NULL;
    if (n != NULL && n->uses == NULL)
        (void)is_global(d, head->u.var); /* notes that an import is used */
    if (n == NULL || n->uses == NULL || n->uses->kind == USE_SEEN || call->infix)
        return;
    struct mrl_buf text;
    mrl_buf_init(&text, 4096);
    mrl_buf_add(&text, head->u.var);
    for (uint32_t i = 1; op->kind == MRL_TERM_REF && i < op->u.ref.n; i++)
        if (op->u.ref.items[i]->kind == MRL_TERM_SCALAR)
            mrl_buf_printf(&text, ".%.*s", MRL_F(mrl_val_str(op->u.ref.items[i]->u.scalar)));
    fail(d, call->loc, "called function ", mrl_buf_str(&text), " shadowed");
    mrl_buf_release(&text);
}

/* Its head reads what its body declares, hence one scope for both, and the head counts as a use. */
static void comprehension(struct declare *d, const struct mrl_term *t) {
    const struct mrl_term *used[] = {t->u.compr.val, t->u.compr.key};
    push(d);
    body(d, t->u.compr.body, used, t->u.compr.key != NULL ? 2 : 1);
    if (t->u.compr.key != NULL)
        walk(d, t->u.compr.key);
    walk(d, t->u.compr.val);
    pop(d);
}

static void walk_parts(struct declare *d, const struct mrl_term *t) {
    switch (t->kind) {
    case MRL_TERM_VAR:
        see(d, t->u.var, t->loc);
        break;
    case MRL_TERM_REF:
        walk_list(d, t->u.ref);
        break;
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
        walk_list(d, t->u.list);
        break;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++) {
            walk(d, t->u.object.keys[i]);
            walk(d, t->u.object.vals[i]);
        }
        break;
    case MRL_TERM_CALL:
        callee(d, t);
        walk_list(d, t->u.call.args);
        break;
    case MRL_TERM_TEMPLATE:
        push(d);
        walk_list(d, t->u.list);
        pop(d);
        break;
    case MRL_TERM_SCALAR:
        break;
    default:
        comprehension(d, t);
    }
}

static void walk(struct declare *d, const struct mrl_term *t) {
    if (t == NULL || d->status != MRL_OK || d->depth >= DEPTH_MAX)
        return; /* deeper source is refused by lowering */
    d->depth++;
    walk_parts(d, t);
    d->depth--;
}

/* --- expressions ------------------------------------------------------------------------------ */

static const char *kind_name(const struct mrl_term *t) {
    switch (t->kind) {
    case MRL_TERM_SCALAR:
        return mrl_val_type_name(t->u.scalar);
    case MRL_TERM_REF:
        return "ref";
    case MRL_TERM_SET:
        return "set";
    case MRL_TERM_ARRAY_COMPR:
        return "arraycomprehension";
    case MRL_TERM_SET_COMPR:
        return "setcomprehension";
    case MRL_TERM_OBJECT_COMPR:
        return "objectcomprehension";
    case MRL_TERM_TEMPLATE:
        return "template-string";
    default:
        return "call";
    }
}

/* The left side of := declares its variables and may hold nothing else. */
static void assigned(struct declare *d, const struct mrl_term *t, struct mrl_rloc expr) {
    switch (t->kind) {
    case MRL_TERM_VAR:
        declare(d, t->u.var, USE_ASSIGNED, t->loc, expr);
        break;
    case MRL_TERM_ARRAY:
        for (uint32_t i = 0; i < t->u.list.n; i++)
            assigned(d, t->u.list.items[i], expr);
        break;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++)
            assigned(d, t->u.object.vals[i], expr);
        break;
    default:
        fail(d, t->loc, "cannot assign to ", mrl_str_z(kind_name(t)), "");
    }
}

/* True when a term mentions a name as a variable of its own (not inside closures). */
static bool mentions(const struct mrl_term *t, mrl_str name) {
    struct mrl_terms list = {NULL, 0};
    switch (t->kind) {
    case MRL_TERM_VAR:
        return mrl_str_eq(t->u.var, name);
    case MRL_TERM_REF:
        list = t->u.ref;
        break;
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
        list = t->u.list;
        break;
    case MRL_TERM_CALL:
        list = t->u.call.args;
        break;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++)
            if (mentions(t->u.object.keys[i], name) || mentions(t->u.object.vals[i], name))
                return true;
        break;
    default:
        break;
    }
    for (uint32_t i = 0; i < list.n; i++)
        if (mentions(list.items[i], name))
            return true;
    return false;
}

/* The key and value of `some k, v in xs` declare their variables; those of xs are not theirs. */
static void found(struct declare *d, const struct mrl_term *t, const struct mrl_expr *e) {
    if (t == NULL)
        return;
    switch (t->kind) {
    case MRL_TERM_VAR:
        if (!mentions(e->u.some.domain, t->u.var))
            declare(d, t->u.var, USE_DECLARED, e->loc, e->loc);
        break;
    case MRL_TERM_ARRAY:
        for (uint32_t i = 0; i < t->u.list.n; i++)
            found(d, t->u.list.items[i], e);
        break;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++)
            found(d, t->u.object.vals[i], e);
        break;
    default:
        break;
    }
}

/* `with` of an expression. For those with a body of their own it stands in that body's scope. */
static void replacements(struct declare *d, const struct mrl_expr *e) {
    for (uint32_t i = 0; i < e->n_with; i++) {
        walk(d, e->with[i].target);
        walk(d, e->with[i].value);
    }
}

/* The domain belongs to the scope outside: its names are not the ones that `every` declares. */
static void every(struct declare *d, const struct mrl_expr *e) {
    walk(d, e->u.every.domain);
    push(d);
    if (e->u.every.key != NULL)
        declare(d, e->u.every.key->u.var, USE_DECLARED, e->loc, e->u.every.body->loc);
    declare(d, e->u.every.val->u.var, USE_DECLARED, e->loc, e->u.every.body->loc);
    body(d, e->u.every.body, NULL, 0);
    replacements(d, e);
    pop(d);
}

static void inner_body(struct declare *d, const struct mrl_body *b) {
    push(d);
    body(d, b, NULL, 0);
    pop(d);
}

/* x := expr: the right side is walked first, so that x in it means what x meant before. */
static void assignment(struct declare *d, const struct mrl_expr *e) {
    if (e->negated) {
        fail(d, e->loc, "cannot assign vars inside negated expression", MRL_S(""), "");
        return;
    }
    const struct mrl_term *left = e->u.pair.left;
    if (left->kind == MRL_TERM_VAR && mrl_strict_module(d->c, d->m) && !d->c->query &&
        (mrl_str_eq(left->u.var, MRL_S("input")) || mrl_str_eq(left->u.var, MRL_S("data"))))
        fail(d, e->loc, "variables must not shadow ", left->u.var,
             " (use a different variable name)");
    walk(d, e->u.pair.right);
    for (uint32_t i = 0; i < e->n_with; i++)
        walk(d, e->with[i].value);
    assigned(d, e->u.pair.left, e->loc);
}

static void expression(struct declare *d, const struct mrl_expr *e) {
    switch (e->kind) {
    case MRL_EXPR_ASSIGN:
        assignment(d, e);
        return; /* the values of `with` come first there */
    case MRL_EXPR_TERM:
    case MRL_EXPR_CALL:
        walk(d, e->u.term);
        break;
    case MRL_EXPR_UNIFY:
        walk(d, e->u.pair.left);
        walk(d, e->u.pair.right);
        break;
    case MRL_EXPR_SOME:
        for (uint32_t i = 0; i < e->u.some.vars.n; i++)
            declare(d, e->u.some.vars.items[i]->u.var, USE_DECLARED, e->loc, e->loc);
        break;
    case MRL_EXPR_SOME_IN:
        found(d, e->u.some.val, e);
        found(d, e->u.some.key, e);
        walk(d, e->u.some.key);
        walk(d, e->u.some.val);
        walk(d, e->u.some.domain);
        break;
    case MRL_EXPR_EVERY:
        every(d, e);
        return;
    case MRL_EXPR_NOT:
        inner_body(d, e->u.body);
        break;
    default:
        inner_body(d, e->u.bodies[0]);
        inner_body(d, e->u.bodies[1]);
    }
    replacements(d, e);
}

/* --- bodies ----------------------------------------------------------------------------------- */

/* Adds the names in a pattern that would otherwise mean a global; returns how many there are now.
 */
static uint32_t pattern_names(struct declare *d, const struct mrl_term *t, mrl_str *names,
                              uint32_t n, uint32_t max) {
    struct mrl_lowering l = {.c = d->c, .m = d->m};
    struct mrl_global g;
    if (t == NULL)
        return n;
    if (t->kind == MRL_TERM_VAR && n < max && mrl_scope_global(&l, t->u.var, &g))
        names[n++] = t->u.var;
    for (uint32_t i = 0; t->kind == MRL_TERM_ARRAY && i < t->u.list.n; i++)
        n = pattern_names(d, t->u.list.items[i], names, n, max);
    for (uint32_t i = 0; t->kind == MRL_TERM_OBJECT && i < t->u.object.n; i++)
        n = pattern_names(d, t->u.object.vals[i], names, n, max);
    return n;
}

#define SHADOWS_MAX 64 /* globals that one body hides; a body with more keeps the first */

/* The globals that a body hides by declaring their names: hardly ever one. */
static struct shadow hidden(struct declare *d, const struct mrl_body *b) {
    mrl_str names[SHADOWS_MAX];
    struct shadow s = {.outer = d->shadows};
    for (uint32_t i = 0; i < b->n; i++) {
        const struct mrl_expr *e = b->items[i];
        if (e->kind == MRL_EXPR_ASSIGN)
            s.n = pattern_names(d, e->u.pair.left, names, s.n, SHADOWS_MAX);
        for (uint32_t k = 0; e->kind == MRL_EXPR_SOME && k < e->u.some.vars.n; k++)
            s.n = pattern_names(d, e->u.some.vars.items[k], names, s.n, SHADOWS_MAX);
        if (e->kind == MRL_EXPR_SOME_IN) {
            s.n = pattern_names(d, e->u.some.key, names, s.n, SHADOWS_MAX);
            s.n = pattern_names(d, e->u.some.val, names, s.n, SHADOWS_MAX);
        }
    }
    s.names = s.n > 0 ? MRL_ARENA_ARRAY(d->c->arena, mrl_str, s.n) : NULL;
    if (s.names == NULL)
        s.n = 0;
    else
        memcpy(s.names, names, s.n * sizeof *names);
    return s;
}

/* Counts the names of a head term as used; new ones are of no interest here. */
static void count_used(struct declare *d, const struct mrl_term *t) {
    uint32_t errors = d->n_errors;
    if (t == NULL || errors > 0)
        return;
    walk(d, t);
}

/* Names of the innermost scope whose declaration is their only mention. */
static void report_unused(struct declare *d) {
    for (const struct use *u = d->scope[d->n_scopes]; u != NULL; u = u->next) {
        if (u->count > 1 || is_wildcard(u->name->text))
            continue;
        if (u->kind == USE_DECLARED)
            fail(d, u->loc, "declared var ", u->name->text, " unused");
        else if (u->kind == USE_ASSIGNED && d->c->opts->strict)
            fail(d, u->loc, "assigned var ", u->name->text, " unused");
    }
}

/* One body in the innermost scope. `used`: terms of the head that read its names. */
static void body(struct declare *d, const struct mrl_body *b, const struct mrl_term *const *used,
                 uint32_t n_used) {
    if (b == NULL || d->status != MRL_OK || d->depth >= DEPTH_MAX)
        return;
    d->depth++;
    struct shadow hides = hidden(d, b);
    d->shadows = &hides;
    for (uint32_t i = 0; i < b->n; i++)
        expression(d, b->items[i]);
    for (uint32_t i = 0; i < n_used; i++)
        count_used(d, used[i]);
    if (d->n_errors == 0) /* after an error the counts say little */
        report_unused(d);
    d->shadows = hides.outer;
    d->depth--;
}

/* --- rules ------------------------------------------------------------------------------------ */

/* A name that occurs twice among the arguments is one variable: f(x, x) wants equal arguments. */
static void argument(struct declare *d, const struct mrl_term *t) {
    struct name *n;
    switch (t->kind) {
    case MRL_TERM_VAR:
        if (is_wildcard(t->u.var) || (n = entry(d, t->u.var)) == NULL)
            return;
        if (n->uses != NULL)
            n->uses->count++;
        else
            insert(d, n, USE_ARG, t->loc);
        break;
    case MRL_TERM_ARRAY:
        for (uint32_t i = 0; i < t->u.list.n; i++)
            argument(d, t->u.list.items[i]);
        break;
    case MRL_TERM_OBJECT:
        for (uint32_t i = 0; i < t->u.object.n; i++)
            argument(d, t->u.object.vals[i]);
        break;
    case MRL_TERM_CALL:
        fail(d, t->loc, "rule arguments cannot contain calls", MRL_S(""), "");
        break;
    default:
        break;
    }
}

static bool is_scalar(const struct mrl_term *t) {
    return t == NULL || t->kind == MRL_TERM_SCALAR;
}

/* The terms of a head that may read names of its body. */
static uint32_t head_terms(const struct mrl_rule *r, const struct mrl_term **ret, uint32_t max) {
    uint32_t n = 0;
    const struct mrl_term *name = r->name;
    for (uint32_t i = 1; name != NULL && name->kind == MRL_TERM_REF && i < name->u.ref.n; i++)
        if (!is_scalar(name->u.ref.items[i]) && n + 2 < max)
            ret[n++] = name->u.ref.items[i];
    if (!is_scalar(r->key))
        ret[n++] = r->key;
    if (!is_scalar(r->val))
        ret[n++] = r->val;
    return n;
}

#define HEAD_TERMS_MAX 64

/* Strict mode: an argument that neither a body nor a value reads. `unread` is one flag an argument
 * name, kept over the else branches. */
static void note_read(struct declare *d, const mrl_str *names, bool *read, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        const struct name *e = entry(d, names[i]);
        read[i] |= e == NULL || e->uses == NULL || e->uses->count > 1;
    }
}

/* The names that arguments declared: those of scope 0 before the body adds its own. */
static uint32_t arg_names(struct declare *d, mrl_str *names, uint32_t max) {
    MRL_ASSERT(d->n_scopes == 0);
    uint32_t n = 0;
    for (const struct use *u = d->scope[0]; u != NULL && n < max; u = u->next)
        if (u->kind == USE_ARG)
            names[n++] = u->name->text;
    return n;
}

/* One body of an else chain. Arguments are declared anew for each; what is read in any counts. */
static void branch(struct declare *d, const struct mrl_rule *first, const struct mrl_rule *r,
                   mrl_str *args, bool *read, uint32_t *n_args) {
    const struct mrl_term *used[HEAD_TERMS_MAX];
    uint32_t n_used = head_terms(r, used, HEAD_TERMS_MAX);
    for (uint32_t i = 0; i < first->args.n; i++)
        argument(d, first->args.items[i]);
    if (r == first)
        *n_args = arg_names(d, args, HEAD_TERMS_MAX);
    body(d, r->body, used, n_used);
    note_read(d, args, read, *n_args);
    empty(d);
}

static void check_rule(struct declare *d, const struct mrl_rule *rule) {
    mrl_str args[HEAD_TERMS_MAX];
    bool read[HEAD_TERMS_MAX] = {false};
    uint32_t n_args = 0, errors = 0;
    for (const struct mrl_rule *r = rule; r != NULL && d->status == MRL_OK; r = r->else_rule) {
        d->n_errors = 0;
        branch(d, rule, r, args, read, &n_args);
        errors += d->n_errors;
    }
    for (uint32_t i = 0; d->c->opts->strict && errors == 0 && i < n_args; i++)
        if (!read[i])
            fail(d, rule->head_loc, "unused argument ", args[i],
                 ". (hint: use _ (wildcard variable) instead)");
    d->failed |= errors + d->n_errors > 0;
}

mrl_status mrl_declare_module(struct mrl_compiler *c, struct mrl_module *m) {
    struct declare *d = MRL_ARENA_NEW(c->arena, struct declare);
    MRL_CHECK(d != NULL, MRL_E_NOMEM);
    d->c = c;
    d->m = m;
    d->seed = mrl_hash_seed();
    for (uint32_t i = 0; i < m->n_rules && d->status == MRL_OK; i++)
        check_rule(d, m->rules[i]);
    MRL_TRY(d->status);
    return d->failed ? MRL_E_INVALID : MRL_OK;
}
