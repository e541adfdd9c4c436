/* test_hook_stops.c: stopThreads really stops, nobody for longer than it must,
 * and no program notices. Numbers are those of gWisord's acceptance list. */
#include "tests/e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What scripts begin with. */
#define HEAD                                                                   \
    "function say() { accessors.print.apply(null, arguments);"                 \
    "  accessors.print('\\n'); }\n"                                            \
    "var a = accessors;\n"

#define UNSAFE                                                                 \
    "accessors.AddHookBefore(1, function (fd, buf) {"                          \
    "  if (accessors.getArgv()[0].indexOf('modify_buf') < 0) return;"
#define WRITE "  accessors.writeString(buf, 'HELLO WORLD');"

static const char unsafe[] = UNSAFE WRITE "});";
static const char safe[] = UNSAFE "  accessors.stopThreads();" WRITE "});"
                                  "accessors.AddHookAfter(1, function () {"
                                  "  accessors.resumeThreads(); });";
/* stopThreads alone: the end of the call resumes. */
static const char forgetful[] = UNSAFE "  accessors.stopThreads();"
                                       "  accessors.stopThreads();" WRITE "});";

/* Every buffer that modify_buf prints begins with what the hook wrote. */
static void assert_whole(const char *script, const char *how)
{
    const char *const args[] = {how, "6", "150", "1", NULL};
    struct outcome o;
    size_t records;

    run_guest_under(script, "modify_buf", args, &o);
    if (o.status != 0 || o.err_len != 0)
        fail_msg("wait status %#x: %.300s", (unsigned)o.status, o.err);
    records = o.out_len / 52;
    assert_int_equal(records, 150);
    for (size_t i = 0; i < records; i++)
        assert_memory_equal(o.out + 52 * i, "HELLO WORLD", 11);
    outcome_free(&o);
}

static void s56_threads_that_are_stopped_change_nothing(void **state)
{
    (void)state;
    assert_whole(safe, "threads");
}

static void s56_processes_that_are_stopped_change_nothing(void **state)
{
    (void)state;
    assert_whole(safe, "processes");
}

static void s56_threads_go_on_when_the_call_ends(void **state)
{
    (void)state;
    assert_whole(forgetful, "threads");
}

static void s56_processes_go_on_when_the_call_ends(void **state)
{
    (void)state;
    assert_whole(forgetful, "processes");
}

static void what_a_hook_wrote_is_written_without_a_stop(void **state)
{
    (void)state;
    assert_whole(unsafe, "threads");
    assert_whole(unsafe, "processes");
}

/* Call 1000 stops all others. */
#define STOPPER                                                                \
    HEAD "a.AddHookBefore(1000, function (page, size) { a.stopThreads(); });"  \
         "a.AddHookBefore(SYS.pause, function () { a.stopThreads(); });"

/* Run (scenario) of stopped; it ends with (status) and prints (out). */
static void stopped(const char *script, const char *scenario, int status,
                    const char *out)
{
    struct outcome o;

    run_guest_under(script, "stopped", (const char *const[]){scenario, NULL},
                    &o);
    assert_string_equal(o.err, "");
    if (out)
        assert_string_equal(o.out, out);
    assert_int_equal(o.status, status << 8);
    outcome_free(&o);
}

/* What the others write does not change while they are stopped; the hook looks
 * long. */
#define LOOK                                                                   \
    "  function sum() { var b = a.readBytes(page, size), s = '';"              \
    "    for (var i = 0; i < size; i += 8) s += b[i] + ','; return s; }"       \
    "  var first = sum();"                                                     \
    "  for (var k = 0; k < 20; k++) if (sum() !== first) changed++; });"       \
    "a.AddHookBefore(SYS.exit_group, function () {"                            \
    "  if (changed) say('changed'); });"

static void memory_stands_still_while_others_are_stopped(void **state)
{
    (void)state;
    stopped(HEAD "var changed = 0;"
                 "a.AddHookBefore(1000, function (page, size) {"
                 "  a.stopThreads();" LOOK,
            "still", 0, "done\n");
}

/* So that the test above is one. */
static void memory_changes_while_others_run(void **state)
{
    struct outcome o;

    (void)state;
    run_guest_under(HEAD "var changed = 0;"
                         "a.AddHookBefore(1000, function (page, size) {" LOOK,
                    "stopped", (const char *const[]){"still", NULL}, &o);
    assert_string_equal(o.err, "changed\n");
    outcome_free(&o);
}

/* The call waits for processes that the failed hook stopped. */
static void a_failed_hook_stops_nobody(void **state)
{
    struct outcome o;

    (void)state;
    run_guest_under(HEAD "a.AddHookBefore(SYS.wait4, function () {"
                         "  a.stopThreads(); throw 'x'; });",
                    "stopped", (const char *const[]){"processes", NULL}, &o);
    assert_non_null(strstr(o.err, "hook error: before wait4"));
    assert_string_equal(o.out, "total 360\n");
    assert_int_equal(o.status, 0);
    outcome_free(&o);
}

static void a_stopped_wait_ends_in_time(void **state)
{
    (void)state;
    stopped(STOPPER, "timed-waits", 0, "in time\n");
}

static void a_stopped_wait_goes_on(void **state)
{
    (void)state;
    stopped(STOPPER, "long-waits", 0, "read 1 x\nsem_wait 0\nlock 0\n");
}

