/*
 * aio.h: contexts of asynchronous I/O, io_setup(2), and the requests that are
 * in them. Layer 2.
 *
 * Each context of the program's has one of the host's behind it, which does all
 * the work: it holds the files of requests, transfers, counts, and wakes who
 * waits. The program does not get at that one: its ring lies in the monitor's
 * part of the address space, and requests are known there by addresses of the
 * monitor's. A context's id is, as in Linux, the address of a mapping of the
 * program; libaio looks for a ring there, and finds none that it could read by
 * itself.
 *
 * Contexts belong to the memory: processes that share it have the same ones,
 * which stay as long as one of these does.
 */
#ifndef VMM_AIO_H
#define VMM_AIO_H

#include "vmm/util.h"

#include <linux/aio_abi.h>
#include <pthread.h>
#include <stdint.h>

struct aio_context;
struct process;
struct task;

/* One for all processes that share memory. */
struct aio {
    pthread_mutex_t lock;
    struct aio_context *contexts;
};

/* There are no contexts. */
void aio_init(struct aio *aio);

/* In a child of fork(2), or in memory that was left to others: the same, as the
 * host's are not inherited. */
void aio_forget(struct process *process);

/* A context for (requests) requests. Returns its id, or what io_setup(2) of the
 * host says, or -ENOMEM. */
int64_t aio_create(struct process *process, uint32_t requests);

/* End the context; who waits in it gets EINVAL. Returns 0 or -EINVAL. */
int aio_destroy(struct process *process, gva_t id);

/* The program and its memory go: so do all contexts. */
void aio_destroy_all(struct process *process);

/* Get hold of a context, or NULL; let go of it. */
struct aio_context *aio_get(struct process *process, gva_t id);
void aio_put(struct process *process, struct aio_context *ctx);

/*
 * Submit (iocb), which the program has at (obj), and whose buffers the host may
 * use. Returns 1, HOST_CALL_NOT_STARTED, or what io_submit(2) says.
 */
int64_t aio_submit(struct task *task, struct aio_context *ctx,
                   const struct iocb *iocb, gva_t obj);

/* End the request at (obj) before it is complete. Returns what io_cancel(2)
 * says. */
int64_t aio_cancel(struct process *process, struct aio_context *ctx, gva_t obj);

/* Take up to (most) events that are there into (out). Returns how many, or what
 * io_getevents(2) says. */
int64_t aio_take(struct process *process, struct aio_context *ctx,
                 struct io_event *out, unsigned most);

/*
 * The same, but wait for the first one, up to (nanoseconds), with (mask),
 * unless NULL, as the signals blocked meanwhile. Returns 0 also where there may
 * be more time left; -EINTR for a signal.
 */
int64_t aio_await(struct task *task, struct aio_context *ctx,
                  struct io_event *out, unsigned most, uint64_t nanoseconds,
                  const uint64_t *mask);

#endif
