/* der.h - a strict reader of DER (ITU-T X.690, section 8 to 11).
 *
 * Idea: signed bytes have one encoding. Lengths are definite and minimal, tags are of the low form,
 * a nested element ends with its parent, nothing is left behind. What this reader accepts a library
 * may read; what it refuses no library sees. It works on the bounded cursor of base/rd.h and its
 * sticky failure: a caller reads a whole structure and asks once.
 *
 * Limits: lengths up to 4 bytes; the depth is what the caller's own code descends. Cost: O(1) an
 * element, nothing is copied.
 */
#ifndef MRL_FORMATS_DER_H
#define MRL_FORMATS_DER_H

#include "base/rd.h"
#include "base/status.h"

enum mrl_der_tag {
    MRL_DER_BOOLEAN = 0x01,
    MRL_DER_INTEGER = 0x02,
    MRL_DER_BIT_STRING = 0x03,
    MRL_DER_OCTET_STRING = 0x04,
    MRL_DER_NULL = 0x05,
    MRL_DER_OID = 0x06,
    MRL_DER_UTF8 = 0x0c,
    MRL_DER_NUMERIC = 0x12,
    MRL_DER_PRINTABLE = 0x13,
    MRL_DER_T61 = 0x14,
    MRL_DER_IA5 = 0x16,
    MRL_DER_UTC_TIME = 0x17,
    MRL_DER_GENERALIZED_TIME = 0x18,
    MRL_DER_VISIBLE = 0x1a,
    MRL_DER_SEQUENCE = 0x30,
    MRL_DER_SET = 0x31,
};
/* [n] of the context class, primitive and constructed. */
#define MRL_DER_CX(n) (0x80 | (n))
#define MRL_DER_CXC(n) (0xa0 | (n))

/* The tag of the next element, or -1 at the end. */
int mrl_der_peek(const struct mrl_rd *r);

/* The next element, which must have `tag`: a cursor over its content. *ret_all (NULL allowed) is
 * the whole element with its header: what signatures are made over. Fails stickily. */
struct mrl_rd mrl_der_enter(struct mrl_rd *r, int tag, mrl_str *ret_all);
/* As mrl_der_enter, with the content as bytes; those of an OID must be whole numbers. */
mrl_str mrl_der_bytes(struct mrl_rd *r, int tag);
/* The next element whatever it is: all of it. */
mrl_str mrl_der_any(struct mrl_rd *r, int *ret_tag);
/* Skips the next element when it has `tag`; true when it did. */
bool mrl_der_skip_if(struct mrl_rd *r, int tag);

/* A BOOLEAN: DER has 00 and ff only. */
bool mrl_der_bool(struct mrl_rd *r);
/* An INTEGER in its shortest form: its content, sign byte included. */
mrl_str mrl_der_integer(struct mrl_rd *r);
/* The same under a tag of the context class. */
mrl_str mrl_der_integer_as(struct mrl_rd *r, int tag);
/* A small INTEGER that is not negative. */
uint64_t mrl_der_u63(struct mrl_rd *r);
/* A BIT STRING of whole bytes: its bytes. */
mrl_str mrl_der_bits(struct mrl_rd *r);
/* UTCTime or GeneralizedTime with 'Z', as RFC 5280 section 4.1.2.5 has them; a fraction is allowed
 * in a GeneralizedTime only when `fraction`, and is cut. Seconds since 1970. */
int64_t mrl_der_time(struct mrl_rd *r, bool fraction);

/* True when the cursor did not fail and nothing is left. */
static inline bool mrl_der_ended(const struct mrl_rd *r) {
    return !r->failed && mrl_rd_done(r);
}

/* Content of an OID in dotted form; false when it does not fit `size` or is none. For messages. */
bool mrl_der_oid_text(mrl_str oid, char *out, size_t size);

#endif
