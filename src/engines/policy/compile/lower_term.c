/* lower_term.c - lowering terms; nested refs, calls and comprehensions become literals before.
 *
 * A term comes out flat (constant, variable, or composite of these) or as one ref, call or
 * comprehension over flat parts; mrl_l_any allows the latter, mrl_l_flat hoists it. Composites of
 * constants are folded into one value here, so that constants of any size cost nothing at run
 * time. What a callee means is settled here, too: a rule of the package or of an import, else a
 * builtin.
 */
#include "engines/policy/compile/infer.h"
#include "engines/policy/compile/lower_internal.h"
#include "engines/policy/compile/strict.h"
#include "engines/policy/compile/suggest.h"

#include "engines/policy/compile/metadata.h"
#include "engines/policy/policy.h"

#include <stdio.h>

#define CALL_NAME_MAX 256

void *mrl_l_fail(struct mrl_lowering *l, struct mrl_rloc loc, const char *code, const char *text,
                 mrl_str name) {
    if (l->status == MRL_OK)
        l->status = mrl_compile_fail(l->c, l->m, loc, code, "%s%.*s", text, MRL_F(name));
    return NULL;
}

struct mrl_lterm *mrl_l_term(struct mrl_lowering *l, enum mrl_lkind kind, struct mrl_rloc loc) {
    struct mrl_lterm *t = MRL_ARENA_NEW(l->c->arena, struct mrl_lterm);
    if (t == NULL) {
        l->status = MRL_E_NOMEM;
        return NULL;
    }
    t->kind = (uint8_t)kind;
    t->loc = loc;
    return t;
}

struct mrl_lterm *mrl_l_const(struct mrl_lowering *l, mrl_val v, struct mrl_rloc loc) {
    struct mrl_lterm *t = mrl_l_term(l, MRL_L_CONST, loc);
    if (t != NULL)
        t->value = v;
    return t;
}

struct mrl_lterm *mrl_l_var(struct mrl_lowering *l, uint32_t var, struct mrl_rloc loc) {
    struct mrl_lterm *t = mrl_l_term(l, MRL_L_VAR, loc);
    if (t != NULL)
        t->var = var;
    return t;
}

/* Room for n parts; t->n still counts those that are there. */
static bool room_for(struct mrl_lowering *l, struct mrl_lterm *t, uint32_t n) {
    t->items = MRL_ARENA_ARRAY(l->c->arena, struct mrl_lterm *, n + 1);
    if (t->items == NULL)
        l->status = MRL_E_NOMEM;
    return t->items != NULL;
}

/* --- composites
 * ------------------------------------------------------------------------------------------------
 */

static bool all_const(const struct mrl_lterm *t) {
    for (uint32_t i = 0; i < t->n; i++)
        if (t->items[i]->kind != MRL_L_CONST)
            return false;
    return true;
}

/* Replaces a composite of constants by its value. */
static struct mrl_lterm *fold(struct mrl_lowering *l, struct mrl_lterm *t, enum mrl_tag tag) {
    MRL_ASSERT(tag != MRL_T_OBJ || t->n % 2 == 0);
    if (!all_const(t))
        return t;
    struct mrl_builder b;
    mrl_val v = mrl_undefined();
    mrl_builder_init(&b, l->c->arena, tag, t->n);
    for (uint32_t i = 0; i < t->n; i += tag == MRL_T_OBJ ? 2 : 1) {
        if (tag == MRL_T_OBJ)
            mrl_build_member(&b, t->items[i]->value, t->items[i + 1]->value);
        else
            mrl_build_item(&b, t->items[i]->value);
    }
    mrl_status status = mrl_build_end(&b, &v);
    if (status == MRL_OK)
        status = mrl_val_freeze(l->c->arena, v);
    if (status != MRL_OK)
        l->status = status;
    return mrl_l_const(l, v, t->loc);
}

