/* regex_internal.h - the tree and the instructions of a pattern; for regex_*.c only.
 *
 * Nodes hang together by first child and next sibling, which needs no arrays; instructions are 24
 * bytes in one array. Both are frozen once made.
 */
#ifndef MRL_MATCH_REGEX_INTERNAL_H
#define MRL_MATCH_REGEX_INTERNAL_H

#include "engines/match/regex.h"

#define MRL_RUNE_MAX 0x10FFFFu

struct mrl_range {
    uint32_t lo, hi;
};

struct mrl_class {     /* a set of code points: sorted ranges that do not touch */
    uint64_t ascii[2]; /* bit c: the ASCII character c is in it */
    struct mrl_range *ranges;
    uint32_t n;
};

enum mrl_assert {
    MRL_AT_TEXT_BEGIN,
    MRL_AT_TEXT_END,
    MRL_AT_LINE_BEGIN,
    MRL_AT_LINE_END,
    MRL_AT_WORD,
    MRL_AT_NO_WORD,
};

enum mrl_node_kind {
    MRL_RN_EMPTY,
    MRL_RN_CLASS,
    MRL_RN_CAT,
    MRL_RN_ALT,
    MRL_RN_REPEAT,
    MRL_RN_GROUP,
    MRL_RN_ASSERT
};

struct mrl_rnode {
    enum mrl_node_kind kind;
    struct mrl_rnode *kid, *next; /* first child; the sibling behind */
    const struct mrl_class *set;  /* CLASS */
    uint32_t min, max;            /* REPEAT; max UINT32_MAX = no bound */
    bool greedy;                  /* REPEAT */
    bool literal;                 /* CLASS: one code point */
    uint32_t group;               /* GROUP */
    enum mrl_assert at;           /* ASSERT */
};

enum mrl_rop {
    MRL_ROP_CLASS,
    MRL_ROP_SPLIT,
    MRL_ROP_JUMP,
    MRL_ROP_SAVE,
    MRL_ROP_ASSERT,
    MRL_ROP_MATCH
};

struct mrl_rinst {
    uint8_t op;
    uint8_t at; /* ASSERT */
    uint32_t x; /* SPLIT, JUMP: the preferred next; SAVE: the slot */
    uint32_t y; /* SPLIT: the other one */
    const struct mrl_class *set;
};

struct mrl_regex {
    struct mrl_rinst *insts;
    uint32_t n, cap;
    uint32_t groups;
    mrl_str *names; /* by group */
    mrl_str prefix; /* every match begins with this text */
    bool anchored;  /* every match begins at the begin of the text */
};

struct mrl_rparsed {
    struct mrl_rnode *root;
    uint32_t groups;
    mrl_str *names;
};

/* Pattern to tree. */
mrl_status mrl_regex_parse(mrl_arena *a, mrl_str pattern, struct mrl_err *err,
                           struct mrl_rparsed *ret) MRL_NODISCARD;

/* --- sets of code points (regex_class.c) ---------------------------------------------------- */

struct mrl_class_builder {
    mrl_arena *a;
    struct mrl_range *ranges;
    uint32_t n, cap;
    bool failed; /* out of memory */
};
/* Adds [lo, hi]; with `fold`, what differs from it by case only, too. */
void mrl_class_add(struct mrl_class_builder *b, uint32_t lo, uint32_t hi, bool fold);
/* Adds what is not in [ranges, ranges + n) of another builder. */
void mrl_class_add_negated(struct mrl_class_builder *b, struct mrl_class_builder *other);
/* Adds a class named by one letter (d, s, w), by POSIX ("alpha") or by a general category ("L",
 * "Nd", "Any"). False when there is none of that name. */
bool mrl_class_add_perl(struct mrl_class_builder *b, char letter, bool fold);
/* Adds a class such as [:alpha:]; false for a name that there is none of. */
bool mrl_class_add_posix(struct mrl_class_builder *b, mrl_str name, bool fold);
/* Adds a Unicode category or script such as \pL; false for an unknown one. */
bool mrl_class_add_category(struct mrl_class_builder *b, mrl_str name);
/* Adds a script of Unicode ("Greek"); false when there is none of that name. */
bool mrl_class_add_script(struct mrl_class_builder *b, mrl_str name);
/* Sorts and joins; NULL when memory ran out. */
const struct mrl_class *mrl_class_end(struct mrl_class_builder *b, bool negated);

/* Membership. Cost: O(1) for ASCII, O(log n) else. */
static inline bool mrl_class_has(const struct mrl_class *c, uint32_t r) {
    if (r < 128)
        return (c->ascii[r >> 6] >> (r & 63)) & 1;
    uint32_t lo = 0, hi = c->n;
    while (lo < hi) {
        uint32_t mid = (lo + hi) / 2;
        if (c->ranges[mid].hi < r)
            lo = mid + 1;
        else
            hi = mid;
    }
    return lo < c->n && c->ranges[lo].lo <= r;
}

#endif
