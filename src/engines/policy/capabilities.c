/* capabilities.c - see capabilities.h.
 *
 * The versions and the builtins that each brought stand in capabilities.def, made from OPA's
 * files by a tool. Here they become bits: what a release had is every builtin whose first release
 * is not later, cut to those that this build has a function for.
 */
#include "engines/policy/capabilities.h"

#include "engines/policy/builtin.h"
#include "engines/policy/compile/types.h"
#include "formats/json/json.h"

#include <stdio.h>

struct version {
    uint8_t major, minor, patch;
};

static const struct version versions[] = {
#define V(major, minor, patch) {major, minor, patch},
#define S(name, major, minor, patch)
#include "engines/policy/capabilities.def"
#undef V
#undef S
};

static const struct since {
    const char *name;
    struct version version;
} since[] = {
#define V(major, minor, patch)
#define S(name, major, minor, patch) {name, {major, minor, patch}},
#include "engines/policy/capabilities.def"
#undef V
#undef S
};

/* Keywords and features of OPA's releases: those that became plain syntax in 1.0 are no longer
 * asked for by an import there. */
static const struct named {
    const char *name;
    uint32_t bit;
    struct version from, until; /* until 0.0.0: still */
} keywords[] =
    {
        {"and", MRL_CAPS_KW_AND, {1, 20, 0}, {0, 0, 0}},
        {"contains", MRL_CAPS_KW_CONTAINS, {0, 42, 0}, {1, 0, 0}},
        {"every", MRL_CAPS_KW_EVERY, {0, 38, 0}, {1, 0, 0}},
        {"if", MRL_CAPS_KW_IF, {0, 42, 0}, {1, 0, 0}},
        {"in", MRL_CAPS_KW_IN, {0, 34, 0}, {1, 0, 0}},
        {"not", MRL_CAPS_KW_NOT, {1, 17, 0}, {0, 0, 0}},
        {"or", MRL_CAPS_KW_OR, {1, 20, 0}, {0, 0, 0}},
},
  features[] = {
      {"keywords_in_refs", MRL_CAPS_KEYWORDS_IN_REFS, {1, 6, 0}, {0, 0, 0}},
      {"rego_v1", MRL_CAPS_REGO_V1, {1, 0, 0}, {0, 0, 0}},
      {"rego_v1_import", MRL_CAPS_REGO_V1_IMPORT, {0, 59, 0}, {1, 0, 0}},
      {"rule_head_ref_string_prefixes", MRL_CAPS_HEAD_REF_PREFIXES, {0, 46, 0}, {1, 0, 0}},
      {"rule_head_refs", MRL_CAPS_HEAD_REFS, {0, 59, 0}, {1, 0, 0}},
      {"template_strings", MRL_CAPS_TEMPLATE_STRINGS, {1, 12, 0}, {0, 0, 0}},
};

/* As strcmp for versions. */
static int cmp(struct version a, struct version b) {
    if (a.major != b.major)
        return a.major > b.major ? 1 : -1;
    if (a.minor != b.minor)
        return a.minor > b.minor ? 1 : -1;
    return (a.patch > b.patch) - (a.patch < b.patch);
}

/* --- sets ------------------------------------------------------------------------------------- */

/* Sets the bit of a builtin; its number in the table is the bit's. */
static void allow(struct mrl_capabilities *c, const struct mrl_builtin *b) {
    size_t i = mrl_builtin_index(b);
    MRL_ASSERT(i < MRL_CAPS_BUILTINS_MAX);
    c->builtins[i / 64] |= (uint64_t)1 << (i % 64);
}

bool mrl_capabilities_has(const struct mrl_capabilities *c, const struct mrl_builtin *b) {
    MRL_DASSERT(b != NULL);
    size_t i = mrl_builtin_index(b);
    return (c->builtins[i / 64] >> (i % 64)) & 1;
}

