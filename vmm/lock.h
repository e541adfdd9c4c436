/*
 * lock.h: locks on what processes use together, in memory that they share by
 * mmap(2) or altogether. Layer 0.
 *
 * The host's kernel may kill one of them anywhere, and the others go on: so
 * these locks are robust, pthread_mutexattr_setrobust(3). What the killed one
 * was changing is then as far as it came: so at every moment what the others
 * find must be memory that is there, whatever it says.
 */
#ifndef VMM_LOCK_H
#define VMM_LOCK_H

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static inline void lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(lock, &attr);
    pthread_mutexattr_destroy(&attr);
}

static inline void lock_take(pthread_mutex_t *lock)
{
    if (pthread_mutex_lock(lock) == EOWNERDEAD)
        pthread_mutex_consistent(lock);
}

/* A child of fork(2) gives what its parent took, too. */
static inline void lock_give(pthread_mutex_t *lock)
{
    if (pthread_mutex_unlock(lock) == EPERM)
        lock_init(lock);
}

/*
 * For what realloc(3) is used for elsewhere: a copy of the first (used) bytes
 * of (old) in (size) bytes, or NULL. (old) is to be freed when nothing leads
 * there any more.
 */
static inline void *lock_larger(const void *old, size_t used, size_t size)
{
    void *larger = malloc(size);

    if (larger && used)
        memcpy(larger, old, used);
    return larger;
}

#endif
