/*
 * alloc.c: malloc(3) and its family without locks.
 *
 * Blocks have sizes of some dozens of classes. A class has a list of free
 * blocks, from whose head they are taken and to which they return; where it is
 * empty, a block is cut from the current chunk, which is never given back.
 * Large blocks are mappings of their own. A word in front of each says which.
 */
#include "vmm/alloc.h"

#include "vmm/util.h"

#include <errno.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Sanitizers bring one that finds errors. */
#ifdef OTHER_MALLOC

void alloc_forked(void)
{
}

#else

#define ALIGNMENT  16
#define CHUNK_SIZE MIB
#define STEPS      4  /* classes between a power of two and the next */
#define SMALLEST   64 /* up to this, a class every ALIGNMENT bytes */
#define LARGEST    (256 * KIB)
#define CLASSES    (SMALLEST / ALIGNMENT + STEPS * 12)

/* In front of what the caller gets. */
struct head {
    uint64_t size;  /* of the block, this included; a mapping's: of that */
    uint64_t where; /* a class, or one of these */
};
#define MAPPED     UINT64_C(0x100)
#define ALIGNED    UINT64_C(0x200) /* (size): from the block that it lies in */

_Static_assert(sizeof(struct head) == ALIGNMENT, "what follows is aligned");

struct chunk {
    uint64_t used; /* may be beyond the end: nothing is left */
    uint8_t padding[ALIGNMENT - sizeof(uint64_t)];
};

/*
 * The first free block, and above its bits a count of changes: so a head that
 * was another one meanwhile, with another successor, is not taken for the same.
 */
static uint64_t free_blocks[CLASSES];
static struct chunk *current;

#define ADDRESS_BITS 47
#define SHIFT        4 /* log2 of ALIGNMENT */
#define LINK_MASK    ((UINT64_C(1) << (ADDRESS_BITS - SHIFT)) - 1)

static struct head *block_of(uint64_t link)
{
    return (struct head *)((link & LINK_MASK) << SHIFT);
}

static uint64_t link_to(const struct head *block, uint64_t before)
{
    return (((before & ~LINK_MASK) + LINK_MASK + 1) & ~LINK_MASK) |
           ((uint64_t)(uintptr_t)block >> SHIFT);
}

/* The successor of a free block: where the caller's data was. */
static uint64_t *next_of(struct head *block)
{
    return (uint64_t *)(block + 1);
}

/* The class whose blocks have (size) bytes or the least more; *rounded: how
 * many they have. */
static unsigned class_of(uint64_t size, uint64_t *rounded)
{
    unsigned log, step;

    if (size <= SMALLEST) {
        *rounded = ALIGN_UP(size, ALIGNMENT);
        return (unsigned)(*rounded / ALIGNMENT) - 1;
    }
    log = 63 - (unsigned)__builtin_clzl(size - 1);
    step = (unsigned)((size - 1) >> (log - 2)) & (STEPS - 1);
    *rounded = (UINT64_C(1) << log) + ((step + UINT64_C(1)) << (log - 2));
    return SMALLEST / ALIGNMENT + STEPS * (log - 6) + step;
}

static struct head *take_free(unsigned class)
{
    uint64_t *list = &free_blocks[class];
    uint64_t head = __atomic_load_n(list, __ATOMIC_ACQUIRE);
    struct head *block;
    uint64_t after;

    do {
        block = block_of(head);
        if (!block)
            return NULL;
        /* Somebody else may have it by now: then the exchange fails. */
        after = link_to(
            block_of(__atomic_load_n(next_of(block), __ATOMIC_RELAXED)), head);
    } while (!__atomic_compare_exchange_n(list, &head, after, true,
                                          __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE));
    return block;
}

