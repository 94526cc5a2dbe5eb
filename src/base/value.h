/* value.h - the one data model: JSON plus sets.
 *
 * Idea: every input (JSON, YAML, policy data, facts, events) becomes the same 16-byte tagged
 * values. A value is plain data: copy it freely. Text and containers point into an arena (or into
 * the input buffer, which must then live as long). There are no reference counts.
 *
 * Threads: a tree is owned by one thread until mrl_val_freeze() has computed its lazy parts; after
 * that it is read-only and may be shared without locks. (The one exception is out of sight: large
 * objects that a parser made ready are sorted when their order is first asked for, see ADR 0017.)
 *
 * Numbers: a whole number that fits is an MRL_T_INT; every other number is an MRL_T_NUM that keeps
 * its decimal text exactly as it was written. Both compare and hash by numeric value (see num.h).
 *
 * Objects keep insertion order; above MRL_OBJ_INDEX_MIN members they carry a hash index. Iteration
 * in key order goes through mrl_obj_order(). Sets have unique items; their order view works the
 * same. Keys of objects may be any value inside the policy engine; from JSON and YAML they are
 * strings.
 */
#ifndef MRL_BASE_VALUE_H
#define MRL_BASE_VALUE_H

#include "base/arena.h"
#include "base/status.h"

/* The order of the tags is Rego's total order of types; false sorts before true by u.i. */
enum mrl_tag {
    MRL_T_UNDEFINED = 0, /* no value; never stored inside a container */
    MRL_T_NULL = 1,
    MRL_T_BOOL = 2, /* u.i is 0 or 1 */
    MRL_T_INT = 3,  /* u.i */
    MRL_T_NUM = 4,  /* decimal text u.s, len: any JSON number that is not an MRL_T_INT */
    MRL_T_STR = 5,  /* UTF-8 u.s, len */
    MRL_T_ARR = 6,  /* u.arr, len items */
    MRL_T_OBJ = 7,  /* u.obj, len members */
    MRL_T_SET = 8,  /* u.arr, len unique items */
};

#define MRL_VF_SORTED 0x01u /* container: stored order is already the sorted order */
#define MRL_VF_ASCII 0x02u  /* string: known to be all ASCII (absent: not known) */
#define MRL_VF_READY 0x04u  /* container: made ready to be shared; freezing has nothing to do */

typedef struct mrl_val {
    uint8_t tag;
    uint8_t flags;
    uint16_t aux; /* free for the owner of the value; copied along, ignored by comparison */
    uint32_t len;
    union {
        int64_t i;
        const char *s;
        struct mrl_arr *arr;
        struct mrl_obj *obj;
        const void *p;
    } u;
} mrl_val;

_Static_assert(sizeof(mrl_val) == 16, "values are 16 bytes");

/* Where a node stood in its source text: byte offsets, end exclusive. key_* is 0,0 in arrays. */
struct mrl_span {
    uint32_t key_start, key_end;
    uint32_t val_start, val_end;
};

/* What a container may know beyond its items. All parts optional. */
struct mrl_side {
    const uint32_t *index; /* open-addressing table of 1-based entry numbers, mask + 1 slots */
    uint32_t mask;
    uint32_t frozen;
    const uint32_t *order;        /* entry numbers in sorted order */
    const struct mrl_span *spans; /* one an entry */
};

struct mrl_arr { /* arrays and sets */
    struct mrl_side *side;
    mrl_val items[];
};

struct mrl_member {
    mrl_val key;
    mrl_val val;
};

struct mrl_obj {
    struct mrl_side *side;
    struct mrl_member m[];
};

#define MRL_OBJ_INDEX_MIN 8         /* containers with more entries get a hash index */
#define MRL_VAL_LEN_MAX 0xFFFFFFF0u /* bytes of a string, items of a container */
#define MRL_VAL_DEPTH_MAX 2048      /* recursion in compare, hash, copy, freeze */

/* --- making ------------------------------------------------------------------------------- */

