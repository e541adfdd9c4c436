/*
 * run.h: run programs natively and under the monitor, and compare. Every
 * failure is told by cmocka's assertions; see fail_msg(3).
 */
#ifndef TESTS_E2E_RUN_H
#define TESTS_E2E_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define MAX_ARGS 40

/* What is left of a process. */
struct outcome {
    int status; /* as wait(2) gives it; -1: killed for taking too long */
    char *out;  /* its standard output, and a 0 behind it */
    size_t out_len;
    char *err; /* its standard error */
    size_t err_len;
};

/* One comparison: a row of a table. */
struct row {
    const char *name; /* of the test */
    /* A name without '/' is one of our guests; NAME.sh, one in software/. */
    const char *argv[MAX_ARGS];
    const char *in;  /* file for standard input; NULL: /dev/null */
    bool writes;     /* compare the files of the directory, too */
    bool own_stderr; /* what is on standard error may differ */
    /* Not where the processor is emulated: */
    bool heavy;    /* it takes too long for what it would show there */
    bool real_cpu; /* that processor errs natively, or its clock does */
};

/* The path of (name), which is relative to the directory of this test. */
const char *beside(const char *name);

/* The monitor: $MICROVM_HOOK, or ../bin/microvm-hook from here. */
const char *monitor(void);

/* Skip this test where there is no KVM; where there is one nothing skips. */
void need_kvm(void);

/*
 * Run (argv) in directory (dir) with (in) as standard input. The environment
 * is the same few variables on every machine.
 */
void run(const char *const *argv, const char *dir, const char *in,
         struct outcome *o);
void outcome_free(struct outcome *o);

/* Run the monitor with (options), then "--", then (argv); either may be NULL.
 */
void run_monitor(const char *const *options, const char *const *argv,
                 const char *dir, struct outcome *o);

/* Run one of our guests with (args) under the hooks in (script). */
void run_guest_under(const char *script, const char *guest,
                     const char *const *args, struct outcome *o);

/* A cmocka test whose state is a row: both runs must end alike, and a script
 * must succeed. */
void compare_row(void **state);

/* Run all (n) rows as tests of a group, in the fixture; for main(). Where
 * E2E_EMULATED is in the environment, without the heavy ones, unless E2E_HEAVY
 * names the group. No run may leave anything behind: left.h. */
int run_rows(const char *group, const struct row *rows, size_t n);

/* Make the directory of files that the programs work on; remove it. The
 * state becomes its path. As set-up and tear-down of a group. */
int fixture_create(void **state);
int fixture_remove(void **state);
const char *fixture(void);

#endif
