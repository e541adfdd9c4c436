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

struct hook_ops {
    /*
     * Run the before hook of call->sysno. It may change call->args[] (register
     * values as the kernel is to see them) or set call->ret and answer.
     */
    enum hook_verdict (*before)(void *ctx, struct syscall_call *call);
    /* Run the after hook: sees call->ret, may replace it. */
    void (*after)(void *ctx, struct syscall_call *call);
    /* (task) has ended: nothing is kept for it any more. */
    void (*task_gone)(void *ctx, struct task *task);
};

struct hooks {
    const struct hook_ops *ops; /* NULL: nobody hooks anything */
    void *ctx;
    /* HOOKED_* bits by sysno. Read before every call without a lock; the
     * owner changes single bytes. A call whose byte is 0 never reaches ops. */
    const uint8_t *hooked;
};

#endif
