/* sys_clone.c: clone, clone3, fork, vfork: one request, and what may not be
 * asked for. Layer 2. */
#include "vmm/clone.h"
#include "vmm/fdtable.h"
#include "vmm/gmem.h"
#include "vmm/image.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CLONE_NAMESPACES                                                       \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |             \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWTIME)

/* What must be taken apart together. */
#define CLONE_SHARED (CLONE_VM | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

/* Of clone3: all but the signal, with whose bits CLONE_NEWTIME shares one. */
#define CLONE3_FLAGS                                                           \
    ((uint64_t)(UINT32_MAX & ~CSIGNAL) | CLONE_NEWTIME | CLONE_CLEAR_SIGHAND | \
     CLONE_INTO_CGROUP)
#define PID_LEVELS_MAX 32 /* MAX_PID_NS_LEVEL */

/* Linux 6.9, pidfd_open(2) */
#ifndef PIDFD_THREAD
#define PIDFD_THREAD O_EXCL
#endif

/* The checks that copy_process() of Linux's kernel/fork.c begins with. */
static int check(const struct clone_request *p)
{
    const uint64_t f = p->flags;

    if (((f & CLONE_THREAD) && !(f & CLONE_SIGHAND)) ||
        ((f & CLONE_SIGHAND) && !(f & CLONE_VM)) ||
        ((f & CLONE_SIGHAND) && (f & CLONE_CLEAR_SIGHAND)) ||
        ((f & CLONE_PIDFD) && (f & CLONE_DETACHED)))
        return -EINVAL;
    if (f & CLONE_NAMESPACES)
        return -EPERM; /* they would hold the monitor as well */
    return 0;
}

/* Whether the address for a pidfd can be written; Linux makes no child if it
 * cannot. */
static int check_pidfd(const struct clone_request *p)
{
    int value;

    if (!(p->flags & CLONE_PIDFD))
        return 0;
    if (gmem_read(&value, p->pidfd, sizeof(value)) < 0 ||
        gmem_write(p->pidfd, &value, sizeof(value)) < 0)
        return -EFAULT;
    if (p->flags & CLONE_THREAD) {
        /* Of a thread since Linux 6.9. */
        int fd = (int)syscall(SYS_pidfd_open, gettid(), PIDFD_THREAD);

        if (fd < 0)
            return -EINVAL;
        close(fd);
    }
    return 0;
}

/*
 * Whether a child that is to share memory does: where others use that, the
 * parent included, or where the parent could not look at the child's, as after
 * setuid(2); PR_SET_DUMPABLE in prctl(2). Else it may have a copy, vfork.h,
 * which costs less.
 */
static bool shares(struct task *task, const struct clone_request *p)
{
    if (!(p->flags & CLONE_VFORK) || (p->flags & CLONE_FILES))
        return true;
    return (process_has_others(task) || prctl(PR_GET_DUMPABLE) != 1) &&
           image_possible();
}

static int64_t make(struct syscall_call *call, const struct clone_request *p)
{
    int rc = check(p);

    if (rc == 0)
        rc = check_pidfd(p);
    if (rc < 0)
        return rc;
    if (p->flags & CLONE_THREAD)
        return clone_thread(call, p);
    if ((p->flags & CLONE_VM) && shares(call->task, p))
        return clone_sharer(call, p);
    return clone_process(call, p);
}

void clone_give_pidfd(const struct clone_request *want, pid_t id)
{
    const int flags = want->flags & CLONE_THREAD ? PIDFD_THREAD : 0;
    int fd = -1;

    if (want->flags & CLONE_PIDFD)
        fd = (int)syscall(SYS_pidfd_open, id, flags);
    if (fd >= 0 && gmem_write(want->pidfd, &fd, sizeof(fd)) < 0)
        close(fd);
}

int clone_state(const struct task *caller, const struct clone_request *want,
                struct vcpu_state *out)
{
    int rc = vcpu_save(caller->vcpu, out);

    out->regs.rax = 0;
    if (want->stack_top)
        out->regs.rsp = want->stack_top;
    if (want->flags & CLONE_SETTLS)
        out->fs_base = want->tls;
    return rc;
}

struct task *clone_task(const struct task *caller, struct process *process,
                        const struct clone_request *want)
{
    struct task *task = NULL;
    struct vcpu_state state;
    struct vcpu *vcpu;

    if (clone_state(caller, want, &state) < 0 ||
        vcpu_get(&vcpu, caller->process->vm, NULL) < 0)
        return NULL;
    if (vcpu_restore(vcpu, &state) < 0 ||
        task_create(&task, process, vcpu, NULL) < 0) {
        vcpu_put(vcpu);
        return NULL;
    }
    task->signals.mask = caller->signals.mask;
    task->signals.altstack_flags = SS_DISABLE;
    if (want->flags & CLONE_CHILD_CLEARTID)
        task->clear_child_tid = want->child_tid;
    return task;
}

