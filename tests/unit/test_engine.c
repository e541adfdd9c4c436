/* test_engine.c: loading, limits, errors, what hooks see, persistence. */
#include "tests/support/hook_fixture.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const uint64_t six[SYSCALL_ARGS] = {1, UINT64_MAX, 0xffffffffff600000,
                                           4, 5,          UINT64_C(1) << 53};

static void assert_printed(struct fixture *f, const char *text)
{
    char *printed = fixture_printed(f);

    assert_string_equal(printed, text);
    free(printed);
}

static void assert_hook_error(struct fixture *f, const char *text)
{
    char *printed = fixture_printed(f);

    if (!strstr(printed, text))
        fail_msg("\"%s\" does not say \"%s\"", printed, text);
    free(printed);
}

static void a_call_without_hooks_has_no_bits(void **state)
{
    struct fixture *f = *state;
    struct hooks hooks = engine_hooks(f->engine);

    for (unsigned n = 0; n < HOOK_SYSNO_MAX; n++)
        assert_int_equal(hooks.hooked[n], 0);
    fixture_load(f, "accessors.AddHookAfter('openat', function () {})");
    for (unsigned n = 0; n < HOOK_SYSNO_MAX; n++)
        assert_int_equal(hooks.hooked[n], n == 257 ? HOOKED_AFTER : 0);
}

static void a_hook_gets_six_signed_numbers_and_args(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  accessors.print([].slice.call(arguments), args);\n"
                    "});");
    fixture_before(f, 1000, six);
    assert_printed(f, "[1,-1,-10485760,4,5,9007199254740992] "
                      "{\"arg0\":1,\"arg1\":-1,\"arg2\":-10485760,\"arg3\":4,"
                      "\"arg4\":5,\"arg5\":9007199254740992}");
}

static void an_after_hook_sees_result_and_errno(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookAfter(1000, function () {\n"
                    "  accessors.print(args.ret, args.errno);\n"
                    "});");
    fixture_after(f, 1000, six, 42);
    assert_printed(f, "42 0");
    fixture_after(f, 1000, six, -13);
    assert_printed(f, "-1 13");
    fixture_after(f, 1000, six, -4096);
    assert_printed(f, "-4096 0");
}

static void what_a_hook_writes_into_args_is_lost(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  accessors.print(args.arg0, args.mine, ' ');\n"
                    "  args.arg0 = 77; args.mine = 1;\n"
                    "});");
    fixture_before(f, 1000, six);
    fixture_before(f, 1000, six);
    assert_printed(f, "1 undefined  1 undefined  ");
    assert_int_equal(f->call.args[0], 1);
}

static void registering_again_replaces(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {"
                    "  return {0: 5}; });"
                    "accessors.AddHookBefore(1000, function () {"
                    "  return {1: 6}; });");
    fixture_before(f, 1000, six);
    assert_int_equal(f->call.args[0], 1);
    assert_int_equal(f->call.args[1], 6);
}

static void a_hook_may_register_hooks(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  accessors.AddHookAfter(1000, function () {\n"
                    "    accessors.print('after'); });\n"
                    "});");
    fixture_before(f, 1000, six);
    fixture_after(f, 1000, six, 0);
    assert_printed(f, "after");
}

static void hooks_may_stand_before_their_functions(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "hooks.AddCbBefore(1000, late);\n"
                    "function late() { return {0: 9}; }");
    fixture_before(f, 1000, six);
    assert_int_equal(f->call.args[0], 9);
}

static void globals_and_glb_are_shared_by_all_hooks(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "persistence.glb.n = 1;");
    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  implicit = 7; persistence.glb.n++; });\n"
                    "accessors.AddHookAfter(1001, function () {\n"
                    "  accessors.print(implicit, persistence.glb.n); });");
    fixture_before(f, 1000, six);
    fixture_after(f, 1001, six, 0);
    assert_printed(f, "7 2");
}

static void replacing_glb_does_not_stick(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "persistence.glb.n = 1;"
                    "accessors.AddHookBefore(1000, function () {\n"
                    "  accessors.print(persistence.glb.n);\n"
                    "  persistence.glb = {n: 9}; persistence = 5; });");
    fixture_before(f, 1000, six);
    fixture_before(f, 1000, six);
    assert_printed(f, "11");
}

static void local_belongs_to_the_task(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "Array.prototype[2] = {n: 50};"
                    "accessors.AddHookBefore(1000, function () {\n"
                    "  var l = persistence.local;\n"
                    "  l.n = (l.n || 0) + 1; accessors.print(l.n); });");
    fixture_before(f, 1000, six);
    fixture_before(f, 1000, six);
    f->task.key = 2;
    f->task.note = (struct task_note){0};
    fixture_before(f, 1000, six);
    assert_printed(f, "121");
}

