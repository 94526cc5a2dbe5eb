/* mem.h - the only door to malloc.
 *
 * Idea: all heap use of merlon passes here, so that tests can make the n-th allocation fail and
 * benchmarks can count allocations. Everything above uses arenas; only base/ calls these.
 */
#ifndef MRL_BASE_MEM_H
#define MRL_BASE_MEM_H

#include "base/common.h"

/* malloc/realloc/free with the failure hook. Size 0 gives a unique pointer. NULL on failure. */
void *mrl_mem_alloc(size_t size) MRL_NODISCARD;
/* As realloc: on failure NULL, and the old piece stays valid. */
void *mrl_mem_realloc(void *ptr, size_t size) MRL_NODISCARD;
/* As free. NULL is allowed; never fails, so that cleaning up works while tests let allocations
 * fail. */
void mrl_mem_free(void *ptr);

#define MRL_MEM_PAGE_LARGE ((size_t)2 << 20)

/* As mrl_mem_alloc for pieces of some MiB, aligned to large pages, which the kernel is asked to
 * use: filling 2 MiB then costs one page fault instead of 512. Freed by mrl_mem_free. */
void *mrl_mem_alloc_large(size_t size) MRL_NODISCARD;

/* Makes the n-th allocation from now (1 = the next) and all later ones fail; 0 switches it off. For
 * tests only; not thread-safe. */
void mrl_mem_fail_at(uint64_t nth);

/* Number of allocations since start (relaxed counter, for tests and benchmarks). */
uint64_t mrl_mem_count(void);
/* Bytes asked for by them. */
uint64_t mrl_mem_bytes(void);

#endif
