/*
 * call.h: one system call on its way through dispatch, and what hooks and
 * emulated calls may ask about it. Layer 2.
 */
#ifndef VMM_CALL_H
#define VMM_CALL_H

#include "vmm/capsule.h"
#include "vmm/syscall.h"
#include "vmm/util.h"

#include <sys/types.h>

struct task;

/* Two words that stay with a task for whoever hooks: zero at its start. */
struct task_note {
    void *ptr;
    uint64_t stamp;
};
struct task_note *task_note(struct task *task);

struct syscall_call {
    struct task *task;
    uint64_t sysno;
    const struct syscall_desc *row; /* NULL: Linux has no such number */
    const struct datum *arg;        /* the row's, or the selected variant's */
    uint64_t orig[SYSCALL_ARGS];    /* registers as the guest set them */
    uint64_t args[SYSCALL_ARGS];    /* as hooks left them */
    uint64_t host[SYSCALL_ARGS];    /* as the host kernel gets them */
    int64_t ret;                    /* result; -errno in -4095 .. -1 */
    uint64_t delay_ns;              /* a hook wants it to wait so long first */
    bool answered;                  /* a hook set (ret) */
    bool in_child;                  /* of a fork: the call is the parent's */
    bool again;                     /* a signal came: the call is made again */
    bool restarts_by_flag;          /* (ret) is EINTR: again by SA_RESTART */
    bool restarts_always;           /* likewise, behind any handler */
    struct capsule *capsule;
    uint64_t entered_ns; /* CLOCK_MONOTONIC, where somebody is told of it */
    void *event;         /* of whoever is told of the call; see event.h */
};

/*
 * A hook changed call->args, which were (before): describe and capture anew
 * what they lead to now. Returns 0 or -ENOMEM.
 */
int syscall_recapture(struct syscall_call *call,
                      const uint64_t before[SYSCALL_ARGS]);

/* An empty list of strings ends in count 0. Free with strvec_free. */
struct strvec {
    char **str; /* NUL-terminated bytes as the guest has them */
    size_t count;
};
void strvec_free(struct strvec *vec);

/*
 * The argument vector and the environment of the task's process, read from
 * guest memory as it is now (a program may rewrite it, as setproctitle does);
 * no trailing empty entry. Source: the area that the loader laid out.
 * Returns 0, -EFAULT (the area is unmapped), or -ENOMEM.
 */
int task_read_argv(struct task *task, struct strvec *out);
int task_read_envs(struct task *task, struct strvec *out);

/* Host thread id of the task: gettid() of its thread. */
pid_t task_tid(const struct task *task);

/*
 * The task's slot for whoever hooks: (key) is unique among the tasks that ever
 * were in this session, so that per-task state can be kept and dropped.
 */
uint64_t task_key(const struct task *task);

#endif
