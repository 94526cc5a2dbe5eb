/* regex_class.c - sets of code points: named classes, case folding, negation.
 *
 * A builder takes ranges in any order, overlapping or not; mrl_class_end sorts and joins them, so
 * that a class is searched by halves, and makes a bitmap for ASCII, which most texts are. Case
 * folding adds to the class instead of changing the text that is matched.
 */
#include "engines/match/regex_internal.h"

#include "base/unicode.h"
#include "base/vec.h"

#include <stdlib.h>
#include <utf8proc.h>

/* Adds a range; one that goes on from the last only makes it longer. */
static void put(struct mrl_class_builder *b, uint32_t lo, uint32_t hi) {
    MRL_DASSERT(b->n <= b->cap);
    if (b->failed || lo > hi)
        return;
    if (b->n > 0 && lo >= b->ranges[b->n - 1].lo && lo <= b->ranges[b->n - 1].hi + 1) {
        if (hi > b->ranges[b->n - 1].hi)
            b->ranges[b->n - 1].hi = hi;
        return;
    }
    if (MRL_VEC_ROOM(b->a, b->ranges, b->n, b->cap) != MRL_OK) {
        b->failed = true;
        return;
    }
    b->ranges[b->n++] = (struct mrl_range){lo, hi};
}

/* Code points that fold together although upper and lower case do not lead from each to each.
 * Source: Unicode CaseFolding.txt, status C and S. */
static const uint32_t orbits[][4] = {
    {0x4B, 0x6B, 0x212A},  {0x53, 0x73, 0x17F},           {0xC5, 0xE5, 0x212B},
    {0xB5, 0x39C, 0x3BC},  {0x398, 0x3B8, 0x3D1, 0x3F4},  {0x392, 0x3B2, 0x3D0},
    {0x395, 0x3B5, 0x3F5}, {0x399, 0x3B9, 0x345, 0x1FBE}, {0x39A, 0x3BA, 0x3F0},
    {0x3A0, 0x3C0, 0x3D6}, {0x3A1, 0x3C1, 0x3F1},         {0x3A3, 0x3C3, 0x3C2},
    {0x3A6, 0x3C6, 0x3D5}, {0x3A9, 0x3C9, 0x2126},        {0x1E60, 0x1E61, 0x1E9B},
    {0xDF, 0x1E9E},
};

/* A character with all that differ from it by case only. */
static void put_folded(struct mrl_class_builder *b, uint32_t c) {
    uint32_t lower = mrl_unicode_lower(c), upper = mrl_unicode_upper(c);
    put(b, c, c);
    if (lower != c)
        put(b, lower, lower);
    if (upper != c)
        put(b, upper, upper);
    for (size_t i = 0; i < MRL_COUNTOF(orbits); i++)
        for (size_t k = 0; k < 4 && orbits[i][k] != 0; k++)
            if (orbits[i][k] == c)
                for (size_t m = 0; m < 4 && orbits[i][m] != 0; m++)
                    put(b, orbits[i][m], orbits[i][m]);
}

#define FOLD_LAST 0x1E943u /* no code point above it has another case */

