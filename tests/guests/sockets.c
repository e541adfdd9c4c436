/* sockets.c SCENARIO: sockets of this machine: descriptors and credentials on
 * their way, kinds, options, errors. */
#include "scenario.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

static int ends[2];
static char buffer[1000];

static void make_pair(int type)
{
    if (socketpair(AF_UNIX, type, 0, ends) < 0)
        perror("socketpair");
}

/* --- descriptors and credentials --- */

union control {
    char bytes[256];
    struct cmsghdr align;
};

static ssize_t send_descriptors(const int *fds, size_t n)
{
    union control control = {{0}};
    struct iovec vec = {"x", 1};
    struct msghdr msg = {.msg_iov = &vec,
                         .msg_iovlen = 1,
                         .msg_control = control.bytes,
                         .msg_controllen = CMSG_SPACE(n * sizeof(int))};
    struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

    c->cmsg_level = SOL_SOCKET;
    c->cmsg_type = SCM_RIGHTS;
    c->cmsg_len = CMSG_LEN(n * sizeof(int));
    memcpy(CMSG_DATA(c), fds, n * sizeof(int));
    return sendmsg(ends[0], &msg, 0);
}

/* Receive with room for (room) bytes of control; show what came. The last
 * descriptor is returned. */
static int receive(size_t room, int flags)
{
    union control control = {{0}};
    struct iovec vec = {buffer, sizeof(buffer)};
    struct msghdr msg = {.msg_iov = &vec,
                         .msg_iovlen = 1,
                         .msg_control = control.bytes,
                         .msg_controllen = room};
    ssize_t n = recvmsg(ends[1], &msg, flags);
    int fd = -1;

    printf("bytes %d flags %#x control %d", (int)n, msg.msg_flags,
           (int)msg.msg_controllen);
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&msg); n >= 0 && c;
         c = CMSG_NXTHDR(&msg, c)) {
        size_t count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        if (c->cmsg_type == SCM_CREDENTIALS) {
            struct ucred who;

            memcpy(&who, CMSG_DATA(c), sizeof(who));
            printf(" credentials %d %d", who.pid == getpid(), (int)who.uid);
            continue;
        }
        printf(" %d descriptors", (int)count);
        if (count > 0)
            memcpy(&fd, CMSG_DATA(c) + (count - 1) * sizeof(int), sizeof(fd));
    }
    printf("\n");
    return fd;
}

