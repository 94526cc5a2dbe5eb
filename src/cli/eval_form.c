/* eval_form.c - results as OPA prints them; see eval_form.h.
 *
 * Scripts read these forms, so member names, their order and even the blanks are OPA's; what OPA
 * leaves out when it is empty is left out here. Numbers go through base/num.h, as printf would
 * round them.
 */
#include "cli/eval_form.h"

#include "base/num.h"
#include "base/utf8.h"
#include "cli/json_out.h"
#include "cli/table.h"
#include "engines/policy/diag.h"
#include "formats/json/json.h"

#include <stdio.h>

static const char *const timer_names[MRL_TIMERS] = {
    [MRL_TIME_LOAD] = "timer_rego_load_files_ns",
    [MRL_TIME_COMPILE] = "timer_rego_module_compile_ns",
    [MRL_TIME_EVAL] = "timer_rego_query_eval_ns",
};

/* In the order of their names. */
static const enum mrl_eval_timer by_name[] = {MRL_TIME_LOAD, MRL_TIME_COMPILE, MRL_TIME_EVAL};

/* One solution: {"bindings", "expressions"}. */
_Static_assert(MRL_COUNTOF(by_name) == MRL_TIMERS, "each timer is printed");
static mrl_val row_at(const struct mrl_eval_found *f, uint32_t i) {
    MRL_ASSERT(i < f->rows.len);
    return f->rows.u.arr->items[i];
}

/* {"file", "row", "col"}; file is left out where its pointer is NULL. */
static void place(struct mrl_jout *j, mrl_str file, uint32_t row, uint32_t col) {
    mrl_jout_open(j, '{');
    if (file.ptr != NULL) {
        mrl_jout_key(j, "file");
        mrl_jout_str(j, file);
    }
    mrl_jout_key(j, "row");
    mrl_jout_int(j, row);
    mrl_jout_key(j, "col");
    mrl_jout_int(j, col);
    mrl_jout_close(j, '}');
}

/* --- json: the result
 * ------------------------------------------------------------------------------ */

/* The column in characters: the text of an expression lies inside the text of the query. */
static uint32_t column(mrl_str text, struct mrl_rloc loc) {
    mrl_str before = {text.ptr - (loc.col - 1), loc.col - 1};
    return (uint32_t)mrl_utf8_count(before) + 1;
}

/* A solution with the text and place of each expression beside its value. */
static void json_row(const struct mrl_eval_found *f, struct mrl_jout *j, mrl_val row) {
    MRL_ASSERT(f->query != NULL);
    const mrl_str *texts;
    const struct mrl_rloc *places = mrl_query_places(f->query);
    mrl_val values = MRL_GET(row, "expressions"), bindings = MRL_GET(row, "bindings");
    mrl_query_expressions(f->query, &texts);
    mrl_jout_open(j, '{');
    mrl_jout_key(j, "expressions");
    mrl_jout_open(j, '[');
    for (uint32_t k = 0; k < values.len; k++) {
        mrl_jout_item(j);
        mrl_jout_open(j, '{');
        mrl_jout_key(j, "value");
        mrl_jout_val(j, values.u.arr->items[k]);
        mrl_jout_key(j, "text");
        mrl_jout_str(j, texts[k]);
        mrl_jout_key(j, "location");
        place(j, (mrl_str){NULL, 0}, places[k].line, column(texts[k], places[k]));
        mrl_jout_close(j, '}');
    }
    mrl_jout_close(j, ']');
    if (bindings.len > 0) {
        mrl_jout_key(j, "bindings");
        mrl_jout_val(j, bindings);
    }
    mrl_jout_close(j, '}');
}

static void json_result(const struct mrl_eval_found *f, struct mrl_jout *j) {
    if (f->rows.len == 0)
        return;
    mrl_jout_key(j, "result");
    mrl_jout_open(j, '[');
    for (uint32_t i = 0; i < f->rows.len; i++) {
        mrl_jout_item(j);
        json_row(f, j, row_at(f, i));
    }
    mrl_jout_close(j, ']');
}

static void json_error(struct mrl_jout *j, mrl_str message, const char *code,
                       const struct mrl_pos *pos) {
    mrl_jout_item(j);
    mrl_jout_open(j, '{');
    mrl_jout_key(j, "message");
    mrl_jout_str(j, message);
    if (code != NULL) {
        mrl_jout_key(j, "code");
        mrl_jout_str(j, mrl_str_z(code));
    }
    if (pos->line > 0) {
        mrl_jout_key(j, "location");
        place(j, pos->file.ptr != NULL ? pos->file : MRL_S(""), pos->line, pos->col);
    }
    mrl_jout_close(j, '}');
}

