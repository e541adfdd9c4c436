/*
 * controlled.c: a guest that does what the lines on its standard input say and
 * answers each with one line, so that a test can change hooks in between.
 *
 *   getpid              the result of the call, by this process and all its
 *                       children (their number is the first argument)
 *   tcp FAMILY ADDRESS PORT  what every way to reach the port answers
 *   ask FAMILY ADDRESS PORT  bytes that come back for a request, and the same
 *                       while no process has the connection open
 *   unix PATH           bytes that come back for a request, by this process
 *                       and, with the connection passed on, by a child
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_CHILDREN 16

static int to[MAX_CHILDREN], from[MAX_CHILDREN];
static int children;

static long result(void)
{
    long ret = syscall(SYS_getpid);

    return ret < 0 ? -errno : ret;
}

static void child(int in, int out)
{
    char byte;

    while (read(in, &byte, 1) == 1) {
        long ret = result();

        if (write(out, &ret, sizeof(ret)) != sizeof(ret))
            break;
    }
    _exit(0);
}

static void start_child(void)
{
    int in[2], out[2];

    if (pipe(in) < 0 || pipe(out) < 0)
        exit(1);
    if (fork() == 0) {
        close(in[1]);
        close(out[0]);
        child(in[0], out[1]);
    }
    close(in[0]);
    close(out[1]);
    to[children] = in[1];
    from[children++] = out[0];
}

static void do_getpid(void)
{
    printf("%ld", result());
    for (int i = 0; i < children; i++) {
        long ret = -1;

        if (write(to[i], "", 1) != 1 ||
            read(from[i], &ret, sizeof(ret)) != sizeof(ret))
            ret = -9999;
        printf(" %ld", ret);
    }
}

/* --- tcp --- */

static union {
    struct sockaddr any;
    struct sockaddr_in in;
    struct sockaddr_in6 in6;
} peer;
static socklen_t peer_size;

static int way_connect(int fd)
{
    return connect(fd, &peer.any, peer_size);
}

static int way_nonblocking(int fd)
{
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return connect(fd, &peer.any, peer_size);
}

static int way_sendto(int fd)
{
    return (int)sendto(fd, "x", 1, MSG_FASTOPEN, &peer.any, peer_size);
}

static struct iovec iov = {"x", 1};

static int way_sendmsg(int fd)
{
    struct msghdr message = {.msg_name = &peer,
                             .msg_namelen = peer_size,
                             .msg_iov = &iov,
                             .msg_iovlen = 1};

    return (int)sendmsg(fd, &message, MSG_FASTOPEN);
}

static int way_sendmmsg(int fd)
{
    struct mmsghdr message = {.msg_hdr = {.msg_name = &peer,
                                          .msg_namelen = peer_size,
                                          .msg_iov = &iov,
                                          .msg_iovlen = 1}};

    return sendmmsg(fd, &message, 1, MSG_FASTOPEN);
}

static void set_peer(const char *family, const char *address, int port)
{
    memset(&peer, 0, sizeof(peer));
    peer.any.sa_family = strcmp(family, "6") == 0 ? AF_INET6 : AF_INET;
    peer_size =
        peer.any.sa_family == AF_INET6 ? sizeof(peer.in6) : sizeof(peer.in);
    peer.in.sin_port = htons((in_port_t)port);
    inet_pton(peer.any.sa_family, address,
              peer.any.sa_family == AF_INET6 ? (void *)&peer.in6.sin6_addr
                                             : (void *)&peer.in.sin_addr);
}

static void do_tcp(const char *family, const char *address, int port)
{
    static int (*const ways[])(int) = {way_connect, way_nonblocking, way_sendto,
                                       way_sendmsg, way_sendmmsg};

    set_peer(family, address, port);
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
        int fd = socket(peer.any.sa_family, SOCK_STREAM, 0);
        int ret = fd < 0 ? -1 : ways[i](fd);

        if (ret >= 0 || errno == EINPROGRESS)
            printf("%sreached", i ? " " : "");
        else if (errno == EAFNOSUPPORT)
            printf("%sECONNREFUSED", i ? " " : ""); /* a host without IPv6 */
        else
            printf("%s%s", i ? " " : "", strerrorname_np(errno));
        close(fd);
    }
}

