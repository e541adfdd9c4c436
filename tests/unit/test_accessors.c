/* test_accessors.c: each accessor: results, conversions, errors; and the
 * examples, run against them. */
#include "tests/support/hook_fixture.h"

#include "jsengine/accessor.h"
#include "vmm/stop.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Guest memory as the scripts see it: globals m (address) and outside. */
static void load_with_memory(struct fixture *f, const char *script)
{
    char prologue[256];

    snprintf(prologue, sizeof(prologue), "var m = %llu, outside = 4096;",
             (unsigned long long)(uintptr_t)f->memory);
    fixture_load(f, prologue);
    fixture_load(f, script);
}

/* Run (body) in a hook; what it prints must be (expected). */
static void assert_hook_prints(struct fixture *f, const char *body,
                               const char *expected)
{
    char script[4096];
    char *printed;

    snprintf(script, sizeof(script),
             "accessors.AddHookBefore(1000, function () {\n"
             "  function e(f) { try { return f(); } catch (x) {\n"
             "    return x.name + ': ' + x.message; } }\n"
             "  %s });",
             body);
    load_with_memory(f, script);
    fixture_before(f, 1000, NULL);
    printed = fixture_printed(f);
    assert_string_equal(printed, expected);
    free(printed);
}

static void every_accessor_is_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < accessor_count; i++) {
        const struct accessor *a = &accessor_table[i];

        assert_non_null(a->fn);
        assert_non_null(a->summary);
        assert_non_null(a->returns);
        assert_non_null(a->throws);
        assert_non_null(a->source);
        for (int k = 0; k < a->argc; k++) {
            assert_non_null(a->args[k].name);
            assert_non_null(a->args[k].type);
            assert_non_null(a->args[k].meaning);
        }
        if (i > 0)
            assert_true(strcasecmp(accessor_table[i - 1].name, a->name) < 0);
    }
}

static void every_accessor_wants_exactly_its_arguments(void **state)
{
    static const char *const wrong[] = {"", "0", "0,0", "0,0,0"};

    for (size_t i = 0; i < accessor_count; i++) {
        const struct accessor *a = &accessor_table[i];

        for (int n = 0; a->argc >= 0 && n < (int)ARRAY_SIZE(wrong); n++) {
            char body[256], expected[256], range[32];

            if (n <= a->argc && n >= a->argc - a->optional)
                continue;
            snprintf(range, sizeof(range), "%d", a->argc);
            if (n < a->argc && a->optional)
                snprintf(range, sizeof(range), "%d to %d",
                         a->argc - a->optional, a->argc);
            snprintf(body, sizeof(body),
                     "accessors.print(e(function () {"
                     "  return accessors.%s(%s); }))",
                     a->name, wrong[n]);
            snprintf(expected, sizeof(expected),
                     "TypeError: %s: %s arguments expected, %d provided",
                     a->name, range, n);
            assert_hook_prints(*state, body, expected);
        }
    }
}

static void null_and_undefined_are_refused(void **state)
{
    assert_hook_prints(*state,
                       "accessors.print(e(function () {"
                       "  return accessors.readBytes(m, null); }))",
                       "TypeError: readBytes: count is null");
    assert_hook_prints(*state,
                       "accessors.print(e(function () {"
                       "  return accessors.writeString(undefined, 'x'); }))",
                       "TypeError: writeString: addr is undefined");
}

static void an_unknown_accessor_is_an_ordinary_type_error(void **state)
{
    assert_hook_prints(*state,
                       "try { accessors.nosuch(); } catch (x) {"
                       "  accessors.print(x instanceof TypeError); }",
                       "true");
}

static void registration_checks_number_and_function(void **state)
{
    assert_hook_prints(
        *state,
        "var f = function () {};"
        "[[-1, f], [1024, f], ['nosuch', f], [1, 5], [1, {}], [NaN, f]]"
        ".forEach(function (a) { accessors.print(e(function () {"
        "  return accessors.AddHookAfter(a[0], a[1]); }).split(':')[0], ' ');"
        "});"
        "accessors.print(accessors.AddHookAfter(1023, f));",
        "RangeError  RangeError  RangeError  TypeError  TypeError  RangeError "
        " null");
}

static void bytes_are_read_as_a_uint8array(void **state)
{
    struct fixture *f = *state;

    memcpy(f->memory, "GET \xff", 6);
    assert_hook_prints(f,
                       "var b = accessors.readBytes(m, 6);"
                       "accessors.print(b instanceof Uint8Array, b.length,"
                       "  b[4], b[5], String.fromCharCode.apply(String, b)"
                       "  .substr(0, 4), accessors.readBytes(m, 0).length);",
                       "true 6 255 0 GET  0");
}