/* Errors of compiling or of evaluating: never both. */
static void json_errors(const struct mrl_eval_found *f, struct mrl_jout *j) {
    mrl_jout_key(j, "errors");
    mrl_jout_open(j, '[');
    for (uint32_t i = 0; f->diags != NULL && i < f->diags->n; i++) {
        const struct mrl_diag *d = &f->diags->items[i];
        json_error(j, d->message, d->code, &d->pos);
    }
    if (f->err != NULL)
        json_error(j, mrl_str_z(f->err->text), f->err->id, &f->err->pos);
    mrl_jout_close(j, ']');
}

/* --- json: what was observed
 * ----------------------------------------------------------------------- */

static void json_metrics(const struct mrl_eval_found *f, struct mrl_jout *j) {
    mrl_jout_key(j, "metrics");
    mrl_jout_open(j, '{');
    for (size_t i = 0; i < MRL_COUNTOF(by_name); i++) {
        if (f->timers[by_name[i]] == 0)
            continue;
        mrl_jout_key(j, timer_names[by_name[i]]);
        mrl_jout_int(j, f->timers[by_name[i]]);
    }
    mrl_jout_close(j, '}');
}

/* The record in the mode that --explain names; `why` is ours, the others are OPA's. */
static void explanation(const struct mrl_eval_found *f, struct mrl_buf *out) {
    static const struct {
        mrl_str name;
        enum mrl_explain mode;
    } modes[] = {{MRL_S_INIT("full"), MRL_EXPLAIN_FULL},
                 {MRL_S_INIT("notes"), MRL_EXPLAIN_NOTES},
                 {MRL_S_INIT("fails"), MRL_EXPLAIN_FAILS},
                 {MRL_S_INIT("debug"), MRL_EXPLAIN_DEBUG}};
    if (mrl_str_eq(f->explain, MRL_S("why")) && mrl_why_print(f->record, 0, out) == 0)
        MRL_BUF_LIT(out, "nothing failed\n");
    for (size_t i = 0; i < MRL_COUNTOF(modes); i++)
        if (mrl_str_eq(f->explain, modes[i].name))
            mrl_explain_print(f->record, modes[i].mode, 0, out);
}

/* The lines of the explanation as an array of strings. */
static void json_explanation(const struct mrl_eval_found *f, struct mrl_jout *j) {
    struct mrl_buf text;
    mrl_buf_init(&text, j->b->max);
    explanation(f, &text);
    mrl_jout_key(j, "explanation");
    mrl_jout_open(j, '[');
    mrl_str rest = mrl_buf_str(&text);
    while (rest.len > 0) {
        mrl_str line = mrl_str_cut(rest, '\n', &rest);
        mrl_jout_item(j);
        mrl_jout_str(j, line);
    }
    mrl_jout_close(j, ']');
    if (text.status != MRL_OK)
        j->b->status = text.status;
    mrl_buf_release(&text);
}

static uint32_t profile_lines(const struct mrl_eval_found *f) {
    return f->profile_limit > 0 && f->profile_limit < f->profile->n ? f->profile_limit
                                                                    : f->profile->n;
}

static void json_profile(const struct mrl_eval_found *f, struct mrl_jout *j) {
    mrl_jout_key(j, "profile");
    mrl_jout_open(j, '[');
    for (uint32_t i = 0; i < profile_lines(f); i++) {
        const struct mrl_profile_line *l = &f->profile->lines[i];
        mrl_str file = l->module->file;
        mrl_jout_item(j);
        mrl_jout_open(j, '{');
        mrl_jout_key(j, "total_time_ns");
        mrl_jout_int(j, l->ns);
        mrl_jout_key(j, "num_eval");
        mrl_jout_int(j, (int64_t)l->evals);
        mrl_jout_key(j, "num_redo");
        mrl_jout_int(j, (int64_t)l->redos);
        mrl_jout_key(j, "num_gen_expr");
        mrl_jout_int(j, l->exprs);
        mrl_jout_key(j, "location");
        place(j, file.ptr != NULL ? file : MRL_S(""), l->loc.line, l->loc.col);
        mrl_jout_close(j, '}');
    }
    mrl_jout_close(j, ']');
}

