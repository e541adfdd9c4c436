/* test_request.c: requests as they may come, and JSON text of any bytes. */
#include "api/jsontext.h"
#include "api/request.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* A stream: (text) in pieces of (piece) bytes; then it blocks, which a test
 * must not reach, or ends. */
struct stream {
    const char *text;
    size_t size, at, piece;
    ssize_t then; /* 0: the end; -ETIMEDOUT; 1: there must be no asking */
};

static ssize_t read_stream(void *ctx, void *buf, size_t size)
{
    struct stream *s = ctx;
    size_t n = s->size - s->at;

    if (n == 0 && s->then == 1)
        fail_msg("more is asked for than there is");
    if (n == 0)
        return s->then;
    n = n < s->piece ? n : s->piece;
    n = n < size ? n : size;
    memcpy(buf, s->text + s->at, n);
    s->at += n;
    return (ssize_t)n;
}

static enum request_result read_text(const char *text, size_t piece,
                                     ssize_t then, json_t **request,
                                     char why[256])
{
    struct stream s = {text, strlen(text), 0, piece, then};

    why[0] = '\0';
    return request_read(read_stream, &s, request, why, 256);
}

static void a_request_is_read_to_its_end_and_no_further(void **state)
{
    static const char *const texts[] = {
        "{}",
        " \t\r\n{\"type\": \"a\", \"payload\": [true, false, null]}",
        "{\"a\": {\"b\": \"}\\\"{\"}, \"c\": [1, -2.5e+3, 4E5]}",
    };
    json_t *request;
    char why[256];

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        for (size_t piece = 1; piece < 64; piece += 9) {
            assert_int_equal(read_text(texts[i], piece, 1, &request, why),
                             REQUEST_READ);
            assert_true(json_is_object(request));
            json_decref(request);
        }
    }
    assert_int_equal(read_text("{\"a\": 1}{\"b\": oops", 64, 1, &request, why),
                     REQUEST_READ);
    assert_int_equal(json_integer_value(json_object_get(request, "a")), 1);
    json_decref(request);
}

/* (text), of which nothing more comes, is refused at once with (part). */
static void assert_bad(const char *text, ssize_t then, const char *part)
{
    json_t *request;
    char why[256];

    for (size_t piece = 1; piece < 64; piece += 9) {
        if (read_text(text, piece, then, &request, why) != REQUEST_BAD)
            fail_msg("not refused: %s", text);
        if (!strstr(why, part))
            fail_msg("%s: %s", text, why);
    }
}

static void what_is_malformed_is_refused_without_waiting(void **state)
{
    (void)state;
    assert_bad("hello", 1, "not a JSON object");
    assert_bad("  5", 1, "not a JSON object");
    assert_bad("[1]", 1, "not a JSON object");
    assert_bad("\"text\"", 1, "not a JSON object");
    assert_bad("{]", 1, "not JSON");
    assert_bad("{\"a\" x", 1, "not JSON");
    assert_bad("{\"a\": nul0", 1, "not JSON");
    assert_bad("{\"a\": True", 1, "not JSON");
    assert_bad("{\"a\": truex", 1, "not JSON");
    assert_bad("{\"a\": \"\\x", 1, "not JSON");
    assert_bad("{\"a\": 1,}", 1, "not JSON");
    assert_bad("{\"a\": \"\n", 1, "not JSON");
    assert_bad("{\"a\": \"\xff", 1, "not JSON");
    assert_bad("{'a'", 1, "not JSON");
}

static void what_is_cut_is_refused_at_the_end(void **state)
{
    static const char text[] = "{\"a\": [true, \"b\", {}], \"c\": 1.5}";
    json_t *request;
    char why[256];

    (void)state;
    assert_int_equal(read_text("", 1, 0, &request, why), REQUEST_NONE);
    assert_int_equal(read_text(" \n", 1, -ETIMEDOUT, &request, why),
                     REQUEST_NONE);
    for (size_t n = 1; n < sizeof(text) - 1; n++) {
        char *cut = strndup(text, n);

        assert_bad(cut, 0, "not JSON");
        assert_bad(cut, -ETIMEDOUT, "not complete");
        free(cut);
    }
}

