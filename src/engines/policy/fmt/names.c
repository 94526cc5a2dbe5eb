/* names.c - operators that calls stand for, and which words are keywords.
 *
 * The parser turns signs into calls of a builtin's name; the formatter turns them back, also
 * where the author wrote the name. Levels say how tightly a sign binds: higher is tighter, 0
 * makes statements only.
 */
#include "engines/policy/fmt/fmt_internal.h"

static const struct infix infixes[] = {
    {"eq", "=", 2, 0},
    {"assign", ":=", 2, 0},
    {"internal.member_2", "in", 2, 1},
    {"internal.member_3", "in", 3, 1},
    {"equal", "==", 2, 2},
    {"neq", "!=", 2, 2},
    {"lt", "<", 2, 2},
    {"gt", ">", 2, 2},
    {"lte", "<=", 2, 2},
    {"gte", ">=", 2, 2},
    {"or", "|", 2, 3},
    {"and", "&", 2, 4},
    {"plus", "+", 2, 5},
    {"minus", "-", 2, 5},
    {"mul", "*", 2, 6},
    {"div", "/", 2, 6},
    {"rem", "%", 2, 6},
};

static const char *const words_v0[] = {"not",  "package", "import", "as",    "default", "else",
                                       "with", "null",    "true",   "false", "some"};
static const char *const words_v1[] = {"if", "contains", "in", "every"};

/* True when the ref reads as `name`: a.b. */
static bool ref_is(const struct mrl_term *t, mrl_str name) {
    MRL_ASSERT(t->kind == MRL_TERM_REF);
    mrl_str rest = name, part = mrl_str_cut(name, '.', &rest);
    if (t->u.ref.n != 2 || rest.ptr == NULL || t->u.ref.items[0]->kind != MRL_TERM_VAR ||
        t->u.ref.items[1]->kind != MRL_TERM_SCALAR)
        return false;
    mrl_val second = t->u.ref.items[1]->u.scalar;
    return mrl_str_eq(t->u.ref.items[0]->u.var, part) && mrl_is_str(second) &&
           mrl_str_eq(mrl_val_str(second), rest);
}

const struct infix *fmt_infix(const struct mrl_term *op) {
    for (size_t i = 0; i < MRL_COUNTOF(infixes); i++) {
        mrl_str name = mrl_str_z(infixes[i].name);
        if (op->kind == MRL_TERM_VAR ? mrl_str_eq(op->u.var, name)
                                     : op->kind == MRL_TERM_REF && ref_is(op, name))
            return &infixes[i];
    }
    return NULL;
}

bool fmt_is_in(const struct mrl_term *t) {
    const struct infix *op = t->kind == MRL_TERM_CALL ? fmt_infix(t->u.call.op) : NULL;
    return op != NULL && op->arity == 2 && op->level == 1 && t->u.call.args.n == 2;
}

bool fmt_is_union(const struct mrl_term *t) {
    return t->kind == MRL_TERM_CALL && t->u.call.op->kind == MRL_TERM_VAR &&
           mrl_str_eq(t->u.call.op->u.var, MRL_S("or"));
}

bool fmt_is_name(mrl_str word) {
    for (size_t i = 0; i < word.len; i++) {
        char c = word.ptr[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && !(i > 0 && c >= '0' && c <= '9'))
            return false;
    }
    return word.len > 0;
}

/* A linear search: the lists are short and asked for few words. */
static bool one_of(mrl_str word, const char *const *words, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (mrl_str_eq(word, mrl_str_z(words[i])))
            return true;
    return false;
}

/* A word that an import of future.keywords made a keyword. */
static bool imported(const struct fmt *f, mrl_str word) {
    for (uint32_t i = 0; i < f->module->n_imports; i++) {
        const struct mrl_term *path = f->module->imports[i].path;
        if (path->kind == MRL_TERM_REF && path->u.ref.n == 3 &&
            path->u.ref.items[0]->kind == MRL_TERM_VAR &&
            mrl_str_eq(path->u.ref.items[0]->u.var, MRL_S("future")) &&
            mrl_str_eq(mrl_val_str(path->u.ref.items[2]->u.scalar), word))
            return true;
    }
    return false;
}

bool fmt_is_keyword(const struct fmt *f, mrl_str word) {
    return one_of(word, words_v0, MRL_COUNTOF(words_v0)) ||
           (f->v1 && one_of(word, words_v1, MRL_COUNTOF(words_v1))) || imported(f, word);
}

bool fmt_is_true(const struct mrl_term *t) {
    return t->kind == MRL_TERM_SCALAR && mrl_is_true(t->u.scalar);
}
