/* wire.c - see wire.h. */
#include "base/wire.h"

#include "base/clock.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define ID "wire"
#define MAGIC UINT32_C(0x574C524D) /* "MRLW" */
#define ID_MAX 64                  /* bytes of an error's id */

/* --- bodies -------------------------------------------------------------------------------- */

static void put(struct mrl_buf *b, uint64_t v, size_t n) {
    MRL_DASSERT(n <= sizeof v);
    for (size_t i = 0; i < n; i++, v >>= 8)
        mrl_buf_byte(b, (char)(v & 0xFF));
}

void mrl_wire_u16(struct mrl_buf *b, uint16_t v) {
    put(b, v, 2);
}

void mrl_wire_u32(struct mrl_buf *b, uint32_t v) {
    put(b, v, 4);
}

void mrl_wire_u64(struct mrl_buf *b, uint64_t v) {
    put(b, v, 8);
}

void mrl_wire_str(struct mrl_buf *b, mrl_str s) {
    MRL_ASSERT(s.len <= MRL_WIRE_BODY_MAX);
    mrl_wire_u32(b, (uint32_t)s.len);
    mrl_buf_add(b, s);
}

mrl_str mrl_wire_get_str(struct mrl_rd *r, size_t max) {
    uint32_t n = mrl_rd_le32(r);
    if (n > max) {
        r->failed = true;
        return (mrl_str){NULL, 0};
    }
    return mrl_rd_take(r, n);
}

void mrl_wire_put_err(struct mrl_buf *b, mrl_status status, const struct mrl_err *e) {
    mrl_wire_u32(b, (uint32_t)(-(int)status));
    mrl_wire_u32(b, e->pos.line);
    mrl_wire_u32(b, e->pos.col);
    mrl_wire_u32(b, e->pos.offset);
    mrl_wire_str(b, mrl_str_sub(mrl_str_z(e->id), 0, ID_MAX));
    mrl_wire_str(b, mrl_str_z(e->text));
}

/* Control characters would move a terminal's cursor or forge lines of a log. */
static void make_printable(char *text) {
    for (unsigned char *p = (unsigned char *)text; *p != '\0'; p++)
        if (*p < ' ' || *p == 0x7F)
            *p = '?';
}

mrl_status mrl_wire_get_err(mrl_arena *a, mrl_str body, struct mrl_err *ret) {
    struct mrl_rd r = mrl_rd_of(body);
    uint32_t status = mrl_rd_le32(&r);
    struct mrl_pos pos = {.line = mrl_rd_le32(&r)};
    pos.col = mrl_rd_le32(&r);
    pos.offset = mrl_rd_le32(&r);
    mrl_str id = mrl_arena_str(a, mrl_wire_get_str(&r, ID_MAX));
    mrl_str text = mrl_wire_get_str(&r, MRL_ERR_TEXT_MAX - 1);
    MRL_CHECK(id.ptr != NULL, MRL_E_NOMEM);
    MRL_CHECK(!r.failed && mrl_rd_done(&r) && status > 0 && status < MRL_STATUS_N, MRL_E_SYNTAX);
    mrl_err_init(ret);
    ret->code = (mrl_status)(-(int)status);
    ret->id = id.ptr;
    ret->pos = pos;
    memcpy(ret->text, text.ptr, text.len); /* text.len < sizeof ret->text, zeroed above */
    make_printable(ret->text);
    return MRL_OK;
}

/* --- headers ------------------------------------------------------------------------------- */

void mrl_wire_put_header(const struct mrl_wire_msg *msg, unsigned char ret[MRL_WIRE_HEADER]) {
    uint64_t fields[] = {MAGIC, msg->type, msg->n_fds, msg->call, msg->body.len};
    static const size_t sizes[] = {4, 2, 2, 4, 4};
    for (size_t i = 0; i < MRL_COUNTOF(fields); i++)
        for (size_t k = 0; k < sizes[i]; k++)
            *ret++ = (unsigned char)(fields[i] >> (8 * k));
}

