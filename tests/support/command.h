/*
 * command.h: run a shell command line for a test; keep what it says.
 */
#ifndef TESTS_COMMAND_H
#define TESTS_COMMAND_H

#include <stddef.h>

struct command {
    int status;     /* exit status as the shell gives it */
    char out[8192]; /* standard output, cut; NUL-terminated */
    char err[8192]; /* standard error */
};

/* Run the line that is formatted from (fmt) by sh, without input. Fails the
 * test where that is impossible. */
void command_run(struct command *c, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Fail the test unless (text) contains (part). */
void assert_says(const char *text, const char *part);

#endif
