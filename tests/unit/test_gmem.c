/* test_gmem.c: checks and copies of guest memory, on plain mappings inside the
 * windows; no KVM. */
#include "vmm/gmem.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#define TEST_LOW_END   (LOW_END - 16 * MIB)
#define TEST_ARENA_END (ARENA_BASE + GIB)

/* Two pages of guest memory; the page behind them is not accessible. */
#define MEM (ARENA_BASE + 64 * MIB)
#define END (MEM + 2 * PAGE_SIZE)

static void map(gva_t addr, size_t len, int prot)
{
    void *p = mmap((void *)addr, len, prot,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);

    assert_ptr_equal(p, (void *)addr);
}

static int setup(void **state)
{
    (void)state;
    map(MEM, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE);
    map(END, PAGE_SIZE, PROT_NONE);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return munmap((void *)MEM, 3 * PAGE_SIZE);
}

static void a_range_is_in_a_window_only_as_a_whole(void **state)
{
    (void)state;
    assert_true(gmem_in_window(LOW_BASE, 1));
    assert_true(gmem_in_window(LOW_BASE, TEST_LOW_END - LOW_BASE));
    assert_true(gmem_in_window(ARENA_BASE, GIB));
    assert_true(gmem_in_window(TEST_ARENA_END - 1, 1));
    assert_true(gmem_in_window(TEST_ARENA_END - 1, 0));

    assert_false(gmem_in_window(0, 1));
    assert_false(gmem_in_window(LOW_BASE - 1, 1));
    assert_false(gmem_in_window(LOW_BASE - 1, 2));
    assert_false(gmem_in_window(LOW_BASE, TEST_LOW_END - LOW_BASE + 1));
    assert_false(gmem_in_window(TEST_LOW_END, 0));
    assert_false(gmem_in_window(MACHINE_BASE, 1));
    assert_false(gmem_in_window(ARENA_BASE - 1, 1));
    assert_false(gmem_in_window(ARENA_BASE, GIB + 1));
    assert_false(gmem_in_window(TEST_ARENA_END, 0));
    assert_false(gmem_in_window((gva_t)&setup, 1));
    assert_false(gmem_in_window(GMEM_FAULT_ADDR, 1));
}

static void a_length_that_wraps_is_in_no_window(void **state)
{
    (void)state;
    assert_false(gmem_in_window(MEM, UINT64_MAX));
    assert_false(gmem_in_window(MEM, UINT64_MAX - MEM + 2));
    assert_false(gmem_passable(MEM, UINT64_MAX));
    assert_false(gmem_passable(MEM, UINT64_MAX - MEM + 2));
    assert_false(gmem_in_window(UINT64_MAX, 1));
    assert_false(gmem_passable(UINT64_MAX, 2));
}

static void a_passable_buffer_ends_in_the_guard_at_most(void **state)
{
    (void)state;
    assert_true(gmem_passable(MEM, 1));
    assert_true(gmem_passable(TEST_ARENA_END - 1, 1 + GUARD_SIZE));
    assert_false(gmem_passable(TEST_ARENA_END - 1, 2 + GUARD_SIZE));
    assert_true(gmem_passable(TEST_LOW_END - 1, 1 + GUARD_SIZE));
    assert_false(gmem_passable(TEST_LOW_END - 1, 2 + GUARD_SIZE));
    assert_false(gmem_passable(TEST_ARENA_END, 0));
    assert_false(gmem_passable(MACHINE_BASE, 1));
    assert_true(gmem_passable(MEM, 0));
}

static void bytes_go_in_and_out(void **state)
{
    char out[32] = "";

    (void)state;
    assert_int_equal(gmem_write(MEM + 3, "capsule", 8), 0);
    assert_int_equal(gmem_read(out, MEM + 3, 8), 0);
    assert_string_equal(out, "capsule");
    assert_int_equal(gmem_read(out, 0, 0), 0);
    assert_int_equal(gmem_write(0, out, 0), 0);
}