static void json_ranges(struct mrl_jout *j, const char *name, const struct mrl_cover_range *r,
                        uint32_t n) {
    if (n == 0)
        return;
    mrl_jout_key(j, name);
    mrl_jout_open(j, '[');
    for (uint32_t i = 0; i < n; i++) {
        mrl_jout_item(j);
        mrl_jout_open(j, '{');
        mrl_jout_key(j, "start");
        place(j, (mrl_str){NULL, 0}, r[i].row, r[i].col);
        mrl_jout_key(j, "end");
        place(j, (mrl_str){NULL, 0}, r[i].end_row, r[i].end_col);
        mrl_jout_close(j, '}');
    }
    mrl_jout_close(j, ']');
}

/* A percentage as Go prints a float64. */
static void percent(struct mrl_jout *j, double v) {
    mrl_val number = mrl_undefined();
    mrl_status status = mrl_num_of_double(j->scratch, v, &number);
    if (status == MRL_OK)
        mrl_jout_val(j, number);
    else
        j->b->status = status;
}

/* A member for a number; zero is left out, as Go's omitempty does. */
static void count(struct mrl_jout *j, const char *name, uint32_t n) {
    if (n == 0)
        return;
    mrl_jout_key(j, name);
    mrl_jout_int(j, n);
}

void mrl_coverage_json(struct mrl_jout *j, const struct mrl_cover_report *r) {
    mrl_jout_open(j, '{');
    mrl_jout_key(j, "files");
    mrl_jout_open(j, '{');
    for (uint32_t i = 0; i < r->n; i++) {
        const struct mrl_cover_file *f = &r->files[i];
        mrl_jout_name(j, f->module->file);
        mrl_jout_open(j, '{');
        json_ranges(j, "covered", f->covered, f->n_covered);
        json_ranges(j, "not_covered", f->missed, f->n_missed);
        count(j, "covered_lines", f->covered_lines);
        count(j, "not_covered_lines", f->missed_lines);
        if (f->percent > 0) {
            mrl_jout_key(j, "coverage");
            percent(j, f->percent);
        }
        mrl_jout_close(j, '}');
    }
    mrl_jout_close(j, '}');
    mrl_jout_key(j, "covered_lines");
    mrl_jout_int(j, r->covered_lines);
    mrl_jout_key(j, "not_covered_lines");
    mrl_jout_int(j, r->missed_lines);
    mrl_jout_key(j, "coverage");
    percent(j, r->percent);
    mrl_jout_close(j, '}');
}

/* What was asked for beside the result: metrics, explanation, profile, coverage. */
static void json_observed(const struct mrl_eval_found *f, struct mrl_jout *j) {
    if (f->timers != NULL)
        json_metrics(f, j);
    if (f->record != NULL && f->record->n > 0)
        json_explanation(f, j);
    if (f->profile != NULL && f->profile->n > 0)
        json_profile(f, j);
    if (f->coverage != NULL) {
        mrl_jout_key(j, "coverage");
        mrl_coverage_json(j, f->coverage);
    }
}

static void json(const struct mrl_eval_found *f, struct mrl_buf *out) {
    struct mrl_jout j = {.b = out, .scratch = f->arena};
    mrl_jout_open(&j, '{');
    if (f->err != NULL || f->diags != NULL)
        json_errors(f, &j);
    else
        json_result(f, &j);
    json_observed(f, &j);
    mrl_jout_close(&j, '}');
    mrl_buf_byte(out, '\n');
}

static void write_indented(const struct mrl_eval_found *f, mrl_val v, struct mrl_buf *out) {
    mrl_json_write(out, f->arena, v, &(struct mrl_json_style){.indent = 2, .escape_html = true});
    mrl_buf_byte(out, '\n');
}

/* The JSON form with "discarded" in the place of the result; its members come sorted, as in OPA,
 * which reads its own text back for this form. */
static void discard(const struct mrl_eval_found *f, struct mrl_buf *out) {
    struct mrl_buf text;
    struct mrl_builder all;
    mrl_val v = mrl_undefined(), kept = mrl_undefined();
    mrl_buf_init(&text, out->max);
    json(f, &text);
    mrl_status status = mrl_json_parse(f->arena, mrl_buf_str(&text), NULL, NULL, &v);
    mrl_builder_init(&all, f->arena, MRL_T_OBJ, 8);
    for (uint32_t i = 0; status == MRL_OK && i < v.len; i++) {
        mrl_val key = v.u.obj->m[i].key;
        bool result = mrl_str_eq(mrl_val_str(key), MRL_S("result"));
        mrl_build_member(&all, key, result ? MRL_V("discarded") : v.u.obj->m[i].val);
    }
    if (status == MRL_OK)
        status = mrl_build_end(&all, &kept);
    if (status == MRL_OK)
        write_indented(f, kept, out);
    else
        out->status = status;
    mrl_buf_release(&text);
}