/* The keywords or features that a release has. */
static uint32_t bits_at(const struct named *rows, size_t n, struct version v) {
    static const struct version never = {0, 0, 0};
    uint32_t bits = 0;
    for (size_t i = 0; i < n; i++)
        if (cmp(rows[i].from, v) <= 0 &&
            (cmp(rows[i].until, never) == 0 || cmp(v, rows[i].until) < 0))
            bits |= rows[i].bit;
    return bits;
}

/* The set of one release. */
static void at_version(struct version v, struct mrl_capabilities *ret) {
    *ret = (struct mrl_capabilities){{0}, 0, 0};
    for (size_t i = 0; i < MRL_COUNTOF(since); i++) {
        const struct mrl_builtin *b = mrl_builtin_find(mrl_str_z(since[i].name));
        if (b != NULL && b->fn != NULL && cmp(since[i].version, v) <= 0)
            allow(ret, b);
    }
    /* The operators that the compiler works out itself have no function. */
    allow(ret, mrl_builtin_find(MRL_S("eq")));
    allow(ret, mrl_builtin_find(MRL_S("assign")));
    ret->keywords = bits_at(keywords, MRL_COUNTOF(keywords), v);
    ret->features = bits_at(features, MRL_COUNTOF(features), v);
}

void mrl_capabilities_current(struct mrl_capabilities *ret) {
    at_version(versions[MRL_COUNTOF(versions) - 1], ret);
    /* What print and rego.metadata need is worked out by the compiler, too. */
    for (size_t i = 0; mrl_builtin_at(i) != NULL; i++) {
        const struct mrl_builtin *b = mrl_builtin_at(i);
        if (b->fn != NULL || b->doc[0] != '\0')
            allow(ret, b);
    }
}

mrl_str mrl_capabilities_nth(size_t i, char room[32]) {
    if (i >= MRL_COUNTOF(versions))
        return MRL_S("");
    snprintf(room, 32, "v%u.%u.%u", versions[i].major, versions[i].minor, versions[i].patch);
    return mrl_str_z(room);
}

bool mrl_capabilities_version(mrl_str version, struct mrl_capabilities *ret) {
    char room[32];
    for (size_t i = 0; i < MRL_COUNTOF(versions); i++) {
        mrl_str name = mrl_capabilities_nth(i, room);
        if (mrl_str_eq(name, version) || mrl_str_eq(mrl_str_sub(name, 1, name.len), version)) {
            at_version(versions[i], ret);
            return true;
        }
    }
    return false;
}

/* --- files ------------------------------------------------------------------------------------ */

/* The bits of a list of names; unknown names are passed over, an absent list is empty. */
static mrl_status names(const struct named *rows, size_t n, mrl_val list, uint32_t *ret) {
    for (uint32_t i = 0; mrl_is_arr(list) && i < list.len; i++) {
        MRL_CHECK(mrl_is_str(mrl_arr_at(list, i)), MRL_E_TYPE);
        for (size_t k = 0; k < n; k++)
            if (mrl_str_eq(mrl_val_str(mrl_arr_at(list, i)), mrl_str_z(rows[k].name)))
                *ret |= rows[k].bit;
    }
    return mrl_is_arr(list) || list.tag <= MRL_T_NULL ? MRL_OK : MRL_E_TYPE;
}

/* A parsed file as a set; MRL_E_TYPE when its form is another. */
static mrl_status read_set(mrl_val v, struct mrl_capabilities *ret) {
    mrl_val list = MRL_GET(v, "builtins");
    MRL_CHECK(mrl_is_obj(v) && (mrl_is_arr(list) || list.tag <= MRL_T_NULL), MRL_E_TYPE);
    for (uint32_t i = 0; mrl_is_arr(list) && i < list.len; i++) {
        mrl_val name = MRL_GET(mrl_arr_at(list, i), "name");
        MRL_CHECK(mrl_is_str(name), MRL_E_TYPE);
        const struct mrl_builtin *b = mrl_builtin_find(mrl_val_str(name));
        if (b != NULL)
            allow(ret, b);
    }
    MRL_TRY(names(keywords, MRL_COUNTOF(keywords), MRL_GET(v, "future_keywords"), &ret->keywords));
    return names(features, MRL_COUNTOF(features), MRL_GET(v, "features"), &ret->features);
}

