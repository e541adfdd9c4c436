/* fdtable.c: tables of descriptors begin as copies, are used, and end. */
#include "vmm/fdtable.h"

#include "vmm/privfd.h"
#include "vmm/task.h"
#include "vmm/vcpu.h"

#include <errno.h>
#include <sched.h>

void fdtable_join(struct task *task, struct privfds *table)
{
    task->fds = privfd_get(table, PRIVFD_TASK);
}

void fdtable_lead(struct process *p, struct privfds *table)
{
    p->fds = privfd_get(table, PRIVFD_LEAD);
}

static void put(struct process *p, struct privfds *table, enum privfd_use use)
{
    if (!table || !privfd_put(table, use))
        return;
    vcpu_lost(p->vm, table);
    privfd_free(table);
}

void fdtable_leave(struct task *task)
{
    struct privfds *table = task->fds;

    task->fds = NULL;
    put(task->process, table, PRIVFD_TASK);
}

void fdtable_leave_lead(struct process *p)
{
    struct privfds *table = p->fds;

    p->fds = NULL;
    put(p, table, PRIVFD_LEAD);
}

/* Whether other tasks use the table, of any process in this memory. */
static bool has_others(const struct task *task)
{
    return privfd_tasks(task->fds) > 1;
}

bool fdtable_is_alone(const struct task *task)
{
    return !has_others(task) && !privfd_is_shared();
}

void fdtable_close(const struct task *task)
{
    if (fdtable_is_alone(task))
        privfd_close_others();
}

/* Call (fn) with each descriptor of (table) by which tasks but (task) wait; one
 * that is not there is none of the monitor's. */
static void each_wait(const struct task *task, const struct privfds *table,
                      void (*fn)(int fd))
{
    const struct process *p = task->process, *o;

    for (o = p->root->sharer.first; o; o = o->sharer.next) {
        if (o != p && !(o->sharer.used && o->fds == table))
            continue;
        for (const struct task *t = o->tasks; t; t = t->next) {
            if (t == task || t->fds != table)
                continue;
            fn(t->vfork_pipe[0]);
            fn(t->vfork_pipe[1]);
            fn(t->held_fd);
        }
    }
}

void fdtable_copied(const struct task *task, const struct privfds *from)
{
    each_wait(task, from, privfd_drop);
    vcpu_lend(task->vcpu, from);
    privfd_unshare(from);
}

/* With the process's lock, vm_hold and privfd_hold. */
static int copy_table(struct task *task)
{
    struct process *p = task->process;
    struct privfds *from = task->fds, *copy = privfd_copy();

    if (!copy)
        return -ENOMEM;
    if (unshare(CLONE_FILES) < 0) {
        const int rc = -errno;

        privfd_free(copy);
        return rc;
    }
    privfd_use(copy);
    fdtable_join(task, copy);
    if (process_is_leader()) {
        fdtable_lead(p, copy);
        privfd_put(from, PRIVFD_LEAD);
    }
    fdtable_copied(task, from);
    return 0;
}

/* Who reads the list of tasks and what they use has the process's lock. */
static int leave_table(struct task *task)
{
    struct process *p = task->process;
    struct privfds *from = task->fds;
    int rc;

    pthread_mutex_lock(&p->lock);
    /* What has one number in all tables of the process is there. */
    rc = procmem_share(&p->procmem);
    if (rc == 0) {
        vm_hold(p->vm);
        privfd_hold();
        rc = copy_table(task);
        privfd_release();
        vm_release(p->vm);
    }
    pthread_mutex_unlock(&p->lock);
    if (rc == 0)
        put(p, from, PRIVFD_TASK);
    return rc;
}

int fdtable_own(struct task *task)
{
    if (fdtable_is_alone(task))
        return 0;
    if (has_others(task) || !process_is_leader())
        return leave_table(task);
    if (unshare(CLONE_FILES) < 0)
        return -errno;
    privfd_unshare(NULL);
    return 0;
}

void fdtable_leave_waits(const struct task *task, bool shared)
{
    each_wait(task, task->fds, shared ? privfd_disown : privfd_close);
    if (!shared && privfd_is_shared())
        privfd_unshare(NULL);
}

void fdtable_forked(struct task *task)
{
    struct process *p = task->process;

    if (p->fds != task->fds)
        fdtable_leave_lead(p);
    privfd_forked();
    fdtable_join(task, task->fds);
    fdtable_lead(p, task->fds);
}
