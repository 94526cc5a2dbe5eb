/* infer_match.c - types of terms, and terms matched against types: here variables get theirs.
 *
 * Two rules keep this sound. What is unknown fits everything: an error is reported only when both
 * sides are known and no value has both types. And a union matches when one alternative does;
 * with `add` each alternative that fits leaves its types in the variables, because the value may
 * be any of them.
 */
#include "engines/policy/compile/infer.h"

void mrl_infer_bind(struct mrl_infer *f, uint32_t var, mrl_type *t) {
    MRL_ASSERT(var < f->rule->n_vars);
    if (f->vars[var] == NULL && t != NULL)
        f->trail[f->n_trail++] = var;
    f->vars[var] = t;
}

/* --- the type of a term ----------------------------------------------------------------------- */

/* Arrays know each item; sets know one type for all. An empty array or set may be compared with
 * any other. */
static mrl_type *list_type(struct mrl_infer *f, const struct mrl_lterm *t) {
    mrl_type *all = NULL;
    if (t->kind == MRL_L_SET) {
        for (uint32_t i = 0; i < t->n; i++)
            all = mrl_type_or(f->cx, all, mrl_infer_term(f, t->items[i]));
        return mrl_type_set(f->cx, all != NULL ? all : &mrl_type_any);
    }
    mrl_type **of = MRL_ARENA_ARRAY(f->c->arena, mrl_type *, t->n + 1);
    if (of == NULL)
        return &mrl_type_any;
    for (uint32_t i = 0; i < t->n; i++)
        of[i] = mrl_infer_term(f, t->items[i]);
    return mrl_type_arr(f->cx, of, t->n, t->n == 0 ? &mrl_type_any : NULL);
}

/* Members with constant keys are known one by one. As in OPA, the last one with another key gives
 * the type of all others. */
static mrl_type *object_type(struct mrl_infer *f, const struct mrl_lterm *t) {
    mrl_val *keys = MRL_ARENA_ARRAY(f->c->arena, mrl_val, t->n / 2 + 1);
    mrl_type **of = MRL_ARENA_ARRAY(f->c->arena, mrl_type *, t->n / 2 + 1);
    mrl_type *key = NULL, *rest = NULL;
    uint32_t n = 0;
    if (keys == NULL || of == NULL)
        return &mrl_type_any;
    for (uint32_t i = 0; i < t->n; i += 2) {
        mrl_type *value = mrl_infer_term(f, t->items[i + 1]);
        if (t->items[i]->kind == MRL_L_CONST) {
            keys[n] = t->items[i]->value;
            of[n++] = value;
        } else {
            key = mrl_infer_term(f, t->items[i]);
            rest = key != NULL ? value : NULL; /* one unknown: both are, see mrl_type_obj */
            key = key != NULL ? key : &mrl_type_any;
        }
    }
    return mrl_type_obj(f->cx, keys, of, n, key, rest);
}

mrl_type *mrl_infer_term(struct mrl_infer *f, const struct mrl_lterm *t) {
    switch (t->kind) {
    case MRL_L_CONST:
        return mrl_type_of_value(f->cx, t->value);
    case MRL_L_VAR:
        return f->vars[t->var];
    case MRL_L_ARRAY:
    case MRL_L_SET:
        return list_type(f, t);
    case MRL_L_OBJECT:
        return object_type(f, t);
    case MRL_L_REF:
        return mrl_infer_ref(f, t);
    default: /* calls and comprehensions stand alone in their literal */
        return t == f->done ? f->done_type : NULL;
    }
}

/* --- a term against a type -------------------------------------------------------------------- */

static bool match_value(struct mrl_infer *f, mrl_val v, mrl_type *type);

