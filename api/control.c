/* control.c: the control socket of a session. */
#include "api/control.h"

#include "api/address.h"
#include "api/command_table.h"
#include "api/jsontext.h"
#include "api/peer.h"
#include "api/request.h"
#include "api/rundir.h"
#include "vmm/clock.h"
#include "vmm/privfd.h"
#include "vmm/util.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define STACK_SIZE (2 * MIB) /* a script may nest deeply */

struct control;

struct listener {
    struct server_source source;
    struct control *control;
    bool tcp;
    unsigned connections; /* atomic; of TCP none is in the Unix socket's way */
};

struct control {
    struct engine *engine;
    struct rundir rundir;
    int life;  /* rundir_listen: the session's processes have it */
    int entry; /* the server's in its place: the session ends before it */
    pid_t pid;
    uint16_t port;
    char bound[ADDRESS_TEXT_MAX];
    struct listener listeners[CONTROL_SOURCES];
    size_t count;
};

/* --- one connection --- */

struct connection {
    struct listener *listener;
    int fd;
    int64_t patience_ms; /* that may still be spent on waiting for the peer */
};

/* What the peer may take; what is done with what it sent does not count. */
static void be_patient(struct connection *c, int64_t seconds)
{
    c->patience_ms = seconds * 1000;
}

/* Wait for (events). Returns 0, -ETIMEDOUT or another negative errno. */
static int await(struct connection *c, short events)
{
    struct pollfd wait = {.fd = c->fd, .events = events};
    int64_t start = clock_now_ms();
    int n = c->patience_ms > 0 ? poll(&wait, 1, (int)c->patience_ms) : 0;

    c->patience_ms -= clock_now_ms() - start;
    return n > 0 ? 0 : n == 0 ? -ETIMEDOUT : -errno;
}

static ssize_t read_some(void *ctx, void *buf, size_t size)
{
    struct connection *c = ctx;
    ssize_t n;

    do {
        int rc = await(c, POLLIN);

        if (rc < 0)
            return rc;
        n = recv(c->fd, buf, size, 0);
    } while (n < 0 && errno == EAGAIN);
    return n < 0 ? -errno : n;
}

static void send_all(struct connection *c, const char *text)
{
    size_t left = text ? strlen(text) : 0;

    while (left > 0 && await(c, POLLOUT) == 0) {
        ssize_t n = send(c->fd, text, left, MSG_NOSIGNAL);

        if (n < 0 && errno != EAGAIN)
            return;
        text += n < 0 ? 0 : n;
        left -= n < 0 ? 0 : (size_t)n;
    }
}

/*
 * A TCP socket that is closed with bytes unread sends a reset, which may
 * overtake the answer: what the client still sends is read and dropped.
 */
static void linger(struct connection *c)
{
    char buf[4096];

    be_patient(c, 2);
    shutdown(c->fd, SHUT_WR);
    while (read_some(c, buf, sizeof(buf)) > 0)
        ;
}

static void answer(struct connection *c, const json_t *value)
{
    char *text = value ? json_dumps(value, JSON_COMPACT) : NULL;

    be_patient(c, CONTROL_SECONDS);
    send_all(c, text);
    free(text);
    linger(c);
}

/* jansson frees by our function, which is free(3) outside request_read. */
static void serve(struct connection *c)
{
    char why[COMMAND_WHY_MAX];
    json_t *request, *reply = NULL;

    be_patient(c, CONTROL_SECONDS);
    switch (request_read(read_some, c, &request, why, sizeof(why))) {
    case REQUEST_NONE:
        return;
    case REQUEST_READ:
        reply = command_answer(c->listener->control->engine, request);
        json_decref(request);
        break;
    case REQUEST_BAD:
        reply = command_error(why);
        break;
    }
    answer(c, reply);
    json_decref(reply);
}

static void *connection_main(void *arg)
{
    struct connection *c = arg;

    if (!c->listener->tcp || peer_may_control_tcp(c->fd))
        serve(c);
    close(c->fd);
    __atomic_fetch_sub(&c->listener->connections, 1, __ATOMIC_RELAXED);
    free(c);
    return NULL;
}

static bool start_thread(struct connection *c)
{
    pthread_attr_t attr;
    pthread_t thread;
    int rc;

    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attr, STACK_SIZE);
    rc = pthread_create(&thread, &attr, connection_main, c);
    pthread_attr_destroy(&attr);
    return rc == 0;
}

/* Not waited for: what does not fit into the socket is lost. */
static void turn_away(int fd)
{
    static const char busy[] = "{\"type\":\"error\",\"message\":\"too many "
                               "connections; come again\"}";

    send(fd, busy, sizeof(busy) - 1, MSG_NOSIGNAL | MSG_DONTWAIT);
    close(fd);
}

