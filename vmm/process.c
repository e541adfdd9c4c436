/* process.c: tasks come, end, end each other, and leave a process behind. */
#include "vmm/process.h"

#include "vmm/aio.h"
#include "vmm/alloc.h"
#include "vmm/exit_status.h"
#include "vmm/fdtable.h"
#include "vmm/host_call.h"
#include "vmm/image.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/robust.h"
#include "vmm/stop.h"
#include "vmm/task.h"
#include "vmm/threads.h"
#include "vmm/vcpu.h"
#include "vmm/vfork.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <unistd.h>

void process_init(struct process *p)
{
    p->vfork_fd = -1;
    if (getrandom(&p->session, sizeof(p->session), 0) != sizeof(p->session))
        p->session = (uint64_t)getpid();
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    lock_init(&p->keeping);
    p->actions = &p->own_actions;
    signal_init(p->actions);
    procmem_init(&p->procmem);
    fdtable_lead(p, privfd_table());
    sharers_init(p);
}

struct exec_spec process_exec_spec(const struct process *p, const char *path,
                                   char *const *argv, char *const *envp)
{
    static const int answered[] = {SYS_clock_gettime, SYS_gettimeofday,
                                   SYS_time, SYS_clock_getres, SYS_getcpu};
    struct exec_spec spec = exec_spec_for(p->vm, path, argv, envp);

    for (size_t i = 0; i < ARRAY_SIZE(answered); i++)
        if (process_watches(p, answered[i]))
            spec.vdso = 0;
    return spec;
}

unsigned process_hooked(const struct process *p, uint64_t sysno)
{
    if (!p->hooks.ops || sysno >= HOOK_SYSNO_MAX)
        return 0;
    return __atomic_load_n(&p->hooks.hooked[sysno], __ATOMIC_RELAXED);
}

bool process_traced(const struct process *p, uint64_t sysno)
{
    const uint8_t *traced = p->events.traced;

    return traced && traced[min_u64(sysno, EVENT_SYSNO_MAX - 1)];
}

bool process_watches(const struct process *p, uint64_t sysno)
{
    return process_hooked(p, sysno) || process_traced(p, sysno);
}

bool process_is_leader(void)
{
    return gettid() == getpid();
}

void process_add(struct process *p, struct task *task)
{
    pthread_mutex_lock(&p->lock);
    task->next = p->tasks;
    p->tasks = task;
    signal_alone(p->actions, !task->next);
    pthread_mutex_unlock(&p->lock);
    stop_join(task);
}

/* (task) is no longer one of the process's; whoever waits for that looks. */
static void detach(struct process *p, const struct task *task)
{
    struct task **at = &p->tasks;

    pthread_mutex_lock(&p->lock);
    while (*at && *at != task)
        at = &(*at)->next;
    if (*at)
        *at = task->next;
    pthread_cond_broadcast(&p->changed);
    p->ends++;
    if (p->awaited)
        syscall(SYS_futex, &p->ends, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL,
                0);
    pthread_mutex_unlock(&p->lock);
}

/* With the lock. */
static bool is_there(const struct process *p, uint64_t key)
{
    const struct task *t = p->tasks;

    while (t && t->key != key)
        t = t->next;
    return t;
}

void process_await(struct task *task, uint64_t key)
{
    struct process *p = task->process;

    /* It may be among those that this task stopped. */
    stop_end(task, 0);
    stop_outside(task);
    pthread_mutex_lock(&p->lock);
    p->awaited++;
    while (is_there(p, key) && !task->signals.kicked) {
        const uint64_t args[SYSCALL_ARGS] = {(uintptr_t)&p->ends,
                                             FUTEX_WAIT_PRIVATE, p->ends};

        pthread_mutex_unlock(&p->lock);
        host_call(&task->signals.kicked, SYS_futex, args);
        pthread_mutex_lock(&p->lock);
    }
    p->awaited--;
    pthread_mutex_unlock(&p->lock);
    stop_inside(task);
}

bool process_ends(const struct task *task)
{
    const struct task *ender =
        __atomic_load_n(&task->process->ender, __ATOMIC_ACQUIRE);

    return ender && ender != task;
}

bool process_end_others(struct task *task)
{
    struct process *p = task->process;
    bool mine;

    pthread_mutex_lock(&p->lock);
    mine = !p->ender;
    if (mine) {
        __atomic_store_n(&p->ender, task, __ATOMIC_RELEASE);
        for (struct task *t = p->tasks; t; t = t->next)
            if (t != task)
                signal_kick(getpid(), t->tid, &t->signals.parked);
        /* Whom this one stopped, and who stops this one, can go on. */
        stop_end(task, 0);
        stop_outside(task);
        while (p->tasks != task || task->next)
            pthread_cond_wait(&p->changed, &p->lock);
        __atomic_store_n(&p->ender, NULL, __ATOMIC_RELEASE);
    }
    pthread_mutex_unlock(&p->lock);
    if (mine)
        stop_inside(task);
    return mine;
}