/* --- pretty
 * --------------------------------------------------------------------------------------- */

static bool all_booleans(mrl_val values) {
    for (uint32_t i = 0; i < values.len; i++)
        if (values.u.arr->items[i].tag != MRL_T_BOOL)
            return false;
    return true;
}

/* A value as one cell, cut to the width that --pretty-limit gives. */
static void add_cell(const struct mrl_eval_found *f, struct mrl_table *t, mrl_val v) {
    struct mrl_buf b;
    mrl_buf_init(&b, (size_t)1 << 30);
    mrl_json_write(&b, f->arena, v, &(struct mrl_json_style){.escape_html = true});
    mrl_str text = mrl_buf_str(&b);
    bool cut = f->cell_max > 0 && text.len > f->cell_max;
    mrl_table_add(t, mrl_arena_printf(f->arena, "%.*s%s", (int)(cut ? f->cell_max : text.len),
                                      text.ptr, cut ? "..." : ""));
    mrl_buf_release(&b);
}

/* One column for each binding, sorted, and for each expression that says more than true. */
static void pretty_table(const struct mrl_eval_found *f, struct mrl_buf *out) {
    struct mrl_table t;
    const mrl_str *texts;
    mrl_status status = MRL_OK;
    mrl_val first = row_at(f, 0), values = MRL_GET(first, "expressions");
    mrl_val bindings = MRL_GET(first, "bindings");
    const uint32_t *order = mrl_val_order(f->arena, bindings, &status);
    bool *shown = MRL_ARENA_ARRAY(f->arena, bool, values.len + 1);
    if (status != MRL_OK || shown == NULL) {
        out->status = MRL_E_NOMEM;
        return;
    }
    uint32_t columns = bindings.len;
    for (uint32_t k = 0; k < values.len; k++) {
        shown[k] = bindings.len == 0 || values.u.arr->items[k].tag != MRL_T_BOOL;
        columns += shown[k];
    }
    mrl_query_expressions(f->query, &texts);
    mrl_table_init(&t, f->arena, columns);
    /* Expressions have no name and stand before the bindings, as in OPA. */
    for (uint32_t k = 0; k < values.len; k++)
        if (shown[k])
            mrl_table_add(&t, texts[k]);
    for (uint32_t k = 0; k < bindings.len; k++)
        mrl_table_add(&t, mrl_val_str(bindings.u.obj->m[order != NULL ? order[k] : k].key));
    for (uint32_t i = 0; i < f->rows.len; i++) {
        mrl_val row = row_at(f, i), of = MRL_GET(row, "bindings");
        for (uint32_t k = 0; k < values.len; k++)
            if (shown[k])
                add_cell(f, &t, mrl_arr_at(MRL_GET(row, "expressions"), k));
        for (uint32_t k = 0; k < bindings.len; k++)
            add_cell(f, &t, mrl_obj_get(of, bindings.u.obj->m[order != NULL ? order[k] : k].key));
    }
    mrl_table_print(&t, true, out);
}

/* A single value stands alone; anything else is a table. */
static void pretty_result(const struct mrl_eval_found *f, struct mrl_buf *out) {
    if (f->rows.len == 0) {
        MRL_BUF_LIT(out, "undefined\n");
        return;
    }
    mrl_val row = row_at(f, 0), values = MRL_GET(row, "expressions");
    if (f->rows.len == 1 && MRL_GET(row, "bindings").len == 0 &&
        (values.len == 1 || all_booleans(values)))
        write_indented(f, mrl_arr_at(values, 0), out);
    else
        pretty_table(f, out);
}

/* A duration as Go prints it. */
static mrl_str duration(mrl_arena *a, int64_t ns) {
    static const struct {
        int64_t ns;
        const char *unit;
    } units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "µs"}};
    for (size_t i = 0; i < MRL_COUNTOF(units); i++) {
        if (ns < units[i].ns)
            continue;
        char digits[40];
        int n = snprintf(digits, sizeof digits, "%.9f", (double)ns / (double)units[i].ns);
        int decimals = units[i].ns == 1000 ? 3 : units[i].ns == 1000000 ? 6 : 9;
        n -= 9 - decimals;
        while (digits[n - 1] == '0')
            n--;
        n -= digits[n - 1] == '.';
        return mrl_arena_printf(a, "%.*s%s", n, digits, units[i].unit);
    }
    return mrl_arena_printf(a, "%lldns", (long long)ns);
}

