/* test_trace.c: what is told of a call's arguments, before and after it. */
#include "tests/unit/trace_fixture.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

/* --- values --- */

static void numbers_are_hexadecimal_in_the_width_that_counts(void **state)
{
    before(*state, SYS_lseek, 3, -1, SEEK_END);
    assert_told(1, "0xffffffffffffffff");
    assert_told(2, "SEEK_END");
    before(*state, SYS_poll, 0, 0, -1);
    assert_told(0, "null");
    assert_told(1, "0x0");
    assert_told(2, "0xffffffff");
    before(*state, SYS_lseek, 3, 0, 77);
    assert_told(2, "0x4d");
}

static void a_call_without_arguments_has_no_texts(void **state)
{
    assert_int_equal(before(*state, SYS_getpid)->count, 0);
    assert_int_equal(after(*state, 5)->count, 0);
}

static void an_unknown_call_has_six_numbers(void **state)
{
    assert_int_equal(before(*state, 1000, 1, 2, 3, 4, 5, -1)->count, 6);
    assert_told(0, "0x1");
    assert_told(4, "0x5");
    assert_told(5, "0xffffffffffffffff");
    assert_int_equal(after(*state, -ENOSYS)->count, 6);
}

static void descriptors_have_names(void **state)
{
    int fd = open("/dev/null", O_RDONLY);
    char cwd[PATH_MAX];

    before(*state, SYS_close, fd);
    assert_told(0, "0x%x /dev/null", (unsigned)fd);
    close(fd);
    before(*state, SYS_close, fd);
    assert_told(0, "0x%x (bad FD)", (unsigned)fd);
    before(*state, SYS_close, -1);
    assert_told(0, "0xffffffff (bad FD)");
    before(*state, SYS_openat, AT_FDCWD, 0, 0, 0);
    assert_told(0, "AT_FDCWD %s", getcwd(cwd, sizeof(cwd)));
    before(*state, SYS_openat, (uint32_t)AT_FDCWD, 0, 0, 0);
    assert_told(0, "AT_FDCWD %s", cwd);
}

static void what_close_closed_keeps_its_name(void **state)
{
    int fd = open("/dev/null", O_RDONLY);

    before(*state, SYS_close, fd);
    close(fd);
    after(*state, 0);
    assert_told(0, "0x%x /dev/null", (unsigned)fd);
}

