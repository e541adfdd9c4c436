/* logring.c: a ring of bytes in shared memory. */
#include "api/logring.h"

#include "api/record.h"
#include "vmm/clock.h"
#include "vmm/lock.h"
#include "vmm/shmem.h"
#include "vmm/util.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* So long a writer waits for others. Only one that was stopped in the middle
 * of a copy takes longer. */
#define LOCK_NS (100 * 1000 * 1000)

struct logring {
    size_t mapped;
    size_t size;
    int wake_fd;          /* the same number in all processes */
    pthread_mutex_t lock; /* robust: among writers */
    /* Positions never wrap; the byte of one is at its remainder. */
    _Atomic uint64_t written; /* by whoever has the lock */
    _Atomic uint64_t read;    /* by the reader */
    _Atomic bool sleeping;
    _Atomic bool closed;
    _Atomic uint64_t dropped;
    uint64_t told; /* of these */
    char data[];
};

struct logring *logring_create(size_t size, int wake_fd)
{
    size_t mapped = sizeof(struct logring) + size;
    struct logring *r = shmem_map(mapped);

    if (!r)
        return NULL;
    r->mapped = mapped;
    r->size = size;
    r->wake_fd = wake_fd;
    lock_init(&r->lock);
    return r;
}

void logring_destroy(struct logring *r)
{
    if (r)
        munmap(r, r->mapped);
}

/* --- writers --- */

static bool lock(struct logring *r)
{
    const struct timespec until = clock_timespec(clock_now_ns() + LOCK_NS);
    int rc;

    rc = pthread_mutex_clocklock(&r->lock, CLOCK_MONOTONIC, &until);
    if (rc == EOWNERDEAD) /* what it had not published does not exist */
        rc = pthread_mutex_consistent(&r->lock);
    return rc == 0;
}

/* Copy and publish, under the lock; there is room. */
static void append(struct logring *r, const char *bytes, size_t size)
{
    uint64_t at = atomic_load_explicit(&r->written, memory_order_relaxed);
    size_t first = min_u64(size, r->size - at % r->size);

    memcpy(r->data + at % r->size, bytes, first);
    memcpy(r->data, bytes + first, size - first);
    atomic_store(&r->written, at + size);
}

/* Append the record, if there is one, behind what is to be told of dropped
 * ones: both or none. */
static bool put(struct logring *r, const char *record, size_t size)
{
    uint64_t dropped = atomic_load(&r->dropped);
    uint64_t used = atomic_load(&r->written) -
                    atomic_load_explicit(&r->read, memory_order_acquire);
    struct text notice = {0};
    bool fits;

    if (dropped != r->told)
        record_dropped(&notice, dropped - r->told);
    fits = size <= r->size && notice.size + size <= r->size - used;
    if (fits && notice.size) {
        append(r, notice.at, notice.size);
        r->told = dropped;
    }
    if (fits && size)
        append(r, record, size);
    text_free(&notice);
    return fits;
}

bool logring_put(struct logring *r, const char *record, size_t size)
{
    const uint64_t one = 1;
    bool kept = false;

    if (!logring_closed(r) && lock(r)) {
        kept = put(r, record, size);
        if (!kept)
            atomic_fetch_add(&r->dropped, 1);
        pthread_mutex_unlock(&r->lock);
    } else {
        atomic_fetch_add(&r->dropped, 1);
    }
    /* That it cannot be written means that it was not read yet. */
    if (kept && r->wake_fd >= 0 && atomic_exchange(&r->sleeping, false) &&
        write(r->wake_fd, &one, sizeof(one)) < 0)
        atomic_store(&r->sleeping, true);
    return kept;
}

void logring_drop(struct logring *r)
{
    atomic_fetch_add(&r->dropped, 1);
}

bool logring_closed(const struct logring *r)
{
    return atomic_load_explicit(&r->closed, memory_order_relaxed);
}

uint64_t logring_dropped(const struct logring *r)
{
    return atomic_load_explicit(&r->dropped, memory_order_relaxed);
}

/* --- the reader --- */

size_t logring_look(struct logring *r, struct iovec piece[2])
{
    uint64_t from = atomic_load_explicit(&r->read, memory_order_relaxed);
    size_t size = atomic_load(&r->written) - from;
    size_t first = min_u64(size, r->size - from % r->size);

    piece[0] = (struct iovec){r->data + from % r->size, first};
    piece[1] = (struct iovec){r->data, size - first};
    return size;
}

void logring_take(struct logring *r, size_t size)
{
    atomic_fetch_add_explicit(&r->read, size, memory_order_release);
}

bool logring_sleep(struct logring *r)
{
    struct iovec piece[2];

    if (atomic_load(&r->dropped) != r->told && lock(r)) {
        put(r, NULL, 0);
        pthread_mutex_unlock(&r->lock);
    }
    /* In this order: a writer either sees that we sleep, or is seen. */
    atomic_store(&r->sleeping, true);
    return logring_look(r, piece) == 0;
}

void logring_close(struct logring *r)
{
    atomic_store(&r->closed, true);
}