static void
a_copy_up_to_the_last_mapped_byte_works_and_one_more_is_efault(void **state)
{
    char *buf = malloc(2 * PAGE_SIZE + 1);

    (void)state;
    memset((void *)MEM, 'x', 2 * PAGE_SIZE);
    assert_int_equal(gmem_read(buf, MEM, 2 * PAGE_SIZE), 0);
    assert_int_equal(buf[2 * PAGE_SIZE - 1], 'x');
    assert_int_equal(gmem_read(buf, MEM, 2 * PAGE_SIZE + 1), -EFAULT);
    assert_int_equal(gmem_read(buf, END, 1), -EFAULT);
    assert_int_equal(gmem_write(END - 1, "yz", 2), -EFAULT);
    assert_int_equal(((char *)END)[-1], 'y');
    free(buf);
}

static void a_page_without_the_right_is_efault(void **state)
{
    char c;

    (void)state;
    mprotect((void *)MEM, PAGE_SIZE, PROT_READ);
    assert_int_equal(gmem_write(MEM, "a", 1), -EFAULT);
    assert_int_equal(gmem_read(&c, MEM, 1), 0);
    mprotect((void *)MEM, PAGE_SIZE, PROT_NONE);
    assert_int_equal(gmem_read(&c, MEM, 1), -EFAULT);
}

static void monitor_memory_is_efault_though_it_is_mapped(void **state)
{
    static char secret[16] = "secret";
    char out[16] = "untouched";

    (void)state;
    assert_int_equal(gmem_read(out, (gva_t)secret, sizeof(out)), -EFAULT);
    assert_string_equal(out, "untouched");
    assert_int_equal(gmem_write((gva_t)secret, "x", 1), -EFAULT);
    assert_string_equal(secret, "secret");
    assert_int_equal(gmem_read_string(out, (gva_t)secret, 16), -EFAULT);
    assert_string_equal(out, "untouched");
}

static void a_truncated_file_is_efault_not_sigbus(void **state)
{
    gva_t addr = ARENA_BASE + 128 * MIB;
    char buf[16];
    int fd = memfd_create("file", MFD_CLOEXEC);

    (void)state;
    assert_true(fd >= 0);
    assert_int_equal(ftruncate(fd, (off_t)PAGE_SIZE), 0);
    assert_ptr_equal(mmap((void *)addr, PAGE_SIZE, PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_FIXED_NOREPLACE, fd, 0),
                     (void *)addr);
    assert_int_equal(gmem_read(buf, addr, sizeof(buf)), 0);
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(gmem_read(buf, addr, sizeof(buf)), -EFAULT);
    assert_int_equal(gmem_write(addr, buf, sizeof(buf)), -EFAULT);
    assert_int_equal(gmem_read_string(buf, addr, sizeof(buf)), -EFAULT);
    munmap((void *)addr, PAGE_SIZE);
    close(fd);
}

static void a_string_may_end_at_the_last_mapped_byte(void **state)
{
    char buf[64];

    (void)state;
    memcpy((char *)END - 5, "tail", 5);
    assert_int_equal(gmem_read_string(buf, END - 5, sizeof(buf)), 4);
    assert_string_equal(buf, "tail");
    assert_int_equal(gmem_read_string(buf, END - 1, sizeof(buf)), 0);
    assert_string_equal(buf, "");
    /* Exactly as large as the string with its NUL. */
    assert_int_equal(gmem_read_string(buf, END - 5, 5), 4);
}

static void a_string_without_end_is_told_apart_from_a_fault(void **state)
{
    char buf[64];

    (void)state;
    memset((void *)MEM, 'a', 2 * PAGE_SIZE);
    memset(buf, '#', sizeof(buf));
    assert_int_equal(gmem_read_string(buf, END - 20, 20), -ENAMETOOLONG);
    assert_memory_equal(buf, "aaaaaaaaaaaaaaaaaaaa#", 21);
    assert_int_equal(gmem_read_string(buf, END - 20, 21), -EFAULT);
    assert_int_equal(gmem_read_string(buf, END, 1), -EFAULT);
    assert_int_equal(gmem_read_string(buf, MEM, 0), -ENAMETOOLONG);
    assert_int_equal(gmem_read_string(buf, 1, 8), -EFAULT);
}

static void a_string_goes_on_in_the_next_page(void **state)
{
    char buf[64];

    (void)state;
    memcpy((char *)END - PAGE_SIZE - 4, "across", 7);
    assert_int_equal(gmem_read_string(buf, END - PAGE_SIZE - 4, sizeof(buf)),
                     6);
    assert_string_equal(buf, "across");
}

