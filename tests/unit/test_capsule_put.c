/* test_capsule_put.c: the host kernel works on what it is given, and what it
 * wrote comes back to guest memory. */
#include "tests/unit/capsule_rows.h"

#include <sys/syscall.h>
#include <unistd.h>

static int64_t host_call(const struct fixture *f, long sysno)
{
    long rc = syscall(sysno, f->host[0], f->host[1], f->host[2], f->host[3],
                      f->host[4], f->host[5]);

    return rc < 0 ? -errno : rc;
}

static void put_writes_only_what_the_kernel_changed(void **state)
{
    struct fixture *f = *state;
    struct pollfd *fds = guest(MEM), *host;

    fds[0] = (struct pollfd){.fd = 3, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = 4, .events = POLLOUT};
    assert_int_equal(take(f, poll_args, MEM, 2, 0, 0, 0), 0);
    capsule_seal(f->cap);
    host = host_ptr(f, 0);
    host[1].revents = POLLOUT | POLLHUP;
    /* Another thread of the guest meanwhile: */
    fds[0].fd = 100;
    fds[1].events = POLLPRI;
    assert_int_equal(capsule_put(f->cap), 0);
    assert_int_equal(fds[0].fd, 100);
    assert_int_equal(fds[0].revents, 0);
    assert_int_equal(fds[1].events, POLLPRI);
    assert_int_equal(fds[1].revents, POLLOUT | POLLHUP);
}

static void put_never_writes_pointers_of_the_host(void **state)
{
    struct fixture *f = *state;
    struct msghdr *msg = guest(MEM), *host;

    *msg = (struct msghdr){.msg_name = guest(OUTSIDE),
                           .msg_namelen = 16,
                           .msg_iov = guest(MEM + 512),
                           .msg_iovlen = 1};
    put_u64(MEM + 512, MEM + 4096);
    put_u64(MEM + 520, 10);
    assert_int_equal(take(f, recvmsg_args, 3, MEM, 0, 0, 0), 0);
    capsule_seal(f->cap);
    host = host_ptr(f, 1);
    host->msg_namelen = 8;
    host->msg_flags = MSG_TRUNC;
    assert_int_equal(capsule_put(f->cap), 0);
    assert_ptr_equal(msg->msg_name, guest(OUTSIDE));
    assert_int_equal(msg->msg_namelen, 8);
    assert_ptr_equal(msg->msg_iov, guest(MEM + 512));
    assert_int_equal(msg->msg_flags, MSG_TRUNC);
    assert_int_equal(get_u64(guest(MEM + 512)), MEM + 4096);
}

static void put_of_an_opaque_structure_compares_bytes(void **state)
{
    struct fixture *f = *state;
    char *p;

    memcpy(guest(MEM + 1), "0123456789abcdef", 16);
    assert_int_equal(take(f, inout_args, MEM + 1, 0, 0, 0, 0), 0);
    p = host_ptr(f, 0);
    p[2] = 'X';
    p[15] = 'Y';
    memcpy(guest(MEM + 1), "................", 16);
    assert_int_equal(capsule_put(f->cap), 0);
    assert_memory_equal(guest(MEM + 1), "..X............Y", 16);
}

static void put_into_memory_that_became_read_only_is_efault(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(take(f, inout_args, MEM, 0, 0, 0, 0), 0);
    mprotect(guest(MEM), PAGE_SIZE, PROT_READ);
    capsule_seal(f->cap);
    /* Nothing to write is no fault. */
    assert_int_equal(capsule_put(f->cap), 0);
    *(char *)host_ptr(f, 0) = 'X';
    assert_int_equal(capsule_put(f->cap), -EFAULT);
}

static void a_message_that_the_kernel_received_arrives(void **state)
{
    struct fixture *f = *state;
    struct msghdr *msg = guest(MEM);
    struct iovec *iov = guest(MEM + 512);
    int pair[2];

    assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair), 0);
    assert_int_equal(write(pair[0], "datagram", 8), 8);
    *msg = (struct msghdr){.msg_name = guest(MEM + 1024),
                           .msg_namelen = 100,
                           .msg_iov = iov,
                           .msg_iovlen = 2};
    iov[0] = (struct iovec){guest(MEM + 4096), 4};
    iov[1] = (struct iovec){guest(MEM + 8192), 2};
    assert_int_equal(take(f, recvmsg_args, (uint64_t)pair[1], MEM, 0, 0, 0), 0);
    capsule_seal(f->cap);
    assert_int_equal(host_call(f, SYS_recvmsg), 6);
    assert_int_equal(capsule_put(f->cap), 0);
    assert_memory_equal(guest(MEM + 4096), "data", 4);
    assert_memory_equal(guest(MEM + 8192), "gr", 3);
    assert_int_equal(msg->msg_flags, MSG_TRUNC);
    assert_int_equal(msg->msg_namelen, 0);
    assert_ptr_equal(msg->msg_iov, iov);
    close(pair[0]);
    close(pair[1]);
}

static void the_host_kernel_reports_linuxs_own_errors(void **state)
{
    struct fixture *f = *state;
    uint64_t fd = (uint64_t)memfd_create("file", MFD_CLOEXEC);
    uint64_t sock = (uint64_t)socket(AF_UNIX, SOCK_STREAM, 0);

    /* The count is looked at before the vector. */
    take(f, writev_args, fd, OUTSIDE, IOV_MAX + 1, 0, 0);
    assert_int_equal(host_call(f, SYS_writev), -EINVAL);
    take(f, writev_args, fd, OUTSIDE, 1, 0, 0);
    assert_int_equal(host_call(f, SYS_writev), -EFAULT);
    put_u64(MEM, OUTSIDE);
    put_u64(MEM + 8, 5);
    take(f, writev_args, fd, MEM, 1, 0, 0);
    assert_int_equal(host_call(f, SYS_writev), -EFAULT);
    take(f, bind_args, sock, OUTSIDE, 129, 0, 0);
    assert_int_equal(host_call(f, SYS_bind), -EINVAL);
    take(f, bind_args, sock, OUTSIDE, 0xffffffff, 0, 0);
    assert_int_equal(host_call(f, SYS_bind), -EINVAL);
    take(f, bind_args, sock, OUTSIDE, 16, 0, 0);
    assert_int_equal(host_call(f, SYS_bind), -EFAULT);
    memset(guest(MEM), '/', 8192);
    take(f, open_args, MEM, 0, 0, 0, 0);
    assert_int_equal(host_call(f, SYS_open), -ENAMETOOLONG);
    take(f, open_args, OUTSIDE, 0, 0, 0, 0);
    assert_int_equal(host_call(f, SYS_open), -EFAULT);
    take(f, read_args, fd, OUTSIDE, 5, 0, 0);
    assert_int_equal(host_call(f, SYS_read), -EFAULT);
    take(f, read_args, fd, END, 0, 0, 0);
    assert_int_equal(host_call(f, SYS_read), 0);
    take(f, poll_args, OUTSIDE, 0, 0, 0, 0);
    assert_int_equal(host_call(f, SYS_poll), 0);
    close((int)fd);
    close((int)sock);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_message_that_the_kernel_received_arrives),
        TEST(the_host_kernel_reports_linuxs_own_errors),
        TEST(put_writes_only_what_the_kernel_changed),
        TEST(put_never_writes_pointers_of_the_host),
        TEST(put_of_an_opaque_structure_compares_bytes),
        TEST(put_into_memory_that_became_read_only_is_efault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
