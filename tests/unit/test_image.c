/* test_image.c: the process goes on in an address space of its own. */
#include "vmm/image.h"
#include "vmm/layout.h"
#include "vmm/privfd.h"
#include "vmm/shmem.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#define GUEST ((void *)(ARENA_BASE + GIB))

/* Each is 0, or says what is wrong in the image. */
static int failed;

static void expect(int number, bool right)
{
    if (!right && !failed)
        failed = number;
}

static int enter(void)
{
    int file = image_file();
    int rc = image_take(file, MACHINE_END);

    return rc == 0 ? image_enter(file) : rc;
}

static void end_as(pid_t pid)
{
    int status = -1;

    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void *wait_for_ever(void *arg)
{
    for (;;)
        pause();
    return arg;
}

static int global = 1;

static void look_around(int *shared)
{
    volatile int local = 5;
    const pid_t pid = getpid();
    char *heap = strdup("heap"), *large = malloc(4 << 20);
    int mine = privfd_open("/dev/null", O_RDONLY);
    int theirs = open("/dev/null", O_RDONLY | O_CLOEXEC);
    struct rlimit stack = {1 << 30, RLIM_INFINITY};
    unsigned char there;
    struct timespec t;
    pthread_t thread;

    setrlimit(RLIMIT_STACK, &stack);
    pthread_create(&thread, NULL, wait_for_ever, NULL);
    expect(11, mmap(GUEST, PAGE_SIZE, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == GUEST);
    strcpy(large + (3 << 20), "large");
    global = 2;
    shared[0] = 3;
    expect(1, enter() == IMAGE_ENTERED);
    expect(2, getpid() == pid && gettid() == pid);
    expect(3, local == 5 && global == 2 && shared[0] == 3);
    expect(4, strcmp(heap, "heap") == 0 &&
                  strcmp(large + (3 << 20), "large") == 0);
    expect(5, fcntl(mine, F_GETFD) == FD_CLOEXEC && privfd_owns(mine));
    expect(6, fcntl(theirs, F_GETFD) < 0);
    expect(7, mincore(GUEST, PAGE_SIZE, &there) < 0 && errno == ENOMEM);
    expect(8, clock_gettime(CLOCK_MONOTONIC, &t) == 0 && t.tv_sec > 0);
    expect(9,
           getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur == 1 << 30);
    expect(10, pthread_kill(pthread_self(), 0) == 0);
    shared[1] = 4;
}

/* What it is that the process has, the kernel does not tell it then. */
static void give_up_privileges(void)
{
    if (geteuid() == 0 && (setgid(65534) < 0 || setuid(65534) < 0))
        _exit(98);
    prctl(PR_SET_DUMPABLE, 0);
    expect(20, access("/proc/self/pagemap", R_OK) < 0);
}

static void nothing(void)
{
}

static void take_everything_along(void (*first)(void))
{
    int *shared = shmem_map(2 * sizeof(*shared));
    pid_t pid;

    assert_non_null(shared);
    assert_true(image_possible());
    pid = fork();
    if (pid == 0) {
        first();
        look_around(shared);
        _exit(failed);
    }
    end_as(pid);
    assert_int_equal(shared[0], 3);
    assert_int_equal(shared[1], 4);
    munmap(shared, 2 * sizeof(*shared));
}

static void everything_is_taken_along(void **state)
{
    (void)state;
    take_everything_along(nothing);
}

static void everything_is_taken_along_without_privileges(void **state)
{
    (void)state;
    take_everything_along(give_up_privileges);
}

static void *change_mappings(void *arg)
{
    const size_t size = 256 * PAGE_SIZE;

    for (;;) {
        char *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

        p[size / 2] = 1;
        mprotect(p, size / 4, PROT_NONE);
        munmap(p, size);
    }
    return arg;
}

/* By other threads, in memory that does not count. */
static void mappings_may_change_meanwhile(void **state)
{
    pid_t pid = fork();
    pthread_t thread;

    (void)state;
    if (pid == 0) {
        give_up_privileges();
        pthread_create(&thread, NULL, change_mappings, NULL);
        for (int i = 0; i < 50; i++) {
            int file = image_file();

            expect(1, image_take(file, MACHINE_END) == 0);
            privfd_close(file);
        }
        _exit(failed);
    }
    end_as(pid);
}

/* Each is made of the one before, and has the same text. */
static void an_image_makes_another(void **state)
{
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        for (int i = 0; i < 5; i++) {
            char *new = malloc(100);

            expect(1, enter() == IMAGE_ENTERED);
            strcpy(new, "written");
            global += 1;
        }
        expect(2, global == 6);
        _exit(failed);
    }
    end_as(pid);
}

static void a_limit_of_files_forbids_it(void **state)
{
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        const struct rlimit small = {1 << 20, 1 << 20};
        int *shared;

        /* Who may raise it is not held by it. */
        expect(4, setrlimit(RLIMIT_FSIZE, &small) == 0 &&
                      (getuid() != 0 || setuid(65534) == 0));
        expect(1, !image_possible());
        shared = shmem_map(2 << 20);
        expect(2, shared && !shmem_is_file());
        shared[0] = 7;
        pid = fork();
        if (pid == 0)
            _exit(shared[0] == 7 ? (shared[1] = 8) - 8 : 1);
        waitpid(pid, NULL, 0);
        expect(3, shared[1] == 8);
        _exit(failed);
    }
    end_as(pid);
}

static void a_soft_limit_of_files_does_not(void **state)
{
    pid_t pid = fork();

    (void)state;
    if (pid == 0) {
        struct rlimit small = {0};

        getrlimit(RLIMIT_FSIZE, &small);
        small.rlim_cur = 1 << 20;
        setrlimit(RLIMIT_FSIZE, &small);
        expect(1, shmem_map(2 << 20) && shmem_is_file());
        expect(2, image_possible());
        getrlimit(RLIMIT_FSIZE, &small);
        expect(3, small.rlim_cur == 1 << 20);
        _exit(failed);
    }
    end_as(pid);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_taken_along),
        cmocka_unit_test(everything_is_taken_along_without_privileges),
        cmocka_unit_test(mappings_may_change_meanwhile),
        cmocka_unit_test(an_image_makes_another),
        cmocka_unit_test(a_limit_of_files_forbids_it),
        cmocka_unit_test(a_soft_limit_of_files_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
