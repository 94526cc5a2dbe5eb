/* net.c - net.cidr_*: address ranges. Addresses are 16 bytes; IPv4 ones are kept in their last
 * four.
 *
 * So IPv4 and IPv6 compare with one memcmp; `v4` keeps the families apart, as no range of one
 * contains an address of the other. A range is its first and last address: containing and
 * intersecting are comparisons of ends.
 */
#include "engines/policy/builtins/builtins.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define EXPAND_MAX (1u << 24) /* addresses that cidr_expand lists */

struct net {
    unsigned char first[16], last[16]; /* in network order; IPv4 in bytes 12..15 */
    unsigned char shown[16];           /* the address as written, for cidr_merge */
    unsigned prefix, bits;             /* bits: 32 or 128; 0 after a merge */
    bool v4;
};

/* Reads an address into n->first; a text with NUL bytes or a zone (%eth0) is none. */
static bool read_ip(mrl_str s, struct net *n) {
    char z[INET6_ADDRSTRLEN + 1];
    if (s.len >= sizeof z)
        return false;
    memcpy(z, s.ptr, s.len);
    z[s.len] = '\0';
    memset(n->first, 0, sizeof n->first);
    n->v4 = inet_pton(AF_INET, z, n->first + 12) == 1;
    if (!n->v4 && inet_pton(AF_INET6, z, n->first) != 1)
        return false;
    static const unsigned char mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
    if (!n->v4 && memcmp(n->first, mapped, 12) == 0) { /* ::ffff:1.2.3.4 is 1.2.3.4 */
        memset(n->first, 0, 12);
        n->v4 = true;
    }
    return true;
}

/* Sets first and last from an address and a prefix length. */
static void spread(struct net *n, unsigned prefix) {
    MRL_DASSERT(prefix <= (n->v4 ? 32u : 128u));
    n->prefix = prefix;
    n->bits = n->v4 ? 32 : 128;
    memcpy(n->last, n->first, 16);
    for (unsigned bit = prefix; bit < n->bits; bit++) {
        unsigned at = (n->v4 ? 96 : 0) + bit;
        unsigned char mask = (unsigned char)(0x80 >> (at % 8));
        n->first[at / 8] &= (unsigned char)~mask;
        n->last[at / 8] |= mask;
    }
}

/* Reads "address/prefix". The prefix has no sign and no leading zero, as Go wants it. */
static bool read_cidr(mrl_str s, struct net *n) {
    mrl_str rest, ip = mrl_str_cut(s, '/', &rest);
    unsigned prefix = 0;
    if (rest.ptr == NULL || rest.len == 0 || rest.len > 3 || !read_ip(ip, n) ||
        (rest.len > 1 && rest.ptr[0] == '0'))
        return false;
    for (size_t i = 0; i < rest.len; i++) {
        if (rest.ptr[i] < '0' || rest.ptr[i] > '9')
            return false;
        prefix = prefix * 10 + (unsigned)(rest.ptr[i] - '0');
    }
    if (memchr(ip.ptr, ':', ip.len) != NULL)
        n->v4 = false;
    if (prefix > (n->v4 ? 32u : 128u))
        return false;
    spread(n, prefix);
    return true;
}

static mrl_status operand(struct mrl_bi *cx, mrl_val v, struct net *ret) {
    if (!mrl_is_str(v))
        return mrl_bi_operand(cx, 1, "string", v);
    if (!read_cidr(mrl_val_str(v), ret))
        return mrl_bi_fail(cx, "invalid CIDR address: %.*s", MRL_F(mrl_val_str(v)));
    return MRL_OK;
}

/* True when the address lies in the range. */
static bool holds(const struct net *n, const unsigned char ip[16], bool v4) {
    return n->v4 == v4 && memcmp(ip, n->first, 16) >= 0 && memcmp(ip, n->last, 16) <= 0;
}

/* Does range a contain b, an address or a range? A range is contained when both its ends are. */
static mrl_status contains(struct mrl_bi *cx, mrl_val a, mrl_val b, bool *ret) {
    struct net outer, inner;
    MRL_TRY(operand(cx, a, &outer));
    if (!mrl_is_str(b))
        return mrl_bi_operand(cx, 1, "string", b);
    if (read_ip(mrl_val_str(b), &inner)) {
        *ret = holds(&outer, inner.first, inner.v4);
        return MRL_OK;
    }
    if (!read_cidr(mrl_val_str(b), &inner))
        return mrl_bi_fail(cx, "not a valid textual representation of an IP address or CIDR: %.*s",
                           MRL_F(mrl_val_str(b)));
    *ret = holds(&outer, inner.first, inner.v4) && holds(&outer, inner.last, inner.v4);
    return MRL_OK;
}

