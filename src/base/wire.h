/* wire.h - messages over a socket between two processes that do not trust each other.
 *
 * Idea: a message is a header of 16 bytes and a body, both read under ceilings that the reader
 * sets. Nothing in it is believed before it is checked; a message that breaks a rule ends the
 * connection.
 *
 *   offset  bytes  field     meaning
 *        0      4  magic     "MRLW"
 *        4      2  type      enum mrl_wire_type
 *        6      2  fds       descriptors that came with the header (SCM_RIGHTS), at most 4
 *        8      4  call      number of the call that it belongs to; an answer repeats it
 *       12      4  length    bytes of the body
 *
 * Integers are little-endian. Sockets are AF_UNIX stream sockets: a body may be larger than a
 * datagram can be. All waits end at a deadline of clock.h. Reads never take more than the message.
 */
#ifndef MRL_BASE_WIRE_H
#define MRL_BASE_WIRE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/rd.h"
#include "base/status.h"

#define MRL_WIRE_HEADER 16
#define MRL_WIRE_FDS_MAX 4
#define MRL_WIRE_BODY_MAX ((size_t)1 << 30) /* no caller may ask for a higher ceiling */

enum mrl_wire_type {
    MRL_WIRE_START = 1,  /* to the worker: the limits that it sets for itself */
    MRL_WIRE_READY = 2,  /* from it: the layers of its sandbox; or MRL_WIRE_FAILED */
    MRL_WIRE_CALL = 3,   /* to it: name of a job, its input; descriptors */
    MRL_WIRE_RESULT = 4, /* from it: what the job wrote */
    MRL_WIRE_FAILED = 5, /* from it: status, id, position, text */
};

struct mrl_wire_msg {
    enum mrl_wire_type type;
    uint32_t call;
    mrl_str body;
    int fds[MRL_WIRE_FDS_MAX]; /* owned by the receiver */
    unsigned n_fds;
};

/* Sends a message. The descriptors stay the caller's. MRL_E_BUDGET at the deadline, MRL_E_WORKER
 * when the other side is gone, MRL_E_LIMIT for a body over MRL_WIRE_BODY_MAX. */
mrl_status mrl_wire_send(int fd, const struct mrl_wire_msg *msg, int64_t deadline_ns,
                         struct mrl_err *err) MRL_NODISCARD;

/* Receives one. The body goes to `a` and has at most body_max bytes. `take_fds` false: descriptors
 * that the other side sends are dropped by the kernel. MRL_E_WORKER: the other side closed;
 * MRL_E_SYNTAX: not a message of ours; MRL_E_LIMIT: too long; MRL_E_BUDGET: the deadline. On
 * failure no descriptor stays open. */
mrl_status mrl_wire_recv(int fd, mrl_arena *a, size_t body_max, bool take_fds, int64_t deadline_ns,
                         struct mrl_err *err, struct mrl_wire_msg *ret) MRL_NODISCARD;

/* The header, as bytes and back: pure, so that a fuzzer can reach it. Reading checks magic, type,
 * number of descriptors and length. */
void mrl_wire_put_header(const struct mrl_wire_msg *msg, unsigned char ret[MRL_WIRE_HEADER]);
/* Reads a header. MRL_E_SYNTAX when it is none, MRL_E_LIMIT for a body over body_max. */
mrl_status mrl_wire_get_header(mrl_str bytes, size_t body_max, struct mrl_err *err,
                               struct mrl_wire_msg *ret, size_t *ret_length) MRL_NODISCARD;

/* An error as the body of MRL_WIRE_FAILED, and back. Reading checks the status and makes the text
 * one printable line, since a hostile worker may have written it; id and file are copied to `a`. */
void mrl_wire_put_err(struct mrl_buf *b, mrl_status status, const struct mrl_err *e);
/* Reads such an error. MRL_E_SYNTAX when it is none. */
mrl_status mrl_wire_get_err(mrl_arena *a, mrl_str body, struct mrl_err *ret) MRL_NODISCARD;

/* Integers into a body, little-endian; mrl_rd_le16, ... read them. */
void mrl_wire_u16(struct mrl_buf *b, uint16_t v);
/* Four bytes. */
void mrl_wire_u32(struct mrl_buf *b, uint32_t v);
/* Eight bytes. */
void mrl_wire_u64(struct mrl_buf *b, uint64_t v);
/* A length of 32 bits and the bytes; and back, at most `max` of them. */
void mrl_wire_str(struct mrl_buf *b, mrl_str s);
/* Reads such a text; a longer one than `max` fails the cursor. */
mrl_str mrl_wire_get_str(struct mrl_rd *r, size_t max);

#endif
