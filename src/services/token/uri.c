/* uri.c - see uri.h. One table holds what we know; reading and writing go by it. */
#include "services/token/uri.h"

#include "base/hex.h"

#include <stddef.h>

#define ID "pkcs11.uri"
#define OF_PATH " in front of the '?'"
#define OF_QUERY " behind the '?'"

static const struct attribute {
    const char *name;
    size_t offset; /* of the mrl_str in struct mrl_p11_uri */
    bool query;
    bool bytes; /* any byte, not only text */
} attributes[] = {
    {"token", offsetof(struct mrl_p11_uri, token), false, false},
    {"manufacturer", offsetof(struct mrl_p11_uri, manufacturer), false, false},
    {"serial", offsetof(struct mrl_p11_uri, serial), false, false},
    {"model", offsetof(struct mrl_p11_uri, model), false, false},
    {"slot-id", offsetof(struct mrl_p11_uri, slot_id), false, false},
    {"object", offsetof(struct mrl_p11_uri, object), false, false},
    {"id", offsetof(struct mrl_p11_uri, id), false, true},
    {"type", offsetof(struct mrl_p11_uri, type), false, false},
    {"module-path", offsetof(struct mrl_p11_uri, module_path), true, false},
    {"pin-source", offsetof(struct mrl_p11_uri, pin_source), true, false},
};

static mrl_str *field(struct mrl_p11_uri *uri, const struct attribute *at) {
    return (mrl_str *)((char *)uri + at->offset);
}

/* --- reading ------------------------------------------------------------------------------- */

bool mrl_p11_uri_is(mrl_str text) {
    return mrl_str_starts(text, MRL_S(MRL_P11_SCHEME));
}

static bool alphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A byte that stands for itself: RFC 7512 section 2.3, pk11-pchar and pk11-qchar. */
static bool plain(char c, bool query) {
    static const mrl_str both = MRL_S_INIT("-._~:[]@!$'()*+,=");
    return alphanumeric(c) || (c != '\0' && memchr(both.ptr, c, both.len) != NULL) ||
           (query ? c == '/' || c == '?' || c == '|' : c == '&');
}

/* One byte of a value; text[*i] is its first digit. -1: it may not be there. */
static int decode_byte(mrl_str text, size_t *i, bool query) {
    char c = text.ptr[*i];
    if (c != '%')
        return plain(c, query) ? (unsigned char)c : -1;
    if (text.len - *i < 3)
        return -1;
    int high = mrl_hex_digit((char)(text.ptr[*i + 1] | 0x20));
    int low = mrl_hex_digit((char)(text.ptr[*i + 2] | 0x20));
    *i += 2;
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static mrl_status decode(mrl_arena *a, const struct attribute *at, mrl_str text,
                         struct mrl_err *err, mrl_str *ret) {
    char *out = mrl_arena_alloc(a, text.len + 1, 1);
    size_t n = 0;
    MRL_CHECK(out != NULL, MRL_E_NOMEM);
    for (size_t i = 0; i < text.len; i++) {
        int byte = decode_byte(text, &i, at->query);
        if (byte < 0 || (byte == 0 && !at->bytes))
            return mrl_err_set(err, MRL_E_SYNTAX, ID,
                               "the value of '%s' has a byte that must be written as %%XX, or one "
                               "that may not be there",
                               at->name);
        out[n++] = (char)byte;
    }
    out[n] = '\0';
    *ret = (mrl_str){out, n};
    return MRL_OK;
}

static mrl_status unknown(mrl_str name, bool query, struct mrl_err *err) {
    if (mrl_str_eq(name, MRL_S("pin-value")))
        return mrl_err_set(err, MRL_E_INVALID, ID,
                           "a PIN on the command line can be read by every user of the machine: "
                           "name pin-source=FILE instead, or set MERLON_PIN");
    if (mrl_str_eq(name, MRL_S("module-name")))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                           "modules are not looked for by name: write module-path=FILE");
    return mrl_err_set(err, MRL_E_UNSUPPORTED, ID, "keys are not found by '%.*s'%s",
                       (int)(name.len < 40 ? name.len : 40), name.ptr != NULL ? name.ptr : "",
                       query ? OF_QUERY : OF_PATH);
}

