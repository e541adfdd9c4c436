/* test_guard.c: calls to the session's own port, as the program may write
 * them. */
#include "tests/unit/capsule_fixture.h"
#include "vmm/guard.h"

#include <arpa/inet.h>
#include <sys/syscall.h>

#define PORT 7113
#define ADDR MEM

/* Whether the call is refused that was taken last. */
static bool refused(const struct fixture *f, long sysno)
{
    const struct syscall_call call = {.sysno = (uint64_t)sysno,
                                      .row = syscall_row((uint64_t)sysno),
                                      .capsule = f->cap};

    return guard_refuses(&call);
}

static const struct datum *args_of(long sysno)
{
    return syscall_row((uint64_t)sysno)->arg;
}

static socklen_t put_address(const char *text, uint16_t port)
{
    struct sockaddr_in in = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 in6 = {.sin6_family = AF_INET6,
                               .sin6_port = htons(port)};

    if (inet_pton(AF_INET, text, &in.sin_addr) == 1) {
        memcpy(guest(ADDR), &in, sizeof(in));
        return sizeof(in);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
    memcpy(guest(ADDR), &in6, sizeof(in6));
    return sizeof(in6);
}

static bool connect_refused(struct fixture *f, long sysno, const char *text,
                            uint16_t port)
{
    socklen_t size = put_address(text, port);

    assert_int_equal(take(f, args_of(sysno), 5, ADDR, size, 0, 0), 0);
    return refused(f, sysno);
}

static void every_local_address_is_refused(void **state)
{
    static const char *const local[] = {
        "127.0.0.1",        "127.0.0.2", "127.255.255.254", "0.0.0.0",
        "::ffff:127.0.0.1", "::",        "::ffff:0.0.0.0"};

    for (size_t i = 0; i < ARRAY_SIZE(local); i++)
        if (!connect_refused(*state, SYS_connect, local[i], PORT))
            fail_msg("%s can be reached", local[i]);
}

static void others_are_not(void **state)
{
    assert_false(connect_refused(*state, SYS_connect, "127.0.0.1", PORT + 1));
    assert_false(connect_refused(*state, SYS_connect, "192.0.2.1", PORT));
    assert_false(
        connect_refused(*state, SYS_connect, "::ffff:192.0.2.1", PORT));
    assert_false(connect_refused(*state, SYS_connect, "::", PORT + 1));
    assert_false(connect_refused(*state, SYS_bind, "127.0.0.1", PORT));
}

static void an_address_may_be_cut_or_too_long(void **state)
{
    struct fixture *f = *state;

    put_address("127.0.0.1", PORT);
    for (uint64_t size = 8; size <= 128; size++) {
        take(f, args_of(SYS_connect), 5, ADDR, size, 0, 0);
        assert_true(refused(f, SYS_connect));
    }
    /* These are not looked at: the kernel refuses them before. */
    take(f, args_of(SYS_connect), 5, ADDR, 1, 0, 0);
    assert_false(refused(f, SYS_connect));
    take(f, args_of(SYS_connect), 5, ADDR, (uint64_t)-1, 0, 0);
    assert_false(refused(f, SYS_connect));
    take(f, args_of(SYS_connect), 5, OUTSIDE, 16, 0, 0);
    assert_false(refused(f, SYS_connect));
    put_address("::ffff:127.0.0.1", PORT);
    take(f, args_of(SYS_connect), 5, ADDR, 24, 0, 0); /* SIN6_LEN_RFC2133 */
    assert_true(refused(f, SYS_connect));
}

static void data_sent_along_is_refused(void **state)
{
    const struct msghdr message = {.msg_name = guest(ADDR), .msg_namelen = 16};
    const struct mmsghdr none = {.msg_len = 0};
    const struct mmsghdr two[] = {{.msg_len = 0}, {.msg_hdr = message}};
    struct fixture *f = *state;
    uint64_t values[SYSCALL_ARGS] = {5, MEM + 64, 4, MSG_FASTOPEN, ADDR, 16};

    put_address("127.0.0.1", PORT);
    assert_int_equal(capsule_take(f->cap, args_of(SYS_sendto), values, f->host),
                     0);
    assert_true(refused(f, SYS_sendto));
    values[5] = 0;
    assert_int_equal(capsule_take(f->cap, args_of(SYS_sendto), values, f->host),
                     0);
    assert_false(refused(f, SYS_sendto));

    memcpy(guest(MEM + 256), &message, sizeof(message));
    take(f, args_of(SYS_sendmsg), 5, MEM + 256, 0, 0, 0);
    assert_true(refused(f, SYS_sendmsg));
    memcpy(guest(MEM + 512), two, sizeof(two));
    take(f, args_of(SYS_sendmmsg), 5, MEM + 512, 2, 0, 0);
    assert_true(refused(f, SYS_sendmmsg));
    take(f, args_of(SYS_sendmmsg), 5, MEM + 512, 1, 0, 0);
    assert_false(refused(f, SYS_sendmmsg));
    memcpy(guest(MEM + 256), &none, sizeof(none));
    take(f, args_of(SYS_sendmsg), 5, MEM + 256, 0, 0, 0);
    assert_false(refused(f, SYS_sendmsg));
}

/* What a hook makes of the address counts, and no other thread's writes. */
static void the_captured_address_counts(void **state)
{
    struct fixture *f = *state;
    struct sockaddr_in other = {.sin_family = AF_INET,
                                .sin_port = htons(PORT),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};

    assert_false(connect_refused(f, SYS_connect, "192.0.2.1", PORT));
    memcpy(guest(ADDR), &other, sizeof(other));
    assert_false(refused(f, SYS_connect));
    assert_int_equal(capsule_write(f->cap, ADDR, &other, sizeof(other)), 0);
    assert_true(refused(f, SYS_connect));
}

static void without_a_port_nothing_is_refused(void **state)
{
    guard_port(0);
    assert_false(connect_refused(*state, SYS_connect, "127.0.0.1", PORT));
    assert_false(connect_refused(*state, SYS_connect, "127.0.0.1", 0));
    guard_port(PORT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_local_address_is_refused),
        TEST(others_are_not),
        TEST(an_address_may_be_cut_or_too_long),
        TEST(data_sent_along_is_refused),
        TEST(the_captured_address_counts),
        TEST(without_a_port_nothing_is_refused),
    };

    guard_port(PORT);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
