/* as_host.c: a system call by the host's kernel, as it is but for the link of
 * /proc that leads to the program. */
#include "vmm/as_host.h"

#include "vmm/call.h"
#include "vmm/host_call.h"
#include "vmm/procfs.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/syscall.h>

const char *as_host_path(const struct syscall_call *call, unsigned i,
                         int *dirfd)
{
    *dirfd = AT_FDCWD;
    if (i > 0 && call->arg[i - 1].kind == DATUM_DIRFD)
        *dirfd = (int)call->args[i - 1];
    return capsule_arg(call->capsule, i, NULL, NULL);
}

/* Whether a link at the end of argument (i), a path, is followed. */
static bool follows(const struct syscall_call *call, unsigned i)
{
    const struct datum *path = &call->arg[i];
    const bool flag = call->args[path->flag_of] & path->flag;

    return path->link == LINK_FOLLOWED ||
           (path->link == LINK_UNLESS && !flag) ||
           (path->link == LINK_IF && flag);
}

/* Calls that change nothing where a path leads, and are made often. */
static const uint16_t looking[] = {
    SYS_stat,   SYS_newfstatat, SYS_statx,    SYS_access,   SYS_faccessat,
    SYS_statfs, SYS_faccessat2, SYS_getxattr, SYS_listxattr};

static bool only_looks(uint64_t sysno)
{
    for (size_t i = 0; i < ARRAY_SIZE(looking); i++)
        if (sysno == looking[i])
            return true;
    return false;
}

/* What procfs_find_link says of argument (i). Links with other names to what is
 * only looked at would be dear to find, and tell little. */
static int find_link(const struct syscall_call *call, unsigned i,
                     char link[PATH_MAX])
{
    int dirfd;
    const char *path = call->arg[i].kind == DATUM_PATH && follows(call, i)
                           ? as_host_path(call, i, &dirfd)
                           : NULL;

    if (!path || (only_looks(call->sysno) && !procfs_may_be_program(path)))
        return PROCFS_NO_LINK;
    return procfs_find_link(call->task->process, dirfd, path, link);
}

int64_t as_host(struct syscall_call *call)
{
    char link[PATH_MAX];
    uint64_t args[SYSCALL_ARGS];

    memcpy(args, call->host, sizeof(args));
    for (unsigned i = 0; i < SYSCALL_ARGS && call->arg[i].kind; i++) {
        const int rc = find_link(call, i, link);

        if (rc == -ENOENT)
            return rc;
        if (rc >= PROCFS_OWN_PROGRAM)
            args[i] = (uint64_t)(uintptr_t)link;
    }
    return host_call(&call->task->signals.pending, call->sysno, args);
}
