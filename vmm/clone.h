/*
 * clone.h: what clone, clone3, fork and vfork ask for, told once. Layer 2.
 * clone(2).
 */
#ifndef VMM_CLONE_H
#define VMM_CLONE_H

#include "vmm/call.h"
#include "vmm/vcpu.h"

#include <linux/sched.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif

/* What the host's kernel does with a new process as it does with ours. */
#define CLONE_BY_HOST                                                          \
    ((uint64_t)(CLONE_FS | CLONE_IO | CLONE_SYSVSEM | CLONE_PARENT))

struct process;

/* As Linux's struct kernel_clone_args. */
struct clone_request {
    uint64_t flags; /* CLONE_*, without the signal */
    uint64_t exit_signal;
    gva_t stack_top; /* 0: the caller's */
    gva_t parent_tid, child_tid, pidfd;
    uint64_t tls;
};

/*
 * The registers that the child starts with: the caller's, with what (want)
 * changes. Returns 0 or a negative errno.
 */
int clone_state(const struct task *caller, const struct clone_request *want,
                struct vcpu_state *out);

/* Each returns what the call returns: the new id, 0 in a new process, or a
 * negative errno. */
int64_t clone_thread(struct syscall_call *call,
                     const struct clone_request *want);
int64_t clone_process(struct syscall_call *call,
                      const struct clone_request *want);
int64_t clone_sharer(struct syscall_call *call,
                     const struct clone_request *want);

/* A task for (process) that is as the calling one, but for what (want) says:
 * thread or process that shares its memory. NULL: something is used up. */
struct task *clone_task(const struct task *caller, struct process *process,
                        const struct clone_request *want);

/* As Linux stores a new id where (want) says, before its thread runs and may
 * end; a bad address is nobody's error. */
void clone_store_tid(const struct clone_request *want, pid_t tid);

/* Store the pidfd of the new process or thread, if it was asked for. */
void clone_give_pidfd(const struct clone_request *want, pid_t id);

#endif
