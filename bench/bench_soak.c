/*
 * bench_soak.c: the program of a soak, to be run natively and under the
 * monitor: many fork+exec+wait, signals and threads, what each costs, and what
 * is left behind of them.
 *
 *   [microvm-hook --] bench_soak [FORKS [SIGNALS [THREADS]]]
 *
 * The counts of the full soak, 10^5, 10^6 and 10^4, are the defaults. After a
 * tenth of each kind and at its end it prints descriptors, threads and resident
 * memory of the process, as /proc has them: under the monitor that is the
 * monitor's process, so a leak of descriptors, memory or vcpus shows.
 */
#include "vmm/measure.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile sig_atomic_t signals_seen;
static const char *self;

static void on_signal(int sig)
{
    (void)sig;
    signals_seen++;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* fork, the program itself again, wait; the child leaves at once. */
static void fork_exec(void)
{
    char *argv[] = {(char *)self, (char *)"leave", NULL};
    int status = 0;
    pid_t pid = fork();

    if (pid == 0) {
        execv(self, argv);
        _exit(1);
    }
    if (pid < 0 || waitpid(pid, &status, 0) != pid || status != 0)
        fail("fork and exec");
}

static void signal_self(void)
{
    sig_atomic_t before = signals_seen;

    raise(SIGUSR1);
    if (signals_seen != before + 1)
        fail("a signal was lost or doubled");
}

static void *nothing(void *arg)
{
    return arg;
}

static void thread_join(void)
{
    pthread_t thread;

    if (pthread_create(&thread, NULL, nothing, NULL) != 0 ||
        pthread_join(thread, NULL) != 0)
        fail("a thread");
}

static int entries(const char *path)
{
    DIR *dir = opendir(path);
    int n = 0;

    if (!dir)
        fail(path);
    while (readdir(dir))
        n++;
    closedir(dir);
    return n - 2;
}

static long resident_kib(void)
{
    FILE *f = fopen("/proc/self/status", "re");
    char line[256];
    long kib = -1;

    while (f && fgets(line, sizeof(line), f))
        if (strncmp(line, "VmRSS:", 6) == 0)
            kib = strtol(line + 6, NULL, 10);
    if (f)
        fclose(f);
    return kib;
}

static void report(const char *what, long done, double us)
{
    printf("%-10s %8ld %10.2f us each; descriptors %d, threads %d, resident "
           "%ld KiB\n",
           what, done, us / (double)done, entries("/proc/self/fd"),
           entries("/proc/self/task"), resident_kib());
    fflush(stdout);
}

static void soak(const char *what, void (*step)(void), long count)
{
    double start = measure_now_us();

    for (long i = 1; i <= count; i++) {
        step();
        if (i == count / 10 || i == count)
            report(what, i, measure_now_us() - start);
    }
}

static long number(int argc, char **argv, int i, long otherwise)
{
    return argc > i ? strtol(argv[i], NULL, 10) : otherwise;
}

int main(int argc, char **argv)
{
    const struct sigaction action = {.sa_handler = on_signal};

    if (argc == 2 && strcmp(argv[1], "leave") == 0)
        return 0;
    self = argv[0];
    sigaction(SIGUSR1, &action, NULL);
    soak("fork+exec", fork_exec, number(argc, argv, 1, 100000));
    soak("signal", signal_self, number(argc, argv, 2, 1000000));
    soak("thread", thread_join, number(argc, argv, 3, 10000));
    return 0;
}