void process_shares_fds(struct task *task)
{
    struct process *p = task->process;

    pthread_mutex_lock(&p->lock);
    if (fdtable_is_alone(task))
        procmem_prepare(&p->procmem);
    pthread_mutex_unlock(&p->lock);
}

bool process_has_tasks(struct task *task)
{
    struct process *p = task->process;
    bool others;

    pthread_mutex_lock(&p->lock);
    others = p->tasks != task || task->next;
    pthread_mutex_unlock(&p->lock);
    return others;
}

bool process_has_others(struct task *task)
{
    return process_has_tasks(task) || sharers_has_others(task->process);
}

/* Tell whoever hooks it how the task ends: as the one that ends it, if another
 * one does, which waits for it. */
static void tell_end(struct task *task)
{
    const struct task *cause = task->ended_by_other && task->process->ender
                                   ? task->process->ender
                                   : task;

    task_event(task, HOOK_EXIT,
               &(struct hook_event_info){.status = cause->exit_status,
                                         .signal = cause->death});
}

/* The task has ended: nothing of it stays. */
static void retire(struct task *task)
{
    struct process *p = task->process;

    tell_end(task);
    signal_hold();
    if (p->hooks.ops)
        p->hooks.ops->task_gone(p->hooks.ctx, task);
    signal_unpark(task);
    robust_list_end(task->robust_list, task->tid);
    signal_keep(task);
    vcpu_put(task->vcpu);
    if (task->clear_child_tid && process_has_others(task))
        robust_clear_tid(task->clear_child_tid);
    stop_leave(task);
    signal_unbind(task, true);
    if (process_has_tasks(task))
        fdtable_close(task);
    /* Who waits for the task's end may ask who uses the descriptors. */
    fdtable_leave(task);
    detach(p, task);
    task_destroy(task);
}

/* Decide, as far as this task has to, how the process ends. */
static void conclude(struct task *task, int rc, const struct diag *d)
{
    struct process *p = task->process;
    bool all = task->death || task->group_exit || rc < 0;

    if (task->ended_by_other || (all && !process_end_others(task)))
        return;
    if (all || !process_has_tasks(task))
        vfork_release(task);
    /* Of exit(2) the last one counts: synchronize_group_exit() of Linux. */
    pthread_mutex_lock(&p->lock);
    p->end = (struct process_end){task->exit_status, task->death, {0}};
    if (rc < 0)
        p->end.diag = *d;
    pthread_mutex_unlock(&p->lock);
}

