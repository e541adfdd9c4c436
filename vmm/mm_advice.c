/*
 * mm_advice.c: calls on ranges that change no mapping: madvise, msync,
 * mincore, mlock and its family, mseal. The host kernel runs them on the parts
 * of the range that are the program's.
 */
#include "vmm/mm_internal.h"

#include "vmm/gmem.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#define MLOCK_EMULATED_FLAGS (MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT)

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

/* Advice that a program may give about its own memory. What is missing acts on
 * the machine (HWPOISON, SOFT_OFFLINE) or is younger than the table. */
static bool advice_known(int advice)
{
    return (advice >= MADV_NORMAL && advice <= MADV_DONTNEED) ||
           (advice >= MADV_FREE && advice <= MADV_POPULATE_WRITE) ||
           advice == MADV_COLLAPSE;
}

/* The range as Linux checks it: aligned start, no wrap. */
static int check(gva_t addr, uint64_t *len)
{
    uint64_t rounded = ALIGN_UP(*len, PAGE_SIZE);

    if (!IS_ALIGNED(addr, PAGE_SIZE) || (*len && !rounded) ||
        addr + rounded < addr)
        return -EINVAL;
    *len = rounded;
    return 0;
}

/* Returns 0 or -1 with errno set. The lock is held. */
typedef int piece_fn(struct mm *mm, gva_t start, uint64_t len, int arg);

/*
 * Run (fn) on each mapped piece of the range. As with madvise(2) and mlock(2)
 * holes do not end the walk, but answer ENOMEM after it; an error does.
 */
static int64_t for_pieces(struct mm *mm, gva_t addr, uint64_t len, piece_fn *fn,
                          int arg)
{
    gva_t end = addr + len;
    bool hole = false;
    int rc = 0;

    lock_take(&mm->lock);
    while (addr < end && rc == 0) {
        size_t i = areas_from(&mm->areas, addr);
        gva_t from, to;

        if (i == mm->areas.count || mm->areas.v[i].start >= end) {
            hole = true;
            break;
        }
        from = max_u64(addr, mm->areas.v[i].start);
        to = min_u64(end, mm->areas.v[i].end);
        hole |= from > addr;
        rc = fn(mm, from, to - from, arg) < 0 ? -errno : 0;
        addr = to;
    }
    lock_give(&mm->lock);
    return rc < 0 ? rc : hole ? -ENOMEM : 0;
}

static int do_madvise(struct mm *mm, gva_t start, uint64_t len, int advice)
{
    struct area area = *areas_at(&mm->areas, start);

    if (areas_reserve(&mm->areas) < 0) {
        errno = ENOMEM;
        return -1;
    }
    if (madvise(hva(start), len, advice) < 0)
        return -1;
    /* What a child will not have. */
    if (advice == MADV_DONTFORK)
        mm_record(mm, start, len, area.prot, area.flags | AREA_DONTFORK);
    else if (advice == MADV_DOFORK)
        mm_record(mm, start, len, area.prot, area.flags & ~AREA_DONTFORK);
    return 0;
}

static int do_mlock(struct mm *mm, gva_t start, uint64_t len, int flags)
{
    (void)mm;
    return mlock2(hva(start), len, (unsigned)flags);
}

static int do_munlock(struct mm *mm, gva_t start, uint64_t len, int unused)
{
    (void)mm;
    (void)unused;
    return munlock(hva(start), len);
}

static int do_msync(struct mm *mm, gva_t start, uint64_t len, int flags)
{
    (void)mm;
    return msync(hva(start), len, flags);
}

int64_t mm_madvise(struct mm *mm, gva_t addr, uint64_t len, int advice)
{
    if (!advice_known(advice) || check(addr, &len) < 0)
        return -EINVAL;
    return len ? for_pieces(mm, addr, len, do_madvise, advice) : 0;
}

void mm_forked(struct mm *mm)
{
    for (size_t i = 0; i < mm->areas.count;) {
        const struct area gone = mm->areas.v[i];

        if (gone.flags & AREA_DONTFORK) {
            mm_hide(mm, gone.start, gone.end - gone.start);
            mm_forget(mm, gone.start, gone.end - gone.start);
        } else {
            i++;
        }
    }
}

