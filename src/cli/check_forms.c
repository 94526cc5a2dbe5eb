/* check_forms.c - the forms by name: on stdout, and in the files of --output. */
#include "cli/check.h"

#include "base/file.h"

struct form {
    const char *name;
    void (*write)(const struct mrl_check *c, struct mrl_buf *b, bool color);
};

static const struct form forms[] = {
    {"human", mrl_check_human}, {"json", mrl_check_json},
    {"sarif", mrl_check_sarif}, {"markdown", mrl_check_markdown},
    {"junit", mrl_check_junit}, {"gl-code-quality", mrl_check_gl_code_quality},
};

static mrl_status render(const struct mrl_check *c, mrl_str form, struct mrl_buf *b, bool color) {
    for (size_t i = 0; i < MRL_COUNTOF(forms); i++) {
        if (!mrl_str_eq(form, mrl_str_z(forms[i].name)))
            continue;
        forms[i].write(c, b, color);
        return b->status;
    }
    return MRL_E_INVALID;
}

/* --output FORM=FILE: as many as are given. */
static int write_files(struct mrl_check *c) {
    mrl_str arg;
    for (size_t i = 0; mrl_opt_nth(c->cli, "output", i, &arg); i++) {
        mrl_str file, form = mrl_str_cut(arg, '=', &file);
        struct mrl_buf b;
        struct mrl_err err;
        mrl_buf_init(&b, MRL_CHECK_OUT_MAX);
        mrl_err_init(&err);
        mrl_status status = file.len > 0 ? render(c, form, &b, false) : MRL_E_INVALID;
        if (status == MRL_OK)
            status = mrl_file_replace(file, mrl_buf_str(&b), &err);
        mrl_buf_release(&b);
        if (status == MRL_E_INVALID && err.text[0] == '\0')
            return mrl_cli_usage(c->cli, "--output wants " MRL_FORMS "=FILE, not '%.*s'",
                                 MRL_F(arg));
        if (status != MRL_OK) {
            mrl_cli_print_err(c->cli, &err);
            return MRL_EXIT_INTERNAL;
        }
    }
    return MRL_EXIT_OK;
}

void mrl_check_warn_of_nothing(const struct mrl_check *c) {
    if (c->objects.n == 0 && c->n_unread == 0)
        mrl_cli_error(
            c->cli,
            "no Kubernetes objects or build files were found: name a folder with manifests");
}

int mrl_check_report(struct mrl_check *c) {
    struct mrl_buf b;
    int exit = write_files(c);
    if (exit != MRL_EXIT_OK)
        return exit;
    mrl_buf_init(&b, MRL_CHECK_OUT_MAX);
    (void)render(c, mrl_opt_str(c->cli, "format", MRL_S("human")), &b, c->cli->color_out);
    exit = mrl_cli_out_buf(c->cli, &b);
    mrl_check_warn_of_nothing(c);
    return exit;
}