static void flags_have_names(void **state)
{
    static const struct {
        uint64_t flags;
        const char *text;
    } opens[] = {
        {0, "O_RDONLY"},
        {O_CLOEXEC, "O_RDONLY|O_CLOEXEC"},
        {O_WRONLY | O_CREAT | O_TRUNC, "O_WRONLY|O_CREAT|O_TRUNC"},
        {O_RDWR | O_SYNC, "O_RDWR|O_SYNC"},
        {O_DSYNC, "O_RDONLY|O_DSYNC"},
        {O_RDWR | O_TMPFILE, "O_RDWR|O_TMPFILE"},
        {O_ACCMODE, "0x3"},
        {O_EXCL | 1u << 30, "O_RDONLY|O_EXCL|0x40000000"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(opens); i++) {
        before(*state, SYS_open, 0, opens[i].flags, 0644);
        assert_told(1, "%s", opens[i].text);
        assert_told(2, "0644");
    }
    before(*state, SYS_mmap, 0, 1, 3, 0x22, -1, 0);
    assert_told(2, "PROT_READ|PROT_WRITE");
    assert_told(3, "MAP_PRIVATE|MAP_ANONYMOUS");
    before(*state, SYS_mprotect, 0, 1, 0);
    assert_told(2, "PROT_NONE");
    before(*state, SYS_socket, AF_INET6, SOCK_RAW | SOCK_CLOEXEC, 0);
    assert_told(0, "AF_INET6");
    assert_told(1, "SOCK_RAW|SOCK_CLOEXEC");
    before(*state, SYS_access, 0, R_OK | X_OK);
    assert_told(1, "X_OK|R_OK");
    before(*state, SYS_wait4, 1, 0, 0, 0);
    assert_told(2, "0x0");
}

static void signals_have_names(void **state)
{
    before(*state, SYS_kill, 1, SIGTERM);
    assert_told(1, "SIGTERM");
    before(*state, SYS_kill, 1, 0);
    assert_told(1, "0x0");
    before(*state, SYS_kill, 1, 40);
    assert_told(1, "0x28");
}

static void selectors_have_the_name_of_what_they_select(void **state)
{
    before(*state, SYS_ioctl, -1, 0x5413, MEM);
    assert_told(1, "TIOCGWINSZ");
    before(*state, SYS_ioctl, -1, 0xdead, MEM);
    assert_told(1, "0xdead");
    before(*state, SYS_fcntl, -1, F_SETFD, FD_CLOEXEC);
    assert_told(1, "F_SETFD");
    assert_told(2, "FD_CLOEXEC");
    before(*state, SYS_futex, MEM, 128, 7, 0);
    assert_told(1, "FUTEX_WAIT|0x80");
    before(*state, SYS_getsockopt, -1, SOL_SOCKET, SO_TYPE, 0, 0);
    assert_told(1, "SOL_SOCKET");
    assert_told(2, "0x3");
}

/* --- strings --- */

static void paths_stand_behind_their_address(void **state)
{
    put_string(MEM, "/etc/\"odd\nname");
    before(*state, SYS_unlink, MEM);
    assert_told(0, "0x%lx /etc/\"odd\nname", MEM);
    before(*state, SYS_unlink, 0);
    assert_told(0, "<null>");
    before(*state, SYS_unlink, END);
    assert_told(0, "0x%lx (error decoding path: bad address)", END);
    before(*state, SYS_unlink, OUTSIDE);
    assert_told(0, "0x%lx (error decoding path: bad address)", OUTSIDE);
    memset(guest(MEM), 'a', 2 * PATH_MAX);
    before(*state, SYS_unlink, MEM);
    assert_told(0, "0x%lx (error decoding path: file name too long)", MEM);
}

static void strings_are_quoted(void **state)
{
    put_string(MEM, "/x");
    put_string(MEM + 100, "user.name");
    before(*state, SYS_getxattr, MEM, MEM + 100, MEM + 200, 50);
    assert_told(1, "0x%lx \"user.name\"", MEM + 100);
    assert_told(2, "0x%lx", MEM + 200);
    put_string(MEM + 200, "value and more");
    after(*state, 5);
    assert_told(2, "0x%lx \"value\"", MEM + 200);
}

static void quotes_escape_as_go_does(void **state)
{
    static const char bytes[] = "a\"b\\c\n\t\a\v\x01\x7f h\xc3\xa9 \xff\xc3 "
                                "\xe2\x82\xac\xc2\x85\0z";

    memcpy(guest(MEM), bytes, sizeof(bytes) - 1);
    before(*state, SYS_write, -1, MEM, sizeof(bytes) - 1);
    assert_told(
        1,
        "0x%lx \"a\\\"b\\\\c\\n\\t\\a\\v\\x01\\x7f h\xc3\xa9 \\xff\\xc3 "
        "\xe2\x82\xac\\u0085\\x00z\"",
        MEM);
}

static void vectors_are_lists_of_strings(void **state)
{
    put_string(MEM, "/bin/ls");
    put_string(MEM + 50, "a \"b\"");
    put_u64(MEM + 1000, MEM);
    put_u64(MEM + 1008, MEM + 50);
    put_u64(MEM + 1016, 0);
    put_u64(MEM + 2000, MEM + 50);
    put_u64(MEM + 2008, OUTSIDE);
    put_u64(MEM + 2016, 0);
    before(*state, SYS_execve, MEM, MEM + 1000, 0);
    assert_told(0, "0x%lx /bin/ls", MEM);
    assert_told(1, "0x%lx [\"/bin/ls\", \"a \\\"b\\\"\"]", MEM + 1000);
    assert_told(2, "null");
    before(*state, SYS_execve, MEM, MEM + 2000, END - 8);
    assert_told(1, "0x%lx [\"a \\\"b\\\"\", (bad address)]", MEM + 2000);
    put_u64(END - 8, MEM);
    before(*state, SYS_execve, MEM, END - 8, MEM + 1016);
    assert_told(1, "0x%lx [\"/bin/ls\", (bad address)]", END - 8);
    assert_told(2, "0x%lx []", MEM + 1016);
}

static void a_text_has_an_end(void **state)
{
    for (unsigned i = 0; i < 5000; i++)
        put_u64(MEM + 8 * i, MEM + 45000);
    put_u64(MEM + 40000, 0);
    memset(guest(MEM + 45000), 'x', 3000);
    put_string(MEM + 48000, "");
    before(*state, SYS_execve, MEM + 48000, MEM, 0);
    assert_in_range(told_size(1), 8 * KIB, 16 * KIB);
    assert_memory_equal(told(1) + told_size(1) - 3, "...", 3);
    assert_told(2, "null");
}

/* --- buffers --- */

static void what_is_written_is_shown_before_and_not_after(void **state)
{
    put_string(MEM, "hello\n");
    before(*state, SYS_write, -1, MEM, 6);
    assert_told(1, "0x%lx \"hello\\n\"", MEM);
    assert_told(2, "0x6");
    after(*state, 6);
    assert_told(1, "...");
    assert_told(2, "0x6");
    before(*state, SYS_write, -1, MEM, 0);
    assert_told(1, "%s", "");
    before(*state, SYS_write, -1, MEM, 6);
    after(*state, -EPIPE);
    assert_told(1, "0x%lx \"hello\\n\"", MEM);
}

static void what_is_read_is_shown_after(void **state)
{
    before(*state, SYS_read, -1, MEM, 100);
    assert_told(1, "0x%lx", MEM);
    put_string(MEM, "answer");
    after(*state, 3);
    assert_told(1, "0x%lx \"ans\"", MEM);
    before(*state, SYS_read, -1, MEM, 100);
    after(*state, 0);
    assert_told(1, "%s", "");
    before(*state, SYS_read, -1, MEM, 100);
    after(*state, -EAGAIN);
    assert_told(1, "0x%lx", MEM);
    /* A result that nobody believes. */
    before(*state, SYS_read, -1, MEM, 4);
    after(*state, 1 << 20);
    assert_told(1, "0x%lx \"answ\"", MEM);
}

static void bulk_data_is_cut(void **state)
{
    struct fixture *f = *state;

    memset(guest(MEM), 'x', 3000);
    before(f, SYS_write, -1, MEM, 1024);
    assert_int_equal(told_size(1), snprintf(NULL, 0, "0x%lx ", MEM) + 1024 + 2);
    before(f, SYS_write, -1, MEM, 1025);
    assert_memory_equal(told(1) + told_size(1) - 5, "x\"...", 5);
    blob = 4;
    before(f, SYS_write, -1, MEM, 5);
    assert_told(1, "0x%lx \"xxxx\"...", MEM);
    /* In the middle of a character. */
    put_string(MEM, "ab\xe2\x82\xac");
    before(f, SYS_write, -1, MEM, 5);
    assert_told(1, "0x%lx \"ab\\xe2\\x82\"...", MEM);
    blob = 0;
    before(f, SYS_write, -1, MEM, 5);
    assert_told(1, "0x%lx \"\"...", MEM);
    blob = TRACE_BLOB_SIZE;
}

static void what_cannot_be_read_is_told(void **state)
{
    before(*state, SYS_write, -1, END - 2, 4);
    assert_told(1, "0x%lx (error decoding buffer: bad address)", END - 2);
    before(*state, SYS_write, -1, 0, 4);
    assert_told(1, "0x0 (error decoding buffer: bad address)");
    before(*state, SYS_write, -1, UINT64_MAX - 3, 100);
    assert_told(1, "0x%lx (error decoding buffer: bad address)",
                UINT64_MAX - 3);
}

static void the_call_uses_the_bytes_that_were_told(void **state)
{
    struct fixture *f = *state;

    put_string(MEM, "shown");
    before(f, SYS_write, -1, MEM, 5);
    put_string(MEM, "other");
    assert_memory_equal(host_ptr(f, 1), "shown", 5);
}

static void a_buffer_that_ends_too_early_stays_where_it_is(void **state)
{
    struct fixture *f = *state;

    blob = 4;
    memset(guest(END - 100), 'y', 100);
    before(f, SYS_write, -1, END - 100, 200);
    blob = TRACE_BLOB_SIZE;
    assert_told(1, "0x%lx \"yyyy\"...", END - 100);
    assert_int_equal(f->host[1], END - 100);
}

static void vectors_of_buffers_share_what_was_read(void **state)
{
    const uint64_t vec[] = {MEM + 100, 3, MEM + 200, 5, MEM + 300, 9};

    memcpy(guest(MEM), vec, sizeof(vec));
    put_string(MEM + 100, "abcdef");
    put_string(MEM + 200, "ghijkl");
    before(*state, SYS_writev, -1, MEM, 2);
    assert_told(1,
                "0x%lx [{iov_base: 0x%lx \"abc\", iov_len: 3}, {iov_base: "
                "0x%lx \"ghijk\", iov_len: 5}]",
                MEM, MEM + 100, MEM + 200);
    after(*state, 8);
    assert_told(1, "...");
    before(*state, SYS_readv, -1, MEM, 3);
    assert_told(1,
                "0x%lx [{iov_base: 0x%lx, iov_len: 3}, {iov_base: 0x%lx, "
                "iov_len: 5}, {iov_base: 0x%lx, iov_len: 9}]",
                MEM, MEM + 100, MEM + 200, MEM + 300);
    after(*state, 4);
    assert_told(1,
                "0x%lx [{iov_base: 0x%lx \"abc\", iov_len: 3}, {iov_base: "
                "0x%lx \"g\", iov_len: 5}, {iov_base: 0x%lx \"\", iov_len: 9}]",
                MEM, MEM + 100, MEM + 200, MEM + 300);
}

/* --- structures --- */

static void structures_show_their_fields(void **state)
{
    const struct timespec t = {5, 600};
    const struct rlimit limit = {1, RLIM_INFINITY};

    memcpy(guest(MEM), &t, sizeof(t));
    before(*state, SYS_nanosleep, MEM, MEM + 100);
    assert_told(0, "0x%lx {tv_sec: 5, tv_nsec: 600}", MEM);
    assert_told(1, "0x%lx", MEM + 100);
    before(*state, SYS_nanosleep, END - 8, 0);
    assert_told(0, "0x%lx (bad address)", END - 8);
    assert_told(1, "null");
    memcpy(guest(MEM), &limit, sizeof(limit));
    before(*state, SYS_getrlimit, RLIMIT_NOFILE, MEM);
    assert_told(0, "RLIMIT_NOFILE");
    assert_told(1, "0x%lx", MEM);
    after(*state, 0);
    assert_told(1, "0x%lx {rlim_cur: 1, rlim_max: 18446744073709551615}", MEM);
}

static void scalars_and_sets_have_their_own_form(void **state)
{
    const int status = 256;

    put_u64(MEM, UINT64_C(1) << (SIGINT - 1) | UINT64_C(1) << (SIGUSR1 - 1) |
                     UINT64_C(1) << 39);
    before(*state, SYS_rt_sigprocmask, SIG_BLOCK, MEM, 0, 8);
    assert_told(0, "SIG_BLOCK");
    assert_told(1, "0x%lx [SIGINT SIGUSR1 40]", MEM);
    assert_told(2, "null");
    before(*state, SYS_wait4, -1, MEM, 0, 0);
    memcpy(guest(MEM), &status, sizeof(status));
    after(*state, 7);
    assert_told(1, "0x%lx [256]", MEM);
    before(*state, SYS_pipe, MEM);
    memcpy(guest(MEM), (int[]){-1, -2}, 8);
    after(*state, 0);
    assert_told(0,
                "0x%lx {fd[0]: 0xffffffff (bad FD), fd[1]: 0xfffffffe (bad "
                "FD)}",
                MEM);
    before(*state, SYS_futex, MEM, 1, 1);
    assert_told(0, "0x%lx", MEM);
    memcpy(guest(MEM), (int[]){3}, 4);
    after(*state, 0);
    assert_told(0, "0x%lx [0x3]", MEM);
}

static void arrays_show_what_counts(void **state)
{
    const struct pollfd fds[] = {{-1, POLLIN | POLLOUT, 0}, {-2, 0, POLLHUP}};
    const struct epoll_event events[] = {{EPOLLIN, {.u64 = 7}},
                                         {EPOLLOUT, {.u64 = 8}}};

    memcpy(guest(MEM), fds, sizeof(fds));
    before(*state, SYS_poll, MEM, 2, 0);
    assert_told(0,
                "0x%lx [{fd: 0xffffffff (bad FD), events: POLLIN|POLLOUT, "
                "revents: 0x0}, {fd: 0xfffffffe (bad FD), events: 0x0, "
                "revents: POLLHUP}]",
                MEM);
    before(*state, SYS_epoll_wait, -1, MEM, 2, 0);
    memcpy(guest(MEM), events, sizeof(events));
    after(*state, 1);
    assert_told(1, "0x%lx [{events: EPOLLIN, data: 0x7}]", MEM);
    before(*state, SYS_poll, MEM, 1000000, 0);
    assert_non_null(memmem(told(0), told_size(0), ", ...]", 6));
}

static void addresses_are_readable(void **state)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                               .sin6_port = htons(443)};
    struct sockaddr_un un = {AF_UNIX, "/tmp/s"};

    inet_pton(AF_INET, "1.2.3.4", &in.sin_addr);
    inet_pton(AF_INET6, "::1", &in6.sin6_addr);
    memcpy(guest(MEM), &in, sizeof(in));
    before(*state, SYS_connect, -1, MEM, sizeof(in));
    assert_told(1, "0x%lx {Family: AF_INET, Addr: 1.2.3.4, Port: 80}", MEM);
    before(*state, SYS_connect, -1, MEM, 6);
    assert_told(1, "0x%lx {Family: AF_INET, family addr format unknown}", MEM);
    before(*state, SYS_connect, -1, 0, 16);
    assert_told(1, "null");
    before(*state, SYS_connect, -1, END, 16);
    assert_told(1, "0x%lx (bad address)", END);
    memcpy(guest(MEM), &in6, sizeof(in6));
    before(*state, SYS_bind, -1, MEM, sizeof(in6));
    assert_told(1, "0x%lx {Family: AF_INET6, Addr: ::1, Port: 443}", MEM);
    memcpy(guest(MEM), &un, sizeof(un));
    before(*state, SYS_bind, -1, MEM, sizeof(un));
    assert_told(1, "0x%lx {Family: AF_UNIX, Addr: \"/tmp/s\"}", MEM);
    memcpy(guest(MEM + 2), "\0ab", 3);
    before(*state, SYS_bind, -1, MEM, 5);
    assert_told(1, "0x%lx {Family: AF_UNIX, Addr: \"@ab\"}", MEM);
    before(*state, SYS_bind, -1, MEM, 2);
    assert_told(1, "0x%lx {Family: AF_UNIX, Addr: \"\"}", MEM);
    /* Given back by the call, with its length. */
    memcpy(guest(MEM + 200), (int[]){128}, 4);
    before(*state, SYS_accept, -1, MEM, MEM + 200);
    assert_told(1, "0x%lx", MEM);
    assert_told(2, "0x%lx [128]", MEM + 200);
    memcpy(guest(MEM), &in, sizeof(in));
    memcpy(guest(MEM + 200), (int[]){16}, 4);
    after(*state, 3);
    assert_told(1, "0x%lx {Family: AF_INET, Addr: 1.2.3.4, Port: 80}", MEM);
    assert_told(2, "0x%lx [16]", MEM + 200);
}

