/* test_decode.c: the named arguments of `args`: what each kind of datum
 * becomes, in numbers, text and hexadecimal. */
#include "tests/support/hook_fixture.h"

#include "jsengine/decode.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>

#define ARGS(...) ((const uint64_t[SYSCALL_ARGS]){__VA_ARGS__})

static gva_t at(struct fixture *f, size_t offset)
{
    return (gva_t)(uintptr_t)(f->memory + offset);
}

static gva_t put(struct fixture *f, size_t offset, const void *bytes,
                 size_t size)
{
    memcpy(f->memory + offset, bytes, size);
    return at(f, offset);
}

/* Let a hook of (phase) print (what), a list of expressions; p is a function
 * that tells what another throws. */
static void load_printer(struct fixture *f, const char *phase, unsigned sysno,
                         const char *what)
{
    char script[4096];

    snprintf(script, sizeof(script),
             "accessors.AddHook%s(%u, function () {\n"
             "  function e(f) { try { return f(); } catch (x) {\n"
             "    return x.name + ': ' + x.message + ' ' + x.errno; } }\n"
             "  accessors.print(%s); });",
             phase, sysno, what);
    fixture_load(f, script);
}

static void assert_printed(struct fixture *f, const char *expected)
{
    char *printed = fixture_printed(f);

    assert_string_equal(printed, expected);
    free(printed);
}

static void assert_before(struct fixture *f, unsigned sysno,
                          const uint64_t *args, const char *what,
                          const char *expected)
{
    load_printer(f, "Before", sysno, what);
    fixture_before(f, sysno, args);
    assert_printed(f, expected);
}

static void assert_after(struct fixture *f, unsigned sysno,
                         const uint64_t *args, int64_t ret, const char *what,
                         const char *expected)
{
    load_printer(f, "After", sysno, what);
    fixture_after(f, sysno, args, ret);
    assert_printed(f, expected);
}

static void a_path_is_text_and_flags_are_numbers_and_names(void **state)
{
    struct fixture *f = *state;
    gva_t path = fixture_text(f, 0, "/tmp/h\xc3\xa9llo");

    assert_before(f, SYS_openat,
                  ARGS((uint64_t)AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0640),
                  "args.dfd, args.filename, args.path, args.flags, args.mode",
                  "-100 /tmp/h\xc3\xa9llo /tmp/h\xc3\xa9llo 524290 416");
    assert_before(f, SYS_openat,
                  ARGS((uint64_t)AT_FDCWD, path, O_CLOEXEC | O_SYNC, 0640),
                  "args.text.dfd, args.text.path, args.text.flags,"
                  "args.text.mode, args.text.errno",
                  "AT_FDCWD /tmp/h\xc3\xa9llo O_RDONLY|O_CLOEXEC|O_SYNC 0640 "
                  "undefined");
}

static void only_the_bytes_that_the_kernel_looks_at_count(void **state)
{
    assert_before(*state, SYS_lseek,
                  ARGS(0xdead00000003, (uint64_t)-5, SEEK_END),
                  "args.fd, args.offset, args.text.whence, args.hex.fd,"
                  "args.hex.arg0",
                  "3 -5 SEEK_END 0x3 0xdead00000003");
}

static void hexadecimal_is_exact_and_accepted_back(void **state)
{
    struct fixture *f = *state;

    assert_before(f, 1000, ARGS(0, 0, 0x7ffffffffffffff1, UINT64_MAX),
                  "args.arg2 === 0x7ffffffffffffff1, args.hex.arg2, args.arg3,"
                  "args.hex.arg3, args.hex.ret",
                  "true 0x7ffffffffffffff1 -1 0xffffffffffffffff undefined");
    fixture_load(f, "accessors.AddHookBefore(1000, function () {"
                    "  return {'0': args.hex.arg2, '1': args.arg3}; });");
    fixture_before(f, 1000, ARGS(0, 0, 0x7ffffffffffffff1, UINT64_MAX));
    assert_int_equal(f->call.args[0], 0x7ffffffffffffff1);
    assert_int_equal(f->call.args[1], UINT64_MAX);
}

static void a_result_has_a_name_and_exact_digits(void **state)
{
    struct fixture *f = *state;

    assert_after(f, SYS_close, ARGS(3), -EBADF,
                 "args.text.errno, args.hex.ret, args.errno",
                 "EBADF 0xffffffffffffffff 9");
    assert_after(f, 1000, NULL, 0x7ffffffffffffff1,
                 "args.text.errno, args.hex.ret", "0 0x7ffffffffffffff1");
}

