/*
 * engine.c: the JavaScript heap, its lock, its limits, and how it is made anew
 * when a process died inside it.
 */
#include "jsengine/internal.h"
#include "vmm/clock.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/shmem.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define JOURNAL_SIZE                                                           \
    (64 * MIB) /* reserved; what is not written costs nothing */

/*
 * Whether the run has had its time: of the processor, so that a busy machine
 * makes no hook fail. Most hooks end before anybody asks. So the first to ask
 * starts the clock: Duktape does after some 256 000 instructions, a few
 * milliseconds.
 */
static bool is_late(struct engine *e)
{
    uint64_t now;

    if (!e->clock)
        return false;
    now = clock_thread_ns();
    if (!e->deadline_ns)
        e->deadline_ns = now + (uint64_t)e->limit_ms * MS_NS;
    return now > e->deadline_ns;
}

/* What Duktape throws then cannot be caught by the script. Before the first
 * instruction of a run it asks, too: that costs no look at the clock. */
duk_bool_t engine_timeout_check(void *udata)
{
    struct engine *e = udata;

    if (!e->asked) {
        e->asked = true;
        return 0;
    }
    return is_late(e);
}

void engine_begin(struct engine *e, uint32_t limit_ms)
{
    e->expired = e->asked = false;
    e->deadline_ns = 0;
    e->limit_ms = limit_ms;
    e->clock = true;
    memset(e->has_slot, 0, sizeof(e->has_slot));
    e->args = NULL;
}

void engine_end(struct engine *e)
{
    e->clock = false;
}

/*
 * Native loops, as of join() over a long and empty array, run no instructions
 * after which Duktape would ask. But they allocate: past the deadline there is
 * no more memory, until the clock starts anew.
 */
static bool out_of_time(struct engine *e)
{
    if (!e->clock)
        return false;
    if (!e->expired && ++e->allocations % 256 == 0)
        e->expired = is_late(e);
    return e->expired;
}

static void *heap_alloc(void *udata, duk_size_t size)
{
    struct engine *e = udata;

    return out_of_time(e) ? NULL : region_alloc(e->region, size);
}

static void *heap_realloc(void *udata, void *ptr, duk_size_t size)
{
    struct engine *e = udata;

    return out_of_time(e) ? NULL : region_realloc(e->region, ptr, size);
}

static void heap_free(void *udata, void *ptr)
{
    region_free(((struct engine *)udata)->region, ptr);
}

/* All calls are protected: this is a bug of ours or of Duktape's, and the heap
 * cannot be used any more. */
static void heap_fatal(void *udata, const char *message)
{
    engine_tell(udata, "the JavaScript engine failed: %s", message);
    abort();
}

void engine_tell(const struct engine *e, const char *format, ...)
{
    char line[2048] = "microvm-hook: ";
    size_t size = strlen(line);
    va_list args;
    int n;

    va_start(args, format);
    n = vsnprintf(line + size, sizeof(line) - size, format, args);
    va_end(args);
    size = min_u64(size + (size_t)(n > 0 ? n : 0), sizeof(line) - 1);
    line[size++] = '\n'; /* in place of the NUL */
    /* Nobody is left to be told of a failure to tell. */
    if (write(e->config.print_fd, line, size) < 0)
        return;
}

struct engine *engine_of(duk_context *ctx)
{
    duk_memory_functions functions;

    duk_get_memory_functions(ctx, &functions);
    return functions.udata;
}

struct task *engine_task(duk_context *ctx)
{
    struct engine *e = engine_of(ctx);

    if (!e->task)
        duk_error(ctx, DUK_ERR_ERROR, "only hooks have a process");
    return e->task;
}

/* Make the heap and the world in it; the region is empty. */
static int make_heap(struct engine *e)
{
    struct engine_shared *s = e->shared;

    memset(s->chain, 0, sizeof(s->chain));
    s->hook_count = 0;
    s->link_count = 1;
    s->generation++;
    s->ctx =
        duk_create_heap(heap_alloc, heap_realloc, heap_free, e, heap_fatal);
    if (!s->ctx || duk_safe_call(s->ctx, world_build, e, 0, 1) != 0)
        return -ENOMEM;
    duk_pop(s->ctx);
    return 0;
}

