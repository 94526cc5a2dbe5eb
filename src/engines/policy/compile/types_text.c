/* types_text.c - types as text: printing them, and reading the signatures of builtins.
 *
 * Both directions use one notation, that of OPA's messages, so what builtins.def declares is what
 * an error prints. The reader takes no hostile text: signatures are ours, and a wrong one is
 * found by the test that reads them all.
 */
#include "engines/policy/compile/types.h"

#include "engines/policy/value_text.h"

/* --- printing --------------------------------------------------------------------------------- */

static void print_list(struct mrl_buf *out, mrl_type *t, const char *open, const char *close) {
    mrl_buf_add(out, mrl_str_z(open));
    for (uint32_t i = 0; i < t->n; i++) {
        if (i > 0)
            MRL_BUF_LIT(out, ", ");
        if (t->keys != NULL) {
            /* OPA prints a string key without quotes. */
            if (mrl_is_str(t->keys[i]))
                mrl_buf_add(out, mrl_val_str(t->keys[i]));
            else
                mrl_value_text(out, NULL, t->keys[i]);
            MRL_BUF_LIT(out, ": ");
        }
        mrl_type_print(out, t->of[i]);
    }
    mrl_buf_add(out, mrl_str_z(close));
}

static void print_rest(struct mrl_buf *out, mrl_type *t) {
    mrl_buf_byte(out, '[');
    if (t->kind == MRL_TYPE_OBJ) {
        mrl_type_print(out, t->key);
        MRL_BUF_LIT(out, ": ");
    }
    mrl_type_print(out, t->rest);
    mrl_buf_byte(out, ']');
}

void mrl_type_print(struct mrl_buf *out, mrl_type *t) {
    static const char *const names[] = {"null",   "boolean", "number", "string", "array",
                                        "object", "set",     "any",    ""};
    _Static_assert(MRL_COUNTOF(names) == MRL_TYPE_FN + 1, "one name a kind");
    if (t == NULL) {
        MRL_BUF_LIT(out, "???");
        return;
    }
    mrl_buf_add(out, mrl_str_z(names[t->kind]));
    if (t->kind == MRL_TYPE_FN) {
        print_list(out, t, "(", ") => ");
        mrl_type_print(out, t->rest);
        return;
    }
    if (t->n > 0)
        print_list(out, t, "<", ">");
    if (t->rest != NULL || t->key != NULL || t->kind == MRL_TYPE_SET)
        print_rest(out, t);
}

/* --- reading signatures ----------------------------------------------------------------------- */

#define SIG_PARTS_MAX 32 /* arguments, alternatives or members of one level */

struct sig {
    struct mrl_tcx *cx;
    mrl_str text;
    size_t at;
    bool bad;
};

static bool take(struct sig *s, const char *word) {
    MRL_ASSERT(s->at <= s->text.len);
    size_t n = strlen(word);
    if (s->text.len - s->at < n || memcmp(s->text.ptr + s->at, word, n) != 0)
        return false;
    s->at += n;
    return true;
}

/* Skips "name: ", the label of an argument or result. */
static void skip_label(struct sig *s) {
    size_t i = s->at;
    while (i < s->text.len && s->text.ptr[i] != ':' && s->text.ptr[i] != ',' &&
           s->text.ptr[i] != '<' && s->text.ptr[i] != '[' && s->text.ptr[i] != ')' &&
           s->text.ptr[i] != '>' && s->text.ptr[i] != ']')
        i++;
    if (i + 1 < s->text.len && s->text.ptr[i] == ':' && s->text.ptr[i + 1] == ' ')
        s->at = i + 2;
}

static mrl_type *read_type(struct sig *s);

/* The name of a member such as `a` in object<a: number>. */
static mrl_val read_key(struct sig *s) {
    size_t from = s->at;
    while (s->at < s->text.len && s->text.ptr[s->at] != ':')
        s->at++;
    mrl_str name = mrl_str_sub(s->text, from, s->at);
    s->bad |= !take(s, ": ");
    return mrl_strval(name);
}

