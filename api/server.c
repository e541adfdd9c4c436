/* server.c: the process that serves a session's sockets. */
#include "api/server.h"

#include "vmm/clock.h"
#include "vmm/privfd.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define AFTER_END_MS 1000

struct server {
    struct server_source *const *sources;
    size_t count;
    int alive; /* read end of a pipe that every process of the session holds */
};

/* Wait for the sources, and for the end of the session where (alive) is not
 * -1. Returns whether that came; (*served) says whether a source was ready. */
static bool serve(const struct server *s, int alive, int timeout_ms,
                  bool *served)
{
    struct pollfd wait[1 + SERVER_SOURCES] = {{.fd = alive}};
    int n;

    for (size_t i = 0; i < s->count; i++)
        wait[i + 1] = (struct pollfd){.fd = s->sources[i]->fd,
                                      .events = s->sources[i]->events};
    n = poll(wait, 1 + s->count, timeout_ms);
    *served = false;
    for (size_t i = 0; n > 0 && i < s->count; i++) {
        if (!wait[i + 1].revents)
            continue;
        s->sources[i]->ready(s->sources[i]->ctx);
        *served = true;
    }
    return n > 0 && wait[0].revents;
}

static bool has_to_write(const struct server *s)
{
    for (size_t i = 0; i < s->count; i++)
        if (s->sources[i]->fd >= 0 && (s->sources[i]->events & POLLOUT))
            return true;
    return false;
}

/* The session has ended: what was still to be delivered, is. */
static void finish(const struct server *s)
{
    int64_t deadline = clock_now_ms() + AFTER_END_MS, left = AFTER_END_MS;
    bool served = true;

    for (; served && left > 0; left = deadline - clock_now_ms())
        serve(s, -1, has_to_write(s) ? (int)left : 0, &served);
    for (size_t i = 0; i < s->count; i++)
        if (s->sources[i]->end)
            s->sources[i]->end(s->sources[i]->ctx);
}

/* Nobody but the kernel ends the server. A fault of its own is none of
 * these: they are not blocked. */
static void block_signals(void)
{
    static const int fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE,
                                SIGABRT, SIGSYS, SIGTRAP};
    sigset_t set;

    sigfillset(&set);
    for (size_t i = 0; i < sizeof(fatal) / sizeof(*fatal); i++)
        sigdelset(&set, fatal[i]);
    sigprocmask(SIG_SETMASK, &set, NULL);
}

/* The program's descriptors would keep its pipes open. */
static void keep_private_only(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    int from = 3, next;

    for (int fd = 0; fd < 3; fd++)
        if (null < 0 || dup2(null, fd) < 0)
            close(fd);
    while ((next = privfd_next(from)) >= 0) {
        if (next > from)
            close_range((unsigned)from, (unsigned)next - 1, 0);
        from = next + 1;
    }
    close_range((unsigned)from, ~0U, 0);
}

static _Noreturn void run_server(const struct server *s)
{
    bool served;

    prctl(PR_SET_NAME, "microvm-server");
    /* Processes of the same user, the program's among them, are kept away from
     * its memory and descriptors. proc(5), ptrace(2). */
    prctl(PR_SET_DUMPABLE, 0);
    block_signals();
    keep_private_only();
    /* No file system is kept busy by it. */
    if (chdir("/") < 0)
        _exit(1);
    while (!serve(s, s->alive, -1, &served))
        ;
    finish(s);
    _exit(0);
}

/* In the process between: the server becomes an orphan. What only the session
 * is to have is closed here, as the session does not wait for the server. */
static _Noreturn void detach(const struct server *s, int alive_write)
{
    pid_t pid;

    setsid();
    privfd_close(alive_write);
    for (size_t i = 0; i < s->count; i++)
        if (s->sources[i]->begin)
            s->sources[i]->begin(s->sources[i]->ctx);
    pid = fork();
    if (pid == 0)
        run_server(s);
    _exit(pid < 0 ? errno : 0);
}

int server_start(struct server_source *const *sources, size_t count,
                 struct diag *d)
{
    struct server s = {sources, count, -1};
    int ends[2], status = 0;
    pid_t between;

    assert(count <= SERVER_SOURCES);
    if (pipe2(ends, O_CLOEXEC) < 0)
        return diag_set(d, -errno, "cannot start the server of the session");
    s.alive = privfd_adopt(ends[0]);
    ends[1] = privfd_adopt(ends[1]);
    if (s.alive < 0 || ends[1] < 0)
        return diag_set(d, -EMFILE, "cannot start the server of the session");
    /* Without a signal at its end: it would be the program's first one. */
    between = (pid_t)syscall(SYS_clone, 0, NULL, NULL, NULL, NULL);
    if (between == 0)
        detach(&s, ends[1]);
    if (between < 0 || waitpid(between, &status, __WALL) < 0)
        status = errno << 8;
    privfd_close(s.alive);
    if (status != 0)
        return diag_set(d, -WEXITSTATUS(status),
                        "cannot start the server of the session");
    return 0;
}
