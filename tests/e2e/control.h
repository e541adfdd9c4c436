/*
 * control.h: sessions that run while a test talks to them, and a client of the
 * control socket as the original's tools are: it sends one JSON object without
 * an end and reads to the end.
 */
#ifndef TESTS_E2E_CONTROL_H
#define TESTS_E2E_CONTROL_H

#include "tests/e2e/run.h"

#include <jansson.h>
#include <stdio.h>
#include <sys/types.h>

struct session {
    pid_t pid;
    FILE *in;  /* to the program's standard input */
    FILE *out; /* from its standard output */
    int err;   /* a memfd: the standard error of monitor and program */
    int port;  /* TCP, or 0 */
};

/* The directory of sessions of these tests; made and removed by the group. */
int control_setup(void **state);
int control_teardown(void **state);
const char *sessions_dir(void);

/* Run (argv), a guest by its name, under the monitor with (options), and wait
 * until its control socket is there. */
void session_start(struct session *s, const char *const *options,
                   const char *const *argv);
/* End the program's input, wait; returns the wait status. */
int session_end(struct session *s);

/* Send the program a line; its answer, without the newline, is valid until the
 * next. */
const char *tell(struct session *s, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* A connection to the session's Unix socket, or to its port. */
int connect_control(const struct session *s);
int connect_port(const struct session *s);

/* Send all of (text), read to the end, close. To be freed. */
char *exchange_at(int fd, const char *text, size_t size);

/* The answer to the request (type) with the JSON text (payload). */
json_t *ask(const struct session *s, const char *type, const char *payload);

/* The same, which must be ok; returns its payload. */
json_t *ask_ok(const struct session *s, const char *type, const char *payload);

/* Run a script by change-state: the text of the value that it answers. Valid
 * until the next. */
const char *change_state(const struct session *s, const char *script);
/* The same, which must fail: the message. */
const char *change_state_fails(const struct session *s, const char *script);

/* The list of hooks; NULL where it is empty. */
json_t *hooks_of(const struct session *s);

/* Run microvm-ctl by a shell, (fmt) being what follows its name. */
void ctl(struct outcome *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

void assert_in(const char *text, const char *part);

#endif