static void null_is_null_and_a_wild_pointer_throws(void **state)
{
    struct fixture *f = *state;

    assert_before(f, SYS_openat, ARGS(0, 0, 0, 0), "args.path", "null");
    assert_before(f, SYS_openat, ARGS(0, 64, 0, 0),
                  "e(function () { return args.path; })",
                  "Error: bad address 14");
    memset(f->memory, 'x', 5000);
    assert_before(f, SYS_openat, ARGS(0, at(f, 0), 0, 0),
                  "e(function () { return args.path; })",
                  "Error: file name too long 36");
    assert_before(f, SYS_nanosleep, ARGS(4096),
                  "e(function () { return args.rqtp; }), args.rmtp",
                  "Error: bad address 14 null");
}

static void a_buffer_is_what_the_call_reads(void **state)
{
    struct fixture *f = *state;
    gva_t text = fixture_text(f, 0, "hello");

    assert_before(f, SYS_write, ARGS(1, text, 4),
                  "args.buf instanceof Uint8Array, args.buf.length,"
                  "String.fromCharCode.apply(String, args.buf), args.count",
                  "true 4 hell 4");
    /* At most 64 KiB, which is all of the fixture's memory. */
    assert_before(f, SYS_write, ARGS(1, text, DECODE_BYTES), "args.buf.length",
                  "65536");
}

static void a_buffer_that_was_filled_has_what_came(void **state)
{
    struct fixture *f = *state;
    gva_t text = fixture_text(f, 0, "hello");

    assert_after(f, SYS_read, ARGS(0, text, 4096), 5,
                 "args.buf.length, args.buf[4]", "5 111");
    assert_after(f, SYS_read, ARGS(0, text, 4096), -EAGAIN, "args.buf.length",
                 "0");
    assert_before(f, SYS_read, ARGS(0, text, 16), "args.buf.length", "16");
}

static void structures_are_objects_that_nest(void **state)
{
    struct fixture *f = *state;
    struct itimerspec spec = {{1, 2}, {3, 4}};
    struct stat st = {.st_mode = S_IFREG | 0644, .st_size = 7};

    assert_before(f, SYS_timerfd_settime,
                  ARGS(5, 1, put(f, 0, &spec, sizeof(spec)), 0),
                  "args.utmr, args.otmr, args.text.flags",
                  "{\"it_interval\":{\"tv_sec\":1,\"tv_nsec\":2},"
                  "\"it_value\":{\"tv_sec\":3,\"tv_nsec\":4}} null "
                  "TFD_TIMER_ABSTIME");
    assert_after(f, SYS_fstat, ARGS(5, put(f, 0, &st, sizeof(st))), 0,
                 "args.statbuf.st_size, args.statbuf.st_mode & 511,"
                 "args.text.statbuf.st_mode, args.statbuf.st_atim,"
                 "args.hex.statbuf.st_size",
                 "7 420 0100644 {\"tv_sec\":0,\"tv_nsec\":0} 0x7");
}

static void single_values_and_arrays_stand_for_themselves(void **state)
{
    struct fixture *f = *state;
    int pair[] = {3, 4};
    struct timespec times[] = {{1, 2}, {3, 4}};
    int64_t offset = 77;

    assert_after(f, SYS_pipe, ARGS(put(f, 0, pair, sizeof(pair))), 0,
                 "args.fildes", "[3,4]");
    assert_before(f, SYS_utimensat,
                  ARGS(0, 0, put(f, 0, times, sizeof(times)), 0),
                  "args.utimes, args.text.utimes[1].tv_sec",
                  "[{\"tv_sec\":1,\"tv_nsec\":2},{\"tv_sec\":3,\"tv_nsec\":4}] "
                  "3");
    assert_before(f, SYS_sendfile,
                  ARGS(1, 2, put(f, 0, &offset, sizeof(offset)), 9),
                  "args.offset", "77");
}

static void arrays_have_as_many_elements_as_the_call_uses(void **state)
{
    struct fixture *f = *state;
    struct pollfd fds[] = {{3, POLLIN, 0}, {4, POLLOUT | POLLHUP, 0}};
    struct epoll_event events[3] = {{.events = EPOLLIN, .data.u64 = 5}};

    assert_before(f, SYS_poll, ARGS(put(f, 0, fds, sizeof(fds)), 2, 100),
                  "args.ufds.length, args.ufds[1].fd,"
                  "args.text.ufds[1].events, args.timeout",
                  "2 4 POLLOUT|POLLHUP 100");
    assert_after(f, SYS_epoll_wait,
                 ARGS(9, put(f, 0, events, sizeof(events)), 3, 0), 1,
                 "args.events, args.text.events[0].events",
                 "[{\"events\":1,\"data\":5}] EPOLLIN");
}

