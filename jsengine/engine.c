/*
 * engine.c: the JavaScript heap, its lock, its limits, and what an error says.
 */
#include "jsengine/internal.h"
#include "vmm/privfd.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static uint64_t now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* Duktape asks every few hundred thousand instructions; what it throws then
 * cannot be caught by the script. */
duk_bool_t engine_timeout_check(void *udata)
{
    const struct engine *e = udata;

    return e->deadline_ns && now_ns() > e->deadline_ns;
}

void engine_clock_start(struct engine *e)
{
    e->expired = false;
    e->deadline_ns = now_ns() + (uint64_t)e->config.timeout_ms * 1000000u;
}

void engine_clock_stop(struct engine *e)
{
    e->deadline_ns = 0;
}

/*
 * Native loops, as of join() over a long and empty array, run no instructions
 * after which Duktape would ask. But they allocate: past the deadline there is
 * no more memory, until the clock starts anew.
 */
static bool out_of_time(struct engine *e)
{
    if (!e->deadline_ns)
        return false;
    if (!e->expired && ++e->allocations % 256 == 0)
        e->expired = now_ns() > e->deadline_ns;
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
    const struct engine *e = udata;

    dprintf(e->config.print_fd,
            "microvm-hook: the JavaScript engine failed: %s\n", message);
    abort();
}

struct engine *engine_of(duk_context *ctx)
{
    duk_memory_functions functions;

    duk_get_memory_functions(ctx, &functions);
    return functions.udata;
}

void engine_lock(struct engine *e)
{
    /* Its owner died inside a hook: what it left is taken as it is. */
    if (pthread_mutex_lock(&e->shared->lock) == EOWNERDEAD)
        pthread_mutex_consistent(&e->shared->lock);
}

void engine_unlock(struct engine *e)
{
    pthread_mutex_unlock(&e->shared->lock);
}

static int create_shared(struct engine *e)
{
    pthread_mutexattr_t attr;

    e->shared = region_alloc(e->region, sizeof(*e->shared));
    if (!e->shared)
        return -ENOMEM;
    memset(e->shared, 0, sizeof(*e->shared));
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&e->shared->lock, &attr);
    pthread_mutexattr_destroy(&attr);
    return 0;
}

/* Keep the object at the top alive as long as the heap, and pop it. */
static void *keep_object(duk_context *ctx, const char *name)
{
    void *object = duk_require_heapptr(ctx, -1);

    duk_push_heap_stash(ctx);
    duk_insert(ctx, -2);
    duk_put_prop_string(ctx, -2, name);
    duk_pop(ctx);
    return object;
}

/* SYS: name to number, so that scripts need no table of their own. */
static void put_syscall_numbers(duk_context *ctx)
{
    duk_push_object(ctx);
    for (unsigned n = 0; n < SYSCALL_MAX; n++) {
        const struct syscall_desc *row = syscall_row(n);

        if (!row)
            continue;
        duk_push_uint(ctx, n);
        duk_put_prop_string(ctx, -2, row->name);
    }
    duk_put_global_literal(ctx, "SYS");
}

static duk_ret_t build_world(duk_context *ctx, void *udata)
{
    struct engine *e = udata;

    duk_push_object(ctx);
    e->glb = keep_object(ctx, "glb");
    duk_push_bare_array(ctx);
    e->locals = keep_object(ctx, "locals");
    accessors_push(ctx);
    duk_dup_top(ctx);
    duk_put_global_literal(ctx, "accessors");
    duk_put_global_literal(ctx, "hooks"); /* the original's older name */
    put_syscall_numbers(ctx);
    /* JSON.stringify as it is now, whatever scripts do to JSON later. */
    duk_eval_string(ctx, "JSON.stringify");
    duk_put_global_literal(ctx, "stringify");
    /* What a script sees before any hook ran. */
    duk_push_object(ctx);
    duk_push_heapptr(ctx, e->glb);
    duk_put_prop_literal(ctx, -2, "glb");
    duk_put_global_literal(ctx, "persistence");
    duk_push_undefined(ctx);
    duk_put_global_literal(ctx, "args");
    return 0;
}

/*
 * The program's standard error is the monitor's, and many a program closes or
 * replaces it: what hooks print must not be lost, nor go to where the program
 * leads it. Without a standard error nothing is printed.
 */
static int keep_print_fd(struct engine *e, struct diag *d)
{
    int fd = privfd_adopt(fcntl(e->config.print_fd, F_DUPFD_CLOEXEC, 3));

    if (fd < -1)
        return diag_set(d, fd, "cannot keep a descriptor to print to");
    e->config.print_fd = fd;
    return 0;
}

int engine_create(struct engine **out, const struct engine_config *config,
                  struct diag *d)
{
    struct engine *e = calloc(1, sizeof(*e));
    bool ok = e != NULL;
    int rc;