void clone_store_tid(const struct clone_request *want, pid_t tid)
{
    if (want->flags & CLONE_PARENT_SETTID)
        gmem_write(want->parent_tid, &tid, sizeof(tid));
    if (want->flags & CLONE_CHILD_SETTID)
        gmem_write(want->child_tid, &tid, sizeof(tid));
}

/* As check_unshare_flags() of Linux. */
static bool unshare_valid(struct task *task, uint64_t flags)
{
    const uint64_t known =
        CLONE_SHARED | CLONE_FS | CLONE_SYSVSEM | CLONE_NAMESPACES;

    if (flags & ~known)
        return false;
    if ((flags & (CLONE_THREAD | CLONE_SIGHAND | CLONE_VM)) &&
        process_has_tasks(task))
        return false;
    return !(flags & (CLONE_SIGHAND | CLONE_VM)) ||
           !sharers_has_others(task->process);
}

int64_t sys_unshare(struct syscall_call *call)
{
    struct task *task = call->task;
    const uint64_t flags = call->args[0];
    const int by_host = (int)flags & (CLONE_FS | CLONE_SYSVSEM);

    if (!unshare_valid(task, flags))
        return -EINVAL;
    if (flags & CLONE_NAMESPACES)
        return -EPERM;
    if (flags & CLONE_FILES) {
        int rc = fdtable_own(task);

        if (rc < 0)
            return rc;
    }
    return unshare(by_host) < 0 ? -errno : 0;
}

int64_t sys_fork(struct syscall_call *call)
{
    const struct clone_request p = {.exit_signal = SIGCHLD};

    return make(call, &p);
}

int64_t sys_vfork(struct syscall_call *call)
{
    const struct clone_request p = {.flags = CLONE_VM | CLONE_VFORK,
                                    .exit_signal = SIGCHLD};

    return make(call, &p);
}

int64_t sys_clone(struct syscall_call *call)
{
    const uint64_t *a = call->args;
    const struct clone_request p = {
        .flags = (uint32_t)a[0] & ~(uint32_t)CSIGNAL,
        .exit_signal = a[0] & CSIGNAL,
        .stack_top = a[1],
        .parent_tid = a[2],
        .pidfd = a[2], /* clone has one place for both */
        .child_tid = a[3],
        .tls = a[4],
    };

    if ((p.flags & CLONE_PIDFD) && (p.flags & CLONE_PARENT_SETTID))
        return -EINVAL;
    return make(call, &p);
}

/* As copy_clone_args_from_user() and clone3_args_valid() of Linux. */
static bool clone3_valid(const struct clone_args *a)
{
    const uint64_t f = a->flags;

    return !(f & ~CLONE3_FLAGS) && !(f & CLONE_DETACHED) &&
           a->exit_signal <= SIGNAL_MAX &&
           !((f & (CLONE_THREAD | CLONE_PARENT)) && a->exit_signal) &&
           !((f & CLONE_PIDFD) && (f & CLONE_PARENT_SETTID) &&
             a->pidfd == a->parent_tid) &&
           !a->stack == !a->stack_size && !a->set_tid == !a->set_tid_size &&
           a->set_tid_size <= PID_LEVELS_MAX;
}

int64_t sys_clone3(struct syscall_call *call)
{
    struct clone_args given = {0};
    struct clone_request p;
    size_t size = 0;
    int err = 0;
    const void *copy = capsule_arg(call->capsule, 0, &size, &err);

    if (call->args[1] < CLONE_ARGS_SIZE_VER0)
        return -EINVAL;
    if (!copy)
        return call->args[1] > PAGE_SIZE ? -E2BIG : -EFAULT;
    memcpy(&given, copy, min_u64(size, sizeof(given)));
    if (!clone3_valid(&given))
        return -EINVAL;
    if (given.set_tid_size || (given.flags & CLONE_INTO_CGROUP))
        return -EPERM; /* needs rights over the host */
    p = (struct clone_request){
        .flags = given.flags,
        .exit_signal = given.exit_signal,
        .stack_top = given.stack + given.stack_size,
        .parent_tid = given.parent_tid,
        .pidfd = given.pidfd,
        .child_tid = given.child_tid,
        .tls = given.tls,
    };
    return make(call, &p);
}
