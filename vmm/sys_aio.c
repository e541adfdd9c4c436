/*
 * sys_aio.c: io_setup, io_submit, io_getevents and their like, carried out when
 * they are submitted; aio.h says why. Layer 2. Follows fs/aio.c of Linux.
 *
 * What a request names is checked as arguments of the call would be: iocbs come
 * from the capsule, buffers lie in the windows, descriptors are the program's.
 */
#include "vmm/aio.h"
#include "vmm/call.h"
#include "vmm/clock.h"
#include "vmm/gmem.h"
#include "vmm/host_call.h"
#include "vmm/restart.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define IOV_MOST     1024 /* UIO_MAXIOV */
#define EVENTS_BATCH 64
#define FOREVER      UINT64_MAX

/* Linux 4.18 and 4.13; older headers have neither. */
#ifndef IOCB_FLAG_IOPRIO
#define IOCB_FLAG_IOPRIO 2
#endif

/* One request on its way. */
struct request {
    struct syscall_call *call;
    struct aio_context *ctx;
    struct iocb iocb; /* the captured copy */
    struct io_event event;
    int resfd; /* or -1 */
};

static struct process *process_of(const struct syscall_call *call)
{
    return call->task->process;
}

int64_t sys_io_setup(struct syscall_call *call)
{
    uint32_t requests = (uint32_t)call->args[0];
    uint64_t id;
    int64_t at;

    if (gmem_read(&id, call->args[1], sizeof(id)) < 0)
        return -EFAULT;
    if (id || requests == 0)
        return -EINVAL;
    at = aio_create(process_of(call), requests);
    if (at < 0)
        return at;
    if (gmem_write(call->args[1], &at, sizeof(at)) < 0) {
        aio_destroy(process_of(call), (gva_t)at);
        return -EFAULT;
    }
    return 0;
}

int64_t sys_io_destroy(struct syscall_call *call)
{
    return aio_destroy(process_of(call), call->args[0]);
}

/* --- submission --- */

/* The buffer or the vector of a transfer, as the host may use it. Returns the
 * number of elements or a negative errno. */
static int64_t buffers(const struct iocb *iocb, struct iovec iov[IOV_MOST])
{
    bool vector = iocb->aio_lio_opcode == IOCB_CMD_PREADV ||
                  iocb->aio_lio_opcode == IOCB_CMD_PWRITEV;
    size_t n = vector ? iocb->aio_nbytes : 1;

    if (n > IOV_MOST)
        return -EINVAL;
    if (!vector)
        iov[0] =
            (struct iovec){(void *)(uintptr_t)iocb->aio_buf, iocb->aio_nbytes};
    else if (gmem_read(iov, iocb->aio_buf, n * sizeof(*iov)) < 0)
        return -EFAULT;
    for (size_t i = 0; i < n; i++) {
        if (iov[i].iov_len > SSIZE_MAX)
            return -EINVAL;
        if (iov[i].iov_len &&
            !gmem_passable((uintptr_t)iov[i].iov_base, iov[i].iov_len))
            iov[i].iov_base = (void *)(uintptr_t)GMEM_FAULT_ADDR;
    }
    return (int64_t)n;
}

/* The host's call; a stop by another task is not seen. */
static int64_t host(struct request *r, uint64_t sysno, const uint64_t args[6])
{
    struct task *task = r->call->task;
    int64_t rc;

    do {
        rc = host_call(&task->signals.pending, sysno, args);
    } while (restart_after_stop(task, rc));
    return rc == HOST_CALL_INTERRUPTED ? -EINTR : rc;
}

/* preadv2 or pwritev2; where there are no offsets, without one. */
static int64_t transfer(struct request *r, uint64_t sysno,
                        const struct iovec *iov, uint64_t n)
{
    uint64_t args[] = {r->iocb.aio_fildes,
                       (uint64_t)(uintptr_t)iov,
                       n,
                       (uint64_t)r->iocb.aio_offset,
                       0,
                       (uint64_t)r->iocb.aio_rw_flags};
    int64_t rc = host(r, sysno, args);

    if (rc == -ESPIPE) {
        args[3] = UINT64_MAX; /* "the current offset", preadv2(2) */
        rc = host(r, sysno, args);
    }
    return rc;
}

static int64_t submit_rw(struct request *r, bool writes)
{
    struct iovec iov[IOV_MOST];
    int64_t n = buffers(&r->iocb, iov), rc;

    if (n < 0)
        return n;
    if (r->iocb.aio_offset < 0)
        return -EINVAL;
    rc = transfer(r, writes ? SYS_pwritev2 : SYS_preadv2, iov, (uint64_t)n);
    if (rc == HOST_CALL_NOT_STARTED)
        return rc;
    /* What Linux finds before the transfer begins is the call's own error. */
    if (rc == -EBADF || rc == -EOPNOTSUPP)
        return rc;
    if (rc == -EISDIR)
        return -EINVAL;
    r->event.res = rc;
    aio_complete(process_of(r->call), r->ctx, &r->event, r->resfd);
    return 0;
}