static void a_signal_interrupts_a_call_that_was_stopped(void **state)
{
    struct outcome o;

    (void)state;
    run_guest_under(STOPPER, "stopped",
                    (const char *const[]){"interrupted", NULL}, &o);
    assert_int_equal(o.out_len, 20 * strlen("read -1 1\n"));
    for (int i = 0; i < 20; i++)
        assert_memory_equal(o.out + 10 * i, "read -1 1\n", 10);
    assert_int_equal(o.status, 0);
    outcome_free(&o);
}

static void all_threads_stop_all_others(void **state)
{
    (void)state;
    stopped(STOPPER, "threads", 0, "done\n");
}

static void all_processes_stop_all_others(void **state)
{
    (void)state;
    stopped(STOPPER, "processes", 0, "total 360\n");
}

static void threads_and_processes_begin_while_others_stop_them(void **state)
{
    (void)state;
    stopped(STOPPER, "coming-and-going", 0, "done\n");
}

static void exec_among_tasks_that_stop_each_other(void **state)
{
    (void)state;
    stopped(STOPPER, "exec", 0, "another program\n");
}

static void exit_among_tasks_that_stop_each_other(void **state)
{
    (void)state;
    stopped(STOPPER, "exit", 7, "");
}

static void who_was_stopped_by_a_killed_process_goes_on(void **state)
{
    (void)state;
    stopped(STOPPER, "killed-stopper", 0, "stopped\ngoes on\n");
}

/* That hooks are made anew is told. */
static void processes_that_stop_each_other_are_killed(void **state)
{
    struct outcome o;

    (void)state;
    run_guest_under(STOPPER, "stopped",
                    (const char *const[]){"killed-often", NULL}, &o);
    assert_string_equal(o.out, "done\n");
    assert_int_equal(o.status, 0);
    outcome_free(&o);
}

static void a_process_that_SIGSTOP_holds_counts_as_stopped(void **state)
{
    (void)state;
    stopped(STOPPER, "held", 0, "done\n");
}

/* Programs with threads end as they do natively, whatever call stops the
 * others. */
static void programs_do_not_notice_stops(void **state)
{
    static const char script[] =
        "var f = function () { accessors.stopThreads(); };\n"
        "for (var name in SYS)\n"
        "  if (!/futex|sleep|wait|poll|select|suspend|pause|read|recv|accept|"
        "flock|sem|msg|connect|vfork/.test(name))\n"
        "    accessors.AddHookBefore(SYS[name], f);\n";
    static const char *const programs[][2] = {
        {"threads", "count"},          {"threads", "sequence"},
        {"threads", "group-exit"},     {"threads", "exec-by-thread"},
        {"threads", "leader-exits"},   {"threads", "fork-under-load"},
        {"threads", "map-changes"},    {"threads", "vfork"},
        {"threadsync", "robust"},      {"threadsync", "condition"},
        {"threadsync", "cancel"},      {"threadsync", "signal-storm"},
        {"threadsync", "robust-exec"}, {"threadsync", "timer-and-exec"},
        {"processes", NULL},           {"signals", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        char guest[64];
        const char *const args[] = {programs[i][1], NULL};
        const char *argv[3] = {NULL, programs[i][1]};
        struct outcome native, hooked;

        snprintf(guest, sizeof(guest), "../bin/guests/%s", programs[i][0]);
        argv[0] = beside(guest);
        run(argv, "/tmp", NULL, &native);
        run_guest_under(script, programs[i][0], args, &hooked);
        assert_string_equal(hooked.err, native.err);
        assert_string_equal(hooked.out, native.out);
        assert_int_equal(hooked.status, native.status);
        outcome_free(&native);
        outcome_free(&hooked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s56_threads_that_are_stopped_change_nothing),
        cmocka_unit_test(s56_processes_that_are_stopped_change_nothing),
        cmocka_unit_test(s56_threads_go_on_when_the_call_ends),
        cmocka_unit_test(s56_processes_go_on_when_the_call_ends),
        cmocka_unit_test(what_a_hook_wrote_is_written_without_a_stop),
        cmocka_unit_test(memory_stands_still_while_others_are_stopped),
        cmocka_unit_test(memory_changes_while_others_run),
        cmocka_unit_test(a_failed_hook_stops_nobody),
        cmocka_unit_test(a_stopped_wait_ends_in_time),
        cmocka_unit_test(a_stopped_wait_goes_on),
        cmocka_unit_test(a_signal_interrupts_a_call_that_was_stopped),
        cmocka_unit_test(all_threads_stop_all_others),
        cmocka_unit_test(all_processes_stop_all_others),
        cmocka_unit_test(threads_and_processes_begin_while_others_stop_them),
        cmocka_unit_test(exec_among_tasks_that_stop_each_other),
        cmocka_unit_test(exit_among_tasks_that_stop_each_other),
        cmocka_unit_test(who_was_stopped_by_a_killed_process_goes_on),
        cmocka_unit_test(processes_that_stop_each_other_are_killed),
        cmocka_unit_test(a_process_that_SIGSTOP_holds_counts_as_stopped),
        cmocka_unit_test(programs_do_not_notice_stops),
    };

    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return cmocka_run_group_tests_name("hook stops", tests, NULL, NULL);
}
