/*
 * mm.c: mmap and its family. The host kernel carries every call out at the
 * same address; the map of areas and the guest's page tables follow.
 */
#include "vmm/mm_internal.h"

#include "vmm/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/resource.h>

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif
#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

/* Linux's stack_guard_gap, and the least gap between stack and mmap area. */
#define STACK_GUARD   MIB
#define STACK_GAP_MIN (128 * MIB)
/* How much of a stack exists before it grows; Linux starts with as much. */
#define STACK_START (132 * KIB)
/* The part of it that every program uses. */
#define STACK_TOUCHED (32 * KIB)

/* Flags that say where; the monitor decides that, the host is told MAP_FIXED.
 */
#define MAP_WHERE (MAP_32BIT | MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_GROWSDOWN)

/* A random multiple of (align) below (span). */
static uint64_t random_offset(const struct mm *mm, uint64_t span,
                              uint64_t align)
{
    uint64_t value;

    if (!mm->randomize ||
        getrandom(&value, sizeof(value), GRND_NONBLOCK) != sizeof(value))
        return 0;
    return ALIGN_DOWN(value % span, align);
}

int mm_create(struct mm **out, struct vm *vm, const struct profile *p,
              struct diag *d)
{
    struct mm *mm = calloc(1, sizeof(*mm));

    if (!mm)
        return diag_set(d, -ENOMEM, "cannot create the address space");
    mm->vm = vm;
    mm->low_end = vm->low_end;
    mm->arena_end = vm->arena_end;
    mm->mmap_top = vm->arena_end;
    mm->limit = p->memory_limit;
    mm->huge_pages = p->huge_pages;
    mm->randomize = p->randomize;
    lock_init(&mm->lock);
    *out = mm;
    return 0;
}

void mm_destroy(struct mm *mm)
{
    if (!mm)
        return;
    for (size_t i = 0; i < mm->areas.count; i++)
        munmap(hva(mm->areas.v[i].start),
               mm->areas.v[i].end - mm->areas.v[i].start);
    areas_clear(&mm->areas);
    free(mm->attachments);
    pthread_mutex_destroy(&mm->lock);
    free(mm);
}

void mm_hold(struct mm *mm)
{
    lock_take(&mm->lock);
}

void mm_release(struct mm *mm)
{
    lock_give(&mm->lock);
}

bool mm_in_window(const struct mm *mm, gva_t addr, uint64_t len)
{
    return range_within(addr, len, LOW_BASE, mm->low_end) ||
           range_within(addr, len, ARENA_BASE, mm->arena_end);
}

bool mm_over_limit(const struct mm *mm, uint64_t more)
{
    return mm->limit && more > mm->limit - min_u64(mm->accessible, mm->limit);
}

void mm_record(struct mm *mm, gva_t start, uint64_t len, uint32_t prot,
               uint32_t flags)
{
    gva_t end = start + len;

    mm->accessible -= areas_accessible(&mm->areas, start, end);
    areas_remove(&mm->areas, start, end);
    areas_add(&mm->areas, (struct area){start, end, prot, flags});
    mm->accessible += prot ? len : 0;
}

void mm_forget(struct mm *mm, gva_t start, uint64_t len)
{
    mm->accessible -= areas_accessible(&mm->areas, start, start + len);
    areas_remove(&mm->areas, start, start + len);
}

/* Where a new mapping goes when the program does not insist. */
static gva_t choose(const struct mm *mm, gva_t hint, uint64_t len, int flags)
{
    bool huge =
        mm->huge_pages && (flags & MAP_ANONYMOUS) && len >= HUGE_PAGE_SIZE;
    uint64_t align = huge ? HUGE_PAGE_SIZE : PAGE_SIZE;

    hint = ALIGN_UP(hint, PAGE_SIZE);
    if (hint && mm_in_window(mm, hint, len) &&
        areas_free(&mm->areas, hint, hint + len))
        return hint;
    if (flags & MAP_32BIT)
        return areas_find_gap(&mm->areas, LOW_BASE,
                              min_u64(2 * GIB, mm->low_end), len, PAGE_SIZE);
    return areas_find_gap(&mm->areas, ARENA_BASE, mm->mmap_top, len, align);
}

