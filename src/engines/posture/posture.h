/* posture.h - judges a tree of Kubernetes objects by controls: verdicts, findings, score.
 *
 * Idea: objects come in with their source text, controls are Rego packages of a compiled policy,
 * and every control meets every object of the kinds that it names. The four verdicts are kept
 * apart: what could not be judged is `unknown` with its reason, never a pass. Pure computation: no
 * files, no clock. Memory is the caller's arena; objects and policy are shared by threads once
 * frozen.
 */
#ifndef MRL_POSTURE_POSTURE_H
#define MRL_POSTURE_POSTURE_H

#include "base/pool.h"
#include "engines/gatekeeper/gatekeeper.h"
#include "engines/policy/policy.h"

/* --- objects
 * -------------------------------------------------------------------------------------- */

struct mrl_text_file { /* a file that was read; borrowed by all that comes from it */
    mrl_str path;      /* as the user named it */
    mrl_str text;
    bool json;
    const uint32_t *lines; /* offset at which each line begins; see mrl_text_file_index */
    uint32_t n_lines;
};

/* Notes where the lines of s->text begin, so that places are found by halving: a file with
 * thousands of findings would else be counted through for each. Without it places are still right.
 */
mrl_status mrl_text_file_index(mrl_arena *a, struct mrl_text_file *s) MRL_NODISCARD;
/* Line and column (bytes, from 1) of an offset. Cost: logarithmic with an index, else linear. */
struct mrl_pos mrl_text_file_place(const struct mrl_text_file *s, uint32_t offset);

struct mrl_object {
    mrl_val value; /* has spans */
    const struct mrl_text_file *source;
    uint32_t start, end; /* its stretch of source->text */
    mrl_str api_version, kind, ns, name;
    mrl_str place; /* its namespace in the inventory; empty: cluster */
    mrl_str id; /* object:<apiVersion>/<kind>/<namespace>/<name>, document:<path>, image:<name> */
    bool document;      /* no Kubernetes object: its kind is one of document.h */
    mrl_val evidence;   /* facts about it, frozen, as input.evidence; undefined: none are asked */
    mrl_val parameters; /* what its own policy asks for, as input.parameters; undefined: none */
};

struct mrl_objects {
    mrl_arena *arena;
    struct mrl_object *items;
    uint32_t n, cap;
    uint32_t not_objects; /* documents without apiVersion and kind */
    mrl_val inventory;    /* set by mrl_objects_inventory */
    bool as_written;      /* what names no namespace has none: set it before adding */
};

#define MRL_OBJECTS_MAX 1000000 /* objects of one run */

/* Prepares an empty list; everything lives in `arena`. */
void mrl_objects_init(struct mrl_objects *o, mrl_arena *arena);
/* Adds a document found at [start, end) of its source; the items of a List one by one. Documents
 * that are neither Kubernetes objects nor of a kind of document.h are only counted. */
mrl_status mrl_objects_add(struct mrl_objects *o, const struct mrl_text_file *source, mrl_val doc,
                           uint32_t start, uint32_t end) MRL_NODISCARD;
/* Adds a document of a kind of document.h. */
mrl_status mrl_objects_add_document(struct mrl_objects *o, const struct mrl_text_file *source,
                                    mrl_str kind, mrl_val doc, uint32_t start,
                                    uint32_t end) MRL_NODISCARD;
/* All objects as Gatekeeper's data.inventory: {"namespace": {ns: {apiVersion: {kind: {name: …}}}},
 * "cluster": {apiVersion: {kind: {name: …}}}}. Objects without a namespace stand under "default"
 * unless their kind is cluster-scoped, or o->as_written. The result is frozen, and kept in
 * o->inventory. */
mrl_status mrl_objects_inventory(struct mrl_objects *o, mrl_val *ret) MRL_NODISCARD;
/* True when objects of that kind live outside of namespaces (the built-in kinds of Kubernetes). */
bool mrl_kind_is_cluster_scoped(mrl_str kind);

/* --- controls
 * ------------------------------------------------------------------------------------- */

enum mrl_severity { MRL_SEV_LOW, MRL_SEV_MEDIUM, MRL_SEV_HIGH, MRL_SEV_CRITICAL };

enum mrl_dialect {
    MRL_DIALECT_MERLON,     /* input.object, rules violation, unknown, not_applicable */
    MRL_DIALECT_CONFTEST,   /* input is the document; rules deny, warn, violation */
    MRL_DIALECT_GATEKEEPER, /* a Constraint: input.review and input.parameters */
};

struct mrl_control {
    mrl_str id, title, why, remediation, category;
    enum mrl_severity severity;
    enum mrl_dialect dialect;
    mrl_val kinds;    /* array of strings; undefined: every kind */
    mrl_val mappings; /* object: framework to list of ids */
    int64_t exposes;  /* 0..10: how much a violation opens */
    mrl_str file;     /* module that defines it */
    struct mrl_query *query;
    const struct mrl_gk_constraint *constraint; /* of the Gatekeeper dialect */
    bool advisory; /* reported, but neither in the score nor at the gate */
};

struct mrl_controls {
    struct mrl_control *items;
    uint32_t n;
};

/* The controls of a policy: packages below data.merlon.controls with package metadata, and packages
 * with deny, warn or violation rules. A control without id or title is reported in diags. */
mrl_status mrl_controls_find(struct mrl_policy *p, mrl_arena *a, struct mrl_diags *diags,
                             struct mrl_controls *ret) MRL_NODISCARD;