static struct mrl_lterm *list(struct mrl_lowering *l, const struct mrl_term *t,
                              struct mrl_lbody *out) {
    bool set = t->kind == MRL_TERM_SET;
    struct mrl_lterm *r = mrl_l_term(l, set ? MRL_L_SET : MRL_L_ARRAY, t->loc);
    if (r == NULL || !room_for(l, r, t->u.list.n))
        return NULL;
    for (; r->n < t->u.list.n; r->n++)
        if ((r->items[r->n] = mrl_l_flat(l, t->u.list.items[r->n], out)) == NULL)
            return NULL;
    return fold(l, r, set ? MRL_T_SET : MRL_T_ARR);
}

/* For each scalar key the number of the member that has it last: OPA's parser keeps only that one,
 * so what the others say is never looked at. */
static bool last_members(struct mrl_lowering *l, const struct mrl_term *t, mrl_val *ret) {
    struct mrl_builder b;
    mrl_builder_init(&b, l->c->arena, MRL_T_OBJ, t->u.object.n);
    for (uint32_t i = 0; i < t->u.object.n; i++)
        if (t->u.object.keys[i]->kind == MRL_TERM_SCALAR)
            mrl_build_member(&b, t->u.object.keys[i]->u.scalar, mrl_int(i));
    mrl_status status = mrl_build_end(&b, ret);
    if (status != MRL_OK)
        l->status = status;
    return status == MRL_OK;
}

static struct mrl_lterm *object(struct mrl_lowering *l, const struct mrl_term *t,
                                struct mrl_lbody *out) {
    struct mrl_lterm *r = mrl_l_term(l, MRL_L_OBJECT, t->loc);
    mrl_val last = mrl_undefined();
    if (r == NULL || !room_for(l, r, 2 * t->u.object.n) || !last_members(l, t, &last))
        return NULL;
    for (uint32_t i = 0; i < t->u.object.n; i++) {
        const struct mrl_term *k = t->u.object.keys[i];
        if (k->kind == MRL_TERM_SCALAR && mrl_obj_get(last, k->u.scalar).u.i != i)
            continue;
        struct mrl_lterm *key = mrl_l_flat(l, k, out);
        struct mrl_lterm *val = key != NULL ? mrl_l_flat(l, t->u.object.vals[i], out) : NULL;
        if (val == NULL)
            return NULL;
        r->items[r->n++] = key;
        r->items[r->n++] = val;
    }
    return fold(l, r, MRL_T_OBJ);
}

/* --- refs
 * ----------------------------------------------------------------------------------------------------------
 */

/* Starts a ref with the operands that a global name stands for; `more` operands will follow. */
static struct mrl_lterm *global_ref(struct mrl_lowering *l, const struct mrl_global *g,
                                    mrl_str name, uint32_t more, struct mrl_rloc loc) {
    struct mrl_lterm *r = mrl_l_term(l, MRL_L_REF, loc);
    uint32_t n = g->import != NULL && g->import->kind == MRL_TERM_REF ? g->import->u.ref.n - 1
                 : g->package != NULL                                 ? g->package->depth + 1
                                                                      : 0;
    if (r == NULL || !room_for(l, r, n + more))
        return NULL;
    r->root = g->root;
    r->n = n;
    if (g->import != NULL) {
        for (uint32_t i = 0; i < n; i++)
            r->items[i] = mrl_l_const(l, g->import->u.ref.items[i + 1]->u.scalar, loc);
    } else if (g->package != NULL) {
        r->items[n - 1] = mrl_l_const(l, mrl_strval(name), loc);
        /* The path of the package, from its end: data itself is depth 0 and no operand. */
        const struct mrl_node *p = g->package;
        MRL_ASSERT(n == p->depth + 1);
        for (uint32_t i = n - 1; i > 0; i--, p = p->parent)
            r->items[i - 1] = mrl_l_const(l, mrl_strval(p->name), loc);
    }
    return r;
}

