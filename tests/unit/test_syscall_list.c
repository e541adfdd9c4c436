/*
 * test_syscall_list.c: What --list-syscalls prints.
 */
#include "vmm/syscall.h"
#include "vmm/syscall_list.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LINUX_6_12_CALLS 375

static char *printed(void (*list)(FILE *out))
{
    char *text = NULL;
    size_t size;
    FILE *f = open_memstream(&text, &size);

    assert_non_null(f);
    list(f);
    assert_int_equal(fclose(f), 0);
    return text;
}

/* The line after (line), or NULL. Ends the line with NUL. */
static char *next_line(char *line)
{
    char *end = strchr(line, '\n');

    if (end == NULL)
        return NULL;
    *end = '\0';
    return end[1] != '\0' ? end + 1 : NULL;
}

/* --- text --- */

static void the_text_has_one_numbered_line_a_call(void **state)
{
    char *text = printed(syscall_list_text);
    char *line = text, *next;
    unsigned rows = 0, number;

    (void)state;
    for (; line != NULL; line = next) {
        char name[64];

        next = next_line(line);
        if (sscanf(line, "%4u  %63s", &number, name) != 2 || line[3] == ' ')
            continue;
        assert_int_equal(syscall_number(name), number);
        rows++;
    }
    assert_int_equal(rows, LINUX_6_12_CALLS);
    free(text);
}

static void the_columns_of_the_text_are_aligned(void **state)
{
    char *text = printed(syscall_list_text);
    char *line = text, *next = next_line(text);
    size_t column = (size_t)(strstr(line, "ARGUMENTS") - line);

    (void)state;
    for (line = next; line != NULL; line = next) {
        next = next_line(line);
        assert_true(strlen(line) > 42);
        if (line[3] != ' ') {
            assert_int_equal(line[column], '(');
            assert_int_equal(line[column - 1], ' ');
        } else {
            assert_int_equal(line[5], ' ');
            assert_non_null(strchr(line, '('));
        }
    }
    free(text);
}

static void the_text_tells_errno_and_reason_of_a_refusal(void **state)
{
    char *text = printed(syscall_list_text);
    char *line = strstr(text, "\n 101  ptrace");

    (void)state;
    assert_non_null(line);
    next_line(line + 1);
    assert_non_null(strstr(line, "refuse  EPERM"));
    assert_non_null(strstr(line, "# would let a program control threads"));
    free(text);
}

static void the_text_writes_counts_as_in_c(void **state)
{
    char *text = printed(syscall_list_text);

    (void)state;
    assert_non_null(
        strstr(text, "(fd: fd, buf: out buf[count], count: uint64)"));
    assert_non_null(strstr(text, "addr: out buf sockaddr[*addr_len]"));
    assert_non_null(strstr(text, "inp: inout struct fd_mask[n bits]"));
    free(text);
}

static void the_text_lists_variants_and_what_others_get(void **state)
{
    char *text = printed(syscall_list_text);

    (void)state;
    assert_non_null(strstr(text, "\n      TIOCGWINSZ              pass"));
    assert_non_null(
        strstr(text, "\n      TIOCSTI                 refuse  EPERM"));
    assert_non_null(
        strstr(text, "\n      (any other)             refuse  ENOTTY"));
    free(text);
}

/* --- JSON: RFC 8259, as far as it is used --- */

static const char *json_value(const char *s);

static const char *skip_space(const char *s)
{
    return s + strspn(s, " \t\r\n");
}

/* Each returns what is behind the value, or NULL where there is none. */
static const char *json_string(const char *s)
{
    if (*s++ != '"')
        return NULL;
    for (; *s != '"'; s++) {
        if ((unsigned char)*s < 0x20)
            return NULL;
        if (*s == '\\' && strchr("\"\\/bfnrtu", *++s) == NULL)
            return NULL;
    }
    return s + 1;
}

static const char *json_members(const char *s, char close, bool named)
{
    s = skip_space(s + 1);
    if (*s == close)
        return s + 1;
    for (;; s++) {
        s = skip_space(s);
        if (named) {
            s = json_string(s);
            if (s == NULL || *s++ != ':')
                return NULL;
        }
        s = json_value(s);
        if (s == NULL)
            return NULL;
        s = skip_space(s);
        if (*s == close)
            return s + 1;
        if (*s != ',')
            return NULL;
    }
}

