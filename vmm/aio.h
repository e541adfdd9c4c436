/*
 * aio.h: contexts of asynchronous I/O, io_setup(2): the queue of events, and
 * the requests that are not complete. Layer 2.
 *
 * The host's own would map its ring where it likes in the monitor's address
 * space, and read and write guest memory at any time. Here a request is carried
 * out when it is submitted, as Linux does with most files, too; only waiting
 * (IOCB_CMD_POLL) goes on. A context's id is, as in Linux, the address of a
 * mapping of the program; libaio looks for a ring there, and finds none that it
 * could read by itself.
 */
#ifndef VMM_AIO_H
#define VMM_AIO_H

#include "vmm/process.h"

#include <linux/aio_abi.h>

struct aio_context;

/* Most requests that may be asked for: Linux's default for
 * /proc/sys/fs/aio-max-nr. */
#define AIO_MAX_REQUESTS 65536

/*
 * A context for (requests) requests. Returns its id, -EINVAL or -EAGAIN (too
 * many), or -ENOMEM.
 */
int64_t aio_create(struct process *process, uint32_t requests);

/* End the context; who waits in it gets EINVAL. Returns 0 or -EINVAL. */
int aio_destroy(struct process *process, gva_t id);

/* The program or its memory goes: so do all contexts. */
void aio_destroy_all(struct process *process);

/* In a child that shares descriptors: those of all contexts are the parent's,
 * privfd_disown. */
void aio_disown_all(const struct process *process);

/* Get hold of a context, or NULL; let go of it. */
struct aio_context *aio_get(struct process *process, gva_t id);
void aio_put(struct process *process, struct aio_context *ctx);

/* Room for one more request: it will give one event. Returns false where the
 * context is full. */
bool aio_reserve(struct process *process, struct aio_context *ctx);
void aio_unreserve(struct process *process, struct aio_context *ctx);

/* A reserved request is complete; (resfd), an eventfd, is told, unless it is
 * -1. */
void aio_complete(struct process *process, struct aio_context *ctx,
                  const struct io_event *event, int resfd);

/*
 * A reserved request waits until (fd) has one of (events), poll(2); its event
 * is (event) with what has come. Returns 0, -EBADF, -EMFILE or -ENOMEM.
 */
int aio_add_poll(struct process *process, struct aio_context *ctx, int fd,
                 short events, const struct io_event *event);

/* End the wait of the request at (obj) without a result. Returns 0 or -EINVAL.
 */
int aio_cancel_poll(struct process *process, struct aio_context *ctx,
                    gva_t obj);

/*
 * Take up to (most) events into (out). Returns how many, or -EINVAL where the
 * context has been ended.
 */
int aio_take(struct process *process, struct aio_context *ctx,
             struct io_event *out, unsigned most);

/*
 * Wait until there may be more events than a moment ago, a signal arrives, or
 * (nanoseconds) have passed; with (mask), unless NULL, as the signals blocked
 * meanwhile. Returns 0, or -EINTR for a signal.
 */
int aio_wait(struct task *task, struct aio_context *ctx, uint64_t nanoseconds,
             const uint64_t *mask);

#endif