/* (head), then (fill) over and over. */
struct endless {
    const char *head, *fill;
    size_t sent, most;
};

static ssize_t read_endless(void *ctx, void *buf, size_t size)
{
    struct endless *s = ctx;
    size_t head = strlen(s->head), fill = strlen(s->fill);
    char *to = buf;

    for (size_t i = 0; i < size; i++, s->sent++)
        to[i] = s->sent < head ? s->head[s->sent]
                               : s->fill[(s->sent - head) % fill];
    assert_true(s->sent <= s->most);
    return (ssize_t)size;
}

static void what_has_no_end_is_given_up(void **state)
{
    static const struct {
        const char *head, *fill, *why;
        size_t most;
    } rows[] = {
        {"{\"a\": \"", "x", "longer than", REQUEST_MAX + 8192},
        {"", " ", "longer than", REQUEST_MAX + 8192},
        {"{\"a\": [", "[],", "too much memory", REQUEST_MAX},
        {"{\"a\": ", "[", "depth", 8192},
        {"{\"a\": ", "1", "", REQUEST_MAX + 8192},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct endless s = {rows[i].head, rows[i].fill, 0, rows[i].most};
        char why[256] = "";
        json_t *request;

        assert_int_equal(
            request_read(read_endless, &s, &request, why, sizeof(why)),
            REQUEST_BAD);
        if (!strstr(why, rows[i].why))
            fail_msg("%s: %s", rows[i].head, why);
    }
}

static void memory_is_limited_for_each_request_anew(void **state)
{
    (void)state;
    for (int i = 0; i < 3; i++) {
        struct endless s = {"{\"a\": [", "[],", 0, REQUEST_MAX};
        char why[256];
        json_t *request;

        assert_int_equal(
            request_read(read_endless, &s, &request, why, sizeof(why)),
            REQUEST_BAD);
        assert_int_equal(read_text("{}", 1, 1, &request, why), REQUEST_READ);
        json_decref(request);
    }
}

static void a_null_byte_is_part_of_a_string(void **state)
{
    json_t *request;
    char why[256];

    (void)state;
    assert_int_equal(read_text("{\"a\": \"x\\u0000y\"}", 1, 1, &request, why),
                     REQUEST_READ);
    assert_int_equal(json_string_length(json_object_get(request, "a")), 3);
    json_decref(request);
}

static void assert_text(const char *bytes, const char *expected)
{
    json_t *text = jsontext_of(bytes);

    assert_non_null(text);
    assert_string_equal(json_string_value(text), expected);
    json_decref(text);
}

static void any_bytes_become_utf8(void **state)
{
    (void)state;
    assert_text("h\xc3\xa9llo \xf0\x9f\x98\x80",
                "h\xc3\xa9llo \xf0\x9f\x98\x80");
    assert_text("\xed\xa0\xbd\xed\xb8\x80", "\xf0\x9f\x98\x80"); /* a pair */
    assert_text("\xed\xa0\xbd!", "\xef\xbf\xbd!"); /* half of one */
    assert_text("\xed\xb8\x80!", "\xef\xbf\xbd!");
    assert_text("\xed\xa0\xbd", "\xef\xbf\xbd");
    assert_text("a\xff\x80z", "a\xef\xbf\xbd\xef\xbf\xbdz");
    assert_text("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"); /* overlong */
    assert_text("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"); /* cut */
    assert_text("\xf4\x90\x80\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
                                    "\xef\xbf\xbd"); /* beyond U+10FFFF */
    assert_true(json_is_null(jsontext_of(NULL)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_read_to_its_end_and_no_further),
        cmocka_unit_test(what_is_malformed_is_refused_without_waiting),
        cmocka_unit_test(what_is_cut_is_refused_at_the_end),
        cmocka_unit_test(what_has_no_end_is_given_up),
        cmocka_unit_test(memory_is_limited_for_each_request_anew),
        cmocka_unit_test(a_null_byte_is_part_of_a_string),
        cmocka_unit_test(any_bytes_become_utf8),
    };

    request_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
