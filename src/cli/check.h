/* check.h - what `merlon check` read and found, and the forms in which it is told.
 *
 * Idea: reading (check_load.c) and judging (cmd_check.c) fill one struct mrl_check; each form of
 * output is one function over it that only appends to a buffer.
 */
#ifndef MRL_CLI_CHECK_H
#define MRL_CLI_CHECK_H

#include "base/vec.h"
#include "base/walk.h"
#include "cli/config.h"
#include "cli/documents.h"
#include "cli/gatekeeper_load.h"
#include "cli/images.h"
#include "cli/policy_load.h"
#include "cli/progress.h"
#include "cli/screen.h"
#include "engines/posture/fix.h"
#include "engines/posture/posture.h"

enum mrl_skip { MRL_SKIP_KIND, MRL_SKIP_EMPTY, MRL_SKIP_NO_OBJECT, MRL_SKIP_SUBMODULE, MRL_SKIP_N };

struct mrl_exception {
    mrl_str control, subject, path; /* globs; empty: any */
    mrl_str owner, reason, expires; /* expires: YYYY-MM-DD */
    bool expired;
    uint32_t used; /* findings that it accepts */
};

struct mrl_input {               /* a path to read, and after mrl_check_read_all what it held */
    struct mrl_text_file source; /* text: empty until read */
    unsigned form;               /* see documents.h */
    struct mrl_documents documents;
    const struct mrl_err
        *problem; /* why it, or the rest of it, could not be read; NULL: all well */
};

struct mrl_since {                   /* the revision that a tree is compared with: `merlon ci` */
    mrl_str name;                    /* as it was asked for: "origin/main" */
    mrl_str how;                     /* who chose it: "--base", "GITHUB_BASE_REF" */
    mrl_str commit;                  /* its id; empty without a base */
    mrl_str head;                    /* id of the commit that is checked out; empty: none yet */
    const struct mrl_err *problem;   /* why it could not be read; NULL: it was, or there is none */
    struct mrl_check *base;          /* the tree at the base, judged; NULL without one */
    const struct mrl_finding **gone; /* open findings of the base that are not there any more */
    uint32_t n_gone, n_new, n_old;   /* of the open failures; n_old: those of the base */
    uint32_t n_old_unread;           /* of c->unread: what could not be read at the base, too */
};

struct mrl_check {
    struct mrl_cli *cli;
    struct mrl_pool *pool;
    struct mrl_worker *workers; /* one a thread, for --sandbox; else NULL */
    struct mrl_progress progress;
    MRL_VEC(struct mrl_input) inputs; /* in the order of the paths and of the walk */
    mrl_str root;                     /* of the walk that collects them */
    mrl_str config_file;              /* ptr NULL: there is none */
    mrl_val config;                   /* checked, see config.h */
    struct mrl_policy_files files;
    struct mrl_gk_files gatekeeper; /* templates and constraints among the policies */
    struct mrl_policy *policy;
    struct mrl_controls controls;
    struct mrl_objects objects;
    struct mrl_posture posture;
    struct mrl_group *groups; /* best fix first */
    size_t n_groups;
    const struct mrl_err **unread; /* files that could not be read: each is unknown */
    uint32_t n_unread, cap_unread;
    uint64_t skipped[MRL_SKIP_N]; /* files and documents left alone, by reason */
    uint32_t n_files;             /* files read */
    struct mrl_exception *exceptions;
    uint32_t n_exceptions;
    struct mrl_score score;
    mrl_str baseline;        /* file of the baseline that was applied; empty without */
    double baseline_floor;   /* 0 without a baseline */
    uint32_t n_debt;         /* findings that the baseline accepts */
    uint32_t n_debt_expired; /* findings whose debt is past its date */
    uint32_t n_debt_paid;    /* entries of the baseline that nothing is found for any more */
    struct mrl_fixes fixes;  /* what --fix and --diff changed and left; items NULL without them */
    const struct mrl_since *since; /* NULL: compared with nothing */
    struct mrl_images *images;     /* NULL: nobody asks for them */
    uint32_t n_tree_objects;       /* of c->objects; behind them stand images and sources */
    bool verbose, quiet;           /* for people: every finding; only the figures */
};

/* Adds our controls to c->files; the policy is compiled by the caller. */
mrl_status mrl_check_own_controls(struct mrl_check *c) MRL_NODISCARD;
/* Loads and compiles what judges: our controls, the policies and constraints of the command line
 * and of merlon.yaml, the exceptions. Options policy, no-controls and config must be known to the
 * command. c->files says what went wrong; the builder in it is the caller's to free. The first step
 * of mrl_check_run. */
