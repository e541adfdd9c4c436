/* test_constants.c: constants of the kernel's interface as scripts see them. */
#include "tests/support/hook_fixture.h"

#include "jsengine/constants.h"

#include <duktape.h>

static void assert_script_prints(struct fixture *f, const char *what,
                                 const char *expected)
{
    char script[1024];
    char *printed;

    snprintf(script, sizeof(script), "accessors.print(%s);", what);
    fixture_load(f, script);
    printed = fixture_printed(f);
    assert_string_equal(printed, expected);
    free(printed);
}

static void constants_have_their_values(void **state)
{
    assert_script_prints(*state,
                         "E.ACCES, E.NOSPC, O.CREAT, O.RDONLY, O.ACCMODE,"
                         "AF.INET6, SOCK.CLOEXEC, MAP.ANONYMOUS, MAP['32BIT'],"
                         "PROT.EXEC, MSG.NOSIGNAL, CLONE.THREAD, S.IFREG,"
                         "AT.FDCWD, AT.EMPTY_PATH",
                         "13 28 64 0 3 10 524288 32 64 4 16384 65536 32768 "
                         "-100 4096");
}

static void commands_are_constants_too(void **state)
{
    assert_script_prints(*state,
                         "F.SETFL, FUTEX.WAKE, PR.SET_NAME, IOCTL.TIOCGWINSZ,"
                         "SEMCTL.GETVAL, SHMCTL.IPC_RMID",
                         "4 1 15 21523 12 0");
}

static void names_without_underscore_lose_what_they_share(void **state)
{
    assert_script_prints(*state,
                         "SIG.INT, SIG.BLOCK, EPOLL.IN, EPOLL.CTL_ADD,"
                         "POLL.HUP, W.NOHANG, W.ALL",
                         "2 0 1 1 16 1 1073741824");
}

/* Else a comparison with what `args` says would fail. */
static void values_are_signed_where_arguments_are(void **state)
{
    assert_script_prints(*state, "RUSAGE.CHILDREN, EPOLL.ET", "-1 2147483648");
}

struct check {
    duk_context *ctx;      /* of the engine's kind, with the constants */
    duk_context *pristine; /* without */
    unsigned count;
};

static void check_constant(void *udata, const char *object, const char *key,
                           double value, const char *c_name)
{
    struct check *c = udata;

    if (!*object || !*key)
        fail_msg("%s is %s.%s", c_name, object, key);
    if (duk_get_global_string(c->pristine, object))
        fail_msg("%s hides the language's own", object);
    duk_pop(c->pristine);
    duk_get_global_string(c->ctx, object);
    duk_get_prop_string(c->ctx, -1, key);
    if (duk_get_number(c->ctx, -1) != value)
        fail_msg("%s: %s.%s has two values", c_name, object, key);
    duk_pop_2(c->ctx);
    c->count++;
}

static void a_constant_has_one_value_and_hides_nothing(void **state)
{
    struct check c = {duk_create_heap_default(), duk_create_heap_default(), 0};

    (void)state;
    constants_put(c.ctx);
    constants_each(check_constant, &c);
    assert_true(c.count > 500);
    duk_destroy_heap(c.ctx);
    duk_destroy_heap(c.pristine);
}

static void constants_leave_sys_and_the_accessors_alone(void **state)
{
    assert_script_prints(*state,
                         "SYS.openat, typeof accessors.print,"
                         "typeof persistence.glb, typeof stringify",
                         "257 function object function");
}

/* Scripts use short names of their own. */
static void scripts_may_have_variables_of_that_name(void **state)
{
    assert_script_prints(*state,
                         "(function () { 'use strict'; E = 5;"
                         "  return E; })()",
                         "5");
    fixture_load(*state, "var O = 7; function W() { return 8; }");
    assert_script_prints(*state, "O, W()", "7 8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(t_)                                                               \
    cmocka_unit_test_setup_teardown(t_, fixture_setup, fixture_teardown)
        TEST(constants_have_their_values),
        TEST(commands_are_constants_too),
        TEST(names_without_underscore_lose_what_they_share),
        TEST(values_are_signed_where_arguments_are),
        TEST(a_constant_has_one_value_and_hides_nothing),
        TEST(constants_leave_sys_and_the_accessors_alone),
        TEST(scripts_may_have_variables_of_that_name),
#undef TEST
    };

    return cmocka_run_group_tests_name("constants", tests, NULL, NULL);
}
