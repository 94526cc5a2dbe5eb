/* fields.h - reading protobuf messages in their JSON form (the "ProtoJSON" mapping).
 *
 * Idea: a message's field may be spelled in camelCase or in its original snake_case; 64-bit numbers
 * may be text; bytes are base64. One sticky reader for all records of this folder: the first thing
 * that is wrong is kept in `err` with the field's name, later reads give zeros. A field that stands
 * in both spellings is refused, as two readers would see two messages.
 */
#ifndef MRL_FORMATS_SIGSTORE_FIELDS_H
#define MRL_FORMATS_SIGSTORE_FIELDS_H

#include "base/value.h"

struct mrl_pj {
    mrl_arena *arena;
    struct mrl_err *err;
    mrl_status status; /* sticky */
};

/* Notes that `name` is wrong, with why ("is no number"); returns the sticky status. */
mrl_status mrl_pj_fail(struct mrl_pj *p, const char *name, const char *why);

/* The member `name` (camelCase) of an object, in either spelling; undefined when absent or null. */
mrl_val mrl_pj_get(struct mrl_pj *p, mrl_val object, const char *name);
/* Every member of the object (undefined: nothing to see) must be one of `names`, in either
 * spelling: what a reader does not know it cannot have checked. `what` is for the message. */
void mrl_pj_only(struct mrl_pj *p, mrl_val object, const char *what, const char *const *names,
                 size_t n);
/* As mrl_pj_get, which must be an object, or undefined when absent. */
mrl_val mrl_pj_object(struct mrl_pj *p, mrl_val object, const char *name);
/* As mrl_pj_get: an array of at most `max` items; the empty array when absent. */
mrl_val mrl_pj_array(struct mrl_pj *p, mrl_val object, const char *name, uint32_t max);
/* Text; empty when absent. */
mrl_str mrl_pj_str(struct mrl_pj *p, mrl_val object, const char *name);
/* Bytes of base64 text; empty when absent. */
mrl_str mrl_pj_bytes(struct mrl_pj *p, mrl_val object, const char *name);
/* The bytes of a value that is base64 text, for items of arrays; `name` is for messages. */
mrl_str mrl_pj_decode(struct mrl_pj *p, mrl_val v, const char *name);
/* A number of 0 or more, as number or text; `otherwise` when absent. */
int64_t mrl_pj_u63(struct mrl_pj *p, mrl_val object, const char *name, int64_t otherwise);
/* A Timestamp (RFC 3339) in seconds; `otherwise` when absent. */
int64_t mrl_pj_time(struct mrl_pj *p, mrl_val object, const char *name, int64_t otherwise);

struct mrl_tlog_entry;
/* Reads a TransparencyLogEntry: what bundles hold, and what a Rekor v2 log answers. */
void mrl_pj_log_entry(struct mrl_pj *p, mrl_val v, struct mrl_tlog_entry *ret);

struct mrl_bundle;
/* Reads a DSSE envelope into a bundle: of use to both forms in which bundles come. */
void mrl_bundle_envelope(struct mrl_pj *p, mrl_val v, struct mrl_bundle *b);

#endif
