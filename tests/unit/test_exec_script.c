/*
 * test_exec_script.c: #! lines. The host's own execve runs the same script, and
 * what it answers and which arguments it gives the interpreter is what ours has
 * to answer and give.
 */
#include "tests/support/exec_fixture.h"

#include "vmm/gmem.h"

#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

/* A script whose first line is "#!", (before), the interpreter, (after). */
static const char *script(const char *before, const char *after, size_t len)
{
    char bytes[1024];
    const char *interp = program("interp");
    int n = snprintf(bytes, sizeof(bytes), "#!%s%s", before, interp);

    assert_true(n > 0 && (size_t)n + len <= sizeof(bytes));
    memcpy(bytes + n, after, len);
    return file("script", bytes, (size_t)n + len, 0755);
}

#define SCRIPT(before_, after_) script((before_), (after_), sizeof(after_) - 1)

static void scripts_give_their_interpreter_the_hosts_arguments(void **state)
{
    (void)state;
    CHECK(SCRIPT("", "\n"), 0);
    CHECK(SCRIPT("", "\nexit 1\n"), 0);
    CHECK(SCRIPT(" \t ", "\n"), 0);
    CHECK(SCRIPT("", " \t\n"), 0);
    CHECK(SCRIPT("", " argument\n"), 0);
    CHECK(SCRIPT(" ", "\t two  words \t \n"), 0);
    CHECK(SCRIPT("", " argument\r\n"), 0);
    CHECK(SCRIPT("", "\0ignored\n"), 0);
    CHECK(SCRIPT("", " argument\0ignored\n"), 0);
    CHECK(SCRIPT("", " \0\n"), 0);
}

static void scripts_without_newline_are_read_as_natively(void **state)
{
    (void)state;
    CHECK(SCRIPT("", ""), 0);
    CHECK(SCRIPT("", " "), 0);
    CHECK(SCRIPT("", " argument"), 0);
    CHECK(SCRIPT("", " argument \t"), 0);
    /* No name is the working directory. */
    CHECK(text("script", "#!"), -EACCES);
    CHECK(text("script", "#! "), -EACCES);
}

static void scripts_without_interpreter_are_enoexec(void **state)
{
    (void)state;
    CHECK(text("script", "#!\n"), -ENOEXEC);
    CHECK(text("script", "#!\n/bin/sh\n"), -ENOEXEC);
    CHECK(text("script", "#! \t \n/bin/sh\n"), -ENOEXEC);
}

static void scripts_with_a_bad_interpreter_get_the_hosts_errno(void **state)
{
    (void)state;
    CHECK(text("script", "#!/no/such/interpreter\n"), -ENOENT);
    CHECK(text("script", "#!/bin/sh\r\n"), -ENOENT);
    CHECK(text("script", "#!/tmp\n"), -EACCES);
    CHECK(text("script", "#!/etc/passwd\n"), -EACCES);
    CHECK(text("script", "#!/bin/sh/x\n"), -ENOTDIR);
}

/* "#!", the interpreter, (blanks) blanks, 'a' up to (size) bytes, (end). */
static const char *long_script(size_t blanks, size_t size, const char *end)
{
    char after[512];
    size_t head = 2 + strlen(program("interp"));

    assert_in_range(size, head + blanks, sizeof(after));
    memset(after, ' ', blanks);
    memset(after + blanks, 'a', size - head - blanks);
    /* No NUL: the file has none.
     * NOLINTNEXTLINE(bugprone-not-null-terminated-result) */
    memcpy(after + size - head, end, strlen(end));
    return script("", after, size - head + strlen(end));
}

static void a_line_that_is_too_long_is_cut_as_natively(void **state)
{
    (void)state;
    for (size_t size = 252; size < 260; size++) {
        load_as_natively(long_script(1, size, "\n"), usual_argv);
        load_as_natively(long_script(1, size, ""), usual_argv);
        load_as_natively(long_script(1, size, "  \n"), usual_argv);
        load_as_natively(long_script(1, size, "  "), usual_argv);
    }
    CHECK(long_script(1, 400, "\n"), 0);
    CHECK(long_script(300, 400, "\n"), 0);
}

