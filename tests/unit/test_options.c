/* test_options.c: the command line. */
#include "vmm/options.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MAX_WORDS 256

/* Parse a line of words, separated by single blanks. */
static int parse(struct options *o, const char *line, struct diag *d)
{
    static char buf[4096];
    static char *argv[MAX_WORDS];
    int argc = 0;

    *d = (struct diag){0};
    snprintf(buf, sizeof(buf), "%s", line);
    for (char *word = strtok(buf, " "); word; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = NULL;
    return options_parse(o, argc, argv, d);
}

static void assert_refused(const char *line, const char *text, const char *hint)
{
    struct options o;
    struct diag d;

    assert_int_equal(parse(&o, line, &d), -EINVAL);
    if (!strstr(d.text, text) || !strstr(d.hint, hint))
        fail_msg("%s: \"%s\" (%s)", line, d.text, d.hint);
}

static void options_end_at_the_program(void **state)
{
    struct options o;
    struct diag d;

    (void)state;
    assert_int_equal(parse(&o, "m --hooks a.js ls --help -l", &d), 0);
    assert_int_equal(o.action, ACTION_RUN);
    assert_string_equal(o.prog[0], "ls");
    assert_string_equal(o.prog[1], "--help");
    assert_string_equal(o.prog[2], "-l");
    assert_null(o.prog[3]);
}

static void options_end_at_two_dashes(void **state)
{
    struct options o;
    struct diag d;

    (void)state;
    assert_int_equal(parse(&o, "m --kernel=s.bin -- --odd", &d), 0);
    assert_string_equal(o.kernel, "s.bin");
    assert_string_equal(o.prog[0], "--odd");
}

static void hooks_are_kept_in_the_order_given(void **state)
{
    struct options o;
    struct diag d;

    (void)state;
    assert_int_equal(parse(&o, "m --hooks b --hooks=a --hooks c p", &d), 0);
    assert_int_equal(o.hooks_count, 3);
    assert_string_equal(o.hooks[0], "b");
    assert_string_equal(o.hooks[1], "a");
    assert_string_equal(o.hooks[2], "c");
}

static void every_value_reaches_its_member(void **state)
{
    struct options o;
    struct diag d;

    (void)state;
    assert_int_equal(parse(&o,
                           "m --kernel k --config c --profile p "
                           "--dump-machine d true",
                           &d),
                     0);
    assert_string_equal(o.kernel, "k");
    assert_string_equal(o.config, "c");
    assert_string_equal(o.profile, "p");
    assert_string_equal(o.dump_machine, "d");
}

static void an_optional_value_comes_only_by_an_equals_sign(void **state)
{
    struct options o;
    struct diag d;

    (void)state;
    assert_int_equal(parse(&o, "m ls", &d), 0);
    assert_null(o.control);
    assert_int_equal(parse(&o, "m --control ls", &d), 0);
    assert_string_equal(o.control, "");
    assert_string_equal(o.prog[0], "ls");
    assert_int_equal(parse(&o, "m --control=:5 ls", &d), 0);
    assert_string_equal(o.control, ":5");
    assert_int_equal(o.action, ACTION_RUN);
    assert_refused("m --control= ls", "--control has an empty value", "");
}

static void words_choose_the_action(void **state)
{
    static const struct {
        const char *line;
        enum action action;
    } rows[] = {
        {"m --help", ACTION_HELP},
        {"m --version", ACTION_VERSION},
        {"m --list-syscalls", ACTION_LIST},
        {"m --list-syscalls=json", ACTION_LIST_JSON},
        {"m --check", ACTION_CHECK},
        {"m --check --hooks a.js ls", ACTION_CHECK},
        {"m doctor", ACTION_DOCTOR},
        {"m --profile p doctor", ACTION_DOCTOR},
        {"m -- doctor", ACTION_RUN},
        {"m ./doctor", ACTION_RUN},
        {"m --dump-machine f", ACTION_DUMP},
        {"m --dump-machine f ls", ACTION_RUN},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct options o;
        struct diag d;

        assert_int_equal(parse(&o, rows[i].line, &d), 0);
        assert_int_equal(o.action, rows[i].action);
    }
}

static void an_unknown_option_is_named_and_the_nearest_suggested(void **state)
{
    (void)state;
    assert_refused("m --hook a ls", "unknown option --hook",
                   "did you mean --hooks?");
    assert_refused("m --hook=a ls", "unknown option --hook",
                   "did you mean --hooks?");
    assert_refused("m --list-syscall ls", "--list-syscall", "--list-syscalls?");
    assert_refused("m --frobnicate ls", "--frobnicate", "--help");
    assert_refused("m -x ls", "unknown option -x", "");
    assert_refused("m --helpme", "--helpme", "--help");
}

static void values_are_demanded_where_they_belong(void **state)
{
    (void)state;
    assert_refused("m --kernel", "--kernel needs a value: FILE", "");
    assert_refused("m --kernel= ls", "--kernel has an empty value", "");
    assert_refused("m --help=x", "--help takes no value", "");
    assert_refused("m --list-syscalls=xml", "\"xml\"", "");
}

static void a_single_dash_is_a_program(void **state)
{
    struct options o;
    struct diag d;

    (void)state;
    assert_int_equal(parse(&o, "m -", &d), 0);
    assert_string_equal(o.prog[0], "-");
}

static void without_a_program_the_usage_is_told(void **state)
{
    (void)state;
    assert_refused("m", "no program to run", "usage: microvm-hook");
    assert_refused("m --hooks a.js", "no program to run", "");
    assert_refused("m --", "no program to run", "");
}

static void too_many_hooks_are_refused(void **state)
{
    char line[2048] = "m";

    (void)state;
    for (int i = 0; i <= OPTIONS_MAX_HOOKS; i++)
        strcat(line, " --hooks a");
    strcat(line, " ls");
    assert_refused(line, "--hooks", "");
}

static void help_fits_a_terminal(void **state)
{
    char text[8192] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");

    (void)state;
    assert_non_null(out);
    options_help(out);
    fclose(out);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
        if (strlen(line) > 80)
            fail_msg("%s", line);
}

static void help_names_every_option(void **state)
{
    static const char *const names[] = {
        "--kernel",       "--hooks", "--config",        "--profile",
        "--dump-machine", "--check", "--list-syscalls", "--help",
        "--version",      "doctor"};
    char text[8192] = "";
    FILE *out = fmemopen(text, sizeof(text), "w");

    (void)state;
    assert_non_null(out);
    options_help(out);
    fclose(out);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        assert_non_null(strstr(text, names[i]));
}

static void options_of_the_log_are_read(void **state)
{
    struct options o;
    struct diag d;

    (void)state;
    assert_int_equal(parse(&o, "m ls", &d), 0);
    assert_null(o.log_socket);
    assert_null(o.strace);
    assert_int_equal(o.strace_size, 1024);
    assert_int_equal(o.log_buffer, 4 << 20);
    assert_int_equal(parse(&o,
                           "m --log-socket a:1 --strace --strace-size 0 "
                           "--log-buffer=64K ls",
                           &d),
                     0);
    assert_string_equal(o.log_socket, "a:1");
    assert_string_equal(o.strace, "all");
    assert_int_equal(o.strace_size, 0);
    assert_int_equal(o.log_buffer, 64 << 10);
    assert_string_equal(o.prog[0], "ls");
    assert_int_equal(parse(&o, "m --strace=read,%file --log-buffer 2M ls", &d),
                     0);
    assert_string_equal(o.strace, "read,%file");
    assert_int_equal(o.log_buffer, 2 << 20);
    assert_refused("m --strace= ls", "empty value", "");
    assert_refused("m --strace-size 65537 ls", "from 0 to 65536", "");
    assert_refused("m --strace-size x ls", "not \"x\"", "");
    assert_refused("m --strace-size -1 ls", "not \"-1\"", "");
    assert_refused("m --log-buffer 1K ls", "from 65536 to 1073741824", "");
    assert_refused("m --log-buffer 1G ls", "not \"1G\"", "");
    assert_refused("m --log-buffer 99999999999999M ls", "99999999999999M", "");
    assert_refused("m --log-buffer 64KK ls", "not \"64KK\"", "");
    assert_refused("m --log-socket", "needs a value", "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(options_of_the_log_are_read),
        cmocka_unit_test(options_end_at_the_program),
        cmocka_unit_test(options_end_at_two_dashes),
        cmocka_unit_test(hooks_are_kept_in_the_order_given),
        cmocka_unit_test(every_value_reaches_its_member),
        cmocka_unit_test(an_optional_value_comes_only_by_an_equals_sign),
        cmocka_unit_test(words_choose_the_action),
        cmocka_unit_test(an_unknown_option_is_named_and_the_nearest_suggested),
        cmocka_unit_test(values_are_demanded_where_they_belong),
        cmocka_unit_test(a_single_dash_is_a_program),
        cmocka_unit_test(without_a_program_the_usage_is_told),
        cmocka_unit_test(too_many_hooks_are_refused),
        cmocka_unit_test(help_names_every_option),
        cmocka_unit_test(help_fits_a_terminal),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
