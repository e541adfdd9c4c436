/* test_world.c: what happens to the world while programs run: scripts, lists,
 * removals; modules; and how it is made anew. */
#include "tests/support/hook_fixture.h"

#include "jsengine/journal.h"
#include "vmm/util.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Run (source), which must end as (rc) says, with (text). */
static void eval(struct fixture *f, const char *source, int rc,
                 const char *text)
{
    char *out = NULL;

    assert_int_equal(engine_eval(f->engine, source, strlen(source), &out), rc);
    assert_non_null(out);
    if (rc == 0)
        assert_string_equal(out, text);
    else if (!strstr(out, text))
        fail_msg("\"%s\" does not say \"%s\"", out, text);
    free(out);
}

static void assert_printed(struct fixture *f, const char *text)
{
    char *printed = fixture_printed(f);

    assert_string_equal(printed, text);
    free(printed);
}

static void a_script_answers_with_its_completion(void **state)
{
    struct fixture *f = *state;

    eval(f, "1+1", 0, "2");
    eval(f, "({a: [1, 'x']})", 0, "{\"a\":[1,\"x\"]}");
    eval(f, "'h\\u00e9'", 0, "\"h\xc3\xa9\"");
    eval(f, "var x = 5;", 0, "{}");
    eval(f, "null", 0, "{}");
    eval(f, "x", 0, "5");
    eval(f, "(function () {})", 0, "null");
    eval(f, "accessors.AddHookBefore(1000, function () {})", 0, "{}");
    eval(f, "typeof args + typeof persistence.local", 0,
         "\"undefinedundefined\"");
}

static void a_script_that_fails_says_why(void **state)
{
    struct fixture *f = *state;

    eval(f, "throw new Error('a \"q\"\\n')", -EINVAL, "a \"q\"\\x0a");
    eval(f, "var y = 1;\nvar z = ;", -EINVAL, "SyntaxError");
    eval(f, "typeof y", 0, "\"undefined\"");
    eval(f, "accessors.readBytes(1, 1)", -EINVAL, "only hooks");
    eval(f, "for (;;) ;", -EINVAL, "timeout");
    eval(f, "nobody", -EINVAL, "ReferenceError");
}

/* What was listed, a line a hook. */
static void note(void *ctx, const struct engine_hook_info *info)
{
    char *text = ctx;
    size_t n = strlen(text);

    n += (size_t)sprintf(text + n, "%u %s %s(", info->key.sysno,
                         info->key.after ? "after" : "before",
                         info->entry_point);
    for (size_t i = 0; i < info->args_count; i++)
        n += (size_t)sprintf(text + n, "%s%s", i ? "," : "", info->args[i]);
    sprintf(text + n, ") %s | %s\n", info->body,
            info->source == info->body ? "" : info->source);
}

static void assert_listed(struct fixture *f, const char *expected)
{
    char text[4096] = "";

    assert_int_equal(engine_list_hooks(f->engine, note, text), 0);
    assert_string_equal(text, expected);
}

static void hooks_are_listed_with_their_texts(void **state)
{
    struct fixture *f = *state;
    struct engine_sockets sockets;
    struct diag d = {0};
    static const char config[] =
        "{\"hooks\": [{\"sysno\": 3, \"type\": \"after\", \"entry-point\": "
        "\"g\", \"source\": \"var n; function g(q) { n++; }\"}]}";

    fixture_load(f, "function cb() { return; }\n"
                    "accessors.AddHookAfter(39, function (_, count) {\n"
                    "  var s = '}';\n"
                    "});\n"
                    "accessors.AddHookBefore(1, cb);\n"
                    "accessors.on('before', [2, 5], cb);\n"
                    "accessors.on('exit', cb);\n"
                    "accessors.AddHookBefore(9, accessors.fail);");
    assert_int_equal(engine_load_config_text(f->engine, config, strlen(config),
                                             "c.json", &sockets, &d),
                     0);
    assert_listed(
        f, "1 before cb() function cb() { return; } | \n"
           "2 before cb() function cb() { return; } | \n"
           "5 before cb() function cb() { return; } | \n"
           "9 before unknown() unknown | \n"
           "39 after (_,count) function (_, count) {\n  var s = '}';\n} | \n"
           "3 after g(q) function g(q) { n++; } | "
           "var n; function g(q) { n++; }\n");
}

static void hooks_are_removed_all_or_none(void **state)
{
    struct fixture *f = *state;
    const struct engine_hook_key missing[] = {{1, false}, {22, false}};
    const struct engine_hook_key there[] = {{22, true}, {1, false}};
    size_t which = 9;

    fixture_load(f, "function f() {}\n"
                    "accessors.AddHookBefore(1, f);"
                    "accessors.AddHookAfter(22, f);"
                    "accessors.on('before', [1, 2], f);");
    assert_int_equal(engine_remove_hooks(f->engine, missing, 2, &which),
                     -ENOENT);
    assert_int_equal(which, 1);
    assert_listed(f, "1 before f() function f() {} | \n"
                     "1 before f() function f() {} | \n"
                     "2 before f() function f() {} | \n"
                     "22 after f() function f() {} | \n");
    assert_int_equal(engine_remove_hooks(f->engine, there, 2, &which), 0);
    assert_listed(f, "2 before f() function f() {} | \n");
    assert_int_equal(engine_hooks(f->engine).hooked[1], 0);
    assert_int_equal(engine_remove_all(f->engine), 0);
    assert_listed(f, "");
    assert_int_equal(engine_hooks(f->engine).hooked[2], 0);
}

