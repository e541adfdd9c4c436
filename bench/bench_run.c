/*
 * bench_run.c: whole runs, native and under the monitor, interleaved: how much
 * later 'true' is done, and how much slower a matrix product is.
 *
 *   bench_run MICROVM_HOOK BENCH_MATRIX [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_ROUNDS 1000

static double now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof(*v), by_value);
    return v[n / 2];
}

/* Run a command; its first output word as a number goes to (*said). Returns
 * milliseconds, or ends the benchmark. */
static double run(char *const *argv, double *said)
{
    double start = now_ms();
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
    return now_ms() - start;
}

int main(int argc, char **argv)
{
    int rounds = argc > 3 ? atoi(argv[3]) : 30;
    char true_path[] = "/bin/true";
    static double native[MAX_ROUNDS], guest[MAX_ROUNDS];

    if (argc < 3 || rounds < 1 || rounds > MAX_ROUNDS) {
        fputs("usage: bench_run MICROVM_HOOK BENCH_MATRIX [ROUNDS]\n", stderr);
        return 2;
    }
    for (int i = 0; i < rounds; i++) {
        native[i] = run((char *[]){true_path, NULL}, NULL);
        guest[i] = run((char *[]){argv[1], true_path, NULL}, NULL);
    }
    printf("start of true: native %.2f ms, monitor %.2f ms",
           median(native, rounds), median(guest, rounds));
    printf(", %.2f ms more (medians of %d)\n",
           guest[rounds / 2] - native[rounds / 2], rounds);
    rounds = rounds < 9 ? rounds : 9;
    for (int i = 0; i < rounds; i++) {
        run((char *[]){argv[2], NULL}, &native[i]);
        run((char *[]){argv[1], argv[2], NULL}, &guest[i]);
    }
    printf("matrix product: native %.3f s, monitor %.3f s",
           median(native, rounds), median(guest, rounds));
    printf(", ratio %.3f (medians of %d)\n",
           guest[rounds / 2] / native[rounds / 2], rounds);
    return 0;
}
