/* acc_signal.c: accessors to signals, and to stopping other threads. */
#include "jsengine/accessor.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"
#include "vmm/clock.h"
#include "vmm/inspect.h"
#include "vmm/signal.h"
#include "vmm/stop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define STANDARD_SIGNALS 31

/* Threads stop within a moment, but a busy machine lets them wait for it. */
#define STOP_LIMIT_NS (30 * (uint64_t)SECOND_NS)

/* Numbers 1 to 31, in order; signal(7), x86. */
static const char *const names[STANDARD_SIGNALS + 1] = {
    NULL,      "SIGHUP",  "SIGINT",    "SIGQUIT", "SIGILL",    "SIGTRAP",
    "SIGABRT", "SIGBUS",  "SIGFPE",    "SIGKILL", "SIGUSR1",   "SIGSEGV",
    "SIGUSR2", "SIGPIPE", "SIGALRM",   "SIGTERM", "SIGSTKFLT", "SIGCHLD",
    "SIGCONT", "SIGSTOP", "SIGTSTP",   "SIGTTIN", "SIGTTOU",   "SIGURG",
    "SIGXCPU", "SIGXFSZ", "SIGVTALRM", "SIGPROF", "SIGWINCH",  "SIGIO",
    "SIGPWR",  "SIGSYS",
};

/* The kernel's own number: the C library hides it. */
#define RESTORER_BIT 0x04000000

static const struct {
    uint64_t bit;
    const char *name;
} action_flags[] = {
    {SA_NOCLDSTOP, "SA_NOCLDSTOP"}, {SA_NOCLDWAIT, "SA_NOCLDWAIT"},
    {SA_SIGINFO, "SA_SIGINFO"},     {RESTORER_BIT, "SA_RESTORER"},
    {SA_ONSTACK, "SA_ONSTACK"},     {SA_RESTART, "SA_RESTART"},
    {SA_NODEFER, "SA_NODEFER"},     {SA_RESETHAND, "SA_RESETHAND"},
};

duk_ret_t acc_name_to_signal(duk_context *ctx)
{
    const char *name = duk_to_string(ctx, 0);

    for (int sig = 1; sig <= STANDARD_SIGNALS; sig++) {
        if (strcmp(names[sig], name) == 0) {
            duk_push_int(ctx, sig);
            return 1;
        }
    }
    return jsval_throw_errno(ctx, EINVAL);
}

/* Bit i is signal i + 1. */
static void push_names(duk_context *ctx, uint64_t mask)
{
    char number[8];
    duk_uarridx_t at = 0;

    duk_push_array(ctx);
    for (int sig = 1; sig <= SIGNAL_MAX; sig++) {
        if (!(mask & UINT64_C(1) << (sig - 1)))
            continue;
        snprintf(number, sizeof(number), "%d", sig);
        duk_push_string(ctx, sig <= STANDARD_SIGNALS ? names[sig] : number);
        duk_put_prop_index(ctx, -2, at++);
    }
}

duk_ret_t acc_signal_mask_to_names(duk_context *ctx)
{
    push_names(ctx, jsval_require_u64(ctx, 0, "mask"));
    return 1;
}

static void push_handler(duk_context *ctx, uint64_t handler)
{
    char text[32];

    if (handler == (uint64_t)(uintptr_t)SIG_DFL)
        snprintf(text, sizeof(text), "SIG_DFL");
    else if (handler == (uint64_t)(uintptr_t)SIG_IGN)
        snprintf(text, sizeof(text), "SIG_IGN");
    else
        snprintf(text, sizeof(text), "0x%" PRIx64, handler);
    duk_push_string(ctx, text);
}

static void push_action_flags(duk_context *ctx, uint64_t flags)
{
    char text[256] = "";
    size_t at = 0;

    for (size_t i = 0; i < ARRAY_SIZE(action_flags); i++) {
        if (!(flags & action_flags[i].bit))
            continue;
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s",
                               at ? "|" : "", action_flags[i].name);
        flags &= ~action_flags[i].bit;
    }
    if (flags || !at)
        snprintf(text + at, sizeof(text) - at, "%s0x%" PRIx64, at ? "|" : "",
                 flags);
    duk_push_string(ctx, text);
}

static void push_actions(duk_context *ctx, struct task *task)
{
    struct signal_action act;
    duk_uarridx_t at = 0;

    duk_push_array(ctx);
    for (int sig = 1; sig <= SIGNAL_MAX; sig++) {
        if (!inspect_action(task, sig, &act))
            continue;
        duk_push_object(ctx);
        duk_push_int(ctx, sig);
        duk_put_prop_literal(ctx, -2, "Signo");
        push_handler(ctx, act.handler);
        duk_put_prop_literal(ctx, -2, "Handler");
        push_action_flags(ctx, act.flags);
        duk_put_prop_literal(ctx, -2, "Flags");
        jsval_push_u64(ctx, act.restorer);
        duk_put_prop_literal(ctx, -2, "Restorer");
        push_names(ctx, act.mask);
        duk_put_prop_literal(ctx, -2, "SignalsInSet");
        duk_put_prop_index(ctx, -2, at++);
    }
}

duk_ret_t acc_get_signal_info(duk_context *ctx)
{
    struct task *task = engine_task(ctx);
    struct mask_info mask;

    inspect_mask(task, engine_of(ctx)->call, &mask);
    duk_push_object(ctx);
    jsval_push_u64(ctx, mask.blocked);
    duk_put_prop_literal(ctx, -2, "SignalMask");
    /* No hook runs while its task waits for a signal. */
    duk_push_int(ctx, 0);
    duk_put_prop_literal(ctx, -2, "SignalWaitMask");
    jsval_push_u64(ctx, mask.saved);
    duk_put_prop_literal(ctx, -2, "SavedSignalMask");
    push_actions(ctx, task);
    jsval_put_both(ctx, "Sigactions", "SigActions");
    return 1;
}

duk_ret_t acc_send_signal(duk_context *ctx)
{
    struct task *task = engine_task(ctx);
    int64_t tid = jsval_require_range(ctx, 0, INT32_MIN, INT32_MAX, "tid");
    int64_t sig = (int64_t)jsval_require_u64(ctx, 1, "signo");
    int rc;

    if (sig < 1 || sig > SIGNAL_MAX)
        return duk_range_error(ctx, "bad signal number");
    rc = signal_send(task, (pid_t)tid, (int)sig);
    if (rc < 0)
        return jsval_throw_errno(ctx, -rc);
    duk_push_null(ctx);
    return 1;
}

duk_ret_t acc_stop_threads(duk_context *ctx)
{
    int rc = stop_others(engine_task(ctx), clock_now_ns() + STOP_LIMIT_NS);

    if (rc == -ETIMEDOUT)
        return duk_error(ctx, DUK_ERR_ERROR, "a thread does not stop");
    if (rc < 0)
        return jsval_throw_errno(ctx, -rc);
    duk_push_null(ctx);
    return 1;
}

duk_ret_t acc_resume_threads(duk_context *ctx)
{
    struct task *task = engine_task(ctx);
    unsigned stops = stop_count(task);

    if (stops > 0)
        stop_end(task, stops - 1);
    duk_push_null(ctx);
    return 1;
}
