/* say.c - builtins that tell the host something and change nothing: internal.print, trace,
 * internal.test_case. Without a host that hears they only check their operands. */
#include "engines/policy/builtins/builtins.h"

#include "base/buf.h"
#include "engines/policy/value_text.h"

#define LINE_MAX_BYTES ((size_t)1 << 20)

/* trace: adds a note to the explanation. */
mrl_status mrl_bi_trace(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_str note;
    MRL_TRY(mrl_bi_str(cx, args, 1, &note));
    if (cx->hear != NULL)
        cx->hear(cx->host, MRL_SAY_NOTE, args[0]);
    *ret = mrl_bool(true);
    return MRL_OK;
}

/* internal.test_case: names the case of a test that is evaluated now; made by the compiler. */
mrl_status mrl_bi_internal_test_case(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val names = mrl_undefined();
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &names));
    if (cx->hear != NULL)
        cx->hear(cx->host, MRL_SAY_CASE, names);
    *ret = mrl_bool(true);
    return MRL_OK;
}

/* --- print
 * --------------------------------------------------------------------------------------- */

/* What one operand adds to a line: item `at` of its set, in order. */
static mrl_status add_operand(struct mrl_bi *cx, struct mrl_buf *line, mrl_val operand,
                              uint32_t at) {
    MRL_DASSERT(!mrl_is_set(operand) || operand.len == 0 || at < operand.len);
    mrl_status status = MRL_OK;
    mrl_val v = operand;
    if (mrl_is_set(operand) && operand.len == 0) {
        mrl_buf_add(line, MRL_S("<undefined>"));
        return MRL_OK;
    }
    if (mrl_is_set(operand)) {
        const uint32_t *order = operand.len > 1 ? mrl_val_order(cx->arena, operand, &status) : NULL;
        MRL_TRY(status);
        v = operand.u.arr->items[order != NULL ? order[at] : at];
    }
    if (mrl_is_str(v))
        mrl_buf_add(line, mrl_val_str(v));
    else
        mrl_value_text(line, cx->arena, v);
    return line->status;
}

/* One line of print: at[i] picks the value of operand i. */
static mrl_status say_line(struct mrl_bi *cx, mrl_val operands, const uint32_t *at) {
    MRL_DASSERT(cx->hear != NULL);
    struct mrl_buf line;
    mrl_status status = MRL_OK;
    mrl_buf_init(&line, LINE_MAX_BYTES);
    for (uint32_t i = 0; i < operands.len && status == MRL_OK; i++) {
        if (i > 0)
            mrl_buf_byte(&line, ' ');
        status = add_operand(cx, &line, mrl_arr_at(operands, i), at[i]);
    }
    if (status == MRL_OK)
        cx->hear(cx->host, MRL_SAY_PRINT, mrl_strval((mrl_str){line.ptr, line.len}));
    mrl_buf_release(&line);
    return status;
}

/* Steps to the next combination of one item of each set, the last operand fastest; false at the
 * end. */
static bool next_combination(mrl_val operands, uint32_t *at) {
    for (uint32_t i = operands.len; i > 0; i--) {
        mrl_val o = mrl_arr_at(operands, i - 1);
        if (mrl_is_set(o) && at[i - 1] + 1 < o.len) {
            at[i - 1]++;
            return true;
        }
        at[i - 1] = 0;
    }
    return false;
}

/* internal.print: prints the combinations of the values of each set; made by the compiler from
 * print. */
mrl_status mrl_bi_internal_print(struct mrl_bi *cx, const mrl_val *args, mrl_val *ret) {
    mrl_val operands = mrl_undefined();
    MRL_TRY(mrl_bi_want(cx, args, 1, MRL_T_ARR, &operands));
    *ret = mrl_bool(true);
    if (cx->hear == NULL)
        return MRL_OK;
    uint32_t *at = MRL_ARENA_ARRAY(cx->arena, uint32_t, operands.len + 1);
    MRL_CHECK(at != NULL, MRL_E_NOMEM);
    do { /* each combination is a step of the budget: operands may multiply without end */
        MRL_TRY(mrl_bi_spend(cx, 1));
        MRL_TRY(say_line(cx, operands, at));
    } while (next_combination(operands, at));
    return MRL_OK;
}
