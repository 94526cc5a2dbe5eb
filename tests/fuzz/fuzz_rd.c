/* fuzz_rd.c - the cursor against a model of plain indices.
 *
 * The first half of the input is text, the second half a program of reads over it. The model knows
 * only an index and a flag; each answer must agree, and no read may leave the text (ASan watches
 * the edges, since the text is a heap block of its exact size).
 */
#include "base/rd.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct model {
    const uint8_t *p;
    size_t n, at;
    bool failed;
};

static uint64_t model_int(struct model *m, size_t bytes, bool big) {
    uint64_t v = 0;
    if (m->failed || bytes > m->n - m->at) {
        m->failed = true;
        return 0;
    }
    for (size_t i = 0; i < bytes; i++)
        v |= (uint64_t)m->p[m->at + i] << (8 * (big ? bytes - 1 - i : i));
    m->at += bytes;
    return v;
}

static void agree(const struct mrl_rd *r, const struct model *m) {
    MRL_ASSERT(r->failed == m->failed);
    MRL_ASSERT(mrl_rd_left(r) == m->n - m->at && mrl_rd_offset(r) == m->at);
    MRL_ASSERT(mrl_rd_done(r) == (m->at == m->n));
    for (size_t ahead = 0; ahead < 3; ahead++)
        MRL_ASSERT(mrl_rd_peek(r, ahead) == (ahead < m->n - m->at ? (int)m->p[m->at + ahead] : -1));
}

static void take(struct mrl_rd *r, struct model *m, size_t n) {
    bool fits = !m->failed && n <= m->n - m->at;
    mrl_str s = mrl_rd_take(r, n);
    MRL_ASSERT(s.len == (fits ? n : 0));
    MRL_ASSERT(!fits || s.ptr == (const char *)m->p + m->at);
    m->failed |= !fits;
    m->at += fits ? n : 0;
}

static void nested(struct mrl_rd *r, struct model *m, size_t n) {
    bool fits = !m->failed && n <= m->n - m->at;
    struct mrl_rd inner = mrl_rd_nested(r, n);
    MRL_ASSERT(inner.failed == !fits && mrl_rd_left(&inner) == (fits ? n : 0));
    mrl_rd_skip(&inner, n); /* all that it has, and not a byte more */
    (void)mrl_rd_u8(&inner);
    MRL_ASSERT(inner.failed);
    m->failed |= !fits;
    m->at += fits ? n : 0;
}

static void until(struct mrl_rd *r, struct model *m, char c) {
    size_t from = m->at;
    mrl_str s = mrl_rd_until(r, c);
    while (m->at < m->n && m->p[m->at] != (uint8_t)c)
        m->at++;
    MRL_ASSERT(s.len == m->at - from);
    m->at += m->at < m->n;
}

static void accept(struct mrl_rd *r, struct model *m, mrl_str lit) {
    bool want = !m->failed && lit.len <= m->n - m->at &&
                (lit.len == 0 || memcmp(m->p + m->at, lit.ptr, lit.len) == 0);
    MRL_ASSERT(mrl_rd_accept(r, lit) == want);
    m->at += want ? lit.len : 0;
}

static void step(struct mrl_rd *r, struct model *m, uint8_t op, uint8_t arg) {
    switch (op % 12) {
    case 0:
        MRL_ASSERT(mrl_rd_u8(r) == model_int(m, 1, true));
        break;
    case 1:
        MRL_ASSERT(mrl_rd_be16(r) == model_int(m, 2, true));
        break;
    case 2:
        MRL_ASSERT(mrl_rd_be32(r) == model_int(m, 4, true));
        break;
    case 3:
        MRL_ASSERT(mrl_rd_be64(r) == model_int(m, 8, true));
        break;
    case 4:
        MRL_ASSERT(mrl_rd_le16(r) == model_int(m, 2, false));
        break;
    case 5:
        MRL_ASSERT(mrl_rd_le32(r) == model_int(m, 4, false));
        break;
    case 6:
        MRL_ASSERT(mrl_rd_le64(r) == model_int(m, 8, false));
        break;
    case 7:
        take(r, m, arg == 255 ? SIZE_MAX : arg);
        break;
    case 8:
        nested(r, m, arg == 255 ? SIZE_MAX - 1 : arg);
        break;
    case 9:
        until(r, m, (char)arg);
        break;
    case 10:
        accept(r, m, (mrl_str){(const char *)&arg, 1});
        break;
    default:
        accept(r, m, arg % 2 == 0 ? MRL_S("") : MRL_S("abc"));
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    size_t n = size / 2;
    uint8_t *text = malloc(n > 0 ? n : 1); /* of the exact size: ASan sees one byte too many */
    if (text == NULL)
        return 0;
    if (n > 0)
        memcpy(text, data, n);
    struct mrl_rd r = mrl_rd_of((mrl_str){(const char *)text, n});
    struct model m = {text, n, 0, false};
    for (size_t i = n; i + 1 < size; i += 2) {
        step(&r, &m, data[i], data[i + 1]);
        agree(&r, &m);
    }
    free(text);
    return 0;
}
