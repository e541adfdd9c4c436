/*
 * internal.h: what the files of the engine share. Layer 3.
 */
#ifndef JSENGINE_INTERNAL_H
#define JSENGINE_INTERNAL_H

#include "jsengine/engine.h"
#include "jsengine/journal.h"
#include "jsengine/region.h"
#include "vmm/call.h"

#include <duktape.h>
#include <limits.h>
#include <pthread.h>

#define HOOKS_MAX 4096
#define LINKS_MAX 32768

/* When a hook runs: before or after calls, or at an event of a task. */
enum phase {
    PHASE_BEFORE,
    PHASE_AFTER,
    PHASE_EVENT, /* and so on: PHASE_EVENT + enum hook_event */
    PHASES = PHASE_EVENT + HOOK_EVENTS
};

extern const char *const phase_names[PHASES];

/* Numbers of calls, a bit each. */
struct call_set {
    uint64_t word[HOOK_SYSNO_MAX / 64];
};

static inline bool call_set_has(const struct call_set *set, uint64_t sysno)
{
    return sysno < HOOK_SYSNO_MAX && set->word[sysno / 64] >> sysno % 64 & 1;
}

/* What is asked before JavaScript runs. Zero: nothing. */
struct hook_filter {
    char comm[16];  /* name of the thread; "": any */
    char path[256]; /* beginning of a path argument; "": any */
    bool has_fd;    /* a descriptor argument is (fd) */
    bool has_mask;  /* argument (mask_arg) & (bits) is (value) */
    uint8_t mask_arg;
    int fd;
    uint64_t bits, value;
    uint64_t nth;   /* only the nth that passes the rest; 0: any */
    uint64_t every; /* every nth */
    bool has_chance;
    double chance;   /* 0 to 1 */
    uint64_t random; /* state of the generator */
    uint64_t seen;   /* that passed the rest */
};

/* How a hook is run. */
struct hook_options {
    struct hook_filter filter;
    enum hook_policy policy; /* what it means for the call that it fails */
    uint32_t timeout_ms;
};

struct hook {
    uint32_t id; /* 0: removed */
    enum phase phase;
    bool unique;    /* AddHook's: the next one for the call replaces it */
    void *function; /* heap pointers, kept alive by the stash: what is called */
    void *program;  /* the source of a configuration, run before; or NULL */
    void *entry;    /* then the name of the global that is called */
    void *source;   /* the text of (program) */
    struct hook_options options;
    struct call_set calls;
};

/* A hook in the chain of a call. */
struct hook_link {
    uint16_t hook, next;
};

/* What the scripts' world is, besides the heap: shared by all processes, and
 * outside the heap, so that it outlives it. */
struct engine_shared {
    union {
        uint8_t hooked[HOOK_SYSNO_MAX];
        uint8_t page[PAGE_SIZE]; /* that guests read: struct hooks */
    };
    pthread_mutex_t lock; /* robust: one hook runs at a time */
    uint64_t errors;
    uint64_t generation; /* how often the heap was made */
    uint64_t scripts;    /* that came over the control socket */
    uint32_t next_id;
    uint32_t events; /* bits of enum hook_event that are hooked */

    /* The heap's: made anew with it. */
    duk_context *ctx;
    void *glb;    /* heap pointers: persistence.glb */
    void *locals; /* task key -> persistence.local */
    void *slots;  /* objects of the running hook: enum slot */
    uint32_t hook_count;
    struct hook hooks[HOOKS_MAX];

    /* By phase and number the hooks of a call, ascending: made from (hooks). */
    uint16_t chain[PHASE_EVENT][HOOK_SYSNO_MAX]; /* first link; 0: none */
    uint16_t link_count;                         /* link 0 is none */
    struct hook_link links[LINKS_MAX];
};

enum slot { SLOT_ARGS, SLOT_PERSISTENCE, SLOTS };

/* What a hook returned, gWisord 1.4. */
struct hook_result {
    bool set[SYSCALL_ARGS];
    uint64_t args[SYSCALL_ARGS];
    uint64_t delay_ns;
    bool answered; /* (ret) stands for the call */
    int64_t ret;
};

struct engine {
    struct engine_config config;
    struct region *region;
    struct engine_shared *shared;
    struct journal *journal;
    char cwd[PATH_MAX]; /* where names of files begin, whoever moves later */
    bool replaying;     /* the world is made anew */

    /* Of what runs, under the lock. */
    struct task *task;         /* that the running hook is about, or NULL */
    struct syscall_call *call; /* and its call, or NULL */
    enum phase phase;
    bool has_slot[SLOTS]; /* the object was made for this run */
    void *args;           /* heap pointer: `args` as it was made, or NULL */
    bool clock;           /* the limit counts */
    bool expired;         /* an allocation found the deadline passed */
    bool asked;           /* Duktape has asked for the first time */
    uint32_t limit_ms;
    uint64_t deadline_ns; /* clock_thread_ns(); 0: nobody asked yet */
    unsigned allocations;
};

