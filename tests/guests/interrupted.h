/*
 * interrupted.h: a call that blocks, and signals that come meanwhile, without
 * and with SA_RESTART; signal(7). A timer ticks until the call is over: a
 * handler that ran before the call began changes nothing. At the last tick the
 * handler makes happen what the call waits for.
 */
#ifndef TESTS_GUESTS_INTERRUPTED_H
#define TESTS_GUESTS_INTERRUPTED_H

#include "scenario.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#define TICK_US   20000
#define LAST_TICK 8

static int ends[2], other[2];
static char buffer[65536];
static volatile int ticks;
static void (*release)(void);

static inline void on_tick(int sig)
{
    const int saved = errno;

    (void)sig;
    if (++ticks == LAST_TICK && release)
        release();
    errno = saved;
}

static inline void tick(int on, int flags)
{
    const struct itimerval often = {{.tv_usec = on ? TICK_US : 0},
                                    {.tv_usec = on ? TICK_US : 0}};
    const struct sigaction act = {.sa_handler = on_tick, .sa_flags = flags};

    ticks = 0;
    sigaction(SIGALRM, &act, NULL);
    setitimer(ITIMER_REAL, &often, NULL);
}

/* Run (call) both ways; before each (prepare) sets the stage. */
static inline void both(void (*prepare)(void), long (*call)(void),
                        void (*at_last)(void))
{
    for (int i = 0; i < 2; i++) {
        long result;
        int error;

        if (prepare)
            prepare();
        release = at_last;
        errno = 0;
        tick(1, i ? SA_RESTART : 0);
        result = call();
        error = errno;
        tick(0, 0);
        errno = error;
        printf("%s: %s\n", i ? "SA_RESTART" : "without",
               result >= 0 ? "done" : strerror(errno));
    }
}

static inline void make_pipe(void)
{
    if (pipe(ends) < 0)
        perror("pipe");
}

static inline void put_byte(void)
{
    if (write(ends[1], "x", 1) != 1)
        _exit(3);
}

#endif
