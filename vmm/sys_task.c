/* sys_task.c: calls on the task itself. Layer 2. */
#include "vmm/as_host.h"
#include "vmm/call.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/peer.h"
#include "vmm/privfd.h"
#include "vmm/structs.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <asm/prctl.h>
#include <errno.h>
#include <linux/mqueue.h>
#include <signal.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

/* sizeof(struct robust_list_head), set_robust_list(2). */
#define ROBUST_LIST_HEAD_SIZE 24

/* Bases beyond the user's half are EPERM, arch_prctl(2). */
#define TASK_SIZE_MAX UINT64_C(0x00007ffffffff000)

int64_t sys_arch_prctl(struct syscall_call *call)
{
    struct vcpu *vcpu = call->task->vcpu;
    uint64_t addr = call->args[1];
    uint64_t base;

    switch ((int)call->args[0]) {
    case ARCH_SET_FS:
    case ARCH_SET_GS:
        if (addr >= TASK_SIZE_MAX)
            return -EPERM;
        vcpu_set_fs_gs(vcpu, (int)call->args[0] == ARCH_SET_GS, addr);
        return 0;
    case ARCH_GET_FS:
    case ARCH_GET_GS:
        base = (int)call->args[0] == ARCH_GET_GS ? vcpu->sregs->gs.base
                                                 : vcpu->sregs->fs.base;
        return gmem_write(addr, &base, sizeof(base));
    default:
        return -EINVAL;
    }
}

/* Whether (pid) is a child, which runs a program of its own. The host never
 * sees an execve. */
static bool is_executed_child(struct process *self, pid_t pid)
{
    siginfo_t info;
    struct peer peer;

    return pid != getpid() && peer_find(&peer, self, pid) &&
           peer.process->executed == pid &&
           waitid(P_PID, (id_t)pid, &info,
                  WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

int64_t sys_setpgid(struct syscall_call *call)
{
    pid_t pid = (pid_t)call->args[0], group = (pid_t)call->args[1];

    if (pid > 0 && group >= 0 && getsid(pid) == getsid(0) &&
        is_executed_child(call->task->process, pid))
        return -EACCES;
    return as_host(call);
}

int64_t sys_set_tid_address(struct syscall_call *call)
{
    call->task->clear_child_tid = call->args[0];
    return call->task->tid;
}

int64_t sys_set_robust_list(struct syscall_call *call)
{
    if (call->args[1] != ROBUST_LIST_HEAD_SIZE)
        return -EINVAL;
    call->task->robust_list = call->args[0];
    return 0;
}

int64_t sys_get_robust_list(struct syscall_call *call)
{
    const uint64_t size = ROBUST_LIST_HEAD_SIZE;
    pid_t pid = (pid_t)call->args[0];

    if (pid != 0 && pid != call->task->tid)
        return -ESRCH;
    if (gmem_write(call->args[2], &size, sizeof(size)) < 0 ||
        gmem_write(call->args[1], &call->task->robust_list,
                   sizeof(call->task->robust_list)) < 0)
        return -EFAULT;
    return 0;
}

int64_t sys_personality(struct syscall_call *call)
{
    unsigned persona = (unsigned)call->args[0];

    /* The monitor's own personality is not the program's to change. */
    if (persona == 0xffffffff || persona == PER_LINUX)
        return PER_LINUX;
    return -EINVAL;
}

int64_t sys_timer_create(struct syscall_call *call)
{
    struct process *process = call->task->process;
    int64_t rc = as_host(call);
    /* The captured copy, which goes to the guest behind this. */
    const int *id = (const int *)(uintptr_t)call->host[2];

    if (rc == 0) {
        pthread_mutex_lock(&process->lock);
        if (*id >= process->timers_end)
            process->timers_end = *id + 1;
        pthread_mutex_unlock(&process->lock);
    }
    return rc;
}

/* mq_notify(3) of the C library: what a SIGEV_THREAD points to is sent to a
 * socket. Linux, ipc/mqueue.c. */
int64_t sys_mq_notify(struct syscall_call *call)
{
    const struct sigevent *event = capsule_arg(call->capsule, 1, NULL, NULL);

    if (event && event->sigev_notify == SIGEV_THREAD) {
        if (!gmem_in_window((gva_t)(uintptr_t)event->sigev_value.sival_ptr,
                            NOTIFY_COOKIE_LEN))
            return -EFAULT;
        if (privfd_owns(event->sigev_signo))
            return -EBADF;
    }
    return as_host(call);
}

/* sched_setattr(2): the structure says its own size, which may be another one
 * than what was captured. Linux, sched_copy_attr(). */
int64_t sys_sched_setattr(struct syscall_call *call)
{
    const void *given = capsule_arg(call->capsule, 1, NULL, NULL);
    uint8_t attr[PAGE_SIZE] = {0};
    uint64_t args[SYSCALL_ARGS];
    uint32_t size;
    int64_t rc;

    memcpy(args, call->host, sizeof(args));
    if (given) {
        memcpy(attr, given, SCHED_ATTR_LEAST);
        memcpy(&size, attr, sizeof(size));
        if (size > SCHED_ATTR_LEAST && size <= sizeof(attr) &&
            gmem_read(attr + SCHED_ATTR_LEAST, call->args[1] + SCHED_ATTR_LEAST,
                      size - SCHED_ATTR_LEAST) < 0)
            return -EFAULT;
        args[1] = (uint64_t)(uintptr_t)attr;
    }
    rc = host_call(&call->task->signals.pending, call->sysno, args);
    /* The kernel tells the size that it knows. */
    if (rc == -E2BIG && gmem_write(call->args[1], attr, sizeof(size)) < 0)
        return -EFAULT;
    return rc;
}

static int64_t leave(struct syscall_call *call, bool group)
{
    call->task->exiting = true;
    call->task->group_exit = group;
    call->task->exit_status = (int)call->args[0] & 0xff;
    return 0;
}

int64_t sys_exit(struct syscall_call *call)
{
    return leave(call, false);
}

int64_t sys_exit_group(struct syscall_call *call)
{
    return leave(call, true);
}
