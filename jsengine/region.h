/*
 * region.h: an allocator over one piece of memory: the JavaScript heap. Its
 * size is the heap's limit. Layer 3.
 *
 * The memory is shared (MAP_SHARED): nothing in it points outside, so that
 * processes that see it at the same address can use it together.
 */
#ifndef JSENGINE_REGION_H
#define JSENGINE_REGION_H

#include <stddef.h>

struct region;

/* Map (size) bytes and make them an empty heap; a part of about a kilobyte is
 * the region's own. Returns NULL where there is no memory. */
struct region *region_create(size_t size);
void region_destroy(struct region *region);

/* Forget all that was allocated, whatever state it is in. */
void region_reset(struct region *region);

/* As malloc(3), realloc(3), free(3); 16-byte aligned; NULL when it is full. */
void *region_alloc(struct region *region, size_t size);
void *region_realloc(struct region *region, void *ptr, size_t size);
void region_free(struct region *region, void *ptr);

/* Bytes in use, bookkeeping included. */
size_t region_used(const struct region *region);

#endif
