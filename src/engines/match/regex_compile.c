/* regex_compile.c - tree to instructions.
 *
 * Preference is in the order of a split's two ways: the first is tried first, so greedy and lazy
 * differ in that order only. Counted repetitions are written out, which the ceiling of
 * instructions bounds. A literal text at the beginning is kept apart: the search then jumps from
 * one place where it stands to the next.
 */
#include "engines/match/regex_internal.h"

#include "base/utf8.h"
#include "base/vec.h"

/* Appends an instruction; *ret, where wanted, is its number. */
static mrl_status emit(mrl_arena *a, struct mrl_regex *re, struct mrl_rinst inst, uint32_t *ret) {
    MRL_DASSERT(re->n <= re->cap);
    MRL_CHECK(re->n < MRL_REGEX_INSTS_MAX, MRL_E_LIMIT);
    MRL_TRY(MRL_VEC_ROOM(a, re->insts, re->n, re->cap));
    if (ret != NULL)
        *ret = re->n;
    re->insts[re->n++] = inst;
    return MRL_OK;
}

static mrl_status node(mrl_arena *a, struct mrl_regex *re, const struct mrl_rnode *n);

/* True when the node may match the empty text. */
static bool nullable(const struct mrl_rnode *n) {
    switch (n->kind) {
    case MRL_RN_CLASS:
        return false;
    case MRL_RN_CAT:
        for (const struct mrl_rnode *k = n->kid; k != NULL; k = k->next)
            if (!nullable(k))
                return false;
        return true;
    case MRL_RN_ALT:
        for (const struct mrl_rnode *k = n->kid; k != NULL; k = k->next)
            if (nullable(k))
                return true;
        return n->kid == NULL;
    case MRL_RN_REPEAT:
        return n->min == 0 || nullable(n->kid);
    case MRL_RN_GROUP:
        return nullable(n->kid);
    case MRL_RN_EMPTY:
    case MRL_RN_ASSERT:
        break;
    }
    return true;
}

/* Sets the branches of a split: into the body first when greedy. */
static void branch(struct mrl_regex *re, uint32_t split, uint32_t body, uint32_t out, bool greedy) {
    MRL_DASSERT(split < re->n && body <= re->n && out <= re->n);
    re->insts[split].x = greedy ? body : out;
    re->insts[split].y = greedy ? out : body;
}

/* x+: the body, then a choice between once more and on. */
static mrl_status plus(mrl_arena *a, struct mrl_regex *re, const struct mrl_rnode *n) {
    uint32_t body = re->n, split;
    MRL_TRY(node(a, re, n->kid));
    MRL_TRY(emit(a, re, (struct mrl_rinst){.op = MRL_ROP_SPLIT}, &split));
    branch(re, split, body, re->n, n->greedy);
    return MRL_OK;
}

/* x*: a choice between the body, which comes back here, and on. */
static mrl_status star(mrl_arena *a, struct mrl_regex *re, const struct mrl_rnode *n) {
    uint32_t split;
    MRL_TRY(emit(a, re, (struct mrl_rinst){.op = MRL_ROP_SPLIT}, &split));
    uint32_t body = re->n;
    if (nullable(n->kid)) { /* (x+)?: the order of preference of an empty round */
        MRL_TRY(plus(a, re, n));
    } else {
        MRL_TRY(node(a, re, n->kid));
        MRL_TRY(emit(a, re, (struct mrl_rinst){.op = MRL_ROP_JUMP, .x = split}, NULL));
    }
    branch(re, split, body, re->n, n->greedy);
    return MRL_OK;
}

/* x{2,4} is xx(x(x)?)?: optional parts nest, so that leaving one leaves all. */
static mrl_status repeat(mrl_arena *a, struct mrl_regex *re, const struct mrl_rnode *n) {
    MRL_ASSERT(n->kind == MRL_RN_REPEAT && n->min <= n->max);
    if (n->max == UINT32_MAX && n->min == 0)
        return star(a, re, n);
    for (uint32_t i = 0; i + (n->max == UINT32_MAX ? 1 : 0) < n->min; i++)
        MRL_TRY(node(a, re, n->kid));
    if (n->max == UINT32_MAX)
        return plus(a, re, n);
    uint32_t first = re->n, splits = 0;
    uint32_t *at = MRL_ARENA_ARRAY(a, uint32_t, n->max - n->min + 1);
    MRL_CHECK(at != NULL, MRL_E_NOMEM);
    for (uint32_t i = n->min; i < n->max; i++) {
        MRL_TRY(emit(a, re, (struct mrl_rinst){.op = MRL_ROP_SPLIT}, &at[splits++]));
        MRL_TRY(node(a, re, n->kid));
    }
    MRL_ASSERT(re->n >= first);
    for (uint32_t i = 0; i < splits; i++)
        branch(re, at[i], at[i] + 1, re->n, n->greedy);
    return MRL_OK;
}

