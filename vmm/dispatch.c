/*
 * dispatch.c: the way of one system call: row, capsule, before hook, route,
 * after hook. Everything particular to a call is in its row.
 */
#include "vmm/as_host.h"
#include "vmm/call.h"
#include "vmm/clock.h"
#include "vmm/fd_class.h"
#include "vmm/guard.h"
#include "vmm/host_call.h"
#include "vmm/privfd.h"
#include "vmm/restart.h"
#include "vmm/procfs.h"
#include "vmm/seek.h"
#include "vmm/signal.h"
#include "vmm/task.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

/* SYSCALL is two bytes; a call is made again by going back over them. */
#define SYSCALL_INSN_SIZE 2

static const struct datum no_args[SYSCALL_ARGS];

/* Set what describes the arguments: the row's, or the selected variant's. */
static const struct syscall_variant *describe(struct syscall_call *call)
{
    const struct syscall_variant *variant = NULL;

    if (!call->row) {
        call->arg = no_args;
        return NULL;
    }
    if (call->row->variants)
        variant = syscall_variant(call->row, call->args);
    call->arg = variant ? variant->arg : call->row->arg;
    return variant;
}

/* Whether argument (i), a path, is a link to a descriptor of the monitor. */
static bool leads_to_private_fd(const struct syscall_call *call, unsigned i)
{
    int dirfd;
    const char *path = as_host_path(call, i, &dirfd);

    return path && procfs_hides(call->task->process, dirfd, path);
}

/* Descriptors of the monitor do not exist for the program, nor do the links
 * that lead to them: 0, or what Linux answers for what does not exist. */
static int check_private(const struct syscall_call *call)
{
    assert(call->arg);
    for (unsigned i = 0; i < SYSCALL_ARGS && call->arg[i].kind; i++) {
        switch (call->arg[i].kind) {
        case DATUM_FD:
        case DATUM_DIRFD:
            if (privfd_owns((int)call->args[i]))
                return -EBADF;
            break;
        case DATUM_PATH:
            if (leads_to_private_fd(call, i))
                return -ENOENT;
            break;
        default:
            break;
        }
    }
    return capsule_names_fd(call->capsule, privfd_owns) ? -EBADF : 0;
}

/* The call itself, by (fn); then what was written into copies goes to the
 * guest. */
static int64_t execute(struct syscall_call *call,
                       int64_t (*fn)(struct syscall_call *call))
{
    int64_t ret;

    capsule_seal(call->capsule);
    ret = restart_run(call, fn);
    if (ret != HOST_CALL_NOT_STARTED && capsule_put(call->capsule) < 0 &&
        ret >= 0)
        ret = -EFAULT;
    return ret;
}

/* What is refused because of its selector is so for open descriptors. */
static bool names_no_fd(const struct syscall_call *call)
{
    return call->row->variants && call->row->arg[0].kind == DATUM_FD &&
           !fd_is_open((int)call->args[0]);
}

static int64_t route(struct syscall_call *call,
                     const struct syscall_variant *variant)
{
    const struct syscall_desc *row = call->row;
    unsigned route;
    int refuse_errno, rc;

    if (!row)
        return -ENOSYS;
    route = row->route;
    refuse_errno = row->refuse_errno;
    if (variant && variant->route != ROUTE_NONE) {
        route = variant->route;
        refuse_errno = variant->refuse_errno;
    } else if (row->variants && !variant && row->other_route != ROUTE_NONE) {
        route = row->other_route;
    }
    rc = check_private(call);
    if (rc == 0 && guard_refuses(call))
        rc = -ECONNREFUSED;
    if (rc == 0 && variant && variant->fd_class)
        rc = fd_class_check((int)call->args[0], variant->fd_class);
    if (rc < 0)
        return rc;
    switch (route) {
    case ROUTE_PASS:
        return execute(call, as_host);
    case ROUTE_EMULATE:
        assert(row->fn);
        return execute(call, row->fn);
    case ROUTE_REFUSE:
        return names_no_fd(call) ? -EBADF : -refuse_errno;
    default:
        return -ENOSYS;
    }
}

/* Hooks and the program see EINTR; what comes of it is decided last. */
static void note_interrupt(struct syscall_call *call,
                           const struct syscall_variant *variant)
{
    if (call->ret != HOST_CALL_INTERRUPTED)
        return;
    call->ret = -EINTR;
    call->restarts_by_flag = true;
    call->restarts_always = variant && variant->restart == RESTART_ALWAYS;
}

static void run(struct syscall_call *call)
{
    const struct syscall_variant *variant = describe(call);
    int rc = capsule_take(call->capsule, call->arg, call->args, call->host);

    call->ret = rc < 0 ? rc : route(call, variant);
    note_interrupt(call, variant);
}

