/*
 * sharers.h: processes that share their memory, by clone(2) with CLONE_VM and
 * without CLONE_THREAD. Layer 2.
 *
 * They are processes of the host which share the monitor's memory as well, so
 * each has a struct process of its own in the same memory, and they use one
 * machine and one map of it. The list of them begins at the session's first
 * process, whose address is the same in all processes.
 */
#ifndef VMM_SHARERS_H
#define VMM_SHARERS_H

#include "vmm/aio.h"
#include "vmm/threads.h"

#include <pthread.h>
#include <stdbool.h>
#include <sys/types.h>

struct privfds;
struct process;
struct task;

/* A process's part. */
struct sharer {
    struct process *next;
    pid_t pid;          /* 0: it does not run yet */
    const pid_t *alive; /* the host's kernel sets it to 0 when it has ended */
    bool used;          /* or it is free for the next one */

    /* Of the first process alone: the list, which only grows; who makes a new
     * process, one at a time; who makes or joins a thread; contexts of
     * asynchronous I/O. */
    struct process *first;
    pthread_mutex_t making;
    struct threads threads;
    struct aio aio;
};

/* The session's first process; a child after fork(2), which has a copy of the
 * memory for itself. Each in the thread that leads the process. */
void sharers_init(struct process *p);
void sharers_forked(struct process *p);

/*
 * A process to be, of which nothing is set but (sharer) and (root): it has no
 * pid until sharers_settle. The caller holds (making) from before until then.
 * NULL: no memory.
 */
struct process *sharers_add(struct process *parent);

/* It has ended, and where the kernel told so is about to be used otherwise. */
void sharers_ended(struct process *p);

/* It has ended, or never began: its place is free. */
void sharers_drop(struct process *p);

/* Whether another process that has not ended shares the memory of (p). */
bool sharers_has_others(const struct process *p);

/*
 * Set what (p), new among the sharers of memory, has as (parent) has it: all
 * that is not a task's. With (fds) it has the same descriptors as the calling
 * thread, else copies of them; with (actions) the same dispositions of signals.
 * The caller holds privfd_hold and the lock of the parent's
 * dispositions until the process is made. Returns 0 or -ENOMEM.
 */
int sharers_inherit(struct process *p, struct process *parent, bool fds,
                    bool actions);

/*
 * In the new process, in the thread that leads it and is to run (task): it can
 * be found, and keeps of its copies of descriptors, if it has such of those in
 * (from), what is its own. Somebody holds the parent's lock, and has vm_hold.
 */
void sharers_settle(struct process *p, const struct task *task,
                    const struct privfds *from);

/* In (parent), when the process has ended. */
void sharers_clear(struct process *p, const struct process *parent);

#endif