static inline mrl_val mrl_undefined(void) {
    return (mrl_val){.tag = MRL_T_UNDEFINED};
}
static inline mrl_val mrl_null(void) {
    return (mrl_val){.tag = MRL_T_NULL};
}
static inline mrl_val mrl_bool(bool b) {
    return (mrl_val){.tag = MRL_T_BOOL, .u.i = b};
}
static inline mrl_val mrl_int(int64_t i) {
    return (mrl_val){.tag = MRL_T_INT, .u.i = i};
}
/* Borrows s. s.len must be <= MRL_VAL_LEN_MAX. */
static inline mrl_val mrl_strval(mrl_str s) {
    return (mrl_val){.tag = MRL_T_STR, .len = (uint32_t)s.len, .u.s = s.ptr ? s.ptr : ""};
}
#define MRL_V(lit) mrl_strval(MRL_S(lit))

/* The empty containers; static storage, frozen. */
mrl_val mrl_empty_arr(void);
/* The empty object: shared, so that {} costs nothing. */
mrl_val mrl_empty_obj(void);
/* The empty set: shared. */
mrl_val mrl_empty_set(void);

/* --- looking ------------------------------------------------------------------------------ */

static inline bool mrl_is_defined(mrl_val v) {
    return v.tag != MRL_T_UNDEFINED;
}
static inline bool mrl_is_num(mrl_val v) {
    return v.tag == MRL_T_INT || v.tag == MRL_T_NUM;
}
static inline bool mrl_is_str(mrl_val v) {
    return v.tag == MRL_T_STR;
}
static inline bool mrl_is_arr(mrl_val v) {
    return v.tag == MRL_T_ARR;
}
static inline bool mrl_is_obj(mrl_val v) {
    return v.tag == MRL_T_OBJ;
}
static inline bool mrl_is_set(mrl_val v) {
    return v.tag == MRL_T_SET;
}
static inline bool mrl_is_true(mrl_val v) {
    return v.tag == MRL_T_BOOL && v.u.i != 0;
}
static inline bool mrl_is_false(mrl_val v) {
    return v.tag == MRL_T_BOOL && v.u.i == 0;
}
/* The text of a string (or number text) value; the empty slice for other tags. */
static inline mrl_str mrl_val_str(mrl_val v) {
    return v.tag == MRL_T_STR || v.tag == MRL_T_NUM ? (mrl_str){v.u.s, v.len} : (mrl_str){NULL, 0};
}

/* Rego's type name: "null", "boolean", "number", "string", "array", "object", "set", "undefined".
 */
const char *mrl_val_type_name(mrl_val v);

/* Item i of an array, by stored order; undefined out of range or for another tag. */
static inline mrl_val mrl_arr_at(mrl_val v, size_t i) {
    return v.tag == MRL_T_ARR && i < v.len ? v.u.arr->items[i] : mrl_undefined();
}

/* The value of `key` in an object; undefined when absent or not an object. Cost: O(1) average. */
mrl_val mrl_obj_get(mrl_val obj, mrl_val key);
/* As mrl_obj_get for a key that is a string: no value is made for the search. */
mrl_val mrl_obj_get_str(mrl_val obj, mrl_str key);
#define MRL_GET(obj, lit) mrl_obj_get_str((obj), MRL_S(lit))

/* Entry number of `key`, or -1. */
int64_t mrl_obj_find(mrl_val obj, mrl_val key);
/* Entry number of `item` in a set, or -1. */
int64_t mrl_set_find(mrl_val set, mrl_val item);
static inline bool mrl_set_has(mrl_val set, mrl_val item) {
    return mrl_set_find(set, item) >= 0;
}

/* Follows keys (strings for objects, whole numbers for arrays) from v. */
mrl_val mrl_val_path(mrl_val v, const mrl_val *keys, size_t n);

/* The source span of entry i of a container, or NULL when positions were not kept. */
const struct mrl_span *mrl_val_span(mrl_val container, size_t i);

/* --- order, equality, hash ---------------------------------------------------------------- */

/* Total order of Rego: by type, then value; objects compare as sorted key/value pairs, sets as
 * sorted items. `scratch` holds order views computed on the way (may be NULL for frozen trees). */
int mrl_val_cmp(mrl_arena *scratch, mrl_val a, mrl_val b);

