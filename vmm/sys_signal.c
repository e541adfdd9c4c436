/* sys_signal.c: signal calls. Layer 2. The work is in signal.c. */
#include "vmm/call.h"
#include "vmm/capsule.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/sigframe.h"
#include "vmm/sys.h"
#include "vmm/task.h"
#include "vmm/threads.h"

#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#define SIGSET_SIZE 8 /* the kernel's sigset_t */

/* MINSIGSTKSZ of the architecture: less cannot hold a frame; sigaltstack(2). */
#define MIN_ALTSTACK 2048

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1 << 31)
#endif
#define SS_AUTODISARM_BIT ((int)SS_AUTODISARM)

int64_t sys_rt_sigaction(struct syscall_call *call)
{
    struct signal_action act, old;
    int rc;

    if (call->args[3] != SIGSET_SIZE)
        return -EINVAL;
    if (call->args[1] && gmem_read(&act, call->args[1], sizeof(act)) < 0)
        return -EFAULT;
    rc = signal_set_action(call->task, (int)call->args[0],
                           call->args[1] ? &act : NULL, &old);
    if (rc == 0 && call->args[2])
        rc = gmem_write(call->args[2], &old, sizeof(old));
    return rc;
}

int64_t sys_rt_sigprocmask(struct syscall_call *call)
{
    uint64_t old = call->task->signals.mask;
    uint64_t set, mask = old;

    if (call->args[3] != SIGSET_SIZE)
        return -EINVAL;
    if (call->args[1]) {
        if (gmem_read(&set, call->args[1], sizeof(set)) < 0)
            return -EFAULT;
        switch ((int)call->args[0]) {
        case SIG_BLOCK:
            mask |= set;
            break;
        case SIG_UNBLOCK:
            mask &= ~set;
            break;
        case SIG_SETMASK:
            mask = set;
            break;
        default:
            return -EINVAL;
        }
        signal_set_mask(call->task, mask);
    }
    if (call->args[2])
        return gmem_write(call->args[2], &old, sizeof(old));
    return 0;
}

int64_t sys_rt_sigpending(struct syscall_call *call)
{
    int64_t rc =
        host_call(&call->task->signals.pending, call->sysno, call->host);
    /* The captured copy, which goes to the guest behind this. */
    uint64_t *set = (uint64_t *)(uintptr_t)call->host[0];

    if (rc == 0 && call->args[1] == SIGSET_SIZE)
        *set = signal_pending(call->task, *set);
    return rc;
}

int64_t sys_rt_sigtimedwait(struct syscall_call *call)
{
    const uint64_t *set = capsule_arg(call->capsule, 0, NULL, NULL);
    uint64_t args[SYSCALL_ARGS];
    siginfo_t info;
    int64_t ret;

    if (!set || call->args[3] != SIGSET_SIZE || !(*set & SIGNALS_OPEN))
        return host_call(&call->task->signals.pending, call->sysno, call->host);
    memcpy(args, call->host, sizeof(args));
    args[1] = (uint64_t)(uintptr_t)&info;
    ret = signal_wait(call->task, *set, args, &info);
    /* As in the kernel: the signal is taken, whether it can be told or not. */
    if (ret > 0 && call->args[1] &&
        gmem_write(call->args[1], &info, sizeof(info)) < 0)
        ret = -EFAULT;
    return ret;
}

/* As captured: of pselect6(2) and its like, a pointer that the host may use. */
struct mask_pair {
    const uint64_t *mask;
    uint64_t size;
};

/* The mask that the call waits with, in argument (index); NULL: there is none,
 * or the host's kernel refuses it. */
static const uint64_t *captured_mask(struct syscall_call *call, int index)
{
    const void *given = capsule_arg(call->capsule, (unsigned)index, NULL, NULL);
    struct mask_pair pair = {given, 0};

    if (call->sysno == SYS_pselect6 && given)
        memcpy(&pair, given, sizeof(pair));
    else
        pair.size = call->args[index + 1];
    return pair.size != SIGSET_SIZE || (uintptr_t)pair.mask == GMEM_FAULT_ADDR
               ? NULL
               : pair.mask;
}

