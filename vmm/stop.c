/* stop.c: tasks that stop others, through what the session shares. */
#include "vmm/stop.h"

#include "vmm/clock.h"
#include "vmm/privfd.h"
#include "vmm/privread.h"
#include "vmm/process.h"
#include "vmm/session_shared.h"
#include "vmm/task.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GATE_NS  50000000 /* who waits looks again, should the owner differ */
#define KICK_NS  2000000  /* who does not come is kicked again */
#define PATIENCE 10       /* kicks; then it is looked at why */

static struct session_shared *shared_of(const struct task *task)
{
    return task->process->shared;
}

void stop_join(struct task *task)
{
    struct process *p = task->process;
    struct thread_slot *slot;

    if (!p->shared)
        return;
    slot = session_join(p->shared);
    pthread_mutex_lock(&p->lock);
    task->slot = slot;
    if (slot) {
        __atomic_store_n(&slot->writes, p->shared_writes, __ATOMIC_SEQ_CST);
        __atomic_store_n(&slot->parked, task->signals.parked, __ATOMIC_SEQ_CST);
    }
    pthread_mutex_unlock(&p->lock);
}

void stop_leave(struct task *task)
{
    struct thread_slot *slot = task->slot;

    if (!slot)
        return;
    stop_outside(task);
    pthread_mutex_lock(&task->process->lock);
    task->slot = NULL;
    pthread_mutex_unlock(&task->process->lock);
    session_leave(slot);
}

void stop_forked(struct task *task)
{
    task->slot = NULL;
    task->stop = NULL;
    task->stops = 0;
    stop_join(task);
}

static bool concerns(const struct stop_record *r, const struct thread_slot *t)
{
    if (t->pid == r->pid)
        return t->tid != r->tid;
    return (__atomic_load_n(&t->writes, __ATOMIC_SEQ_CST) &
            __atomic_load_n(&r->maps, __ATOMIC_SEQ_CST)) != 0;
}

/* The stop in force that concerns (task), or NULL. */
static struct stop_record *concerning(const struct task *task)
{
    struct session_shared *s = shared_of(task);
    uint64_t bits;

    if (!task->slot)
        return NULL;
    bits = __atomic_load_n(&s->stops, __ATOMIC_SEQ_CST);
    for (; bits; bits &= bits - 1) {
        struct stop_record *r = &s->stop[__builtin_ctzl(bits)];

        if (concerns(r, task->slot))
            return r;
    }
    return NULL;
}

static void out_of_force(struct session_shared *s, const struct stop_record *r)
{
    __atomic_and_fetch(&s->stops, ~(UINT64_C(1) << (r - s->stop)),
                       __ATOMIC_SEQ_CST);
}

static long futex(uint32_t *word, int op, uint32_t value,
                  const struct timespec *timeout)
{
    return syscall(SYS_futex, word, op, value, timeout, NULL, 0);
}

void stop_outside(struct task *task)
{
    if (!task->slot)
        return;
    __atomic_store_n(&task->slot->running, 0, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&shared_of(task)->stops, __ATOMIC_SEQ_CST))
        futex(&task->slot->running, FUTEX_WAKE, INT_MAX, NULL);
}

bool stop_try_inside(struct task *task)
{
    if (!task->slot)
        return true;
    __atomic_store_n(&task->slot->running, 1, __ATOMIC_SEQ_CST);
    if (!concerning(task))
        return true;
    stop_outside(task);
    return false;
}

void stop_wait(struct task *task)
{
    struct stop_record *r;

    while ((r = concerning(task))) {
        uint64_t until = clock_now_ns() + GATE_NS;
        const struct timespec t = clock_timespec(until);
        int rc = pthread_mutex_clocklock(&r->gate, CLOCK_MONOTONIC, &t);

        if (rc == EOWNERDEAD) {
            /* The stopper was killed. */
            pthread_mutex_consistent(&r->gate);
            out_of_force(shared_of(task), r);
        }
        if (rc == 0 || rc == EOWNERDEAD)
            pthread_mutex_unlock(&r->gate);
    }
}

void stop_inside(struct task *task)
{
    while (!stop_try_inside(task))
        stop_wait(task);
    signal_unkick(task);
}

void stop_point(struct task *task)
{
    if (!task->slot ||
        (!(task->signals.pending & PENDING_KICK) &&
         !__atomic_load_n(&shared_of(task)->stops, __ATOMIC_SEQ_CST)))
        return;
    if (concerning(task))
        stop_outside(task);
    stop_inside(task);
}

/* A stop that is this task's from now on, not yet in force; or NULL. */
static struct stop_record *take_record(const struct task *task)
{
    struct session_shared *s = shared_of(task);

    for (unsigned i = 0; i < SESSION_STOPS; i++) {
        struct stop_record *r =
            &s->stop[((unsigned)task->tid + i) % SESSION_STOPS];
        bool died;

        if (!session_try_lock(&r->gate, &died))
            continue;
        if (died)
            out_of_force(s, r);
        r->pid = getpid();
        r->tid = task->tid;
        return r;
    }
    return NULL;
}

