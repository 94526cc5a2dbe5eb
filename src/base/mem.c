/* mem.c - malloc behind a door: counts allocations and can make the n-th one fail. */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <sys/mman.h>

static _Atomic uint64_t allocations, bytes;
static uint64_t fail_at; /* written by single-threaded tests only */

static bool should_fail(size_t size) {
    atomic_fetch_add_explicit(&bytes, size, memory_order_relaxed);
    uint64_t n = atomic_fetch_add_explicit(&allocations, 1, memory_order_relaxed) + 1;
    return fail_at != 0 && n >= fail_at;
}

void *mrl_mem_alloc(size_t size) {
    return should_fail(size) ? NULL : malloc(size ? size : 1);
}

void *mrl_mem_alloc_large(size_t size) {
    size_t rounded;
    if (should_fail(size) || !mrl_add_size(size, MRL_MEM_PAGE_LARGE - 1, &rounded))
        return NULL;
    rounded &= ~(MRL_MEM_PAGE_LARGE - 1);
    void *p = aligned_alloc(MRL_MEM_PAGE_LARGE, rounded);
    if (p != NULL) /* a hint: where it is refused, small pages do */
        (void)madvise(p, rounded, MADV_HUGEPAGE);
    return p;
}

void *mrl_mem_realloc(void *ptr, size_t size) {
    return should_fail(size) ? NULL : realloc(ptr, size ? size : 1);
}

void mrl_mem_free(void *ptr) {
    free(ptr);
}

void mrl_mem_fail_at(uint64_t nth) {
    fail_at = nth ? atomic_load_explicit(&allocations, memory_order_relaxed) + nth : 0;
}

uint64_t mrl_mem_count(void) {
    return atomic_load_explicit(&allocations, memory_order_relaxed);
}

uint64_t mrl_mem_bytes(void) {
    return atomic_load_explicit(&bytes, memory_order_relaxed);
}
