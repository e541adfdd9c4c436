/*
 * ctl_show.h: what microvm-ctl prints. Layer 4.
 *
 * On a terminal headers are bold and colours tell how it went. Text comes from
 * scripts and programs: control characters but newline and tabulator are shown
 * as \xNN, so that it commands no terminal.
 */
#ifndef API_CTL_SHOW_H
#define API_CTL_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <sys/types.h>

/* How an answer's payload is shown; (verbose): everything there is. */
typedef void show_payload(const json_t *payload, bool verbose);

show_payload show_manual;
show_payload show_hooks;
show_payload show_state;

/* Show an answer: its type, its message, and its payload by (payload). */
void show_answer(const json_t *answer, show_payload *payload, bool verbose);

/* The line above sessions, and one of them; (session) may be NULL. */
void show_sessions_head(void);
void show_session(pid_t pid, const json_t *session);

#endif
