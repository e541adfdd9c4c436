/*
 * signal_wait.c: calls that wait for signals, or with another mask than the
 * program's, where that concerns SIGSEGV and SIGBUS. Layer 2.
 *
 * The host must not block these as the program does: kicks come by them. But
 * what such a call lets through is for the host's kernel to tell of when it
 * waits, so it is blocked until then.
 */
#include "vmm/host_call.h"
#include "vmm/signal_internal.h"
#include "vmm/task.h"

#include <errno.h>
#include <sys/syscall.h>

int signal_mask_arg(uint64_t sysno)
{
    switch (sysno) {
    case SYS_rt_sigsuspend:
        return 0;
    case SYS_ppoll:
        return 3;
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
        return 4;
    case SYS_pselect6:
        return 5;
    default:
        return -1;
    }
}

bool signal_blocks(const struct signal_state *s, int sig)
{
    return (s->waits ? s->wait_mask : s->mask) & BIT(sig);
}

/* What the wait lets through, and the program does not. */
static uint64_t opened(const struct signal_state *s)
{
    return SIGNALS_OPEN & s->mask & ~s->wait_mask;
}

uint64_t signal_begin_wait(struct task *task, uint64_t mask)
{
    struct signal_state *s = &task->signals;

    s->wait_mask = mask;
    __atomic_store_n(&s->waits, true, __ATOMIC_SEQ_CST);
    /* For the kernel to tell of, when it waits. */
    if (opened(s))
        signal_held_queue(task, opened(s));
    return (mask & ~SIGNALS_OPEN) | (s->parked ? mask & BIT(s->parked) : 0);
}

void signal_end_wait(struct task *task, int64_t ret)
{
    struct signal_state *s = &task->signals;

    __atomic_store_n(&s->waits, false, __ATOMIC_SEQ_CST);
    if (opened(s))
        signal_held_let_come(s);
    /* An interrupted call goes on, or a delivery sets the mask. */
    if (ret != HOST_CALL_NOT_STARTED && ret != HOST_CALL_INTERRUPTED &&
        ret != -EINTR && (signal_held_set(s) & ~s->mask))
        signal_set_mask(task, s->mask);
}

int64_t signal_wait(struct task *task, uint64_t set, const uint64_t args[6],
                    siginfo_t *info)
{
    struct signal_state *s = &task->signals;
    int64_t ret;

    signal_held_queue(task, set & SIGNALS_OPEN);
    ret = host_call(&s->pending, SYS_rt_sigtimedwait, args);
    if (ret > 0 && signal_is_kick(s, (int)ret, info)) {
        if (process_ends(task))
            s->kicked = 1;
        signal_kick_came(s);
        __atomic_or_fetch(&s->pending, PENDING_KICK, __ATOMIC_SEQ_CST);
        ret = -EINTR;
    }
    signal_held_let_come(s);
    return ret;
}