static int text_file(const char *text)
{
    int fd = memfd_create("text", 0);

    if (write(fd, text, strlen(text)) < 0)
        perror("write");
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void show_text(int fd)
{
    ssize_t n = read(fd, buffer, 100);

    printf("[%.*s] cloexec %d\n", n < 0 ? 0 : (int)n, buffer,
           fcntl(fd, F_GETFD));
}

static void rights(void)
{
    int fds[3] = {text_file("one"), text_file("two"), text_file("three")};

    make_pair(SOCK_STREAM);
    show("send", send_descriptors(fds, 3));
    show_text(receive(sizeof(union control), 0));
    show("send", send_descriptors(fds, 1));
    show_text(receive(sizeof(union control), MSG_CMSG_CLOEXEC));
    show("bad one", send_descriptors((const int[]){fds[0], 900}, 2));
    show("nothing sent", recv(ends[1], buffer, 1, MSG_DONTWAIT));
}

static void rights_peeked(void)
{
    int fd = text_file("peeked");

    make_pair(SOCK_DGRAM);
    show("send", send_descriptors(&fd, 1));
    show_text(receive(sizeof(union control), MSG_PEEK));
    fd = receive(sizeof(union control), 0);
    printf("once more: %d\n", fd >= 0);
    printf("position is shared: %d\n", (int)lseek(fd, 0, SEEK_CUR));
}

static void rights_cut(void)
{
    int fds[3] = {text_file("one"), text_file("two"), text_file("three")};

    make_pair(SOCK_DGRAM);
    for (int i = 0; i < 3; i++)
        show("send", send_descriptors(fds, 3));
    show_text(receive(CMSG_SPACE(sizeof(int)), 0));
    receive(4, 0);
    receive(0, 0);
    for (int i = 0; i < 3; i++)
        close(fds[i]);
    printf("next number %d\n", dup(0) - fds[0]);
}

/* A descriptor of the socket itself, on its way when both ends close. */
static void rights_in_flight(void)
{
    make_pair(SOCK_STREAM);
    show("send", send_descriptors(ends, 2));
    show("shut", shutdown(ends[0], SHUT_WR));
    receive(sizeof(union control), 0);
    show("end", recv(ends[1], buffer, 1, 0));
}

static void rights_to_a_child(void)
{
    int fd = text_file("for a child"), sent;
    pid_t pid;

    make_pair(SOCK_STREAM);
    pid = fork();
    if (pid == 0) {
        close(fd);
        show_text(receive(sizeof(union control), 0));
        _exit(0);
    }
    /* Told when the child has told what it got. */
    sent = send_descriptors(&fd, 1) == 1 ? 1 : -1;
    show_status("child", pid);
    show("send", sent);
}

static void credentials(void)
{
    const int on = 1;
    struct ucred peer;
    socklen_t length = sizeof(peer);

    make_pair(SOCK_STREAM);
    show("peer", getsockopt(ends[0], SOL_SOCKET, SO_PEERCRED, &peer, &length));
    printf("%d %d %d\n", peer.pid == getpid(), (int)peer.uid, (int)length);
    show("pass", setsockopt(ends[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
    show("send", send(ends[0], "abc", 3, 0));
    receive(sizeof(union control), 0);
    {
        int fd = text_file("both");

        show("send", send_descriptors(&fd, 1));
    }
    receive(sizeof(union control), 0);
}

/* --- kinds --- */

static void datagrams(void)
{
    struct iovec parts[2] = {{buffer, 3}, {buffer + 100, 3}};
    struct msghdr msg = {.msg_iov = parts, .msg_iovlen = 2};

    make_pair(SOCK_DGRAM);
    show("send", send(ends[0], "0123456789", 10, 0));
    show("send", send(ends[0], "", 0, 0));
    show("peek", recv(ends[1], buffer, 4, MSG_PEEK));
    show("whole length", recv(ends[1], buffer, 4, MSG_PEEK | MSG_TRUNC));
    show("parts", recvmsg(ends[1], &msg, 0));
    printf("%.3s %.3s flags %#x\n", buffer, buffer + 100, msg.msg_flags);
    show("empty", recv(ends[1], buffer, 4, 0));
    show("none", recv(ends[1], buffer, 4, MSG_DONTWAIT));
    close(ends[1]);
    show("closed", send(ends[0], "x", 1, 0));
}

static void packets(void)
{
    make_pair(SOCK_SEQPACKET);
    show("send", send(ends[0], "one", 3, 0));
    show("send", send(ends[0], "second", 6, MSG_EOR));
    show("receive", recv(ends[1], buffer, 100, 0));
    show("cut", recv(ends[1], buffer, 2, 0));
    shutdown(ends[0], SHUT_RDWR);
    show("end", recv(ends[1], buffer, 100, 0));
    show("no write", send(ends[0], "x", 1, MSG_NOSIGNAL));
}

static void several_messages(void)
{
    struct iovec parts[3] = {{buffer, 3}, {buffer + 10, 4}, {buffer + 20, 5}};
    struct mmsghdr list[3] = {{{0}, 0}};
    struct timespec time = {5, 0};

    make_pair(SOCK_DGRAM);
    memcpy(buffer, "abcdefghijklmnopqrstuvwxyz", 26);
    for (int i = 0; i < 3; i++) {
        list[i].msg_hdr.msg_iov = &parts[i];
        list[i].msg_hdr.msg_iovlen = 1;
    }
    show("send", sendmmsg(ends[0], list, 3, 0));
    printf("%u %u %u\n", list[0].msg_len, list[1].msg_len, list[2].msg_len);
    memset(buffer, 0, sizeof(buffer));
    show("receive", recvmmsg(ends[1], list, 3, MSG_WAITFORONE, &time));
    printf("%u %u %u %.5s\n", list[0].msg_len, list[1].msg_len, list[2].msg_len,
           buffer + 20);
    show("none", recvmmsg(ends[1], list, 3, MSG_DONTWAIT, NULL));
}

static int listener(struct sockaddr_in *address, int type)
{
    int fd = socket(AF_INET, type, 0);
    socklen_t length = sizeof(*address);

    *address = (struct sockaddr_in){.sin_family = AF_INET,
                                    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(fd, (struct sockaddr *)address, sizeof(*address)) < 0 ||
        getsockname(fd, (struct sockaddr *)address, &length) < 0)
        perror("bind");
    return fd;
}

static void streams(void)
{
    struct sockaddr_in address, peer;
    int server = listener(&address, SOCK_STREAM), client, accepted;
    socklen_t length = sizeof(peer);
    const int on = 1;
    int value = 0;

    show("listen", listen(server, 5));
    client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    show("connect",
         connect(client, (struct sockaddr *)&address, sizeof(address)));
    accepted = accept4(server, (struct sockaddr *)&peer, &length,
                       SOCK_NONBLOCK | SOCK_CLOEXEC);
    printf("accepted %d length %d flags %#x %d\n", accepted >= 0, (int)length,
           fcntl(accepted, F_GETFL), fcntl(accepted, F_GETFD));
    show("again",
         connect(client, (struct sockaddr *)&address, sizeof(address)));
    show("nothing", recv(accepted, buffer, 1, 0));
    show("send", send(client, "hello", 5, MSG_MORE));
    show("send", send(client, "!", 1, MSG_OOB));
    poll(&(struct pollfd){accepted, POLLPRI, 0}, 1, 2000);
    show("urgent", recv(accepted, buffer, 1, MSG_OOB));
    show("rest", recv(accepted, buffer, 100, 0));
    show("no delay", setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, 4));
    length = sizeof(value);
    show("got", getsockopt(client, IPPROTO_TCP, TCP_NODELAY, &value, &length));
    printf("%d %d\n", value != 0, (int)length);
    show("waiting", ioctl(accepted, FIONREAD, &value));
    printf("%d\n", value);
    show("shut", shutdown(client, SHUT_WR));
    poll(&(struct pollfd){accepted, POLLIN, 0}, 1, 2000);
    show("end", recv(accepted, buffer, 1, 0));
    show("the other way", send(accepted, "x", 1, 0));
    shutdown(accepted, SHUT_WR);
    show("comes", recv(client, buffer, 10, MSG_WAITALL));
    close(server);
    client = socket(AF_INET, SOCK_STREAM, 0);
    show("nobody listens",
         connect(client, (struct sockaddr *)&address, sizeof(address)));
}

static void user_datagrams(void)
{
    struct sockaddr_in a, b, from;
    int first = listener(&a, SOCK_DGRAM), second = listener(&b, SOCK_DGRAM);
    socklen_t length = 4;

    show("send", sendto(first, "abc", 3, 0, (struct sockaddr *)&b, sizeof(b)));
    show("receive",
         recvfrom(second, buffer, 100, 0, (struct sockaddr *)&from, &length));
    printf("length told %d\n", (int)length);
    length = sizeof(from);
    sendto(first, "abc", 3, 0, (struct sockaddr *)&b, sizeof(b));
    recvfrom(second, buffer, 100, 0, (struct sockaddr *)&from, &length);
    printf("from it %d\n", from.sin_port == a.sin_port);
    show("connect", connect(first, (struct sockaddr *)&b, sizeof(b)));
    show("write", write(first, "abcd", 4));
    show("read", read(second, buffer, 100));
    show("elsewhere", sendto(second, "x", 1, 0, NULL, 0));
    close(second);
    show("write", write(first, "x", 1));
    pause_ms(20);
    show("refused", write(first, "x", 1));
    show("too long", sendto(first, buffer, 70000, 0, NULL, 0));
}

static void errors(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX,
                                  .sun_path = "/nowhere/socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM, 0), value = 0;
    socklen_t length = sizeof(value);

    show("family", socket(99, SOCK_STREAM, 0));
    show("type", socket(AF_UNIX, 99, 0));
    show("protocol", socket(AF_INET, SOCK_STREAM, 250));
    show("connect", connect(fd, (struct sockaddr *)&address, sizeof(address)));
    show("short", connect(fd, (struct sockaddr *)&address, 1));
    show("bad", syscall(SYS_connect, fd, 8, sizeof(address)));
    show("bind", bind(fd, (struct sockaddr *)&address, sizeof(address)));
    show("send", send(fd, "x", 1, 0));
    show("listen", listen(fd, 5));
    show("accept", accept(fd, NULL, NULL));
    show("no socket", listen(0, 5));
    show("shutdown", shutdown(fd, 99));
    show("option", getsockopt(fd, SOL_SOCKET, 9999, &value, &length));
    show("type", getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length));
    printf("%d\n", value == SOCK_STREAM);
    show("bad value", syscall(SYS_setsockopt, fd, SOL_SOCKET, SO_SNDBUF, 8, 4));
    show("short value", setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &value, 2));
    length = (socklen_t)-1;
    show("negative length",
         getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length));
    show("peer", getpeername(fd, (struct sockaddr *)buffer, &length));
    show("pair", socketpair(AF_INET, SOCK_STREAM, 0, ends));
}

