/* aio.c: contexts of asynchronous I/O and the host's behind them. */
#include "vmm/aio.h"

#include "vmm/clock.h"
#include "vmm/host_call.h"
#include "vmm/lock.h"
#include "vmm/restart.h"
#include "vmm/task.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/*
 * A process that uses this may be killed anywhere: so what leads to something
 * is set when that is there, by one store. What one was just about to hand on
 * is lost: an event, or the room for one.
 */
#define SET(place_, value_)                                                    \
    __atomic_store_n((place_), (value_), __ATOMIC_RELEASE)

/* A request that is not taken yet. The host's kernel tells its address. */
struct slot {
    struct iocb iocb;
    gva_t obj; /* where the program has it */
    bool used;
};

struct aio_context {
    struct aio_context *next;
    gva_t id;
    uint64_t size; /* of either mapping */
    aio_context_t host;
    unsigned users;
    uint32_t count, next_slot;
    struct slot *slot; /* (count) of them */
};

/* What the host's mapping begins with; struct aio_ring of Linux's fs/aio.c, of
 * which libaio knows, too. */
struct ring {
    uint32_t id, nr;
    uint8_t more[24];
};

static struct aio *of(const struct process *process)
{
    return &process->root->sharer.aio;
}

void aio_init(struct aio *a)
{
    *a = (struct aio){0};
    lock_init(&a->lock);
}

/* --- contexts --- */

static void free_context(struct aio_context *ctx)
{
    free(ctx->slot);
    free(ctx);
}

/* More slots than the ring has room for: one is free only when the room is. */
static int attach(struct aio_context *ctx, uint32_t requests)
{
    const struct ring *ring;

    if (syscall(SYS_io_setup, requests, &ctx->host) < 0)
        return -errno;
    ring = (const struct ring *)(uintptr_t)ctx->host;
    ctx->size =
        ALIGN_UP(sizeof(*ring) + ring->nr * sizeof(struct io_event), PAGE_SIZE);
    ctx->count = 2 * ring->nr;
    ctx->slot = calloc(ctx->count, sizeof(*ctx->slot));
    madvise((void *)(uintptr_t)ctx->host, ctx->size, MADV_DONTFORK);
    return ctx->slot ? 0 : -ENOMEM;
}

int64_t aio_create(struct process *p, uint32_t requests)
{
    struct aio *a = of(p);
    struct aio_context *ctx = calloc(1, sizeof(*ctx));
    int64_t at;

    if (!ctx)
        return -ENOMEM;
    at = attach(ctx, requests);
    if (at == 0)
        at = mm_mmap(p->mm, 0, ctx->size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at < 0) {
        if (ctx->host)
            syscall(SYS_io_destroy, ctx->host);
        free_context(ctx);
        return at;
    }
    ctx->id = (gva_t)at;
    ctx->users = 1;
    lock_take(&a->lock);
    ctx->next = a->contexts;
    SET(&a->contexts, ctx);
    lock_give(&a->lock);
    return at;
}

/* Take the first context, or that of (id), out of the list; or NULL. */
static struct aio_context *unlink_context(struct aio *a, const gva_t *id)
{
    struct aio_context **at = &a->contexts, *ctx;

    lock_take(&a->lock);
    while (id && *at && (*at)->id != *id)
        at = &(*at)->next;
    ctx = *at;
    if (ctx)
        SET(at, ctx->next);
    lock_give(&a->lock);
    return ctx;
}

int aio_destroy(struct process *p, gva_t id)
{
    struct aio_context *ctx = unlink_context(of(p), &id);
    uint64_t size;

    if (!ctx)
        return -EINVAL;
    size = ctx->size;
    syscall(SYS_io_destroy, ctx->host);
    aio_put(p, ctx);
    mm_munmap(p->mm, id, size);
    return 0;
}

void aio_destroy_all(struct process *p)
{
    struct aio_context *ctx;

    while ((ctx = unlink_context(of(p), NULL))) {
        syscall(SYS_io_destroy, ctx->host);
        free_context(ctx);
    }
}

void aio_forget(struct process *p)
{
    struct aio *a = of(p);

    for (struct aio_context *ctx = a->contexts, *next; ctx; ctx = next) {
        next = ctx->next;
        free_context(ctx);
    }
    aio_init(a);
}

struct aio_context *aio_get(struct process *p, gva_t id)
{
    struct aio *a = of(p);
    struct aio_context *ctx;

