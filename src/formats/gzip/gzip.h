/* gzip.h - gzip text to bytes: the wrapper of zlib's inflate.
 *
 * Idea: a whole compressed text in memory becomes a whole plain text in memory under a ceiling, so
 * that a bomb ends at the ceiling and not at the end of the machine. Source: RFC 1952, members
 * one behind the other as its section 2.2 allows; RFC 1951. Check sums and lengths are verified.
 */
#ifndef MRL_GZIP_H
#define MRL_GZIP_H

#include "base/buf.h"

#define MRL_GZIP_BYTES_MAX ((size_t)1 << 30) /* plain bytes of one text, unless the caller says */

/* True when the bytes begin as gzip does. */
bool mrl_is_gzip(mrl_str bytes);

/* Appends the plain text of `bytes` to `ret`, whose ceiling bounds it. MRL_E_SYNTAX when it is no
 * gzip, is cut or its check sum differs; MRL_E_LIMIT above the ceiling. On failure `ret` holds what
 * came out so far: do not use it. Cost: O(plain bytes), 64 KiB of state. */
mrl_status mrl_gunzip(mrl_str bytes, struct mrl_err *err, struct mrl_buf *ret) MRL_NODISCARD;

#endif
