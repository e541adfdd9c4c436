/*
 * logdrain.h: the end of the ring that sends, served by the session's server:
 * so no program waits for a peer. Layer 4.
 */
#ifndef API_LOGDRAIN_H
#define API_LOGDRAIN_H

#include "api/logring.h"
#include "api/server.h"

#define LOGDRAIN_SOURCES 2

struct logdrain {
    struct logring *ring;
    int wake_fd; /* the ring's */
    int sock;    /* connected, not blocking */
    bool full;   /* the peer does not read: wait until it does */
    /* For the server's loop: somebody logged; the peer reads again. */
    struct server_source source[LOGDRAIN_SOURCES];
};

/* Both descriptors stay the caller's. The first record that is put writes to
 * (wake_fd). */
void logdrain_init(struct logdrain *d, struct logring *ring, int wake_fd,
                   int sock);

/* Send what can be sent without waiting. */
void logdrain_send(struct logdrain *d);

/* Whether something is left that the peer could still take. */
bool logdrain_pending(struct logdrain *d);

#endif
