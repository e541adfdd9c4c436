/* procmem.c: a placeholder for the program's own memory, and what stands behind
 * it. */
#include "vmm/procmem.h"

#include "vmm/privfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Nothing is ever mapped there: below the windows, and below where the kernel
 * puts what the monitor maps. */
#define NOWHERE 0

/* MAX_RW_COUNT of Linux. */
#define TRANSFER_MAX (2 * GIB - PAGE_SIZE)

/* Of what the program may open with, what the placeholder keeps. */
#define KEPT_FLAGS (O_ACCMODE | O_APPEND | O_NONBLOCK)

void procmem_init(struct procmem *pm)
{
    *pm = (struct procmem){0};
    pthread_mutex_init(&pm->lock, NULL);
}

static int make_placeholder(struct procmem *pm)
{
    int fd = privfd_memfd("mem", MFD_ALLOW_SEALING);
    struct stat st;

    if (fd < 0)
        return fd;
    if (fcntl(fd, F_ADD_SEALS,
              F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) < 0 ||
        fstat(fd, &st) < 0) {
        int rc = -errno;

        privfd_close(fd);
        return rc;
    }
    pm->dev = st.st_dev;
    pm->ino = st.st_ino;
    __atomic_store_n(&pm->placeholder, fd, __ATOMIC_RELEASE);
    return 0;
}

static int open_kernels(struct procmem *pm)
{
    int fd = pm->memory ? 0 : privfd_open("/proc/self/mem", O_RDWR);

    if (fd > 0)
        pm->memory = fd;
    return fd < 0 ? fd : 0;
}

void procmem_prepare(struct procmem *pm)
{
    open_kernels(pm);
}

int procmem_share(struct procmem *pm)
{
    return pm->placeholder ? 0 : make_placeholder(pm);
}

int procmem_open(struct procmem *pm, int flags, bool alone)
{
    char path[64];
    int fd = alone ? open_kernels(pm) : 0;

    if (fd == 0)
        fd = pm->memory ? procmem_share(pm) : -EACCES;
    if (fd < 0)
        return fd;
    snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", pm->placeholder);
    return privfd_open(path, flags & KEPT_FLAGS);
}

void procmem_exec(struct procmem *pm)
{
    privfd_close(pm->placeholder);
    pm->placeholder = 0;
}

void procmem_disown(const struct procmem *pm)
{
    privfd_disown(pm->memory);
    privfd_disown(pm->placeholder);
}

void procmem_forked(struct procmem *pm)
{
    /* This one shows the parent. */
    privfd_close(pm->memory);
    procmem_exec(pm);
    procmem_init(pm);
}

bool procmem_is(const struct procmem *pm, int fd, int access)
{
    struct stat st;
    int flags;

    if (!__atomic_load_n(&pm->placeholder, __ATOMIC_ACQUIRE))
        return false;
    if (fstat(fd, &st) < 0 || st.st_ino != pm->ino || st.st_dev != pm->dev)
        return false;
    flags = fcntl(fd, F_GETFL);
    return flags >= 0 && !(flags & O_PATH) &&
           ((flags & O_ACCMODE) == O_RDWR || (flags & O_ACCMODE) == access);
}

/* 63 bits as a number with a sign. */
static int64_t extend(int64_t bits)
{
    return (int64_t)((uint64_t)bits << 1) >> 1;
}

int procmem_tell(int fd, int64_t *pos)
{
    int64_t at = lseek(fd, 0, SEEK_CUR);

    if (at < 0)
        return -errno;
    *pos = extend(at);
    return 0;
}

int procmem_seek(int fd, int64_t pos)
{
    if (extend(pos) != pos)
        return -EINVAL;
    return lseek(fd, pos & INT64_MAX, SEEK_SET) < 0 ? -errno : 0;
}

int64_t procmem_copy(const struct procmem *pm, struct mm *mm, bool writes,
                     const struct iovec *buf, int64_t pos)
{
    /* Whatever becomes of the mappings meanwhile: in the windows there is
     * nothing of the monitor's. */
    uint64_t mapped = mm_mapped(mm, (gva_t)pos, buf->iov_len);
    long rc =
        syscall(writes ? SYS_pwrite64 : SYS_pread64, pm->memory, buf->iov_base,
                mapped ? mapped : buf->iov_len, mapped ? pos : NOWHERE);

    return rc < 0 ? -errno : rc;
}

int64_t procmem_copy_all(const struct procmem *pm, struct mm *mm, bool writes,
                         const struct iovec *buf, uint64_t n, int flags,
                         int64_t pos)
{
    /* For the host to refuse what Linux refuses; else it finds nothing. */
    int64_t rc = syscall(writes ? SYS_pwritev2 : SYS_preadv2, pm->memory, buf,
                         n, NOWHERE, 0, flags);
    uint64_t done = 0;

    if (rc >= 0 || errno != EIO)
        return rc < 0 ? -errno : rc;
    for (uint64_t i = 0; i < n && done < TRANSFER_MAX; i++) {
        const struct iovec part = {
            buf[i].iov_base, min_u64(buf[i].iov_len, TRANSFER_MAX - done)};

        rc = procmem_copy(pm, mm, writes, &part, pos + (int64_t)done);
        if (rc < 0)
            return done ? (int64_t)done : rc;
        done += (uint64_t)rc;
        if ((uint64_t)rc < part.iov_len)
            break;
    }
    return (int64_t)done;
}
