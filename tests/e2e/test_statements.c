/*
 * test_statements.c: what gWisord's hooks do, statement by statement: the tests
 * are named after the numbers of its acceptance list; those without a number
 * are ours. A row is a script, the steps of the guest "hooked", and what must
 * come out.
 */
#include "tests/e2e/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define BEFORE(call_, body_)                                                   \
    "accessors.AddHookBefore('" call_ "', function (a, b, c) {" body_ "});"
#define AFTER(call_, body_)                                                    \
    "accessors.AddHookAfter('" call_ "', function (a, b, c) {" body_ "});"
/* Print (value_) when the program ends. */
#define AT_END(value_)                                                         \
    BEFORE("exit_group", "accessors.print('end:', " value_ ", '.\\n');")

struct statement {
    const char *name;
    const char *script;
    bool is_config;
    const char *steps[8];
    const char *out; /* of the program, exactly */
    const char *err; /* is contained in what hooks print; NULL: nothing is */
};

static const struct statement statements[] = {
    {"s01_nothing_returned",
     BEFORE("getpid", ""),
     false,
     {"getpid"},
     "getpid real\n"},
    {"s02_an_answer",
     BEFORE("getpid", "return {ret: 4242, errno: 0};") AFTER("getpid", "n = 1;")
         AT_END("typeof n"),
     false,
     {"getpid"},
     "getpid 4242\n",
     "end: undefined"},
    {"s03_address_in_use",
     BEFORE("bind", "return {ret: -1, errno: 98};"),
     false,
     {"bind"},
     "bind EADDRINUSE\n"},
    {"s04_ret_and_errno",
     BEFORE("getpid", "return {ret: 7, errno: 13};"),
     false,
     {"getpid"},
     "getpid EACCES\n"},
    {"s05_only_ret",
     BEFORE("getpid", "return {ret: 5};"),
     false,
     {"getpid"},
     "getpid real\n"},
    {"s05_only_errno",
     BEFORE("getpid", "return {errno: 5};"),
     false,
     {"getpid"},
     "getpid real\n"},
    {"s06_a_shorter_write",
     BEFORE("write", "if (c === 6) return {'2': 3};"),
     false,
     {"write"},
     "abc write 3\n"},
    {"s07_another_descriptor",
     BEFORE("write", "if (c === 6) return {'0': 2};"),
     false,
     {"write"},
     " write 6\n",
     "abcdef"},
    {"s08_all_six_arguments",
     "accessors.AddHookBefore(1000, function () {"
     "  first = [].slice.call(arguments);"
     "  for (var i = 0; i < 6; i++) if (args['arg' + i] !== i) throw i;"
     "  return {0: 20, 1: 21, 2: 22, 3: 23, 4: 24, 5: 25}; });"
     "accessors.on('before', 1000, function () {"
     "  second = [].slice.call(arguments); });" AT_END("first.concat(second)"),
     false,
     {"thousand"},
     "call 1000 ENOSYS\n",
     "end: [0,1,2,3,4,5,20,21,22,23,24,25] ."},
    {"s09_index_7",
     BEFORE("write", "if (c === 6) return {'7': 1, '0': 99};"),
     false,
     {"write"},
     "abcdef write 6\n",
     "invalid index 7"},
    {"s10_index_6",
     BEFORE("write", "if (c === 6) return {'6': 1};"),
     false,
     {"write"},
     "abcdef write 6\n",
     "invalid index 6"},
    {"s10_seven_elements",
     BEFORE("write", "if (c === 6) return [1, 2, 3, 4, 5, 6, 7];"),
     false,
     {"write"},
     "abcdef write 6\n",
     "invalid index 6"},
    {"s11_null_for_an_argument",
     BEFORE("write", "if (c === 6) return {'0': null};"),
     false,
     {"write"},
     "abcdef write 6\n",
     "hook error: before write"},
    {"s12_other_keys",
     BEFORE("write", "if (c === 6) return {'1.5': 9, x: 9};"),
     false,
     {"write"},
     "abcdef write 6\n"},
    {"s13_a_number",
     BEFORE("getpid", "return 5;"),
     false,
     {"getpid"},
     "getpid real\n"},
    {"s13_true_null_and_empty",
     "var n = 0;" BEFORE("getpid", "return [true, null, {}][n++];"),
     false,
     {"getpid", "getpid", "getpid"},
     "getpid real\ngetpid real\ngetpid real\n"},
    {"s14_a_hook_throws",
     "var n = 0;" BEFORE("getpid", "if (n++ === 0) throw new Error('oh');"
                                   "return {ret: 5, errno: 0};"),
     false,
     {"getpid", "getpid"},
     "getpid real\ngetpid 5\n",
     "Error: oh"},
    {"s15_another_result",
     AFTER("getpid", "return {ret: 1, errno: 0};"),
     false,
     {"getpid"},
     "getpid 1\n"},
    {"s15_another_errno",
     AFTER("getpid", "return {ret: 0, errno: 4};"),
     false,
     {"getpid"},
     "getpid EINTR\n"},
    {"s16_arguments_after_the_call",
     AFTER("write", "if (c === 6) return {'0': 5};"),
     false,
     {"write"},
     "abcdef write 6\n"},
    {"s17_an_after_hook_throws",
     AFTER("getpid", "throw 1;"),
     false,
     {"getpid"},
     "getpid real\n",
     "hook error: after getpid"},
    {"s18_no_after_hook_behind_an_answer",
     "persistence.glb.n = 0;" BEFORE("getpid", "return {ret: 1, errno: 0};")
         AFTER("getpid", "persistence.glb.n++;") AT_END("persistence.glb.n"),
     false,
     {"getpid"},
     "getpid 1\n",
     "end: 0 ."},
    {"s19_after_hooks_see_the_programs_arguments",
     "var seen;" BEFORE("write", "if (c === 6) return {'2': 3};")
         AFTER("write", "if (c === 6) seen = args.arg2;") AT_END("seen"),
     false,
     {"write"},
     "abc write 3\n",
     "end: 6 ."},
    {"s20_errno_is_a_number",
     "var seen;" AFTER("close", "if (a === 999) seen = args.errno;")
         AT_END("seen"),
     false,
     {"close"},
     "close EBADF\n",
     "end: 9 ."},
    {"s21_registers_are_the_programs",
     BEFORE("write", "if (c === 6) return {'0': 2, '1': b + 1, '2': 3};"),
     false,
     {"registers"},
     " registers kept\n",
     "bcd"},
    {"s22_a_call_that_linux_has_not",
     "accessors.AddHookBefore(1000, function () {"
     "  return {ret: 77, errno: 0}; });",
     false,
     {"thousand"},
     "call 1000 77\n"},
    {"s23_an_exit_is_prevented_once",
     "var n = 0;" BEFORE("exit_group",
                         "if (n++ === 0) return {ret: 0, errno: 0};"),
     false,
     {"exit"},
     "survived\n"},
    {"s24_after_fork_once_in_the_parent",
     "var seen = [];"
     "['fork', 'clone', 'vfork', 'clone3'].forEach(function (name) {"
     "  accessors.AddHookAfter(name, function () {"
     "    seen.push(args.ret > 0); }); });" AT_END("seen"),
     false,
     {"fork"},
     "child 5\n",
     "end: [true] ."},
    {"s25_errno_out_of_range",
     BEFORE("getpid", "return {ret: 0, errno: 9999};"),
     false,
     {"getpid"},
     "getpid real\n",
     "hook error: before getpid"},
    {"s25_errno_minus_one",
     BEFORE("getpid", "return {ret: 0, errno: -1};"),
     false,
     {"getpid"},
     "getpid real\n",
     "hook error: before getpid"},
    {"s26_registering_again_replaces",
     BEFORE("getpid", "n = 1;") BEFORE("getpid", "return {ret: 2, errno: 0};")
         AT_END("typeof n"),
     false,
     {"getpid"},
     "getpid 2\n",
     "end: undefined"},
    {"s27_before_and_after_coexist",
     "var s = '';" BEFORE("getpid", "s += 'b';") AFTER("getpid", "s += 'a';")
         AT_END("s"),
     false,
     {"getpid"},
     "getpid real\n",
     "end: ba ."},
    {"s31_hoisting",
     "accessors.AddHookBefore(39, late);"
     "function late() { return {ret: 3, errno: 0}; }",
     false,
     {"getpid"},
     "getpid 3\n"},
    {"s32_an_after_hook_from_the_before_hook",
     BEFORE("getpid", AFTER("getpid", "return {ret: 6, errno: 0};")),
     false,
     {"getpid"},
     "getpid 6\n"},
    {"s33_local_is_the_threads",
     "var s = [];" BEFORE("getppid", "persistence.local.n ="
                                     "  (persistence.local.n || 0) + 1;")
         AFTER("getppid", "s.push(persistence.local.n);") AT_END("s"),
     false,
     {"getppid", "thread", "fork", "getppid"},
     "thread\nchild 5\n",
     "end: [1,1,1,2] ."},
    {"s34_glb_is_everybodys",
     "persistence.glb.n = 10;" BEFORE("getppid", "persistence.glb.n++;")
         AT_END("persistence.glb.n"),
     false,
     {"getppid", "thread", "fork"},
     "thread\nchild 5\n",
     "end: 13 ."},
    {"s35_undeclared_globals",
     BEFORE("getppid", "seen = (typeof seen === 'undefined' ? 0 : seen) + 1;")
         AFTER("getppid", "more = seen;") AT_END("more"),
     false,
     {"getppid", "thread", "fork"},
     "thread\nchild 5\n",
     "end: 3 ."},
    {"s36_a_closure_keeps_counting",
     "(function () { var n = 0; accessors.AddHookBefore(110, function () {"
     "  last = ++n; }); })();" AT_END("last"),
     false,
     {"getppid", "getppid"},
     "",
     "end: 2 ."},
    {"s36_a_configured_source_begins_anew",
     "{\"hooks\": [{\"sysno\": 39, \"type\": \"before\", \"entry-point\": "
     "\"f\","
     " \"source\": \"var n = 0; n++;"
     " function f() { return {ret: 100 + n, errno: 0}; }\"}]}",
     true,
     {"getpid", "getpid"},
     "getpid 101\ngetpid 101\n"},
    {"s37_a_configured_constant",
     "{\"callbacks\": [{\"sysno\": 39, \"type\": \"before\","
     " \"entry-point\": \"f\", \"source\": \"const n = 55;"
     " function f() { return {ret: n, errno: 0}; }\"}]}",
     true,
     {"getpid", "getpid"},
     "getpid 55\ngetpid 55\n"},
    {"s38_local_survives_execve",
     "var s = [];" BEFORE("getppid", "persistence.local.n ="
                                     "  (persistence.local.n || 0) + 1;"
                                     "s.push(persistence.local.n);")
         AT_END("s"),
     false,
     {"getppid", "exec", "getppid"},
     "",
     "end: [1,2] ."},
    {"s39_nothing_interleaves",
     "persistence.glb.n = 0;" BEFORE(
         "getppid", "persistence.glb.n = persistence.glb.n + 1;")
         AT_END("persistence.glb.n"),
     false,
     {"hammer"},
     "hammered 12000\n",
     "end: 12000 ."},

    {"s57_print_adds_no_newline",
     BEFORE("getpid", "accessors.print('a', 1, {b: 2}); accessors.print('.');"),
     false,
     {"getpid"},
     "getpid real\n",
     "a 1 {\"b\":2}."},

    /* What hooks may do wrong. */
    {"a_hook_that_exhausts_the_heap",
     BEFORE("getpid", "var s = 'x'; for (;;) s += s;"),
     false,
     {"getpid", "getpid"},
     "getpid real\ngetpid real\n",
     "before getpid"},
    {"an_endless_hook",
     BEFORE("getpid", "for (;;) ;"),
     false,
     {"getpid"},
     "getpid real\n",
     "execution timeout"},
    {"a_recursing_hook",
     "function f() { return f() + 1; }" BEFORE("getpid", "f();"),
     false,
     {"getpid"},
     "getpid real\n",
     "before getpid"},
    {"a_result_whose_toString_throws",
     BEFORE("getpid", "return {toString: function () { throw 1; },"
                      " ret: {valueOf: function () { throw 2; }}, errno: 0};"),
     false,
     {"getpid"},
     "getpid real\n",
     "before getpid"},
    {"a_process_killed_inside_a_hook",
     BEFORE("getppid", "for (var i = 0; i < 30000; i++) ;") AT_END("'ok'"),
     false,
     {"kill", "getpid"},
     "other goes on\ngetpid real\n",
     "end: ok ."},

    /* Beyond the original. */
    {"several_hooks_in_their_order",
     "var s = '';"
     "accessors.on('before', 'getpid', function () { s += 1; });" BEFORE(
         "getpid", "s += 2;") "accessors.on('before', ['getpid', 'getppid'], "
                              "function () { s += 3; });" AT_END("s"),
     false,
     {"getpid", "getppid"},
     "getpid real\n",
     "end: 1233 ."},
    {"later_hooks_see_what_earlier_ones_changed",
     "accessors.on('before', 'write', function (a, b, c) {"
     "  if (c === 6) return {'1': b + 1, '2': 4}; });"
     "accessors.on('before', 'write', function (a, b, c) {"
     "  if (c === 4) text = accessors.readBytes(b, c)[0]; });" AT_END("text"),
     false,
     {"write"},
     "bcde write 4\n",
     "end: 98 ."},
    {"a_class_of_calls",
     "var n = 0;"
     "accessors.on('before', '%network', function () { n++; });" AT_END("n"),
     false,
     {"bind", "getppid"},
     "bind 0\n",
     "end: 2 ."},
    {"a_hook_is_removed",
     "var id = accessors.on('before', 'getpid', function () {"
     "  accessors.off(id); return {ret: 5, errno: 0}; });",
     false,
     {"getpid", "getpid"},
     "getpid 5\ngetpid real\n"},
    {"the_second_call_fails",
     "accessors.inject('getpid',"
     "  {errno: 'ENOSPC', nth: 2});",
     false,
     {"getpid", "getpid", "getpid"},
     "getpid real\ngetpid ENOSPC\ngetpid real\n"},
    {"fail_gives_an_errno",
     BEFORE("getpid", "return accessors.fail('EXDEV');"),
     false,
     {"getpid"},
     "getpid EXDEV\n"},
    {"a_filter_by_descriptor",
     "accessors.on('before', 'close', {fd: 999}, function () {"
     "  return accessors.fail('EIO'); });",
     false,
     {"close", "bind"},
     "close EIO\nbind 0\n"},
    {"a_filter_by_name",
     "accessors.on('before', 'getpid', {comm: 'other'}, function () {"
     "  return {ret: 5, errno: 0}; });"
     "accessors.on('before', 'getppid', {comm: 'hooked'}, function () {"
     "  n = 5; });" AT_END("n"),
     false,
     {"getpid", "getppid"},
     "getpid real\n",
     "end: 5 ."},
    {"a_hook_that_fails_closed",
     "accessors.on('before', 'getpid', {policy: 'closed'}, function () {"
     "  throw 1; });",
     false,
     {"getpid"},
     "getpid EPERM\n",
     "before getpid"},
    {"a_delay",
     "var t;" BEFORE("nanosleep", "return {delay: 300};")
         BEFORE("clock_nanosleep", "t = Date.now(); return {delay: 300};")
             AFTER("clock_nanosleep", "t = Date.now() - t;") AT_END("t >= 300"),
     false,
     {"sleep"},
     "nanosleep 0\n",
     "end: true ."},
    {"events_of_tasks",
     "var s = [];"
     "['start', 'exec', 'fork', 'thread', 'signal', 'exit'].forEach("
     "  function (name) { accessors.on(name, function (event) {"
     "    s.push(event.type + (event.signal || '')); }); });" AT_END("s"),
     false,
     {"fork", "thread", "signal", "exec"},
     "child 5\nthread\ncaught 10\n",
     "end: [\"start\",\"fork\",\"exit\",\"thread\",\"exit\",\"signal10\","
     "\"exec\"] ."},
};

