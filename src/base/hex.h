/* hex.h - bytes as lower-case hexadecimal text, as digests are written. */
#ifndef MRL_BASE_HEX_H
#define MRL_BASE_HEX_H

#include "base/str.h"

/* The value of a digit, or -1. */
int mrl_hex_digit(char c);
/* The bytes of `hex`, which must have exactly 2 * n digits of 0-9a-f; `out` is filled only then. */
bool mrl_hex_decode(mrl_str hex, unsigned char *out, size_t n);
/* 2 * n digits; no NUL behind them. */
void mrl_hex_encode(const unsigned char *bytes, size_t n, char *out);

#endif
