/*
 * mm_fault.c: which entries the guest's page tables have for what is mapped:
 * at once where that is cheap, else when the guest's page fault asks.
 */
#include "vmm/mm_internal.h"

#include "vmm/layout.h"
#include "vmm/x86.h"

#include <errno.h>
#include <sys/resource.h>
#include <sys/stat.h>

/* Mappings up to this size get all their entries at once: filling a page table
 * costs less than one page fault that leaves the guest. */
#define EAGER_ANON (4 * MIB)
#define EAGER_FILE (4 * MIB)
#define EAGER_HUGE (256 * MIB)

/* The same where it is known that the file does not end before. */
#define EAGER_KNOWN (32 * MIB)

/* New memory that is sure to be written, or small, is touched at once: a page
 * that the host has costs the guest a tenth of one that it has to make. */
#define TOUCH_ANON (64 * KIB)
#define TOUCH_FILE MIB

/* Larger ones get them for the aligned window around the address. */
#define WINDOW_ANON (2 * MIB)
#define WINDOW_FILE (512 * KIB)
#define WINDOW_HUGE (64 * MIB)

#define STACK_GROWTH (128 * KIB)
#define STACK_GUARD  MIB

static uint64_t entry_bits(uint32_t prot)
{
    return PTE_U | (prot & PROT_WRITE ? PTE_W : 0) |
           (prot & PROT_EXEC ? 0 : PTE_NX);
}

static bool wants_huge(const struct mm *mm, const struct area *area)
{
    return mm->huge_pages &&
           !(area->flags & (AREA_FILE | AREA_SHARED | AREA_SMALL)) &&
           (area->prot & PROT_WRITE) &&
           area->end - area->start >= HUGE_PAGE_SIZE;
}

int mm_hide(struct mm *mm, gva_t start, uint64_t len)
{
    return pt_unmap(&mm->vm->pt, start, len);
}

int mm_reveal_area(struct mm *mm, const struct area *area, gva_t start,
                   uint64_t len)
{
    if (!area->prot)
        return 0;
    return vm_map(mm->vm, start, len, entry_bits(area->prot),
                  wants_huge(mm, area));
}

/*
 * A page of a file mapping may lie behind the end of the file. An entry for it
 * would make KVM_RUN fail without an address, so ask the host first: populating
 * such a page is EFAULT, without a signal.
 */
static bool file_pages_exist(gva_t start, uint64_t len, bool write)
{
    return madvise(hva(start), len,
                   write ? MADV_POPULATE_WRITE : MADV_POPULATE_READ) == 0;
}

static uint64_t eager_limit(const struct mm *mm, const struct area *area)
{
    if (area->flags & AREA_FILE)
        return EAGER_FILE;
    return wants_huge(mm, area) ? EAGER_HUGE : EAGER_ANON;
}

void mm_reveal(struct mm *mm, gva_t start, uint64_t len)
{
    gva_t end = start + len;

    for (size_t i = areas_from(&mm->areas, start);
         i < mm->areas.count && mm->areas.v[i].start < end; i++) {
        const struct area *area = &mm->areas.v[i];
        gva_t from = max_u64(start, area->start);
        uint64_t piece = min_u64(end, area->end) - from;

        if (!area->prot || piece > eager_limit(mm, area))
            continue;
        if ((area->flags & AREA_FILE) && !file_pages_exist(from, piece, false))
            continue;
        /* Without a page for a table the guest's fault will try again. */
        mm_reveal_area(mm, area, from, piece);
    }
}

/* How much of (len) bytes at (offset) of a regular file is in the file, in
 * whole pages; 0 if unknown. */
static uint64_t part_in_file(int fd, uint64_t offset, uint64_t len)
{
    struct stat st;
    uint64_t size;

    if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
        return 0;
    size = ALIGN_UP((uint64_t)st.st_size, PAGE_SIZE);
    return offset < size ? min_u64(len, size - offset) : 0;
}

/*
 * A file mapping up to the end of the file: an entry is no promise, the page
 * is read when the guest comes to it. If it is gone by then, KVM_RUN fails as
 * it does when a file is truncated.
 *
 * MAP_DENYWRITE marks programs and libraries. Their writable part is written
 * by the dynamic linker, page for page, and no one writes to the file.
 */
static void reveal_known(struct mm *mm, const struct area *area, gva_t start,
                         uint64_t len, int flags)
{
    if ((area->prot & PROT_WRITE) && !(area->flags & AREA_SHARED) &&
        (flags & MAP_DENYWRITE) && len <= TOUCH_FILE)
        madvise(hva(start), len, MADV_POPULATE_WRITE);
    mm_reveal_area(mm, area, start, len);
}

void mm_reveal_new(struct mm *mm, gva_t start, uint64_t len, int prot,
                   int flags, int fd, uint64_t offset)
{
    const struct area *area = areas_at(&mm->areas, start);
    uint64_t known = flags & MAP_ANONYMOUS ? 0 : part_in_file(fd, offset, len);

    if (area && known && known <= EAGER_KNOWN) {
        reveal_known(mm, area, start, known, flags);
        return;
    }
    if ((flags & MAP_ANONYMOUS) && (flags & MAP_TYPE) == MAP_PRIVATE &&
        !(flags & MAP_NORESERVE) && (prot & PROT_WRITE) && len <= TOUCH_ANON)
        madvise(hva(start), len, MADV_POPULATE_WRITE);
    mm_reveal(mm, start, len);
}

