/*
 * sys_fork.c: new processes. Layer 2.
 *
 * A child is a fork of the monitor: memory, descriptors and everything that the
 * host kernel keeps of a process are inherited as Linux says, and the child
 * makes a VM of its own over its copy of the memory. vfork(2) suspends the
 * parent until the child runs another program or ends: vfork.h.
 */
#include "vmm/clone.h"
#include "vmm/exit_status.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/privfd.h"
#include "vmm/stop.h"
#include "vmm/task.h"
#include "vmm/vfork.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* In the child: become a process of its own; 0, as fork returns there. */
static int64_t child(struct syscall_call *call,
                     const struct clone_request *want,
                     const struct vcpu_state *state)
{
    struct task *task = call->task;
    struct diag d = {0};

    vfork_inherit(task, want->flags & CLONE_FILES);
    if (task_renew(task, state, &d) < 0) {
        diag_print(&d);
        _exit(EXIT_MONITOR);
    }
    stop_inside(task);
    if (want->flags & CLONE_CLEAR_SIGHAND)
        signal_reset_handlers(task);
    if (want->flags & CLONE_CHILD_CLEARTID)
        task->clear_child_tid = want->child_tid;
    /* As Linux: a bad address is the child's own problem. */
    if (want->flags & CLONE_CHILD_SETTID)
        gmem_write(want->child_tid, &task->tid, sizeof(task->tid));
    task->resumed = true;
    task_begins(task, HOOK_FORK);
    call->in_child = true;
    return 0;
}

/* Tell the parent's memory and descriptors of the child. */
static void announce(const struct clone_request *want, pid_t pid)
{
    if (want->flags & CLONE_PARENT_SETTID)
        gmem_write(want->parent_tid, &pid, sizeof(pid));
    clone_give_pidfd(want, pid);
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
        pid_t pid =
            process_fork(task, want->flags & (CLONE_BY_HOST | CLONE_FILES),
                         (int)want->exit_signal);

        ret = pid < 0 ? -errno : pid;
        if (pid == 0) {
            signal_forked(task);
            return child(call, want, state);
        }
        if (!(want->flags & CLONE_FILES)) {
            privfd_close(task->vfork_pipe[1]);
            task->vfork_pipe[1] = -1;
        }
        if (pid > 0 && (want->flags & CLONE_VFORK))
            vfork_wait(task, pid, want->flags & CLONE_VM);
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
        ret = vfork_open(task);
    if (ret < 0)
        return ret;
    ret = make(call, want, &state);
    if (!call->in_child)
        vfork_close(task);
    return ret;
}
