/*
 * event.h: what dispatch tells of the calls that pass it. Layer 2 declares it,
 * api/logsink.c implements it, main.c joins the two.
 */
#ifndef VMM_EVENT_H
#define VMM_EVENT_H

#include <stdint.h>

struct syscall_call;

/* Numbers from the last one on share its byte. */
#define EVENT_SYSNO_MAX 1024

struct event_ops {
    /*
     * The arguments of (call) are captured, no hook has run. What it keeps for
     * leave it puts into call->event.
     */
    void (*enter)(void *ctx, struct syscall_call *call);
    /*
     * The call is over, its hooks have run: call->ret is what the program gets,
     * (call->again) says that it makes the call again instead, and
     * (call->in_child) that this is the child of a fork, whose parent it was
     * that entered. Comes once after every enter, unless the process dies.
     */
    void (*leave)(void *ctx, struct syscall_call *call, uint64_t elapsed_ns);
};

struct events {
    const struct event_ops *ops;
    void *ctx;
    /* By sysno: not 0 where ops are told; NULL: never. Does not change while
     * the program runs. */
    const uint8_t *traced;
};

#endif
