/* check_gate.c - what the exit code of `merlon check` and `merlon ci` is decided by. */
#include "cli/check.h"

#include "base/num.h"

static enum mrl_severity severity_named(mrl_str name) {
    for (int s = MRL_SEV_LOW; s <= MRL_SEV_CRITICAL; s++)
        if (mrl_str_eq(name, mrl_str_z(mrl_severity_name((enum mrl_severity)s))))
            return (enum mrl_severity)s;
    return MRL_SEV_HIGH;
}

int mrl_gate_read(struct mrl_cli *cli, struct mrl_gate *ret) {
    *ret = (struct mrl_gate){.max_unknown = -1};
    if (mrl_opt_given(cli, "gate") && mrl_opt_given(cli, "fail-on"))
        return mrl_cli_usage(cli, "--gate and --fail-on are the same: give one of them");
    mrl_str name = mrl_opt_str(cli, "fail-on", mrl_opt_str(cli, "gate", MRL_S("high")));
    ret->none = mrl_str_eq(name, MRL_S("none"));
    ret->severity = severity_named(name);
    if (mrl_opt_int(cli, "max-unknown", 0, INT32_MAX, &ret->max_unknown) != MRL_OK ||
        mrl_opt_double(cli, "min-floor", &ret->min_floor) != MRL_OK)
        return MRL_EXIT_USAGE;
    if (ret->min_floor > 100)
        return mrl_cli_usage(cli, "--min-floor: the floor is at most 100");
    return MRL_EXIT_OK;
}

/* What merlon.yaml says holds where no flag does. */
static void gate_from_config(const struct mrl_check *c, struct mrl_gate *g) {
    mrl_val name = MRL_GET(c->config, "gate"), floor = MRL_GET(c->config, "min-floor");
    mrl_val unknown = MRL_GET(c->config, "max-unknown");
    if (mrl_is_str(name) && !mrl_opt_given(c->cli, "gate") && !mrl_opt_given(c->cli, "fail-on")) {
        g->none = mrl_str_eq(mrl_val_str(name), MRL_S("none"));
        g->severity = severity_named(mrl_val_str(name));
    }
    if (mrl_is_num(floor) && !mrl_opt_given(c->cli, "min-floor"))
        g->min_floor = mrl_num_to_double(floor);
    if (unknown.tag == MRL_T_INT && !mrl_opt_given(c->cli, "max-unknown"))
        g->max_unknown = unknown.u.i;
}

static bool fails(const struct mrl_check *c, const struct mrl_gate *g) {
    for (uint32_t i = 0; i < c->posture.n_findings && !g->none; i++) {
        const struct mrl_finding *f = &c->posture.findings[i];
        if (f->verdict == MRL_FAIL && f->accepted == MRL_NOT_ACCEPTED &&
            f->control->severity >= g->severity && !f->control->advisory)
            return true;
    }
    return false;
}

int mrl_gate_verdict(const struct mrl_check *c, const struct mrl_gate *g) {
    uint32_t old_unread = c->since != NULL ? c->since->n_old_unread : 0;
    MRL_ASSERT(old_unread <= c->n_unread);
    if (c->since != NULL && c->since->problem != NULL)
        return MRL_EXIT_UNKNOWN;
    if (fails(c, g))
        return MRL_EXIT_FINDINGS;
    /* Figures are written with two digits, so they are compared with two. */
    if (c->score.floor < c->baseline_floor - 0.005) {
        mrl_cli_error(c->cli, "the floor is %.2f, below the baseline's %.2f", c->score.floor,
                      c->baseline_floor);
        return MRL_EXIT_FINDINGS;
    }
    if (c->score.floor < g->min_floor - 0.005) {
        mrl_cli_error(c->cli, "the floor is %.2f, below the %.2f of --min-floor", c->score.floor,
                      g->min_floor);
        return MRL_EXIT_FINDINGS;
    }
    uint64_t unknown =
        g->max_unknown >= 0 ? c->posture.all.count[MRL_UNKNOWN] : c->n_unread - old_unread;
    return unknown > (uint64_t)(g->max_unknown >= 0 ? g->max_unknown : 0) ? MRL_EXIT_UNKNOWN
                                                                          : MRL_EXIT_OK;
}

mrl_status mrl_gate_leave_out(struct mrl_check *c) {
    enum mrl_severity least = severity_named(mrl_opt_str(c->cli, "severity", MRL_S("low")));
    uint32_t n = 0;
    if (least == MRL_SEV_LOW)
        return MRL_OK;
    for (uint32_t i = 0; i < c->posture.n_findings; i++)
        if (c->posture.findings[i].control->severity >= least)
            c->posture.findings[n++] = c->posture.findings[i];
    c->posture.n_findings = n;
    return mrl_posture_groups(&c->posture, c->cli->arena, &c->groups, &c->n_groups);
}

static mrl_status apply_baseline(struct mrl_check *c) {
    mrl_str file = mrl_val_str(MRL_GET(c->config, "baseline"));
    if (file.len > 0)
        file = mrl_config_path(c->cli->arena, c->config_file, file);
    file = mrl_opt_str(c->cli, "baseline", file);
    return file.len > 0 ? mrl_baseline_apply(c, file) : MRL_OK;
}

mrl_status mrl_gate_settle(struct mrl_check *c, struct mrl_gate *g) {
    gate_from_config(c, g);
    return apply_baseline(c);
}