/* The engine behind a context: the udata of its heap. */
struct engine *engine_of(duk_context *ctx);

/* The task whose hook runs; throws where a script runs, which has none. */
struct task *engine_task(duk_context *ctx);

/* Take the lock; a world that a dying process left behind is made anew. */
void engine_lock(struct engine *e);
void engine_unlock(struct engine *e);

/*
 * The same for (task): while it waits it may be stopped (vmm/stop.h), and a
 * stopped task does not get the lock. Behind the lock, what a hook sent to
 * other threads of the process goes out. enter.c.
 */
void engine_lock_for(struct engine *e, struct task *task);
void engine_unlock_for(struct engine *e, struct task *task);

/* A run begins, and ends: the clock of its limit starts, and stops. */
void engine_begin(struct engine *e, uint32_t limit_ms);
void engine_end(struct engine *e);

/* Print one line of the monitor's to where hooks print; cut where too long. */
void engine_tell(const struct engine *e, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/*
 * describe.c: the error at the top of the stack as "FILE:LINE" of its innermost
 * JavaScript line and its message; control characters escaped. Pops it. An
 * error without a line is told with the file of (function), a heap pointer;
 * with "" where that is NULL.
 */
void engine_describe_error(duk_context *ctx, void *function, char *where,
                           size_t where_size, char *what, size_t what_size);

/* load.c: where the error (what) may come from newer syntax, say so. */
void engine_hint(struct diag *d, const char *what);

/* config.c: register the hooks of a configuration again. Under the lock. */
void config_replay(struct engine *e, const struct journal_entry *entry);

/* load.c: do again what the journal says. Under the lock. */
void engine_replay(struct engine *e);

/* What a script threw. */
struct engine_error {
    char where[512];
    char what[512];
};

/*
 * Run (fn) with (udata) under the clock and Duktape's protection; the lock is
 * held. Returns whether it did not throw; else (error) is set.
 */
bool engine_protect(struct engine *e, duk_safe_call_function fn, void *udata,
                    struct engine_error *error);

/* The same, and the lock is taken for it. */
bool engine_run(struct engine *e, duk_safe_call_function fn, void *udata,
                struct engine_error *error);

/* world.c: make the globals that scripts find. A duk_safe_call_function. */
duk_ret_t world_build(duk_context *ctx, void *engine);
/* Push the task's persistence.local. */
void world_push_local(duk_context *ctx, struct task *task);
/* Drop it. */
void world_drop_local(struct engine *e, struct task *task);

/*
 * hookset.c: register the function at the top of the stack, which is popped,
 * as (hook) says: all but id, function and place. Returns its id. Throws where
 * there are too many.
 */
uint32_t hookset_add(duk_context *ctx, const struct hook *hook);
/* Returns whether there was one. */
bool hookset_remove(duk_context *ctx, uint32_t id);
/* Remove (keys), all of them there, or for count 0 all hooks. */
void hookset_remove_keys(struct engine *e, const struct engine_hook_key *keys,
                         size_t count);
/* Make from the hooks what is looked at when a call is made; not while the
 * world is made anew. */
void hookset_publish(struct engine *e);
/* The first hook for the call from index (from) on, or HOOKS_MAX. */
uint32_t hookset_next(const struct engine_shared *s, enum phase phase,
                      uint64_t sysno, uint32_t from);
/* A hook with the engine's policy and limit, for calls of (phase). */
struct hook hookset_default(const struct engine *e, enum phase phase);

/* run.c: running hooks. */
extern const struct hook_ops run_ops;
/* Make and push the object args of the running hook. */
void run_push_args(duk_context *ctx, struct engine *e);

/* filter.c: whether the hook is to run for (call), or where that is NULL for
 * the event of (task). Counts. */
bool filter_passes(struct hook_filter *filter, const struct syscall_call *call);

/* selector.c: the value at (index): a number, a name, a class as "%file", or a
 * list of these, as a set. Throws what it is not. */
void selector_read(duk_context *ctx, duk_idx_t index, struct call_set *out);
/* The options of a hook for (phase), an object. Throws. */
void selector_options(duk_context *ctx, duk_idx_t index, enum phase phase,
                      struct hook_options *out);
/* A phase by its name, or PHASES. */
enum phase selector_phase(const char *name);
/* "open" or "closed" at (index). Throws. */
enum hook_policy selector_policy(duk_context *ctx, duk_idx_t index);

/* result.c: read the value at the top of the stack. Throws what makes it
 * invalid; (out) is then not to be used. */
void result_read(duk_context *ctx, enum phase phase, struct hook_result *out);
/* An errno at (index): 0 to 4095, or a name. Throws. */
int result_errno(duk_context *ctx, duk_idx_t index);

/* module.c: push require() for the scripts of directory (dir). */
void module_push_require(duk_context *ctx, const char *dir);
/* The directory of the file (path), absolute; "" for the root. */
void module_directory(const struct engine *e, const char *path, char *out,
                      size_t size);

/* The accessors as object at the top of the stack. accessor_table.c. */
void accessors_push(duk_context *ctx);

#endif