static void vectors_are_lists(void **state)
{
    struct fixture *f = *state;
    gva_t strings[] = {fixture_text(f, 0, "ls"), fixture_text(f, 8, "-l"), 0};
    gva_t argv = put(f, 64, strings, sizeof(strings));
    struct iovec iov[] = {{(void *)at(f, 0), 2}, {(void *)at(f, 8), 3}};
    char expected[128];

    assert_before(f, SYS_execve, ARGS(at(f, 0), argv, argv + 16),
                  "args.path, args.argv, args.envp", "ls [\"ls\",\"-l\"] []");
    snprintf(expected, sizeof(expected), "2 %llu 3 0x%llx",
             (unsigned long long)at(f, 8), (unsigned long long)at(f, 8));
    assert_before(f, SYS_writev, ARGS(1, put(f, 128, iov, sizeof(iov)), 2),
                  "args.vec.length, args.vec[1].base, args.vec[1].len,"
                  "args.text.vec[1].base",
                  expected);
}

static void addresses_of_sockets_are_told_by_family(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(80)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6, .sin6_port = htons(22)};
    struct sockaddr_un un = {AF_UNIX, "/run/x"}, hidden = {AF_UNIX, "\0abc"};
    struct sockaddr_nl nl = {.nl_family = AF_NETLINK, .nl_pid = 5};

    inet_pton(AF_INET, "127.0.0.1", &in.sin_addr);
    inet_pton(AF_INET6, "fe80::1", &in6.sin6_addr);
    in6.sin6_scope_id = 3;
    assert_before(f, SYS_connect, ARGS(3, put(f, 0, &in, 16), 16),
                  "args.sockaddr, args.uservaddr.port,"
                  "args.text.sockaddr.family, args.addrlen",
                  "{\"family\":2,\"addr\":\"127.0.0.1\",\"port\":80} 80 "
                  "AF_INET 16");
    assert_before(f, SYS_bind, ARGS(3, put(f, 0, &in6, sizeof(in6)), 28),
                  "args.sockaddr",
                  "{\"family\":10,\"addr\":\"fe80::1\",\"port\":22,"
                  "\"scope\":3}");
    assert_before(f, SYS_bind, ARGS(3, put(f, 0, &un, sizeof(un)), 110),
                  "args.sockaddr", "{\"family\":1,\"path\":\"/run/x\"}");
    assert_before(f, SYS_bind, ARGS(3, put(f, 0, &hidden, sizeof(un)), 6),
                  "args.sockaddr", "{\"family\":1,\"path\":\"\\u0000abc\"}");
    assert_before(f, SYS_bind, ARGS(3, put(f, 0, &nl, sizeof(nl)), 12),
                  "args.sockaddr", "{\"family\":16,\"pid\":5,\"groups\":0}");
    /* Too short for its family; for any. */
    assert_before(f, SYS_bind, ARGS(3, put(f, 0, &in, 16), 8),
                  "args.sockaddr.family, args.sockaddr.bytes.length", "2 8");
    assert_before(f, SYS_bind, ARGS(3, at(f, 0), 1), "args.sockaddr", "null");
    assert_before(f, SYS_bind, ARGS(3, at(f, 0), (uint64_t)-1), "args.sockaddr",
                  "null");
}

static void the_peers_address_is_what_the_kernel_wrote(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(8080)};
    int32_t len = sizeof(in);

    put(f, 64, &len, sizeof(len));
    assert_after(f, SYS_accept, ARGS(3, put(f, 0, &in, 16), at(f, 64)), 4,
                 "args.sockaddr.port, args.upeer_addrlen", "8080 16");
    assert_after(f, SYS_accept, ARGS(3, 0, 0), 4, "args.sockaddr", "null");
    assert_after(f, SYS_accept, ARGS(3, at(f, 0), 0), 4, "args.sockaddr",
                 "null");
}

