/* fuzz_time_layout.c - layout, then a line end, then a value: parse, write back, and durations.
 * What the strict RFC 3339 reader takes, the layout reader must take with the same result. */
#include "base/rfc3339.h"
#include "engines/policy/builtins/time_layout.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_str value, layout = mrl_str_cut((mrl_str){(const char *)data, size}, '\n', &value);
    struct mrl_moment m = {0};
    struct mrl_err err;
    struct mrl_buf b;
    int64_t s = 0, duration;
    int32_t ns = 0;
    mrl_err_init(&err);
    mrl_buf_init(&b, 1 << 16);
    if (mrl_time_parse(mrl_time_layout_named(layout), value, &err, &m) == MRL_OK)
        MRL_ASSERT(m.ns >= 0 && m.ns < 1000000000);
    mrl_time_format(&b, layout, &m);
    (void)!mrl_time_parse_duration(value, &err, &duration);
    if (mrl_rfc3339_parse(value, &s, &ns) == MRL_OK) {
        mrl_str name = mrl_time_layout_named(MRL_S("RFC3339"));
        MRL_ASSERT(mrl_time_parse(name, value, &err, &m) == MRL_OK);
        MRL_ASSERT(m.seconds == s && m.ns == ns);
    }
    mrl_buf_release(&b);
    return 0;
}
