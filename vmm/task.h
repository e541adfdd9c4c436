/*
 * task.h: one guest thread of execution. Layer 2.
 */
#ifndef VMM_TASK_H
#define VMM_TASK_H

#include "vmm/call.h"
#include "vmm/diag.h"
#include "vmm/process.h"
#include "vmm/signal.h"
#include "vmm/vcpu.h"

#include <sys/types.h>

struct task {
    struct process *process;
    struct privfds *fds; /* its descriptors, fdtable.h */
    struct task *next;   /* of the process's */
    struct vcpu *vcpu;
    struct capsule *capsule;
    uint64_t key; /* unique in the session */
    struct task_note note;
    pid_t tid;
    gva_t clear_child_tid; /* set_tid_address(2) */
    gva_t robust_list;     /* set_robust_list(2) */
    struct signal_state signals;
    unsigned faults;      /* EFAULTs of KVM_RUN in a row */
    uint64_t trap_vector; /* of the last signal by a trap, for frames */
    uint64_t trap_error;
    bool resumed; /* the handler has set all registers (rt_sigreturn) */
    bool begins;  /* something new begins: (beginning), not told yet */
    enum hook_event beginning;
    int vfork_pipe[2]; /* to the child that it waits for, vfork.h; or -1 */
    struct exec_program *leaves; /* the memory, to run this; or NULL */
    int held_fd;              /* the monitor's, for the call that runs; or 0 */
    struct thread_slot *slot; /* what other processes see of it; or NULL */
    struct stop_record *stop; /* in force, its own; or NULL */
    unsigned stops;           /* so often, stop_others */
    uint64_t stopped_ns;      /* since then, CLOCK_MONOTONIC */

    /* Why it stops running: one of these. */
    bool exiting;         /* exit(2), exit_group(2) */
    bool group_exit;      /* with the whole process */
    bool ended_by_other;  /* process_end_others */
    bool moves_to_leader; /* execve(2) in another thread than the leader's */
    int death;            /* signal that kills the process; 0: none */
    int exit_status;      /* as the call got it */
};

/*
 * A task of (process) on (vcpu), whose state is where it starts. The thread
 * that is to run it calls task_name. Returns 0 or -ENOMEM, (d) set.
 */
int task_create(struct task **out, struct process *process, struct vcpu *vcpu,
                struct diag *d);
void task_destroy(struct task *task);

/* Give the task the identity of the calling thread. */
void task_name(struct task *task);

/* What has just begun in (task) is told before its first instruction. */
static inline void task_begins(struct task *task, enum hook_event what)
{
    task->begins = true;
    task->beginning = what;
}

/* Tell whoever hooks (event) that it happens to (task), the caller's. */
void task_event(struct task *task, enum hook_event event,
                const struct hook_event_info *info);

/*
 * In a child after fork(2), or for one that is worn: give the process its VM,
 * and the task, which is the one that forked, what a new task has; it continues
 * from (state). Returns 0 or a negative errno, (d) set.
 */
int task_renew(struct task *task, const struct vcpu_state *state,
               struct diag *d);

/*
 * Run the task in the calling thread until it stops. Returns 0: the task says
 * why; or a negative errno where the monitor cannot go on, (d) set.
 */
int task_run(struct task *task, struct diag *d);

/* dispatch.c: run the system call whose registers the vcpu holds, and set its
 * result. */
void dispatch_syscall(struct task *task);

/*
 * The same for call (sysno), one that cannot block, which no SYSCALL made; the
 * arguments are where that has them. (*ret) is its result; false: a signal came
 * first, and it is to be made again.
 */
bool dispatch_vsyscall(struct task *task, uint64_t sysno, int64_t *ret);

#endif