/* net.cidr_contains, net.cidr_overlap: true when the range contains the address or range. */
mrl_status mrl_bi_cidr_contains(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    bool yes = false;
    MRL_TRY(contains(cx, args[0], args[1], &yes));
    *ret = mrl_bool(yes);
    return MRL_OK;
}

/* net.cidr_intersects: true when two ranges have an address in common. */
mrl_status mrl_bi_cidr_intersects(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct net a, b;
    MRL_TRY(operand(cx, args[0], &a));
    MRL_TRY(operand(cx, args[1], &b));
    *ret = mrl_bool(holds(&a, b.first, b.v4) || holds(&b, a.first, a.v4));
    return MRL_OK;
}

/* net.cidr_is_valid: true for text that is an address range. */
mrl_status mrl_bi_cidr_is_valid(struct mrl_bi *cx MRL_UNUSED, const mrl_val *args, mrl_val *ret) {
    struct net n;
    *ret = mrl_bool(mrl_is_str(args[0]) && read_cidr(mrl_val_str(args[0]), &n));
    return MRL_OK;
}

/* --- contains_matches
 * ----------------------------------------------------------------------------------- */

/* Entry i of an operand: the range, and what stands for it in the result. */
static mrl_status match_entry(struct mrl_bi *cx, int pos, mrl_val v, uint32_t i, mrl_val *ret_cidr,
                              mrl_val *ret_index) {
    mrl_val it = mrl_is_str(v) ? v : mrl_is_obj(v) ? v.u.obj->m[i].val : v.u.arr->items[i];
    *ret_index = mrl_is_str(v)   ? v
                 : mrl_is_obj(v) ? v.u.obj->m[i].key
                 : mrl_is_arr(v) ? mrl_int(i)
                                 : it;
    *ret_cidr = mrl_is_arr(it) ? mrl_arr_at(it, 0) : it;
    if (!mrl_is_str(it) && (!mrl_is_arr(it) || it.len == 0))
        return mrl_bi_fail(cx, "operand %d: element must be string or non-empty array", pos);
    return MRL_OK;
}

/* How many ranges an operand of contains_matches names. */
static uint32_t entries(mrl_val v) {
    return mrl_is_str(v) ? 1 : mrl_is_arr(v) || mrl_is_set(v) || mrl_is_obj(v) ? v.len : 0;
}

/* net.cidr_contains_matches: pairs of ranges of which the first contains the second. */
mrl_status mrl_bi_cidr_contains_matches(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct mrl_builder out;
    mrl_builder_init(&out, cx->arena, MRL_T_SET, 0);
    MRL_TRY(mrl_bi_spend(cx, (uint64_t)entries(args[0]) * entries(args[1])));
    for (uint32_t i = 0; i < entries(args[0]); i++) {
        for (uint32_t k = 0; k < entries(args[1]); k++) {
            mrl_val cidr, other, pair[2], row = mrl_undefined();
            bool yes = false;
            MRL_TRY(match_entry(cx, 1, args[0], i, &cidr, &pair[0]));
            MRL_TRY(match_entry(cx, 2, args[1], k, &other, &pair[1]));
            MRL_TRY(contains(cx, cidr, other, &yes));
            if (!yes)
                continue;
            MRL_TRY(mrl_arr_of(cx->arena, pair, 2, &row));
            mrl_build_item(&out, row);
        }
    }
    return mrl_build_end(&out, ret);
}

/* --- texts
 * ---------------------------------------------------------------------------------------------- */

static mrl_str ip_text(mrl_arena *a, const unsigned char ip[16], bool v4) {
    _Static_assert(INET6_ADDRSTRLEN > INET_ADDRSTRLEN, "one buffer for both families");
    char z[INET6_ADDRSTRLEN];
    inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? ip + 12 : ip, z, sizeof z);
    return mrl_arena_str(a, mrl_str_z(z));
}

/* ip += 1; false when it wraps. */
static bool next_ip(unsigned char ip[16], bool v4) {
    for (int i = 15; i >= (v4 ? 12 : 0); i--)
        if (++ip[i] != 0)
            return true;
    return false;
}

/* net.cidr_expand: all addresses of a range. */
mrl_status mrl_bi_cidr_expand(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    struct net n;
    struct mrl_builder out;
    MRL_TRY(operand(cx, args[0], &n));
    if (n.bits - n.prefix > 24)
        return mrl_bi_fail(cx, "the range has more than %u addresses", EXPAND_MAX);
    mrl_builder_init(&out, cx->arena, MRL_T_SET, 0);
    do {
        MRL_TRY(mrl_bi_spend(cx, 1));
        mrl_str text = ip_text(cx->arena, n.first, n.v4);
        MRL_CHECK(text.ptr != NULL && out.status == MRL_OK, MRL_E_NOMEM);
        mrl_build_item(&out, mrl_strval(text));
    } while (memcmp(n.first, n.last, 16) != 0 && next_ip(n.first, n.v4));
    return mrl_build_end(&out, ret);
}

