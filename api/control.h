/*
 * control.h: the control socket of a session: the original's protocol (gWisord
 * 4) on a Unix socket in the run directory, and on TCP where that is asked
 * for. Layer 4.
 *
 * A connection is one request and one answer, served by a thread of the
 * server's process: a slow, endless or malformed one is in nobody's way. The
 * program cannot be a client: of a Unix socket the kernel tells who connects,
 * and processes that run this executable are turned away; of TCP vmm/guard.h
 * keeps the program from the port.
 */
#ifndef API_CONTROL_H
#define API_CONTROL_H

#include "api/server.h"
#include "jsengine/engine.h"

#define CONTROL_SOURCES     2
#define CONTROL_CONNECTIONS 64 /* a socket; more are told to come again */
#define CONTROL_SECONDS     10 /* to send a request; to take the answer */

struct control;

struct control_config {
    struct engine *engine;
    const char *address; /* HOST:PORT to listen at besides; NULL or "": none */
    char *const *program;
};

/*
 * Listen, and enter the session, under this process's number, into the run
 * directory. Returns 0, or a negative errno, (d) set: the address is bad or
 * occupied, or the run directory cannot be used.
 */
int control_open(struct control **out, const struct control_config *config,
                 struct diag *d);

/* What the server is to serve: up to CONTROL_SOURCES. Returns how many. */
size_t control_sources(struct control *control,
                       struct server_source *sources[CONTROL_SOURCES]);

/* The TCP port, or 0. */
uint16_t control_port(const struct control *control);

/* After server_start: this process has no more to do with the sockets. */
void control_hand_over(struct control *control);

/* The session does not start: remove its entry as well. */
void control_withdraw(struct control *control);

#endif
