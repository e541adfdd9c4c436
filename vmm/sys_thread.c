/*
 * sys_thread.c: new threads: a task on a vcpu of the same VM, run by a thread
 * of the host. Layer 2.
 */
#include "vmm/clone.h"
#include "vmm/fdtable.h"
#include "vmm/privfd.h"
#include "vmm/task.h"
#include "vmm/threads.h"

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
    sem_t started; /* then (tid) is set, or a negative errno, and (start) is the
                    * creator's again */
    int64_t tid;
    uint64_t key;
};

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

    privfd_use(task->fds);
    signal_take_back(process);
    if (!(flags & CLONE_FILES))
        start->tid = fdtable_own(task);
    if (start->tid < 0) {
        sem_post(&start->started);
        threads_end(process);
        return NULL;
    }
    task_name(task);
    if (apart)
        unshare(apart);
    signal_bind(task);
    clone_store_tid(start->want, task->tid);
    clone_give_pidfd(start->want, task->tid);
    process_add(process, task);
    start->tid = task->tid;
    start->key = task->key;
    sem_post(&start->started);
    process_run_task(task);
    /* After a fork(2) by this thread it is the leader of the child. */
    if (process_is_leader())
        process_exit(&process->end);
    threads_end(process);
    return NULL;
}

static int64_t start_thread(struct start *start)
{
    int64_t rc;

    sem_init(&start->started, 0, 0);
    rc = threads_start(start->task->process, thread_main, start, STACK_SIZE);
    while (rc == 0 && sem_wait(&start->started) < 0)
        ;
    sem_destroy(&start->started);
    return rc < 0 ? rc : start->tid;
}

int64_t clone_thread(struct syscall_call *call,
                     const struct clone_request *want)
{
    struct start start = {.want = want};
    uint64_t held;
    int64_t ret;

    start.task = clone_task(call->task, call->task->process, want);
    if (!start.task)
        return -EAGAIN;
    process_shares_fds(call->task);
    fdtable_join(start.task, privfd_table());
    task_begins(start.task, HOOK_THREAD);
    held = signal_hold();
    ret = start_thread(&start);
    if (ret > 0 && (want->flags & CLONE_VFORK))
        process_await(call->task, start.key);
    signal_release(held);
    if (ret < 0) {
        vcpu_put(start.task->vcpu);
        task_destroy(start.task);
    }
    return ret;
}
