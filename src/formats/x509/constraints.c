/* constraints.c - see constraints.h.
 *
 * NameConstraints ::= SEQUENCE { [0] permitted, [1] excluded }, each a list of { base GeneralName
 * }. Each name of a certificate goes through judge(): no excluded subtree may hold it or leave that
 * open; where there is a permitted subtree of its form, one must hold it.
 */
#include "formats/x509/constraints.h"

#include "formats/der/der.h"
#include "formats/x509/general_name.h"

enum inside { OUTSIDE, INSIDE, CANNOT_TELL };

struct subtrees {
    mrl_str permitted, excluded; /* contents of the lists; empty: none */
    uint32_t work;               /* comparisons so far */
};

/* --- reading --------------------------------------------------------------------------------- */

static bool subtree(struct mrl_rd *list, struct mrl_general_name *ret) {
    struct mrl_rd in = mrl_der_enter(list, MRL_DER_SEQUENCE, NULL);
    return mrl_general_name(&in, ret) && mrl_der_ended(&in);
}

static bool list_is_whole(mrl_str content) {
    struct mrl_rd in = mrl_rd_of(content);
    struct mrl_general_name base;
    while (!mrl_rd_done(&in))
        if (!subtree(&in, &base))
            return false;
    return content.len > 0;
}

static bool read_subtrees(mrl_str value, struct subtrees *ret) {
    struct mrl_rd r = mrl_rd_of(value), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    bool permitted = mrl_der_peek(&in) == MRL_DER_CXC(0);
    if (permitted)
        ret->permitted = mrl_der_bytes(&in, MRL_DER_CXC(0));
    bool excluded = mrl_der_peek(&in) == MRL_DER_CXC(1);
    if (excluded)
        ret->excluded = mrl_der_bytes(&in, MRL_DER_CXC(1));
    return mrl_der_ended(&in) && mrl_der_ended(&r) && (permitted || excluded) &&
           (!permitted || list_is_whole(ret->permitted)) &&
           (!excluded || list_is_whole(ret->excluded));
}

bool mrl_constraints_are_whole(mrl_str value) {
    struct subtrees t = {0};
    return read_subtrees(value, &t);
}

/* --- text ------------------------------------------------------------------------------------ */

