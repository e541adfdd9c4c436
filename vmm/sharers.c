/* sharers.c: the list of processes that share memory; what each has for itself.
 */
#include "vmm/sharers.h"

#include "vmm/fdtable.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/process.h"
#include "vmm/task.h"
#include "vmm/vcpu.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static const pid_t never = 0, ever = 1;

static void name(struct sharer *s)
{
    pid_t *address;

    /* ENOSYS without CONFIG_CHECKPOINT_RESTORE. */
    s->alive = prctl(PR_GET_TID_ADDRESS, &address) == 0 ? address : &ever;
    __atomic_store_n(&s->pid, getpid(), __ATOMIC_SEQ_CST);
}

void sharers_init(struct process *p)
{
    p->root = p;
    p->sharer = (struct sharer){.first = p, .used = true};
    lock_init(&p->sharer.making);
    lock_init(&p->sharer.threads.lock);
    aio_init(&p->sharer.aio);
    name(&p->sharer);
}

void sharers_forked(struct process *p)
{
    p->sharer.next = NULL;
    p->root->sharer.first = p;
    lock_init(&p->root->sharer.making);
    lock_init(&p->root->sharer.threads.lock);
    name(&p->sharer);
}

static struct process *first_of(const struct process *p)
{
    return __atomic_load_n(&p->root->sharer.first, __ATOMIC_SEQ_CST);
}

struct process *sharers_add(struct process *parent)
{
    struct process *root = parent->root, *p;

    for (p = first_of(parent); p; p = p->sharer.next)
        if (!__atomic_load_n(&p->sharer.used, __ATOMIC_SEQ_CST))
            break;
    if (!p) {
        p = calloc(1, sizeof(*p));
        if (!p)
            return NULL;
        p->root = root;
        p->sharer.next = root->sharer.first;
        __atomic_store_n(&root->sharer.first, p, __ATOMIC_SEQ_CST);
    }
    p->sharer.pid = 0;
    p->sharer.alive = NULL;
    __atomic_store_n(&p->sharer.used, true, __ATOMIC_SEQ_CST);
    return p;
}

void sharers_ended(struct process *p)
{
    __atomic_store_n(&p->sharer.alive, &never, __ATOMIC_SEQ_CST);
}

void sharers_drop(struct process *p)
{
    __atomic_store_n(&p->sharer.pid, -1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&p->sharer.used, false, __ATOMIC_SEQ_CST);
}

static bool is_alive(const struct sharer *s)
{
    const pid_t *alive = __atomic_load_n(&s->alive, __ATOMIC_SEQ_CST);

    return __atomic_load_n(&s->used, __ATOMIC_SEQ_CST) &&
           (!alive || __atomic_load_n(alive, __ATOMIC_SEQ_CST) != 0);
}

bool sharers_has_others(const struct process *p)
{
    for (const struct process *o = first_of(p); o; o = o->sharer.next)
        if (o != p && is_alive(&o->sharer))
            return true;
    return false;
}

int sharers_inherit(struct process *p, struct process *parent, bool fds,
                    bool actions)
{
    struct privfds *table = fds ? privfd_table() : privfd_copy();
    const struct sharer sharer = p->sharer;

    if (!table)
        return -ENOMEM;
    parent->lends |= actions && parent->actions == &parent->own_actions;
    *p = *parent;
    p->sharer = sharer;
    fdtable_lead(p, table);
    p->lends = false;
    p->forked = true;
    signal_unshare(parent->actions);
    if (!actions)
        signal_copy(&p->own_actions, parent->actions);
    p->actions = actions ? parent->actions : &p->own_actions;
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    lock_init(&p->keeping);
    pthread_mutex_init(&p->procmem.lock, NULL);
    p->vfork_fd = -1;
    p->timers_end = 0;
    p->has_ended = false;
    p->tasks = p->ender = p->heir = NULL;
    p->awaited = 0;
    p->end = (struct process_end){0};
    return 0;
}

void sharers_settle(struct process *p, const struct task *task,
                    const struct privfds *from)
{
    privfd_use(p->fds);
    if (p->fds != from)
        fdtable_copied(task, from);
    name(&p->sharer);
}

void sharers_clear(struct process *p, const struct process *parent)
{
    /* Of one that was killed; its threads are gone, and with them its locks. */
    for (struct task *t = p->tasks, *next; t; t = next) {
        next = t->next;
        vcpu_put(t->vcpu);
        task_destroy(t);
    }
    p->tasks = NULL;
    fdtable_leave_lead(p);
    if (p->actions == parent->actions)
        signal_keep_memory();
    if (!p->lends)
        sharers_drop(p);
}
