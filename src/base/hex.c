/* hex.c - see hex.h. Upper-case digits are refused: a digest has one spelling. */
#include "base/hex.h"

int mrl_hex_digit(char c) {
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool mrl_hex_decode(mrl_str hex, unsigned char *out, size_t n) {
    if (hex.len % 2 != 0 || hex.len / 2 != n)
        return false;
    for (size_t i = 0; i < hex.len; i++)
        if (mrl_hex_digit(hex.ptr[i]) < 0)
            return false;
    for (size_t i = 0; i < n; i++)
        out[i] =
            (unsigned char)(mrl_hex_digit(hex.ptr[2 * i]) << 4 | mrl_hex_digit(hex.ptr[2 * i + 1]));
    return true;
}

void mrl_hex_encode(const unsigned char *bytes, size_t n, char *out) {
    for (size_t i = 0; i < n; i++) {
        out[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
        out[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
    }
}
