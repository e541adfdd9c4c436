/*
 * options.h: the command line. Layer 5. A pure function of argv.
 */
#ifndef VMM_OPTIONS_H
#define VMM_OPTIONS_H

#include "vmm/diag.h"

#include <stddef.h>
#include <stdio.h>

#define OPTIONS_MAX_HOOKS 64

enum action {
    ACTION_RUN,
    ACTION_HELP,
    ACTION_VERSION,
    ACTION_LIST,      /* --list-syscalls */
    ACTION_LIST_JSON, /* --list-syscalls=json */
    ACTION_CHECK,
    ACTION_DOCTOR,
    ACTION_DUMP /* --dump-machine without a program */
};

struct options {
    enum action action;
    const char *kernel;  /* shim image; NULL: the one that was installed */
    const char *profile; /* NULL: the built-in one */
    const char *config;
    const char *dump_machine;
    const char *log_socket; /* HOST:PORT */
    const char *strace;     /* calls to log; NULL: none */
    size_t strace_size;     /* bytes of bulk data that a record shows */
    size_t log_buffer;      /* bytes that may wait for the log's reader */
    const char *control;    /* HOST:PORT; "": no TCP; NULL: no control socket */
    const char *hooks[OPTIONS_MAX_HOOKS]; /* in the order given */
    size_t hooks_count;
    char *const *prog; /* program and arguments, NULL-terminated */
};

/*
 * Read (argv), as main() got it. Options end at "--" or at the first word that
 * is none. The strings stay in argv.
 * Returns 0; -EINVAL, (d) set, for an unknown option (the nearest one is
 * suggested), a missing, malformed or superfluous value, or no program.
 */
int options_parse(struct options *out, int argc, char *const *argv,
                  struct diag *d);

/* The text of --help. */
void options_help(FILE *out);

#endif
