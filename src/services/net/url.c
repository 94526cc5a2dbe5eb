/* url.c - see url.h. */
#include "services/net/url.h"

#include <strings.h>

#define ID "registry.url"

static mrl_status wrong(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, ID, "a URL %s", what);
}

/* Bytes that a URL may hold at all; what is inside of a host is narrower still. */
static bool printable(mrl_str s) {
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] <= ' ' || s.ptr[i] >= 0x7F || strchr("\"<>\\^`{|}", s.ptr[i]) != NULL)
            return false;
    return true;
}

static bool host_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_';
}

static bool good_host(mrl_str host) {
    bool v6 = host.len > 2 && host.ptr[0] == '[' && host.ptr[host.len - 1] == ']';
    mrl_str inside = v6 ? mrl_str_sub(host, 1, host.len - 1) : host;
    for (size_t i = 0; i < inside.len; i++)
        if (!host_byte(inside.ptr[i]) && !(v6 && inside.ptr[i] == ':'))
            return false;
    return inside.len > 0 && inside.len <= 255;
}

static bool read_port(mrl_str text, uint16_t *ret) {
    uint32_t v = 0;
    if (text.len == 0 || text.len > 5)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] < '0' || text.ptr[i] > '9')
            return false;
        v = v * 10 + (uint32_t)(text.ptr[i] - '0');
    }
    *ret = (uint16_t)v;
    return v > 0 && v <= UINT16_MAX;
}

static size_t find_end_of_authority(mrl_str s) {
    size_t i = 0;
    while (i < s.len && s.ptr[i] != '/' && s.ptr[i] != '?')
        i++;
    return i;
}

mrl_status mrl_url_parse(mrl_str text, struct mrl_err *err, struct mrl_url *ret) {
    struct mrl_url u = {0};
    if (text.len > MRL_URL_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, ID, "a URL has over %u bytes", MRL_URL_BYTES_MAX);
    if (!printable(text))
        return wrong(err, "has bytes that it may not have");
    size_t hash = mrl_str_find(text, MRL_S("#"), 0);
    if (hash != MRL_STR_NPOS) /* the fragment is for the reader, it is never sent */
        text.len = hash;
    u.tls = text.len > 8 && strncasecmp(text.ptr, "https://", 8) == 0;
    if (!u.tls && !(text.len > 7 && strncasecmp(text.ptr, "http://", 7) == 0))
        return wrong(err, "does not begin with http:// or https://");
    text = mrl_str_sub(text, u.tls ? 8 : 7, text.len);
    size_t end = find_end_of_authority(text);
    u.path = mrl_str_sub(text, end, text.len);
    u.host = mrl_str_sub(text, 0, end);
    u.port = u.tls ? 443 : 80;
    size_t colon = mrl_str_rfind(u.host, MRL_S(":"));
    if (colon != MRL_STR_NPOS && !mrl_str_ends(u.host, MRL_S("]"))) {
        if (!read_port(mrl_str_sub(u.host, colon + 1, u.host.len), &u.port))
            return wrong(err, "has a port that is none");
        u.host.len = colon;
    }
    if (!good_host(u.host))
        return wrong(err, "has no host, or one that we do not read (a user in it, for example)");
    *ret = u;
    return MRL_OK;
}

/* "word:" before any '/': an absolute URL of whatever scheme. */
static bool has_scheme(mrl_str s) {
    size_t n = 0;
    while (n < s.len && s.ptr[n] != ':' && s.ptr[n] != '/' && s.ptr[n] != '?')
        n++;
    return n < s.len && s.ptr[n] == ':';
}

mrl_status mrl_url_follow(mrl_arena *a, const struct mrl_url *base, mrl_str location,
                          struct mrl_err *err, mrl_str *ret) {
    const char *scheme = base->tls ? "https" : "http";
    struct mrl_url check;
    mrl_str text = location, path = base->path;
    if (location.len == 0 || location.len > MRL_URL_BYTES_MAX)
        return wrong(err, "to go on to is missing or too long");
    for (size_t i = 0; i < path.len; i++) /* the base's query is not part of its path */
        path.len = path.ptr[i] == '?' ? i : path.len;
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    mrl_str folder = mrl_str_sub(path, 0, slash == MRL_STR_NPOS ? 0 : slash + 1);
    if (mrl_str_starts(location, MRL_S("//")))
        text = mrl_arena_printf(a, "%s:%.*s", scheme, MRL_F(location));
    else if (!has_scheme(location))
        text = mrl_arena_printf(a, "%s://%.*s:%u%.*s%.*s", scheme, MRL_F(base->host), base->port,
                                MRL_F(location.ptr[0] == '/'   ? MRL_S("")
                                      : location.ptr[0] == '?' ? path
                                      : folder.len > 0         ? folder
                                                               : MRL_S("/")),
                                MRL_F(location));
    MRL_CHECK(text.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(mrl_url_parse(text, err, &check));
    *ret = text;
    return MRL_OK;
}

bool mrl_url_same_origin(const struct mrl_url *a, const struct mrl_url *b) {
    return a->tls == b->tls && a->port == b->port && mrl_str_eq_case(a->host, b->host);
}
