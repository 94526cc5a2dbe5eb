/* value_text.h - values as Rego writes them: {1, 2}, set(), {"a": [true]}.
 *
 * Used by print, sprintf, template strings and messages. Sets and objects come in sorted order.
 */
#ifndef MRL_POLICY_VALUE_TEXT_H
#define MRL_POLICY_VALUE_TEXT_H

#include "base/buf.h"
#include "base/value.h"

/* Appends v. `scratch` holds order views (NULL for frozen values). */
void mrl_value_text(struct mrl_buf *b, mrl_arena *scratch, mrl_val v);
/* Appends s in double quotes with Go's escapes. */
void mrl_quoted_text(struct mrl_buf *b, mrl_str s);

#endif
