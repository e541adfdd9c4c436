/*
 * mm_shm.c: System V shared memory in the address space: shmat(2), shmdt(2).
 * The segments are the host kernel's; only where they lie is decided here.
 */
#include "vmm/mm_internal.h"

#include "vmm/layout.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/shm.h>

static struct attachment *find(struct mm *mm, gva_t addr)
{
    for (size_t i = 0; i < mm->attachment_count; i++)
        if (mm->attachments[i].start == addr)
            return &mm->attachments[i];
    return NULL;
}

/* Room for one more, before anything happens. Returns 0 or -ENOMEM. */
static int reserve(struct mm *mm)
{
    struct attachment *old = mm->attachments, *v;

    v = lock_larger(old, mm->attachment_count * sizeof(*v),
                    (mm->attachment_count + 1) * sizeof(*v));
    if (!v)
        return -ENOMEM;
    mm->attachments = v;
    free(old);
    return 0;
}

/* The address of the segment, or a negative errno; shmat(2). */
static int64_t place(const struct mm *mm, gva_t addr, uint64_t len, int flags)
{
    gva_t gva = addr;

    if (!addr) {
        if (flags & SHM_REMAP)
            return -EINVAL;
        gva = areas_find_gap(&mm->areas, ARENA_BASE, mm->mmap_top, len,
                             PAGE_SIZE);
        return gva ? (int64_t)gva : -ENOMEM;
    }
    if (flags & SHM_RND)
        gva = ALIGN_DOWN(addr, PAGE_SIZE);
    if (!IS_ALIGNED(gva, PAGE_SIZE) || !mm_in_window(mm, gva, len) ||
        (!(flags & SHM_REMAP) && !areas_free(&mm->areas, gva, gva + len)))
        return -EINVAL;
    return (int64_t)gva;
}

/* What lay there has gone without a shmdt. */
static void drop_replaced(struct mm *mm, gva_t start, uint64_t len)
{
    for (size_t i = 0; i < mm->attachment_count;)
        if (mm->attachments[i].start - start < len)
            mm->attachments[i] = mm->attachments[--mm->attachment_count];
        else
            i++;
}

static int64_t attach(struct mm *mm, int id, gva_t gva, uint64_t len, int flags)
{
    uint32_t prot = PROT_READ | (flags & SHM_RDONLY ? 0 : PROT_WRITE) |
                    (flags & SHM_EXEC ? PROT_EXEC : 0);
    int64_t rc = reserve(mm);

    if (rc == 0 &&
        mm_over_limit(mm, len - areas_accessible(&mm->areas, gva, gva + len)))
        rc = -ENOMEM;
    /* Never by the host's SHM_REMAP: were the segment another one by now, and
     * longer, it would replace what is not the program's. */
    if (rc == 0)
        rc = mm_unmap(mm, gva, len);
    if (rc == 0)
        rc = mm_prepare(mm, gva, len);
    if (rc < 0)
        return rc;
    /* NOLINTNEXTLINE(performance-no-int-to-ptr): -1 by the call's contract */
    if (shmat(id, hva(gva), flags & (SHM_RDONLY | SHM_EXEC)) == (void *)-1)
        return -errno;
    mm_record(mm, gva, len, prot, AREA_SHARED);
    drop_replaced(mm, gva, len);
    mm->attachments[mm->attachment_count++] = (struct attachment){gva, len};
    mm_reveal(mm, gva, len);
    return (int64_t)gva;
}

int64_t mm_shmat(struct mm *mm, int id, gva_t addr, int flags)
{
    struct shmid_ds segment;
    uint64_t len;
    int64_t gva;

    if (shmctl(id, IPC_STAT, &segment) < 0)
        return -errno;
    len = ALIGN_UP(segment.shm_segsz, PAGE_SIZE);
    lock_take(&mm->lock);
    gva = place(mm, addr, len, flags);
    if (gva > 0)
        gva = attach(mm, id, (gva_t)gva, len, flags);
    lock_give(&mm->lock);
    return gva;
}

int64_t mm_shmdt(struct mm *mm, gva_t addr)
{
    struct attachment *a;
    int64_t rc = -EINVAL;

    lock_take(&mm->lock);
    a = find(mm, addr);
    if (a) {
        rc = areas_reserve(&mm->areas);
        if (rc == 0)
            rc = mm_hide(mm, a->start, a->len);
        if (rc == 0 && shmdt(hva(addr)) < 0)
            rc = -errno;
        if (rc == 0)
            mm_forget(mm, a->start, a->len);
        if (rc == 0 || rc == -EINVAL)
            *a = mm->attachments[--mm->attachment_count];
    }
    lock_give(&mm->lock);
    return rc;
}
