/*
 * signal_held.c: SIGSEGV and SIGBUS that were sent while the program blocks
 * them. Layer 2.
 *
 * The host never blocks them, so they come, and are held for the task that they
 * came to until the program lets them through, or waits for them.
 */
#include "vmm/host_call.h"
#include "vmm/signal_internal.h"
#include "vmm/task.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

siginfo_t *signal_held_info(struct signal_state *s, int sig)
{
    return sig == SIGBUS ? &s->held_bus : &s->held_segv;
}

bool signal_held_let_go(struct signal_state *s, int sig)
{
    return __atomic_fetch_and(&s->held, ~BIT(sig), __ATOMIC_SEQ_CST) & BIT(sig);
}

/* Of several the first stays, as in the kernel. Who waits for one looks here
 * after it said so, so either sees the other. */
void signal_held_add(struct task *task, int sig, const siginfo_t *info)
{
    struct signal_state *s = &task->signals;
    pid_t waiter;

    if (s->held & BIT(sig))
        return;
    *signal_held_info(s, sig) = *info;
    __atomic_or_fetch(&s->held, BIT(sig), __ATOMIC_SEQ_CST);
    waiter = __atomic_load_n(&task->process->actions->waiter, __ATOMIC_SEQ_CST);
    if (!waiter || waiter == task->tid || info->si_code == SI_TKILL ||
        !signal_held_let_go(s, sig))
        return;
    if (syscall(SYS_rt_tgsigqueueinfo, getpid(), waiter, sig, info) < 0)
        __atomic_or_fetch(&s->held, BIT(sig), __ATOMIC_SEQ_CST);
}

/* Of what (holder) holds, what is (task)'s: its own, and what was sent to the
 * process. */
static uint64_t held_for(const struct task *holder, const struct task *task)
{
    const struct signal_state *s = &holder->signals;
    uint64_t held = s->held;

    if (holder == task)
        return held;
    if (s->held_segv.si_code == SI_TKILL)
        held &= ~BIT(SIGSEGV);
    if (s->held_bus.si_code == SI_TKILL)
        held &= ~BIT(SIGBUS);
    return held;
}

/* Put what (set) has of (task)'s into the queue of this thread, its own. */
static void take_held(struct task *task, uint64_t set)
{
    struct process *p = task->process;

    pthread_mutex_lock(&p->lock);
    for (struct task *t = p->tasks; t; t = t->next) {
        for (int sig = SIGBUS; sig <= SIGSEGV; sig++) {
            const siginfo_t info = *signal_held_info(&t->signals, sig);

            if ((held_for(t, task) & set & BIT(sig)) &&
                signal_held_let_go(&t->signals, sig))
                syscall(SYS_rt_tgsigqueueinfo, getpid(), task->tid, sig, &info);
        }
    }
    pthread_mutex_unlock(&p->lock);
}

int64_t signal_wait(struct task *task, uint64_t set, const uint64_t args[6],
                    siginfo_t *info)
{
    pid_t *waiter = &task->process->actions->waiter, self = task->tid;
    int64_t ret;

    set &= SIGNALS_NEVER_BLOCKED;
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, sizeof(set));
    __atomic_store_n(waiter, self, __ATOMIC_SEQ_CST);
    take_held(task, set);
    ret = host_call(&task->signals.pending, SYS_rt_sigtimedwait, args);
    __atomic_compare_exchange_n(waiter, &self, 0, false, __ATOMIC_SEQ_CST,
                                __ATOMIC_SEQ_CST);
    if (ret == SIGBUS && signal_is_kick(SIGBUS, info)) {
        if (process_ends(task))
            task->signals.kicked = 1;
        __atomic_or_fetch(&task->signals.pending, PENDING_KICK,
                          __ATOMIC_SEQ_CST);
        ret = -EINTR;
    }
    /* What came too late comes now, and is held. */
    syscall(SYS_rt_sigprocmask, SIG_UNBLOCK, &set, NULL, sizeof(set));
    return ret;
}

uint64_t signal_pending(const struct task *task, uint64_t host)
{
    struct process *p = task->process;

    pthread_mutex_lock(&p->lock);
    for (const struct task *t = p->tasks; t; t = t->next)
        host |= held_for(t, task);
    pthread_mutex_unlock(&p->lock);
    return host;
}
