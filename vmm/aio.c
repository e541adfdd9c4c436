/* aio.c: contexts of asynchronous I/O: their queues, and who waits for what
 * comes there. All of it is under one lock, but for waiting. */
#include "vmm/aio_internal.h"

#include "vmm/host_call.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"
#include "vmm/restart.h"
#include "vmm/task.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC UINT64_C(1000000000)

/* While the bell rings for others, who waits looks so often. */
#define LOOK_AGAIN (10 * 1000 * 1000) /* ns */

#define RING_HEADER 32 /* sizeof(struct aio_ring) */
#define RING_MAX    0x10000000

/* Who waits for events of (ctx); on the stack of the thread that does, which
 * stays where that is killed. */
struct aio_waiter {
    struct aio_waiter *next;
    const struct process *process;
    const struct aio_context *ctx;
    bool told; /* the bell rings for it */
};

void aio_init(struct aio *a)
{
    *a = (struct aio){.epoll = -1, .bell = -1};
    lock_init(&a->lock);
}

void aio_hold(struct process *p)
{
    lock_take(&aio_of(p)->lock);
}

void aio_release(struct process *p)
{
    lock_give(&aio_of(p)->lock);
}

/* --- contexts --- */

/* Pages and events as ioctx_alloc() of Linux has them. Returns 0, -EINVAL or
 * -EAGAIN. */
static int measure(uint32_t requests, uint64_t *size, unsigned *capacity)
{
    uint64_t n = 2 * max_u64(requests, 4 * (uint64_t)get_nprocs_conf());

    if (n > RING_MAX / sizeof(struct io_event))
        return -EINVAL;
    *size =
        ALIGN_UP(RING_HEADER + (n + 2) * sizeof(struct io_event), PAGE_SIZE);
    *capacity = (unsigned)((*size - RING_HEADER) / sizeof(struct io_event)) - 1;
    return requests > AIO_MAX_REQUESTS ? -EAGAIN : 0;
}

static void free_context(struct aio_context *ctx)
{
    free(ctx->ring);
    free(ctx);
}

