/*
 * region.c: blocks with boundary tags, free ones in lists by size class. A
 * free block is joined with its free neighbours at once, so that what is free
 * is never in smaller pieces than it must be.
 */
#include "jsengine/region.h"

#include "vmm/shmem.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define ALIGNMENT 16
#define CLASSES   40 /* class i: sizes from 2^i up */

/* A block begins with its tag; (prev_size) 0 marks the first one. */
struct block {
    size_t size; /* of the whole block; bit 0: in use */
    size_t prev_size;
    struct block *next, *prev; /* in the list of its class, while free */
};

#define TAG_SIZE  (2 * sizeof(size_t))
#define MIN_BLOCK sizeof(struct block)
#define IN_USE    ((size_t)1)

struct region {
    size_t mapped;
    size_t used;
    struct block *first;
    struct block *end; /* behind the last block: a tag that is always in use */
    struct block *free[CLASSES];
};

_Static_assert(TAG_SIZE % ALIGNMENT == 0, "blocks must keep the alignment");
_Static_assert(sizeof(struct region) % ALIGNMENT == 0, "so must the first");

static size_t size_of(const struct block *b)
{
    return b->size & ~IN_USE;
}

static struct block *after(struct block *b)
{
    return (struct block *)((char *)b + size_of(b));
}

static struct block *before(struct block *b)
{
    return (struct block *)((char *)b - b->prev_size);
}

static unsigned class_of(size_t size)
{
    return 63u - (unsigned)__builtin_clzl(size);
}

static void list_add(struct region *r, struct block *b)
{
    struct block **head = &r->free[class_of(size_of(b))];

    b->next = *head;
    b->prev = NULL;
    if (*head)
        (*head)->prev = b;
    *head = b;
}

static void list_remove(struct region *r, struct block *b)
{
    if (b->prev)
        b->prev->next = b->next;
    else
        r->free[class_of(size_of(b))] = b->next;
    if (b->next)
        b->next->prev = b->prev;
}

struct region *region_create(size_t size)
{
    struct region *r;

    size &= ~(size_t)(ALIGNMENT - 1);
    if (size < sizeof(*r) + MIN_BLOCK + TAG_SIZE)
        return NULL;
    r = shmem_map(size);
    if (!r)
        return NULL;
    r->mapped = size;
    region_reset(r);
    return r;
}

void region_reset(struct region *r)
{
    *r = (struct region){.mapped = r->mapped, .first = (struct block *)(r + 1)};
    r->first->size = r->mapped - sizeof(*r) - TAG_SIZE;
    r->first->prev_size = 0;
    r->end = after(r->first);
    r->end->size = IN_USE;
    r->end->prev_size = size_of(r->first);
    list_add(r, r->first);
}

void region_destroy(struct region *r)
{
    if (r)
        munmap(r, r->mapped);
}

/* The first block that is large enough; larger classes fit whatever is in
 * them, in the size's own class it must be looked for. */
static struct block *find(struct region *r, size_t size)
{
    for (unsigned c = class_of(size); c < CLASSES; c++)
        for (struct block *b = r->free[c]; b; b = b->next)
            if (size_of(b) >= size)
                return b;
    return NULL;
}

/* Cut a block in use down to (size); the rest becomes free. */
static void trim(struct region *r, struct block *b, size_t size)
{
    size_t rest = size_of(b) - size;
    struct block *tail;

    if (rest < MIN_BLOCK)
        return;
    b->size = size | IN_USE;
    tail = after(b);
    tail->size = rest | IN_USE;
    tail->prev_size = size;
    after(tail)->prev_size = rest;
    region_free(r, (char *)tail + TAG_SIZE);
}

static size_t block_size(size_t size)
{
    size = (size + TAG_SIZE + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
    return size < MIN_BLOCK ? MIN_BLOCK : size;
}

void *region_alloc(struct region *r, size_t size)
{
    struct block *b;

    if (size == 0 || size > r->mapped)
        return NULL;
    size = block_size(size);
    b = find(r, size);
    if (!b)
        return NULL;
    list_remove(r, b);
    b->size |= IN_USE;
    r->used += size_of(b);
    trim(r, b, size);
    return (char *)b + TAG_SIZE;
}

void region_free(struct region *r, void *ptr)
{
    struct block *b, *other;

    if (!ptr)
        return;
    b = (struct block *)((char *)ptr - TAG_SIZE);
    b->size &= ~IN_USE;
    r->used -= b->size;
    other = after(b);
    if (!(other->size & IN_USE)) {
        list_remove(r, other);
        b->size += other->size;
    }
    if (b->prev_size && !(before(b)->size & IN_USE)) {
        other = before(b);
        list_remove(r, other);
        other->size += b->size;
        b = other;
    }
    after(b)->prev_size = b->size;
    list_add(r, b);
}

void *region_realloc(struct region *r, void *ptr, size_t size)
{
    struct block *b, *next;
    size_t need;
    void *moved;

    if (!ptr)
        return region_alloc(r, size);
    if (size == 0) {
        region_free(r, ptr);
        return NULL;
    }
    if (size > r->mapped)
        return NULL;
    b = (struct block *)((char *)ptr - TAG_SIZE);
    need = block_size(size);
    next = after(b);
    if (size_of(b) < need && !(next->size & IN_USE) &&
        size_of(b) + next->size >= need) {
        list_remove(r, next);
        r->used += next->size;
        b->size += next->size;
        after(b)->prev_size = size_of(b);
    }
    if (size_of(b) >= need) {
        trim(r, b, need);
        return ptr;
    }
    moved = region_alloc(r, size);
    if (!moved)
        return NULL;
    memcpy(moved, ptr, size_of(b) - TAG_SIZE);
    region_free(r, ptr);
    return moved;
}

size_t region_used(const struct region *r)
{
    return r->used;
}
