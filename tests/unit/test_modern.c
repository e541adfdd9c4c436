/* test_modern.c: which newer JavaScript a line has that does not parse. */
#include "tests/support/hook_fixture.h"

#include "jsengine/modern.h"

/* Lines that Duktape refuses, and the word that their hint must have. */
static const struct {
    const char *line;
    const char *what;
} modern[] = {
    {"let x = 1;", "let"},
    {"for (let i = 0; i < 3; i++) {}", "let"},
    {"if (1) { let [a] = [1]; }", "let"},
    {"var f = x => x + 1;", "arrow"},
    {"var f = (a, b) => { return a; };", "arrow"},
    {"[1].map(() => 2);", "arrow"},
    {"class A { m() {} }", "class"},
    {"class A extends B {", "class"},
    {"var C = class {};", "class"},
    {"var s = `a${1}`;", "template"},
    {"f(...[1, 2]);", "spread"},
    {"function f(...rest) {}", "spread"},
    {"var a = [...b];", "spread"},
    {"var {a, b} = c;", "destructuring"},
    {"const [a, b] = c;", "destructuring"},
    {"[v, v] = [1, 2];", "destructuring"},
    {"for (var x of [1, 2]) {}", "for ... of"},
    {"function f(a = 1) {}", "default"},
    {"function* g() {}", "generator"},
    {"async function f() {}", "async"},
    {"var f = async () => 1;", "async"},
    {"var x = a?.b;", "optional chaining"},
    {"var x = f?.();", "optional chaining"},
    {"var x = a ?? b;", "??"},
    {"a ?\?= 1;", "logical assignment"},
    {"a ||= 1;", "logical assignment"},
    {"try { f(); } catch { g(); }", "catch"},
    {"var n = 10n;", "BigInt"},
    {"var n = 0xffn;", "BigInt"},
    {"var n = 1_000;", "separator"},
    {"import {x} from \"y\";", "module"},
    {"import \"y\";", "module"},
    {"export function f() {}", "module"},
};

static void newer_constructs_are_recognized(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(modern); i++) {
        const char *what =
            modern_construct(modern[i].line, strlen(modern[i].line));

        if (!what || !strstr(what, modern[i].what))
            fail_msg("\"%s\": %s", modern[i].line, what ? what : "nothing");
    }
}

/* Load (line), which must fail; (where), (what): place and message. */
static void load_line(struct fixture *f, const char *line, char where[64],
                      char what[256])
{
    struct diag d = {0};
    char *colon;

    assert_true(
        engine_load_source(f->engine, line, strlen(line), "test.js", &d) < 0);
    colon = strstr(d.text, ": ");
    assert_non_null(colon);
    snprintf(where, 64, "%.*s", (int)(colon - d.text), d.text);
    snprintf(what, 256, "%s", colon + 2);
}

/* Else the hint would be wrong: the error lies somewhere else. */
static void they_are_what_the_engine_refuses_at_that_line(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(modern); i++) {
        char source[256], where[64], what[256], hint[256];

        snprintf(source, sizeof(source), "var v;\n%s\nv = 1;", modern[i].line);
        load_line(*state, source, where, what);
        if (!modern_hint(hint, sizeof(hint), source, strlen(source), where,
                         what))
            fail_msg("\"%s\": %s: %s", modern[i].line, where, what);
        assert_non_null(strstr(hint, "line 2"));
    }
}

static void text_and_comments_and_es5_are_not_newer(void **state)
{
    static const char *const old[] = {
        "var x = 1 // let y = 2",
        "var s = 'a => b', t = \"`${x}`\"",
        "/* class A { } */ var x",
        "var s = 'it\\'s => here'",
        "x.class = 1; x.let = 2; a.await (b)",
        "var letter = 1; outlet = 2",
        "x = a ? .5 : 1",
        "x >= y; x == y; a || b",
        "for (var k in o) { }",
        "function f(a, b) { return a == b; }",
        "try { } catch (e) { }",
        "const LIMIT = 10, n = 0xff",
        "var o = {a: 1, 'b': [c, d]}",
        "f([a, b], c)",
        "",
        "}}",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(old); i++)
        if (modern_construct(old[i], strlen(old[i])))
            fail_msg("\"%s\": %s", old[i],
                     modern_construct(old[i], strlen(old[i])));
}

static void what_does_not_end_in_the_line_ends_with_it(void **state)
{
    (void)state;
    assert_null(modern_construct("x = 'a => ", 10));
    assert_null(modern_construct("x = 'a\\", 7));
    assert_null(modern_construct("/* x => ", 8));
    assert_null(modern_construct("/", 1));
    assert_non_null(modern_construct("x => 'a", 7));
}

static void the_hint_names_line_and_construct(void **state)
{
    static const char source[] = "var a;\nvar f = x => 1;\nvar b;";
    char hint[256] = "";

    (void)state;
    assert_true(modern_hint(hint, sizeof(hint), source, sizeof(source) - 1,
                            "dir:x/a.js:2", "SyntaxError: x"));
    assert_non_null(strstr(hint, "line 2 has an arrow function"));
    assert_non_null(strstr(hint, "build-hooks"));
    assert_false(modern_hint(hint, sizeof(hint), source, sizeof(source) - 1,
                             "a.js:1", "SyntaxError: x"));
    assert_false(modern_hint(hint, sizeof(hint), source, sizeof(source) - 1,
                             "a.js:9", "SyntaxError: x"));
    assert_false(modern_hint(hint, sizeof(hint), source, sizeof(source) - 1,
                             "a.js", "SyntaxError: x"));
    assert_false(modern_hint(hint, sizeof(hint), source, sizeof(source) - 1,
                             "a.js:-2", "SyntaxError: x"));
}

static void a_script_that_does_not_parse_gets_the_hint(void **state)
{
    static const char source[] = "var a;\nvar f = (x) => x;";
    struct fixture *f = *state;
    struct diag d = {0};

    assert_true(engine_load_source(f->engine, source, sizeof(source) - 1,
                                   "a.js", &d) < 0);
    assert_non_null(strstr(d.hint, "line 2 has an arrow function"));
    d = (struct diag){0};
    assert_true(engine_load_source(f->engine, "var = 5;", 8, "a.js", &d) < 0);
    assert_non_null(strstr(d.hint, "ECMAScript 5.1: no let"));
}

static void a_long_line_is_looked_at_from_its_beginning(void **state)
{
    char line[8192];

    (void)state;
    memset(line, ' ', sizeof(line));
    for (size_t i = 0; i < 5; i++)
        line[i] = "let x"[i];
    assert_non_null(modern_construct(line, sizeof(line)));
    memset(line, '\0', sizeof(line));
    assert_null(modern_construct(line, sizeof(line)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(newer_constructs_are_recognized),
        cmocka_unit_test_setup_teardown(
            they_are_what_the_engine_refuses_at_that_line, fixture_setup,
            fixture_teardown),
        cmocka_unit_test(text_and_comments_and_es5_are_not_newer),
        cmocka_unit_test(what_does_not_end_in_the_line_ends_with_it),
        cmocka_unit_test(the_hint_names_line_and_construct),
        cmocka_unit_test_setup_teardown(
            a_script_that_does_not_parse_gets_the_hint, fixture_setup,
            fixture_teardown),
        cmocka_unit_test(a_long_line_is_looked_at_from_its_beginning),
    };

    return cmocka_run_group_tests_name("modern", tests, NULL, NULL);
}