    if (ok) {
        e->config = *config;
        rc = keep_print_fd(e, d);
        if (rc < 0) {
            free(e);
            return rc;
        }
        e->region = region_create(config->heap_bytes);
        ok = e->region && create_shared(e) == 0;
    }
    if (ok) {
        e->ctx =
            duk_create_heap(heap_alloc, heap_realloc, heap_free, e, heap_fatal);
        ok = e->ctx && duk_safe_call(e->ctx, build_world, e, 0, 1) == 0;
    }
    if (!ok) {
        engine_destroy(e);
        return diag_set(d, -ENOMEM,
                        "cannot create a JavaScript heap of %zu bytes",
                        config->heap_bytes);
    }
    duk_pop(e->ctx);
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
    privfd_close(e->config.print_fd);
    free(e);
}

struct hooks engine_hooks(struct engine *e)
{
    return (struct hooks){
        .ops = &hookset_ops,
        .ctx = e,
        .hooked = e->shared->hooked,
    };
}

uint64_t engine_hook_errors(const struct engine *e)
{
    return e->shared->errors;
}

/* Text that a hook or the guest chose, fit for one line of a terminal. */
static void copy_escaped(char *out, size_t size, const char *text)
{
    size_t at = 0;

    for (; *text && at + 5 < size; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == 0x7f)
            at += (size_t)snprintf(out + at, size - at, "\\x%02x", c);
        else
            out[at++] = (char)c;
    }
    out[at] = '\0';
}

/*
 * The innermost line of a script in (stack): "    at NAME (FILE:LINE) ...".
 * Native functions have no file, or one of ours, marked "internal".
 */
static void find_place(const char *stack, char *out, size_t size)
{
    out[0] = '\0';
    for (const char *line = strchr(stack, '\n'); line;
         line = strchr(line + 1, '\n')) {
        const char *open = strchr(line, '(');
        const char *close = open ? strchr(open, ')') : NULL;
        const char *next = strchr(line + 1, '\n');

        if (!close || (next && close > next) || strncmp(open, "([", 2) == 0 ||
            strncmp(open, "(native", 7) == 0 ||
            strncmp(close, ") internal", 10) == 0 ||
            strncmp(close, ") native", 8) == 0)
            continue;
        snprintf(out, size, "%.*s", (int)(close - open - 1), open + 1);
        return;
    }
}

struct description {
    void *function;
    char *where, *what;
    size_t where_size, what_size;
};

/* The message first: whatever the place's properties do, it is safe then. */
static duk_ret_t describe(duk_context *ctx, void *udata)
{
    struct description *d = udata;
    char place[512] = "";

    duk_dup_top(ctx);
    copy_escaped(d->what, d->what_size, duk_safe_to_string(ctx, -1));
    duk_pop(ctx);
    if (duk_is_error(ctx, -1)) {
        duk_get_prop_literal(ctx, -1, "stack");
        find_place(duk_safe_to_string(ctx, -1), place, sizeof(place));
        duk_pop(ctx);
        if (!place[0] && duk_get_error_code(ctx, -1) == DUK_ERR_SYNTAX_ERROR) {
            duk_get_prop_literal(ctx, -1, "fileName");
            duk_get_prop_literal(ctx, -2, "lineNumber");
            snprintf(place, sizeof(place), "%s:%s", duk_safe_to_string(ctx, -2),
                     duk_safe_to_string(ctx, -1));
            duk_pop_2(ctx);
        }
    }
    if (!place[0] && d->function) {
        duk_push_heapptr(ctx, d->function);
        duk_get_prop_literal(ctx, -1, "fileName");
        snprintf(place, sizeof(place), "%s",
                 duk_get_string_default(ctx, -1, "native"));
    }
    copy_escaped(d->where, d->where_size, place);
    return 0;
}

void engine_describe_error(duk_context *ctx, void *function, char *where,
                           size_t where_size, char *what, size_t what_size)
{
    struct description d = {function, where, what, where_size, what_size};
    struct engine *e = engine_of(ctx);
    bool expired = e->expired;

    snprintf(where, where_size, function ? "unknown place" : "");
    snprintf(what, what_size, "the error cannot be told");
    /* A thrown object may itself throw when it is looked at. */
    engine_clock_start(e);
    duk_safe_call(ctx, describe, &d, 1, 1);
    engine_clock_stop(e);
    duk_pop(ctx);
    /* What was thrown then is that there was no memory. */
    if (expired)
        snprintf(what, what_size, "RangeError: execution timeout");
}

bool engine_run(struct engine *e, duk_safe_call_function fn, void *udata,
                struct engine_error *error)
{
    bool ok;

    engine_lock(e);
    engine_clock_start(e);
    ok = duk_safe_call(e->ctx, fn, udata, 0, 1) == DUK_EXEC_SUCCESS;
    engine_clock_stop(e);
    if (ok)
        duk_pop(e->ctx);
    else
        engine_describe_error(e->ctx, NULL, error->where, sizeof(error->where),
                              error->what, sizeof(error->what));
    engine_unlock(e);
    return ok;
}
