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
 *
 * Contexts belong to the memory: processes that share it have the same ones,
 * which stay as long as one of these does. Such processes may have different
 * tables of descriptors. What all wait by is in each table under the same
 * number (aio_prepare); the file of a request that waits is held by a duplicate
 * in the table of the thread that submitted it, for no other knows that file.
 */
#ifndef VMM_AIO_H
#define VMM_AIO_H

#include "vmm/util.h"

#include <linux/aio_abi.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct aio_context;
struct aio_request;
struct aio_waiter;
struct privfds;
struct process;
struct task;

/* One for all processes that share memory. */
struct aio {
    pthread_mutex_t lock;
    struct aio_context *contexts;
    struct aio_request *requests; /* that wait, or keep a duplicate */
    struct aio_waiter *waiters;
    uint64_t last_key; /* of a request */
    int epoll;         /* the files of requests that wait; or -1 */
    int bell;          /* an eventfd: waiters are to look; or -1 */
};

/* Most requests that may be asked for: Linux's default for
 * /proc/sys/fs/aio-max-nr. */
#define AIO_MAX_REQUESTS 65536

/* There are no contexts. */
void aio_init(struct aio *aio);

/*
 * Have what all wait by, which every table of descriptors needs: before the
 * process, or the first context, gets descriptors that others in this memory
 * have not. Returns 0 or a negative errno.
 */
int aio_prepare(struct process *process);

/* Until aio_release nobody changes anything. Before privfd_hold. */
void aio_hold(struct process *process);
void aio_release(struct process *process);

/* The calling thread has copies now of the descriptors that are (from)'s: close
 * those that requests keep there. Somebody has aio_hold. */
void aio_leave_fds(const struct process *process, const struct privfds *from);

/* The process has ended, however: none of its threads waits any more. And the
 * table (table) of descriptors has. */
void aio_ended(struct process *process);
void aio_lost_fds(struct process *process, const struct privfds *table);

/*
 * In a child of fork(2), or in memory that was left to others: there are no
 * contexts. Before that, in one that shares descriptors: those that this takes
 * are the parent's, privfd_disown.
 */
void aio_forget(struct process *process);
void aio_disown(const struct process *process);

/*
 * A context for (requests) requests. Returns its id, -EINVAL or -EAGAIN (too
 * many), or -ENOMEM.
 */
int64_t aio_create(struct process *process, uint32_t requests);

/* End the context; who waits in it gets EINVAL. Returns 0 or -EINVAL. */
int aio_destroy(struct process *process, gva_t id);

/* The program and its memory go: so do all contexts. */
void aio_destroy_all(struct process *process);

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
 * is (event) with what has come. Returns 0; -EINVAL: such a file never tells;
 * -EBADF, -EMFILE, -EAGAIN or -ENOMEM.
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
