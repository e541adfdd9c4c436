/*
 * lock.h: locks on what processes that share memory use together. Layer 0.
 *
 * The host's kernel may kill one of them anywhere, and the others go on: so
 * these locks are robust, pthread_mutexattr_setrobust(3). What the killed one
 * was changing is then as far as it came.
 */
#ifndef VMM_LOCK_H
#define VMM_LOCK_H

#include <errno.h>
#include <pthread.h>

static inline void lock_init(pthread_mutex_t *lock)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
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

#endif