static void an_error_tells_hook_file_and_line(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore('openat', function () {\n"
                    "  var x;\n"
                    "  x.y;\n"
                    "});");
    fixture_before(f, 257, six);
    assert_hook_error(f, "microvm-hook: hook error: before openat "
                         "(test.js:3): TypeError: ");
    assert_int_equal(engine_hook_errors(f->engine), 1);
}

static void an_accessors_error_tells_the_line_that_called_it(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "\n"
                    "  accessors.readBytes(0, 5);\n"
                    "});");
    fixture_before(f, 1000, six);
    assert_hook_error(f, "before call 1000 (test.js:3): Error: bad address");
}

static void guest_text_in_errors_is_escaped(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  throw new Error('a\\n\\u001b[31mred'); });");
    fixture_before(f, 1000, six);
    assert_hook_error(f, "a\\x0a\\x1b[31mred");
}

static void anything_may_be_thrown(void **state)
{
    static const char *const values[] = {
        "1",
        "null",
        "undefined",
        "'text'",
        "{}",
        "Object.create(null)",
        "{toString: function () { throw 1; }}",
        "{toString: function () { for (;;) {} }}"};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
        char script[256];

        snprintf(script, sizeof(script),
                 "accessors.AddHookBefore(1000, function () { throw %s; });",
                 values[i]);
        fixture_load(f, script);
        fixture_before(f, 1000, six);
        assert_false(f->answered);
        assert_hook_error(f, "hook error");
    }
}

static void an_endless_hook_is_stopped(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  for (;;) { try { for (;;) {} } catch (e) {} } });");
    fixture_before(f, 1000, six);
    assert_hook_error(f, "timeout");
    /* And the next one has its own time. */
    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  return {0: 3}; });");
    fixture_before(f, 1000, six);
    assert_int_equal(f->call.args[0], 3);
}

static void sleep_long(int sig)
{
    (void)sig;
    usleep(800000);
}

/* As where others have the processor. The limit is 300 ms. */
static void time_in_which_a_hook_does_not_run_does_not_count(void **state)
{
    const struct itimerval soon = {.it_value = {.tv_usec = 30000}};
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  for (var t = Date.now(); Date.now() < t + 600;) {}\n"
                    "  for (var i = 0; i < 400000; i++) {}\n"
                    "  return {0: 3}; });");
    signal(SIGALRM, sleep_long);
    setitimer(ITIMER_REAL, &soon, NULL);
    fixture_before(f, 1000, six);
    signal(SIGALRM, SIG_DFL);
    assert_int_equal(engine_hook_errors(f->engine), 0);
    assert_int_equal(f->call.args[0], 3);
}

static void a_hook_that_exhausts_the_heap_fails_alone(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  var all = [];\n"
                    "  for (;;) { all.push(new Array(1000).join('x') +\n"
                    "                      all.length); } });");
    fixture_before(f, 1000, six);
    assert_hook_error(f, "hook error");
    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  return {0: 3}; });");
    fixture_before(f, 1000, six);
    assert_int_equal(f->call.args[0], 3);
}

static void endless_recursion_is_a_hook_error(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "function r() { return r() + 1; }\n"
                    "accessors.AddHookBefore(1000, r);");
    fixture_before(f, 1000, six);
    assert_hook_error(f, "hook error");
    fixture_before(f, 1000, six);
    assert_int_equal(engine_hook_errors(f->engine), 2);
}

static void native_loops_are_stopped(void **state)
{
    static const char *const loops[] = {
        "var a = []; a.length = 2e9; try { a.join(''); } catch (e) {}",
        "[].forEach.call({length: 2e9}, function () {});",
        "[].indexOf.call({length: 2e9}, 1);",
        "var s = 'x'; for (var i = 0; i < 18; i++) s += s;"
        "for (;;) s.replace(/x/g, 'y');",
        "Object.defineProperty(this, 'big', {get: function () {"
        "  for (;;) {} }}); JSON.stringify([this]);"};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(loops); i++) {
        char script[512];

        snprintf(script, sizeof(script),
                 "accessors.AddHookBefore(1000, function () { %s for (;;) {}"
                 " });",
                 loops[i]);
        fixture_load(f, script);
        fixture_before(f, 1000, six);
        assert_hook_error(f, "execution timeout");
    }
    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  return {0: 3}; });");
    fixture_before(f, 1000, six);
    assert_int_equal(f->call.args[0], 3);
}

static void a_regular_expression_that_explodes_is_a_hook_error(void **state)
{
    struct fixture *f = *state;
    time_t start = time(NULL);

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  /^(a+)+$/.test(new Array(60).join('a') + 'b'); });");
    fixture_before(f, 1000, six);
    /* Whichever limit comes first; Duktape's own is half a minute away. */
    assert_hook_error(f, "RangeError: ");
    assert_true(time(NULL) - start < 8);
}