/* A task that called execve(2) elsewhere than in the leader's thread. */
static void hand_over(struct task *task)
{
    struct process *p = task->process;

    stop_leave(task);
    signal_unbind(task, false);
    pthread_mutex_lock(&p->lock);
    prctl(PR_GET_NAME, p->heir_name);
    p->heir = task;
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

/* The leader's own task is gone: wait for the end of all, or for an heir. */
static struct task *await_heir(struct process *p)
{
    struct task *heir;

    pthread_mutex_lock(&p->lock);
    while (p->tasks && !p->heir)
        pthread_cond_wait(&p->changed, &p->lock);
    heir = p->heir;
    p->heir = NULL;
    pthread_mutex_unlock(&p->lock);
    if (heir) {
        heir->tid = getpid();
        heir->moves_to_leader = false;
        stop_join(heir);
        prctl(PR_SET_NAME, p->heir_name);
        return heir;
    }
    lock_take(&p->keeping); /* for good, both */
    threads_hold(p);
    /* Who has the same descriptors would keep them. */
    if (privfd_is_shared() && !sharers_has_others(p))
        vcpu_leave_all(p->vm);
    return NULL;
}

void process_run_task(struct task *task)
{
    while (task) {
        struct process *p = task->process;
        struct diag d = {0};
        int rc = task_run(task, &d);

        if (task->moves_to_leader) {
            hand_over(task);
            return;
        }
        conclude(task, rc, &d);
        retire(task);
        task = process_is_leader() ? await_heir(p) : NULL;
    }
}

/* Die of (sig), so that the parent sees it. */
static void die(int sig)
{
    sigset_t set;

    signal(sig, SIG_DFL);
    sigemptyset(&set);
    sigaddset(&set, sig);
    raise(sig);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    /* A signal whose default action does not kill: as the shell tells it. */
    _exit(128 + sig);
}

void process_exit(const struct process_end *end)
{
    if (end->diag.code) {
        diag_print(&end->diag);
        _exit(EXIT_MONITOR);
    }
    if (end->signal)
        die(end->signal);
    _exit(end->status);
}

/* Descriptors that the parent goes on with, as the child has the same: to close
 * them has no effect any more. */
static void disown(struct process *p)
{
    vcpu_disown_all(p->vm);
    procmem_disown(&p->procmem);
    privfd_disown(p->vfork_fd);
}

/* In the child: the other tasks were not inherited, nor what they waited for.
 */
static void forget_others(struct process *p, struct task *task, bool shares_fds)
{
    if (shares_fds)
        disown(p);
    fdtable_leave_waits(task, shares_fds);
    for (struct task *t = p->tasks, *next; t; t = next) {
        next = t->next;
        if (t != task)
            task_destroy(t);
    }
    fdtable_forked(task);
    aio_forget(p); /* io_setup(2): not inherited */
    task->next = NULL;
    p->tasks = task;
    sharers_forked(p);
    signal_alone(p->actions, true);
    p->ender = p->heir = NULL;
    p->awaited = 0;
    p->timers_end = 0;
    p->has_ended = false;
    p->forked = true;
    p->end = (struct process_end){0};
    pthread_mutex_init(&p->lock, NULL);
    pthread_cond_init(&p->changed, NULL);
    lock_init(&p->keeping);
    stop_forked(task);
    mm_forked(p->mm);
    procmem_forked(&p->procmem);
}

/*
 * What the C library's fork() does around clone(2), as far as it is needed
 * here: the thread's id and robust list are the child's. Of the locks that
 * other threads may have, malloc has none, and the one of what is kept of
 * threads is free: threads.h.
 */
static pid_t clone_alone(uint64_t flags, int exit_signal)
{
    void *tid_address, *robust;
    size_t len;
    pid_t pid;

    if (prctl(PR_GET_TID_ADDRESS, &tid_address) < 0 ||
        syscall(SYS_get_robust_list, 0, &robust, &len) < 0) {
        errno = ENOSYS;
        return -1;
    }
    pid = (pid_t)syscall(SYS_clone,
                         flags | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |
                             (unsigned)exit_signal,
                         0, NULL, tid_address, 0);
    if (pid == 0)
        syscall(SYS_set_robust_list, robust, len);
    return pid;
}

/* Nobody changes what is about to be copied. */
static void hold_all(struct process *p)
{
    pthread_mutex_lock(&p->lock);
    lock_take(&p->actions->lock);
    mm_hold(p->mm);
    vm_hold(p->vm);
    privfd_hold();
    threads_hold(p);
}

static void release_all(struct process *p)
{
    threads_release(p);
    privfd_release();
    vm_release(p->vm);
    mm_release(p->mm);
    lock_give(&p->actions->lock);
    pthread_mutex_unlock(&p->lock);
}

pid_t process_fork(struct task *task, uint64_t flags, int exit_signal)
{
    struct process *p = task->process;
    const bool plain = flags == 0 && exit_signal == SIGCHLD;
    const bool others = process_has_others(task);
    pid_t pid = -1;

    if (flags & CLONE_FILES)
        process_shares_fds(task);
    hold_all(p);
    if ((flags & CLONE_FILES) && privfd_share() < 0)
        errno = ENOMEM;
    else
        pid = plain ? fork() : clone_alone(flags, exit_signal);
    release_all(p);
    if (pid == 0) {
        if (others)
            alloc_forked();
        if (plain)
            p->root->sharer.threads.broken = false;
        forget_others(p, task, flags & CLONE_FILES);
    }
    return pid;
}

/* In the image: there is no task but (task), and no machine yet. */
static int settle(struct task *task, const struct vcpu_state *state,
                  struct diag *d)
{
    struct process *p = task->process;
    const struct task_note note = task->note;
    const uint64_t key = task->key;
    const bool forked = p->forked;
    int rc;

    signal_keep_memory();
    alloc_forked();
    forget_others(p, task, false);
    rc = task_renew(task, state, d);
    /* They are still the same. */
    p->forked = forked;
    task->note = note;
    task->key = key;
    return rc;
}

int process_leave(struct task *task, struct diag *d)
{
    const uint64_t all = ~UINT64_C(0);
    struct process *p = task->process;
    const int file = image_file();
    struct vcpu_state state;
    uint64_t mask;
    int rc = file < 0 ? file : vcpu_save(task->vcpu, &state);

    stop_leave(task);
    /* Until there is a vcpu again. */
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &mask, sizeof(all));
    hold_all(p);
    if (rc == 0)
        rc = image_take(file, p->vm->machine_next);
    release_all(p);
    /* Locks are free: the kernel would take those of a leader alone from it. */
    if (rc == 0)
        rc = image_enter(file);
    if (rc == IMAGE_ENTERED) {
        rc = settle(task, &state, d);
    } else {
        privfd_close(file);
        stop_join(task);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof(mask));
    stop_inside(task);
    return rc;
}