/* --- what is answered --- */

/* Bytes that are answered at (fd). */
static long answered(int fd)
{
    static const char request[] = "{\"type\":\"current-hooks\",\"payload\":{}}";
    char buf[256];
    long all = 0, n;

    if (send(fd, request, sizeof(request) - 1, MSG_NOSIGNAL) < 0 &&
        errno != EPIPE)
        return -errno;
    while ((n = read(fd, buf, sizeof(buf))) > 0)
        all += n;
    return all;
}

/* (fd) on its way over a socket: no table of descriptors has it. */
static void post(int over, int fd)
{
    char room[CMSG_SPACE(sizeof(int))] = {0};
    struct msghdr message = {.msg_iov = &iov,
                             .msg_iovlen = 1,
                             .msg_control = room,
                             .msg_controllen = sizeof(room)};
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(c), &fd, sizeof(fd));
    if (sendmsg(over, &message, 0) < 0)
        perror("sendmsg");
    close(fd);
}

static int take(int over)
{
    char room[CMSG_SPACE(sizeof(int))], byte;
    struct iovec into = {&byte, 1};
    struct msghdr message = {.msg_iov = &into,
                             .msg_iovlen = 1,
                             .msg_control = room,
                             .msg_controllen = sizeof(room)};
    int fd = -1;

    if (recvmsg(over, &message, 0) == 1)
        memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
    return fd;
}

static void do_ask(const char *family, const char *address, int port)
{
    int ends[2];

    set_peer(family, address, port);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        return;
    for (int posted = 0; posted < 2; posted++) {
        int fd = socket(peer.any.sa_family, SOCK_STREAM, 0);
        long all;

        way_connect(fd);
        if (posted) {
            post(ends[0], fd);
            usleep(300000);
            fd = take(ends[1]);
        }
        all = answered(fd);
        close(fd);
        printf("%s%ld", posted ? " " : "", all > 0 ? all : 0);
    }
    close(ends[0]);
    close(ends[1]);
}

/* --- unix --- */

static int connect_unix(const char *path)
{
    struct sockaddr_un un = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0);

    strncpy(un.sun_path, path, sizeof(un.sun_path) - 1);
    if (connect(fd, (struct sockaddr *)&un, sizeof(un)) < 0)
        printf("%s ", strerrorname_np(errno));
    return fd;
}

/* By a grandchild, after the one that connected is gone. */
static void by_heir(const char *path)
{
    int result_pipe[2];
    long all = -1;

    if (pipe(result_pipe) < 0)
        return;
    if (fork() == 0) {
        int fd = connect_unix(path);

        if (fork() == 0) {
            all = answered(fd);
            if (write(result_pipe[1], &all, sizeof(all)) != sizeof(all))
                _exit(1);
        }
        _exit(0);
    }
    close(result_pipe[1]);
    wait(NULL);
    if (read(result_pipe[0], &all, sizeof(all)) != sizeof(all))
        all = -1;
    close(result_pipe[0]);
    printf(" %ld", all);
}

static void do_unix(const char *path)
{
    int fd = connect_unix(path);

    printf("%ld", answered(fd));
    close(fd);
    fflush(stdout);
    by_heir(path);
}

int main(int argc, char **argv)
{
    char line[512], first[256], second[128];
    int port;

    for (int n = argc > 1 ? atoi(argv[1]) : 0; n > 0; n--)
        start_child();
    while (fgets(line, sizeof(line), stdin)) {
        line[strcspn(line, "\n")] = '\0';
        if (strcmp(line, "getpid") == 0)
            do_getpid();
        else if (sscanf(line, "tcp %255s %127s %d", first, second, &port) == 3)
            do_tcp(first, second, port);
        else if (sscanf(line, "ask %255s %127s %d", first, second, &port) == 3)
            do_ask(first, second, port);
        else if (sscanf(line, "unix %255s", first) == 1)
            do_unix(first);
        putchar('\n');
        fflush(stdout);
    }
    return 0;
}
