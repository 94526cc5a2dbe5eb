/* table.c - the table of builtins, made from builtins.def, and its lookup.
 *
 * The rows are sorted by name (tools/lint.py checks it), so that looking one up is a binary search
 * and a row's place can be its number in instructions. A row without a function is a builtin that
 * OPA has and this build has not: its name, arity and types are known, calling it is an error.
 */
#include "engines/policy/builtin.h"

#include "engines/policy/builtins/builtins.h"

const struct mrl_builtin mrl_builtin_rows[] = {
#define NONE NULL
#define B(name, fn, arity, flags, infix, sig, since, doc, example)                                 \
    {name, fn, arity, flags, infix, sig, since, doc, example},
#include "engines/policy/builtins/builtins.def"
#undef B
#undef NONE
};

const struct mrl_builtin *mrl_builtin_at(size_t i) {
    return i < MRL_COUNTOF(mrl_builtin_rows) ? &mrl_builtin_rows[i] : NULL;
}

const struct mrl_builtin *mrl_builtin_find(mrl_str name) {
    size_t lo = 0, hi = MRL_COUNTOF(mrl_builtin_rows);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = mrl_str_cmp(name, mrl_str_z(mrl_builtin_rows[mid].name));
        if (c == 0)
            return &mrl_builtin_rows[mid];
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return NULL;
}

size_t mrl_builtin_index(const struct mrl_builtin *b) {
    MRL_ASSERT(b >= mrl_builtin_rows && b < mrl_builtin_rows + MRL_COUNTOF(mrl_builtin_rows));
    return (size_t)(b - mrl_builtin_rows);
}
