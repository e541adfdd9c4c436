/*
 * threads.h: the host's threads of processes that share the monitor's memory.
 * Layer 2.
 *
 * The C library keeps lists of all threads, which it changes when one is made
 * or joined, under a lock of its own. So both are done here, by one at a time:
 * then a process may be made or killed in between. One that is killed in the
 * middle all the same, from outside, leaves that lock to nobody: the others can
 * make no more threads then, and go on.
 */
#ifndef VMM_THREADS_H
#define VMM_THREADS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

struct process;

/* One for all processes that share memory. */
struct threads {
    pthread_mutex_t lock;
    bool changing; /* who has (lock) is in the C library */
    bool broken;   /* and was killed there */
};

/*
 * Start a thread of the process, that runs (fn) with (arg) on a stack of (size)
 * bytes; it calls threads_end as the last thing it does. Returns 0 or -EAGAIN.
 */
int threads_start(struct process *p, void *(*fn)(void *), void *arg,
                  size_t size);
void threads_end(struct process *p);

/* Until threads_release nobody makes or joins a thread. Who ends in between
 * does no harm. */
void threads_hold(const struct process *p);
void threads_release(const struct process *p);

/*
 * For who has sent a signal that kills, with threads_hold: wait until no thread
 * of a process that shares the memory, and that is to die of it, runs any more
 * outside the host's kernel. membarrier(2).
 */
void threads_await_killed(void);

#endif
