/* documents.h - the text of a manifest to documents, here or in a sandboxed worker.
 *
 * Idea: one function reads a text; the job of the worker calls the same one and sends what it gave
 * as typed values (value_wire.h). So both ways give the same documents, positions and errors, and
 * the choice is the caller's: fast, or with no parser of hostile bytes in its own process.
 */
#ifndef MRL_CLI_DOCUMENTS_H
#define MRL_CLI_DOCUMENTS_H

#include "base/value.h"
#include "base/vec.h"
#include "base/worker.h"

struct mrl_document { /* one document of a file; has spans */
    mrl_val value;
    uint32_t start, end; /* its stretch of the text */
};

struct mrl_documents {
    struct mrl_document *items;
    uint32_t n, cap;
};

/* Which reader a text goes to. From MRL_FORM_LOCK on: the row of lockfile.h, whose only document is
 * what mrl_lockfile_read gives. */
enum mrl_form { MRL_FORM_YAML, MRL_FORM_JSON, MRL_FORM_LOCK };

/* Parses a text: JSON values one after the other, or a YAML stream. `file` names it in errors. The
 * documents borrow the text. On failure of JSON, *ret holds those before the fault. */
mrl_status mrl_documents_parse(mrl_arena *a, mrl_str file, mrl_str text, unsigned form,
                               struct mrl_err *err, struct mrl_documents *ret) MRL_NODISCARD;

/* The same in a worker. The documents borrow nothing from the text. Fails as mrl_worker_call does,
 * too: MRL_E_WORKER or MRL_E_BUDGET say that the text could not be read safely. */
mrl_status mrl_documents_parse_in(struct mrl_worker *w, mrl_arena *a, mrl_str file, mrl_str text,
                                  unsigned form, struct mrl_err *err,
                                  struct mrl_documents *ret) MRL_NODISCARD;

/* What the worker does for it. Input: a byte for the form, then the text. */
extern const struct mrl_worker_job mrl_documents_job;

#endif