static char *write_file(const char *text, char *name)
{
    int fd = mkstemps(name, (int)strlen(strrchr(name, '.')));

    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
    close(fd);
    return name;
}

static void check(void **state)
{
    const struct statement *s = *state;
    char script[] = "/tmp/hooks-XXXXXX.js", config[] = "/tmp/hooks-XXXXXX.json";
    char *file = write_file(s->script, s->is_config ? config : script);
    const char *const options[] = {s->is_config ? "--config" : "--hooks", file,
                                   NULL};
    const char *argv[10] = {beside("../bin/guests/hooked")};
    struct outcome o;

    need_kvm();
    memcpy(&argv[1], s->steps, sizeof(s->steps));
    run_monitor(options, argv, "/tmp", &o);
    unlink(file);
    if (o.status != 0 && !strstr(s->name, "s23"))
        fail_msg("wait status %#x: %.500s", (unsigned)o.status, o.err);
    assert_string_equal(o.out, s->out);
    if (s->err && !strstr(o.err, s->err))
        fail_msg("\"%s\" is not in: %.500s", s->err, o.err);
    if (!s->err)
        assert_string_equal(o.err, "");
    outcome_free(&o);
}

int main(void)
{
    enum { COUNT = sizeof(statements) / sizeof(statements[0]) };
    struct CMUnitTest tests[COUNT];

    for (size_t i = 0; i < COUNT; i++)
        tests[i] = (struct CMUnitTest){
            .name = statements[i].name,
            .test_func = check,
            .initial_state = (void *)(uintptr_t)&statements[i],
        };
    cmocka_set_test_filter(getenv("E2E_ONLY"));
    return cmocka_run_group_tests_name("statements", tests, NULL, NULL);
}
