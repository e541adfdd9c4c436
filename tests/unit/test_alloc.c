/* test_alloc.c: malloc(3) without locks: what the standards ask for, and that
 * neither threads nor killed processes are in anybody's way. */
#include "vmm/alloc.h"

#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define LARGE (1 << 20)

static const size_t sizes[] = {
    0,    1,    16,    17,    47,   48,     49,     100,    129,   1000,
    4096, 5000, 65536, 70000, 1000, 262128, 262129, 262144, LARGE, 3 * LARGE};
#define SIZES (sizeof(sizes) / sizeof(*sizes))

static void every_size_is_whole_and_aligned(void **state)
{
    uint8_t *p[SIZES];

    (void)state;
    for (size_t i = 0; i < SIZES; i++) {
        p[i] = malloc(sizes[i]);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 16, 0);
        assert_true(malloc_usable_size(p[i]) >= sizes[i]);
        memset(p[i], (int)i, malloc_usable_size(p[i]));
    }
    for (size_t i = 0; i < SIZES; i++) {
        for (size_t j = 0; j < sizes[i]; j++)
            assert_int_equal(p[i][j], (uint8_t)i);
        free(p[i]);
    }
    free(NULL);
    assert_int_equal(malloc_usable_size(NULL), 0);
}

static void freed_blocks_are_used_again(void **state)
{
    void *first = malloc(1000), *second;

    (void)state;
    memset(first, 0xff, 1000);
    free(first);
    second = malloc(1000);
    assert_ptr_equal(second, first);
    free(second);
    second = calloc(10, 100);
    assert_ptr_equal(second, first);
    for (int i = 0; i < 1000; i++)
        assert_int_equal(((uint8_t *)second)[i], 0);
    free(second);
}

static void what_does_not_fit_is_enomem(void **state)
{
    volatile size_t most = SIZE_MAX;
    void *p = malloc(10), *q = NULL, *larger;

    (void)state;
    errno = 0;
    assert_null(malloc(most));
    assert_int_equal(errno, ENOMEM);
    assert_null(malloc(most / 2));
    assert_null(calloc(most / 2, 3));
    larger = realloc(p, most / 2 + 1);
    assert_null(larger);
    assert_null(aligned_alloc(4096, most - 100));
    assert_int_equal(posix_memalign(&q, 24, 10), EINVAL);
    assert_int_equal(posix_memalign(&q, 64, most - 100), ENOMEM);
    if (!larger)
        free(p);
}

static void reallocation_keeps_what_fits(void **state)
{
    uint8_t *p = NULL;
    size_t had = 0;

    (void)state;
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < SIZES; i++) {
            size_t n = sizes[round ? SIZES - 1 - i : i] + 1;

            p = realloc(p, n);
            assert_non_null(p);
            for (size_t j = 0; j < had && j < n; j++)
                assert_int_equal(p[j], (uint8_t)(j * 7));
            for (size_t j = 0; j < n; j++)
                p[j] = (uint8_t)(j * 7);
            had = n;
        }
    }
    assert_null(realloc(p, 0));
}

static void alignments_are_kept(void **state)
{
    (void)state;
    for (size_t alignment = 8; alignment <= 1 << 16; alignment *= 2) {
        for (size_t i = 0; i < SIZES; i++) {
            uint8_t *p;

            assert_int_equal(posix_memalign((void **)&p, alignment, sizes[i]),
                             0);
            assert_int_equal((uintptr_t)p % alignment, 0);
            assert_true(malloc_usable_size(p) >= sizes[i]);
            memset(p, 1, sizes[i]);
            p = realloc(p, sizes[i] * 2 + 1);
            for (size_t j = 0; j < sizes[i]; j++)
                assert_int_equal(p[j], 1);
            free(p);
        }
    }
}

#define THREADS 4
#define ROUNDS  20000
#define HELD    64

/* Take and give back blocks at random; each holds what its owner wrote. */
static void *churn(void *arg)
{
    unsigned seed = (unsigned)(uintptr_t)arg, *held[HELD] = {0};
    uintptr_t wrong = 0;

    for (unsigned i = 0; i < ROUNDS; i++) {
        unsigned slot = (unsigned)rand_r(&seed) % HELD;
        size_t count = (unsigned)rand_r(&seed) % (i % 100 ? 300 : 90000) + 1;

        if (held[slot]) {
            unsigned n = held[slot][0];

            for (unsigned j = 1; j < n; j++)
                wrong += held[slot][j] != (n ^ (unsigned)(uintptr_t)arg);
            free(held[slot]);
        }
        held[slot] = malloc(count * sizeof(unsigned));
        held[slot][0] = (unsigned)count;
        for (unsigned j = 1; j < count; j++)
            held[slot][j] = (unsigned)count ^ (unsigned)(uintptr_t)arg;
    }
    for (unsigned slot = 0; slot < HELD; slot++)
        free(held[slot]);
    return (void *)wrong;
}

static void threads_never_have_the_same_block(void **state)
{
    pthread_t thread[THREADS];

    (void)state;
    for (uintptr_t i = 0; i < THREADS; i++)
        assert_int_equal(
            pthread_create(&thread[i], NULL, churn, (void *)(i * 1000 + 1)), 0);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;

        pthread_join(thread[i], &wrong);
        assert_null(wrong);
    }
}

/* A child of a process whose threads were in the middle of it. */
static void a_forked_child_begins_with_nothing_free(void **state)
{
    pthread_t thread[THREADS];
    int status;

    (void)state;
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, churn, (void *)(i * 1000 + 1));
    for (int i = 0; i < 50; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            alloc_forked();
            _exit(churn((void *)7) ? 1 : 0);
        }
        assert_int_equal(waitpid(pid, &status, 0), pid);
        assert_int_equal(status, 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
}

static int churn_for_ever(void *arg)
{
    for (;;)
        churn(arg);
    return 0;
}

#define STACK (64 << 10)

/* It shares the memory, and is killed somewhere in malloc or free. */
static void killed_processes_are_in_nobodys_way(void **state)
{
    uint8_t *stack = mmap(NULL, STACK, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)state;
    assert_true(stack != MAP_FAILED);
    for (int i = 0; i < 500; i++) {
        pid_t pid = clone(churn_for_ever, stack + STACK, CLONE_VM | SIGCHLD,
                          (void *)(uintptr_t)(i + 1));

        assert_true(pid > 0);
        usleep(200);
        kill(pid, SIGKILL);
        assert_int_equal(waitpid(pid, NULL, 0), pid);
        for (size_t size = 1; size < 100000; size *= 2)
            free(malloc(size));
    }
    munmap(stack, STACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_is_whole_and_aligned),
        cmocka_unit_test(freed_blocks_are_used_again),
        cmocka_unit_test(what_does_not_fit_is_enomem),
        cmocka_unit_test(reallocation_keeps_what_fits),
        cmocka_unit_test(alignments_are_kept),
        cmocka_unit_test(threads_never_have_the_same_block),
        cmocka_unit_test(a_forked_child_begins_with_nothing_free),
        cmocka_unit_test(killed_processes_are_in_nobodys_way),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