/* The address of a new mapping, or a negative errno. */
static int64_t place(const struct mm *mm, gva_t addr, uint64_t len, int flags)
{
    gva_t gva;

    if (!(flags & (MAP_FIXED | MAP_FIXED_NOREPLACE))) {
        gva = choose(mm, addr, len, flags);
        return gva ? (int64_t)gva : -ENOMEM;
    }
    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (addr < LOW_BASE)
        return -EPERM; /* as below vm.mmap_min_addr */
    if (!mm_in_window(mm, addr, len))
        return -ENOMEM;
    if ((flags & MAP_FIXED_NOREPLACE) &&
        !areas_free(&mm->areas, addr, addr + len))
        return -EEXIST;
    return (int64_t)addr;
}

static uint32_t area_flags(int flags)
{
    uint32_t out = 0;

    if ((flags & MAP_TYPE) != MAP_PRIVATE)
        out |= AREA_SHARED;
    if (!(flags & MAP_ANONYMOUS))
        out |= AREA_FILE;
    if (flags & MAP_GROWSDOWN)
        out |= AREA_GROWSDOWN;
    if (flags & MAP_STACK)
        out |= AREA_SMALL;
    return out;
}

/*
 * What may be written or executed may be read, on this architecture's pages;
 * but KVM asks the host's mapping by its name for that, and fails.
 */
static int host_prot(int prot)
{
    return prot & (PROT_WRITE | PROT_EXEC) ? prot | PROT_READ : prot;
}

int mm_prepare(struct mm *mm, gva_t start, uint64_t len)
{
    int rc = areas_reserve(&mm->areas);

    return rc == 0 ? mm_hide(mm, start, len) : rc;
}

/* Map at (gva), which (place) has approved; the lock is held. */
static int64_t map_at(struct mm *mm, gva_t gva, uint64_t len, int prot,
                      int flags, int fd, uint64_t offset)
{
    uint32_t aflags = area_flags(flags);
    void *got;
    int rc = mm_prepare(mm, gva, len);

    if (rc < 0)
        return rc;
    got = mmap(hva(gva), len, host_prot(prot), (flags & ~MAP_WHERE) | MAP_FIXED,
               fd, (off_t)offset);
    if (got == MAP_FAILED)
        return -errno;
    mm_record(mm, gva, len, (uint32_t)prot & PROT_RIGHTS, aflags);
    if (mm->huge_pages && len >= HUGE_PAGE_SIZE && (prot & PROT_WRITE) &&
        !(aflags & (AREA_SHARED | AREA_FILE | AREA_SMALL)))
        madvise(hva(gva), len, MADV_HUGEPAGE);
    if (mm->lock_future)
        mlock2(hva(gva), len,
               mm->lock_future & MCL_ONFAULT ? MLOCK_ONFAULT : 0);
    mm_reveal_new(mm, gva, len, prot, flags, fd, offset);
    return (int64_t)gva;
}

int64_t mm_mmap(struct mm *mm, gva_t addr, uint64_t len, int prot, int flags,
                int fd, uint64_t offset)
{
    int64_t gva;

    if (!IS_ALIGNED(offset, PAGE_SIZE) || len == 0)
        return -EINVAL;
    len = ALIGN_UP(len, PAGE_SIZE);
    if (len == 0 || len > ARENA_MAX_SIZE)
        return -ENOMEM;
    if (flags & MAP_HUGETLB)
        return -ENOMEM; /* as with no huge pages reserved */
    lock_take(&mm->lock);
    gva = place(mm, addr, len, flags);
    if (gva > 0 && (prot & PROT_RIGHTS) &&
        mm_over_limit(mm, len - areas_accessible(&mm->areas, (gva_t)gva,
                                                 (gva_t)gva + len)))
        gva = -ENOMEM;
    if (gva > 0)
        gva = map_at(mm, (gva_t)gva, len, prot, flags, fd, offset);
    lock_give(&mm->lock);
    return gva;
}

/* The end of the areas that follow (i) without a gap. */
static gva_t run_end(const struct areas *areas, size_t i)
{
    while (i + 1 < areas->count && areas->v[i].end == areas->v[i + 1].start)
        i++;
    return areas->v[i].end;
}

