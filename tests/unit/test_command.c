/* test_command.c: the program as users type it, as far as it goes without
 * running anything in a VM. */
#include "tests/support/command.h"

#include "vmm/layout.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

/* Every failure is one line, and it begins with the name of the program. */
static void assert_fails(const char *args, int status, const char *text)
{
    struct command c;

    command_run(&c, MICROVM_HOOK " %s", args);
    assert_says(c.err, text);
    assert_int_equal(c.status, status);
    assert_int_equal(strncmp(c.err, "microvm-hook: ", 14), 0);
    assert_ptr_equal(strchr(c.err, '\n'), c.err + strlen(c.err) - 1);
}

static void help_and_version_go_to_standard_output(void **state)
{
    struct command c;

    (void)state;
    command_run(&c, MICROVM_HOOK " --help");
    assert_int_equal(c.status, 0);
    assert_says(c.out, "usage: microvm-hook");
    assert_string_equal(c.err, "");
    command_run(&c, MICROVM_HOOK " --version");
    assert_int_equal(c.status, 0);
    assert_string_equal(c.out, "microvm-hook " MICROVM_HOOK_VERSION "\n");
}

static void a_wrong_command_line_is_status_125(void **state)
{
    (void)state;
    assert_fails("", 125, "no program to run");
    assert_fails("--chek true", 125, "unknown option --chek (did you mean");
    assert_fails("--profile", 125, "--profile needs a value");
}

static void what_cannot_be_written_is_told(void **state)
{
    (void)state;
    assert_fails("--help >/dev/full", 125, "standard output: No space left");
    assert_fails("--dump-machine /dev/full", 125, "/dev/full: No space left");
}

static void a_program_that_is_not_there_is_status_127(void **state)
{
    (void)state;
    assert_fails("no-such-program", 127, "no-such-program");
}

static void what_cannot_be_loaded_is_status_125(void **state)
{
    (void)state;
    assert_fails("--profile /nonexistent true", 125, "profile /nonexistent");
    assert_fails("--kernel /nonexistent true", 125, "shim /nonexistent");
    assert_fails("--hooks /nonexistent true", 125, "/nonexistent");
    assert_fails("--config /nonexistent true", 125, "/nonexistent");
    assert_fails("--kernel /dev/null true", 125, "shim /dev/null is truncated");
}

static void the_table_is_printed_as_text_and_as_json(void **state)
{
    struct command c;

    (void)state;
    command_run(&c, MICROVM_HOOK " --list-syscalls");
    assert_int_equal(c.status, 0);
    assert_says(c.out, "read ");
    command_run(&c, MICROVM_HOOK " --list-syscalls=json");
    assert_int_equal(c.status, 0);
    assert_int_equal(c.out[0], '[');
    assert_says(c.out, "\"read\"");
}

static void check_says_of_each_part_that_it_is_good(void **state)
{
    struct command c;

    (void)state;
    command_run(&c, MICROVM_HOOK " --check --hooks " EXAMPLES
                                 " --strace=%%file,read --profile " CONFIGS
                                 "/isolate.dtb true");
    assert_string_equal(c.err, "");
    assert_int_equal(c.status, 0);
    assert_says(c.out, "profile  " CONFIGS "/isolate.dtb: good\n");
    assert_says(c.out, "shim.bin: good\n");
    assert_says(c.out, "hooks    " EXAMPLES ": good\n");
    assert_says(c.out, "strace   %file,read: good\n");
}

static void check_goes_on_after_a_problem(void **state)
{
    struct command c;

    (void)state;
    command_run(&c, MICROVM_HOOK
                " --check --kernel /dev/null --profile "
                "/dev/null --hooks /nonexistent --strace=%%file,opne "
                "--hooks " EXAMPLES);
    assert_int_equal(c.status, 125);
    assert_says(c.err, "shim /dev/null is truncated\n");
    assert_says(c.err, "profile /dev/null is truncated\n");
    assert_says(c.err, "/nonexistent");
    assert_says(c.err, "no system call is named \"opne\"");
    assert_says(c.out, EXAMPLES ": good\n");
}

static void the_profile_in_force_can_be_written_and_used(void **state)
{
    struct command c;

    (void)state;
    command_run(&c, "t=$(mktemp) && " MICROVM_HOOK " --profile " CONFIGS
                    "/isolate.dtb --dump-machine $t && dtc -q -I dtb -O dts $t"
                    " && " MICROVM_HOOK " --check --profile $t; r=$?; "
                    "rm $t; exit $r");
    assert_string_equal(c.err, "");
    assert_int_equal(c.status, 0);
    assert_says(c.out, "on-error = \"closed\";");
    assert_says(c.out, "limit = <0x00 0x80000000>;");
    assert_says(c.out, ": good\n");
}

static void the_doctor_agrees_with_what_it_finds(void **state)
{
    struct command c;

    (void)state;
    command_run(&c, MICROVM_HOOK " doctor");
    assert_says(c.out, "kernel ");
    assert_says(c.out, "/dev/kvm ");
    if (c.status == 0) {
        assert_says(c.out, "verdict             programs can run\n");
        assert_says(c.out, " us through the monitor");
    } else {
        assert_int_equal(c.status, 125);
        assert_says(c.out, "verdict             programs cannot run\n");
        assert_says(c.err, "microvm-hook: ");
    }
}

/* Linux places what it loads as the limit of the stack's size says; with the
 * largest, a monitor would be where its programs have their memory. */
static void the_monitor_makes_room_for_programs(void **state)
{
    const char *const limits[] = {"65536", "unlimited"};
    struct command c;

    (void)state;
    /* A sanitizer has the monitor and its windows elsewhere. */
    if (access("/dev/kvm", F_OK) < 0 || LOW_END != LOW_MAX_END)
        skip();
    for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
        command_run(&c,
                    "ulimit -s %s && ulimit -s && " MICROVM_HOOK
                    " -- /bin/sh -c 'ulimit -s; cat /proc/self/personality'",
                    limits[i]);
        assert_int_equal(c.status, 0);
        assert_says(c.out, "00000000\n");
        assert_int_equal(
            strncmp(c.out, c.out + strlen(limits[i]) + 1, strlen(limits[i])),
            0);
    }
    command_run(&c, "ulimit -s 8589934592 && " MICROVM_HOOK " -- /bin/true");
    assert_int_equal(c.status, 125);
    assert_says(c.err, "microvm-hook: the monitor is loaded at 0x");
    assert_says(c.err, "(ulimit -s)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(help_and_version_go_to_standard_output),
        cmocka_unit_test(a_wrong_command_line_is_status_125),
        cmocka_unit_test(what_cannot_be_written_is_told),
        cmocka_unit_test(a_program_that_is_not_there_is_status_127),
        cmocka_unit_test(what_cannot_be_loaded_is_status_125),
        cmocka_unit_test(the_table_is_printed_as_text_and_as_json),
        cmocka_unit_test(check_says_of_each_part_that_it_is_good),
        cmocka_unit_test(check_goes_on_after_a_problem),
        cmocka_unit_test(the_profile_in_force_can_be_written_and_used),
        cmocka_unit_test(the_doctor_agrees_with_what_it_finds),
        cmocka_unit_test(the_monitor_makes_room_for_programs),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
