/* test_logjson.c: what the accessor logJson hands on. */
#include "jsengine/internal.h"
#include "tests/support/hook_fixture.h"

static char logged[512];
static bool logged_object;
static unsigned logged_count;

static void keep(void *ctx, const struct task *task, const char *text,
                 size_t size, bool is_object)
{
    assert_ptr_equal(ctx, logged);
    assert_int_equal(task->key, 1);
    assert_true(size < sizeof(logged));
    memcpy(logged, text, size);
    logged[size] = '\0';
    logged_object = is_object;
    logged_count++;
}

/* In a before hook, log the value of the expression (value). */
static void log_value(struct fixture *f, const char *value)
{
    char script[1024];

    f->engine->config.log = keep;
    f->engine->config.log_ctx = logged;
    logged_count = 0;
    snprintf(script, sizeof(script),
             "accessors.AddHookBefore(%d, function () {"
             "  if (accessors.logJson(%s) !== null) throw Error('no null');"
             "});",
             FIXTURE_SYSNO, value);
    fixture_load(f, script);
    fixture_before(f, FIXTURE_SYSNO, (uint64_t[SYSCALL_ARGS]){0});
}

static void objects_stay_objects_and_all_else_is_text(void **state)
{
    static const struct {
        const char *value, *text;
        bool is_object;
    } cases[] = {
        {"{a: 1}", "{\"a\":1}", true},
        {"{}", "{}", true},
        {"{LogPrefix: 'mine', b: [1, {c: null}]}", "{\"b\":[1,{\"c\":null}]}",
         true},
        {"'{\"a\": 1, \"LogPrefix\": 2}'", "{\"a\":1}", true},
        {"'text 100%d'", "text 100%d", false},
        {"'{no json'", "{no json", false},
        {"[1, 2]", "[1,2]", false},
        {"5", "5", false},
        {"null", "null", false},
        {"undefined", "undefined", false},
        {"function () {}", "undefined", false},
        {"'h\\u00e9\\ud83d\\ude00\\ud800'",
         "h\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd", false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        log_value(*state, cases[i].value);
        assert_int_equal(logged_count, 1);
        assert_string_equal(logged, cases[i].text);
        assert_int_equal(logged_object, cases[i].is_object);
    }
}

static void without_a_socket_nothing_happens(void **state)
{
    struct fixture *f = *state;
    char *printed;

    log_value(f, "{a: 1}");
    f->engine->config.log = NULL;
    fixture_before(f, FIXTURE_SYSNO, (uint64_t[SYSCALL_ARGS]){0});
    assert_int_equal(logged_count, 1);
    printed = fixture_printed(f);
    assert_string_equal(printed, "");
    free(printed);
}

static void errors_are_catchable(void **state)
{
    struct fixture *f = *state;
    char *printed;

    fixture_load_fails(f, "accessors.logJson({});",
                       "only hooks have a process");
    fixture_load_fails(f, "accessors.logJson();", "1 arguments expected");
    fixture_load_fails(f, "accessors.logJson(1, 2);", "1 arguments expected");
    fixture_load(f, "accessors.AddHookBefore(1000, function () {"
                    "  var a = {}; a.a = a;"
                    "  try { accessors.logJson(a); }"
                    "  catch (e) { accessors.print(e.name); }"
                    "});");
    fixture_before(f, FIXTURE_SYSNO, (uint64_t[SYSCALL_ARGS]){0});
    printed = fixture_printed(f);
    assert_string_equal(printed, "TypeError");
    free(printed);
}

#define TEST(f_)                                                               \
    cmocka_unit_test_setup_teardown(f_, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(objects_stay_objects_and_all_else_is_text),
        TEST(without_a_socket_nothing_happens),
        TEST(errors_are_catchable),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
