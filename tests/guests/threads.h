/* threads.h: what the guests with threads share. */
#ifndef TESTS_GUESTS_THREADS_H
#define TESTS_GUESTS_THREADS_H

#include "scenario.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static atomic_int counter __attribute__((unused));
static atomic_int ready;

static inline pthread_t start(void *(*fn)(void *), void *arg)
{
    pthread_t thread;
    int rc = pthread_create(&thread, NULL, fn, arg);

    if (rc) {
        printf("pthread_create: %s\n", strerror(rc));
        exit(1);
    }
    return thread;
}

static inline void wait_ready(int n)
{
    while (ready < n)
        pause_ms(1);
}

static inline void *sleep_long(void *arg)
{
    (void)arg;
    ready++;
    for (;;)
        pause();
    return NULL;
}

static inline void *nothing(void *arg)
{
    return arg;
}

#endif
