/*
 * mm_internal.h: what mm.c, mm_fault.c and mm_advice.c share. Layer 1.
 *
 * The order of every change, so that nothing needs to be flushed
 * (vmm/pagetable.h): hide (entries lose rights), host call, map of areas,
 * reveal (entries gain rights). A range that is hidden and not revealed, as
 * after a failed host call, is no harm: the guest's page fault reveals it.
 */
#ifndef VMM_MM_INTERNAL_H
#define VMM_MM_INTERNAL_H

#include "vmm/areas.h"
#include "vmm/lock.h"
#include "vmm/mm.h"
#include "vmm/vm.h"

#include <pthread.h>
#include <sys/mman.h>

#define PROT_RIGHTS (PROT_READ | PROT_WRITE | PROT_EXEC)

/* A segment of System V shared memory, as it was attached. */
struct attachment {
    gva_t start;
    uint64_t len;
};

struct mm {
    struct vm *vm;
    pthread_mutex_t lock;
    struct areas areas;
    uint64_t low_end; /* windows */
    uint64_t arena_end;
    gva_t mmap_top; /* mmap allocates below, from the top down */
    gva_t stack_end;
    gva_t brk_start;
    gva_t brk;
    uint64_t accessible; /* bytes mapped with any right */
    uint64_t limit;      /* the profile's; 0: none */
    bool huge_pages;
    bool randomize;
    int lock_future; /* mlockall(MCL_FUTURE): MCL_* flags, or 0 */
    struct attachment *attachments; /* mm_shm.c, owned */
    size_t attachment_count;
};

static inline void *hva(gva_t gva)
{
    return (void *)(uintptr_t)gva;
}

/* Whether [addr, addr + len) lies in one window. */
bool mm_in_window(const struct mm *mm, gva_t addr, uint64_t len);

/* Whether (more) accessible bytes are more than the profile allows. */
bool mm_over_limit(const struct mm *mm, uint64_t more);

/* What comes before a new mapping: space in the map, no entries.
 * Returns 0 or a negative errno. */
int mm_prepare(struct mm *mm, gva_t start, uint64_t len);

/* Unmap what is mapped in the range; the lock is held. Only areas of the
 * program are ever given to the host, whatever the range covers. */
int64_t mm_unmap(struct mm *mm, gva_t start, uint64_t len);

/* Replace what the map knows of [start, start + len) by an area, or by nothing.
 * Both need areas_reserve. */
void mm_record(struct mm *mm, gva_t start, uint64_t len, uint32_t prot,
               uint32_t flags);
void mm_forget(struct mm *mm, gva_t start, uint64_t len);

/* Take rights from the entries of a range; -ENOMEM if a page cannot be split
 * (then nothing may be done to the host's mapping). */
int mm_hide(struct mm *mm, gva_t start, uint64_t len);

/*
 * Give the guest entries for what is mapped in [start, start + len): at once
 * where that is cheap, else left to its page faults.
 */
void mm_reveal(struct mm *mm, gva_t start, uint64_t len);

/* The same for a new mapping (flags, prot) of (fd) at (offset), of which is
 * known where the file ends. */
void mm_reveal_new(struct mm *mm, gva_t start, uint64_t len, int prot,
                   int flags, int fd, uint64_t offset);

/* The same unconditionally, for a range inside one area. */
int mm_reveal_area(struct mm *mm, const struct area *area, gva_t start,
                   uint64_t len);

#endif
