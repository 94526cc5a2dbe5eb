/* policy_load.h - reading policies and data from files, as OPA's users lay them out.
 *
 * Idea: a path names a file or a folder. `.rego` files are modules; `.json`, `.yaml` and `.yml`
 * files are data: below a folder, the folders between stand for the path in `data`. `a.b:FILE` puts
 * a file below data.a.b. In a bundle only files named data.json or data.yaml are data, and
 * its .manifest says which version of Rego the modules are. A bundle may be packed (.tar.gz, .tgz).
 */
#ifndef MRL_CLI_POLICY_LOAD_H
#define MRL_CLI_POLICY_LOAD_H

#include "base/vec.h"
#include "cli/cli.h"
#include "cli/manifest.h"
#include "engines/policy/policy.h"

struct mrl_policy_text { /* a file that was read */
    mrl_str path, text;
};

struct mrl_policy_files {
    mrl_arena *arena;
    struct mrl_policy_builder *builder;
    struct mrl_diags diags;
    mrl_val data;
    uint32_t modules;
    enum mrl_rego_version version;
    bool bundle;                  /* of the path being read */
    struct mrl_manifest manifest; /* of the bundle being read */
    bool rego_only;               /* data files are left alone */
    /* Asked first about each data file: *ret_taken when its objects are policies themselves, as
     * Gatekeeper's are; the text stays as long as `arena`. NULL: every such file is data. */
    mrl_status (*take)(void *cx, mrl_str path, mrl_str text, bool *ret_taken);
    void *take_cx;
    MRL_VEC(struct mrl_policy_text) texts; /* all modules and data, in the order of reading */
    struct mrl_err err;                    /* why a file could not be read */
};

/* Prepares `f`; everything lives in the run's arena. */
mrl_status mrl_policy_files_init(struct mrl_policy_files *f, mrl_arena *a,
                                 const struct mrl_policy_opts *opts) MRL_NODISCARD;
/* Reads a path. Parse errors are collected in f->diags and do not end the reading; a file that
 * cannot be read does (f->err). */
mrl_status mrl_policy_files_add(struct mrl_policy_files *f, mrl_str path) MRL_NODISCARD;
/* Compiles what was read. On failure the builder is freed. */
mrl_status mrl_policy_files_compile(struct mrl_policy_files *f,
                                    struct mrl_policy **ret) MRL_NODISCARD;
/* Reads what --data, --bundle, --input and --stdin-input name; undefined when no input is given.
 * The command must have all four options. */
mrl_status mrl_policy_files_options(struct mrl_policy_files *f, const struct mrl_cli *cli,
                                    mrl_val *ret_input) MRL_NODISCARD;
/* Compiles what was read and prepares a query with the names of --package and --import. On failure
 * the builder is freed or belongs to *ret_policy. */
mrl_status mrl_policy_files_query(struct mrl_policy_files *f, const struct mrl_cli *cli,
                                  mrl_str text, struct mrl_policy **ret_policy,
                                  struct mrl_query **ret_query) MRL_NODISCARD;
/* Prints what went wrong to stderr: diagnostics, or the read error. Returns the exit code. */
int mrl_policy_files_fail(struct mrl_cli *cli, struct mrl_policy_files *f, mrl_status status);
/* What opa.runtime() gives: {"env": the environment, "version", "commit"}. */
mrl_val mrl_policy_runtime(mrl_arena *a);
/* A JSON or YAML document (by its name; "-" is stdin, either). */
mrl_status mrl_load_document(mrl_arena *a, mrl_str path, struct mrl_err *err,
                             mrl_val *ret) MRL_NODISCARD;

#endif