/* Comma separated types up to `close`, with keys when asked. */
static uint32_t read_list(struct sig *s, const char *close, bool labels, mrl_val *keys,
                          mrl_type ***ret) {
    mrl_type *parts[SIG_PARTS_MAX];
    uint32_t n = 0;
    while (!s->bad && !take(s, close)) {
        if (n == SIG_PARTS_MAX || (n > 0 && !take(s, ", "))) {
            s->bad = true;
            break;
        }
        if (labels)
            skip_label(s);
        if (keys != NULL)
            keys[n] = read_key(s);
        parts[n++] = read_type(s);
    }
    *ret = MRL_ARENA_ARRAY(s->cx->arena, mrl_type *, n + 1);
    if (*ret == NULL) {
        s->bad = true;
        return 0;
    }
    if (n > 0)
        memcpy(*ret, parts, n * sizeof(mrl_type *));
    return n;
}

/* array<a, b>[rest]: both parts may be left out. */
static mrl_type *read_array(struct sig *s) {
    mrl_type **of = NULL, *rest = NULL;
    uint32_t n = take(s, "<") ? read_list(s, ">", false, NULL, &of) : 0;
    if (take(s, "[")) {
        rest = read_type(s);
        s->bad |= !take(s, "]");
    }
    return mrl_type_arr(s->cx, of, n, rest);
}

/* object<a: number>[key: rest]: both parts may be left out. */
static mrl_type *read_object(struct sig *s) {
    mrl_val *keys = MRL_ARENA_ARRAY(s->cx->arena, mrl_val, SIG_PARTS_MAX);
    mrl_type **of = NULL, *key = NULL, *rest = NULL;
    if (keys == NULL) {
        s->bad = true;
        return NULL;
    }
    uint32_t n = take(s, "<") ? read_list(s, ">", false, keys, &of) : 0;
    if (take(s, "[")) {
        key = read_type(s);
        s->bad |= !take(s, ": ");
        rest = read_type(s);
        s->bad |= !take(s, "]");
    }
    return mrl_type_obj(s->cx, keys, of, n, key, rest);
}

/* any<a, b>; `any` alone is anything. */
static mrl_type *read_union(struct sig *s) {
    mrl_type **of = NULL, *all = NULL;
    uint32_t n = take(s, "<") ? read_list(s, ">", false, NULL, &of) : 0;
    for (uint32_t i = 0; i < n && !s->bad; i++)
        all = mrl_type_or(s->cx, all, of[i]);
    return all != NULL ? all : &mrl_type_any;
}

static mrl_type *read_type(struct sig *s) {
    if (s->bad)
        return NULL;
    if (take(s, "any"))
        return read_union(s);
    if (take(s, "array"))
        return read_array(s);
    if (take(s, "object"))
        return read_object(s);
    if (take(s, "set[")) {
        mrl_type *of = read_type(s);
        s->bad |= !take(s, "]");
        return mrl_type_set(s->cx, of);
    }
    if (take(s, "null"))
        return &mrl_type_null;
    if (take(s, "boolean"))
        return &mrl_type_bool;
    if (take(s, "number"))
        return &mrl_type_num;
    if (take(s, "string"))
        return &mrl_type_str;
    s->bad = true;
    return NULL;
}

mrl_type *mrl_type_parse_sig(struct mrl_tcx *a, mrl_str text) {
    struct sig s = {.cx = a, .text = text};
    if (mrl_str_eq(text,
                   MRL_S("(...any) => void"))) { /* print: any number of anything, no result */
        struct mrl_type *t = MRL_ARENA_NEW(a->arena, struct mrl_type);
        if (t != NULL)
            *t = (struct mrl_type){.kind = MRL_TYPE_FN, .variadic = true, .weight = 1};
        return t;
    }
    mrl_type **args = NULL, *result = NULL;
    if (!take(&s, "("))
        return NULL;
    uint32_t n = read_list(&s, ")", true, NULL, &args);
    if (take(&s, " => void")) /* print and its kind */
        return s.bad || s.at != text.len ? NULL : mrl_type_fn(a, args, n, NULL);
    if (take(&s, " => ")) {
        skip_label(&s);
        result = read_type(&s);
    }
    return s.bad || s.at != text.len ? NULL : mrl_type_fn(a, args, n, result);
}
