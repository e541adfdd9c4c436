/* test_logsink.c: addresses, and a peer that reads, stops reading or goes. */
#include "api/logconnect.h"
#include "api/logdrain.h"
#include "api/logsink.h"
#include "vmm/util.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

/* A listening socket; its address as HOST:PORT. */
static int listen_at(char *address, size_t size)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof(a);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(fd, 4), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&a, &len), 0);
    snprintf(address, size, "127.0.0.1:%d", ntohs(a.sin_port));
    return fd;
}

/* All that comes until the end of file. */
static char *read_all(int fd, size_t *size)
{
    size_t room = 4 * MIB;
    char *text = malloc(room);
    ssize_t n;

    *size = 0;
    while ((n = read(fd, text + *size, room - 1 - *size)) > 0)
        *size += (size_t)n;
    assert_int_equal(n, 0);
    text[*size] = '\0';
    return text;
}

static void malformed_addresses_are_refused(void **state)
{
    static const struct {
        const char *address, *text;
    } wrong[] = {
        {"localhost", "HOST:PORT"},
        {":12001", "HOST:PORT"},
        {"localhost:", "HOST:PORT"},
        {"::1:12001", "HOST:PORT"},
        {"[]:1", "HOST:PORT"},
        {"127.0.0.1:nosuchport", "127.0.0.1"},
        {"no.such.host.invalid:1", "no.such.host.invalid:1"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        struct diag d = {0};
        int fd;

        assert_true(logconnect(wrong[i].address, &fd, &d) < 0);
        if (!strstr(d.text, wrong[i].text))
            fail_msg("%s: %s", wrong[i].address, d.text);
    }
}

static void a_closed_port_is_refused(void **state)
{
    char address[64];
    struct diag d = {0};
    int out;

    (void)state;
    close(listen_at(address, sizeof(address)));
    assert_int_equal(logconnect(address, &out, &d), -ECONNREFUSED);
    assert_non_null(strstr(d.text, address));
    assert_non_null(strstr(d.text, "Connection refused"));
}

static struct logsink *sink_to(const char *address)
{
    const struct logsink_config config = {
        .address = address, .blob_size = 64, .ring_size = 64 * KIB};
    struct logsink *sink;
    struct diag d = {0};

    if (logsink_create(&sink, &config, &d) < 0)
        fail_msg("%s", d.text);
    return sink;
}

static void what_was_logged_arrives_after_the_end(void **state)
{
    char address[64];
    int fd = listen_at(address, sizeof(address)), peer, status;
    size_t size, lines = 0;
    char *text;
    pid_t pid = fork(); /* a session, which ends with it */

    (void)state;
    if (pid == 0) {
        struct server_source *sources[LOGSINK_SOURCES];
        struct logsink *sink = sink_to(address);
        struct diag d = {0};

        if (server_start(sources, logsink_sources(sink, sources), &d) < 0)
            _exit(1);
        logsink_hand_over(sink);
        for (unsigned i = 0; i < 100; i++)
            logsink_log(sink, 1, "{\"a\":1}", 7, true);
        _exit(0);
    }
    peer = accept(fd, NULL, NULL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    text = read_all(peer, &size);
    for (char *at = text; (at = strchr(at, '\n')); at++)
        lines++;
    assert_int_equal(lines, 100);
    free(text);
    close(peer);
    close(fd);
}

static void a_list_with_unknown_names_starts_nothing(void **state)
{
    char address[64];
    int fd = listen_at(address, sizeof(address));
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    const struct logsink_config config = {.address = address, .strace = "reed"};
    struct logsink *sink;
    struct diag d = {0};

    (void)state;
    assert_int_equal(logsink_create(&sink, &config, &d), -EINVAL);
    assert_non_null(strstr(d.text, "reed"));
    assert_int_equal(poll(&ready, 1, 0), 0);
    close(fd);
}

/* --- the drain, without the server --- */

static void partial_sends_lose_nothing(void **state)
{
    int pair[2], small = 4096;
    int wake_fd = eventfd(0, EFD_NONBLOCK);
    struct logdrain d;
    size_t size, put = 0;
    char record[1500];
    char *got, *want = malloc(4 * MIB);

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    setsockopt(pair[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
    logdrain_init(&d, logring_create(64 * KIB, wake_fd), wake_fd, pair[0]);
    for (unsigned i = 0; i < 40; i++) {
        size_t n = 100 + i * 31 % 1400;

        memset(record, 'a' + (int)i % 26, n);
        assert_true(logring_put(d.ring, record, n));
        memcpy(want + put, record, n);
        put += n;
    }
    got = malloc(put + 1);
    logdrain_send(&d);
    assert_true(d.full && logdrain_pending(&d));
    for (size = 0; size < put;) {
        const struct server_source *writable = &d.source[1];
        ssize_t n = recv(pair[1], got + size, 700, MSG_DONTWAIT);

        if (n > 0) {
            size += (size_t)n;
            continue;
        }
        assert_int_equal(writable->fd, pair[0]);
        assert_int_equal(writable->events, POLLOUT);
        writable->ready(writable->ctx);
    }
    assert_memory_equal(got, want, put);
    assert_false(logdrain_pending(&d));
    free(got);
    free(want);
    close(pair[0]);
    close(pair[1]);
    close(d.wake_fd);
    logring_destroy(d.ring);
}

static void the_first_record_wakes_the_server(void **state)
{
    int wake = eventfd(0, EFD_NONBLOCK);
    struct pollfd ready = {.fd = wake, .events = POLLIN};
    struct logring *ring = logring_create(64 * KIB, wake);
    struct logdrain d;

    (void)state;
    logdrain_init(&d, ring, wake, -1);
    assert_int_equal(poll(&ready, 1, 0), 0);
    assert_true(logring_put(ring, "x", 1));
    assert_int_equal(poll(&ready, 1, 0), 1);
    close(wake);
    logring_destroy(ring);
}

static void a_peer_that_went_away_closes_the_ring(void **state)
{
    int wake_fd = eventfd(0, EFD_NONBLOCK);
    struct logdrain d;
    int pair[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    logdrain_init(&d, logring_create(64 * KIB, wake_fd), wake_fd, pair[0]);
    close(pair[1]);
    assert_true(logring_put(d.ring, "x", 1));
    logdrain_send(&d); /* EPIPE, and no SIGPIPE */
    assert_true(logring_closed(d.ring));
    assert_false(logdrain_pending(&d));
    assert_int_equal(d.source[1].fd, -1);
    close(pair[0]);
    close(d.wake_fd);
    logring_destroy(d.ring);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malformed_addresses_are_refused),
        cmocka_unit_test(a_closed_port_is_refused),
        cmocka_unit_test(what_was_logged_arrives_after_the_end),
        cmocka_unit_test(a_list_with_unknown_names_starts_nothing),
        cmocka_unit_test(partial_sends_lose_nothing),
        cmocka_unit_test(the_first_record_wakes_the_server),
        cmocka_unit_test(a_peer_that_went_away_closes_the_ring),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
