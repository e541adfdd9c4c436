/* signal.c: dispositions, the host's handler, delivery. */
#include "vmm/signal.h"

#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/lock.h"
#include "vmm/session_shared.h"
#include "vmm/sigframe.h"
#include "vmm/signal_internal.h"
#include "vmm/task.h"
#include "guest-shim/shim_abi.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SA_RESTORER
#define SA_RESTORER 0x04000000
#endif

/* UAPI_SA_FLAGS of Linux: NOCLDSTOP NOCLDWAIT SIGINFO EXPOSE_TAGBITS RESTORER
 * ONSTACK RESTART NODEFER RESETHAND. It clears the others: sigaction(2),
 * "Dynamically probing for flag bit support". */
#define KNOWN_FLAGS UINT64_C(0xdc000807)

#define SIGSETXID 33 /* glibc: setuid(2) in all threads */

#define UNBLOCKABLE (BIT(SIGKILL) | BIT(SIGSTOP))
#define DEFAULT_IGNORE                                                         \
    (BIT(SIGCHLD) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGCONT))
#define DEFAULT_STOP   (BIT(SIGSTOP) | BIT(SIGTSTP) | BIT(SIGTTIN) | BIT(SIGTTOU))
#define MIRRORED_FLAGS (SA_NOCLDSTOP | SA_NOCLDWAIT)

/* The task that the calling thread runs: a signal handler has no argument. */
static __thread struct task *bound;

/* What is blocked in the host where the program blocks (mask). */
static uint64_t host_mask(const struct signal_state *s, uint64_t mask)
{
    return (mask & ~SIGNALS_OPEN) | (s->parked ? BIT(s->parked) : 0);
}

static void set_host_mask(const struct signal_state *s, uint64_t mask)
{
    mask = host_mask(s, mask);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
}

static bool has_handler(const struct signal_action *act)
{
    return act->handler != (uint64_t)(uintptr_t)SIG_DFL &&
           act->handler != (uint64_t)(uintptr_t)SIG_IGN;
}

/* What a handler leaves the thread with until the signal is delivered. */
static void block_all(const struct signal_state *s, ucontext_t *uc)
{
    const uint64_t mask = host_mask(s, ~UINT64_C(0));

    memcpy(&uc->uc_sigmask, &mask, sizeof(mask));
}

/* From a handler: bring the interrupted task to its safe point. */
static void interrupt(struct task *task, int why, ucontext_t *uc)
{
    __atomic_or_fetch(&task->signals.pending, why, __ATOMIC_SEQ_CST);
    host_call_interrupt((uint64_t *)&uc->uc_mcontext.gregs[REG_RIP],
                        (uint64_t)uc->uc_mcontext.gregs[REG_RCX]);
    vcpu_kick(task->vcpu);
}

/*
 * Every handled signal comes here, in the thread of its task. One is recorded;
 * the mask that this handler returns to blocks the rest until it is delivered.
 */
static void on_signal(int sig, siginfo_t *info, void *ucontext)
{
    struct task *task = bound;

    if (!task)
        return;
    if (task->signals.pending & PENDING_SIGNAL) {
        /* The thread was just opening its mask: back into the queue. */
        syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), sig, info);
    } else {
        task->signals.info = *info;
        interrupt(task, PENDING_SIGNAL, ucontext);
    }
    block_all(&task->signals, ucontext);
}

static void on_kick(struct task *task, ucontext_t *uc)
{
    if (!task)
        return;
    if (process_ends(task))
        task->signals.kicked = 1;
    signal_kick_came(&task->signals);
    interrupt(task, PENDING_KICK, uc);
}

/* SIGSEGV and SIGBUS that are not faults of gmem's copies. */
static void on_memory_signal(int sig, siginfo_t *info, void *ucontext)
{
    struct task *task = bound;
    const int saved = errno;

    if (info->si_code > 0) {
        /* The monitor's own fault: die of it where it happened. */
        signal(sig, SIG_DFL);
    } else if (signal_is_kick(task ? &task->signals : NULL, sig, info)) {
        on_kick(task, ucontext);
    } else if (!task) {
        /* Sent to a thread that has no task yet: for another one, or later. */
        signal_give_back(info);
        memset(&((ucontext_t *)ucontext)->uc_sigmask, 0xff, sizeof(uint64_t));
    } else if (signal_blocks(&task->signals, sig) ||
               (task->signals.pending & PENDING_SIGNAL)) {
        signal_held_add(&task->signals, info);
        interrupt(task, PENDING_HELD, ucontext);
    } else {
        on_signal(sig, info, ucontext);
    }
    errno = saved;
}

