/* fake_mm.c: see fake_mm.h. */
#include "tests/support/fake_mm.h"

#include "vmm/gmem.h"
#include "vmm/layout.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ARENA_SIZE  (64 * GIB)
#define STACK_START (132 * KIB)

static void *hva(gva_t gva)
{
    return (void *)(uintptr_t)gva;
}

void fake_mm_create(struct mm *mm)
{
    gva_t end = ARENA_BASE + ARENA_SIZE;

    gmem_set_windows(LOW_END, end);
    *mm = (struct mm){
        .mmap_top = end - GIB,
        .image = ARENA_BASE + 16 * MIB,
        .stack_end = end - PAGE_SIZE,
    };
}

void fake_mm_destroy(struct mm *mm)
{
    munmap(hva(LOW_BASE), LOW_END - LOW_BASE);
    munmap(hva(ARENA_BASE), ARENA_SIZE);
    *mm = (struct mm){0};
}

int64_t mm_mmap(struct mm *mm, gva_t addr, uint64_t len, int prot, int flags,
                int fd, uint64_t offset)
{
    bool choose = !(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE));
    void *got;

    if (!IS_ALIGNED(offset, PAGE_SIZE) || len == 0)
        return -EINVAL;
    if (len > ARENA_MAX_SIZE)
        return -ENOMEM;
    len = ALIGN_UP(len, PAGE_SIZE);
    if (choose) {
        addr = mm->mmap_top - len;
        flags |= MAP_FIXED_NOREPLACE;
    }
    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (addr < LOW_BASE)
        return -EPERM;
    if (!gmem_in_window(addr, len))
        return -ENOMEM;
    got = mmap(hva(addr), len, prot, flags, fd, (off_t)offset);
    if (got == MAP_FAILED)
        return -errno;
    if (choose)
        mm->mmap_top = addr;
    return (int64_t)addr;
}

int64_t mm_munmap(struct mm *mm, gva_t addr, uint64_t len)
{
    len = ALIGN_UP(len, PAGE_SIZE);
    if (!gmem_in_window(addr, len))
        return -EINVAL;
    if (munmap(hva(addr), len) < 0)
        return -errno;
    if (addr == mm->mmap_top)
        mm->mmap_top = addr + len;
    return 0;
}

int64_t mm_mprotect(struct mm *mm, gva_t addr, uint64_t len, int prot)
{
    gva_t end = addr + len;

    if (prot & PROT_GROWSDOWN) {
        if (addr < mm->stack_start || addr >= mm->stack_end)
            return -EINVAL;
        addr = mm->stack_start;
    }
    if (mprotect(hva(addr), end - addr, prot & ~PROT_GROWSDOWN) < 0)
        return -errno;
    return 0;
}

void mm_set_brk(struct mm *mm, gva_t addr)
{
    mm->brk = ALIGN_UP(addr, PAGE_SIZE);
}

int64_t mm_map_stack(struct mm *mm, uint64_t limit)
{
    mm->stack_limit =
        ALIGN_DOWN(min_u64(limit, FAKE_STACK_LIMIT_MAX), PAGE_SIZE);
    mm->stack_start = mm->stack_end - STACK_START;
    return mm_mmap(mm, mm->stack_start, STACK_START, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) < 0
               ? -ENOMEM
               : (int64_t)mm->stack_end;
}

int64_t mm_choose_image_base(struct mm *mm, uint64_t len, uint64_t align)
{
    gva_t base = ALIGN_UP(mm->image, align);

    return gmem_in_window(base, len) ? (int64_t)base : -ENOMEM;
}

enum mm_fault_kind mm_fault(struct mm *mm, gva_t addr, uint64_t error)
{
    gva_t page = ALIGN_DOWN(addr, PAGE_SIZE);

    (void)error;
    if (fake_mm_prot(addr) >= 0)
        return MM_FAULT_FIXED;
    if (addr >= mm->stack_start || addr < mm->stack_end - mm->stack_limit)
        return MM_FAULT_MAPERR;
    if (mm_mmap(mm, page, mm->stack_start - page, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) < 0)
        return MM_FAULT_MAPERR;
    mm->stack_start = page;
    return MM_FAULT_FIXED;
}

/* Call (fn) for each line of /proc/self/maps. */
static void
for_each_map(void (*fn)(void *ctx, gva_t start, gva_t end, int prot), void *ctx)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char *line = NULL;
    size_t size = 0;

    if (!maps)
        abort();
    while (getline(&line, &size, maps) > 0) {
        uint64_t start, end;
        char r, w, x;

        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %c%c%c", &start, &end, &r, &w,
                   &x) != 5)
            abort();
        fn(ctx, start, end,
           (r == 'r' ? PROT_READ : 0) | (w == 'w' ? PROT_WRITE : 0) |
               (x == 'x' ? PROT_EXEC : 0));
    }
    free(line);
    fclose(maps);
}

struct query {
    gva_t addr;
    int prot;
};

static void match(void *ctx, gva_t start, gva_t end, int prot)
{
    struct query *q = ctx;

    if (q->addr >= start && q->addr < end)
        q->prot = prot;
}

int fake_mm_prot(gva_t addr)
{
    struct query q = {.addr = addr, .prot = -1};

    for_each_map(match, &q);
    return q.prot;
}

static void sum(void *ctx, gva_t start, gva_t end, int prot)
{
    uint64_t *pages = ctx;

    (void)prot;
    if (gmem_in_window(start, end - start))
        *pages += (end - start) / PAGE_SIZE;
}

uint64_t fake_mm_pages(void)
{
    uint64_t pages = 0;

    for_each_map(sum, &pages);
    return pages;
}
