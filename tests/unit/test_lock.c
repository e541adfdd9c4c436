/* test_lock.c: locks that nobody keeps who has ended. */
#include "vmm/lock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

static void *end_with(void *lock)
{
    lock_take(lock);
    return NULL;
}

static void the_lock_of_one_that_ended_is_free(void **state)
{
    pthread_mutex_t lock;
    pthread_t thread;

    (void)state;
    lock_init(&lock);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_create(&thread, NULL, end_with, &lock), 0);
        assert_int_equal(pthread_join(thread, NULL), 0);
        lock_take(&lock);
        lock_give(&lock);
    }
    assert_int_equal(pthread_mutex_trylock(&lock), 0);
    lock_give(&lock);
}

/* Around fork(2) the parent takes what both give. */
static void a_child_gives_what_its_parent_took(void **state)
{
    pthread_mutex_t lock;
    int status = -1;
    pid_t pid;

    (void)state;
    lock_init(&lock);
    lock_take(&lock);
    pid = fork();
    lock_give(&lock);
    if (pid == 0)
        _exit(pthread_mutex_trylock(&lock) == 0 ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(pthread_mutex_trylock(&lock), 0);
    lock_give(&lock);
}

static void what_grows_stays_where_it_was(void **state)
{
    int *old = lock_larger(NULL, 0, sizeof(*old)), *larger;

    (void)state;
    assert_non_null(old);
    *old = 7;
    larger = lock_larger(old, sizeof(*old), 2 * sizeof(*old));
    assert_non_null(larger);
    assert_ptr_not_equal(larger, old);
    assert_int_equal(*old, 7);
    assert_int_equal(*larger, 7);
    free(old);
    free(larger);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lock_of_one_that_ended_is_free),
        cmocka_unit_test(a_child_gives_what_its_parent_took),
        cmocka_unit_test(what_grows_stays_where_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
