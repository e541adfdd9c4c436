/* logsink.c: makes records of what happens and puts them into the ring. */
#include "api/logsink.h"

#include "api/logconnect.h"
#include "api/logdrain.h"
#include "api/logring.h"
#include "api/record.h"
#include "vmm/call.h"
#include "vmm/host_call.h"
#include "vmm/privfd.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/prctl.h>
#include <unistd.h>

/* What the kernel says inside itself of a call that is made again:
 * include/linux/errno.h. */
#define ERESTARTSYS    512
#define ERESTARTNOINTR 513

struct logsink {
    struct logring *ring;
    size_t blob_size;
    int wake_fd;
    struct logdrain drain;
    bool traces;
    uint8_t traced[EVENT_SYSNO_MAX];
};

/* --- records --- */

static void put(struct logsink *s, struct text *record)
{
    if (record->cut) /* there was no memory for it */
        logring_drop(s->ring);
    else
        logring_put(s->ring, record->at, record->size);
    text_free(record);
}

static void put_call(struct logsink *s, const struct syscall_call *call,
                     const struct trace *args, struct record_call r)
{
    struct text record = {0};
    char name[16] = "";

    prctl(PR_GET_NAME, name);
    r.pid = getpid();
    r.tid = task_tid(call->task);
    r.taskname = name;
    r.sysname = call->row ? call->row->name : NULL;
    r.sysno = call->sysno;
    r.args = args;
    record_call(&record, &r);
    put(s, &record);
}

static void enter(void *ctx, struct syscall_call *call)
{
    struct logsink *s = ctx;
    struct trace *args = NULL;

    /* Where nobody reads, it is counted and costs no more than that. */
    if (!logring_closed(s->ring))
        args = calloc(1, sizeof(*args));
    if (!args) {
        logring_drop(s->ring);
        return;
    }
    trace_enter(args, call, s->blob_size);
    put_call(s, call, args, (struct record_call){0});
    call->event = args;
}

/* What a record says of the result: the register's value, and the errno. */
static void set_result(struct record_call *r, const struct syscall_call *call)
{
    r->ret = call->ret;
    if (call->again)
        r->ret =
            call->ret == HOST_CALL_NOT_STARTED ? -ERESTARTNOINTR : -ERESTARTSYS;
    if (r->ret < 0 && r->ret >= -4095)
        r->err = (int)-r->ret;
}

static void leave(void *ctx, struct syscall_call *call, uint64_t elapsed_ns)
{
    struct logsink *s = ctx;
    struct trace *args = call->event;
    struct record_call r = {.over = true, .elapsed_ns = elapsed_ns};

    if (!args) {
        logring_drop(s->ring);
        return;
    }
    if (!call->in_child) {
        trace_leave(args, call, s->blob_size);
        set_result(&r, call);
        put_call(s, call, args, r);
    }
    trace_free(args);
    free(args);
}

struct events logsink_events(struct logsink *s)
{
    static const struct event_ops ops = {.enter = enter, .leave = leave};

    if (!s || !s->traces)
        return (struct events){0};
    return (struct events){.ops = &ops, .ctx = s, .traced = s->traced};
}

void logsink_log(struct logsink *s, pid_t tid, const char *text, size_t size,
                 bool is_object)
{
    struct text record = {0};

    record_message(&record, getpid(), tid, text, size, is_object);
    put(s, &record);
}

/* --- from beginning to end --- */

static int start(struct logsink *s, const struct logsink_config *config,
                 struct diag *d)
{
    int sock = -1;
    int rc = logconnect(config->address, &sock, d);

    if (rc < 0)
        return rc;
    sock = privfd_adopt(sock);
    if (sock < 0)
        return diag_set(d, sock, "cannot keep the log's socket");
    s->wake_fd = privfd_adopt(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (s->wake_fd < 0)
        rc = diag_set(d, -EMFILE, "cannot make an eventfd for the log");
    if (rc == 0)
        s->ring = logring_create(config->ring_size, s->wake_fd);
    if (rc == 0 && !s->ring)
        rc = diag_set(d, -ENOMEM, "cannot map the log's buffer");
    logdrain_init(&s->drain, s->ring, s->wake_fd, sock);
    return rc;
}

size_t logsink_sources(struct logsink *s,
                       struct server_source *sources[LOGSINK_SOURCES])
{
    for (size_t i = 0; i < LOGSINK_SOURCES; i++)
        sources[i] = &s->drain.source[i];
    return LOGSINK_SOURCES;
}

void logsink_hand_over(struct logsink *s)
{
    privfd_close(s->drain.sock);
    s->drain.sock = -1;
}

int logsink_create(struct logsink **out, const struct logsink_config *config,
                   struct diag *d)
{
    struct logsink *s = calloc(1, sizeof(*s));
    int rc = 0;

    if (!s)
        return diag_set(d, -ENOMEM, "cannot log");
    s->wake_fd = s->drain.sock = -1;
    s->blob_size = config->blob_size;
    s->traces = config->strace;
    record_init();
    if (config->strace)
        rc = trace_select(s->traced, config->strace, d);
    if (rc == 0)
        rc = start(s, config, d);
    if (rc < 0) {
        logsink_destroy(s);
        return rc;
    }
    *out = s;
    return 0;
}

void logsink_destroy(struct logsink *s)
{
    if (!s)
        return;
    logring_destroy(s->ring);
    privfd_close(s->wake_fd);
    privfd_close(s->drain.sock);
    free(s);
}
