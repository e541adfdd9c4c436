/*
 * signal_held.c: SIGSEGV and SIGBUS that were sent while the program blocks
 * them. Layer 2.
 *
 * The host does not block them, so they come. One that came is held until the
 * next safe point, where its number is blocked in the host, too, and it goes
 * back into the host's queue (parked): there it is to be found, waited for and
 * delivered as every other. Of two numbers one is parked at a time, for kicks
 * come by the other; the second stays held.
 */
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/session_shared.h"
#include "vmm/signal_internal.h"
#include "vmm/task.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

/* si_code of a kick. Negative ones are who sends them's own, sigqueue(3); a
 * program that uses this one kicks itself, which is no harm. */
#define KICK_CODE (-0x4b1c)

static const struct timespec at_once;

static int kick_number(int parked)
{
    return parked == SIGBUS ? SIGSEGV : SIGBUS;
}

/* Of a signal that found no memory for what belongs to it nothing is left. */
bool signal_is_kick(const struct signal_state *s, int sig,
                    const siginfo_t *info)
{
    if (info->si_code == KICK_CODE)
        return BIT(sig) & SIGNALS_OPEN;
    return sig == kick_number(s ? s->parked : 0) && info->si_code == SI_USER &&
           info->si_pid == 0;
}

int signal_kick(pid_t pid, pid_t tid, const int *parked)
{
    siginfo_t info = {.si_code = KICK_CODE};
    int seen;

    info.si_pid = getpid();
    info.si_uid = getuid();
    do {
        seen = __atomic_load_n(parked, __ATOMIC_SEQ_CST);
        info.si_signo = kick_number(seen);
        if (syscall(SYS_rt_tgsigqueueinfo, pid, tid, info.si_signo, &info) < 0)
            return -errno;
    } while (__atomic_load_n(parked, __ATOMIC_SEQ_CST) != seen);
    return 0;
}

void signal_kick_came(const struct signal_state *s)
{
    const uint64_t set = s->parked ? BIT(s->parked) : 0;
    siginfo_t info;

    if (set &&
        syscall(SYS_rt_sigtimedwait, &set, &info, &at_once, sizeof(set)) > 0 &&
        !signal_is_kick(s, info.si_signo, &info))
        signal_give_back(&info);
}

/* Whether it was sent to the thread: rt_tgsigqueueinfo(2) does not tell. */
static bool is_for_thread(const siginfo_t *info)
{
    return info->si_code == SI_TKILL;
}

void signal_give_back(const siginfo_t *info)
{
    /* A thread's id stands for its process, too; and with that of another
     * thread the kernel would take (info) for forged. */
    if (is_for_thread(info))
        syscall(SYS_rt_tgsigqueueinfo, getpid(), gettid(), info->si_signo,
                info);
    else
        syscall(SYS_rt_sigqueueinfo, gettid(), info->si_signo, info);
}

void signal_hand_back(struct signal_state *s)
{
    siginfo_t info;

    if ((s->pending & PENDING_SIGNAL) && !is_for_thread(&s->info))
        signal_give_back(&s->info);
    while (signal_held_take(s, SIGNALS_OPEN, &info))
        if (!is_for_thread(&info))
            signal_give_back(&info);
}

/* In the order in which the kernel delivers them. */
static unsigned index_of(const siginfo_t *info)
{
    return (is_for_thread(info) ? 0 : 2) + (info->si_signo == SIGSEGV ? 1 : 0);
}

static int number_at(unsigned i)
{
    return i % 2 ? SIGSEGV : SIGBUS;
}

/* Of several the first stays, as in the kernel. */
void signal_held_add(struct signal_state *s, const siginfo_t *info)
{
    const unsigned i = index_of(info);

    if (s->held & (1u << i))
        return;
    s->held_info[i] = *info;
    __atomic_or_fetch(&s->held, 1u << i, __ATOMIC_SEQ_CST);
}

uint64_t signal_held_set(const struct signal_state *s)
{
    uint64_t set = 0;

    for (unsigned i = 0; i < SIGNALS_SENT; i++)
        if (s->held & (1u << i))
            set |= BIT(number_at(i));
    return set;
}

