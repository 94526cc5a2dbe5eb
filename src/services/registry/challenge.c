/* challenge.c - see challenge.h. The one trap of the grammar: a comma stands between parameters and
 * between challenges, and only what follows a word tells which ('=' or not). */
#include "services/registry/challenge.h"

#define ID "registry.challenge"

static bool is_token_byte(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr("!#$%&'*+-.^_`|~", c) != NULL);
}

static mrl_str take_token(mrl_str *s) {
    size_t n = 0;
    while (n < s->len && is_token_byte(s->ptr[n]))
        n++;
    mrl_str token = mrl_str_sub(*s, 0, n);
    *s = mrl_str_sub(*s, n, s->len);
    return token;
}

static void skip(mrl_str *s, const char *bytes) {
    size_t n = 0;
    while (n < s->len && s->ptr[n] != '\0' && strchr(bytes, s->ptr[n]) != NULL)
        n++;
    *s = mrl_str_sub(*s, n, s->len);
}

static mrl_status wrong(struct mrl_err *err) {
    return mrl_err_set(err, MRL_E_SYNTAX, ID,
                       "the registry asks for credentials in a way that is not HTTP's");
}

/* A quoted text, its backslashes taken away; or a token. */
static mrl_status take_value(mrl_arena *a, mrl_str *s, struct mrl_err *err, mrl_str *ret) {
    if (s->len == 0 || s->ptr[0] != '"') {
        *ret = take_token(s);
        return ret->len > 0 ? MRL_OK : wrong(err);
    }
    char *to = mrl_arena_alloc(a, s->len, 1);
    MRL_CHECK(to != NULL, MRL_E_NOMEM);
    size_t n = 0, i = 1;
    for (; i < s->len && s->ptr[i] != '"'; i++) {
        i += s->ptr[i] == '\\' && i + 1 < s->len;
        if ((unsigned char)s->ptr[i] < ' ' || s->ptr[i] == 0x7F)
            return wrong(err);
        to[n++] = s->ptr[i];
    }
    if (i >= s->len)
        return wrong(err);
    *s = mrl_str_sub(*s, i + 1, s->len);
    *ret = (mrl_str){to, n};
    return MRL_OK;
}

static bool same(mrl_str name, const char *what) {
    return mrl_str_eq_case(name, mrl_str_z(what));
}

/* One name=value. False in *ret_more: what stands there is the next challenge. */
static mrl_status take_param(mrl_arena *a, mrl_str *line, struct mrl_err *err,
                             struct mrl_challenge *c, bool *ret_more) {
    mrl_str rest = *line, value, name = take_token(&rest);
    skip(&rest, " \t");
    *ret_more = name.len > 0 && rest.len > 0 && rest.ptr[0] == '=';
    if (!*ret_more)
        return MRL_OK;
    rest = mrl_str_sub(rest, 1, rest.len);
    skip(&rest, " \t");
    MRL_TRY(take_value(a, &rest, err, &value));
    mrl_str *to = same(name, "realm")     ? &c->realm
                  : same(name, "service") ? &c->service
                  : same(name, "scope")   ? &c->scope
                                          : NULL;
    if (to != NULL && to->len > 0) /* two readers would differ on which one counts */
        return wrong(err);
    if (to != NULL)
        *to = value;
    skip(&rest, " \t");
    if (rest.len > 0 && rest.ptr[0] != ',')
        return wrong(err);
    skip(&rest, " \t,");
    *line = rest;
    return MRL_OK;
}

mrl_status mrl_challenge_next(mrl_arena *a, mrl_str *line, struct mrl_err *err,
                              struct mrl_challenge *ret) {
    struct mrl_challenge c = {0};
    bool more = true;
    skip(line, " \t,");
    if (line->len == 0)
        return mrl_err_set(err, MRL_E_NOT_FOUND, ID, "no more challenges");
    mrl_str scheme = take_token(line);
    if (scheme.len == 0 || (line->len > 0 && line->ptr[0] != ' ' && line->ptr[0] != ','))
        return wrong(err);
    c.scheme = same(scheme, "Bearer")  ? MRL_CHALLENGE_BEARER
               : same(scheme, "Basic") ? MRL_CHALLENGE_BASIC
                                       : MRL_CHALLENGE_OTHER;
    skip(line, " \t,");
    for (uint32_t n = 0; more && line->len > 0; n++) {
        if (n == MRL_CHALLENGE_PARAMS_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, ID, "a challenge has over %u parameters",
                               MRL_CHALLENGE_PARAMS_MAX);
        MRL_TRY(take_param(a, line, err, &c, &more));
    }
    *ret = c;
    return MRL_OK;
}