static unsigned char lower(char c) {
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

static bool ends_as(mrl_str s, mrl_str tail) {
    return s.len >= tail.len && mrl_str_eq_case(mrl_str_sub(s, s.len - tail.len, s.len), tail);
}

/* A host name as it must be for an answer: letters, digits, '-', '_' and dots that part them. */
static bool is_host(mrl_str s) {
    bool begins = true;
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = lower(s.ptr[i]);
        bool dot = c == '.';
        if (!dot && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_')
            return false;
        if (dot && begins)
            return false;
        begins = dot;
    }
    return s.len > 0 && !begins;
}

/* A base ".a.example" holds hosts below it; "a.example" the host itself, and with `deep` those
 * below it, too. */
static enum inside in_host(mrl_str host, mrl_str base, bool deep) {
    bool dot = base.len > 0 && base.ptr[0] == '.';
    mrl_str bare = mrl_str_sub(base, dot ? 1 : 0, base.len);
    if (!is_host(host) || !is_host(bare))
        return CANNOT_TELL;
    if (mrl_str_eq_case(host, bare))
        return dot ? OUTSIDE : INSIDE;
    bool below =
        host.len > bare.len && ends_as(host, bare) && host.ptr[host.len - bare.len - 1] == '.';
    return below && (dot || deep) ? INSIDE : OUTSIDE;
}

/* --- forms ----------------------------------------------------------------------------------- */

static enum inside in_dns(mrl_str name, mrl_str base) {
    return base.len == 0 ? INSIDE : in_host(name, base, true); /* RFC 5280: "" holds all */
}

/* The local part is a matter of its host: it is compared as it is. */
static enum inside in_email(mrl_str name, mrl_str base) {
    size_t at = mrl_str_rfind(name, MRL_S("@")), base_at = mrl_str_rfind(base, MRL_S("@"));
    if (at == MRL_STR_NPOS || at == 0 || mrl_str_find(name, MRL_S("@"), 0) != at)
        return CANNOT_TELL;
    mrl_str host = mrl_str_sub(name, at + 1, name.len);
    if (base_at == MRL_STR_NPOS)
        return in_host(host, base, false);
    enum inside by_host = in_host(host, mrl_str_sub(base, base_at + 1, base.len), false);
    mrl_str local = mrl_str_sub(name, 0, at), want = mrl_str_sub(base, 0, base_at);
    if (by_host != INSIDE || mrl_str_eq(local, want))
        return by_host;
    return mrl_str_eq_case(local, want) ? CANNOT_TELL : OUTSIDE;
}

/* The host between "//" and what follows it; empty when a reader could see another one. */
static mrl_str host_of_uri(mrl_str uri) {
    size_t at = mrl_str_find(uri, MRL_S("://"), 0);
    if (at == MRL_STR_NPOS || mrl_str_find(uri, MRL_S(":"), 0) != at)
        return (mrl_str){"", 0};
    mrl_str rest = mrl_str_sub(uri, at + 3, uri.len), path, port;
    mrl_str authority = mrl_str_cut(rest, '/', &path);
    mrl_str host = mrl_str_cut(authority, ':', &port);
    return mrl_str_find(path, MRL_S(":"), 0) == MRL_STR_NPOS ? host : (mrl_str){"", 0};
}

static enum inside in_uri(mrl_str name, mrl_str base) {
    return in_host(host_of_uri(name), base, false);
}

/* --- directory names ---------------------------------------------------------------------------
 */

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The next letter as it is compared: small, with rows of blanks as one. -1: the end. */
static int next_letter(mrl_str *s) {
    if (s->len == 0)
        return -1;
    if (!is_blank(s->ptr[0])) {
        int c = lower(s->ptr[0]);
        *s = mrl_str_sub(*s, 1, s->len);
        return c;
    }
    while (s->len > 0 && is_blank(s->ptr[0]))
        *s = mrl_str_sub(*s, 1, s->len);
    return ' ';
}

static mrl_str without_blanks(mrl_str s) {
    while (s.len > 0 && is_blank(s.ptr[0]))
        s = mrl_str_sub(s, 1, s.len);
    while (s.len > 0 && is_blank(s.ptr[s.len - 1]))
        s = mrl_str_sub(s, 0, s.len - 1);
    return s;
}

/* Texts whose letters are bytes of ASCII or UTF-8, so that they can be compared. */
static bool is_text(int tag) {
    return tag == MRL_DER_UTF8 || tag == MRL_DER_PRINTABLE || tag == MRL_DER_IA5 ||
           tag == MRL_DER_VISIBLE;
}

static bool same_value(mrl_str a, mrl_str b) {
    a = without_blanks(a);
    b = without_blanks(b);
    for (;;) {
        int x = next_letter(&a), y = next_letter(&b);
        if (x != y)
            return false;
        if (x < 0)
            return true;
    }
}

struct attribute {
    mrl_str oid, value;
    int tag;
    bool alone; /* of its set */
};

static bool attribute_of(mrl_str set_content, struct attribute *ret) {
    struct mrl_rd set = mrl_rd_of(set_content);
    struct mrl_rd one = mrl_der_enter(&set, MRL_DER_SEQUENCE, NULL);
    ret->oid = mrl_der_bytes(&one, MRL_DER_OID);
    ret->tag = mrl_der_peek(&one);
    ret->value = mrl_der_bytes(&one, ret->tag);
    ret->alone = mrl_rd_done(&set);
    return mrl_der_ended(&one) && !set.failed;
}

/* One row of a name against one of a base. */
static enum inside same_row(mrl_str row, mrl_str base) {
    struct attribute a, b;
    if (mrl_str_eq(row, base))
        return INSIDE;
    if (!attribute_of(row, &a) || !attribute_of(base, &b) || !a.alone || !b.alone)
        return CANNOT_TELL;
    if (!mrl_str_eq(a.oid, b.oid))
        return OUTSIDE;
    if (!is_text(a.tag) || !is_text(b.tag))
        return CANNOT_TELL;
    return same_value(a.value, b.value) ? INSIDE : OUTSIDE;
}

/* A base holds the names that begin with its rows. */
static enum inside in_directory(mrl_str name, mrl_str base) {
    struct mrl_rd nr = mrl_rd_of(name), br = mrl_rd_of(base);
    struct mrl_rd rows = mrl_der_enter(&nr, MRL_DER_SEQUENCE, NULL);
    struct mrl_rd want = mrl_der_enter(&br, MRL_DER_SEQUENCE, NULL);
    enum inside so_far = INSIDE;
    while (!want.failed && !mrl_rd_done(&want)) {
        if (rows.failed || mrl_rd_done(&rows))
            return OUTSIDE;
        enum inside one =
            same_row(mrl_der_bytes(&rows, MRL_DER_SET), mrl_der_bytes(&want, MRL_DER_SET));
        if (one == OUTSIDE)
            return OUTSIDE;
        so_far = one == CANNOT_TELL ? CANNOT_TELL : so_far;
    }
    return want.failed || rows.failed ? CANNOT_TELL : so_far;
}

/* --- judging --------------------------------------------------------------------------------- */

static enum inside in_subtree(const struct mrl_general_name *name,
                              const struct mrl_general_name *base) {
    switch (name->form) {
    case MRL_NAME_DNS:
        return in_dns(name->content, base->content);
    case MRL_NAME_EMAIL:
        return in_email(name->content, base->content);
    case MRL_NAME_URI:
        return in_uri(name->content, base->content);
    case MRL_NAME_DIRECTORY:
        return in_directory(name->content, base->content);
    default:
        return CANNOT_TELL;
    }
}

/* Is the name inside of one of the subtrees? *ret_any: one of them is of its form. */
static enum inside in_list(struct subtrees *t, mrl_str list, const struct mrl_general_name *name,
                           bool *ret_any) {
    struct mrl_rd in = mrl_rd_of(list);
    enum inside found = OUTSIDE;
    *ret_any = false;
    while (!mrl_rd_done(&in)) {
        struct mrl_general_name base;
        if (++t->work > MRL_CONSTRAINTS_WORK_MAX || !subtree(&in, &base))
            return CANNOT_TELL;
        if (base.form != name->form)
            continue;
        *ret_any = true;
        enum inside one = in_subtree(name, &base);
        if (one == INSIDE)
            return INSIDE;
        found = one == CANNOT_TELL ? CANNOT_TELL : found;
    }
    return found;
}

static bool judge(struct subtrees *t, const struct mrl_general_name *name) {
    bool any;
    if (in_list(t, t->excluded, name, &any) != OUTSIDE)
        return false;
    enum inside in = in_list(t, t->permitted, name, &any);
    return t->work <= MRL_CONSTRAINTS_WORK_MAX && (!any || in == INSIDE);
}

/* --- the names of a certificate ----------------------------------------------------------------
 */

#define OID_COMMON_NAME MRL_S("\x55\x04\x03")
#define OID_EMAIL MRL_S("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")

/* True when a common name reads as the name of a host, with or without a wildcard. */
static bool looks_like_host(mrl_str s) {
    if (mrl_str_starts(s, MRL_S("*.")))
        s = mrl_str_sub(s, 2, s.len);
    return is_host(s) && mrl_str_find(s, MRL_S("."), 0) != MRL_STR_NPOS;
}

/* Subjects hold names of other forms, too: older than SubjectAltName, and still read by some. */
static bool judge_attribute(struct subtrees *t, struct mrl_rd *one, bool has_dns) {
    mrl_str oid = mrl_der_bytes(one, MRL_DER_OID);
    mrl_str value = mrl_der_bytes(one, mrl_der_peek(one));
    if (one->failed)
        return false;
    if (mrl_str_eq(oid, OID_EMAIL))
        return judge(t, &(struct mrl_general_name){MRL_NAME_EMAIL, value});
    if (mrl_str_eq(oid, OID_COMMON_NAME) && !has_dns && looks_like_host(value))
        return judge(t, &(struct mrl_general_name){MRL_NAME_DNS, value});
    return true;
}

static bool judge_subject(struct subtrees *t, mrl_str subject, bool has_dns) {
    struct mrl_general_name whole = {MRL_NAME_DIRECTORY, subject};
    struct mrl_rd r = mrl_rd_of(subject), rows = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    if (mrl_rd_done(&rows) && !rows.failed)
        return true; /* no subject */
    if (!judge(t, &whole))
        return false;
    while (!rows.failed && !mrl_rd_done(&rows)) {
        struct mrl_rd set = mrl_der_enter(&rows, MRL_DER_SET, NULL);
        while (!set.failed && !mrl_rd_done(&set)) {
            struct mrl_rd one = mrl_der_enter(&set, MRL_DER_SEQUENCE, NULL);
            if (!judge_attribute(t, &one, has_dns))
                return false;
        }
    }
    return mrl_der_ended(&rows);
}

static bool judge_alternatives(struct subtrees *t, const struct mrl_x509 *c, bool *ret_dns) {
    const struct mrl_x509_ext *e = mrl_x509_ext(c, MRL_OID_ALT_NAMES);
    *ret_dns = false;
    if (e == NULL)
        return true;
    struct mrl_rd r = mrl_rd_of(e->value), in = mrl_der_enter(&r, MRL_DER_SEQUENCE, NULL);
    while (!in.failed && !mrl_rd_done(&in)) {
        struct mrl_general_name name;
        if (!mrl_general_name(&in, &name) || !judge(t, &name))
            return false;
        *ret_dns |= name.form == MRL_NAME_DNS;
    }
    return mrl_der_ended(&in) && mrl_der_ended(&r);
}

bool mrl_constraints_allow(const struct mrl_x509 *authority, const struct mrl_x509 *below) {
    const struct mrl_x509_ext *e = mrl_x509_ext(authority, MRL_OID_NAME_CONSTRAINTS);
    struct subtrees t = {0};
    bool has_dns;
    return e == NULL || (read_subtrees(e->value, &t) && judge_alternatives(&t, below, &has_dns) &&
                         judge_subject(&t, below->subject, has_dns));
}
