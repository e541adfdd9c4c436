/*
 * clock.h: time that only goes forward. Layer 0.
 */
#ifndef VMM_CLOCK_H
#define VMM_CLOCK_H

#include <stdint.h>
#include <time.h>

#define SECOND_NS 1000000000L
#define MS_NS     1000000L

/* Nanoseconds of (clock), clock_gettime(2). */
static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec t;

    clock_gettime(clock, &t);
    return (uint64_t)t.tv_sec * SECOND_NS + (uint64_t)t.tv_nsec;
}

static inline uint64_t clock_now_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

static inline int64_t clock_now_ms(void)
{
    return (int64_t)(clock_now_ns() / MS_NS);
}

/* What the calling thread has had of a processor. */
static inline uint64_t clock_thread_ns(void)
{
    return clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

/* (ns) as the kernel takes a time. */
static inline struct timespec clock_timespec(uint64_t ns)
{
    return (struct timespec){(time_t)(ns / SECOND_NS), (long)(ns % SECOND_NS)};
}

#endif