int64_t aio_create(struct process *p, uint32_t requests)
{
    struct aio *a = aio_of(p);
    struct aio_context *ctx;
    int64_t at = -ENOMEM;
    unsigned capacity;
    uint64_t size;
    int rc = measure(requests, &size, &capacity);

    if (rc < 0)
        return rc;
    if (aio_prepare(p) < 0)
        return -ENOMEM;
    ctx = calloc(1, sizeof(*ctx));
    if (!ctx)
        return -ENOMEM;
    ctx->size = size;
    ctx->capacity = capacity;
    ctx->ring = calloc(ctx->capacity, sizeof(*ctx->ring));
    if (ctx->ring)
        at = mm_mmap(p->mm, 0, ctx->size, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (at < 0) {
        free_context(ctx);
        return -ENOMEM;
    }
    ctx->id = (gva_t)at;
    ctx->users = 1;
    lock_take(&a->lock);
    ctx->next = a->contexts;
    AIO_SET(&a->contexts, ctx);
    lock_give(&a->lock);
    return at;
}

static void put_locked(struct aio_context *ctx)
{
    if (--ctx->users == 0)
        free_context(ctx);
}

/* The waiters look again; the lock is held. */
static void tell(const struct aio *a, const struct aio_context *ctx)
{
    const uint64_t one = 1;

    for (struct aio_waiter *w = a->waiters; w; w = w->next) {
        if (w->ctx != ctx || w->told)
            continue;
        /* It cannot fail: nobody else counts there. */
        if (write(a->bell, &one, sizeof(one)) > 0)
            w->told = true;
    }
}

int aio_destroy(struct process *p, gva_t id)
{
    struct aio *a = aio_of(p);
    struct aio_context **at = &a->contexts, *ctx;
    uint64_t size = 0;

    lock_take(&a->lock);
    while (*at && (*at)->id != id)
        at = &(*at)->next;
    ctx = *at;
    if (ctx) {
        AIO_SET(at, ctx->next);
        ctx->ended = true;
        size = ctx->size;
        aio_end_requests(a, ctx);
        tell(a, ctx);
        put_locked(ctx);
    }
    lock_give(&a->lock);
    if (!ctx)
        return -EINVAL;
    mm_munmap(p->mm, id, size);
    return 0;
}

/* Nobody else uses them. */
static void destroy_all(struct aio *a)
{
    aio_end_all_requests(a);
    while (a->contexts) {
        struct aio_context *ctx = a->contexts;

        a->contexts = ctx->next;
        free_context(ctx);
    }
    a->waiters = NULL;
}

void aio_destroy_all(struct process *p)
{
    aio_hold(p);
    destroy_all(aio_of(p));
    aio_release(p);
}

void aio_forget(struct process *p)
{
    struct aio *a = aio_of(p);

    /* The others' set stays as it is. */
    privfd_close(a->epoll);
    privfd_close(a->bell);
    a->epoll = a->bell = -1;
    destroy_all(a);
    aio_init(a);
}

struct aio_context *aio_get(struct process *p, gva_t id)
{
    struct aio *a = aio_of(p);
    struct aio_context *ctx;

    lock_take(&a->lock);
    aio_reap(a);
    for (ctx = a->contexts; ctx && ctx->id != id; ctx = ctx->next)
        ;
    if (ctx)
        ctx->users++;
    lock_give(&a->lock);
    return ctx;
}

void aio_put(struct process *p, struct aio_context *ctx)
{
    aio_hold(p);
    put_locked(ctx);
    aio_release(p);
}

/* --- the queue --- */

bool aio_reserve(struct process *p, struct aio_context *ctx)
{
    bool room;

    aio_hold(p);
    room = ctx->reserved - ctx->head < ctx->capacity;
    ctx->reserved += room;
    aio_release(p);
    return room;
}

void aio_unreserve(struct process *p, struct aio_context *ctx)
{
    aio_hold(p);
    ctx->reserved--;
    aio_release(p);
}

void aio_enqueue(struct aio *a, struct aio_context *ctx,
                 const struct io_event *event)
{
    ctx->ring[ctx->tail % ctx->capacity] = *event;
    AIO_SET(&ctx->tail, ctx->tail + 1);
    tell(a, ctx);
}

void aio_complete(struct process *p, struct aio_context *ctx,
                  const struct io_event *event, int resfd)
{
    const uint64_t one = 1;

    aio_hold(p);
    aio_enqueue(aio_of(p), ctx, event);
    aio_release(p);
    /* A full counter stays full, as in the kernel. */
    if (resfd >= 0 && write(resfd, &one, sizeof(one)) < 0)
        return;
}

int aio_take(struct process *p, struct aio_context *ctx, struct io_event *out,
             unsigned most)
{
    unsigned n = 0;
    bool ended;

    aio_hold(p);
    ended = ctx->ended;
    aio_harvest(aio_of(p));
    for (; n < most && ctx->head != ctx->tail && !ended; n++) {
        out[n] = ctx->ring[ctx->head % ctx->capacity];
        AIO_SET(&ctx->head, ctx->head + 1);
    }
    aio_release(p);
    return ended ? -EINVAL : (int)n;
}

/* --- waiting --- */

static bool rings(const struct aio *a)
{
    const struct aio_waiter *w = a->waiters;

    while (w && !w->told)
        w = w->next;
    return w;
}

/* Have (w) told from now on; false: there is something to take, or nothing to
 * wait for. */
static bool begin_wait(struct aio *a, struct aio_waiter *w, bool *ringing)
{
    bool waits;

    lock_take(&a->lock);
    aio_harvest(a);
    waits = w->ctx->head == w->ctx->tail && !w->ctx->ended;
    *ringing = rings(a);
    if (waits) {
        w->next = a->waiters;
        AIO_SET(&a->waiters, w);
    }
    lock_give(&a->lock);
    return waits;
}

/* Who is the last that the bell rings for stops it; the lock is held. */
static void leave(struct aio *a, struct aio_waiter **at)
{
    uint64_t count;

    AIO_SET(at, (*at)->next);
    if (!rings(a) && read(a->bell, &count, sizeof(count)) < 0)
        return;
}

static void end_wait(struct aio *a, const struct aio_waiter *w)
{
    struct aio_waiter **at = &a->waiters;

    lock_take(&a->lock);
    while (*at != w)
        at = &(*at)->next;
    leave(a, at);
    lock_give(&a->lock);
}

void aio_ended(struct process *p)
{
    struct aio *a = aio_of(p);
    struct aio_waiter **at = &a->waiters;

    lock_take(&a->lock);
    while (*at)
        if ((*at)->process == p)
            leave(a, at);
        else
            at = &(*at)->next;
    lock_give(&a->lock);
}

int aio_wait(struct task *task, struct aio_context *ctx, uint64_t nanoseconds,
             const uint64_t *mask)
{
    struct aio *a = aio_of(task->process);
    struct aio_waiter waiter = {.process = task->process, .ctx = ctx};
    struct pollfd fds[] = {{.fd = a->epoll, .events = POLLIN},
                           {.fd = a->bell, .events = POLLIN}};
    struct timespec ts;
    uint64_t blocked;
    bool ringing;
    int64_t rc;

    if (!begin_wait(a, &waiter, &ringing))
        return 0;
    if (ringing)
        nanoseconds = min_u64(nanoseconds, LOOK_AGAIN);
    ts.tv_sec = (time_t)min_u64(nanoseconds / NSEC_PER_SEC, INT32_MAX);
    ts.tv_nsec = (long)(nanoseconds % NSEC_PER_SEC);
    if (mask)
        blocked = signal_begin_wait(task, *mask);
    rc = host_call(&task->signals.pending, SYS_ppoll,
                   (const uint64_t[]){(uint64_t)(uintptr_t)fds, ringing ? 1 : 2,
                                      (uint64_t)(uintptr_t)&ts,
                                      mask ? (uint64_t)(uintptr_t)&blocked : 0,
                                      sizeof(blocked), 0});
    if (mask)
        signal_end_wait(task, rc);
    end_wait(a, &waiter);
    if (restart_after_stop(task, rc))
        return 0;
    return rc == -EINTR || rc == HOST_CALL_INTERRUPTED ||
                   rc == HOST_CALL_NOT_STARTED
               ? -EINTR
               : 0;
}
