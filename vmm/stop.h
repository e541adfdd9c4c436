/*
 * stop.h: a task stops all others that could change the memory that it looks
 * at: those of its process, and those of other processes of the session that
 * may write to shared memory which it maps. Layer 2.
 *
 * Every task is inside, in the program's code or in a call on its behalf, or
 * outside: waiting where it does not touch the program's memory. A stop is in
 * force at once; who is inside is kicked and goes outside at its next safe
 * point, a call that waits in the host's kernel being made again afterwards;
 * who wants in waits. So the stopper waits for each of them only once, and new
 * threads and processes begin outside. A stop ends with its owner, too.
 *
 * Between two stops everybody runs for as long as the last one took, or
 * STOP_QUIET_NS: who stops the others at every call does not starve them.
 *
 * Only the task that holds the lock of the JavaScript world stops others: so
 * two never wait for each other. Who waits for that lock is outside.
 *
 * All of these do nothing for a task that has no slot: without hooks nobody
 * stops.
 */
#ifndef VMM_STOP_H
#define VMM_STOP_H

#include "vmm/util.h"

#define STOP_QUIET_NS 2000000

struct process;
struct task;

/* The calling thread runs (task) from now on, outside; or no longer. */
void stop_join(struct task *task);
void stop_leave(struct task *task);

/* In a child after fork(2): what is in force is the parent's. */
void stop_forked(struct task *task);

/* Go outside. Wakes who waits for that. */
void stop_outside(struct task *task);

/* Go inside, as soon as nobody stops the task. */
void stop_inside(struct task *task);

/* The same for who holds a lock that a stopper may want: returns false, still
 * outside, where it is stopped; then to give the lock back and stop_wait. */
bool stop_try_inside(struct task *task);
void stop_wait(struct task *task);

/* At a safe point, inside: where the task is stopped, until it is no more. */
void stop_point(struct task *task);

/*
 * Stop all others and wait until they are outside, at most until
 * (deadline_ns), CLOCK_MONOTONIC. Counted.
 * Returns 0; or, with the count as it was, -EAGAIN: too many stop at a time;
 * -ETIMEDOUT; -EPERM: another user's process shares memory.
 */
int stop_others(struct task *task, uint64_t deadline_ns);

/* How often the task has stopped the others; end all stops beyond (count). */
unsigned stop_count(const struct task *task);
void stop_end(struct task *task, unsigned count);

/*
 * Before the process maps shared memory: the object (object), or 0 for memory
 * without a name; (writes): it could write there. Waits where that makes the
 * process one that is stopped.
 */
void stop_share(struct task *task, uint64_t object, bool writes);

/* execve(2): nothing is mapped any more. */
void stop_unshare(struct process *process);

#endif
