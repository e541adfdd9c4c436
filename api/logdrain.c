/* logdrain.c: sends what is in the ring, in a process of its own. */
#include "api/logdrain.h"

#include "vmm/util.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LAST_MS 1000 /* for what is left when the program has ended */

static int64_t now_ms(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* --- sending --- */

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
    d->full = false;
    while (!logring_closed(d->ring) && send_some(d))
        ;
}

bool logdrain_pending(struct logdrain *d)
{
    struct iovec piece[2];

    return !logring_closed(d->ring) && logring_look(d->ring, piece) != 0;
}

/* --- as sources --- */

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

void logdrain_sources(struct logdrain *d, struct server_source out[2])
{
    short full = d->full && !logring_closed(d->ring) ? POLLOUT : 0;

    out[0] = (struct server_source){d->wake_fd, POLLIN, woken, d};
    /* A closed peer is always ready; nothing is to be waited for then. */
    out[1] = (struct server_source){full ? d->sock : -1, full, writable, d};
}

/* --- as a process --- */

static void serve(struct logdrain *d, int alive)
{
    int64_t until = 0; /* 0: the program runs */

    logdrain_send(d);
    while (!until || (logdrain_pending(d) && now_ms() < until)) {
        struct server_source source[2];
        struct pollfd fds[3];

        logdrain_sources(d, source);
        for (unsigned i = 0; i < 2; i++)
            fds[i] = (struct pollfd){source[i].fd, source[i].events, 0};
        fds[2] = (struct pollfd){until ? -1 : alive, 0, 0};
        poll(fds, 3, until ? (int)(until - now_ms()) : -1);
        for (unsigned i = 0; i < 2; i++)
            if (fds[i].revents)
                source[i].ready(source[i].ctx);
        if (!until && fds[2].revents) {
            until = now_ms() + LAST_MS;
            if (!d->full)
                logdrain_send(d);
        }
    }
}

/* Nothing else stays open: a reader of the program's output shall see its end,
 * and no file system is to be kept busy. */
static void detach(struct logdrain *d, int *alive)
{
    int *kept[] = {&d->wake_fd, &d->sock, alive};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    sigset_t all;

    setsid();
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    prctl(PR_SET_NAME, "microvm-hook-log");
    for (int fd = 0; fd < 3 && null >= 0; fd++)
        dup2(null, fd);
    /* To the first numbers behind these; above, so that none hits another. */
    for (unsigned i = 0; i < ARRAY_SIZE(kept); i++)
        *kept[i] = fcntl(*kept[i], F_DUPFD_CLOEXEC, 16);
    for (unsigned i = 0; i < ARRAY_SIZE(kept); i++)
        *kept[i] = dup2(*kept[i], 3 + (int)i);
    close_range(3 + ARRAY_SIZE(kept), ~0u, 0);
    if (chdir("/") < 0)
        _exit(1);
}

/* Twice, so that it is nobody's child that the program could wait for. */
static int fork_away(void)
{
    int status = 0;
    pid_t pid = fork();

    if (pid < 0)
        return -errno;
    if (pid == 0) {
        pid = fork();
        if (pid == 0)
            return 0;
        _exit(pid < 0 ? errno : 0);
    }
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
        ;
    return WEXITSTATUS(status) ? -WEXITSTATUS(status) : 1;
}

int logdrain_start(const struct logdrain *d, int *alive_fd, struct diag *diag)
{
    struct logdrain own = *d;
    int fds[2], rc;

    if (pipe2(fds, O_CLOEXEC) < 0)
        return diag_set(diag, -errno, "cannot make a pipe for the log");
    rc = fork_away();
    if (rc == 0) {
        close(fds[1]);
        detach(&own, &fds[0]);
        serve(&own, fds[0]);
        _exit(0);
    }
    close(fds[0]);
    if (rc < 0) {
        close(fds[1]);
        return diag_set(diag, rc,
                        "cannot start the process that sends the log");
    }
    *alive_fd = fds[1];
    return 0;
}