int64_t mm_unmap(struct mm *mm, gva_t start, uint64_t len)
{
    gva_t end = start + len;
    size_t i;

    while ((i = areas_from(&mm->areas, start)) < mm->areas.count &&
           mm->areas.v[i].start < end) {
        gva_t from = max_u64(start, mm->areas.v[i].start);
        uint64_t piece = min_u64(end, run_end(&mm->areas, i)) - from;
        int rc = areas_reserve(&mm->areas);

        if (rc == 0)
            rc = mm_hide(mm, from, piece);
        if (rc < 0)
            return rc;
        if (munmap(hva(from), piece) < 0)
            return -errno;
        mm_forget(mm, from, piece);
        start = from + piece;
    }
    return 0;
}

int64_t mm_clear(struct mm *mm)
{
    int64_t rc;

    lock_take(&mm->lock);
    rc = mm_unmap(mm, 0, mm->arena_end);
    mm->mmap_top = mm->arena_end;
    mm->brk = mm->brk_start = 0;
    mm->lock_future = 0;
    mm->attachment_count = 0;
    lock_give(&mm->lock);
    return rc;
}

/* Checks that munmap, mprotect and friends begin with. */
static int check_range(gva_t addr, uint64_t *len)
{
    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    *len = ALIGN_UP(*len, PAGE_SIZE);
    return addr + *len < addr ? -ENOMEM : 0;
}

int64_t mm_munmap(struct mm *mm, gva_t addr, uint64_t len)
{
    int64_t rc;

    if (len == 0 || check_range(addr, &len) < 0 || len == 0)
        return -EINVAL;
    lock_take(&mm->lock);
    rc = mm_unmap(mm, addr, len);
    lock_give(&mm->lock);
    return rc;
}

/* Change the rights of a range inside one area; the lock is held. */
static int protect_piece(struct mm *mm, gva_t start, uint64_t len, int prot,
                         struct area area)
{
    uint32_t rights = (uint32_t)prot & PROT_RIGHTS;
    bool grows = rights && !area.prot;
    int rc = areas_reserve(&mm->areas);

    if (rc == 0 && grows && mm_over_limit(mm, len))
        rc = -ENOMEM;
    if (rc == 0 && area.prot != rights)
        rc = mm_hide(mm, start, len);
    if (rc < 0)
        return rc;
    if (mprotect(hva(start), len, host_prot(prot) & ~PROT_GROWSDOWN) < 0)
        return -errno;
    mm_record(mm, start, len, rights, area.flags);
    if (area.prot != rights)
        mm_reveal(mm, start, len);
    return 0;
}

int64_t mm_mprotect(struct mm *mm, gva_t addr, uint64_t len, int prot)
{
    int rc = check_range(addr, &len);
    gva_t end = addr + len;

    if (rc < 0 || len == 0)
        return rc;
    lock_take(&mm->lock);
    if (prot & PROT_GROWSDOWN) {
        const struct area *a = areas_at(&mm->areas, addr);

        if (!a || !(a->flags & AREA_GROWSDOWN))
            rc = -EINVAL;
        else
            addr = a->start;
    }
    while (rc == 0 && addr < end) {
        const struct area *a = areas_at(&mm->areas, addr);
        uint64_t piece;

        if (!a) {
            rc = -ENOMEM;
            break;
        }
        piece = min_u64(end, a->end) - addr;
        rc = protect_piece(mm, addr, piece, prot, *a);
        addr += piece;
    }
    lock_give(&mm->lock);
    return rc;
}

void mm_set_brk(struct mm *mm, gva_t addr)
{
    mm->brk_start = ALIGN_UP(addr, PAGE_SIZE);
    mm->brk_start += random_offset(mm, 32 * MIB, PAGE_SIZE);
    mm->brk = mm->brk_start;
    vm_tell_brk(mm->vm, mm->brk);
}

