/*
 * process.h: a process of the program, a thread group: what its tasks share,
 * and how they end together. Layer 2.
 *
 * The host's first thread of the process, its leader, stays until the process
 * ends, whatever becomes of the task that it ran: what execve(2) leaves over
 * goes on there, because gettid() is getpid() then; and it is the one that
 * tells how the process ended. exit(2), exit_group(2), execve(2), fork(2).
 */
#ifndef VMM_PROCESS_H
#define VMM_PROCESS_H

#include "vmm/diag.h"
#include "vmm/event.h"
#include "vmm/exec.h"
#include "vmm/hook.h"
#include "vmm/mm.h"
#include "vmm/procmem.h"
#include "vmm/sharers.h"
#include "vmm/signal.h"
#include "vmm/vm.h"

struct session_shared;
struct privfds;
struct task;

/* How a process ended. */
struct process_end {
    int status;       /* exit status */
    int signal;       /* or the signal that killed it; 0: none */
    struct diag diag; /* or why the monitor could not go on; code 0: it could */
};

struct process {
    uint64_t session;     /* the same in all processes of a session, secret */
    struct process *root; /* the session's first, in this memory */
    struct sharer sharer; /* sharers.h */
    struct privfds *fds;  /* descriptors of the leader's thread, fdtable.h */
    bool lends;           /* dispositions to another sharer */
    bool shares_memory;   /* or did */
    struct vm *vm;
    struct mm *mm;
    struct hooks hooks;
    struct events events;
    struct session_shared *shared; /* NULL where nobody hooks anything */
    uint64_t shared_maps; /* shared objects that it maps, a bit each: stop.h */
    uint64_t shared_writes;         /* those that it could write to */
    struct signal_actions *actions; /* (own_actions), or another sharer's */
    struct signal_actions own_actions;
    struct exec_result
        program;        /* what runs: where argv, environment lie, exe */
    bool forked;        /* by one that runs under the same monitor */
    int vfork_fd;       /* to the parent that waits in vfork(2); or -1 */
    bool vfork_answers; /* it answers when it has taken over the memory */
    pid_t executed; /* the process that called execve(2): this one, or one that
                     * it was forked from */
    struct procmem procmem;
    int timers_end;    /* ids of its POSIX timers are below */
    uint64_t seekable; /* a bit a descriptor: seek.h */

    /* Taken before the locks of mm, vm and actions. */
    pthread_mutex_t lock;
    pthread_cond_t changed; /* tasks or heir */
    struct task *tasks;     /* those that have not ended */
    uint32_t ends;      /* a futex: how many have; told where one is awaited */
    unsigned awaited;   /* threads that wait for the end of another one */
    struct task *ender; /* the one that ends all others, or NULL */
    struct task *heir;  /* goes on in the leader's thread after execve */
    char heir_name[16]; /* PR_GET_NAME of the thread that it comes from */
    struct process_end end;
    bool has_ended; /* one has: (ended), which is to be joined */
    pthread_t ended;
    pthread_mutex_t keeping; /* a thread that clears up after another process
                              * has it, and who ends this one */
};

/* Set what does not depend on machine and program. */
void process_init(struct process *process);

/* Which hooks the call (sysno) has at this moment: HOOKED_*. */
unsigned process_hooked(const struct process *process, uint64_t sysno);

/* Whether somebody is told of the call (sysno). */
bool process_traced(const struct process *process, uint64_t sysno);

/* Either: nothing may answer the call without the monitor. */
bool process_watches(const struct process *process, uint64_t sysno);

/*
 * What execve(2) of (path) is to load: without the vDSO where somebody watches
 * a call that the vDSO answers by itself. vdso(7).
 */
struct exec_spec process_exec_spec(const struct process *process,
                                   const char *path, char *const *argv,
                                   char *const *envp);

/* Count (task) among the process's; its thread may run it then. */
void process_add(struct process *process, struct task *task);

/*
 * vfork(2) of a thread, (task)'s: wait until the task (key) has ended. Signals
 * wait meanwhile, but for the end of the process.
 */
void process_await(struct task *task, uint64_t key);

/*
 * End all tasks but (task), the caller's, and wait until they are gone.
 * Returns false if another task does that already: then the caller is among
 * those that end.
 */
bool process_end_others(struct task *task);

/* (task), the caller's, is going to have its descriptors in common with
 * another thread or process. */
void process_shares_fds(struct task *task);

/* Whether the process has other tasks than (task), the caller's; whether there
 * are such as use its memory, another process's as well. */
bool process_has_tasks(struct task *task);
bool process_has_others(struct task *task);

/* Whether (task) is to end because another one ends all others. Safe in a
 * signal handler. */
bool process_ends(const struct task *task);

/*
 * Run (task) in the calling thread until the thread is done: a leader's when
 * the process has ended, process->end says how; any other when its task has.
 * The task does not exist any more then.
 */
void process_run_task(struct task *task);

/* Whether the calling thread is the leader. */
bool process_is_leader(void);

/*
 * End the host's process as (end) says: the message of a failure on standard
 * error, death by the same signal, or the exit status. Does not return.
 */
void process_exit(const struct process_end *end) __attribute__((noreturn));

/*
 * fork(2) with everything in a state that a child can use. As fork(): 0 in the
 * child, in which there is no task but (task) and no machine yet. (flags): of
 * CLONE_FILES, CLONE_FS, CLONE_IO, CLONE_SYSVSEM, CLONE_PARENT.
 */
pid_t process_fork(struct task *task, uint64_t flags, int exit_signal);

/*
 * Leave the memory to the others that use it: as a child of process_fork, but
 * in the same process, which goes on in the calling thread; it has no other
 * task. The guest's memory is empty then, and there is a machine. Returns 0 or
 * a negative errno, (d) set or not; the task cannot go on then.
 */
int process_leave(struct task *task, struct diag *d);

#endif
