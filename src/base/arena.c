/* arena.c - bump allocation in chunks that double.
 *
 * Chunks form a list from the newest to the oldest. A reset moves them all to the spare list, from
 * which growth takes the first that fits. Under ASan every piece is followed by a poisoned gap.
 */
#include "base/arena.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>

#ifdef MRL_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) ASAN_POISON_MEMORY_REGION((p), (n))
#define UNPOISON(p, n) ASAN_UNPOISON_MEMORY_REGION((p), (n))
#define GAP 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define GAP 0
#endif

#define CHUNK_FIRST (4u << 10)
#define CHUNK_MAX (2u << 20)   /* doubling stops here; larger pieces get a chunk of their own */
#define CHUNK_LARGE (2u << 20) /* from here on chunks are made of large pages */
#define ALIGN_MAX 64

struct mrl_arena_chunk {
    struct mrl_arena_chunk *older;
    size_t size; /* bytes of the whole chunk */
    char *end;
};

static char *chunk_start(struct mrl_arena_chunk *c) {
    MRL_DASSERT(c->size > sizeof *c);
    return (char *)(c + 1);
}

void mrl_arena_init(mrl_arena *a, size_t budget) {
    *a = (mrl_arena){.budget = budget, .chunk_size = CHUNK_FIRST};
}

static void free_list(struct mrl_arena_chunk *c) {
    while (c != NULL) {
        struct mrl_arena_chunk *older = c->older;
        UNPOISON(chunk_start(c), c->size - sizeof *c);
        mrl_mem_free(c);
        c = older;
    }
}

void mrl_arena_release(mrl_arena *a) {
    free_list(a->chunk);
    free_list(a->spare);
    mrl_arena_init(a, a->budget);
}

/* explicit_bzero is not optimised away, as a memset before a free may be. */
static void wipe_list(struct mrl_arena_chunk *c) {
    for (; c != NULL; c = c->older) {
        UNPOISON(chunk_start(c), c->size - sizeof *c);
        explicit_bzero(chunk_start(c), c->size - sizeof *c);
    }
}

void mrl_arena_wipe(mrl_arena *a) {
    wipe_list(a->chunk);
    wipe_list(a->spare);
    mrl_arena_release(a);
}

void mrl_arena_reset(mrl_arena *a) {
    MRL_DASSERT(a->next == NULL || a->next <= a->end);
    struct mrl_arena_chunk *c = a->chunk;
    while (c != NULL) {
        struct mrl_arena_chunk *older = c->older;
        POISON(chunk_start(c), c->size - sizeof *c);
        c->older = a->spare;
        a->spare = c;
        c = older;
    }
    a->chunk = NULL;
    a->next = a->end = NULL;
    a->taken = 0;
}

void mrl_arena_adopt(mrl_arena *into, mrl_arena *from) {
    MRL_ASSERT(into != from);
    struct mrl_arena_chunk *oldest = from->chunk;
    while (oldest != NULL && oldest->older != NULL)
        oldest = oldest->older;
    if (oldest != NULL && into->chunk == NULL) {
        into->chunk = from->chunk;
        into->next = from->next;
        into->end = from->end;
    } else if (oldest != NULL) { /* behind the current chunk, which still has room */
        oldest->older = into->chunk->older;
        into->chunk->older = from->chunk;
    }
    into->taken += from->taken;
    free_list(from->spare);
    mrl_arena_init(from, from->budget);
}

size_t mrl_arena_used(const mrl_arena *a) {
    return a->taken;
}

/* The first spare chunk of at least `size` bytes, unlinked; or NULL. */
static struct mrl_arena_chunk *take_spare(mrl_arena *a, size_t size) {
    for (struct mrl_arena_chunk **at = &a->spare; *at != NULL; at = &(*at)->older) {
        if ((*at)->size >= size) {
            struct mrl_arena_chunk *c = *at;
            *at = c->older;
            return c;
        }
    }
    return NULL;
}

static struct mrl_arena_chunk *new_chunk(mrl_arena *a, size_t need) {
    struct mrl_arena_chunk *c = take_spare(a, need);
    size_t size = c != NULL ? c->size : need > a->chunk_size ? need : a->chunk_size;
    size_t taken;
    if (c == NULL && size >= CHUNK_LARGE && size <= SIZE_MAX / 2) /* whole pages: use their rest */
        size = (size + MRL_MEM_PAGE_LARGE - 1) & ~(MRL_MEM_PAGE_LARGE - 1);
    if (!mrl_add_size(a->taken, size, &taken) || taken > a->budget) {
        if (c != NULL) {
            c->older = a->spare;
            a->spare = c;
        }
        return NULL;
    }
    if (c == NULL) {
        c = size >= CHUNK_LARGE ? mrl_mem_alloc_large(size) : mrl_mem_alloc(size);
        if (c == NULL)
            return NULL;
        c->size = size;
        if (a->chunk_size < CHUNK_MAX)
            a->chunk_size *= 2;
        POISON(chunk_start(c), size - sizeof *c);
    }
    a->taken = taken;
    return c;
}

