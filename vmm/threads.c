/* threads.c: threads are made and joined by one at a time. */
#include "vmm/threads.h"

#include "vmm/lock.h"
#include "vmm/process.h"

#include <linux/membarrier.h>
#include <sched.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct threads *of(const struct process *p)
{
    return &p->root->sharer.threads;
}

void threads_hold(const struct process *p)
{
    struct threads *t = of(p);

    lock_take(&t->lock);
    /* Of one that was killed. */
    t->broken |= t->changing;
    t->changing = false;
}

void threads_release(const struct process *p)
{
    lock_give(&of(p)->lock);
}

/* With the lock: whether the C library may be called for a thread. */
static bool begin_change(struct threads *t)
{
    if (t->broken)
        return false;
    __atomic_store_n(&t->changing, true, __ATOMIC_SEQ_CST);
    return true;
}

static void end_change(struct threads *t)
{
    __atomic_store_n(&t->changing, false, __ATOMIC_SEQ_CST);
}

int threads_start(struct process *p, void *(*fn)(void *), void *arg,
                  size_t size)
{
    struct threads *t = of(p);
    pthread_attr_t attr;
    pthread_t thread;
    int rc = EAGAIN;

    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, size);
    threads_hold(p);
    if (begin_change(t)) {
        rc = pthread_create(&thread, &attr, fn, arg);
        end_change(t);
    }
    threads_release(p);
    pthread_attr_destroy(&attr);
    return -rc;
}

/* Of a thread that is about to end, and may itself wait for the lock. */
static void join(struct process *p, pthread_t thread)
{
    struct threads *t = of(p);
    int rc = 0;

    do {
        threads_hold(p);
        if (begin_change(t)) {
            rc = pthread_tryjoin_np(thread, NULL);
            end_change(t);
        }
        threads_release(p);
    } while (rc == EBUSY && sched_yield() == 0);
}

/* Each joins the one before: so one is left at most. */
void threads_end(struct process *p)
{
    pthread_t before;
    bool any;

    pthread_mutex_lock(&p->lock);
    any = p->has_ended;
    before = p->ended;
    p->ended = pthread_self();
    p->has_ended = true;
    pthread_mutex_unlock(&p->lock);
    if (any)
        join(p, before);
}

static int membarrier(int command)
{
    return (int)syscall(SYS_membarrier, command, 0, 0);
}

/* It interrupts each of them, and on the way back it dies. */
void threads_await_killed(void)
{
    if (membarrier(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED) == 0)
        membarrier(MEMBARRIER_CMD_PRIVATE_EXPEDITED);
}
