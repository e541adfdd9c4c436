/* logdrain.c: sends what is in the ring. */
#include "api/logdrain.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

/* One send of what is there. Returns false where there is no more to do now. */
static bool send_some(struct logdrain *d)
{
    struct iovec piece[2];
    const struct msghdr message = {.msg_iov = piece, .msg_iovlen = 2};
    ssize_t n;

    if (logring_look(d->ring, piece) == 0)
        return !logring_sleep(d->ring);
    n = sendmsg(d->sock, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n >= 0) {
        logring_take(d->ring, (size_t)n);
        return true;
    }
    if (errno == EINTR)
        return true;
    if (errno == EAGAIN)
        d->full = true;
    else
        logring_close(d->ring);
    return false;
}

void logdrain_send(struct logdrain *d)
{
    struct server_source *writable = &d->source[1];

    d->full = false;
    while (!logring_closed(d->ring) && send_some(d))
        ;
    /* A closed peer is always ready; nothing is to be waited for then. */
    writable->events = d->full && !logring_closed(d->ring) ? POLLOUT : 0;
    writable->fd = writable->events ? d->sock : -1;
}

bool logdrain_pending(struct logdrain *d)
{
    struct iovec piece[2];

    return !logring_closed(d->ring) && logring_look(d->ring, piece) != 0;
}

static void woken(void *ctx)
{
    struct logdrain *d = ctx;
    uint64_t count;

    /* It does not block, and how often it was written is of no interest. */
    if (read(d->wake_fd, &count, sizeof(count)) < 0 && errno != EAGAIN)
        logring_close(d->ring);
    if (!d->full)
        logdrain_send(d);
}

static void writable(void *ctx)
{
    logdrain_send(ctx);
}

void logdrain_init(struct logdrain *d, struct logring *ring, int wake_fd,
                   int sock)
{
    *d = (struct logdrain){
        .ring = ring,
        .wake_fd = wake_fd,
        .sock = sock,
        .source = {{wake_fd, POLLIN, woken, d, writable},
                   {-1, 0, writable, d, NULL}},
    };
    /* The first record wakes the server. */
    if (ring)
        logring_sleep(ring);
}
