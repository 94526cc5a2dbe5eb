/* reference.c - see reference.h.
 *
 * A name's first step is a registry when it has a dot or a colon or is "localhost"; else the name
 * is short and means Docker Hub, where official images stand below "library".
 */
#include "formats/oci/reference.h"

#include "base/digest.h"
#include "base/hex.h"

static mrl_status bad(struct mrl_err *err, mrl_str text, const char *why) {
    return mrl_err_set(err, MRL_E_SYNTAX, "oci.reference", "\"%.*s\" names no image: %s",
                       MRL_F(text), why);
}

/* --- digests --------------------------------------------------------------------------------- */

static const struct {
    mrl_str prefix;
    size_t bytes;
    enum mrl_digest kind;
} digests[] = {{MRL_S_INIT("sha256:"), 32, MRL_SHA256}, {MRL_S_INIT("sha512:"), 64, MRL_SHA512}};

/* The row of a well-formed digest and its bytes, or the number of rows. */
static size_t row_of(mrl_str digest, unsigned char bytes[MRL_DIGEST_MAX]) {
    for (size_t i = 0; i < MRL_COUNTOF(digests); i++)
        if (mrl_str_starts(digest, digests[i].prefix) &&
            mrl_hex_decode(mrl_str_sub(digest, digests[i].prefix.len, digest.len), bytes,
                           digests[i].bytes))
            return i;
    return MRL_COUNTOF(digests);
}

bool mrl_digest_is_valid(mrl_str digest) {
    unsigned char bytes[MRL_DIGEST_MAX];
    return row_of(digest, bytes) < MRL_COUNTOF(digests);
}

mrl_status mrl_digest_write(mrl_arena *a, mrl_str bytes, mrl_str *ret) {
    unsigned char raw[MRL_DIGEST_MAX];
    char hex[2 * MRL_DIGEST_MAX];
    size_t n;
    MRL_TRY(mrl_digest(MRL_SHA256, bytes, raw, &n));
    mrl_hex_encode(raw, n, hex);
    *ret = mrl_arena_printf(a, "sha256:%.*s", (int)(2 * n), hex);
    return ret->ptr != NULL ? MRL_OK : MRL_E_NOMEM;
}

bool mrl_digest_matches(mrl_str digest, mrl_str bytes) {
    unsigned char own[MRL_DIGEST_MAX], said[MRL_DIGEST_MAX];
    size_t n, row = row_of(digest, said);
    return row < MRL_COUNTOF(digests) && mrl_digest(digests[row].kind, bytes, own, &n) == MRL_OK &&
           memcmp(own, said, n) == 0;
}

/* --- names ----------------------------------------------------------------------------------- */

static bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/* One step of a repository: lower-case words with one of . _ __ or dashes between them. */
static bool step_ok(mrl_str s) {
    size_t i = 0;
    while (i < s.len) {
        size_t word = i;
        while (i < s.len && is_alnum(s.ptr[i]))
            i++;
        if (i == word)
            return false;
        if (i == s.len)
            return true;
        char c = s.ptr[i];
        size_t n = 0;
        while (i < s.len && s.ptr[i] == c && !is_alnum(c))
            i++, n++;
        if (c != '-' && !(c == '.' && n == 1) && !(c == '_' && n <= 2))
            return false;
    }
    return false; /* empty, or it ends with a separator */
}

static bool repository_ok(mrl_str s) {
    if (s.len == 0 || s.len > MRL_REF_REPOSITORY_MAX)
        return false;
    while (s.ptr != NULL)
        if (!step_ok(mrl_str_cut(s, '/', &s)))
            return false;
    return true;
}

static bool tag_ok(mrl_str s) {
    if (s.len == 0 || s.len > MRL_REF_TAG_MAX || s.ptr[0] == '.' || s.ptr[0] == '-')
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = s.ptr[i];
        if (!is_alnum(c) && !(c >= 'A' && c <= 'Z') && c != '_' && c != '.' && c != '-')
            return false;
    }
    return true;
}

/* A host's name: labels of letters, digits and inner dashes. */
static bool host_ok(mrl_str s) {
    do {
        mrl_str label = mrl_str_cut(s, '.', &s);
        for (size_t i = 0; i < label.len; i++) {
            char c = label.ptr[i];
            bool dash = c == '-' && i > 0 && i + 1 < label.len;
            if (!is_alnum(c) && !(c >= 'A' && c <= 'Z') && !dash)
                return false;
        }
        if (label.len == 0)
            return false;
    } while (s.ptr != NULL);
    return true;
}

/* An IPv6 address in brackets, and what stands behind it. */
static bool brackets_ok(mrl_str s, mrl_str *ret_rest) {
    size_t end = mrl_str_find(s, MRL_S("]"), 0);
    if (end == MRL_STR_NPOS || end < 3)
        return false;
    for (size_t i = 1; i < end; i++)
        if (mrl_hex_digit(s.ptr[i]) < 0 && s.ptr[i] != ':')
            return false;
    *ret_rest = mrl_str_sub(s, end + 1, s.len);
    return true;
}

static bool port_ok(mrl_str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
    return s.len > 0 && s.len <= 5;
}

