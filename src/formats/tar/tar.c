/* tar.c - see tar.h.
 *
 * A header is one block of 512 bytes with text fields at fixed places. Extended headers ('x', 'L',
 * 'K') are entries whose bytes describe the entry behind them, so the reader loops until it meets
 * an entry that is none.
 */
#include "formats/tar/tar.h"

#define BLOCK 512u

/* Places of the header's fields: offset and length in bytes. */
#define AT_NAME 0, 100
#define AT_MODE 100, 8
#define AT_SIZE 124, 12
#define AT_SUM 148, 8
#define AT_KIND 156
#define AT_LINK 157, 100
#define AT_MAGIC 257, 5
#define AT_PREFIX 345, 155

struct extra { /* what extended headers said of the next entry */
    mrl_str name, link;
    uint64_t size;
    bool has_size;
};

static mrl_status bad(const struct mrl_tar *t, struct mrl_err *err, const char *what) {
    struct mrl_pos pos = {.offset = (uint32_t)mrl_rd_offset(&t->rd)};
    return mrl_err_at(err, MRL_E_SYNTAX, "tar.syntax", pos, "not a whole tar archive: %s", what);
}

static mrl_str field(mrl_str block, size_t at, size_t len) {
    mrl_str f = mrl_str_sub(block, at, at + len);
    const char *nul = memchr(f.ptr, 0, f.len);
    return nul != NULL ? mrl_str_sub(f, 0, (size_t)(nul - f.ptr)) : f;
}

/* A number in octal, with blanks around it, or in base 256 when the first bit is set. */
static bool number(mrl_str block, size_t at, size_t len, uint64_t *ret) {
    mrl_str f = mrl_str_sub(block, at, at + len);
    unsigned char first = (unsigned char)f.ptr[0];
    uint64_t v = 0;
    if (first == 0x80) {
        for (size_t i = 1; i < f.len; i++) {
            if (v >> 56 != 0)
                return false;
            v = v << 8 | (unsigned char)f.ptr[i];
        }
        *ret = v;
        return true;
    }
    f = mrl_str_trim(field(block, at, len));
    for (size_t i = 0; i < f.len; i++) {
        if (f.ptr[i] < '0' || f.ptr[i] > '7' || v >> 60 != 0)
            return false;
        v = v << 3 | (uint64_t)(f.ptr[i] - '0');
    }
    *ret = v;
    return true;
}

/* The sum of all bytes with the sum's own field read as blanks; old tars added signed bytes. */
static bool sum_fits(mrl_str block) {
    uint64_t want;
    int64_t plain = 0, with_sign = 0;
    if (!number(block, AT_SUM, &want))
        return false;
    for (size_t i = 0; i < BLOCK; i++) {
        unsigned char c = i >= 148 && i < 156 ? ' ' : (unsigned char)block.ptr[i];
        plain += c;
        with_sign += (signed char)c;
    }
    return (int64_t)want == plain || (int64_t)want == with_sign;
}

static bool is_zero(mrl_str block) {
    for (size_t i = 0; i < block.len; i++)
        if (block.ptr[i] != 0)
            return false;
    return true;
}

/* The bytes of an entry; the padding up to the next block may be missing at the very end. */
static bool take_body(struct mrl_tar *t, uint64_t size, mrl_str *ret) {
    if (size > mrl_rd_left(&t->rd))
        return false;
    *ret = mrl_rd_take(&t->rd, (size_t)size);
    size_t pad = (BLOCK - (size_t)(size % BLOCK)) % BLOCK;
    mrl_rd_skip(&t->rd, pad < mrl_rd_left(&t->rd) ? pad : mrl_rd_left(&t->rd));
    return true;
}

/* --- extended headers --------------------------------------------------------------------------
 */

static bool decimal(mrl_str s, uint64_t *ret) {
    uint64_t v = 0;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || v > (UINT64_MAX >> 8))
            return false;
        v = v * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    *ret = v;
    return s.len > 0;
}

