/*
 * sys_share.c: new processes that share their memory with the one that makes
 * them: clone(2), CLONE_VM without CLONE_THREAD; and of vfork(2) those that
 * cannot do with a copy. Layer 2.
 *
 * The child is such a process of the host. It shares the monitor's memory, too,
 * so its task runs on a vcpu of the same VM. What a C library keeps of a thread
 * it has of a thread of the parent's (the keeper), which is made for it and
 * does nothing until the child has left the memory; then the keeper clears up,
 * which works however the child ended.
 */
#include "vmm/clone.h"
#include "vmm/fdtable.h"
#include "vmm/host_call.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/stop.h"
#include "vmm/task.h"
#include "vmm/threads.h"

#include <asm/prctl.h>
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
    BEGUN,    /* the keeper tells what it has for the child */
    PREPARED, /* the keeper waits; the caller makes the child */
    NAMED,    /* the child can be found, and waits */
    RUNS,     /* and does not wait any more */
    FAILED,   /* there is none, or none any more */
    RELEASED  /* the caller needs nothing of this any more */
};

/* What caller, keeper and child tell each other; the keeper's. */
struct birth {
    uint32_t stage; /* a futex */
    uint32_t left;  /* a futex: the child does not use the memory any more */
    int error;
    pid_t pid;
    const struct clone_request *want;
    struct process *parent, *process;
    struct task *task;
    const struct privfds *fds; /* the caller's */
    uint8_t *stack;

    /* Of the keeper. */
    uint64_t tls;
    pid_t *tid; /* where the C library has its id */
    pid_t idle; /* what the kernel clears if the keeper ends first */
    struct robust_list_head *robust;
    size_t robust_size;
};

