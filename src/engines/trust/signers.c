/* signers.c - see signers.h. */
#include "engines/trust/signers.h"

#include "base/buf.h"
#include "base/rfc3339.h"
#include "engines/trust/trust_internal.h"

static mrl_status outside(const struct mrl_known_signer *s, int64_t at, bool proved,
                          struct mrl_err *err) {
    struct mrl_buf b;
    mrl_buf_init(&b, 64);
    mrl_rfc3339_write(&b, at < s->from ? s->from : s->until, 0);
    mrl_status status = mrl_trust_fail(
        err, "trust.believed", "%.*s is believed %s %.*s, and %s", MRL_F(s->name),
        at < s->from ? "from" : "until", (int)b.len, b.ptr != NULL ? b.ptr : "",
        proved ? "this was signed at another time" : "nothing proves when this was signed");
    mrl_buf_release(&b);
    return status;
}

mrl_status mrl_signer_believed(const struct mrl_known_signer *s, const struct mrl_verified *v,
                               int64_t now, struct mrl_err *err) {
    MRL_ASSERT(s->from <= s->until);
    for (uint32_t i = 0; i < v->n_times; i++)
        if (v->times[i].seconds < s->from || v->times[i].seconds > s->until)
            return outside(s, v->times[i].seconds, true, err);
    if (v->n_times == 0 && (now < s->from || now > s->until))
        return outside(s, now, false, err);
    return MRL_OK;
}

mrl_status mrl_signer_verify(mrl_arena *a, const struct mrl_known_signer *s,
                             const struct mrl_bundle *bundle, const struct mrl_artifact *artifact,
                             int64_t now, struct mrl_err *err, struct mrl_verified *ret) {
    struct mrl_verified v;
    MRL_TRY(mrl_trust_verify(a, s->trust, &s->want, bundle, artifact, err, &v));
    MRL_TRY(mrl_signer_believed(s, &v, now, err));
    *ret = v;
    return MRL_OK;
}
