/*
 * sys_aio.c: io_setup, io_submit, io_getevents and their like, by the host's;
 * aio.h. Layer 2. Follows fs/aio.c of Linux.
 *
 * What a request names is checked as arguments of the call would be: iocbs come
 * from the capsule, buffers lie in the windows, descriptors are the program's.
 */
#include "vmm/aio.h"
#include "vmm/call.h"
#include "vmm/clock.h"
#include "vmm/gmem.h"
#include "vmm/layout.h"
#include "vmm/stop.h"
#include "vmm/sys.h"
#include "vmm/task.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>

#define IOV_MOST     1024 /* UIO_MAXIOV */
#define EVENTS_BATCH 64
#define USER_END     ((UINT64_C(1) << 47) - PAGE_SIZE) /* TASK_SIZE_MAX */
#define NOWHERE      0 /* nothing is ever mapped there: below LOW_BASE */
#define FOREVER      UINT64_MAX

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

/* Whether the request is a transfer of one buffer, or of a vector of them. */
static bool is_transfer(const struct iocb *iocb, bool *vector)
{
    const unsigned op = iocb->aio_lio_opcode;

    *vector = op == IOCB_CMD_PREADV || op == IOCB_CMD_PWRITEV;
    return *vector || op == IOCB_CMD_PREAD || op == IOCB_CMD_PWRITE;
}

/* What the host may use instead of (at), for (*size) bytes: of an address of
 * the kernel's it says so at once, of any other when it comes to the first
 * byte; and all bytes are nowhere. */
static uint64_t passable(uint64_t at, uint64_t *size)
{
    if (!*size || gmem_passable(at, *size))
        return at;
    /* Of a negative size, too. */
    if (at >= USER_END || *size > INT64_MAX)
        return GMEM_FAULT_ADDR;
    *size = min_u64(*size, LOW_BASE);
    return NOWHERE;
}

/* Have (iocb) lead to what the host may use, by way of (iov). Returns 0 or a
 * negative errno. */
static int aim(struct iocb *iocb, struct iovec iov[IOV_MOST])
{
    const size_t n = iocb->aio_nbytes;
    uint64_t size = n;
    bool vector;

    if (!is_transfer(iocb, &vector))
        return 0;
    if (!vector) {
        iocb->aio_buf = passable(iocb->aio_buf, &size);
        iocb->aio_nbytes = size;
        return 0;
    }
    if (n > IOV_MOST)
        return -EINVAL;
    if (gmem_read(iov, iocb->aio_buf, n * sizeof(*iov)) < 0)
        return -EFAULT;
    for (size_t i = 0; i < n; i++) {
        size = iov[i].iov_len;
        iov[i].iov_base =
            (void *)(uintptr_t)passable((uintptr_t)iov[i].iov_base, &size);
        iov[i].iov_len = size;
    }
    iocb->aio_buf = (uintptr_t)iov;
    return 0;
}

/*
 * Whether the request may be for long in the host's call: a transfer of a pipe
 * and the like. The kernel does not make such again that was interrupted; so
 * another task that stops this one does not wait for it, as for no request that
 * goes on behind the call.
 */
static bool may_block(const struct iocb *iocb)
{
    struct stat st;
    bool vector;

    return is_transfer(iocb, &vector) &&
           fstat((int)iocb->aio_fildes, &st) == 0 && !S_ISREG(st.st_mode) &&
           !S_ISBLK(st.st_mode);
}

static int64_t start(struct task *task, struct aio_context *ctx,
                     const struct iocb *iocb, gva_t obj)
{
    const bool outside = may_block(iocb);
    int64_t rc;

    if (outside)
        stop_outside(task);
    rc = aio_submit(task, ctx, iocb, obj);
    if (outside)
        stop_inside(task);
    return rc;
}

static bool is_memory(const struct syscall_call *call, int fd)
{
    const struct procmem *pm = &process_of(call)->procmem;

    return procmem_is(pm, fd, O_RDONLY) || procmem_is(pm, fd, O_WRONLY);
}

