/* aio.c: contexts of asynchronous I/O. All of it is under the process's lock,
 * but for waiting. */
#include "vmm/aio.h"

#include "vmm/host_call.h"
#include "vmm/privfd.h"
#include "vmm/restart.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <time.h>
#include <unistd.h>

#define NSEC_PER_SEC UINT64_C(1000000000)

/* Who waits for descriptors cannot be woken by other threads' events: they are
 * looked for so often. */
#define LOOK_AGAIN (10 * 1000 * 1000) /* ns */

#define RING_HEADER 32 /* sizeof(struct aio_ring) */
#define RING_MAX    0x10000000

/* A request that waits for a descriptor. */
struct pending {
    struct pending *next;
    int fd; /* the monitor's own duplicate */
    short events;
    struct io_event event;
};

struct aio_context {
    struct aio_context *next;
    gva_t id;
    uint64_t size; /* of the mapping */
    unsigned users;
    bool ended;
    uint32_t changes; /* a futex: counts what waiters look for */
    struct pending *pending;
    unsigned pending_count;
    unsigned capacity, reserved;
    struct io_event *ring; /* (capacity) of them */
    unsigned head, count;
};

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
    while (ctx->pending) {
        struct pending *gone = ctx->pending;

        ctx->pending = gone->next;
        privfd_close(gone->fd);
        free(gone);
    }
    free(ctx->ring);
    free(ctx);
}

int64_t aio_create(struct process *p, uint32_t requests)
{
    struct aio_context *ctx;
    int64_t at = -ENOMEM;
    unsigned capacity;
    uint64_t size;
    int rc = measure(requests, &size, &capacity);

    if (rc < 0)
        return rc;
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
    pthread_mutex_lock(&p->lock);
    ctx->next = p->aio;
    p->aio = ctx;
    pthread_mutex_unlock(&p->lock);
    return at;
}

/* The waiters look again; the lock is held. */
static void tell(struct aio_context *ctx)
{
    ctx->changes++;
    syscall(SYS_futex, &ctx->changes, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL,
            0);
}

static void put_locked(struct aio_context *ctx)
{
    if (--ctx->users == 0)
        free_context(ctx);
}

int aio_destroy(struct process *p, gva_t id)
{
    struct aio_context **at = &p->aio, *ctx;
    uint64_t size = 0;

    pthread_mutex_lock(&p->lock);
    while (*at && (*at)->id != id)
        at = &(*at)->next;
    ctx = *at;
    if (ctx) {
        *at = ctx->next;
        ctx->ended = true;
        size = ctx->size;
        tell(ctx);
        put_locked(ctx);
    }
    pthread_mutex_unlock(&p->lock);
    if (!ctx)
        return -EINVAL;
    mm_munmap(p->mm, id, size);
    return 0;
}

void aio_disown_all(const struct process *p)
{
    for (const struct aio_context *ctx = p->aio; ctx; ctx = ctx->next)
        for (const struct pending *w = ctx->pending; w; w = w->next)
            privfd_disown(w->fd);
}

void aio_destroy_all(struct process *p)
{
    while (p->aio) {
        struct aio_context *ctx = p->aio;

        p->aio = ctx->next;
        free_context(ctx);
    }
}

struct aio_context *aio_get(struct process *p, gva_t id)
{
    struct aio_context *ctx;

    pthread_mutex_lock(&p->lock);
    for (ctx = p->aio; ctx && ctx->id != id; ctx = ctx->next)
        ;
    if (ctx)
        ctx->users++;
    pthread_mutex_unlock(&p->lock);
    return ctx;
}

void aio_put(struct process *p, struct aio_context *ctx)
{
    pthread_mutex_lock(&p->lock);
    put_locked(ctx);
    pthread_mutex_unlock(&p->lock);
}

bool aio_reserve(struct process *p, struct aio_context *ctx)
{
    bool room;

    pthread_mutex_lock(&p->lock);
    room = ctx->reserved < ctx->capacity;
    ctx->reserved += room;
    pthread_mutex_unlock(&p->lock);
    return room;
}

void aio_unreserve(struct process *p, struct aio_context *ctx)
{
    pthread_mutex_lock(&p->lock);
    ctx->reserved--;
    pthread_mutex_unlock(&p->lock);
}

/* Its place was reserved; the lock is held. */
static void enqueue(struct aio_context *ctx, const struct io_event *event)
{
    ctx->ring[(ctx->head + ctx->count++) % ctx->capacity] = *event;
    tell(ctx);
}

void aio_complete(struct process *p, struct aio_context *ctx,
                  const struct io_event *event, int resfd)
{
    const uint64_t one = 1;

    pthread_mutex_lock(&p->lock);
    enqueue(ctx, event);
    pthread_mutex_unlock(&p->lock);
    /* A full counter stays full, as in the kernel. */
    if (resfd >= 0 && write(resfd, &one, sizeof(one)) < 0)
        return;
}