/* A process that dies in the middle of a hook. */
static void die_in_a_hook(struct fixture *f)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        fixture_before(f, 1000, NULL);
        _exit(1);
    }
    usleep(50000);
    kill(pid, SIGKILL);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status));
}

static void a_world_left_half_done_is_made_anew(void **state)
{
    struct fixture *f = *state;
    char *printed;

    fixture_load(f, "persistence.glb.n = 1;\n"
                    "accessors.AddHookBefore(1000, function () {"
                    "  for (;;) ; });\n"
                    "accessors.AddHookBefore(1001, function () {"
                    "  accessors.print(persistence.glb.n, typeof x); });"
                    "accessors.AddHookBefore(1002, function () {});");
    eval(f, "var x = persistence.glb.n = 7;", 0, "{}");
    eval(f,
         "accessors.AddHookAfter(1003, function () {"
         "  persistence.glb.n = 99; });",
         0, "{}");
    fixture_after(f, 1003, NULL, 0);
    assert_int_equal(engine_remove_hooks(f->engine,
                                         &(struct engine_hook_key){1002, false},
                                         1, &(size_t){0}),
                     0);
    die_in_a_hook(f);
    /* Scripts that came later are part of it, what hooks did is not. */
    fixture_before(f, 1001, NULL);
    printed = fixture_printed(f);
    assert_non_null(strstr(printed, "was made anew"));
    assert_non_null(strstr(printed, "7 number"));
    free(printed);
    assert_int_equal(engine_hooks(f->engine).hooked[1002], 0);
    assert_int_equal(engine_hooks(f->engine).hooked[1003], HOOKED_AFTER);
    die_in_a_hook(f);
    eval(f, "persistence.glb.n", 0, "7");
}

static void modules_are_found_beside_the_script(void **state)
{
    struct fixture *f = *state;
    char dir[] = "/tmp/modules-XXXXXX", file[64], *printed;
    struct diag d = {0};
    static const char *const files[][2] = {
        {"main.js", "var a = require('./lib/a'), b = require('./lib/a.js');\n"
                    "accessors.print(a === b, a.twice(4), a.b.name);"
                    "a.calls = 1;"
                    "accessors.AddHookBefore(1000, function () { for (;;) ; });"
                    "accessors.AddHookBefore(1001, function () {"
                    "  accessors.print(require('./lib/a').calls); });"},
        {"lib/a.js", "exports.twice = function (n) { return 2 * n; };"
                     "exports.b = require('../b'); // no newline at the end"},
        {"b.js", "module.exports = {name: 'b', seen: require('./lib/a')};"},
        {"bad.js", "require('./lib/none');"},
        {"broken.js", "require('./lib/syntax');"},
        {"lib/syntax.js", "\nvar = 5;"},
    };

    assert_non_null(mkdtemp(dir));
    snprintf(file, sizeof(file), "%s/lib", dir);
    assert_int_equal(mkdir(file, 0700), 0);
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        FILE *out;

        snprintf(file, sizeof(file), "%s/%s", dir, files[i][0]);
        out = fopen(file, "w");
        assert_non_null(out);
        fputs(files[i][1], out);
        fclose(out);
    }
    snprintf(file, sizeof(file), "%s/main.js", dir);
    assert_int_equal(engine_load_path(f->engine, file, &d), 0);
    assert_printed(f, "true 8 b");
    snprintf(file, sizeof(file), "%s/bad.js", dir);
    assert_true(engine_load_path(f->engine, file, &d) < 0);
    assert_non_null(strstr(d.text, "cannot find module ./lib/none"));
    d = (struct diag){0};
    snprintf(file, sizeof(file), "%s/broken.js", dir);
    assert_true(engine_load_path(f->engine, file, &d) < 0);
    assert_non_null(strstr(d.text, "lib/syntax.js:2"));
    fixture_load_fails(f, "require('events')", "begins with ./");
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        snprintf(file, sizeof(file), "%s/%s", dir, files[i][0]);
        unlink(file);
    }
    snprintf(file, sizeof(file), "%s/lib", dir);
    rmdir(file);
    rmdir(dir);
    /* The files are gone; the world made anew has them from the journal. */
    die_in_a_hook(f);
    free(fixture_printed(f));
    fixture_before(f, 1001, NULL);
    printed = fixture_printed(f);
    assert_non_null(strstr(printed, "1"));
    free(printed);
}

