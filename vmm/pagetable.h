/*
 * pagetable.h: the guest's page tables as the monitor edits them: four levels,
 * 4 KiB and 2 MiB entries. Layer 1. SDM 3A 4.5, APM 2 5.3.
 *
 * Rules that keep a KVM with shadow paging correct without any flush:
 * - Entries are written with Accessed and Dirty set.
 * - A page that holds a table serves the same range of addresses for as long
 *   as the VM lives: tables are never freed, moved or shared.
 * - An entry loses rights *before* the host mapping does, and gains them
 *   *after* it; and the host mapping has the same R, W and X.
 */
#ifndef VMM_PAGETABLE_H
#define VMM_PAGETABLE_H

#include "vmm/util.h"

#define PTE_P    (UINT64_C(1) << 0)
#define PTE_W    (UINT64_C(1) << 1)
#define PTE_U    (UINT64_C(1) << 2)
#define PTE_A    (UINT64_C(1) << 5)
#define PTE_D    (UINT64_C(1) << 6)
#define PTE_PS   (UINT64_C(1) << 7)
#define PTE_NX   (UINT64_C(1) << 63)
#define PTE_ADDR UINT64_C(0x000ffffffffff000)

/* Gives zeroed pages for tables; 0 when there are no more. The page at (gpa) is
 * at gpa + offset for the monitor. */
struct pt_pages {
    gpa_t (*alloc)(void *ctx);
    void *ctx;
    uint64_t offset;
};

struct pagetable {
    gpa_t root;
    struct pt_pages pages;
    uint64_t tables; /* pages in use, all levels */
};

/* Returns 0 or -ENOMEM. */
int pt_init(struct pagetable *pt, struct pt_pages pages);

/*
 * Make [gva, gva + len) present, backed by [gpa, gpa + len), with (bits) out
 * of PTE_W, PTE_U and PTE_NX. All page multiples. Entries that were present
 * get the new address and rights. With (huge), aligned 2 MiB pieces that were
 * never mapped in small pages get one large entry. Returns 0 or -ENOMEM (then
 * part of the range may be mapped).
 */
int pt_map(struct pagetable *pt, gva_t gva, gpa_t gpa, uint64_t len,
           uint64_t bits, bool huge);

/* Make the range not present. A 2 MiB entry that is partly inside is split
 * first; returns 0, or -ENOMEM if there is no page for that. */
int pt_unmap(struct pagetable *pt, gva_t gva, uint64_t len);

/* Set the rights of what is present in the range, leave the rest alone.
 * Returns 0 or -ENOMEM (splitting). */
int pt_protect(struct pagetable *pt, gva_t gva, uint64_t len, uint64_t bits);

/* The leaf entry for (gva), or 0. (*size) is set to 4 KiB or 2 MiB. */
uint64_t pt_lookup(const struct pagetable *pt, gva_t gva, uint64_t *size);

#endif