/* Deep equality (numbers by value). Needs no order view. Cost: O(size). */
bool mrl_val_eq(mrl_val a, mrl_val b);

/* Hash that agrees with mrl_val_eq. Independent of insertion order. */
uint64_t mrl_val_hash(mrl_val v);

/* Entry numbers of an object or set in sorted order, or NULL when the stored order is sorted.
 * Computes the view once and keeps it in the container (allocated from `a`, which must live as long
 * as the tree; never happens on frozen trees). On memory failure sets *status. */
const uint32_t *mrl_val_order(mrl_arena *a, mrl_val v, mrl_status *status);

/* Computes all lazy parts of the tree so that threads may share it. */
mrl_status mrl_val_freeze(mrl_arena *a, mrl_val v) MRL_NODISCARD;

/* Deep copy into `a`: text included. Spans are dropped. */
mrl_status mrl_val_copy(mrl_arena *a, mrl_val v, mrl_val *ret) MRL_NODISCARD;

/* --- building ----------------------------------------------------------------------------- */

/* A growing container in an arena. Zero-initialise, add, finish once. Adding a key that is there
 * replaces its value; adding an item that a set has does nothing. A failure is sticky and comes
 * back from the finish. */
struct mrl_builder {
    mrl_arena *arena;
    uint8_t tag;    /* MRL_T_ARR, MRL_T_OBJ or MRL_T_SET */
    uint8_t sorted; /* entries so far came in sorted order */
    mrl_status status;
    uint32_t n, cap;
    void *items;     /* struct mrl_arr or struct mrl_obj being filled */
    uint32_t *index; /* when n > MRL_OBJ_INDEX_MIN */
    uint32_t mask;
};

/* Prepares an empty container of a tag with room for `expected` entries; a failure is sticky. */
void mrl_builder_init(struct mrl_builder *b, mrl_arena *a, enum mrl_tag tag, size_t expected);
void mrl_build_item(struct mrl_builder *b, mrl_val item);               /* array, set */
void mrl_build_member(struct mrl_builder *b, mrl_val key, mrl_val val); /* object */
/* The value under `key` so far (undefined when absent): for conflict checks. */
mrl_val mrl_build_get(const struct mrl_builder *b, mrl_val key);
/* Gives the finished container, or the first failure. The builder must not be used after it. */
mrl_status mrl_build_end(struct mrl_builder *b, mrl_val *ret) MRL_NODISCARD;

/* Array/object of n entries copied in one go. Object keys must be distinct (the index is built). */
mrl_status mrl_arr_of(mrl_arena *a, const mrl_val *items, size_t n, mrl_val *ret) MRL_NODISCARD;
/* As mrl_arr_of for members. */
mrl_status mrl_obj_of(mrl_arena *a, const struct mrl_member *m, size_t n,
                      mrl_val *ret) MRL_NODISCARD;
/* Array of n entries that a parser has laid out, with their spans (NULL: not kept). `ready`: all
 * entries are scalars or were made ready, too; then freezing has nothing to do. */
mrl_status mrl_arr_take(mrl_arena *a, const mrl_val *items, const struct mrl_span *spans, size_t n,
                        bool ready, mrl_val *ret) MRL_NODISCARD;

/* Object of n members with string keys that a parser has laid out. Repeated keys go: the last value
 * (and its span) stands in the place of the first; ret->len tells how many are left. `m` and
 * `spans` (NULL: not kept) are used as scratch. `ready`: made to be shared at once, as in
 * mrl_arr_take; up to MRL_OBJ_INDEX_MIN members are then stored in key order. Cost: linear. */
mrl_status mrl_obj_take(mrl_arena *a, struct mrl_member *m, struct mrl_span *spans, size_t n,
                        bool ready, mrl_val *ret) MRL_NODISCARD;

/* Gives a container its hash index (n > MRL_OBJ_INDEX_MIN, entries distinct) and spans; used by
 * parsers that lay out the entries themselves. spans may be NULL. */
mrl_status mrl_val_seal(mrl_arena *a, mrl_val *v, const struct mrl_span *spans) MRL_NODISCARD;

#endif
