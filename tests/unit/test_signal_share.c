/* test_signal_share.c: what the guest is told of dispositions without a call,
 * while a process has its machine alone, and again later. */
#include "vmm/signal.h"
#include "vmm/task.h"
#include "guest-shim/shim_abi.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HANDLER 0x123456

struct fixture {
    struct process process;
    struct task task;
    struct signal_actions actions;
    struct shim_answers *answers;
};

static int setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));

    if (!f)
        return -1;
    f->answers = aligned_alloc(PAGE_SIZE, PAGE_SIZE);
    if (!f->answers)
        return -1;
    memset(f->answers, 0xff, PAGE_SIZE);
    f->process.actions = &f->actions;
    f->task.process = &f->process;
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;

    free(f->answers);
    free(f);
    return 0;
}

static void set(struct fixture *f, int sig, uint64_t handler, uint64_t mask)
{
    const struct signal_action act = {.handler = handler, .mask = mask};
    struct signal_action old;

    assert_int_equal(signal_set_action(&f->task, sig, &act, &old), 0);
}

static struct signal_action ask(struct fixture *f, int sig)
{
    struct signal_action act;

    assert_int_equal(signal_set_action(&f->task, sig, NULL, &act), 0);
    return act;
}

static bool is_told(const struct fixture *f)
{
    return f->answers->changes % 2 == 0;
}

static void all_is_told_from_the_first_moment(void **state)
{
    struct fixture *f = *state;

    signal_init(&f->actions);
    set(f, SIGUSR1, HANDLER, 6);
    signal_share(&f->actions, f->answers, true);
    assert_true(is_told(f));
    assert_int_equal(f->answers->alone, 1);
    assert_int_equal(f->answers->action[SIGUSR1].handler, HANDLER);
    assert_int_equal(f->answers->action[SIGUSR1].mask, 6);
    assert_int_equal(f->answers->action[SIGUSR2].handler, 0);
    assert_int_equal(f->answers->action[SIGUSR2].flags, 0);
    set(f, SIGUSR2, HANDLER + 1, 0);
    assert_true(is_told(f));
    assert_int_equal(f->answers->action[SIGUSR2].handler, HANDLER + 1);
}

/* What the guest wrote of a default one stays, and what it made up does not. */
static void what_the_guest_wrote_outlives_a_sharer(void **state)
{
    struct fixture *f = *state;

    signal_init(&f->actions);
    set(f, SIGUSR1, HANDLER, 6);
    signal_share(&f->actions, f->answers, true);
    f->answers->action[SIGUSR2].flags = SA_RESTART;
    f->answers->action[SIGUSR2].mask = 9;
    f->answers->action[SIGUSR1].handler = HANDLER + 2;
    signal_unshare(&f->actions);
    assert_false(is_told(f));
    assert_int_equal(f->answers->alone, 0);
    assert_int_equal(ask(f, SIGUSR2).mask, 9);
    assert_int_equal(ask(f, SIGUSR1).handler, HANDLER);
    set(f, SIGHUP, HANDLER + 3, 5);
    assert_int_equal(f->answers->action[SIGHUP].handler, 0);
    f->answers->action[SIGUSR2].mask = 10; /* too late */

    signal_share(&f->actions, f->answers, false);
    assert_true(is_told(f));
    assert_int_equal(f->answers->alone, 0);
    assert_int_equal(f->answers->action[SIGUSR2].flags, SA_RESTART);
    assert_int_equal(f->answers->action[SIGUSR2].mask, 9);
    assert_int_equal(f->answers->action[SIGUSR1].handler, HANDLER);
    assert_int_equal(f->answers->action[SIGHUP].handler, HANDLER + 3);
    assert_int_equal(ask(f, SIGUSR2).mask, 9);
}

/* Who began to read before sees that it was not one state. */
static void no_two_times_of_sharing_look_alike(void **state)
{
    struct fixture *f = *state;
    uint32_t before;

    signal_init(&f->actions);
    signal_share(&f->actions, f->answers, true);
    before = f->answers->changes;
    signal_unshare(&f->actions);
    signal_share(&f->actions, f->answers, true);
    assert_true(is_told(f));
    assert_int_not_equal(f->answers->changes, before);
}

static void without_a_page_nothing_is_told(void **state)
{
    struct fixture *f = *state;

    signal_init(&f->actions);
    signal_share(&f->actions, NULL, true);
    set(f, SIGUSR1, HANDLER, 6);
    signal_unshare(&f->actions);
    assert_int_equal(ask(f, SIGUSR1).handler, HANDLER);
}

#define TEST(f_) cmocka_unit_test_setup_teardown(f_, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_is_told_from_the_first_moment),
        TEST(what_the_guest_wrote_outlives_a_sharer),
        TEST(no_two_times_of_sharing_look_alike),
        TEST(without_a_page_nothing_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
