/*
 * sys_share.c: new processes that share their memory with the one that makes
 * them, which runs on: clone(2), CLONE_VM without CLONE_THREAD and without
 * CLONE_VFORK. Layer 2.
 *
 * The child is such a process of the host. It shares the monitor's memory, too,
 * so its task runs on a vcpu of the same VM. What a C library keeps of a thread
 * it has of a thread of its own (the keeper), which is made for it and does
 * nothing until the child has ended; then the keeper clears up, which works
 * however the child ended.
 */
#include "vmm/clone.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/stop.h"
#include "vmm/task.h"
#include "vmm/threads.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* A hook may nest deeply in it. Only what is touched counts. */
#define STACK_SIZE        (2 * MIB)
#define KEEPER_STACK_SIZE ((size_t)PTHREAD_STACK_MIN + 64 * KIB)

/* What the host's kernel is asked for as the program asks for it. */
#define PASSED (CLONE_BY_HOST | CLONE_FILES | CLONE_SIGHAND)

enum stage {
    PREPARED, /* the keeper waits */
    MAKING,   /* it makes the child; the caller has the locks for that */
    NAMED,    /* the child can be found, and waits */
    FAILED,   /* there is none, or none any more */
    RELEASED  /* the caller needs nothing of this any more */
};

/* What caller, keeper and child tell each other; the keeper's. */
struct birth {
    uint32_t stage; /* a futex */
    int error;
    pid_t pid;
    const struct clone_request *want;
    struct process *parent, *process;
    struct task *task;
    uint8_t *stack;
    pid_t *tid; /* where the C library has the keeper's id */
    pid_t idle; /* what the kernel clears if the keeper ends first */
    struct robust_list_head *robust;
    size_t robust_size;
};

static void futex(const void *word, int op, uint32_t value)
{
    syscall(SYS_futex, word, op, value, NULL, NULL, 0);
}

static void await(const struct birth *b, uint32_t other_than)
{
    while (__atomic_load_n(&b->stage, __ATOMIC_ACQUIRE) == other_than)
        futex(&b->stage, FUTEX_WAIT, other_than);
}

/* From one stage to the next, if nobody else did. */
static bool enter(struct birth *b, uint32_t from, uint32_t to)
{
    bool done = __atomic_compare_exchange_n(&b->stage, &from, to, false,
                                            __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);

    if (done)
        futex(&b->stage, FUTEX_WAKE, INT_MAX);
    return done;
}

/*
 * Wait until the kernel clears (tid), which the child set. The C library's
 * errno is the child's meanwhile.
 */
static void await_end(const pid_t *tid)
{
    pid_t seen;

    while ((seen = __atomic_load_n(tid, __ATOMIC_ACQUIRE)) != 0) {
        register long timeout __asm__("r10") = 0;
        long ret = SYS_futex;

        __asm__ volatile("syscall"
                         : "+a"(ret)
                         : "D"(tid), "S"(FUTEX_WAIT), "d"(seen), "r"(timeout)
                         : "rcx", "r11", "memory");
    }
}

/* The child. Until its task is bound, all signals are blocked. */
static int child_main(void *arg)
{
    struct birth *b = arg;
    struct process *p = b->process;
    struct task *task = b->task;

    syscall(SYS_set_robust_list, b->robust, b->robust_size);
    sharers_settle(p, task, b->parent);
    task_name(task);
    signal_bind(task);
    if (b->want->flags & CLONE_CLEAR_SIGHAND)
        signal_reset_handlers(task);
    clone_store_tid(b->want, task->tid);
    process_add(p, task);
    b->pid = task->tid;
    enter(b, MAKING, NAMED);
    await(b, NAMED);
    process_run_task(task);
    process_exit(&p->end);
}

/*
 * Make the child, and wait for its end. Meanwhile what the C library has of
 * this thread is the child's: its id, of which the kernel is not to clear this
 * thread's, its errno, its robust locks.
 */
