/* test_privfd.c: descriptors of the monitor are moved away and remembered. */
#include "vmm/privfd.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static int open_null(void)
{
    int fd = open("/dev/null", O_RDONLY);

    assert_true(fd >= 0);
    return fd;
}

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static void adopted_descriptor_is_high_close_on_exec_and_owned(void **state)
{
    int low = open_null();
    int fd = privfd_adopt(low);

    (void)state;
    assert_true(fd >= 64);
    assert_false(is_open(low));
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_true(privfd_owns(fd));
    assert_false(privfd_owns(low));
    privfd_close(fd);
    assert_false(is_open(fd));
    assert_false(privfd_owns(fd));
}

static void duplicate_is_another_and_the_original_stays(void **state)
{
    int guest = open_null();
    int fd = privfd_dup(guest);

    (void)state;
    assert_true(fd >= 64);
    assert_true(is_open(guest));
    assert_false(privfd_owns(guest));
    assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
    assert_true(privfd_owns(fd));
    privfd_close(fd);
    assert_true(is_open(guest));
    close(guest);
    assert_int_equal(privfd_dup(guest), -EBADF);
    assert_int_equal(privfd_dup(-1), -EBADF);
    assert_int_equal(privfd_next(0), -1);
}

static void adopting_minus_one_stays_minus_one(void **state)
{
    (void)state;
    assert_int_equal(privfd_adopt(-1), -1);
}

static void adopting_what_is_not_open_is_ebadf(void **state)
{
    (void)state;
    assert_int_equal(privfd_adopt(1000), -EBADF);
    assert_int_equal(privfd_next(0), -1);
}

static void numbers_outside_the_bitmap_are_not_owned(void **state)
{
    (void)state;
    assert_false(privfd_owns(-1));
    assert_false(privfd_owns(INT32_MIN));
    assert_false(privfd_owns(INT32_MAX));
    assert_false(privfd_owns(4096));
    assert_int_equal(privfd_next(INT32_MAX), -1);
}

static void next_walks_the_owned_numbers_in_order(void **state)
{
    int a = privfd_adopt(open_null());
    int b = privfd_adopt(open_null());
    int guest = open_null();

    (void)state;
    assert_true(a < b);
    assert_int_equal(privfd_next(-5), a);
    assert_int_equal(privfd_next(a), a);
    assert_int_equal(privfd_next(a + 1), b);
    assert_int_equal(privfd_next(b + 1), -1);
    privfd_close(a);
    assert_int_equal(privfd_next(0), b);
    privfd_close(b);
    close(guest);
}

static void closing_what_is_not_owned_leaves_it_open(void **state)
{
    int guest = open_null();

    (void)state;
    privfd_close(guest);
    assert_true(is_open(guest));
    close(guest);
}

/* Run (fn) in a child under RLIMIT_NOFILE (limit); its result is the status. */
static int under_limit(rlim_t limit, int (*fn)(void))
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        struct rlimit rl = {.rlim_cur = limit, .rlim_max = limit};

        _exit(setrlimit(RLIMIT_NOFILE, &rl) == 0 ? fn() : 99);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static int number_of_one(void)
{
    int fd = privfd_adopt(open("/dev/null", O_RDONLY));

    return fd < 0 ? 98 : fd;
}

static int dup_of_first(void)
{
    return privfd_dup(0);
}

static int memfd(void)
{
    return privfd_memfd("name", 0);
}

static int open_as_monitor(void)
{
    return privfd_open("/dev/null", O_RDONLY);
}

/* The program has used up its numbers, and may have no more. */
static int is_made_when_full(int (*make)(void))
{
    struct rlimit less = {.rlim_cur = 70, .rlim_max = 90};
    int fd;

    if (setrlimit(RLIMIT_NOFILE, &less) < 0)
        return 99;
    while (open("/dev/null", O_RDONLY) >= 0)
        ;
    fd = make();
    if (fd < 70 || !privfd_owns(fd) || open("/dev/null", O_RDONLY) >= 0)
        return 98;
    while (fd >= 0)
        fd = make();
    return fd == -EMFILE ? 0 : 97;
}

static int duplicate_when_full(void)
{
    return is_made_when_full(dup_of_first);
}

static int memfd_when_full(void)
{
    return is_made_when_full(memfd);
}

static int open_when_full(void)
{
    return is_made_when_full(open_as_monitor);
}

