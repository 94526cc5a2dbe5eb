/* json_out.h - writing indented JSON member by member, in the order in which members are written.
 *
 * For documents whose order of members people know (OPA's results and reports), where a value tree
 * would be sorted or copied. Failures are sticky in the buffer.
 */
#ifndef MRL_CLI_JSON_OUT_H
#define MRL_CLI_JSON_OUT_H

#include "base/buf.h"
#include "base/value.h"

struct mrl_jout {
    struct mrl_buf *b;
    mrl_arena *scratch; /* order views of values */
    unsigned level;
    bool filled; /* the container at hand has members */
};

/* Begins an object or array: '{' or '['. */
void mrl_jout_open(struct mrl_jout *j, char bracket);
/* Ends it: '}' or ']'. */
void mrl_jout_close(struct mrl_jout *j, char bracket);
/* Begins the next item of an array; its value follows. */
void mrl_jout_item(struct mrl_jout *j);
/* Begins a member of an object; its value follows. */
void mrl_jout_key(struct mrl_jout *j, const char *name);
/* As mrl_jout_key for a name that comes from outside. */
void mrl_jout_name(struct mrl_jout *j, mrl_str name);
/* Values. Strings and values are escaped as Go escapes them. */
void mrl_jout_val(struct mrl_jout *j, mrl_val v);
void mrl_jout_str(struct mrl_jout *j, mrl_str s);
void mrl_jout_int(struct mrl_jout *j, int64_t v);

/* For objects on one line: appends `, "name": "text"`, behind the first member. */
void mrl_json_text_member(struct mrl_buf *b, const char *name, mrl_str text);

#endif
