/* test_hookresult.c: what a hook may return, gWisord 1.4 and 1.5. */
#include "tests/support/hook_fixture.h"

#include <errno.h>

static const uint64_t six[SYSCALL_ARGS] = {10, 11, 12, 13, 14, 15};

/* Register a before hook that returns (value), an expression, and run it. */
static void before_returns(struct fixture *f, const char *value)
{
    char script[1024];

    snprintf(script, sizeof(script),
             "accessors.AddHookBefore(%d, function () { return %s; });",
             FIXTURE_SYSNO, value);
    fixture_load(f, script);
    fixture_before(f, FIXTURE_SYSNO, six);
}

static void after_returns(struct fixture *f, const char *value, int64_t ret)
{
    char script[1024];

    snprintf(script, sizeof(script),
             "accessors.AddHookAfter(%d, function () { return %s; });",
             FIXTURE_SYSNO, value);
    fixture_load(f, script);
    fixture_after(f, FIXTURE_SYSNO, six, ret);
}

static void assert_unchanged(struct fixture *f)
{
    assert_false(f->answered);
    assert_memory_equal(f->call.args, six, sizeof(six));
}

static void assert_hook_error(struct fixture *f, const char *text)
{
    char *printed = fixture_printed(f);

    if (!strstr(printed, "hook error") || !strstr(printed, text))
        fail_msg("\"%s\" does not say \"%s\"", printed, text);
    /* One line. */
    assert_ptr_equal(strchr(printed, '\n'), printed + strlen(printed) - 1);
    free(printed);
}

static void values_without_meaning_change_nothing(void **state)
{
    static const char *const values[] = {"undefined",
                                         "null",
                                         "{}",
                                         "5",
                                         "true",
                                         "NaN",
                                         "function(){}",
                                         "new Date(0)",
                                         "'abc'",
                                         "''",
                                         "/x/",
                                         "new ArrayBuffer(0)",
                                         "[]",
                                         "Symbol()",
                                         "{a: 1, ret_: 2}"};

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        before_returns(*state, values[i]);
        assert_unchanged(*state);
    }
    assert_int_equal(engine_hook_errors(((struct fixture *)*state)->engine), 0);
}

static void an_index_sets_that_argument_alone(void **state)
{
    struct fixture *f = *state;

    before_returns(f, "{'2': 5}");
    assert_int_equal(f->call.args[2], 5);
    assert_int_equal(f->call.args[1], 11);
    assert_int_equal(f->call.orig[2], 12);
    before_returns(f, "{5: 9, '+1': 7, '03': 8}");
    assert_int_equal(f->call.args[5], 9);
    assert_int_equal(f->call.args[1], 7);
    assert_int_equal(f->call.args[3], 8);
}

static void arrays_set_arguments_from_the_first_on(void **state)
{
    struct fixture *f = *state;

    before_returns(f, "[1, 2]");
    assert_int_equal(f->call.args[0], 1);
    assert_int_equal(f->call.args[1], 2);
    assert_int_equal(f->call.args[2], 12);
    before_returns(f, "new Uint8Array([7, 8])");
    assert_int_equal(f->call.args[0], 7);
    assert_int_equal(f->call.args[1], 8);
}

static void arguments_are_converted_to_64_bits(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } rows[] = {
        {"'12'", 12},
        {"'0x10'", 16},
        {"1.7", 1},
        {"-1.9", UINT64_MAX},
        {"-1", UINT64_MAX},
        {"true", 1},
        {"'18446744073709551615'", UINT64_MAX},
        {"'0xffffffffff600000'", 0xffffffffff600000},
        {"'-9223372036854775808'", UINT64_C(1) << 63},
        {"18446744073709549568", 18446744073709549568u},
        {"[5]", 5},
    };
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        char value[64];

        snprintf(value, sizeof(value), "{0: %s}", rows[i].text);
        before_returns(f, value);
        assert_int_equal(f->call.args[0], rows[i].value);
    }
}

static void what_is_no_number_of_64_bits_is_a_hook_error(void **state)
{
    static const char *const values[] = {
        "{0: null}",  "{0: undefined}", "{0: 'zz'}",
        "{0: NaN}",   "{0: Infinity}",  "{0: 1e30}",
        "{0: -1e19}", "{0: {}}",        "{0: '99999999999999999999'}"};

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        before_returns(*state, values[i]);
        assert_unchanged(*state);
        assert_hook_error(*state, "test.js");
    }
}

static void an_index_beyond_the_sixth_argument_is_a_hook_error(void **state)
{
    static const char *const values[] = {"{'6': 1}", "{'7': 1}", "{'-1': 1}",
                                         "[0,1,2,3,4,5,6]",
                                         "{'99999999999999999999': 1}"};

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        before_returns(*state, values[i]);
        assert_unchanged(*state);
        assert_hook_error(*state, "invalid index");
    }
}

static void an_error_discards_what_was_read_before_it(void **state)
{
    before_returns(*state, "{'0': 1, '1': 2, '6': 3}");
    assert_unchanged(*state);
    before_returns(*state, "{'0': 1, ret: 5, errno: -1}");
    assert_unchanged(*state);
}

