/*
 * sys_file.c: calls on files whose result must be looked at (what was opened,
 * where a link leads) and calls that name descriptors in bulk. Layer 2.
 */
#include "vmm/call.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/privfd.h"
#include "vmm/procfs.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int64_t as_host(struct syscall_call *call)
{
    return host_call(&call->task->signals.pending, call->sysno, call->host);
}

static void redirect_exe(struct syscall_call *call, unsigned path_arg)
{
    const char *path = capsule_arg(call->capsule, path_arg, NULL, NULL);

    if (path)
        call->host[path_arg] =
            (uint64_t)(uintptr_t)procfs_program_path(call->task->process, path);
}

static int64_t open_checked(struct syscall_call *call, unsigned path_arg,
                            int flags)
{
    int64_t fd;

    if (!(flags & O_NOFOLLOW))
        redirect_exe(call, path_arg);
    fd = as_host(call);
    return fd < 0 ? fd : procfs_replace(call->task->process, (int)fd, flags);
}

int64_t sys_open(struct syscall_call *call)
{
    return open_checked(call, 0, (int)call->args[1]);
}

int64_t sys_creat(struct syscall_call *call)
{
    return open_checked(call, 0, O_CREAT | O_WRONLY | O_TRUNC);
}

int64_t sys_openat(struct syscall_call *call)
{
    return open_checked(call, 1, (int)call->args[2]);
}

int64_t sys_openat2(struct syscall_call *call)
{
    size_t size = 0;
    const struct open_how *how = capsule_arg(call->capsule, 2, &size, NULL);

    return open_checked(
        call, 1, how && size >= sizeof(how->flags) ? (int)how->flags : 0);
}

static int64_t readlink_checked(struct syscall_call *call, unsigned path_arg,
                                int dirfd)
{
    const char *path = capsule_arg(call->capsule, path_arg, NULL, NULL);
    char target[PATH_MAX];
    size_t size = min_u64(call->args[path_arg + 2] & INT_MAX, sizeof(target));
    int64_t len = as_host(call);
    gva_t buf = call->args[path_arg + 1];

    if (len <= 0 || !path || gmem_read(target, buf, (size_t)len) < 0)
        return len;
    procfs_fix_link(call->task->process, dirfd, path, target, size, &len);
    return gmem_write(buf, target, (size_t)len) < 0 ? -EFAULT : len;
}

int64_t sys_readlink(struct syscall_call *call)
{
    return readlink_checked(call, 0, AT_FDCWD);
}

int64_t sys_readlinkat(struct syscall_call *call)
{
    return readlink_checked(call, 1, (int)call->args[0]);
}

int64_t sys_close_range(struct syscall_call *call)
{
    unsigned first = (unsigned)call->args[0];
    unsigned last = (unsigned)call->args[1];

    if (first > last)
        return -EINVAL;
    /* Around the monitor's own: the runs between them. */
    while (first <= last) {
        int own = privfd_next((int)min_u64(first, INT_MAX));
        unsigned end = own < 0 || (unsigned)own > last ? last : (unsigned)own;
        uint64_t args[SYSCALL_ARGS] = {first, end, call->args[2]};
        int64_t rc;

        if (end == (unsigned)own) {
            if (end == first) {
                first = end + 1;
                continue;
            }
            args[1] = end - 1;
        }
        rc = host_call(&call->task->signals.pending, SYS_close_range, args);
        if (rc < 0 || end == UINT_MAX)
            return rc;
        first = end + 1;
    }
    return 0;
}
