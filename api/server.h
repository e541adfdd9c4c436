/*
 * server.h: the process that serves a session's sockets. Layer 4.
 *
 * It is forked before the program runs, so it shares the JavaScript heap at
 * the same addresses, and ends with the last process of the session. It is no
 * child of the program's process, is in a session of its own, and of the
 * descriptors it has only the monitor's private ones (vmm/privfd.h): what it
 * serves must be among them.
 */
#ifndef API_SERVER_H
#define API_SERVER_H

#include "vmm/diag.h"

#include <stddef.h>

#define SERVER_SOURCES 8

/* What the server waits for; (fd) and (events), of poll(2), may change in
 * (ready), and (fd) -1 waits for nothing. */
struct server_source {
    int fd; /* private */
    short events;
    void (*ready)(void *ctx); /* must not block */
    void *ctx;
    /* NULL: no matter. Before server_start returns, in what becomes the server:
     * close what only the session is to have. At the end of the session. */
    void (*begin)(void *ctx);
    void (*end)(void *ctx);
};

/*
 * Start the server over (count) sources, at most SERVER_SOURCES, which stay
 * where they are; the server works on its copy of the memory. After the end of
 * the session it goes on for at most a second, as long as a source waits for
 * POLLOUT, or is ready.
 * Returns 0 or a negative errno, (d) set. The caller may close the sources'
 * descriptors then.
 */
int server_start(struct server_source *const *sources, size_t count,
                 struct diag *d);

#endif
