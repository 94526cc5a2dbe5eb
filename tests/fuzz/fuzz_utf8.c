/* fuzz_utf8.c - decoding: widths add up, valid text survives a round trip. */
#include "base/unicode.h"
#include "base/utf8.h"

#include "base/common.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    mrl_str s = {(const char *)data, size};
    bool valid = mrl_utf8_valid(s);
    size_t n = 0;
    for (size_t at = 0, width = 0; at < size; at += width, n++) {
        char out[4];
        uint32_t c = mrl_utf8_at(s, at, &width);
        MRL_ASSERT(width >= 1 && width <= 4 && width <= size - at && c <= 0x10FFFF);
        MRL_ASSERT(mrl_utf8_offset(s, n) == at);
        if (valid)
            MRL_ASSERT(mrl_utf8_put(c, out) == width && memcmp(out, data + at, width) == 0);
        (void)mrl_unicode_upper(c);
        (void)mrl_unicode_lower(c);
        (void)mrl_unicode_space(c);
        if (n > 4096)
            return 0;
    }
    MRL_ASSERT(n == mrl_utf8_count(s));
    return 0;
}