static mrl_status pax_record(const struct mrl_tar *t, struct mrl_err *err, mrl_str record,
                             struct extra *x) {
    mrl_str value, key = mrl_str_cut(record, '=', &value);
    if (value.ptr == NULL)
        return bad(t, err, "a pax record has no '='");
    if (mrl_str_starts(key, MRL_S("GNU.sparse.")))
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "tar.sparse", "sparse files are not read");
    if (mrl_str_eq(key, MRL_S("path")))
        x->name = value;
    else if (mrl_str_eq(key, MRL_S("linkpath")))
        x->link = value;
    else if (mrl_str_eq(key, MRL_S("size"))) {
        x->has_size = decimal(value, &x->size);
        if (!x->has_size)
            return bad(t, err, "a pax size is no number");
    }
    return MRL_OK;
}

/* Records "LENGTH KEY=VALUE\n", where LENGTH counts the whole record. */
static mrl_status pax(const struct mrl_tar *t, struct mrl_err *err, mrl_str body, struct extra *x) {
    while (body.len > 0) {
        mrl_str rest, digits = mrl_str_cut(body, ' ', &rest);
        uint64_t n;
        size_t head = digits.len + 1;
        if (rest.ptr == NULL || !decimal(digits, &n) || n <= head || n > body.len ||
            body.ptr[n - 1] != '\n')
            return bad(t, err, "a pax record's length does not fit");
        MRL_TRY(pax_record(t, err, mrl_str_sub(body, head, (size_t)n - 1), x));
        body = mrl_str_sub(body, (size_t)n, body.len);
    }
    return MRL_OK;
}

/* A GNU long name: the bytes up to the first NUL. */
static mrl_str long_name(mrl_str body) {
    return body.len > 0 ? field(body, 0, body.len) : body;
}

/* Reads an extended header's body into `x`; *ret_is tells whether the entry was one. */
static mrl_status extended(const struct mrl_tar *t, struct mrl_err *err, char kind, mrl_str body,
                           struct extra *x, bool *ret_is) {
    *ret_is = kind == 'x' || kind == 'g' || kind == 'L' || kind == 'K';
    if (!*ret_is)
        return MRL_OK;
    if (body.len > MRL_TAR_PAX_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "tar.limit", "an extended header has %zu bytes",
                           body.len);
    if (kind == 'L')
        x->name = long_name(body);
    else if (kind == 'K')
        x->link = long_name(body);
    else if (kind == 'x')
        return pax(t, err, body, x);
    return MRL_OK; /* 'g': defaults for all entries; names and sizes there make no sense */
}

/* --- entries -----------------------------------------------------------------------------------
 */

static enum mrl_tar_kind kind_of(char c, mrl_str name) {
    switch (c) {
    case 0:
    case '0':
    case '7': /* contiguous: a plain file everywhere */
        /* Tars older than ustar mark folders by the slash alone. */
        return mrl_str_ends(name, MRL_S("/")) ? MRL_TAR_FOLDER : MRL_TAR_FILE;
    case '1':
        return MRL_TAR_HARD_LINK;
    case '2':
        return MRL_TAR_SYMBOLIC_LINK;
    case '5':
        return MRL_TAR_FOLDER;
    default:
        return MRL_TAR_OTHER;
    }
}

