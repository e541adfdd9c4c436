/* interrupted.c SCENARIO: calls on files and sockets that a signal interrupts.
 */
#include "interrupted.h"

#include <fcntl.h>
#include <pty.h>
#include <stddef.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>

/* --- pipes and what reads like them --- */

static void make_sockets(void)
{
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
        perror("socketpair");
}

static void drain(void)
{
    while (recv(ends[1], buffer, sizeof(buffer), MSG_DONTWAIT) > 0)
        ;
}

static void drain_pipe(void)
{
    if (read(ends[0], buffer, sizeof(buffer)) <= 0)
        _exit(3);
}

static long do_read(void)
{
    return read(ends[0], buffer, 8);
}

static long do_readv(void)
{
    const struct iovec vec = {buffer, 8};

    return readv(ends[0], &vec, 1);
}

static long do_splice(void)
{
    return splice(ends[0], NULL, other[1], NULL, 8, 0);
}

static void read_pipe(void)
{
    both(make_pipe, do_read, put_byte);
}

static void readv_pipe(void)
{
    both(make_pipe, do_readv, put_byte);
}

static void splice_pipe(void)
{
    if (pipe(other) == 0)
        both(make_pipe, do_splice, put_byte);
}

static void fill_pipe(void)
{
    make_pipe();
    fcntl(ends[1], F_SETFL, O_NONBLOCK);
    while (write(ends[1], buffer, sizeof(buffer)) > 0)
        ;
    fcntl(ends[1], F_SETFL, 0);
}

static long do_write(void)
{
    return write(ends[1], buffer, 8);
}

static void write_pipe(void)
{
    both(fill_pipe, do_write, drain_pipe);
}

static long do_vmsplice(void)
{
    const struct iovec vec = {buffer, 8};

    return vmsplice(ends[1], &vec, 1, 0);
}

static void vmsplice_pipe(void)
{
    both(fill_pipe, do_vmsplice, drain_pipe);
}

/* What was moved before the signal counts, and is no error. */
static long do_write_more(void)
{
    long n = write(ends[1], buffer, sizeof(buffer));

    printf("moved less %d\n", n > 0 && n < (long)sizeof(buffer));
    return n;
}

static void half_full(void)
{
    make_pipe();
    if (write(ends[1], buffer, 40000) != 40000)
        perror("write");
}

static void write_more_pipe(void)
{
    both(half_full, do_write_more, NULL);
}

static void make_pty(void)
{
    if (openpty(&ends[1], &ends[0], NULL, NULL, NULL) < 0)
        perror("openpty");
}

static void type_line(void)
{
    if (write(ends[1], "x\n", 2) != 2)
        _exit(3);
}

static void read_terminal(void)
{
    both(make_pty, do_read, type_line);
}

static void make_eventfd(void)
{
    ends[0] = ends[1] = eventfd(0, 0);
}

static void put_event(void)
{
    eventfd_write(ends[1], 1);
}

static void read_eventfd(void)
{
    both(make_eventfd, do_read, put_event);
}

static void make_timerfd(void)
{
    ends[0] = timerfd_create(CLOCK_MONOTONIC, 0);
}

static void start_timerfd(void)
{
    const struct itimerspec soon = {.it_value = {.tv_nsec = 1}};

    timerfd_settime(ends[0], 0, &soon, NULL);
}

static void read_timerfd(void)
{
    both(make_timerfd, do_read, start_timerfd);
}

static void make_inotify(void)
{
    ends[0] = inotify_init1(0);
    if (inotify_add_watch(ends[0], "/", IN_IGNORED | IN_OPEN) < 0)
        perror("inotify_add_watch");
}

static long do_read_all(void)
{
    return read(ends[0], buffer, sizeof(buffer));
}

static void remove_watch(void)
{
    inotify_rm_watch(ends[0], 1);
}

/* Never restarted, signal(7); some kernels do. */
static void read_inotify(void)
{
    both(make_inotify, do_read_all, remove_watch);
}

static void make_signalfd(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    ends[0] = signalfd(-1, &set, 0);
}

static void send_usr1(void)
{
    raise(SIGUSR1);
}

static void read_signalfd(void)
{
    both(make_signalfd, do_read_all, send_usr1);
}

static char fifo[64];

static void make_fifo(void)
{
    snprintf(fifo, sizeof(fifo), "/tmp/guest-fifo-%d", getpid());
    unlink(fifo);
    mkfifo(fifo, 0600);
}

