/* unicode.h - what Unicode says of a code point: case, width, white space.
 *
 * Idea: the tables are utf8proc's. They are apart from utf8.h, which programs without that library
 * need as well (merlon-net, merlon-p11).
 */
#ifndef MRL_BASE_UNICODE_H
#define MRL_BASE_UNICODE_H

#include "base/common.h"

/* Unicode's simple mappings (library utf8proc). */
uint32_t mrl_unicode_lower(uint32_t c);
/* The upper case of a code point, itself when it has none. */
uint32_t mrl_unicode_upper(uint32_t c);
/* Columns that c takes on a terminal: 0 for combining marks, 2 for wide characters. */
unsigned mrl_unicode_width(uint32_t c);
/* White space as Go's unicode.IsSpace. */
bool mrl_unicode_space(uint32_t c);

#endif
