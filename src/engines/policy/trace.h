/* trace.h - what a policy that was compiled for debugging tells while it is evaluated.
 *
 * Idea: the compiler writes a TRACE instruction wherever something worth knowing happens, and the
 * VM hands it to one hook as an event. Explanations, profiles, coverage and test reports are all
 * readers of that one stream, so that they cannot disagree. A policy compiled without
 * mrl_policy_opts.debug has none of these instructions and pays nothing.
 *
 * The order of events is OPA's: an expression is evaluated, and fails when it has no solution;
 * after each solution the rest of the body runs, and then the expression is redone.
 */
#ifndef MRL_POLICY_TRACE_H
#define MRL_POLICY_TRACE_H

#include "engines/policy/rego/ast.h"

enum mrl_trace_op {
    MRL_TRACE_ENTER, /* a rule, or the body of a comprehension, `every` or `not`, begins */
    MRL_TRACE_EXIT,  /* it has a solution */
    MRL_TRACE_EVAL,  /* an expression is evaluated */
    MRL_TRACE_FAIL,  /* it has no solution; at->loc is the smallest part that has none */
    MRL_TRACE_REDO,  /* the next solution of an expression or rule is wanted */
    MRL_TRACE_NOTE,  /* trace(): note is the text */
    MRL_TRACE_CASE,  /* internal.test_case(): note is the array of names */
};

struct mrl_probe_name { /* something whose value is known where an event is told */
    mrl_str text;       /* a variable's name, or a part of the expression as written */
    uint32_t reg;       /* its value is regs[reg] of the event */
};

struct mrl_probe {                   /* a place that tells; made by the compiler, frozen */
    const struct mrl_module *module; /* file is empty for queries */
    struct mrl_rloc loc;             /* of the rule's head, the body, or the expression */
    const struct mrl_rule *rule;     /* the rule around it */
    const struct mrl_expr *expr;     /* EVAL, FAIL, REDO of expressions; NULL in a rule's head */
    bool of_rule;                    /* ENTER, EXIT, REDO of the rule itself */
    bool collects;                   /* ENTER, EXIT: the body of a comprehension */
    const struct mrl_probe_name *names;
    uint32_t n_names;
};

struct mrl_trace_event { /* valid during the call of the hook only */
    enum mrl_trace_op op;
    uint32_t depth; /* bodies around it; the query has 1 */
    const struct mrl_probe *at;
    const mrl_val *regs;
    mrl_val note;
};

/* Debug hooks; every member may be NULL. */
struct mrl_vm_hooks {
    /* print(): one finished line. Needs mrl_policy_opts.print. */
    void (*print)(void *cx, const struct mrl_module *m, struct mrl_rloc loc, mrl_str line);
    /* A step of the evaluation. Needs mrl_policy_opts.debug. */
    void (*trace)(void *cx, const struct mrl_trace_event *e);
};

/* The source text of an event: of the expression, or of its smallest part that failed. */
static inline mrl_str mrl_probe_text(const struct mrl_probe *p) {
    return mrl_str_sub(p->module->text, p->loc.start, p->loc.end);
}

#endif
