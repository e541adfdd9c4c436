/*
 * test_control.c: the control socket as gWisord's statements want it (their
 * numbers are in the names), by a client that knows only the protocol, and by
 * microvm-ctl.
 */
#include "tests/e2e/control.h"

#include <pty.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define GETPID 39

static const char *const on_tcp[] = {"--control=:0", NULL};
static const char *const on_unix[] = {"--control", NULL};

/* A session whose program is (controlled) with (children). */
static void start(struct session *s, const char *children)
{
    const char *const argv[] = {"controlled", children, NULL};

    session_start(s, on_tcp, argv);
}

static void end(struct session *s)
{
    assert_int_equal(session_end(s), 0);
}

static const char *text(const json_t *hook, const char *key)
{
    return json_string_value(json_object_get(hook, key));
}

static size_t hook_count(const struct session *s)
{
    json_t *hooks = hooks_of(s);
    size_t n = json_array_size(hooks);

    json_decref(hooks);
    return n;
}

static void assert_pid(struct session *s)
{
    assert_int_equal(atoi(tell(s, "getpid")), s->pid);
}

static void s26_registering_again_replaces(void **state)
{
    struct session s;

    (void)state;
    start(&s, "0");
    change_state(&s, "accessors.AddHookBefore(39, function () {"
                     " return {ret: 1, errno: 0}; })");
    assert_string_equal(tell(&s, "getpid"), "1");
    change_state(&s, "accessors.AddHookBefore(39, function () {"
                     " return {ret: 2, errno: 0}; })");
    assert_string_equal(tell(&s, "getpid"), "2");
    assert_int_equal(hook_count(&s), 1);
    end(&s);
}

static void s27_before_and_after_are_both_listed(void **state)
{
    struct session s;
    json_t *hooks;

    (void)state;
    start(&s, "0");
    change_state(&s, "var seen = 0;"
                     "accessors.AddHookAfter(39, function () {"
                     " return {ret: args.ret + seen, errno: 0}; });"
                     "accessors.AddHookBefore(39, function () { seen++; });");
    assert_int_equal(atoi(tell(&s, "getpid")), s.pid + 1);
    hooks = hooks_of(&s);
    assert_int_equal(json_array_size(hooks), 2);
    assert_string_equal(text(json_array_get(hooks, 0), "type"), "before");
    assert_string_equal(text(json_array_get(hooks, 1), "type"), "after");
    for (size_t i = 0; i < 2; i++)
        assert_int_equal(json_integer_value(json_object_get(
                             json_array_get(hooks, i), "sysno")),
                         GETPID);
    json_decref(hooks);
    end(&s);
}

static void s28_wrong_registrations_are_errors_and_register_nothing(void **st)
{
    static const char *const wrong[] = {
        "accessors.AddHookBefore(39)",
        "accessors.AddHookBefore(39, function () {}, 1)",
        "accessors.AddHookBefore(null, function () {})",
        "accessors.AddHookBefore(undefined, function () {})",
        "accessors.AddHookBefore(39, null)",
        "accessors.AddHookBefore(39, undefined)",
        "accessors.AddHookAfter(39, undeclared)",
    };
    struct session s;

    (void)st;
    start(&s, "0");
    for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
        assert_in(change_state_fails(&s, wrong[i]), "Error");
    assert_int_equal(hook_count(&s), 0);
    assert_pid(&s);
    end(&s);
}

static void s29_the_answer_to_a_registration_is_an_empty_object(void **state)
{
    struct session s;

    (void)state;
    start(&s, "0");
    assert_string_equal(
        change_state(&s, "function cb() {} accessors.AddHookBefore(1, cb)"),
        "{}");
    end(&s);
}

static void assert_described(const json_t *hook, const char *name,
                             const char *function, size_t args)
{
    assert_string_equal(text(hook, "entry-point"), name);
    assert_string_equal(text(hook, "source"), function);
    assert_string_equal(text(hook, "body"), function);
    assert_true(json_is_array(json_object_get(hook, "args")));
    assert_int_equal(json_array_size(json_object_get(hook, "args")), args);
}

