/* fuzz_chain.c - a chain of certificates whose extensions, subject and serial number are anybody's:
 * what we accept OpenSSL's X509_verify_cert accepts.
 *
 * Input: one byte (purpose, time), then five pieces, each behind its length in two bytes:
 * extensions of leaf, middle and root, the leaf's subject, its serial number.
 */
#include "../chain/chain_kit.h"

#include "base/rd.h"

#include <stdio.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define PIECE_MAX 2048u

static mrl_str piece(struct mrl_rd *r) {
    size_t n = mrl_rd_be16(r) % PIECE_MAX, left = mrl_rd_left(r);
    return mrl_rd_take(r, n < left ? n : left);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const int64_t times[] = {CHAIN_FROM, CHAIN_FROM + 1000000, CHAIN_TO - 1, CHAIN_FROM - 1};
    struct mrl_rd r = mrl_rd_of((mrl_str){(const char *)data, size});
    struct chain_parts p = {0};
    struct chain_verdicts v;
    mrl_arena a;
    uint8_t how = mrl_rd_u8(&r);
    p.timestamps = (how & 1) != 0;
    p.seconds = times[how >> 1 & 3];
    for (int i = 0; i < CHAIN_N; i++)
        p.exts[i] = piece(&r);
    p.subject = piece(&r);
    p.serial = piece(&r);
    mrl_arena_init(&a, 1 << 24);
    if (chain_judge(&a, &p, &v) && v.ours && !v.theirs) {
        fprintf(stderr, "we accept, OpenSSL says: %s\n", v.their_why);
        MRL_ASSERT(!"laxer than OpenSSL");
    }
    mrl_arena_release(&a);
    return 0;
}
