/* fuzz_gzip.c - gzip text under a small ceiling: never more comes out, and what comes out is whole.
 */
#include "formats/gzip/gzip.h"

#define PLAIN_MAX 100000u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct mrl_buf b;
    struct mrl_err err;
    mrl_err_init(&err);
    mrl_buf_init(&b, PLAIN_MAX);
    mrl_status status = mrl_gunzip((mrl_str){(const char *)data, size}, &err, &b);
    MRL_ASSERT(b.len <= PLAIN_MAX);
    MRL_ASSERT(status == MRL_OK || err.text[0] != '\0');
    mrl_buf_release(&b);
    return 0;
}