static void s30_a_hook_describes_itself(void **state)
{
    struct session s;
    json_t *hooks, *args;

    (void)state;
    start(&s, "0");
    change_state(&s, "function cb() { return; }\n"
                     "function two(_, count) {\n    // }\n}\n"
                     "accessors.AddHookBefore(1, cb);\n"
                     "accessors.AddHookBefore(2, two);"
                     "accessors.AddHookAfter(2, function (a) {});");
    hooks = hooks_of(&s);
    assert_int_equal(json_array_size(hooks), 3);
    assert_described(json_array_get(hooks, 0), "cb",
                     "function cb() { return; }", 0);
    assert_described(json_array_get(hooks, 1), "two",
                     "function two(_, count) {\n    // }\n}", 2);
    args = json_object_get(json_array_get(hooks, 1), "args");
    assert_string_equal(json_string_value(json_array_get(args, 0)), "_");
    assert_string_equal(json_string_value(json_array_get(args, 1)), "count");
    assert_described(json_array_get(hooks, 2), "", "function (a) {}", 1);
    json_decref(hooks);
    end(&s);
}

static void s31_a_hook_may_be_declared_after_its_registration(void **state)
{
    struct session s;

    (void)state;
    start(&s, "0");
    change_state(&s, "accessors.AddHookBefore(39, f);\n"
                     "function f() { return {ret: 31, errno: 0}; }");
    assert_string_equal(tell(&s, "getpid"), "31");
    end(&s);
}

static void s34_glb_is_seen_by_processes_and_by_change_state(void **state)
{
    struct session s;

    (void)state;
    start(&s, "3");
    change_state(&s, "persistence.glb.n = 10;"
                     "accessors.AddHookBefore(39, function () {"
                     " return {ret: ++persistence.glb.n, errno: 0}; })");
    assert_string_equal(tell(&s, "getpid"), "11 12 13 14");
    assert_string_equal(change_state(&s, "persistence.glb.n"), "14");
    end(&s);
}

/* By both transports, with every name that there is. */
static void
s58_every_request_is_answered_though_the_client_could_go_on(void **state)
{
    static const struct {
        const char *type, *payload, *key;
    } rows[] = {
        {"accessors-info", "{}", "accessors"},
        {"hooks-info", "{}", "hooks"},
        {"change-info", "{}", "hooks"},
        {"current-hooks", "{}", "hooks"},
        {"current-callbacks", "{}", "callbacks"},
        {"unregister-hooks", "{\"options\": \"all\", \"list\": null}", NULL},
        {"unregister-callbacks", "{\"options\": \"list\", \"list\": []}", NULL},
        {"change-state", "{\"source\": \"1\"}", NULL},
    };
    struct session s;

    (void)state;
    start(&s, "0");
    change_state(&s, "accessors.AddHookBefore(1, function () {})");
    assert_true(s.port > 0);
    for (unsigned transport = 0; transport < 2; transport++) {
        for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
            json_t *payload = ask_ok(&s, rows[i].type, rows[i].payload);

            if (rows[i].key)
                assert_non_null(json_object_get(payload, rows[i].key));
            json_decref(payload);
        }
        s.port = 0; /* next by the Unix socket */
    }
    end(&s);
}

static void s58_the_manual_has_four_texts_an_accessor(void **state)
{
    static const char *const keys[] = {"name", "description", "args",
                                       "return-value"};
    const char *before = "";
    struct session s;
    json_t *payload, *list, *accessor;
    size_t i;

    (void)state;
    start(&s, "0");
    payload = ask_ok(&s, "accessors-info", "{}");
    list = json_object_get(payload, "accessors");
    assert_true(json_array_size(list) >= 9);
    json_array_foreach(list, i, accessor)
    {
        for (size_t k = 0; k < sizeof(keys) / sizeof(*keys); k++)
            assert_non_null(text(accessor, keys[k]));
        assert_true(strcasecmp(before, text(accessor, "name")) < 0);
        before = text(accessor, "name");
        if (strcmp(before, "readBytes") == 0)
            assert_in(text(accessor, "args"), "\naddr\t");
        if (strcmp(before, "getArgv") == 0)
            assert_string_equal(text(accessor, "args"), "no args");
    }
    json_decref(payload);
    end(&s);
}

static void write_file(const char *path, const char *content)
{
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    fputs(content, file);
    assert_int_equal(fclose(file), 0);
}

/* Run microvm-ctl; it must end with (status) and print (part). */
static void assert_ctl(int status, const char *part, const char *line)
{
    struct outcome o;

    ctl(&o, "%s", line);
    if (o.status != status << 8)
        fail_msg("microvm-ctl %s: status %#x: %s%s", line, (unsigned)o.status,
                 o.out, o.err);
    if (!strstr(o.out, part) && !strstr(o.err, part))
        fail_msg("microvm-ctl %s: \"%s\" is not in: %s%s", line, part, o.out,
                 o.err);
    assert_null(strchr(o.out, '\033')); /* it is no terminal */
    outcome_free(&o);
}

