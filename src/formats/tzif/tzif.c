/* tzif.c - reading TZif and looking instants up. */
#include "formats/tzif/tzif.h"

#include "base/rd.h"

struct header { /* the six counts, in the order of the file */
    uint32_t isut, isstd, leap, times, types, chars;
    uint8_t version;
};

static mrl_status bad(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, "tzif.syntax", "not a time zone file: %s", what);
}

static mrl_status read_header(struct mrl_rd *r, struct mrl_err *err, struct header *h) {
    if (!mrl_rd_accept(r, MRL_S("TZif")))
        return bad(err, "the magic number is missing");
    h->version = mrl_rd_u8(r);
    mrl_rd_skip(r, 15);
    h->isut = mrl_rd_be32(r);
    h->isstd = mrl_rd_be32(r);
    h->leap = mrl_rd_be32(r);
    h->times = mrl_rd_be32(r);
    h->types = mrl_rd_be32(r);
    h->chars = mrl_rd_be32(r);
    if (r->failed || h->types == 0 || h->isut > h->types || h->isstd > h->types)
        return bad(err, "the header contradicts itself");
    if (h->times > MRL_TZIF_TRANSITIONS_MAX || h->types > MRL_TZIF_TYPES_MAX || h->chars > 4096 ||
        h->leap > 4096)
        return mrl_err_set(err, MRL_E_LIMIT, "tzif.limit",
                           "the time zone file has too many entries");
    return MRL_OK;
}

static size_t body_size(const struct header *h, size_t time_size) {
    return (size_t)h->times * (time_size + 1) + (size_t)h->types * 6 + h->chars +
           (size_t)h->leap * (time_size + 4) + h->isstd + h->isut;
}

static mrl_status read_times(mrl_arena *a, struct mrl_rd *r, const struct header *h, bool wide,
                             struct mrl_tzif *z) {
    int64_t *at = MRL_ARENA_ARRAY(a, int64_t, h->times);
    uint8_t *which = MRL_ARENA_ARRAY(a, uint8_t, h->times);
    MRL_CHECK(at != NULL && which != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < h->times; i++) {
        at[i] = wide ? (int64_t)mrl_rd_be64(r) : (int32_t)mrl_rd_be32(r);
        MRL_CHECK(i == 0 || at[i] > at[i - 1], MRL_E_SYNTAX);
    }
    for (uint32_t i = 0; i < h->times; i++) {
        which[i] = mrl_rd_u8(r);
        MRL_CHECK(which[i] < h->types, MRL_E_SYNTAX);
    }
    z->at = at;
    z->which = which;
    z->n = h->times;
    return MRL_OK;
}

static mrl_status read_types(mrl_arena *a, struct mrl_rd *r, const struct header *h,
                             struct mrl_tzif *z) {
    struct mrl_tzif_type *types = MRL_ARENA_ARRAY(a, struct mrl_tzif_type, h->types);
    MRL_CHECK(types != NULL, MRL_E_NOMEM);
    struct mrl_rd names = *r;
    mrl_rd_skip(&names, (size_t)h->types * 6);
    mrl_str chars = mrl_rd_take(&names, h->chars);
    for (uint32_t i = 0; i < h->types; i++) {
        types[i].offset_s = (int32_t)mrl_rd_be32(r);
        types[i].dst = mrl_rd_u8(r) != 0;
        uint8_t name_at = mrl_rd_u8(r);
        /* RFC 9636 wants offsets within -25 to +26 hours. */
        MRL_CHECK(types[i].offset_s > -90000 && types[i].offset_s < 93600, MRL_E_SYNTAX);
        MRL_CHECK(name_at < chars.len, MRL_E_SYNTAX);
        mrl_str rest, n = mrl_str_cut(mrl_str_sub(chars, name_at, chars.len), '\0', &rest);
        MRL_CHECK(n.len < MRL_TZIF_NAME_MAX, MRL_E_LIMIT);
        memcpy(types[i].name, n.ptr, n.len);
    }
    z->types = types;
    z->n_types = h->types;
    return MRL_OK;
}

/* The type before the first transition: type 0 when no transition uses it, else the last standard
 * time before a first summer time, else the first standard time. */
static uint8_t first_type(const struct mrl_tzif *z) {
    if (z->n == 0 || memchr(z->which, 0, z->n) == NULL)
        return 0;
    if (z->types[z->which[0]].dst)
        for (uint8_t i = z->which[0]; i > 0; i--)
            if (!z->types[i - 1].dst)
                return (uint8_t)(i - 1);
    for (uint32_t i = 0; i < z->n_types; i++)
        if (!z->types[i].dst)
            return (uint8_t)i;
    return 0;
}

mrl_status mrl_tzif_parse(mrl_arena *a, mrl_str bytes, struct mrl_err *err, struct mrl_tzif *ret) {
    MRL_CHECK(bytes.len <= MRL_TZIF_BYTES_MAX, MRL_E_LIMIT);
    struct mrl_rd r = mrl_rd_of(bytes);
    struct mrl_tzif z = {0};
    struct header h;
    MRL_TRY(read_header(&r, err, &h));
    bool wide = h.version >= '2';
    if (wide) { /* the first block repeats the second in 32 bits */
        mrl_rd_skip(&r, body_size(&h, 4));
        MRL_TRY(read_header(&r, err, &h));
    }
    struct mrl_rd body = mrl_rd_nested(&r, body_size(&h, wide ? 8 : 4));
    if (body.failed)
        return bad(err, "it ends too early");
    mrl_status s = read_times(a, &body, &h, wide, &z);
    if (s == MRL_OK)
        s = read_types(a, &body, &h, &z);
    if (s == MRL_E_SYNTAX)
        return bad(err, "an entry points outside the file or the times are not in order");
    MRL_TRY(s);
    z.first = first_type(&z);
    if (wide && mrl_rd_accept(&r, MRL_S("\n"))) {
        mrl_str footer = mrl_rd_until(&r, '\n');
        if (footer.len > 0 && mrl_tz_rule_parse(footer, &z.rule) != MRL_OK)
            return bad(err, "the rule in the footer is malformed");
    }
    *ret = z;
    return MRL_OK;
}

const struct mrl_tzif_type *mrl_tzif_at(const struct mrl_tzif *z, int64_t seconds) {
    uint32_t lo = 0, hi = z->n; /* the number of transitions at or before `seconds` */
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (z->at[mid] <= seconds)
            lo = mid + 1;
        else
            hi = mid;
    }
    if (lo == z->n && z->rule.present)
        return mrl_tz_rule_at(&z->rule, seconds);
    return &z->types[lo == 0 ? z->first : z->which[lo - 1]];
}