static void ret_and_errno_answer_the_call(void **state)
{
    struct fixture *f = *state;

    before_returns(f, "{ret: 7, errno: 0}");
    assert_true(f->answered);
    assert_int_equal(f->call.ret, 7);
    before_returns(f, "{ret: 7, errno: 98}");
    assert_int_equal(f->call.ret, -98);
    before_returns(f, "{ret: -1, errno: 0}");
    assert_int_equal(f->call.ret, -1);
    before_returns(f, "{ret: '0x7fffffffffffffff', errno: '4095'}");
    assert_int_equal(f->call.ret, -4095);
    before_returns(f, "{'0': 1, ret: 5, errno: 0}");
    assert_true(f->answered);
    assert_int_equal(f->call.ret, 5);
}

static void half_an_answer_is_none_before_the_call(void **state)
{
    before_returns(*state, "{ret: 5}");
    assert_unchanged(*state);
    before_returns(*state, "{errno: 5}");
    assert_unchanged(*state);
}

static void inherited_answers_do_not_count_but_getters_do(void **state)
{
    struct fixture *f = *state;

    before_returns(f, "Object.create({ret: 1, errno: 0})");
    assert_unchanged(f);
    before_returns(f, "{get ret() { return 3; }, get errno() { return 0; }}");
    assert_true(f->answered);
    assert_int_equal(f->call.ret, 3);
}

static void an_invalid_answer_is_a_hook_error(void **state)
{
    static const char *const values[] = {
        "{ret: null, errno: 1}", "{ret: 5, errno: null}",
        "{ret: 5, errno: -1}",   "{ret: 5, errno: 4096}",
        "{ret: 5, errno: 'x'}",  "{ret: undefined, errno: 0}",
        "{ret: 1e300, errno: 0}"};

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        before_returns(*state, values[i]);
        assert_unchanged(*state);
        assert_hook_error(*state, "Error");
    }
}

static void hostile_objects_do_no_harm(void **state)
{
    static const char *const values[] = {
        "Object.create(null)",
        "{toString: function () { throw 1; }}",
        "{get '0'() { throw new Error('boom'); }}",
        "{get ret() { throw {toString: function () { throw 2; }}; },"
        " errno: 0}",
        "new Proxy({}, {ownKeys: function () { throw 3; },"
        " getOwnPropertyDescriptor: function () { throw 4; }})",
        "{'0': {valueOf: function () { throw 5; }}}"};

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        before_returns(*state, values[i]);
        assert_unchanged(*state);
    }
    /* The world goes on. */
    before_returns(*state, "{0: 1}");
    assert_int_equal(((struct fixture *)*state)->call.args[0], 1);
}

static void after_the_call_an_answer_replaces_the_result(void **state)
{
    struct fixture *f = *state;

    after_returns(f, "{ret: 7, errno: 0}", 3);
    assert_int_equal(f->call.ret, 7);
    assert_true(f->call.answered);
    after_returns(f, "{ret: 0, errno: 5}", 3);
    assert_int_equal(f->call.ret, -5);
    after_returns(f, "{ret: args.ret, errno: args.errno}", -13);
    assert_int_equal(f->call.ret, -13);
}

static void after_the_call_a_lone_ret_is_an_answer(void **state)
{
    struct fixture *f = *state;

    after_returns(f, "{ret: 9}", -13);
    assert_int_equal(f->call.ret, 9);
    after_returns(f, "{errno: 9}", 3);
    assert_int_equal(f->call.ret, 3);
}

static void after_the_call_changed_arguments_have_no_effect(void **state)
{
    struct fixture *f = *state;

    after_returns(f, "{'0': 99}", 3);
    assert_int_equal(f->call.ret, 3);
    assert_false(f->call.answered);
    assert_int_equal(f->call.args[0], 10);
}

static void fail_closed_refuses_the_call_of_a_failing_hook(void **state)
{
    struct fixture *f = *state;

    before_returns(f, "null.x");
    assert_true(f->answered);
    assert_int_equal(f->call.ret, -EPERM);
    after_returns(f, "null.x", 3);
    assert_int_equal(f->call.ret, -EPERM);
    assert_int_equal(engine_hook_errors(f->engine), 2);
}

int main(void)
{
#define TEST(f_)                                                               \
    cmocka_unit_test_setup_teardown(f_, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(values_without_meaning_change_nothing),
        TEST(an_index_sets_that_argument_alone),
        TEST(arrays_set_arguments_from_the_first_on),
        TEST(arguments_are_converted_to_64_bits),
        TEST(what_is_no_number_of_64_bits_is_a_hook_error),
        TEST(an_index_beyond_the_sixth_argument_is_a_hook_error),
        TEST(an_error_discards_what_was_read_before_it),
        TEST(ret_and_errno_answer_the_call),
        TEST(half_an_answer_is_none_before_the_call),
        TEST(inherited_answers_do_not_count_but_getters_do),
        TEST(an_invalid_answer_is_a_hook_error),
        TEST(hostile_objects_do_no_harm),
        TEST(after_the_call_an_answer_replaces_the_result),
        TEST(after_the_call_a_lone_ret_is_an_answer),
        TEST(after_the_call_changed_arguments_have_no_effect),
        cmocka_unit_test_setup_teardown(
            fail_closed_refuses_the_call_of_a_failing_hook,
            fixture_setup_closed, fixture_teardown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
