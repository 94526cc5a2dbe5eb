/* arena.h - bump allocation with a budget.
 *
 * Idea: memory that dies together is allocated together. An arena grows by chunks, hands out
 * aligned pieces, and is reset or released as a whole; nothing is freed in the middle. The budget
 * bounds the bytes that one request may take. Under ASan the unused rest of each chunk is poisoned.
 * One thread uses an arena at a time. Cost: a few instructions a call; one malloc a chunk.
 */
#ifndef MRL_BASE_ARENA_H
#define MRL_BASE_ARENA_H

#include "base/common.h"
#include "base/str.h"

struct mrl_arena_chunk;

typedef struct mrl_arena {
    char *next; /* first free byte of the current chunk */
    char *end;
    struct mrl_arena_chunk *chunk; /* current chunk; older ones are linked behind it */
    struct mrl_arena_chunk *spare; /* chunks kept by a reset for reuse */
    size_t taken;                  /* bytes of all chunks in use */
    size_t budget;                 /* ceiling for `taken` */
    size_t chunk_size;             /* size of the next chunk, doubles up to a cap */
} mrl_arena;

#define MRL_ARENA_UNLIMITED ((size_t)-1)

/* Prepares an empty arena; allocates nothing. `budget` in bytes. */
void mrl_arena_init(mrl_arena *a, size_t budget);

/* Gives all memory back to the system. The arena is empty and usable again. */
void mrl_arena_release(mrl_arena *a);

/* As mrl_arena_release, with every byte overwritten first: for arenas that held secrets. */
void mrl_arena_wipe(mrl_arena *a);

/* Forgets all pieces but keeps the chunks for the next use: no system call, no malloc until the
 * earlier peak is passed. */
void mrl_arena_reset(mrl_arena *a);

/* Moves everything that `from` holds into `into`: pieces stay where they are and now live as long
 * as `into`; `from` is empty and usable again. That is how what threads made in arenas of their own
 * comes into one hand. The ceiling of `into` is not asked: the bytes are taken already. Cost: O(1)
 * a chunk. */
void mrl_arena_adopt(mrl_arena *into, mrl_arena *from);

/* Bytes taken from the system by chunks in use. */
size_t mrl_arena_used(const mrl_arena *a);

/* Slow path of mrl_arena_alloc. */
void *mrl_arena_grow(mrl_arena *a, size_t size, size_t align) MRL_NODISCARD;

/* A piece of `size` bytes, aligned to `align` (a power of two <= 64); contents undefined. NULL when
 * the budget or the system is exhausted. */
static inline void *mrl_arena_alloc(mrl_arena *a, size_t size, size_t align) {
#ifndef MRL_ASAN
    uintptr_t at = ((uintptr_t)a->next + (align - 1)) & ~(uintptr_t)(align - 1);
    if (MRL_LIKELY(a->next != NULL && at <= (uintptr_t)a->end && size <= (uintptr_t)a->end - at)) {
        a->next = (char *)at + size;
        return (void *)at;
    }
#endif
    return mrl_arena_grow(a, size, align);
}

/* n zeroed elements of `size` bytes; checks the product. */
void *mrl_arena_calloc(mrl_arena *a, size_t n, size_t size) MRL_NODISCARD;

#define MRL_ARENA_NEW(a, type) ((type *)mrl_arena_calloc((a), 1, sizeof(type)))
#define MRL_ARENA_ARRAY(a, type, n) ((type *)mrl_arena_calloc((a), (n), sizeof(type)))

/* Grows an arena array: returns room for new_n elements with the first old_n copied. Extends in
 * place when `old` is the last piece of the arena. */
void *mrl_arena_regrow(mrl_arena *a, void *old, size_t old_n, size_t new_n,
                       size_t size) MRL_NODISCARD;

/* A copy of s with a NUL behind it (not counted). ptr is NULL on failure. */
mrl_str mrl_arena_str(mrl_arena *a, mrl_str s);

/* printf into the arena. ptr is NULL on failure. */
mrl_str mrl_arena_printf(mrl_arena *a, const char *fmt, ...) MRL_PRINTF(2, 3);

/* A point to return to: everything allocated after the mark is forgotten by the rewind. */
struct mrl_arena_mark {
    struct mrl_arena_chunk *chunk;
    char *next;
};
static inline struct mrl_arena_mark mrl_arena_mark(const mrl_arena *a) {
    return (struct mrl_arena_mark){a->chunk, a->next};
}
/* Slow path of mrl_arena_rewind. */
void mrl_arena_unwind(mrl_arena *a, struct mrl_arena_mark mark);
static inline void mrl_arena_rewind(mrl_arena *a, struct mrl_arena_mark mark) {
#ifndef MRL_ASAN
    if (MRL_LIKELY(a->chunk == mark.chunk && mark.next != NULL)) {
        a->next = mark.next;
        return;
    }
#endif
    mrl_arena_unwind(a, mark);
}

#endif