void mrl_class_add(struct mrl_class_builder *b, uint32_t lo, uint32_t hi, bool fold) {
    put(b, lo, hi);
    if (!fold || (lo == 0 && hi >= FOLD_LAST))
        return;
    for (uint32_t c = lo; c <= hi && c <= FOLD_LAST && !b->failed; c++)
        if (c >= 0x80 || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
            put_folded(b, c);
}

static int by_begin(const void *x, const void *y) {
    uint32_t a = ((const struct mrl_range *)x)->lo, b = ((const struct mrl_range *)y)->lo;
    return (a > b) - (a < b);
}

/* Sorts, and joins what overlaps or touches. */
static void tidy(struct mrl_class_builder *b) {
    if (b->n < 2)
        return;
    qsort(b->ranges, b->n, sizeof *b->ranges, by_begin);
    uint32_t n = 1;
    for (uint32_t i = 1; i < b->n; i++) {
        struct mrl_range *last = &b->ranges[n - 1];
        if (b->ranges[i].lo <= last->hi + 1) {
            if (b->ranges[i].hi > last->hi)
                last->hi = b->ranges[i].hi;
        } else {
            b->ranges[n++] = b->ranges[i];
        }
    }
    MRL_ASSERT(n > 0 && n <= b->n);
    b->n = n;
}

void mrl_class_add_negated(struct mrl_class_builder *b, struct mrl_class_builder *other) {
    MRL_ASSERT(b != other);
    uint32_t from = 0;
    tidy(other);
    b->failed |= other->failed;
    for (uint32_t i = 0; i < other->n; i++) {
        if (other->ranges[i].lo > from)
            put(b, from, other->ranges[i].lo - 1);
        from = other->ranges[i].hi + 1;
    }
    if (from <= MRL_RUNE_MAX)
        put(b, from, MRL_RUNE_MAX);
}

static const struct {
    const char *name, *pairs; /* bounds of ranges, two characters each */
} posix[] = {
    {"alnum", "09AZaz"},  {"alpha", "AZaz"},     {"ascii", ""},       {"blank", "\t\t  "},
    {"cntrl", ""},        {"digit", "09"},       {"graph", "!~"},     {"lower", "az"},
    {"print", " ~"},      {"punct", "!/:@[`{~"}, {"space", "\t\r  "}, {"upper", "AZ"},
    {"word", "09AZ__az"}, {"xdigit", "09AFaf"},
};

bool mrl_class_add_posix(struct mrl_class_builder *b, mrl_str name, bool fold) {
    for (size_t i = 0; i < MRL_COUNTOF(posix); i++) {
        if (!mrl_str_eq(name, mrl_str_z(posix[i].name)))
            continue;
        for (const char *p = posix[i].pairs; *p != '\0'; p += 2)
            mrl_class_add(b, (uint32_t)p[0], (uint32_t)p[1], fold);
        if (mrl_str_eq(name, MRL_S("ascii")))
            mrl_class_add(b, 0, 0x7F, fold);
        if (mrl_str_eq(name, MRL_S("cntrl"))) {
            put(b, 0, 0x1F);
            put(b, 0x7F, 0x7F);
        }
        return true;
    }
    return false;
}

bool mrl_class_add_perl(struct mrl_class_builder *b, char letter, bool fold) {
    if (letter == 's') { /* without the vertical tab, as Perl had it */
        put(b, '\t', '\n');
        put(b, '\f', '\r');
        put(b, ' ', ' ');
        return true;
    }
    return letter == 'd'   ? mrl_class_add_posix(b, MRL_S("digit"), fold)
           : letter == 'w' ? mrl_class_add_posix(b, MRL_S("word"), fold)
                           : false;
}

bool mrl_class_add_category(struct mrl_class_builder *b, mrl_str name) {
    if (mrl_str_eq(name, MRL_S("Any"))) {
        put(b, 0, MRL_RUNE_MAX);
        return true;
    }
    if (name.len < 1 || name.len > 2 || memchr("CLMNPSZ", name.ptr[0], 7) == NULL)
        return false;
    bool found = false;
    /* A walk over all of Unicode, once a pattern that names a category: there is no table to
     * keep. */
    for (uint32_t c = 0; c <= MRL_RUNE_MAX; c++) {
        const char *category = utf8proc_category_string((utf8proc_int32_t)c);
        if (category[0] == name.ptr[0] && (name.len == 1 || category[1] == name.ptr[1]) &&
            !(category[0] == 'C' && category[1] == 'n')) {
            put(b, c, c);
            found = true;
        }
    }
    return found;
}

const struct mrl_class *mrl_class_end(struct mrl_class_builder *b, bool negated) {
    struct mrl_class_builder other = {.a = b->a};
    struct mrl_class *c = MRL_ARENA_NEW(b->a, struct mrl_class);
    tidy(b);
    if (negated) {
        mrl_class_add_negated(&other, b);
        *b = other;
    }
    if (c == NULL || b->failed)
        return NULL;
    c->ranges = b->ranges;
    c->n = b->n;
    for (uint32_t i = 0; i < c->n; i++)
        for (uint32_t r = c->ranges[i].lo; r <= c->ranges[i].hi && r < 128; r++)
            c->ascii[r >> 6] |= 1ull << (r & 63);
    return c;
}
