/* test_source.c: functions found in the text of their script. */
#include "jsengine/source.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static bool find(const char *script, const char *name, unsigned params,
                 unsigned first, unsigned last, struct source_function *f)
{
    const struct source_key key = {name, strlen(name), params, first, last};

    return source_find(script, strlen(script), &key, f);
}

static void assert_span(struct source_span span, const char *text)
{
    if (span.size != strlen(text) || memcmp(span.text, text, span.size) != 0)
        fail_msg("\"%.*s\" is not \"%s\"", (int)span.size, span.text, text);
}

/* The function of (name) with (params) at (line) has the text (text). */
static void assert_found(const char *script, const char *name, unsigned params,
                         unsigned line, const char *text)
{
    struct source_function f;

    if (!find(script, name, params, line, line, &f))
        fail_msg("%s at line %u is not found in: %s", name, line, script);
    assert_span(f.text, text);
    assert_span(f.name, name);
}

static void s30_name_and_parameters_are_cut_out_of_the_text(void **state)
{
    struct source_function f;

    (void)state;
    assert_true(find("function cb() {}", "cb", 0, 1, 1, &f));
    assert_span(f.name, "cb");
    assert_int_equal(f.params, 0);
    assert_int_equal(source_param(&f, 0).size, 0);
    assert_true(
        find("x();function  cb\t( _ ,\n count ) { }", "cb", 2, 2, 2, &f));
    assert_span(f.text, "function  cb\t( _ ,\n count ) { }");
    assert_span(source_param(&f, 0), "_");
    assert_span(source_param(&f, 1), "count");
    assert_int_equal(source_param(&f, 2).size, 0);
    assert_int_equal(f.first_line, 1);
    assert_int_equal(f.last_line, 2);
}

static void comments_among_parameters_are_no_parameters(void **state)
{
    struct source_function f;

    (void)state;
    assert_true(
        find("function f(a /*, b */, c // ) {\n) {}", "f", 2, 1, 1, &f));
    assert_span(source_param(&f, 0), "a");
    assert_span(source_param(&f, 1), "c");
}

static void an_anonymous_function_has_no_name(void **state)
{
    (void)state;
    assert_found("add(1, function (a) { return a; });", "", 1, 1,
                 "function (a) { return a; }");
    assert_found("var f = function(){};", "", 0, 1, "function(){}");
}

static void brackets_in_literals_and_comments_do_not_count(void **state)
{
    static const char *const bodies[] = {
        "return '}';",
        "return \"\\\"}\";",
        "return '\\\\'; // }\n",
        "/* } */",
        "return /}/;",
        "return /[/}]\\/}/g;",
        "if (a) /}/.test(b);",
        "x = a / 2; y = '}' / 3;",
        "x = a[1] / b; y = (1) / 2; // /}\n",
        "x = i++ / 2; y = '}/';",
        "x = a.return / 2; y = '}/';",
        "x = [1, /}/]; y = {a: /{/};",
        "switch (a) { case /}/: break; }",
        "a = typeof /}/;",
        "{ } /}/.test(a);",
        "return 'two\\\nlines }';",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++) {
        char script[256], text[128];

        snprintf(text, sizeof(text), "function f(a, b) { %s }", bodies[i]);
        snprintf(script, sizeof(script), "g(); %s; h({});", text);
        assert_found(script, "f", 2, 1, text);
    }
}

static void the_word_may_be_part_of_something_else(void **state)
{
    static const char script[] = "var functional = {function: {}}; a.function;"
                                 "my_function(1); 'function f(){}';"
                                 "/* function f(){} */ function f(){ }";

    (void)state;
    assert_found(script, "f", 0, 1, "function f(){ }");
}

static void functions_are_told_apart(void **state)
{
    static const char script[] = "function f(a) { return 1; }\n"
                                 "function f(a, b) { return 2; }\n"
                                 "function g(a) {\n"
                                 "    return function f(a) {\n"
                                 "        return 3;\n"
                                 "    };\n"
                                 "}\n";

    (void)state;
    assert_found(script, "f", 1, 1, "function f(a) { return 1; }");
    assert_found(script, "f", 2, 2, "function f(a, b) { return 2; }");
    assert_found(script, "f", 1, 5,
                 "function f(a) {\n        return 3;\n    }");
}

static void the_innermost_around_all_lines_is_taken(void **state)
{
    static const char script[] = "add(1, function () {\n"
                                 "    list.forEach(function () { n++; });\n"
                                 "});\n";
    struct source_function f;

    (void)state;
    assert_found(script, "", 0, 2, "function () { n++; }");
    assert_true(find(script, "", 0, 2, 3, &f));
    assert_int_equal(f.first_line, 1);
    assert_int_equal(f.last_line, 3);
}

static void lines_end_as_the_language_says(void **state)
{
    (void)state;
    assert_found("\r\n\r\xe2\x80\xa8\xe2\x80\xa9\nfunction f(){}", "f", 0, 6,
                 "function f(){}");
}

static void what_has_no_keyword_is_not_found(void **state)
{
    struct source_function f;

    (void)state;
    assert_false(find("var o = {get x() { return 1; }};", "x", 0, 1, 1, &f));
    assert_false(find("var o = {m(a) { return 1; }};", "m", 1, 1, 1, &f));
    assert_false(find("", "f", 0, 1, 1, &f));
    assert_false(find("function f() {}", "f", 0, 2, 2, &f));
}

static void what_is_cut_off_is_not_found(void **state)
{
    static const char script[] = "function f(a) { return /a/ + 'b' /* c */; }";
    struct source_function f;

    (void)state;
    for (size_t n = 0; n + 1 < sizeof(script); n++) {
        char *cut = strndup(script, n);

        assert_non_null(cut);
        assert_false(find(cut, "f", 1, 1, 1, &f));
        free(cut);
    }
    assert_true(find(script, "f", 1, 1, 1, &f));
}

static void nesting_has_a_limit(void **state)
{
    char script[2 * 256 + 32];
    struct source_function f;

    (void)state;
    memset(script, '(', 256);
    memset(script + 256, ')', 256);
    strcpy(script + 512, "function f(){}");
    assert_true(find(script, "f", 0, 1, 1, &f));
    memset(script, '(', 257);
    memset(script + 257, ')', 257);
    strcpy(script + 514, "function f(){}");
    assert_false(find(script, "f", 0, 1, 1, &f));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(s30_name_and_parameters_are_cut_out_of_the_text),
        cmocka_unit_test(comments_among_parameters_are_no_parameters),
        cmocka_unit_test(an_anonymous_function_has_no_name),
        cmocka_unit_test(brackets_in_literals_and_comments_do_not_count),
        cmocka_unit_test(the_word_may_be_part_of_something_else),
        cmocka_unit_test(functions_are_told_apart),
        cmocka_unit_test(the_innermost_around_all_lines_is_taken),
        cmocka_unit_test(lines_end_as_the_language_says),
        cmocka_unit_test(what_has_no_keyword_is_not_found),
        cmocka_unit_test(what_is_cut_off_is_not_found),
        cmocka_unit_test(nesting_has_a_limit),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
