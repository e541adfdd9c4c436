/*
 * placed.c: reads the host's list of a monitor's mappings, in the form of
 * /proc/PID/maps, from standard input and tries to map over each: prints "ok"
 * if all are its own, or nothing that it can reach.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE    4096UL
#define RANGES  4096
#define THREADS 32

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

struct range {
    unsigned long start, end;
};

static struct range host[RANGES];
static int ends[2];

static size_t read_ranges(void)
{
    char line[512];
    size_t n = 0;

    while (n < RANGES && fgets(line, sizeof(line), stdin))
        if (sscanf(line, "%lx-%lx", &host[n].start, &host[n].end) == 2)
            n++;
    return n;
}

/* EEXIST: there is a mapping of this program's, ENOMEM: it is nowhere; 0: a
 * place of the program's at which it has nothing, but the monitor has. */
static int map_at(unsigned long at)
{
    return mmap((void *)at, PAGE, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1,
                0) == MAP_FAILED
               ? errno
               : 0;
}

static void *wait_for_the_end(void *arg)
{
    char byte;

    if (read(ends[0], &byte, 1) != 0)
        puts("not the end");
    return arg;
}

int main(void)
{
    pthread_t threads[THREADS];
    size_t count, foreign = 0;

    if (pipe(ends) < 0)
        return 1;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, wait_for_the_end, NULL);
    puts("ready");
    fflush(stdout);
    count = read_ranges();
    for (size_t i = 0; i < count; i++) {
        int first = map_at(host[i].start), last = map_at(host[i].end - PAGE);

        if (first != last || (first != EEXIST && first != ENOMEM)) {
            printf("at %#lx: %d and %d\n", host[i].start, first, last);
            return 1;
        }
        foreign += first == ENOMEM;
    }
    close(ends[1]);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    /* A stack and a vcpu a thread, the monitor's libraries and the machine. */
    puts(foreign > 2 * THREADS ? "ok" : "the monitor is not in the list");
    return 0;
}