static void futex(const void *word, int op, uint32_t value)
{
    syscall(SYS_futex, word, op, value, NULL, NULL, 0);
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

/* Wait until (*word) is no longer (value). The C library's errno is left alone:
 * the keeper's is the child's. */
static void await(const uint32_t *word, uint32_t value)
{
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == value) {
        register long timeout __asm__("r10") = 0;
        long ret = SYS_futex;

        __asm__ volatile("syscall"
                         : "+a"(ret)
                         : "D"(word), "S"(FUTEX_WAIT), "d"(value), "r"(timeout)
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
    sharers_settle(p, task, b->fds);
    task_name(task);
    signal_bind(task);
    if (b->want->flags & CLONE_CLEAR_SIGHAND)
        signal_reset_handlers(task);
    clone_store_tid(b->want, task->tid);
    process_add(p, task);
    b->pid = task->tid;
    enter(b, PREPARED, NAMED);
    await(&b->stage, NAMED);
    process_run_task(task);
    process_exit(&p->end);
}

/* What the C library has of this thread is for the child. */
static int prepare(struct birth *b)
{
    if (syscall(SYS_arch_prctl, ARCH_GET_FS, &b->tls) < 0 ||
        prctl(PR_GET_TID_ADDRESS, &b->tid) < 0 ||
        syscall(SYS_get_robust_list, 0, &b->robust, &b->robust_size) < 0)
        return -ENOSYS;
    syscall(SYS_set_tid_address, &b->idle);
    return 0;
}

/* Until the kernel clears the id, which the child sets when it begins. */
static void await_end(const struct birth *b)
{
    uint32_t seen;

    while ((seen = (uint32_t)__atomic_load_n(b->tid, __ATOMIC_ACQUIRE)) != 0)
        await((const uint32_t *)b->tid, seen);
}

/* The child has ended, or there was none: this thread is itself again. */
static void take_back(struct birth *b)
{
    sharers_ended(b->process);
    __atomic_store_n(&b->left, 1, __ATOMIC_RELEASE);
    futex(&b->left, FUTEX_WAKE, INT_MAX);
    *b->tid = (pid_t)syscall(SYS_set_tid_address, b->tid);
    b->robust->list.next = &b->robust->list;
    b->robust->list_op_pending = NULL;
    privfd_use(b->parent->fds);
}

/* Nobody runs (task), and nobody ever did or will. */
static void forget(struct task *task)
{
    vcpu_put(task->vcpu);
    task_destroy(task);
}

/* The machine is one process's again, if it is: the shim answers again. */
static void let_answer(struct process *p)
{
    lock_take(&p->root->sharer.making);
    pthread_mutex_lock(&p->lock);
    if (p->vm->answering && !p->actions->answers && !sharers_has_others(p))
        signal_share(p->actions, p->vm->answers,
                     p->tasks && !p->tasks->next && p->tasks->tid == getpid());
    pthread_mutex_unlock(&p->lock);
    lock_give(&p->root->sharer.making);
}

static void *keeper_main(void *arg)
{
    struct birth *b = arg;
    struct process *parent = b->parent;
    const uint64_t all = ~UINT64_C(0);

    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, NULL, sizeof(all));
    b->error = prepare(b);
    if (b->error == 0) {
        enter(b, BEGUN, PREPARED);
        /* It is there then, or was, or there is none. */
        await_end(b);
        take_back(b);
        /* It may have been killed before it could say anything. */
        enter(b, PREPARED, FAILED);
    } else {
        enter(b, BEGUN, FAILED);
    }
    await(&b->stage, NAMED);
    await(&b->stage, RUNS);
    await(&b->stage, FAILED);
    lock_take(&parent->keeping);
    if (b->process->tasks != b->task && !b->pid)
        forget(b->task);
    sharers_clear(b->process, parent);
    let_answer(parent);
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
    *b = (struct birth){.want = want, .parent = parent, .fds = privfd_table()};
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

/* As fork(2), of a child that begins with the keeper's part of the C library.
 */
static int64_t make_child(struct birth *b)
{
    const uint64_t flags = b->want->flags;
    int rc = sharers_inherit(b->process, b->parent, flags & CLONE_FILES,
                             flags & CLONE_SIGHAND);

    if (rc == 0)
        fdtable_join(b->task, b->process->fds);
    if (rc == 0 &&
        clone(child_main, b->stack + STACK_SIZE,
              (int)((flags & PASSED) | b->want->exit_signal | CLONE_VM |
                    CLONE_SETTLS | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID),
              b, NULL, (void *)(uintptr_t)b->tls, b->tid) < 0)
        rc = -errno;
    if (rc < 0) {
        __atomic_store_n(b->tid, 0, __ATOMIC_RELEASE);
        futex(b->tid, FUTEX_WAKE, INT_MAX);
    }
    await(&b->stage, PREPARED);
    if (rc == 0 && __atomic_load_n(&b->stage, __ATOMIC_ACQUIRE) != NAMED)
        rc = -EAGAIN; /* it was killed */
    return rc < 0 ? rc : b->pid;
}

/*
 * Until there is a child, which then waits, or none. Nobody changes what it is
 * to have a copy of: the caller has the locks for that.
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
        await(&(*out)->stage, BEGUN);
        ret = (*out)->error;
    }
    if (ret == 0) {
        signal_take_back(parent);
        lock_take(&parent->actions->lock);
        vm_hold(parent->vm);
        privfd_hold();
        ret = make_child(*out);
        privfd_release();
        vm_release(parent->vm);
        lock_give(&parent->actions->lock);
    }
    pthread_mutex_unlock(&parent->lock);
    lock_give(&parent->root->sharer.making);
    return ret;
}

/* vfork(2): until the child runs another program, or has ended. Signals wait
 * meanwhile, but for the end of the process. */
static void await_left(struct task *task, const struct birth *b)
{
    const uint64_t args[SYSCALL_ARGS] = {(uintptr_t)&b->left, FUTEX_WAIT, 0};

    /* The child may be among those that this task stopped. */
    stop_end(task, 0);
    stop_outside(task);
    while (!__atomic_load_n(&b->left, __ATOMIC_ACQUIRE) &&
           !task->signals.kicked)
        host_call(&task->signals.kicked, SYS_futex, args);
    stop_inside(task);
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
    if (want->flags & CLONE_FILES)
        process_shares_fds(call->task);
    held = signal_hold();
    ret = make(&b, call->task, want);
    if (ret > 0)
        clone_give_pidfd(want, (pid_t)ret);
    if (b)
        enter(b, NAMED, RUNS);
    if (ret > 0 && (want->flags & CLONE_VFORK))
        await_left(call->task, b);
    signal_release(held);
    if (b && !enter(b, RUNS, RELEASED))
        enter(b, FAILED, RELEASED);
    return ret;
}