/* A variable by its name: a local, or the ref that a global stands for. */
static struct mrl_lterm *name_term(struct mrl_lowering *l, const struct mrl_term *t,
                                   uint32_t more) {
    struct mrl_global g;
    mrl_str name = t->u.var;
    if (mrl_str_eq(name, MRL_S("_")))
        return mrl_l_var(l, mrl_scope_fresh(l, (mrl_str){NULL, 0}), t->loc);
    uint32_t var = mrl_scope_find(l, name);
    if (var == MRL_NO_VAR && mrl_scope_global(l, name, &g))
        return global_ref(l, &g, name, more, t->loc);
    if (var == MRL_NO_VAR)
        var = mrl_scope_loose(l, name);
    return mrl_l_var(l, var, t->loc);
}

/* head[a].b: a global head brings operands of its own, another head becomes item 0. */
static struct mrl_lterm *ref(struct mrl_lowering *l, const struct mrl_term *t,
                             struct mrl_lbody *out) {
    MRL_ASSERT(t->kind == MRL_TERM_REF && t->u.ref.n > 0);
    const struct mrl_term *head = t->u.ref.items[0];
    uint32_t more = t->u.ref.n - 1;
    struct mrl_lterm *first =
        head->kind == MRL_TERM_VAR ? name_term(l, head, more) : mrl_l_flat(l, head, out);
    if (first == NULL)
        return NULL;
    struct mrl_lterm *r = first;
    if (first->kind != MRL_L_REF) {
        r = mrl_l_term(l, MRL_L_REF, t->loc);
        if (r == NULL || !room_for(l, r, more + 1))
            return NULL;
        r->root = MRL_ROOT_VALUE;
        r->items[r->n++] = first;
    }
    r->loc = t->loc;
    for (uint32_t i = 1; i < t->u.ref.n; i++)
        if ((r->items[r->n++] = mrl_l_flat(l, t->u.ref.items[i], out)) == NULL)
            return NULL;
    return r;
}

/* --- calls
 * -----------------------------------------------------------------------------------------------------------
 */

/* The dotted text of a callee such as io.jwt.decode; false when it is no plain path. */
static bool callee_text(const struct mrl_term *op, char *text, size_t size) {
    size_t n = 0;
    uint32_t parts = op->kind == MRL_TERM_REF ? op->u.ref.n : 1;
    for (uint32_t i = 0; i < parts; i++) {
        const struct mrl_term *t = op->kind == MRL_TERM_REF ? op->u.ref.items[i] : op;
        mrl_str s = i == 0 && t->kind == MRL_TERM_VAR ? t->u.var
                    : t->kind == MRL_TERM_SCALAR      ? mrl_val_str(t->u.scalar)
                                                      : (mrl_str){NULL, 0};
        if (s.len == 0 || n + s.len + 2 > size)
            return false;
        if (i > 0)
            text[n++] = '.';
        memcpy(text + n, s.ptr, s.len);
        n += s.len;
    }
    text[n] = '\0';
    return true;
}

/* The node of rules that a callee names, or NULL. */
static struct mrl_node *named_node(struct mrl_lowering *l, const struct mrl_term *op) {
    const struct mrl_term *head = op->kind == MRL_TERM_REF ? op->u.ref.items[0] : op;
    struct mrl_global g;
    if (head->kind != MRL_TERM_VAR || mrl_scope_find(l, head->u.var) != MRL_NO_VAR ||
        !mrl_scope_global(l, head->u.var, &g) || g.root != MRL_ROOT_DATA)
        return NULL;
    struct mrl_node *n = l->c->root;
    if (g.package != NULL) {
        n = mrl_tree_child(g.package, head->u.var);
    } else if (g.import != NULL && g.import->kind == MRL_TERM_REF) {
        for (uint32_t i = 1; n != NULL && i < g.import->u.ref.n; i++)
            n = mrl_tree_child(n, mrl_val_str(g.import->u.ref.items[i]->u.scalar));
    }
    for (uint32_t i = 1; n != NULL && op->kind == MRL_TERM_REF && i < op->u.ref.n; i++)
        n = op->u.ref.items[i]->kind == MRL_TERM_SCALAR
                ? mrl_tree_child(n, mrl_val_str(op->u.ref.items[i]->u.scalar))
                : NULL;
    return n != NULL && n->n_rules > 0 ? n : NULL;
}

