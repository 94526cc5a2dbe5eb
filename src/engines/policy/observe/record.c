/* record.c - keeping events; see record.h.
 *
 * Values are turned into text at once: registers are overwritten by the next instruction. Probes
 * belong to the policy and are only pointed at, except those of notes and cases, which the VM
 * makes on its stack. A record that reaches its ceiling counts what it loses.
 */
#include "engines/policy/observe/record.h"

#include "engines/policy/value_text.h"
#include "formats/json/json.h"

void mrl_record_init(struct mrl_record *r, mrl_arena *arena, bool values) {
    *r = (struct mrl_record){.arena = arena, .values = values};
}

/* The beginning of a value's text, kept in the record's arena. */
static mrl_str value_text(struct mrl_record *r, mrl_val v) {
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    mrl_value_text(&b, r->arena, v);
    mrl_str text = mrl_buf_str(&b);
    bool cut = text.len > MRL_RECORD_VALUE_MAX;
    size_t len = cut ? MRL_RECORD_VALUE_MAX : text.len;
    while (cut && len > 0 && ((unsigned char)text.ptr[len] & 0xC0) == 0x80)
        len--; /* not inside of a character */
    text = mrl_arena_printf(r->arena, "%.*s%s", (int)len, text.ptr, cut ? "..." : "");
    mrl_buf_release(&b);
    return text;
}

/* The texts of the names' values; undefined ones stay NULL. */
static void keep_values(struct mrl_record *r, const struct mrl_trace_event *e,
                        struct mrl_step *step) {
    MRL_ASSERT(e->at->n_names == 0 || e->regs != NULL);
    uint32_t n = e->at->n_names;
    step->values = MRL_ARENA_ARRAY(r->arena, mrl_str, n + 1);
    if (step->values == NULL) {
        r->status = MRL_E_NOMEM;
        return;
    }
    for (uint32_t i = 0; i < n; i++) {
        mrl_val v = e->regs[e->at->names[i].reg];
        if (mrl_is_defined(v))
            step->values[i] = value_text(r, v);
    }
}

/* A note is text already, a case's names become JSON. */
static mrl_str note_text(struct mrl_record *r, const struct mrl_trace_event *e) {
    if (e->op == MRL_TRACE_NOTE)
        return mrl_arena_str(r->arena, mrl_val_str(e->note));
    struct mrl_buf b;
    mrl_buf_init(&b, 1 << 20);
    mrl_json_write(&b, r->arena, e->note, NULL);
    mrl_str text = mrl_arena_str(r->arena, mrl_buf_str(&b));
    mrl_buf_release(&b);
    return text;
}

/* Room for a step; NULL past the ceiling or without memory. */
static struct mrl_step *next_step(struct mrl_record *r) {
    MRL_ASSERT(r->n <= r->cap);
    if (r->n == MRL_RECORD_MAX) {
        r->lost++;
        return NULL;
    }
    if (r->n == r->cap) {
        uint32_t cap = r->cap > 0 ? r->cap * 2 : 256;
        struct mrl_step *steps = mrl_arena_regrow(r->arena, r->steps, r->cap, cap, sizeof *steps);
        if (steps == NULL) {
            r->status = MRL_E_NOMEM;
            return NULL;
        }
        r->steps = steps;
        r->cap = cap;
    }
    return &r->steps[r->n++];
}

/* A probe that outlives the event: those of notes are made on the spot. */
static const struct mrl_probe *lasting(struct mrl_record *r, const struct mrl_trace_event *e) {
    if (e->op < MRL_TRACE_NOTE)
        return e->at;
    struct mrl_probe *p = MRL_ARENA_NEW(r->arena, struct mrl_probe);
    if (p == NULL)
        r->status = MRL_E_NOMEM;
    else
        *p = *e->at;
    return p;
}

void mrl_record_add(struct mrl_record *r, const struct mrl_trace_event *e) {
    struct mrl_step *step = r->status == MRL_OK ? next_step(r) : NULL;
    if (step == NULL)
        return;
    *step = (struct mrl_step){.op = e->op, .depth = e->depth, .at = lasting(r, e)};
    if (e->op >= MRL_TRACE_NOTE)
        step->note = note_text(r, e);
    else if (r->values && (e->op == MRL_TRACE_FAIL || e->op == MRL_TRACE_EVAL))
        keep_values(r, e, step);
}

void mrl_probe_rule_name(struct mrl_buf *b, const struct mrl_probe *p) {
    MRL_ASSERT(p->rule != NULL);
    const struct mrl_term *package = p->module->package, *name = p->rule->name;
    mrl_buf_add(b, MRL_S("data"));
    for (uint32_t i = 1; package != NULL && i < package->u.ref.n; i++)
        mrl_buf_printf(b, ".%.*s", MRL_F(mrl_val_str(package->u.ref.items[i]->u.scalar)));
    bool is_ref = name->kind == MRL_TERM_REF;
    mrl_buf_printf(b, ".%.*s", MRL_F(is_ref ? name->u.ref.items[0]->u.var : name->u.var));
    for (uint32_t i = 1; is_ref && i < name->u.ref.n; i++) {
        const struct mrl_term *part = name->u.ref.items[i];
        if (part->kind != MRL_TERM_SCALAR || !mrl_is_str(part->u.scalar))
            break;
        mrl_buf_printf(b, ".%.*s", MRL_F(mrl_val_str(part->u.scalar)));
    }
}

void mrl_one_line(struct mrl_buf *b, mrl_str text) {
    bool blank = false;
    for (size_t i = 0; i < text.len; i++) {
        bool space =
            text.ptr[i] == ' ' || text.ptr[i] == '\t' || text.ptr[i] == '\n' || text.ptr[i] == '\r';
        if (!space && blank)
            mrl_buf_byte(b, ' ');
        if (!space)
            mrl_buf_byte(b, text.ptr[i]);
        blank = space;
    }
}
