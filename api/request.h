/*
 * request.h: one JSON value from a stream, as soon as it is complete (gWisord
 * 4), and not more than is good for whoever reads it. Layer 4.
 */
#ifndef API_REQUEST_H
#define API_REQUEST_H

#include <jansson.h>
#include <sys/types.h>

#define REQUEST_MAX        (16u << 20) /* bytes of its text */
#define REQUEST_MEMORY_MAX (64u << 20) /* bytes that it may become */

/* Read up to (size) bytes, at least one. Returns their number, 0 at the end,
 * or a negative errno. */
typedef ssize_t request_reader(void *ctx, void *buf, size_t size);

enum request_result {
    REQUEST_READ,
    REQUEST_NONE, /* the stream ended before anything came */
    REQUEST_BAD
};

/*
 * Read a JSON object. What follows it is not waited for, though some of it may
 * be consumed. The first fault ends the reading: what is no object, is
 * malformed, cut, longer than REQUEST_MAX, nested deeper than 2048, or needs
 * more memory than REQUEST_MEMORY_MAX.
 * (*request) is the object, to be released with json_decref; or for
 * REQUEST_BAD (why), of (size) bytes, says what is wrong.
 */
enum request_result request_read(request_reader *read, void *ctx,
                                 json_t **request, char *why, size_t size);

/* Make jansson's memory limited in request_read. Once a process, before any
 * other use of jansson. */
void request_init(void);

#endif