static const char *json_value(const char *s)
{
    if (*s == '{')
        return json_members(s, '}', true);
    if (*s == '[')
        return json_members(s, ']', false);
    if (*s == '"')
        return json_string(s);
    if (strncmp(s, "null", 4) == 0)
        return s + 4;
    if (!isdigit((unsigned char)*s))
        return NULL;
    return s + strspn(s, "0123456789");
}

static bool is_json(const char *s)
{
    s = json_value(skip_space(s));
    return s != NULL && *skip_space(s) == '\0';
}

static void the_check_of_json_finds_mistakes(void **state)
{
    (void)state;
    assert_true(is_json("[{\"a\":[1,null,\"x\\\"y\"]},{}]\n"));
    assert_false(is_json("[1,]"));
    assert_false(is_json("[1 2]"));
    assert_false(is_json("{\"a\":}"));
    assert_false(is_json("{\"a\" 1}"));
    assert_false(is_json("[\"a]"));
    assert_false(is_json("[1]]"));
}

static void the_json_is_valid(void **state)
{
    char *text = printed(syscall_list_json);

    (void)state;
    assert_true(is_json(text));
    free(text);
}

static void the_json_has_one_object_and_line_a_call(void **state)
{
    char *text = printed(syscall_list_json);
    char *line = text, *next;
    unsigned rows = 0, number;

    (void)state;
    for (; line != NULL; line = next) {
        char name[64];

        next = next_line(line);
        if (sscanf(line, "{\"number\":%u,\"name\":\"%63[^\"]\"", &number,
                   name) != 2)
            continue;
        assert_int_equal(syscall_number(name), number);
        rows++;
    }
    assert_int_equal(rows, LINUX_6_12_CALLS);
    free(text);
}

static void the_json_describes_a_call_completely(void **state)
{
    char *text = printed(syscall_list_json);

    (void)state;
    assert_non_null(strstr(
        text, "{\"number\":1,\"name\":\"write\",\"groups\":[\"desc\"],"
              "\"route\":\"emulate\",\"errno\":null,\"why\":null,"
              "\"restart\":\"sa_restart\",\"ret\":\"count\",\"args\":["
              "{\"name\":\"fd\",\"kind\":\"fd\",\"width\":4},"
              "{\"name\":\"buf\",\"kind\":\"buf\",\"width\":8,\"dir\":\"in\","
              "\"size\":1,\"count\":\"of\",\"count_of\":\"count\"},"
              "{\"name\":\"count\",\"kind\":\"uint\",\"width\":8}],"
              "\"variants\":null}"));
    free(text);
}

static void the_json_shows_fields_flags_and_refused_variants(void **state)
{
    char *text = printed(syscall_list_json);

    (void)state;
    assert_non_null(strstr(text, "\"type\":\"timespec\",\"fields\":[{\"name\":"
                                 "\"tv_sec\",\"kind\":\"int\",\"width\":8,"
                                 "\"offset\":0},"));
    assert_non_null(strstr(text, "\"names\":\"open_flags\""));
    assert_non_null(strstr(text, "{\"name\":\"TIOCSTI\",\"key\":\"0x5412\","
                                 "\"mask\":\"0xffffffffffffffff\",\"route\":"
                                 "\"refuse\",\"errno\":\"EPERM\","));
    assert_non_null(strstr(text, "\"other\":{\"name\":null,\"route\":"
                                 "\"refuse\",\"errno\":\"ENOTTY\","));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_has_one_numbered_line_a_call),
        cmocka_unit_test(the_columns_of_the_text_are_aligned),
        cmocka_unit_test(the_text_tells_errno_and_reason_of_a_refusal),
        cmocka_unit_test(the_text_writes_counts_as_in_c),
        cmocka_unit_test(the_text_lists_variants_and_what_others_get),
        cmocka_unit_test(the_check_of_json_finds_mistakes),
        cmocka_unit_test(the_json_is_valid),
        cmocka_unit_test(the_json_has_one_object_and_line_a_call),
        cmocka_unit_test(the_json_describes_a_call_completely),
        cmocka_unit_test(the_json_shows_fields_flags_and_refused_variants),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
