/* bench_matrix.c: a CPU-bound program: prints the seconds a matrix product
 * took, by its own clock, so that starting does not count, nor the first touch
 * of memory. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define N 320

static double a[N][N], b[N][N], c[N][N];

static double seconds(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    int rounds = argc > 1 ? atoi(argv[1]) : 5;
    double start;

    for (int i = 0; i < N; i++)
        for (int j = 0; j < N; j++) {
            a[i][j] = i + j;
            b[i][j] = i - j;
            c[i][j] = 1;
        }
    start = seconds();
    for (int r = 0; r < rounds; r++)
        for (int i = 0; i < N; i++)
            for (int k = 0; k < N; k++)
                for (int j = 0; j < N; j++)
                    c[i][j] += a[i][k] * b[k][j];
    printf("%.6f %g\n", seconds() - start, c[N / 2][N / 3]);
    return 0;
}