/* The C library's sigaction() keeps two numbers to itself, which a program
 * with another C library uses like any other. */
static void set_host_action(int sig, const struct signal_action *act)
{
    struct signal_action host = {
        .handler = act->handler,
        .flags = (act->flags & MIRRORED_FLAGS) | SA_RESTORER,
        .restorer = (uint64_t)(uintptr_t)host_call_sigreturn,
    };

    if (sig == SIGSEGV || sig == SIGBUS)
        return; /* always gmem's */
    if (has_handler(act)) {
        host.handler = (uint64_t)(uintptr_t)on_signal;
        host.flags |= SA_SIGINFO | SA_RESTART; /* see host_call_interrupt */
        host.mask = ~UINT64_C(0);
    }
    syscall(SYS_rt_sigaction, sig, &host, NULL, sizeof(host.mask));
}

void signal_init(struct signal_actions *actions)
{
    memset(actions, 0, sizeof(*actions));
    lock_init(&actions->lock);
    for (int sig = 1; sig <= SIGNAL_MAX; sig++) {
        struct sigaction host;

        if (sigaction(sig, NULL, &host) == 0 && host.sa_handler == SIG_IGN)
            actions->action[sig].handler = (uint64_t)(uintptr_t)SIG_IGN;
    }
    gmem_init(on_memory_signal);
}

void signal_keep_memory(void)
{
    gmem_init(on_memory_signal);
}

/* A shim that reads meanwhile begins anew. */
static void publish(struct signal_actions *all, int sig)
{
    struct shim_answers *answers = all->answers;

    if (!answers)
        return;
    __atomic_add_fetch(&answers->changes, 1, __ATOMIC_ACQ_REL);
    memcpy(&answers->action[sig], &all->action[sig], sizeof(all->action[sig]));
    __atomic_add_fetch(&answers->changes, 1, __ATOMIC_RELEASE);
}

/* Threads may be asking: until all is there the guest finds nothing. */
void signal_share(struct signal_actions *actions, struct shim_answers *answers,
                  bool alone)
{
    static_assert(sizeof(answers->action) == sizeof(actions->action),
                  "what rt_sigaction tells");
    lock_take(&actions->lock);
    actions->answers = answers;
    if (answers) {
        __atomic_or_fetch(&answers->changes, 1, __ATOMIC_SEQ_CST);
        memset(answers->action, 0, PAGE_SIZE - SHIM_ANSWERS_ACTION);
        memcpy(answers->action, actions->action, sizeof(actions->action));
        signal_alone(actions, alone);
        __atomic_add_fetch(&answers->changes, 1, __ATOMIC_SEQ_CST);
    }
    lock_give(&actions->lock);
}

uint64_t signal_host_mask(void)
{
    uint64_t mask = 0;

    syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &mask, sizeof(mask));
    return mask & ~UNBLOCKABLE;
}

void signal_bind(struct task *task)
{
    bound = task;
    if (task->signals.pending & PENDING_SIGNAL)
        set_host_mask(&task->signals, ~UINT64_C(0));
    else
        signal_set_mask(task, task->signals.mask);
}

void signal_unbind(struct task *task, bool hand_back)
{
    const uint64_t all = ~UINT64_C(0);

    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
    bound = NULL;
    signal_set_parked(task, 0);
    if (hand_back)
        signal_hand_back(&task->signals);
}

void signal_unkick(struct task *task)
{
    if (!(task->signals.pending & PENDING_KICK))
        return;
    __atomic_and_fetch(&task->signals.pending, ~PENDING_KICK, __ATOMIC_SEQ_CST);
    /* That one stays until the task has ended. */
    if (process_ends(task))
        __atomic_or_fetch(&task->signals.pending, PENDING_KICK,
                          __ATOMIC_SEQ_CST);
}

int signal_send(struct task *task, pid_t tid, int sig)
{
    struct signal_state *s = &task->signals;
    pid_t pid =
        task->process->shared ? session_find(task->process->shared, tid) : 0;

    if (sig < 1 || sig > SIGNAL_MAX)
        return -EINVAL;
    if (!pid)
        return -ESRCH;
    if (pid != getpid())
        return syscall(SYS_tgkill, pid, tid, sig) < 0 ? -errno : 0;
    if (s->to_send == SIGNALS_HELD)
        return -EAGAIN;
    s->held_back[s->to_send].tid = tid;
    s->held_back[s->to_send++].sig = sig;
    return 0;
}

