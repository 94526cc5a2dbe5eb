/* verify_run.c - see verify.h.
 *
 * gator makes a new client for every case: template and constraint are read and compiled again each
 * time. Here files are read once by path, templates are shared by the tests that name the same
 * file, and a case is one evaluation. Tests stay apart all the same: a constraint knows its own
 * template, not the one that happens to have its kind.
 */
#include "cli/verify.h"

#include "base/file.h"
#include "base/walk.h"
#include "cli/documents.h"
#include "engines/posture/posture.h"

#include <stdlib.h>
#include <time.h>

#define POINT MRL_S("gator.gatekeeper.sh") /* gator's point of enforcement: its suites are run */
#define FILE_BYTES_MAX ((size_t)64 << 20)

struct mrl_verify_document { /* a file, read once */
    mrl_str path, text;
    mrl_val *values; /* documents that are not empty */
    uint32_t n;
    uint32_t start;  /* of the first one, in the text */
    mrl_str problem; /* why it could not be read; empty: it was */
    struct mrl_gk_template *template;
};

struct planned { /* a test that will run */
    struct mrl_gk_constraint *constraint;
};

struct mrl_verify_suite {
    mrl_str path, folder;
    struct mrl_suite suite;
    struct planned *tests; /* by test */
};

static int64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Adds a line of the report, and counts it. */
static mrl_status row(struct mrl_verify *v, const struct mrl_verify_row *r) {
    MRL_TRY(MRL_VEC_ROOM(v->arena, v->rows, v->n_rows, v->cap_rows));
    v->rows[v->n_rows++] = *r;
    v->count[r->outcome]++;
    return MRL_OK;
}

/* --- files
 * ---------------------------------------------------------------------------------------- */

static bool is_yaml(mrl_str path) {
    return mrl_str_ends(path, MRL_S(".yaml")) || mrl_str_ends(path, MRL_S(".yml"));
}

/* Documents that say nothing are dropped; the rest is frozen, so that a VM may share it. */
static mrl_status read_text(struct mrl_verify *v, struct mrl_verify_document *d,
                            struct mrl_err *err) {
    struct mrl_documents docs;
    MRL_TRY(mrl_file_read(v->arena, d->path, FILE_BYTES_MAX, err, &d->text));
    MRL_TRY(mrl_documents_parse(v->arena, d->path, d->text, !is_yaml(d->path), err, &docs));
    d->values = MRL_ARENA_ARRAY(v->arena, mrl_val, (size_t)docs.n + 1);
    MRL_CHECK(d->values != NULL, MRL_E_NOMEM);
    for (uint32_t i = 0; i < docs.n; i++) {
        if (docs.items[i].value.tag == MRL_T_NULL)
            continue;
        MRL_TRY(mrl_val_freeze(v->arena, docs.items[i].value));
        d->start = d->n == 0 ? docs.items[i].start : d->start;
        d->values[d->n++] = docs.items[i].value;
    }
    return MRL_OK;
}

/* The document at a path, read at the first call. Its number stays valid, its address does not. */
static mrl_status document(struct mrl_verify *v, mrl_str path, uint32_t *ret) {
    mrl_val known = mrl_build_get(&v->documents, mrl_strval(path));
    struct mrl_err err;
    if (known.tag == MRL_T_INT) {
        *ret = (uint32_t)known.u.i;
        return MRL_OK;
    }
    struct mrl_verify_document d = {.path = mrl_arena_str(v->arena, path)};
    MRL_CHECK(d.path.ptr != NULL, MRL_E_NOMEM);
    mrl_err_init(&err);
    mrl_status status = read_text(v, &d, &err);
    MRL_CHECK(status != MRL_E_NOMEM, status);
    if (status != MRL_OK) {
        d.n = 0;
        d.problem = err.pos.line > 0 ? mrl_arena_printf(v->arena, "%.*s:%u:%u: %s", MRL_F(path),
                                                        err.pos.line, err.pos.col, err.text)
                                     : mrl_arena_str(v->arena, mrl_str_z(err.text));
        MRL_CHECK(d.problem.ptr != NULL, MRL_E_NOMEM);
    }
    MRL_TRY(MRL_VEC_ROOM(v->arena, v->docs, v->n_docs, v->cap_docs));
    v->docs[v->n_docs] = d;
    *ret = v->n_docs++;
    mrl_build_member(&v->documents, mrl_strval(d.path), mrl_int(*ret));
    return v->documents.status;
}

