// simdjson_row.cpp - the door to simdjson for formats_bench.c. A parser a call: what one document costs.
#include <simdjson.h>

extern "C" int simdjson_parse(const char *text, size_t len, size_t padded, size_t *ret_bytes);

extern "C" int simdjson_parse(const char *text, size_t len, size_t padded, size_t *ret_bytes) {
    simdjson::dom::parser parser;
    (void)padded; // the caller has SIMDJSON_PADDING bytes behind the text
    auto result = parser.parse(text, len, false);
    if (result.error())
        return 1;
    // Tape of 8 bytes an element and a string buffer of 5/3 of the text, both sized by capacity.
    *ret_bytes = (parser.capacity() + 3) * sizeof(uint64_t) + 5 * parser.capacity() / 3 + 64;
    return 0;
}
