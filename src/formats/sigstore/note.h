/* note.h - checkpoints: the signed notes by which a log states its size and root.
 *
 * Idea: text lines, an empty line, then lines "— name base64(key hint, signature)". The signed
 * bytes are the text with its last line end. The first three lines of a checkpoint are origin, tree
 * size and root hash; further ones are extensions. Sources: C2SP signed-note and tlog-checkpoint.
 *
 * Ownership: slices live in the arena or borrow the text.
 */
#ifndef MRL_FORMATS_SIGSTORE_NOTE_H
#define MRL_FORMATS_SIGSTORE_NOTE_H

#include "base/arena.h"
#include "base/status.h"

#define MRL_NOTE_BYTES_MAX ((size_t)64 << 10)
#define MRL_NOTE_SIGS_MAX 32u /* a log and its witnesses */
#define MRL_NOTE_HINT 4u      /* bytes of a key hint */

struct mrl_note_sig {
    mrl_str name;
    mrl_str hint; /* MRL_NOTE_HINT bytes */
    mrl_str sig;
};

struct mrl_checkpoint {
    mrl_str signed_text;
    mrl_str origin;
    uint64_t size;
    mrl_str root_hash; /* 32 bytes */
    struct mrl_note_sig sigs[MRL_NOTE_SIGS_MAX];
    uint32_t n_sigs;
};

/* Reads a checkpoint. MRL_E_SYNTAX says which line is wrong; MRL_E_LIMIT. */
mrl_status mrl_checkpoint_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                struct mrl_checkpoint *ret) MRL_NODISCARD;

#endif
