/*
 * logring.h: records on their way from all processes of a session to the one
 * that sends them. Layer 4.
 *
 * A ring of bytes in shared memory. A record is in it whole or not at all: a
 * writer copies first and publishes then, under a lock that outlives it. A
 * writer never waits for the reader: a record that finds no room is dropped and
 * counted, and a record tells how many were dropped as soon as there is room.
 */
#ifndef API_LOGRING_H
#define API_LOGRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define LOGRING_SIZE ((size_t)4 << 20)

struct logring;

/*
 * A ring of (size) bytes, inherited by forks. (wake_fd), an eventfd or -1, is
 * written to when records come while the reader sleeps.
 * NULL where memory is short.
 */
struct logring *logring_create(size_t size, int wake_fd);
void logring_destroy(struct logring *r);

/*
 * Append a record, any number of writers at a time. Waits at most a moment for
 * other writers, never for the reader. Returns false: it was dropped.
 */
bool logring_put(struct logring *r, const char *record, size_t size);

/* Count a record that could not even be made. */
void logring_drop(struct logring *r);

/* Whether nobody reads any more: records are dropped. */
bool logring_closed(const struct logring *r);

/* How many records were dropped. */
uint64_t logring_dropped(const struct logring *r);

/* --- the reader: one --- */

/* What can be read, in up to two pieces. Returns their size. */
size_t logring_look(struct logring *r, struct iovec piece[2]);
/* (size) bytes of that were read, not necessarily whole records. */
void logring_take(struct logring *r, size_t size);
/* All was read: append what is to be told of dropped records; then ask for a
 * wake-up. Returns whether there is nothing to read. */
bool logring_sleep(struct logring *r);
/* Nobody will read any more. */
void logring_close(struct logring *r);

#endif