static void messages_show_name_vector_and_control_data(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(53)};
    struct iovec iov = {(void *)at(f, 0), 5};
    union {
        struct cmsghdr head;
        char bytes[CMSG_SPACE(sizeof(int))];
    } control = {.head = {CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS}};
    struct msghdr msg = {
        .msg_name = (void *)put(f, 64, &in, sizeof(in)),
        .msg_namelen = sizeof(in),
        .msg_iov = (void *)put(f, 128, &iov, sizeof(iov)),
        .msg_iovlen = 1,
    };
    int fd = 0;

    memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
    msg.msg_control = (void *)put(f, 192, &control, sizeof(control));
    msg.msg_controllen = sizeof(control);
    assert_before(f, SYS_sendmsg,
                  ARGS(3, put(f, 256, &msg, sizeof(msg)), MSG_NOSIGNAL),
                  "args.msg.msg_name.port, args.msg.msg_iov.length,"
                  "args.msg.msg_iov[0].len, args.msg.msg_control[0].type,"
                  "args.msg.msg_control[0].data.length, args.text.flags",
                  "53 1 5 1 4 MSG_NOSIGNAL");
    /* A length that leads out of the message ends the list. */
    control.head.cmsg_len = 1000;
    put(f, 192, &control, sizeof(control));
    assert_before(f, SYS_sendmsg,
                  ARGS(3, put(f, 256, &msg, sizeof(msg)), MSG_NOSIGNAL),
                  "args.msg.msg_control", "[]");
}

static void sets_of_signals_and_descriptors_are_lists(void **state)
{
    struct fixture *f = *state;
    uint64_t set = 1u << (SIGINT - 1) | 1u << (SIGUSR1 - 1);
    uint64_t fds[] = {1u << 3, 1};

    assert_before(f, SYS_rt_sigprocmask,
                  ARGS(SIG_BLOCK, put(f, 0, &set, sizeof(set)), 0, 8),
                  "args.nset, args.text.nset, args.hex.nset, args.text.how",
                  "[2,10] [\"SIGINT\",\"SIGUSR1\"] 0x202 SIG_BLOCK");
    assert_before(f, SYS_select, ARGS(65, put(f, 0, fds, sizeof(fds)), 0, 0),
                  "args.inp, args.outp", "[3,64] null");
    assert_before(f, SYS_kill, ARGS(5, SIGTERM),
                  "args.pid, args.sig, args.text.sig", "5 15 SIGTERM");
}

static void names_of_the_system_are_text(void **state)
{
    struct fixture *f = *state;
    struct utsname name = {.sysname = "Linux", .machine = "x86_64"};

    assert_after(f, SYS_uname, ARGS(put(f, 0, &name, sizeof(name))), 0,
                 "args.name.sysname, args.name.machine", "Linux x86_64");
}

static void a_selector_chooses_names_and_has_one(void **state)
{
    struct fixture *f = *state;
    struct winsize size = {.ws_row = 24, .ws_col = 80};

    assert_after(f, SYS_ioctl,
                 ARGS(1, TIOCGWINSZ, put(f, 0, &size, sizeof(size))), 0,
                 "args.arg.ws_col, args.text.cmd, args.cmd",
                 "80 TIOCGWINSZ "
                 "21523");
    assert_before(f, SYS_fcntl, ARGS(1, F_SETFL, O_NONBLOCK),
                  "args.arg, args.text.arg, args.text.cmd",
                  "2048 O_RDONLY|O_NONBLOCK F_SETFL");
    assert_before(f, SYS_ioctl, ARGS(1, 12345, 7), "args.arg, args.text.cmd",
                  "7 0x3039");
}

static void a_shorter_structure_has_fewer_fields(void **state)
{
    struct fixture *f = *state;
    uint64_t clone[] = {CLONE_VM | CLONE_FS, 0, 0, 0, SIGCHLD, 0, 0, 0};

    assert_before(f, SYS_clone3, ARGS(put(f, 0, clone, 64), 64),
                  "args.text.uargs.flags, args.text.uargs.exit_signal,"
                  "args.uargs.tls, args.uargs.set_tid",
                  "CLONE_VM|CLONE_FS SIGCHLD 0 undefined");
}

static void a_name_that_the_kernel_cuts_is_cut(void **state)
{
    struct fixture *f = *state;

    assert_before(f, SYS_memfd_create, ARGS(fixture_text(f, 0, "name"), 1),
                  "args.uname, args.text.flags", "name MFD_CLOEXEC");
}

static void arguments_end_with_their_call(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "var kept, text;"
                    "accessors.AddHookBefore(SYS.close, function () {"
                    "  kept = args; text = args.text; });");
    fixture_before(f, SYS_close, ARGS(7));
    assert_before(f, SYS_dup, ARGS(3),
                  "e(function () { return kept.fd; }),"
                  "e(function () { return text.fd; }),"
                  "e(function () { return kept.hex; }), kept.arg0",
                  "Error: the hook that these arguments belong to is over "
                  "undefined "
                  "Error: the hook that these arguments belong to is over "
                  "undefined "
                  "Error: the hook that these arguments belong to is over "
                  "undefined 7");
    fixture_load_fails(f, "kept.fd", "is over");
}

