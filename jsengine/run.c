/* run.c: running hooks: what they are given, and what becomes of what they
 * return. */
#include "jsengine/decode.h"
#include "jsengine/internal.h"
#include "jsengine/jsval.h"
#include "vmm/stop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define LINUX_ERRNO(ret_) ((ret_) < 0 && (ret_) >= -4095 ? (int)-(ret_) : 0)

void run_push_args(duk_context *ctx, struct engine *e)
{
    static const char *const names[SYSCALL_ARGS] = {"arg0", "arg1", "arg2",
                                                    "arg3", "arg4", "arg5"};
    const struct syscall_call *call = e->call;

    duk_push_object(ctx);
    e->args = duk_get_heapptr(ctx, -1);
    decode_push_prototype(ctx, decode_arguments(call, e->phase == PHASE_BEFORE
                                                          ? call->args
                                                          : call->orig));
    duk_set_prototype(ctx, -2);
    for (unsigned i = 0; i < SYSCALL_ARGS; i++) {
        jsval_push_reg(ctx, e->phase == PHASE_BEFORE ? call->args[i]
                                                     : call->orig[i]);
        duk_put_prop_lstring(ctx, -2, names[i], 4);
    }
    if (e->phase == PHASE_AFTER) {
        int err = LINUX_ERRNO(call->ret);

        jsval_push_reg(ctx, err ? (uint64_t)-1 : (uint64_t)call->ret);
        duk_put_prop_literal(ctx, -2, "ret");
        duk_push_int(ctx, err);
        duk_put_prop_literal(ctx, -2, "errno");
    }
}

/* One run of a hook. */
struct run {
    struct engine *e;
    struct hook *hook;
    const struct hook_event_info *event; /* or NULL: a call's */
    struct hook_result result;
};

/* The one parameter of an event's hook. */
static void push_event(duk_context *ctx, const struct run *run)
{
    enum phase phase = run->hook->phase;

    duk_push_object(ctx);
    duk_push_string(ctx, phase_names[phase]);
    duk_put_prop_literal(ctx, -2, "type");
    if (phase == PHASE_EVENT + HOOK_EXIT) {
        duk_push_int(ctx, run->event->status);
        duk_put_prop_literal(ctx, -2, "status");
    }
    if (phase == PHASE_EVENT + HOOK_SIGNAL) {
        duk_push_int(ctx, run->event->code);
        duk_put_prop_literal(ctx, -2, "code");
    }
    if (phase == PHASE_EVENT + HOOK_SIGNAL ||
        phase == PHASE_EVENT + HOOK_EXIT) {
        duk_push_int(ctx, run->event->signal);
        duk_put_prop_literal(ctx, -2, "signal");
    }
}

/*
 * The hook of a configuration: its source runs again, in the global scope, and
 * the global function that it defines is called (gWisord 1.2).
 */
static void push_entry(duk_context *ctx, const struct hook *hook)
{
    duk_push_heapptr(ctx, hook->program);
    duk_call(ctx, 0);
    duk_pop(ctx);
    duk_push_global_object(ctx);
    duk_push_heapptr(ctx, hook->entry);
    duk_get_prop(ctx, -2);
    duk_remove(ctx, -2);
}

static duk_ret_t call_hook(duk_context *ctx, void *udata)
{
    struct run *run = udata;
    const struct syscall_call *call = run->e->call;

    if (run->hook->program)
        push_entry(ctx, run->hook);
    else
        duk_push_heapptr(ctx, run->hook->function);
    if (call) {
        for (unsigned i = 0; i < SYSCALL_ARGS; i++)
            jsval_push_reg(ctx, run->hook->phase == PHASE_BEFORE
                                    ? call->args[i]
                                    : call->orig[i]);
        duk_call(ctx, SYSCALL_ARGS);
        result_read(ctx, run->hook->phase, &run->result);
    } else {
        push_event(ctx, run);
        duk_call(ctx, 1);
    }
    return 0;
}

/* "before openat", or "at start" for an event. */
static void name_occasion(const struct run *run, char *out, size_t size)
{
    const struct syscall_call *call = run->e->call;
    const char *phase = phase_names[run->hook->phase];

    if (!call)
        snprintf(out, size, "at %s", phase);
    else if (call->row)
        snprintf(out, size, "%s %s", phase, call->row->name);
    else
        snprintf(out, size, "%s call %" PRIu64, phase, call->sysno);
}

static void report(const struct run *run, void *function)
{
    struct engine *e = run->e;
    struct engine_error error;
    char occasion[80];

    /* An invalid result has no line of its own: the hook's file is named. */
    engine_describe_error(e->shared->ctx, function, error.where,
                          sizeof(error.where), error.what, sizeof(error.what));
    name_occasion(run, occasion, sizeof(occasion));
    engine_tell(e, "hook error: %s (%s): %s", occasion, error.where,
                error.what);
}

/* Returns whether run->result holds what the hook returned. The lock is held;
 * afterwards run->hook may be another one's place, or nobody's. */
