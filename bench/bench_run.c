/*
 * bench_run.c: whole runs, native and under the monitor, interleaved: how much
 * later 'true' is done, and how much slower a matrix product is.
 *
 *   bench_run MICROVM_HOOK BENCH_MATRIX [ROUNDS]
 */
#include "bench/command.h"
#include "vmm/measure.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_ROUNDS 1000

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
        native[i] = command_run((char *[]){true_path, NULL}, NULL);
        guest[i] = command_run((char *[]){argv[1], true_path, NULL}, NULL);
    }
    a = measure_median(native, (size_t)rounds) / 1e3;
    b = measure_median(guest, (size_t)rounds) / 1e3;
    printf("start of true: native %.2f ms, monitor %.2f ms, %.2f ms more "
           "(medians of %d)\n",
           a, b, b - a, rounds);
    rounds = rounds < 9 ? rounds : 9;
    for (int i = 0; i < rounds; i++) {
        command_run((char *[]){argv[2], NULL}, &native[i]);
        command_run((char *[]){argv[1], argv[2], NULL}, &guest[i]);
    }
    a = measure_median(native, (size_t)rounds);
    b = measure_median(guest, (size_t)rounds);
    printf("matrix product: native %.3f s, monitor %.3f s, ratio %.3f "
           "(medians of %d)\n",
           a, b, b / a, rounds);
    return 0;
}
