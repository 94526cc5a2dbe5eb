// simdjson_row.cpp - the door to simdjson for formats_bench.c. A parser a call: what one document costs.
#include <simdjson.h>

extern "C" int simdjson_parse(const char *text, size_t len, size_t padded, size_t *ret_bytes);

extern "C" int simdjson_parse(const char *text, size_t len, size_t padded, size_t *ret_bytes) {
    simdjson::dom::parser parser;
    (void)padded; // the caller has SIMDJSON_PADDING bytes behind the text
    auto result = parser.parse(text, len, false);
    if (result.error())
        return 1;
    // What it fills: the tape, whose first word tells its length, and copies of the strings, less than
    // the text. What it allocates is more than nine times the text.
    *ret_bytes = (parser.doc.tape[0] & 0xFFFFFFFF) * sizeof(uint64_t) + len;
    return 0;
}
