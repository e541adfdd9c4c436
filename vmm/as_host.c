/* as_host.c: a system call by the host's kernel, as it is but for the link of
 * /proc that leads to the program. */
#include "vmm/as_host.h"

#include "vmm/call.h"
#include "vmm/host_call.h"
#include "vmm/procfs.h"
#include "vmm/task.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>

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

/* Whether argument (i) is a path that leads to the program, and not to the
 * monitor, only by (link). */
static bool leads_to_program(const struct syscall_call *call, unsigned i,
                             char link[PATH_MAX])
{
    int dirfd;
    const char *path = as_host_path(call, i, &dirfd);

    return path && procfs_may_be_program(path) && follows(call, i) &&
           procfs_program(call->task->process, dirfd, path, link);
}

int64_t as_host(struct syscall_call *call)
{
    char link[PATH_MAX];
    uint64_t args[SYSCALL_ARGS];

    memcpy(args, call->host, sizeof(args));
    for (unsigned i = 0; i < SYSCALL_ARGS && call->arg[i].kind; i++)
        if (call->arg[i].kind == DATUM_PATH && leads_to_program(call, i, link))
            args[i] = (uint64_t)(uintptr_t)link;
    return host_call(&call->task->signals.pending, call->sysno, args);
}
