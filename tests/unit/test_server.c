/* test_server.c: the process that serves a session: when it ends, and what it
 * still delivers. The session is a child of the test. */
#include "api/server.h"
#include "vmm/privfd.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

/* Writes (left) letters, one each time it is ready, then 'e' at the end. */
struct writer {
    struct server_source source;
    int left;
};

static void write_one(void *ctx)
{
    struct writer *w = ctx;

    if (write(w->source.fd, "x", 1) == 1 && --w->left <= 0)
        w->source.events = 0;
}

static void write_end(void *ctx)
{
    const struct writer *w = ctx;

    if (write(w->source.fd, "e", 1) < 0)
        return;
}

/* A session of one process, which serves a writer and ends after (ms). Returns
 * where the writer's letters come out. */
static int run_session(int letters, int ms)
{
    int ends[2];
    pid_t pid;

    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        struct writer w = {.left = letters};
        struct server_source *sources[] = {&w.source};

        close(ends[0]);
        w.source = (struct server_source){
            .fd = privfd_adopt(ends[1]),
            .events = POLLOUT,
            .ready = write_one,
            .ctx = &w,
            .end = write_end,
        };
        if (server_start(sources, 1, NULL) < 0)
            _exit(1);
        usleep((useconds_t)ms * 1000);
        _exit(0);
    }
    close(ends[1]);
    return ends[0];
}

/* All letters, after the end of the session's process, which must be good. */
static size_t read_letters(int fd, char *text, size_t size)
{
    size_t n = 0;
    ssize_t got;
    int status;

    assert_true(wait(&status) > 0);
    assert_int_equal(status, 0);
    while (n + 1 < size && (got = read(fd, text + n, size - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    close(fd);
    return n;
}

static void it_serves_and_ends_with_the_session(void **state)
{
    char text[64];

    (void)state;
    read_letters(run_session(3, 50), text, sizeof(text));
    assert_string_equal(text, "xxxe");
}

static double now(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The pipe takes 64 KiB; nobody reads. */
static void it_does_not_wait_for_ever_for_who_does_not_read(void **state)
{
    char text[64];
    double begin = now();
    int fd = run_session(1 << 20, 0), status;
    struct pollfd hung_up = {.fd = fd};

    (void)state;
    assert_true(wait(&status) > 0);
    assert_int_equal(poll(&hung_up, 1, 5000), 1);
    assert_true(hung_up.revents & POLLHUP);
    assert_true(now() - begin > 0.5);
    assert_true(read(fd, text, sizeof(text)) > 0);
    close(fd);
}

/* The caller's descriptors and children stay as they were. */
static void the_caller_notices_nothing(void **state)
{
    int status;
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        sigset_t chld, pending;
        int first = dup(0);

        close(first);
        sigemptyset(&chld);
        sigaddset(&chld, SIGCHLD);
        sigprocmask(SIG_BLOCK, &chld, NULL);
        if (server_start(NULL, 0, NULL) < 0)
            _exit(1);
        sigpending(&pending);
        if (sigismember(&pending, SIGCHLD) || dup(0) != first)
            _exit(2);
        _exit(wait(NULL) == -1 && errno == ECHILD ? 0 : 3);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_serves_and_ends_with_the_session),
        cmocka_unit_test(it_does_not_wait_for_ever_for_who_does_not_read),
        cmocka_unit_test(the_caller_notices_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