static void pretty_profile(const struct mrl_eval_found *f, struct mrl_buf *out) {
    static const char *const heads[] = {"Time", "Num Eval", "Num Redo", "Num Gen Expr", "Location"};
    struct mrl_table t;
    mrl_table_init(&t, f->arena, MRL_COUNTOF(heads));
    for (size_t i = 0; i < MRL_COUNTOF(heads); i++)
        mrl_table_add(&t, mrl_str_z(heads[i]));
    for (uint32_t i = 0; i < profile_lines(f); i++) {
        const struct mrl_profile_line *l = &f->profile->lines[i];
        mrl_str file = l->module->file;
        mrl_table_add(&t, duration(f->arena, l->ns));
        mrl_table_add(&t, mrl_arena_printf(f->arena, "%llu", (unsigned long long)l->evals));
        mrl_table_add(&t, mrl_arena_printf(f->arena, "%llu", (unsigned long long)l->redos));
        mrl_table_add(&t, mrl_arena_printf(f->arena, "%u", l->exprs));
        mrl_table_add(&t, file.len > 0
                              ? mrl_arena_printf(f->arena, "%.*s:%u", MRL_F(file), l->loc.line)
                              : mrl_str_sub(l->module->text, l->loc.start, l->loc.end));
    }
    mrl_table_print(&t, true, out);
}

static void pretty_metrics(const struct mrl_eval_found *f, struct mrl_buf *out) {
    struct mrl_table t;
    mrl_table_init(&t, f->arena, 2);
    mrl_table_add(&t, MRL_S("Metric"));
    mrl_table_add(&t, MRL_S("Value"));
    for (size_t i = 0; i < MRL_COUNTOF(by_name); i++) {
        if (f->timers[by_name[i]] == 0)
            continue;
        mrl_table_add(&t, mrl_str_z(timer_names[by_name[i]]));
        mrl_table_add(&t, mrl_arena_printf(f->arena, "%lld", (long long)f->timers[by_name[i]]));
    }
    mrl_table_print(&t, true, out);
}

static void pretty(const struct mrl_eval_found *f, struct mrl_buf *out) {
    if (f->record != NULL)
        explanation(f, out);
    if (f->err == NULL && f->diags == NULL)
        pretty_result(f, out);
    if (f->timers != NULL)
        pretty_metrics(f, out);
    if (f->profile != NULL && f->profile->n > 0)
        pretty_profile(f, out);
    if (f->coverage == NULL)
        return;
    struct mrl_table t;
    mrl_table_init(&t, f->arena, 2);
    mrl_table_add(&t, MRL_S("Overall Coverage"));
    mrl_table_add(&t, mrl_arena_printf(f->arena, "%.02f", f->coverage->percent));
    mrl_table_print(&t, false, out);
}

/* --- values, bindings, raw
 * ------------------------------------------------------------------------- */

/* The named part of each row. */
static void parts(const struct mrl_eval_found *f, const char *part, struct mrl_buf *out) {
    for (uint32_t i = 0; i < f->rows.len; i++)
        write_indented(f, mrl_obj_get_str(row_at(f, i), mrl_str_z(part)), out);
}

/* One line a row: the values, strings without quotes. */
static void raw(const struct mrl_eval_found *f, struct mrl_buf *out) {
    for (uint32_t i = 0; i < f->rows.len; i++) {
        mrl_val values = MRL_GET(row_at(f, i), "expressions");
        for (uint32_t k = 0; k < values.len; k++) {
            mrl_val v = values.u.arr->items[k];
            mrl_buf_add(out, k > 0 ? MRL_S(" ") : MRL_S(""));
            if (mrl_is_str(v))
                mrl_buf_add(out, mrl_val_str(v));
            else
                mrl_json_write(out, f->arena, v, &(struct mrl_json_style){.escape_html = true});
        }
        mrl_buf_byte(out, '\n');
    }
}

void mrl_eval_print(const struct mrl_eval_found *f, mrl_str form, struct mrl_buf *out) {
    bool failed = f->err != NULL || f->diags != NULL;
    if (mrl_str_eq(form, MRL_S("json")))
        json(f, out);
    else if (mrl_str_eq(form, MRL_S("discard")))
        discard(f, out);
    else if (mrl_str_eq(form, MRL_S("pretty")))
        pretty(f, out);
    else if (failed)
        return; /* the message on stderr says it all */
    else if (mrl_str_eq(form, MRL_S("raw")))
        raw(f, out);
    else
        parts(f, mrl_str_eq(form, MRL_S("values")) ? "expressions" : "bindings", out);
}
