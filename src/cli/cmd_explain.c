/* cmd_explain.c - `merlon explain ID`: what a control wants and why.
 *
 * It loads what `merlon check` would judge by, so that every id that check prints can be asked for:
 * our controls, own policies, Gatekeeper's constraints.
 */
#include "cli/check.h"

#include "formats/json/json.h"

#include <stdio.h>

static const struct mrl_control *find(const struct mrl_check *c, mrl_str id) {
    for (uint32_t i = 0; i < c->controls.n; i++)
        if (mrl_str_eq(c->controls.items[i].id, id))
            return &c->controls.items[i];
    return NULL;
}

static void line(struct mrl_buf *b, const char *label, mrl_str text) {
    if (text.len > 0)
        mrl_buf_printf(b, "%-11s%.*s\n", label, MRL_F(text));
}

static void list(struct mrl_buf *b, const char *label, mrl_val v) {
    mrl_buf_printf(b, "%-11s", label);
    for (uint32_t i = 0; mrl_is_arr(v) && i < v.len; i++)
        mrl_buf_printf(b, "%s%.*s", i > 0 ? ", " : "", MRL_F(mrl_val_str(v.u.arr->items[i])));
    mrl_buf_byte(b, '\n');
}

/* Where the rule of a constraint stands, what a violation leads to, and why it cannot judge. */
static void describe_constraint(struct mrl_buf *b, const struct mrl_gk_constraint *c) {
    const struct mrl_gk_template *t = c->template;
    const bool faulty_template = t != NULL && t->fault != MRL_GK_SOUND;
    line(b, "Constraint", c->file);
    line(b, "Template", t != NULL ? t->file : MRL_S("none of this kind"));
    line(b, "Action", c->action);
    if (mrl_is_obj(c->parameters) && c->parameters.len > 0) {
        mrl_buf_printf(b, "%-11s", "Parameters");
        mrl_json_write(b, NULL, c->parameters, NULL); /* frozen: no scratch */
        mrl_buf_byte(b, '\n');
    }
    line(b, "Cannot judge: ", faulty_template ? t->problem : c->problem);
}

static void describe(struct mrl_buf *b, const struct mrl_control *k) {
    mrl_buf_printf(b, "%.*s  %.*s\n\n", MRL_F(k->id), MRL_F(k->title));
    if (k->why.len > 0)
        mrl_buf_printf(b, "%.*s\n\n", MRL_F(k->why));
    line(b, "Severity", mrl_str_z(mrl_severity_name(k->severity)));
    line(b, "Category", k->category);
    if (mrl_is_arr(k->kinds))
        list(b, "Kinds", k->kinds);
    if (k->remediation.len > 0)
        mrl_buf_printf(b, "\nWhat to do: %.*s\n", MRL_F(k->remediation));
    mrl_buf_byte(b, '\n');
    for (uint32_t i = 0; mrl_is_obj(k->mappings) && i < k->mappings.len; i++) {
        const struct mrl_member *m = &k->mappings.u.obj->m[i];
        char label[32];
        snprintf(label, sizeof label, "%.*s", MRL_F(mrl_val_str(m->key)));
        list(b, label, m->val);
    }
    if (k->constraint != NULL)
        describe_constraint(b, k->constraint);
    else
        line(b, "Rule", k->file);
}

static int answer(struct mrl_check *c) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    if (c->cli->n_args == 0) {
        for (uint32_t i = 0; i < c->controls.n; i++)
            mrl_buf_printf(&b, "%-14.*s %-8s %.*s\n", MRL_F(c->controls.items[i].id),
                           mrl_severity_name(c->controls.items[i].severity),
                           MRL_F(c->controls.items[i].title));
        return mrl_cli_out_buf(c->cli, &b);
    }
    const struct mrl_control *k = find(c, c->cli->args[0]);
    if (k == NULL)
        return mrl_cli_usage(c->cli,
                             "no control '%.*s': `merlon explain` lists all; --policy loads others",
                             MRL_F(c->cli->args[0]));
    describe(&b, k);
    return mrl_cli_out_buf(c->cli, &b);
}

static int run_explain(struct mrl_cli *cli) {
    struct mrl_check c = {.cli = cli};
    mrl_status status = mrl_check_load(&c);
    int exit = status == MRL_OK ? answer(&c) : mrl_policy_files_fail(cli, &c.files, status);
    mrl_policy_builder_free(c.files.builder);
    return exit;
}

static const struct mrl_opt opts[] = {MRL_OPT_CONTROLS};

static const struct mrl_example examples[] = {
    {"merlon explain", "list all controls"},
    {"merlon explain MLN-POD-001", "what one control wants, and why"},
    {"merlon explain --policy gatekeeper gatekeeper:K8sRequiredLabels/owner",
     "what a constraint of one's own wants"},
};

const struct mrl_cmd mrl_cmd_explain = {
    .name = "explain",
    .args = "[ID]",
    .summary = "say what a control wants, why, and what to do",
    .text =
        "Prints the description, remediation and mappings of a control that merlon brings, or of "
        "an own one: policies and Gatekeeper constraints that --policy or merlon.yaml name. "
        "Without an id, all controls. Needs no network.",
    .opts = opts,
    .n_opts = MRL_COUNTOF(opts),
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_explain,
    .args_max = 1,
};