static void messages_show_all_they_lead_to(void **state)
{
    struct iovec vec = {(void *)(MEM + 300), 4};
    struct msghdr m = {.msg_name = (void *)(MEM + 400),
                       .msg_namelen = 16,
                       .msg_iov = (void *)(MEM + 200),
                       .msg_iovlen = 1};
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(53)};

    memcpy(guest(MEM), &m, sizeof(m));
    memcpy(guest(MEM + 200), &vec, sizeof(vec));
    memcpy(guest(MEM + 400), &in, sizeof(in));
    put_string(MEM + 300, "ping");
    before(*state, SYS_sendmsg, -1, MEM, 0);
    assert_told(1,
                "0x%lx {msg_name: 0x%lx {Family: AF_INET, Addr: 0.0.0.0, "
                "Port: 53}, msg_namelen: 16, msg_iov: 0x%lx [{iov_base: 0x%lx "
                "\"ping\", iov_len: 4}], msg_iovlen: 1, msg_control: null, "
                "msg_controllen: 0, msg_flags: 0x0}",
                MEM, MEM + 400, MEM + 200, MEM + 300);
    after(*state, 4);
    assert_told(1, "...");
    before(*state, SYS_recvmsg, -1, MEM, 0);
    after(*state, 2);
    assert_told(1,
                "0x%lx {msg_name: 0x%lx {Family: AF_INET, Addr: 0.0.0.0, "
                "Port: 53}, msg_namelen: 16, msg_iov: 0x%lx [{iov_base: 0x%lx "
                "\"pi\", iov_len: 4}], msg_iovlen: 1, msg_control: null, "
                "msg_controllen: 0, msg_flags: 0x0}",
                MEM, MEM + 400, MEM + 200, MEM + 300);
}

