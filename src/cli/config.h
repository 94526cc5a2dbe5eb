/* config.h - merlon.yaml: read, checked key by key, with the place of what is wrong.
 *
 * Idea: one table (config.def) says what may stand there. A key that is not in it is an error and
 * not ignored, since a misspelt exception or gate would silently do nothing. The same table makes
 * the JSON Schema that editors use.
 */
#ifndef MRL_CLI_CONFIG_H
#define MRL_CLI_CONFIG_H

#include "base/buf.h"
#include "base/value.h"

#define MRL_CONFIG_FILE MRL_S("merlon.yaml")

enum mrl_config_type {
    MRL_CONFIG_STRING,
    MRL_CONFIG_STRINGS, /* a list of strings */
    MRL_CONFIG_DATE,    /* a string YYYY-MM-DD that is a day */
    MRL_CONFIG_CHOICE,
    MRL_CONFIG_NUMBER,  /* 0 to 100 */
    MRL_CONFIG_INTEGER, /* 0 or more */
    MRL_CONFIG_SECTION, /* a list of objects whose keys are the rows of that section */
};

/* Reads and checks a file; `ret` is its object (empty for an empty file). err has file, line and
 * column of the first thing that is wrong, and what would be right. */
mrl_status mrl_config_read(mrl_arena *a, mrl_str file, struct mrl_err *err,
                           mrl_val *ret) MRL_NODISCARD;
/* `path` as a file names it, seen from where merlon runs: relative to the file's folder. ptr NULL
 * when memory is out. */
mrl_str mrl_config_path(mrl_arena *a, mrl_str file, mrl_str path);
/* Appends the JSON Schema (draft-07) of the file. */
void mrl_config_schema(struct mrl_buf *out);
/* The days from 1970-01-01 to YYYY-MM-DD; false when that is no day of the calendar. */
bool mrl_date_days(mrl_str text, int64_t *ret);
/* True for YYYY-MM-DD that is a day of the calendar. */
bool mrl_is_date(mrl_str text);

#endif