/* folder/name, with "." and ".." resolved by text: one file has one path, however it is named. */
static mrl_str joined(mrl_arena *a, mrl_str folder, mrl_str name) {
    mrl_str path = name;
    if (folder.len > 0 && !mrl_str_starts(name, MRL_S("/")))
        path = mrl_arena_printf(a, "%.*s/%.*s", MRL_F(folder), MRL_F(name));
    char *out = mrl_arena_alloc(a, path.len + 1, 1);
    size_t n = 0, floor = 0;
    if (out == NULL || path.ptr == NULL)
        return (mrl_str){NULL, 0};
    if (mrl_str_starts(path, MRL_S("/")))
        out[n++] = '/';
    floor = n;
    while (path.len > 0) {
        mrl_str part = mrl_str_cut(path, '/', &path);
        if (part.len == 0 || mrl_str_eq(part, MRL_S(".")))
            continue;
        if (mrl_str_eq(part, MRL_S("..")) && n > floor) {
            while (n > floor && out[n - 1] != '/')
                n--;
            n -= n > floor;
            continue;
        }
        if (n > 0 && out[n - 1] != '/')
            out[n++] = '/';
        memcpy(out + n, part.ptr, part.len);
        n += part.len;
        if (mrl_str_eq(part, MRL_S(".."))) /* above the start: cannot be resolved further */
            floor = n;
    }
    return (mrl_str){out, n};
}

/* --- suites
 * --------------------------------------------------------------------------------------- */

/* A suite that cannot be read is a failed row: it must not vanish from the count. */
static mrl_status add_suite(struct mrl_verify *v, mrl_str path, mrl_val value) {
    struct mrl_err err;
    MRL_TRY(MRL_VEC_ROOM(v->arena, v->suites, v->n_suites, v->cap_suites));
    struct mrl_verify_suite *s = &v->suites[v->n_suites++];
    *s = (struct mrl_verify_suite){0};
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    s->path = path;
    s->folder = mrl_str_sub(path, 0, slash == MRL_STR_NPOS ? 0 : slash > 0 ? slash : 1);
    mrl_err_init(&err);
    mrl_status status = mrl_suite_read(v->arena, value, &err, &s->suite);
    if (status == MRL_OK || status == MRL_E_NOMEM)
        return status;
    s->suite = (struct mrl_suite){0};
    mrl_str why = mrl_arena_str(v->arena, mrl_str_z(err.text));
    MRL_CHECK(why.ptr != NULL, MRL_E_NOMEM);
    return row(v, &(struct mrl_verify_row){.suite = path, .outcome = MRL_ROW_FAIL, .why = why});
}

/* Cheap look at a text: most files below a folder are templates and samples. What is named as a
 * suite is read in any case, so that a broken one is told and not passed over. */
static bool may_be_suite(mrl_str path, mrl_str text) {
    size_t slash = mrl_str_rfind(path, MRL_S("/"));
    mrl_str name = mrl_str_sub(path, slash == MRL_STR_NPOS ? 0 : slash + 1, path.len);
    if (mrl_str_eq(name, MRL_S("suite.yaml")) || mrl_str_eq(name, MRL_S("suite.yml")))
        return true;
    return mrl_str_find(text, MRL_S("test.gatekeeper.sh/"), 0) != MRL_STR_NPOS;
}