int64_t mm_msync(struct mm *mm, gva_t addr, uint64_t len, int flags)
{
    if ((flags & ~(MS_ASYNC | MS_INVALIDATE | MS_SYNC)) ||
        ((flags & MS_ASYNC) && (flags & MS_SYNC)))
        return -EINVAL;
    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (check(addr, &len) < 0)
        return -ENOMEM;
    return len ? for_pieces(mm, addr, len, do_msync, flags) : 0;
}

uint64_t mm_mapped(struct mm *mm, gva_t addr, uint64_t len)
{
    gva_t end = addr + min_u64(len, UINT64_MAX - addr), at = addr;

    lock_take(&mm->lock);
    for (size_t i = areas_from(&mm->areas, addr);
         at < end && i < mm->areas.count && mm->areas.v[i].start <= at; i++)
        at = min_u64(mm->areas.v[i].end, end);
    lock_give(&mm->lock);
    return at - addr;
}

int64_t mm_mincore(struct mm *mm, gva_t addr, uint64_t len, gva_t vec)
{
    uint64_t pages = len / PAGE_SIZE + (len % PAGE_SIZE != 0);

    if (!IS_ALIGNED(addr, PAGE_SIZE))
        return -EINVAL;
    if (len == 0 && addr < ARENA_MAX_SIZE)
        return 0;
    if (addr + len < addr || !mm_in_window(mm, addr, pages * PAGE_SIZE))
        return -ENOMEM;
    if (!gmem_passable(vec, pages))
        return -EFAULT;
    return mincore(hva(addr), len, hva(vec)) < 0 ? -errno : 0;
}

int64_t mm_mlock(struct mm *mm, gva_t addr, uint64_t len, int flags)
{
    if (flags & ~MLOCK_ONFAULT)
        return -EINVAL;
    len += addr & (PAGE_SIZE - 1);
    addr = ALIGN_DOWN(addr, PAGE_SIZE);
    if (check(addr, &len) < 0)
        return -EINVAL;
    return len ? for_pieces(mm, addr, len, do_mlock, flags) : 0;
}

int64_t mm_munlock(struct mm *mm, gva_t addr, uint64_t len)
{
    len += addr & (PAGE_SIZE - 1);
    addr = ALIGN_DOWN(addr, PAGE_SIZE);
    if (check(addr, &len) < 0)
        return -EINVAL;
    return len ? for_pieces(mm, addr, len, do_munlock, 0) : 0;
}

/* Everything the program has mapped; holes are no error. */
static int64_t for_all(struct mm *mm, piece_fn *fn, int arg)
{
    int64_t rc = for_pieces(mm, 0, mm->arena_end, fn, arg);

    return rc == -ENOMEM ? 0 : rc;
}

int64_t mm_mlockall(struct mm *mm, int flags)
{
    int64_t rc = 0;

    /* Not mlockall(2): that would lock the monitor as well. */
    if (!flags || (flags & ~MLOCK_EMULATED_FLAGS) || flags == MCL_ONFAULT)
        return -EINVAL;
    if (flags & MCL_CURRENT)
        rc = for_all(mm, do_mlock, flags & MCL_ONFAULT ? MLOCK_ONFAULT : 0);
    if (rc < 0)
        return rc;
    lock_take(&mm->lock);
    mm->lock_future = flags & MCL_FUTURE ? flags : 0;
    lock_give(&mm->lock);
    return 0;
}

int64_t mm_munlockall(struct mm *mm)
{
    lock_take(&mm->lock);
    mm->lock_future = 0;
    lock_give(&mm->lock);
    return for_all(mm, do_munlock, 0);
}

int64_t mm_mseal(struct mm *mm, gva_t addr, uint64_t len, uint64_t flags)
{
    if (flags || check(addr, &len) < 0)
        return -EINVAL;
    if (!mm_in_window(mm, addr, len))
        return -ENOMEM;
    return syscall(SYS_mseal, addr, len, flags) < 0 ? -errno : 0;
}
