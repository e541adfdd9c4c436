/* test_build_hooks.c: scripts/build-hooks: newer JavaScript and TypeScript run
 * as hooks, and the declarations say what is wrong. */
#include "tests/support/hook_fixture.h"
#include "tests/support/tree.h"

#include <errno.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SAMPLES SOURCE_DIR "/tests/typescript/"

/* Run build-hooks with (arguments); its exit status and what it said. */
static int build_hooks(const char *environment, const char *arguments,
                       char said[4096])
{
    char command[2048];
    size_t n;
    FILE *pipe;

    snprintf(command, sizeof(command), "%s %s/scripts/build-hooks %s 2>&1",
             environment, SOURCE_DIR, arguments);
    pipe = popen(command, "r");
    assert_non_null(pipe);
    n = fread(said, 1, 4095, pipe);
    said[n] = '\0';
    return WEXITSTATUS(pclose(pipe));
}

/* Build (sources), samples, and load (script) of the result. */
static void load_built(struct fixture *f, const char *sources,
                       const char *script)
{
    char dir[] = "/tmp/built-XXXXXX", arguments[1024], said[4096], file[64];
    struct diag d = {0};

    assert_non_null(mkdtemp(dir));
    snprintf(arguments, sizeof(arguments), "%s -o %s", sources, dir);
    if (build_hooks("", arguments, said) != 0)
        fail_msg("%s", said);
    snprintf(file, sizeof(file), "%s/%s", dir, script);
    if (engine_load_path(f->engine, file, &d) < 0)
        fail_msg("%s", d.text);
    assert_int_equal(tree_remove(dir), 0);
}

static void newer_javascript_means_the_same_when_built(void **state)
{
    struct fixture *f = *state;
    char *printed;

    load_built(f, SAMPLES "modern.js", "modern.js");
    fixture_before(f, 1000, (const uint64_t[SYSCALL_ARGS]){40, 2});
    printed = fixture_printed(f);
    assert_string_equal(
        printed, "class p(1, 2) 5 2; destructuring 1 3 2 1 6 d,e; spread 3 9 "
                 "1; of 10; of 20; text h; text \xc3\xa9; generator 0,1,2; "
                 "operators none 1024; let 0,1,2; catch; field 10; 42");
    free(printed);
}

static void typescript_with_modules_answers_a_call(void **state)
{
    struct fixture *f = *state;
    gva_t path = fixture_text(f, 0, "/etc/shadow");
    gva_t other = fixture_text(f, 64, "/tmp");

    load_built(f, SAMPLES "modules.ts", "modules.js");
    fixture_before(f, SYS_openat, (const uint64_t[SYSCALL_ARGS]){0, path});
    assert_true(f->answered);
    assert_int_equal(f->call.ret, -EACCES);
    fixture_before(f, SYS_openat, (const uint64_t[SYSCALL_ARGS]){0, other});
    assert_false(f->answered);
}

/* The sample expects its own errors, and each of them must be one. */
static void declarations_know_calls_constants_and_accessors(void **state)
{
    load_built(*state, SAMPLES "types.ts " SAMPLES "modern.js", "modern.js");
}

static void a_wrong_name_is_told_with_its_place(void **state)
{
    char said[4096];

    (void)state;
    assert_int_equal(
        build_hooks("", SAMPLES "wrong.ts -o /tmp/never-built", said), 1);
    assert_non_null(strstr(said, "wrong.ts(1,"));
    assert_non_null(strstr(said, "opennat"));
    assert_int_equal(tree_remove("/tmp/never-built"), 0);
}

static void without_npm_it_says_what_to_install(void **state)
{
    char dir[] = "/tmp/tools-XXXXXX", environment[128], said[4096];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(environment, sizeof(environment),
             "ln -s /usr/bin/realpath /usr/bin/dirname %s; PATH=%s", dir, dir);
    assert_int_equal(
        build_hooks(environment, SAMPLES "modern.js -o /tmp/n", said), 1);
    assert_non_null(strstr(said, "apt-get install nodejs npm"));
    assert_int_equal(tree_remove(dir), 0);
}

static void wrong_arguments_are_told(void **state)
{
    char said[4096];

    (void)state;
    assert_int_equal(build_hooks("", "", said), 2);
    assert_non_null(strstr(said, "usage: "));
    assert_int_equal(build_hooks("", "x.ts", said), 2);
    assert_int_equal(build_hooks("", "/nowhere/x.ts -o /tmp/n", said), 1);
    assert_non_null(strstr(said, "no file /nowhere/x.ts"));
}

/* examples/typescript has its result beside it, for who has no npm. */
static void the_built_example_is_the_examples(void **state)
{
    static const char example[] = SOURCE_DIR "/examples/typescript/audit";
    char dir[] = "/tmp/built-XXXXXX", command[512], said[4096];

    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(command, sizeof(command), "%s.ts -o %s", example, dir);
    assert_int_equal(build_hooks("", command, said), 0);
    snprintf(command, sizeof(command), "diff %s/audit.js %s.js", dir, example);
    assert_int_equal(system(command), 0);
    assert_int_equal(tree_remove(dir), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(t_)                                                               \
    cmocka_unit_test_setup_teardown(t_, fixture_setup, fixture_teardown)
        TEST(newer_javascript_means_the_same_when_built),
        TEST(typescript_with_modules_answers_a_call),
        TEST(declarations_know_calls_constants_and_accessors),
        TEST(a_wrong_name_is_told_with_its_place),
        TEST(without_npm_it_says_what_to_install),
        TEST(wrong_arguments_are_told),
        TEST(the_built_example_is_the_examples),
#undef TEST
    };

    return cmocka_run_group_tests_name("build-hooks", tests, NULL, NULL);
}
