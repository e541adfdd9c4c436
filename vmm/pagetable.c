/* pagetable.c: the guest's page tables, edited in the monitor's memory. */
#include "vmm/pagetable.h"

#include <errno.h>

#define ENTRIES 512

/* Rights are decided at the leaf: what leads there allows everything. */
#define TABLE_BITS (PTE_P | PTE_W | PTE_U | PTE_A)
#define LEAF_BITS  (PTE_P | PTE_A | PTE_D)

/*
 * Entries are single aligned stores and loads: the guest's CPU walks the
 * tables at any time.
 */
static uint64_t load(const uint64_t *entry)
{
    return __atomic_load_n(entry, __ATOMIC_RELAXED);
}

static void store(uint64_t *entry, uint64_t value)
{
    __atomic_store_n(entry, value, __ATOMIC_RELEASE);
}

static uint64_t *table_at(const struct pagetable *pt, gpa_t gpa)
{
    return (uint64_t *)(uintptr_t)(gpa + pt->pages.offset);
}

static unsigned index_of(gva_t gva, unsigned level)
{
    return (unsigned)(gva >> (PAGE_SHIFT + 9 * level)) & (ENTRIES - 1);
}

/* Bytes that one entry of (level) stands for: 0 is the leaf table. */
static uint64_t span_of(unsigned level)
{
    return PAGE_SIZE << (9 * level);
}

int pt_init(struct pagetable *pt, struct pt_pages pages)
{
    pt->pages = pages;
    pt->tables = 1;
    pt->root = pages.alloc(pages.ctx);
    return pt->root ? 0 : -ENOMEM;
}

static bool has_table(uint64_t entry)
{
    return (entry & PTE_P) && !(entry & PTE_PS);
}

/*
 * The table below entry (i) of (table); made if absent. Once linked, a table
 * stays linked: its page serves this range for ever.
 */
static uint64_t *descend(struct pagetable *pt, uint64_t *table, unsigned i)
{
    uint64_t entry = load(&table[i]);
    gpa_t gpa;

    if (has_table(entry))
        return table_at(pt, entry & PTE_ADDR);
    gpa = pt->pages.alloc(pt->pages.ctx);
    if (!gpa)
        return NULL;
    pt->tables++;
    if (entry & PTE_P) {
        /* Split a large page: the same memory and rights, in small pieces. */
        uint64_t bits = entry & (PTE_W | PTE_U | PTE_NX);

        for (unsigned k = 0; k < ENTRIES; k++)
            store(&table_at(pt, gpa)[k],
                  ((entry & PTE_ADDR) + k * PAGE_SIZE) | bits | LEAF_BITS);
    }
    store(&table[i], gpa | TABLE_BITS);
    return table_at(pt, gpa);
}

/* The directory (level 1) for (gva); made if (make), else NULL if absent. */
static uint64_t *directory_for(struct pagetable *pt, gva_t gva, bool make)
{
    uint64_t *table = table_at(pt, pt->root);

    for (unsigned level = 3; level > 1; level--) {
        unsigned i = index_of(gva, level);

        if (!make && !(load(&table[i]) & PTE_P))
            return NULL;
        table = descend(pt, table, i);
        if (!table)
            return NULL;
    }
    return table;
}

static void fill(uint64_t *table, gva_t gva, gpa_t gpa, uint64_t len,
                 uint64_t bits)
{
    for (; len; len -= PAGE_SIZE, gva += PAGE_SIZE, gpa += PAGE_SIZE)
        store(&table[index_of(gva, 0)], gpa | bits | LEAF_BITS);
}

int pt_map(struct pagetable *pt, gva_t gva, gpa_t gpa, uint64_t len,
           uint64_t bits, bool huge)
{
    while (len) {
        uint64_t piece =
            min_u64(len, HUGE_PAGE_SIZE - (gva & (HUGE_PAGE_SIZE - 1)));
        uint64_t *dir = directory_for(pt, gva, true);
        uint64_t *table, *entry;

        if (!dir)
            return -ENOMEM;
        entry = &dir[index_of(gva, 1)];
        if (huge && piece == HUGE_PAGE_SIZE &&
            IS_ALIGNED(gpa, HUGE_PAGE_SIZE) && !has_table(load(entry))) {
            store(entry, gpa | bits | LEAF_BITS | PTE_PS);
        } else {
            table = descend(pt, dir, index_of(gva, 1));
            if (!table)
                return -ENOMEM;
            fill(table, gva, gpa, piece, bits);
        }
        gva += piece;
        gpa += piece;
        len -= piece;
    }
    return 0;
}

/* How pt_unmap and pt_protect change one entry. */
static uint64_t changed(uint64_t entry, bool unmap, uint64_t bits)
{
    if (!(entry & PTE_P) || unmap)
        return 0;
    return (entry & ~(PTE_W | PTE_U | PTE_NX)) | bits;
}

/* Change what is present in the range; absent parts cost a step a directory. */
static int change(struct pagetable *pt, gva_t gva, uint64_t len, bool unmap,
                  uint64_t bits)
{
    gva_t end = gva + len;

    while (gva < end) {
        uint64_t *dir = directory_for(pt, gva, false);
        uint64_t piece, *entry, *table;

        if (!dir) {
            gva = ALIGN_DOWN(gva, span_of(2)) + span_of(2);
            continue;
        }
        entry = &dir[index_of(gva, 1)];
        piece =
            min_u64(end - gva, HUGE_PAGE_SIZE - (gva & (HUGE_PAGE_SIZE - 1)));
        if (!(load(entry) & PTE_P)) {
            gva += piece;
            continue;
        }
        if ((load(entry) & PTE_PS) && piece == HUGE_PAGE_SIZE) {
            store(entry, changed(load(entry), unmap, bits));
            gva += piece;
            continue;
        }
        table = descend(pt, dir, index_of(gva, 1));
        if (!table)
            return -ENOMEM;
        for (; piece; piece -= PAGE_SIZE, gva += PAGE_SIZE) {
            entry = &table[index_of(gva, 0)];
            store(entry, changed(load(entry), unmap, bits));
        }
    }
    return 0;
}

int pt_unmap(struct pagetable *pt, gva_t gva, uint64_t len)
{
    return change(pt, gva, len, true, 0);
}

int pt_protect(struct pagetable *pt, gva_t gva, uint64_t len, uint64_t bits)
{
    return change(pt, gva, len, false, bits);
}

uint64_t pt_lookup(const struct pagetable *pt, gva_t gva, uint64_t *size)
{
    const uint64_t *table = table_at(pt, pt->root);

    for (unsigned level = 3;; level--) {
        uint64_t entry = load(&table[index_of(gva, level)]);

        if (!(entry & PTE_P))
            return 0;
        if (level == 0 || (entry & PTE_PS)) {
            *size = span_of(level);
            return entry;
        }
        table = table_at(pt, entry & PTE_ADDR);
    }
}
