/* command.h: run a program for a benchmark and take the time. */
#ifndef BENCH_COMMAND_H
#define BENCH_COMMAND_H

/*
 * Run (argv), looked up in PATH, until it ends. Returns the microseconds that
 * took; *said, unless NULL, is the number that its standard output begins with,
 * or 0. If it cannot run or fails, so does the benchmark: exit status 1.
 */
double command_run(char *const *argv, double *said);

#endif