/* Others may take as well: signal_wait. */
static bool take(struct signal_state *s, unsigned i, siginfo_t *info)
{
    if (!(s->held & (1u << i)))
        return false;
    *info = s->held_info[i];
    return __atomic_fetch_and(&s->held, ~(1u << i), __ATOMIC_SEQ_CST) &
           (1u << i);
}

bool signal_held_take(struct signal_state *s, uint64_t set, siginfo_t *info)
{
    for (unsigned i = 0; i < SIGNALS_SENT; i++)
        if ((set & BIT(number_at(i))) && take(s, i, info))
            return true;
    return false;
}

static void change_mask(int how, uint64_t set)
{
    syscall(SYS_rt_sigprocmask, how, &set, NULL, sizeof(set));
}

void signal_set_parked(struct task *task, int sig)
{
    __atomic_store_n(&task->signals.parked, sig, __ATOMIC_SEQ_CST);
    if (task->slot)
        __atomic_store_n(&task->slot->parked, sig, __ATOMIC_SEQ_CST);
    gmem_without_faults(sig);
}

/*
 * Kicks come by the other number from the first step on. Who looked before, and
 * kicks by this one when it is blocked, looks again, kicks again, and then
 * signal_kick_came takes this one away.
 */
static void park(struct task *task, int sig)
{
    signal_set_parked(task, sig);
    if (sig)
        change_mask(SIG_BLOCK, BIT(sig));
    change_mask(SIG_UNBLOCK, SIGNALS_OPEN & ~(sig ? BIT(sig) : 0));
}

void signal_unpark(struct task *task)
{
    if (task->signals.parked)
        park(task, 0);
}

static bool is_in_queue(int sig)
{
    uint64_t set = 0;

    syscall(SYS_rt_sigpending, &set, sizeof(set));
    return set & BIT(sig);
}

void signal_keep(struct task *task)
{
    struct signal_state *s = &task->signals;
    siginfo_t info;

    if (!s->held && !(s->pending & PENDING_HELD))
        return;
    __atomic_and_fetch(&s->pending, ~PENDING_HELD, __ATOMIC_SEQ_CST);
    for (int sig = SIGBUS; sig <= SIGSEGV; sig++) {
        if (!(signal_held_set(s) & s->mask & BIT(sig)))
            continue;
        if (s->parked && s->parked != sig && is_in_queue(s->parked))
            continue;
        park(task, sig);
        while (signal_held_take(s, BIT(sig), &info))
            signal_give_back(&info);
    }
}

void signal_held_discard(struct signal_state *s, int sig)
{
    const uint64_t set = BIT(sig);
    siginfo_t info;

    while (signal_held_take(s, set, &info))
        ;
    while (s->parked == sig &&
           syscall(SYS_rt_sigtimedwait, &set, NULL, &at_once, sizeof(set)) > 0)
        ;
}

void signal_held_let_come(const struct signal_state *s)
{
    change_mask(SIG_UNBLOCK, SIGNALS_OPEN & ~(s->parked ? BIT(s->parked) : 0));
}

/* Of what (holder) holds, what is (task)'s: its own, and what was sent to the
 * process. */
static bool is_held_for(const struct task *holder, const struct task *task,
                        unsigned i)
{
    return (holder->signals.held & (1u << i)) &&
           (holder == task || !is_for_thread(&holder->signals.held_info[i]));
}

void signal_held_queue(struct task *task, uint64_t set)
{
    struct process *p = task->process;
    siginfo_t info;

    change_mask(SIG_BLOCK, set);
    pthread_mutex_lock(&p->lock);
    for (struct task *t = p->tasks; t; t = t->next)
        for (unsigned i = 0; i < SIGNALS_SENT; i++)
            if ((set & BIT(number_at(i))) && is_held_for(t, task, i) &&
                take(&t->signals, i, &info))
                syscall(SYS_rt_tgsigqueueinfo, getpid(), task->tid,
                        info.si_signo, &info);
    pthread_mutex_unlock(&p->lock);
}

uint64_t signal_pending(const struct task *task, uint64_t host)
{
    struct process *p = task->process;

    pthread_mutex_lock(&p->lock);
    for (const struct task *t = p->tasks; t; t = t->next)
        for (unsigned i = 0; i < SIGNALS_SENT; i++)
            if (is_held_for(t, task, i))
                host |= BIT(number_at(i));
    pthread_mutex_unlock(&p->lock);
    return host;
}
