/*
 * sys_fork.c: new processes. Layer 2.
 *
 * A child is a fork of the monitor: memory, descriptors and everything that the
 * host kernel keeps of a process are inherited as Linux says, and the child
 * makes a VM of its own over its copy of the memory. vfork(2) suspends the
 * parent until the child runs another program or ends; the child works on a
 * copy of the memory, which POSIX allows and Linux's own does not.
 */
#include "vmm/clone.h"
#include "vmm/exit_status.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/privfd.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In the child: become a process of its own; 0, as fork returns there. */
static int64_t child(struct syscall_call *call,
                     const struct clone_request *want,
                     const struct vcpu_state *state)
{
    struct task *task = call->task;
    struct process *process = task->process;
    struct diag d = {0};

    privfd_close(process->vfork_fd);
    process->vfork_fd = task->vfork_pipe[1];
    privfd_close(task->vfork_pipe[0]);
    task->vfork_pipe[0] = task->vfork_pipe[1] = -1;
    if (task_renew(task, state, &d) < 0) {
        diag_print(&d);
        _exit(EXIT_MONITOR);
    }
    if (want->flags & CLONE_CLEAR_SIGHAND)
        signal_reset_handlers(task);
    if (want->flags & CLONE_CHILD_CLEARTID)
        task->clear_child_tid = want->child_tid;
    /* As Linux: a bad address is the child's own problem. */
    if (want->flags & CLONE_CHILD_SETTID)
        gmem_write(want->child_tid, &task->tid, sizeof(task->tid));
    task->resumed = true;
    call->in_child = true;
    return 0;
}

/* Tell the parent's memory and descriptors of the child. */
static void announce(const struct clone_request *want, pid_t pid)
{
    if (want->flags & CLONE_PARENT_SETTID)
        gmem_write(want->parent_tid, &pid, sizeof(pid));
    if (want->flags & CLONE_PIDFD) {
        int fd = (int)syscall(SYS_pidfd_open, pid, 0);

        if (fd >= 0 && gmem_write(want->pidfd, &fd, sizeof(fd)) < 0)
            close(fd);
    }
}

/* Until nobody holds the other end: the child runs another program, or is
 * gone. Signals wait meanwhile, but for the end of the process, vfork(2). */
static void wait_for_release(struct task *task)
{
    char none;
    const uint64_t args[SYSCALL_ARGS] = {(uint64_t)task->vfork_pipe[0],
                                         (uint64_t)(uintptr_t)&none, 1};

    while (!task->signals.kicked &&
           host_call(&task->signals.kicked, SYS_read, args) == -EINTR)
        ;
}

static void close_vfork_pipe(struct task *task)
{
    privfd_close(task->vfork_pipe[0]);
    privfd_close(task->vfork_pipe[1]);
    task->vfork_pipe[0] = task->vfork_pipe[1] = -1;
}

/* Under the lock: a child that another thread forks meanwhile knows of it. */
static int open_vfork_pipe(struct task *task)
{
    int ends[2];
    int rc = 0;

    pthread_mutex_lock(&task->process->lock);
    if (pipe2(ends, O_CLOEXEC) < 0) {
        rc = -errno;
    } else {
        task->vfork_pipe[0] = privfd_adopt(ends[0]);
        task->vfork_pipe[1] = privfd_adopt(ends[1]);
        if (task->vfork_pipe[0] < 0 || task->vfork_pipe[1] < 0) {
            close_vfork_pipe(task);
            rc = -EMFILE;
        }
    }
    pthread_mutex_unlock(&task->process->lock);
    return rc;
}

/* fork(2) with no signal between the look at what is recorded and the fork:
 * it would be delivered in both. */
static int64_t make(struct syscall_call *call, const struct clone_request *want,
                    const struct vcpu_state *state)
{
    struct task *task = call->task;
    uint64_t held = signal_hold();
    int64_t ret = HOST_CALL_NOT_STARTED;

    if (!task->signals.pending) {
        pid_t pid = process_fork(task);

        ret = pid < 0 ? -errno : pid;
        if (pid == 0) {
            /* What is recorded or held is the parent's, fork(2). */
            task->signals.pending = 0;
            task->signals.held = 0;
            signal_release(held);
            return child(call, want, state);
        }
        privfd_close(task->vfork_pipe[1]);
        task->vfork_pipe[1] = -1;
        if (pid > 0 && (want->flags & CLONE_VFORK))
            wait_for_release(task);
    }
    signal_release(held);
    if (ret > 0)
        announce(want, (pid_t)ret);
    return ret;
}

int64_t clone_process(struct syscall_call *call,
                      const struct clone_request *want)
{
    struct task *task = call->task;
    struct vcpu_state state;
    int64_t ret = clone_state(task, want, &state);

    if (ret == 0 && (want->flags & CLONE_VFORK))
        ret = open_vfork_pipe(task);
    if (ret < 0)
        return ret;
    ret = make(call, want, &state);
    if (!call->in_child)
        close_vfork_pipe(task);
    return ret;
}