static int keep(struct birth *b)
{
    const uint64_t flags = b->want->flags;
    int rc;

    if (prctl(PR_GET_TID_ADDRESS, &b->tid) < 0 ||
        syscall(SYS_get_robust_list, 0, &b->robust, &b->robust_size) < 0)
        return -ENOSYS;
    rc = sharers_inherit(b->process, b->parent, flags & CLONE_FILES,
                         flags & CLONE_SIGHAND);
    if (rc < 0)
        return rc;
    syscall(SYS_set_tid_address, &b->idle);
    if (clone(child_main, b->stack + STACK_SIZE,
              (int)((flags & PASSED) | b->want->exit_signal | CLONE_VM |
                    CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID),
              b, NULL, NULL, b->tid) < 0)
        rc = -errno;
    else
        await_end(b->tid);
    sharers_ended(b->process);
    *b->tid = (pid_t)syscall(SYS_set_tid_address, b->tid);
    b->robust->list.next = &b->robust->list;
    b->robust->list_op_pending = NULL;
    privfd_use(b->parent->fds);
    return rc;
}

/* Nobody runs (task), and nobody ever did or will. */
static void forget(struct task *task)
{
    vcpu_put(task->vcpu);
    task_destroy(task);
}

static void *keeper_main(void *arg)
{
    struct birth *b = arg;
    struct process *parent = b->parent;
    const uint64_t all = ~UINT64_C(0);
    int rc;

    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
    privfd_use(parent->fds);
    await(b, PREPARED);
    rc = keep(b);
    lock_take(&parent->keeping);
    /* It may have been killed before it could say anything. */
    b->error = rc < 0 ? rc : -EAGAIN;
    if (enter(b, MAKING, FAILED)) {
        await(b, FAILED);
        if (b->process->tasks != b->task)
            forget(b->task);
    }
    await(b, NAMED);
    sharers_clear(b->process, parent);
    munmap(b->stack, STACK_SIZE);
    free(b);
    lock_give(&parent->keeping);
    threads_end(parent);
    return NULL;
}

/* Up to the keeper, who clears up from then on. */
static int begin(struct birth **out, struct task *caller,
                 const struct clone_request *want)
{
    struct process *parent = caller->process;
    struct birth *b = calloc(1, sizeof(*b));
    int rc = -EAGAIN;

    if (!b)
        return -ENOMEM;
    *b = (struct birth){.want = want, .parent = parent};
    b->process = sharers_add(parent);
    b->stack =
        mmap(NULL, STACK_SIZE, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
    if (b->process && b->stack != MAP_FAILED)
        b->task = clone_task(caller, b->process, want);
    if (b->task) {
        task_begins(b->task, HOOK_FORK);
        rc = threads_start(parent, keeper_main, b, KEEPER_STACK_SIZE);
    }
    if (rc == 0) {
        *out = b;
        return 0;
    }
    if (b->task)
        forget(b->task);
    if (b->process)
        sharers_drop(b->process);
    if (b->stack != MAP_FAILED)
        munmap(b->stack, STACK_SIZE);
    free(b);
    return rc;
}

/*
 * Until there is a child, which then waits, or none. Nobody changes what it is
 * to have a copy of. The locks are this thread's: the keeper's name for itself
 * is the child's from the moment in which that begins.
 */
static int64_t make(struct birth **out, struct task *caller,
                    const struct clone_request *want)
{
    struct process *parent = caller->process;
    int64_t ret;

    lock_take(&parent->root->sharer.making);
    pthread_mutex_lock(&parent->lock);
    ret = begin(out, caller, want);
    if (ret == 0) {
        signal_take_back(parent);
        lock_take(&parent->actions->lock);
        vm_hold(parent->vm);
        privfd_hold();
        enter(*out, PREPARED, MAKING);
        await(*out, MAKING);
        ret = __atomic_load_n(&(*out)->stage, __ATOMIC_ACQUIRE) == NAMED
                  ? (*out)->pid
                  : (*out)->error;
        privfd_release();
        vm_release(parent->vm);
        lock_give(&parent->actions->lock);
    }
    pthread_mutex_unlock(&parent->lock);
    lock_give(&parent->root->sharer.making);
    return ret;
}

int64_t clone_sharer(struct syscall_call *call,
                     const struct clone_request *want)
{
    struct process *parent = call->task->process;
    struct birth *b = NULL;
    uint64_t held;
    int64_t ret;

    /* Memory of both, for those who stop all that could change theirs. */
    if (!parent->shares_memory)
        stop_share(call->task, 0, true);
    parent->shares_memory = true;
    held = signal_hold();
    ret = make(&b, call->task, want);
    if (ret > 0)
        clone_give_pidfd(want, (pid_t)ret);
    signal_release(held);
    if (b && !enter(b, NAMED, RELEASED))
        enter(b, FAILED, RELEASED);
    return ret;
}
