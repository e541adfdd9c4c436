/* sharers.c: the list of processes that share memory. */
#include "vmm/sharers.h"

#include "vmm/lock.h"
#include "vmm/process.h"

#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

static void name(struct sharer *s)
{
    static const pid_t ever = 1; /* without CONFIG_CHECKPOINT_RESTORE */
    pid_t *address;

    s->alive = prctl(PR_GET_TID_ADDRESS, &address) == 0 ? address : &ever;
    __atomic_store_n(&s->pid, getpid(), __ATOMIC_SEQ_CST);
}

void sharers_init(struct process *p)
{
    p->root = p;
    p->sharer = (struct sharer){.first = p, .used = true};
    lock_init(&p->sharer.making);
    name(&p->sharer);
}

void sharers_forked(struct process *p)
{
    p->sharer.next = NULL;
    p->root->sharer.first = p;
    lock_init(&p->root->sharer.making);
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

void sharers_named(struct process *p)
{
    name(&p->sharer);
}

void sharers_drop(struct process *p)
{
    __atomic_store_n(&p->sharer.pid, -1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&p->sharer.used, false, __ATOMIC_SEQ_CST);
}

bool sharers_has_others(const struct process *p)
{
    for (const struct process *o = first_of(p); o; o = o->sharer.next)
        if (o != p && __atomic_load_n(&o->sharer.used, __ATOMIC_SEQ_CST) &&
            (!o->sharer.alive ||
             __atomic_load_n(o->sharer.alive, __ATOMIC_SEQ_CST)))
            return true;
    return false;
}