static void a_structure_may_end_early(void **state)
{
    const uint64_t how[] = {O_CLOEXEC, 0, 8 /* RESOLVE_BENEATH */};

    put_string(MEM + 100, "f");
    memcpy(guest(MEM), how, sizeof(how));
    before(*state, SYS_openat2, -1, MEM + 100, MEM, 24);
    assert_told(2,
                "0x%lx {flags: O_RDONLY|O_CLOEXEC, mode: 0, resolve: "
                "RESOLVE_BENEATH}",
                MEM);
    before(*state, SYS_openat2, -1, MEM + 100, MEM, 12);
    assert_told(2, "0x%lx {flags: O_RDONLY|O_CLOEXEC}", MEM);
}

static void the_system_has_names(void **state)
{
    struct utsname name = {"Linux",    "host",   "6.1",
                           "#1 \"x\"", "x86_64", .domainname = "(none)"};

    before(*state, SYS_uname, MEM);
    assert_told(0, "0x%lx", MEM);
    memcpy(guest(MEM), &name, sizeof(name));
    after(*state, 0);
    assert_told(0,
                "0x%lx {sysname: \"Linux\", nodename: \"host\", release: "
                "\"6.1\", version: \"#1 \\\"x\\\"\", machine: \"x86_64\", "
                "domainname: \"(none)\"}",
                MEM);
}

