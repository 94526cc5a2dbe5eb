/* edit.h - changes to YAML and JSON text that leave every other byte alone.
 *
 * Idea: a fix is a patch of the text, not a new print of the value: comments, order, quotes and
 * layout outside the place touched stay as their owner wrote them. The place is found by a path
 * through the values and their spans; the new text follows the layout around it (block or flow,
 * indentation, how lists are indented, line ends). Each patch is then proved: the patched document
 * is read again and must hold exactly the value wanted, all else equal. What cannot be proved (an
 * anchor that others share, a tag, a repeated key, a layout that we do not know) is refused with
 * MRL_E_UNSUPPORTED: better no fix than a wrong one.
 *
 * Owner: results live in the arena. Threads: none shared. Cost: each edit reads its own document
 * twice; other documents of the stream are read once.
 */
#ifndef MRL_FORMATS_YAML_EDIT_H
#define MRL_FORMATS_YAML_EDIT_H

#include "base/value.h"

#define MRL_EDIT_PATH_MAX 64 /* keys of one path: far deeper than any Kubernetes field */

enum mrl_edit_op {
    MRL_EDIT_SET,    /* the value at the path becomes `value`; missing mappings are made */
    MRL_EDIT_APPEND, /* the list at the path gets one more item; a missing list is made */
    MRL_EDIT_REMOVE, /* the member or item at the path goes, with the rest of its lines */
};

struct mrl_edit {
    enum mrl_edit_op op;
    uint32_t at; /* offset of the node where the path begins: a document, or an item of a List */
    const mrl_val *path; /* strings are keys, whole numbers are places in lists */
    size_t path_len;
    mrl_val value; /* of set and append: any value; members keep their order */
};

/* Bytes [start, end) of a text become `text`. */
struct mrl_patch {
    uint32_t start, end;
    mrl_str text;
};

/* The patch that makes one edit of `text` (`json`: read it as JSON). MRL_E_NOT_FOUND: nothing
 * stands at the path (remove) or before its last missing list place; MRL_E_TYPE: the path goes
 * through a scalar; MRL_E_UNSUPPORTED: it cannot be done safely; the error says why, with its
 * place. Errors of reading `text` come back as they are. */
mrl_status mrl_edit_patch(mrl_arena *a, mrl_str text, bool json, const struct mrl_edit *edit,
                          struct mrl_err *err, struct mrl_patch *ret) MRL_NODISCARD;

/* Makes edits one after the other; `at` of each means the text as it was given, paths mean the
 * document as the earlier edits left it. each[i] (NULL: not wanted) becomes the status of edit i;
 * one that fails changes nothing and the others go on, `err` tells of the first. The result is the
 * status of reading `text` or MRL_E_NOMEM. */
mrl_status mrl_edit_all(mrl_arena *a, mrl_str text, bool json, const struct mrl_edit *edits,
                        size_t n, struct mrl_err *err, mrl_status *each,
                        mrl_str *ret) MRL_NODISCARD;

/* `text` with the patch applied; ptr is NULL when memory is out. */
mrl_str mrl_patch_apply(mrl_arena *a, mrl_str text, const struct mrl_patch *patch);

#endif