static void begin(struct listener *l, int fd)
{
    struct connection *c = NULL;

    if (__atomic_add_fetch(&l->connections, 1, __ATOMIC_RELAXED) <=
        CONTROL_CONNECTIONS)
        c = malloc(sizeof(*c));
    if (c) {
        *c = (struct connection){.listener = l, .fd = fd};
        if (start_thread(c))
            return;
        free(c);
    }
    __atomic_fetch_sub(&l->connections, 1, __ATOMIC_RELAXED);
    turn_away(fd);
}

/* --- listening --- */

/* At once, so that who connects is still the one who did (peer.h). */
static void ready(void *ctx)
{
    struct listener *l = ctx;
    int fd = accept4(l->source.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd < 0) {
        /* Without descriptors it stays ready: not in a busy loop. */
        if (errno == EMFILE || errno == ENFILE)
            poll(NULL, 0, 10);
        return;
    }
    if (l->tcp || peer_may_control(fd))
        begin(l, fd);
    else
        close(fd);
}

static void begin_serving(void *ctx)
{
    const struct listener *l = ctx;
    struct control *c = l->control;

    c->entry = privfd_adopt(rundir_entry(&c->rundir, c->pid));
    privfd_close(c->life);
}

static void end_serving(void *ctx)
{
    const struct listener *l = ctx;

    rundir_remove(&l->control->rundir, l->control->pid, l->control->entry);
}

static int add_listener(struct control *c, int fd, bool tcp, struct diag *d)
{
    struct listener *l = &c->listeners[c->count];

    fd = privfd_adopt(fd);
    if (fd < 0)
        return diag_set(d, fd, "cannot keep the control socket");
    *l = (struct listener){
        .source = {.fd = fd, .events = POLLIN, .ready = ready, .ctx = l},
        .control = c,
        .tcp = tcp,
    };
    if (!tcp) {
        l->source.begin = begin_serving;
        l->source.end = end_serving;
    }
    c->count++;
    return 0;
}

/* What a list of sessions shows. */
static char *describe(const struct control *c, char *const *program)
{
    json_t *words = json_array(), *all;
    char started[32] = "", *text;
    time_t now = time(NULL);
    struct tm tm;

    strftime(started, sizeof(started), "%FT%TZ", gmtime_r(&now, &tm));
    for (; program && *program; program++)
        json_array_append_new(words, jsontext_of(*program));
    all = json_pack("{s:i, s:s, s:s?, s:o}", "pid", (int)c->pid, "started",
                    started, "address", c->port ? c->bound : NULL, "program",
                    words);
    text = json_dumps(all, JSON_COMPACT);
    json_decref(all);
    return text;
}

static int listen_unix(struct control *c, char *const *program, struct diag *d)
{
    int rc = rundir_open(&c->rundir, true, d), fd;
    char *text;

    if (rc < 0) {
        c->rundir.fd = -1;
        return rc;
    }
    fd = privfd_adopt(c->rundir.fd);
    c->rundir.fd = fd < 0 ? -1 : fd;
    if (fd < 0)
        return diag_set(d, fd, "cannot keep the directory of sessions");
    text = describe(c, program);
    rc = text ? rundir_listen(&c->rundir, c->pid, text, strlen(text), &fd, d)
              : diag_set(d, -ENOMEM, "cannot describe the session");
    free(text);
    if (rc < 0)
        return rc;
    c->life = privfd_adopt(fd);
    rc = add_listener(c, rc, false, d);
    if (c->life < 0)
        return diag_set(d, c->life, "cannot keep the session's description");
    return rc;
}

static int listen_tcp(struct control *c, const char *address, struct diag *d)
{
    int fd = address_listen(address, c->bound, &c->port, d);

    return fd < 0 ? fd : add_listener(c, fd, true, d);
}

int control_open(struct control **out, const struct control_config *config,
                 struct diag *d)
{
    struct control *c = calloc(1, sizeof(*c));
    int rc = 0;

    if (!c)
        return diag_set(d, -ENOMEM, "cannot open the control socket");
    request_init();
    c->engine = config->engine;
    c->rundir.fd = -1;
    c->life = -1;
    c->pid = getpid();
    /* First what is most likely to fail, and leaves nothing behind. */
    if (config->address && config->address[0])
        rc = listen_tcp(c, config->address, d);
    if (rc == 0)
        rc = listen_unix(c, config->program, d);
    if (rc < 0) {
        control_withdraw(c);
        return rc;
    }
    *out = c;
    return 0;
}

size_t control_sources(struct control *c,
                       struct server_source *sources[CONTROL_SOURCES])
{
    for (size_t i = 0; i < c->count; i++)
        sources[i] = &c->listeners[i].source;
    return c->count;
}

uint16_t control_port(const struct control *c)
{
    return c->port;
}

void control_hand_over(struct control *c)
{
    if (!c)
        return;
    for (size_t i = 0; i < c->count; i++)
        privfd_close(c->listeners[i].source.fd);
    privfd_close(c->rundir.fd);
    free(c);
}

void control_withdraw(struct control *c)
{
    if (c->life >= 0)
        rundir_remove(&c->rundir, c->pid, c->life);
    privfd_close(c->life);
    control_hand_over(c);
}
