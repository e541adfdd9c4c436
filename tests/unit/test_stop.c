/* test_stop.c: who is of the session, who stops whom, and what a process that
 * dies leaves behind. */
#include "vmm/session_shared.h"
#include "vmm/stop.h"
#include "vmm/task.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
    struct process process;
    struct task task;
};

static uint64_t in_ms(unsigned ms)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec +
           ms * UINT64_C(1000000);
}

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f || session_shared_create(&f->process.shared, NULL) < 0)
        return -1;
    pthread_mutex_init(&f->process.lock, NULL);
    f->task.process = &f->process;
    f->task.tid = gettid();
    f->process.tasks = &f->task;
    stop_join(&f->task);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    stop_end(&f->task, 0);
    stop_leave(&f->task);
    session_shared_destroy(f->process.shared);
    free(f);
    return 0;
}

/* In a forked child: become a process of the session. */
static void join_as_child(struct fixture *f)
{
    f->task.tid = gettid();
    stop_forked(&f->task);
}

/* Fork a child that joins, runs (fn) and then waits to be killed. */
static pid_t child_that(struct fixture *f, void (*fn)(struct fixture *))
{
    int ends[2];
    char byte;
    pid_t pid;

    assert_int_equal(pipe(ends), 0);
    pid = fork();
    if (pid == 0) {
        join_as_child(f);
        fn(f);
        if (write(ends[1], "x", 1) == 1)
            pause();
        _exit(1);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1);
    close(ends[0]);
    return pid;
}

static void end(pid_t pid)
{
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void nothing(struct fixture *f)
{
    (void)f;
}

static void goes_inside(struct fixture *f)
{
    stop_inside(&f->task);
}

static void stops(struct fixture *f)
{
    if (stop_others(&f->task, in_ms(1000)) < 0)
        _exit(2);
}

static void shares_and_stops(struct fixture *f)
{
    stop_share(&f->task, 77, true);
    stops(f);
}

static void a_process_of_the_session_is_found(void **state)
{
    struct fixture *f = *state;
    pid_t pid = child_that(f, nothing);
    pid_t ids[4];

    assert_int_equal(session_find(f->process.shared, pid), pid);
    assert_int_equal(session_find(f->process.shared, gettid()), getpid());
    assert_int_equal(session_list(f->process.shared, pid, ids, 4), 1);
    assert_int_equal(ids[0], pid);
    end(pid);
    assert_int_equal(session_find(f->process.shared, pid), 0);
    assert_int_equal(session_list(f->process.shared, pid, ids, 4), 0);
}

static void other_processes_are_none_of_the_session(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(session_find(f->process.shared, 1), 0);
    assert_int_equal(session_find(f->process.shared, getppid()), 0);
    assert_int_equal(session_find(f->process.shared, 0), 0);
    assert_int_equal(session_find(f->process.shared, -1), 0);
}

static void who_was_just_forked_is_found(void **state)
{
    struct fixture *f = *state;
    pid_t pid = fork();

    if (pid == 0) {
        pause();
        _exit(1);
    }
    assert_int_equal(session_find(f->process.shared, pid), pid);
    end(pid);
    assert_int_equal(session_find(f->process.shared, pid), 0);
}

/* A table of 32768 would be full. */
static void the_places_of_killed_processes_are_used_again(void **state)
{
    struct fixture *f = *state;

    for (int i = 0; i < 20; i++)
        end(child_that(f, goes_inside));
    assert_int_equal(f->process.shared->threads, 2);
}

static void a_process_without_shared_memory_is_not_stopped(void **state)
{
    struct fixture *f = *state;
    pid_t pid = child_that(f, stops);

    assert_true(stop_try_inside(&f->task));
    end(pid);
}

static void shared_memory_makes_one_that_is_stopped(void **state)
{
    struct fixture *f = *state;
    pid_t pid;

    stop_share(&f->task, 77, true);
    pid = child_that(f, shares_and_stops);
    assert_false(stop_try_inside(&f->task));
    kill(pid, SIGKILL);
    /* It was killed: this one goes on. */
    stop_inside(&f->task);
    assert_true(stop_try_inside(&f->task));
    assert_int_equal(f->process.shared->stops, 0);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void who_can_only_read_shared_memory_is_not_stopped(void **state)
{
    struct fixture *f = *state;
    pid_t pid;

    stop_share(&f->task, 77, false);
    pid = child_that(f, shares_and_stops);
    assert_true(stop_try_inside(&f->task));
    end(pid);
}

static void execve_ends_sharing(void **state)
{
    struct fixture *f = *state;
    pid_t pid;

    stop_share(&f->task, 77, true);
    pid = child_that(f, shares_and_stops);
    stop_unshare(&f->process);
    assert_true(stop_try_inside(&f->task));
    end(pid);
}

static void a_stop_waits_for_who_is_inside(void **state)
{
    struct fixture *f = *state;
    pid_t pid;

    stop_share(&f->task, 77, true);
    signal(SIGBUS, SIG_IGN); /* its kicks */
    pid = child_that(f, goes_inside);
    assert_int_equal(stop_others(&f->task, in_ms(50)), -ETIMEDOUT);
    assert_int_equal(stop_count(&f->task), 0);
    assert_int_equal(f->process.shared->stops, 0);
    /* It does not answer, but it dies. */
    kill(pid, SIGKILL);
    assert_int_equal(stop_others(&f->task, in_ms(5000)), 0);
    assert_int_equal(stop_count(&f->task), 1);
    assert_int_equal(waitpid(pid, NULL, 0), pid);
    signal(SIGBUS, SIG_DFL);
}

static void stops_nest(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(stop_others(&f->task, in_ms(1000)), 0);
    assert_int_equal(stop_others(&f->task, in_ms(1000)), 0);
    assert_int_equal(stop_count(&f->task), 2);
    stop_end(&f->task, 5);
    assert_int_equal(stop_count(&f->task), 2);
    stop_end(&f->task, 1);
    assert_int_not_equal(f->process.shared->stops, 0);
    stop_end(&f->task, 0);
    assert_int_equal(f->process.shared->stops, 0);
    stop_end(&f->task, 0);
}

static void a_killed_stopper_leaves_room(void **state)
{
    struct fixture *f = *state;

    /* Nobody waits for these, and nobody cleans up. */
    for (int i = 0; i < 2 * SESSION_STOPS; i++)
        end(child_that(f, stops));
    assert_int_equal(stop_others(&f->task, in_ms(1000)), 0);
}

static void without_a_session_nobody_stops(void **state)
{
    struct process process = {0};
    struct task task = {.process = &process};

    (void)state;
    stop_join(&task);
    stop_outside(&task);
    assert_true(stop_try_inside(&task));
    stop_inside(&task);
    stop_point(&task);
    stop_share(&task, 1, true);
    assert_int_equal(stop_others(&task, in_ms(10)), -EAGAIN);
    stop_leave(&task);
}

int main(void)
{
#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_process_of_the_session_is_found),
        TEST(other_processes_are_none_of_the_session),
        TEST(who_was_just_forked_is_found),
        TEST(the_places_of_killed_processes_are_used_again),
        TEST(a_process_without_shared_memory_is_not_stopped),
        TEST(shared_memory_makes_one_that_is_stopped),
        TEST(who_can_only_read_shared_memory_is_not_stopped),
        TEST(execve_ends_sharing),
        TEST(a_stop_waits_for_who_is_inside),
        TEST(stops_nest),
        TEST(a_killed_stopper_leaves_room),
        TEST(without_a_session_nobody_stops),
    };

    return cmocka_run_group_tests_name("stop", tests, NULL, NULL);
}