static void names_are_no_properties_of_args_itself(void **state)
{
    assert_before(*state, SYS_close, ARGS(7),
                  "Object.keys(args).length,"
                  "(function () { var n = 0; for (var k in args) n++;"
                  "  return n; })(), 'fd' in args, args.nosuch,"
                  "(args.fd = 5, args.fd)",
                  "6 6 true undefined 7");
}

/* What a hook saw is what the kernel is given, whatever is written behind. */
static void names_read_the_capsule(void **state)
{
    struct fixture *f = *state;
    gva_t path = fixture_text(f, 0, "/etc/hosts");

    fixture_load(f, "accessors.AddHookBefore(SYS.openat, function (d, p) {"
                    "  accessors.writeString(p, '/etc/issue');"
                    "  accessors.print(args.path); });");
    fixture_before(f, SYS_openat, ARGS(0, path, 0, 0));
    assert_printed(f, "/etc/issue");
    assert_string_equal(capsule_arg(f->call.capsule, 1, NULL, NULL),
                        "/etc/issue");
}

/* Ask for every name of row (n) whose arguments are (arg); (args) has the
 * selectors. Pointers lead to zeros or nowhere: only that may come of it. */
static void ask_all(struct fixture *f, unsigned n, const struct datum *arg,
                    uint64_t *args, gva_t pointer)
{
    for (unsigned i = 0; i < SYSCALL_ARGS; i++)
        if (datum_is_pointer(arg[i].kind))
            args[i] = pointer;
    fixture_before(f, n, args);
    assert_printed(f, "");
}

static void every_name_of_every_call_can_be_asked(void **state)
{
    static const char all[] =
        "function ask(a, n) { try { a[n]; } catch (x) {"
        "  if ([12, 14, 36].indexOf(x.errno) < 0) throw x; } }"
        "function all() {"
        "  var n, i, names ="
        "    Object.getOwnPropertyNames(Object.getPrototypeOf(args));"
        "  for (i = 0; i < names.length; i++) {"
        "    n = names[i]; ask(args, n); ask(args.text, n); ask(args.hex, n);"
        "  } }"
        "for (var name in SYS) accessors.AddHookBefore(name, all);";
    struct fixture *f = *state;
    gva_t pointers[] = {at(f, 4096), at(f, FIXTURE_MEMORY_SIZE - 1), 64};

    fixture_load(f, all);
    for (unsigned n = 0; n < SYSCALL_MAX; n++) {
        const struct syscall_desc *row = syscall_row(n);

        if (!row)
            continue;
        for (unsigned k = 0; k < ARRAY_SIZE(pointers); k++) {
            uint64_t args[SYSCALL_ARGS] = {3, 3, 3, 3, 3, 3};

            ask_all(f, n, row->arg, args, pointers[k]);
            for (const struct syscall_variant *v = row->variants; v && v->name;
                 v++) {
                args[row->select] = row->select2 ? v->key >> 32 : v->key;
                if (row->select2)
                    args[row->select2] = (uint32_t)v->key;
                ask_all(f, n, v->arg, args, pointers[k]);
            }
        }
    }
    assert_int_equal(engine_hook_errors(f->engine), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(t_)                                                               \
    cmocka_unit_test_setup_teardown(t_, fixture_setup, fixture_teardown)
        TEST(a_path_is_text_and_flags_are_numbers_and_names),
        TEST(only_the_bytes_that_the_kernel_looks_at_count),
        TEST(hexadecimal_is_exact_and_accepted_back),
        TEST(a_result_has_a_name_and_exact_digits),
        TEST(null_is_null_and_a_wild_pointer_throws),
        TEST(a_buffer_is_what_the_call_reads),
        TEST(a_buffer_that_was_filled_has_what_came),
        TEST(structures_are_objects_that_nest),
        TEST(single_values_and_arrays_stand_for_themselves),
        TEST(arrays_have_as_many_elements_as_the_call_uses),
        TEST(vectors_are_lists),
        TEST(addresses_of_sockets_are_told_by_family),
        TEST(the_peers_address_is_what_the_kernel_wrote),
        TEST(messages_show_name_vector_and_control_data),
        TEST(sets_of_signals_and_descriptors_are_lists),
        TEST(names_of_the_system_are_text),
        TEST(a_selector_chooses_names_and_has_one),
        TEST(a_shorter_structure_has_fewer_fields),
        TEST(a_name_that_the_kernel_cuts_is_cut),
        TEST(arguments_end_with_their_call),
        TEST(names_are_no_properties_of_args_itself),
        TEST(names_read_the_capsule),
        TEST(every_name_of_every_call_can_be_asked),
#undef TEST
    };

    return cmocka_run_group_tests_name("decode", tests, NULL, NULL);
}
