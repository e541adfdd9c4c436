/*
 * task.h: one guest thread of execution, and what the tasks of a process
 * share. Layer 2.
 */
#ifndef VMM_TASK_H
#define VMM_TASK_H

#include "vmm/capsule.h"
#include "vmm/diag.h"
#include "vmm/exec.h"
#include "vmm/hook.h"
#include "vmm/mm.h"
#include "vmm/signal.h"
#include "vmm/vcpu.h"

#include <sys/types.h>

/* What the tasks of one thread group share. */
struct process {
    struct vm *vm;
    struct mm *mm;
    struct hooks hooks;
    struct signal_actions actions;
    struct exec_result
        program;  /* what runs: where argv, environment lie, exe */
    int vfork_fd; /* closing it lets the parent that vforked go on; or -1 */
};

struct task {
    struct process *process;
    struct vcpu *vcpu;
    struct capsule *capsule;
    uint64_t key; /* unique in the session */
    pid_t tid;
    gva_t clear_child_tid; /* set_tid_address(2) */
    gva_t robust_list;     /* set_robust_list(2) */
    uint64_t robust_list_len;
    struct signal_state signals;
    unsigned faults;      /* EFAULTs of KVM_RUN in a row */
    uint64_t trap_vector; /* of the last trap, for signal frames */
    uint64_t trap_error;
    bool resumed; /* the handler has set all registers (rt_sigreturn) */
    bool exiting;
    int exit_status; /* as exit_group(2) got it */
    int death;       /* signal that kills the process; 0: none */
};

/*
 * The first task of (process), to start at (rip) with stack pointer (rsp) on
 * (vcpu), in the calling thread. Returns 0 or -ENOMEM, (d) set.
 */
int task_create(struct task **out, struct process *process, struct vcpu *vcpu,
                struct diag *d);
void task_destroy(struct task *task);

/*
 * In a child after fork(2): give the process its own VM, and the task, which
 * is the one that forked, what a new task has; it continues from (state).
 * Returns 0 or a negative errno, (d) set.
 */
int task_renew(struct task *task, const struct vcpu_state *state,
               struct diag *d);

/*
 * Run the task in the calling thread until it ends. Returns 0: exiting and
 * exit_status, or death, say how; or a negative errno where the monitor cannot
 * go on, (d) set.
 */
int task_run(struct task *task, struct diag *d);

/* dispatch.c: run the system call whose registers the vcpu holds, and set its
 * result. */
void dispatch_syscall(struct task *task);

#endif