static mrl_status read_attribute(mrl_arena *a, mrl_str text, bool query, struct mrl_err *err,
                                 struct mrl_p11_uri *uri) {
    mrl_str value, name = mrl_str_cut(text, '=', &value);
    if (name.len == text.len)
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "a part of the URI has no '='");
    for (size_t i = 0; i < MRL_COUNTOF(attributes); i++) {
        const struct attribute *at = &attributes[i];
        if (at->query != query || !mrl_str_eq(name, mrl_str_z(at->name)))
            continue;
        if (field(uri, at)->ptr != NULL)
            return mrl_err_set(err, MRL_E_SYNTAX, ID, "'%s' is given twice", at->name);
        return decode(a, at, value, err, field(uri, at));
    }
    return unknown(name, query, err);
}

static mrl_status read_part(mrl_arena *a, mrl_str text, bool query, struct mrl_err *err,
                            struct mrl_p11_uri *uri) {
    while (text.len > 0) {
        mrl_str one = mrl_str_cut(text, query ? '&' : ';', &text);
        MRL_TRY(read_attribute(a, one, query, err, uri));
    }
    return MRL_OK;
}

static mrl_status read_slot(struct mrl_p11_uri *uri, struct mrl_err *err) {
    mrl_str text = uri->slot_id;
    bool ok = text.len > 0 && text.len <= 19; /* digits that fit for sure */
    for (size_t i = 0; i < text.len && ok; i++) {
        ok = text.ptr[i] >= '0' && text.ptr[i] <= '9';
        uri->slot = uri->slot * 10 + (uint64_t)(text.ptr[i] - '0');
    }
    return ok ? MRL_OK : mrl_err_set(err, MRL_E_SYNTAX, ID, "'slot-id' is no number");
}

static mrl_status check_type(mrl_str type, struct mrl_err *err) {
    if (type.ptr == NULL || mrl_str_eq(type, MRL_S("private")) ||
        mrl_str_eq(type, MRL_S("public")) || mrl_str_eq(type, MRL_S("cert")))
        return MRL_OK;
    return mrl_err_set(err, MRL_E_UNSUPPORTED, ID,
                       "'type' is none of private, public, cert: nothing else signs");
}

mrl_status mrl_p11_uri_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                             struct mrl_p11_uri *ret) {
    struct mrl_p11_uri uri = {0};
    mrl_str query;
    if (text.len > MRL_P11_URI_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "the URI has over %u bytes", MRL_P11_URI_MAX);
    if (!mrl_p11_uri_is(text))
        return mrl_err_set(err, MRL_E_SYNTAX, ID, "it does not begin with " MRL_P11_SCHEME);
    text = mrl_str_sub(text, sizeof MRL_P11_SCHEME - 1, text.len);
    mrl_str path = mrl_str_cut(text, '?', &query);
    MRL_TRY(read_part(a, path, false, err, &uri));
    MRL_TRY(read_part(a, query, true, err, &uri));
    if (uri.slot_id.ptr != NULL)
        MRL_TRY(read_slot(&uri, err));
    MRL_TRY(check_type(uri.type, err));
    *ret = uri;
    return MRL_OK;
}

/* --- writing ------------------------------------------------------------------------------- */

static void encode(struct mrl_buf *b, const struct attribute *at, mrl_str value) {
    for (size_t i = 0; i < value.len; i++) {
        char c = value.ptr[i];
        if (!at->bytes &&
            (alphanumeric(c) || c == '-' || c == '_' || c == '.' || (at->query && c == '/')))
            mrl_buf_byte(b, c);
        else
            mrl_buf_printf(b, "%%%02x", (unsigned char)c);
    }
}

void mrl_p11_uri_write(struct mrl_buf *b, const struct mrl_p11_uri *uri) {
    const char *before[2] = {"", "?"}; /* of the next part of path and query */
    MRL_BUF_LIT(b, MRL_P11_SCHEME);
    for (size_t i = 0; i < MRL_COUNTOF(attributes); i++) {
        const struct attribute *at = &attributes[i];
        const mrl_str *value = (const mrl_str *)((const char *)uri + at->offset);
        if (value->ptr == NULL)
            continue;
        mrl_buf_printf(b, "%s%s=", before[at->query], at->name);
        encode(b, at, *value);
        before[at->query] = at->query ? "&" : ";";
    }
}
