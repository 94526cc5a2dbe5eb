/* cmd_explain.c - `merlon explain ID`: what a control wants and why. */
#include "cli/check.h"

#include "formats/json/json.h"

#include <stdio.h>

static const struct mrl_control *find(const struct mrl_check *c, mrl_str id) {
    for (uint32_t i = 0; i < c->controls.n; i++)
        if (mrl_str_eq(c->controls.items[i].id, id))
            return &c->controls.items[i];
    return NULL;
}

static void list(struct mrl_buf *b, const char *label, mrl_val v) {
    mrl_buf_printf(b, "%-11s", label);
    for (uint32_t i = 0; mrl_is_arr(v) && i < v.len; i++)
        mrl_buf_printf(b, "%s%.*s", i > 0 ? ", " : "", MRL_F(mrl_val_str(v.u.arr->items[i])));
    mrl_buf_byte(b, '\n');
}

static void describe(struct mrl_buf *b, const struct mrl_control *k) {
    mrl_buf_printf(b, "%.*s  %.*s\n\n%.*s\n\n", MRL_F(k->id), MRL_F(k->title), MRL_F(k->why));
    mrl_buf_printf(b, "Severity   %s\nCategory   %.*s\n", mrl_severity_name(k->severity),
                   MRL_F(k->category));
    list(b, "Kinds", k->kinds);
    mrl_buf_printf(b, "\nWhat to do: %.*s\n\n", MRL_F(k->remediation));
    for (uint32_t i = 0; mrl_is_obj(k->mappings) && i < k->mappings.len; i++) {
        const struct mrl_member *m = &k->mappings.u.obj->m[i];
        char label[32];
        snprintf(label, sizeof label, "%.*s", MRL_F(mrl_val_str(m->key)));
        list(b, label, m->val);
    }
    mrl_buf_printf(b, "Rule       %.*s\n", MRL_F(k->file));
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
        return mrl_cli_usage(c->cli, "no control '%.*s': `merlon explain` lists all",
                             MRL_F(c->cli->args[0]));
    describe(&b, k);
    return mrl_cli_out_buf(c->cli, &b);
}

static int run_explain(struct mrl_cli *cli) {
    struct mrl_check c = {.cli = cli};
    struct mrl_policy_opts opts = {.version = MRL_REGO_V1};
    mrl_status status = mrl_policy_files_init(&c.files, cli->arena, &opts);
    if (status == MRL_OK)
        status = mrl_check_own_controls(&c);
    if (status == MRL_OK)
        status = mrl_policy_files_compile(&c.files, &c.policy);
    if (status == MRL_OK)
        status = mrl_controls_find(c.policy, cli->arena, &c.files.diags, &c.controls);
    int exit = status == MRL_OK ? answer(&c) : mrl_policy_files_fail(cli, &c.files, status);
    mrl_policy_builder_free(c.files.builder);
    return exit;
}

static const struct mrl_example examples[] = {
    {"merlon explain", "list all controls"},
    {"merlon explain MLN-POD-001", "what one control wants, and why"},
};

const struct mrl_cmd mrl_cmd_explain = {
    .name = "explain",
    .args = "[ID]",
    .summary = "say what a control wants, why, and what to do",
    .text = "Prints the description, remediation and mappings of a control that merlon brings; "
            "without an id, all controls. Needs no network.",
    .examples = examples,
    .n_examples = MRL_COUNTOF(examples),
    .run = run_explain,
    .args_max = 1,
};
