/* regex_scripts.c - the scripts of Unicode (\p{Greek}), from a table made of Go's.
 *
 * Go's and not another Unicode's: a pattern must match what it matches in OPA.
 */
#include "engines/match/regex_internal.h"

#define R(first, last) {first, last},
#define SCRIPT(name, ...) static const struct mrl_range name##_ranges[] = {__VA_ARGS__};
#include "engines/match/regex_scripts.def"
#undef SCRIPT

static const struct {
    const char *name;
    const struct mrl_range *ranges;
    size_t n;
} scripts[] = {
#define SCRIPT(name, ...) {#name, name##_ranges, MRL_COUNTOF(name##_ranges)},
#include "engines/match/regex_scripts.def"
#undef SCRIPT
};
#undef R

bool mrl_class_add_script(struct mrl_class_builder *b, mrl_str name) {
    size_t lo = 0, hi = MRL_COUNTOF(scripts);
    while (lo < hi) {
        size_t mid = lo + (hi - lo) / 2;
        int c = mrl_str_cmp(name, mrl_str_z(scripts[mid].name));
        if (c == 0) {
            for (size_t i = 0; i < scripts[mid].n; i++)
                mrl_class_add(b, scripts[mid].ranges[i].lo, scripts[mid].ranges[i].hi, false);
            return true;
        }
        if (c < 0)
            hi = mid;
        else
            lo = mid + 1;
    }
    return false;
}