static mrl_status on_file(void *cx, mrl_str path) {
    struct mrl_verify *v = cx;
    struct mrl_arena_mark mark = mrl_arena_mark(v->arena);
    mrl_str text, clean = joined(v->arena, MRL_S(""), path);
    uint32_t at;
    MRL_CHECK(clean.ptr != NULL, MRL_E_NOMEM);
    if (!is_yaml(path))
        return MRL_OK;
    MRL_TRY(mrl_file_read(v->arena, path, FILE_BYTES_MAX, &v->err, &text));
    if (!may_be_suite(path, text)) {
        mrl_arena_rewind(v->arena, mark);
        return MRL_OK;
    }
    MRL_TRY(document(v, clean, &at));
    struct mrl_verify_document *d = &v->docs[at];
    if (d->problem.len > 0)
        return row(v, &(struct mrl_verify_row){
                          .suite = d->path, .outcome = MRL_ROW_FAIL, .why = d->problem});
    if (d->n > 0 && mrl_gk_role_of(d->values[0]) == MRL_GK_SUITE)
        return add_suite(v, d->path, d->values[0]);
    return MRL_OK;
}

/* A path that was named and cannot be read ends the run. */
static mrl_status on_problem(void *cx, const struct mrl_err *problem) {
    struct mrl_verify *v = cx;
    v->err = *problem;
    return problem->code;
}

mrl_status mrl_verify_init(struct mrl_verify *v, struct mrl_cli *cli, mrl_str filter) {
    *v = (struct mrl_verify){.cli = cli, .arena = cli->arena};
    mrl_err_init(&v->err);
    mrl_gk_set_init(&v->set, v->arena);
    mrl_builder_init(&v->documents, v->arena, MRL_T_OBJ, 64);
    return mrl_suite_filter_read(v->arena, filter, &v->err, &v->filter);
}

mrl_status mrl_verify_add(struct mrl_verify *v, mrl_str path) {
    struct mrl_walk_opts opts = {.no_ignore = true};
    if (mrl_str_ends(path, MRL_S("/...")))
        path.len -= path.len > 4 ? 4 : 3;
    else if (mrl_str_eq(path, MRL_S("...")))
        path = MRL_S(".");
    return mrl_walk(v->arena, path, &opts, on_file, on_problem, v, &v->err);
}

/* --- plans: templates and constraints
 * --------------------------------------------------------------- */

/* The first document of a file, which must be of the role wanted. */
static mrl_status first_of(struct mrl_verify *v, mrl_str folder, mrl_str name,
                           enum mrl_gk_role role, const char *what, uint32_t *ret,
                           mrl_str *ret_problem) {
    mrl_str path = joined(v->arena, folder, name);
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(document(v, path, ret));
    const struct mrl_verify_document *d = &v->docs[*ret];
    if (d->problem.len > 0)
        *ret_problem = d->problem;
    else if (d->n == 0 || mrl_gk_role_of(d->values[0]) != role)
        *ret_problem = mrl_arena_printf(v->arena, "%.*s holds no %s", MRL_F(path), what);
    return MRL_OK;
}

static struct mrl_gk_source source_of(const struct mrl_verify_document *d) {
    MRL_ASSERT(d->n > 0);
    return (struct mrl_gk_source){d->path, d->text, d->values[0], d->start};
}

/* Reads what a test needs. What is missing becomes the test's problem and is told in its row. */
static mrl_status plan_test(struct mrl_verify *v, struct mrl_verify_suite *s, uint32_t i) {
    MRL_ASSERT(i < s->suite.n_tests);
    struct mrl_suite_test *t = &s->suite.tests[i];
    uint32_t template, constraint;
    if (t->skip || t->problem.len > 0 || !mrl_suite_filter_test(&v->filter, v->arena, t))
        return MRL_OK;
    MRL_TRY(first_of(v, s->folder, t->template, MRL_GK_TEMPLATE, "ConstraintTemplate", &template,
                     &t->problem));
    if (t->problem.len > 0)
        return MRL_OK;
    MRL_TRY(first_of(v, s->folder, t->constraint, MRL_GK_CONSTRAINT, "Constraint", &constraint,
                     &t->problem));
    if (t->problem.len > 0)
        return MRL_OK;
    struct mrl_verify_document *d = &v->docs[template];
    struct mrl_gk_source src = source_of(d), its = source_of(&v->docs[constraint]);
    if (d->template == NULL) {
        MRL_TRY(mrl_gk_add_template(&v->set, &src, &d->template));
        v->both += d->template->has_rego && d->template->has_cel;
    }
    /* A constraint of another kind than its test's template has no template here. */
    bool fits = mrl_gk_is_of_kind(d->template, mrl_val_str(MRL_GET(its.value, "kind")));
    return mrl_gk_add_constraint(&v->set, &its, fits ? d->template : NULL, POINT,
                                 &s->tests[i].constraint);
}

