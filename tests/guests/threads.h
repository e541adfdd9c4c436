/* threads.h: what the guests with threads share. */
#ifndef TESTS_GUESTS_THREADS_H
#define TESTS_GUESTS_THREADS_H

#include "guest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct scenario {
    const char *name;
    void (*run)(void);
};

static const char *self;
static atomic_int counter;
static atomic_int ready;

static inline void pause_ms(int ms)
{
    const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    nanosleep(&t, NULL);
}

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

static inline void none(void)
{
}

static inline void *nothing(void *arg)
{
    return arg;
}

static inline int run_scenario(int argc, char **argv,
                               const struct scenario *scenarios, size_t n)
{
    self = argv[0];
    for (size_t i = 0; i < n; i++) {
        if (argc > 1 && strcmp(argv[1], scenarios[i].name) == 0) {
            scenarios[i].run();
            return 0;
        }
    }
    return 100;
}

#endif