static int64_t submit_sync(struct request *r, uint64_t sysno)
{
    const uint64_t args[SYSCALL_ARGS] = {r->iocb.aio_fildes};
    int64_t rc;

    if (r->iocb.aio_buf || r->iocb.aio_offset || r->iocb.aio_nbytes ||
        r->iocb.aio_rw_flags)
        return -EINVAL;
    rc = host(r, sysno, args);
    if (rc == -EINVAL || rc == -EBADF || rc == HOST_CALL_NOT_STARTED)
        return rc;
    r->event.res = rc;
    aio_complete(process_of(r->call), r->ctx, &r->event, r->resfd);
    return 0;
}

static int64_t submit_poll(struct request *r)
{
    const short always = POLLERR | POLLHUP;
    short events = (short)r->iocb.aio_buf;
    struct pollfd fd = {.fd = (int)r->iocb.aio_fildes,
                        .events = (short)(events | always)};

    if (r->iocb.aio_buf != (uint16_t)r->iocb.aio_buf || r->iocb.aio_offset ||
        r->iocb.aio_nbytes || r->iocb.aio_rw_flags)
        return -EINVAL;
    if (poll(&fd, 1, 0) > 0) {
        r->event.res = fd.revents;
        aio_complete(process_of(r->call), r->ctx, &r->event, r->resfd);
        return 0;
    }
    /* Nobody would tell the eventfd later. As before Linux 4.18. */
    if (r->resfd >= 0)
        return -EINVAL;
    return aio_add_poll(process_of(r->call), r->ctx, fd.fd, fd.events,
                        &r->event);
}

static bool is_eventfd(int fd)
{
    char link[64], target[64];
    ssize_t n;

    snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
    n = readlink(link, target, sizeof(target) - 1);
    target[n > 0 ? n : 0] = '\0';
    return strcmp(target, "anon_inode:[eventfd]") == 0;
}

static int64_t start(struct request *r)
{
    const uint32_t key = 0; /* KIOCB_KEY */
    int flags = fcntl((int)r->iocb.aio_fildes, F_GETFL);

    if (flags < 0 || (flags & O_PATH))
        return -EBADF;
    if (r->iocb.aio_flags & IOCB_FLAG_RESFD) {
        r->resfd = (int)r->iocb.aio_resfd;
        if (fcntl(r->resfd, F_GETFD) < 0)
            return -EBADF;
        if (!is_eventfd(r->resfd))
            return -EINVAL;
    }
    if (gmem_write(r->event.obj + offsetof(struct iocb, aio_key), &key,
                   sizeof(key)) < 0)
        return -EFAULT;
    switch (r->iocb.aio_lio_opcode) {
    case IOCB_CMD_PREAD:
    case IOCB_CMD_PREADV:
        return submit_rw(r, false);
    case IOCB_CMD_PWRITE:
    case IOCB_CMD_PWRITEV:
        return submit_rw(r, true);
    case IOCB_CMD_FSYNC:
        return submit_sync(r, SYS_fsync);
    case IOCB_CMD_FDSYNC:
        return submit_sync(r, SYS_fdatasync);
    case IOCB_CMD_POLL:
        return submit_poll(r);
    default:
        return -EINVAL;
    }
}

/* The request whose iocb was captured at (copy) and lies at (obj). */
static int64_t submit_one(struct syscall_call *call, struct aio_context *ctx,
                          const struct iocb *copy, gva_t obj)
{
    struct request r = {.call = call, .ctx = ctx, .resfd = -1};
    int64_t rc;

    if (!copy || (uintptr_t)copy == GMEM_FAULT_ADDR)
        return -EFAULT;
    r.iocb = *copy;
    r.event = (struct io_event){.data = copy->aio_data, .obj = obj};
    if (copy->aio_reserved2 || (int64_t)copy->aio_nbytes < 0)
        return -EINVAL;
    if (!aio_reserve(process_of(call), ctx))
        return -EAGAIN;
    rc = start(&r);
    if (rc < 0)
        aio_unreserve(process_of(call), ctx);
    return rc;
}