int64_t sys_wait_masked(struct syscall_call *call)
{
    const volatile int *pending = &call->task->signals.pending;
    const int index = signal_mask_arg(call->sysno);
    const uint64_t *given = captured_mask(call, index);
    uint64_t args[SYSCALL_ARGS], mask;
    const struct mask_pair pair = {&mask, SIGSET_SIZE};
    int64_t ret;

    if (!given)
        return host_call(pending, call->sysno, call->host);
    memcpy(args, call->host, sizeof(args));
    args[index] = call->sysno == SYS_pselect6 ? (uint64_t)(uintptr_t)&pair
                                              : (uint64_t)(uintptr_t)&mask;
    mask = signal_begin_wait(call->task, *given);
    ret = host_call(pending, call->sysno, args);
    signal_end_wait(call->task, ret);
    return ret;
}

int64_t sys_rt_sigreturn(struct syscall_call *call)
{
    signal_return(call->task);
    return 0;
}

/* The signal that a call sends. */
static int signal_sent(const struct syscall_call *call)
{
    for (unsigned i = 0; i < SYSCALL_ARGS; i++)
        if (call->arg[i].kind == DATUM_SIGNO)
            return (int)call->args[i];
    return 0;
}

/* Whether the default action of (sig) ends a process. signal(7) */
static bool may_kill(int sig)
{
    switch (sig) {
    case 0:
    case SIGCHLD:
    case SIGCONT:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU:
    case SIGURG:
    case SIGWINCH:
        return false;
    default:
        return true;
    }
}

int64_t sys_send(struct syscall_call *call)
{
    struct task *task = call->task;
    int64_t ret;

    if (!sharers_has_others(task->process) || !may_kill(signal_sent(call)))
        return host_call(&task->signals.pending, call->sysno, call->host);
    /* One that shares the monitor's memory may be among those that die. */
    threads_hold(task->process);
    ret = host_call(&task->signals.pending, call->sysno, call->host);
    threads_await_killed();
    threads_release(task->process);
    return ret;
}

static stack_t altstack_of(const struct task *task)
{
    const struct signal_state *s = &task->signals;
    stack_t stack = {
        .ss_sp = (void *)(uintptr_t)s->altstack_sp,
        .ss_size = s->altstack_size,
        .ss_flags = s->altstack_flags & SS_AUTODISARM_BIT,
    };

    if (!s->altstack_size)
        stack.ss_flags |= SS_DISABLE;
    else if (sigframe_on_altstack(task, task->vcpu->regs->rsp))
        stack.ss_flags |= SS_ONSTACK;
    return stack;
}

/* Returns 0 or a negative errno, and nothing has changed. */
static int set_altstack(struct task *task, stack_t new)
{
    struct signal_state *s = &task->signals;

    if (sigframe_on_altstack(task, task->vcpu->regs->rsp))
        return -EPERM;
    switch (new.ss_flags & ~SS_AUTODISARM_BIT) {
    case SS_DISABLE:
        new.ss_sp = NULL;
        new.ss_size = 0;
        break;
    case 0:
    case SS_ONSTACK:
        if (new.ss_size < MIN_ALTSTACK)
            return -ENOMEM;
        break;
    default:
        return -EINVAL;
    }
    s->altstack_sp = (uint64_t)(uintptr_t) new.ss_sp;
    s->altstack_size = new.ss_size;
    s->altstack_flags = new.ss_flags;
    return 0;
}

int64_t sys_sigaltstack(struct syscall_call *call)
{
    struct task *task = call->task;
    const stack_t old = altstack_of(task);
    stack_t new;
    int rc = 0;

    if (call->args[0] && gmem_read(&new, call->args[0], sizeof(new)) < 0)
        return -EFAULT;
    if (call->args[0])
        rc = set_altstack(task, new);
    if (rc == 0 && call->args[1])
        rc = gmem_write(call->args[1], &old, sizeof(old));
    return rc;
}