static long do_open(void)
{
    return open(fifo, O_RDONLY);
}

static void open_other_end(void)
{
    ends[1] = open(fifo, O_RDWR);
}

static void open_fifo(void)
{
    both(make_fifo, do_open, open_other_end);
    unlink(fifo);
}

/* --- sockets --- */

static long do_recv(void)
{
    return recv(ends[0], buffer, 8, 0);
}

static long do_recvmsg(void)
{
    struct iovec vec = {buffer, 8};
    struct msghdr msg = {.msg_iov = &vec, .msg_iovlen = 1};

    return recvmsg(ends[0], &msg, 0);
}

static long do_send(void)
{
    return send(ends[0], buffer, 8, 0);
}

static void fill_sockets(void)
{
    make_sockets();
    while (send(ends[0], buffer, sizeof(buffer), MSG_DONTWAIT) > 0)
        ;
}

static void with_timeouts(void)
{
    const struct timeval long_time = {.tv_sec = 20};

    setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &long_time, sizeof(long_time));
    setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &long_time, sizeof(long_time));
}

static void make_sockets_with_timeouts(void)
{
    make_sockets();
    with_timeouts();
}

static void fill_sockets_with_timeouts(void)
{
    fill_sockets();
    with_timeouts();
}

static void receive(void)
{
    both(make_sockets, do_recv, put_byte);
    both(make_sockets, do_recvmsg, put_byte);
    both(make_sockets, do_read, put_byte);
}

/* With a timeout of the socket a call is never restarted. */
static void receive_with_timeout(void)
{
    both(make_sockets_with_timeouts, do_recv, put_byte);
    both(make_sockets_with_timeouts, do_recvmsg, put_byte);
    both(make_sockets_with_timeouts, do_read, put_byte);
}

static void send_full(void)
{
    both(fill_sockets, do_send, drain);
}

static void send_with_timeout(void)
{
    both(fill_sockets_with_timeouts, do_send, drain);
}

static struct sockaddr_un address = {.sun_family = AF_UNIX};
static socklen_t address_len;

static void listen_here(int backlog)
{
    static int number;

    /* An abstract name, gone with its socket. */
    address_len =
        (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
                    (size_t)snprintf(address.sun_path + 1, 60, "guest-%d-%d",
                                     getpid(), number++));
    ends[0] = socket(AF_UNIX, SOCK_STREAM, 0);
    if (bind(ends[0], (struct sockaddr *)&address, address_len) < 0 ||
        listen(ends[0], backlog) < 0)
        perror("listen");
}

static void make_listener(void)
{
    listen_here(5);
}

static void make_listener_with_timeout(void)
{
    listen_here(5);
    with_timeouts();
}

static long do_accept(void)
{
    return accept(ends[0], NULL, NULL);
}

static long do_connect(void)
{
    return connect(ends[1], (struct sockaddr *)&address, address_len);
}

static void connect_there(void)
{
    ends[1] = socket(AF_UNIX, SOCK_STREAM, 0);
    if (do_connect() < 0)
        _exit(3);
}

static void accept_one(void)
{
    both(make_listener, do_accept, connect_there);
    both(make_listener_with_timeout, do_accept, connect_there);
}

/* The queue of the listener is full. */
static void make_full_listener(void)
{
    listen_here(0);
    connect_there();
    ends[1] = socket(AF_UNIX, SOCK_STREAM, 0);
}

static void accept_there(void)
{
    if (accept(ends[0], NULL, NULL) < 0)
        _exit(3);
}

static void connect_one(void)
{
    both(make_full_listener, do_connect, accept_there);
}

static const struct scenario scenarios[] = {
    {"read-pipe", read_pipe},
    {"readv-pipe", readv_pipe},
    {"splice-pipe", splice_pipe},
    {"vmsplice-pipe", vmsplice_pipe},
    {"write-pipe", write_pipe},
    {"write-more-pipe", write_more_pipe},
    {"read-terminal", read_terminal},
    {"read-eventfd", read_eventfd},
    {"read-timerfd", read_timerfd},
    {"read-inotify", read_inotify},
    {"read-signalfd", read_signalfd},
    {"open-fifo", open_fifo},
    {"receive", receive},
    {"receive-with-timeout", receive_with_timeout},
    {"send", send_full},
    {"send-with-timeout", send_with_timeout},
    {"accept", accept_one},
    {"connect", connect_one},
};

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    return run_scenario(argc, argv, scenarios,
                        sizeof(scenarios) / sizeof(scenarios[0]));
}
