/*
 * hook.h: what dispatch asks of whoever runs hooks. Layer 2 declares it, layer
 * 3 (jsengine) implements it, main.c joins the two; dispatch knows nothing of
 * JavaScript.
 */
#ifndef VMM_HOOK_H
#define VMM_HOOK_H

#include "vmm/syscall.h"

struct syscall_call;
struct task;

#define HOOKED_BEFORE 1u
#define HOOKED_AFTER  2u

/* Numbers that hooks may be registered for. Beyond the table too: a hook on a
 * call that Linux does not have may still answer in its place. */
#define HOOK_SYSNO_MAX 1024

enum hook_verdict {
    HOOK_CONTINUE, /* go on with call->args as they now are */
    HOOK_ANSWERED  /* call->ret stands for the call; it is not executed */
};

/* What happens to a task besides calls. */
enum hook_event {
    HOOK_START,  /* the first program begins; in its task */
    HOOK_EXEC,   /* a new program begins; in its task */
    HOOK_FORK,   /* a new process begins; in its first task */
    HOOK_THREAD, /* a new thread begins; in its task */
    HOOK_EXIT,   /* the task ends; (status), or the (signal) that kills */
    HOOK_SIGNAL, /* (signal) with its (code) is about to be delivered */
    HOOK_EVENTS
};

struct hook_event_info {
    int status;
    int signal;
    int code; /* si_code */
};

struct hook_ops {
    /*
     * Run the before hooks of call->sysno. They may change call->args[]
     * (register values as the kernel is to see them; syscall_recapture was
     * called then), set call->delay_ns, or set call->ret and answer.
     */
    enum hook_verdict (*before)(void *ctx, struct syscall_call *call);
    /* Run the after hooks: they see call->ret and may replace it. */
    void (*after)(void *ctx, struct syscall_call *call);
    /* (event) happens to (task), whose thread is the calling one. */
    void (*event)(void *ctx, struct task *task, enum hook_event event,
                  const struct hook_event_info *info);
    /* (task) has ended: nothing is kept for it any more. */
    void (*task_gone)(void *ctx, struct task *task);
};

struct hooks {
    const struct hook_ops *ops; /* NULL: nobody hooks anything */
    void *ctx;
    /* HOOKED_* bits by sysno. Read before every call without a lock; the
     * owner changes single bytes. A call whose byte is 0 never reaches ops.
     * Nothing else is on the page where it begins: guests may read that. */
    const uint8_t *hooked;
    const uint32_t *events; /* bit i: somebody hooks event i; as (hooked) */
};

#endif
