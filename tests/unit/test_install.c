/* test_install.c: cmake --install, and the program that it installed. */
#include "tests/support/command.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#define PROGRAM "/bin/microvm-hook"
#define SHIM    "/" LIBDIR "/microvm-hook/shim.bin"
#define DATA    "/" DATADIR "/microvm-hook"

static char prefix[] = "/tmp/microvm-hook-prefix.XXXXXX";

static int install(void **state)
{
    struct command c;

    (void)state;
    if (!mkdtemp(prefix))
        return -1;
    command_run(&c, CMAKE " --install " BUILD " --prefix %s", prefix);
    if (c.status != 0)
        print_error("%s", c.err);
    return c.status;
}

static int uninstall(void **state)
{
    struct command c;

    (void)state;
    command_run(&c, "rm -r %s", prefix);
    return c.status;
}

static void everything_is_in_its_place(void **state)
{
    static const char *const files[] = {
        PROGRAM,
        "/bin/microvm-ctl",
        SHIM,
        DATA "/configs/default.dts",
        DATA "/configs/default.dtb",
        DATA "/configs/isolate.dtb",
        DATA "/configs/reproduce.dtb",
        DATA "/examples/trace.js",
        "/" MANDIR "/man1/microvm-ctl.1",
        "/" MANDIR "/man1/microvm-hook.1",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
        char path[256];

        snprintf(path, sizeof(path), "%s%s", prefix, files[i]);
        if (access(path, R_OK) < 0)
            fail_msg("%s is not there", path);
    }
}

static void the_installed_program_finds_its_shim(void **state)
{
    struct command c;

    (void)state;
    command_run(&c,
                "%s" PROGRAM " --check --hooks %s" DATA "/examples"
                " --profile %s" DATA "/configs/isolate.dtb",
                prefix, prefix, prefix);
    assert_string_equal(c.err, "");
    assert_int_equal(c.status, 0);
    assert_says(c.out, "/microvm-hook/shim.bin: good\n");
}

static void it_finds_its_shim_through_a_link_and_after_a_move(void **state)
{
    struct command c;

    (void)state;
    command_run(&c,
                "cp -r %s %s-moved && ln -s bin/microvm-hook %s-moved/link && "
                "%s-moved/link --check; r=$?; rm -r %s-moved; exit $r",
                prefix, prefix, prefix, prefix, prefix);
    assert_string_equal(c.err, "");
    assert_int_equal(c.status, 0);
    assert_says(c.out, "-moved/bin/../" LIBDIR "/microvm-hook/shim.bin: good");
}

static void both_places_are_named_where_there_is_no_shim(void **state)
{
    struct command c;

    (void)state;
    command_run(&c,
                "mv %s" SHIM " %s/away && %s" PROGRAM
                " --check; r=$?; mv %s/away %s" SHIM "; exit $r",
                prefix, prefix, prefix, prefix, prefix);
    assert_int_equal(c.status, 125);
    assert_says(c.err, "cannot find the shim: neither ");
    assert_says(c.err, "/bin/shim.bin nor ");
    assert_says(c.err, "/microvm-hook/shim.bin");
    assert_says(c.err, "--kernel");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(everything_is_in_its_place),
        cmocka_unit_test(the_installed_program_finds_its_shim),
        cmocka_unit_test(it_finds_its_shim_through_a_link_and_after_a_move),
        cmocka_unit_test(both_places_are_named_where_there_is_no_shim),
    };

    return cmocka_run_group_tests(tests, install, uninstall);
}
