/* regex_run.c - all threads side by side over the text (Pike's machine).
 *
 * A thread is a place in the program with the spans it has seen. All threads stand at the same
 * character of the text; no two at the same instruction, since the first to get there is
 * preferred. So each character costs at most one visit an instruction, whatever the pattern, and
 * a hostile one cannot make it slow.
 */
#include "engines/match/regex_internal.h"

#include "base/utf8.h"

struct threads { /* in order of preference; `where` finds a thread by its instruction */
    uint32_t *pc;
    uint32_t *where;
    size_t *spans;
    uint32_t n;
};

struct pending { /* what is still to be followed, or a slot to be set back */
    uint32_t pc; /* UINT32_MAX: set `slot` back to `old` */
    uint32_t slot;
    size_t old;
};

struct run {
    const struct mrl_regex *re;
    mrl_str text;
    uint32_t n_slots; /* 0: spans are not wanted */
    size_t *spans;    /* of the thread being added */
    struct pending *stack;
};

/* ASCII only, as \b has it in RE2. */
static bool is_word(mrl_str s, size_t at) {
    if (at >= s.len)
        return false;
    char c = s.ptr[at];
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

/* Whether an assertion holds between the characters before and behind pos. */
static bool holds(enum mrl_assert at, mrl_str s, size_t pos) {
    MRL_DASSERT(pos <= s.len);
    switch (at) {
    case MRL_AT_TEXT_BEGIN:
        return pos == 0;
    case MRL_AT_TEXT_END:
        return pos == s.len;
    case MRL_AT_LINE_BEGIN:
        return pos == 0 || s.ptr[pos - 1] == '\n';
    case MRL_AT_LINE_END:
        return pos == s.len || s.ptr[pos] == '\n';
    case MRL_AT_WORD:
    case MRL_AT_NO_WORD:
        break;
    }
    bool edge = (pos > 0 && is_word(s, pos - 1)) != is_word(s, pos);
    return edge == (at == MRL_AT_WORD);
}

/* Whether a thread stands at pc. `where` is never cleared: a stale entry points at another one. */
static bool has(const struct threads *t, uint32_t pc) {
    MRL_DASSERT(t->where != NULL && t->pc != NULL);
    return t->where[pc] < t->n && t->pc[t->where[pc]] == pc;
}

/* Follows a thread to all places where it must wait for a character. Every instruction is entered
 * once a position: the stack never holds more than two entries and one slot an instruction. */
static void follow(struct run *r, struct threads *t, uint32_t start, size_t pos) {
    MRL_DASSERT(start < r->re->n && pos <= r->text.len);
    uint32_t top = 0;
    r->stack[top++] = (struct pending){.pc = start};
    while (top > 0) {
        struct pending p = r->stack[--top];
        if (p.pc == UINT32_MAX) {
            r->spans[p.slot] = p.old;
            continue;
        }
        if (has(t, p.pc))
            continue;
        const struct mrl_rinst *i = &r->re->insts[p.pc];
        t->where[p.pc] = t->n;
        t->pc[t->n] = p.pc;
        if (r->n_slots > 0)
            memcpy(t->spans + (size_t)t->n * r->n_slots, r->spans, r->n_slots * sizeof(size_t));
        t->n++;
        switch ((enum mrl_rop)i->op) {
        case MRL_ROP_SPLIT:
            r->stack[top++] = (struct pending){.pc = i->y};
            r->stack[top++] = (struct pending){.pc = i->x};
            break;
        case MRL_ROP_JUMP:
            r->stack[top++] = (struct pending){.pc = i->x};
            break;
        case MRL_ROP_SAVE:
            if (i->x < r->n_slots) {
                r->stack[top++] =
                    (struct pending){.pc = UINT32_MAX, .slot = i->x, .old = r->spans[i->x]};
                r->spans[i->x] = pos;
            }
            r->stack[top++] = (struct pending){.pc = p.pc + 1};
            break;
        case MRL_ROP_ASSERT:
            if (holds((enum mrl_assert)i->at, r->text, pos))
                r->stack[top++] = (struct pending){.pc = p.pc + 1};
            break;
        case MRL_ROP_CLASS:
        case MRL_ROP_MATCH:
            break;
        }
    }
}

/* Moves all threads over the character c. True when one has matched: it wins over those behind. */
static bool step(struct run *r, struct threads *now, struct threads *next, uint32_t c, size_t after,
                 size_t *ret) {
    next->n = 0;
    for (uint32_t k = 0; k < now->n; k++) {
        const struct mrl_rinst *i = &r->re->insts[now->pc[k]];
        const size_t *spans = now->spans + (size_t)k * r->n_slots;
        if (i->op == MRL_ROP_MATCH) {
            if (r->n_slots > 0)
                memcpy(ret, spans, r->n_slots * sizeof *ret);
            return true;
        }
        if (i->op != MRL_ROP_CLASS || after == 0 || !mrl_class_has(i->set, c))
            continue;
        if (r->n_slots > 0)
            memcpy(r->spans, spans, r->n_slots * sizeof *r->spans);
        follow(r, next, now->pc[k] + 1, after);
    }
    return false;
}

/* A thread that begins here: the least preferred of all. */
static void begin(struct run *r, struct threads *now, size_t pos) {
    for (uint32_t s = 0; s < r->n_slots; s++)
        r->spans[s] = MRL_REGEX_NO_MATCH;
    follow(r, now, 0, pos);
}

/* From pos to the end, a character at a time. After a match, only threads preferred to it go on. */
static bool search(struct run *r, struct threads *now, struct threads *next, size_t pos,
                   size_t *ret) {
    bool matched = false;
    for (;;) {
        if (now->n == 0) {
            if (matched || (r->re->anchored && pos > 0))
                return matched;
            if (r->re->prefix.len > 0 &&
                (pos = mrl_str_find(r->text, r->re->prefix, pos)) == MRL_STR_NPOS)
                return false;
        }
        if (!matched && !(r->re->anchored && pos > 0))
            begin(r, now, pos);
        size_t width = 0;
        uint32_t c = pos < r->text.len ? mrl_utf8_at(r->text, pos, &width) : 0;
        matched |= step(r, now, next, c, width > 0 ? pos + width : 0, ret);
        if ((matched && r->n_slots == 0) || width == 0)
            return matched;
        pos += width;
        struct threads *t = now;
        now = next;
        next = t;
    }
}

/* Room for one thread an instruction. */
static bool make(mrl_arena *a, struct threads *t, uint32_t n, uint32_t slots) {
    t->pc = MRL_ARENA_ARRAY(a, uint32_t, n);
    t->where = MRL_ARENA_ARRAY(a, uint32_t, n);
    t->spans = MRL_ARENA_ARRAY(a, size_t, (size_t)n *slots + 1);
    return t->pc != NULL && t->where != NULL && t->spans != NULL;
}

mrl_status mrl_regex_find(const struct mrl_regex *re, mrl_arena *scratch, mrl_str text, size_t from,
                          size_t *spans, bool *ret) {
    MRL_ASSERT(re != NULL && from <= text.len);
    struct mrl_arena_mark mark = mrl_arena_mark(scratch);
    struct run r = {.re = re, .text = text, .n_slots = spans != NULL ? 2 * re->groups : 0};
    struct threads one = {0}, two = {0};
    r.spans = MRL_ARENA_ARRAY(scratch, size_t, r.n_slots + 1);
    r.stack = MRL_ARENA_ARRAY(scratch, struct pending, 3 * (size_t)re->n + 4);
    bool ok = r.spans != NULL && r.stack != NULL && make(scratch, &one, re->n, r.n_slots) &&
              make(scratch, &two, re->n, r.n_slots);
    if (ok)
        *ret = search(&r, &one, &two, from, spans);
    mrl_arena_rewind(scratch, mark);
    return ok ? MRL_OK : MRL_E_NOMEM;
}
