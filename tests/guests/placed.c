/*
 * placed.c: reads the host's list of a monitor's mappings, in the form of
 * /proc/PID/maps, from standard input and tries to map over each that is not
 * its own: prints "ok" if none of them can be.
 */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE    4096UL
#define RANGES  4096
#define THREADS 32

struct range {
    unsigned long start, end;
};

static struct range own[RANGES], host[RANGES];
static int ends[2];

static size_t read_ranges(FILE *file, struct range *to)
{
    char line[512];
    size_t n = 0;

    while (n < RANGES && fgets(line, sizeof(line), file))
        if (sscanf(line, "%lx-%lx", &to[n].start, &to[n].end) == 2)
            n++;
    return n;
}

/* Whether all of it is in this program's own list of (n). */
static int is_own(const struct range *r, size_t n)
{
    unsigned long bytes = 0;

    for (size_t i = 0; i < n; i++) {
        unsigned long from = own[i].start > r->start ? own[i].start : r->start;
        unsigned long to = own[i].end < r->end ? own[i].end : r->end;

        bytes += to > from ? to - from : 0;
    }
    return bytes == r->end - r->start;
}

static int can_map(unsigned long at)
{
    return mmap((void *)at, PAGE, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED ||
           errno != ENOMEM;
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
    size_t owned, count, foreign = 0;
    FILE *maps;

    if (pipe(ends) < 0)
        return 1;
    for (size_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, wait_for_the_end, NULL);
    puts("ready");
    fflush(stdout);
    count = read_ranges(stdin, host);
    maps = fopen("/proc/self/maps", "r");
    if (!maps)
        return 1;
    owned = read_ranges(maps, own);
    fclose(maps);
    for (size_t i = 0; i < count; i++) {
        if (is_own(&host[i], owned))
            continue;
        foreign++;
        if (can_map(host[i].start) || can_map(host[i].end - PAGE)) {
            printf("at %#lx\n", host[i].start);
            return 1;
        }
    }
    close(ends[1]);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    /* A stack and a vcpu a thread, the monitor's libraries and the machine. */
    puts(foreign > 2 * THREADS ? "ok" : "the monitor is not in the list");
    return 0;
}