int64_t sys_io_submit(struct syscall_call *call)
{
    struct iocb *const *copies = capsule_arg(call->capsule, 2, NULL, NULL);
    struct aio_context *ctx;
    int64_t nr = (int64_t)call->args[1], rc = 0, i;

    if (nr < 0)
        return -EINVAL;
    ctx = aio_get(process_of(call), call->args[0]);
    if (!ctx)
        return -EINVAL;
    for (i = 0; i < nr; i++) {
        gva_t obj = 0;

        rc = -EFAULT;
        if (copies &&
            capsule_read(call->capsule, call->args[2] + 8 * (uint64_t)i, &obj,
                         sizeof(obj)) == 0)
            rc = submit_one(call, ctx, copies[i], obj);
        if (rc < 0)
            break;
    }
    aio_put(process_of(call), ctx);
    return i > 0 ? i : rc;
}

int64_t sys_io_cancel(struct syscall_call *call)
{
    const struct iocb *copy = capsule_arg(call->capsule, 1, NULL, NULL);
    struct aio_context *ctx;
    int rc;

    if (!copy)
        return -EFAULT;
    if (copy->aio_key)
        return -EINVAL;
    ctx = aio_get(process_of(call), call->args[0]);
    if (!ctx)
        return -EINVAL;
    rc = aio_cancel_poll(process_of(call), ctx, call->args[1]);
    aio_put(process_of(call), ctx);
    /* The event is in the queue, and not behind the call's (result). */
    return rc == 0 ? -EINPROGRESS : rc;
}

/* --- events --- */

/* Nanoseconds of the captured timeout; FOREVER where there is none. */
static int timeout_of(struct syscall_call *call, uint64_t *out)
{
    int err = 0;
    const struct timespec *ts = capsule_arg(call->capsule, 4, NULL, &err);
    int64_t ns;

    *out = FOREVER;
    if (!ts)
        return err;
    if (!__builtin_mul_overflow(ts->tv_sec, (int64_t)SECOND_NS, &ns) &&
        !__builtin_add_overflow(ns, ts->tv_nsec, &ns))
        *out = ns < 0 ? 0 : (uint64_t)ns;
    return 0;
}

/* Events that are there, to element (have) and up. Returns how many. */
static int64_t take(struct syscall_call *call, struct aio_context *ctx,
                    int64_t have, int64_t most)
{
    struct io_event batch[EVENTS_BATCH];
    int64_t n = 0, got;

    do {
        got = aio_take(process_of(call), ctx, batch,
                       (unsigned)min_u64((uint64_t)(most - n), EVENTS_BATCH));
        if (got > 0 &&
            gmem_write(call->args[3] + (uint64_t)(have + n) * sizeof(batch[0]),
                       batch, (size_t)got * sizeof(batch[0])) < 0)
            return -EFAULT;
        n += got > 0 ? got : 0;
    } while (got == EVENTS_BATCH && n < most);
    return got < 0 && n == 0 ? got : n;
}

static int64_t read_events(struct syscall_call *call, struct aio_context *ctx,
                           uint64_t timeout, const uint64_t *mask)
{
    const int64_t least = (int64_t)call->args[1];
    const int64_t most = (int64_t)call->args[2];
    const uint64_t begin = clock_now_ns();
    int64_t n = 0;

    for (;;) {
        int64_t got = take(call, ctx, n, most - n);
        uint64_t passed = clock_now_ns() - begin;

        if (got < 0)
            return n ? n : got;
        n += got;
        if (n >= least || (timeout != FOREVER && passed >= timeout))
            return n;
        if (aio_wait(call->task, ctx,
                     timeout == FOREVER ? FOREVER : timeout - passed, mask) < 0)
            return n ? n : -EINTR;
    }
}

static int64_t get_events(struct syscall_call *call, const uint64_t *mask)
{
    const int64_t least = (int64_t)call->args[1];
    struct aio_context *ctx;
    uint64_t timeout;
    int64_t rc = timeout_of(call, &timeout);

    if (rc < 0)
        return rc;
    ctx = aio_get(process_of(call), call->args[0]);
    if (!ctx)
        return -EINVAL;
    rc = least < 0 || least > (int64_t)call->args[2]
             ? -EINVAL
             : read_events(call, ctx, timeout, mask);
    aio_put(process_of(call), ctx);
    return rc;
}

int64_t sys_io_getevents(struct syscall_call *call)
{
    return get_events(call, NULL);
}

int64_t sys_io_pgetevents(struct syscall_call *call)
{
    /* As captured: a pointer that the host may use, and a size. */
    const struct {
        const uint64_t *mask;
        uint64_t size;
    } * given;
    int err = 0;
    uint64_t mask;

    given = capsule_arg(call->capsule, 5, NULL, &err);
    if (err)
        return err;
    if (!given || !given->mask)
        return get_events(call, NULL);
    if (given->size != sizeof(mask))
        return -EINVAL;
    if ((uintptr_t)given->mask == GMEM_FAULT_ADDR)
        return -EFAULT;
    memcpy(&mask, given->mask, sizeof(mask));
    return get_events(call, &mask);
}
