/* fix.h - findings to changes of the text that leave everything else alone.
 *
 * Idea: a control that knows the exact change gives it with its finding. Here the changes of all
 * findings are ordered, doubles are joined, and each object's stretch of its file is edited by
 * formats/yaml/edit.h, which proves every edit or refuses it. The stretch is cut out first, so that
 * the cost is that of the objects changed, not of the file. What is not changed keeps its reason:
 * nothing is dropped silently. No file is written here.
 *
 * Owner: results live in the arena given; findings and sources are borrowed. Threads: none shared.
 */
#ifndef MRL_POSTURE_FIX_H
#define MRL_POSTURE_FIX_H

#include "engines/posture/posture.h"
#include "formats/yaml/edit.h"

enum mrl_fix_state {
    MRL_FIX_DONE,
    MRL_FIX_SHARED,  /* another finding's fix makes the same change */
    MRL_FIX_NONE,    /* the control knows no exact change */
    MRL_FIX_UNSAFE,  /* the workload may behave differently: only on demand */
    MRL_FIX_REFUSED, /* the text cannot be changed safely, see `why` */
    MRL_FIX_USELESS, /* the finding was still there after the change */
};

struct mrl_fix {
    const struct mrl_finding *finding;
    enum mrl_fix_state state;
    mrl_str why; /* of MRL_FIX_REFUSED */
};

struct mrl_fixed_source { /* a file with its changes made */
    const struct mrl_text_file *source;
    mrl_str text;
    uint32_t n; /* changes */
};

struct mrl_fixes {
    struct mrl_fix *items; /* one a failed finding that is not accepted, in their order */
    uint32_t n;
    struct mrl_fixed_source *sources; /* only changed ones, in the order of the findings */
    uint32_t n_sources;
};

/* Chooses what to change: safe fixes, with `all` every exact one. */
mrl_status mrl_fixes_plan(mrl_arena *a, const struct mrl_posture *p, bool all,
                          struct mrl_fixes *ret) MRL_NODISCARD;
/* Makes the texts of the fixes that are DONE; those that cannot be made become REFUSED. May be
 * called again after states have changed. Cost: each object changed is read twice per edit. */
mrl_status mrl_fixes_make(mrl_arena *a, struct mrl_fixes *fixes) MRL_NODISCARD;
/* The patch of one finding's fix alone, safe or not, in the text of its source. MRL_E_NOT_FOUND
 * without a fix, else as mrl_edit_patch. */
mrl_status mrl_fix_patch(mrl_arena *a, const struct mrl_finding *f, struct mrl_err *err,
                         struct mrl_patch *ret) MRL_NODISCARD;
/* True when the control says that the workload goes on as before. */
bool mrl_fix_is_safe(const struct mrl_finding *f);

#endif
