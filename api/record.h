/*
 * record.h: what the log socket carries: one JSON object a record, in the
 * shapes of docs/logs.md. Layer 4.
 *
 * Whatever bytes a program has in its names and buffers, a record is valid
 * JSON: what is not UTF-8 becomes U+FFFD, control characters are escaped. Every
 * function appends one record and a newline.
 */
#ifndef API_RECORD_H
#define API_RECORD_H

#include "vmm/text.h"
#include "vmm/trace.h"

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

/* One system call, before or after it. */
struct record_call {
    pid_t pid;
    pid_t tid;
    const char *taskname; /* the thread's name */
    const char *sysname;  /* NULL: number (sysno) has none */
    uint64_t sysno;
    const struct trace *args;
    bool over; /* the rest counts: it is an exit record */
    int64_t ret;
    int err; /* positive errno, or 0 */
    uint64_t elapsed_ns;
};
void record_call(struct text *out, const struct record_call *r);

/*
 * What a script logs: the text of a JSON object without a member LogPrefix,
 * which is added; or any text, which becomes a string.
 */
void record_message(struct text *out, pid_t pid, pid_t tid, const char *text,
                    size_t size, bool is_object);

/* That (count) records are missing here. */
void record_dropped(struct text *out, uint64_t count);

/* --- the parts, for tests --- */

/* A JSON string of (size) bytes. */
void record_string(struct text *out, const char *bytes, size_t size);
/* RFC 3339 with nanoseconds, (zone) seconds east of Greenwich; years to 9999.
 */
void record_time(struct text *out, const struct timespec *t, long zone);
/* As Go prints a duration: 0s, 12.3µs, 1.5ms, 1m2.5s. */
void record_duration(struct text *out, uint64_t ns);

/*
 * Remember the time zone. Before there is a second thread: localtime(3) has a
 * lock that nobody may hold over a fork.
 */
void record_init(void);

#endif
