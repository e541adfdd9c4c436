/*
 * bench_run.c: whole runs, native and under the monitor, interleaved: how much
 * later 'true' is done, and how much slower a matrix product is.
 *
 *   bench_run MICROVM_HOOK BENCH_MATRIX [ROUNDS]
 */
#include "vmm/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_ROUNDS 1000

/* Run a command; its first output word as a number goes to (*said). Returns
 * microseconds, or ends the benchmark. */
static double run(char *const *argv, double *said)
{
    double start = measure_now_us();
    char text[256] = "";
    int fds[2], status;
    ssize_t n;
    pid_t pid;

    if (pipe(fds) < 0 || (pid = fork()) < 0) {
        perror("bench_run");
        exit(1);
    }
    if (pid == 0) {
        dup2(fds[1], STDOUT_FILENO);
        close(fds[0]);
        close(fds[1]);
        execvp(argv[0], argv);
        _exit(127);
    }
    close(fds[1]);
    n = read(fds[0], text, sizeof(text) - 1);
    close(fds[0]);
    if (waitpid(pid, &status, 0) != pid || status != 0) {
        fprintf(stderr, "bench_run: %s failed\n", argv[0]);
        exit(1);
    }
    if (said)
        *said = n > 0 ? strtod(text, NULL) : 0;
    return measure_now_us() - start;
}

int main(int argc, char **argv)
{
    int rounds = argc > 3 ? atoi(argv[3]) : 30;
    char true_path[] = "/bin/true";
    double a, b;
    static double native[MAX_ROUNDS], guest[MAX_ROUNDS];

    if (argc < 3 || rounds < 1 || rounds > MAX_ROUNDS) {
        fputs("usage: bench_run MICROVM_HOOK BENCH_MATRIX [ROUNDS]\n", stderr);
        return 2;
    }
    for (int i = 0; i < rounds; i++) {
        native[i] = run((char *[]){true_path, NULL}, NULL);
        guest[i] = run((char *[]){argv[1], true_path, NULL}, NULL);
    }
    a = measure_median(native, (size_t)rounds) / 1e3;
    b = measure_median(guest, (size_t)rounds) / 1e3;
    printf("start of true: native %.2f ms, monitor %.2f ms, %.2f ms more "
           "(medians of %d)\n",
           a, b, b - a, rounds);
    rounds = rounds < 9 ? rounds : 9;
    for (int i = 0; i < rounds; i++) {
        run((char *[]){argv[2], NULL}, &native[i]);
        run((char *[]){argv[1], argv[2], NULL}, &guest[i]);
    }
    a = measure_median(native, (size_t)rounds);
    b = measure_median(guest, (size_t)rounds);
    printf("matrix product: native %.3f s, monitor %.3f s, ratio %.3f "
           "(medians of %d)\n",
           a, b, b / a, rounds);
    return 0;
}
