/* object.c - commits and tags; see object.h. */
#include "formats/git/object.h"

#include "base/buf.h"

#define ID "git.object"
#define NUMBER_DIGITS_MAX 18

static mrl_status broken(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, ID, "not an object of git: %s", what);
}

/* A line with its end. */
static mrl_str take_line(mrl_str *rest) {
    size_t end = mrl_str_find(*rest, MRL_S("\n"), 0);
    size_t n = end == MRL_STR_NPOS ? rest->len : end + 1;
    mrl_str line = mrl_str_sub(*rest, 0, n);
    *rest = mrl_str_sub(*rest, n, rest->len);
    return line;
}

/* "Name <address> seconds zone" */
static mrl_status read_person(mrl_str line, struct mrl_err *err, struct mrl_git_signed *s) {
    size_t end = mrl_str_rfind(line, MRL_S("> "));
    mrl_str zone, number;
    if (end == MRL_STR_NPOS)
        return broken(err, "a person without an address");
    number = mrl_str_cut(mrl_str_sub(line, end + 2, line.len), ' ', &zone);
    if (number.len == 0 || number.len > NUMBER_DIGITS_MAX)
        return broken(err, "a person without a time");
    s->who = mrl_str_sub(line, 0, end + 1);
    s->when = 0;
    for (size_t i = 0; i < number.len; i++) {
        if (number.ptr[i] < '0' || number.ptr[i] > '9')
            return broken(err, "a person without a time");
        s->when = s->when * 10 + (number.ptr[i] - '0');
    }
    return MRL_OK;
}

static mrl_str first_line(mrl_str message) {
    return mrl_str_trim(take_line(&message));
}

/* --- commits --------------------------------------------------------------------------------- */

struct commit {
    struct mrl_buf payload, signature;
    bool signed_once, skipping, inside; /* of which header the line that begins with a blank is */
    bool has_committer;
    struct mrl_git_signed out;
    struct mrl_err *err;
};

/* One line of the header. A line that begins with a blank goes on with the header above it. */
static mrl_status header(struct commit *c, mrl_str line) {
    bool goes_on = line.ptr[0] == ' ';
    if (goes_on && c->inside) {
        mrl_buf_add(&c->signature, mrl_str_sub(line, 1, line.len));
        return MRL_OK;
    }
    if (goes_on && c->skipping)
        return MRL_OK;
    c->inside = mrl_str_starts(line, MRL_S("gpgsig "));
    c->skipping = mrl_str_starts(line, MRL_S("gpgsig-sha256 "));
    if (c->inside) {
        if (c->signed_once)
            return broken(c->err, "a commit with two signatures");
        c->signed_once = true;
        mrl_buf_add(&c->signature, mrl_str_sub(line, 7, line.len));
        return MRL_OK;
    }
    if (c->skipping) /* the same commit's signature under its other name: not signed by this one */
        return MRL_OK;
    mrl_buf_add(&c->payload, line);
    if (!mrl_str_starts(line, MRL_S("committer ")))
        return MRL_OK;
    if (c->has_committer)
        return broken(c->err, "a commit with two committers");
    c->has_committer = true;
    return read_person(mrl_str_trim(mrl_str_sub(line, 10, line.len)), c->err, &c->out);
}

static mrl_status read_commit(struct commit *c, mrl_str object) {
    mrl_str rest = object;
    if (!mrl_str_starts(object, MRL_S("tree ")))
        return broken(c->err, "a commit begins with its tree");
    while (rest.len > 0 && rest.ptr[0] != '\n')
        MRL_TRY(header(c, take_line(&rest)));
    if (!c->has_committer || rest.len == 0)
        return broken(c->err, "a commit without a committer or a message");
    mrl_buf_add(&c->payload, rest);
    c->out.subject = first_line(mrl_str_sub(rest, 1, rest.len));
    return c->payload.status != MRL_OK ? c->payload.status : c->signature.status;
}

mrl_status mrl_git_commit(mrl_arena *a, mrl_str object, struct mrl_err *err,
                          struct mrl_git_signed *ret) {
    struct commit c = {.err = err};
    MRL_CHECK(object.len <= MRL_GIT_OBJECT_MAX, MRL_E_LIMIT);
    mrl_buf_init(&c.payload, MRL_GIT_OBJECT_MAX);
    mrl_buf_init(&c.signature, MRL_GIT_OBJECT_MAX);
    mrl_status status = read_commit(&c, object);
    if (status == MRL_OK && c.signed_once) {
        c.out.signature = mrl_arena_str(a, mrl_buf_str(&c.signature));
        c.out.payload = mrl_arena_str(a, mrl_buf_str(&c.payload));
        if (c.out.signature.ptr == NULL || c.out.payload.ptr == NULL)
            status = MRL_E_NOMEM;
    }
    mrl_buf_release(&c.payload);
    mrl_buf_release(&c.signature);
    MRL_TRY(status);
    *ret = c.out;
    return MRL_OK;
}

/* --- tags ------------------------------------------------------------------------------------ */

static const char *const begins[] = {
    [MRL_GIT_SSH] = "-----BEGIN SSH SIGNATURE-----",
    [MRL_GIT_PGP] = "-----BEGIN PGP SIGNATURE-----",
    [MRL_GIT_X509] = "-----BEGIN SIGNED MESSAGE-----",
};

enum mrl_git_sort mrl_git_sort_of(mrl_str signature) {
    for (int i = 0; i < (int)MRL_COUNTOF(begins); i++)
        if (mrl_str_starts(signature, mrl_str_z(begins[i])))
            return (enum mrl_git_sort)i;
    return mrl_str_starts(signature, MRL_S("-----BEGIN PGP MESSAGE-----")) ? MRL_GIT_PGP
                                                                           : MRL_GIT_OTHER;
}

mrl_status mrl_git_tag(mrl_str object, struct mrl_err *err, struct mrl_git_signed *ret) {
    struct mrl_git_signed s = {.when = 0};
    mrl_str rest = object;
    bool person = false;
    MRL_CHECK(object.len <= MRL_GIT_OBJECT_MAX, MRL_E_LIMIT);
    if (!mrl_str_starts(object, MRL_S("object ")))
        return broken(err, "a tag begins with its object");
    while (rest.len > 0 && rest.ptr[0] != '\n') {
        mrl_str line = mrl_str_trim(take_line(&rest));
        if (mrl_str_starts(line, MRL_S("object ")) && s.target.ptr == NULL)
            s.target = mrl_str_sub(line, 7, line.len);
        else if (mrl_str_starts(line, MRL_S("object ")))
            return broken(err, "a tag of two objects");
        if (!mrl_str_starts(line, MRL_S("tagger ")))
            continue;
        if (person)
            return broken(err, "a tag with two taggers");
        person = true;
        MRL_TRY(read_person(mrl_str_sub(line, 7, line.len), err, &s));
    }
    if (!person || rest.len == 0)
        return broken(err, "a tag without a tagger or a message");
    s.subject = first_line(mrl_str_sub(rest, 1, rest.len));
    while (rest.len > 0) { /* the last signature counts, as git has it: others are its message */
        if (mrl_git_sort_of(rest) != MRL_GIT_OTHER)
            s.signature = rest;
        (void)take_line(&rest);
    }
    if (s.signature.ptr != NULL)
        s.payload = mrl_str_sub(object, 0, (size_t)(s.signature.ptr - object.ptr));
    *ret = s;
    return MRL_OK;
}