/* Appends a control for every constraint of a bound set: deny is high, warn is medium, dryrun is
 * low and advisory. Constraints at fault are among them; their verdicts are unknown. */
mrl_status mrl_controls_add_constraints(struct mrl_controls *c, mrl_arena *a,
                                        const struct mrl_gk_set *set) MRL_NODISCARD;
/* "low", "medium", "high", "critical". */
const char *mrl_severity_name(enum mrl_severity s);
/* Weight of one verdict in the score. */
uint32_t mrl_severity_weight(enum mrl_severity s);

/* --- judging
 * -------------------------------------------------------------------------------------- */

enum mrl_verdict { MRL_PASS, MRL_FAIL, MRL_NOT_APPLICABLE, MRL_UNKNOWN };
/* "pass", "fail", "not-applicable", "unknown". */
const char *mrl_verdict_name(enum mrl_verdict v);

struct mrl_finding { /* one violation, or one reason why a verdict is unknown */
    const struct mrl_control *control;
    const struct mrl_object *object; /* NULL: about a file, see `source` */
    const struct mrl_text_file *source;
    enum mrl_verdict verdict; /* MRL_FAIL or MRL_UNKNOWN */
    mrl_str message;
    mrl_val path;  /* array of keys into the object; undefined: the whole object */
    mrl_val value; /* what was found there, or undefined */
    mrl_val fix;   /* {"op", "path", "value", "safe"}, or undefined; see fix.h */
    mrl_str cause; /* what has one root has the same; "kind:details", never empty */
    struct mrl_pos pos;
    uint32_t end;        /* offset behind the place in the source */
    mrl_str fingerprint; /* stable over runs and line moves: control, object, path */
    uint8_t accepted;    /* enum mrl_acceptance */
    bool old;            /* it stands at the base, too; see cli/ci.h */
    mrl_str accepted_why;
};

enum mrl_acceptance {
    MRL_NOT_ACCEPTED,
    MRL_ACCEPTED_EXCEPTION,
    MRL_ACCEPTED_BASELINE,
    MRL_ACCEPTED_BASE, /* old debt: it stands at the base revision */
};

struct mrl_verdict_row { /* control x object */
    uint32_t control, object;
    enum mrl_verdict verdict;
};

struct mrl_tally {
    uint64_t count[4];  /* by enum mrl_verdict */
    uint64_t weight[4]; /* severity weights */
};

struct mrl_posture {
    struct mrl_finding *findings; /* in order of object, control */
    uint32_t n_findings, cap_findings;
    struct mrl_tally all;
    struct mrl_tally *by_control;
    mrl_arena *arena;
};

/* Judges objects [from, to) with all controls; findings and tallies are appended to `ret` (zeroed,
 * with its arena, before the first call). VM and posture belong to the calling thread. */
mrl_status mrl_judge(struct mrl_vm *vm, const struct mrl_controls *controls,
                     const struct mrl_objects *objects, uint32_t from, uint32_t to,
                     struct mrl_posture *ret) MRL_NODISCARD;

struct mrl_judge_job { /* everything that judging reads: frozen, shared by the threads */
    struct mrl_policy *policy;
    const struct mrl_controls *controls;
    const struct mrl_objects *objects;
    mrl_val inventory; /* data.inventory, see mrl_objects_inventory */
    const struct mrl_vm_opts
        *vm;             /* of each thread's VM; set now_ns, or objects see several times */
    atomic_size_t *done; /* counts the objects judged, for whoever watches; may be NULL */
};
/* Judges all objects on the threads of a pool, each with a VM of its own, into `ret` (zeroed, with
 * its arena, which takes over what the threads found). Findings stand in order of object and
 * control, the same for any number of threads. */
mrl_status mrl_judge_all(struct mrl_pool *pool, const struct mrl_judge_job *job,
                         struct mrl_posture *ret, struct mrl_err *err) MRL_NODISCARD;

/* --- score (version 1, ADR 0007)
 * ------------------------------------------------------------------- */

struct mrl_score {
    bool known;      /* false: nothing could be judged; the figures are 0 */
    double score;    /* 0..100: weight passed / weight of known verdicts */
    double coverage; /* 0..100: known / applicable verdicts */
    double floor;    /* 0..100: as score, with unknown counted as failed */
};
/* The three figures of a tally. Nothing judged: known is false, the figures are 0. */
struct mrl_score mrl_score_of(const struct mrl_tally *t);

/* --- groups by root cause
 * ------------------------------------------------------------------------- */

/* What people fix in one go: one control and one kind of cause ("host-path", "image"), however many
 * hosts' paths or images that are. Findings of one cause stand together. */
struct mrl_group {
    const struct mrl_control *control;
    mrl_str kind; /* of the cause: what stands before its colon */
    const struct mrl_finding **findings;
    uint32_t n, n_causes;
    uint64_t rank; /* what fixing it wins: exposure, severity, count */
};
/* Groups the failed findings that are not accepted, best first. */
mrl_status mrl_posture_groups(const struct mrl_posture *p, mrl_arena *a, struct mrl_group **ret,
                              size_t *ret_n) MRL_NODISCARD;

/* The place of `path` in an object's source: the deepest part that exists. Writes offset, line,
 * column and end offset. */
void mrl_object_locate(const struct mrl_object *o, mrl_val path, struct mrl_pos *ret_pos,
                       uint32_t *ret_end);

#endif