static bool run_hook(struct run *run)
{
    struct engine *e = run->e;
    duk_context *ctx = e->shared->ctx;
    void *function = run->hook->function;
    unsigned stops = stop_count(e->task);
    bool ok;

    /* It lives until it is reported, even if it replaces itself. */
    duk_push_heapptr(ctx, function);
    e->phase = run->hook->phase;
    run->result = (struct hook_result){0};
    engine_begin(e, run->hook->options.timeout_ms);
    ok = duk_safe_call(ctx, call_hook, run, 0, 1) == DUK_EXEC_SUCCESS;
    engine_end(e);
    if (ok) {
        duk_pop(ctx);
    } else {
        e->shared->errors++;
        report(run, function);
        stop_end(e->task, stops);
    }
    duk_pop(ctx);
    return ok;
}

/* What a before hook that ran means for the call; returns whether it answered
 * it. */
static bool apply_before(struct syscall_call *call, const struct run *run,
                         bool ok, enum hook_policy policy)
{
    const struct hook_result *result = &run->result;
    uint64_t before[SYSCALL_ARGS];
    int rc;

    if (!ok) {
        if (policy == HOOK_FAIL_CLOSED)
            call->ret = -EPERM;
        return policy == HOOK_FAIL_CLOSED;
    }
    call->delay_ns += result->delay_ns;
    if (result->answered) {
        call->ret = result->ret;
        return true;
    }
    memcpy(before, call->args, sizeof(before));
    for (unsigned i = 0; i < SYSCALL_ARGS; i++)
        if (result->set[i])
            call->args[i] = result->args[i];
    if (memcmp(before, call->args, sizeof(before)) == 0)
        return false;
    rc = syscall_recapture(call, before);
    if (rc < 0)
        call->ret = rc;
    return rc < 0;
}

static void apply_after(struct syscall_call *call, const struct run *run,
                        bool ok, enum hook_policy policy)
{
    if (!ok) {
        if (policy == HOOK_FAIL_CLOSED)
            call->ret = -EPERM;
        return;
    }
    call->delay_ns += run->result.delay_ns;
    if (run->result.answered) {
        call->ret = run->result.ret;
        call->answered = true; /* an EINTR of the hook's restarts nothing */
    }
}

/*
 * Run all hooks of (phase) for the call, in the order in which they were
 * registered, or until one answers. Hooks may register and remove hooks: none
 * moves while one runs.
 */
static bool run_all(struct engine *e, struct syscall_call *call,
                    enum phase phase)
{
    struct engine_shared *s = e->shared;
    struct run run = {.e = e};
    bool answered = false;

    engine_lock_for(e, call->task);
    e->call = call;
    e->task = call->task;
    for (uint32_t i = 0; !answered; i++) {
        enum hook_policy policy;
        bool ok;

        i = hookset_next(s, phase, call->sysno, i);
        if (i == HOOKS_MAX)
            break;
        run.hook = &s->hooks[i];
        policy = run.hook->options.policy;
        if (!filter_passes(&run.hook->options.filter, call))
            continue;
        ok = run_hook(&run);
        if (phase == PHASE_BEFORE)
            answered = apply_before(call, &run, ok, policy);
        else
            apply_after(call, &run, ok, policy);
    }
    e->call = NULL;
    e->task = NULL;
    engine_unlock_for(e, call->task);
    return answered;
}

static enum hook_verdict before(void *ctx, struct syscall_call *call)
{
    return run_all(ctx, call, PHASE_BEFORE) ? HOOK_ANSWERED : HOOK_CONTINUE;
}

static void after(void *ctx, struct syscall_call *call)
{
    run_all(ctx, call, PHASE_AFTER);
}

static void event(void *ctx, struct task *task, enum hook_event event,
                  const struct hook_event_info *info)
{
    static const struct hook_event_info none;
    struct engine *e = ctx;
    struct engine_shared *s = e->shared;
    struct run run = {.e = e, .event = info ? info : &none};
    unsigned stops = stop_count(task);

    engine_lock_for(e, task);
    e->task = task;
    for (uint32_t i = 0; i < s->hook_count; i++) {
        run.hook = &s->hooks[i];
        if (run.hook->id && run.hook->phase == PHASE_EVENT + event &&
            filter_passes(&run.hook->options.filter, NULL))
            run_hook(&run);
    }
    e->task = NULL;
    /* There is no call at whose end they would go on. */
    stop_end(task, stops);
    engine_unlock_for(e, task);
}

static void task_gone(void *ctx, struct task *task)
{
    struct engine *e = ctx;

    /* Most tasks never had one: that takes no lock. */
    if (!task_note(task)->stamp)
        return;
    engine_lock_for(e, task);
    world_drop_local(e, task);
    engine_unlock_for(e, task);
}

const struct hook_ops run_ops = {
    .before = before,
    .after = after,
    .event = event,
    .task_gone = task_gone,
};