/* Move the end of the heap from (old) to (new), both page-aligned. */
static int64_t move_brk(struct mm *mm, gva_t old, gva_t new)
{
    struct rlimit data;
    int64_t rc;

    if (new < old)
        return mm_unmap(mm, new, old - new);
    if (getrlimit(RLIMIT_DATA, &data) == 0 &&
        new - mm->brk_start > data.rlim_cur)
        return -ENOMEM;
    if (!mm_in_window(mm, mm->brk_start, new - mm->brk_start) ||
        !areas_free(&mm->areas, old, new + PAGE_SIZE) ||
        mm_over_limit(mm, new - old))
        return -ENOMEM;
    rc = map_at(mm, old, new - old, PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    /* The heap is touched at once, page by page: do that for the program. */
    if (rc > 0 && new - old <= MIB)
        madvise(hva(old), new - old, MADV_POPULATE_WRITE);
    return rc;
}

gva_t mm_brk(struct mm *mm, gva_t brk)
{
    gva_t result;

    lock_take(&mm->lock);
    if (brk >= mm->brk_start && brk < mm->arena_end) {
        gva_t old = ALIGN_UP(mm->brk, PAGE_SIZE);
        gva_t new = ALIGN_UP(brk, PAGE_SIZE);

        if (old == new || move_brk(mm, old, new) >= 0) {
            mm->brk = brk;
            vm_tell_brk(mm->vm, brk);
        }
    }
    result = mm->brk;
    lock_give(&mm->lock);
    return result;
}

void mm_heap(struct mm *mm, gva_t *start, gva_t *end)
{
    lock_take(&mm->lock);
    *start = mm->brk_start;
    *end = mm->brk;
    lock_give(&mm->lock);
}

const gva_t *mm_heap_words(const struct mm *mm)
{
    _Static_assert(offsetof(struct mm, brk) ==
                       offsetof(struct mm, brk_start) + sizeof(gva_t),
                   "two words in a row");
    return &mm->brk_start;
}

int64_t mm_map_stack(struct mm *mm, uint64_t limit)
{
    uint64_t most = (mm->arena_end - ARENA_BASE) / 4;
    int64_t rc;

    limit = ALIGN_DOWN(min_u64(limit, most), PAGE_SIZE);
    mm->stack_end =
        mm->arena_end - PAGE_SIZE - random_offset(mm, 16 * MIB, PAGE_SIZE);
    mm->mmap_top = mm->stack_end - STACK_GUARD - max_u64(limit, STACK_GAP_MIN) -
                   random_offset(mm, 64 * MIB, PAGE_SIZE);
    rc = mm_mmap(mm, mm->stack_end - STACK_START, STACK_START,
                 PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_STACK |
                     MAP_FIXED_NOREPLACE,
                 -1, 0);
    if (rc < 0)
        return rc;
    madvise(hva(mm->stack_end - STACK_TOUCHED), STACK_TOUCHED,
            MADV_POPULATE_WRITE);
    return (int64_t)mm->stack_end;
}

int64_t mm_choose_image_base(struct mm *mm, uint64_t len, uint64_t align)
{
    gva_t base = IMAGE_BASE + IMAGE_RANGE <= mm->low_end
                     ? IMAGE_BASE + random_offset(mm, IMAGE_RANGE, PAGE_SIZE)
                     : ARENA_BASE + random_offset(mm, 32 * MIB, PAGE_SIZE);

    base = ALIGN_UP(base, max_u64(align, PAGE_SIZE));
    if (!mm_in_window(mm, base, len) ||
        !areas_free(&mm->areas, base, base + len))
        return -ENOMEM;
    return (int64_t)base;
}

bool mm_uses(const void *ctx, gva_t start, gva_t end)
{
    const struct mm *mm = ctx;

    return !areas_free(&mm->areas, start, end);
}

int mm_for_each(struct mm *mm, int (*fn)(void *ctx, const struct mm_area *area),
                void *ctx)
{
    int rc = 0;

    lock_take(&mm->lock);
    for (size_t i = 0; i < mm->areas.count && rc == 0; i++) {
        const struct area *a = &mm->areas.v[i];
        const struct mm_area shown = {
            .start = a->start,
            .end = a->end,
            .prot = (int)a->prot,
            .flags = (a->flags & AREA_SHARED ? MAP_SHARED : MAP_PRIVATE) |
                     (a->flags & AREA_FILE ? 0 : MAP_ANONYMOUS) |
                     (a->flags & AREA_GROWSDOWN ? MAP_GROWSDOWN : 0),
        };

        rc = fn(ctx, &shown);
    }
    lock_give(&mm->lock);
    return rc;
}

/* The arguments of one mremap on its way. */
struct move {
    gva_t old;
    uint64_t old_len;
    gva_t new;
    uint64_t new_len;
    int flags;
    struct area area; /* the old one */
};

/* Let the host move, grow or shrink; the lock is held, targets are approved. */
static int64_t remap(struct mm *mm, const struct move *m)
{
    bool moves = m->new != m->old;
    uint32_t flags = m->area.flags;
    void *got;
    int rc = areas_reserve(&mm->areas);

    if (rc == 0 && moves)
        rc = mm_hide(mm, m->old, m->old_len);
    if (rc == 0 && moves)
        rc = mm_hide(mm, m->new, m->new_len);
    if (rc < 0)
        return rc;
    if (moves)
        got = mremap(hva(m->old), m->old_len, m->new_len,
                     MREMAP_MAYMOVE | MREMAP_FIXED |
                         (m->flags & MREMAP_DONTUNMAP),
                     hva(m->new));
    else
        got = mremap(hva(m->old), m->old_len, m->new_len, 0);
    if (got == MAP_FAILED)
        return -errno;
    if (moves && m->old_len && !(m->flags & MREMAP_DONTUNMAP)) {
        mm_forget(mm, m->old, m->old_len);
        rc = areas_reserve(&mm->areas);
        if (rc < 0)
            return rc;
    }
    /* Shared memory does not grow with its mapping: like a file it ends. */
    if ((m->area.flags & AREA_SHARED) && m->new_len > m->old_len)
        flags |= AREA_FILE;
    mm_record(mm, m->new, m->new_len, m->area.prot, flags);
    mm_reveal(mm, m->new, m->new_len);
    return (int64_t)m->new;
}

/* Decide where an mremap that is not a plain shrink goes. */
static int64_t remap_target(struct mm *mm, struct move *m, gva_t new_addr)
{
    if (m->area.prot && m->new_len > m->old_len &&
        mm_over_limit(mm, m->new_len - m->old_len))
        return -ENOMEM;
    if (m->flags & MREMAP_FIXED) {
        if (!IS_ALIGNED(new_addr, PAGE_SIZE) ||
            !mm_in_window(mm, new_addr, m->new_len) ||
            (new_addr < m->old + m->old_len && m->old < new_addr + m->new_len))
            return -EINVAL;
        m->new = new_addr;
        return mm_unmap(mm, m->new, m->new_len);
    }
    if (!(m->flags & MREMAP_DONTUNMAP) && m->old_len &&
        m->old + m->old_len == m->area.end &&
        mm_in_window(mm, m->old, m->new_len) &&
        areas_free(&mm->areas, m->area.end, m->old + m->new_len)) {
        m->new = m->old;
        return 0;
    }
    if (!(m->flags & MREMAP_MAYMOVE))
        return -ENOMEM;
    m->new = choose(mm, 0, m->new_len,
                    m->area.flags & AREA_FILE ? 0 : MAP_ANONYMOUS);
    return m->new ? 0 : -ENOMEM;
}

int64_t mm_mremap(struct mm *mm, gva_t old_addr, uint64_t old_len,
                  uint64_t new_len, int flags, gva_t new_addr)
{
    struct move m = {.old = old_addr, .flags = flags};
    const struct area *area;
    int64_t rc;

    if (!IS_ALIGNED(old_addr, PAGE_SIZE) || new_len == 0 ||
        (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) ||
        ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) &&
         !(flags & MREMAP_MAYMOVE)))
        return -EINVAL;
    m.old_len = ALIGN_UP(old_len, PAGE_SIZE);
    m.new_len = ALIGN_UP(new_len, PAGE_SIZE);
    if ((flags & MREMAP_DONTUNMAP) && m.old_len != m.new_len)
        return -EINVAL;
    if (m.new_len == 0 || m.new_len > ARENA_MAX_SIZE)
        return -EINVAL;
    lock_take(&mm->lock);
    area = areas_at(&mm->areas, old_addr);
    if (!area || m.old_len > area->end - old_addr) {
        rc = -EFAULT;
    } else if (m.old_len == 0 && !(area->flags & AREA_SHARED)) {
        rc = -EINVAL;
    } else if (m.new_len <= m.old_len &&
               !(flags & (MREMAP_FIXED | MREMAP_DONTUNMAP))) {
        rc = m.new_len < m.old_len
                 ? mm_unmap(mm, old_addr + m.new_len, m.old_len - m.new_len)
                 : 0;
        rc = rc < 0 ? rc : (int64_t)old_addr;
    } else {
        m.area = *area;
        rc = remap_target(mm, &m, new_addr);
        if (rc >= 0)
            rc = remap(mm, &m);
    }
    lock_give(&mm->lock);
    return rc;
}