static void unreadable_bytes_are_a_bad_address(void **state)
{
    struct fixture *f = *state;

    mprotect(f->memory + 8192, 4096, PROT_NONE);
    assert_hook_prints(
        f,
        "[[outside, 1], [m + 8190, 4], [-1, 1], ['0xffffffffffffffff', 1],"
        " [0, 16]].forEach(function (a) { accessors.print(e(function () {"
        "  return accessors.readBytes(a[0], a[1]); }), ''); });",
        "Error: bad address Error: bad address Error: bad address Error: bad "
        "address Error: bad address ");
}

static void counts_out_of_range_are_refused(void **state)
{
    assert_hook_prints(
        *state,
        "[-1, 16777217, NaN, Infinity, 1e300].forEach(function (n) {"
        "  accessors.print(e(function () {"
        "    return accessors.readBytes(m, n); }).split(':')[0], ''); });",
        "RangeError RangeError RangeError RangeError RangeError ");
}

static void strings_are_read_up_to_their_nul(void **state)
{
    struct fixture *f = *state;

    fixture_text(f, 0, "/etc/passwd");
    assert_hook_prints(f, "accessors.print(accessors.readString(m, 4096))",
                       "/etc/passwd");
    assert_hook_prints(f,
                       "accessors.print(accessors.readString(m, 12), "
                       "e(function () { return accessors.readString(m, 11); "
                       "}), e(function () { return accessors.readString(m, 0)"
                       "; }))",
                       "/etc/passwd Error: file name too long Error: file "
                       "name too long");
}

static void a_nul_before_the_end_of_memory_wins(void **state)
{
    struct fixture *f = *state;

    mprotect(f->memory + 4096, 4096, PROT_NONE);
    fixture_text(f, 4092, "abc");
    memcpy(f->memory + 4000, "xy", 2);
    memset(f->memory + 4002, 'z', 90);
    assert_hook_prints(f, "accessors.print(accessors.readString(m+4092, 99))",
                       "abc");
    memset(f->memory + 4092, 'z', 4);
    assert_hook_prints(f,
                       "accessors.print(e(function () {"
                       "  return accessors.readString(m + 4000, 999); }))",
                       "Error: bad address");
}

static void text_travels_as_utf8(void **state)
{
    struct fixture *f = *state;

    fixture_text(f, 0, "\xc3\xa9\xf0\x9f\x98\x80\xff\xed\xa0\x80x");
    assert_hook_prints(f,
                       "var s = accessors.readString(m, 99);"
                       "accessors.print(s.length, s.charCodeAt(0),"
                       "  s.charCodeAt(1), s.charCodeAt(2), s.charCodeAt(3));"
                       "accessors.print(accessors.writeString(m + 100, s));",
                       "8 233 55357 56832 6553319");
    assert_memory_equal(f->memory + 100,
                        "\xc3\xa9\xf0\x9f\x98\x80\xef\xbf\xbd\xef\xbf\xbd"
                        "\xef\xbf\xbd\xef\xbf\xbdx",
                        19);
}

static void all_kinds_of_bytes_are_written(void **state)
{
    struct fixture *f = *state;

    assert_hook_prints(
        f,
        "var u = new Uint8Array([1, 2, 3, 4]);"
        "accessors.print(accessors.writeBytes(m, u),"
        "  accessors.writeBytes(m + 10, u.buffer),"
        "  accessors.writeBytes(m + 20, u.subarray(1, 3)),"
        "  accessors.writeBytes(m + 30, [255, 256, -1, '7']),"
        "  accessors.writeBytes(m + 40, 'h\\u00e9'),"
        "  accessors.writeBytes(m + 50, new DataView(u.buffer, 2)),"
        "  accessors.writeBytes(m + 60, []),"
        "  e(function () { return accessors.writeBytes(m, 5); }),"
        "  e(function () { return accessors.writeBytes(m, {}); }))",
        "4 4 2 4 3 2 0 TypeError: no bytes: give a string, an array or a "
        "buffer TypeError: no bytes: give a string, an array or a buffer");
    assert_memory_equal(f->memory, "\1\2\3\4", 4);
    assert_memory_equal(f->memory + 20, "\2\3\0", 3);
    assert_memory_equal(f->memory + 30, "\xff\0\xff\7", 4);
    assert_memory_equal(f->memory + 40, "h\xc3\xa9", 3);
    assert_memory_equal(f->memory + 50, "\3\4\0", 3);
}