/* All templates and constraints are read before the first case runs: one policy serves all. */
static mrl_status plan(struct mrl_verify *v) {
    for (uint32_t i = 0; i < v->n_suites; i++) {
        struct mrl_verify_suite *s = &v->suites[i];
        s->tests = MRL_ARENA_ARRAY(v->arena, struct planned, s->suite.n_tests + 1);
        MRL_CHECK(s->tests != NULL, MRL_E_NOMEM);
        for (uint32_t k = 0; !s->suite.skip && k < s->suite.n_tests; k++)
            MRL_TRY(plan_test(v, s, k));
    }
    return MRL_OK;
}

/* --- one case
 * ------------------------------------------------------------------------------------- */

struct running {
    struct mrl_verify *v;
    struct mrl_verify_suite *suite;
    const struct mrl_suite_test *test;
    const struct mrl_gk_constraint *constraint;
};

/* Adds the documents of a file to `all`, in order. */
static mrl_status gather(struct mrl_verify *v, mrl_str path, struct mrl_builder *all,
                         mrl_str *ret_problem) {
    uint32_t at;
    MRL_CHECK(path.ptr != NULL, MRL_E_NOMEM);
    MRL_TRY(document(v, path, &at));
    const struct mrl_verify_document *d = &v->docs[at];
    if (d->problem.len > 0)
        *ret_problem = d->problem;
    else if (d->n == 0)
        *ret_problem = mrl_arena_printf(v->arena, "%.*s holds no object", MRL_F(path));
    for (uint32_t i = 0; i < d->n; i++)
        mrl_build_item(all, d->values[i]);
    return all->status;
}

/* data.inventory of a case. Where an object stands is what its metadata says, as in gator. */
static mrl_status inventory_of(struct running *r, mrl_val objects, mrl_val *ret,
                               mrl_str *ret_problem) {
    struct mrl_objects all;
    struct mrl_text_file *source = MRL_ARENA_NEW(r->v->arena, struct mrl_text_file);
    MRL_CHECK(source != NULL, MRL_E_NOMEM);
    mrl_objects_init(&all, r->v->arena);
    all.as_written = true;
    for (uint32_t i = 0; i < objects.len; i++)
        MRL_TRY(mrl_objects_add(&all, source, objects.u.arr->items[i], 0, 0));
    if (all.not_objects > 0)
        *ret_problem = MRL_S("an object of the inventory has no apiVersion or no kind");
    return all.n > 0 ? mrl_objects_inventory(&all, ret) : MRL_OK;
}

/* The Namespace that the object lives in, when the inventory has it. */
static mrl_val namespace_of(mrl_val inventory, mrl_val object) {
    mrl_val all = MRL_GET(MRL_GET(MRL_GET(inventory, "cluster"), "v1"), "Namespace");
    mrl_str name = mrl_gk_review_namespace(object);
    return name.len > 0 ? mrl_obj_get_str(all, name) : mrl_undefined();
}

/* What the constraint sees: the object as it is, or the request of an AdmissionReview. */
static mrl_status review_of(struct running *r, mrl_val object, mrl_val inventory,
                            struct mrl_gk_review *ret, mrl_str *ret_problem) {
    struct mrl_err err;
    mrl_arena *a = mrl_vm_arena(r->v->vm);
    mrl_val ns = namespace_of(inventory, object);
    mrl_err_init(&err);
    if (mrl_val_str(MRL_GET(object, "kind")).len == 0) {
        *ret_problem = MRL_S("the object has no kind");
        return MRL_OK;
    }
    if (!mrl_gk_is_admission_review(object))
        return mrl_gk_review_object(a, object, ns, ret);
    mrl_status status = mrl_gk_review_request(a, object, ns, &err, ret);
    if (status != MRL_E_INVALID)
        return status;
    *ret_problem = mrl_arena_str(r->v->arena, mrl_str_z(err.text));
    return MRL_OK;
}

