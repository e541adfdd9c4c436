/* peer.c: who listens at the log socket. */
#include "tests/e2e/peer.h"

#include "tests/e2e/run.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void read_all(struct peer *p, int fd)
{
    size_t room = 0;
    ssize_t n;

    do {
        if (room - p->size < 65536) {
            room = 2 * room + 65536;
            p->text = realloc(p->text, room);
        }
        n = read(fd, p->text + p->size, room - p->size);
        p->size += n > 0 ? (size_t)n : 0;
    } while (n > 0);
}

static void *serve(void *arg)
{
    struct peer *p = arg;
    struct pollfd come[] = {{p->listener, POLLIN, 0}, {p->stop[0], POLLIN, 0}};
    char some[100];
    int fd;

    poll(come, 2, -1);
    if (!come[0].revents)
        return NULL; /* nobody came */
    fd = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
    while (p->manner == READS_LATE && access(p->gate, F_OK) < 0)
        usleep(10 * 1000);
    if (p->manner == READS || p->manner == READS_LATE)
        read_all(p, fd);
    else if (p->manner == NEVER_READS)
        poll(&come[1], 1, -1);
    else if (read(fd, some, sizeof(some)) < 0)
        perror("read");
    close(fd);
    return NULL;
}

void peer_start(struct peer *p, enum manner manner, const char *gate)
{
    struct sockaddr_in a = {.sin_family = AF_INET};
    socklen_t len = sizeof(a);
    int small = 64 * 1024;

    *p = (struct peer){.manner = manner, .gate = gate};
    a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    p->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (manner != READS) /* inherited: so that little is on its way */
        setsockopt(p->listener, SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
    assert_int_equal(bind(p->listener, (struct sockaddr *)&a, sizeof(a)), 0);
    assert_int_equal(listen(p->listener, 1), 0);
    getsockname(p->listener, (struct sockaddr *)&a, &len);
    snprintf(p->address, sizeof(p->address), "127.0.0.1:%u", ntohs(a.sin_port));
    assert_int_equal(pipe2(p->stop, O_CLOEXEC), 0);
    assert_int_equal(pthread_create(&p->thread, NULL, serve, p), 0);
}

void peer_stop(struct peer *p)
{
    close(p->stop[1]);
    pthread_join(p->thread, NULL);
    close(p->stop[0]);
    close(p->listener);
}

void peer_free(struct peer *p)
{
    free(p->text);
}

json_t *peer_records(const struct peer *p)
{
    json_t *all = json_array();
    size_t at = 0;

    for (;;) {
        json_error_t error;
        json_t *value;

        while (at < p->size && isspace((unsigned char)p->text[at]))
            at++;
        if (at == p->size)
            return all;
        value = json_loadb(p->text + at, p->size - at, JSON_DISABLE_EOF_CHECK,
                           &error);
        if (!value)
            fail_msg("byte %zu: %s: %.*s", at, error.text,
                     (int)(p->size - at < 300 ? p->size - at : 300),
                     p->text + at);
        json_array_append_new(all, value);
        at += (size_t)error.position;
    }
}
