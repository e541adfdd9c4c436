/* scenario.h: a guest is a table of scenarios; its argument names the one to
 * run. */
#ifndef TESTS_GUESTS_SCENARIO_H
#define TESTS_GUESTS_SCENARIO_H

#include "guest.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct scenario {
    const char *name;
    void (*run)(void);
};

static const char *self __attribute__((unused));

static inline void pause_ms(int ms)
{
    const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    nanosleep(&t, NULL);
}

/* Tell whether (what) went well, and if not, why. */
static inline void tell(const char *what, int good)
{
    printf("%s: %s\n", what, good ? "ok" : strerror(errno));
}

/* Tell the result of a call that gives a small number or fails. */
static inline void show(const char *what, long result)
{
    printf("%s: %ld%s%s\n", what, result, result == -1 ? " " : "",
           result == -1 ? strerror(errno) : "");
}

static inline void none(void)
{
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
