/* test_record.c: records are valid JSON of the right shape, whatever is in
 * them: they are read back by another implementation. */
#include "api/record.h"
#include "vmm/utf8.h"
#include "vmm/util.h"

#include <duktape.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What Duktape, as it is built here, asks from time to time. */
duk_bool_t engine_timeout_check(void *udata);
duk_bool_t engine_timeout_check(void *udata)
{
    (void)udata;
    return 0;
}

/* A record, read back: the object is at the top of (ctx). */
static duk_context *parse(struct text *record)
{
    duk_context *ctx = duk_create_heap_default();
    size_t n;

    assert_false(record->cut);
    assert_int_equal(record->at[record->size - 1], '\n');
    assert_null(memchr(record->at, '\n', record->size - 1));
    for (size_t i = 0; i < record->size; i += n) {
        n = utf8_length(record->at + i, record->size - i);
        assert_true(n > 0);
    }
    duk_push_lstring(ctx, record->at, record->size);
    duk_json_decode(ctx, -1);
    assert_true(duk_is_object(ctx, -1));
    return ctx;
}

static void done(duk_context *ctx, struct text *record)
{
    duk_destroy_heap(ctx);
    text_free(record);
}

/* The value of the JavaScript expression (code), in which r is the record. */
static void assert_js(duk_context *ctx, const char *code, const char *want)
{
    duk_dup_top(ctx);
    duk_put_global_string(ctx, "r");
    duk_eval_string(ctx, code);
    duk_json_encode(ctx, -1);
    assert_string_equal(duk_get_string(ctx, -1), want);
    duk_pop(ctx);
}

/* Texts of arguments, without a decoder. */
static struct trace texts(const char *const *list, const size_t *sizes,
                          unsigned count)
{
    struct trace t = {0};

    for (unsigned i = 0; i < count; i++) {
        text_add(&t.text, list[i], sizes ? sizes[i] : strlen(list[i]));
        t.end[t.count++] = t.text.size;
    }
    return t;
}

static void an_enter_record_has_its_shape(void **state)
{
    static const char want[] =
        "{\"msg\":{\"LogPrefix\":\"[   1:12345] \",\"LogType\":\"E\","
        "\"Output\":[\"0x1 /dev/pts/0\",\"0x10 \\\"a\\\\n\\\"\",\"\"],\"Rval\":"
        "{\"Elapsed\":\"\",\"Err\":\"\",\"Errno\":\"\",\"Retval\":null},"
        "\"Syscallname\":\"write\",\"Taskname\":\"demo\"},\"level\":\"info\","
        "\"time\":\"2";
    static const char *const list[] = {"0x1 /dev/pts/0", "0x10 \"a\\n\"", ""};
    struct trace args = texts(list, NULL, 3);
    struct text record = {0};
    duk_context *ctx;

    (void)state;
    record_call(&record, &(struct record_call){.pid = 1,
                                               .tid = 12345,
                                               .taskname = "demo",
                                               .sysname = "write",
                                               .args = &args});
    assert_memory_equal(record.at, want, strlen(want));
    ctx = parse(&record);
    assert_js(ctx, "r.msg.Output[1]", "\"0x10 \\\"a\\\\n\\\"\"");
    assert_js(ctx, "Object.keys(r)", "[\"msg\",\"level\",\"time\"]");
    assert_js(ctx,
              "Object.keys(r.msg).join() == "
              "Object.keys(r.msg).sort().join()",
              "true");
    assert_js(ctx, "isNaN(Date.parse(r.time))", "false");
    done(ctx, &record);
    trace_free(&args);
}

static void an_exit_record_tells_the_result(void **state)
{
    struct trace none = {0};
    struct text record = {0};
    struct record_call r = {.pid = 7,
                            .tid = 8,
                            .taskname = "a",
                            .sysno = 1000,
                            .args = &none,
                            .over = true,
                            .ret = -13,
                            .err = 13,
                            .elapsed_ns = 12300};
    duk_context *ctx;

    (void)state;
    record_call(&record, &r);
    ctx = parse(&record);
    assert_js(ctx, "r.msg.LogPrefix", "\"[   7:   8] \"");
    assert_js(ctx, "r.msg.LogType", "\"X\"");
    assert_js(ctx, "r.msg.Output", "null");
    assert_js(ctx, "r.msg.Syscallname", "\"sys_1000\"");
    assert_js(ctx, "r.msg.Rval",
              "{\"Elapsed\":\"12.3\xc2\xb5s\",\"Err\":\"permission "
              "denied\",\"Errno\":\"13\",\"Retval\":"
              "[\"18446744073709551603\"]}");
    done(ctx, &record);
    r.err = 0;
    r.ret = 6;
    record_call(&record, &r);
    ctx = parse(&record);
    assert_js(ctx, "[r.msg.Rval.Err, r.msg.Rval.Errno, r.msg.Rval.Retval]",
              "[\"\",\"0\",[\"6\"]]");
    done(ctx, &record);
}