static int adopt_until_full(void)
{
    int count = 0;
    int rc;

    while ((rc = privfd_adopt(open("/dev/null", O_RDONLY))) >= 0)
        count++;
    /* The last open takes the last number, so nothing is left to move to. */
    return rc == -EMFILE || rc == -1 ? count : 97;
}

static void low_limit_puts_numbers_just_below_it(void **state)
{
    (void)state;
    assert_int_equal(under_limit(200, number_of_one), 200 - 64);
    assert_int_equal(under_limit(100, number_of_one), 64);
}

static void limit_below_64_still_finds_a_number(void **state)
{
    int number = under_limit(20, number_of_one);

    (void)state;
    assert_in_range(number, 3, 19);
}

static void lower_numbers_are_used_once_the_high_ones_are_taken(void **state)
{
    (void)state;
    /* 0, 1, 2 and the one that is being moved are not available. */
    assert_in_range(under_limit(90, adopt_until_full), 80, 87);
}

static void what_is_made_takes_no_number_of_the_programs(void **state)
{
    (void)state;
    assert_int_equal(under_limit(90, duplicate_when_full), 0);
    assert_int_equal(under_limit(90, memfd_when_full), 0);
    assert_int_equal(under_limit(90, open_when_full), 0);
}

static uint64_t changes(void)
{
    const void *marks = *(const void *const *)privfd_marks(privfd_table());

    return __atomic_load_n((const uint64_t *)privfd_changes(marks),
                           __ATOMIC_SEQ_CST);
}

/* What blocks until it is told to go on: a FIFO. */
static void *open_fifo(void *path)
{
    privfd_close(privfd_open(path, O_RDONLY));
    return NULL;
}

static void while_one_is_made_others_are_told(void **state)
{
    char path[] = "/tmp/test-privfd-XXXXXX";
    pthread_t thread;

    (void)state;
    assert_non_null(mkdtemp(path));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(changes(), 0);
    assert_int_equal(pthread_create(&thread, NULL, open_fifo, path), 0);
    while (changes() != 1)
        sched_yield();
    close(open(path, O_WRONLY));
    pthread_join(thread, NULL);
    assert_int_equal(changes(), 0);
    unlink(path);
}

static void *adopt_and_close(void *arg)
{
    for (int i = 0; i < 2000; i++) {
        int fd = privfd_adopt(open("/dev/null", O_RDONLY));

        if (!privfd_owns(fd) || !is_open(fd))
            return arg;
        privfd_close(fd);
    }
    return NULL;
}

static void threads_never_lose_a_number_to_each_other(void **state)
{
    pthread_t threads[2];
    void *bad;

    (void)state;
    for (int i = 0; i < 2; i++)
        assert_int_equal(
            pthread_create(&threads[i], NULL, adopt_and_close, threads), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], &bad), 0);
        assert_null(bad);
    }
    assert_int_equal(privfd_next(0), -1);
}

static void a_copy_of_the_table_has_marks_of_its_own(void **state)
{
    struct privfds *own = privfd_table(), *copy;
    int before = privfd_adopt(open_null()), after;

    (void)state;
    copy = privfd_copy();
    assert_non_null(copy);
    privfd_use(copy);
    assert_true(privfd_owns(before));
    after = privfd_adopt(open_null());
    privfd_use(own);
    assert_true(privfd_owns(before));
    assert_false(privfd_owns(after));
    close(after);
    privfd_close(before);
    privfd_free(copy);
}

static void the_last_user_of_a_table_is_told(void **state)
{
    struct privfds *table = privfd_copy();

    (void)state;
    assert_non_null(table);
    assert_int_equal(privfd_tasks(table), 0);
    assert_ptr_equal(privfd_get(table, PRIVFD_TASK), table);
    privfd_get(table, PRIVFD_LEAD);
    assert_int_equal(privfd_tasks(table), 1);
    assert_false(privfd_put(table, PRIVFD_TASK));
    assert_int_equal(privfd_tasks(table), 0);
    assert_true(privfd_put(table, PRIVFD_LEAD));
    privfd_free(table);
    /* The first one is there for good. */
    privfd_free(privfd_table());
    assert_int_equal(privfd_next(0), -1);
}

static void only_what_is_the_programs_is_closed(void **state)
{
    int status = -1, own[2] = {privfd_adopt(open_null()), -1};
    int low = open_null(), high;
    pid_t pid;

    (void)state;
    high = fcntl(low, F_DUPFD, own[0] + 1);
    own[1] = privfd_adopt(open_null());
    assert_true(high > own[0] && own[1] > high);
    pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        privfd_close_others();
        _exit(is_open(0) || is_open(low) || is_open(high) || !is_open(own[0]) ||
              !is_open(own[1]));
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    close(low);
    close(high);
    privfd_close(own[0]);
    privfd_close(own[1]);
}