static void read_only_pages_are_not_written(void **state)
{
    struct fixture *f = *state;

    mprotect(f->memory, 4096, PROT_READ);
    assert_hook_prints(f,
                       "accessors.print(e(function () {"
                       "  return accessors.writeString(m + 5, 'x'); }),"
                       "  e(function () {"
                       "  return accessors.writeString(outside, 'x'); }))",
                       "Error: bad address Error: bad address");
}

static void argv_and_environment_have_no_empty_end(void **state)
{
    struct fixture *f = *state;
    struct stack_layout *l = &f->process.program.stack;

    memcpy(f->memory, "ls\0-l\0\0HOME=/r\0X=\0", 18);
    l->arg_start = (gva_t)(uintptr_t)f->memory;
    l->arg_end = l->arg_start + 7;
    l->env_start = l->arg_end;
    l->env_end = l->env_start + 10;
    assert_hook_prints(f,
                       "accessors.print(accessors.getArgv(),"
                       "  accessors.getEnvs(),"
                       "  Array.isArray(accessors.getArgv()))",
                       "[\"ls\",\"-l\",\"\"] [\"HOME=/r\",\"X=\"] true");
    l->arg_start = 4096;
    l->arg_end = 4099;
    assert_hook_prints(f, "accessors.print(e(accessors.getArgv))",
                       "Error: bad address");
}

static void print_joins_with_blanks_and_adds_no_newline(void **state)
{
    assert_hook_prints(*state,
                       "accessors.print('a', 1, null, undefined, [1, {b: 'c'}]"
                       ", function () {}, -0, 'd\\n');"
                       "accessors.print();",
                       "a 1 null undefined [1,{\"b\":\"c\"}] undefined 0 d\n");
}

static void a_circular_value_cannot_be_printed(void **state)
{
    assert_hook_prints(*state,
                       "var c = {}; c.c = c; try { accessors.print(c); }"
                       "catch (x) { accessors.print(x.name); }",
                       "TypeError");
}

static void signals_have_names(void **state)
{
    assert_hook_prints(
        *state,
        "var a = accessors;"
        "a.print(a.nameToSignal('SIGHUP'), a.nameToSignal('SIGSYS'),"
        "  a.signalMaskToNames(a.nameToSignal('SIGKILL')));"
        "['SIGCLD', 'SIGPOLL', 'SIGIOT', 'SIGRTMIN', 'HUP', '', 1, {}]"
        ".forEach(function (n) { if (e(function () {"
        "  return a.nameToSignal(n); }) !== 'Error: invalid argument')"
        "  a.print(' bad ', n); });",
        "1 31 [\"SIGHUP\",\"SIGILL\"]");
}

static void masks_are_taken_bit_by_bit(void **state)
{
    assert_hook_prints(
        *state,
        "var a = accessors;"
        "a.print(a.signalMaskToNames('0x8000000100000000'),"
        "  a.signalMaskToNames(2.9), a.signalMaskToNames(true),"
        "  a.signalMaskToNames(-1).length,"
        "  e(function () { return a.signalMaskToNames(NaN); }).split(':')[0])",
        "[\"33\",\"64\"] [\"SIGINT\"] [\"SIGHUP\"] 64 RangeError");
}

static void masks_above_2_to_53_are_exact_text(void **state)
{
    struct fixture *f = *state;

    f->task.signals.mask = UINT64_C(0x8000000000000001);
    assert_hook_prints(f,
                       "var m = accessors.getSignalInfo().SignalMask;"
                       "accessors.print(m, accessors.signalMaskToNames(m))",
                       "0x8000000000000001 [\"SIGHUP\",\"64\"]");
}

static void the_caller_is_a_thread_of_the_session(void **state)
{
    char expected[256];

    snprintf(expected, sizeof(expected),
             "{\"TID\":%d,\"TGID\":%d,\"TIDsInTg\":[%d]} true Error: no such "
             "task 0 Error: no such task -1 RangeError",
             gettid(), getpid(), gettid());
    assert_hook_prints(
        *state,
        "var a = accessors, own = a.getThreadInfo();"
        "a.print(own, a.getThreadInfo(String(own.TID)).TID === own.TID,"
        "  e(function () { return a.getThreadInfo(0); }),"
        "  e(function () { return a.getThreadInfo(-1); }),"
        "  e(function () { return a.getThreadInfo(1e12); }).split(':')[0]);",
        expected);
}