mrl_status mrl_capabilities_parse(mrl_arena *a, mrl_str file, mrl_str json, struct mrl_err *err,
                                  struct mrl_capabilities *ret) {
    mrl_val v = mrl_undefined();
    struct mrl_capabilities c = {{0}, 0, 0};
    struct mrl_json_opts opts = {.file = file};
    MRL_TRY(mrl_json_parse(a, json, &opts, err, &v));
    if (read_set(v, &c) != MRL_OK)
        return mrl_err_set(err, MRL_E_INVALID, "capabilities.form",
                           "%.*s is no capabilities file: it must be an object with lists named "
                           "builtins (of objects with a name), future_keywords and features",
                           MRL_F(file));
    *ret = c;
    return MRL_OK;
}

/* --- printing --------------------------------------------------------------------------------- */

static void print_type(struct mrl_buf *out, mrl_type *t, mrl_str name);

static void print_list(struct mrl_buf *out, const char *field, mrl_type *const *of, uint32_t n) {
    mrl_buf_printf(out, ",\"%s\":[", field);
    for (uint32_t i = 0; i < n; i++) {
        mrl_buf_add(out, i > 0 ? MRL_S(",") : MRL_S(""));
        print_type(out, of[i], (mrl_str){NULL, 0});
    }
    mrl_buf_byte(out, ']');
}

/* Known members as "static", all others as "dynamic". */
static void print_object(struct mrl_buf *out, mrl_type *t) {
    if (t->n > 0) {
        MRL_BUF_LIT(out, ",\"static\":[");
        for (uint32_t i = 0; i < t->n; i++) {
            mrl_buf_add(out, i > 0 ? MRL_S(",{\"key\":") : MRL_S("{\"key\":"));
            mrl_json_write_str(out, mrl_val_str(t->keys[i]), false);
            MRL_BUF_LIT(out, ",\"value\":");
            print_type(out, t->of[i], (mrl_str){NULL, 0});
            mrl_buf_byte(out, '}');
        }
        mrl_buf_byte(out, ']');
    }
    if (t->rest == NULL)
        return;
    MRL_BUF_LIT(out, ",\"dynamic\":{\"key\":");
    print_type(out, t->key, (mrl_str){NULL, 0});
    MRL_BUF_LIT(out, ",\"value\":");
    print_type(out, t->rest, (mrl_str){NULL, 0});
    mrl_buf_byte(out, '}');
}

static void print_type(struct mrl_buf *out, mrl_type *t, mrl_str name) {
    MRL_ASSERT(t != NULL);
    static const char *const kinds[] = {"null",   "boolean", "number", "string",  "array",
                                        "object", "set",     "any",    "function"};
    _Static_assert(MRL_COUNTOF(kinds) == MRL_TYPE_FN + 1, "one name a kind");
    mrl_buf_printf(out, "{\"type\":\"%s\"", kinds[t->kind]);
    if (name.len > 0) {
        MRL_BUF_LIT(out, ",\"name\":");
        mrl_json_write_str(out, name, false);
    }
    if (t->kind == MRL_TYPE_OBJ)
        print_object(out, t);
    if (t->kind == MRL_TYPE_ARR && t->n > 0)
        print_list(out, "static", t->of, t->n);
    if (t->kind == MRL_TYPE_ANY && t->n > 0)
        print_list(out, "of", t->of, t->n);
    if ((t->kind == MRL_TYPE_ARR || t->kind == MRL_TYPE_SET) && t->rest != NULL) {
        mrl_buf_add(out, t->kind == MRL_TYPE_SET ? MRL_S(",\"of\":") : MRL_S(",\"dynamic\":"));
        print_type(out, t->rest, (mrl_str){NULL, 0});
    }
    mrl_buf_byte(out, '}');
}

