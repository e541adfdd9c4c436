/*
 * logdrain.h: the end of the ring that sends. Layer 4.
 *
 * A process of its own sends what all processes of a session log, so that no
 * program waits for a peer. It is no child of the program's, and ends when the
 * last process of the session has ended and the rest is sent, or a second
 * later.
 */
#ifndef API_LOGDRAIN_H
#define API_LOGDRAIN_H

#include "api/logring.h"
#include "vmm/diag.h"

/* What a poll loop serves: (ready) is called when one of (events) has come. It
 * may change (events). */
struct server_source {
    int fd;
    short events;
    void (*ready)(void *ctx);
    void *ctx;
};

struct logdrain {
    struct logring *ring;
    int wake_fd; /* the ring's */
    int sock;    /* connected, not blocking */
    bool full;   /* the peer does not read: wait until it does */
};

/* Send what can be sent without waiting. */
void logdrain_send(struct logdrain *d);

/* Whether something is left that the peer could still take. */
bool logdrain_pending(struct logdrain *d);

/* The two sources that a server's loop is to serve, as (d) now is. */
void logdrain_sources(struct logdrain *d, struct server_source out[2]);

/*
 * Start the process that drains; (d) is its own then, with its descriptors,
 * which stay open here. (*alive_fd) becomes the descriptor that keeps it
 * running while any process has it.
 * Returns 0 or a negative errno, (diag) set.
 */
int logdrain_start(const struct logdrain *d, int *alive_fd, struct diag *diag);

#endif