int syscall_recapture(struct syscall_call *call,
                      const uint64_t before[SYSCALL_ARGS])
{
    /* A changed selector is another variant, with other arguments. */
    describe(call);
    return capsule_retake(call->capsule, call->arg, before, call->args,
                          call->host);
}

/* As long as hooks said; a signal ends it. */
static void wait_delay(struct syscall_call *call)
{
    struct timespec t = clock_timespec(call->delay_ns);
    const uint64_t args[SYSCALL_ARGS] = {(uint64_t)(uintptr_t)&t,
                                         (uint64_t)(uintptr_t)&t};

    while (
        call->delay_ns &&
        restart_after_stop(call->task, host_call(&call->task->signals.pending,
                                                 SYS_nanosleep, args)))
        ;
    call->delay_ns = 0;
}

/* The call and what is hooked to it, with its arguments captured. */
static void run_hooked(struct syscall_call *call, unsigned phases)
{
    const struct hooks *hooks = &call->task->process->hooks;
    const struct syscall_variant *variant;
    enum hook_verdict verdict = HOOK_CONTINUE;

    if (phases & HOOKED_BEFORE)
        verdict = hooks->ops->before(hooks->ctx, call);
    wait_delay(call);
    if (verdict == HOOK_ANSWERED) {
        call->answered = true;
        return;
    }
    variant = describe(call);
    call->ret = route(call, variant);
    note_interrupt(call, variant);
    /* What never returns to the program has no result. */
    if (call->ret == HOST_CALL_NOT_STARTED || call->in_child ||
        process_ends(call->task))
        return;
    /* The before hook may have registered the after hook. */
    if (process_hooked(call->task->process, call->sysno) & HOOKED_AFTER)
        hooks->ops->after(hooks->ctx, call);
    wait_delay(call);
}

/* The same where somebody looks: hooks, or who is told of the call. */
static void run_watched(struct syscall_call *call, unsigned phases,
                        const struct events *events)
{
    int rc;

    describe(call);
    rc = capsule_take(call->capsule, call->arg, call->args, call->host);
    if (events) {
        events->ops->enter(events->ctx, call);
        call->entered_ns = clock_now_ns();
    }
    if (rc < 0)
        call->ret = rc;
    else
        run_hooked(call, phases);
}

/*
 * A signal came: whether the program makes the call again. signal(7),
 * "Interruption of system calls and library functions by signal handlers".
 */
static bool restarts(struct syscall_call *call)
{
    if (call->ret == HOST_CALL_NOT_STARTED)
        return true;
    if (call->ret != -EINTR || call->answered || !call->restarts_by_flag)
        return false;
    return call->restarts_always ||
           !(call->task->signals.pending & PENDING_SIGNAL) ||
           signal_restarts(call->task);
}

static struct syscall_call serve(struct task *task, uint64_t sysno)
{
    const struct kvm_regs *regs = task->vcpu->regs;
    struct syscall_call call = {
        .task = task,
        .sysno = sysno,
        .row = syscall_row(sysno),
        .capsule = task->capsule,
    };
    const unsigned phases = process_hooked(task->process, sysno);
    const struct events *events =
        process_traced(task->process, sysno) ? &task->process->events : NULL;

    memcpy(call.orig,
           (const uint64_t[]){regs->rdi, regs->rsi, regs->rdx, regs->r10,
                              regs->r8, regs->r9},
           sizeof(call.orig));
    memcpy(call.args, call.orig, sizeof(call.args));
    if (task->process->seekable)
        seek_before(task->process, sysno, call.orig);
    if (phases || events)
        run_watched(&call, phases, events);
    else
        run(&call);
    call.again = !task->resumed && restarts(&call);
    if (events)
        events->ops->leave(events->ctx, &call,
                           clock_now_ns() - call.entered_ns);
    return call;
}

bool dispatch_vsyscall(struct task *task, uint64_t sysno, int64_t *ret)
{
    struct syscall_call call = serve(task, sysno);

    *ret = call.ret;
    return !call.again;
}

void dispatch_syscall(struct task *task)
{
    /* As do_syscall_64(): the upper half of rax does not count. */
    struct syscall_call call = serve(task, (uint32_t)task->vcpu->regs->rax);

    if (task->resumed) {
        task->resumed = false;
    } else if (call.again) {
        struct kvm_regs again;

        vcpu_user_regs(task->vcpu, &again);
        again.rip -= SYSCALL_INSN_SIZE;
        vcpu_resume(task->vcpu, &again);
    } else {
        vcpu_sysret(task->vcpu, call.ret);
    }
}
