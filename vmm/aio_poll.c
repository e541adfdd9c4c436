/*
 * aio_poll.c: requests that wait for a file, IOCB_CMD_POLL.
 *
 * All files that are waited for are in one epoll set. As Linux's request keeps
 * its file open, so does a duplicate of the descriptor, in one table; threads
 * of other tables can complete the request, but not close that: the next one of
 * its own table does.
 */
#include "vmm/aio_internal.h"
#include "vmm/lock.h"
#include "vmm/privfd.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

#define BATCH 64

struct aio_request {
    struct aio_request *next;
    uint64_t key;                /* in the set: no pointer, it may be gone */
    struct aio_context *ctx;     /* or NULL: it is complete */
    const struct privfds *table; /* where (fd) is; or NULL: it is gone */
    int fd;
    struct io_event event;
};

int aio_prepare(struct process *p)
{
    struct aio *a = aio_of(p);
    int rc = 0;

    lock_take(&a->lock);
    if (a->bell < 0)
        rc = a->bell = privfd_eventfd();
    if (rc >= 0 && a->epoll < 0)
        rc = a->epoll = privfd_epoll();
    lock_give(&a->lock);
    return rc < 0 ? rc : 0;
}

/* Its number is free, or that table's own affair. */
static void drop(struct aio *a, struct aio_request *r)
{
    struct aio_request **at = &a->requests;

    while (*at != r)
        at = &(*at)->next;
    AIO_SET(at, r->next);
    if (r->table == privfd_table()) {
        epoll_ctl(a->epoll, EPOLL_CTL_DEL, r->fd, NULL);
        privfd_close(r->fd);
    }
    free(r);
}

static void drop_if_possible(struct aio *a, struct aio_request *r)
{
    if (!r->table || r->table == privfd_table())
        drop(a, r);
}

void aio_reap(struct aio *a)
{
    for (struct aio_request *r = a->requests, *next; r; r = next) {
        next = r->next;
        if (!r->ctx)
            drop_if_possible(a, r);
    }
}

static void finish(struct aio *a, struct aio_request *r, int64_t result)
{
    struct aio_context *ctx = r->ctx;

    r->event.res = result;
    AIO_SET(&r->ctx, NULL);
    aio_enqueue(a, ctx, &r->event);
    drop_if_possible(a, r);
}

static struct aio_request *find(const struct aio *a, uint64_t key)
{
    struct aio_request *r = a->requests;

    while (r && r->key != key)
        r = r->next;
    return r && r->ctx ? r : NULL;
}

void aio_harvest(struct aio *a)
{
    struct epoll_event events[BATCH];
    int n;

    /* Of a request that was dropped without its table there may still come
     * one, once. */
    do {
        n = epoll_wait(a->epoll, events, BATCH, 0);
        for (int i = 0; i < n; i++) {
            struct aio_request *r = find(a, events[i].data.u64);

            if (r)
                finish(a, r, events[i].events);
        }
    } while (n == BATCH);
    aio_reap(a);
}

/*
 * Duplicate (fd) and have the set wait for it. What it knows a file by is its
 * number, too; another table may have the same file there: then another number.
 */
static int enrol(const struct aio *a, int fd, short events, uint64_t key)
{
    struct epoll_event event = {.events = (uint16_t)events | EPOLLONESHOT,
                                .data.u64 = key};
    int copy = privfd_dup(fd), rc;

    if (copy < 0 || epoll_ctl(a->epoll, EPOLL_CTL_ADD, copy, &event) == 0)
        return copy;
    if (errno == EEXIST)
        rc = enrol(a, fd, events, key);
    else if (errno == EPERM)
        rc = -EINVAL;
    else
        rc = errno == ENOSPC ? -EAGAIN : -errno;
    privfd_close(copy);
    return rc;
}

int aio_add_poll(struct process *p, struct aio_context *ctx, int fd,
                 short events, const struct io_event *event)
{
    struct aio *a = aio_of(p);
    struct aio_request *new = calloc(1, sizeof(*new));
    int rc = -EINVAL;

    if (!new)
        return -ENOMEM;
    lock_take(&a->lock);
    if (!ctx->ended)
        rc = enrol(a, fd, events, a->last_key + 1);
    if (rc >= 0) {
        *new = (struct aio_request){.next = a->requests,
                                    .key = ++a->last_key,
                                    .ctx = ctx,
                                    .table = privfd_table(),
                                    .fd = rc,
                                    .event = *event};
        AIO_SET(&a->requests, new);
    }
    lock_give(&a->lock);
    if (rc < 0)
        free(new);
    return rc < 0 ? rc : 0;
}

int aio_cancel_poll(struct process *p, struct aio_context *ctx, gva_t obj)
{
    struct aio *a = aio_of(p);
    struct aio_request *r;

    lock_take(&a->lock);
    aio_harvest(a);
    r = a->requests;
    while (r && (r->ctx != ctx || r->event.obj != obj))
        r = r->next;
    if (r)
        finish(a, r, 0);
    lock_give(&a->lock);
    return r ? 0 : -EINVAL;
}

void aio_end_requests(struct aio *a, const struct aio_context *ctx)
{
    for (struct aio_request *r = a->requests, *next; r; r = next) {
        next = r->next;
        if (r->ctx != ctx)
            continue;
        AIO_SET(&r->ctx, NULL);
        drop_if_possible(a, r);
    }
}

void aio_end_all_requests(struct aio *a)
{
    while (a->requests)
        drop(a, a->requests);
}

static void each_of_table(const struct aio *a, const struct privfds *table,
                          void (*fn)(int fd))
{
    for (const struct aio_request *r = a->requests; r; r = r->next)
        if (r->table == table)
            fn(r->fd);
}

/* Without a word to the set, which goes on with those of (from). */
void aio_leave_fds(const struct process *p, const struct privfds *from)
{
    each_of_table(aio_of(p), from, privfd_drop);
}

void aio_disown(const struct process *p)
{
    const struct aio *a = aio_of(p);

    each_of_table(a, privfd_table(), privfd_disown);
    privfd_disown(a->epoll);
    privfd_disown(a->bell);
}

void aio_lost_fds(struct process *p, const struct privfds *table)
{
    struct aio *a = aio_of(p);

    lock_take(&a->lock);
    for (struct aio_request *r = a->requests; r; r = r->next)
        if (r->table == table)
            AIO_SET(&r->table, NULL);
    aio_reap(a);
    lock_give(&a->lock);
}
