/* test_config.c: the configuration file: what is taken and what is refused. */
#include "tests/support/hook_fixture.h"

#include <errno.h>

static int load(struct fixture *f, const char *text, struct diag *d)
{
    struct engine_sockets sockets;

    *d = (struct diag){0};
    return engine_load_config_text(f->engine, text, strlen(text), "c.json",
                                   &sockets, d);
}

static void assert_refused(void **state, const char *text, const char *reason)
{
    struct diag d;

    assert_true(load(*state, text, &d) < 0);
    if (!strstr(d.text, "c.json") || !strstr(d.text, reason))
        fail_msg("%s: \"%s\" does not say \"%s\"", text, d.text, reason);
}

static void hooks_are_registered_under_old_and_new_names(void **state)
{
    static const char *const keys[] = {"hooks", "callbacks", "Hooks"};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        struct diag d;
        char text[512];

        snprintf(text, sizeof(text),
                 "{\"%s\": [{\"sysno\": %d, \"Entry-Point\": \"f\", \"type\": "
                 "\"before\", \"body\": \"x\", \"args\": [\"a\"], \"source\": "
                 "\"function f(a) { return {1: a + %d}; }\"}]}",
                 keys[i], (int)(1000 + i), (int)i);
        if (load(f, text, &d) < 0)
            fail_msg("%s", d.text);
        fixture_before(f, 1000 + i, (uint64_t[SYSCALL_ARGS]){5});
        assert_int_equal(f->call.args[1], 5 + i);
    }
}

static void a_hook_may_name_its_call(void **state)
{
    struct diag d;

    assert_int_equal(
        load(*state,
             "{\"hooks\": [{\"sysno\": \"bind\", \"entry-point\": \"f\", "
             "\"type\": \"after\", \"source\": \"function f() {}\"}]}",
             &d),
        0);
    assert_int_equal(
        engine_hooks(((struct fixture *)*state)->engine).hooked[49],
        HOOKED_AFTER);
}

static void an_empty_configuration_is_good(void **state)
{
    struct diag d;

    assert_int_equal(load(*state, "{}", &d), 0);
    assert_int_equal(load(*state, "{\"hooks\": [], \"log-socket\": \"\"}", &d),
                     0);
}

static void what_is_no_object_is_refused(void **state)
{
    assert_refused(state, "", "SyntaxError");
    assert_refused(state, "{", "SyntaxError");
    assert_refused(state, "[]", "must be a JSON object");
    assert_refused(state, "5", "must be a JSON object");
    assert_refused(state, "null", "must be a JSON object");
    assert_refused(state, "{\"hooks\": 5}", "hooks: must be a list");
    assert_refused(state, "{\"hooks\": [5]}", "hooks[0]: must be an object");
}

static void unknown_keys_are_refused(void **state)
{
    assert_refused(state, "{\"hook\": []}", "hook: unknown key");
    assert_refused(state, "{\"hooks\": [{\"sysnr\": 1}]}",
                   "hooks[0].sysnr: unknown key");
}

static void sockets_are_given_back(void **state)
{
    static const char text[] = "{\"runtime-socket\": \":1\", // here\n"
                               " \"log-socket\": \"a:2\"}";
    struct fixture *f = *state;
    struct engine_sockets sockets;
    struct diag d = {0};

    assert_int_equal(engine_load_config_text(f->engine, text, strlen(text),
                                             "c.json", &sockets, &d),
                     0);
    assert_string_equal(sockets.runtime, ":1");
    assert_string_equal(sockets.log, "a:2");
    assert_refused(state, "{\"log-socket\": 5}", "must be a string");
}

static void comments_are_blanks(void **state)
{
    struct diag d;

    assert_int_equal(load(*state,
                          "/* a // b */ {\n"
                          "  // \"hooks\": 5\n"
                          "  \"log-socket\": \"a//b\\\"/*c*/\" /**/ }// end",
                          &d),
                     0);
    assert_refused(state, "{ /* open", "configuration");
    assert_refused(state, "/{}", "configuration");
}

