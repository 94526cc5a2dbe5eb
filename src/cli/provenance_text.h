/* provenance_text.h - what a verified statement says of a build, for people and as JSON. */
#ifndef MRL_CLI_PROVENANCE_TEXT_H
#define MRL_CLI_PROVENANCE_TEXT_H

#include "base/buf.h"
#include "formats/intoto/provenance.h"

/* True for the types of predicates that have facts to show. */
bool mrl_provenance_has_facts(mrl_str predicate_type);
/* Appends lines with a deep margin, one a fact; nothing of a fact that is not there. */
void mrl_provenance_human(const struct mrl_provenance *p, struct mrl_buf *b);
/* The facts as an object, as JSON shows them and controls see them. */
mrl_status mrl_provenance_value(const struct mrl_provenance *p, mrl_arena *a,
                                mrl_val *ret) MRL_NODISCARD;

#endif
