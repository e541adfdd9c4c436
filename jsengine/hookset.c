/* hookset.c: hooks by number and phase, and running one. */
#include "jsengine/internal.h"
#include "jsengine/jsval.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINUX_ERRNO(ret_) ((ret_) < 0 && (ret_) >= -4095 ? (int)-(ret_) : 0)

void hookset_put(struct engine *e, unsigned sysno, enum phase phase)
{
    struct engine_shared *s = e->shared;
    uint8_t bit = phase == PHASE_BEFORE ? HOOKED_BEFORE : HOOKED_AFTER;
    void *function = duk_require_heapptr(e->ctx, -1);

    /* The stash keeps it alive; the pointer finds it without a look-up. */
    duk_push_heap_stash(e->ctx);
    duk_dup(e->ctx, -2);
    duk_put_prop_index(e->ctx, -2,
                       (duk_uarridx_t)(sysno * PHASES + (unsigned)phase));
    duk_pop_2(e->ctx);
    s->function[phase][sysno] = function;
    __atomic_or_fetch(&s->hooked[sysno], bit, __ATOMIC_RELEASE);
}

/* One run of a hook, for the protected call. */
struct run {
    struct engine *engine;
    struct syscall_call *call;
    enum phase phase;
    void *function; /* heap pointer */
    struct hook_result result;
};

/* args: a fresh object every time; what a hook writes into it is lost. */
static void push_args(duk_context *ctx, const struct run *run)
{
    static const char *const names[SYSCALL_ARGS] = {"arg0", "arg1", "arg2",
                                                    "arg3", "arg4", "arg5"};

    duk_push_object(ctx);
    for (unsigned i = 0; i < SYSCALL_ARGS; i++) {
        jsval_push_reg(ctx, run->call->orig[i]);
        duk_put_prop_lstring(ctx, -2, names[i], 4);
    }
    if (run->phase == PHASE_AFTER) {
        int err = LINUX_ERRNO(run->call->ret);

        jsval_push_reg(ctx, err ? (uint64_t)-1 : (uint64_t)run->call->ret);
        duk_put_prop_literal(ctx, -2, "ret");
        duk_push_int(ctx, err);
        duk_put_prop_literal(ctx, -2, "errno");
    }
}

/* The name of a task's persistence.local in the object that holds all. */
static void push_key(duk_context *ctx, const struct task *task)
{
    duk_push_number(ctx, (double)task_key(task));
}

/* persistence: local belongs to the task, glb to the session. A fresh wrapper,
 * so that replacing one of the two does not stick. */
static void push_persistence(duk_context *ctx, const struct run *run)
{
    duk_push_object(ctx);
    duk_push_heapptr(ctx, run->engine->glb);
    duk_put_prop_literal(ctx, -2, "glb");
    duk_push_heapptr(ctx, run->engine->locals);
    push_key(ctx, run->call->task);
    if (!duk_get_prop(ctx, -2)) {
        duk_pop(ctx);
        duk_push_object(ctx);
        push_key(ctx, run->call->task);
        duk_dup(ctx, -2);
        duk_put_prop(ctx, -4);
    }
    duk_remove(ctx, -2);
    duk_put_prop_literal(ctx, -2, "local");
}

static duk_ret_t run_protected(duk_context *ctx, void *udata)
{
    struct run *run = udata;

    push_args(ctx, run);
    duk_put_global_literal(ctx, "args");
    push_persistence(ctx, run);
    duk_put_global_literal(ctx, "persistence");
    duk_push_heapptr(ctx, run->function);
    for (unsigned i = 0; i < SYSCALL_ARGS; i++)
        jsval_push_reg(ctx, run->call->orig[i]);
    duk_call(ctx, SYSCALL_ARGS);
    result_read(ctx, run->phase, &run->result);
    return 0;
}

static void report(struct engine *e, const struct run *run)
{
    char where[512], what[1024], line[2048];
    const char *name = run->call->row ? run->call->row->name : NULL;
    char number[32];
    int n;

    /* An invalid result has no line of its own: the hook's file is named. */
    engine_describe_error(e->ctx, run->function, where, sizeof(where), what,
                          sizeof(what));
    snprintf(number, sizeof(number), "call %" PRIu64, run->call->sysno);
    n = snprintf(line, sizeof(line),
                 "microvm-hook: hook error: %s %s (%s): %s\n",
                 run->phase == PHASE_BEFORE ? "before" : "after",
                 name ? name : number, where, what);
    if (n >= (int)sizeof(line)) {
        n = (int)sizeof(line) - 1;
        line[n - 1] = '\n';
    }
    /* Nobody is left to be told of a failure to tell. */
    if (write(e->config.print_fd, line, (size_t)n) < 0)
        return;
}

/* Returns whether run->result holds what the hook returned. */
static bool run_hook(struct engine *e, struct run *run)
{
    bool ok;

    engine_lock(e);
    e->call = run->call;
    /* It lives until it is reported, even if it replaces itself. */
    run->function = e->shared->function[run->phase][run->call->sysno];
    duk_push_heapptr(e->ctx, run->function);
    engine_clock_start(e);
    ok = duk_safe_call(e->ctx, run_protected, run, 0, 1) == DUK_EXEC_SUCCESS;
    engine_clock_stop(e);
    e->call = NULL;
    if (ok) {
        duk_pop(e->ctx);
    } else {
        e->shared->errors++;
        report(e, run);
    }
    duk_pop(e->ctx);
    engine_unlock(e);
    return ok;
}

static enum hook_verdict before(void *ctx, struct syscall_call *call)
{
    struct engine *e = ctx;
    struct run run = {.engine = e, .call = call, .phase = PHASE_BEFORE};

    if (!run_hook(e, &run)) {
        if (e->config.policy == HOOK_FAIL_OPEN)
            return HOOK_CONTINUE;
        call->ret = -EPERM;
        return HOOK_ANSWERED;
    }
    if (run.result.answered) {
        call->ret = run.result.ret;
        return HOOK_ANSWERED;
    }
    for (unsigned i = 0; i < SYSCALL_ARGS; i++)
        if (run.result.set[i])
            call->args[i] = run.result.args[i];
    return HOOK_CONTINUE;
}

static void after(void *ctx, struct syscall_call *call)
{
    struct engine *e = ctx;
    struct run run = {.engine = e, .call = call, .phase = PHASE_AFTER};

    if (!run_hook(e, &run)) {
        if (e->config.policy == HOOK_FAIL_CLOSED)
            call->ret = -EPERM;
    } else if (run.result.answered) {
        call->ret = run.result.ret;
        call->answered = true; /* an EINTR of the hook's restarts nothing */
    }
}

/* Drop persistence.local. */
static duk_ret_t drop_local(duk_context *ctx, void *udata)
{
    duk_push_heapptr(ctx, engine_of(ctx)->locals);
    push_key(ctx, udata);
    duk_del_prop(ctx, -2);
    return 0;
}

static void task_gone(void *ctx, struct task *task)
{
    struct engine *e = ctx;

    engine_lock(e);
    /* Of an object of ours, without getters: nothing of a script runs. */
    duk_safe_call(e->ctx, drop_local, task, 0, 1);
    duk_pop(e->ctx);
    engine_unlock(e);
}

const struct hook_ops hookset_ops = {
    .before = before,
    .after = after,
    .task_gone = task_gone,
};