/*
 * Its owner died inside a hook, and nobody knows what it left half done. What
 * made the world is known: it is made anew, and all are told, because what
 * scripts kept is gone. Whoever dies meanwhile leaves that to the next one.
 * What dispatch looks at stays as it is until the new hooks are there: no call
 * gets past them.
 */
static void rebuild(struct engine *e)
{
    pthread_mutex_consistent(&e->shared->lock);
    /* A fork may have copied these from the middle of another task's hook. */
    e->call = NULL;
    e->task = NULL;
    region_reset(e->region);
    e->replaying = true;
    if (make_heap(e) < 0)
        heap_fatal(e, "no memory to make it anew");
    engine_replay(e);
    e->replaying = false;
    hookset_publish(e);
    engine_tell(e, "a process was killed inside a hook: the JavaScript world "
                   "was made anew from its sources, what hooks kept is lost");
}

void engine_lock(struct engine *e)
{
    if (pthread_mutex_lock(&e->shared->lock) == EOWNERDEAD)
        rebuild(e);
}

void engine_unlock(struct engine *e)
{
    pthread_mutex_unlock(&e->shared->lock);
}

static int create_shared(struct engine *e)
{
    e->shared = shmem_map(sizeof(*e->shared));
    if (!e->shared)
        return -ENOMEM;
    lock_init(&e->shared->lock);
    return 0;
}

/*
 * The program's standard error is the monitor's, and many a program closes or
 * replaces it: what hooks print must not be lost, nor go to where the program
 * leads it. Without a standard error nothing is printed.
 */
static int keep_print_fd(struct engine *e, struct diag *d)
{
    int fd = privfd_dup(e->config.print_fd);

    if (fd < 0 && fd != -EBADF)
        return diag_set(d, fd, "cannot keep a descriptor to print to");
    e->config.print_fd = fd < 0 ? -1 : fd;
    return 0;
}

int engine_create(struct engine **out, const struct engine_config *config,
                  struct diag *d)
{
    struct engine *e = calloc(1, sizeof(*e));
    int rc;

    if (!e)
        return diag_set(d, -ENOMEM, "cannot create a JavaScript engine");
    e->config = *config;
    /* Without one only absolute names lead anywhere. */
    if (!getcwd(e->cwd, sizeof(e->cwd)))
        strcpy(e->cwd, "/nonexistent");
    rc = keep_print_fd(e, d);
    if (rc < 0) {
        free(e);
        return rc;
    }
    e->region = region_create(config->heap_bytes);
    e->journal = journal_create(JOURNAL_SIZE);
    if (!e->region || !e->journal || create_shared(e) < 0 || make_heap(e) < 0) {
        engine_destroy(e);
        return diag_set(d, -ENOMEM,
                        "cannot create a JavaScript heap of %zu bytes",
                        config->heap_bytes);
    }
    *out = e;
    return 0;
}

void engine_destroy(struct engine *e)
{
    if (!e)
        return;
    /* The heap goes with its region: nothing outside hangs on it, and no
     * finalizer of a script gets another turn. */
    region_destroy(e->region);
    journal_destroy(e->journal);
    if (e->shared)
        munmap(e->shared, sizeof(*e->shared));
    privfd_close(e->config.print_fd);
    free(e);
}

struct hooks engine_hooks(struct engine *e)
{
    return (struct hooks){
        .ops = &run_ops,
        .ctx = e,
        .hooked = e->shared->hooked,
        .events = &e->shared->events,
    };
}

uint64_t engine_hook_errors(const struct engine *e)
{
    return e->shared->errors;
}

bool engine_protect(struct engine *e, duk_safe_call_function fn, void *udata,
                    struct engine_error *error)
{
    duk_context *ctx = e->shared->ctx;
    bool ok;

    engine_begin(e, e->config.timeout_ms);
    ok = duk_safe_call(ctx, fn, udata, 0, 1) == DUK_EXEC_SUCCESS;
    engine_end(e);
    if (ok)
        duk_pop(ctx);
    else
        engine_describe_error(ctx, NULL, error->where, sizeof(error->where),
                              error->what, sizeof(error->what));
    return ok;
}

bool engine_run(struct engine *e, duk_safe_call_function fn, void *udata,
                struct engine_error *error)
{
    bool ok;

    engine_lock(e);
    ok = engine_protect(e, fn, udata, error);
    engine_unlock(e);
    return ok;
}