/* A rule hides a builtin of its name, but a rule that is no function does not. */
static struct mrl_node *function_node(struct mrl_lowering *l, const struct mrl_term *op) {
    struct mrl_node *n = named_node(l, op);
    return n != NULL && n->kind == MRL_RULE_FUNCTION ? n : NULL;
}

/* The rule behind `f()`: without parameters it is no function, but OPA lets the call stand for its
 * value where the type of f is not known. Older policies live on that. */
static struct mrl_node *value_node(struct mrl_lowering *l, const struct mrl_term *t) {
    struct mrl_node *n = t->u.call.args.n == 0 && !t->infix ? named_node(l, t->u.call.op) : NULL;
    return n != NULL && n->kind == MRL_RULE_COMPLETE ? n : NULL;
}

/* Reports a function that nobody has, with the nearest one that may be called. */
static bool undefined_function(struct mrl_lowering *l, const struct mrl_term *op, mrl_str name) {
    mrl_str hint = {NULL, 0};
    if (l->status != MRL_OK)
        return false;
    if (mrl_compile_room(l->c))
        hint = mrl_suggest_function(l, name);
    mrl_str text = mrl_arena_printf(l->c->arena, "undefined function %.*s", MRL_F(name));
    l->status = mrl_compile_report(
        l->c, l->m, op->loc,
        &(struct mrl_report){.code = "rego_type_error", .message = text, .hint = hint});
    return false;
}

bool mrl_l_callee(struct mrl_lowering *l, const struct mrl_term *op, bool infix,
                  struct mrl_lterm *t) {
    char name[CALL_NAME_MAX];
    if (!callee_text(op, name, sizeof name))
        return mrl_l_fail(l, op->loc, "rego_type_error", "undefined function", MRL_S("")) != NULL;
    t->node = infix ? NULL : function_node(l, op);
    if (t->node != NULL)
        return true;
    t->builtin = mrl_builtin_find(mrl_str_z(name));
    if (t->builtin != NULL && !mrl_strict_allows(l->c, t->builtin))
        t->builtin = NULL;
    if (t->builtin == NULL)
        return undefined_function(l, op, mrl_str_z(name));
    if (t->builtin->fn == NULL)
        return mrl_l_fail(l, op->loc, "rego_type_error", "this build has no function ",
                          mrl_str_z(name)) != NULL;
    return true;
}

uint32_t mrl_l_arity(const struct mrl_lterm *call) {
    MRL_ASSERT(call->node != NULL || call->builtin != NULL);
    return call->node != NULL ? call->node->arity : call->builtin->arity;
}

/* What is known of an argument before types are inferred. */
static void early_type(struct mrl_lowering *l, struct mrl_buf *out, const struct mrl_lterm *t) {
    struct mrl_tcx cx = {l->c->arena, MRL_TYPE_STEPS_MAX};
    mrl_type_print(out, t->kind == MRL_L_CONST ? mrl_type_of_value(&cx, t->value) : NULL);
}

