/*
 * bench_process.c: what processes cost, natively and under the monitor,
 * interleaved: the start of a program, fork+exec+wait, fork+wait, the first
 * touch of memory, and where they are given, python's start and a build.
 * Medians, with the least of each, as ratios.
 *
 *   bench_process MICROVM_HOOK [ROUNDS [SCRIPT...]]
 *
 * A SCRIPT is run by sh, as tests/e2e/software/make.sh is.
 */
#include "bench/command.h"
#include "vmm/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ROUNDS  1000
#define FORKS       50
#define TOUCH_BYTES (512ul << 20)
#define ARGS_MAX    8

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* What the program itself does when it is the one that is measured. */

static double forks(int with_exec)
{
    double start = measure_now_us();

    for (int i = 0; i < FORKS; i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0 && with_exec)
            execl("/bin/true", "true", (char *)NULL);
        if (pid == 0)
            _exit(with_exec);
        if (waitpid(pid, &status, 0) != pid || status != 0)
            fail("fork");
    }
    return (measure_now_us() - start) / FORKS;
}

static double first_touch(void)
{
    volatile char *p = mmap(NULL, TOUCH_BYTES, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    double start = measure_now_us();

    if (p == MAP_FAILED)
        fail("mmap");
    for (size_t i = 0; i < TOUCH_BYTES; i += 4096)
        p[i] = 1;
    return measure_now_us() - start;
}

/* What (argv) takes, or prints where it takes its own time. */
static double took(char *const *argv, int prints)
{
    double said, us = command_run(argv, &said);

    return prints ? said : us;
}

static void measure(const char *name, char *monitor, char *const *argv,
                    int prints, int rounds)
{
    static double native[MAX_ROUNDS], guest[MAX_ROUNDS];
    char *hosted[ARGS_MAX + 2] = {monitor, (char *)"--"};
    double a, b;

    for (int i = 0; argv[i] && i < ARGS_MAX - 1; i++)
        hosted[i + 2] = argv[i];
    for (int i = 0; i < rounds; i++) {
        native[i] = took(argv, prints);
        guest[i] = took(hosted, prints);
    }
    a = measure_median(native, (size_t)rounds);
    b = measure_median(guest, (size_t)rounds);
    printf("%-24s native %9.2f ms, monitor %9.2f ms, ratio %6.2f; least "
           "%.2f and %.2f ms (%d rounds)\n",
           name, a / 1e3, b / 1e3, b / a, native[0] / 1e3, guest[0] / 1e3,
           rounds);
    fflush(stdout);
}

static int measured(const char *what)
{
    double us = strcmp(what, "touch") == 0 ? first_touch()
                                           : forks(!strcmp(what, "exec"));

    return printf("%.2f\n", us) < 0;
}

int main(int argc, char **argv)
{
    int rounds = argc > 2 ? atoi(argv[2]) : 30;
    int few = rounds < 9 ? rounds : 9;
    char self[4096] = "";

    if (argc == 3 && strcmp(argv[1], "--measured") == 0)
        return measured(argv[2]);
    if (argc < 2 || rounds < 1 || rounds > MAX_ROUNDS ||
        readlink("/proc/self/exe", self, sizeof(self) - 1) < 0) {
        fputs("usage: bench_process MICROVM_HOOK [ROUNDS [SCRIPT...]]\n",
              stderr);
        return 2;
    }
#define COMMAND(...) ((char *[]){__VA_ARGS__, NULL})
    measure("start of true", argv[1], COMMAND((char *)"/bin/true"), 0, rounds);
    measure("fork+exec+wait", argv[1],
            COMMAND(self, (char *)"--measured", (char *)"exec"), 1, few);
    measure("fork+wait", argv[1],
            COMMAND(self, (char *)"--measured", (char *)"fork"), 1, few);
    measure("first touch of 512 MiB", argv[1],
            COMMAND(self, (char *)"--measured", (char *)"touch"), 1, few);
    if (access("/usr/bin/python3", X_OK) == 0)
        measure("start of python3", argv[1],
                COMMAND((char *)"/usr/bin/python3", (char *)"-c", (char *)"0"),
                0, few);
    for (int i = 3; i < argc; i++)
        measure(strrchr(argv[i], '/') ? strrchr(argv[i], '/') + 1 : argv[i],
                argv[1], COMMAND((char *)"sh", argv[i]), 0, few);
    return 0;
}