    lock_take(&a->lock);
    for (ctx = a->contexts; ctx && ctx->id != id; ctx = ctx->next)
        ;
    if (ctx)
        ctx->users++;
    lock_give(&a->lock);
    return ctx;
}

void aio_put(struct process *p, struct aio_context *ctx)
{
    struct aio *a = of(p);
    bool last;

    lock_take(&a->lock);
    last = --ctx->users == 0;
    lock_give(&a->lock);
    if (last)
        free_context(ctx);
}

/* --- requests --- */

/* They come back much in the order in which they went. */
static struct slot *use_slot(struct aio *a, struct aio_context *ctx)
{
    struct slot *slot = NULL;

    lock_take(&a->lock);
    for (uint32_t i = 0; i < ctx->count && !slot; i++) {
        struct slot *next = &ctx->slot[ctx->next_slot];

        ctx->next_slot = (ctx->next_slot + 1) % ctx->count;
        if (!next->used)
            slot = next;
    }
    if (slot)
        slot->used = true;
    lock_give(&a->lock);
    return slot;
}

int64_t aio_submit(struct task *task, struct aio_context *ctx,
                   const struct iocb *iocb, gva_t obj)
{
    struct slot *slot = use_slot(of(task->process), ctx);
    struct iocb *list;
    int64_t rc;

    if (!slot)
        return -EAGAIN;
    slot->iocb = *iocb;
    slot->iocb.aio_key = 0;
    slot->obj = obj;
    list = &slot->iocb;
    rc = host_call(&task->signals.pending, SYS_io_submit,
                   (const uint64_t[]){ctx->host, 1, (uintptr_t)&list, 0, 0, 0});
    /* Else it is the event's, which may be taken already. */
    if (rc < 0)
        SET(&slot->used, false);
    return rc;
}

int64_t aio_cancel(struct process *p, struct aio_context *ctx, gva_t obj)
{
    struct aio *a = of(p);
    struct io_event event;
    int64_t rc = -EINVAL;

    lock_take(&a->lock);
    for (uint32_t i = 0; i < ctx->count && rc == -EINVAL; i++)
        if (ctx->slot[i].used && ctx->slot[i].obj == obj)
            rc = syscall(SYS_io_cancel, ctx->host, &ctx->slot[i].iocb, &event) <
                         0
                     ? -errno
                     : 0;
    lock_give(&a->lock);
    return rc;
}

/* Put the program's own in the place of what the host told; one that is not of
 * (ctx) is left out: the program ended that meanwhile and has a new one. */
static int64_t translate(struct aio *a, struct aio_context *ctx,
                         struct io_event *out, int64_t n)
{
    const uint64_t first = (uintptr_t)ctx->slot;
    int64_t kept = 0;

    lock_take(&a->lock);
    for (int64_t i = 0; i < n; i++) {
        const uint64_t index = (out[i].obj - first) / sizeof(struct slot);

        if (out[i].obj < first || index >= ctx->count)
            continue;
        out[kept] = out[i];
        out[kept++].obj = ctx->slot[index].obj;
        SET(&ctx->slot[index].used, false);
    }
    lock_give(&a->lock);
    return kept;
}

int64_t aio_take(struct process *p, struct aio_context *ctx,
                 struct io_event *out, unsigned most)
{
    const struct timespec none = {0};
    int64_t n =
        syscall(SYS_io_getevents, ctx->host, 0L, (long)most, out, &none);

    return n < 0 ? -errno : translate(of(p), ctx, out, n);
}

int64_t aio_await(struct task *task, struct aio_context *ctx,
                  struct io_event *out, unsigned most, uint64_t nanoseconds,
                  const uint64_t *mask)
{
    const struct timespec ts = clock_timespec(min_u64(nanoseconds, INT64_MAX));
    uint64_t blocked;
    const struct {
        const uint64_t *mask;
        uint64_t size;
    } set = {mask ? &blocked : NULL, sizeof(blocked)};
    int64_t rc;

    if (mask)
        blocked = signal_begin_wait(task, *mask);
    rc = host_call(&task->signals.pending, SYS_io_pgetevents,
                   (const uint64_t[]){ctx->host, 1, most, (uintptr_t)out,
                                      (uintptr_t)&ts, (uintptr_t)&set});
    if (mask)
        signal_end_wait(task, rc);
    if (rc > 0)
        return translate(of(task->process), ctx, out, rc);
    if (restart_after_stop(task, rc))
        return 0;
    return rc == HOST_CALL_INTERRUPTED || rc == HOST_CALL_NOT_STARTED ? -EINTR
                                                                      : rc;
}
