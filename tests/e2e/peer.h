/*
 * peer.h: who listens at the log socket: a thread that accepts one connection
 * and treats it in its manner; and what it got, read as the original's tools
 * read it: JSON values one after the other, with any white space between.
 */
#ifndef TESTS_E2E_PEER_H
#define TESTS_E2E_PEER_H

#include <jansson.h>
#include <pthread.h>
#include <stddef.h>

enum manner {
    READS,       /* until the end of file */
    READS_LATE,  /* the same, but once the file (gate) exists */
    NEVER_READS, /* until it is stopped */
    CLOSES       /* after the first bytes */
};

struct peer {
    enum manner manner;
    const char *gate;
    int listener;
    int stop[2]; /* a pipe */
    char address[32];
    pthread_t thread;
    char *text;
    size_t size;
};

void peer_start(struct peer *p, enum manner manner, const char *gate);
/* Wait for the end of its connection; (text) and (size) are what it read. */
void peer_stop(struct peer *p);
void peer_free(struct peer *p);

/* All values that were read, as an array; fails the test where one is cut off
 * or no JSON. */
json_t *peer_records(const struct peer *p);

#endif