static void s58_the_client_knows_every_verb(void **state)
{
    struct session s;
    char line[256];

    (void)state;
    start(&s, "0");
    write_file("/tmp/microvm-hook-control.js",
               "accessors.AddHookBefore(39, function cb(a) {"
               " return {ret: 58, errno: 0}; }); 'h\u00e9llo \U0001f600'");
    assert_ctl(0, "readString", "man");
    assert_ctl(0, "no hooks", "get");
    assert_ctl(0, "Payload:\n\"h\u00e9llo \U0001f600\"",
               "state -c /tmp/microvm-hook-control.js");
    assert_string_equal(tell(&s, "getpid"), "58");
    assert_ctl(0, "before   39  cb(a)", "get");
    assert_ctl(0, "    function cb(a) { return {ret: 58", "get -v");
    assert_ctl(0, "\"entry-point\":\"cb\"", "--json get");
    assert_ctl(1, "Type: error", "delete -s 39 -t after");
    assert_ctl(0, "Type: ok", "delete -s getpid -t before");
    assert_pid(&s);
    assert_ctl(0, "Type: ok", "state -c /tmp/microvm-hook-control.js");
    snprintf(line, sizeof(line), "-a localhost:%d delete -u", s.port);
    assert_ctl(0, "Type: ok", line);
    assert_pid(&s);
    snprintf(line, sizeof(line), "get -a %s/%d.sock", sessions_dir(),
             (int)s.pid);
    assert_ctl(0, "no hooks", line);
    snprintf(line, sizeof(line), "get >/dev/null; CLI_ADDRESS=:%d $ctl get",
             s.port);
    assert_ctl(0, "no hooks", line);
    assert_ctl(2, "nowhere.js", "state -c /tmp/nowhere.js");
    assert_ctl(2, "-u", "delete");
    assert_ctl(2, "-t", "delete -s 1");
    assert_ctl(2, "unknown verb", "frobnicate");
    assert_ctl(2, "takes no -u", "get -u");
    assert_ctl(3, "cannot connect", "get -a 127.0.0.1:1");
    unlink("/tmp/microvm-hook-control.js");
    end(&s);
    assert_ctl(3, "no session runs", "get");
}

