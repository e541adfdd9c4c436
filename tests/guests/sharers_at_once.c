/* sharers_at_once.c CASE: processes that share memory are killed, or do, what
 * the others do at the same time. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "sharer.h"

/* Each is killed while it changes the map that the parent uses, too. */

static int maps_and_unmaps(void *arg)
{
    (void)arg;
    for (;;) {
        char *p = mmap(NULL, 1 << 22, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        if (p == MAP_FAILED)
            continue;
        for (int i = 0; i < 64; i++)
            p[i * 4096] = 1;
        mprotect(p, 8192, PROT_READ);
        munmap(p, 1 << 22);
    }
    return 0;
}

static void killed(void)
{
    int failed = 0;

    for (int i = 0; i < 100; i++) {
        int status = 0;
        pid_t pid = start(maps_and_unmaps, 0,
                          SIGCHLD | (i % 2 ? LIKE_A_THREAD : 0), NULL);
        char *p;

        usleep((useconds_t)(i * 37 % 100 * 50));
        kill(pid, SIGKILL);
        failed += waitpid(pid, &status, 0) != pid || status != SIGKILL;
        p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p == MAP_FAILED || mprotect(p, 4096, PROT_READ) < 0) {
            failed++;
            continue;
        }
        p[8192] = 1;
        failed += munmap(p, 1 << 20) < 0;
    }
    printf("failed %d\n", failed);
}

/* Each is killed while it makes memory where nobody had any, far apart; the
 * parent makes some at the same places then. */

#define FAR    (1UL << 30)
#define PLACES 240

static char *places; /* so many, (FAR) bytes each */
static volatile int used;

static char *make_at(int n)
{
    char *p = mmap(places + n * FAR, 1 << 16, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

    if (p != MAP_FAILED)
        p[8192] = 1;
    return p;
}

static int makes_far_apart(void *arg)
{
    (void)arg;
    while (used < PLACES)
        make_at(used++);
    return 0;
}

static void killed_far_apart(void)
{
    int failed = 0, from = 0;

    places = mmap(NULL, PLACES * FAR, PROT_NONE,
                  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    for (int i = 0; used < PLACES; i++) {
        int status = 0;
        pid_t pid = start(makes_far_apart, 0, SIGCHLD, NULL);

        while (used == from)
            usleep(10);
        usleep((useconds_t)(i * 37 % 100));
        kill(pid, SIGKILL);
        failed += waitpid(pid, &status, 0) != pid;
        /* The last one may be there by half. */
        for (; from < used && from < PLACES; from++)
            failed += make_at(from) == MAP_FAILED;
    }
    printf("failed %d\n", failed);
}

/* Each is killed while it makes threads, as the parent does then. */

static char threads_stack[2][STACK] __attribute__((aligned(16)));
static pid_t thread_lives[2];

static int returns(void *arg)
{
    return arg != NULL;
}

/* One that a C library does not know, whose lock would be kept as well. */
static int make_thread(int n)
{
    pid_t *lives = &thread_lives[n];

    *lives = 1;
    if (clone(returns, threads_stack[n] + STACK,
              LIKE_A_THREAD | CLONE_THREAD | CLONE_CHILD_CLEARTID, NULL, NULL,
              NULL, lives) < 0)
        return -1;
    await(lives, 1);
    return 0;
}

static int makes_threads(void *arg)
{
    (void)arg;
    for (;;)
        make_thread(1);
    return 0;
}

static void killed_makers(void)
{
    int failed = 0;

    for (int i = 0; i < 100; i++) {
        const int sig = i % 3 ? SIGKILL : SIGTERM;
        int status = 0;
        pid_t pid = start(makes_threads, 0,
                          SIGCHLD | (i % 2 ? LIKE_A_THREAD : 0), NULL);

        usleep((useconds_t)(i * 37 % 100 * 50));
        kill(pid, sig);
        failed += waitpid(pid, &status, 0) != pid || status != sig;
        failed += make_thread(0) < 0;
    }
    printf("failed %d\n", failed);
}

/* Children use what the parent needs to make the next one. */

static int opens_and_forks(void *arg)
{
    int status = -1;

    (void)arg;
    for (int i = 0; i < 3; i++) {
        pid_t pid;

        close(open("/dev/null", O_RDONLY));
        pid = (pid_t)syscall(SYS_fork);
        if (pid == 0)
            _exit(i);
        if (waitpid(pid, &status, 0) != pid || status != i << 8)
            return 1;
    }
    return 0;
}

static void busy(void)
{
    int failed = 0;

    for (int round = 0; round < 3; round++) {
        pid_t pids[MANY];

        for (int i = 0; i < MANY; i++)
            pids[i] = start(opens_and_forks, i, SIGCHLD, NULL);
        for (int i = 0; i < MANY; i++) {
            int status = -1;

            failed += waitpid(pids[i], &status, 0) != pids[i] || status;
        }
    }
    printf("failed %d\n", failed);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "maps") == 0)
        killed();
    else if (argc > 1 && strcmp(argv[1], "far-apart") == 0)
        killed_far_apart();
    else if (argc > 1 && strcmp(argv[1], "makers") == 0)
        killed_makers();
    else if (argc > 1 && strcmp(argv[1], "busy") == 0)
        busy();
    return argc > 1 ? 0 : 2;
}