/* The results of a case; *ret_problem when it could not be run. */
static mrl_status run_review(struct running *r, const struct mrl_suite_case *c,
                             struct mrl_gk_results *results, mrl_str *ret_problem) {
    struct mrl_verify *v = r->v;
    mrl_val object = mrl_undefined(), others = mrl_undefined(), inventory = mrl_undefined();
    struct mrl_builder one, all;
    struct mrl_gk_review review;
    mrl_builder_init(&one, v->arena, MRL_T_ARR, 1);
    mrl_builder_init(&all, v->arena, MRL_T_ARR, c->inventory.n);
    MRL_TRY(gather(v, joined(v->arena, r->suite->folder, c->object), &one, ret_problem));
    for (uint32_t i = 0; i < c->inventory.n; i++)
        MRL_TRY(gather(v, joined(v->arena, r->suite->folder, c->inventory.items[i]), &all,
                       ret_problem));
    MRL_TRY(mrl_build_end(&one, &object));
    MRL_TRY(mrl_build_end(&all, &others));
    if (ret_problem->len == 0 && object.len != 1)
        *ret_problem = MRL_S("the file of the object must hold exactly one");
    if (ret_problem->len == 0)
        MRL_TRY(inventory_of(r, others, &inventory, ret_problem));
    if (ret_problem->len > 0)
        return MRL_OK;
    MRL_TRY(mrl_vm_overlay(v->vm, MRL_S("inventory"), inventory));
    MRL_TRY(mrl_vm_begin(v->vm, mrl_undefined()));
    MRL_TRY(review_of(r, object.u.arr->items[0], inventory, &review, ret_problem));
    return ret_problem->len > 0 ? MRL_OK : mrl_gk_judge(v->vm, r->constraint, &review, results);
}

static int by_text(const void *a, const void *b) {
    return mrl_str_cmp(*(const mrl_str *)a, *(const mrl_str *)b);
}

/* Messages are sorted, so that two runs, or two programs, can be compared. */
static mrl_status keep_messages(struct mrl_verify *v, const struct mrl_gk_results *results,
                                struct mrl_verify_row *ret) {
    ret->messages = MRL_ARENA_ARRAY(v->arena, mrl_str, results->n + 1);
    MRL_CHECK(ret->messages != NULL, MRL_E_NOMEM);
    ret->n_messages = results->n;
    for (uint32_t i = 0; i < results->n; i++)
        ret->messages[i] = results->items[i].msg;
    qsort(ret->messages, results->n, sizeof(mrl_str), by_text);
    return MRL_OK;
}

/* A pass that rests on an error is Gatekeeper's verdict, too, but the reader must know. */
static mrl_str note_of(mrl_arena *a, const struct mrl_gk_results *results) {
    for (uint32_t i = 0; i < results->n; i++)
        if (results->items[i].error)
            return mrl_arena_printf(a, "an error counted as a violation: %.*s",
                                    MRL_F(results->items[i].msg));
    return (mrl_str){NULL, 0};
}

/* Runs a case and holds its results against the assertions; the first that fails is told. */
static mrl_status judge_case(struct running *r, const struct mrl_suite_case *c,
                             struct mrl_verify_row *ret) {
    struct mrl_verify *v = r->v;
    struct mrl_gk_results results = {.arena = v->arena}; /* messages outlive the VM's arena */
    mrl_str problem = c->problem;
    bool holds = true;
    if (problem.len == 0)
        MRL_TRY(run_review(r, c, &results, &problem));
    MRL_TRY(keep_messages(v, &results, ret));
    ret->why = problem;
    ret->outcome = problem.len > 0 ? MRL_ROW_FAIL : MRL_ROW_PASS;
    for (uint32_t i = 0; problem.len == 0 && holds && i < c->n_assertions; i++) {
        MRL_TRY(mrl_assertion_holds(&c->assertions[i], &results, v->arena, &holds, &ret->why));
        ret->outcome = holds ? MRL_ROW_PASS : MRL_ROW_FAIL;
    }
    if (ret->outcome == MRL_ROW_PASS)
        ret->why = note_of(v->arena, &results);
    return MRL_OK;
}

