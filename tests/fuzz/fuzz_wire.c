/* fuzz_wire.c - what a lying worker may send: headers, errors, values.
 *
 * Nothing may crash or reach outside the message. What is accepted as a value must be one: it is
 * encoded, read again and compared, and frozen, which visits all of it.
 */
#include "base/utf8.h"
#include "base/value_wire.h"
#include "base/wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void header(mrl_str bytes) {
    struct mrl_wire_msg msg;
    unsigned char again[MRL_WIRE_HEADER];
    size_t length = 0;
    if (mrl_wire_get_header(bytes, 1 << 20, NULL, &msg, &length) != MRL_OK)
        return;
    MRL_ASSERT(length <= 1 << 20 && msg.n_fds <= MRL_WIRE_FDS_MAX);
    msg.body.len = length;
    mrl_wire_put_header(&msg, again);
    MRL_ASSERT(memcmp(again, bytes.ptr, sizeof again) == 0);
}

static void error(mrl_arena *a, mrl_str bytes) {
    struct mrl_err err;
    if (mrl_wire_get_err(a, bytes, &err) != MRL_OK)
        return;
    MRL_ASSERT(err.code < 0 && err.code > -MRL_STATUS_N && err.id != NULL);
    MRL_ASSERT(strlen(err.text) < sizeof err.text);
    for (const char *p = err.text; *p != '\0'; p++)
        MRL_ASSERT((unsigned char)*p >= ' ' && *p != 0x7F);
}

static void value(mrl_arena *a, mrl_str bytes) {
    struct mrl_rd r = mrl_rd_of(bytes);
    struct mrl_buf b;
    mrl_val v = mrl_undefined(), again = mrl_undefined();
    if (mrl_wire_get_value(a, &r, 1000, &v) != MRL_OK)
        return;
    mrl_buf_init(&b, 1 << 26);
    mrl_wire_put_value(&b, v);
    MRL_ASSERT(b.status == MRL_OK);
    struct mrl_rd r2 = mrl_rd_of(mrl_buf_str(&b));
    MRL_ASSERT(mrl_wire_get_value(a, &r2, 1000, &again) == MRL_OK && mrl_rd_done(&r2));
    MRL_ASSERT(mrl_val_eq(v, again) && mrl_val_hash(v) == mrl_val_hash(again));
    MRL_ASSERT(mrl_val_freeze(a, v) == MRL_OK);
    mrl_buf_release(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_arena a;
    mrl_str bytes = {(const char *)data, size};
    mrl_arena_init(&a, 1 << 28);
    header(bytes);
    error(&a, bytes);
    value(&a, bytes);
    mrl_arena_release(&a);
    return 0;
}
