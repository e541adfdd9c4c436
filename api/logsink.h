/*
 * logsink.h: the log socket, as the monitor sees it: records of system calls
 * and of scripts go in, a TCP peer gets them. docs/logs.md. Layer 4.
 */
#ifndef API_LOGSINK_H
#define API_LOGSINK_H

#include "api/logdrain.h"
#include "vmm/diag.h"
#include "vmm/event.h"
#include "vmm/trace.h"

#define LOGSINK_SOURCES LOGDRAIN_SOURCES

struct logsink;

struct logsink_config {
    const char *address; /* HOST:PORT or [HOST]:PORT */
    const char *strace;  /* calls to tell of, as for trace_select; or NULL */
    size_t blob_size;    /* bytes of bulk data that an argument shows */
    size_t ring_size;    /* bytes that may wait for the peer */
};

/*
 * Connect. What is logged waits until the server serves the sources. Returns 0,
 * or a negative errno, (d) set: the address or the list is malformed, the host
 * is unknown, nobody accepts within 10 s.
 */
int logsink_create(struct logsink **out, const struct logsink_config *config,
                   struct diag *d);

/* What the server is to serve. Returns how many. */
size_t logsink_sources(struct logsink *sink,
                       struct server_source *sources[LOGSINK_SOURCES]);

/* After server_start: this process has no more to do with the socket. */
void logsink_hand_over(struct logsink *sink);

/* The caller's process logs no more; others go on. (sink) may be NULL. */
void logsink_destroy(struct logsink *sink);

/* What dispatch needs; nothing where (sink) is NULL or no call is traced. */
struct events logsink_events(struct logsink *sink);

/*
 * Log what a script says in the hook of a call of (tid): the JSON text of an
 * object, to which LogPrefix is added, or any text.
 */
void logsink_log(struct logsink *sink, pid_t tid, const char *text, size_t size,
                 bool is_object);

#endif