/* Skipped cases have a row, too: a report shows what did not run. */
static mrl_status run_case(struct running *r, const struct mrl_suite_case *c) {
    struct mrl_verify_row out = {.suite = r->suite->path, .test = r->test, .one = c};
    int64_t start = now_ns();
    if (c->skip || !mrl_suite_filter_case(&r->v->filter, r->v->arena, r->test, c))
        out.outcome = MRL_ROW_SKIP;
    else
        MRL_TRY(judge_case(r, c, &out));
    out.ns = now_ns() - start;
    return row(r->v, &out);
}

/* --- one test
 * ------------------------------------------------------------------------------------- */

/* A fault with its place: file:line:col: text. */
static mrl_str placed(mrl_arena *a, struct mrl_pos pos, mrl_str problem) {
    if (pos.line == 0 || problem.len == 0)
        return problem;
    return mrl_arena_printf(a, "%.*s:%u:%u: %.*s", MRL_F(pos.file), pos.line, pos.col,
                            MRL_F(problem));
}

/* The row of a test that has no cases to run; false when they are to be run. */
static bool settled(const struct running *r, struct mrl_verify_row *ret) {
    const struct mrl_gk_constraint *c = r->constraint;
    const struct mrl_gk_template *t = c != NULL ? c->template : NULL;
    ret->outcome = MRL_ROW_FAIL;
    ret->why = r->test->problem;
    if (r->test->problem.len > 0)
        return true;
    if (c == NULL) {
        ret->outcome = MRL_ROW_SKIP;
        return true;
    }
    ret->why = t != NULL && t->fault != MRL_GK_SOUND ? placed(r->v->arena, t->pos, t->problem)
                                                     : placed(r->v->arena, c->pos, c->problem);
    if (t != NULL && t->fault == MRL_GK_CEL_ONLY)
        ret->outcome = MRL_ROW_CEL;
    else if ((t == NULL || t->fault == MRL_GK_SOUND) && r->test->invalid) {
        bool refused = c->fault == MRL_GK_BAD_SCHEMA;
        ret->outcome = refused ? MRL_ROW_PASS : MRL_ROW_FAIL;
        if (c->fault == MRL_GK_SOUND)
            ret->why = MRL_S("the constraint should have been refused by its schema");
    } else if (c->fault == MRL_GK_SOUND && t->fault == MRL_GK_SOUND) {
        return false;
    }
    return true;
}

/* A test that cannot run has one row, others one a case. */
static mrl_status run_test(struct mrl_verify *v, struct mrl_verify_suite *s, uint32_t i) {
    MRL_ASSERT(i < s->suite.n_tests && s->tests != NULL);
    struct running r = {v, s, &s->suite.tests[i], s->tests[i].constraint};
    struct mrl_verify_row out = {.suite = s->path, .test = r.test};
    if (r.test->skip || settled(&r, &out)) {
        out.outcome = r.test->skip ? MRL_ROW_SKIP : out.outcome;
        return row(v, &out);
    }
    for (uint32_t k = 0; k < r.test->n_cases; k++)
        MRL_TRY(run_case(&r, &r.test->cases[k]));
    return MRL_OK;
}

mrl_status mrl_verify_run(struct mrl_verify *v) {
    struct mrl_vm_opts opts = {.deadline_ms = 10000};
    MRL_TRY(plan(v));
    MRL_TRY(mrl_gk_compile(&v->set, false, &v->policy));
    MRL_TRY(mrl_vm_new(v->policy, &opts, &v->vm));
    for (uint32_t i = 0; i < v->n_suites; i++) {
        struct mrl_verify_suite *s = &v->suites[i];
        if (s->suite.skip)
            MRL_TRY(row(v, &(struct mrl_verify_row){.suite = s->path, .outcome = MRL_ROW_SKIP}));
        for (uint32_t k = 0; !s->suite.skip && k < s->suite.n_tests; k++)
            MRL_TRY(run_test(v, s, k));
    }
    return MRL_OK;
}

void mrl_verify_release(struct mrl_verify *v) {
    mrl_vm_free(v->vm);
    mrl_policy_free(v->policy);
}
