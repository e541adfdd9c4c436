/*
 * fdtable.h: which table of descriptors a task uses, and how it gets one of its
 * own. Layer 2. clone(2), CLONE_FILES; unshare(2).
 *
 * A table of the host's is that of host threads; the monitor's descriptors are
 * in each, under numbers that privfd.h has a table of marks for: (task->fds).
 * That of the thread which leads a process is (process->fds), as long as the
 * process is there. What the monitor opens for a process when it is first asked
 * for is open before there is a second table: the number is the same in both.
 */
#ifndef VMM_FDTABLE_H
#define VMM_FDTABLE_H

#include <stdbool.h>

struct privfds;
struct process;
struct task;

/* (task), which is new, uses (table), and so does (p), whose leader does; until
 * they leave. */
void fdtable_join(struct task *task, struct privfds *table);
void fdtable_lead(struct process *p, struct privfds *table);

/* Either uses none any more, or never did. */
void fdtable_leave(struct task *task);
void fdtable_leave_lead(struct process *p);

/* Whether no other thread or process has the descriptors of (task), the
 * caller's. */
bool fdtable_is_alone(const struct task *task);

/* The calling thread's task has ended, and the process goes on: what is the
 * program's is closed, if nobody else uses it. */
void fdtable_close(const struct task *task);

/*
 * The calling thread gets copies of the descriptors for (task), its own, if
 * others use them. Returns 0 or a negative errno: -ENOMEM, or what the monitor
 * could not open.
 */
int fdtable_own(struct task *task);

/* Another process has copies for (task), the only one, of what is in (from).
 * Somebody has privfd_hold and vm_hold, and nobody changes tasks. */
void fdtable_copied(const struct task *task, const struct privfds *from);

/*
 * In a child after fork(2). First: what others wait by is none of its business,
 * whether it has copies or (shared) the same descriptors. Then, when there is
 * no task but (task): only that uses them.
 */
void fdtable_leave_waits(const struct task *task, bool shared);
void fdtable_forked(struct task *task);

#endif