static void a_string_does_not_run_out_of_the_window(void **state)
{
    gva_t last = TEST_ARENA_END - PAGE_SIZE;
    char buf[64];

    (void)state;
    /* The page behind the window is readable: the check must stop there. */
    map(last, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE);
    memset((void *)last, 'a', 2 * PAGE_SIZE);
    assert_int_equal(gmem_read_string(buf, TEST_ARENA_END - 8, 8),
                     -ENAMETOOLONG);
    assert_int_equal(gmem_read_string(buf, TEST_ARENA_END - 8, 9), -EFAULT);
    munmap((void *)last, 2 * PAGE_SIZE);
}

static void exit_42(int sig, siginfo_t *info, void *ucontext)
{
    (void)ucontext;
    _exit(sig == SIGSEGV && info->si_addr == (void *)END ? 42 : 1);
}

static int status_of_a_process_that_faults(void (*chain)(int, siginfo_t *,
                                                         void *))
{
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        gmem_init(chain);
        *(volatile char *)END = 1;
        _exit(0);
    }
    waitpid(pid, &status, 0);
    return status;
}

static void a_fault_elsewhere_goes_to_the_chained_handler(void **state)
{
    int status = status_of_a_process_that_faults(exit_42);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

static void a_fault_elsewhere_without_a_chained_handler_kills(void **state)
{
    int status = status_of_a_process_that_faults(NULL);

    (void)state;
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSEGV);
}

/* cmocka puts its own handlers for SIGSEGV and SIGBUS in place before each test
 * and each fixture, so ours are installed inside the test. */
static void with_handlers(void **state)
{
    void (*test)(void **) = *state;

    gmem_init(NULL);
    test(state);
}

/* A fault would kill. */
static void with_faults_blocked(void **state)
{
    void (*test)(void **) = *state;
    sigset_t set, old;

    sigemptyset(&set);
    sigaddset(&set, SIGSEGV);
    sigaddset(&set, SIGBUS);
    sigprocmask(SIG_BLOCK, &set, &old);
    gmem_without_faults(true);
    test(state);
    gmem_without_faults(false);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

#define TEST(f_)                                                               \
    {                                                                          \
#f_, with_handlers, setup, teardown, (f_)                              \
    }

#define TEST_WITHOUT_FAULTS(f_)                                                \
    {                                                                          \
#f_ "_without_faults", with_faults_blocked, setup, teardown, (f_)      \
    }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_range_is_in_a_window_only_as_a_whole),
        TEST(a_length_that_wraps_is_in_no_window),
        TEST(a_passable_buffer_ends_in_the_guard_at_most),
        TEST(bytes_go_in_and_out),
        TEST(a_copy_up_to_the_last_mapped_byte_works_and_one_more_is_efault),
        TEST(a_page_without_the_right_is_efault),
        TEST(monitor_memory_is_efault_though_it_is_mapped),
        TEST(a_truncated_file_is_efault_not_sigbus),
        TEST(a_string_may_end_at_the_last_mapped_byte),
        TEST(a_string_without_end_is_told_apart_from_a_fault),
        TEST(a_string_goes_on_in_the_next_page),
        TEST(a_string_does_not_run_out_of_the_window),
        TEST_WITHOUT_FAULTS(bytes_go_in_and_out),
        TEST_WITHOUT_FAULTS(
            a_copy_up_to_the_last_mapped_byte_works_and_one_more_is_efault),
        TEST_WITHOUT_FAULTS(a_page_without_the_right_is_efault),
        TEST_WITHOUT_FAULTS(monitor_memory_is_efault_though_it_is_mapped),
        TEST_WITHOUT_FAULTS(a_truncated_file_is_efault_not_sigbus),
        TEST_WITHOUT_FAULTS(a_string_may_end_at_the_last_mapped_byte),
        TEST_WITHOUT_FAULTS(a_string_without_end_is_told_apart_from_a_fault),
        TEST_WITHOUT_FAULTS(a_string_goes_on_in_the_next_page),
        TEST_WITHOUT_FAULTS(a_string_does_not_run_out_of_the_window),
        TEST(a_fault_elsewhere_goes_to_the_chained_handler),
        TEST(a_fault_elsewhere_without_a_chained_handler_kills),
    };

    gmem_set_windows(TEST_LOW_END, TEST_ARENA_END);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