static void names(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX}, got = {0};
    socklen_t length = offsetof(struct sockaddr_un, sun_path) + 1 +
                       (socklen_t)snprintf(address.sun_path + 1, 50,
                                           "guest-names-%d", getpid());
    int server = socket(AF_UNIX, SOCK_STREAM, 0), client, accepted;
    socklen_t size = sizeof(got);

    show("bind", bind(server, (struct sockaddr *)&address, length));
    show("listen", listen(server, 1));
    show("taken", bind(socket(AF_UNIX, SOCK_STREAM, 0),
                       (struct sockaddr *)&address, length));
    client = socket(AF_UNIX, SOCK_STREAM, 0);
    show("own name",
         bind(client, (struct sockaddr *)&address, sizeof(sa_family_t)));
    show("connect", connect(client, (struct sockaddr *)&address, length));
    accepted = accept(server, (struct sockaddr *)&got, &size);
    printf("from a name of %d bytes\n", (int)size);
    size = 5;
    show("cut", getsockname(server, (struct sockaddr *)&got, &size));
    printf("whole length %d\n", size == length);
    close(client);
    show("closed", recv(accepted, buffer, 1, 0));
}

static const struct scenario scenarios[] = {
    {"rights", rights},
    {"rights-peeked", rights_peeked},
    {"rights-cut", rights_cut},
    {"rights-in-flight", rights_in_flight},
    {"rights-to-a-child", rights_to_a_child},
    {"credentials", credentials},
    {"datagrams", datagrams},
    {"packets", packets},
    {"several-messages", several_messages},
    {"streams", streams},
    {"user-datagrams", user_datagrams},
    {"errors", errors},
    {"names", names},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