static void any_bytes_make_valid_records(void **state)
{
    char bytes[512];
    size_t size = sizeof(bytes), half = 256;
    const char *list[] = {bytes, bytes};
    struct trace args;
    struct text record = {0};
    duk_context *ctx;

    (void)state;
    for (unsigned round = 0; round < 200; round++) {
        for (size_t i = 0; i < size; i++)
            bytes[i] = round == 0 ? (char)i : (char)(random() >> 7);
        args = texts(list, (size_t[]){size, half}, 2);
        memcpy(bytes + 496, "\xff\"\\\n\x01\x80name", 11);
        record_call(&record, &(struct record_call){.taskname = bytes + 496,
                                                   .sysname = "read",
                                                   .args = &args});
        ctx = parse(&record);
        assert_js(ctx, "r.msg.Output.length", "2");
        assert_js(ctx, "r.msg.Taskname == '\\ufffd\"\\\\\\n\\x01\\ufffdname'",
                  "true");
        done(ctx, &record);
        trace_free(&args);
    }
}

static void texts_that_are_utf8_stay_as_they_are(void **state)
{
    static const char *const good[] = {
        "", "a", "h\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\x7f"};
    static const struct {
        const char *bytes, *json;
    } bad[] = {
        {"\xc3", "\"\xef\xbf\xbd\""},
        {"\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\""},
        {"\xf5z", "\"\xef\xbf\xbdz\""},
        {"\t\"\\/", "\"\\u0009\\\"\\\\/\""},
    };
    struct text out = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
        size_t n = strlen(good[i]);

        record_string(&out, good[i], n);
        assert_int_equal(out.size, n + 2);
        assert_memory_equal(out.at + 1, good[i], n);
        out.size = 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        record_string(&out, bad[i].bytes, strlen(bad[i].bytes));
        assert_int_equal(out.size, strlen(bad[i].json));
        assert_memory_equal(out.at, bad[i].json, out.size);
        out.size = 0;
    }
    text_free(&out);
}

static void messages_are_objects_or_strings(void **state)
{
    static const struct {
        const char *text;
        bool is_object;
        const char *msg;
    } cases[] = {
        {"{\"a\":1}", true, "{\"LogPrefix\":\"[   3:   4] \",\"a\":1}"},
        {"{}", true, "{\"LogPrefix\":\"[   3:   4] \"}"},
        {"text 100%d", false, "\"[   3:   4] text 100%d\""},
        {"[1,\"x\"]", false, "\"[   3:   4] [1,\\\"x\\\"]\""},
        {"", false, "\"[   3:   4] \""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct text record = {0};
        duk_context *ctx;

        record_message(&record, 3, 4, cases[i].text, strlen(cases[i].text),
                       cases[i].is_object);
        ctx = parse(&record);
        assert_js(ctx, "r.msg", cases[i].msg);
        assert_js(ctx, "r.level", "\"info\"");
        done(ctx, &record);
    }
}

static void what_was_dropped_is_counted(void **state)
{
    struct text record = {0};
    duk_context *ctx;

    (void)state;
    record_dropped(&record, 1234567890123);
    ctx = parse(&record);
    assert_js(ctx, "r.msg", "{\"Dropped\":1234567890123}");
    assert_js(ctx, "r.level", "\"warning\"");
    done(ctx, &record);
}

static void assert_text(struct text *out, const char *want)
{
    text_add(out, "", 1);
    assert_string_equal(out->at, want);
    out->size = 0;
}

static void durations_are_written_as_go_does(void **state)
{
    static const struct {
        uint64_t ns;
        const char *text;
    } cases[] = {
        {0, "0s"},
        {1, "1ns"},
        {999, "999ns"},
        {1000, "1\xc2\xb5s"},
        {12300, "12.3\xc2\xb5s"},
        {999999, "999.999\xc2\xb5s"},
        {1500000, "1.5ms"},
        {1000001, "1.000001ms"},
        {1000000000, "1s"},
        {2050000000, "2.05s"},
        {62500000000, "1m2.5s"},
        {3600000000000, "1h0m0s"},
        {90061000000001, "25h1m1.000000001s"},
    };
    struct text out = {0};

    (void)state;
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        record_duration(&out, cases[i].ns);
        assert_text(&out, cases[i].text);
    }
    text_free(&out);
}

/* Compared with the C library's own calendar. */
static void times_are_rfc_3339(void **state)
{
    struct text out = {0};
    char want[64];
    struct tm tm;

    (void)state;
    record_time(&out, &(struct timespec){1706065200, 123456789}, 7 * 3600);
    assert_text(&out, "2024-01-24T10:00:00.123456789+07:00");
    record_time(&out, &(struct timespec){0, 5}, 0);
    assert_text(&out, "1970-01-01T00:00:00.000000005Z");
    record_time(&out, &(struct timespec){86400, 0}, -(9 * 3600 + 30 * 60));
    assert_text(&out, "1970-01-01T14:30:00.000000000-09:30");
    for (time_t t = 0; t < INT64_C(10000000000); t += 86400 * 3 + 12345) {
        gmtime_r(&t, &tm);
        strftime(want, sizeof(want), "%Y-%m-%dT%H:%M:%S.000000000Z", &tm);
        record_time(&out, &(struct timespec){t, 0}, 0);
        assert_text(&out, want);
    }
    text_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_enter_record_has_its_shape),
        cmocka_unit_test(an_exit_record_tells_the_result),
        cmocka_unit_test(any_bytes_make_valid_records),
        cmocka_unit_test(texts_that_are_utf8_stay_as_they_are),
        cmocka_unit_test(messages_are_objects_or_strings),
        cmocka_unit_test(what_was_dropped_is_counted),
        cmocka_unit_test(durations_are_written_as_go_does),
        cmocka_unit_test(times_are_rfc_3339),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
