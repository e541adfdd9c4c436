/* test_engine.c: loading, limits, errors, what hooks see, persistence. */
#include "tests/support/hook_fixture.h"

#include "jsengine/region.h"

#include <errno.h>
#include <sys/stat.h>
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

    fixture_load(f, "accessors.AddHookBefore(1000, function () {\n"
                    "  var l = persistence.local;\n"
                    "  l.n = (l.n || 0) + 1; accessors.print(l.n); });");
    fixture_before(f, 1000, six);
    fixture_before(f, 1000, six);
    f->task.key = 2;
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

static void the_region_joins_what_is_freed(void **state)
{
    struct region *r = region_create(MIB);
    void *blocks[500];
    size_t count = 0, used;

    (void)state;
    assert_non_null(r);
    used = region_used(r);
    while (count < ARRAY_SIZE(blocks) &&
           (blocks[count] = region_alloc(r, 1 + count * 7 % 5000)) != NULL) {
        memset(blocks[count], (int)count, 1 + count * 7 % 5000);
        count++;
    }
    for (size_t i = 0; i < count; i += 2)
        region_free(r, blocks[i]);
    for (size_t i = 1; i < count; i += 2) {
        size_t size = 1 + i * 7 % 5000;

        for (size_t k = 0; k < size; k += 97)
            assert_int_equal(((uint8_t *)blocks[i])[k], (uint8_t)i);
        region_free(r, blocks[i]);
    }
    assert_int_equal(region_used(r), used);
    /* In one piece again. */
    blocks[0] = region_alloc(r, MIB - 4096);
    assert_non_null(blocks[0]);
    assert_null(region_alloc(r, 8192));
    region_destroy(r);
}

static void the_region_keeps_contents_when_it_moves_them(void **state)
{
    struct region *r = region_create(MIB);
    uint8_t *a = region_alloc(r, 100), *wall = region_alloc(r, 100);

    (void)state;
    for (int i = 0; i < 100; i++)
        a[i] = (uint8_t)i;
    assert_non_null(wall);
    a = region_realloc(r, a, 5000);
    assert_non_null(a);
    for (int i = 0; i < 100; i++)
        assert_int_equal(a[i], i);
    assert_int_equal((uintptr_t)a % 16, 0);
    a = region_realloc(r, a, 50);
    for (int i = 0; i < 50; i++)
        assert_int_equal(a[i], i);
    assert_null(region_realloc(r, a, 2 * MIB));
    assert_null(region_realloc(r, a, SIZE_MAX));
    assert_int_equal(a[49], 49);
    region_destroy(r);
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
        TEST(a_hook_that_exhausts_the_heap_fails_alone),
        TEST(endless_recursion_is_a_hook_error),
        TEST(a_script_with_an_error_is_refused_with_its_line),
        TEST(modern_syntax_gets_a_hint),
        TEST(a_directory_is_loaded_in_the_order_of_names),
        cmocka_unit_test(the_region_joins_what_is_freed),
        cmocka_unit_test(the_region_keeps_contents_when_it_moves_them),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