/* The label of argument i, or of the result (i = number of arguments), in a signature. */
static mrl_str label(mrl_str sig, uint32_t i) {
    uint32_t depth = 0, at = 0;
    size_t from = 1;
    for (size_t k = 1; k < sig.len; k++) {
        char ch = sig.ptr[k];
        depth += ch == '<' || ch == '[';
        depth -= (ch == '>' && sig.ptr[k - 1] != '=') || ch == ']';
        if (depth == 0 && ch == ':' && at == i)
            return mrl_str_sub(sig, from, k);
        if (depth == 0 && (ch == ',' || ch == ')')) {
            if (at == i)
                break;
            at++;
            from = ch == ',' ? k + 2 : k + 5;
        }
    }
    return (mrl_str){NULL, 0};
}

/* The declaration of a builtin in OPA's JSON, from its signature. */
static void print_decl(struct mrl_buf *out, mrl_arena *a, const struct mrl_builtin *b) {
    struct mrl_tcx cx = {a, MRL_TYPE_STEPS_MAX};
    mrl_str sig = mrl_str_z(b->sig);
    mrl_type *t = mrl_type_parse_sig(&cx, sig);
    MRL_BUF_LIT(out, "{\"type\":\"function\"");
    if (t != NULL && t->variadic)
        MRL_BUF_LIT(out, ",\"variadic\":{\"type\":\"any\"}");
    if (t != NULL && t->n > 0) {
        MRL_BUF_LIT(out, ",\"args\":[");
        for (uint32_t i = 0; i < t->n; i++) {
            mrl_buf_add(out, i > 0 ? MRL_S(",") : MRL_S(""));
            print_type(out, t->of[i], label(sig, i));
        }
        mrl_buf_byte(out, ']');
    }
    if (t != NULL && t->rest != NULL) {
        MRL_BUF_LIT(out, ",\"result\":");
        print_type(out, t->rest, label(sig, t->n));
    }
    mrl_buf_byte(out, '}');
}

static void print_builtin(struct mrl_buf *out, mrl_arena *a, const struct mrl_builtin *b) {
    mrl_buf_printf(out, "{\"name\":\"%s\",\"decl\":", b->name);
    print_decl(out, a, b);
    if (b->doc[0] != '\0') {
        MRL_BUF_LIT(out, ",\"description\":");
        mrl_json_write_str(out, mrl_str_z(b->doc), false);
    }
    if (b->infix != NULL)
        mrl_buf_printf(out, ",\"infix\":\"%s\"", b->infix);
    if (b->flags & MRL_BI_RELATION)
        MRL_BUF_LIT(out, ",\"relation\":true");
    if (b->flags & MRL_BI_NONDET)
        MRL_BUF_LIT(out, ",\"nondeterministic\":true");
    if (b->flags & MRL_BI_DEPRECATED)
        MRL_BUF_LIT(out, ",\"deprecated\":true");
    mrl_buf_byte(out, '}');
}

static void print_names(struct mrl_buf *out, const struct named *rows, size_t n, uint32_t bits) {
    bool first = true;
    for (size_t i = 0; i < n; i++) {
        if (!(bits & rows[i].bit))
            continue;
        mrl_buf_printf(out, "%s\"%s\"", first ? "" : ",", rows[i].name);
        first = false;
    }
}

void mrl_capabilities_print(struct mrl_buf *out, mrl_arena *a, const struct mrl_capabilities *c) {
    bool first = true;
    MRL_BUF_LIT(out, "{\"builtins\":[");
    for (size_t i = 0; mrl_builtin_at(i) != NULL; i++) {
        if (!mrl_capabilities_has(c, mrl_builtin_at(i)))
            continue;
        mrl_buf_add(out, first ? MRL_S("") : MRL_S(","));
        print_builtin(out, a, mrl_builtin_at(i));
        first = false;
    }
    MRL_BUF_LIT(out, "],\"future_keywords\":[");
    print_names(out, keywords, MRL_COUNTOF(keywords), c->keywords);
    MRL_BUF_LIT(out, "],\"features\":[");
    print_names(out, features, MRL_COUNTOF(features), c->features);
    MRL_BUF_LIT(out, "]}");
}