/* The parts of a composite constant against a type of the same kind. */
static bool value_parts(struct mrl_infer *f, mrl_val v, mrl_type *type) {
    MRL_ASSERT(v.tag >= MRL_T_ARR);
    if (mrl_is_arr(v) && v.len != type->n && type->rest == NULL)
        return false;
    if (mrl_is_obj(v) && v.len != type->n && type->rest == NULL)
        return false;
    for (uint32_t i = 0; i < v.len; i++) {
        mrl_val part = mrl_is_obj(v) ? v.u.obj->m[i].val : v.u.arr->items[i];
        mrl_type *want = mrl_is_set(v)   ? type->rest
                         : mrl_is_arr(v) ? (i < type->n ? type->of[i] : type->rest)
                                         : mrl_type_select(f->cx, type, v.u.obj->m[i].key);
        if (want == NULL || !match_value(f, part, want))
            return false;
    }
    return true;
}

/* A composite constant is matched part by part: {1, "a"} is no set of numbers, although one of its
 * items is. */
static bool match_value(struct mrl_infer *f, mrl_val v, mrl_type *type) {
    static const uint8_t kinds[] = {
        [MRL_T_ARR] = MRL_TYPE_ARR, [MRL_T_OBJ] = MRL_TYPE_OBJ, [MRL_T_SET] = MRL_TYPE_SET};
    if (v.tag < MRL_T_ARR || mrl_type_is_any(type))
        return mrl_type_unifies(f->cx, mrl_type_of_value(f->cx, v), type);
    /* Its type is `any` (mrl_type_of_value), and it is not worth a walk. */
    if (v.len > MRL_TYPE_WEIGHT_MAX)
        return true;
    if (type->kind != MRL_TYPE_ANY)
        return kinds[v.tag] == type->kind && value_parts(f, v, type);
    for (uint32_t i = 0; i < type->n; i++)
        if (match_value(f, v, type->of[i]))
            return true;
    return false;
}

/* Lengths must agree, unless the type is open at its end. */
static bool match_array(struct mrl_infer *f, const struct mrl_lterm *t, mrl_type *type, bool add) {
    if (t->n != type->n && type->rest == NULL)
        return false;
    for (uint32_t i = 0; i < t->n; i++) {
        mrl_type *want = i < type->n ? type->of[i] : type->rest;
        if (want != NULL && !mrl_infer_match(f, t->items[i], want, add))
            return false;
    }
    return true;
}

/* Members with constant keys must fit theirs; for others all that can be said is that values
 * match something. */
static bool match_object(struct mrl_infer *f, const struct mrl_lterm *t, mrl_type *type, bool add) {
    MRL_ASSERT(t->n % 2 == 0);
    if (t->n / 2 != type->n && type->rest == NULL && type->key == NULL)
        return false;
    for (uint32_t i = 0; i < t->n; i += 2) {
        const struct mrl_lterm *key = t->items[i], *value = t->items[i + 1];
        mrl_type *want = &mrl_type_any; /* under an unknown key: anything */
        if (key->kind == MRL_L_CONST) {
            want = mrl_type_select(f->cx, type, key->value);
            if (want == NULL && type->partial)
                want = &mrl_type_any;
        }
        if (want == NULL)
            return false;
        if (!mrl_infer_match(f, value, want, add) && key->kind == MRL_L_CONST)
            return false;
    }
    return true;
}

/* Every part of a composite may be anything. */
static void match_any(struct mrl_infer *f, const struct mrl_lterm *t) {
    for (uint32_t i = 0; i < t->n; i++)
        (void)mrl_infer_match(f, t->items[i], &mrl_type_any, true);
}

static bool match_composite(struct mrl_infer *f, const struct mrl_lterm *t, mrl_type *type,
                            bool add) {
    bool any = false;
    if (mrl_type_is_any(type)) {
        match_any(f, t);
        return true;
    }
    if (type->kind == MRL_TYPE_ANY) { /* what fits gives the variables their alternatives */
        for (uint32_t i = 0; i < type->n; i++)
            any |= mrl_infer_match(f, t, type->of[i], true);
        return any;
    }
    if (t->kind == MRL_L_ARRAY)
        return type->kind == MRL_TYPE_ARR && match_array(f, t, type, add);
    if (t->kind == MRL_L_OBJECT)
        return type->kind == MRL_TYPE_OBJ && match_object(f, t, type, add);
    for (uint32_t i = 0; type->kind == MRL_TYPE_SET && type->rest != NULL && i < t->n; i++)
        if (!mrl_infer_match(f, t->items[i], type->rest, add))
            return false;
    return type->kind == MRL_TYPE_SET;
}

