/*
 * measure.h: time and the median, for doctor and the benchmarks. Layer 0.
 */
#ifndef VMM_MEASURE_H
#define VMM_MEASURE_H

#include <stdlib.h>
#include <time.h>

static inline double measure_now_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static inline int measure_by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* The median of (n) values, which are sorted by it. */
static inline double measure_median(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), measure_by_value);
    return values[n / 2];
}

#endif