/* What microvm-ctl get -v prints on a terminal. */
static void get_on_terminal(char *text, size_t size)
{
    size_t n = 0;
    ssize_t got;
    int fd, status;
    pid_t pid = forkpty(&fd, NULL, NULL, NULL);

    assert_true(pid >= 0);
    if (pid == 0) {
        execl(beside("../bin/microvm-ctl"), "microvm-ctl", "get", "-v", NULL);
        _exit(98);
    }
    while (n + 1 < size && (got = read(fd, text + n, size - 1 - n)) > 0)
        n += (size_t)got;
    text[n] = '\0';
    close(fd);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

static void a_terminal_gets_colours_and_no_commands_of_scripts(void **state)
{
    struct session s;
    char text[4096];

    (void)state;
    start(&s, "0");
    change_state(&s, "accessors.AddHookBefore(39, function f() {"
                     " return '\033[2J \302\2331m'; })");
    get_on_terminal(text, sizeof(text));
    assert_in(text, "\033[1mType\033[0m: \033[32mok\033[0m");
    assert_in(text, "\033[1mgVisor says\033[0m");
    assert_in(text, "\033[1mPayload\033[0m");
    assert_in(text, "return '\\x1b[2J \\x9b1m'");
    assert_null(strstr(text, "\033[2J"));
    end(&s);
}

static void sessions_are_listed_and_chosen(void **state)
{
    const char *const argv[] = {"controlled", "0", NULL};
    struct session one, two;
    char line[64], tail[64];

    (void)state;
    assert_ctl(0, "", "ps");
    session_start(&one, on_tcp, argv);
    session_start(&two, on_unix, argv);
    assert_int_equal(two.port, 0);
    snprintf(line, sizeof(line), "%7d  20", (int)one.pid);
    assert_ctl(0, line, "ps");
    snprintf(line, sizeof(line), "%7d  20", (int)two.pid);
    assert_ctl(0, line, "ps");
    assert_ctl(0, "controlled 0", "ps");
    snprintf(line, sizeof(line), "\"pid\":%d", (int)one.pid);
    assert_ctl(0, line, "ps --json");
    snprintf(line, sizeof(line), "%d", (int)two.pid);
    assert_ctl(3, line, "get");
    snprintf(line, sizeof(line), "-p %d get", (int)two.pid);
    assert_ctl(0, "no hooks", line);
    end(&one);
    assert_ctl(0, "no hooks", "get");
    snprintf(line, sizeof(line), "-p %d get", (int)one.pid);
    snprintf(tail, sizeof(tail), "cannot connect to session %d", (int)one.pid);
    assert_ctl(3, tail, line);
    end(&two);
}

/* The answer to (request) as it is sent, an error with (part). */
static void assert_wrong(const struct session *s, const char *request,
                         const char *part)
{
    char *answer = exchange_at(connect_control(s), request, strlen(request));
    json_t *json = json_loads(answer, 0, NULL);

    if (!json || strcmp(text(json, "type"), "error") != 0 ||
        json_object_get(json, "payload") ||
        !strstr(text(json, "message"), part))
        fail_msg("%s is answered: %s", request, answer);
    json_decref(json);
    free(answer);
}

static void s59_wrong_requests_are_answered_in_json(void **state)
{
    struct session s;

    (void)state;
    start(&s, "0");
    assert_wrong(&s, "{}", "type");
    assert_wrong(&s, "{\"payload\": {}}", "type");
    assert_wrong(&s, "{\"type\": 5, \"payload\": {}}", "type");
    assert_wrong(&s, "{\"type\": \"current-hooks\"}", "payload");
    assert_wrong(&s, "{\"type\": \"no\\n\\\"such\", \"payload\": {}}",
                 "no\n\"such");
    assert_wrong(&s, "{\"type\" oops", "not JSON");
    assert_wrong(&s, "{\"type\": \"a\",}", "not JSON");
    assert_wrong(&s, "GET / HTTP/1.0\r\n", "not a JSON object");
    assert_wrong(&s, "[1, 2]", "not a JSON object");
    assert_wrong(&s, "5", "not a JSON object");
    assert_wrong(&s, "{\"type\": \"change-state\", \"payload\": {}}", "source");
    assert_wrong(&s,
                 "{\"type\": \"change-state\", \"payload\": {\"source\": 1}}",
                 "source");
    assert_wrong(&s, "{\"type\": \"unregister-hooks\", \"payload\": {}}",
                 "options");
    assert_wrong(&s,
                 "{\"type\": \"unregister-hooks\", \"payload\": "
                 "{\"options\": \"some\"}}",
                 "options");
    assert_wrong(&s, "{\"type\": \"change-callbacks\", \"payload\": {}}",
                 "removed");
    assert_in(change_state_fails(&s, "throw new Error(\"a \\\"q\\\"\\n\")"),
              "a \"q\"");
    end(&s);
}

static void s60_unregistering_is_all_or_nothing(void **state)
{
    struct session s;
    json_t *hooks;

    (void)state;
    start(&s, "1");
    change_state(&s, "function f() {}"
                     "accessors.AddHookBefore(39, function () {"
                     " return {ret: 60, errno: 0}; });"
                     "accessors.AddHookAfter(22, f);"
                     "accessors.AddHookBefore(1, f);");
    assert_wrong(&s,
                 "{\"type\": \"unregister-hooks\", \"payload\": {\"options\": "
                 "\"list\", \"list\": [{\"sysno\": 22, \"type\": \"after\"}, "
                 "{\"sysno\": 22, \"type\": \"before\"}]}}",
                 "before hook for system call 22");
    assert_int_equal(hook_count(&s), 3);
    assert_wrong(&s,
                 "{\"type\": \"unregister-hooks\", \"payload\": {\"options\": "
                 "\"list\", \"list\": [{\"sysno\": 1, \"type\": \"before\"}, "
                 "{\"sysno\": 1, \"type\": \"never\"}]}}",
                 "list[1].type");
    assert_int_equal(hook_count(&s), 3);
    json_decref(ask_ok(&s, "unregister-hooks",
                       "{\"options\": \"list\", \"list\": [{\"sysno\": 22, "
                       "\"type\": \"after\"}, {\"sysno\": 1, \"type\": "
                       "\"before\"}]}"));
    hooks = hooks_of(&s);
    assert_int_equal(json_array_size(hooks), 1);
    json_decref(hooks);
    assert_string_equal(tell(&s, "getpid"), "60 60");
    json_decref(ask_ok(&s, "unregister-hooks",
                       "{\"options\": \"all\", \"list\": null}"));
    assert_int_equal(hook_count(&s), 0);
    assert_pid(&s);
    end(&s);
}

static void s61_change_state_tells_the_value(void **state)
{
    struct session s;

    (void)state;
    start(&s, "0");
    assert_string_equal(change_state(&s, "1+1"), "2");
    assert_string_equal(change_state(&s, "({a: [1, 'x']})"),
                        "{\"a\":[1,\"x\"]}");
    assert_string_equal(change_state(&s, "undefined"), "{}");
    change_state(&s, "accessors.AddHookBefore(39, function () {"
                     " return {ret: 61, errno: 0}; })");
    assert_in(change_state_fails(&s, "accessors.AddHookBefore(39, f"),
              "SyntaxError");
    assert_string_equal(tell(&s, "getpid"), "61");
    change_state_fails(&s, "accessors.readBytes(4096, 1)");
    end(&s);
}

/* The start must fail with 125 and one line that has (part). */
static void assert_no_start(const char *const *options, const char *part)
{
    const char *const argv[] = {"/bin/echo", "started", NULL};
    struct outcome o;

    need_kvm();
    run_monitor(options, argv, "/tmp", &o);
    assert_int_equal(WEXITSTATUS(o.status), 125);
    assert_string_equal(o.out, "");
    assert_in(o.err, part);
    assert_ptr_equal(strchr(o.err, '\n'), o.err + o.err_len - 1);
    outcome_free(&o);
}

static void s62_a_bad_or_occupied_address_ends_the_start(void **state)
{
    char option[64], config[] = "/tmp/microvm-hook-control.json", json[96];
    const char *const command_line[] = {option, NULL};
    const char *const by_config[] = {"--config", config, NULL};
    struct session s;

    (void)state;
    start(&s, "0");
    snprintf(option, sizeof(option), "--control=127.0.0.1:%d", s.port);
    assert_no_start(command_line, "Address already in use");
    snprintf(json, sizeof(json), "{\"runtime-socket\": \"127.0.0.1:%d\"}",
             s.port);
    write_file(config, json);
    assert_no_start(by_config, "Address already in use");
    end(&s);
    write_file(config, "{\"runtime-socket\": ");
    assert_no_start(by_config, config);
    unlink(config);
    strcpy(option, "--control=nowhere");
    assert_no_start(command_line, "nowhere is no address HOST:PORT");
    strcpy(option, "--control=127.0.0.1:65536");
    assert_no_start(command_line, "is no address");
    strcpy(option, "--control=192.0.2.1:0");
    assert_no_start(command_line, "Cannot assign requested address");
}

static void the_configuration_may_open_the_socket(void **state)
{
    char config[] = "/tmp/microvm-hook-control.json";
    const char *const options[] = {"--config", config, NULL};
    const char *const argv[] = {"controlled", "0", NULL};
    struct session s;

    (void)state;
    write_file(config, "{\"runtime-socket\": \"127.0.0.1:0\"}");
    session_start(&s, options, argv);
    assert_true(s.port > 0);
    assert_string_equal(change_state(&s, "6 * 7"), "42");
    end(&s);
    unlink(config);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s26_registering_again_replaces),
        cmocka_unit_test(s27_before_and_after_are_both_listed),
        cmocka_unit_test(
            s28_wrong_registrations_are_errors_and_register_nothing),
        cmocka_unit_test(s29_the_answer_to_a_registration_is_an_empty_object),
        cmocka_unit_test(s30_a_hook_describes_itself),
        cmocka_unit_test(s31_a_hook_may_be_declared_after_its_registration),
        cmocka_unit_test(s34_glb_is_seen_by_processes_and_by_change_state),
        cmocka_unit_test(
            s58_every_request_is_answered_though_the_client_could_go_on),
        cmocka_unit_test(s58_the_manual_has_four_texts_an_accessor),
        cmocka_unit_test(s58_the_client_knows_every_verb),
        cmocka_unit_test(a_terminal_gets_colours_and_no_commands_of_scripts),
        cmocka_unit_test(sessions_are_listed_and_chosen),
        cmocka_unit_test(s59_wrong_requests_are_answered_in_json),
        cmocka_unit_test(s60_unregistering_is_all_or_nothing),
        cmocka_unit_test(s61_change_state_tells_the_value),
        cmocka_unit_test(s62_a_bad_or_occupied_address_ends_the_start),
        cmocka_unit_test(the_configuration_may_open_the_socket),
    };

    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return cmocka_run_group_tests_name("control", tests, control_setup,
                                       control_teardown);
}
