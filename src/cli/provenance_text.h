/* provenance_text.h - what a verified statement says of a build, for people and as JSON. */
#ifndef MRL_CLI_PROVENANCE_TEXT_H
#define MRL_CLI_PROVENANCE_TEXT_H

#include "base/buf.h"
#include "formats/intoto/provenance.h"

/* True for the types of predicates that have facts to show. */
bool mrl_provenance_has_facts(mrl_str predicate_type);
/* Appends lines with a deep margin, one a fact; nothing of a fact that is not there. */
void mrl_provenance_human(const struct mrl_provenance *p, struct mrl_buf *b);
/* Appends an object. `scratch` holds orders of keys. */
void mrl_provenance_json(const struct mrl_provenance *p, mrl_arena *scratch, struct mrl_buf *b);

#endif