/* The request whose iocb was captured at (copy) and lies at (obj). */
static int64_t submit_one(struct syscall_call *call, struct aio_context *ctx,
                          const struct iocb *copy, gva_t obj)
{
    const uint32_t key = 0; /* KIOCB_KEY */
    struct iovec iov[IOV_MOST];
    struct iocb iocb;
    bool vector;
    int flags, rc;

    if (!copy || (uintptr_t)copy == GMEM_FAULT_ADDR)
        return -EFAULT;
    iocb = *copy;
    flags = fcntl((int)iocb.aio_fildes, F_GETFL);
    if (flags < 0 || (flags & O_PATH))
        return -EBADF;
    if (gmem_write(obj + offsetof(struct iocb, aio_key), &key, sizeof(key)) < 0)
        return -EFAULT;
    /* The file behind /proc/self/mem has no such calls. */
    if (is_transfer(&iocb, &vector) && is_memory(call, (int)iocb.aio_fildes))
        return -EINVAL;
    rc = aim(&iocb, iov);
    return rc < 0 ? rc : start(call->task, ctx, &iocb, obj);
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
    int64_t rc;

    if (!copy)
        return -EFAULT;
    if (copy->aio_key)
        return -EINVAL;
    ctx = aio_get(process_of(call), call->args[0]);
    if (!ctx)
        return -EINVAL;
    rc = aio_cancel(process_of(call), ctx, call->args[1]);
    aio_put(process_of(call), ctx);
    return rc;
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

/* Who waits for events, until when, with which signals blocked. */
struct wait {
    uint64_t begin, timeout;
    const uint64_t *mask; /* or NULL */
};

static uint64_t left(const struct wait *wait)
{
    const uint64_t passed = clock_now_ns() - wait->begin;

    if (wait->timeout == FOREVER)
        return FOREVER;
    return passed < wait->timeout ? wait->timeout - passed : 0;
}

/* Events, up to (most), for element (have) and up of the program's array; with
 * (wait), unless NULL, from the first one on. Returns how many. */
static int64_t take(struct syscall_call *call, struct aio_context *ctx,
                    int64_t have, int64_t most, const struct wait *wait)
{
    struct io_event batch[EVENTS_BATCH];
    const unsigned n = (unsigned)min_u64((uint64_t)most, EVENTS_BATCH);
    int64_t got =
        wait ? aio_await(call->task, ctx, batch, n, left(wait), wait->mask)
             : aio_take(process_of(call), ctx, batch, n);

    if (got > 0 && gmem_write(call->args[3] + (uint64_t)have * sizeof(batch[0]),
                              batch, (size_t)got * sizeof(batch[0])) < 0)
        return -EFAULT;
    return got;
}

/* First what is there; then it is waited for more, if that is too little. */
static int64_t read_events(struct syscall_call *call, struct aio_context *ctx,
                           const struct wait *wait)
{
    const int64_t least = (int64_t)call->args[1];
    const int64_t most = (int64_t)call->args[2];
    const struct wait *waits = NULL;
    int64_t n = 0;

    for (;;) {
        int64_t got = take(call, ctx, n, most - n, waits);

        if (got < 0)
            return n ? n : got;
        n += got;
        waits = NULL;
        if (got == EVENTS_BATCH && n < most)
            continue;
        if (n >= least || left(wait) == 0)
            return n;
        waits = wait;
    }
}

static int64_t get_events(struct syscall_call *call, const uint64_t *mask)
{
    const int64_t least = (int64_t)call->args[1];
    struct wait wait = {.begin = clock_now_ns(), .mask = mask};
    struct aio_context *ctx;
    int64_t rc = timeout_of(call, &wait.timeout);

    if (rc < 0)
        return rc;
    ctx = aio_get(process_of(call), call->args[0]);
    if (!ctx)
        return -EINVAL;
    rc = least < 0 || least > (int64_t)call->args[2]
             ? -EINVAL
             : read_events(call, ctx, &wait);
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
