/*
 * internal.h: what the files of the engine share. Layer 3.
 */
#ifndef JSENGINE_INTERNAL_H
#define JSENGINE_INTERNAL_H

#include "jsengine/engine.h"
#include "jsengine/region.h"
#include "vmm/call.h"

#include <duktape.h>
#include <pthread.h>

enum phase { PHASE_BEFORE, PHASE_AFTER, PHASES };

/* Lives in the region: what all processes of a session would share. */
struct engine_shared {
    pthread_mutex_t lock; /* robust: one hook runs at a time */
    uint64_t errors;
    uint8_t hooked[HOOK_SYSNO_MAX];
    void *function[PHASES][HOOK_SYSNO_MAX]; /* heap pointers, kept alive by
                                               the stash */
};

struct engine {
    struct engine_config config;
    struct region *region;
    struct engine_shared *shared;
    duk_context *ctx;
    uint64_t deadline_ns;      /* CLOCK_MONOTONIC; 0: nothing runs */
    struct syscall_call *call; /* that the running hook is about, or NULL */
    bool expired;              /* an allocation found the deadline passed */
    unsigned allocations;
    void *locals; /* heap pointers: task key -> persistence.local */
    void *glb;
};

/* The engine behind a context: the udata of its heap. */
struct engine *engine_of(duk_context *ctx);

void engine_lock(struct engine *e);
void engine_unlock(struct engine *e);

/* The clock of the execution limit starts, and stops. */
void engine_clock_start(struct engine *e);
void engine_clock_stop(struct engine *e);

/*
 * Describe the error at the top of the stack as "FILE:LINE" of its innermost
 * JavaScript line and its message; control characters escaped. Pops it. An
 * error without a line is told with the file of (function), a heap pointer;
 * with "" where that is NULL.
 */
void engine_describe_error(duk_context *ctx, void *function, char *where,
                           size_t where_size, char *what, size_t what_size);

/* load.c: where the error (what) may come from newer syntax, say so. */
void engine_hint(struct diag *d, const char *what);

/* What a script threw. */
struct engine_error {
    char where[512];
    char what[512];
};

/*
 * Run (fn) with (udata) under the lock, the clock and Duktape's protection.
 * Returns whether it did not throw; else (error) is set.
 */
bool engine_run(struct engine *e, duk_safe_call_function fn, void *udata,
                struct engine_error *error);

/* hookset.c: the function at the top of the stack becomes the hook of (sysno)
 * and (phase); it is popped. */
void hookset_put(struct engine *e, unsigned sysno, enum phase phase);
extern const struct hook_ops hookset_ops;

/* What a hook returned, gWisord 1.4. */
struct hook_result {
    bool set[SYSCALL_ARGS];
    uint64_t args[SYSCALL_ARGS];
    bool answered; /* (ret) stands for the call */
    int64_t ret;
};

/*
 * result.c: read the value at the top of the stack. Throws what makes it
 * invalid; (out) is then not to be used.
 */
void result_read(duk_context *ctx, enum phase phase, struct hook_result *out);

/* The accessors as object at the top of the stack. accessor_table.c. */
void accessors_push(duk_context *ctx);

#endif