mrl_status mrl_check_load(struct mrl_check *c) MRL_NODISCARD;
/* Adds a file, "-", or what a folder holds to c->inputs. Nothing is read yet. */
mrl_status mrl_check_collect(struct mrl_check *c, mrl_str path) MRL_NODISCARD;
/* What is visited below a folder. */
extern const struct mrl_walk_opts mrl_check_walk;
/* Adds a file of the folder c->root, unless it is of no interest (which is counted). */
mrl_status mrl_check_add_found(struct mrl_check *c, mrl_str path) MRL_NODISCARD;
/* Adds a file, whatever its name. Its text is read later, unless the caller sets it. */
mrl_status mrl_check_add_input(struct mrl_check *c, mrl_str path,
                               const struct mrl_err *problem) MRL_NODISCARD;
/* Adds something that could not be judged: it counts as one unknown verdict. */
mrl_status mrl_check_add_unread(struct mrl_check *c, const struct mrl_err *problem) MRL_NODISCARD;
/* Reads all inputs on the threads of the pool into c->objects. What cannot be read goes to
 * c->unread, and never hides the rest. */
mrl_status mrl_check_read_all(struct mrl_check *c) MRL_NODISCARD;
/* What was skipped, as words in the plural. */
const char *mrl_skip_name(enum mrl_skip s);

/* The options of every command that judges, or says how it would. */
#define MRL_OPT_CONTROLS                                                                           \
    {.name = "policy",                                                                             \
     .letter = 'p',                                                                                \
     .arg = "PATH",                                                                                \
     .help = "load the policies of a file or folder, too",                                         \
     .many = true},                                                                                \
        {.name = "no-controls", .help = "leave out the controls that merlon brings"},              \
        {.name = "config", .letter = 'c', .arg = "FILE", .help = "settings (default merlon.yaml)"}
#define MRL_OPT_SANDBOX                                                                            \
    {.name = "sandbox",                                                                            \
     .help = "read the files in processes without files, network or new programs"}
#define MRL_OPT_JOBS                                                                               \
    {.name = "jobs", .letter = 'j', .arg = "N", .help = "threads (default: one a core, at most 8)"}
/* What images need: see images.h. */
#define MRL_OPTS_IMAGES                                                                            \
    {.name = "verify-images",                                                                      \
     .help = "ask registries for the signatures of the images that merlon.yaml has rules for"},    \
        MRL_IMAGES_OPTS, MRL_REGISTRY_OPTS
/* Reads --jobs and starts the threads; on failure the message is out and the exit code returned. */
int mrl_check_open(struct mrl_check *c, struct mrl_cli *cli);
/* Frees what is not in the run's arena: the policy and the threads. */
void mrl_check_release(struct mrl_check *c);
/* Loads policies and exceptions, reads the paths of the command line, judges, on an opened check.
 * Options policy, no-controls, jobs and config must be known to the command. c->files says what
 * went wrong. */
mrl_status mrl_check_run(struct mrl_check *c) MRL_NODISCARD;
/* The same in two steps: all but the judging, so that inputs can be left out; then
 * mrl_check_read_all and mrl_check_judge. */
mrl_status mrl_check_prepare(struct mrl_check *c) MRL_NODISCARD;
/* A check of other inputs by the policies, exceptions and threads of c, which stays their owner: do
 * not release it. Inputs are still to be added. */
mrl_status mrl_check_twin(const struct mrl_check *c, struct mrl_check *ret) MRL_NODISCARD;
/* Judges c->objects anew: the last step of mrl_check_run. */
mrl_status mrl_check_judge(struct mrl_check *c) MRL_NODISCARD;

/* Plans and makes the fixes of c's findings, and judges the changed texts: ret_after is the check
 * as it stands after them (it shares c's policy and arena; do not release it). A fix that does not
 * do away with its finding, or brings others, is given up. No file is touched. */
mrl_status mrl_check_fix(struct mrl_check *c, bool all, struct mrl_fixes *ret,
                         struct mrl_check *ret_after) MRL_NODISCARD;
/* Appends the fixes as one unified diff, which git apply and patch -p1 read. */
mrl_status mrl_check_diff(struct mrl_check *c, const struct mrl_fixes *f,
                          struct mrl_buf *b) MRL_NODISCARD;
/* Writes the changed files, each as a whole or not at all. One that changed on disk since it was
 * read is left alone. Returns the exit code; messages are out. */
int mrl_check_write_fixes(struct mrl_check *c, const struct mrl_fixes *f);
/* What was changed and what was left, and why, in lines for people. */
void mrl_check_fix_report(const struct mrl_check *c, const struct mrl_fixes *f, bool written,
                          struct mrl_screen *s);
const char *mrl_fix_state_name(enum mrl_fix_state s);

/* Today's date as YYYY-MM-DD; ptr NULL when memory ran out. */
mrl_str mrl_today(mrl_arena *a);

#define MRL_BASELINE_FILE MRL_S("merlon-baseline.json")
/* Accepts the debt of a baseline file whose date has not passed, and groups the rest anew. */
mrl_status mrl_baseline_apply(struct mrl_check *c, mrl_str file) MRL_NODISCARD;

