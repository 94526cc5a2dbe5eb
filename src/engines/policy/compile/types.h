/* types.h - the types that the checker gives to terms, and the algebra over them.
 *
 * Idea: a type says what is known before any data is there. Types are immutable, live in the
 * compiler's arena and share their parts; a NULL pointer means "not known yet" (a variable that
 * nothing has typed). Each type knows its weight, the number of its parts written out: a type that
 * would outgrow MRL_TYPE_WEIGHT_MAX becomes `any`, so that comparing two of them has a ceiling
 * whatever the module looks like. Going to `any` can only hide an error, never invent one.
 *
 * Source: OPA's documentation of the type checker and the messages that OPA 1.20.2 prints.
 */
#ifndef MRL_POLICY_COMPILE_TYPES_H
#define MRL_POLICY_COMPILE_TYPES_H

#include "base/buf.h"
#include "base/value.h"

#define MRL_TYPE_WEIGHT_MAX 2048
#define MRL_TYPE_DEPTH_MAX 64 /* nesting of a type; deeper is any */

/* The order of the kinds is the order in which OPA sorts the alternatives of a union. */
enum mrl_type_kind {
    MRL_TYPE_NULL,
    MRL_TYPE_BOOL,
    MRL_TYPE_NUM,
    MRL_TYPE_STR,
    MRL_TYPE_ARR, /* of: the first n items; rest: all further ones, or NULL */
    MRL_TYPE_OBJ, /* keys and of: n known members, sorted; key and rest: all others, or NULL */
    MRL_TYPE_SET, /* rest: the items */
    MRL_TYPE_ANY, /* of: n alternatives, sorted; n = 0: anything */
    MRL_TYPE_FN,  /* of: n arguments; rest: the result, NULL for none */
};

typedef const struct mrl_type mrl_type;

struct mrl_type {
    uint8_t kind;    /* enum mrl_type_kind */
    bool partial;    /* some part of it is not known yet */
    bool variadic;   /* FN: takes any number of arguments */
    uint16_t depth;  /* nesting */
    uint32_t weight; /* parts written out */
    uint32_t n;      /* see the kinds */
    mrl_type **of;
    const mrl_val *keys;
    mrl_type *key, *rest;
};

extern mrl_type mrl_type_any, mrl_type_null, mrl_type_bool, mrl_type_num, mrl_type_str;

/* What the algebra works with: memory, and the steps that one compilation may spend on types.
 * Unions of unions can cost more than their weight, so the work itself has a ceiling, too: when it
 * is used up, everything is `any` and unifies, and the module compiles without further type errors.
 */
struct mrl_tcx {
    mrl_arena *arena;
    uint64_t steps_left;
};
#define MRL_TYPE_STEPS_MAX 100000000u /* below a second */

/* Constructors. The lists are borrowed and must stay as they are. When memory runs out or a ceiling
 * is passed the result is `any`. Members of objects are sorted in place. */
mrl_type *mrl_type_arr(struct mrl_tcx *a, mrl_type **of, uint32_t n, mrl_type *rest);
mrl_type *mrl_type_obj(struct mrl_tcx *a, mrl_val *keys, mrl_type **of, uint32_t n, mrl_type *key,
                       mrl_type *rest);
mrl_type *mrl_type_set(struct mrl_tcx *a, mrl_type *of);
mrl_type *mrl_type_fn(struct mrl_tcx *a, mrl_type **args, uint32_t n, mrl_type *result);
/* The type of a value, by its parts. Cost: O(parts), at most the weight ceiling. */
mrl_type *mrl_type_of_value(struct mrl_tcx *a, mrl_val v);

/* The smallest type that holds both. */
mrl_type *mrl_type_or(struct mrl_tcx *a, mrl_type *x, mrl_type *y);
/* Two rules that make one document: as mrl_type_or, but sets and open objects are joined inside. */
mrl_type *mrl_type_merge(struct mrl_tcx *a, mrl_type *x, mrl_type *y);
/* The type of the keys, of the values, and of the value under one key; NULL: there are none. */
mrl_type *mrl_type_keys(struct mrl_tcx *a, mrl_type *t);
mrl_type *mrl_type_values(struct mrl_tcx *a, mrl_type *t);
mrl_type *mrl_type_select(struct mrl_tcx *a, mrl_type *t, mrl_val key);

/* True when some value could have both types. */
bool mrl_type_unifies(struct mrl_tcx *a, mrl_type *x, mrl_type *y);
int mrl_type_cmp(mrl_type *x, mrl_type *y);
/* True when nothing, or not all, is known of the type. */
static inline bool mrl_type_unknown(mrl_type *t) {
    return t == NULL || t->partial;
}
static inline bool mrl_type_is_any(mrl_type *t) {
    return t != NULL && t->kind == MRL_TYPE_ANY && t->n == 0;
}

/* As OPA writes types: any<string, array[any]>, object<a: number>[string: any], ??? */
void mrl_type_print(struct mrl_buf *out, mrl_type *t);

/* The type of a builtin's signature: "(x: number, y: number) => z: number". NULL: no memory or no
 * signature. The text is one of builtins.def, so a bad one is a bug that a test finds. */
mrl_type *mrl_type_parse_sig(struct mrl_tcx *a, mrl_str sig);

#endif
