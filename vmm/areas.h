/*
 * areas.h: a sorted set of disjoint address ranges with rights: the data
 * structure under mm.c, without side effects. Layer 1.
 *
 * A sorted array: look-up is a binary search, neighbours are adjacent, a copy
 * is a memcpy. Insertion moves what follows; programs have some hundred areas,
 * and Linux stops them at 65530 (vm.max_map_count).
 */
#ifndef VMM_AREAS_H
#define VMM_AREAS_H

#include "vmm/util.h"

#define AREA_SHARED    (1u << 0) /* MAP_SHARED */
#define AREA_FILE      (1u << 1) /* backed by a file: may end early (SIGBUS) */
#define AREA_GROWSDOWN (1u << 2) /* a stack */
#define AREA_SMALL     (1u << 3) /* never in 2 MiB pages */
#define AREA_DONTFORK  (1u << 4) /* MADV_DONTFORK: a child does not have it */

struct area {
    gva_t start;
    gva_t end;
    uint32_t prot;  /* PROT_READ, PROT_WRITE, PROT_EXEC */
    uint32_t flags; /* AREA_* */
};

struct areas {
    struct area *v;
    size_t count;
    size_t capacity;
};

/* Frees what the set holds. */
void areas_clear(struct areas *set);

/* Index of the first area that ends above (addr); (count) if there is none. */
size_t areas_from(const struct areas *set, gva_t addr);

/* The area that contains (addr), or NULL. */
struct area *areas_at(const struct areas *set, gva_t addr);

/* Whether no area overlaps [start, end). */
bool areas_free(const struct areas *set, gva_t start, gva_t end);

/*
 * Make sure that two splits and an insertion cannot fail: called before the
 * host's mappings change, so that the map never falls behind them.
 * Returns 0 or -ENOMEM.
 */
int areas_reserve(struct areas *set);

/* Forget [start, end), splitting areas at its ends. Needs areas_reserve. */
void areas_remove(struct areas *set, gva_t start, gva_t end);

/* Add an area where nothing is; equal neighbours are joined. Needs
 * areas_reserve. */
void areas_add(struct areas *set, struct area area);

/*
 * The highest start of a free range of (len) bytes, aligned to (align), within
 * [low, high). Returns 0 if there is none.
 */
gva_t areas_find_gap(const struct areas *set, gva_t low, gva_t high,
                     uint64_t len, uint64_t align);

/* Sum of the bytes in [start, end) that are mapped with any right. */
uint64_t areas_accessible(const struct areas *set, gva_t start, gva_t end);

#endif
