/*
 * modify_buf.c: others overwrite a buffer all the time while main writes it:
 * threads with their letter, or processes over shared memory.
 *
 *     modify_buf threads|processes [OTHERS [WRITES [PAUSE_MS]]]
 */
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SIZE 50
#define TAIL "\n\n" /* a write is 52 bytes */

static volatile char *buffer;
static volatile unsigned long *rounds; /* of the others, one each */

static void pause_ms(int ms)
{
    const struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};

    nanosleep(&t, NULL);
}

static void overwrite(int who)
{
    for (;;) {
        for (int i = 0; i < SIZE; i++)
            buffer[i] = (char)('a' + who);
        rounds[who]++;
    }
}

static void *thread(void *arg)
{
    overwrite((int)(intptr_t)arg);
    return NULL;
}

static void start_other(int who, int processes, pid_t *pid)
{
    pthread_t id;

    if (!processes) {
        if (pthread_create(&id, NULL, thread, (void *)(intptr_t)who))
            exit(3);
        return;
    }
    *pid = fork();
    if (*pid == 0)
        overwrite(who);
}

/* Whether the others still run, after all that was done to them. */
static void await_progress(int others)
{
    for (int i = 0; i < others; i++) {
        unsigned long seen = rounds[i];

        for (int ms = 0; rounds[i] == seen; ms++) {
            if (ms > 20000) {
                fprintf(stderr, "%d does not run any more\n", i);
                exit(1);
            }
            pause_ms(1);
        }
    }
}

int main(int argc, char **argv)
{
    int processes = argc > 1 && strcmp(argv[1], "processes") == 0;
    int others = argc > 2 ? atoi(argv[2]) : 4;
    int writes = argc > 3 ? atoi(argv[3]) : 20;
    int pause = argc > 4 ? atoi(argv[4]) : 1000;
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pid_t pids[64] = {0};

    buffer = page;
    rounds = (volatile unsigned long *)(void *)(page + 1024);
    memcpy(page + SIZE, TAIL, 2);
    for (int i = 0; i < others && i < 64; i++)
        start_other(i, processes, &pids[i]);
    await_progress(others);
    for (int i = 0; i < writes; i++) {
        if (write(1, page, SIZE + 2) != SIZE + 2)
            return 2;
        pause_ms(pause);
    }
    await_progress(others);
    for (int i = 0; i < others && i < 64; i++) {
        if (pids[i]) {
            kill(pids[i], SIGKILL);
            waitpid(pids[i], NULL, 0);
        }
    }
    return 0;
}
