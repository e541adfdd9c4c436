/*
 * util.h: arithmetic that every layer needs, and the scalar types that name
 * what an integer means. Layer 0: depends on nothing.
 */
#ifndef VMM_UTIL_H
#define VMM_UTIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A guest virtual address. An integer on purpose: only gmem.c and mm.c may
 * turn one into a host pointer, and only together with a length. */
typedef uint64_t gva_t;
/* A guest physical address. */
typedef uint64_t gpa_t;

#define ARRAY_SIZE(a_)     (sizeof(a_) / sizeof((a_)[0]))
#define ALIGN_DOWN(x_, a_) ((x_) & ~((uint64_t)(a_)-1))
#define ALIGN_UP(x_, a_)   ALIGN_DOWN((x_) + (uint64_t)(a_)-1, a_)
#define IS_ALIGNED(x_, a_) (((x_) & ((uint64_t)(a_)-1)) == 0)

#define KIB (UINT64_C(1) << 10)
#define MIB (UINT64_C(1) << 20)
#define GIB (UINT64_C(1) << 30)
#define TIB (UINT64_C(1) << 40)

#define PAGE_SIZE      UINT64_C(4096)
#define PAGE_SHIFT     12
#define HUGE_PAGE_SIZE (2 * MIB)

static inline uint64_t min_u64(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static inline uint64_t max_u64(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* Whether [addr, addr + len) neither wraps nor leaves [base, end). */
static inline bool range_within(uint64_t addr, uint64_t len, uint64_t base,
                                uint64_t end)
{
    return addr >= base && addr <= end && len <= end - addr;
}

#endif
