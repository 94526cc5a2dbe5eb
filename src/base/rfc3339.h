/* rfc3339.h - timestamps as text: "2026-02-03T04:05:06.789Z".
 *
 * Idea: one strict reader and one writer for the timestamps of Kubernetes objects, bundles and
 * reports. Strict: four-digit year, 'T' and 'Z' in upper case, two-digit fields in range, no leap
 * second, an offset of at most 23:59. Source: RFC 3339, section 5.6.
 */
#ifndef MRL_BASE_RFC3339_H
#define MRL_BASE_RFC3339_H

#include "base/buf.h"

/* Reads all of `text`. *ret_seconds counts from 1970 in UTC, *ret_ns is 0..999,999,999 (more than
 * nine digits of fraction are cut). MRL_E_SYNTAX for any other text. */
mrl_status mrl_rfc3339_parse(mrl_str text, int64_t *ret_seconds, int32_t *ret_ns) MRL_NODISCARD;

/* Appends the time in UTC with 'Z'; a fraction only when ns is not zero, without trailing zeros.
 * Years outside 0..9999 make no valid RFC 3339 and are written as they are. */
void mrl_rfc3339_write(struct mrl_buf *b, int64_t seconds, int32_t ns);

#endif
