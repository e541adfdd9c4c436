/* aio_internal.h: what the files of aio.h share. Layer 2. */
#ifndef VMM_AIO_INTERNAL_H
#define VMM_AIO_INTERNAL_H

#include "vmm/aio.h"
#include "vmm/process.h"

/*
 * A process that uses these may be killed anywhere: so what leads to something,
 * or counts it, is set when that is there, by one store. What one was just
 * about to hand on is lost: an event, or the room for one.
 */
#define AIO_SET(place_, value_)                                                \
    __atomic_store_n((place_), (value_), __ATOMIC_RELEASE)

struct aio_context {
    struct aio_context *next;
    gva_t id;
    uint64_t size; /* of the mapping */
    unsigned users;
    bool ended;
    unsigned capacity;
    struct io_event *ring; /* (capacity) of them */
    /* All these count up; the event (n) is at n % capacity. */
    uint64_t head, tail, reserved;
};

static inline struct aio *aio_of(const struct process *process)
{
    return &process->root->sharer.aio;
}

/* For all of the following the caller has the lock. */

/* The event of a reserved request; who waits for it is told. */
void aio_enqueue(struct aio *aio, struct aio_context *ctx,
                 const struct io_event *event);

/* Complete the requests whose files tell so. */
void aio_harvest(struct aio *aio);

/* Close what is kept for requests that are complete, in the calling thread's
 * table. */
void aio_reap(struct aio *aio);

/* The requests of (ctx) end without an event; all requests, whose tables are
 * gone, but for the calling thread's. */
void aio_end_requests(struct aio *aio, const struct aio_context *ctx);
void aio_end_all_requests(struct aio *aio);

#endif