/* host[:port] */
static bool registry_ok(mrl_str s) {
    mrl_str port;
    if (s.len > 0 && s.ptr[0] == '[')
        return brackets_ok(s, &port) &&
               (port.len == 0 || (port.ptr[0] == ':' && port_ok(mrl_str_sub(port, 1, port.len))));
    mrl_str host = mrl_str_cut(s, ':', &port);
    return host_ok(host) && (port.ptr == NULL || port_ok(port));
}

/* --- references ------------------------------------------------------------------------------ */

/* Takes "@digest" and then ":tag" off the end. The tag's colon is behind the last slash, since a
 * registry's port has one, too. */
static mrl_status take_ends(mrl_str whole, mrl_str *name, struct mrl_err *err,
                            struct mrl_reference *r) {
    size_t at = mrl_str_rfind(*name, MRL_S("@"));
    if (at != MRL_STR_NPOS) {
        r->digest = mrl_str_sub(*name, at + 1, name->len);
        *name = mrl_str_sub(*name, 0, at);
        if (!mrl_digest_is_valid(r->digest))
            return bad(err, whole, "behind @ stands sha256: and 64 hex digits, or sha512: and 128");
    }
    size_t slash = mrl_str_rfind(*name, MRL_S("/")), colon = mrl_str_rfind(*name, MRL_S(":"));
    if (colon == MRL_STR_NPOS || (slash != MRL_STR_NPOS && colon < slash))
        return MRL_OK;
    r->tag = mrl_str_sub(*name, colon + 1, name->len);
    *name = mrl_str_sub(*name, 0, colon);
    return tag_ok(r->tag) ? MRL_OK
                          : bad(err, whole, "a tag is at most 128 letters, digits and _ . -");
}

static bool names_registry(mrl_str first) {
    return memchr(first.ptr, '.', first.len) != NULL || memchr(first.ptr, ':', first.len) != NULL ||
           mrl_str_eq(first, MRL_S("localhost"));
}

static mrl_status remote(mrl_arena *a, mrl_str text, struct mrl_err *err, struct mrl_reference *r) {
    mrl_str name = text, rest;
    MRL_TRY(take_ends(text, &name, err, r));
    mrl_str first = mrl_str_cut(name, '/', &rest);
    bool full = rest.ptr != NULL && first.len > 0 && names_registry(first);
    r->registry = full ? first : MRL_S("docker.io");
    r->repository = full ? rest : name;
    if (full && !registry_ok(first))
        return bad(err, text, "its registry is no host[:port]");
    if (mrl_str_eq(r->registry, MRL_S("docker.io")) &&
        mrl_str_find(r->repository, MRL_S("/"), 0) == MRL_STR_NPOS) {
        r->repository = mrl_arena_printf(a, "library/%.*s", MRL_F(r->repository));
        MRL_CHECK(r->repository.ptr != NULL, MRL_E_NOMEM);
    }
    if (!repository_ok(r->repository))
        return bad(err, text, "a repository is lower-case words, divided by / . _ or -");
    if (r->tag.len == 0 && r->digest.len == 0)
        r->tag = MRL_S("latest");
    return MRL_OK;
}

/* "PATH[:tag|@digest]": a path may hold colons only where no tag follows. */
static mrl_status local(mrl_str text, mrl_str rest, struct mrl_err *err, struct mrl_reference *r) {
    r->path = rest;
    MRL_TRY(take_ends(text, &r->path, err, r));
    return r->path.len > 0 ? MRL_OK : bad(err, text, "a path is missing");
}

/* "FILE[:repository:tag]". */
static mrl_status archive(mrl_str text, mrl_str rest, struct mrl_err *err,
                          struct mrl_reference *r) {
    mrl_str image;
    r->path = mrl_str_cut(rest, ':', &image);
    r->repository = image;
    if (image.ptr != NULL)
        MRL_TRY(take_ends(text, &r->repository, err, r));
    return r->path.len > 0 ? MRL_OK : bad(err, text, "a path is missing");
}

mrl_status mrl_reference_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                               struct mrl_reference *ret) {
    struct mrl_reference r = {0};
    if (text.len == 0 || text.len > MRL_REF_BYTES_MAX)
        return bad(err, mrl_str_sub(text, 0, 80), "it is empty or longer than 4096 bytes");
    mrl_str rest, scheme = mrl_str_cut(text, ':', &rest);
    mrl_status status;
    if (mrl_str_eq(scheme, MRL_S("oci")) && rest.ptr != NULL) {
        r.kind = MRL_REF_LAYOUT;
        status = local(text, rest, err, &r);
    } else if (mrl_str_eq(scheme, MRL_S("docker-archive")) && rest.ptr != NULL) {
        r.kind = MRL_REF_DOCKER_ARCHIVE;
        status = archive(text, rest, err, &r);
    } else {
        if (mrl_str_starts(text, MRL_S("docker://")))
            text = mrl_str_sub(text, strlen("docker://"), text.len);
        status = remote(a, text, err, &r);
    }
    MRL_TRY(status);
    *ret = r;
    return MRL_OK;
}