/*
 * Whether SIGSTOP holds the thread. It runs nothing then, and when it goes on
 * it sees the kick first.
 */
static bool held_by_signal(pid_t pid, pid_t tid)
{
    char path[64], text[256] = "";
    const char *state;
    FILE *file;

    snprintf(path, sizeof(path), "/proc/%d/task/%d/stat", pid, tid);
    file = privread_text(path);
    if (!file)
        return false;
    if (!fgets(text, sizeof(text), file))
        text[0] = '\0';
    fclose(file);
    /* Behind the name, which may hold anything. proc(5) */
    state = strrchr(text, ')');
    return state && state[1] == ' ' && state[2] == 'T';
}

/* Wait until the thread of (slot) is outside, or gone. */
static int await_outside(const struct stop_record *r, struct thread_slot *slot,
                         uint64_t deadline_ns)
{
    const struct timespec pause = {.tv_nsec = KICK_NS};

    for (unsigned kicks = 0;; kicks++) {
        if (!__atomic_load_n(&slot->running, __ATOMIC_SEQ_CST) ||
            !concerns(r, slot) || session_bury(slot))
            return 0;
        if (signal_kick(slot->pid, slot->tid, &slot->parked) == -EPERM)
            return -EPERM;
        if (kicks > PATIENCE && held_by_signal(slot->pid, slot->tid))
            return 0;
        futex(&slot->running, FUTEX_WAIT, 1, &pause);
        if (clock_now_ns() > deadline_ns)
            return -ETIMEDOUT;
    }
}

/* Let the others run first. */
static void keep_quiet(const struct session_shared *s)
{
    uint64_t until = __atomic_load_n(&s->quiet_until, __ATOMIC_RELAXED);
    uint64_t now = clock_now_ns();
    const struct timespec t = {
        .tv_nsec = (long)min_u64(until - min_u64(now, until), STOP_QUIET_NS)};

    if (t.tv_nsec)
        nanosleep(&t, NULL);
}

/* The task's stop, its first one being new; or NULL. */
static struct stop_record *begin(struct task *task)
{
    if (task->stop)
        return task->stop;
    keep_quiet(shared_of(task));
    task->stopped_ns = clock_now_ns();
    task->stop = take_record(task);
    return task->stop;
}

int stop_others(struct task *task, uint64_t deadline_ns)
{
    struct session_shared *s = shared_of(task);
    size_t threads;
    int rc = 0;

    if (!task->slot || !begin(task))
        return -EAGAIN;
    __atomic_store_n(&task->stop->maps, task->process->shared_maps,
                     __ATOMIC_SEQ_CST);
    __atomic_or_fetch(&s->stops, UINT64_C(1) << (task->stop - s->stop),
                      __ATOMIC_SEQ_CST);
    threads = __atomic_load_n(&s->threads, __ATOMIC_SEQ_CST);
    for (size_t i = 0; i < threads && i < SESSION_THREADS && rc == 0; i++)
        if (__atomic_load_n(&s->thread[i].pid, __ATOMIC_SEQ_CST))
            rc = await_outside(task->stop, &s->thread[i], deadline_ns);
    task->stops++;
    if (rc < 0)
        stop_end(task, task->stops - 1);
    return rc;
}

unsigned stop_count(const struct task *task)
{
    return task->stops;
}

void stop_end(struct task *task, unsigned count)
{
    struct session_shared *s = shared_of(task);
    struct stop_record *r = task->stop;
    uint64_t now;

    if (task->stops <= count)
        return;
    task->stops = count;
    if (count > 0)
        return;
    now = clock_now_ns();
    __atomic_store_n(&s->quiet_until,
                     now + min_u64(now - task->stopped_ns, STOP_QUIET_NS),
                     __ATOMIC_RELAXED);
    task->stop = NULL;
    out_of_force(s, r);
    pthread_mutex_unlock(&r->gate);
}

static uint64_t bit_of(uint64_t object)
{
    /* Knuth's multiplicative hash: its upper bits are good. */
    return UINT64_C(1) << (object * UINT64_C(0x9e3779b97f4a7c15) >> 58);
}

void stop_share(struct task *task, uint64_t object, bool writes)
{
    struct process *p = task->process;
    uint64_t bit;

    if (!task->slot)
        return;
    if (!object)
        object = __atomic_add_fetch(&p->shared->objects, 1, __ATOMIC_RELAXED);
    bit = bit_of(object);
    pthread_mutex_lock(&p->lock);
    p->shared_maps |= bit;
    if (writes)
        p->shared_writes |= bit;
    for (struct task *t = p->tasks; t; t = t->next)
        if (t->slot)
            __atomic_store_n(&t->slot->writes, p->shared_writes,
                             __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&p->lock);
    stop_point(task);
}

void stop_unshare(struct process *p)
{
    pthread_mutex_lock(&p->lock);
    p->shared_maps = p->shared_writes = 0;
    for (struct task *t = p->tasks; t; t = t->next)
        if (t->slot)
            __atomic_store_n(&t->slot->writes, 0, __ATOMIC_SEQ_CST);
    pthread_mutex_unlock(&p->lock);
}