/* Reports a call with too many or too few arguments, as OPA words it. */
static void *bad_arity(struct mrl_lowering *l, const struct mrl_lterm *call) {
    bool nested = l->in_call > 0;
    if (call->node != NULL) {
        if (l->status == MRL_OK)
            l->status = mrl_compile_fail(l->c, l->m, call->loc, "rego_type_error",
                                         "function %.*s has arity %u, got %u argument%s",
                                         MRL_F(call->node->path_text), call->node->arity, call->n,
                                         call->n == 1 ? "" : "s");
        return NULL;
    }
    struct mrl_buf detail;
    mrl_buf_init(&detail, 65536);
    MRL_BUF_LIT(&detail, "have: (");
    for (uint32_t i = 0; i < call->n; i++) {
        mrl_buf_add(&detail, i > 0 ? MRL_S(", ") : MRL_S(""));
        early_type(l, &detail, call->items[i]);
    }
    if (nested)
        mrl_buf_add(&detail, call->n > 0 ? MRL_S(", ?"
                                                 "??")
                                         : MRL_S("?"
                                                 "??"));
    MRL_BUF_LIT(&detail, ")\n\twant: ");
    mrl_infer_print_args(&detail, call, NULL, false);
    mrl_str message = mrl_arena_printf(l->c->arena, "%s: arity mismatch", call->builtin->name);
    if (l->status == MRL_OK)
        l->status = mrl_compile_report(l->c, l->m, call->loc,
                                       &(struct mrl_report){.code = "rego_type_error",
                                                            .message = message,
                                                            .detail = mrl_buf_str(&detail)});
    mrl_buf_release(&detail);
    return NULL;
}

/* Lowers the call and all arguments that were written, an output argument included. */
struct mrl_lterm *mrl_l_call(struct mrl_lowering *l, const struct mrl_term *t,
                             struct mrl_lbody *out) {
    struct mrl_lterm *r = mrl_l_term(l, MRL_L_CALL, t->loc);
    struct mrl_terms args = t->u.call.args;
    if (r == NULL || !room_for(l, r, args.n))
        return NULL;
    r->node = value_node(l, t);
    if (r->node == NULL && !mrl_l_callee(l, t->u.call.op, t->infix, r))
        return NULL;
    mrl_strict_call(l, r);
    uint32_t arity = mrl_l_arity(r);
    bool variadic = r->builtin != NULL && (r->builtin->flags & MRL_BI_VOID);
    for (; r->n < args.n; r->n++)
        if ((r->items[r->n] = mrl_l_flat(l, args.items[r->n], out)) == NULL)
            return NULL;
    if (!variadic && args.n != arity && args.n != arity + 1)
        return bad_arity(l, r);
    return r;
}

/* --- metadata
 * ------------------------------------------------------------------------------------------------
 */

/* rego.metadata.rule() or rego.metadata.chain(): known here, so never called. */
static bool is_metadata(const struct mrl_term *t, bool *ret_chain) {
    char name[CALL_NAME_MAX];
    if (t->kind != MRL_TERM_CALL || t->u.call.args.n != 0 || t->infix ||
        !callee_text(t->u.call.op, name, sizeof name))
        return false;
    *ret_chain = strcmp(name, "rego.metadata.chain") == 0;
    return *ret_chain || strcmp(name, "rego.metadata.rule") == 0;
}

/* The constant that a call of rego.metadata gives; a query has no annotations to give. */
static struct mrl_lterm *metadata(struct mrl_lowering *l, const struct mrl_term *t, bool chain) {
    mrl_val v = mrl_undefined();
    if (l->m->file.len == 0)
        return mrl_l_fail(l, t->loc, "rego_compile_error",
                          "metadata is known in rules only, not in a query", MRL_S(""));
    mrl_status status = chain ? mrl_metadata_chain(l->c, l->m, l->rule->rule, &v)
                              : mrl_metadata_rule(l->c, l->rule->rule, &v);
    if (status != MRL_OK)
        l->status = status;
    return mrl_l_const(l, v, t->loc);
}

/* --- comprehensions and templates
 * ---------------------------------------------------------------------------------------- */