void *mrl_arena_grow(mrl_arena *a, size_t size, size_t align) {
    MRL_ASSERT(align > 0 && align <= ALIGN_MAX && (align & (align - 1)) == 0);
    size_t padded;
    if (!mrl_add_size(size, GAP, &padded))
        return NULL;
    uintptr_t at = ((uintptr_t)a->next + (align - 1)) & ~(uintptr_t)(align - 1);
    if (a->next == NULL || at > (uintptr_t)a->end || padded > (uintptr_t)a->end - at) {
        size_t need;
        if (!mrl_add_size(padded, sizeof(struct mrl_arena_chunk) + ALIGN_MAX, &need))
            return NULL;
        struct mrl_arena_chunk *c = new_chunk(a, need);
        if (c == NULL)
            return NULL;
        c->older = a->chunk;
        c->end = (char *)c + c->size;
        a->chunk = c;
        a->next = chunk_start(c);
        a->end = c->end;
        at = ((uintptr_t)a->next + (align - 1)) & ~(uintptr_t)(align - 1);
    }
    a->next = (char *)at + padded;
    UNPOISON((void *)at, size);
    return (void *)at;
}

void *mrl_arena_calloc(mrl_arena *a, size_t n, size_t size) {
    size_t total;
    if (!mrl_mul_size(n, size, &total))
        return NULL;
    void *p = mrl_arena_alloc(a, total, 16);
    if (p != NULL)
        memset(p, 0, total);
    return p;
}

void *mrl_arena_regrow(mrl_arena *a, void *old, size_t old_n, size_t new_n, size_t size) {
    MRL_ASSERT(size > 0 && (old != NULL || old_n == 0));
    size_t old_bytes, new_bytes;
    if (!mrl_mul_size(old_n, size, &old_bytes) || !mrl_mul_size(new_n, size, &new_bytes))
        return NULL;
    if (new_bytes <= old_bytes)
        return old;
    size_t more = new_bytes - old_bytes;
    if (GAP == 0 && old != NULL && (char *)old + old_bytes == a->next &&
        more <= (size_t)(a->end - a->next)) {
        a->next += more;
        return old;
    }
    void *p = mrl_arena_alloc(a, new_bytes, 16);
    if (p != NULL && old_bytes > 0)
        memcpy(p, old, old_bytes);
    return p;
}

mrl_str mrl_arena_str(mrl_arena *a, mrl_str s) {
    MRL_DASSERT(s.ptr != NULL || s.len == 0);
    size_t bytes;
    if (!mrl_add_size(s.len, 1, &bytes))
        return (mrl_str){NULL, 0};
    char *p = mrl_arena_alloc(a, bytes, 1);
    if (p == NULL)
        return (mrl_str){NULL, 0};
    if (s.len > 0)
        memcpy(p, s.ptr, s.len);
    p[s.len] = '\0';
    return (mrl_str){p, s.len};
}

mrl_str mrl_arena_printf(mrl_arena *a, const char *fmt, ...) {
    va_list ap, again;
    va_start(ap, fmt);
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    mrl_str s = {NULL, 0};
    char *p = n < 0 ? NULL : mrl_arena_alloc(a, (size_t)n + 1, 1);
    if (p != NULL) {
        vsnprintf(p, (size_t)n + 1, fmt, again);
        s = (mrl_str){p, (size_t)n};
    }
    va_end(again);
    return s;
}

void mrl_arena_unwind(mrl_arena *a, struct mrl_arena_mark mark) {
    while (a->chunk != mark.chunk) {
        struct mrl_arena_chunk *c = a->chunk;
        MRL_ASSERT(c != NULL); /* the mark belongs to another arena or an earlier reset */
        a->chunk = c->older;
        a->taken -= c->size;
        POISON(chunk_start(c), c->size - sizeof *c);
        c->older = a->spare;
        a->spare = c;
    }
    a->next = mark.next;
    a->end = a->chunk != NULL ? a->chunk->end : NULL;
    if (a->next != NULL)
        POISON(a->next, (size_t)(a->end - a->next));
}
