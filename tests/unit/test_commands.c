/* test_commands.c: the requests of the control protocol, without a socket. */
#include "api/command_table.h"
#include "api/request.h"
#include "jsengine/accessor.h"
#include "tests/support/hook_fixture.h"

/* The answer to {"type": (type), "payload": (payload)}. */
static json_t *ask(struct fixture *f, const char *type, const char *payload)
{
    json_t *value = json_loads(payload, JSON_DECODE_ANY, NULL), *request;
    json_t *answer;

    assert_non_null(value);
    request = json_pack("{s:s, s:o}", "type", type, "payload", value);
    answer = command_answer(f->engine, request);
    assert_non_null(answer);
    json_decref(request);
    return answer;
}

/* It is ok; its payload, which the caller releases. */
static json_t *ask_ok(struct fixture *f, const char *type, const char *payload)
{
    json_t *answer = ask(f, type, payload), *result;

    assert_string_equal(json_string_value(json_object_get(answer, "type")),
                        "ok");
    assert_int_equal(json_object_size(answer), 3);
    result = json_incref(json_object_get(answer, "payload"));
    json_decref(answer);
    return result;
}

static void assert_error(struct fixture *f, const char *type,
                         const char *payload, const char *part)
{
    json_t *answer = ask(f, type, payload);
    const char *message = json_string_value(json_object_get(answer, "message"));

    assert_string_equal(json_string_value(json_object_get(answer, "type")),
                        "error");
    assert_int_equal(json_object_size(answer), 2);
    if (!message || !strstr(message, part))
        fail_msg("%s %s: %s", type, payload, message);
    json_decref(answer);
}

static void every_name_of_the_table_is_answered(void **state)
{
    struct fixture *f = *state;

    for (size_t i = 0; i < command_count; i++) {
        const struct command *row = &command_table[i];
        json_t *answer = ask(f, row->name, "{}");

        assert_true(row->help && row->payload);
        assert_null(strstr(
            json_string_value(json_object_get(answer, "message")), "unknown"));
        json_decref(answer);
        for (size_t a = 0; a < COMMAND_ALIASES && row->alias[a]; a++) {
            if (!row->key)
                continue;
            answer = ask_ok(f, row->alias[a], "{}");
            assert_non_null(json_object_get(answer, row->alias_key));
            assert_null(json_object_get(answer, row->key));
            json_decref(answer);
        }
    }
    assert_error(f, "hooks", "{}", "unknown type hooks");
    assert_error(f, "", "{}", "unknown type");
}

static void the_manual_is_the_table_of_accessors(void **state)
{
    json_t *payload = ask_ok(*state, "accessors-info", "null");

    assert_int_equal(json_array_size(json_object_get(payload, "accessors")),
                     accessor_count);
    json_decref(payload);
}

static void an_empty_list_is_null(void **state)
{
    json_t *payload = ask_ok(*state, "current-hooks", "[]");

    assert_true(json_is_null(json_object_get(payload, "hooks")));
    json_decref(payload);
}

static void hooks_are_removed_by_name_and_number(void **state)
{
    struct fixture *f = *state;
    json_t *payload;

    fixture_load(f, "function f() {} accessors.AddHookBefore(39, f);"
                    "accessors.AddHookAfter('openat', f);"
                    "accessors.AddHookAfter(1000, f);");
    json_decref(ask_ok(f, "unregister-hooks",
                       "{\"options\": \"list\", \"list\": ["
                       "{\"sysno\": \"openat\", \"type\": \"after\"},"
                       "{\"sysno\": 39, \"type\": \"before\"}]}"));
    payload = ask_ok(f, "current-hooks", "{}");
    assert_int_equal(json_array_size(json_object_get(payload, "hooks")), 1);
    json_decref(payload);
    json_decref(ask_ok(f, "unregister-callbacks", "{\"options\": \"all\"}"));
    an_empty_list_is_null(state);
}

static void a_bad_entry_is_named_and_nothing_removed(void **state)
{
    static const struct {
        const char *entry, *part;
    } rows[] = {
        {"5", "list[1] must be"},
        {"{}", "list[1] must be"},
        {"{\"sysno\": 39}", "list[1] must be"},
        {"{\"sysno\": 39, \"type\": \"Before\"}", "list[1].type"},
        {"{\"sysno\": -1, \"type\": \"before\"}", "list[1].sysno"},
        {"{\"sysno\": 1024, \"type\": \"before\"}", "list[1].sysno"},
        {"{\"sysno\": 4294967335, \"type\": \"before\"}", "list[1].sysno"},
        {"{\"sysno\": 39.5, \"type\": \"before\"}", "list[1].sysno"},
        {"{\"sysno\": \"nocall\", \"type\": \"before\"}", "list[1].sysno"},
        {"{\"sysno\": 40, \"type\": \"before\"}",
         "no before hook for system call 40"},
        {"{\"sysno\": 39, \"type\": \"after\"}",
         "no after hook for system call 39"},
    };
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(39, function () {});");
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        char payload[256];
        json_t *list;

        snprintf(payload, sizeof(payload),
                 "{\"options\": \"list\", \"list\": [{\"sysno\": 39, "
                 "\"type\": \"before\"}, %s]}",
                 rows[i].entry);
        assert_error(f, "unregister-hooks", payload, rows[i].part);
        list = ask_ok(f, "current-hooks", "{}");
        assert_int_equal(json_array_size(json_object_get(list, "hooks")), 1);
        json_decref(list);
    }
}

static void scripts_run_and_fail(void **state)
{
    struct fixture *f = *state;
    json_t *payload = ask_ok(f, "change-state", "{\"source\": \"'a' + 1\"}");

    assert_string_equal(json_string_value(payload), "\"a1\"");
    json_decref(payload);
    payload = ask_ok(f, "change-state", "{\"source\": \"'\\ud83d\\ude00'\"}");
    assert_string_equal(json_string_value(payload), "\"\xf0\x9f\x98\x80\"");
    json_decref(payload);
    assert_error(f, "change-state", "{\"source\": \"throw 'it'\"}", "it");
    assert_error(f, "change-state", "{\"source\": \"let x = 1\"}",
                 "SyntaxError");
    assert_error(f, "change-state", "{\"source\": null}", "source");
    assert_error(f, "change-state", "\"1\"", "source");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define T(f_)                                                                  \
    cmocka_unit_test_setup_teardown(f_, fixture_setup, fixture_teardown)
        T(every_name_of_the_table_is_answered),
        T(the_manual_is_the_table_of_accessors),
        T(an_empty_list_is_null),
        T(hooks_are_removed_by_name_and_number),
        T(a_bad_entry_is_named_and_nothing_removed),
        T(scripts_run_and_fail),
    };

    request_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