/* A hook in which (key) has (value), or lacks it where (value) is NULL. */
static void assert_hook_refused(void **state, const char *key,
                                const char *value, const char *reason)
{
    static const char *const good[][2] = {
        {"sysno", "1000"},
        {"entry-point", "\"f\""},
        {"source", "\"function f() {}\""},
        {"type", "\"before\""},
    };
    char text[1024] = "{\"hooks\": [{";
    const char *comma = "";

    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        const char *v = strcmp(good[i][0], key) == 0 ? value : good[i][1];

        if (!v)
            continue;
        snprintf(text + strlen(text), sizeof(text) - strlen(text),
                 "%s\"%s\": %s", comma, good[i][0], v);
        comma = ", ";
    }
    strcat(text, "}]}");
    assert_refused(state, text, reason);
}

static void every_key_of_a_hook_is_demanded(void **state)
{
    static const char *const keys[] = {"sysno", "entry-point", "source",
                                       "type"};

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
        assert_hook_refused(state, keys[i], NULL, "is missing");
}

static void wrong_values_are_named(void **state)
{
    assert_hook_refused(state, "sysno", "-1", "hooks[0].sysno");
    assert_hook_refused(state, "sysno", "1024", "hooks[0].sysno");
    assert_hook_refused(state, "sysno", "1.5", "whole number");
    assert_hook_refused(state, "sysno", "\"nosuch\"",
                        "no system call or class");
    assert_hook_refused(state, "sysno", "true", "hooks[0].sysno");
    assert_hook_refused(state, "type", "\"around\"", "\"before\" or");
    assert_hook_refused(state, "type", "7", "\"before\" or");
    assert_hook_refused(state, "entry-point", "\"\"", "not empty");
    assert_hook_refused(state, "entry-point", "\"g\"", "no such function");
    assert_hook_refused(state, "source", "\"\"", "not empty");
    assert_hook_refused(state, "source", "5", "not empty");
    assert_hook_refused(state, "source", "\"function f( {}\"", "SyntaxError");
    assert_hook_refused(state, "source", "\"\\nthrow 1\"", "hooks[0].source");
    assert_hook_refused(state, "source", "\"for (;;) {}\"", "timeout");
}

static void modern_syntax_in_a_source_gets_a_hint(void **state)
{
    static const char modern[] =
        "{\"hooks\": [{\"sysno\": 1, \"type\": \"after\", "
        "\"entry-point\": \"f\", \"source\": \"f = () => 1\"}]}";
    struct diag d = {0}, broken = {0};

    assert_true(load(*state, modern, &d) < 0);
    assert_non_null(strstr(d.hint, "ECMAScript 5.1"));
    assert_true(load(*state, "{\"hooks\": [}", &broken) < 0);
    assert_string_equal(broken.hint, "");
}

static void a_missing_file_is_named(void **state)
{
    struct fixture *f = *state;
    struct engine_sockets sockets;
    struct diag d = {0};

    assert_int_equal(
        engine_load_config(f->engine, "/nonexistent.json", &sockets, &d),
        -ENOENT);
    assert_non_null(strstr(d.text, "/nonexistent.json"));
}

int main(void)
{
#define TEST(f_)                                                               \
    cmocka_unit_test_setup_teardown(f_, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(hooks_are_registered_under_old_and_new_names),
        TEST(a_hook_may_name_its_call),
        TEST(an_empty_configuration_is_good),
        TEST(what_is_no_object_is_refused),
        TEST(unknown_keys_are_refused),
        TEST(sockets_are_given_back),
        TEST(comments_are_blanks),
        TEST(every_key_of_a_hook_is_demanded),
        TEST(wrong_values_are_named),
        TEST(modern_syntax_in_a_source_gets_a_hint),
        TEST(a_missing_file_is_named),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