void signal_send_held(struct task *task, bool own)
{
    struct signal_state *s = &task->signals;
    unsigned left = 0;

    for (unsigned i = 0; i < s->to_send; i++) {
        if (own || s->held_back[i].tid != task->tid)
            syscall(SYS_tgkill, getpid(), s->held_back[i].tid,
                    s->held_back[i].sig);
        else
            s->held_back[left++] = s->held_back[i];
    }
    s->to_send = left;
}

/* A held signal that the mask lets through becomes the recorded one, unless
 * another task takes it meanwhile. What comes in between is held. */
static void record_held(struct signal_state *s)
{
    __atomic_or_fetch(&s->pending, PENDING_SIGNAL, __ATOMIC_SEQ_CST);
    if (!signal_held_take(s, ~s->mask, &s->info))
        __atomic_and_fetch(&s->pending, ~PENDING_SIGNAL, __ATOMIC_SEQ_CST);
}

/* What is parked comes, and is held: so it is in order with what was held. */
static void hold_parked(struct task *task)
{
    struct signal_state *s = &task->signals;
    const int before =
        __atomic_fetch_or(&s->pending, PENDING_SIGNAL, __ATOMIC_SEQ_CST);

    signal_unpark(task);
    if (!(before & PENDING_SIGNAL))
        __atomic_and_fetch(&s->pending, ~PENDING_SIGNAL, __ATOMIC_SEQ_CST);
}

void signal_set_mask(struct task *task, uint64_t mask)
{
    struct signal_state *s = &task->signals;

    s->mask = mask & ~UNBLOCKABLE;
    if (s->parked && !(s->mask & BIT(s->parked)))
        hold_parked(task);
    while ((signal_held_set(s) & ~s->mask) && !(s->pending & PENDING_SIGNAL)) {
        set_host_mask(s, ~UINT64_C(0));
        record_held(s);
    }
    /* While one is recorded, the rest wait; its delivery sets the mask. */
    if (!(s->pending & PENDING_SIGNAL))
        set_host_mask(s, s->mask);
}

void signal_alone(const struct signal_actions *actions, bool alone)
{
    struct shim_answers *answers = actions->answers;

    if (!answers)
        return;
    __atomic_store_n(&answers->pid, getpid(), __ATOMIC_SEQ_CST);
    __atomic_store_n(&answers->alone, alone, __ATOMIC_SEQ_CST);
}

/* The action of (sig) as the program is told it; the lock is held. Of a default
 * one nothing else counts than that, and the rest is as the guest wrote it. */
static struct signal_action told(const struct signal_actions *all, int sig)
{
    struct signal_action act = all->action[sig];

    if (all->answers && act.handler == (uint64_t)(uintptr_t)SIG_DFL) {
        const struct shim_action *as = &all->answers->action[sig];

        act.flags = as->flags & KNOWN_FLAGS;
        act.restorer = as->restorer;
        act.mask = as->mask;
    }
    return act;
}

void signal_unshare(struct signal_actions *all)
{
    struct shim_answers *answers = all->answers;

    if (!answers)
        return;
    for (int sig = 1; sig <= SIGNAL_MAX; sig++)
        all->action[sig] = told(all, sig);
    signal_alone(all, false);
    __atomic_store_n(&answers->pid, 0, __ATOMIC_SEQ_CST);
    __atomic_or_fetch(&answers->changes, 1, __ATOMIC_SEQ_CST);
    all->answers = NULL;
}

void signal_copy(struct signal_actions *to, const struct signal_actions *from)
{
    memcpy(to->action, from->action, sizeof(to->action));
    to->answers = NULL;
    lock_init(&to->lock);
}

int signal_set_action(struct task *task, int sig,
                      const struct signal_action *act,
                      struct signal_action *old)
{
    struct signal_actions *all = task->process->actions;

    if (sig < 1 || sig > SIGNAL_MAX || (act && (BIT(sig) & UNBLOCKABLE)))
        return -EINVAL;
    lock_take(&all->lock);
    *old = told(all, sig);
    if (act) {
        all->action[sig] = *act;
        all->action[sig].flags &= KNOWN_FLAGS;
        all->action[sig].mask &= ~UNBLOCKABLE;
        publish(all, sig);
        set_host_action(sig, act);
        if ((BIT(sig) & SIGNALS_OPEN) &&
            act->handler == (uint64_t)(uintptr_t)SIG_IGN)
            signal_held_discard(&task->signals, sig);
    }
    lock_give(&all->lock);
    return 0;
}

static struct signal_action action_of(struct task *task, int sig)
{
    struct signal_actions *all = task->process->actions;
    struct signal_action act;

    lock_take(&all->lock);
    act = told(all, sig);
    lock_give(&all->lock);
    return act;
}