static void hooks_are_chosen_by_filters(void **state)
{
    struct fixture *f = *state;
    gva_t path = fixture_text(f, 0, "/etc/passwd");
    const uint64_t open_etc[SYSCALL_ARGS] = {(uint64_t)-100, path, 0x40};
    const uint64_t open_null[SYSCALL_ARGS] = {(uint64_t)-100, 0, 0};

    fixture_load(
        f, "function say(text) { return function () {"
           "  accessors.print(text); }; }\n"
           "accessors.on('before', 'openat', {path: '/etc/'}, say('p'));"
           "accessors.on('before', 'openat', {path: '/usr'}, say('u'));"
           "accessors.on('before', 'openat', {fd: -100}, say('f'));"
           "accessors.on('before', 'openat', {mask: {arg: 2, bits: 0x40}},"
           "             say('m'));"
           "accessors.on('before', 'openat',"
           "             {mask: {arg: 2, bits: 0x40, value: 0}}, say('z'));"
           "accessors.on('before', 'openat', {every: 2}, say('2'));"
           "accessors.on('before', 'openat', {chance: 0}, say('c'));"
           "accessors.on('before', 'openat', {chance: 1}, say('C'));");
    fixture_before(f, 257, open_etc);
    assert_printed(f, "pfmC");
    fixture_before(f, 257, open_null);
    assert_printed(f, "fz2C");
}

static void the_same_seed_gives_the_same_calls(void **state)
{
    struct fixture *f = *state;
    char *first, *second;

    for (unsigned i = 0; i < 2; i++) {
        char **out = i ? &second : &first;

        fixture_load(f, "accessors.on('before', 1000, {chance: 0.5, seed: 7},"
                        "  function () { accessors.print('x'); });");
        for (unsigned n = 0; n < 40; n++) {
            fixture_before(f, 1000, NULL);
            fixture_load(f, "accessors.print('.')");
        }
        *out = fixture_printed(f);
        assert_int_equal(engine_remove_all(f->engine), 0);
    }
    assert_string_equal(first, second);
    assert_true(strlen(first) > 50 && strlen(first) < 70);
    free(first);
    free(second);
}

static void what_is_no_selector_or_option_is_an_error(void **state)
{
    static const char *const scripts[][2] = {
        {"accessors.on('whenever', 1, f)", "no event whenever"},
        {"accessors.on('before', f)", "no call is named"},
        {"accessors.on('before', 'nosuch', f)", "named nosuch"},
        {"accessors.on('before', [], f)", "no call is named"},
        {"accessors.on('before', [[[[[[[[[[1]]]]]]]]]], f)", "too deep"},
        {"accessors.on('before', 1, {oops: 1}, f)", "unknown option oops"},
        {"accessors.on('exit', {fd: 1}, f)", "option fd is for calls"},
        {"accessors.on('before', 1, {chance: 2}, f)", "from 0 to 1"},
        {"accessors.on('before', 1, {policy: 'maybe'}, f)", "policy"},
        {"accessors.on('before', 1, {mask: {arg: 9, bits: 1}}, f)", "mask.arg"},
        {"accessors.on('before', 1, {}, {}, f)", "too many"},
        {"accessors.on('before', 1, 5)", "not a function"},
        {"accessors.inject('read', {})", "nothing to inject"},
        {"accessors.inject('read', {errno: 'ENOSUCH'})", "errno"},
        {"accessors.fail('EWHAT')", "errno"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
        char script[256];

        snprintf(script, sizeof(script), "function f() {}\n%s", scripts[i][0]);
        fixture_load_fails(*state, script, scripts[i][1]);
    }
}

static void a_full_journal_refuses(void **state)
{
    struct journal *j = journal_create(4096);
    struct journal_entry entry;
    static char text[3000];
    size_t at = 0;

    (void)state;
    assert_non_null(j);
    assert_int_equal(journal_add(j, JOURNAL_SCRIPT, "a", text, sizeof(text)),
                     0);
    assert_int_equal(journal_add(j, JOURNAL_SCRIPT, "b", text, sizeof(text)),
                     -ENOSPC);
    assert_int_equal(journal_add(j, JOURNAL_MODULE, "c", "xyz", 3), 0);
    assert_true(journal_next(j, &at, &entry));
    assert_int_equal(entry.size, sizeof(text));
    assert_true(journal_next(j, &at, &entry));
    assert_string_equal(entry.name, "c");
    assert_memory_equal(entry.text, "xyz", 3);
    assert_false(journal_next(j, &at, &entry));
    assert_false(journal_find(j, JOURNAL_SCRIPT, "c", &entry));
    assert_true(journal_find(j, JOURNAL_MODULE, "c", &entry));
    journal_destroy(j);
}

#define TEST(name_)                                                            \
    cmocka_unit_test_setup_teardown(name_, fixture_setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_script_answers_with_its_completion),
        TEST(a_script_that_fails_says_why),
        TEST(hooks_are_listed_with_their_texts),
        TEST(hooks_are_removed_all_or_none),
        TEST(a_world_left_half_done_is_made_anew),
        TEST(modules_are_found_beside_the_script),
        TEST(hooks_are_chosen_by_filters),
        TEST(the_same_seed_gives_the_same_calls),
        TEST(what_is_no_selector_or_option_is_an_error),
        TEST(a_full_journal_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
