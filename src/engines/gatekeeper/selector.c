/* selector.c - label selectors as Kubernetes has them; see match.h.
 *
 * matchLabels and matchExpressions become one list of terms, so that asking is one loop. What the
 * API server would refuse is refused when it is read: a selector that can match nothing would
 * turn a policy off in silence.
 */
#include "engines/gatekeeper/match.h"

mrl_status mrl_gk_names_of(mrl_arena *a, mrl_val list, struct mrl_gk_names *ret) {
    uint32_t n = mrl_is_arr(list) ? list.len : 0;
    mrl_str *items = MRL_ARENA_ARRAY(a, mrl_str, n + 1);
    MRL_CHECK(items != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n; i++)
        items[i] = mrl_val_str(list.u.arr->items[i]);
    *ret = (struct mrl_gk_names){items, n};
    return MRL_OK;
}

/* --- checks: the API server refuses these, and so would nothing here ever match
 * ---------------------------------------------------------------------------------------------- */

static bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* A name of a label, or a value: at most 63 of [A-Za-z0-9_.-], alphanumeric at both ends. */
static bool is_label_text(mrl_str s, bool empty) {
    if (s.len == 0)
        return empty;
    if (s.len > 63 || !is_alnum(s.ptr[0]) || !is_alnum(s.ptr[s.len - 1]))
        return false;
    for (size_t i = 0; i < s.len; i++)
        if (!is_alnum(s.ptr[i]) && s.ptr[i] != '-' && s.ptr[i] != '_' && s.ptr[i] != '.')
            return false;
    return true;
}

/* [prefix/]name, the prefix a DNS name. */
static bool is_label_key(mrl_str s) {
    mrl_str name, prefix = mrl_str_cut(s, '/', &name);
    if (name.ptr == NULL)
        return is_label_text(s, false);
    for (size_t i = 0; i < prefix.len; i++)
        if (!is_alnum(prefix.ptr[i]) && prefix.ptr[i] != '-' && prefix.ptr[i] != '.')
            return false;
    return prefix.len > 0 && prefix.len <= 253 && is_label_text(name, false);
}

/* MRL_E_INVALID: the place, the key and what is wrong with it. */
static mrl_status refuse(struct mrl_err *err, const char *where, mrl_str key, const char *why) {
    return mrl_err_set(err, MRL_E_INVALID, "gatekeeper.selector", "%s: \"%.*s\" %s", where,
                       MRL_F(key), why);
}

/* --- reading
 * -------------------------------------------------------------------------------------- */

static mrl_status read_operator(mrl_val v, enum mrl_gk_operator *ret) {
    _Static_assert(MRL_GK_EXISTS_NOT == 3, "the names below are in the order of the operators");
    static const char *const names[] = {"In", "NotIn", "Exists", "DoesNotExist"};
    for (int i = 0; i < 4; i++)
        if (mrl_str_eq(mrl_val_str(v), mrl_str_z(names[i]))) {
            *ret = (enum mrl_gk_operator)i;
            return MRL_OK;
        }
    return MRL_E_INVALID;
}

/* One entry of matchExpressions. */
static mrl_status read_expression(mrl_arena *a, mrl_val v, const char *where, struct mrl_err *err,
                                  struct mrl_gk_term *ret) {
    mrl_str key = mrl_val_str(MRL_GET(v, "key"));
    *ret = (struct mrl_gk_term){.key = key};
    if (!is_label_key(key))
        return refuse(err, where, key, "is no label key");
    if (read_operator(MRL_GET(v, "operator"), &ret->op) != MRL_OK)
        return refuse(err, where, mrl_val_str(MRL_GET(v, "operator")),
                      "is none of In, NotIn, Exists, DoesNotExist");
    MRL_TRY(mrl_gk_names_of(a, MRL_GET(v, "values"), &ret->values));
    bool wants_values = ret->op == MRL_GK_IN || ret->op == MRL_GK_NOT_IN;
    if (wants_values && ret->values.n == 0)
        return refuse(err, where, key, "needs values: In and NotIn compare with them");
    if (!wants_values && ret->values.n > 0)
        return refuse(err, where, key, "has values, which Exists and DoesNotExist do not take");
    return MRL_OK;
}

/* matchLabels {k: v} is short for "k In [v]". */
static mrl_status read_label(mrl_arena *a, struct mrl_member m, const char *where,
                             struct mrl_err *err, struct mrl_gk_term *ret) {
    mrl_str *value = MRL_ARENA_NEW(a, mrl_str);
    MRL_CHECK(value != NULL, MRL_E_NOMEM);
    *value = mrl_val_str(m.val);
    *ret = (struct mrl_gk_term){mrl_val_str(m.key), MRL_GK_IN, {value, 1}};
    if (!is_label_key(ret->key))
        return refuse(err, where, ret->key, "is no label key");
    if (!mrl_is_str(m.val) || !is_label_text(*value, true))
        return refuse(err, where, ret->key,
                      "must have a label value: at most 63 letters, digits, "
                      "'-', '_' or '.', in quotes");
    return MRL_OK;
}

mrl_status mrl_gk_selector_read(mrl_arena *a, mrl_val selector, const char *where,
                                struct mrl_err *err, struct mrl_gk_selector *ret) {
    mrl_val labels = MRL_GET(selector, "matchLabels");
    mrl_val expressions = MRL_GET(selector, "matchExpressions");
    uint32_t n_labels = mrl_is_obj(labels) ? labels.len : 0, n = 0;
    uint32_t n_expressions = mrl_is_arr(expressions) ? expressions.len : 0;
    struct mrl_gk_term *terms =
        MRL_ARENA_ARRAY(a, struct mrl_gk_term, (size_t)n_labels + n_expressions + 1);
    MRL_CHECK(terms != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < n_labels; i++)
        MRL_TRY(read_label(a, labels.u.obj->m[i], where, err, &terms[n++]));
    for (uint32_t i = 0; i < n_expressions; i++)
        MRL_TRY(read_expression(a, expressions.u.arr->items[i], where, err, &terms[n++]));
    MRL_ASSERT(n == n_labels + n_expressions);
    *ret = (struct mrl_gk_selector){terms, n, mrl_is_obj(selector)};
    return MRL_OK;
}

/* --- asking
 * --------------------------------------------------------------------------------------- */

/* A label that is no text is as good as absent: the API server would not have stored it. */
static bool holds(const struct mrl_gk_term *t, mrl_val labels) {
    mrl_val v = mrl_obj_get_str(labels, t->key);
    bool in = false;
    for (uint32_t i = 0; mrl_is_str(v) && i < t->values.n && !in; i++)
        in = mrl_str_eq(t->values.items[i], mrl_val_str(v));
    switch (t->op) {
    case MRL_GK_IN:
        return in;
    case MRL_GK_NOT_IN: /* an absent label is in no list */
        return !in;
    case MRL_GK_EXISTS:
        return mrl_is_defined(v);
    default:
        return !mrl_is_defined(v);
    }
}

bool mrl_gk_selects(const struct mrl_gk_selector *s, mrl_val labels) {
    for (uint32_t i = 0; i < s->n; i++)
        if (!holds(&s->terms[i], labels))
            return false;
    return true;
}