static void a_name_that_may_be_cut_is_enoexec(void **state)
{
    (void)state;
    for (size_t size = 252; size < 260; size++) {
        load_as_natively(long_script(0, size, "\n"), usual_argv);
        load_as_natively(long_script(0, size, ""), usual_argv);
        load_as_natively(long_script(0, size, " "), usual_argv);
    }
    CHECK(long_script(0, 257, "\n"), -ENOEXEC);
}

static void a_line_of_blanks_alone_is_enoexec(void **state)
{
    char bytes[300];

    (void)state;
    for (size_t size = 250; size < 260; size++) {
        memset(bytes, ' ', sizeof(bytes));
        bytes[0] = '#';
        bytes[1] = '!';
        load_as_natively(file("script", bytes, size, 0755), usual_argv);
    }
    CHECK(file("script", bytes, sizeof(bytes), 0755), -ENOEXEC);
}

static void without_arguments_a_script_is_given_its_own_name(void **state)
{
    static char *const none[] = {NULL};

    (void)state;
    assert_int_equal(load_as_natively(SCRIPT("", " -x\n"), none), 0);
}

/* (n) scripts, each the interpreter of the one before, with an argument. */
static void chain(unsigned n, char *first)
{
    char line[PATH_MAX + 20];

    snprintf(first, PATH_MAX, "%s", program("interp"));
    while (n-- > 0) {
        char name[16];

        snprintf(line, sizeof(line), "#!%s arg%u\n", first, n);
        snprintf(name, sizeof(name), "chain%u", n);
        snprintf(first, PATH_MAX, "%s", text(name, line));
    }
}

static void scripts_may_be_interpreters_of_scripts_five_deep(void **state)
{
    char first[PATH_MAX];

    (void)state;
    chain(2, first);
    CHECK(first, 0);
    chain(5, first);
    CHECK(first, 0);
    chain(6, first);
    CHECK(first, -ELOOP);
}

static void a_script_that_is_its_own_interpreter_is_eloop(void **state)
{
    char line[PATH_MAX + 20];

    (void)state;
    snprintf(line, sizeof(line), "#!%s/self\n", dir);
    CHECK(text("self", line), -ELOOP);
}

static void the_sixth_script_with_a_bad_interpreter_tells_of_that(void **state)
{
    char first[PATH_MAX];

    (void)state;
    chain(5, first);
    text("interp", "#!/no/such/interpreter\n");
    CHECK(first, -ENOENT);
}

static void
of_a_script_execfn_is_the_script_and_the_file_its_interpreter(void **s)
{
    char interp[PATH_MAX], execfn[PATH_MAX];
    struct exec_spec spec;
    struct exec_result r;
    struct diag d;

    (void)s;
    spec = spec_of(SCRIPT("", "\n"), usual_argv);
    snprintf(interp, sizeof(interp), "%s/interp", dir);
    assert_int_equal(load(&spec, &r, &d), 0);
    assert_is_file(r.file, interp);
    assert_true(gmem_read_string(execfn, r.stack.env_end, sizeof(execfn)) > 0);
    assert_string_equal(execfn, spec.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        EXEC_TEST(scripts_give_their_interpreter_the_hosts_arguments),
        EXEC_TEST(scripts_without_newline_are_read_as_natively),
        EXEC_TEST(scripts_without_interpreter_are_enoexec),
        EXEC_TEST(scripts_with_a_bad_interpreter_get_the_hosts_errno),
        EXEC_TEST(a_line_that_is_too_long_is_cut_as_natively),
        EXEC_TEST(a_name_that_may_be_cut_is_enoexec),
        EXEC_TEST(a_line_of_blanks_alone_is_enoexec),
        EXEC_TEST(without_arguments_a_script_is_given_its_own_name),
        EXEC_TEST(scripts_may_be_interpreters_of_scripts_five_deep),
        EXEC_TEST(a_script_that_is_its_own_interpreter_is_eloop),
        EXEC_TEST(the_sixth_script_with_a_bad_interpreter_tells_of_that),
        EXEC_TEST(
            of_a_script_execfn_is_the_script_and_the_file_its_interpreter),
    };

    return cmocka_run_group_tests(tests, make_dir, remove_dir);
}
