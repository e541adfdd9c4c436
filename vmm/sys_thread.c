/*
 * sys_thread.c: new threads: a task on a vcpu of the same VM, run by a thread
 * of the host. Layer 2.
 */
#include "vmm/clone.h"
#include "vmm/gmem.h"
#include "vmm/task.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>

/* A hook may nest deeply in the thread's stack. Only what is touched counts. */
#define STACK_SIZE (2 * MIB)

/* What the new thread is told, and tells. */
struct start {
    struct task *task;
    const struct clone_request *want;
    sem_t started; /* then (tid) is set, and (start) is the creator's again */
    pid_t tid;
};

/* As Linux stores them: before the thread runs (and may end), a bad address is
 * nobody's error. */
static void store_ids(const struct task *task, const struct clone_request *want)
{
    if (want->flags & CLONE_PARENT_SETTID)
        gmem_write(want->parent_tid, &task->tid, sizeof(task->tid));
    if (want->flags & CLONE_CHILD_SETTID)
        gmem_write(want->child_tid, &task->tid, sizeof(task->tid));
    clone_give_pidfd(want, task->tid);
}

/* Until the task is bound every signal is blocked but those that gmem.c needs,
 * and guest memory is not touched. */
static void *thread_main(void *arg)
{
    struct start *start = arg;
    struct task *task = start->task;
    struct process *process = task->process;
    const uint64_t flags = start->want->flags;
    const int apart = (flags & CLONE_FS ? 0 : CLONE_FS) |
                      (flags & CLONE_SYSVSEM ? 0 : CLONE_SYSVSEM);

    signal_take_back(process);
    task_name(task);
    if (apart)
        unshare(apart);
    signal_bind(task);
    store_ids(task, start->want);
    process_add(process, task);
    start->tid = task->tid;
    sem_post(&start->started);
    process_run_task(task);
    /* After a fork(2) by this thread it is the leader of the child. */
    if (process_is_leader())
        process_exit(&process->end);
    return NULL;
}

static int start_thread(struct start *start)
{
    pthread_attr_t attr;
    pthread_t thread;
    int rc;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    sem_init(&start->started, 0, 0);
    rc = pthread_create(&thread, &attr, thread_main, start);
    pthread_attr_destroy(&attr);
    while (rc == 0 && sem_wait(&start->started) < 0)
        ;
    sem_destroy(&start->started);
    return -rc;
}

static struct task *make_task(const struct task *caller,
                              const struct clone_request *want)
{
    struct task *task = NULL;
    struct vcpu_state state;
    struct vcpu *vcpu;

    if (clone_state(caller, want, &state) < 0 ||
        vcpu_get(&vcpu, caller->process->vm, NULL) < 0)
        return NULL;
    if (vcpu_restore(vcpu, &state) < 0 ||
        task_create(&task, caller->process, vcpu, NULL) < 0) {
        vcpu_put(vcpu);
        return NULL;
    }
    task->signals.mask = caller->signals.mask;
    task->signals.altstack_flags = SS_DISABLE;
    task_begins(task, HOOK_THREAD);
    if (want->flags & CLONE_CHILD_CLEARTID)
        task->clear_child_tid = want->child_tid;
    return task;
}

int64_t clone_thread(struct syscall_call *call,
                     const struct clone_request *want)
{
    struct start start = {.want = want};
    uint64_t held;
    int rc;

    start.task = make_task(call->task, want);
    if (!start.task)
        return -EAGAIN;
    held = signal_hold();
    rc = start_thread(&start);
    signal_release(held);
    if (rc < 0) {
        vcpu_put(start.task->vcpu);
        task_destroy(start.task);
        return rc;
    }
    return start.tid;
}