/* The name in the header: ustar's prefix and name are two halves of one path. */
static mrl_status header_name(mrl_arena *a, mrl_str block, mrl_str *ret) {
    mrl_str name = field(block, AT_NAME), prefix = field(block, AT_PREFIX);
    *ret = name;
    /* GNU's magic is followed by a blank and uses the prefix for other things. */
    if (prefix.len == 0 || !mrl_str_eq(field(block, AT_MAGIC), MRL_S("ustar")) ||
        block.ptr[262] != 0)
        return MRL_OK;
    *ret = mrl_arena_printf(a, "%.*s/%.*s", MRL_F(prefix), MRL_F(name));
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

static mrl_status fill(struct mrl_tar *t, struct mrl_err *err, mrl_str block, const struct extra *x,
                       mrl_str body, struct mrl_tar_entry *ret) {
    struct mrl_tar_entry e = {.name = x->name, .link = x->link, .body = body};
    uint64_t mode = 0;
    if (e.name.len == 0)
        MRL_TRY(header_name(t->arena, block, &e.name));
    if (e.link.len == 0)
        e.link = field(block, AT_LINK);
    if (e.name.len > MRL_TAR_NAME_MAX || e.link.len > MRL_TAR_NAME_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "tar.limit", "a name is longer than %u bytes",
                           MRL_TAR_NAME_MAX);
    if (!number(block, AT_MODE, &mode))
        return bad(t, err, "a mode is no number");
    e.mode = (uint32_t)mode & 07777;
    e.kind = kind_of(block.ptr[AT_KIND], e.name);
    *ret = e;
    return MRL_OK;
}

/* Links and folders may name a size, but only files have bytes behind the header. */
static bool has_body(char kind) {
    return !(kind >= '1' && kind <= '6');
}

/* Reads one header and its bytes. */
static mrl_status read_one(struct mrl_tar *t, struct mrl_err *err, mrl_str block, struct extra *x,
                           struct mrl_tar_entry *ret, bool *ret_extended) {
    mrl_str body = {"", 0};
    uint64_t size;
    char kind = block.ptr[AT_KIND];
    if (!sum_fits(block))
        return bad(t, err, "a header's check sum differs");
    if (kind == 'S')
        return mrl_err_set(err, MRL_E_UNSUPPORTED, "tar.sparse", "sparse files are not read");
    if (!number(block, AT_SIZE, &size))
        return bad(t, err, "a size is no number");
    bool names_next = kind == 'x' || kind == 'g' || kind == 'L' || kind == 'K';
    if (x->has_size && !names_next)
        size = x->size;
    if (has_body(kind) && !take_body(t, size, &body))
        return bad(t, err, "it ends in the middle of an entry");
    MRL_TRY(extended(t, err, kind, body, x, ret_extended));
    return *ret_extended ? MRL_OK : fill(t, err, block, x, body, ret);
}

struct mrl_tar mrl_tar_of(mrl_arena *a, mrl_str bytes) {
    return (struct mrl_tar){.rd = mrl_rd_of(bytes), .arena = a};
}

mrl_status mrl_tar_next(struct mrl_tar *t, struct mrl_err *err, struct mrl_tar_entry *ret,
                        bool *ret_more) {
    struct extra x = {0};
    bool is_extended = true;
    while (is_extended) {
        if (mrl_rd_done(&t->rd) && x.name.len == 0 && !x.has_size) {
            *ret_more = false;
            return MRL_OK;
        }
        if (++t->entries > MRL_TAR_ENTRIES_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, "tar.limit", "more than %u entries",
                               MRL_TAR_ENTRIES_MAX);
        mrl_str block = mrl_rd_take(&t->rd, BLOCK);
        if (block.len != BLOCK)
            return bad(t, err, "it ends in the middle of a header");
        if (is_zero(block)) { /* the end marker; what follows is not the archive's */
            *ret_more = false;
            return MRL_OK;
        }
        MRL_TRY(read_one(t, err, block, &x, ret, &is_extended));
    }
    *ret_more = true;
    return MRL_OK;
}

bool mrl_tar_clean_name(mrl_arena *a, mrl_str name, mrl_str *ret) {
    char *out = mrl_arena_alloc(a, name.len + 1, 1);
    size_t n = 0;
    if (out == NULL || memchr(name.len > 0 ? name.ptr : "", 0, name.len) != NULL)
        return false;
    while (name.len > 0) {
        mrl_str step = mrl_str_cut(name, '/', &name);
        if (mrl_str_eq(step, MRL_S("..")))
            return false;
        if (step.len == 0 || mrl_str_eq(step, MRL_S(".")))
            continue;
        if (n > 0)
            out[n++] = '/';
        memcpy(out + n, step.ptr, step.len);
        n += step.len;
    }
    out[n] = 0;
    *ret = (mrl_str){out, n};
    return true;
}
