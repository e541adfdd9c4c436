/*
 * measure.h: time and the median, for doctor and the benchmarks. Layer 0.
 */
#ifndef VMM_MEASURE_H
#define VMM_MEASURE_H

#include "vmm/clock.h"

#include <stdlib.h>

static inline double measure_now_us(void)
{
    return (double)clock_now_ns() / 1e3;
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