static void give_back(struct head *block, unsigned class)
{
    uint64_t *list = &free_blocks[class];
    uint64_t head = __atomic_load_n(list, __ATOMIC_RELAXED);

    do {
        __atomic_store_n(next_of(block), head & LINK_MASK, __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(list, &head, link_to(block, head),
                                          true, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
}

static void *map(uint64_t size)
{
    void *at = mmap(NULL, size, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    return at == MAP_FAILED ? NULL : at;
}

/* A piece of the current chunk, or of a new one. */
static struct head *cut(uint64_t size)
{
    for (;;) {
        struct chunk *c = __atomic_load_n(&current, __ATOMIC_ACQUIRE), *new;

        if (c) {
            uint64_t at = __atomic_fetch_add(&c->used, size, __ATOMIC_RELAXED);

            if (at + size <= CHUNK_SIZE)
                return (struct head *)((uint8_t *)c + at);
        }
        new = map(CHUNK_SIZE);
        if (!new)
            return NULL;
        new->used = sizeof(*new);
        if (!__atomic_compare_exchange_n(&current, &c, new, false,
                                         __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
            munmap(new, CHUNK_SIZE);
    }
}

/* A block for (n) bytes. (*zero): they are 0. */
static void *allocate(size_t n, bool *zero)
{
    uint64_t size = n + sizeof(struct head);
    struct head *block;
    unsigned class;

    *zero = true;
    if (size < n || size > PTRDIFF_MAX)
        return NULL;
    if (size > LARGEST) {
        size = ALIGN_UP(size, PAGE_SIZE);
        block = map(size);
        if (!block)
            return NULL;
        *block = (struct head){size, MAPPED};
        return block + 1;
    }
    class = class_of(size + (n ? 0 : 1), &size);
    block = take_free(class);
    *zero = !block;
    if (!block)
        block = cut(size);
    if (!block)
        return NULL;
    *block = (struct head){size, class};
    return block + 1;
}

static void *or_enomem(void *p)
{
    if (!p)
        errno = ENOMEM;
    return p;
}

void *malloc(size_t size)
{
    bool zero;

    return or_enomem(allocate(size, &zero));
}

void *calloc(size_t count, size_t size)
{
    bool zero = false;
    size_t n;
    void *p = NULL;

    if (!__builtin_mul_overflow(count, size, &n))
        p = allocate(n, &zero);
    if (p && !zero)
        memset(p, 0, n);
    return or_enomem(p);
}

/* What the caller's address (p) belongs to. */
static struct head *owner_of(const void *p)
{
    struct head *head = (struct head *)p - 1;

    return head->where == ALIGNED
               ? (struct head *)((uint8_t *)head - head->size)
               : head;
}

void free(void *p)
{
    const int err = errno; /* it does not change, POSIX.1-2024 */
    struct head *block;

    if (!p)
        return;
    block = owner_of(p);
    if (block->where == MAPPED)
        munmap(block, block->size);
    else
        give_back(block, (unsigned)block->where);
    errno = err;
}

size_t malloc_usable_size(void *p)
{
    const struct head *block;

    if (!p)
        return 0;
    block = owner_of(p);
    return (size_t)((const uint8_t *)block + block->size - (uint8_t *)p);
}

/* A mapping is moved, not copied. */
static void *remap(struct head *block, size_t n)
{
    uint64_t size = ALIGN_UP(n + sizeof(*block), PAGE_SIZE);
    struct head *moved = mremap(block, block->size, size, MREMAP_MAYMOVE);

    if (moved == MAP_FAILED)
        return or_enomem(NULL);
    moved->size = size;
    return moved + 1;
}

void *realloc(void *p, size_t n)
{
    const size_t have = malloc_usable_size(p);
    struct head *block;
    void *other;

    if (!p)
        return malloc(n);
    if (n == 0) {
        free(p);
        return NULL;
    }
    if (n <= have && n >= have / 2)
        return p;
    block = owner_of(p);
    if (n > LARGEST && n <= PTRDIFF_MAX - PAGE_SIZE && block + 1 == p &&
        block->where == MAPPED)
        return remap(block, n);
    other = malloc(n);
    if (other) {
        memcpy(other, p, n < have ? n : have);
        free(p);
    }
    return other;
}

/* Where (alignment) is more than every block has, a head in front of what the
 * caller gets says how far it is from the block's. */
void *aligned_alloc(size_t alignment, size_t n)
{
    struct head *block, *inner;
    uint8_t *p;

    if (alignment <= ALIGNMENT)
        return malloc(n);
    if (n > PTRDIFF_MAX - alignment || (alignment & (alignment - 1)))
        return or_enomem(NULL);
    p = malloc(n + alignment);
    if (!p)
        return NULL;
    block = (struct head *)p - 1;
    inner = (struct head *)ALIGN_UP((uintptr_t)p, alignment) - 1;
    if (inner != block)
        *inner = (struct head){(uint64_t)((uint8_t *)inner - (uint8_t *)block),
                               ALIGNED};
    return inner + 1;
}

void *memalign(size_t alignment, size_t n)
{
    return aligned_alloc(alignment, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
    const int err = errno;
    void *p;

    if (alignment % sizeof(void *) || (alignment & (alignment - 1)) ||
        !alignment)
        return EINVAL;
    p = aligned_alloc(alignment, n);
    errno = err;
    if (!p)
        return ENOMEM;
    *out = p;
    return 0;
}

void *valloc(size_t n)
{
    return aligned_alloc(PAGE_SIZE, n);
}

void alloc_forked(void)
{
    memset(free_blocks, 0, sizeof(free_blocks));
    current = NULL;
}

#endif