bool mrl_infer_match(struct mrl_infer *f, const struct mrl_lterm *t, mrl_type *type, bool add) {
    if (type == NULL)
        return false;
    switch (t->kind) {
    case MRL_L_CONST:
        return match_value(f, t->value, type);
    case MRL_L_VAR:
        if (add)
            mrl_infer_bind(f, t->var, mrl_type_or(f->cx, f->vars[t->var], type));
        else if (f->vars[t->var] != NULL)
            return mrl_type_unifies(f->cx, f->vars[t->var], type);
        else
            mrl_infer_bind(f, t->var, type);
        return true;
    case MRL_L_ARRAY:
    case MRL_L_SET:
    case MRL_L_OBJECT:
        return match_composite(f, t, type, add);
    default:
        return mrl_type_unifies(f->cx, mrl_infer_term(f, t), type);
    }
}

/* --- two terms -------------------------------------------------------------------------------- */

/* Two composites of the source whose types are not both known: compared part by part. */
static bool equal_parts(struct mrl_infer *f, const struct mrl_lterm *a, const struct mrl_lterm *b) {
    if (a->kind != b->kind || a->n != b->n)
        return false;
    uint32_t step = a->kind == MRL_L_OBJECT ? 2 : 1;
    for (uint32_t i = 0; step == 2 && i < a->n; i += 2) /* other keys, or another order: unknown */
        if (a->items[i]->kind != MRL_L_CONST || b->items[i]->kind != MRL_L_CONST ||
            !mrl_val_eq(a->items[i]->value, b->items[i]->value))
            return true;
    for (uint32_t i = step - 1; i < a->n; i += step)
        if (!mrl_infer_equal(f, a->items[i], mrl_infer_term(f, a->items[i]), b->items[i],
                             mrl_infer_term(f, b->items[i])))
            return false;
    return true;
}

static bool is_composite(const struct mrl_lterm *t) {
    return t->kind == MRL_L_ARRAY || t->kind == MRL_L_OBJECT;
}

/* Nothing is known of a variable's value but the shape of the other side. */
static bool learn(struct mrl_infer *f, const struct mrl_lterm *var, const struct mrl_lterm *from) {
    return mrl_infer_match(f, from, &mrl_type_any, false) &&
           mrl_infer_match(f, var, mrl_infer_term(f, from), false);
}

bool mrl_infer_equal(struct mrl_infer *f, const struct mrl_lterm *a, mrl_type *ta,
                     const struct mrl_lterm *b, mrl_type *tb) {
    bool no_a = mrl_type_unknown(ta), no_b = mrl_type_unknown(tb);
    if (no_a != no_b)
        return no_a ? mrl_infer_match(f, a, tb, false) : mrl_infer_match(f, b, ta, false);
    if (!no_a)
        return mrl_type_unifies(f->cx, ta, tb);
    bool var_a = a->kind == MRL_L_VAR, var_b = b->kind == MRL_L_VAR;
    if (is_composite(a) && is_composite(b))
        return equal_parts(f, a, b);
    if (var_a && (var_b || is_composite(b)))
        return learn(f, a, b);
    if (var_b && is_composite(a))
        return learn(f, b, a);
    if (var_a && ta == NULL && tb != NULL)
        return mrl_infer_match(f, a, tb, false);
    if (var_b && tb == NULL && ta != NULL)
        return mrl_infer_match(f, b, ta, false);
    return false;
}