/* x|y|z: all but the last are left by a jump to the end. */
static mrl_status alternatives(mrl_arena *a, struct mrl_regex *re, const struct mrl_rnode *n) {
    uint32_t last = UINT32_MAX; /* jumps to the end, chained through x */
    for (const struct mrl_rnode *k = n->kid; k != NULL; k = k->next) {
        uint32_t split = 0;
        if (k->next != NULL)
            MRL_TRY(emit(a, re, (struct mrl_rinst){.op = MRL_ROP_SPLIT}, &split));
        MRL_TRY(node(a, re, k));
        if (k->next == NULL)
            break;
        struct mrl_rinst jump = {.op = MRL_ROP_JUMP, .x = last};
        MRL_TRY(emit(a, re, jump, &last));
        branch(re, split, split + 1, re->n, true);
    }
    while (last != UINT32_MAX) {
        uint32_t before = re->insts[last].x;
        re->insts[last].x = re->n;
        last = before;
    }
    return MRL_OK;
}

/* Notes the begin and the end of a group around what is in it. */
static mrl_status group(mrl_arena *a, struct mrl_regex *re, const struct mrl_rnode *n) {
    MRL_ASSERT(n->group < re->groups);
    MRL_TRY(emit(a, re, (struct mrl_rinst){.op = MRL_ROP_SAVE, .x = 2 * n->group}, NULL));
    MRL_TRY(node(a, re, n->kid));
    return emit(a, re, (struct mrl_rinst){.op = MRL_ROP_SAVE, .x = 2 * n->group + 1}, NULL);
}

/* Recursion is bounded: the parser allows MRL_REGEX_DEPTH_MAX levels of groups. */
static mrl_status node(mrl_arena *a, struct mrl_regex *re, const struct mrl_rnode *n) {
    switch (n->kind) {
    case MRL_RN_EMPTY:
        return MRL_OK;
    case MRL_RN_CLASS:
        return emit(a, re, (struct mrl_rinst){.op = MRL_ROP_CLASS, .set = n->set}, NULL);
    case MRL_RN_ASSERT:
        return emit(a, re, (struct mrl_rinst){.op = MRL_ROP_ASSERT, .at = (uint8_t)n->at}, NULL);
    case MRL_RN_GROUP:
        return group(a, re, n);
    case MRL_RN_ALT:
        return alternatives(a, re, n);
    case MRL_RN_REPEAT:
        return repeat(a, re, n);
    case MRL_RN_CAT:
        for (const struct mrl_rnode *k = n->kid; k != NULL; k = k->next)
            MRL_TRY(node(a, re, k));
        return MRL_OK;
    }
    return MRL_E_INTERNAL;
}

/* The literal text that every match begins with. */
static mrl_status find_prefix(mrl_arena *a, const struct mrl_rnode *root, struct mrl_regex *re) {
    char text[64];
    size_t n = 0;
    const struct mrl_rnode *k = root->kind == MRL_RN_CAT ? root->kid : root;
    re->anchored = k != NULL && k->kind == MRL_RN_ASSERT && k->at == MRL_AT_TEXT_BEGIN;
    for (; k != NULL && k->kind == MRL_RN_CLASS && k->literal && n + 4 <= sizeof text;
         k = k->next) {
        n += mrl_utf8_put(k->set->ranges[0].lo, text + n);
        if (k->set->ranges[0].lo == MRL_UTF8_BAD)
            return MRL_OK; /* matches broken bytes, too */
        if (k == root)
            break;
    }
    re->prefix = mrl_arena_str(a, (mrl_str){text, n});
    return re->prefix.ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

mrl_status mrl_regex_compile(mrl_arena *a, mrl_str pattern, struct mrl_err *err,
                             struct mrl_regex **ret) {
    struct mrl_rparsed parsed;
    MRL_TRY(mrl_regex_parse(a, pattern, err, &parsed));
    struct mrl_regex *re = MRL_ARENA_NEW(a, struct mrl_regex);
    MRL_CHECK(re != NULL, MRL_E_NOMEM);
    re->groups = parsed.groups;
    re->names = parsed.names;
    struct mrl_rnode whole = {.kind = MRL_RN_GROUP, .kid = parsed.root};
    mrl_status status = group(a, re, &whole);
    if (status == MRL_OK)
        status = emit(a, re, (struct mrl_rinst){.op = MRL_ROP_MATCH}, NULL);
    if (status == MRL_E_LIMIT)
        return mrl_err_set(
            err, status, "regex.limit",
            "error parsing regexp: expression too large: it needs more than %u steps",
            MRL_REGEX_INSTS_MAX);
    MRL_TRY(status);
    MRL_TRY(find_prefix(a, parsed.root, re));
    *ret = re;
    return MRL_OK;
}

uint32_t mrl_regex_groups(const struct mrl_regex *re) {
    return re->groups;
}

mrl_str mrl_regex_group_name(const struct mrl_regex *re, uint32_t i) {
    return i < re->groups ? re->names[i] : (mrl_str){NULL, 0};
}