/* --- children that share the descriptors --- */

struct family {
    pid_t child;
    int to_child, to_parent; /* ends of pipes, the parent's */
};

static void tell(int fd, int number)
{
    if (write(fd, &number, sizeof(number)) != sizeof(number))
        _exit(99);
}

static int told(int fd)
{
    int number = -1;

    return read(fd, &number, sizeof(number)) == sizeof(number) ? number : -1;
}

/* The child disowns (fd), closes it without effect, tells the number of one
 * that it adopts, and waits until it is told something. */
static void live(int fd, int in, int out)
{
    int own;

    privfd_disown(fd);
    privfd_close(fd);
    own = is_open(fd) && privfd_owns(fd) ? privfd_adopt(open_null()) : -1;
    tell(out, own);
    told(in);
    privfd_close(own);
    _exit(is_open(own));
}

static void start(struct family *f, int fd)
{
    int in[2], out[2];

    assert_int_equal(pipe(in), 0);
    assert_int_equal(pipe(out), 0);
    assert_int_equal(privfd_share(), 0);
    assert_true(privfd_is_shared());
    f->child = (pid_t)syscall(SYS_clone, CLONE_FILES | SIGCHLD, 0, 0, 0, 0);
    assert_true(f->child >= 0);
    if (f->child == 0)
        live(fd, in[0], out[1]);
    f->to_child = in[1];
    f->to_parent = out[0];
}

static int status_of(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    return status;
}

static void who_shares_descriptors_knows_whose_they_are(void **state)
{
    int own = privfd_adopt(open_null()), theirs;
    struct family f;

    (void)state;
    start(&f, own);
    theirs = told(f.to_parent);
    assert_true(theirs >= 0);
    assert_true(privfd_owns(theirs));
    privfd_close(theirs);
    assert_true(is_open(theirs));
    /* With copies for itself it has what is its own. */
    assert_int_equal(unshare(CLONE_FILES), 0);
    privfd_unshare(NULL);
    assert_false(privfd_is_shared());
    assert_false(is_open(theirs));
    assert_false(privfd_owns(theirs));
    assert_true(is_open(own));
    tell(f.to_child, 0);
    assert_int_equal(status_of(f.child), 0);
    privfd_close(own);
    assert_int_equal(privfd_next(0), -1);
}

static void what_a_killed_one_had_is_closed(void **state)
{
    struct family f;
    int theirs;

    (void)state;
    start(&f, privfd_adopt(open_null()));
    theirs = told(f.to_parent);
    assert_true(is_open(theirs));
    kill(f.child, SIGKILL);
    assert_int_equal(status_of(f.child), SIGKILL);
    assert_true(is_open(theirs));
    assert_int_equal(privfd_share(), 0);
    assert_false(is_open(theirs));
    assert_false(privfd_owns(theirs));
    privfd_unshare(NULL);
    privfd_close(privfd_next(0));
    assert_int_equal(privfd_next(0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adopted_descriptor_is_high_close_on_exec_and_owned),
        cmocka_unit_test(duplicate_is_another_and_the_original_stays),
        cmocka_unit_test(adopting_minus_one_stays_minus_one),
        cmocka_unit_test(adopting_what_is_not_open_is_ebadf),
        cmocka_unit_test(numbers_outside_the_bitmap_are_not_owned),
        cmocka_unit_test(next_walks_the_owned_numbers_in_order),
        cmocka_unit_test(closing_what_is_not_owned_leaves_it_open),
        cmocka_unit_test(low_limit_puts_numbers_just_below_it),
        cmocka_unit_test(limit_below_64_still_finds_a_number),
        cmocka_unit_test(lower_numbers_are_used_once_the_high_ones_are_taken),
        cmocka_unit_test(what_is_made_takes_no_number_of_the_programs),
        cmocka_unit_test(while_one_is_made_others_are_told),
        cmocka_unit_test(a_copy_of_the_table_has_marks_of_its_own),
        cmocka_unit_test(the_last_user_of_a_table_is_told),
        cmocka_unit_test(only_what_is_the_programs_is_closed),
        cmocka_unit_test(who_shares_descriptors_knows_whose_they_are),
        cmocka_unit_test(what_a_killed_one_had_is_closed),
        cmocka_unit_test(threads_never_lose_a_number_to_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
