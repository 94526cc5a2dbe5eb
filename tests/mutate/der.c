/* der.c - DER with one element changed; the lengths around it are written anew. */
#include "mutate.h"

#define DEPTH_MAX 24u

static const char *const ways[] = {"removed",
                                   "twice",
                                   "another tag",
                                   "another class",
                                   "primitive and constructed exchanged",
                                   "long length",
                                   "indefinite length",
                                   "a byte more",
                                   "emptied",
                                   "a byte less"};
enum way {
    REMOVED,
    TWICE,
    RETAGGED,
    RECLASSED,
    RECONSTRUCTED,
    LONG,
    INDEFINITE,
    MORE,
    EMPTIED,
    LESS
};

struct rebuild {
    uint32_t target, next;
    enum way way;
    bool done;
};

struct tlv {
    unsigned char tag;
    mrl_str content, rest;
};

static bool read_tlv(mrl_str s, struct tlv *ret) {
    if (s.len < 2)
        return false;
    const unsigned char *p = (const unsigned char *)s.ptr;
    size_t len = p[1], head = 2;
    if (len >= 0x80) {
        size_t n = len & 0x7f;
        if (n == 0 || n > 3 || s.len < 2 + n)
            return false;
        for (len = 0; head < 2 + n; head++)
            len = len << 8 | p[head];
    }
    if (s.len - head < len)
        return false;
    *ret = (struct tlv){p[0], mrl_str_sub(s, head, head + len), mrl_str_sub(s, head + len, s.len)};
    return true;
}

bool der_is_whole(mrl_str der) {
    struct tlv t;
    return read_tlv(der, &t) && t.rest.len == 0 && (t.tag & 0x1f) != 0 && (t.tag & 0x1f) != 0x1f;
}

static void header(struct mrl_buf *b, unsigned char tag, size_t len, bool longer) {
    mrl_buf_byte(b, (char)tag);
    if (len < 0x80 && !longer) {
        mrl_buf_byte(b, (char)len);
        return;
    }
    unsigned n = (len < 0x100 ? 1u : 2u) + (longer && len >= 0x80 ? 1u : 0u);
    mrl_buf_byte(b, (char)(0x80 | n));
    while (n-- > 0)
        mrl_buf_byte(b, (char)(len >> (8 * n)));
}

static void elements(struct rebuild *r, mrl_str s, unsigned depth, struct mrl_buf *out);

/* Extension values and the content of a token are DER inside of an OCTET STRING. */
static void content_of(struct rebuild *r, const struct tlv *t, unsigned depth,
                       struct mrl_buf *out) {
    struct tlv inner;
    bool wraps = t->tag == 0x04 && read_tlv(t->content, &inner) && inner.rest.len == 0 &&
                 (inner.tag == 0x30 || inner.tag == 0x03 || inner.tag == 0x04 || inner.tag == 0x0c);
    if (depth < DEPTH_MAX && ((t->tag & 0x20) != 0 || wraps))
        elements(r, t->content, depth + 1, out);
    else
        mrl_buf_add(out, t->content);
}

static void changed(const struct rebuild *r, const struct tlv *t, mrl_str content,
                    struct mrl_buf *out) {
    static const unsigned char flips[] = {
        [RETAGGED] = 0x01, [RECLASSED] = 0x80, [RECONSTRUCTED] = 0x20, [LESS] = 0};
    unsigned char tag = (unsigned char)(t->tag ^ flips[r->way]);
    size_t len = content.len;
    if (r->way == REMOVED)
        return;
    if (r->way == INDEFINITE) {
        mrl_buf_byte(out, (char)tag);
        mrl_buf_byte(out, (char)0x80);
        mrl_buf_add(out, content);
        mrl_buf_fill(out, 0, 2);
        return;
    }
    len = r->way == EMPTIED ? 0 : r->way == LESS && len > 0 ? len - 1 : len;
    header(out, tag, len + (r->way == MORE), r->way == LONG);
    mrl_buf_add(out, mrl_str_sub(content, 0, len));
    mrl_buf_fill(out, 0, r->way == MORE);
    if (r->way == TWICE) {
        header(out, tag, len, false);
        mrl_buf_add(out, content);
    }
}

static void elements(struct rebuild *r, mrl_str s, unsigned depth, struct mrl_buf *out) {
    struct tlv t;
    while (s.len > 0 && read_tlv(s, &t)) {
        struct mrl_buf inner;
        bool me = r->next++ == r->target;
        mrl_buf_init(&inner, 1 << 20);
        content_of(r, &t, depth, &inner);
        if (me) {
            changed(r, &t, mrl_buf_str(&inner), out);
            r->done = true;
        } else {
            header(out, t.tag, inner.len, false);
            mrl_buf_add(out, mrl_buf_str(&inner));
        }
        mrl_buf_release(&inner);
        s = t.rest;
    }
    mrl_buf_add(out, s);
}

bool mutate_der(mrl_str der, uint32_t element, uint32_t way, struct mrl_buf *out,
                const char **ret_how) {
    struct rebuild r = {.target = element, .way = (enum way)way};
    if (way >= MRL_COUNTOF(ways))
        return false;
    *ret_how = ways[way];
    elements(&r, der, 0, out);
    return r.done;
}