static enum mm_fault_kind reveal_file(struct mm *mm, const struct area *area,
                                      gva_t addr, bool write)
{
    gva_t start = max_u64(ALIGN_DOWN(addr, WINDOW_FILE), area->start);
    gva_t end = min_u64(ALIGN_DOWN(addr, WINDOW_FILE) + WINDOW_FILE, area->end);

    if (!file_pages_exist(start, end - start, false)) {
        start = ALIGN_DOWN(addr, PAGE_SIZE);
        end = start + PAGE_SIZE;
        if (!file_pages_exist(start, PAGE_SIZE, write))
            return MM_FAULT_BUS;
    }
    return mm_reveal_area(mm, area, start, end - start) == 0 ? MM_FAULT_FIXED
                                                             : MM_FAULT_BUS;
}

static enum mm_fault_kind reveal_anon(struct mm *mm, const struct area *area,
                                      gva_t addr)
{
    uint64_t window = wants_huge(mm, area) ? WINDOW_HUGE : WINDOW_ANON;
    gva_t base = ALIGN_DOWN(addr, window);
    gva_t start = max_u64(base, area->start);
    gva_t end = min_u64(base + window, area->end);

    return mm_reveal_area(mm, area, start, end - start) == 0 ? MM_FAULT_FIXED
                                                             : MM_FAULT_BUS;
}

/* The limit may change while the program runs; prlimit(2). */
static uint64_t stack_limit(void)
{
    struct rlimit limit = {0};

    getrlimit(RLIMIT_STACK, &limit);
    return ALIGN_DOWN(limit.rlim_cur, PAGE_SIZE);
}

/*
 * A fault below a stack: extend it, as Linux's expand_downwards() does, within
 * the limit of its size and not into the guard gap above what lies below.
 */
static const struct area *grow_stack(struct mm *mm, gva_t addr)
{
    size_t i = areas_from(&mm->areas, addr);
    struct area *stack = i < mm->areas.count ? &mm->areas.v[i] : NULL;
    gva_t page = ALIGN_DOWN(addr, PAGE_SIZE);
    gva_t floor, start, top;
    uint32_t prot;

    if (!stack || !(stack->flags & AREA_GROWSDOWN) || !stack->prot)
        return NULL;
    top = stack->start;
    floor = i > 0 ? mm->areas.v[i - 1].end + STACK_GUARD : ARENA_BASE;
    floor = max_u64(floor,
                    stack->end - min_u64(stack_limit(), stack->end - LOW_BASE));
    if (page < floor)
        return NULL;
    start = max_u64(floor, page - min_u64(STACK_GROWTH, page - floor));
    prot = stack->prot;
    if (mm->limit && mm->accessible + (top - start) > mm->limit)
        return NULL;
    if (areas_reserve(&mm->areas) < 0 ||
        mmap(hva(start), top - start, (int)prot,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
             0) == MAP_FAILED)
        return NULL;
    areas_add(&mm->areas,
              (struct area){start, top, prot, AREA_GROWSDOWN | AREA_SMALL});
    mm->accessible += top - start;
    return areas_at(&mm->areas, addr);
}

static bool allowed(uint32_t prot, uint64_t error)
{
    if (error & PF_FETCH)
        return prot & PROT_EXEC;
    if (error & PF_WRITE)
        return prot & PROT_WRITE;
    return prot & PROT_RIGHTS;
}

/* The entry allows the access already: another vcpu was faster. */
static bool spurious(const struct mm *mm, gva_t addr, uint64_t error)
{
    uint64_t size;
    uint64_t entry = pt_lookup(&mm->vm->pt, addr, &size);

    return entry && !((error & PF_WRITE) && !(entry & PTE_W)) &&
           !((error & PF_FETCH) && (entry & PTE_NX));
}

enum mm_fault_kind mm_fault(struct mm *mm, gva_t addr, uint64_t error)
{
    enum mm_fault_kind kind;
    const struct area *area;

    if (!mm_in_window(mm, addr, 1))
        return MM_FAULT_MAPERR;
    lock_take(&mm->lock);
    area = areas_at(&mm->areas, addr);
    if (!area)
        area = grow_stack(mm, addr);
    if (!area)
        kind = MM_FAULT_MAPERR;
    else if (!allowed(area->prot, error))
        kind = MM_FAULT_ACCERR;
    else if (spurious(mm, addr, error))
        kind = MM_FAULT_FIXED;
    else if (area->flags & AREA_FILE)
        kind = reveal_file(mm, area, addr, error & PF_WRITE);
    else
        kind = reveal_anon(mm, area, addr);
    lock_give(&mm->lock);
    return kind;
}

void mm_drop_file_entries(struct mm *mm)
{
    lock_take(&mm->lock);
    for (size_t i = 0; i < mm->areas.count; i++)
        if (mm->areas.v[i].flags & AREA_FILE)
            mm_hide(mm, mm->areas.v[i].start,
                    mm->areas.v[i].end - mm->areas.v[i].start);
    lock_give(&mm->lock);
}