/* Reads the exceptions of merlon.yaml's value; c->files.err says what is wrong. */
mrl_status mrl_check_exceptions(struct mrl_check *c, mrl_val config, mrl_str file) MRL_NODISCARD;
/* Marks the findings that exceptions accept, and counts them in the exceptions. */
void mrl_check_accept(struct mrl_check *c);

/* --- the gate, and the forms (check_gate.c, check_forms.c)
 * -------------------------------------------------------------------------------- */

struct mrl_gate { /* what the exit code is decided by */
    bool none;
    enum mrl_severity severity;
    int64_t max_unknown; /* -1: only files that could not be read count */
    double min_floor;
};

#define MRL_SEVERITIES "low|medium|high|critical"
#define MRL_OPTS_GATE                                                                              \
    {.name = "severity",                                                                           \
     .arg = "SEVERITY",                                                                            \
     .help = "leave out findings below it (the score counts them)",                                \
     .choices = MRL_SEVERITIES},                                                                   \
        {.name = "gate",                                                                           \
         .arg = "SEVERITY",                                                                        \
         .help = "findings of this severity or a higher one exit with 1 (default high)",           \
         .choices = "none|" MRL_SEVERITIES},                                                       \
        {.name = "fail-on",                                                                        \
         .arg = "SEVERITY",                                                                        \
         .help = "the same as --gate",                                                             \
         .choices = "none|" MRL_SEVERITIES},                                                       \
        {.name = "min-floor", .arg = "N", .help = "a floor below N (0 to 100) exits with 1"},      \
        {.name = "max-unknown",                                                                    \
         .arg = "N",                                                                               \
         .help =                                                                                   \
             "exit with 3 when more verdicts are unknown (default: only unreadable files count)"}, \
        {.name = "baseline",                                                                       \
         .letter = 'b',                                                                            \
         .arg = "FILE",                                                                            \
         .help = "accept the debt of a baseline, fail on new findings and on a lower floor"}

/* Reads the options of MRL_OPTS_GATE; a message is out when the exit code is not 0. */
int mrl_gate_read(struct mrl_cli *cli, struct mrl_gate *ret);
/* What merlon.yaml says holds where no flag does: gate, floor, unknowns; applies the baseline. */
mrl_status mrl_gate_settle(struct mrl_check *c, struct mrl_gate *g) MRL_NODISCARD;
/* 1 for findings at or over the gate or a floor that is too low, else 3 for more unknowns than
 * allowed, else 0. A base that could not be read is 3 before all: nobody knows what is new. */
int mrl_gate_verdict(const struct mrl_check *c, const struct mrl_gate *g);
/* --severity: findings below it are left out of every form. They stay in score and counts. */
mrl_status mrl_gate_leave_out(struct mrl_check *c) MRL_NODISCARD;

#define MRL_FORMS "human|json|sarif|junit|markdown|gl-code-quality"
#define MRL_OPTS_FORMS                                                                             \
    {.name = "format",                                                                             \
     .letter = 'f',                                                                                \
     .arg = "FORM",                                                                                \
     .help = "form of the answer on stdout",                                                       \
     .choices = MRL_FORMS},                                                                        \
        {.name = "output",                                                                         \
         .letter = 'o',                                                                            \
         .arg = "FORM=FILE",                                                                       \
         .help = "write the answer to a file, too",                                                \
         .many = true},                                                                            \
        {.name = "verbose",                                                                        \
         .letter = 'v',                                                                            \
         .help = "every finding, and the whole text of each control"},                             \
        {.name = "quiet", .letter = 'q', .help = "only the figures and what could not be judged"}

#define MRL_CHECK_OUT_MAX ((size_t)512 << 20) /* bytes of one form */
/* Writes the files of --output and the answer on stdout. Returns the exit code of the writing. */
int mrl_check_report(struct mrl_check *c);
/* Says on stderr that nothing was found to judge, if so. */
void mrl_check_warn_of_nothing(const struct mrl_check *c);

/* The forms of output; see docs/reference/cli.md. Only the one for people has colours. */
void mrl_check_human(const struct mrl_check *c, struct mrl_buf *b, bool color);
/* The JSON form: docs/reference/check.schema.json. */
void mrl_check_json(const struct mrl_check *c, struct mrl_buf *b, bool color);
/* The SARIF 2.1.0 form: a rule a control, a result a finding. */
void mrl_check_sarif(const struct mrl_check *c, struct mrl_buf *b, bool color);
/* The JUnit form: a test suite a control, a failure a finding. */
void mrl_check_junit(const struct mrl_check *c, struct mrl_buf *b, bool color);
/* The Markdown form: for comments on changes. */
void mrl_check_markdown(const struct mrl_check *c, struct mrl_buf *b, bool color);
/* GitLab's code quality report: all findings but those that somebody accepts; GitLab compares. */
void mrl_check_gl_code_quality(const struct mrl_check *c, struct mrl_buf *b, bool color);

#endif