/* --- merge
 * ---------------------------------------------------------------------------------------------- */

/* IPv4 first, then by the last address: ranges that can be joined become neighbours. */
static int by_last(const void *pa, const void *pb) {
    const struct net *a = pa, *b = pb;
    if (a->v4 != b->v4)
        return a->v4 ? -1 : 1;
    int c = memcmp(a->last, b->last, 16);
    return c != 0 ? c : memcmp(a->first, b->first, 16);
}

/* One operand of the merge: a range, or an IPv4 address, which stands for its class's network. */
static mrl_status merge_entry(struct mrl_bi *cx, mrl_val v, struct net *n) {
    if (!mrl_is_str(v))
        return mrl_bi_fail(cx, "element must be string");
    mrl_str s = mrl_val_str(v);
    if (!read_ip(s, n)) {
        bool ok = read_cidr(s, n);
        memcpy(n->shown, n->first, 16);
        return ok ? MRL_OK : mrl_bi_fail(cx, "invalid CIDR address: %.*s", MRL_F(s));
    }
    if (!n->v4)
        return mrl_bi_fail(cx, "IPv6 invalid: needs prefix length");
    unsigned char top = n->first[12]; /* the class of the address gives its mask */
    unsigned prefix = top < 128 ? 8 : top < 192 ? 16 : top < 224 ? 24 : 32;
    memcpy(n->shown, n->first, 16);
    spread(n, prefix);
    return MRL_OK;
}

/* The ranges with prefix that together are [first, last]. */
static mrl_status add_ranges(struct mrl_bi *cx, struct net n, struct mrl_builder *out) {
    for (;;) {
        struct net block = n;
        unsigned bits = n.v4 ? 32 : 128, prefix = bits;
        while (prefix > 0) { /* the largest block that begins here and does not pass the end */
            struct net larger = n;
            spread(&larger, prefix - 1);
            if (memcmp(larger.first, n.first, 16) != 0 || memcmp(larger.last, n.last, 16) > 0)
                break;
            prefix--;
        }
        spread(&block, prefix);
        mrl_str ip = ip_text(cx->arena, block.first, n.v4);
        mrl_str text = mrl_arena_printf(cx->arena, "%.*s/%u", MRL_F(ip), prefix);
        MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
        mrl_build_item(out, mrl_strval(text));
        if (memcmp(block.last, n.last, 16) >= 0 || !next_ip(block.last, n.v4))
            return MRL_OK;
        memcpy(n.first, block.last, 16);
    }
}

/* net.cidr_merge: the smallest set of ranges with the same addresses. */
mrl_status mrl_bi_cidr_merge(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val v = args[0];
    struct mrl_builder out;
    if (!mrl_is_arr(v) && !mrl_is_set(v))
        return mrl_bi_fail(cx, "operand must be an array");
    struct net *nets = MRL_ARENA_ARRAY(cx->arena, struct net, v.len + 1);
    MRL_CHECK(nets != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < v.len; i++)
        MRL_TRY(merge_entry(cx, v.u.arr->items[i], &nets[i]));
    qsort(nets, v.len, sizeof *nets, by_last);
    uint32_t n = v.len;
    for (uint32_t i = n; i > 1; i--) {
        struct net *a = &nets[i - 2], *b = &nets[i - 1];
        unsigned char after[16];
        memcpy(after, a->last, 16);
        bool more = next_ip(after, a->v4);
        if (a->v4 != b->v4 || (more && memcmp(b->first, after, 16) > 0))
            continue;
        if (memcmp(b->first, a->first, 16) < 0)
            memcpy(a->first, b->first, 16);
        memcpy(a->last, b->last, 16);
        a->bits = 0;
        /* From the end towards the front, so that a joined range may join the one before it, too.
         */
        MRL_DASSERT(i <= n);
        memmove(b, b + 1, (n - i) * sizeof *nets);
        n--;
    }
    mrl_builder_init(&out, cx->arena, MRL_T_SET, n);
    for (uint32_t i = 0; i < n; i++) {
        if (nets[i].bits == 0) {
            MRL_TRY(add_ranges(cx, nets[i], &out));
            continue;
        }
        mrl_str ip = ip_text(cx->arena, nets[i].shown, nets[i].v4);
        mrl_str text = mrl_arena_printf(cx->arena, "%.*s/%u", MRL_F(ip), nets[i].prefix);
        MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
        mrl_build_item(&out, mrl_strval(text));
    }
    return mrl_build_end(&out, ret);
}