static void a_hook_that_replaced_itself_is_reported(void **state)
{
    struct fixture *f = *state;

    fixture_load(f, "accessors.AddHookBefore(1000, (function () {\n"
                    "  return function () {\n"
                    "    accessors.AddHookBefore(1000, function () {});\n"
                    "    Duktape.gc();\n"
                    "    return {7: 1}; }; })());");
    fixture_before(f, 1000, six);
    assert_hook_error(f, "before call 1000 (test.js): RangeError: invalid");
}

static void a_hook_whose_properties_throw_is_reported(void **state)
{
    static const char *const getters[] = {"throw 1", "for (;;) {}"};
    struct fixture *f = *state;

    for (size_t i = 0; i < ARRAY_SIZE(getters); i++) {
        char script[256];

        snprintf(script, sizeof(script),
                 "function bad() { return {7: 1}; }\n"
                 "Object.defineProperty(bad, 'fileName', {get: function () {"
                 "  %s; }});\n"
                 "accessors.AddHookBefore(1000, bad);",
                 getters[i]);
        fixture_load(f, script);
        fixture_before(f, 1000, six);
        assert_hook_error(f, "(unknown place): RangeError: invalid index");
    }
}

static void what_hooks_print_survives_the_programs_close(void **state)
{
    struct fixture *f = *state;
    int keep = dup(f->print_fd);

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  accessors.print('still here'); });");
    close(f->print_fd);
    fixture_before(f, 1000, six);
    assert_int_equal(dup2(keep, f->print_fd), f->print_fd);
    close(keep);
    assert_printed(f, "still here");
}

static void a_script_with_an_error_is_refused_with_its_line(void **state)
{
    fixture_load_fails(*state, "var a = 1;\nvar b = ;\n", "test.js:2");
    fixture_load_fails(*state, "\n\nnosuch();\n", "test.js:3");
    fixture_load_fails(*state, "\n\nnosuch();\n", "nosuch");
    fixture_load_fails(*state, "for (;;) {}", "timeout");
    fixture_load_fails(*state, "throw 'x'", "x");
}

static void modern_syntax_gets_a_hint(void **state)
{
    struct fixture *f = *state;
    struct diag d = {0};
    const char *script = "var f = () => 1;";

    assert_true(
        engine_load_source(f->engine, script, strlen(script), "m.js", &d) < 0);
    assert_non_null(strstr(d.text, "m.js:1"));
    assert_non_null(strstr(d.hint, "ECMAScript 5.1"));
}

static void a_directory_is_loaded_in_the_order_of_names(void **state)
{
    static const char *const names[] = {"b.js", "a.js", "c.txt", ".h.js",
                                        "B.js"};
    struct fixture *f = *state;
    char dir[] = "/tmp/test_engine.XXXXXX";
    struct diag d = {0};
    char path[64];

    assert_non_null(mkdtemp(dir));
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        FILE *file;

        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        file = fopen(path, "w");
        assert_non_null(file);
        fprintf(file, "accessors.print('%s ')", names[i]);
        fclose(file);
    }
    assert_int_equal(engine_load_path(f->engine, dir, &d), 0);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
        unlink(path);
    }
    assert_int_equal(engine_load_path(f->engine, dir, &d), -ENOENT);
    rmdir(dir);
    assert_printed(f, "B.js a.js b.js ");
    d = (struct diag){0};
    assert_int_equal(engine_load_path(f->engine, dir, &d), -ENOENT);
    assert_non_null(strstr(d.text, dir));
}

int main(void)
{
#define TEST(f_)                                                               \
    cmocka_unit_test_setup_teardown(f_, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_call_without_hooks_has_no_bits),
        TEST(a_hook_gets_six_signed_numbers_and_args),
        TEST(an_after_hook_sees_result_and_errno),
        TEST(what_a_hook_writes_into_args_is_lost),
        TEST(registering_again_replaces),
        TEST(a_hook_may_register_hooks),
        TEST(hooks_may_stand_before_their_functions),
        TEST(globals_and_glb_are_shared_by_all_hooks),
        TEST(replacing_glb_does_not_stick),
        TEST(local_belongs_to_the_task),
        TEST(an_error_tells_hook_file_and_line),
        TEST(an_accessors_error_tells_the_line_that_called_it),
        TEST(guest_text_in_errors_is_escaped),
        TEST(anything_may_be_thrown),
        TEST(an_endless_hook_is_stopped),
        TEST(time_in_which_a_hook_does_not_run_does_not_count),
        TEST(a_hook_that_exhausts_the_heap_fails_alone),
        TEST(endless_recursion_is_a_hook_error),
        TEST(native_loops_are_stopped),
        TEST(a_regular_expression_that_explodes_is_a_hook_error),
        TEST(a_hook_that_replaced_itself_is_reported),
        TEST(a_hook_whose_properties_throw_is_reported),
        TEST(what_hooks_print_survives_the_programs_close),
        TEST(a_script_with_an_error_is_refused_with_its_line),
        TEST(modern_syntax_gets_a_hint),
        TEST(a_directory_is_loaded_in_the_order_of_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
