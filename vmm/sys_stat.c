/* sys_stat.c: stat(2) and its like, whose result is looked at: they tell how
 * many threads and descriptors a process has where they are asked for a
 * directory of /proc, and nothing of the monitor's descriptors. Layer 2. */
#include "vmm/as_host.h"
#include "vmm/call.h"
#include "vmm/gmem.h"
#include "vmm/privfd.h"
#include "vmm/procfs.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* What all of them tell, as far as it matters here. */
struct seen {
    unsigned mode, major;
    uint64_t blocks, links, size;
};

/* Nobody may write there, and nothing is stored: few directories are so that
 * are not in /proc. */
static bool may_count(const struct seen *s)
{
    return S_ISDIR(s->mode) && !(s->mode & (S_IWUSR | S_IWGRP | S_IWOTH)) &&
           s->major == 0 && s->blocks == 0;
}

/* All that the monitor has, but for directories and files with names. */
static bool may_be_monitors(const struct seen *s)
{
    return !S_ISDIR(s->mode) && !S_ISLNK(s->mode) &&
           (!S_ISREG(s->mode) || s->links == 0);
}

/* What was asked for, opened as a path, by a descriptor that does not count. An
 * empty path is (dirfd). */
static int open_asked(int dirfd, const char *path)
{
    if (!path || !path[0])
        return privfd_dup(dirfd);
    return privfd_adopt(openat(dirfd, path, O_PATH | O_DIRECTORY | O_CLOEXEC));
}

static void fix_counts(struct process *process, int dirfd, const char *path,
                       struct seen *s)
{
    int fd = open_asked(dirfd, path);

    if (fd < 0)
        return;
    procfs_fix_counts(process, fd, &s->links, &s->size);
    privfd_close(fd);
}

/* Make of what the host told of (dirfd, path) what the program is to see.
 * Returns 0, or -ENOENT for what does not exist for it. */
static int judge(struct process *process, int dirfd, const char *path,
                 struct seen *s)
{
    char link[PATH_MAX];

    if (may_count(s))
        fix_counts(process, dirfd, path, s);
    else if (may_be_monitors(s) && path &&
             procfs_find_link(process, dirfd, path, link) == -ENOENT)
        return -ENOENT;
    return 0;
}

/* Whether the host can write to argument (index): a captured copy, which goes
 * to the guest behind this. */
static bool has_copy(const struct syscall_call *call, unsigned index)
{
    return call->host[index] && call->host[index] != GMEM_FAULT_ADDR;
}

/* (out) is the index of the structure. */
static int64_t look(struct syscall_call *call, int dirfd, const char *path,
                    unsigned out)
{
    struct stat *st = (struct stat *)(uintptr_t)call->host[out], before;
    struct seen seen;
    int64_t rc;

    if (!has_copy(call, out))
        return as_host(call);
    before = *st;
    rc = as_host(call);
    if (rc != 0)
        return rc;
    seen =
        (struct seen){st->st_mode, major(st->st_dev), (uint64_t)st->st_blocks,
                      st->st_nlink, (uint64_t)st->st_size};
    rc = judge(call->task->process, dirfd, path, &seen);
    st->st_nlink = seen.links;
    st->st_size = (off_t)seen.size;
    if (rc < 0)
        *st = before;
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
    struct statx *st = (struct statx *)(uintptr_t)call->host[4], before;
    struct seen seen;
    int64_t rc;

    if (!has_copy(call, 4))
        return as_host(call);
    before = *st;
    rc = as_host(call);
    if (rc != 0)
        return rc;
    seen = (struct seen){st->stx_mode, st->stx_dev_major, st->stx_blocks,
                         st->stx_nlink, st->stx_size};
    rc =
        judge(call->task->process, (int)call->args[0], path_at(call, 1), &seen);
    st->stx_nlink = (uint32_t)seen.links;
    st->stx_size = seen.size;
    if (rc < 0)
        *st = before;
    return rc;
}
