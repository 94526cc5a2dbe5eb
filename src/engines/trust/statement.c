/* statement.c - in-toto statements: is the artifact one of their subjects? */
#include "base/hex.h"
#include "engines/trust/trust_internal.h"
#include "formats/json/json.h"

#define SUBJECTS_MAX 100000u

mrl_status mrl_dsse_pae(mrl_arena *a, mrl_str type, mrl_str body, mrl_str *ret) {
    mrl_str head = mrl_arena_printf(a, "DSSEv1 %zu %.*s %zu ", type.len, MRL_F(type), body.len);
    char *all = mrl_arena_alloc(a, head.len + body.len + 1, 1);
    MRL_CHECK(head.ptr != NULL && all != NULL, MRL_E_NOMEM);
    memcpy(all, head.ptr, head.len);
    if (body.len > 0)
        memcpy(all + head.len, body.ptr, body.len);
    *ret = (mrl_str){all, head.len + body.len};
    return MRL_OK;
}

mrl_status mrl_trust_statement(mrl_arena *a, mrl_str payload_type, mrl_str payload,
                               const struct mrl_artifact *artifact, struct mrl_err *err,
                               mrl_str *ret_type) {
    struct mrl_json_opts opts = {.file = MRL_S("the statement"), .reject_duplicates = true};
    char hex[64];
    mrl_val v;
    if (!mrl_str_eq(payload_type, MRL_S("application/vnd.in-toto+json")))
        return mrl_trust_fail(err, "trust.artifact",
                              "an envelope of %.*s names no artifact: in-toto statements do",
                              MRL_F(payload_type));
    MRL_TRY(mrl_json_parse(a, payload, &opts, err, &v));
    mrl_str type = mrl_val_str(MRL_GET(v, "_type"));
    if (!mrl_str_eq(type, MRL_S("https://in-toto.io/Statement/v1")) &&
        !mrl_str_eq(type, MRL_S("https://in-toto.io/Statement/v0.1")))
        return mrl_trust_fail(err, "trust.artifact", "the payload is no in-toto statement");
    mrl_hex_encode(artifact->sha256, sizeof artifact->sha256, hex);
    mrl_val subjects = MRL_GET(v, "subject");
    if (mrl_is_arr(subjects) && subjects.len > SUBJECTS_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "trust.artifact", "more than %u subjects",
                           SUBJECTS_MAX);
    for (uint32_t i = 0; mrl_is_arr(subjects) && i < subjects.len; i++) {
        mrl_val digest = MRL_GET(subjects.u.arr->items[i], "digest");
        if (mrl_str_eq(mrl_val_str(MRL_GET(digest, "sha256")), (mrl_str){hex, sizeof hex})) {
            *ret_type = mrl_val_str(MRL_GET(v, "predicateType"));
            return MRL_OK;
        }
    }
    return mrl_trust_fail(err, "trust.artifact", "the artifact is no subject of the statement");
}
