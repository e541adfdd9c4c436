/*
 * sys_fork.c: new processes: clone, clone3, fork, vfork. Layer 2.
 *
 * A child is a fork of the monitor: memory, descriptors and everything that the
 * host kernel keeps of a process are inherited as Linux says, and the child
 * makes a VM of its own over its copy of the memory. vfork(2) suspends the
 * parent until the child runs another program or ends; the child works on a
 * copy of the memory, which POSIX allows and Linux's own does not.
 */
#include "vmm/call.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/privfd.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

/* What a monitor that cannot make its child's VM ends with. */
#define EXIT_NO_MACHINE 125

#define CLONE_NAMESPACES                                                       \
    (CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC |             \
     CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* What is carried out here; anything else shares what processes do not. */
#define CLONE_KNOWN                                                            \
    ((uint64_t)(CLONE_VM | CLONE_VFORK | CLONE_SETTLS | CLONE_PARENT_SETTID |  \
                CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | CLONE_PIDFD |      \
                CLONE_DETACHED | CLONE_UNTRACED | CLONE_CLEAR_SIGHAND))

/* As Linux's struct kernel_clone_args. */
struct new_process {
    uint64_t flags; /* CLONE_*, without the signal */
    uint64_t exit_signal;
    gva_t stack_top; /* 0: the parent's */
    gva_t parent_tid, child_tid, pidfd;
    uint64_t tls;
};

static int check(const struct new_process *p)
{
    if (p->flags & CLONE_NAMESPACES)
        return -EPERM; /* they would hold the monitor as well */
    if ((p->flags & ~CLONE_KNOWN) || p->exit_signal != SIGCHLD)
        return -ENOSYS;
    /* Memory shared with a parent that runs on is a thread's. */
    if ((p->flags & CLONE_VM) && !(p->flags & CLONE_VFORK))
        return -ENOSYS;
    if ((p->flags & CLONE_PIDFD) && (p->flags & CLONE_DETACHED))
        return -EINVAL;
    return 0;
}

/* In the child: become a process of its own; 0, as fork returns there. */
static int64_t child(struct syscall_call *call, const struct new_process *p,
                     struct vcpu_state *state, const int vfork_pipe[2])
{
    struct task *task = call->task;
    struct diag d = {0};

    privfd_close(task->process->vfork_fd);
    task->process->vfork_fd = vfork_pipe[1];
    privfd_close(vfork_pipe[0]);
    state->regs.rax = 0;
    if (p->stack_top)
        state->regs.rsp = p->stack_top;
    if (p->flags & CLONE_SETTLS)
        state->fs_base = p->tls;
    if (task_renew(task, state, &d) < 0) {
        diag_print(&d);
        _exit(EXIT_NO_MACHINE);
    }
    if (p->flags & CLONE_CLEAR_SIGHAND)
        signal_reset_handlers(task);
    if (p->flags & CLONE_CHILD_CLEARTID)
        task->clear_child_tid = p->child_tid;
    /* As Linux: a bad address is the child's own problem. */
    if (p->flags & CLONE_CHILD_SETTID)
        gmem_write(p->child_tid, &task->tid, sizeof(task->tid));
    task->resumed = true;
    call->in_child = true;
    return 0;
}

/* Tell the parent's memory and descriptors of the child. */
static void announce(const struct new_process *p, pid_t pid)
{
    if (p->flags & CLONE_PARENT_SETTID)
        gmem_write(p->parent_tid, &pid, sizeof(pid));
    if (p->flags & CLONE_PIDFD) {
        int fd = (int)syscall(SYS_pidfd_open, pid, 0);

        if (fd >= 0 && gmem_write(p->pidfd, &fd, sizeof(fd)) < 0)
            close(fd);
    }
}

/* Until nobody holds the other end: the child runs another program, or is
 * gone. Signals wait meanwhile, vfork(2). */
static void wait_for_release(int fd)
{
    char none;

    while (read(fd, &none, 1) < 0 && errno == EINTR)
        ;
}

static int open_vfork_pipe(int fds[2])
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -errno;
    fds[0] = privfd_adopt(ends[0]);
    fds[1] = privfd_adopt(ends[1]);
    if (fds[0] >= 0 && fds[1] >= 0)
        return 0;
    privfd_close(fds[0]);
    privfd_close(fds[1]);
    return -EMFILE;
}

/* fork(2) with no signal between the look at what is recorded and the fork:
 * it would be delivered in both. */
static int64_t make(struct syscall_call *call, const struct new_process *p,
                    struct vcpu_state *state, const int vfork_pipe[2])
{
    uint64_t held = signal_hold();
    int64_t ret = HOST_CALL_NOT_STARTED;

    if (!call->task->signals.pending) {
        pid_t pid = fork();

        ret = pid < 0 ? -errno : pid;
        if (pid == 0) {
            signal_release(held);
            return child(call, p, state, vfork_pipe);
        }
        privfd_close(vfork_pipe[1]);
        if (pid > 0 && (p->flags & CLONE_VFORK))
            wait_for_release(vfork_pipe[0]);
    }
    signal_release(held);
    if (ret > 0)
        announce(p, (pid_t)ret);
    return ret;
}

static int64_t new_process(struct syscall_call *call,
                           const struct new_process *p)
{
    int vfork_pipe[2] = {-1, -1};
    struct vcpu_state state;
    int64_t ret = check(p);

    if (ret == 0)
        ret = vcpu_save(call->task->vcpu, &state);
    if (ret == 0 && (p->flags & CLONE_VFORK))
        ret = open_vfork_pipe(vfork_pipe);
    if (ret < 0)
        return ret;
    ret = make(call, p, &state, vfork_pipe);
    if (!call->in_child) {
        privfd_close(vfork_pipe[0]);
        privfd_close(vfork_pipe[1]);
    }
    return ret;
}

int64_t sys_fork(struct syscall_call *call)
{
    const struct new_process p = {.exit_signal = SIGCHLD};

    return new_process(call, &p);
}

int64_t sys_vfork(struct syscall_call *call)
{
    const struct new_process p = {.flags = CLONE_VM | CLONE_VFORK,
                                  .exit_signal = SIGCHLD};

    return new_process(call, &p);
}

int64_t sys_clone(struct syscall_call *call)
{
    const uint64_t *a = call->args;
    const struct new_process p = {
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
    return new_process(call, &p);
}

int64_t sys_clone3(struct syscall_call *call)
{
    struct clone_args given = {0};
    struct new_process p;
    size_t size = 0;
    int err = 0;
    const void *copy = capsule_arg(call->capsule, 0, &size, &err);

    if (call->args[1] < CLONE_ARGS_SIZE_VER0)
        return -EINVAL;
    if (!copy)
        return call->args[1] > PAGE_SIZE ? -E2BIG : -EFAULT;
    memcpy(&given, copy, min_u64(size, sizeof(given)));
    if ((given.flags & CSIGNAL) || !given.stack != !given.stack_size)
        return -EINVAL;
    if (given.set_tid_size || (given.flags & CLONE_INTO_CGROUP))
        return -EPERM; /* needs rights over the host */
    p = (struct new_process){
        .flags = given.flags,
        .exit_signal = given.exit_signal,
        .stack_top = given.stack + given.stack_size,
        .parent_tid = given.parent_tid,
        .pidfd = given.pidfd,
        .child_tid = given.child_tid,
        .tls = given.tls,
    };
    return new_process(call, &p);
}
