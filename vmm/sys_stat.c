/* sys_stat.c: stat(2) and its like, which tell how many threads and descriptors
 * a process has where they are asked for a directory of /proc. Layer 2. */
#include "vmm/as_host.h"
#include "vmm/call.h"
#include "vmm/privfd.h"
#include "vmm/procfs.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Nobody may write there, and nothing is stored: few directories are so that
 * are not in /proc. */
static bool may_count(unsigned mode, unsigned major, uint64_t blocks)
{
    return S_ISDIR(mode) && !(mode & (S_IWUSR | S_IWGRP | S_IWOTH)) &&
           major == 0 && blocks == 0;
}

/* What was asked for, opened as a path, by a descriptor that does not count. An
 * empty path is (dirfd). */
static int open_asked(int dirfd, const char *path)
{
    if (!path || !path[0])
        return privfd_dup(dirfd);
    return privfd_adopt(openat(dirfd, path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static void fix_counts(struct syscall_call *call, int dirfd, const char *path,
                       uint64_t *links, uint64_t *size)
{
    int fd = open_asked(dirfd, path);

    if (fd < 0)
        return;
    procfs_fix_counts(call->task->process, fd, links, size);
    privfd_close(fd);
}

/* (out) is the index of the structure, of which this is the captured copy: it
 * goes to the guest behind this. */
static int64_t look(struct syscall_call *call, int dirfd, const char *path,
                    unsigned out)
{
    int64_t rc = as_host(call);
    struct stat *st = (struct stat *)(uintptr_t)call->host[out];
    uint64_t links, size;

    if (rc < 0 ||
        !may_count(st->st_mode, major(st->st_dev), (uint64_t)st->st_blocks))
        return rc;
    links = st->st_nlink;
    size = (uint64_t)st->st_size;
    fix_counts(call, dirfd, path, &links, &size);
    st->st_nlink = links;
    st->st_size = (off_t)size;
    return rc;
}

/* Argument (index), a path. */
static const char *path_at(const struct syscall_call *call, unsigned index)
{
    return capsule_arg(call->capsule, index, NULL, NULL);
}

int64_t sys_stat(struct syscall_call *call)
{
    return look(call, AT_FDCWD, path_at(call, 0), 1);
}

int64_t sys_lstat(struct syscall_call *call)
{
    return look(call, AT_FDCWD, path_at(call, 0), 1);
}

int64_t sys_fstat(struct syscall_call *call)
{
    return look(call, (int)call->args[0], NULL, 1);
}

int64_t sys_newfstatat(struct syscall_call *call)
{
    return look(call, (int)call->args[0], path_at(call, 1), 2);
}

int64_t sys_statx(struct syscall_call *call)
{
    int64_t rc = as_host(call);
    struct statx *st = (struct statx *)(uintptr_t)call->host[4];
    uint64_t links;

    if (rc < 0 || !may_count(st->stx_mode, st->stx_dev_major, st->stx_blocks))
        return rc;
    links = st->stx_nlink;
    fix_counts(call, (int)call->args[0], path_at(call, 1), &links,
               (uint64_t *)&st->stx_size);
    st->stx_nlink = (uint32_t)links;
    return rc;
}