int aio_add_poll(struct process *p, struct aio_context *ctx, int fd,
                 short events, const struct io_event *event)
{
    struct pending *new = calloc(1, sizeof(*new));
    int copy;

    if (!new)
        return -ENOMEM;
    copy = privfd_dup(fd);
    if (copy < 0) {
        free(new);
        return copy;
    }
    *new = (struct pending){.fd = copy, .events = events, .event = *event};
    pthread_mutex_lock(&p->lock);
    new->next = ctx->pending;
    ctx->pending = new;
    ctx->pending_count++;
    tell(ctx);
    pthread_mutex_unlock(&p->lock);
    return 0;
}

/* (*at) is complete with (result); the lock is held. */
static void finish(struct aio_context *ctx, struct pending **at, int64_t result)
{
    struct pending *gone = *at;

    *at = gone->next;
    ctx->pending_count--;
    gone->event.res = result;
    enqueue(ctx, &gone->event);
    privfd_close(gone->fd);
    free(gone);
}

int aio_cancel_poll(struct process *p, struct aio_context *ctx, gva_t obj)
{
    struct pending **at;
    int rc = -EINVAL;

    pthread_mutex_lock(&p->lock);
    for (at = &ctx->pending; *at && (*at)->event.obj != obj; at = &(*at)->next)
        ;
    if (*at) {
        finish(ctx, at, 0);
        rc = 0;
    }
    pthread_mutex_unlock(&p->lock);
    return rc;
}

/* Complete what has come to pass; the lock is held. */
static void harvest(struct aio_context *ctx)
{
    struct pending **at = &ctx->pending;

    while (*at) {
        struct pollfd fd = {.fd = (*at)->fd, .events = (*at)->events};

        if (poll(&fd, 1, 0) > 0)
            finish(ctx, at, fd.revents);
        else
            at = &(*at)->next;
    }
}

int aio_take(struct process *p, struct aio_context *ctx, struct io_event *out,
             unsigned most)
{
    unsigned n = 0;
    bool ended;

    pthread_mutex_lock(&p->lock);
    ended = ctx->ended;
    harvest(ctx);
    for (; n < most && ctx->count > 0 && !ended; n++) {
        out[n] = ctx->ring[ctx->head];
        ctx->head = (ctx->head + 1) % ctx->capacity;
        ctx->count--;
        ctx->reserved--;
    }
    pthread_mutex_unlock(&p->lock);
    return ended ? -EINVAL : (int)n;
}

/* Whether there is something to take or nothing to wait for; else (fds) are
 * waited for, or where that is NULL, (*changes) tells of events. */
static bool prepare(struct process *p, struct aio_context *ctx,
                    struct pollfd **fds, unsigned *n, uint32_t *changes)
{
    bool ready;

    pthread_mutex_lock(&p->lock);
    harvest(ctx);
    ready = ctx->count > 0 || ctx->ended;
    *changes = ctx->changes;
    *n = 0;
    *fds = ctx->pending ? calloc(ctx->pending_count, sizeof(**fds)) : NULL;
    for (struct pending *at = ctx->pending; at && *fds; at = at->next)
        (*fds)[(*n)++] = (struct pollfd){.fd = at->fd, .events = at->events};
    pthread_mutex_unlock(&p->lock);
    return ready;
}

int aio_wait(struct task *task, struct aio_context *ctx, uint64_t nanoseconds,
             const uint64_t *mask)
{
    struct pollfd *fds;
    struct timespec ts;
    uint32_t changes;
    unsigned n;
    int64_t rc = 0;

    if (prepare(task->process, ctx, &fds, &n, &changes)) {
        free(fds);
        return 0;
    }
    if (fds || mask)
        nanoseconds = min_u64(nanoseconds, LOOK_AGAIN);
    ts.tv_sec = (time_t)min_u64(nanoseconds / NSEC_PER_SEC, INT32_MAX);
    ts.tv_nsec = (long)(nanoseconds % NSEC_PER_SEC);
    if (fds || mask) {
        const uint64_t args[] = {(uint64_t)(uintptr_t)fds,
                                 n,
                                 (uint64_t)(uintptr_t)&ts,
                                 (uint64_t)(uintptr_t)mask,
                                 sizeof(*mask),
                                 0};

        rc = host_call(&task->signals.pending, SYS_ppoll, args);
    } else {
        const uint64_t args[] = {(uint64_t)(uintptr_t)&ctx->changes,
                                 FUTEX_WAIT_PRIVATE,
                                 changes,
                                 (uint64_t)(uintptr_t)&ts,
                                 0,
                                 0};

        rc = host_call(&task->signals.pending, SYS_futex, args);
    }
    free(fds);
    if (restart_after_stop(task, rc))
        return 0;
    return rc == -EINTR || rc == HOST_CALL_INTERRUPTED ||
                   rc == HOST_CALL_NOT_STARTED
               ? -EINTR
               : 0;
}
