/* common.h - the few macros that every file may use.
 *
 * Idea: one spelling for attributes, assertions, checked arithmetic and early return, so that a
 * reader learns them once. Nothing here allocates. Only MRL_TRY and MRL_CHECK change control flow.
 */
#ifndef MRL_BASE_COMMON_H
#define MRL_BASE_COMMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MRL_NODISCARD __attribute__((warn_unused_result))
#define MRL_PRINTF(fmt_arg, first_arg) __attribute__((format(printf, fmt_arg, first_arg)))
#define MRL_NORETURN __attribute__((noreturn))
#define MRL_INLINE inline __attribute__((always_inline)) /* for hot loops, measured */
#define MRL_UNUSED __attribute__((unused))
#define MRL_LIKELY(x) __builtin_expect(!!(x), 1)
#define MRL_UNLIKELY(x) __builtin_expect(!!(x), 0)
#define MRL_NOINLINE __attribute__((noinline))
/* A local that release builds need not clear first (-ftrivial-auto-var-init): only for arrays in
 * hot functions that are written before they are read. */
#define MRL_UNINIT __attribute__((uninitialized))
#define MRL_COUNTOF(a) (sizeof(a) / sizeof((a)[0]))
#define MRL_CLEANUP(fn) __attribute__((cleanup(fn)))

/* Stops the process with a message: for broken invariants only, never for bad input. */
MRL_NORETURN void mrl_panic(const char *file, int line, const char *what);

/* An invariant that is cheap to test: stays on in release. */
#define MRL_ASSERT(cond)                                                                           \
    do {                                                                                           \
        if (MRL_UNLIKELY(!(cond)))                                                                 \
            mrl_panic(__FILE__, __LINE__, #cond);                                                  \
    } while (0)

/* An invariant in a hot loop: debug builds only. */
#ifdef MRL_DEBUG
#define MRL_DASSERT(cond) MRL_ASSERT(cond)
#else
#define MRL_DASSERT(cond)                                                                          \
    do {                                                                                           \
        if (0)                                                                                     \
            (void)(cond);                                                                          \
    } while (0)
#endif

/* Returns from the caller with the status of `expr` unless it is MRL_OK. */
#define MRL_TRY(expr)                                                                              \
    do {                                                                                           \
        mrl_status mrl_try_status_ = (expr);                                                       \
        if (MRL_UNLIKELY(mrl_try_status_ != MRL_OK))                                               \
            return mrl_try_status_;                                                                \
    } while (0)

/* Returns `status` from the caller unless `cond` holds. */
#define MRL_CHECK(cond, status)                                                                    \
    do {                                                                                           \
        if (MRL_UNLIKELY(!(cond)))                                                                 \
            return (status);                                                                       \
    } while (0)

/* Checked size arithmetic: true when the result fits and *ret_sum / *ret_product was written. */
static inline bool mrl_add_size(size_t a, size_t b, size_t *ret_sum) {
    return !__builtin_add_overflow(a, b, ret_sum);
}

static inline bool mrl_mul_size(size_t a, size_t b, size_t *ret_product) {
    return !__builtin_mul_overflow(a, b, ret_product);
}

#endif
