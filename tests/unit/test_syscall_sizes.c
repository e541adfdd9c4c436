/*
 * test_syscall_sizes.c: The sizes in the table are the host kernel's: it writes
 * nothing behind what a row describes. A structure that it fills is checked for
 * exactly that many bytes, and copies are exactly that large.
 */
#include "vmm/structs.h"
#include "vmm/syscall.h"
#include "vmm/sysno.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ROOM 4096

/* A call, and which argument gets the buffer. */
struct probe {
    long sysno;
    unsigned at;
    uint64_t args[SYSCALL_ARGS];
};

static uint8_t buffer[ROOM];

/* The size of what argument (at) points to, from the table. */
static uint64_t described(const struct probe *p)
{
    const struct syscall_desc *row = syscall_row((uint64_t)p->sysno);
    const struct syscall_variant *v = syscall_variant(row, p->args);
    const struct datum *d = &(v != NULL ? v->arg : row->arg)[p->at];

    assert_true(datum_is_pointer(d->kind));
    assert_true(d->dir & DIR_OUT);
    return d->count == COUNT_ONE ? d->size : d->size * p->args[d->count_of];
}

/* The highest byte that the call changed in a buffer full of (fill), plus 1. */
static uint64_t reach(const struct probe *p, uint8_t fill)
{
    uint64_t a[SYSCALL_ARGS], n = ROOM;
    long rc;

    memcpy(a, p->args, sizeof(a));
    a[p->at] = (uint64_t)buffer;
    memset(buffer, fill, sizeof(buffer));
    rc = syscall(p->sysno, a[0], a[1], a[2], a[3], a[4], a[5]);
    if (rc < 0)
        fail_msg("%s: %s", syscall_row((uint64_t)p->sysno)->name,
                 strerror(errno));
    while (n > 0 && buffer[n - 1] == fill)
        n--;
    return n;
}

static void check(const struct probe *p)
{
    uint64_t size = described(p), one = reach(p, 0xa5), two = reach(p, 0x5a);

    if (one < two)
        one = two;
    if (one > size || one == 0)
        fail_msg("%s: described %lu bytes, written %lu",
                 syscall_row((uint64_t)p->sysno)->name, (unsigned long)size,
                 (unsigned long)one);
}

static void the_kernel_fills_no_more_than_is_described(void **state)
{
    static const char dot[] = ".";
    const struct probe probes[] = {
        {SYS_stat, 1, {(uint64_t)dot}},
        {SYS_lstat, 1, {(uint64_t)dot}},
        {SYS_statfs, 1, {(uint64_t)dot}},
        {SYS_newfstatat, 2, {(uint32_t)AT_FDCWD, (uint64_t)dot}},
        {SYS_statx, 4, {(uint32_t)AT_FDCWD, (uint64_t)dot, 0, 0xfff}},
        {SYS_uname, 0, {0}},
        {SYS_sysinfo, 0, {0}},
        {SYS_times, 0, {0}},
        {SYS_time, 0, {0}},
        {SYS_gettimeofday, 0, {0}},
        {SYS_gettimeofday, 1, {0}},
        {SYS_getrusage, 1, {0}},
        {SYS_getrlimit, 1, {7}},
        {SYS_prlimit64, 3, {0, 7}},
        {SYS_getitimer, 1, {0}},
        {SYS_clock_gettime, 1, {CLOCK_MONOTONIC}},
        {SYS_clock_getres, 1, {CLOCK_MONOTONIC}},
        {SYS_sched_getparam, 1, {0}},
        {SYS_sched_rr_get_interval, 1, {0}},
        {SYS_sched_getattr, 1, {0, 0, 56}},
        {SYS_rt_sigpending, 0, {0, 8}},
        {SYS_rt_sigprocmask, 2, {0, 0, 0, 8}},
        {SYS_rt_sigaction, 2, {10, 0, 0, 8}},
        {SYS_sigaltstack, 1, {0}},
        {SYS_getcpu, 0, {0}},
    };
    unsigned i;

    (void)state;
    for (i = 0; i < ARRAY_SIZE(probes); i++)
        check(&probes[i]);
}

static void terminal_commands_fill_no_more_than_is_described(void **state)
{
    static const uint32_t cmds[] = {
        TCGETS,    0x802c542a /* TCGETS2 */,
        TCGETA,    TIOCGWINSZ,
        TIOCGPTN,  TIOCGPTLCK,
        TIOCOUTQ,  FIONREAD,
        TIOCGETD,  TIOCGDEV,
        TIOCGEXCL, TIOCGSOFTCAR,
        TIOCGPKT,
    };
    int fd = posix_openpt(O_RDWR | O_NOCTTY);
    unsigned i;

    (void)state;
    assert_true(fd >= 0);
    for (i = 0; i < ARRAY_SIZE(cmds); i++) {
        const struct probe p = {SYS_ioctl, 2, {(uint64_t)fd, cmds[i]}};

        check(&p);
    }
    close(fd);
}

static void interface_commands_fill_no_more_than_is_described(void **state)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    const struct syscall_desc *row = syscall_row(SYS_ioctl);
    static const uint32_t cmds[] = {0x8913, 0x8921,
                                    0x8933}; /* FLAGS MTU INDEX */
    uint8_t before[ROOM];
    unsigned i;

    (void)state;
    assert_true(fd >= 0);
    for (i = 0; i < ARRAY_SIZE(cmds); i++) {
        const uint64_t args[SYSCALL_ARGS] = {(uint64_t)fd, cmds[i]};
        uint32_t size = syscall_variant(row, args)->arg[2].size;

        memset(buffer, 0xa5, sizeof(buffer));
        strcpy((char *)buffer, "lo");
        memcpy(before, buffer, sizeof(before));
        assert_int_equal(syscall(SYS_ioctl, fd, cmds[i], buffer), 0);
        assert_memory_not_equal(buffer, before, size);
        assert_memory_equal(buffer + size, before + size, ROOM - size);
    }
    close(fd);
}

/* The number says long, the kernel copies an int; the table has the latter. */
static void file_flags_are_as_wide_as_the_kernel_writes_them(void **state)
{
    char name[] = "/tmp/test_syscall_sizes.XXXXXX";
    int fd = mkstemp(name);
    const struct probe p = {SYS_ioctl, 2, {(uint64_t)fd, FS_IOC_GETFLAGS}};
    long rc;

    (void)state;
    assert_true(fd >= 0);
    unlink(name);
    assert_int_equal(described(&p), 4);
    rc = ioctl(fd, FS_IOC_GETFLAGS, buffer);
    if (rc == 0)
        check(&p);
    close(fd);
    if (rc != 0)
        skip(); /* this file system has none */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_kernel_fills_no_more_than_is_described),
        cmocka_unit_test(terminal_commands_fill_no_more_than_is_described),
        cmocka_unit_test(interface_commands_fill_no_more_than_is_described),
        cmocka_unit_test(file_flags_are_as_wide_as_the_kernel_writes_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
