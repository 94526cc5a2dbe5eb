/* config.c - see config.h.
 *
 * The keys stand in config.def, which also makes the JSON schema and the documentation: nothing
 * can be accepted that is not described. A key that is unknown is an error with its line, because
 * a misspelt one would leave its default in force in silence.
 */
#include "cli/config.h"
#include "base/closest.h"

#include "base/civil.h"
#include "base/file.h"
#include "base/num.h"
#include "cli/cli.h"
#include "formats/yaml/yaml.h"

#include <stdio.h>

#define CONFIG_BYTES_MAX ((size_t)16 << 20)

struct key {
    const char *section, *name;
    enum mrl_config_type type;
    const char *choices;
    bool required;
    const char *doc;
};

static const struct key keys[] = {
#define K(section, name, type, choices, required, doc)                                             \
    {section, name, MRL_CONFIG_##type, choices, required, doc},
#include "cli/config.def"
#undef K
};

struct checking {
    mrl_str file, text;
    struct mrl_err *err;
};

/* --- errors with their place --------------------------------------------------------------------
 */

/* The place of a key or of its value; NULL is the top of the file. */
static struct mrl_pos place(const struct checking *c, const struct mrl_span *at, bool key) {
    uint32_t offset = at == NULL ? 0 : key && at->key_end > 0 ? at->key_start : at->val_start;
    struct mrl_pos pos = {c->file, 1, 1, offset};
    for (uint32_t i = 0; i < offset && i < c->text.len; i++) {
        pos.col++;
        if (c->text.ptr[i] == '\n') {
            pos.line++;
            pos.col = 1;
        }
    }
    return pos;
}

static mrl_status wrong(const struct checking *c, const struct mrl_span *at, const struct key *k,
                        const char *wanted) {
    return mrl_err_at(c->err, MRL_E_TYPE, "config.type", place(c, at, false), "%s must be %s",
                      k->name, wanted);
}

/* Reports a key with the nearest known one, or with all of the section. */
static mrl_status unknown_key(const struct checking *c, const struct mrl_span *at,
                              const char *section, mrl_str name) {
    const char *names[MRL_COUNTOF(keys)];
    size_t n = 0;
    char list[256] = "";
    size_t used = 0;
    for (size_t i = 0; i < MRL_COUNTOF(keys); i++) {
        if (strcmp(keys[i].section, section) != 0)
            continue;
        names[n++] = keys[i].name;
        int more =
            snprintf(list + used, sizeof list - used, "%s%s", used > 0 ? ", " : "", keys[i].name);
        used += more > 0 && (size_t)more < sizeof list - used ? (size_t)more : 0;
    }
    const char *near = mrl_closest_of(name, names, n);
    if (near != NULL)
        return mrl_err_at(c->err, MRL_E_INVALID, "config.key", place(c, at, true),
                          "unknown key '%.*s': did you mean '%s'?", MRL_F(name), near);
    return mrl_err_at(c->err, MRL_E_INVALID, "config.key", place(c, at, true),
                      "unknown key '%.*s': known are %s", MRL_F(name), list);
}

/* --- values
 * ----------------------------------------------------------------------------------------- */

/* A part of a date as a number. */
static bool digits(mrl_str s, size_t from, size_t to, int *ret) {
    MRL_ASSERT(from <= to && to <= s.len);
    *ret = 0;
    for (size_t i = from; i < to; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9')
            return false;
        *ret = *ret * 10 + (s.ptr[i] - '0');
    }
    return true;
}

bool mrl_date_days(mrl_str s, int64_t *ret) {
    int year, month, day;
    if (s.len != 10 || s.ptr[4] != '-' || s.ptr[7] != '-' || !digits(s, 0, 4, &year) ||
        !digits(s, 5, 7, &month) || !digits(s, 8, 10, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > mrl_civil_month_days(year, month))
        return false;
    *ret = mrl_civil_days(year, month, day);
    return true;
}

bool mrl_is_date(mrl_str s) {
    int64_t days;
    return mrl_date_days(s, &days);
}

/* True when the value is one of the key's words. */
static bool is_choice(const struct key *k, mrl_val v) {
    MRL_ASSERT(k->choices != NULL);
    mrl_str rest = mrl_str_z(k->choices);
    while (rest.ptr != NULL) {
        mrl_str one = mrl_str_cut(rest, '|', &rest);
        if (mrl_is_str(v) && mrl_str_eq(one, mrl_val_str(v)))
            return true;
    }
    return false;
}

static mrl_status check_section(const struct checking *c, mrl_val v, const struct mrl_span *at,
                                const char *section);

/* A list of strings, or of objects of a section. */
static mrl_status check_list(const struct checking *c, const struct key *k, mrl_val v,
                             const struct mrl_span *at) {
    bool section = k->type == MRL_CONFIG_SECTION;
    if (!mrl_is_arr(v))
        return wrong(c, at, k, section ? "a list" : "a list of strings");
    for (uint32_t i = 0; i < v.len; i++) {
        const struct mrl_span *item = mrl_val_span(v, i);
        if (section)
            MRL_TRY(check_section(c, v.u.arr->items[i], item != NULL ? item : at, k->name));
        else if (!mrl_is_str(v.u.arr->items[i]))
            return wrong(c, item != NULL ? item : at, k, "a list of strings");
    }
    return MRL_OK;
}

/* A value against the type that its row names. */
static mrl_status check_value(const struct checking *c, const struct key *k, mrl_val v,
                              const struct mrl_span *at) {
    char wanted[96];
    double number = mrl_is_num(v) ? mrl_num_to_double(v) : -1;
    switch (k->type) {
    case MRL_CONFIG_STRING:
        return mrl_is_str(v) && v.len > 0 ? MRL_OK : wrong(c, at, k, "a text");
    case MRL_CONFIG_DATE:
        return mrl_is_date(mrl_val_str(v)) ? MRL_OK : wrong(c, at, k, "a day, YYYY-MM-DD");
    case MRL_CONFIG_CHOICE:
        snprintf(wanted, sizeof wanted, "one of %s", k->choices);
        return is_choice(k, v) ? MRL_OK : wrong(c, at, k, wanted);
    case MRL_CONFIG_NUMBER:
        return number >= 0 && number <= 100 ? MRL_OK : wrong(c, at, k, "a number from 0 to 100");
    case MRL_CONFIG_INTEGER:
        return v.tag == MRL_T_INT && v.u.i >= 0 ? MRL_OK
                                                : wrong(c, at, k, "a whole number, 0 or more");
    default:
        return check_list(c, k, v, at);
    }
}

static const struct key *key_named(const char *section, mrl_str name) {
    for (size_t i = 0; i < MRL_COUNTOF(keys); i++)
        if (strcmp(keys[i].section, section) == 0 && mrl_str_eq(name, mrl_str_z(keys[i].name)))
            return &keys[i];
    return NULL;
}

/* An empty text or list says nothing. */
static bool is_said(mrl_val v) {
    return mrl_is_str(v) || mrl_is_arr(v) ? v.len > 0 : v.tag > MRL_T_NULL;
}

static mrl_status check_section(const struct checking *c, mrl_val v, const struct mrl_span *at,
                                const char *section) {
    if (!mrl_is_obj(v))
        return mrl_err_at(c->err, MRL_E_TYPE, "config.type", place(c, at, false),
                          "keys and values are expected%s%s", section[0] != '\0' ? " in " : "",
                          section);
    for (uint32_t i = 0; i < v.len; i++) {
        const struct mrl_span *here = mrl_val_span(v, i);
        mrl_val value = v.u.obj->m[i].val;
        const struct key *k = key_named(section, mrl_val_str(v.u.obj->m[i].key));
        if (k == NULL)
            return unknown_key(c, here, section, mrl_val_str(v.u.obj->m[i].key));
        if (value.tag != MRL_T_NULL) /* an empty value is as good as none */
            MRL_TRY(check_value(c, k, value, here));
    }
    for (size_t i = 0; i < MRL_COUNTOF(keys); i++)
        if (keys[i].required && strcmp(keys[i].section, section) == 0 &&
            !is_said(mrl_obj_get_str(v, mrl_str_z(keys[i].name))))
            return mrl_err_at(c->err, MRL_E_INVALID, "config.missing", place(c, at, false),
                              "this entry of %s lacks %s: %s", section, keys[i].name, keys[i].doc);
    return MRL_OK;
}

mrl_status mrl_config_read(mrl_arena *a, mrl_str file, struct mrl_err *err, mrl_val *ret) {
    struct checking c = {.file = file, .err = err};
    struct mrl_yaml_opts opts = {.file = file, .keep_spans = true};
    struct mrl_yaml_doc *docs;
    size_t n;
    MRL_TRY(mrl_file_read(a, file, CONFIG_BYTES_MAX, err, &c.text));
    MRL_TRY(mrl_yaml_parse(a, c.text, &opts, err, &docs, &n));
    if (n > 1)
        return mrl_err_at(err, MRL_E_INVALID, "config.documents",
                          (struct mrl_pos){file, docs[1].line, 1, docs[1].start},
                          "one document is expected, here begins another");
    if (n == 0 || docs[0].value.tag == MRL_T_NULL) {
        *ret = mrl_empty_obj();
        return MRL_OK;
    }
    struct mrl_span all = {0, 0, docs[0].start, docs[0].end};
    MRL_TRY(check_section(&c, docs[0].value, &all, ""));
    *ret = docs[0].value;
    return MRL_OK;
}

mrl_str mrl_config_path(mrl_arena *a, mrl_str file, mrl_str path) {
    size_t slash = mrl_str_rfind(file, MRL_S("/"));
    if (slash == MRL_STR_NPOS || mrl_str_starts(path, MRL_S("/")))
        return path;
    return mrl_arena_printf(a, "%.*s%.*s", MRL_F(mrl_str_sub(file, 0, slash + 1)), MRL_F(path));
}

/* --- schema
 * ------------------------------------------------------------------------------------------- */

static void schema_section(struct mrl_buf *out, const char *section, int indent);

/* The type of a key in JSON schema. */
static void schema_type(struct mrl_buf *out, const struct key *k, int indent) {
    static const char *const types[] = {
        [MRL_CONFIG_STRING] = "\"type\": \"string\", \"minLength\": 1",
        [MRL_CONFIG_STRINGS] = "\"type\": \"array\", \"items\": {\"type\": \"string\"}",
        [MRL_CONFIG_DATE] = "\"type\": \"string\", \"format\": \"date\", "
                            "\"pattern\": \"^[0-9]{4}-[0-9]{2}-[0-9]{2}$\"",
        [MRL_CONFIG_NUMBER] = "\"type\": \"number\", \"minimum\": 0, \"maximum\": 100",
        [MRL_CONFIG_INTEGER] = "\"type\": \"integer\", \"minimum\": 0",
    };
    if (k->type == MRL_CONFIG_SECTION) {
        mrl_buf_add(out, MRL_S("\"type\": \"array\", \"items\": "));
        schema_section(out, k->name, indent + 2);
    } else if (k->type == MRL_CONFIG_CHOICE) {
        mrl_buf_add(out, MRL_S("\"enum\": ["));
        for (mrl_str rest = mrl_str_z(k->choices); rest.ptr != NULL;) {
            mrl_str one = mrl_str_cut(rest, '|', &rest);
            mrl_buf_printf(out, "\"%.*s\"%s", MRL_F(one), rest.ptr != NULL ? ", " : "]");
        }
    } else {
        mrl_buf_add(out, mrl_str_z(types[k->type]));
    }
}

static void schema_section(struct mrl_buf *out, const char *section, int indent) {
    const char *comma = "";
    mrl_buf_printf(out,
                   "{\n%*s\"type\": \"object\",\n%*s\"additionalProperties\": false,\n%*s"
                   "\"properties\": {",
                   indent + 2, "", indent + 2, "", indent + 2, "");
    for (size_t i = 0; i < MRL_COUNTOF(keys); i++) {
        if (strcmp(keys[i].section, section) != 0)
            continue;
        mrl_buf_printf(out, "%s\n%*s\"%s\": {\"description\": \"%s\", ", comma, indent + 4, "",
                       keys[i].name, keys[i].doc);
        schema_type(out, &keys[i], indent + 4);
        mrl_buf_byte(out, '}');
        comma = ",";
    }
    mrl_buf_printf(out, "\n%*s},\n%*s\"required\": [", indent + 2, "", indent + 2, "");
    comma = "";
    for (size_t i = 0; i < MRL_COUNTOF(keys); i++)
        if (keys[i].required && strcmp(keys[i].section, section) == 0) {
            mrl_buf_printf(out, "%s\"%s\"", comma, keys[i].name);
            comma = ", ";
        }
    mrl_buf_printf(out, "]\n%*s}", indent, "");
}

void mrl_config_schema(struct mrl_buf *out) {
    struct mrl_buf body;
    mrl_buf_init(&body, 1 << 20);
    schema_section(&body, "", 0);
    mrl_buf_add(out, MRL_S("{\n  \"$schema\": \"http://json-schema.org/draft-07/schema#\",\n  "
                           "\"title\": \"merlon.yaml\",\n  \"description\": \"Settings of merlon "
                           "check. Made by `merlon docs config-schema`; do not edit.\",\n"));
    mrl_buf_add(out, mrl_str_sub(mrl_buf_str(&body), 2, body.len)); /* behind the brace above */
    mrl_buf_byte(out, '\n');
    mrl_buf_release(&body);
}