/* Key and value are lowered inside the body's scope; what is nested in them ends the body. */
static struct mrl_lterm *comprehension(struct mrl_lowering *l, const struct mrl_term *t) {
    struct mrl_lterm *r = mrl_l_term(l, MRL_L_COMPR, t->loc);
    struct mrl_scope scope = {.outer = l->scope};
    if (r == NULL || (r->body = MRL_ARENA_NEW(l->c->arena, struct mrl_lbody)) == NULL)
        return NULL;
    r->collect = t->kind == MRL_TERM_ARRAY_COMPR ? MRL_T_ARR
                 : t->kind == MRL_TERM_SET_COMPR ? MRL_T_SET
                                                 : MRL_T_OBJ;
    l->scope = &scope;
    bool ok = mrl_l_body(l, t->u.compr.body, r->body);
    if (ok && t->u.compr.key != NULL)
        ok = (r->key = mrl_l_flat(l, t->u.compr.key, r->body)) != NULL;
    if (ok)
        ok = (r->val = mrl_l_flat(l, t->u.compr.val, r->body)) != NULL;
    l->scope = scope.outer;
    return ok ? r : NULL;
}

/* {x | x = PART}: undefined parts become the empty set. */
static struct mrl_lterm *template_part(struct mrl_lowering *l, const struct mrl_term *part) {
    struct mrl_lterm *r = mrl_l_term(l, MRL_L_COMPR, part->loc);
    struct mrl_scope scope = {.outer = l->scope};
    if (r == NULL || (r->body = MRL_ARENA_NEW(l->c->arena, struct mrl_lbody)) == NULL)
        return NULL;
    r->collect = MRL_T_SET;
    l->scope = &scope;
    r->val = mrl_l_flat(l, part, r->body);
    l->scope = scope.outer;
    return r->val != NULL ? r : NULL;
}

/* Adds a part: constants stay, the rest is collected in a set first. */
static bool add_part(struct mrl_lowering *l, struct mrl_lterm *parts, struct mrl_lterm *p,
                     struct mrl_lbody *out) {
    if (p != NULL && p->kind != MRL_L_CONST)
        p = mrl_l_hoist(l, p, out);
    if (p != NULL)
        parts->items[parts->n++] = p;
    return p != NULL;
}

struct mrl_lterm *mrl_l_print(struct mrl_lowering *l, const struct mrl_term *t,
                              struct mrl_lbody *out) {
    struct mrl_terms args = t->u.call.args;
    struct mrl_lterm *call = mrl_l_term(l, MRL_L_CALL, t->loc);
    struct mrl_lterm *parts = mrl_l_term(l, MRL_L_ARRAY, t->loc);
    if (call == NULL || parts == NULL || !room_for(l, call, 1) || !room_for(l, parts, args.n))
        return NULL;
    for (uint32_t i = 0; i < args.n; i++) {
        const struct mrl_term *arg = args.items[i];
        bool text = arg->kind == MRL_TERM_SCALAR;
        if (!add_part(l, parts,
                      text ? mrl_l_const(l, arg->u.scalar, arg->loc) : template_part(l, arg), out))
            return NULL;
    }
    call->builtin = mrl_builtin_find(MRL_S("internal.print"));
    MRL_ASSERT(call->builtin != NULL);
    call->items[0] = all_const(parts) ? fold(l, parts, MRL_T_ARR) : parts;
    call->n = 1;
    return call;
}

/* $"text {x}": a call of internal.template_string with its parts. Text is constant, each {x} is a
 * set of at most one value, so that an undefined one prints <undefined> and ends nothing. */