/* --- which calls --- */

static void lists_choose_calls(void **state)
{
    uint8_t traced[EVENT_SYSNO_MAX] = {0};
    struct diag d = {0};

    (void)state;
    assert_int_equal(trace_select(traced, "read,%network", &d), 0);
    assert_true(traced[SYS_read] && traced[SYS_bind]);
    assert_false(traced[SYS_write] || traced[1000]);
    assert_int_equal(trace_select(traced, "all", &d), 0);
    assert_true(traced[SYS_write] && traced[EVENT_SYSNO_MAX - 1]);
}

static void unknown_names_are_refused(void **state)
{
    static const struct {
        const char *list, *text;
    } wrong[] = {
        {"raed", "no system call is named \"raed\""},
        {"read,", "no system call is named \"\""},
        {"%files", "no group of system calls is named %files"},
        {"read,,write", "named \"\""},
        {"0123456789012345678901234567890123456789012345678901234567890123456",
         "as long as"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        uint8_t traced[EVENT_SYSNO_MAX];
        struct diag d = {0};

        assert_int_equal(trace_select(traced, wrong[i].list, &d), -EINVAL);
        if (!strstr(d.text, wrong[i].text))
            fail_msg("%s: %s", wrong[i].list, d.text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_hexadecimal_in_the_width_that_counts),
        TEST(a_call_without_arguments_has_no_texts),
        TEST(an_unknown_call_has_six_numbers),
        TEST(descriptors_have_names),
        TEST(what_close_closed_keeps_its_name),
        TEST(flags_have_names),
        TEST(signals_have_names),
        TEST(selectors_have_the_name_of_what_they_select),
        TEST(paths_stand_behind_their_address),
        TEST(strings_are_quoted),
        TEST(quotes_escape_as_go_does),
        TEST(vectors_are_lists_of_strings),
        TEST(a_text_has_an_end),
        TEST(what_is_written_is_shown_before_and_not_after),
        TEST(what_is_read_is_shown_after),
        TEST(bulk_data_is_cut),
        TEST(what_cannot_be_read_is_told),
        TEST(the_call_uses_the_bytes_that_were_told),
        TEST(a_buffer_that_ends_too_early_stays_where_it_is),
        TEST(vectors_of_buffers_share_what_was_read),
        TEST(structures_show_their_fields),
        TEST(scalars_and_sets_have_their_own_form),
        TEST(arrays_show_what_counts),
        TEST(addresses_are_readable),
        TEST(messages_show_all_they_lead_to),
        TEST(a_structure_may_end_early),
        TEST(the_system_has_names),
        cmocka_unit_test(lists_choose_calls),
        cmocka_unit_test(unknown_names_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