static void a_signal_to_the_caller_waits_for_the_end_of_its_call(void **state)
{
    struct fixture *f = *state;

    /* SIGTERM at once would end this test. */
    assert_hook_prints(
        f,
        "var a = accessors, own = a.getThreadInfo().TID, last;"
        "for (var i = 0; i < 16; i++) a.sendSignal(own, 15);"
        "a.print(e(function () { return a.sendSignal(own, 15); }),"
        "  e(function () { return a.sendSignal(own, 0); }),"
        "  e(function () { return a.sendSignal(own, 65); }),"
        "  e(function () { return a.sendSignal(1, 15); }))",
        "Error: resource temporarily unavailable RangeError: bad signal number "
        "RangeError: bad signal number Error: no such process");
    assert_int_equal(f->task.signals.to_send, 16);
}

static void stops_are_counted(void **state)
{
    struct fixture *f = *state;

    assert_hook_prints(f,
                       "var a = accessors;"
                       "a.print(a.resumeThreads(), a.stopThreads(),"
                       "  a.stopThreads(), a.resumeThreads());",
                       "null null null null");
    assert_int_equal(stop_count(&f->task), 1);
    assert_hook_prints(f,
                       "var a = accessors;"
                       "a.stopThreads(); a.stopThreads(); throw 'x';",
                       "microvm-hook: hook error: before call 1000 (test.js): "
                       "x\n");
    assert_int_equal(stop_count(&f->task), 1);
    stop_end(&f->task, 0);
}

static void descriptors_have_flags_and_rights(void **state)
{
    char script[512];
    int fd = open("/dev/null", O_WRONLY | O_SYNC | O_NONBLOCK | O_CLOEXEC);

    snprintf(script, sizeof(script),
             "var i = accessors.getFdInfo('%d');"
             "accessors.print(i.Fd === i.FD, i.Name, i.Path, i.Flags, i.Mode,"
             "  i.Readble, i.Readable, i.Writable, Object.keys(i).join(),"
             "  e(function () { return accessors.getFdInfo(-1); }))",
             fd);
    assert_hook_prints(
        *state, script,
        "true /dev/null /dev/null "
        "O_WRONLY|O_NONBLOCK|O_LARGEFILE|O_CLOEXEC|O_SYNC rw-rw-rw- false "
        "false true Fd,Name,Mode,Flags,Nlinks,Readble,Writable "
        "Error: bad file descriptor -1");
    close(fd);
}

/* As assert_hook_prints, for the process of scripts at start. */
static void scripts_at_start_have_no_process(void **state)
{
    static const char *const calls[] = {
        "anonMmap(1)",     "getFdInfo(1)",     "getFdsInfo()",
        "getMmaps()",      "getPidInfo()",     "getSignalInfo()",
        "getThreadInfo()", "getThreadInfo(1)", "munmap(4096, 1)",
        "resumeThreads()", "sendSignal(1, 1)", "stopThreads()",
    };

    for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
        char script[64];

        snprintf(script, sizeof(script), "accessors.%s", calls[i]);
        fixture_load_fails(*state, script, "only hooks have a process");
    }
    fixture_load(*state, "accessors.nameToSignal('SIGINT');"
                         "accessors.signalMaskToNames(7)");
}

static void outside_of_hooks_there_is_no_memory(void **state)
{
    fixture_load_fails(*state, "accessors.readBytes(4096, 1)",
                       "only hooks have a process");
    fixture_load_fails(*state, "accessors.getArgv()",
                       "only hooks have a process");
}

static void load_example(struct fixture *f, const char *name)
{
    struct diag d = {0};
    char path[512];

    snprintf(path, sizeof(path), "%s/%s", EXAMPLES_DIR, name);
    if (engine_load_path(f->engine, path, &d) < 0)
        fail_msg("%s", d.text);
}

static void example_all_addresses_in_use(void **state)
{
    struct fixture *f = *state;

    load_example(f, "allAddressesInUse.js");
    fixture_before(f, SYS_bind, (uint64_t[SYSCALL_ARGS]){3});
    assert_true(f->answered);
    assert_int_equal(f->call.ret, -98);
}