mrl_status mrl_wire_get_header(mrl_str bytes, size_t body_max, struct mrl_err *err,
                               struct mrl_wire_msg *ret, size_t *ret_length) {
    struct mrl_rd r = mrl_rd_of(bytes);
    uint32_t magic = mrl_rd_le32(&r);
    uint16_t type = mrl_rd_le16(&r), n_fds = mrl_rd_le16(&r);
    uint32_t call = mrl_rd_le32(&r), length = mrl_rd_le32(&r);
    if (r.failed || magic != MAGIC || type < MRL_WIRE_START || type > MRL_WIRE_FAILED ||
        n_fds > MRL_WIRE_FDS_MAX)
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "what came is not a message");
    if (length > body_max)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "a message of %u bytes came, at most %zu may",
                           length, body_max);
    *ret = (struct mrl_wire_msg){.type = (enum mrl_wire_type)type, .call = call, .n_fds = n_fds};
    *ret_length = length;
    return MRL_OK;
}

/* --- sockets ------------------------------------------------------------------------------- */

/* Waits until the socket can be read or written. */
static mrl_status wait_for(int fd, short events, int64_t deadline_ns, struct mrl_err *err) {
    MRL_DASSERT(fd >= 0);
    struct pollfd p = {.fd = fd, .events = events};
    int left = mrl_deadline_left_ms(deadline_ns);
    int n = left == 0 ? 0 : poll(&p, 1, left);
    if (n > 0 || (n < 0 && errno == EINTR))
        return MRL_OK; /* an interrupted wait is tried again by the caller's loop */
    if (n < 0)
        return mrl_err_sys(err, errno, ID, "cannot wait for a message");
    return mrl_deadline_left_ms(deadline_ns) > 0
               ? MRL_OK
               : mrl_err_set(err, MRL_E_BUDGET, ID, "no answer in time");
}

static mrl_status gone(struct mrl_err *err) {
    return mrl_err_set(err, MRL_E_WORKER, ID, "the other process is gone");
}

static void attach_fds(struct msghdr *h, char *control, const struct mrl_wire_msg *msg) {
    MRL_ASSERT(msg->n_fds > 0 && msg->n_fds <= MRL_WIRE_FDS_MAX);
    h->msg_control = control;
    h->msg_controllen = CMSG_SPACE(msg->n_fds * sizeof(int));
    struct cmsghdr *c = CMSG_FIRSTHDR(h);
    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(msg->n_fds * sizeof(int));
    memcpy(CMSG_DATA(c), msg->fds, msg->n_fds * sizeof(int));
}

mrl_status mrl_wire_send(int fd, const struct mrl_wire_msg *msg, int64_t deadline_ns,
                         struct mrl_err *err) {
    MRL_ASSERT(msg->n_fds <= MRL_WIRE_FDS_MAX);
    unsigned char header[MRL_WIRE_HEADER];
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof msg->fds)] = {0};
    struct iovec parts[2] = {{header, sizeof header},
                             {(void *)(uintptr_t)msg->body.ptr, msg->body.len}};
    struct msghdr h = {.msg_iov = parts, .msg_iovlen = 2};
    if (msg->body.len > MRL_WIRE_BODY_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "a message of %zu bytes is too long",
                           msg->body.len);
    mrl_wire_put_header(msg, header);
    if (msg->n_fds > 0)
        attach_fds(&h, control, msg);
    while (parts[0].iov_len + parts[1].iov_len > 0) {
        ssize_t n = sendmsg(fd, &h, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
            return gone(err);
        if (n < 0 && errno != EAGAIN && errno != EINTR)
            return mrl_err_sys(err, errno, ID, "cannot send a message");
        if (n < 0) {
            MRL_TRY(wait_for(fd, POLLOUT, deadline_ns, err));
            continue;
        }
        h.msg_control = NULL; /* the descriptors went with the first byte */
        h.msg_controllen = 0;
        for (size_t i = 0; i < 2; i++) {
            size_t part = (size_t)n < parts[i].iov_len ? (size_t)n : parts[i].iov_len;
            parts[i].iov_base = (char *)parts[i].iov_base + part;
            parts[i].iov_len -= part;
            n -= (ssize_t)part;
        }
    }
    return MRL_OK;
}

