/*
 * fake_mm.h: the functions of vmm/mm.h that loading a program calls, on plain
 * mmap(2) inside the windows: no VM, no page tables, no randomisation. Linked
 * in place of mm.c. One at a time: it owns everything in the windows.
 */
#ifndef FAKE_MM_H
#define FAKE_MM_H

#include "vmm/mm.h"

#define FAKE_STACK_LIMIT_MAX (64 * MIB)

struct mm {
    gva_t mmap_top; /* mappings without an address go below */
    gva_t image;    /* what mm_choose_image_base gives next */
    gva_t stack_end;
    gva_t stack_start;
    uint64_t stack_limit;
    gva_t brk;
};

void fake_mm_create(struct mm *mm);

/* Unmaps everything in the windows. */
void fake_mm_destroy(struct mm *mm);

/* The rights of the page at (addr) on the host, PROT_*, or -1 where nothing
 * is mapped. */
int fake_mm_prot(gva_t addr);

/* How many pages in the windows are mapped. */
uint64_t fake_mm_pages(void);

#endif