static void example_net_sender(void **state)
{
    static const char request[] =
        "GET /original/path HTTP/1.1\r\nHost: h\r\n\r\n";
    struct fixture *f = *state;
    struct stack_layout *l = &f->process.program.stack;
    uint64_t args[SYSCALL_ARGS] = {3, fixture_text(f, 100, request),
                                   sizeof(request) - 1};

    l->arg_start = fixture_text(f, 0, "./netSender");
    l->arg_end = l->arg_start + 12;
    load_example(f, "netSender.js");
    fixture_before(f, SYS_write, args);
    assert_false(f->answered);
    assert_int_equal(f->call.args[2], 24);
    assert_memory_equal(f->memory + 100, "GET /hooked HTTP/1.0\r\n\r\n", 24);
    fixture_after(f, SYS_write, args, 24);
    assert_memory_equal(f->memory + 100, request, sizeof(request));
    assert_int_equal(f->call.ret, sizeof(request) - 1);
    /* Another program's requests go out as they are. */
    memcpy(f->memory, "./other\0\0\0\0", 12);
    fixture_before(f, SYS_write, args);
    assert_int_equal(f->call.args[2], sizeof(request) - 1);
    assert_memory_equal(f->memory + 100, request, sizeof(request));
}

static void example_trace(void **state)
{
    struct fixture *f = *state;
    char *printed;

    load_example(f, "trace.js");
    fixture_after(f, SYS_read, (uint64_t[SYSCALL_ARGS]){3, 4096, 10}, -9);
    fixture_before(f, SYS_exit_group, (uint64_t[SYSCALL_ARGS]){5});
    printed = fixture_printed(f);
    assert_non_null(strstr(printed, "read(3, 4096, 10) = -1 errno 9"));
    assert_non_null(strstr(printed, "exit_group(5, 0, 0) = ?"));
    free(printed);
}

static void example_deny_list(void **state)
{
    struct fixture *f = *state;
    uint64_t args[SYSCALL_ARGS] = {(uint64_t)-100,
                                   fixture_text(f, 0, "/etc/shadow")};

    load_example(f, "deny-list.js");
    fixture_before(f, SYS_openat, args);
    assert_true(f->answered);
    assert_int_equal(f->call.ret, -EACCES);
    fixture_text(f, 0, "/etc/passwd");
    fixture_before(f, SYS_openat, args);
    assert_false(f->answered);
    fixture_before(f, SYS_socket, NULL);
    assert_int_equal(f->call.ret, -EPERM);
}

static void example_inject_errno(void **state)
{
    struct fixture *f = *state;

    load_example(f, "inject-errno.js");
    fixture_before(f, SYS_write, (uint64_t[SYSCALL_ARGS]){1});
    assert_false(f->answered);
    fixture_before(f, SYS_write, (uint64_t[SYSCALL_ARGS]){2});
    assert_false(f->answered);
    fixture_before(f, SYS_write, (uint64_t[SYSCALL_ARGS]){1});
    assert_true(f->answered);
    assert_int_equal(f->call.ret, -ENOSPC);
}

int main(void)
{
#define TEST(f_)                                                               \
    cmocka_unit_test_setup_teardown(f_, fixture_setup, fixture_teardown)
    const struct CMUnitTest tests[] = {
        TEST(every_accessor_is_documented),
        TEST(every_accessor_wants_exactly_its_arguments),
        TEST(null_and_undefined_are_refused),
        TEST(an_unknown_accessor_is_an_ordinary_type_error),
        TEST(registration_checks_number_and_function),
        TEST(bytes_are_read_as_a_uint8array),
        TEST(unreadable_bytes_are_a_bad_address),
        TEST(counts_out_of_range_are_refused),
        TEST(strings_are_read_up_to_their_nul),
        TEST(a_nul_before_the_end_of_memory_wins),
        TEST(text_travels_as_utf8),
        TEST(all_kinds_of_bytes_are_written),
        TEST(read_only_pages_are_not_written),
        TEST(argv_and_environment_have_no_empty_end),
        TEST(print_joins_with_blanks_and_adds_no_newline),
        TEST(a_circular_value_cannot_be_printed),
        TEST(signals_have_names),
        TEST(masks_are_taken_bit_by_bit),
        TEST(masks_above_2_to_53_are_exact_text),
        TEST(the_caller_is_a_thread_of_the_session),
        TEST(a_signal_to_the_caller_waits_for_the_end_of_its_call),
        TEST(stops_are_counted),
        TEST(descriptors_have_flags_and_rights),
        TEST(scripts_at_start_have_no_process),
        TEST(outside_of_hooks_there_is_no_memory),
        TEST(example_all_addresses_in_use),
        TEST(example_net_sender),
        TEST(example_trace),
        TEST(example_deny_list),
        TEST(example_inject_errno),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
