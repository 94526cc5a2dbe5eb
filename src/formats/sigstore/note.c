/* note.c - see note.h. */
#include "formats/sigstore/note.h"

#include "base/base64.h"

static mrl_status bad(struct mrl_err *err, const char *what) {
    return mrl_err_set(err, MRL_E_SYNTAX, "note.syntax", "not a checkpoint: %s", what);
}

/* A decimal number without sign and leading zeros. */
static bool decimal(mrl_str s, uint64_t *ret) {
    uint64_t v = 0;
    if (s.len == 0 || s.len > 20 || (s.ptr[0] == '0' && s.len > 1))
        return false;
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] < '0' || s.ptr[i] > '9' || __builtin_mul_overflow(v, (uint64_t)10, &v) ||
            __builtin_add_overflow(v, (uint64_t)(s.ptr[i] - '0'), &v))
            return false;
    }
    *ret = v;
    return true;
}

static mrl_status signature(mrl_arena *a, mrl_str line, struct mrl_err *err,
                            struct mrl_note_sig *ret) {
    mrl_str dash = MRL_S("\xe2\x80\x94 "), rest, bytes;
    size_t at;
    if (!mrl_str_starts(line, dash))
        return bad(err, "a signature's line does not begin with a dash");
    ret->name = mrl_str_cut(mrl_str_sub(line, dash.len, line.len), ' ', &rest);
    if (ret->name.len == 0 || rest.len == 0)
        return bad(err, "a signature has no name");
    mrl_status status = mrl_base64_decode(a, rest, MRL_BASE64_STD, &bytes, &at);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK || bytes.len <= MRL_NOTE_HINT)
        return bad(err, "a signature is no base64 of a key hint and a signature");
    ret->hint = mrl_str_sub(bytes, 0, MRL_NOTE_HINT);
    ret->sig = mrl_str_sub(bytes, MRL_NOTE_HINT, bytes.len);
    return MRL_OK;
}

static mrl_status signatures(mrl_arena *a, mrl_str lines, struct mrl_err *err,
                             struct mrl_checkpoint *c) {
    if (!mrl_str_ends(lines, MRL_S("\n")))
        return bad(err, "its last line does not end");
    while (lines.len > 0) {
        mrl_str line = mrl_str_cut(lines, '\n', &lines);
        if (c->n_sigs == MRL_NOTE_SIGS_MAX)
            return mrl_err_set(err, MRL_E_LIMIT, "note.limit", "more than %u signatures",
                               MRL_NOTE_SIGS_MAX);
        MRL_TRY(signature(a, line, err, &c->sigs[c->n_sigs++]));
    }
    return MRL_OK;
}

mrl_status mrl_checkpoint_parse(mrl_arena *a, mrl_str text, struct mrl_err *err,
                                struct mrl_checkpoint *ret) {
    struct mrl_checkpoint c = {0};
    mrl_str rest;
    size_t at;
    if (text.len > MRL_NOTE_BYTES_MAX)
        return mrl_err_set(err, MRL_E_LIMIT, "note.limit", "a note of %zu bytes", text.len);
    /* The text may hold empty lines; the last one parts it from the signatures. */
    size_t gap = mrl_str_rfind(text, MRL_S("\n\n"));
    if (gap == MRL_STR_NPOS)
        return bad(err, "no empty line before its signatures");
    c.signed_text = mrl_str_sub(text, 0, gap + 1);
    c.origin = mrl_str_cut(c.signed_text, '\n', &rest);
    if (c.origin.len == 0)
        return bad(err, "it has no origin");
    if (!decimal(mrl_str_cut(rest, '\n', &rest), &c.size))
        return bad(err, "its second line is no tree size");
    mrl_str line = mrl_str_cut(rest, '\n', &rest);
    mrl_status status = mrl_base64_decode(a, line, MRL_BASE64_STD, &c.root_hash, &at);
    if (status == MRL_E_NOMEM)
        return status;
    if (status != MRL_OK || c.root_hash.len != 32)
        return bad(err, "its third line is no root hash");
    MRL_TRY(signatures(a, mrl_str_sub(text, gap + 2, text.len), err, &c));
    *ret = c;
    return MRL_OK;
}
