/* value_wire.h - values as bytes of a message, and back from a sender that may lie.
 *
 * Idea: one byte says the kind, then come length and contents, depth first; a container may carry
 * the source spans of its entries. The reader believes nothing: lengths are checked against what is
 * left, text must be UTF-8, number text must be a JSON number, keys must be distinct strings, spans
 * must lie inside the source. So what comes out is a value that the parsers could have made, which
 * is all that the rest of merlon relies on.
 *
 *   null, false, true  0 1 2
 *   whole number       3, 8 bytes
 *   other number       4, length (4 bytes), its text
 *   string             5, length, bytes
 *   array              6, count, spans?, items
 *   object             7, count, spans?, key and value of each member
 *   spans?             0, or 1 and 16 bytes an entry: key start, end, value start, end
 *
 * Sets do not travel: no format has them. Aliases of YAML are written out.
 */
#ifndef MRL_BASE_VALUE_WIRE_H
#define MRL_BASE_VALUE_WIRE_H

#include "base/buf.h"
#include "base/rd.h"
#include "base/value.h"

/* Appends v (no sets, no undefined inside). The buffer's ceiling bounds what aliases expand to. */
void mrl_wire_put_value(struct mrl_buf *b, mrl_val v);

/* Reads one value. Strings and numbers borrow the message's bytes. `source_len` is the ceiling of
 * all spans. MRL_E_SYNTAX for anything that does not fit, MRL_E_LIMIT for more than
 * MRL_VAL_DEPTH_MAX levels, MRL_E_NOMEM. Cost: linear; at most 32 bytes of memory a byte read. */
mrl_status mrl_wire_get_value(mrl_arena *a, struct mrl_rd *r, uint32_t source_len,
                              mrl_val *ret) MRL_NODISCARD;

#endif