static struct mrl_lterm *template_string(struct mrl_lowering *l, const struct mrl_term *t,
                                         struct mrl_lbody *out) {
    if (!mrl_strict_feature(l->c, MRL_CAPS_TEMPLATE_STRINGS))
        return mrl_l_fail(l, t->loc, "rego_compile_error", "template-strings are not supported",
                          MRL_S(""));
    struct mrl_lterm *call = mrl_l_term(l, MRL_L_CALL, t->loc);
    struct mrl_lterm *parts = mrl_l_term(l, MRL_L_ARRAY, t->loc);
    if (call == NULL || parts == NULL || !room_for(l, call, 1) || !room_for(l, parts, t->u.list.n))
        return NULL;
    for (uint32_t i = 0; i < t->u.list.n; i++) {
        const struct mrl_term *part = t->u.list.items[i];
        bool text = part->kind == MRL_TERM_SCALAR && !part->parens;
        struct mrl_lterm *p = text ? mrl_l_const(l, part->u.scalar, part->loc)
                              : part->kind == MRL_TERM_SET_COMPR && part->generated
                                  ? comprehension(l, part)
                                  : template_part(l, part);
        if (!add_part(l, parts, p, out))
            return NULL;
    }
    call->builtin = mrl_builtin_find(MRL_S("internal.template_string"));
    MRL_ASSERT(call->builtin != NULL);
    if (call->builtin->fn == NULL)
        return mrl_l_fail(l, t->loc, "rego_type_error", "this build has no template strings",
                          MRL_S(""));
    call->items[0] = all_const(parts) ? fold(l, parts, MRL_T_ARR) : parts;
    call->n = 1;
    return call;
}

struct mrl_lterm *mrl_l_statement(struct mrl_lowering *l, const struct mrl_term *t,
                                  struct mrl_lbody *out) {
    bool chain;
    return is_metadata(t, &chain) ? metadata(l, t, chain) : mrl_l_call(l, t, out);
}

/* A call whose value is used: no argument takes the result. */
static struct mrl_lterm *nested_call(struct mrl_lowering *l, const struct mrl_term *t,
                                     struct mrl_lbody *out) {
    l->in_call++;
    struct mrl_lterm *r = mrl_l_call(l, t, out);
    if (r != NULL && l->status == MRL_OK && r->kind == MRL_L_CALL && r->n > mrl_l_arity(r) &&
        !(r->builtin != NULL && (r->builtin->flags & MRL_BI_VOID)))
        r = bad_arity(l, r);
    l->in_call--;
    return l->status == MRL_OK ? r : NULL;
}

/* --- any term
 * ------------------------------------------------------------------------------------------------------------
 */

struct mrl_lterm *mrl_l_any(struct mrl_lowering *l, const struct mrl_term *t,
                            struct mrl_lbody *out) {
    bool chain;
    if (l->status != MRL_OK)
        return NULL;
    switch (t->kind) {
    case MRL_TERM_SCALAR:
        return mrl_l_const(l, t->u.scalar, t->loc);
    case MRL_TERM_VAR:
        return name_term(l, t, 0);
    case MRL_TERM_REF:
        return ref(l, t, out);
    case MRL_TERM_ARRAY:
    case MRL_TERM_SET:
        return list(l, t, out);
    case MRL_TERM_OBJECT:
        return object(l, t, out);
    case MRL_TERM_CALL:
        return is_metadata(t, &chain) ? metadata(l, t, chain) : nested_call(l, t, out);
    case MRL_TERM_TEMPLATE:
        return template_string(l, t, out);
    default:
        return comprehension(l, t);
    }
}

struct mrl_lterm *mrl_l_hoist(struct mrl_lowering *l, struct mrl_lterm *t, struct mrl_lbody *out) {
    MRL_ASSERT(t != NULL);
    struct mrl_llit *lit = mrl_l_add(l, out, MRL_LIT_UNIFY, t->loc);
    if (lit == NULL)
        return NULL;
    uint32_t var = mrl_scope_fresh(l, (mrl_str){NULL, 0});
    lit->a = mrl_l_var(l, var, t->loc);
    lit->b = t;
    lit->generated = 1;
    lit->in_call = l->in_call > 0;
    return mrl_l_var(l, var, t->loc);
}

struct mrl_lterm *mrl_l_flat(struct mrl_lowering *l, const struct mrl_term *t,
                             struct mrl_lbody *out) {
    struct mrl_lterm *r = mrl_l_any(l, t, out);
    if (r == NULL || l->status != MRL_OK)
        return NULL;
    return r->kind >= MRL_L_REF ? mrl_l_hoist(l, r, out) : r;
}