static void set_default(struct task *task, int sig)
{
    const struct signal_action dfl = {.handler = (uint64_t)(uintptr_t)SIG_DFL};
    struct signal_action old;

    signal_set_action(task, sig, &dfl, &old);
}

/* Enter the handler of (info), or die trying. */
static void enter_handler(struct task *task, const siginfo_t *info,
                          const struct signal_action *act)
{
    struct signal_state *s = &task->signals;
    int sig = info->si_signo;

    task_event(task, HOOK_SIGNAL,
               &(struct hook_event_info){.signal = sig, .code = info->si_code});
    if (sigframe_push(task, act, info, s->mask) < 0) {
        /* No frame, no handler: Linux's force_sigsegv(). */
        if (sig == SIGSEGV)
            set_default(task, SIGSEGV);
        s->mask &= ~BIT(SIGSEGV);
        signal_force(task, SIGSEGV, SI_KERNEL, 0);
        return;
    }
    if (act->flags & SA_RESETHAND) {
        struct signal_action reset = *act, old;

        reset.handler = (uint64_t)(uintptr_t)SIG_DFL;
        signal_set_action(task, sig, &reset, &old);
    }
    signal_set_mask(task, s->mask | act->mask |
                              (act->flags & SA_NODEFER ? 0 : BIT(sig)));
}

void signal_deliver(struct task *task)
{
    struct signal_state *s = &task->signals;
    siginfo_t info = s->info;
    int sig = info.si_signo;
    struct signal_action act = action_of(task, sig);

    __atomic_and_fetch(&s->pending, ~PENDING_SIGNAL, __ATOMIC_SEQ_CST);
    if (has_handler(&act)) {
        enter_handler(task, &info, &act);
        return;
    }
    /* The disposition changed since the host's handler ran. */
    if (act.handler == (uint64_t)(uintptr_t)SIG_DFL &&
        !(BIT(sig) & DEFAULT_IGNORE)) {
        if (BIT(sig) & DEFAULT_STOP)
            kill(getpid(), SIGSTOP);
        else
            task->death = sig;
    }
    signal_set_mask(task, s->mask);
}

void signal_force(struct task *task, int sig, int code, uint64_t addr)
{
    struct signal_action act = action_of(task, sig);
    siginfo_t info = {.si_signo = sig, .si_code = code};

    info.si_addr = (void *)(uintptr_t)addr;
    if (!has_handler(&act) || (task->signals.mask & BIT(sig))) {
        task->death = sig;
        return;
    }
    enter_handler(task, &info, &act);
}

bool signal_restarts(struct task *task)
{
    struct signal_action act = action_of(task, task->signals.info.si_signo);

    return !has_handler(&act) || (act.flags & SA_RESTART);
}

void signal_reset_handlers(struct task *task)
{
    struct signal_actions *all = task->process->actions;

    /* As flush_signal_handlers() of Linux: flags and masks do not stay. */
    for (int sig = 1; sig <= SIGNAL_MAX; sig++) {
        const uint64_t ignore = (uint64_t)(uintptr_t)SIG_IGN;
        struct signal_action act = {0}, old = all->action[sig];

        if (old.handler == ignore)
            act.handler = ignore;
        if (memcmp(&act, &old, sizeof(act)) != 0)
            signal_set_action(task, sig, &act, &old);
    }
    /* Nor does what the program had the shim write there. */
    signal_share(all, all->answers, true);
}

void signal_exec(struct task *task)
{
    const struct process *p = task->process;

    p->actions->answers = p->vm->answering ? p->vm->answers : NULL;
    signal_reset_handlers(task);
    task->signals.altstack_sp = task->signals.altstack_size = 0;
}

void signal_take_back(struct process *process)
{
    struct signal_actions *all = process->actions;

    lock_take(&all->lock);
    set_host_action(SIGSETXID, &all->action[SIGSETXID]);
    lock_give(&all->lock);
}

void signal_forked(struct task *task)
{
    struct signal_state *s = &task->signals;

    s->pending = s->kicked = 0;
    s->held = 0;
    s->to_send = 0;
    signal_unpark(task);
    signal_set_mask(task, s->mask);
}

uint64_t signal_hold(void)
{
    const uint64_t all = ~SIGNALS_OPEN;
    uint64_t held = 0;

    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &all, &held, sizeof(held));
    return held;
}

void signal_release(uint64_t held)
{
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &held, NULL, sizeof(held));
}

void signal_return(struct task *task)
{
    uint64_t mask;

    task->resumed = true;
    if (sigframe_pop(task, &mask) < 0) {
        signal_force(task, SIGSEGV, SI_KERNEL, 0);
        return;
    }
    signal_set_mask(task, mask);
}