static void close_fds(struct mrl_wire_msg *msg) {
    MRL_ASSERT(msg->n_fds <= MRL_WIRE_FDS_MAX);
    for (unsigned i = 0; i < msg->n_fds; i++)
        close(msg->fds[i]);
    msg->n_fds = 0;
}

/* Appends the descriptors of one recvmsg to msg; what is too many is closed. */
static void take_fds_of(struct msghdr *h, struct mrl_wire_msg *msg) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(h); c != NULL; c = CMSG_NXTHDR(h, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        size_t n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < n; i++) {
            int fd;
            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (msg->n_fds < MRL_WIRE_FDS_MAX)
                msg->fds[msg->n_fds++] = fd;
            else
                close(fd);
        }
    }
}

/* Reads exactly n bytes. `fds` NULL: the kernel drops descriptors, as there is no room for them. */
static mrl_status read_bytes(int fd, char *to, size_t n, struct mrl_wire_msg *fds,
                             int64_t deadline_ns, struct mrl_err *err) {
    while (n > 0) {
        _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof fds->fds)];
        struct iovec part = {to, n};
        struct msghdr h = {.msg_iov = &part, .msg_iovlen = 1};
        if (fds != NULL) {
            h.msg_control = control;
            h.msg_controllen = sizeof control;
        }
        ssize_t got = recvmsg(fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got == 0 || (got < 0 && errno == ECONNRESET))
            return gone(err);
        if (got < 0 && errno != EAGAIN && errno != EINTR)
            return mrl_err_sys(err, errno, ID, "cannot receive a message");
        if (got < 0) {
            MRL_TRY(wait_for(fd, POLLIN, deadline_ns, err));
            continue;
        }
        if (fds != NULL)
            take_fds_of(&h, fds);
        to += got;
        n -= (size_t)got;
    }
    return MRL_OK;
}

static mrl_status recv_body(int fd, mrl_arena *a, size_t length, int64_t deadline_ns,
                            struct mrl_err *err, mrl_str *ret) {
    char *p = mrl_arena_alloc(a, length + 1, 1);
    if (p == NULL)
        return mrl_err_set(err, MRL_E_NOMEM, ID, "no memory for a message of %zu bytes", length);
    MRL_TRY(read_bytes(fd, p, length, NULL, deadline_ns, err));
    p[length] = '\0';
    *ret = (mrl_str){p, length};
    return MRL_OK;
}

mrl_status mrl_wire_recv(int fd, mrl_arena *a, size_t body_max, bool take_fds, int64_t deadline_ns,
                         struct mrl_err *err, struct mrl_wire_msg *ret) {
    MRL_ASSERT(body_max <= MRL_WIRE_BODY_MAX);
    char header[MRL_WIRE_HEADER];
    struct mrl_wire_msg came = {.n_fds = 0}, msg;
    size_t length = 0;
    mrl_status status =
        read_bytes(fd, header, sizeof header, take_fds ? &came : NULL, deadline_ns, err);
    if (status == MRL_OK)
        status =
            mrl_wire_get_header((mrl_str){header, sizeof header}, body_max, err, &msg, &length);
    if (status == MRL_OK && take_fds && msg.n_fds != came.n_fds)
        status = mrl_err_set(err, MRL_E_SYNTAX, ID, "%u descriptors were announced, %u came",
                             msg.n_fds, came.n_fds);
    if (status == MRL_OK)
        status = recv_body(fd, a, length, deadline_ns, err, &msg.body);
    if (status != MRL_OK) {
        close_fds(&came);
        return status;
    }
    memcpy(msg.fds, came.fds, sizeof msg.fds);
    msg.n_fds = came.n_fds;
    *ret = msg;
    return MRL_OK;
}
